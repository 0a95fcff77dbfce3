"""The planner's special functions, each against scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from organizing_analytics.planning.special import (
    binomial,
    binomial_at_least,
    expit,
    logit,
    ndtr,
)

ODDS = np.concatenate([[-1e4, -750.0, -40.0], np.linspace(-8, 8, 161), [40.0, 750.0, 1e4]])


def test_expit_and_logit_are_scipys():
    np.testing.assert_allclose(expit(ODDS), special.expit(ODDS), rtol=1e-14, atol=1e-300)
    chances = np.concatenate([[0.0, 1e-300, 1e-9], np.linspace(0.001, 0.999, 999), [1.0]])
    np.testing.assert_allclose(logit(chances), special.logit(chances), rtol=1e-12, atol=1e-15)
    assert float(expit(logit(0.3))) == pytest.approx(0.3, rel=1e-15)


def test_ndtr_is_scipys():
    values = np.linspace(-9, 9, 181).reshape(-1, 1)
    np.testing.assert_allclose(ndtr(values), special.ndtr(values), rtol=1e-13)


@pytest.mark.parametrize("n", [1, 2, 7, 40, 999, 30_000, 100_000])
def test_binomial_tails_are_scipys(n):
    chances = np.array([0.001, 0.02, 0.3, 0.5, 0.77, 0.98, 0.999])
    numbers = np.unique(np.linspace(-2, n + 2, 400).astype(int))
    ours = binomial_at_least(numbers, n, chances)
    theirs = stats.binom.sf(numbers[None, :] - 1, n, chances[:, None])
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)


def test_what_is_left_out_of_a_binomial_matters_to_no_digit():
    first, pmf = binomial(100_000, [0.4])
    assert pmf.shape[1] < 5_000
    assert stats.binom.cdf(first - 1, 100_000, 0.4) < 1e-18
    assert stats.binom.sf(first + pmf.shape[1] - 1, 100_000, 0.4) < 1e-18
