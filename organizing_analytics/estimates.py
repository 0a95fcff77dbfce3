"""Counts to rates, differences and intervals: the only place where a rate is computed.

Every rate here is a pooled one, successes / n, with Wilson's score interval beside it. Nothing
counted gives no number: with n = 0 the rate and both bounds are NaN, never 0 and never 0.5.

Sources
-------
E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference,
Journal of the American Statistical Association 22, 209-212.
R. G. Newcombe (1998), Two-sided confidence intervals for the single proportion: comparison of
seven methods, Statistics in Medicine 17, 857-872 (method 3, without continuity correction).
R. G. Newcombe (1998), Interval estimation for the difference between independent proportions:
comparison of eleven methods, Statistics in Medicine 17, 873-890 (method 10).
T. Sato (1989), On the variance estimator for the Mantel-Haenszel risk difference, Biometrics 45,
1323-1324.
D. J. Spiegelhalter (2005), Funnel plots for comparing institutional performance, Statistics in
Medicine 24, 1185-1202 (exact binomial limits, interpolated).
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from organizing_analytics.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


#: A variance below this is rounding: nothing varies.
_NO_VARIANCE = 1e-15


def check_confidence(confidence: float) -> float:
    """Return `confidence` if an interval can have it: more than 0 and less than 1.

    Raises
    ------
    OptionError
        It is out of range; 95 instead of 0.95 is the usual slip.
    """
    if not 0 < confidence < 1:
        raise OptionError(
            f"confidence is {confidence}; it is a number between 0 and 1, like 0.95 for 95 %."
        )
    return confidence


def share(successes: ArrayLike, n: ArrayLike) -> Floats:
    """Return successes / n, NaN where n is 0.

    Parameters
    ----------
    successes, n : array_like of counts
        Of one shape, or such that they broadcast.

    Returns
    -------
    ndarray of float64
        Rates in 0 to 1.

    Examples
    --------
    >>> share([3, 0, 0], [4, 4, 0]).tolist()
    [0.75, 0.0, nan]
    """
    count, total = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate: Floats = np.where(total > 0, count / total, np.nan)
    return rate


def wilson(successes: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Return Wilson's score interval of a rate.

    Parameters
    ----------
    successes, n : array_like of counts
        Of one shape, or such that they broadcast; 0 <= successes <= n. NaN gives NaN.
    confidence : float
        Share of intervals that hold the true rate, between 0 and 1.

    Returns
    -------
    low, high : ndarray of float64
        Bounds in 0 to 1, of the shape of the input; NaN where n is 0.

    Raises
    ------
    OptionError
        The confidence is out of range, or there are more successes than n.

    Notes
    -----
    Assumes independent trials with one common rate. Where the same people are counted many times,
    or shifts share their weather, `organizing_analytics.clustering` takes it at the effective size.

    Examples
    --------
    81 of 263, Newcombe's Table I: 0.2553 to 0.3662.

    >>> low, high = wilson([81, 0], [263, 0])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.2553, nan], [0.3662, nan])
    """
    z = NormalDist().inv_cdf(0.5 + check_confidence(confidence) / 2)
    return score_interval(successes, n, z)


def score_interval(successes: ArrayLike, n: ArrayLike, z: ArrayLike) -> tuple[Floats, Floats]:
    """Return the rates whose score test at the quantile `z` does not reject: Wilson's interval.

    Parameters
    ----------
    successes, n : array_like of counts
        As in `wilson`; they may be fractions.
    z : array_like
        Quantile of the normal distribution, or of Student's t, for each.

    Raises
    ------
    OptionError
        There are more successes than n.
    """
    count, total = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    z = np.asarray(z, dtype=float)
    if np.any(count > total) or np.any(count < 0):
        raise OptionError("There are more successes than trials, or fewer than none.")
    rate = share(count, total)
    spread = z * np.sqrt(total * rate * (1 - rate) + z**2 / 4)
    middle = count + z**2 / 2
    # At 0 and at n one bound is exact, and rounding must not move it.
    low = np.where(rate == 0, 0.0, (middle - spread) / (total + z**2))
    high = np.where(rate == 1, 1.0, (middle + spread) / (total + z**2))
    return low, high


class Difference(NamedTuple):
    """How much one rate is above another, with its interval: -1 to 1, NaN where not known."""

    difference: float
    low: float
    high: float


def newcombe(
    first: tuple[float, float], second: tuple[float, float], confidence: float = 0.95
) -> Difference:
    """Return the difference of two rates, first - second, with Newcombe's score interval.

    Parameters
    ----------
    first, second : (float, float)
        Successes and n of each. They may be fractions: n is then what the count is worth, where
        people were counted several times.
    confidence : float
        Of the interval, between 0 and 1.

    Raises
    ------
    OptionError
        The confidence is out of range, or there are more successes than n.

    Examples
    --------
    56 of 70 against 48 of 80, Newcombe's Table II (a): 0.0524 to 0.3339.

    >>> [round(float(bound), 4) for bound in newcombe((56, 70), (48, 80))]
    [0.2, 0.0524, 0.3339]
    """
    return newcombe_of(first, second, NormalDist().inv_cdf(0.5 + check_confidence(confidence) / 2))


def newcombe_of(first: tuple[float, float], second: tuple[float, float], z: float) -> Difference:
    """Return `newcombe` at a quantile: Student's t, or one that holds for many looks.

    Infinity gives an interval from -1 to 1.
    """
    rates = share([first[0], second[0]], [first[1], second[1]])
    if z == float("inf"):
        return Difference(float(rates[0] - rates[1]), -1.0, 1.0)
    low, high = score_interval([first[0], second[0]], [first[1], second[1]], z)
    difference = rates[0] - rates[1]
    below = np.hypot(rates[0] - low[0], high[1] - rates[1])
    above = np.hypot(high[0] - rates[0], rates[1] - low[1])
    return Difference(float(difference), float(difference - below), float(difference + above))


def mantel_haenszel(
    successes: tuple[ArrayLike, ArrayLike],
    n: tuple[ArrayLike, ArrayLike],
    confidence: float = 0.95,
) -> Difference:
    """Return the common difference of two rates within strata, with Sato's variance.

    Parameters
    ----------
    successes, n : (array_like, array_like) of counts, shape (strata,)
        Of the first arm and of the second. A stratum without people in both arms adds nothing.
    confidence : float
        Of the interval, between 0 and 1.

    Returns
    -------
    Difference
        First - second. The interval is normal, cut at -1 and 1; NaN where in every stratum all of
        both arms or none came, and nothing can be said of how sure it is.

    Notes
    -----
    Each stratum weighs n1 * n2 / (n1 + n2). The variance holds for few large strata and for many
    small ones. If the difference is not the same in all strata, this is an average of them.

    Examples
    --------
    One stratum: the plain difference.

    >>> found = mantel_haenszel(([3], [1]), ([4], [4]))
    >>> found.difference
    0.5
    """
    z = NormalDist().inv_cdf(0.5 + check_confidence(confidence) / 2)
    x1, x2 = (np.asarray(part, dtype=float) for part in successes)
    n1, n2 = (np.asarray(part, dtype=float) for part in n)
    both = (n1 > 0) & (n2 > 0)
    if not both.any():
        return Difference(float("nan"), float("nan"), float("nan"))
    x1, x2, n1, n2 = x1[both], x2[both], n1[both], n2[both]
    all_n = n1 + n2
    weight = float(np.sum(n1 * n2 / all_n))
    difference = float(np.sum((x1 * n2 - x2 * n1) / all_n)) / weight
    p = (n1**2 * x2 - n2**2 * x1 + n1 * n2 * (n2 - n1) / 2) / all_n**2
    q = (x1 * (n2 - x2) + x2 * (n1 - x1)) / (2 * all_n)
    variance = (difference * float(p.sum()) + float(q.sum())) / weight**2
    if variance <= _NO_VARIANCE:
        return Difference(difference, float("nan"), float("nan"))
    spread = z * variance**0.5
    return Difference(difference, max(-1.0, difference - spread), min(1.0, difference + spread))


def control_limits(rate: float, n: ArrayLike, coverage: float = 0.95) -> tuple[Floats, Floats]:
    """Return within which limits the rate of a group of n lies that is like all the others.

    Parameters
    ----------
    rate : float
        The rate of all groups, pooled; 0 to 1.
    n : array_like of counts
        Sizes of groups, at least 1.
    coverage : float
        Share of such groups that lie within, between 0 and 1.

    Returns
    -------
    low, high : ndarray of float64
        Limits in 0 to 1, of the shape of n: exact binomial ones, interpolated between counts.

    Examples
    --------
    >>> low, high = control_limits(0.6, [10, 100])
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.23, 0.5], [0.85, 0.69])
    """
    from scipy.stats import binom  # noqa: PLC0415  # half a second: only for funnels

    tail = (1 - check_confidence(coverage)) / 2
    total = np.asarray(n, dtype=float)
    limits = []
    for p in (tail, 1 - tail):
        count = binom.ppf(p, total, rate)
        reached, before = binom.cdf(count, total, rate), binom.cdf(count - 1, total, rate)
        past = np.divide(reached - p, reached - before, where=reached > before, out=count * 0)
        limits.append(np.clip((count - past) / total, 0, 1))
    return limits[0], limits[1]


def add_rate(
    frame: pd.DataFrame,
    *,
    successes: str | Sequence[str],
    n: str | Sequence[str],
    rate: str = "rate",
    bounds: tuple[str, str] | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return a frame of counts with a rate, and its interval when `bounds` are named.

    Parameters
    ----------
    frame : DataFrame
        Holds the counts; an empty count (NA) gives an empty rate.
    successes, n : str or sequence of str
        The column that holds the count; several are added up.
    rate : str
        Name of the new column of rates, 0 to 1.
    bounds : (str, str), optional
        Names of the new columns of lower and upper bounds.
    confidence : float
        See `wilson`.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({"attended": [3], "no_show": [1]})
    >>> rates = add_rate(counts, successes="attended", n=("attended", "no_show"))
    >>> rates["rate"].tolist()
    [0.75]
    """
    count, total = summed(frame, successes), summed(frame, n)
    added = {rate: share(count, total)}
    if bounds is not None:
        added.update(zip(bounds, wilson(count, total, confidence), strict=True))
    return frame.assign(**added)


def summed(frame: pd.DataFrame, columns: str | Sequence[str]) -> Floats:
    """Return the sum of one or several columns of counts, row by row; NaN where one is empty."""
    names = [columns] if isinstance(columns, str) else list(columns)
    counts = [frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in names]
    total: Floats = np.sum(counts, axis=0)
    return total
