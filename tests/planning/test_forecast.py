"""The number who come: against brute force, scipy, and simulation with a shared day."""

from __future__ import annotations

from itertools import product
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import expit, logit

from organizing_analytics.planning.forecast import (
    DAY_WEIGHTS,
    DAYS,
    Forecast,
    Late,
    forecast,
    quantiles,
    sums_of_coins,
)

QUICK = settings(deadline=None)
CHANCES = st.lists(st.floats(0.01, 0.99), max_size=9)
SPREAD = st.floats(0, 1)


def one_by_one(chances) -> list[float]:
    """P(k come), from every way in which they can."""
    total = [0.0] * (len(chances) + 1)
    for way in product((0, 1), repeat=len(chances)):
        odds = np.prod([p if came else 1 - p for p, came in zip(chances, way, strict=True)])
        total[sum(way)] += float(odds)
    return total


@given(CHANCES)
@QUICK
def test_independent_people(chances):
    assert forecast(chances, spread=0, new=0.5).pmf == pytest.approx(one_by_one(chances))


@given(CHANCES, SPREAD)
@QUICK
def test_a_shared_day(chances, spread):
    days = [one_by_one(expit(logit(np.array(chances)) + spread * z)) for z in DAYS]
    expected = DAY_WEIGHTS @ np.array(days)
    assert forecast(chances, spread=spread, new=0.5).pmf == pytest.approx(expected)


@pytest.mark.parametrize("people", [1, 31, 32, 33, 64, 65, 100, 500])
def test_many_people_against_scipy(people):
    chances = np.random.default_rng(people).uniform(0.01, 0.99, people)
    law = stats.poisson_binom(chances)
    assert sums_of_coins(chances[None, :])[0] == pytest.approx(law.pmf(np.arange(people + 1)))


def test_two_thousand_sign_ups_take_milliseconds():
    chances = np.random.default_rng(1).uniform(0.2, 0.9, 2000)
    forecast(chances[:10], spread=0.3, new=0.5)
    begun = perf_counter()
    pmf = forecast(chances, spread=0.3, new=0.5).pmf
    assert perf_counter() - begun < 5  # a busy machine; docs/planning.md has the figure
    assert pmf.min() >= 0
    assert pmf.sum() == pytest.approx(1)
    assert pmf @ np.arange(2001) == pytest.approx(
        sum(DAY_WEIGHTS @ expit(logit(chances)[None, :] + 0.3 * DAYS[:, None]))
    )


def test_against_simulation():
    chances, spread = np.array([0.9] * 10 + [0.5] * 20), 0.5
    rng = np.random.default_rng(20261122)
    runs = 400_000
    day = expit(logit(chances)[None, :] + spread * rng.standard_normal(runs)[:, None])
    came = (rng.random(day.shape) < day).sum(axis=1) + rng.negative_binomial(2, 2 / (2 + 3), runs)
    seen = forecast(chances, spread=spread, new=0.5, late=Late(3, 2)).outlook(need=20, capacity=26)
    assert seen.expected == pytest.approx(came.mean(), abs=0.03)
    assert (seen.low, seen.median, seen.high) == tuple(
        int(q) for q in np.quantile(came, (0.1, 0.5, 0.9), method="inverted_cdf")
    )
    assert seen.p_enough == pytest.approx((came >= 20).mean(), abs=0.004)
    assert seen.p_over_capacity == pytest.approx((came > 26).mean(), abs=0.004)


def test_late_is_negative_binomial():
    pmf = Late(4, 2).pmf()
    assert pmf[:10] == pytest.approx(stats.nbinom(2, 2 / 6).pmf(np.arange(10)), abs=1e-8)
    assert pmf @ np.arange(len(pmf)) == pytest.approx(4, abs=1e-6)
    assert Late(0, 1).pmf().tolist() == [1.0]


@given(CHANCES, SPREAD, st.floats(0.05, 0.95), st.integers(0, 12), st.integers(0, 20))
@QUICK
def test_more_people_are_more_coins(chances, spread, new, more, need):
    found = forecast(chances, spread=spread, new=new)
    everyone = forecast([*chances, *[new] * more], spread=spread, new=new)
    assert found.with_more(more).pmf == pytest.approx(everyone.pmf)
    assert found.at_least(need, more=more) == pytest.approx(float(everyone.pmf[need:].sum()))


@given(CHANCES, SPREAD, st.floats(0.2, 0.9), st.integers(0, 25), st.floats(0.05, 0.95))
@QUICK
def test_more_to_schedule_is_the_smallest(chances, spread, new, need, sure):
    found = forecast(chances, spread=spread, new=new)
    more = found.more_to_schedule(need, sure, most=400)
    if more is None:
        assert found.at_least(need, more=400) < sure
        return
    assert found.at_least(need, more=more) >= sure - 1e-8
    assert not more or found.at_least(need, more=more - 1) < sure + 1e-8


@given(CHANCES, SPREAD, st.floats(0.2, 0.9), st.integers(0, 12), st.floats(0.01, 0.5))
@QUICK
def test_max_within_is_the_most(chances, spread, new, capacity, limit):
    found = forecast(chances, spread=spread, new=new)
    most = found.max_within(capacity, limit, wanted=60)
    over = [found.at_least(capacity + 1, more=n) for n in range(61)]
    within = [n for n in range(61) if over[n] <= limit + 1e-9]
    assert most == (max(within) if within else 0)


def test_known_odds_of_the_rule():
    found = forecast([0.5] * 8, spread=0, new=0.5)
    assert found.at_least(4) == pytest.approx(163 / 256)
    assert forecast([], spread=0, new=0.5).more_to_schedule(4, 0.9) == 12


def test_room_and_sureness_that_cannot_both_be_had():
    found = forecast([], spread=0.5, new=0.5)
    more, feasible = found.more_within_room(need=8, capacity=9, sure=0.9, limit=0.05)
    assert not feasible
    assert more is not None
    assert found.at_least(10, more=more) <= 0.05 < found.at_least(10, more=more + 1)


def test_a_list_of_nobody():
    seen = forecast([], spread=0.3, new=0.5).outlook(need=1, capacity=0)
    assert (seen.expected, seen.low, seen.median, seen.high) == (0, 0, 0, 0)
    assert (seen.p_enough, seen.p_over_capacity) == (0, 0)


def test_a_tie_goes_to_the_smaller_number():
    assert quantiles(np.array([0.5 - 1e-16, 0.5 + 1e-16])) == [0, 0, 1]


def test_independent_people_are_too_sure():
    wide, narrow = (forecast([0.6] * 40, spread=s, new=0.5).outlook() for s in (0.5, 0.0))
    assert wide.high - wide.low > narrow.high - narrow.low
    assert isinstance(forecast([0.5], spread=0, new=0.5), Forecast)
