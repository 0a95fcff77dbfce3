"""Who leads whom: each under their own organizer, rings opened, bare branches marked."""

from __future__ import annotations

from typing import Any

from make_store import MadeStore, cells, make_store

from organizing_analytics import charts
from organizing_analytics.teams import NO_TEAM
from organizing_analytics.to_do.snowflake import organizer_snowflake

DAY = "2026-11-22"


def made(people: dict[str, str | None], *, team: str | None = "t1", **roles: str) -> MadeStore:
    """Return a store of people with their organizers, all of them met lately but for "eve"."""
    rows: list[dict[str, Any]] = [
        {"person_id": p, "organizer_id": o, "role": roles.get(p), "team_id": team}
        for p, o in people.items()
    ]
    signups = [
        {
            "signup_id": p, "shift_id": "s", "person_id": p, "status": "registered",
            "attended": True, "signed_up_at": "2026-11-01 10:00",
        }
        for p in people
        if p != "eve"
    ]  # fmt: skip
    return make_store(
        {
            "teams": [{"team_id": "t1"}, {"team_id": "t2"}],
            "people": rows,
            "events": [{"event_id": "e", "event_type": "canvass", "team_id": team}],
            "shifts": [{"shift_id": "s", "event_id": "e", "starts_at": "2026-11-07 10:00"}],
            "signups": signups,
        }
    )


def test_each_leader_stands_under_their_own_and_bare_branches_are_marked() -> None:
    people = {"ada": None, "ben": "ada", "cal": "ada", "dee": "ben", "eve": "cal", "fay": "ada"}
    frame = organizer_snowflake(made(people, fay="team_leader"), as_of=DAY)
    # cal looks after eve alone, who did nothing; fay leads by her rung, and has nobody.
    assert cells(frame, "person_id", "led_by", "level", "people", "active", "is_bare") == [
        ("ada", None, 0, 3, 3, False),
        ("ben", "ada", 1, 1, 1, False),
        ("cal", "ada", 1, 1, 0, True),
        ("fay", "ada", 1, 0, 0, True),
    ]


def test_those_who_lead_each_other_are_there_once() -> None:
    frame = organizer_snowflake(made({"ada": "ben", "ben": "cal", "cal": "ada"}), as_of=DAY)
    assert cells(frame, "person_id", "led_by", "level") == [
        ("ada", None, 0),
        ("cal", "ada", 1),
        ("ben", "cal", 2),
    ]


def test_of_a_team_it_shows_its_leaders_and_those_above() -> None:
    assert organizer_snowflake(made({"ada": None, "ben": "ada"}), team="t2", as_of=DAY).empty


def test_the_chart_has_a_mark_for_each_and_says_what_is_bare() -> None:
    people = {"ada": None, "ben": "ada", "cal": "ada", "dee": "ben", "eve": "cal"}
    frame = organizer_snowflake(made(people), as_of=DAY)
    chart = charts.snowflake(frame)
    assert not isinstance(chart, charts.Note)
    spec = chart.to_dict()
    assert spec["title"]["text"] == ["3 people lead; 1 branch is bare"]
    assert spec["description"] == "3 leaders in 2 levels, 1 at the top; 1 look after nobody active."
    rows = [row for data in spec["datasets"].values() for row in data]
    assert {row["label"] for row in rows} == {"ada  2", "ben  1", "cal  0"}
    assert isinstance(charts.snowflake(frame.head(0)), charts.Note)


def test_leaders_of_no_team_are_asked_for_by_its_word() -> None:
    frame = organizer_snowflake(
        made({"ada": None, "ben": "ada"}, team=None), team=NO_TEAM, as_of=DAY
    )
    assert cells(frame, "person_id", "people") == [("ada", 1)]
