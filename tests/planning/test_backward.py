"""Backwards from the need to the asks: counted by hand, against closed forms, without peeking."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from make_store import make_store
from scipy import stats

import organizing_analytics as oa
from organizing_analytics.errors import OptionError
from organizing_analytics.planning.backward import (
    DAY_WEIGHT,
    numbers_needed,
    plan_backward,
    tries_until,
)
from organizing_analytics.planning.backward_result import STEP_KEYS
from organizing_analytics.planning.team_rates import (
    COUNTED,
    DRAWS,
    TAILS,
    Belief,
    Counted,
    believe,
    read_counts,
)

AS_OF, ON = "2026-11-22", "2026-12-05"
STEPS = ["schedule", "yeses", "answered", "asks", "one_to_ones"]
KEYS = [
    "need", "on", "team", "sure", "as_of", "snapshot", "window_days", "signed_up", "steps",
    "in_one_to_ones", "per_organizer_per_day", "re_asks_due", "sentence",
]  # fmt: skip


def signup(name, person, shift="p1", **more):
    return {"signup_id": name, "person_id": person, "shift_id": shift, "status": "registered",
            "signed_up_at": "2026-11-08 12:00", **more}  # fmt: skip


def ask(name, person, outcome="no_answer", *, at="2026-11-07 12:00", team="t1", **more):
    return {"ask_id": name, "person_id": person, "asked_at": at, "team_id": team,
            "asker_id": "ann", "ask_for": "canvass", "outcome": outcome, **more}  # fmt: skip


def campaign():
    """Team t1, to be counted by hand, beside a larger t2."""
    outcomes = ["yes"] * 8 + ["maybe"] * 8 + ["no_answer"] * 4
    return {
        "teams": [{"team_id": "t1", "name": "North"}, {"team_id": "t2", "name": "South"}],
        "people": [
            {"person_id": "ann", "team_id": "t1", "role": "organizer"},
            {"person_id": "ben", "team_id": "t1", "role": "team_leader"},
            {"person_id": "cy", "team_id": "t1", "role": "volunteer"},
            {"person_id": "dee", "team_id": "t2", "role": "organizer"},
            {"person_id": "eva", "team_id": "t1", "role": "organizer"},  # has left
            {"person_id": "fay", "team_id": "t1", "role": "organizer", "joined_on": "2026-11-23"},
        ],
        "departures": [{"person_id": "eva", "at": "2026-11-01 12:00"}],
        "events": [
            {"event_id": "e1", "event_type": "canvass", "team_id": "t1"},
            {"event_id": "e2", "event_type": "canvass", "team_id": "t2"},
        ],
        "shifts": [
            {"shift_id": "p1", "event_id": "e1", "starts_at": "2026-11-15 18:00"},
            {"shift_id": "p2", "event_id": "e2", "starts_at": "2026-11-15 18:00"},
            {"shift_id": "s1", "event_id": "e1", "starts_at": f"{ON} 10:00"},
            {"shift_id": "s2", "event_id": "e1", "starts_at": f"{ON} 15:00"},
            {"shift_id": "s3", "event_id": "e1", "starts_at": "2026-12-06 10:00"},
            {"shift_id": "s4", "event_id": "e2", "starts_at": f"{ON} 10:00"},
        ],
        "signups": [
            # Of 10 at p1, 6 came; one had cancelled, one was never written down.
            *(signup(f"a{i}", f"y{i}", attended=True) for i in range(6)),
            *(signup(f"m{i}", f"m{i}", attended=False) for i in range(3)),
            signup("x", "x", status="cancelled", cancelled_at="2026-11-14 12:00"),
            signup("u", "u"),
            *(signup(f"b{i}", f"b{i}", "p2", attended=i < 30) for i in range(60)),
            # On the day: three stand, one has cancelled, a walk-in and another day do not count.
            signup("n1", "n1", "s1"),
            signup("n2", "n2", "s1", status="confirmed"),
            signup("n3", "n1", "s2"),
            signup("n4", "n4", "s1", status="cancelled", cancelled_at="2026-11-20 12:00"),
            signup("n5", "n5", "s1", is_walk_in=True),
            signup("n6", "n6", "s3"),
            signup("n7", "n7", "s4"),
        ],
        # 20 asks, 16 answered, 8 yeses to the shift p1: six of these people signed up there.
        "asks": [
            ask(f"k{i}", f"y{i}", said, shift_id="p1" if said == "yes" else None,
                meeting_id={8: "m1", 9: "m1", 10: "m2", 11: "m3"}.get(i))
            for i, said in enumerate(outcomes)
        ] + [
            ask(f"l{i}", f"w{i}", "maybe" if i < 10 else "no_answer", team="t2") for i in range(40)
        ],
        "meetings": [
            *(one_to_one(f"m{i}", "held") for i in range(5)),
            one_to_one("m5", "no_show"),
            one_to_one("m6", "cancelled"),
            one_to_one("m7", "scheduled"),
        ],
    }  # fmt: skip


def one_to_one(name, status, at="2026-11-07 12:00"):
    return {"meeting_id": name, "organizer_id": "ann", "person_id": "cy", "team_id": "t1",
            "kind": "recruitment", "scheduled_at": at, "status": status}  # fmt: skip


def planned(tables=None, **options):
    store = make_store(campaign() if tables is None else tables)
    return plan_backward(store, **{"need": 12, "on": ON, "team": "t1", "as_of": AS_OF, **options})


def by_step(plan):
    return {step.step: step for step in (*plan.steps, plan.in_one_to_ones)}


# --- what is counted -------------------------------------------------------------------------


def test_counts_by_hand():
    plan = planned()
    counted = {name: (step.count, step.of) for name, step in by_step(plan).items()}
    assert counted == {
        "schedule": (6, 10),
        "yeses": (6, 8),
        "answered": (8, 16),
        "asks": (16, 20),
        "in_one_to_ones": (3, 20),
        "one_to_ones": (5, 6),
    }
    assert plan.signed_up == 3
    pace = plan.per_organizer_per_day
    # Ann and Ben; 23 November to 4 December.
    assert (pace.organizers, pace.source, pace.days) == (2, "role", 12)
    assert pace.asks == by_step(plan)["asks"].plan / 24
    assert pace.one_to_ones == by_step(plan)["one_to_ones"].plan / 24


def test_the_same_counts_as_the_measures():
    store = make_store(campaign())
    steps = by_step(planned())
    window = {"since": "2026-05-27", "as_of": AS_OF, "team": "t1"}
    came = oa.show_up(store, **window).iloc[0]
    assert 1 - came.flake_rate == steps["schedule"].count / steps["schedule"].of
    links = oa.chain(store, **window).set_index("link")
    for link, step in (("answered", "asks"), ("yes", "answered"), ("signed_up", "yeses")):
        assert (links.loc[link, "to"], links.loc[link, "from"]) == (
            steps[step].count,
            steps[step].of,
        )
    assert oa.meetings(store, **window).show_rate.iloc[0] == pytest.approx(5 / 6)


def test_the_window():
    # The asks and 1:1s of 7 November are 15 days old at the 22nd; the shift of the 15th, 7.
    inside, outside = planned(window_days=16), planned(window_days=15)
    assert by_step(inside)["asks"].of == 20
    steps = by_step(outside)
    assert [steps[name].of for name in STEPS] == [10, 0, 0, 0, 0]
    assert by_step(planned(window_days=7))["schedule"].of == 0
    assert by_step(planned(window_days=8))["schedule"].of == 10


def test_rates_are_drawn_towards_all_teams():
    steps = by_step(planned())
    # t1 60 %, t2 50 %; t1 80 %, t2 25 %.
    assert 0.5 < steps["schedule"].rate < 0.6
    assert 0.25 < steps["asks"].rate < 0.8
    assert steps["schedule"].low < steps["schedule"].rate < steps["schedule"].high
    assert "6 of 10 sign-ups came, drawn towards the 51 % of all 2 teams" in steps["schedule"].basis


# --- what is not counted ---------------------------------------------------------------------


def only(team, counts):
    return believe("schedule", {name: Counted(*pair) for name, pair in counts.items()}, team)


def test_one_team_alone_starts_from_the_rule():
    # 30 of 40 on top of Beta(5, 5).
    alone = only("t1", {"t1": (30, 40)})
    law = stats.beta(35, 15)
    assert alone.rate == pytest.approx(law.mean(), abs=0.002)
    assert (alone.low, alone.high) == pytest.approx(law.ppf(TAILS), abs=0.004)
    assert alone.basis == "30 of 40 sign-ups came; the rule, half, weighs as ten more"


def test_rows_of_the_same_people_are_worth_less_than_as_many_people():
    # 30 of 40 at a design effect of 4 say what 7.5 of 10 would: Beta(5 + 7.5, 5 + 2.5).
    alone = believe("schedule", {"t1": Counted(30, 40, worth=0.25)}, "t1")
    law = stats.beta(12.5, 7.5)
    assert (alone.low, alone.high) == pytest.approx(law.ppf(TAILS), abs=0.006)
    assert (alone.count, alone.of) == (30, 40)  # what is told are the people counted


def test_counts_are_read_with_what_they_are_worth():
    """Four people who always come and four who never do, on ten shifts: 80 rows are worth few."""
    days = [f"2026-03-{day:02d}" for day in range(1, 11)]
    tables = {
        "teams": [{"team_id": "t1"}],
        "events": [{"event_id": "e", "event_type": "canvass", "team_id": "t1"}],
        "shifts": [{"shift_id": d, "event_id": "e", "starts_at": f"{d} 18:00"} for d in days],
        "signups": [
            {"signup_id": f"{d}-{n}", "shift_id": d, "person_id": f"p{n}", "status": "registered",
             "attended": n < 4}
            for d in days for n in range(8)
        ],
    }  # fmt: skip
    [counted] = read_counts(make_store(tables), date(2026, 3, 31), 180)["schedule"].values()
    assert (counted.passed, counted.of) == (40, 80)
    # By person: 8 / 7 * 8 * 5^2 / (80 / 4) = 11.4; by shift 0; t with 7 degrees.
    effect = 8 / 7 * 8 * 25 / 20 - 1
    wide = (stats.norm.ppf(0.975) / stats.t.ppf(0.975, 7)) ** 2
    assert counted.worth == pytest.approx(wide / effect, rel=1e-3)


def test_a_team_without_counts_takes_the_only_other_with_little_weight():
    other = only("t1", {"t2": (3000, 4000), "t1": (0, 0)})
    law = stats.beta(30 * 3005 / 4010, 30 * 1005 / 4010)
    assert other.rate == pytest.approx(law.mean(), abs=0.003)
    assert (other.low, other.high) == pytest.approx(law.ppf(TAILS), abs=0.006)
    assert other.basis == "nothing counted for t1; of all teams 3,000 of 4,000 sign-ups came"


def test_a_team_without_counts_among_several_is_a_new_team():
    teams = {f"t{i}": (60 + i % 3, 100) for i in range(2, 9)}
    new = only("t1", teams)
    assert new.rate == pytest.approx(0.61, abs=0.01)
    assert new.low < only("t2", teams).low  # less is known of it than of any counted one
    assert new.of == 0


def test_an_empty_store_is_the_rule_all_the_way():
    plan = planned({"teams": [{"team_id": "t1"}]})
    assert [step.basis for step in plan.steps[:4]] == ["nothing counted: the rule, half"] * 4
    for step in plan.steps[:4]:
        assert step.rate == pytest.approx(0.5, abs=0.005)
    last, share = plan.steps[4], plan.in_one_to_ones
    assert (last.expected, share.rate, share.expected) == (None, None, None)
    assert "nobody knows" in share.basis
    assert "there the rule says half" in plan.sentence
    pace = plan.per_organizer_per_day
    assert (pace.organizers, pace.source, pace.asks) == (0, "none", None)
    assert "say how many share the asks" in plan.sentence
    assert "No no of the last 30 days" in plan.sentence
    json.dumps(plan.as_dict())


def test_who_shares_the_asks():
    tables = campaign()
    tables["people"] = [{"person_id": "ann"}]
    askers = planned(tables).per_organizer_per_day
    assert (askers.organizers, askers.source) == (1, "askers")
    assert "1 person who asks" in planned(tables).sentence
    given = planned(organizers=4).per_organizer_per_day
    assert (given.organizers, given.source) == (4, "given")
    tomorrow = planned(on="2026-11-23")
    assert tomorrow.per_organizer_per_day.days == 0
    assert tomorrow.per_organizer_per_day.asks is None
    assert "No day is left" in tomorrow.sentence


# --- the numbers -----------------------------------------------------------------------------


def sure_of(rate, step="schedule"):
    draws = np.broadcast_to(np.asarray(rate, dtype=float), (DRAWS,)).copy()
    return Belief(draws, float(draws.mean()), 0, 1, 0, 0, step, is_counted=True)


def known(**rates):
    return {step: sure_of(rates.get(step, 1.0), step) for step in COUNTED}


@pytest.mark.parametrize(("a", "b", "need"), [(7, 3, 4), (7, 3, 20), (30, 30, 12), (5, 5, 50)])
def test_one_step_with_a_beta_rate_is_the_closed_form(a, b, need):
    dice = np.random.default_rng(7)
    tries = tries_until(np.full(200_000, need), dice.beta(a, b, 200_000), dice.random(200_000))
    for share in (0.1, 0.5, 0.8, 0.9):
        got = np.quantile(tries, share, method="inverted_cdf")
        exact = need + stats.betanbinom.ppf(share, need, a, b)
        assert got == pytest.approx(exact, abs=max(1, 0.015 * exact))


@pytest.mark.parametrize(("rate", "need"), [(0.6, 12), (0.8, 4), (0.3, 30)])
def test_a_days_turnout_varies_around_the_teams(rate, need):
    schedule = numbers_needed(need, 0, known(schedule=rate))["schedule"]
    for share in (0.1, 0.5, 0.8, 0.9):
        got = np.quantile(schedule, share, method="inverted_cdf")
        law = need, rate * DAY_WEIGHT, (1 - rate) * DAY_WEIGHT
        exact = need + stats.betanbinom.ppf(share, *law)
        assert got == pytest.approx(exact, abs=max(1, 0.03 * exact))


def test_so_many_asks_really_bring_the_need():
    """Forwards, with other dice: of the asks planned for, how often do enough people come?"""
    rates = {"schedule": 0.6, "yeses": 0.7, "answered": 0.5, "asks": 0.8}
    numbers = numbers_needed(12, 5, known(**rates))
    asks = int(np.quantile(numbers["asks"], 0.8, method="inverted_cdf"))
    dice, n = np.random.default_rng(1), 200_000
    turnout = dice.beta(0.6 * DAY_WEIGHT, 0.4 * DAY_WEIGHT, n)
    signed_up = 5 + dice.binomial(asks, 0.8 * 0.5 * 0.7, n)
    assert (dice.binomial(signed_up, turnout) >= 12).mean() == pytest.approx(0.8, abs=0.012)


def test_a_certain_chain_is_the_need_itself():
    found = numbers_needed(12, 5, {**known(), "in_one_to_ones": sure_of(0.5)})
    medians = {step: int(np.median(numbers)) for step, numbers in found.items()}
    assert medians == {
        "schedule": 12, "yeses": 7, "answered": 7, "asks": 7, "in_one_to_ones": 4, "one_to_ones": 4,
    }  # fmt: skip


def test_enough_signed_up_needs_no_ask():
    plan = planned(need=1, signed_up_count=200)
    assert [step.plan for step in plan.steps[1:]] == [0, 0, 0, 0]
    assert "nobody else need be asked" in plan.sentence
    assert plan.signed_up == 200


def test_every_number_grows_with_the_need():
    dice = np.random.default_rng(3)
    beliefs = {step: sure_of(dice.beta(4, 3, DRAWS), step) for step in COUNTED}
    drawn = [numbers_needed(need, 5, beliefs) for need in (1, 2, 3, 5, 12, 13, 40)]
    for smaller, larger in pairwise(drawn):
        for step, numbers in smaller.items():
            assert (numbers <= larger[step]).all()  # in every single draw


def test_every_number_grows_with_sure_and_shrinks_with_who_is_there():
    plan, surer, fuller = planned(), planned(sure=0.95), planned(signed_up_count=9)
    for one, sure, full in zip(plan.steps, surer.steps, fuller.steps, strict=True):
        assert one.plan <= sure.plan
        assert one.expected == sure.expected
        assert one.plan >= full.plan


def test_what_every_plan_keeps():
    plan = planned()
    for step in plan.steps:
        assert step.range_low <= step.expected <= step.range_high
        assert 0 < step.low <= step.rate <= step.high < 1
    schedule, yeses, answered, asks, _meetings = plan.steps
    assert schedule.plan >= 12
    assert schedule.plan - 3 <= yeses.plan <= answered.plan <= asks.plan
    # Field math, to the first order: the median is near the need through all rates.
    rough = 12 / schedule.rate
    for step in (yeses, answered, asks):
        rough = (rough - 3 if step is yeses else rough) / step.rate
        assert step.expected == pytest.approx(rough, rel=0.2)
    assert planned().as_dict() == plan.as_dict()  # the dice are the same


def test_rates_of_next_to_nothing_end_in_words():
    tables = campaign()
    tables["asks"] = [ask(f"k{i}", f"y{i}") for i in range(400)]
    with pytest.raises(OptionError, match="may take more than 1,000,000"):
        planned(tables, need=200_000)


# --- no peeking ------------------------------------------------------------------------------


def test_what_came_after_as_of_changes_nothing():
    before = planned().as_dict()
    tables = campaign()
    later = "2026-11-23 00:00"
    # Two yeses without a sign-up get one after the fact; more asks, noes, 1:1s, sign-ups.
    tables["signups"] += [
        signup("late1", "y6", signed_up_at=later, attended=True),
        signup("late2", "y7", signed_up_at=later),
        *(signup(f"late-s{i}", f"q{i}", "s1", signed_up_at=later) for i in range(9)),
        *(signup(f"t{i}", f"q{i}", "s3", signed_up_at=later, attended=False) for i in range(9)),
    ]
    tables["signups"] = [
        {**row, "status": "cancelled", "cancelled_at": later} if row["signup_id"] == "n1"
        else {**row, "status": "confirmed", "confirmed_at": later} if row["signup_id"] == "u"
        else row
        for row in tables["signups"]
    ]  # fmt: skip
    tables["asks"] += [
        *(ask(f"z{i}", f"q{i}", "not_now", at=later) for i in range(9)),
        *(ask(f"v{i}", f"y{i}", "not_ever", at=later, asker_id="zoe") for i in range(9)),
    ]
    tables["meetings"] += [one_to_one(f"zm{i}", "no_show", later) for i in range(9)]
    tables["departures"] += [{"person_id": "ann", "at": later}]
    assert planned(tables).as_dict() == before


def test_the_end_of_the_day_is_by_the_campaigns_clock():
    tables = campaign()
    # 03:00 UTC on the 23rd is the 22nd in Chicago.
    tables["signups"].append(signup("late", "q", "s1", signed_up_at="2026-11-23 03:00"))
    options = {"need": 12, "on": ON, "team": "t1", "as_of": AS_OF}
    assert plan_backward(make_store(tables), **options).signed_up == 3
    assert plan_backward(make_store(tables, zone="America/Chicago"), **options).signed_up == 4


# --- whom to ask again -----------------------------------------------------------------------


def due(*asks, people=()):
    tables = {"teams": [{"team_id": "t1"}, {"team_id": "t2"}], "asks": asks, "people": people}
    return planned(tables).re_asks_due


NOW = {"outcome": "not_now", "at": "2026-11-10 12:00"}
THAT = {"outcome": "not_that", "at": "2026-11-10 12:00"}


@pytest.mark.parametrize(
    ("asks", "not_now", "not_that"),
    [
        ([ask("a", "p", **NOW)], 1, 0),
        ([ask("a", "p", **THAT)], 0, 1),
        ([ask("a", "p", **NOW, again_on=ON)], 1, 0),
        ([ask("a", "p", **NOW, again_on="2026-12-06")], 0, 0),
        ([ask("a", "p", "not_ever", at="2026-11-10 12:00")], 0, 0),
        ([ask("a", "p", "no", at="2026-11-10 12:00")], 0, 0),
        ([ask("a", "p", **NOW, team="t2")], 0, 0),
        # (as_of - 30, as_of]
        ([ask("a", "p", "not_now", at="2026-10-23 23:59")], 0, 0),
        ([ask("a", "p", "not_now", at="2026-10-24 00:00")], 1, 0),
        # Asked since, by whomever.
        ([ask("a", "p", **NOW), ask("b", "p", "no_answer", at="2026-11-11 12:00", team="t2")], 0, 0),
        ([ask("a", "p", **NOW), ask("b", "p", "not_that", at="2026-11-11 12:00")], 0, 1),
        ([ask("a", "p", **NOW), ask("b", "q", "yes", at="2026-11-11 12:00")], 1, 0),
        # The counter-offer in the same breath is later by its link.
        ([ask("a", "p", **THAT), ask("b", "p", "yes", at="2026-11-10 12:00", after_ask_id="a")], 0, 0),
        ([ask("a", "p", **THAT), ask("b", "p", **NOW, after_ask_id="a")], 1, 0),
        ([ask("a", "p", **NOW, after_ask_id="a")], 1, 0),
        # A not ever that stands; one that a yes has undone.
        ([ask("a", "p", "not_ever", at="2026-09-01 12:00"), ask("b", "p", **NOW)], 0, 0),
        (
            [
                ask("a", "p", "not_ever", at="2026-09-01 12:00"),
                ask("b", "p", "yes", at="2026-09-02 12:00"),
                ask("c", "p", **NOW),
            ],
            1,
            0,
        ),
        # One person counts once.
        ([ask("a", "p", **NOW), ask("b", "p", **NOW)], 1, 0),
        ([ask("a", "p", **NOW), ask("b", "q", **NOW), ask("c", "r", **THAT)], 2, 1),
    ],
)  # fmt: skip
def test_re_asks_due(asks, not_now, not_that):
    assert due(*asks) == {"not_now": not_now, "not_that": not_that}


def test_who_must_not_be_contacted_is_not_due():
    people = [{"person_id": "p", "do_not_contact": True}, {"person_id": "q"}]
    assert due(ask("a", "p", **NOW), ask("b", "q", **NOW), people=people)["not_now"] == 1


def test_re_asks_in_words():
    tables = campaign()
    tables["asks"] += [ask("a", "p", **NOW), ask("b", "q", **THAT), ask("c", "r", **THAT)]
    end = "Of the noes of the last 30 days 1 is due another ask (not now), 2 another offer (not that)."
    assert planned(tables).sentence.endswith(end)


# --- options and forms -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"need": 0}, "need is 0; it must be a whole number, 1 or more"),
        ({"need": 4.5}, "need is 4.5"),
        ({"on": AS_OF}, "on is 2026-11-22, not after the as-of date 2026-11-22"),
        ({"on": "2026-02-30"}, 'on is "2026-02-30"'),
        ({"team": "t3"}, "Did you mean"),
        ({"team": "Nort"}, "t1 (North)"),
        ({"sure": 80}, "like 0.8 for 80 %"),
        ({"window_days": 0}, "window_days is 0"),
        ({"organizers": 0}, "organizers is 0"),
        ({"signed_up_count": -1}, "signed_up_count is -1"),
    ],
)
def test_what_is_not_allowed(options, words):
    with pytest.raises(OptionError) as error:
        planned(**options)
    assert words in str(error.value)


def test_json_keys():
    plan = planned(on=date(2026, 12, 5))
    answer = json.loads(json.dumps(plan.as_dict()))
    assert list(answer) == KEYS
    assert [row["step"] for row in answer["steps"]] == STEPS
    assert all(tuple(row) == STEP_KEYS for row in answer["steps"])
    assert tuple(answer["in_one_to_ones"]) == STEP_KEYS
    assert (answer["need"], answer["on"], answer["as_of"]) == (12, ON, AS_OF)
    assert list(answer["per_organizer_per_day"]) == [
        "organizers", "source", "days", "asks", "one_to_ones",
    ]  # fmt: skip
    assert answer["re_asks_due"] == {"not_now": 0, "not_that": 0}


def test_words_and_page():
    plan = planned()
    schedule, yeses, answered, asks, meetings = plan.steps
    assert plan.sentence.startswith(
        f"To be 80 % sure of 12 on 2026-12-05, schedule {schedule.plan} (in 8 of 10 cases it takes"
        f" {schedule.range_words}). 3 signed up already: the others take {yeses.plan} yeses, from"
        f" {answered.plan} answered of {asks.plan} asks ({asks.range_words}),"
        f" {plan.in_one_to_ones.plan} of them in 1:1s, so set {meetings.plan}. With 2 organizers"
        " and 12 days that is "
    )
    assert str(plan).count("\n") == 8
    assert plan._repr_html_().count("<tr>") == 7


def test_the_command(run, small, store):
    oa.load_files(small, store=store, timezone="America/New_York")
    words = ["plan", "backward", "--need", "4", "--team", "t1", "--on", "2026-06-06", "--as-of",
             "2026-05-01", "--store", store]  # fmt: skip
    answer = json.loads(run(*words, "--json"))
    assert list(answer) == KEYS
    lines = run(*words, "--format", "csv").splitlines()
    assert lines[0] == ",".join(STEP_KEYS)
    assert len(lines) == 1 + len(STEPS)
    assert "To be 80 % sure of 4" in run(*words)
    late = [*words[:6], "--on", str(date(2026, 5, 1) - timedelta(days=1)), *words[8:]]
    assert "not after the as-of date" in run(*late, code=1)
    run("plan", "backward", "--need", "4", code=2)
