"""The few special functions that the planner needs, in numpy and math.

Importing scipy takes longer than a whole forecast, so what every command needs of it stands here;
tests hold each against scipy.

Sources
-------
Abramowitz, Stegun, Handbook of Mathematical Functions, 1964: 26.2 (normal), 26.1.20 (binomial).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

#: A binomial number is farther than this from its mean, in standard deviations and in people,
#: with a chance that no float near 1 can show.
_FAR_DEVIATIONS, _FAR_PEOPLE = 12.0, 60


def expit(odds: ArrayLike) -> Any:
    """Return the chances of log odds.

    Examples
    --------
    >>> float(expit(0.0)), expit([-800.0, 800.0]).tolist()
    (0.5, [0.0, 1.0])
    """
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-np.asarray(odds, dtype=np.float64)))


def logit(chance: ArrayLike) -> Any:
    """Return the log odds of chances; those of 0 and 1 are infinite.

    Examples
    --------
    >>> logit([0.0, 0.5, 1.0]).tolist()
    [-inf, 0.0, inf]
    """
    chance = np.asarray(chance, dtype=np.float64)
    with np.errstate(divide="ignore"):
        return np.log(chance) - np.log1p(-chance)


def ndtr(values: ArrayLike) -> Floats:
    """Return P(a standard normal number is at most each value).

    Examples
    --------
    >>> ndtr([0.0, 1.959963984540054]).round(6).tolist()
    [0.5, 0.975]
    """
    values = np.asarray(values, dtype=np.float64)
    below = [0.5 * math.erfc(-value / math.sqrt(2)) for value in values.ravel().tolist()]
    return np.array(below).reshape(values.shape)


def binomial(n: int, chances: ArrayLike) -> tuple[int, Floats]:
    """Return P(k of n come) for each chance, over the k that matter.

    Returns
    -------
    first : int
        The least k that matters to any of the chances.
    pmf : array, shape (chances, k)
        For k = first, first + 1, …; each row adds up to 1.

    Examples
    --------
    >>> first, pmf = binomial(2, [0.5])
    >>> first, pmf.round(12).tolist()
    (0, [[0.25, 0.5, 0.25]])
    """
    chances = np.atleast_1d(np.asarray(chances, dtype=np.float64))
    means = n * chances
    far = _FAR_DEVIATIONS * np.sqrt(means * (1 - chances)) + _FAR_PEOPLE
    first = max(0, int((means - far).min()))
    last = min(n, int((means + far).max()) + 1)
    came = np.arange(first, last, dtype=np.float64)
    # Each term follows from the one before, in logs; the sum of all is known to be 1.
    steps = np.log((n - came) / (came + 1))[None, :] + logit(chances)[:, None]
    logs = np.concatenate([np.zeros((len(chances), 1)), np.cumsum(steps, axis=1)], axis=1)
    odds = np.exp(logs - logs.max(axis=1, keepdims=True))
    return first, odds / odds.sum(axis=1, keepdims=True)


def binomial_at_least(numbers: NDArray[np.int64], n: int, chances: ArrayLike) -> Floats:
    """Return P(at least each number of n come) for each chance, shape (chances, numbers).

    Examples
    --------
    >>> binomial_at_least(np.array([-1, 0, 1, 2, 3]), 2, [0.5]).round(12).tolist()
    [[1.0, 1.0, 0.75, 0.25, 0.0]]
    """
    first, pmf = binomial(n, chances)
    tails = np.cumsum(pmf[:, ::-1], axis=1)[:, ::-1]
    tails = np.concatenate([np.minimum(tails, 1.0), np.zeros((len(pmf), 1))], axis=1)
    tails[:, 0] = 1.0
    at: Floats = tails[:, np.clip(numbers - first, 0, tails.shape[1] - 1)]
    return at
