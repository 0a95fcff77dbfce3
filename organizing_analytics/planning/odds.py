"""The odds that enough people come, in plain Python: one pass, no numpy, no scipy.

Two kinds of chance. `KnownRate`: each person comes with probability p. `BetaRate`: all people
share one unknown chance, drawn from Beta(a, b), so that what one of them does says something
about the others. Both are told by one number: the chance that the next person comes when
`came` of `seen` have come (p, or Pólya's urn (a + came) / (a + b + seen)).

Formulas
--------
The person who completes the need is the n-th scheduled exactly when n - need did not come
before. So P(at least `need` of n come) is the distribution function of the negative binomial
at n - need (of the beta-negative-binomial for `BetaRate`), and one running sum over n answers
"how many to schedule" for every `sure` at once. The number who come when n are scheduled is
binomial (beta-binomial).
Johnson, Kemp & Kotz, Univariate Discrete Distributions, 3rd ed., 2005, ch. 3, 5 and 6.

Notes
-----
Terms are carried with a power of two set aside, because p ** need alone is 0.0 in floating
point from need = 1,075 at p = 0.5. Sums reach a target when they miss it by no more than
rounding (`reaches`): P(at least 4 of 7) at p = 0.5 is 0.5, and is not to lose to 0.4999…9.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, count, islice
from math import fsum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Nobody schedules more people than this; a need that asks for more is refused.
MAX_PEOPLE = 1_000_000

_TINY = 2.0**-800  # a power of two, so that setting it aside costs no digit
_ROUNDING = 1e-9
_NEGLIGIBLE = 1e-30


class Chance(Protocol):
    """What the odds need to know about the people who are scheduled."""

    @property
    def mean(self) -> float:
        """Return the expected share of people who come."""

    def next_comes(self, came: int, seen: int) -> float:
        """Return the chance that the next person comes when `came` of `seen` have come."""


@dataclass(frozen=True)
class KnownRate:
    """Everyone comes with the same known chance, independently.

    Attributes
    ----------
    rate : float
        In (0, 1].
    """

    rate: float

    @property
    def mean(self) -> float:
        """Return the rate."""
        return self.rate

    def next_comes(self, came: int, seen: int) -> float:  # noqa: ARG002 - the past says nothing
        """Return the rate, whatever the others did."""
        return self.rate


@dataclass(frozen=True)
class BetaRate:
    """Everyone shares one chance that is itself uncertain: Beta(a, b).

    Attributes
    ----------
    a, b : float
        Weight for coming and for not coming, both > 0; a + b is how many observed people the
        knowledge is worth.
    """

    a: float
    b: float

    @property
    def mean(self) -> float:
        """Return a / (a + b)."""
        return self.a / (self.a + self.b)

    def next_comes(self, came: int, seen: int) -> float:
        """Return Pólya's urn: (a + came) / (a + b + seen)."""
        return (self.a + came) / (self.a + self.b + seen)


def least(target: float) -> float:
    """Return the least sum that counts as `target`, in (0, 1): it may miss it by rounding."""
    return target - _ROUNDING * min(target, 1 - target)


def reaches(p: float, target: float) -> bool:
    """Return whether `p` is at least `target`, up to rounding.

    Examples
    --------
    >>> reaches(0.49999999999999994, 0.5), reaches(0.4999, 0.5)
    (True, False)
    """
    return p >= least(target)


def chances_of_enough(need: int, chance: Chance) -> Iterator[float]:
    """Yield P(at least `need` come) for need, need + 1, need + 2, … people scheduled.

    Parameters
    ----------
    need : int
        At least 1.
    chance : Chance
        The chance that a person comes.

    Yields
    ------
    float
        Never falling, in [0, 1]; without end.

    Examples
    --------
    Four needed, half come: of 4 people 1/16, of 5 people 6/32, …, of 8 people 163/256.

    >>> from itertools import islice
    >>> list(islice(chances_of_enough(4, KnownRate(0.5)), 5))
    [0.0625, 0.1875, 0.34375, 0.5, 0.63671875]
    """
    term, aside = _chance_all_come(need, chance)
    total = 0.0
    for missed in count():
        if not aside:
            total += term
        yield min(total, 1.0)
        stays_away = 1 - chance.next_comes(need, need + missed)
        term *= (need + missed) * stays_away / (missed + 1)
        if aside and term >= 1:
            term *= _TINY
            aside -= 1


def _chance_all_come(people: int, chance: Chance) -> tuple[float, int]:
    """Return P(all of them come) as (term, k), worth term * 2 ** (-800 k)."""
    term, aside = 1.0, 0
    for came in range(people):
        term *= chance.next_comes(came, came)
        if term < _TINY:
            term /= _TINY
            aside += 1
    return term, aside


def chance_of_enough(need: int, schedule: int, chance: Chance) -> float:
    """Return P(at least `need` come) when `schedule` people are scheduled.

    Examples
    --------
    >>> chance_of_enough(4, 8, KnownRate(0.5)) == 163 / 256
    True
    """
    if schedule < need:
        return 0.0
    return next(islice(chances_of_enough(need, chance), schedule - need, None))


def smallest_schedules(
    need: int, sures: Iterable[float], chance: Chance
) -> dict[float, tuple[int, float] | None]:
    """Return, for each `sure`, the fewest people to schedule and the chance they give.

    One pass answers all of them.

    Parameters
    ----------
    need : int
        At least 1.
    sures : iterable of float
        Wanted probabilities, each in (0, 1).
    chance : Chance
        The chance that a person comes.

    Returns
    -------
    dict
        sure → (schedule, P(at least `need` come)), or None where it takes more than
        `MAX_PEOPLE`.

    Examples
    --------
    >>> smallest_schedules(4, [0.9], KnownRate(0.5))
    {0.9: (12, 0.927001953125)}
    """
    schedules: dict[float, tuple[int, float] | None] = dict.fromkeys(sures)
    waiting = sorted(schedules, reverse=True)
    odds = islice(chances_of_enough(need, chance), max(0, MAX_PEOPLE - need + 1))
    for schedule, p in enumerate(odds, start=need):
        while waiting and reaches(p, waiting[-1]):
            schedules[waiting.pop()] = (schedule, p)
        if not waiting:
            break
    return schedules


def cheapest_schedule(need: int, cost_short: float, cost_over: float, chance: Chance) -> int | None:
    """Return how many to schedule at the least expected cost.

    Parameters
    ----------
    need : int
        At least 1.
    cost_short, cost_over : float
        What one person too few and one too many cost, both > 0, in the same unit.
    chance : Chance
        The chance that a person comes.

    Returns
    -------
    int or None
        The fewest people of the equally cheap; None where it takes more than `MAX_PEOPLE`.

    Notes
    -----
    One more person is worth it as long as the chance that they come and are needed, times
    `cost_short`, exceeds the chance that they come and are not, times `cost_over`. With a known
    rate whether they come says nothing about the others: schedule until P(enough) reaches
    cost_short / (cost_short + cost_over). With a shared Beta(a, b) that they come is a sign of a
    good day, Beta(a + 1, b); the plain share would schedule too many.

    Examples
    --------
    >>> cheapest_schedule(4, 9, 1, BetaRate(2, 2))
    13
    """
    enough = 1 / (1 + cost_over / cost_short)
    if_one_comes = BetaRate(chance.a + 1, chance.b) if isinstance(chance, BetaRate) else chance
    sizes = smallest_schedules(need, [enough], if_one_comes)[enough]
    return None if sizes is None else sizes[0]


def expected_cost(
    need: int, schedule: int, cost_short: float, cost_over: float, chance: Chance
) -> float:
    """Return the mean cost of the people too few or too many when `schedule` are scheduled.

    Examples
    --------
    Of two, none, one or two come (1/4, 1/2, 1/4); one is needed: 1/4 short, 1/4 over.

    >>> expected_cost(1, 2, 8, 4, KnownRate(0.5))
    3.0
    """
    first, weights = _weights(schedule, chance)
    total = fsum(weights)
    missing = (w * max(0, need - came) for came, w in enumerate(weights, start=first))
    beyond = (w * max(0, came - need) for came, w in enumerate(weights, start=first))
    return (cost_short * fsum(missing) + cost_over * fsum(beyond)) / total


def number_who_come(
    schedule: int, chance: Chance, *, shares: tuple[float, ...] = (0.1, 0.5, 0.9)
) -> tuple[int, ...]:
    """Return quantiles of the number who come when `schedule` people are scheduled.

    Parameters
    ----------
    schedule : int
        How many are scheduled, at least 1.
    chance : Chance
        The chance that a person comes.
    shares : tuple of float
        Rising, each in (0, 1).

    Returns
    -------
    tuple of int
        For each share q the smallest k with P(at most k come) ≥ q.

    Examples
    --------
    Of 8 people at p = 0.5: P(at most 1) = 9/256, P(at most 2) = 37/256 ≥ 0.1.

    >>> number_who_come(8, KnownRate(0.5))
    (2, 4, 6)
    """
    first, weights = _weights(schedule, chance)
    total = fsum(weights)
    sums = enumerate(accumulate(weights), start=first)
    numbers: list[int] = []
    number, below = next(sums)
    for share in shares:
        while not reaches(below / total, share):
            number, below = next(sums)
        numbers.append(number)
    return tuple(numbers)


def odds_of_each(schedule: int, chance: Chance) -> tuple[float, ...]:
    """Return P(k come) for k = 0, 1, … when `schedule` people are scheduled.

    Examples
    --------
    >>> odds_of_each(2, KnownRate(0.5))
    (0.25, 0.5, 0.25)
    """
    first, weights = _weights(schedule, chance)
    total = fsum(weights)
    return (*(0.0 for _ in range(first)), *(weight / total for weight in weights))


def _weights(schedule: int, chance: Chance) -> tuple[int, list[float]]:
    """Return the first number whose probability matters, and weights in proportion from it on.

    The weights start at 1 near the mean and go outwards by ratios of neighbours, so nothing
    underflows that matters.
    """
    start = round(schedule * chance.mean)
    down: list[float] = []
    weight = 1.0
    for came in range(start - 1, -1, -1):
        comes = chance.next_comes(came, schedule - 1)
        weight *= (came + 1) * (1 - comes) / ((schedule - came) * comes)
        if weight < _NEGLIGIBLE:
            break
        down.append(weight)
    up: list[float] = []
    weight = 1.0
    for came in range(start, schedule):
        comes = chance.next_comes(came, schedule - 1)
        weight *= (schedule - came) * comes / ((came + 1) * (1 - comes))
        if weight < _NEGLIGIBLE:
            break
        up.append(weight)
    return start - len(down), [*reversed(down), 1.0, *up]
