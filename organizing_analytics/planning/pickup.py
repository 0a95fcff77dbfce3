"""Who comes without being on the list now: shrunk pick-up, one fit for each number of days ahead.

In words: shifts like this one usually get so many more people from this day on. This list is
longer, or shorter, than such lists usually are by now, so we expect in proportion more, or
fewer: by as much as long lists have meant in the past.

Numbers in, numbers out: no store.

Method
------
Of past shifts, as they stood the same number of days before: `listed` people were on the list,
`late` more came. The usual number UL of late ones is a rate a person needed, times one ratio each
for team, kind of event, team and kind, and weekday; each ratio starts from κ average shifts that
are like all others (partial pooling), one κ for teams and one for the groups after them. The
usual list LU is found in the same way. Both shrink by a power of the shift's crowding, which is
learned, too: where the team holds many shifts in those days, they share its people (crowding.py).
A shift's
demand is θ ~ Gamma(k, k); given θ the list is Poisson(θ·LU) and the late ones have mean θ·UL. So

    E[late | listed] = UL · (k + listed) / (k + LU).

Large k: the list says nothing about the late ones (additive pick-up). Small k: they are in
proportion to it (multiplicative pick-up). The late ones are negative binomial around that mean,
with a size of their own. κ, k and the size are those under which the past is most likely, each
past shift left out of its own usual numbers: with it, the sizes come out too large.

Sources
-------
Pick-up forecasts: L. R. Weatherford, S. E. Kimes (2003), A comparison of forecasting methods for
hotel revenue management, International Journal of Forecasting 19, 401-415.
Gamma-Poisson: A. Gelman et al., Bayesian Data Analysis, 3rd ed., 2013, sec. 2.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from organizing_analytics.planning.forecast import Late
from organizing_analytics.planning.scoring import day_correlation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

#: Fewer past shifts, or shifts of fewer days, do not tell who joins late. On the clinic log, fits
#: taught by one day missed by 12 to 23 % at every number of days ahead, however many shifts it had.
MIN_SHIFTS, MIN_DAYS = 10, 3
#: A shift of two months ago weighs half.
HALF_LIFE_DAYS = 60.0
#: Twice the need brings 1.9 times the people. By made-up campaigns, as no public log has needs:
#: .75, .9 and 1 have the same Brier score of P(enough); 1 fits the plain ones best, in which
#: people choose by need, and .75 the lifelike ones, in which lists close. Learning it from a
#: store's past gained nothing.
NEED_EXPONENT = 0.9
#: How many average shifts a team, kind or weekday starts from.
POOLINGS = (1.0, 4.0, 16.0, 64.0)
#: Twice the crowding takes 2 ** power of a shift's people: none where the past shows nothing.
CROWDING_POWERS = (0.0, 0.25, 0.5, 0.75, 1.0)
#: How much of the demand a list tells; see k above.
DEMANDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
#: How much the late ones vary; small is more.
SIZES: Floats = np.geomspace(0.5, 200.0, 22)
#: Constants are learned on the latest shifts; usual numbers on all.
MAX_LEARNED = 2_000
#: Keeps the rate off 0 when nobody ever came late.
_PRIOR_LATE = 0.1


class JoinKind(NamedTuple):
    """What a shift has in common with others."""

    team: str
    event_type: str
    weekday: int

    @property
    def levels(self) -> tuple[object, object, object, object]:
        """Return its groups, in the order in which ratios are applied."""
        return self.team, self.event_type, (self.team, self.event_type), self.weekday


class Pooling(NamedTuple):
    """How many average shifts a team starts from, and each of the groups after it."""

    team: float
    rest: float


@dataclass(frozen=True)
class PastShifts:
    """Past shifts as they stood a number of days before, arrays of one length.

    Attributes
    ----------
    kinds : sequence of JoinKind
    needs : array
        People needed; not a number where nobody noted it.
    age_days : array
        Days from the shift to the date at which it teaches.
    listed, late : array
        People on the list then; people who came and were not on it.
    crowding : array, optional
        How much the team's other shifts competed for people then, 1 being usual; see crowding.py.
    """

    kinds: Sequence[JoinKind]
    needs: Floats
    age_days: Floats
    listed: Floats
    late: Floats
    crowding: Floats | None = None


@dataclass(frozen=True)
class Usual:
    """The usual number of people, by kind of shift."""

    rate: float
    ratios: tuple[dict[object, float], ...]

    def of(self, kind: JoinKind, base: float) -> float:
        """Return the usual number for a shift of a kind and a base size."""
        number = self.rate * base
        for ratios, level in zip(self.ratios, kind.levels, strict=True):
            number *= ratios.get(level, 1.0)
        return number


@dataclass(frozen=True)
class PickUp:
    """The fit for one number of days ahead.

    Attributes
    ----------
    typical_late, typical_listed : Usual
    mean_need : float
        Stands in for a need that nobody noted; not a number when none has one.
    pooling, demand, size : float
        κ, k and the size of the negative binomial.
    shifts : int
        How many past shifts taught it.
    day : float
        Correlation of the late ones of two shifts of one date.
    power : float
        How much crowding takes of a shift's people; 0 takes none.
    """

    typical_late: Usual
    typical_listed: Usual
    mean_need: float
    pooling: Pooling
    demand: float
    size: float
    shifts: int
    day: float = 0.0
    power: float = 0.0

    def late(
        self, kind: JoinKind, *, need: float | None, listed: float, crowding: float = 1.0
    ) -> Late:
        """Return who will come without being on the list now.

        Parameters
        ----------
        kind : JoinKind
        need : float or None
            People needed, where it is noted.
        listed : int
            People on the list now.
        crowding : float
            How much the team's other shifts compete for people now; 1 is usual.
        """
        base = self._base(need, crowding)
        usual, on_list = self.typical_late.of(kind, base), self.typical_listed.of(kind, base)
        mean = usual * (self.demand + listed) / (self.demand + on_list)
        return Late(mean=mean, size=self.size)

    def typical_list(self, kind: JoinKind, *, need: float | None, crowding: float = 1.0) -> float:
        """Return how long the list of such a shift usually is by now."""
        return self.typical_listed.of(kind, self._base(need, crowding))

    def _base(self, need: float | None, crowding: float) -> float:
        needs = np.array([np.nan if need is None else need])
        return float(_bases(needs, self.mean_need)[0] * crowding**-self.power)


def fit_pickup(past: PastShifts) -> PickUp | None:
    """Return the fit; None with fewer than `MIN_SHIFTS` past shifts or `MIN_DAYS` days of them.

    Parameters
    ----------
    past : PastShifts
        Only shifts that existed so many days before. A shift that was put up later has an empty
        list then, and teaches that everybody comes late.
    """
    if len(past.kinds) < MIN_SHIFTS or len(np.unique(past.age_days)) < MIN_DAYS:
        return None
    weight = 0.5 ** (past.age_days / HALF_LIFE_DAYS)
    noted = past.needs[past.needs > 0]
    mean_need = float(noted.mean()) if len(noted) else float("nan")
    plain = _bases(past.needs, mean_need)
    crowding = np.ones(len(plain)) if past.crowding is None else past.crowding
    levels = [_Level.of(column) for column in zip(*(k.levels for k in past.kinds), strict=True)]
    recent = np.argsort(past.age_days, kind="stable")[:MAX_LEARNED]
    rows = past.late[recent], past.listed[recent], weight[recent]

    def scored(power: float, pooling: Pooling, demands: Sequence[float]) -> list[_Choice]:
        base = plain * crowding**-power
        typical = (
            _usual(past.late, base, weight, levels, pooling)[0][recent],
            _usual(past.listed, base, weight, levels, pooling)[0][recent],
        )
        return [_best_size(rows, typical, _Choice(0, pooling, k, 0, power)) for k in demands]

    def best(choices: Iterable[list[_Choice]]) -> _Choice:
        return max(chain.from_iterable(choices), key=lambda choice: choice.score)

    # One pooling for all levels first, then the team's own: groups that are all alike must not
    # make small teams look like large ones. Then how much crowding takes, and the other groups.
    chosen = best(scored(0.0, Pooling(number, number), DEMANDS) for number in POOLINGS)
    rest, demand = chosen.pooling.rest, chosen.demand
    chosen = best(scored(0.0, Pooling(number, rest), [demand]) for number in POOLINGS)
    powers = CROWDING_POWERS if len(np.unique(crowding)) > 1 else CROWDING_POWERS[:1]
    chosen = best(scored(power, chosen.pooling, DEMANDS) for power in powers)
    team, demand, power = chosen.pooling.team, chosen.demand, chosen.power
    chosen = best(scored(power, Pooling(team, number), [demand]) for number in POOLINGS)
    pooling, size = chosen.pooling, chosen.size
    base = plain * crowding**-power
    own, late = _usual(past.late, base, weight, levels, pooling)
    on_list, listed = _usual(past.listed, base, weight, levels, pooling)
    mean = own * (demand + past.listed) / (demand + on_list)
    off = (past.late - mean) / np.sqrt(mean + mean**2 / size)
    day = day_correlation(off, past.age_days.tolist())
    return PickUp(late, listed, mean_need, pooling, demand, size, len(past.kinds), day, power)


class _Choice(NamedTuple):
    """Constants and how likely the past is under them."""

    score: float
    pooling: Pooling
    demand: float
    size: float
    power: float


def _best_size(
    rows: tuple[Floats, Floats, Floats], usual: tuple[Floats, Floats], choice: _Choice
) -> _Choice:
    """Return the most likely size under the other constants.

    `rows` are late ones, lists and weights of past shifts; `usual` their usual late ones and
    usual lists, each shift left out of its own.
    """
    late, listed, weight = rows
    demand = choice.demand
    mean = usual[0] * (demand + listed) / (demand + usual[1])
    scores = _log_likelihoods(late, mean) @ weight
    scores = scores - 0.5 * np.log(SIZES / 4) ** 2 - 0.5 * (np.log(demand / 4) / 1.5) ** 2
    # What crowding takes must show in the past.
    scores = scores - 2 * choice.power**2
    at = int(np.argmax(scores))
    return choice._replace(score=float(scores[at]), size=float(SIZES[at]))


@dataclass(frozen=True)
class _Level:
    """The groups of one level: their names, and each shift's place among them."""

    names: list[object]
    codes: Codes

    @classmethod
    def of(cls, column: Sequence[object]) -> _Level:
        places: dict[object, int] = {}
        codes = [places.setdefault(name, len(places)) for name in column]
        return cls(list(places), np.array(codes, dtype=np.int64))

    def sums(self, values: Floats) -> Floats:
        sums = np.bincount(self.codes, weights=values, minlength=len(self.names))
        return sums.astype(np.float64)


def _usual(
    counts: Floats, base: Floats, weight: Floats, levels: Sequence[_Level], pooling: Pooling
) -> tuple[Floats, Usual]:
    """Return each past shift's usual number, itself left out, and the usual ones of all kinds."""
    counted, sizes = weight * counts, weight * base
    rate = (counted.sum() + _PRIOR_LATE) / sizes.sum()
    left_out = (counted.sum() + _PRIOR_LATE - counted) / (sizes.sum() - sizes)
    expected = rate * sizes
    mean = expected.sum() / weight.sum()
    own = left_out * base
    ratios: list[dict[object, float]] = []
    for place, level in enumerate(levels):
        start = mean * (pooling.rest if place else pooling.team)
        came, usual = level.sums(counted), level.sums(expected)
        ratio = (came + start) / (usual + start)
        without = (came[level.codes] - counted + start) / (usual[level.codes] - expected + start)
        own = own * without
        ratios.append(dict(zip(level.names, ratio.tolist(), strict=True)))
        expected = expected * ratio[level.codes]
    return own, Usual(float(rate), tuple(ratios))


def _bases(needs: Floats, mean_need: float) -> Floats:
    """Return the size of each shift; all alike in a store without needs."""
    if np.isnan(mean_need):
        return np.ones(len(needs))
    filled = np.where(needs > 0, needs, mean_need)
    return np.asarray(filled**NEED_EXPONENT, dtype=np.float64)


def _log_likelihoods(counts: Floats, mean: Floats) -> Floats:
    """Return the log probability of each count by each of `SIZES`, shape (sizes, counts).

    The factor 1 / count! is left out: it is the same for all sizes and means.
    """
    numbers = counts.astype(np.int64)
    sizes = SIZES[:, None]
    # log Γ(count + size) - log Γ(size), by one running sum over counts.
    steps = np.log(sizes + np.arange(max(1, int(numbers.max(initial=0)))))
    rising = np.concatenate([np.zeros((len(SIZES), 1)), np.cumsum(steps, axis=1)], axis=1)
    total = np.log(sizes + mean)
    scores = rising[:, numbers] + sizes * (np.log(sizes) - total)
    return np.asarray(scores + counts * (np.log(mean) - total), dtype=np.float64)
