"""Who will come: the rungs of the ladder, from the 50 % rule to a regression.

    rule       half of everybody
    overall    everybody's own past rate, the rule as prior
    groups     by lead time, confirmed or not, kind of event and first-timer or not; each cell is
               pulled towards the coarser one that it is part of
    record     the cell as prior, and the person's own record
    logistic   a logistic regression on the same few things

Every rung is fitted on the same rows (see history.py), recent ones weighing more, and gives each
person on a list a chance. Which rung is used is decided by the past (see backtest.py).

Sources
-------
Partial pooling: Gelman, Hill, Data Analysis Using Regression and Multilevel/Hierarchical Models,
2007, ch. 12. Iteratively reweighted least squares with a ridge: Hastie, Tibshirani, Friedman, The
Elements of Statistical Learning, 2nd ed., 2009, sec. 4.4.1 and 3.4.1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from organizing_analytics.lead_times import LABELS, LAST_DAYS
from organizing_analytics.planning.history import UNKNOWN_LEAD
from organizing_analytics.planning.rule import PRIOR_CAME, PRIOR_MISSED
from organizing_analytics.planning.special import expit, logit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RUNGS = ("rule", "overall", "groups", "record", "logistic")
N_LEADS = len(LABELS)
#: How many people a coarser cell is worth when a finer one is judged: learned from the past. With
#: the largest, cells differ by nothing and everybody has the overall chance.
CELL_STRENGTHS = (5.0, 20.0, 80.0, 320.0, 1e5)
#: How many outcomes the cell is worth when a person's own record is judged: learned, too. The
#: middle one fits a public log of clinic appointments, the smallest one of course work.
RECORD_STRENGTHS = (1.0, 3.0, 6.0, 12.0, 24.0, 48.0, 200.0)
DEFAULT_CELL_STRENGTH, DEFAULT_RECORD_STRENGTH = 20.0, 12.0
#: How far a strength must be from the usual one to lose half a unit of log likelihood: e ** 1.5.
STRENGTH_WIDTH = 1.5
PLACE_STRENGTH = 50.0
#: A regression on fewer outcomes than this learns noise.
MIN_OUTCOMES = 500
RIDGE = 1.0
#: No chance is 0 or 1, whoever always came.
SURE_ENOUGH = 1e-3

#: A cell is keyed by the first 2, 3 or 4 of: bucket of the lead time, confirmed or not, kind of
#: event, first-timer or not.
_LEVELS = (2, 3, 4)


def lead_bucket(lead: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the bucket of each lead time in days.

    Examples
    --------
    >>> lead_bucket(np.array([0, 1, 2, 7, 8, 31, -1])).tolist()
    [0, 1, 2, 3, 4, 6, 7]
    """
    bucket = np.searchsorted(LAST_DAYS, lead, side="left")
    return np.where(lead == UNKNOWN_LEAD, N_LEADS - 1, bucket)


@dataclass(frozen=True)
class Fitted:
    """All rungs, fitted on one past.

    Attributes
    ----------
    outcomes : int
        How many sign-ups they were fitted on.
    came, missed : float
        The overall counts with the rule as prior, recent ones weighing more.
    cells : tuple of dict
        Per level, from coarse to fine: the cell's key → its chance.
    places : tuple of dict
        Team and event → how the log odds there differ from what the cells say.
    weights : array or None
        Of the regression; None with fewer than `MIN_OUTCOMES`.
    record_strength : float
        How many outcomes the cell is worth beside a person's own.
    """

    outcomes: int
    came: float
    missed: float
    cells: tuple[dict[tuple[object, ...], float], ...]
    places: tuple[dict[str, float], dict[str, float]]
    weights: Floats | None
    record_strength: float = DEFAULT_RECORD_STRENGTH

    @property
    def overall(self) -> float:
        """Return everybody's chance."""
        return self.came / (self.came + self.missed)

    @property
    def uncertainty(self) -> float:
        """Return the variance of the log odds of the overall chance: it is not known better."""
        return 1 / self.came + 1 / self.missed

    def predict(self, rows: pd.DataFrame, rung: str) -> Floats:
        """Return each row's chance by a rung.

        Parameters
        ----------
        rows : DataFrame
            From history.py, with records.
        rung : str
            One of `RUNGS`; `logistic` without weights is `record`.
        """
        return self.predict_rungs(rows, (rung,))[rung]

    def predict_rungs(self, rows: pd.DataFrame, rungs: Sequence[str] = RUNGS) -> dict[str, Floats]:
        """Return each row's chance by each of some rungs; what they share is computed once.

        Parameters
        ----------
        rows : DataFrame
            As in `predict`.
        rungs : sequence of str
            Some of `RUNGS`.
        """
        shared = _Shared(self, rows)
        return {rung: self._predict(shared, rung) for rung in rungs}

    def _predict(self, shared: _Shared, rung: str) -> Floats:
        rows = shared.rows
        if rung == "rule":
            return np.full(len(rows), 0.5)
        if rung == "overall":
            return np.full(len(rows), self.overall)
        if rung == "groups":
            return _bounded(shared.by_place)
        if rung == "record" or self.weights is None:
            return _with_record(rows, shared.by_place, self.record_strength)
        return _bounded(expit(self._design(rows, shared.cell, shared.moves) @ self.weights))

    def newcomer(
        self, lead: int, *, event_type: str, team: str, is_new: bool | None = None
    ) -> float:
        """Return the chance of somebody who signs up `lead` days before, and says no more.

        `is_new`: whether they never came before; None where nobody knows who it will be.
        """
        bucket = int(lead_bucket(np.array([lead]))[0])
        chance = self.overall
        keys: list[tuple[object, ...]] = [(bucket, False), (bucket, False, event_type)]
        keys += [] if is_new is None else [(bucket, False, event_type, is_new)]
        for level, key in zip(self.cells, keys, strict=False):
            chance = level.get(key, chance)
        moved = logit(chance) + self.places[0].get(team, 0.0)
        return float(_bounded(expit(np.array(moved))))

    def _cell(self, rows: pd.DataFrame) -> Floats:
        chance = np.full(len(rows), self.overall)
        for cells, level in zip(_cells(rows), self.cells, strict=True):
            # A few hundred cells, however many rows: each is looked up once.
            chances = np.array([level.get(key, np.nan) for key in cells.keys], dtype=np.float64)
            of_rows = chances[cells.codes]
            chance = np.where(np.isnan(of_rows), chance, of_rows)
        return chance

    def _place(self, rows: pd.DataFrame) -> Floats:
        teams, events = self.places
        return np.column_stack([_moved(teams, rows["team"]), _moved(events, rows["event_id"])])

    def _design(self, rows: pd.DataFrame, cell: Floats, moves: Floats) -> Floats:
        """Return the regression's matrix: what the cells say, and how a row differs from them."""
        lead, bucket = rows["lead"].to_numpy(), lead_bucket(rows["lead"].to_numpy())
        confirmed = rows["confirmed"].to_numpy(dtype=np.float64)
        came, listed = rows["came_before"].to_numpy(), rows["listed_before"].to_numpy()
        own = (came + self.record_strength * cell) / (listed + self.record_strength)
        since = rows["visit_days"].to_numpy()
        days = np.log1p(np.maximum(lead, 0))
        weekday = rows["starts_on"].dt.day_of_week.to_numpy()
        columns = [
            np.ones(len(rows)), logit(cell) - logit(self.overall), days, days * confirmed,
            confirmed,
            logit(own) - logit(cell), listed == 0, np.log1p(listed),
            rows["last_came"].to_numpy() - 0.5, np.log1p(np.maximum(since, 0)), since < 0,
            *moves.T,
            *(bucket == k for k in range(1, N_LEADS)),
            *((bucket == k) & (confirmed > 0) for k in range(1, N_LEADS)),
            *(weekday == k for k in range(1, 7)),
        ]  # fmt: skip
        return np.column_stack(columns).astype(np.float64)


@dataclass(frozen=True)
class _Shared:
    """What several rungs need of the same rows, computed once.

    Attributes
    ----------
    fitted : Fitted
    rows : DataFrame
    """

    fitted: Fitted
    rows: pd.DataFrame

    @cached_property
    def cell(self) -> Floats:
        """Return each row's chance by its cell."""
        return self.fitted._cell(self.rows)  # noqa: SLF001

    @cached_property
    def moves(self) -> Floats:
        """Return by how much team and event move each row's log odds, shape (rows, 2)."""
        return self.fitted._place(self.rows)  # noqa: SLF001

    @cached_property
    def by_place(self) -> Floats:
        """Return each row's chance by its cell, team and event."""
        chance: Floats = expit(logit(self.cell) + self.moves.sum(axis=1))
        return chance


def fit(past: pd.DataFrame, *, half_life: float | None = None) -> Fitted:
    """Fit all rungs.

    Parameters
    ----------
    past : DataFrame
        From `read_history`, with records.
    half_life : float, optional
        After how many days an outcome weighs half; None lets all weigh the same.
    """
    weight = _weights(past, half_life)
    came = past["came"].to_numpy()
    groups, chance = _fit_groups(past, weight)
    fitted = replace(groups, record_strength=_fit_record(past, weight, chance))
    if len(past) < MIN_OUTCOMES or came.min() == came.max():
        return fitted
    shared = _Shared(fitted, past)
    design = fitted._design(past, shared.cell, shared.moves)  # noqa: SLF001
    return replace(fitted, weights=_regress(design, came, weight))


def fit_groups(past: pd.DataFrame, *, half_life: float | None = None) -> Fitted:
    """Fit the rungs up to `groups`, which is the cheap part of `fit`.

    Parameters
    ----------
    past : DataFrame
        From `read_history`, with records.
    half_life : float, optional
        As in `fit`.
    """
    return _fit_groups(past, _weights(past, half_life))[0]


def _fit_groups(past: pd.DataFrame, weight: Floats) -> tuple[Fitted, Floats]:
    """Return the rungs up to `groups`, and each row's chance by them."""
    came = past["came"].to_numpy()
    total, n = PRIOR_CAME + float(weight @ came), PRIOR_CAME + PRIOR_MISSED + float(weight.sum())
    cells, chance = _fit_cells(past, weight, total / n)
    places, by_place = _fit_places(past, weight, chance)
    return Fitted(len(past), total, n - total, cells, places, None), by_place


def _weights(past: pd.DataFrame, half_life: float | None) -> Floats:
    if half_life is None or past.empty:
        return np.ones(len(past))
    age = (past["starts_on"].max() - past["starts_on"]).dt.days.to_numpy()
    return np.asarray(0.5 ** (age / half_life), dtype=np.float64)


def _fit_cells(
    past: pd.DataFrame, weight: Floats, overall: float
) -> tuple[tuple[dict[tuple[object, ...], float], ...], Floats]:
    """Return each level's cells, and each row's chance by the finest."""
    cells = _cells(past)
    codes = [level.codes for level in cells]
    came = past["came"].to_numpy()
    strength = _cell_strength(codes, came, weight, overall)
    chances = _cell_chances(codes, came, weight, overall, strength, left_out=False)
    levels = [
        dict(zip(level.keys, chance[level.firsts].tolist(), strict=True))
        for level, chance in zip(cells, chances, strict=True)
    ]
    return tuple(levels), chances[-1]


def _cell_strength(
    codes: list[NDArray[np.int64]], came: Floats, weight: Floats, overall: float
) -> float:
    """Return the strength under which the past is most likely, each row left out of its cells."""
    if not len(came):
        return DEFAULT_CELL_STRENGTH
    scores = {}
    for strength in CELL_STRENGTHS:
        chance = _cell_chances(codes, came, weight, overall, strength, left_out=True)[-1]
        scores[strength] = _fit_of(chance, came, weight) + _prior(strength, DEFAULT_CELL_STRENGTH)
    return max(CELL_STRENGTHS, key=scores.__getitem__)


def _cell_chances(
    codes: list[NDArray[np.int64]],
    came: Floats,
    weight: Floats,
    overall: float,
    strength: float,
    *,
    left_out: bool,
) -> list[Floats]:
    """Return each row's chance by each level, from coarse to fine.

    What a cell adds is how it differs from the coarser one, pulled towards nothing: a cell that is
    its parent adds nothing, so nobody is counted twice.
    """
    counted = weight * came
    own_count, own_weight = (counted, weight) if left_out else (0.0, 0.0)
    everyone = np.maximum(weight.sum() - own_weight, 1e-9)
    raw = np.broadcast_to((counted.sum() - own_count) / everyone, came.shape)
    chance = np.full(len(came), overall)
    chances: list[Floats] = []
    for places in codes:
        sums = np.bincount(places, weights=weight)[places] - own_weight
        total = np.bincount(places, weights=counted)[places] - own_count
        # A cell of nobody else says nothing of its own.
        own = np.where(sums > 1e-9, total / np.maximum(sums, 1e-9), raw)  # noqa: PLR2004
        chance = chance + sums / (sums + strength) * (own - raw)
        chance = np.clip(chance, SURE_ENOUGH, 1 - SURE_ENOUGH)
        raw = own
        chances.append(chance)
    return chances


def _fit_record(past: pd.DataFrame, weight: Floats, chance: Floats) -> float:
    """Return the strength of the cell beside a person's own record that fits the past best."""
    has_record = past["listed_before"].to_numpy() > 0
    if not has_record.any():
        return DEFAULT_RECORD_STRENGTH
    rows, came = past[has_record], past["came"].to_numpy()[has_record]
    scores = {
        strength: _fit_of(
            _with_record(rows, chance[has_record], strength), came, weight[has_record]
        )
        + _prior(strength, DEFAULT_RECORD_STRENGTH)
        for strength in RECORD_STRENGTHS
    }
    return max(RECORD_STRENGTHS, key=scores.__getitem__)


def _with_record(rows: pd.DataFrame, chance: Floats, strength: float) -> Floats:
    came = rows["came_before"].to_numpy() + strength * chance
    return _bounded(came / (rows["listed_before"].to_numpy() + strength))


def _fit_of(chance: Floats, came: Floats, weight: Floats) -> float:
    """Return the weighted log likelihood."""
    return float(weight @ np.log(np.where(came > 0, chance, 1 - chance)))


def _prior(strength: float, usual: float) -> float:
    return float(-0.5 * (np.log(strength / usual) / STRENGTH_WIDTH) ** 2)


def _fit_places(
    past: pd.DataFrame, weight: Floats, chance: Floats
) -> tuple[tuple[dict[str, float], dict[str, float]], Floats]:
    """Return how teams, then events, differ from what is expected of their people."""
    # The prior pulls all chances the same way: what a place adds is how it differs from the rest.
    level = float(weight @ past["came"].to_numpy()) / max(float(weight @ chance), 1e-9)
    effects: list[dict[str, float]] = []
    for column in ("team", "event_id"):
        frame = pd.DataFrame(
            {
                "place": past[column].to_numpy(),
                "c": weight * past["came"].to_numpy(),
                "e": weight * np.clip(chance * level, SURE_ENOUGH, 1 - SURE_ENOUGH),
                "w": weight,
            }
        )
        sums = frame.groupby("place", sort=False).sum()
        expected = sums["e"] / sums["w"]
        own = (sums["c"] + PLACE_STRENGTH * expected) / (sums["w"] + PLACE_STRENGTH)
        effect = logit(own.to_numpy()) - logit(expected.to_numpy())
        effects.append(dict(zip(map(str, sums.index), effect.tolist(), strict=True)))
        chance = expit(logit(chance) + _moved(effects[-1], past[column]))
    return (effects[0], effects[1]), chance


def _moved(places: dict[str, float], column: pd.Series) -> Floats:
    """Return by how much the place of each row moves its log odds."""
    codes, names = pd.factorize(column.astype(object), use_na_sentinel=False)
    moves = np.array([places.get(str(name), 0.0) for name in names], dtype=np.float64)
    return np.asarray(moves[codes])


def _regress(design: Floats, came: Floats, weight: Floats) -> Floats:
    """Return the weights of a logistic regression with a ridge, by reweighted least squares."""
    beta = np.zeros(design.shape[1])
    ridge = np.full(design.shape[1], RIDGE)
    ridge[0] = 0.0  # the level itself is not pulled to one half
    for _ in range(50):
        chance = expit(design @ beta)
        slope = design.T @ (weight * (came - chance)) - ridge * beta
        bend = (design * (weight * chance * (1 - chance))[:, None]).T @ design
        step = np.linalg.solve(bend + np.diag(ridge + 1e-9), slope)
        beta = beta + np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-8:  # noqa: PLR2004
            break
    return beta


class _Cells(NamedTuple):
    """The cells of one level: their keys, each cell's first row, and each row's cell."""

    keys: list[tuple[object, ...]]
    firsts: NDArray[np.int64]
    codes: NDArray[np.int64]


def _cells(rows: pd.DataFrame) -> list[_Cells]:
    """Return the cells of the rows at each level, from coarse to fine."""
    lead, confirmed = lead_bucket(rows["lead"].to_numpy()), rows["confirmed"].to_numpy()
    kinds, names = pd.factorize(rows["event_type"].astype(object), use_na_sentinel=False)
    is_new = rows["came_before"].to_numpy() == 0
    coarse = lead * 2 + confirmed
    middle = coarse * max(1, len(names)) + kinds
    columns = (lead, confirmed, np.asarray(names, dtype=object)[kinds], is_new)
    levels = []
    for n_columns, numbers in zip(_LEVELS, (coarse, middle, middle * 2 + is_new), strict=True):
        firsts, codes = np.unique(numbers, return_index=True, return_inverse=True)[1:]
        keys = zip(*(column[firsts].tolist() for column in columns[:n_columns]), strict=True)
        levels.append(_Cells(list(keys), firsts, codes))
    return levels


def _bounded(chance: Floats) -> Floats:
    return np.clip(chance, SURE_ENOUGH, 1 - SURE_ENOUGH)
