"""The rota: everybody who is due is met once, in time, by somebody who can, and in a calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from make_store import MadeStore, make_store

from organizing_analytics.dates import INTERNATIONAL
from organizing_analytics.errors import OptionError
from organizing_analytics.one_to_ones.calendars import calendars
from organizing_analytics.one_to_ones.rota import rota, rota_answer

DAY = "2026-11-22"


def held(person: str, day: str, organizer: str = "omar", **more: Any) -> dict[str, Any]:
    return {
        "meeting_id": f"m-{person}-{day}", "person_id": person, "organizer_id": organizer,
        "kind": "maintenance", "scheduled_at": f"{day} 18:00", "status": "held", **more,
    }  # fmt: skip


def team_of(*people: str, organizer: str = "omar") -> list[dict[str, Any]]:
    return [
        {"person_id": p, "team_id": "t1", "role": "team_member", "organizer_id": organizer}
        for p in people
    ]


def made(people: list[dict[str, Any]], **tables: list[dict[str, Any]]) -> MadeStore:
    """Return a campaign of these people, and two organizers who are not due themselves."""
    leads = [{"person_id": p, "team_id": "t1", "given_name": p} for p in ("omar", "pia")]
    return make_store({"teams": [{"team_id": "t1"}], "people": [*leads, *people], **tables})


def days_of(frame: Any) -> dict[str, str]:
    return dict(zip(frame["person_id"], frame["on"].astype(str), strict=True))


def test_who_is_due_is_met_in_time_and_who_is_not_is_not() -> None:
    # 14 days after the last one: overdue, due on 24 Nov, due on 7 Dec, beyond the rota.
    meetings = [
        held("ann", "2026-10-01"), held("ben", "2026-11-10"), held("cal", "2026-11-22"),
        held("cal", "2026-11-01"),
    ]  # fmt: skip
    frame = rota(made(team_of("ann", "ben", "cal"), meetings=meetings), as_of=DAY)
    assert days_of(frame) == {"ann": "2026-11-23", "ben": "2026-11-24", "cal": "2026-12-02"}
    assert frame["overdue_days"].tolist() == [39, 0, 0]
    short = rota(made(team_of("ann", "ben", "cal"), meetings=meetings), days=7, as_of=DAY)
    assert set(short["person_id"]) == {"ann", "ben"}


def test_a_date_that_is_set_is_kept() -> None:
    planned = held("ann", "2026-11-30", "pia", status="scheduled")
    frame = rota(made(team_of("ann"), meetings=[planned]), as_of=DAY)
    (row,) = frame.to_dict("records")
    assert (str(row["on"])[:10], row["organizer_id"], row["is_set"]) == ("2026-11-30", "pia", True)


def test_what_is_more_than_fits_is_passed_on_to_who_has_fewest() -> None:
    people = [*team_of("ann", "ben", "cal", "dee"), *team_of("eve", organizer="pia")]
    frame = rota(made(people), days=1, per_day=3, as_of=DAY)
    assert frame["organizer_id"].value_counts().to_dict() == {"omar": 3, "pia": 2}
    assert frame.loc[frame["is_passed_on"], "person_id"].tolist() == ["dee"]


def test_what_is_overdue_goes_to_a_later_day_rather_than_to_a_full_one() -> None:
    meetings = [
        held("x", "2026-11-23", status="scheduled"),
        held("y", "2026-11-23", status="scheduled"),
    ]
    people = team_of("ann", "ben", "x", "y")
    frame = rota(made(people, meetings=meetings), days=4, per_day=2, as_of=DAY)
    assert frame.groupby("on").size().max() == 2
    assert (frame.loc[~frame["is_set"], "on"].astype(str) > "2026-11-23").all()


def test_who_left_or_is_not_to_be_contacted_is_not_met() -> None:
    people = team_of("ann", "ben", "cal")
    people[0] |= {"do_not_contact": True}
    left = [{"person_id": "ben", "at": "2026-11-20 10:00"}]
    frame = rota(made(people, departures=left), as_of=DAY)
    assert frame["person_id"].tolist() == ["cal"]


def test_where_nobody_has_room_it_says_so() -> None:
    people = [{"person_id": "ann", "team_id": "t1", "role": "team_member"}]
    answer = rota_answer(make_store({"teams": [{"team_id": "t1"}], "people": people}), as_of=DAY)
    assert answer.frame["organizer_id"].isna().all()
    assert "1 person has nobody to meet them: no organizer has room." in answer.sentence


@pytest.mark.parametrize(("name", "value"), [("days", 0), ("days", 91), ("per_day", 0)])
def test_a_number_that_is_not_possible_is_refused(name: str, value: int) -> None:
    with pytest.raises(OptionError, match=name.replace("_", "-")):
        rota(made([]), as_of=DAY, **{name: value})


@settings(max_examples=25, deadline=None)
@given(
    gaps=st.lists(st.integers(1, 40), min_size=1, max_size=14),
    days=st.integers(1, 14),
    per_day=st.integers(1, 3),
)
def test_everybody_is_met_once_and_no_later_than_due(
    gaps: list[int], days: int, per_day: int
) -> None:
    people = team_of(*(f"p{n:02}" for n in range(len(gaps))))
    meetings = [
        held(f"p{n:02}", str(date.fromordinal(date(2026, 11, 22).toordinal() - gap)))
        for n, gap in enumerate(gaps)
    ]
    frame = rota(made(people, meetings=meetings), days=days, per_day=per_day, as_of=DAY)
    due = {f"p{n:02}" for n, gap in enumerate(gaps) if 14 - gap <= days}
    assert sorted(frame["person_id"]) == sorted(due)
    first, last = "2026-11-23", f"{date.fromordinal(date(2026, 11, 22).toordinal() + days)}"
    assert frame["on"].astype(str).between(first, last).all()
    in_time = frame[frame["overdue_days"] == 0]
    assert (in_time["on"] <= in_time["due_on"]).all()


def test_a_calendar_says_the_purpose_and_can_be_read_again() -> None:
    meetings = [held("ann", "2026-11-01"), held("ben", "2026-11-25", status="scheduled")]
    people = [
        *team_of("ann", "ben"),
        {"person_id": "x, y;\nz", "role": "team_member", "organizer_id": "pia"},
    ]
    frame = rota(made(people, meetings=meetings), as_of=DAY)
    files = calendars(frame, INTERNATIONAL)
    assert sorted(files) == ["omar", "pia"]
    events = {str(e["summary"]): e for e in Calendar.from_ical(files["omar"]).walk("VEVENT")}
    tentative, agreed = events["Maintenance 1:1 with ann"], events["Maintenance 1:1 with ben"]
    assert tentative.start == date(2026, 11, 23)
    assert tentative["status"] == "TENTATIVE"
    assert agreed.start == datetime(2026, 11, 25, 18, tzinfo=UTC)
    assert agreed["status"] == "CONFIRMED"
    assert "how it has gone since we last met" in tentative["description"]
    assert "The last one was on Sun 1 Nov" in tentative["description"]
    assert "It is the first one" in agreed["description"]
    (hostile,) = Calendar.from_ical(files["pia"]).walk("VEVENT")
    assert str(hostile["summary"]) == "Maintenance 1:1 with x, y;\\nz"
    # The same rota makes the same bytes; a newer one moves the same 1:1.
    assert calendars(frame, INTERNATIONAL) == files
    newer = calendars(rota(made(people, meetings=meetings), as_of="2026-11-23"), INTERNATIONAL)
    moved = {str(e["summary"]): e for e in Calendar.from_ical(newer["omar"]).walk("VEVENT")}
    assert moved["Maintenance 1:1 with ann"]["uid"] == tentative["uid"]
