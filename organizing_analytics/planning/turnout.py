"""Who is coming: the number who come from groups of people who share an uncertain chance.

Numbers in, numbers out: no store, no frames.

Method
------
The people of a group share one chance of coming, known as Beta(a, b) from what people like
them did; the number who come of k of them is beta-binomial. The chances of two groups are
taken as independent, so the total is the convolution of the groups' distributions. More
people, scheduled from now on, are one more group with a chance of its own.

The shared chance makes people of a group vary together: two of them have correlation
1 / (a + b + 1). That is wanted: independent people give ranges that are too narrow, because a
shift has good days and bad days. `posterior` therefore lets no number of counted people push
a + b above `MOST_WEIGHT`.

It fails when a group's chance on this shift is unlike its past (a first rainy Saturday), and
when people come or stay away together across groups.

Sources
-------
Beta-binomial: Skellam, A probability distribution derived from the binomial distribution by
regarding the probability of success as variable between the sets of trials, Journal of the
Royal Statistical Society B 10, 1948.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, reduce
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from organizing_analytics.planning.headcount import PRIOR_CAME, PRIOR_MISSED
from organizing_analytics.planning.odds import BetaRate, least, reaches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

#: Bound on a + b, so a correlation of at least 1 / 31 between two people of a group, however
#: many were counted. On a public log of clinic appointments, forecast day by day, it made the
#: 80 % range cover 80 %; bounds of 99 and 200 covered 72 and 69 % (docs/planning.md).
MOST_WEIGHT = 30.0

#: Nobody is told to schedule more people than this on top of a list.
MOST_MORE = 100_000


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


def posterior(came: float, missed: float, *, most_weight: float = MOST_WEIGHT) -> BetaRate:
    """Return what counts say about a chance: the rule as prior, updated, its weight bounded.

    Parameters
    ----------
    came, missed : float
        How many people came and how many did not, each 0 or more.
    most_weight : float
        Bound on a + b; beyond it both shrink in proportion and the mean stays.

    Examples
    --------
    >>> posterior(2, 3)
    BetaRate(a=7.0, b=8.0)
    >>> posterior(595, 395)  # Beta(600, 400) would be too sure
    BetaRate(a=18.0, b=12.0)
    """
    a, b = PRIOR_CAME + came, PRIOR_MISSED + missed
    shrink = min(1.0, most_weight / (a + b))
    return BetaRate(a * shrink, b * shrink)


def group_pmf(people: int, rate: BetaRate) -> Floats:
    """Return P(k of `people` come) for k = 0, 1, …, people: beta-binomial.

    Summed in logarithms from ratios of neighbours, then normalised: no underflow for any size.

    Examples
    --------
    One chance, anything from 0 to 1 alike: every number is as likely.

    >>> group_pmf(3, BetaRate(1, 1)).round(12).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    came = np.arange(people, dtype=np.float64)
    ratios = (people - came) * (rate.a + came) / ((came + 1) * (rate.b + people - 1 - came))
    logs = np.concatenate([[0.0], np.cumsum(np.log(ratios))])
    weights = np.exp(logs - logs.max())
    pmf: Floats = weights / weights.sum()
    return pmf


def total_pmf(groups: Iterable[tuple[int, BetaRate]]) -> Floats:
    """Return P(k come in all) for k = 0, 1, …, everyone.

    Parameters
    ----------
    groups : iterable of (int, BetaRate)
        How many people, and what is known about their shared chance.

    Examples
    --------
    >>> total_pmf([(1, BetaRate(5, 5)), (1, BetaRate(5, 5))]).round(12).tolist()
    [0.25, 0.5, 0.25]
    >>> total_pmf([]).tolist()
    [1.0]
    """
    pmfs = (group_pmf(people, rate) for people, rate in groups if people)
    return reduce(np.convolve, pmfs, np.ones(1))


def with_more(pmf: Floats, more: int, new: BetaRate) -> Floats:
    """Return the distribution of the number who come when `more` new people are scheduled too.

    Examples
    --------
    >>> with_more(np.array([0.5, 0.5]), 1, BetaRate(1, 1)).round(12).tolist()
    [0.25, 0.5, 0.25]
    """
    return np.convolve(pmf, group_pmf(more, new))


def quantiles(pmf: Floats, shares: Sequence[float] = (0.1, 0.5, 0.9)) -> list[int]:
    """Return for each share q the smallest k with P(at most k come) ≥ q, up to rounding.

    Examples
    --------
    >>> quantiles(np.array([0.25, 0.5, 0.25]))
    [0, 1, 2]
    """
    below = np.cumsum(pmf)
    return [int(np.searchsorted(below, least(q))) for q in shares]


def outlook(pmf: Floats, *, need: int | None = None, capacity: int | None = None) -> Outlook:
    """Return mean, median, 80 % range and the two probabilities of a distribution.

    Examples
    --------
    >>> outlook(np.array([0.25, 0.5, 0.25]), need=1, capacity=1)
    Outlook(expected=1.0, median=1, low=0, high=2, p_enough=0.75, p_over_capacity=0.25)
    """
    low, median, high = quantiles(pmf)
    return Outlook(
        expected=float(np.arange(len(pmf)) @ pmf),
        median=median,
        low=low,
        high=high,
        p_enough=None if need is None else at_least(pmf, need),
        p_over_capacity=None if capacity is None else at_least(pmf, capacity + 1),
    )


def at_least(pmf: Floats, number: int, *, more: int = 0, new: BetaRate | None = None) -> float:
    """Return P(at least `number` come) of the people of `pmf` and `more` new ones.

    Parameters
    ----------
    pmf : array, shape (everyone + 1,)
        P(k come), from `total_pmf`.
    number : int
        0 or more.
    more : int
        How many more people are scheduled.
    new : BetaRate
        Their chance; needed when `more` is not 0.

    Examples
    --------
    >>> at_least(np.array([0.5, 0.5]), 1, more=1, new=BetaRate(1, 1))
    0.75
    """
    if number <= 0:
        return 1.0
    if not more or new is None:
        return min(1.0, float(pmf[number:].sum()))
    tail = _tail(more, new)
    lacking = np.clip(number - np.arange(len(pmf)), 0, more + 1)
    return min(1.0, float(pmf @ tail[lacking]))


@lru_cache(maxsize=1024)
def _small_tail(people: int, rate: BetaRate) -> Floats:
    tail = _new_tail(people, rate)
    tail.flags.writeable = False  # the cache hands it out again
    return tail


def _tail(people: int, rate: BetaRate) -> Floats:
    """Return P(at least k of `people` come) for k = 0, …, people + 1; small ones are kept."""
    small = 1000  # 1024 of them stay below 10 MB
    return _small_tail(people, rate) if people <= small else _new_tail(people, rate)


def _new_tail(people: int, rate: BetaRate) -> Floats:
    pmf = group_pmf(people, rate)
    tail: Floats = np.append(np.cumsum(pmf[::-1])[::-1], 0.0)
    return tail


def more_to_schedule(
    pmf: Floats, need: int, sure: float, new: BetaRate, *, most: int = MOST_MORE
) -> int | None:
    """Return how many more to schedule so that P(at least `need` come) ≥ `sure`.

    Parameters
    ----------
    pmf : array
        P(k come) of the people on the list.
    need : int
        How many people must come.
    sure : float
        Wanted probability, in (0, 1).
    new : BetaRate
        The turnout of people scheduled from now on.
    most : int
        How many more there can be.

    Returns
    -------
    int or None
        0 when the list is enough; None when it would take more than `most`.

    Notes
    -----
    The probability never falls with more people, so the answer is bracketed by doubling and
    found by halving.

    Examples
    --------
    Nobody signed up and a chance of one half: as in the rule's table, but the chance is uncertain.

    >>> more_to_schedule(np.ones(1), 4, 0.9, BetaRate(5, 5))
    15
    """

    def enough(more: int) -> bool:
        return reaches(at_least(pmf, need, more=more, new=new), sure)

    if enough(0):
        return 0
    missing = need - float(np.arange(len(pmf)) @ pmf)
    short, high = 0, min(most, max(1, ceil(missing / new.mean)))
    while not enough(high):
        if high == most:
            return None
        short, high = high, min(most, 2 * high)
    while high - short > 1:
        middle = (short + high) // 2
        short, high = (short, middle) if enough(middle) else (middle, high)
    return high


def more_within_room(
    pmf: Floats,
    new: BetaRate,
    *,
    need: int,
    capacity: int | None,
    sure: float,
    limit: float,
) -> tuple[int | None, bool]:
    """Return how many more to schedule, and whether room and `sure` can both be had.

    Parameters
    ----------
    pmf, new, need, sure
        See `more_to_schedule`.
    capacity : int or None
        How many there is room for; None for no bound.
    limit : float
        The most that P(over capacity) may be.

    Returns
    -------
    more : int or None
        None when no number of people is enough (and there is no room to bound it); where room
        and `sure` cannot both be had, the most that keep P(over capacity) within `limit`.
    feasible : bool

    Examples
    --------
    >>> more_within_room(
    ...     np.ones(1), BetaRate(5, 5), need=4, capacity=5, sure=0.9, limit=0.05
    ... )
    (6, False)
    """
    wanted = more_to_schedule(pmf, need, sure, new)
    if capacity is None:
        return wanted, wanted is not None
    most = MOST_MORE if wanted is None else wanted
    more = most_within(pmf, capacity, limit, new, wanted=most)
    fits = reaches(limit, at_least(pmf, capacity + 1, more=more, new=new))
    return more, fits and more == wanted


def most_within(pmf: Floats, capacity: int, limit: float, new: BetaRate, *, wanted: int) -> int:
    """Return the most of `wanted` more people that keep P(over capacity) within `limit`.

    0 when the people on the list are too many already.

    Examples
    --------
    A seat for one and nobody on the list: two would both come with probability 1/3.

    >>> most_within(np.ones(1), 1, 0.05, BetaRate(1, 1), wanted=5)
    1
    """

    def fits(more: int) -> bool:
        return reaches(limit, at_least(pmf, capacity + 1, more=more, new=new))

    if fits(wanted):
        return wanted
    low, over = 0, wanted
    while over - low > 1:
        middle = (low + over) // 2
        low, over = (middle, over) if fits(middle) else (low, middle)
    return low
