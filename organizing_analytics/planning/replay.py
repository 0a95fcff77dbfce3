"""The past replayed: each shift forecast from what was known before it, and from nothing else.

The shifts are taken in blocks of days. For each block all rungs are fitted on the outcomes that
were known before it began; so are the spread from day to day, the half-life and the rung that is
used. What a block teaches is known from the next one on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from organizing_analytics.planning.forecast import DAY_WEIGHTS, DAYS, sums_of_coins
from organizing_analytics.planning.models import RUNGS, Fitted, fit, fit_groups
from organizing_analytics.planning.scoring import day_correlation
from organizing_analytics.planning.special import expit, logit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

#: Where little was learned: the spread of a public log of clinic appointments, rounded up.
DEFAULT_SPREAD = 0.35
#: The scale of spreads before any shift was seen. With it goes a penalty that keeps the estimate
#: off 0, where few shifts would often put it: Chung, Rabe-Hesketh, Dorie, Gelman, Liu (2013),
#: A nondegenerate penalized likelihood estimator for variance parameters, Psychometrika 78.
SPREAD_PRIOR = 0.5
SPREADS = tuple(round(0.05 * k, 2) for k in range(1, 25))
#: Shifts by which the spread is judged, the most recent ones.
MIN_SHIFTS, MAX_SHIFTS = 20, 200
#: Outcomes before which no rung can have won over the groups.
MIN_SCORED = 200
#: In how many blocks the past is replayed, and from which share of its outcomes on.
BLOCKS, WARM_UP = 30, 0.15
HALF_LIVES: tuple[float | None, ...] = (None, 180.0, 60.0)
#: A rung must beat the simpler ones by so much of their Brier score, else the simpler one stays.
MARGIN = 0.001

#: Chances are learned from lists of so many days before; see `horizon_of`.
HORIZONS = (1, 3, 7)


def horizon_of(days_ahead: int) -> int:
    """Return the horizon whose lists teach the chances of people so many days ahead.

    Who joins late is learned for exactly each number of days (pickup.py): one fit each is cheap,
    and a fit of other days is biased. The chances of the people on a list change little.

    Examples
    --------
    >>> horizon_of(1), horizon_of(5), horizon_of(30)
    (1, 3, 7)
    """
    return max([h for h in HORIZONS if h <= days_ahead], default=HORIZONS[0])


@dataclass
class Learned:
    """What the planner knows when it forecasts.

    Attributes
    ----------
    fitted : Fitted
        All rungs.
    rung : str
        The one that is used.
    spread : float
        Standard deviation of the log odds from shift to shift.
    day : float
        Correlation of the totals of two lists of one date: good days and bad days.
    half_life : float or None
        After how many days an outcome weighs half.
    scores : dict
        Rung → Brier score on the past, where it was scored.
    """

    fitted: Fitted
    rung: str = "groups"
    spread: float = DEFAULT_SPREAD
    day: float = 0.0
    half_life: float | None = None
    scores: dict[str, float] = field(default_factory=dict)

    @property
    def total_spread(self) -> float:
        """Return the spread with what is not known about the rate itself."""
        return float(np.sqrt(self.spread**2 + self.fitted.uncertainty))

    def chances(self, rows: pd.DataFrame) -> Floats:
        """Return each row's chance by the rung that is used."""
        return self.fitted.predict(rows, self.rung)


@dataclass
class Block:
    """One block of days: its rows, what was known before, and what each rung said.

    Attributes
    ----------
    rows : DataFrame
        Sign-ups of the block's shifts.
    learned : Learned
        By the outcomes up to `as_of`.
    chances : dict
        Rung → each row's chance.
    as_of : datetime64
        The date at whose end the block's first shift is forecast.
    """

    rows: pd.DataFrame
    learned: Learned
    chances: dict[str, Floats]
    as_of: np.datetime64
    _likelihoods: dict[tuple[str, float], list[float]] = field(default_factory=dict)
    _totals: dict[str, list[tuple[Floats, int]]] = field(default_factory=dict)

    def totals(self, rung: str) -> list[tuple[Floats, int]]:
        """Return each shift's chances by a rung, and how many came; worked out once."""
        if rung not in self._totals:
            self._totals[rung] = totals(self.rows, self.chances[rung])
        return self._totals[rung]

    def likelihoods(self, rung: str, spread: float) -> list[float]:
        """Return the log likelihood of each shift's total; worked out once."""
        if (rung, spread) not in self._likelihoods:
            self._likelihoods[rung, spread] = [
                float(np.log(max(_chance_of(chances, came, spread), 1e-300)))
                for chances, came in self.totals(rung)
            ]
        return self._likelihoods[rung, spread]


def replay(
    history: pd.DataFrame, *, ahead: int = 0, blocks: int = BLOCKS, warm_up: float = WARM_UP
) -> Iterator[Block]:
    """Yield the past block by block, in time order.

    Parameters
    ----------
    history : DataFrame
        From `read_history`, with records.
    ahead : int
        How many days before a shift the forecast is made.
    blocks : int
        In how many pieces; the rungs are fitted once for each.
    warm_up : float
        The share of the outcomes that only teach.
    """
    days = history["starts_on"].to_numpy()
    unique, first = np.unique(days, return_index=True)
    warm = unique[first >= warm_up * len(history)]
    replayed: list[Block] = []
    for block in np.array_split(warm, min(blocks, len(warm))) if len(warm) else ():
        # Shifts on the block's first day may not be over when its forecast is made.
        as_of = block[0] - np.timedelta64(max(ahead, 1), "D")
        past = history[days <= as_of]
        rows = history[(days >= block[0]) & (days <= block[-1])]
        # Train only on earlier blocks whose shifts were over by the forecast's date.
        over = [b for b in replayed if b.rows["starts_on"].max() <= as_of]
        learned = learn(past, over)
        chances = learned.fitted.predict_rungs(rows)
        replayed.append(Block(rows, learned, chances, as_of))
        yield replayed[-1]


def learn(past: pd.DataFrame, replayed: list[Block]) -> Learned:
    """Return what the planner knows: rungs fitted on the outcomes, judged on the replayed past.

    A block forecast on next to no outcomes judges nothing: there all rungs said one half, so the
    rule looked as good as any, and one half's errors passed for the spread from day to day.
    """
    replayed = [block for block in replayed if block.learned.fitted.outcomes >= MIN_SCORED]
    half_life = _half_life(replayed)
    learned = Learned(fit(past, half_life=half_life), half_life=half_life)
    scored = sum(len(block.rows) for block in replayed)
    if scored >= MIN_SCORED:
        learned.scores = {rung: _brier(replayed, rung) for rung in RUNGS}
        learned.rung = best_rung(learned.scores)
    learned.spread = fit_spread(replayed, learned.rung)
    learned.day = fit_day(replayed, learned.rung, learned.spread)
    return learned


def best_rung(scores: dict[str, float]) -> str:
    """Return the simplest rung that no other beats by more than `MARGIN`.

    Examples
    --------
    >>> best_rung({"rule": 0.25, "overall": 0.24, "groups": 0.2001, "record": 0.2})
    'groups'
    """
    best = min(scores.values())
    return next(rung for rung in RUNGS if rung in scores and scores[rung] <= best * (1 + MARGIN))


def _brier(blocks: list[Block], rung: str) -> float:
    off = [block.chances[rung] - block.rows["came"].to_numpy() for block in blocks]
    return float(np.mean(np.concatenate(off) ** 2))


def _half_life(replayed: list[Block]) -> float | None:
    """Return the half-life that has done best, judged on the last three replayed blocks.

    Each is fitted on the blocks before those: a few fits, not one for each block.
    """
    if len(replayed) < 4 or sum(len(b.rows) for b in replayed) < 2 * MIN_SCORED:  # noqa: PLR2004
        return None
    last = pd.concat([block.rows for block in replayed[-3:]])
    past = pd.concat([block.rows for block in replayed[:-3]])
    came = last["came"].to_numpy()
    scores = {}
    for half_life in HALF_LIVES:
        chance = fit_groups(past, half_life=half_life).predict(last, "groups")
        scores[half_life] = float(np.mean((chance - came) ** 2))
    best = min(scores.values())
    return next(h for h in HALF_LIVES if scores[h] <= best * (1 + MARGIN))


def fit_spread(blocks: list[Block], rung: str) -> float:
    """Return the spread that makes the past totals of shifts most likely.

    Judged on chances that were given before the shifts; with few shifts, the usual spread.
    """
    judged = _latest(blocks)
    if sum(block.rows["shift_id"].nunique() for block in judged) < MIN_SHIFTS:
        return DEFAULT_SPREAD
    best, at = -np.inf, 0
    # The likelihood has one top: climb until it falls.
    for place, spread in enumerate(SPREADS):
        fit_of = sum(sum(block.likelihoods(rung, spread)) for block in judged)
        fit_of += np.log(spread) - spread**2 / (2 * SPREAD_PRIOR**2)
        if fit_of > best:
            best, at = fit_of, place
        elif place > at + 1:
            break
    return SPREADS[at]


def fit_day(blocks: list[Block], rung: str, spread: float) -> float:
    """Return the correlation of the totals of two lists of one date, on the replayed past."""
    residuals, days = [], []
    for block in _latest(blocks):
        dates = block.rows.groupby("shift_id", sort=False)["starts_on"].first().tolist()
        for day, (chances, came) in zip(dates, block.totals(rung), strict=True):
            moved = expit(logit(chances)[None, :] + spread * DAYS[:, None])
            means = moved.sum(axis=1)
            expected = float(DAY_WEIGHTS @ means)
            within = float(DAY_WEIGHTS @ (moved * (1 - moved)).sum(axis=1))
            variance = within + float(DAY_WEIGHTS @ (means - expected) ** 2)
            residuals.append((came - expected) / np.sqrt(variance))
            days.append(day)
    return day_correlation(np.array(residuals), days)


def _latest(blocks: list[Block]) -> list[Block]:
    """Return the latest blocks that hold `MAX_SHIFTS` shifts, or all of them."""
    latest: list[Block] = []
    shifts = 0
    for block in reversed(blocks):
        if shifts >= MAX_SHIFTS:
            break
        latest.append(block)
        shifts += block.rows["shift_id"].nunique()
    return latest


def _chance_of(chances: Floats, came: int, spread: float) -> float:
    days = sums_of_coins(expit(logit(chances)[None, :] + (spread * DAYS)[:, None]))
    return float(DAY_WEIGHTS @ days[:, came])


def totals(rows: pd.DataFrame, chances: Floats) -> list[tuple[Floats, int]]:
    """Return for each shift the chances of its people, and how many came."""
    codes, shifts = pd.factorize(rows["shift_id"])
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(shifts)))[:-1]
    came = rows["came"].to_numpy()
    places_of_shifts = np.split(order, ends) if len(rows) else []
    return [(chances[places], int(came[places].sum())) for places in places_of_shifts]
