"""How many will come: each person has a chance, and the day moves all of them together.

Numbers in, numbers out: no store, no frames.

Method
------
Person i comes with log odds logit(p_i) + s·z, where z is standard normal and shared by all
people of the shift: good days and bad days. s² (the spread) is what past shifts show beyond
independent people, and how uncertain the rate itself is where little was counted. Given z people
are independent: the number who come has the exact distribution of a sum of unequal coins, by
convolution. The average over z is a Gauss-Hermite sum. People still to be scheduled, who have one
chance, and people who will come without being on the list now, join the same way.

Independent people give ranges that are too narrow: on a public log of clinic appointments they
cover 80 % where they say 90 %.

Sources
-------
Random effect on the log odds: Agresti, Categorical Data Analysis, 3rd ed., 2013, ch. 13.
Gauss-Hermite: Abramowitz, Stegun, Handbook of Mathematical Functions, 1964, 25.4.46.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from organizing_analytics.planning.odds import least, reaches
from organizing_analytics.planning.special import binomial_at_least, expit, logit, ndtr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

#: Points of the sum over good and bad days; more change no printed digit.
N_DAYS = 15
#: Nobody is told to schedule more people than this on top of a list.
MAX_MORE = 100_000
#: How many people are multiplied out one by one before larger pieces are.
_BLOCK = 32
#: A number less likely than this on every day changes no digit of a sum.
_NEGLIGIBLE = 1e-18

_Z, _W = np.polynomial.hermite_e.hermegauss(N_DAYS)
DAYS: Floats = _Z
DAY_WEIGHTS: Floats = _W / _W.sum()


@dataclass(frozen=True)
class Outlook:
    """What is known about the number who come.

    Attributes
    ----------
    expected : float
        Mean of the number who come.
    median, low, high : int
        Median and central 80 %: the smallest k with P(at most k come) ≥ .5, .1, .9.
    p_enough : float or None
        P(at least `need` come); None without a need.
    p_over_capacity : float or None
        P(more than `capacity` come); None without a capacity.
    """

    expected: float
    median: int
    low: int
    high: int
    p_enough: float | None
    p_over_capacity: float | None


@dataclass(frozen=True)
class Late:
    """How many come who are not on the list yet: negative binomial.

    Attributes
    ----------
    mean : float
        How many are expected.
    size : float
        The smaller, the more it varies; infinite is Poisson.
    """

    mean: float
    size: float

    def pmf(self) -> Floats:
        """Return P(k come) for k = 0, 1, … as far as it matters."""
        if self.mean <= 0:
            return np.ones(1)
        size = min(self.size, 1e6)
        # P(k) / P(k - 1), in logs: each term follows from the one before.
        most = _far_tail(self.mean, size)
        k = np.arange(1, most + 1)
        steps = np.log((k + size - 1) / k * (self.mean / (size + self.mean)))
        logs = np.concatenate([[0.0], np.cumsum(steps)])
        odds = np.exp(logs - logs.max())
        odds = odds[: int(np.flatnonzero(np.cumsum(odds) >= (1 - 1e-9) * odds.sum())[0]) + 2]
        pmf: Floats = odds / odds.sum()
        return pmf


def _far_tail(mean: float, size: float) -> int:
    """Return a number that more late joiners than this never exceed, to nine digits.

    The tail falls at least as fast as a geometric one of ratio mean / (size + mean).
    """
    wide = np.sqrt(mean + mean**2 / size)
    return int(mean + 12 * wide + 25 * (1 + mean / size)) + 1


@dataclass(frozen=True)
class Forecast:
    """The number who come to one shift, day by possible day.

    Attributes
    ----------
    days : array, shape (N_DAYS, most + 1)
        P(k come | the day) of the people on the list and of who joins late.
    new : array, shape (N_DAYS,)
        The chance, on each day, of a person scheduled from now on.
    """

    days: Floats
    new: Floats

    @cached_property
    def pmf(self) -> Floats:
        """Return P(k come) for k = 0, 1, …, everyone."""
        total: Floats = DAY_WEIGHTS @ self.days
        return total

    def at_least(self, number: int, *, more: int = 0) -> float:
        """Return P(at least `number` come) when `more` people are scheduled, too."""
        if number <= 0:
            return 1.0
        if not more:
            return min(1.0, float(self.pmf[number:].sum()))
        return float(DAY_WEIGHTS @ self.at_least_by_day(number, more=more))

    def at_least_by_day(self, number: int, *, more: int = 0) -> Floats:
        """Return P(at least `number` come | the day), shape (N_DAYS,)."""
        likely = self._likely
        lacking = number - np.arange(likely.start, likely.stop)
        enough = binomial_at_least(lacking, more, self.new)
        chance: Floats = np.minimum(1.0, (self.days[:, likely] * enough).sum(axis=1))
        return chance

    @cached_property
    def _likely(self) -> slice:
        """Return the numbers that can matter to any digit, all that come without anyone more."""
        at = np.flatnonzero(self.days.max(axis=0) > _NEGLIGIBLE)
        return slice(int(at[0]), int(at[-1]) + 1)

    def with_more(self, more: int) -> Forecast:
        """Return the forecast when `more` people are scheduled, too."""
        if not more:
            return self
        added = [
            np.convolve(day, _binomial(more, chance))
            for day, chance in zip(self.days, self.new, strict=True)
        ]
        return Forecast(np.array(added), self.new)

    def of_others(self, chance: float, *, spread: float) -> Forecast:
        """Return the forecast when people of another chance are scheduled from now on."""
        return Forecast(self.days, expit(logit(chance) + spread * DAYS))

    def outlook(self, *, need: int | None = None, capacity: int | None = None) -> Outlook:
        """Return mean, median, 80 % range and the two probabilities."""
        low, median, high = quantiles(self.pmf)
        return Outlook(
            expected=float(np.arange(len(self.pmf)) @ self.pmf),
            median=median,
            low=low,
            high=high,
            p_enough=None if need is None else self.at_least(need),
            p_over_capacity=None if capacity is None else self.at_least(capacity + 1),
        )

    def more_to_schedule(self, need: int, sure: float, *, most: int = MAX_MORE) -> int | None:
        """Return how many more to schedule so that P(at least `need` come) ≥ `sure`.

        0 when the list is enough, None when it would take more than `most`. The probability never
        falls with more people, so the answer is bracketed around a guess and found by halving.
        """

        def enough(more: int) -> bool:
            return reaches(self.at_least(need, more=more), sure)

        if enough(0):
            return 0
        # Away from a good guess by steps that double, then back by halving.
        guess, step = self._guess(need, sure, most=most), 1
        if enough(guess):
            short, high = guess - step, guess
            while short > 0 and enough(short):
                step *= 2
                short, high = short - step, short
            short = max(short, 0)
        else:
            short, high = guess, min(most, guess + step)
            while not enough(high):
                if high == most:
                    return None
                step *= 2
                short, high = high, min(most, high + step)
        while high - short > 1:
            middle = (short + high) // 2
            short, high = (short, middle) if enough(middle) else (middle, high)
        return high

    def _guess(self, need: int, sure: float, *, most: int) -> int:
        """Return about how many more it takes: each day's number taken for normal."""
        numbers = np.arange(self.days.shape[1])
        mean = self.days @ numbers
        variance = np.maximum(0, self.days @ numbers**2 - mean**2)

        def enough(more: int) -> bool:
            width = np.sqrt(np.maximum(1e-12, variance + more * self.new * (1 - self.new)))
            above = ndtr((mean + more * self.new - need + 0.5) / width)
            return bool(DAY_WEIGHTS @ above >= sure)

        low, high = 0, 1
        while high < most and not enough(high):
            low, high = high, min(most, 2 * high)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if enough(middle) else (middle, high)
        return high

    def max_within(self, capacity: int, limit: float, *, wanted: int) -> int:
        """Return the most of `wanted` more people that keep P(over capacity) within `limit`.

        0 when the people on the list are too many already.
        """

        def fits(more: int) -> bool:
            return reaches(limit, self.at_least(capacity + 1, more=more))

        if fits(wanted):
            return wanted
        low, over = 0, wanted
        while over - low > 1:
            middle = (low + over) // 2
            low, over = (middle, over) if fits(middle) else (low, middle)
        return low

    def more_within_room(
        self, *, need: int, capacity: int | None, sure: float, limit: float
    ) -> tuple[int | None, bool]:
        """Return how many more to schedule, and whether room and `sure` can both be had.

        The number is None when no number of people is enough and no room bounds it; where room
        and `sure` cannot both be had, it is the most that keep P(over capacity) within `limit`.
        """
        wanted = self.more_to_schedule(need, sure)
        if capacity is None:
            return wanted, wanted is not None
        more = self.max_within(capacity, limit, wanted=MAX_MORE if wanted is None else wanted)
        fits = reaches(limit, self.at_least(capacity + 1, more=more))
        return more, fits and more == wanted


def forecast(
    chances: ArrayLike, *, spread: float, new: float, late: Late | None = None
) -> Forecast:
    """Return the forecast of a shift.

    Parameters
    ----------
    chances : array, shape (people,)
        Of each person on the list, in (0, 1).
    spread : float
        s: standard deviation of the log odds from day to day, 0 or more.
    new : float
        The chance of a person scheduled from now on.
    late : Late, optional
        Who comes without being on the list now.

    Examples
    --------
    Two people, no shared day: one half each.

    >>> forecast([0.5, 0.5], spread=0, new=0.5).pmf.round(12).tolist()
    [0.25, 0.5, 0.25]
    """
    moved = spread * DAYS
    odds = logit(np.asarray(chances, dtype=np.float64))
    days = sums_of_coins(expit(odds[None, :] + moved[:, None]))
    if late is not None and late.mean > 0:
        joining = late.pmf()
        days = np.array([np.convolve(day, joining) for day in days])
    return Forecast(days, expit(logit(new) + moved))


def sums_of_coins(chances: Floats) -> Floats:
    """Return P(k come), shape (rows, people + 1), for each row of independent chances.

    Parameters
    ----------
    chances : array, shape (rows, people)

    Notes
    -----
    Blocks of people are multiplied out one person at a time, all blocks and rows at once; then
    neighbouring blocks are convolved. Nothing is subtracted, so nothing can become negative.

    Examples
    --------
    >>> sums_of_coins(np.array([[0.5, 0.25]])).tolist()
    [[0.375, 0.5, 0.125]]
    """
    rows, people = chances.shape
    if not people:
        return np.ones((rows, 1))
    n_blocks = -(-people // _BLOCK)
    padded = np.zeros((rows, n_blocks * _BLOCK))
    padded[:, :people] = chances  # a chance of 0 changes nothing
    blocks = padded.reshape(rows, n_blocks, _BLOCK)
    pmf = np.zeros((rows, n_blocks, _BLOCK + 1))
    pmf[..., 0] = 1.0
    for i in range(min(_BLOCK, people)):
        chance = blocks[:, :, i, None]
        pmf[..., 1 : i + 2] = pmf[..., 1 : i + 2] * (1 - chance) + pmf[..., : i + 1] * chance
        pmf[..., :1] *= 1 - chance
    pieces = [[pmf[row, block] for block in range(n_blocks)] for row in range(rows)]
    return np.array([_product(row)[: people + 1] for row in pieces])


def _product(pieces: list[Floats]) -> Floats:
    while len(pieces) > 1:
        paired = [np.convolve(*pair) for pair in zip(pieces[::2], pieces[1::2], strict=False)]
        pieces = paired + pieces[2 * len(paired) :]
    return pieces[0]


def _binomial(n: int, chance: float) -> Floats:
    came = np.arange(n, dtype=np.float64)
    logs = np.concatenate([[0.0], np.cumsum(np.log((n - came) / (came + 1)))])
    weights = logs + np.arange(n + 1) * logit(chance)
    odds = np.exp(weights - weights.max())
    pmf: Floats = odds / odds.sum()
    return pmf


def quantiles(pmf: Floats, shares: Sequence[float] = (0.1, 0.5, 0.9)) -> list[int]:
    """Return for each share q the smallest k with P(at most k come) ≥ q, up to rounding.

    Examples
    --------
    >>> quantiles(np.array([0.25, 0.5, 0.25]))
    [0, 1, 2]
    """
    below = np.cumsum(pmf)
    return [int(np.searchsorted(below, least(q))) for q in shares]
