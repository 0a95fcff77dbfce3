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

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from organizing_analytics.lead_times import LABELS, LAST_DAYS
from organizing_analytics.planning.history import UNKNOWN_LEAD
from organizing_analytics.planning.rule import PRIOR_CAME, PRIOR_MISSED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RUNGS = ("rule", "overall", "groups", "record", "logistic")
N_LEADS = len(LABELS)
#: How many people a coarser cell is worth when a finer one is judged, and a person's own record.
CELL_STRENGTH, RECORD_STRENGTH, PLACE_STRENGTH = 20.0, 12.0, 50.0
#: A regression on fewer outcomes than this learns noise.
FEWEST_OUTCOMES = 500
RIDGE = 1.0
#: No chance is 0 or 1, whoever always came.
SURE_ENOUGH = 1e-3

_CELLS = (
    ("lead_bucket", "confirmed"),
    ("lead_bucket", "confirmed", "event_type"),
    ("lead_bucket", "confirmed", "event_type", "is_new"),
)


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
        Of the regression; None with fewer than `FEWEST_OUTCOMES`.
    """

    outcomes: int
    came: float
    missed: float
    cells: tuple[dict[tuple[object, ...], float], ...]
    places: tuple[dict[str, float], dict[str, float]]
    weights: Floats | None

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
        if rung == "rule":
            return np.full(len(rows), 0.5)
        if rung == "overall":
            return np.full(len(rows), self.overall)
        cell = self._cell(rows)
        if rung == "groups":
            return _bounded(expit(logit(cell) + self._place(rows).sum(axis=1)))
        if rung == "record" or self.weights is None:
            base = expit(logit(cell) + self._place(rows).sum(axis=1))
            came = rows["came_before"].to_numpy() + RECORD_STRENGTH * base
            return _bounded(came / (rows["listed_before"].to_numpy() + RECORD_STRENGTH))
        return _bounded(expit(self._design(rows, cell) @ self.weights))

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
        keyed = _keyed(rows)
        for columns, level in zip(_CELLS, self.cells, strict=True):
            # A few hundred cells, however many rows: each is looked up once.
            place = keyed.groupby(list(columns), sort=False, dropna=False).ngroup().to_numpy()
            firsts = np.unique(place, return_index=True)[1]
            keys = keyed.iloc[firsts][list(columns)].itertuples(index=False, name=None)
            found = np.array([level.get(key, np.nan) for key in keys], dtype=np.float64)[place]
            chance = np.where(np.isnan(found), chance, found)
        return chance

    def _place(self, rows: pd.DataFrame) -> Floats:
        teams, events = self.places
        return np.column_stack([_moved(teams, rows["team"]), _moved(events, rows["event_id"])])

    def _design(self, rows: pd.DataFrame, cell: Floats) -> Floats:
        """Return the regression's matrix: what the cells say, and how a row differs from them."""
        lead, bucket = rows["lead"].to_numpy(), lead_bucket(rows["lead"].to_numpy())
        confirmed = rows["confirmed"].to_numpy(dtype=np.float64)
        came, listed = rows["came_before"].to_numpy(), rows["listed_before"].to_numpy()
        own = (came + RECORD_STRENGTH * cell) / (listed + RECORD_STRENGTH)
        days = np.log1p(np.maximum(lead, 0))
        weekday = rows["starts_on"].dt.day_of_week.to_numpy()
        columns = [
            np.ones(len(rows)), logit(cell) - logit(self.overall), days, days * confirmed,
            confirmed,
            logit(own) - logit(cell), listed == 0, np.log1p(listed),
            *self._place(rows).T,
            *(bucket == k for k in range(1, N_LEADS)),
            *((bucket == k) & (confirmed > 0) for k in range(1, N_LEADS)),
            *(weekday == k for k in range(1, 7)),
        ]  # fmt: skip
        return np.column_stack(columns).astype(np.float64)


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
    total, n = PRIOR_CAME + float(weight @ came), PRIOR_CAME + PRIOR_MISSED + float(weight.sum())
    overall = total / n
    cells, chance = _fit_cells(past, weight, overall)
    places, _ = _fit_places(past, weight, chance)
    fitted = Fitted(len(past), total, n - total, cells, places, None)
    if len(past) < FEWEST_OUTCOMES or came.min() == came.max():
        return fitted
    design = fitted._design(past, fitted._cell(past))  # noqa: SLF001
    return Fitted(len(past), total, n - total, cells, places, _regress(design, came, weight))


def _weights(past: pd.DataFrame, half_life: float | None) -> Floats:
    if half_life is None or past.empty:
        return np.ones(len(past))
    age = (past["starts_on"].max() - past["starts_on"]).dt.days.to_numpy()
    return np.asarray(0.5 ** (age / half_life), dtype=np.float64)


def _fit_cells(
    past: pd.DataFrame, weight: Floats, overall: float
) -> tuple[tuple[dict[tuple[object, ...], float], ...], Floats]:
    """Return each level's cells, and each row's chance by the finest."""
    keyed = _keyed(past).assign(w=weight, c=weight * past["came"].to_numpy())
    keyed = keyed.assign(chance=overall, raw=keyed["c"].sum() / max(keyed["w"].sum(), 1.0))
    levels = []
    for columns in _CELLS:
        grouped = keyed.groupby(list(columns), sort=False)
        sums = grouped[["w", "c"]].transform("sum")
        raw = sums["c"] / sums["w"]
        # What a cell adds is how it differs from the coarser one, pulled towards nothing: a cell
        # that is its parent adds nothing, so nobody is counted twice.
        moved = keyed["chance"] + sums["w"] / (sums["w"] + CELL_STRENGTH) * (raw - keyed["raw"])
        keyed["chance"] = moved.clip(SURE_ENOUGH, 1 - SURE_ENOUGH)
        keyed["raw"] = raw
        firsts = grouped["chance"].first()
        levels.append({_tuple(key): float(chance) for key, chance in firsts.items()})
    return tuple(levels), keyed["chance"].to_numpy(dtype=np.float64)


def _fit_places(
    past: pd.DataFrame, weight: Floats, chance: Floats
) -> tuple[tuple[dict[str, float], dict[str, float]], Floats]:
    """Return how teams, then events, differ from what is expected of their people."""
    # The prior pulls all chances the same way: what a place adds is how it differs from the rest.
    level = float(weight @ past["came"].to_numpy()) / max(float(weight @ chance), 1e-9)
    found: list[dict[str, float]] = []
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
        found.append(dict(zip(map(str, sums.index), effect.tolist(), strict=True)))
        chance = expit(logit(chance) + _moved(found[-1], past[column]))
    return (found[0], found[1]), chance


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


def _keyed(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "lead_bucket": lead_bucket(rows["lead"].to_numpy()),
            "confirmed": rows["confirmed"].to_numpy(),
            "event_type": rows["event_type"].to_numpy(),
            "is_new": rows["came_before"].to_numpy() == 0,
        }
    )


def _tuple(key: object) -> tuple[object, ...]:
    return key if isinstance(key, tuple) else (key,)


def _bounded(chance: Floats) -> Floats:
    return np.clip(chance, SURE_ENOUGH, 1 - SURE_ENOUGH)
