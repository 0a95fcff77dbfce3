"""Who is coming: against scipy's beta-binomial, the closed forms, simulation and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from organizing_analytics.planning.odds import BetaRate, chance_of_enough, smallest_schedules
from organizing_analytics.planning.turnout import (
    MOST_WEIGHT,
    at_least,
    group_pmf,
    more_to_schedule,
    more_within_room,
    most_within,
    outlook,
    posterior,
    quantiles,
    total_pmf,
    with_more,
)

#: A busy machine is slow; that is no failure.
QUICK = settings(deadline=None)
WEIGHTS = st.floats(0.5, 200)
RATES = st.builds(BetaRate, WEIGHTS, WEIGHTS)
GROUPS = st.lists(st.tuples(st.integers(0, 25), RATES), max_size=3)


def one_by_one(groups):
    """P(k come), one person after another: within a group, Pólya's urn."""
    total = {0: 1.0}
    for people, rate in groups:
        urn = {0: 1.0}
        for seen in range(people):
            after = dict.fromkeys(range(seen + 2), 0.0)
            for came, p in urn.items():
                comes = (rate.a + came) / (rate.a + rate.b + seen)
                after[came + 1] += p * comes
                after[came] += p * (1 - comes)
            urn = after
        both = dict.fromkeys(range(len(total) + people), 0.0)
        for i, p in total.items():
            for j, q in urn.items():
                both[i + j] += p * q
        total = both
    return [total[k] for k in sorted(total)]


@given(people=st.integers(0, 300), rate=RATES)
@QUICK
def test_a_group_is_beta_binomial(people, rate):
    law = stats.betabinom(people, rate.a, rate.b)
    assert group_pmf(people, rate) == pytest.approx(law.pmf(np.arange(people + 1)), abs=1e-10)


def test_a_large_group():
    pmf = group_pmf(20_000, BetaRate(18, 12))
    law = stats.betabinom(20_000, 18, 12)
    assert pmf.sum() == pytest.approx(1)
    assert pmf[12_000] == pytest.approx(law.pmf(12_000), rel=1e-6)


@given(groups=GROUPS)
@QUICK
def test_groups_add_up(groups):
    pmf = total_pmf(groups)
    assert len(pmf) == 1 + sum(people for people, _ in groups)
    assert pmf == pytest.approx(one_by_one(groups), abs=1e-12)


def test_against_simulation():
    # 12 confirmed and 20 not: draw each group's chance, then its people.
    groups = [(12, BetaRate(17, 8)), (20, BetaRate(11, 14))]
    rng = np.random.default_rng(20261122)
    runs = 400_000
    draws = sum(rng.binomial(n, rng.beta(rate.a, rate.b, runs)) for n, rate in groups)
    seen = outlook(total_pmf(groups), need=18, capacity=22)
    assert seen.expected == pytest.approx(12 * 17 / 25 + 20 * 11 / 25)
    assert seen.expected == pytest.approx(draws.mean(), abs=0.03)
    assert (seen.low, seen.median, seen.high) == tuple(
        int(q) for q in np.quantile(draws, (0.1, 0.5, 0.9), method="inverted_cdf")
    )
    assert seen.p_enough == pytest.approx((draws >= 18).mean(), abs=0.004)
    assert seen.p_over_capacity == pytest.approx((draws > 22).mean(), abs=0.004)


def test_a_list_of_nobody():
    empty = outlook(total_pmf([]), need=1, capacity=0)
    assert (empty.expected, empty.low, empty.median, empty.high) == (0, 0, 0, 0)
    assert (empty.p_enough, empty.p_over_capacity) == (0, 0)


def test_what_is_not_asked_is_not_told():
    seen = outlook(total_pmf([(3, BetaRate(5, 5))]))
    assert (seen.p_enough, seen.p_over_capacity) == (None, None)


def test_a_tie_goes_to_the_smaller_number():
    # One person at 1/2: P(none come) = .5 exactly, so the median is 0, whatever the rounding.
    assert quantiles(np.array([0.5 - 1e-16, 0.5 + 1e-16])) == [0, 0, 1]


@given(groups=GROUPS, new=RATES, more=st.integers(0, 30), need=st.integers(0, 60))
@QUICK
def test_new_people_are_one_more_group(groups, new, more, need):
    pmf = total_pmf(groups)
    everyone = one_by_one([*groups, (more, new)])
    assert with_more(pmf, more, new) == pytest.approx(everyone, abs=1e-12)
    assert at_least(pmf, need, more=more, new=new) == pytest.approx(sum(everyone[need:]), abs=1e-12)


@given(groups=GROUPS, new=RATES, need=st.integers(0, 40), sure=st.floats(0.05, 0.9))
@settings(QUICK, max_examples=60)
def test_more_to_schedule_is_the_smallest(groups, new, need, sure):
    pmf = total_pmf(groups)
    most = 400
    more = more_to_schedule(pmf, need, sure, new, most=most)
    if more is None:
        assert at_least(pmf, need, more=most, new=new) < sure
        return
    assert at_least(pmf, need, more=more, new=new) >= sure - 1e-9
    assert more == 0 or at_least(pmf, need, more=more - 1, new=new) < sure


@given(rate=RATES, need=st.integers(1, 20), sure=st.sampled_from([0.5, 0.8]))
@settings(QUICK, max_examples=50)
def test_an_empty_list_is_the_plain_plan(rate, need, sure):
    found = smallest_schedules(need, [sure], rate)[sure]
    more = more_to_schedule(np.ones(1), need, sure, rate)
    if found is None or found[0] > 100_000:
        assert more is None
    else:
        assert more == found[0]
        assert at_least(np.ones(1), need, more=more, new=rate) == pytest.approx(
            chance_of_enough(need, found[0], rate)
        )


@given(
    groups=GROUPS,
    new=RATES,
    capacity=st.integers(0, 40),
    limit=st.floats(0.01, 0.5),
    wanted=st.integers(0, 80),
)
@QUICK
def test_the_room_is_kept(groups, new, capacity, limit, wanted):
    pmf = total_pmf(groups)
    more = most_within(pmf, capacity, limit, new, wanted=wanted)
    assert 0 <= more <= wanted
    if more:
        assert at_least(pmf, capacity + 1, more=more, new=new) <= limit + 1e-9
    if more < wanted:
        assert at_least(pmf, capacity + 1, more=more + 1, new=new) > limit


def test_room_and_sure_together():
    # 4 of 6 seats from an empty list: 12 people for .8 (Beta(5, 5)), far too many for 6 seats.
    few = {"need": 4, "sure": 0.8, "limit": 0.05}
    empty, new = np.ones(1), BetaRate(5, 5)
    assert more_within_room(empty, new, capacity=None, **few) == (12, True)
    assert more_within_room(empty, new, capacity=12, **few) == (12, True)
    more, feasible = more_within_room(empty, new, capacity=6, **few)
    assert (more, feasible) == (most_within(empty, 6, 0.05, new, wanted=12), False)
    # A list that is over the limit already: enough people, and yet not feasible.
    crowd = total_pmf([(30, BetaRate(15, 15))])
    assert more_within_room(crowd, new, capacity=6, **few) == (0, False)
    # Nobody ever comes: no number is enough, unless a room says where to stop.
    hopeless = BetaRate(1e-9, 1)
    assert more_within_room(empty, hopeless, capacity=None, **few) == (None, False)
    assert more_within_room(empty, hopeless, capacity=6, **few)[1] is False


def test_the_prior_is_the_rule():
    assert posterior(0, 0) == BetaRate(5, 5)
    assert posterior(6, 4) == BetaRate(11, 9)


@given(came=st.integers(0, 10**7), missed=st.integers(0, 10**7))
@QUICK
def test_weight_is_bounded_and_the_mean_kept(came, missed):
    rate = posterior(came, missed)
    assert rate.a + rate.b <= MOST_WEIGHT * (1 + 1e-12)
    assert rate.mean == pytest.approx((5 + came) / (10 + came + missed))


@given(groups=GROUPS)
@QUICK
def test_range_in_order(groups):
    seen = outlook(total_pmf(groups))
    assert 0 <= seen.low <= seen.median <= seen.high <= sum(people for people, _ in groups)
