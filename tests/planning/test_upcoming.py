"""The shifts ahead, on stores made by hand: who is on the list, what is learnt from whom."""

from __future__ import annotations

import json
from datetime import date, datetime

import pandas as pd
import pytest
from make_store import make_store

from organizing_analytics.errors import OptionError
from organizing_analytics.measures.clock import end_of
from organizing_analytics.planning.headcount import plan
from organizing_analytics.planning.planner import Planner
from organizing_analytics.planning.result import KEYS, SHIFT_KEYS
from organizing_analytics.planning.upcoming import COLUMNS, plan_upcoming

AS_OF = "2026-11-22"
CONTRACT = [
    "shift_id", "event_id", "team", "starts_at", "need", "capacity", "signed_up", "expected", "low",
    "high", "p_enough", "p_over_capacity", "more", "sentence",
]  # fmt: skip


def event(name="e1", team="t1", **more):
    return {"event_id": name, "event_type": "canvass", "team_id": team, **more}


def shift(name, starts_at="2026-11-25 18:00", of="e1", **more):
    return {"shift_id": name, "event_id": of, "starts_at": starts_at, **more}


def signups(shift_id, n, **more):
    """n sign-ups of n people, all alike."""
    common = {"shift_id": shift_id, "status": "registered", **more}
    tag = "-".join(str(v) for v in more.values())
    return [
        {"signup_id": f"{shift_id}/{tag}/{i}", "person_id": f"p{i}", **common} for i in range(n)
    ]


def made(shifts, signed_up=(), *, events=None, zone="UTC"):
    tables = {"events": events or [event()], "shifts": shifts, "signups": list(signed_up)}
    return make_store(tables, zone=zone)


def one(store, **options):
    frame = plan_upcoming(store, as_of=AS_OF, **options)
    assert len(frame) == 1
    return frame.iloc[0]


# --- which shifts ----------------------------------------------------------------------------


ADDED = [
    "title", "starts_on", "starts_local", "late", "median", "verdict", "verdict_words", "p_enough_then",
]  # fmt: skip


def test_columns_types_and_attrs():
    store = made([shift("s1", need=4), shift("s2", capacity=9)], signups("s1", 3))
    frame = plan_upcoming(store, as_of=AS_OF)
    assert list(frame.columns) == [*CONTRACT, *ADDED]
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == COLUMNS
    assert frame.attrs == {"measure": "plan upcoming", "as_of": AS_OF, "snapshot": 1}
    json.dumps(frame.attrs)


def test_no_shift_ahead_is_an_empty_frame_of_the_same_form():
    frame = plan_upcoming(made([shift("s1", "2026-11-20 18:00")]), as_of=AS_OF)
    assert len(frame) == 0
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == COLUMNS


def test_the_window_is_after_as_of_up_to_days_later():
    days = ("2026-11-22", "2026-11-23", "2026-11-29", "2026-11-30")
    store = made([shift(f"s{day[-2:]}", f"{day} 12:00") for day in days])
    assert plan_upcoming(store, as_of=AS_OF, days=7).shift_id.tolist() == ["s23", "s29"]
    assert plan_upcoming(store, as_of=AS_OF).shift_id.tolist() == ["s23", "s29", "s30"]


def test_the_window_is_by_the_events_own_clock():
    # 2026-11-23 03:00 UTC is still the 22nd in Chicago, and already the 23rd in UTC.
    here = made([shift("s1", "2026-11-23 03:00")])
    there = made([shift("s1", "2026-11-23 03:00")], events=[event(timezone="America/Chicago")])
    assert len(plan_upcoming(here, as_of=AS_OF)) == 1
    assert len(plan_upcoming(there, as_of=AS_OF)) == 0


def test_deleted_shifts_and_events_are_left_out():
    store = made(
        [shift("s1", deleted_at="2026-12-01 00:00"), shift("s2", of="e2"), shift("s3")],
        events=[event(), event("e2", deleted_at="2026-12-01 00:00")],
    )
    assert plan_upcoming(store, as_of=AS_OF).shift_id.tolist() == ["s3"]


def test_order_team_and_local_clock():
    store = made(
        [
            shift("s2", "2026-11-25 18:00"),
            shift("s1", "2026-11-25 18:00"),
            shift("s3", "2026-11-24 18:00", of="e2"),
        ],
        events=[event(title="Doors"), event("e2", team=None, timezone="America/Chicago")],
        zone="Europe/Paris",
    )
    frame = plan_upcoming(store, as_of=AS_OF)
    assert frame.shift_id.tolist() == ["s3", "s1", "s2"]
    assert frame.team.isna().tolist() == [True, False, False]
    # 18:00 UTC is noon in Chicago and 19:00 in Paris, the campaign's zone.
    assert [str(t) for t in frame.starts_local] == [
        "2026-11-24 12:00:00", "2026-11-25 19:00:00", "2026-11-25 19:00:00",
    ]  # fmt: skip
    assert frame.starts_on.dt.date.tolist() == [date(2026, 11, 24), *[date(2026, 11, 25)] * 2]
    assert frame.title.tolist()[1:] == ["Doors", "Doors"]
    assert plan_upcoming(store, as_of=AS_OF, team="t1").shift_id.tolist() == ["s1", "s2"]
    with pytest.raises(OptionError, match="Did you mean t1"):
        plan_upcoming(store, as_of=AS_OF, team="t9")


# --- who is on the list at the end of the date -----------------------------------------------

# The campaign's clock is Chicago's: 2026-11-22 ends at 2026-11-23 06:00 UTC.
ENDS = "2026-11-23 06:00:00"
BEFORE = "2026-11-23 05:59:59"


@pytest.mark.parametrize(
    ("signup", "listed"),
    [
        ({}, True),  # no time: present
        ({"signed_up_at": BEFORE}, True),
        ({"signed_up_at": ENDS}, False),
        ({"status": "cancelled"}, False),  # no time: cancelled by then
        ({"status": "cancelled", "cancelled_at": BEFORE}, False),
        ({"status": "cancelled", "cancelled_at": ENDS}, True),  # not known yet
        ({"cancelled_at": BEFORE}, True),  # signed up again: the status decides
        ({"is_walk_in": True}, False),
        ({"attended": False}, True),  # written down later
        ({"status": "cancelled", "attended": True}, False),
    ],
)
def test_who_is_on_the_list(signup, listed):
    store = made([shift("s1")], signups("s1", 1, **signup), zone="America/Chicago")
    assert one(store).signed_up == listed


def test_who_signed_up_after_the_start_was_never_on_the_list():
    # Tokyo's 23rd begins at 15:00 UTC on the 22nd: the shift starts before Chicago's 22nd ends.
    store = made(
        [shift("s1", "2026-11-22 16:00")],
        signups("s1", 1, signed_up_at="2026-11-22 16:00") + signups("s1", 2),
        events=[event(timezone="Asia/Tokyo")],
        zone="America/Chicago",
    )
    assert one(store).signed_up == 2


@pytest.mark.parametrize(
    ("signup", "confirmed"),
    [
        ({}, False),
        ({"status": "confirmed"}, True),  # no time: counts as before
        ({"status": "confirmed", "confirmed_at": BEFORE}, True),
        ({"status": "confirmed", "confirmed_at": ENDS}, False),  # not known yet
        ({"confirmed_at": BEFORE}, True),
        ({"status": "cancelled", "cancelled_at": ENDS, "confirmed_at": BEFORE}, True),
        ({"status": "cancelled", "cancelled_at": ENDS}, False),
    ],
)
def test_who_is_confirmed(signup, confirmed):
    # In the past 30 confirmed people all came, 30 others all did not.
    past = signups("p", 30, status="confirmed", attended=True) + signups("p", 30, attended=False)
    store = made(
        [shift("p", "2026-11-20 18:00"), shift("s1")],
        [*past, *signups("s1", 1, **signup)],
        zone="America/Chicago",
    )
    assert (one(store).expected > 0.75) == confirmed
    assert (one(store).expected < 0.25) != confirmed


def test_a_confirmation_at_the_start_or_later_is_none():
    # As above: this shift starts before Chicago's as-of date ends.
    late = {"status": "confirmed", "confirmed_at": "2026-11-22 16:00"}
    past = signups("p", 30, status="confirmed", attended=True) + signups("p", 30, attended=False)
    store = made(
        [shift("p", "2026-11-20 12:00"), shift("s1", "2026-11-22 16:00")],
        [*past, *signups("s1", 1, **late)],
        events=[event(timezone="Asia/Tokyo")],
        zone="America/Chicago",
    )
    assert one(store).expected < 0.25


def test_the_end_of_a_date():
    assert end_of(date(2026, 11, 22), "America/Chicago") == datetime(2026, 11, 23, 6)
    assert end_of(date(2026, 7, 1), "America/Chicago") == datetime(2026, 7, 2, 5)


# --- what is learnt from whom ----------------------------------------------------------------


def past_of(team, **counts):
    """A past event of a team; counts of attended, no_show and cancelled, confirmed or not."""
    shift_id = f"past-{team}"
    kinds = {
        "came": {"attended": True},
        "missed": {"attended": False},
        "cancelled": {"status": "cancelled"},
        "sure_came": {"attended": True, "status": "confirmed"},
        "sure_missed": {"attended": False, "status": "confirmed"},
        "unknown": {},
    }
    rows = [row for kind, n in counts.items() for row in signups(shift_id, n, **kinds[kind])]
    return event(f"old-{team}", team), shift(shift_id, "2026-11-15 18:00", of=f"old-{team}"), rows


def planner(*past, day=date(2026, 11, 22), extra=()):
    events, shifts, rows = zip(*past, strict=True) if past else ([event()], [shift("s1")], [[]])
    store = made(shifts, [*(row for some in rows for row in some), *extra], events=events)
    return Planner(store, day)


def newcomer(known, team="t1", lead=3):
    return known.newcomer(lead, event_type="canvass", team=team)


def test_a_team_is_judged_by_its_own_past():
    known = planner(past_of("t1", came=150, missed=50), past_of("t2", came=30, missed=170))
    assert newcomer(known, "t1") > 0.6
    assert newcomer(known, "t2") < 0.3
    assert newcomer(known, "t2") < newcomer(known, "t9") < newcomer(known, "t1")


def test_a_few_outcomes_move_a_team_little():
    much = planner(past_of("t1", came=19, missed=1), past_of("t2", came=100, missed=100))
    little = planner(past_of("t1", came=2, missed=0), past_of("t2", came=100, missed=100))
    assert newcomer(little, "t9") < newcomer(little) < newcomer(much)


def test_who_cancelled_did_not_come():
    # 5 of 10 is the rule; 10 of 20 came, 4 of them cancelled: nobody knows when.
    known = planner(past_of("t1", came=10, missed=6, cancelled=4, unknown=50))
    # Cancelled without a time is off the list at once; whose attendance nobody wrote is not known.
    assert known.outcomes(3) == 16
    assert newcomer(known) == pytest.approx(15 / 26 * 16 / 20)


def test_nothing_counted_is_the_rule():
    assert newcomer(planner()) == 0.5
    assert planner().outcomes(3) == 0


def test_the_future_teaches_nothing():
    later = signups("s1", 40, attended=True)
    assert newcomer(planner(extra=later)) == 0.5
    assert newcomer(planner(extra=later, day=date(2026, 11, 25))) > 0.85


# --- the numbers and the words ---------------------------------------------------------------


def test_numbers_are_those_of_the_list():
    old, past, rows = past_of("t1", came=10, missed=10, sure_came=18, sure_missed=2, cancelled=8)
    store = made(
        [past, shift("s1", need=10, capacity=40)],
        [*rows, *signups("s1", 5, status="confirmed"), *signups("s1", 7)],
        events=[old, event()],
    )
    row, sure = one(store), one(store, sure=0.9)
    assert row.signed_up == 12
    # 5 confirmed at nearly 0.8 and 7 others at about 0.5.
    assert 6.8 < row.expected < 8.2
    assert row.low <= row.expected <= row.high
    assert row.p_enough < 0.3
    assert row.p_over_capacity == 0
    assert 0 < row.more < sure.more
    assert row.sentence.startswith(
        f"10 needed, 12 signed up, {row['median']} likely ({row.low} to {row.high}). "
        f"Sign up {row.more} more to be 80 % sure of 10 ("
    )
    assert "Based on 40 past sign-ups" in row.sentence
    assert row.sentence.endswith("the 50 % rule would say 8 more.")


def words(n=12, **of_shift):
    return one(made([shift("s1", **of_shift)], signups("s1", n))).sentence


def test_sentences():
    nobody = "Nobody has been counted yet"
    no_need = "No need is set: say how many must come."
    assert words() == f"12 signed up, 6 likely (3 to 9). {no_need} {nobody}."
    assert "Enough: the chance that 2 or more come is" in words(need=2)
    assert words(0) == f"Nobody signed up yet, 0 likely (0 to 0). {no_need} {nobody}."
    assert words(0, need=4).endswith(f"{nobody}; the 50 % rule would say 8 more.")
    assert words(20, need=4).endswith("the 50 % rule would say nobody more.")
    assert "more, the most that the room of 11 holds; the chance" in words(need=8, capacity=11)
    assert "chance that more than 5 come. Find a larger room" in words(20, need=4, capacity=5)
    assert "Mind the room: 87 % chance that more than 5 come." in words(20, capacity=5)


def test_without_a_need_or_a_room_there_is_no_number():
    row = one(made([shift("s1")], signups("s1", 3)))
    assert pd.isna(row.need)
    assert pd.isna(row.capacity)
    assert pd.isna(row.p_enough)
    assert pd.isna(row.p_over_capacity)
    assert pd.isna(row.more)


def test_a_need_of_nobody_is_met():
    row = one(made([shift("s1", need=0)], signups("s1", 3)))
    assert (row.p_enough, row.more) == (1.0, 0)
    assert "sure of" not in row.sentence


def test_titles_of_other_people_stay_text():
    events = [event(title="<script>alert(1)</script>; drop table shifts")]
    store = made([shift("s'; --")], events=events)
    assert one(store).title == "<script>alert(1)</script>; drop table shifts"
    assert plan(shift="s'; --", need=4, store=store, as_of=AS_OF).need == 4


# --- one shift -------------------------------------------------------------------------------


def test_plan_for_a_shift_adds_to_the_list():
    store = made([shift("s1", need=10, capacity=60)], signups("s1", 12))
    it = plan(shift="s1", store=store, as_of=AS_OF)
    more = one(store).more
    assert (it.signed_up, it.more, it.schedule) == (12, more, 12 + more)
    assert (it.need, it.rule_schedule, it.sure, it.method) == (10, 20, 0.8, "signed_up")
    assert it.p_enough >= 0.8
    assert it.expected == pytest.approx((12 + more) / 2)
    assert it.low <= it.median <= it.high
    assert it.p_over_capacity <= 0.05
    assert it.feasible
    assert it.sentence.startswith(
        f"10 needed, 12 signed up, 6 likely (3 to 9). Sign up {more} more to be 80 % sure of 10"
    )
    scheduled = [row["schedule"] for row in it.table]
    assert scheduled == sorted(scheduled)
    assert scheduled[1] == 12 + more
    values = json.loads(json.dumps(it.as_dict()))
    assert tuple(values) == KEYS + SHIFT_KEYS


def test_need_room_and_sure_given_win_over_the_shifts():
    store = made([shift("s1", need=10, capacity=12)], signups("s1", 12))
    it = plan(3, shift="s1", store=store, as_of=AS_OF, sure=0.5, capacity=50)
    assert (it.need, it.sure, it.capacity, it.more) == (3, 0.5, 50, 0)
    assert "Enough: the chance that 3 or more come is 91 %." in it.sentence


def test_a_list_that_is_too_long_already():
    store = made([shift("s1", need=4, capacity=5)], signups("s1", 20))
    it = plan(shift="s1", store=store, as_of=AS_OF)
    assert (it.feasible, it.more, it.schedule) == (False, 0, 20)
    assert it.p_over_capacity > 0.05
    assert it.as_dict()["verdict"] == "too_many"
    assert "Room too small: 87 % chance that more than 5 come." in it.sentence


def test_a_room_that_stops_the_plan():
    store = made([shift("s1", need=8, capacity=11)], signups("s1", 12))
    it = plan(shift="s1", store=store, as_of=AS_OF)
    assert not it.feasible
    assert it.p_over_capacity <= 0.05
    assert it.p_enough < 0.8
    assert f"Sign up {it.more} more, the most that the room of 11 holds" in it.sentence


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shift": "s"}, "Shift s has no need noted. Say how many must come"),
        ({"shift": "saturday-2"}, 'There is no shift "saturday-2". Did you mean saturday-1?'),
        (
            {"shift": "zzzzzzzzzzzzzz"},
            'There is no shift "zzzzzzzzzzzzzz". Ids of shifts look like',
        ),
        ({"shift": "past", "need": 4}, "Shift past is on 2026-11-22, not after the as-of date"),
        ({"shift": "gone", "need": 4}, "Shift gone was deleted, or its event was"),
        ({"shift": "full", "need": 4}, "The capacity of shift full is 3, less than need 4"),
        ({"shift": "s", "need": 4, "capacity": 3}, "capacity is 3, less than need 4"),
        ({"shift": "s", "need": 90_000}, "not even 100,000 more people make it 80 % sure"),
        ({"shift": "s", "need": 4, "as_of": "soon"}, 'as-of is "soon"'),
        ({"shift": "s", "need": 0}, "need is 0"),
        ({"shift": "s", "need": 4, "came": 1, "of": 2}, "one source only"),
    ],
)
def test_what_cannot_be_planned(options, message):
    store = made(
        [
            shift("s"),
            shift("saturday-1"),
            shift("past", "2026-11-22 18:00"),
            shift("gone", deleted_at="2026-11-01 00:00"),
            shift("full", capacity=3),
        ]
    )
    with pytest.raises(OptionError) as error:
        plan(store=store, **{"as_of": AS_OF, **options})
    assert message in str(error.value)


def test_a_store_without_shifts():
    with pytest.raises(OptionError, match="the store has no shifts at all"):
        plan(4, shift="s", store=made([]), as_of=AS_OF)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"days": 0}, "days is 0; it must be a whole number, 1 to 3,650"),
        ({"days": 10**9}, "1 to 3,650"),
        ({"sure": 80}, "sure is 80"),
        ({"as_of": "2026-13-01"}, "as-of is"),
    ],
)
def test_options_of_the_frame(options, message):
    with pytest.raises(OptionError) as error:
        plan_upcoming(made([]), **{"as_of": AS_OF, **options})
    assert message in str(error.value)
