"""How good forecasts of whole numbers were: coverage, bias, CRPS, Brier score.

Numbers in, numbers out. The shifts of a day move together, so days are the unit of every standard
error.

Sources
-------
C. Czado, T. Gneiting, L. Held (2009), Predictive model assessment for count data, Biometrics 65,
1254-1261 (the PIT of a count is an interval).
T. Gneiting, A. E. Raftery (2007), Strictly proper scoring rules, prediction, and estimation,
Journal of the American Statistical Association 102, 359-378 (CRPS).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


#: Pairs of shifts that a day's effect must outweigh.
PRIOR_PAIRS = 30


@dataclass(frozen=True)
class Score:
    """One forecast and what became of it.

    Attributes
    ----------
    day : object
        Shifts of one day are one cluster.
    expected : float
        Mean of the forecast.
    came : int
    below, up_to : float
        P(fewer than `came`) and P(at most `came`) by the forecast.
    crps : float
        Continuous ranked probability score, in people.
    p_enough : float or None
        The forecast's P(at least the need); None without a need.
    enough : bool or None
        Whether the need was met.
    """

    day: object
    expected: float
    came: int
    below: float
    up_to: float
    crps: float
    p_enough: float | None = None
    enough: bool | None = None


def score(pmf: Floats, came: int, *, day: object, need: int | None = None) -> Score:
    """Return the score of one forecast.

    Parameters
    ----------
    pmf : array
        P(k come) for k = 0, 1, …
    came : int
    day : object
    need : int, optional

    Examples
    --------
    One of two people came, each by the toss of a coin: sums of squares .0625 + .0625.

    >>> one = score(np.array([0.25, 0.5, 0.25]), 1, day="Sat", need=1)
    >>> one.expected, one.below, one.up_to, one.crps, one.p_enough
    (1.0, 0.25, 0.75, 0.125, 0.75)
    """
    numbers = np.arange(max(len(pmf), came + 1))
    chances = np.zeros(len(numbers))
    chances[: len(pmf)] = pmf
    up_to = np.minimum(1.0, np.cumsum(chances))
    return Score(
        day=day,
        expected=float(numbers @ chances),
        came=came,
        below=float(up_to[came - 1]) if came else 0.0,
        up_to=float(up_to[came]),
        crps=float(((up_to - (numbers >= came)) ** 2).sum()),
        p_enough=None if need is None else 1.0 - float(chances[:need].sum()),
        enough=None if need is None else came >= need,
    )


def expected_coverage(scores: Sequence[Score], nominal: float) -> tuple[float, float]:
    """Return the share of outcomes inside the central range, and its standard error by days.

    The PIT of a count is an interval, [P(fewer), P(at most)]: each outcome counts with the share
    of it that lies inside. A randomised PIT gives the same on average, with noise on top.

    Examples
    --------
    >>> one = score(np.array([0.25, 0.5, 0.25]), 1, day="Sat")
    >>> expected_coverage([one], 0.8)[0]
    1.0
    >>> round(expected_coverage([score(np.array([0.5, 0.5]), 1, day="Sat")], 0.8)[0], 3)
    0.8
    """
    low, high = (1 - nominal) / 2, (1 + nominal) / 2
    below = np.array([each.below for each in scores])
    up_to = np.array([each.up_to for each in scores])
    width = np.maximum(up_to - below, 1e-300)
    inside = np.clip(np.minimum(up_to, high) - np.maximum(below, low), 0, None) / width
    # An outcome that the forecast held to be impossible has no width, and is outside.
    return ratio_by_day(inside, np.ones(len(inside)), [each.day for each in scores])


def bias(scores: Sequence[Score]) -> tuple[float | None, float | None]:
    """Return how much more was expected than came, as a share, and its standard error by days."""
    came = np.array([each.came for each in scores], dtype=np.float64)
    if not came.sum():
        return None, None
    expected = np.array([each.expected for each in scores])
    ratio, error = ratio_by_day(expected, came, [each.day for each in scores])
    return ratio - 1, error


def brier(scores: Sequence[Score]) -> float | None:
    """Return the Brier score of P(enough), of shifts with a need; None without any."""
    off = [
        (each.p_enough or 0.0) - bool(each.enough) for each in scores if each.p_enough is not None
    ]
    return float(np.mean(np.square(off))) if off else None


def day_correlation(residuals: Floats, days: Sequence[object]) -> float:
    """Return how strongly the residuals of two shifts of one day go together, 0 to 0.9.

    Parameters
    ----------
    residuals : array
        (came - expected) / standard deviation, one a shift.
    days : sequence
        The day of each.

    Notes
    -----
    The mean product over all pairs of shifts of one day, pulled towards 0 as if `PRIOR_PAIRS`
    more pairs had shown nothing.

    Examples
    --------
    >>> day_correlation(np.array([1.0, 1.0, -1.0, -1.0] * 30), [n // 2 for n in range(120)])
    0.6666666666666666
    >>> day_correlation(np.array([1.0, -1.0]), ["Sat", "Sat"])
    0.0
    """
    names: dict[object, int] = {}
    codes = np.array([names.setdefault(day, len(names)) for day in days], dtype=np.int64)
    if not len(codes):
        return 0.0
    sums = np.bincount(codes, weights=residuals)
    squares = np.bincount(codes, weights=residuals**2)
    counts = np.bincount(codes)
    products = float((sums**2 - squares).sum()) / 2
    pairs = float((counts * (counts - 1)).sum()) / 2
    return min(0.9, max(0.0, products / (pairs + PRIOR_PAIRS)))


def ratio_by_day(top: Floats, bottom: Floats, days: Sequence[object]) -> tuple[float, float]:
    """Return Σ top / Σ bottom and its standard error, days being the unit.

    Examples
    --------
    >>> ratio_by_day(np.array([1.0, 0.0]), np.array([1.0, 1.0]), ["Sat", "Sun"])
    (0.5, 0.5)
    """
    names: dict[object, int] = {}
    codes = np.array([names.setdefault(day, len(names)) for day in days])
    ratio = float(top.sum() / bottom.sum())
    residuals = np.bincount(codes, weights=top - ratio * bottom)
    clusters = len(names)
    widen = clusters / (clusters - 1) if clusters > 1 else 1.0
    return ratio, float(np.sqrt(widen * np.square(residuals).sum()) / bottom.sum())
