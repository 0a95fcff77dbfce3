"""Retention, counted by hand."""

from __future__ import annotations

import random
from datetime import date, timedelta

import ibis
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_store import cells, make_store

import organizing_analytics as oa
from organizing_analytics.errors import OptionError
from organizing_analytics.expressions import real
from organizing_analytics.measures import (
    GROUPS,
    retention_by_visit,
    retention_by_visit_counts,
    retention_cohorts,
    retention_cohorts_counts,
    retention_return,
    retention_return_counts,
    select,
)


def visits_of(people, *, hour="18:00", **tables):
    """Return a store in which each person attended one shift on each of their dates."""
    shifts, signups = [], []
    for who, days in people.items():
        for day in days:
            shift = f"{who}-{day}"
            start = f"{day} {hour}"
            shifts.append({"shift_id": shift, "event_id": "e", "starts_at": start})
            signups.append(attended(who, shift))
    events = [{"event_id": "e", "event_type": "canvass", "team_id": "north"}]
    extra = {name: tables.pop(name, []) for name in ("events", "shifts", "signups")}
    return make_store(
        {
            "events": [*events, *extra["events"]],
            "shifts": [*shifts, *extra["shifts"]],
            "signups": [*signups, *extra["signups"]],
            **tables,
        }
    )


def attended(who, shift, *, came=True, key="", **more):
    row = {"signup_id": f"{who}-{shift}{key}", "shift_id": shift, "person_id": who}
    return {**row, "status": "registered", "attended": came, **more}


# As of 1 March, with D = 30: matured are those who first came on or before 30 January.
PEOPLE = {
    "ann": ["2026-01-05", "2026-01-20"],  # came again after 15 days
    "ben": ["2026-01-05", "2026-02-04"],  # after 30 days: just in time
    "cat": ["2026-01-05", "2026-02-05"],  # after 31 days: too late
    "dan": ["2026-01-30"],  # matured on the very day, never came again
    "eve": ["2026-01-31", "2026-02-01"],  # not matured, though she did come again
}


def test_who_came_again_within_thirty_days():
    frame = retention_return(visits_of(PEOPLE), as_of="2026-03-01")
    columns = ["people", "matured", "returned", "rate", "low", "high", "deff"]
    assert list(frame.columns) == columns
    # people 5; matured ann ben cat dan; returned ann ben.
    assert cells(frame, "people", "matured", "returned", "rate") == [(5, 4, 2, 0.5)]
    # Wilson for 2 of 4: centre .5, half width 1.96 * sqrt(4*.25 + .9604) / (4 + 3.8415) = .3500
    plain = retention_return(visits_of(PEOPLE), as_of="2026-03-01", independent=True)
    assert (plain["low"][0], plain["high"][0]) == pytest.approx((0.1500, 0.8500), abs=1e-4)
    assert frame["low"][0] < 0.15
    assert frame.attrs == {"measure": "retention return", "as_of": "2026-03-01", "snapshot": 1}


def test_other_days_and_other_dates_to_stand_at():
    store = visits_of(PEOPLE)

    def returned(**options):
        return cells(retention_return(store, **options), "people", "matured", "returned")

    # D = 31: matured on or before 29 January; cat's 31 days are enough.
    assert returned(within_days=31, as_of="2026-03-01") == [(5, 3, 3)]
    # As of 4 February: cat's visit of the 5th has not happened; only the three of 5 January.
    assert returned(as_of="2026-02-04") == [(5, 3, 2)]
    # As of 3 February nobody is matured: a rate of nothing is empty.
    assert returned(as_of="2026-02-03") == [(5, 0, 0)]
    assert (
        retention_return(store, as_of="2026-02-03")[["rate", "low", "high"]].isna().all(axis=None)
    )


def test_a_visit_is_a_date_and_only_what_was_attended():
    shifts = [
        {"shift_id": "am", "event_id": "e", "starts_at": "2026-01-05 09:00"},
        {"shift_id": "pm", "event_id": "e", "starts_at": "2026-01-05 18:00"},
        {"shift_id": "next", "event_id": "e", "starts_at": "2026-01-12 18:00"},
        {
            "shift_id": "gone",
            "event_id": "e",
            "starts_at": "2026-01-12 18:00",
            "deleted_at": "2026-01-01",
        },
        {"shift_id": "off", "event_id": "x", "starts_at": "2026-01-12 18:00"},
    ]
    signups = [
        attended("two_shifts_one_date", "am"),
        attended("two_shifts_one_date", "pm"),
        attended("walked_in_again", "am"),
        attended("walked_in_again", "next", is_walk_in=True),
        attended("marked_absent_next", "am"),
        attended("marked_absent_next", "next", came=False),
        attended("unrecorded_next", "am"),
        attended("unrecorded_next", "next", came=None),
        attended("next_was_deleted", "am"),
        attended("next_was_deleted", "gone"),
        attended("next_was_deleted", "off"),
        attended("never_came", "am", came=False),
    ]
    events = [{"event_id": "x", "event_type": "x", "deleted_at": "2026-01-01 00:00"}]
    store = visits_of({}, shifts=shifts, signups=signups, events=events)
    frame = retention_return(store, as_of="2026-03-01")
    # All but never_came visited; only walked_in_again came on another date.
    assert cells(frame, "people", "matured", "returned") == [(5, 5, 1)]


def test_the_window_bounds_the_first_visit_and_does_not_change_it():
    store = visits_of(PEOPLE)

    def people(**options):
        return cells(retention_return(store, as_of="2026-03-01", **options), "people", "returned")

    # In February ben, cat and eve came, but for none of them was it the first time.
    assert people(since="2026-02-01") == []
    assert people(since="2026-01-06") == [(2, 0)]  # dan and eve
    assert people(until="2026-01-05") == [(3, 2)]  # ann ben cat; ann and ben came again later


def store_of_first_shifts():
    events = [
        {"event_id": "phone", "event_type": "phone_bank", "team_id": "south"},
        {"event_id": "tea", "event_type": "social"},
    ]
    shifts = [
        # Two shifts start at once on the first day: the lower shift_id is the earliest.
        {"shift_id": "b", "event_id": "phone", "starts_at": "2026-01-05 18:00"},
        {"shift_id": "a", "event_id": "tea", "starts_at": "2026-01-05 18:00"},
        {"shift_id": "c", "event_id": "e", "starts_at": "2026-01-05 09:00"},
    ]
    signups = [
        attended("ann", "b", recruiter_id="rob", signup_id="0"),  # the lowest id, of a later shift
        attended("ann", "a", key="2", recruiter_id="sue"),
        attended("ann", "a", key="1", recruiter_id="tim"),
        attended("ben", "b", recruiter_id="rob"),
        attended("ben", "c"),
    ]
    return visits_of({"ann": ["2026-02-02"]}, events=events, shifts=shifts, signups=signups)


def test_groups_are_those_of_the_first_visits_earliest_shift():
    store = store_of_first_shifts()
    frame = retention_return(store, by="team,event_type,recruiter,month,week", as_of="2026-03-01")
    assert cells(frame, "team", "event_type", "recruiter", "month", "week", "people") == [
        ("north", "canvass", None, "2026-01", "2026-W02", 1),  # ben: c at 9:00
        (None, "social", "tim", "2026-01", "2026-W02", 1),  # ann: a before b, sign-up 1 before 2
    ]
    assert cells(frame, "returned") == [(0,), (1,)]


def test_a_team_keeps_the_people_who_began_with_it():
    store = store_of_first_shifts()

    def people(team):
        return cells(retention_return(store, team=team, as_of="2026-03-01"), "people")

    assert people("north") == [(1,)]
    assert people("south") == []  # ann and ben were there, but it was not their first shift
    by_visit = retention_by_visit(store, team="north", as_of="2027-03-01")
    assert cells(by_visit, "visit", "matured") == [(1, 1)]
    cohorts = retention_cohorts(store, team="north", as_of="2026-02-28")
    assert cells(cohorts, "cohort", "size", "period", "retained") == [
        ("2026-01", 1, 0, 1),
        ("2026-01", 1, 1, 0),
    ]


def test_subteams_count_for_the_teams_above():
    teams = [{"team_id": "state"}, {"team_id": "north", "parent_team_id": "state"}]
    store = visits_of(PEOPLE, teams=teams)
    options = {"with_subteams": True, "as_of": "2026-03-01"}
    frame = retention_return(store, by="team", **options)
    assert cells(frame, "team", "people", "returned") == [("north", 5, 2), ("state", 5, 2)]
    by_visit = retention_by_visit(store, team="state", within_days=30, **options)
    # The second visit of ann, on 20 January, is 30 days old as well.
    assert cells(by_visit, "visit", "matured", "returned") == [(1, 4, 2), (2, 1, 0)]
    # Without the teams below it nobody began with the state.
    assert retention_return(store, team="state", as_of="2026-03-01").empty


def test_followed_up_is_a_contact_within_48_hours_after_the_last_shift_ended():
    shifts = [
        {
            "shift_id": "am",
            "event_id": "e",
            "starts_at": "2026-01-05 09:00",
            "ends_at": "2026-01-05 12:00",
        },
        {"shift_id": "pm", "event_id": "e", "starts_at": "2026-01-05 18:00"},  # ends at its start
    ]
    contacts = {
        "in_time": ("2026-01-07 12:00", "follow_up", "reached"),  # 48 h to the minute
        "too_late": ("2026-01-07 12:01", "follow_up", "reached"),
        "too_early": ("2026-01-05 12:00", "follow_up", "reached"),  # not after the end
        "no_result": ("2026-01-06 12:00", "thank_you", None),
        "left_word": ("2026-01-06 12:00", "reshift", "left_message"),
        "unanswered": ("2026-01-06 12:00", "follow_up", "no_answer"),
        "misdialled": ("2026-01-06 12:00", "follow_up", "wrong_number"),
        "reminded": ("2026-01-06 12:00", "reminder", "reached"),
        "unsaid": ("2026-01-06 12:00", None, "reached"),
        "both_shifts": ("2026-01-07 18:00", "follow_up", "reached"),  # 48 h after 18:00
        "both_early": ("2026-01-05 15:00", "follow_up", "reached"),  # between the two shifts
    }
    signups = [attended(who, "am") for who in [*contacts, "nobody_called"]]
    signups += [attended(who, "pm") for who in ("both_shifts", "both_early")]
    rows = [
        {"contact_id": who, "person_id": who, "at": at, "reason": reason, "result": result}
        for who, (at, reason, result) in contacts.items()
    ]
    # A second good contact does not make a second person.
    rows.append({**rows[0], "contact_id": "again"})
    store = visits_of({}, shifts=shifts, signups=signups, contacts=rows)
    frame = retention_return(store, by=["followed_up"], as_of="2026-03-01")
    # in_time, no_result, left_word, both_shifts, and the attempts unanswered and misdialled.
    assert cells(frame, "followed_up", "people") == [(False, 6), (True, 6)]
    assert frame["followed_up"].dtype == "boolean"
    # Of these six, two did not come through.
    frame = retention_return(store, by="reached", as_of="2026-03-01")
    assert cells(frame, "reached", "people") == [(False, 8), (True, 4)]
    both = retention_return(store, by="followed_up,reached", as_of="2026-03-01")
    assert cells(both, "followed_up", "reached", "people") == [
        (False, False, 6), (True, False, 2), (True, True, 4),
    ]  # fmt: skip


# Visits on days 0, 10, 100 and so on after 1 January.
def after_new_year(*days):
    return [str(date(2026, 1, 1) + timedelta(days=day)) for day in days]


def test_return_after_each_visit():
    store = visits_of(
        {
            "ann": after_new_year(0, 10, 100),  # 10 days, then 90: in time both times
            "ben": after_new_year(0, 91),  # 91 days: too late
            "cat": after_new_year(0, 90, 200),  # 90, then 110
            "dan": after_new_year(0),
        }
    )
    frame = retention_by_visit(store, as_of="2026-12-31")
    assert list(frame.columns) == ["visit", "matured", "returned", "rate", "low", "high"]
    assert cells(frame, "visit", "matured", "returned", "rate") == [
        (1, 4, 2, 0.5),  # ann, cat of four
        (2, 3, 1, pytest.approx(1 / 3)),  # ann of ann, ben, cat
        (3, 2, 0, 0.0),  # ann, cat came a third time
    ]
    assert cells(retention_by_visit(store, as_of="2026-12-31", max_visit=1), "visit") == [(1,)]


def test_a_vth_visit_is_matured_when_d_days_have_passed_since_it():
    store = visits_of({"ann": after_new_year(0, 10, 100), "ben": after_new_year(0, 91)})

    def rows(as_of, **options):
        frame = retention_by_visit(store, as_of=as_of, **options)
        return cells(frame, "visit", "matured", "returned")

    assert rows(after_new_year(89)[0]) == []
    assert rows(after_new_year(90)[0]) == [(1, 2, 1)]
    # Day 100: ann's second visit (day 10) is 90 days old, and her third came on that day.
    assert rows(after_new_year(100)[0]) == [(1, 2, 1), (2, 1, 1)]
    assert rows(after_new_year(99)[0]) == [(1, 2, 1)]
    # The window is of the v-th visit; it does not make the second visit a first.
    assert rows("2026-12-31", since=after_new_year(1)[0]) == [(2, 2, 1), (3, 1, 0)]
    assert rows("2026-12-31", until=after_new_year(10)[0]) == [(1, 2, 1), (2, 1, 1)]
    assert rows("2026-12-31", within_days=91) == [(1, 2, 2), (2, 2, 1), (3, 1, 0)]


COHORTS = {
    "ann": ["2026-01-05", "2026-02-10", "2026-04-01"],
    "ben": ["2026-01-31", "2026-03-05"],
    "cat": ["2026-01-10", "2026-01-12"],
    "dan": ["2026-03-02"],
}


def test_bounded_cohorts_count_who_came_in_the_period():
    # As of 15 April: April is running, so its cells are not known. Nobody began in February.
    frame = retention_cohorts(visits_of(COHORTS), as_of="2026-04-15")
    assert list(frame.columns) == ["cohort", "size", "period", "retained", "rate", "low", "high"]
    assert cells(frame, "cohort", "size", "period") == [
        *(("2026-01", 3, period) for period in range(4)),
        *(("2026-03", 1, period) for period in range(2)),
    ]
    # January's three: all; ann in February; ben in March; April unknown. March's: dan; unknown.
    assert [n for (n,) in cells(frame, "retained")] == [3, 1, 1, None, 1, None]
    assert frame["rate"][1] == pytest.approx(1 / 3)
    unknown = frame["retained"].isna()
    assert frame.loc[unknown, ["rate", "low", "high"]].isna().all(axis=None)
    assert frame.loc[~unknown, ["rate", "low", "high"]].notna().all(axis=None)
    assert str(frame["retained"].dtype) == "Int64"


def test_rolling_cohorts_count_who_came_in_the_period_or_later():
    frame = retention_cohorts(visits_of(COHORTS), kind="rolling", as_of="2026-04-15")
    # January's: 3; ann (April) and ben (March) came in February or later: 2; in March or later
    # the same 2; April is running. March's dan: 1.
    assert cells(frame, "period", "retained") == [
        (0, 3),
        (1, 2),
        (2, 2),
        (3, None),
        (0, 1),
        (1, None),
    ]


def test_visits_after_as_of_have_not_happened():
    frame = retention_cohorts(visits_of(COHORTS), kind="rolling", as_of="2026-02-28")
    # Ann's last visit is that of February; her third and all that dan does lie ahead.
    assert cells(frame, "cohort", "period", "retained") == [("2026-01", 0, 3), ("2026-01", 1, 1)]


def test_a_period_is_known_from_its_last_day_on():
    store = visits_of(COHORTS)

    def retained(as_of):
        frame = retention_cohorts(store, as_of=as_of, until="2026-01-31")
        return [n for (n,) in cells(frame, "retained")]

    assert retained("2026-02-27") == [3, None]
    assert retained("2026-02-28") == [3, 1]
    assert retained("2026-03-01") == [3, 1, None]


def test_weekly_cohorts_across_a_new_year():
    # 29 December 2025 is the Monday of 2026-W01; 4 January its Sunday; 5 January starts W02.
    people = {"ann": ["2025-12-29", "2026-01-05"], "ben": ["2026-01-04", "2026-01-12"]}
    frame = retention_cohorts(visits_of(people), period="week", as_of="2026-01-18")
    assert cells(frame, "cohort", "size", "period", "retained") == [
        ("2026-W01", 2, 0, 2),
        ("2026-W01", 2, 1, 1),  # ann
        ("2026-W01", 2, 2, 1),  # ben
    ]


def test_the_window_of_cohorts_bounds_the_first_visit():
    frame = retention_cohorts(visits_of(COHORTS), since="2026-01-06", as_of="2026-03-31")
    # Without ann: ben and cat in January, dan in March.
    assert cells(frame, "cohort", "size", "retained") == [
        ("2026-01", 2, 2),
        ("2026-01", 2, 0),
        ("2026-01", 2, 1),
        ("2026-03", 1, 1),
    ]


def test_nobody_came_gives_empty_frames_with_all_columns():
    store = visits_of({})
    assert retention_return(store).empty
    assert list(retention_by_visit(store).columns)[:2] == ["visit", "matured"]
    cohorts = retention_cohorts(store)
    assert cohorts.empty
    assert str(cohorts["retained"].dtype) == "Int64"


def test_more_days_than_the_calendar_has_are_no_error():
    store = visits_of(PEOPLE)
    frame = retention_return(store, as_of="0050-01-01", within_days=36_500)
    assert frame.empty


def visits_by_the_definition(people, as_of, within):
    """Return (people, matured, returned) and {v: (matured, returned)} with plain loops."""
    total, by_visit = [0, 0, 0], {}
    for days in people.values():
        dates = sorted({date.fromisoformat(day) for day in days if day <= str(as_of)})
        total[0] += bool(dates)
        for v, day in enumerate(dates, start=1):
            if day + timedelta(days=within) > as_of:
                continue
            came = any(day < other <= day + timedelta(days=within) for other in dates)
            matured, returned = by_visit.get(v, (0, 0))
            by_visit[v] = (matured + 1, returned + came)
    total[1:] = by_visit.get(1, (0, 0))
    return tuple(total), by_visit


@pytest.mark.parametrize("seed", range(3))
def test_equal_to_plain_loops_on_made_up_visits(seed):
    dice = random.Random(seed)
    people = {
        f"p{n}": after_new_year(*{dice.randrange(200) for _ in range(dice.randrange(9))})
        for n in range(60)
    }
    store, as_of = visits_of(people), date(2026, 6, 1)
    total, by_visit = visits_by_the_definition(people, as_of, within=20)
    options = {"as_of": as_of, "within_days": 20}
    frame = retention_return(store, **options)
    assert cells(frame, "people", "matured", "returned") == [total]
    frame = retention_by_visit(store, max_visit=99, **options)
    assert cells(frame, "visit", "matured", "returned") == [
        (v, *counts) for v, counts in sorted(by_visit.items())
    ]


@pytest.mark.parametrize(
    ("measure", "options", "message"),
    [
        (retention_return, {"within_days": 0}, "within-days is 0"),
        (retention_return, {"within_days": 1.5}, "within-days is 1.5"),
        (retention_return, {"within_days": 10**9}, "whole number from 1 to 36,500"),
        (retention_return, {"by": ["role"]}, 'no group column "role"'),
        (retention_by_visit, {"max_visit": 0}, "max-visit is 0"),
        (retention_by_visit, {"within_days": -3}, "within-days is -3"),
        (retention_cohorts, {"period": "day"}, 'no period "day"'),
        (retention_cohorts, {"kind": "boundd"}, 'no kind "boundd". Did you mean bounded'),
    ],
)
def test_an_option_that_cannot_be_is_refused(measure, options, message):
    with pytest.raises(OptionError, match=message):
        measure(visits_of({}), **options)


def test_the_questions_can_be_read_as_sql_of_other_engines():
    groups = GROUPS["retention return"]
    chosen = select(visits_of({}), "x", allowed=groups, by=list(groups), team="north")
    assert "SELECT" in ibis.to_sql(real(retention_return_counts(chosen)), dialect="pyspark")
    chosen = select(visits_of({}), "x", team="north")
    for counts in (retention_by_visit_counts, retention_cohorts_counts):
        assert "SELECT" in ibis.to_sql(real(counts(chosen)), dialect="pyspark")


def test_the_lapse_curve_finds_known_lapse_times():
    """People stay for a drawn time; many are still here at the end. The curve finds the truth."""
    dice = np.random.default_rng(11)
    people, last_day, stay = 500, 330, 60.0
    days, true = [], np.exp(-np.arange(0, 200, 7) / stay)
    for person in range(people):
        first, staying = int(dice.integers(0, 300)), float(dice.exponential(stay))
        days += [
            (f"p{person}", first + 7 * week)
            for week in range(int(staying // 7) + 1)
            if first + 7 * week <= last_day
        ]
    start = date(2025, 1, 1)
    dates = sorted({day for _, day in days})
    shifts = [
        {
            "shift_id": f"s{day}",
            "event_id": "e",
            "starts_at": f"{start + timedelta(days=day)} 12:00",
        }
        for day in dates
    ]
    signups = [
        {"signup_id": f"{p}-{day}", "shift_id": f"s{day}", "person_id": p, "status": "registered",
         "attended": True}
        for p, day in days
    ]  # fmt: skip
    tables = {
        "people": [{"person_id": p} for p in sorted({p for p, _ in days})],
        "events": [{"event_id": "e", "event_type": "canvass"}],
        "shifts": shifts,
        "signups": signups,
    }
    answer = oa.retention_lapse(make_store(tables), as_of=start + timedelta(days=last_day))
    # Lapsed on day 60 + 7 k: the last visit was in week k, so the person stayed under 7 (k + 1).
    found = answer.set_index("day")["surviving"]
    misses = [abs(found[60 + 7 * k] - true[k + 1]) for k in range(25) if 60 + 7 * k in found.index]
    assert len(misses) > 15
    assert max(misses) < 0.08  # two standard errors of 500 people, and fewer late
    inside = [
        row.low - 0.02 <= true[(row.day - 60) // 7 + 1] <= row.high + 0.02
        for row in answer.itertuples()
        if (row.day - 60) // 7 + 1 < len(true)
    ]
    assert np.mean(inside) > 0.9


def test_a_lapse_is_settled_and_who_came_back_is_said():
    """The curve of the same people does not change as the years go by (L = 60)."""
    came = {
        "ann": ["2026-01-01"],  # lapses on day 60
        "bo": ["2026-01-01", "2026-01-31", "2026-06-01"],  # on day 30 + 60, and comes back
        "cy": ["2026-01-01", "2026-03-02", "2026-05-01"],  # gaps of 60: day 120 + 60
    }
    first = oa.retention_lapse(visits_of(came), as_of="2026-07-01")
    assert cells(first, "day", "at_risk", "surviving") == [
        (60, 3, pytest.approx(2 / 3)),
        (90, 2, pytest.approx(1 / 3)),
        (180, 1, 0.0),
    ]
    assert cells(first, "lapsed", "returned_later") == [(1, 0), (1, 1), (1, 0)]
    assert set(first["came_back"]) == {1 / 3}
    later = {**came, "ann": ["2026-01-01", "2029-01-01"], "cy": [*came["cy"], "2029-01-02"]}
    much_later = oa.retention_lapse(visits_of(later), as_of="2030-01-01")
    assert cells(much_later, "day", "surviving") == cells(first, "day", "surviving")
    assert cells(much_later, "came_back")[0] == (1.0,)


DAYS_OF_VISITS = st.lists(st.integers(0, 400), min_size=1, max_size=8, unique=True)


@settings(max_examples=25, deadline=None)
@given(st.lists(DAYS_OF_VISITS, min_size=1, max_size=6), st.integers(30, 400))
def test_the_curve_of_settled_days_does_not_change_as_years_go_by(people, later_by):
    """What more is known of the same people adds days to the curve and moves none of those before.

    On day d after the first visit a person's lapse is known once d days have passed. So as long as
    everybody's first visit is that old, the curve up to day d stands: also when they come back.
    """
    start = date(2024, 1, 1)
    came = {
        f"p{n}": [(start + timedelta(days=day)).isoformat() for day in sorted(days)]
        for n, days in enumerate(people)
    }
    last_first = max(min(days) for days in people)
    through = start + timedelta(days=last_first + 200)
    known = {p: [day for day in days if day <= through.isoformat()] for p, days in came.items()}
    back = (through + timedelta(days=1)).isoformat()
    more = {p: sorted({*days, back}) for p, days in came.items()}
    then = oa.retention_lapse(visits_of(known), as_of=through)
    now = oa.retention_lapse(visits_of(more), as_of=through + timedelta(days=later_by))
    for frame in (then, now):
        assert frame["surviving"].is_monotonic_decreasing
    settled = dict(zip(then["day"], then["surviving"], strict=True))
    settled = {day: rate for day, rate in settled.items() if day < 200}
    later = dict(zip(now["day"], now["surviving"], strict=True))
    assert {day: later.get(day) for day in settled} == pytest.approx(settled)


def test_the_team_of_whom_we_are_losing_is_their_own():
    """Not that of the first visit: people.team_id, else the team of the latest visit."""
    days = ["2026-01-01", "2026-01-08", "2026-01-15"]
    tables = {
        "people": [{"person_id": "own", "team_id": "south"}, {"person_id": "none"}],
        "events": [
            {"event_id": team, "event_type": "canvass", "team_id": team}
            for team in ("north", "east")
        ],
        "shifts": [
            {"shift_id": day, "event_id": event, "starts_at": f"{day} 12:00"}
            for day, event in zip(days, ("north", "north", "east"), strict=True)
        ],
        "signups": [attended(who, day) for who in ("own", "none") for day in days],
    }
    store = make_store(tables)
    for team, who in (("south", "own"), ("east", "none")):
        assert cells(oa.retention_losing(store, team=team, as_of="2026-03-01"), "person_id") == [
            (who,)
        ]
    both = oa.retention_losing(store, as_of="2026-03-01")
    assert cells(both, "person_id") == [("none",), ("own",)]
    assert oa.retention_losing(store, team="north", as_of="2026-03-01").empty
