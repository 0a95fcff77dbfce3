"""Intervals for rates whose rows are not independent: the same people, the same shifts.

Somebody who comes every time is counted many times, and everybody on one shift shares its weather.
Wilson's interval takes each row for a fresh toss of a coin, so it is too narrow. Here the rows are
counted for what they are worth: the variance of the rate is estimated from the sums of whole
clusters (all rows of a person; all rows of a shift), the design effect says how many times larger
it is than that of independent rows, and Wilson's interval is taken at the effective size,
n / design effect.

    by a cluster    C / (C - 1) * sum((y_c - p n_c)^2) / (n p (1 - p)), over the C clusters
    by two          the one + the other - 1, since what lies in both was counted twice
    never below 1   clusters that differ less than chance would make them are chance
    few clusters    Student's t with C - 1 degrees (of the smaller C) in place of the normal

Where nobody or everybody did it (p = 0 or 1) no cluster differs from another, and the design effect
is 1: the t quantile alone then knows how few clusters there were. A kind of cluster of which there
is only one says nothing about how clusters differ, and is left out; so a single shift has the
interval of its people.

Sources
-------
J. N. K. Rao and A. J. Scott (1992), A simple method for the analysis of clustered binary data,
Biometrics 48, 577-585 (counts divided by the design effect).
A. C. Cameron, J. B. Gelbach and D. L. Miller (2011), Robust inference with multiway clustering,
Journal of Business and Economic Statistics 29, 238-249 (one + the other - both).
E. L. Korn and B. I. Graubard (1998), Confidence intervals for proportions with small expected
number of positive counts estimated from survey data, Survey Methodology 24, 193-201 (the t
quantile at an effective size).
"""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin, sqrt, tan
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from organizing_analytics.estimates import Difference, check_confidence, score_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

#: Up to here the t distribution is summed exactly; beyond, the expansion is right to 9 digits.
_EXACT_DEGREES = 200
_HALVINGS = 60


class ClusterSums(NamedTuple):
    """What the engine adds up over the clusters of one kind, for each group.

    Attributes
    ----------
    n_clusters : array_like
        C, the clusters with at least one row in n.
    n, yy, yn, nn : array_like
        Sums over the clusters of n_c, y_c^2, y_c n_c and n_c^2, where y_c counts the successes of
        a cluster and n_c its rows.
    """

    n_clusters: ArrayLike
    n: ArrayLike
    yy: ArrayLike
    yn: ArrayLike
    nn: ArrayLike


class Design(NamedTuple):
    """How far rows are from independent: shape (groups,).

    Attributes
    ----------
    effect : ndarray of float64
        The design effect, 1 or more.
    degrees : ndarray of float64
        Degrees of freedom of the t quantile; infinite where there is nothing to learn it from.
    """

    effect: Floats
    degrees: Floats


def design_of(rate: ArrayLike, kinds: Sequence[ClusterSums]) -> Design:
    """Return the design effect of each group's rate.

    Parameters
    ----------
    rate : array_like, shape (groups,)
        The rate of all rows, 0 to 1; NaN where nothing was counted.
    kinds : sequence of ClusterSums
        One for each kind of cluster, like people and shifts.

    Examples
    --------
    Two people, of whom one always comes and the other never, ten times each: twenty rows are worth
    one. 2 / 1 * (5^2 + 5^2) / (20 / 4) = 20.

    >>> design = design_of([0.5], [ClusterSums([2], [20], [100], [100], [200])])
    >>> design.effect.tolist(), design.degrees.tolist()
    ([20.0], [1.0])
    """
    p = np.asarray(rate, dtype=float)
    effect, degrees = np.ones_like(p), np.full_like(p, np.inf)
    for kind in kinds:
        c, n, yy, yn, nn = (np.asarray(part, dtype=float) for part in kind)
        many = c > 1
        with np.errstate(invalid="ignore", divide="ignore"):
            by_kind = c / (c - 1) * (yy - 2 * p * yn + p**2 * nn) / (n * p * (1 - p))
        varies = many & (p > 0) & (p < 1)
        effect += np.where(varies, by_kind - 1, 0)
        degrees = np.where(many, np.minimum(degrees, c - 1), degrees)
    return Design(np.maximum(effect, 1), degrees)


def clustered_wilson(
    successes: ArrayLike, n: ArrayLike, design: Design, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """Return Wilson's interval at the effective size n / design effect.

    Parameters
    ----------
    successes, n : array_like of counts, shape (groups,)
        0 <= successes <= n. NaN gives NaN.
    design : Design
        From `design_of`.
    confidence : float
        Share of intervals that hold the long-run rate, between 0 and 1.

    Returns
    -------
    low, high : ndarray of float64, shape (groups,)
        Bounds in 0 to 1; NaN where n is 0.

    Raises
    ------
    OptionError
        The confidence is out of range, or there are more successes than n.

    Examples
    --------
    >>> low, high = clustered_wilson([50], [100], Design(np.array([2.0]), np.array([np.inf])))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.366], [0.634])
    """
    count, total = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    wide = quantiles(design.degrees, confidence)
    return score_interval(count / design.effect, total / design.effect, wide)


def effective_counts(
    successes: ArrayLike, n: ArrayLike, design: Design, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """Return what the counts are worth: divided by the design effect, and by what t adds to it.

    For methods that take counts of independent rows, like partial pooling.
    """
    usual = NormalDist().inv_cdf(0.5 + check_confidence(confidence) / 2)
    worth = (usual / quantiles(design.degrees, confidence)) ** 2 / design.effect
    return np.asarray(successes, dtype=float) * worth, np.asarray(n, dtype=float) * worth


def difference_effect(apart: Floats, kinds: Sequence[NDArray[np.int64]]) -> tuple[float, float]:
    """Return the design effect of a difference (or of any mean), and the degrees of its t.

    Parameters
    ----------
    apart : ndarray of float64, shape (rows,)
        What each row adds to the error of the difference: weight times (outcome - fitted).
    kinds : sequence of ndarray of int, shape (rows,)
        For each kind of cluster, the number of the row's cluster.
    """
    sums = []
    for numbers in kinds:
        of_clusters = np.bincount(numbers, weights=apart)
        sums.append((len(np.unique(numbers)), float(np.sum(of_clusters**2))))
    return effect_of_sums(float(np.sum(apart**2)), sums)


def effect_of_sums(alone: float, kinds: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """Return the design effect of a difference, and the degrees of its t.

    Parameters
    ----------
    alone : float
        The variance if rows were independent of each other.
    kinds : sequence of (int, float)
        For each kind of cluster, how many there are, and the sum of the squares of what each of
        them adds to the error.
    """
    effect, degrees = 1.0, float("inf")
    for c, squares in kinds:
        if c > 1:
            degrees = min(degrees, c - 1)
            effect += c / (c - 1) * squares / alone - 1 if alone > 0 else 0
    return max(effect, 1.0), degrees


def widened(
    independent: Difference, effect: float, degrees: float, confidence: float = 0.95
) -> Difference:
    """Return the interval of a difference of independent rows, as wide as clusters make it.

    Parameters
    ----------
    independent : Difference
        With its interval at `confidence`, for independent rows.
    effect, degrees : float
        From `difference_effect`.
    confidence : float
        Between 0 and 1.
    """
    usual = NormalDist().inv_cdf(0.5 + check_confidence(confidence) / 2)
    factor = sqrt(effect) * t_quantile(degrees, confidence) / usual
    low = independent.difference - factor * (independent.difference - independent.low)
    high = independent.difference + factor * (independent.high - independent.difference)
    # A bound that is not known stays so.
    return Difference(
        independent.difference,
        low if low != low else max(-1.0, low),  # noqa: PLR0124
        high if high != high else min(1.0, high),  # noqa: PLR0124
    )


def quantiles(degrees: ArrayLike, confidence: float) -> Floats:
    """Return the two-sided t quantile of each number of degrees."""
    each = np.asarray(degrees, dtype=float)
    values, place = np.unique(each, return_inverse=True)
    wide = np.array([t_quantile(float(value), check_confidence(confidence)) for value in values])
    return wide[place].reshape(each.shape)


@lru_cache(maxsize=4096)
def t_quantile(degrees: float, confidence: float) -> float:
    """Return t such that |T| <= t with probability `confidence`.

    Our own, because importing scipy.stats takes longer than a whole measure.

    Parameters
    ----------
    degrees : float
        A whole number, 1 or more, or infinity (the normal distribution).
    confidence : float
        Between 0 and 1.

    Notes
    -----
    Exact sums for whole degrees to 200 (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4), solved by
    halving; beyond, the expansion about the normal quantile (26.7.5), right to nine digits.

    Examples
    --------
    >>> [round(t_quantile(degrees, 0.95), 3) for degrees in (1, 2, 10, 100, float("inf"))]
    [12.706, 4.303, 2.228, 1.984, 1.96]
    """
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    if degrees == float("inf"):
        return z
    if degrees > _EXACT_DEGREES:
        return z + sum(term / degrees**k for k, term in enumerate(_expansion(z), 1))
    low, high = 0.0, pi / 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, degrees) < confidence else (low, middle)
    return tan((low + high) / 2) * sqrt(degrees)


def _expansion(z: float) -> tuple[float, ...]:
    return (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )


def _within(angle: float, degrees: float) -> float:
    """Return P(|T| <= sqrt(degrees) * tan(angle))."""
    n = int(degrees)
    c2 = cos(angle) ** 2
    if n % 2 == 0:
        term = total = 1.0
        for k in range(2, n - 1, 2):
            term *= c2 * (k - 1) / k
            total += term
        return sin(angle) * total
    total = 0.0
    term = cos(angle)
    for k in range(3, n + 1, 2):
        total += term
        term *= c2 * (k - 1) / k
    return 2 / pi * (angle + sin(angle) * total)
