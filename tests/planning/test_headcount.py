"""How many to schedule: published numbers, scipy, brute force and properties."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from itertools import islice
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from organizing_analytics.errors import OptionError
from organizing_analytics.planning.headcount import plan
from organizing_analytics.planning.odds import (
    BetaRate,
    KnownRate,
    chance_of_enough,
    chances_of_enough,
    cheapest_schedule,
    expected_cost,
    number_who_come,
    smallest_schedules,
)
from organizing_analytics.planning.result import COST_KEYS, KEYS
from organizing_analytics.wording import percent

#: A busy machine is slow; that is no failure.
QUICK = settings(deadline=None)

# --- published numbers -----------------------------------------------------------------------
# Computed with scipy 1.17.1 (nbinom, betanbinom) and checked there against brute force.

KNOWN = {
    (0.5, 4): (7, 10, 12, 13),
    (0.5, 1): (1, 3, 4, 5),
    (0.5, 10): (19, 24, 26, 28),
    (0.5, 20): (39, 45, 48, 51),
    (0.5, 50): (99, 108, 113, 117),
    (0.65, 4): (6, 7, 9, 10),
    (0.65, 10): (15, 18, 19, 21),
    (0.8, 4): (5, 6, 6, 7),
    (0.8, 20): (25, 27, 28, 29),
}


@pytest.mark.parametrize(("rate", "need"), KNOWN)
def test_known_rate_schedules(rate, need):
    rows = plan(need, show_rate=rate).table
    assert [row["sure"] for row in rows] == [0.5, 0.8, 0.9, 0.95]
    assert tuple(row["schedule"] for row in rows) == KNOWN[rate, need]


@pytest.mark.parametrize(
    ("need", "odds"), [(4, 163 / 256), (8, 0.598), (10, 0.588), (20, 0.563), (50, 0.540)]
)
def test_the_rules_real_odds(need, odds):
    by_rule = plan(need)
    assert (by_rule.schedule, by_rule.rule_schedule) == (2 * need, 2 * need)
    assert by_rule.p_enough == pytest.approx(odds, abs=5e-4)
    assert (by_rule.sure, by_rule.method) == (None, "rule")


def test_the_rule_for_four_is_exact():
    # C(8,4) + C(8,5) + C(8,6) + C(8,7) + C(8,8) = 70 + 56 + 28 + 8 + 1 = 163, of 2^8.
    by_rule = plan(4)
    assert (by_rule.schedule, by_rule.p_enough) == (8, 163 / 256)
    # P(at most 1) = 9/256 < .1 ≤ 37/256 = P(at most 2); P(at most 5) = 219/256 < .9 ≤ P(at most 6).
    assert (by_rule.low, by_rule.median, by_rule.high, by_rule.expected) == (2, 4, 6, 4.0)


@pytest.mark.parametrize(
    ("a", "b", "need", "sure", "schedule"),
    [
        (7, 3, 4, 0.8, 7),
        (7, 3, 10, 0.8, 18),
        (7, 3, 20, 0.8, 35),
        (7, 3, 4, 0.9, 9),
        (7, 3, 10, 0.9, 21),
        (7, 3, 20, 0.9, 41),
        (5, 5, 4, 0.5, 8),
        (5, 5, 4, 0.8, 12),
        (5, 5, 4, 0.9, 15),
        (1, 1, 4, 0.9, 39),
        (0.5, 0.5, 4, 0.9, 154),
    ],
)
def test_uncertain_rate_schedules(a, b, need, sure, schedule):
    found = smallest_schedules(need, [sure], BetaRate(a, b))[sure]
    assert found is not None
    n, p = found
    # P(at least 4 of 7) under Beta(5, 5) is exactly 1/2, by symmetry; the list above, from
    # betanbinom.ppf, says 8 there because scipy's sum falls short of 1/2 by rounding.
    tie = (a, b, need, sure) == (5, 5, 4, 0.5)
    assert n == (7 if tie else schedule)
    assert p == pytest.approx(0.5 if tie else stats.betabinom(n, a, b).sf(need - 1), abs=1e-12)


def test_ignoring_the_rates_uncertainty_falls_short():
    # Seen 6 of 10, planned for .9 at p = .6 taken as known; p really drawn from Beta(6.5, 4.5).
    delivered = [
        chance_of_enough(need, plan(need, sure=0.9, show_rate=0.6).schedule, BetaRate(6.5, 4.5))
        for need in (4, 10, 20)
    ]
    assert delivered == pytest.approx([0.82, 0.78, 0.74], abs=5e-3)


def test_overbooking():
    # Bin(125, .9): P(≤ 120) = .9961414, P(≤ 119) = .9885678; 215 tickets for 205 and 200 seats.
    rate = KnownRate(0.9)
    assert 1 - chance_of_enough(121, 125, rate) == pytest.approx(0.9961414, abs=5e-8)
    assert 1 - chance_of_enough(120, 125, rate) == pytest.approx(0.9885678, abs=5e-8)
    assert chance_of_enough(206, 215, rate) == pytest.approx(0.0014, abs=5e-5)
    assert chance_of_enough(201, 215, rate) == pytest.approx(0.0496, abs=5e-5)


# --- defaults and sources --------------------------------------------------------------------


def test_sure_alone_takes_one_half_as_known():
    sure = plan(4, sure=0.9)
    assert (sure.schedule, sure.rule_schedule, sure.method) == (12, 8, "known_rate")
    assert sure.p_enough == pytest.approx(stats.binom.sf(3, 12, 0.5))


def test_a_rate_alone_means_four_in_five_sure():
    assert plan(10, show_rate=0.65).sure == plan(10, came=6, of=10).sure == 0.8
    assert plan(10, show_rate=0.65).schedule == 18


def test_counts_update_the_rule():
    # 6 of 10 on top of Beta(5, 5): Beta(11, 9).
    counted = plan(4, came=6, of=10)
    wanted = 4 + stats.betanbinom.ppf(0.8, 4, 11, 9)
    assert (counted.schedule, counted.method) == (wanted, "counted")
    assert counted.expected == pytest.approx(counted.schedule * 11 / 20)
    assert plan(4, came=0, of=0).schedule == 12  # nothing counted: the prior alone


def test_more_counts_of_the_same_share_need_fewer_people():
    assert (
        plan(20, sure=0.9, came=600, of=1000).schedule < plan(20, sure=0.9, came=6, of=10).schedule
    )


def test_everybody_comes():
    all_come = plan(4, show_rate=1)
    assert (all_come.schedule, all_come.low, all_come.high, all_come.p_enough) == (4, 4, 4, 1.0)


# --- room ------------------------------------------------------------------------------------


def test_room_and_sure_that_cannot_both_be_had():
    # 12 would be scheduled; P(more than 5 of 6) = 1/64, of 7 = 8/128 > .05: 6 is the most.
    tight = plan(4, sure=0.9, capacity=5)
    assert (tight.feasible, tight.schedule) == (False, 6)
    assert tight.p_over_capacity == 1 / 64
    assert tight.p_enough == 22 / 64  # (15 + 6 + 1) / 64
    assert "cannot both be had" in tight.sentence
    assert "Schedule 6, the most that keeps" in tight.sentence
    # The table answers without regard to the room: 7, 10, 12, 13.
    assert [row["schedule"] for row in tight.table] == [7, 10, 12, 13]
    assert tight.table[0]["p_over_capacity"] == 8 / 128


def test_the_rule_is_held_to_the_room_too():
    tight = plan(4, capacity=5)
    assert (tight.feasible, tight.schedule, tight.sure) == (False, 6, None)
    roomy = plan(4, capacity=7)  # P(8 of 8 come) = 1/256
    assert (roomy.feasible, roomy.schedule, roomy.p_over_capacity) == (True, 8, 1 / 256)


def test_a_full_room_is_never_too_many():
    # Of 4 scheduled, 4 at most come: whatever the limit, as many as there are seats fit.
    full = plan(4, sure=0.9, capacity=4, limit_over=1e-9)
    assert (full.schedule, full.p_over_capacity, full.feasible) == (4, 0.0, False)


def test_limit_over_is_kept_at_equality():
    # P(5 of 5) = 1/32 exactly the limit.
    assert plan(4, sure=0.9, capacity=4, limit_over=1 / 32).schedule == 5


def test_no_capacity_no_number():
    free = plan(4)
    assert free.p_over_capacity is None
    assert free.feasible
    assert {row["p_over_capacity"] for row in free.table} == {None}


RATES = st.floats(0.05, 0.99)
WEIGHTS = st.floats(5, 400)
CHANCES = st.builds(KnownRate, RATES) | st.builds(BetaRate, WEIGHTS, WEIGHTS)


def frozen(chance, n):
    if isinstance(chance, KnownRate):
        return stats.binom(n, chance.rate)
    return stats.betabinom(n, chance.a, chance.b)


# --- costs -----------------------------------------------------------------------------------


def cost_of(need, n, short, over, chance):
    """The expected cost, summed over everything that can happen."""
    law = frozen(chance, n)
    return sum(
        law.pmf(k) * (short * max(0, need - k) + over * max(0, k - need)) for k in range(n + 1)
    )


def test_published_costs():
    # Beta(2, 2), need 4, 9:1. The plain share, betanbinom.ppf(.9, 4, 2, 2), schedules 21.
    assert cheapest_schedule(4, 9, 1, BetaRate(2, 2)) == 13
    assert smallest_schedules(4, [0.9], BetaRate(2, 2))[0.9][0] == 21
    # Known p: as if cost_short / (cost_short + cost_over) sure; the published 7/10/12/13.
    odds = [(1, 1), (8, 2), (9, 1), (19, 1)]
    by_rule = [plan(4, cost_short=short, cost_over=over) for short, over in odds]
    assert [it.schedule for it in by_rule] == [7, 10, 12, 13]
    assert {it.method for it in by_rule} == {"known_rate"}
    assert plan(10, cost_short=8, cost_over=2, show_rate=0.65).schedule == 18


def test_costs_with_counts():
    # 6 of 10 on top of Beta(5, 5): Beta(11, 9), and Beta(12, 9) on a day that one more comes.
    it = plan(4, came=6, of=10, cost_short=4, cost_over=1)
    assert (it.method, it.sure) == ("counted", None)
    assert it.schedule == 4 + stats.betanbinom.ppf(0.8, 4, 12, 9)
    assert it.expected_cost == pytest.approx(cost_of(4, it.schedule, 4, 1, BetaRate(11, 9)))


COSTS = st.floats(0.2, 20)


@given(chance=CHANCES, need=st.integers(1, 12), short=COSTS, over=COSTS)
@settings(QUICK, max_examples=50)
def test_no_number_is_cheaper(chance, need, short, over):
    best = cheapest_schedule(need, short, over, chance)
    least = expected_cost(need, best, short, over, chance)
    assert least == pytest.approx(cost_of(need, best, short, over, chance), rel=1e-9)
    for n in range(max(1, best - 25), best + 25):
        assert cost_of(need, n, short, over, chance) >= least * (1 - 1e-9)
    # Before the need is reached, each one more is cheaper.
    assert best >= need


@given(a=st.fractions(1, 6, max_denominator=1), b=st.fractions(1, 6, max_denominator=1),
       need=st.integers(1, 4), short=st.integers(1, 9), over=st.integers(1, 3))  # fmt: skip
@settings(QUICK, max_examples=40)
def test_costs_by_brute_force_with_fractions(a, b, need, short, over):
    def beta_binomial(k, n):
        p = Fraction(comb(n, k))
        for i in range(k):
            p *= (a + i) / (a + b + i)
        for i in range(n - k):
            p *= (b + i) / (a + b + k + i)
        return p

    def costs(n):
        return sum(
            beta_binomial(k, n) * (short * max(0, need - k) + over * max(0, k - need))
            for k in range(n + 1)
        )

    n = 0
    while costs(n + 1) < costs(n):
        n += 1
    assert cheapest_schedule(need, short, over, BetaRate(float(a), float(b))) == n


def test_costs_are_held_to_the_room():
    tight = plan(4, cost_short=9, cost_over=1, capacity=5)
    assert (tight.feasible, tight.schedule) == (False, 6)  # as in the room of `sure` above
    assert "too many for a room of 5" in tight.sentence
    assert tight.expected_cost == pytest.approx(cost_of(4, 6, 9, 1, KnownRate(0.5)))


def test_costs_in_words_and_json():
    it = plan(4, cost_short=9, cost_over=1)
    assert it.sentence == (
        "Schedule 12 to get 4 at the least cost, where one short costs 9, one too many 1: the rule"
        " says that half of those scheduled come. The chance that 4 or more come is then 93 %;"
        " expect 6 (in 8 of 10 cases 4 to 8). The people too few or too many then cost 2.96 on"
        " average."
    )
    values = json.loads(json.dumps(it.as_dict()))
    assert tuple(values) == KEYS + COST_KEYS
    assert (values["cost_short"], values["cost_over"]) == (9, 1)
    assert plan(4, cost_short=900, cost_over=100).schedule == it.schedule  # the unit is free


# --- against scipy and brute force -----------------------------------------------------------


@given(chance=CHANCES, need=st.integers(1, 60), spare=st.integers(0, 300))
@QUICK
def test_odds_equal_scipy(chance, need, spare):
    ours = chance_of_enough(need, need + spare, chance)
    assert ours == pytest.approx(frozen(chance, need + spare).sf(need - 1), rel=1e-8, abs=1e-11)


@given(chance=CHANCES, n=st.integers(1, 400))
@QUICK
def test_quantiles_equal_scipys_distribution(chance, n):
    law = frozen(chance, n)
    for number, share in zip(number_who_come(n, chance), (0.1, 0.5, 0.9), strict=True):
        assert law.cdf(number) >= share - 1e-8
        assert law.cdf(number - 1) < share + 1e-8


@given(rate=RATES, need=st.integers(1, 80), sure=st.floats(0.01, 0.99))
@QUICK
def test_known_rate_is_the_negative_binomials_quantile(rate, need, sure):
    found = smallest_schedules(need, [sure], KnownRate(rate))[sure]
    assert found is not None
    assert stats.nbinom.cdf(found[0] - need, need, rate) >= sure - 1e-8
    assert stats.nbinom.cdf(found[0] - need - 1, need, rate) < sure + 1e-8


@given(a=WEIGHTS, b=WEIGHTS, need=st.integers(1, 40), sure=st.floats(0.05, 0.95))
@settings(QUICK, max_examples=50)
def test_uncertain_rate_is_the_beta_negative_binomials_quantile(a, b, need, sure):
    found = smallest_schedules(need, [sure], BetaRate(a, b))[sure]
    assert found is not None
    assert stats.betanbinom.cdf(found[0] - need, need, a, b) >= sure - 1e-7
    assert stats.betanbinom.cdf(found[0] - need - 1, need, a, b) < sure + 1e-7


@given(
    p=st.fractions(Fraction(1, 20), 1, max_denominator=20),
    need=st.integers(1, 5),
    sure=st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=20),
)
@settings(QUICK, max_examples=50)
def test_brute_force_with_fractions(p, need, sure):
    def enough(n):
        return sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(need, n + 1))

    n = need
    while enough(n) < sure:
        n += 1
    ours = plan(need, sure=float(sure), show_rate=float(p))
    assert ours.schedule == n
    assert ours.p_enough == pytest.approx(float(enough(n)), rel=1e-12)


# --- properties ------------------------------------------------------------------------------

SOURCES = st.fixed_dictionaries({"show_rate": st.floats(0.1, 1)}) | st.integers(0, 60).flatmap(
    lambda of: st.fixed_dictionaries({"came": st.integers(0, of), "of": st.just(of)})
)
SURES = st.floats(0.05, 0.95)


@given(need=st.integers(1, 60), sure=SURES, source=SOURCES, spare=st.none() | st.integers(0, 40))
@QUICK
def test_more_need_never_fewer_scheduled(need, sure, source, spare):
    room = None if spare is None else need + 1 + spare
    one, two = (plan(n, sure=sure, capacity=room, **source) for n in (need, need + 1))
    assert one.schedule <= two.schedule


@given(need=st.integers(1, 60), sures=st.tuples(SURES, SURES), source=SOURCES)
@QUICK
def test_more_sure_never_fewer_scheduled(need, sures, source):
    low, high = (plan(need, sure=sure, **source).schedule for sure in sorted(sures))
    assert low <= high


@given(
    need=st.integers(1, 60),
    sure=st.none() | SURES,
    source=SOURCES,
    spare=st.none() | st.integers(0, 40),
)
@QUICK
def test_what_every_plan_keeps(need, sure, source, spare):
    capacity = None if spare is None else need + spare
    it = plan(need, sure=sure, capacity=capacity, **source)
    assert 0 <= it.low <= it.median <= it.high <= it.schedule
    assert it.schedule >= need
    assert 0 <= it.p_enough <= 1
    if it.feasible and it.sure is not None:
        assert it.p_enough >= it.sure - 1e-9
    if capacity is not None:
        assert 0 <= it.p_over_capacity <= 0.05 + 1e-9
        assert it.feasible or it.schedule >= capacity
    assert str(it).startswith(it.sentence)


@given(chance=CHANCES, need=st.integers(1, 50))
@QUICK
def test_one_more_person_never_lowers_the_chance(chance, need):
    odds = list(islice(chances_of_enough(need, chance), 200))
    assert odds == sorted(odds)


# --- large needs, small rates ----------------------------------------------------------------


@pytest.mark.parametrize(("need", "rate"), [(5_000, 0.5), (2_000, 0.03), (30_000, 0.9)])
def test_needs_whose_odds_underflow(need, rate):
    # 0.5 ** 5000 and the like are 0.0 in floating point; the sum must start all the same.
    assert rate**need == 0.0
    found = smallest_schedules(need, [0.9], KnownRate(rate))[0.9]
    assert found is not None
    law = stats.binom(found[0], rate)
    assert found[1] == pytest.approx(law.sf(need - 1), abs=1e-8)
    assert stats.binom(found[0] - 1, rate).sf(need - 1) < 0.9
    low, median, high = number_who_come(found[0], KnownRate(rate))
    assert (low, median, high) == tuple(int(law.ppf(q)) for q in (0.1, 0.5, 0.9))


def test_large_needs_with_counts():
    big = plan(3_000, sure=0.9, came=400, of=1_000)
    law = stats.betabinom(big.schedule, 405, 605)
    assert big.p_enough == pytest.approx(law.sf(2_999), abs=1e-8)
    assert law.sf(2_999) >= 0.9 > stats.betabinom(big.schedule - 1, 405, 605).sf(2_999)


def test_the_planner_has_an_end():
    with pytest.raises(OptionError, match="more than 1,000,000 people"):
        plan(4, show_rate=1e-6)
    with pytest.raises(OptionError, match="more than 1,000,000 people"):
        plan(10**12)
    # 700,000 are fine when everybody comes, though the rule would schedule 1.4 million.
    assert plan(700_000, show_rate=1).schedule == 700_000


def test_a_row_of_the_table_beyond_the_end_is_empty():
    near = plan(500_000, sure=0.4)
    assert near.table[0]["schedule"] == 999_999
    assert near.table[3] == {
        "sure": 0.95, "schedule": None, "p_enough": None, "p_over_capacity": None,
    }  # fmt: skip
    assert "too many" in str(near)


# --- errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "need is missing"),
        ({"need": 0}, "need is 0; it must be a whole number, 1 or more"),
        ({"need": -4}, "need is -4"),
        ({"need": 4.5}, "need is 4.5"),
        ({"need": True}, "need is True"),
        ({"need": "4"}, "need is '4'"),
        ({"need": 4, "show_rate": 0}, "show_rate is 0; it must be more than 0 and at most 1"),
        ({"need": 4, "show_rate": 1.01}, "show_rate is 1.01"),
        ({"need": 4, "show_rate": -0.5}, "show_rate is -0.5"),
        ({"need": 4, "show_rate": float("nan")}, "show_rate is nan"),
        ({"need": 4, "sure": 0}, "sure is 0; it must be more than 0 and less than 1"),
        ({"need": 4, "sure": 1}, "sure is 1"),
        ({"need": 4, "sure": 80}, "like 0.8 for 80 %"),
        ({"need": 4, "sure": "high"}, "sure is 'high'"),
        ({"need": 4, "came": 6}, "of is missing"),
        ({"need": 4, "of": 6}, "came is missing"),
        ({"need": 4, "came": 7, "of": 6}, "came is 7, more than of, 6"),
        ({"need": 4, "came": -1, "of": 6}, "came is -1"),
        ({"need": 4, "came": 0, "of": -6}, "of is -6"),
        ({"need": 4, "came": 1.5, "of": 6}, "came is 1.5"),
        ({"need": 4, "capacity": 3}, "capacity is 3, less than need 4"),
        ({"need": 4, "capacity": 0}, "capacity is 0"),
        ({"need": 4, "limit_over": 0}, "limit_over is 0"),
        ({"need": 4, "limit_over": 1.0}, "limit_over is 1.0"),
        ({"need": 4, "cost_short": 9}, "cost_over is missing"),
        ({"need": 4, "cost_over": 9}, "cost_short is missing"),
        ({"need": 4, "cost_short": 0, "cost_over": 1}, "cost_short is 0; it must be"),
        ({"need": 4, "cost_short": 1, "cost_over": -1}, "cost_over is -1"),
        ({"need": 4, "cost_short": float("inf"), "cost_over": 1}, "cost_short is inf"),
        ({"need": 4, "cost_short": True, "cost_over": 1}, "cost_short is True"),
        ({"need": 4, "cost_short": 9, "cost_over": 1, "sure": 0.9}, "two aims"),
        (
            {"need": 4, "cost_short": 9, "cost_over": 1, "shift": "s1", "store": "any"},
            "shift and costs",
        ),
        ({"need": 4, "show_rate": 0.5, "came": 1, "of": 2}, "show_rate and came and of are given"),
        ({"need": 4, "show_rate": 0.5, "shift": "s1"}, "show_rate and shift are given"),
        ({"need": 4, "came": 1, "of": 2, "shift": "s1"}, "one source only"),
        ({"shift": "s1"}, "without a store"),
        ({"need": 4, "as_of": "2026-11-22"}, "as_of is given without a store"),
    ],
)
def test_what_is_not_allowed(options, words):
    with pytest.raises(OptionError) as error:
        plan(**options)
    assert words in str(error.value)


# --- how it reads ----------------------------------------------------------------------------


def test_json_keys():
    values = json.loads(json.dumps(plan(4, sure=0.9, capacity=30).as_dict()))
    assert tuple(values) == KEYS
    assert values["need"] == 4
    assert values["table"][2]["schedule"] == 12
    assert set(values["table"][2]) == {"sure", "schedule", "p_enough", "p_over_capacity"}


def test_sentence_and_page():
    it = plan(4, capacity=20)
    assert it.sentence == (
        "Schedule 8 to get 4: the rule says that half of those scheduled come."
        " The chance that 4 or more come is then 64 %; expect 4 (in 8 of 10 cases 2 to 6)."
        " The chance that more than 20 come is 0 %."
    )
    assert "more than 20 come" in str(it)
    page = it._repr_html_()
    assert page.startswith("<p>Schedule 8")
    assert page.count("<tr>") == 5


def test_a_chance_that_falls_short_is_not_rounded_up_to_what_was_wanted():
    # 12 would do, but only 11 fit within so tight a limit; P(4 or more of 11) = 1816/2048 = .887,
    # which rounds to the very 89 % that it falls short of.
    short = plan(4, sure=0.89, capacity=11, limit_over=1e-6)
    assert not short.feasible
    assert "is then 88 %" in short.sentence
    assert percent(short.p_enough) == "89 %"


def test_planning_a_number_imports_nothing_heavy():
    code = (
        "import sys; from organizing_analytics.planning.headcount import plan; print(plan(4));"
        "import organizing_analytics as oa; oa.plan(need=4, came=6, of=10, capacity=30);"
        "heavy = {'numpy', 'pandas', 'scipy', 'ibis', 'duckdb'} & set(sys.modules);"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("Schedule 8 to get 4")
