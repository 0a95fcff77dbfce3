"""Counts to rates and intervals: the only place where a rate is computed.

Every rate here is a pooled one, successes / n, with Wilson's score interval beside it. Nothing
counted gives no number: with n = 0 the rate and both bounds are NaN, never 0 and never 0.5.

Sources
-------
E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference,
Journal of the American Statistical Association 22, 209-212.
R. G. Newcombe (1998), Two-sided confidence intervals for the single proportion: comparison of
seven methods, Statistics in Medicine 17, 857-872 (method 3, without continuity correction).
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from organizing_analytics.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


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
    Assumes independent trials with one common rate. Sign-ups of one shift share the weather,
    so a rate that rests on a few large shifts is less certain than its interval says.

    Examples
    --------
    81 of 263, Newcombe's Table I: 0.2553 to 0.3662.

    >>> low, high = wilson([81, 0], [263, 0])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.2553, nan], [0.3662, nan])
    """
    z = NormalDist().inv_cdf(0.5 + check_confidence(confidence) / 2)
    count, total = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    if np.any(count > total) or np.any(count < 0):
        raise OptionError("There are more successes than trials, or fewer than none.")
    rate = share(count, total)
    spread = z * np.sqrt(total * rate * (1 - rate) + z**2 / 4)
    middle = count + z**2 / 2
    # At 0 and at n one bound is exact, and rounding must not move it.
    low = np.where(rate == 0, 0.0, (middle - spread) / (total + z**2))
    high = np.where(rate == 1, 1.0, (middle + spread) / (total + z**2))
    return low, high


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
    count, total = _sum(frame, successes), _sum(frame, n)
    added = {rate: share(count, total)}
    if bounds is not None:
        added.update(zip(bounds, wilson(count, total, confidence), strict=True))
    return frame.assign(**added)


def _sum(frame: pd.DataFrame, columns: str | Sequence[str]) -> Floats:
    names = [columns] if isinstance(columns, str) else list(columns)
    counts = [frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in names]
    total: Floats = np.sum(counts, axis=0)
    return total
