"""Counts to rates and intervals, against published values and scipy."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from organizing_analytics.errors import OptionError
from organizing_analytics.estimates import add_rate, mantel_haenszel, newcombe, share, wilson

# Newcombe 1998, Statistics in Medicine 17, Table I, method 3.
NEWCOMBE = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("successes", "n", "low", "high"), NEWCOMBE)
def test_wilson_gives_newcombes_published_bounds(successes, n, low, high):
    assert [float(bound) for bound in wilson(successes, n)] == pytest.approx(
        [low, high], abs=0.00005
    )


@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.95, 0.999])
@pytest.mark.parametrize("n", [1, 2, 7, 50, 100_000])
def test_wilson_equals_scipy(n, confidence):
    for successes in {0, 1, n // 3, n - 1, n}:
        theirs = binomtest(successes, n).proportion_ci(confidence, method="wilson")
        low, high = wilson(successes, n, confidence)
        assert (float(low), float(high)) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@given(st.integers(0, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_rate_lies_in_its_interval(counts):
    successes, n = counts
    rate, (low, high) = share(successes, n), wilson(successes, n)
    if n == 0:
        assert np.isnan([rate, low, high]).all()
    else:
        assert 0 <= low <= rate <= high <= 1


def test_a_bound_at_none_and_at_all_is_exact():
    low, high = wilson([0, 3, 20_000_001], [20_000_001, 3, 20_000_001])
    assert low[0] == 0
    assert list(high[1:]) == [1, 1]


def test_nothing_counted_gives_no_number_beside_numbers_that_are_there():
    low, high = wilson([0, 5, math.nan], [0, 10, 10])
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, False, True]


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5])
def test_a_confidence_that_is_none_is_refused(confidence):
    with pytest.raises(OptionError, match=f"confidence is {confidence}; .* like 0.95"):
        wilson(1, 2, confidence)


@pytest.mark.parametrize(("successes", "n"), [(3, 2), (-1, 2)])
def test_impossible_counts_are_refused(successes, n):
    with pytest.raises(OptionError, match="more successes than trials"):
        wilson(successes, n)


def test_add_rate_pools_columns_and_keeps_missing_counts_missing():
    frame = pd.DataFrame(
        {"came": [1, 2, 0], "late": pd.array([1, None, 0], dtype="Int64"), "n": [4, 4, 0]}
    )
    rates = add_rate(frame, successes=("came", "late"), n="n", rate="r", bounds=("lo", "hi"))
    assert list(rates.columns) == ["came", "late", "n", "r", "lo", "hi"]
    # (1 + 1) / 4, unknown, 0 / 0
    np.testing.assert_equal(rates["r"].to_numpy(), [0.5, np.nan, np.nan])
    assert rates["lo"].isna().tolist() == [False, True, True]
    assert list(frame.columns) == ["came", "late", "n"]


def test_add_rate_on_an_empty_frame_adds_empty_columns():
    frame = pd.DataFrame({"came": pd.Series(dtype="int64"), "n": pd.Series(dtype="int64")})
    rates = add_rate(frame, successes="came", n="n", bounds=("low", "high"))
    assert rates[["rate", "low", "high"]].dtypes.tolist() == [np.dtype("float64")] * 3


# Newcombe 1998, Statistics in Medicine 17, 873-890, Table II, method 10.
TABLE_II = [
    ((56, 70), (48, 80), 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926),
    ((0, 10), (0, 20), -0.1611, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0),
]


@pytest.mark.parametrize(("one", "other", "low", "high"), TABLE_II)
def test_newcombe_gives_the_published_bounds_of_a_difference(one, other, low, high):
    found = newcombe(one, other)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.00005)
    # The other way round it is the same, with the other sign.
    assert newcombe(other, one) == pytest.approx((-found.difference, -found.high, -found.low))


# The trials of BCG vaccine: tuberculosis and not, vaccinated; the same, not vaccinated.
BCG = np.array([
    [4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619],
    [33, 5036, 47, 5761], [180, 1361, 372, 1079], [8, 2537, 10, 619], [505, 87886, 499, 87892],
    [29, 7470, 45, 7232], [17, 1699, 65, 1600], [186, 50448, 141, 27197], [5, 2493, 3, 2338],
    [27, 16886, 29, 17825],
]).T  # fmt: skip


def test_mantel_haenszel_equals_metafor():
    """R: rma.mh(measure="RD", ai=tpos, bi=tneg, ci=cpos, di=cneg, data=dat.bcg)."""
    found = mantel_haenszel((BCG[0], BCG[2]), (BCG[0] + BCG[1], BCG[2] + BCG[3]))
    assert found.difference == pytest.approx(-3.288181832613e-03, abs=1e-12)
    error = (found.high - found.low) / 2 / 1.959963984540054
    assert error == pytest.approx(2.866567485273736e-04, abs=1e-12)
    # And by rma.mh on three trials of another kind.
    small = mantel_haenszel(([21, 14, 11], [2, 12, 9]), ([41, 31, 23], [12, 34, 16]))
    assert small == pytest.approx((0.114863, -0.047325, 0.277052), abs=1e-6)
