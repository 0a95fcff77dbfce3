"""What a draw shows: differences between arms, with all that keeps chance from passing for effect.

clustered      people who were drawn together (a household, a shift's list) are not independent: an
               arm's counts are worth what its drawn units say (Donner and Klar 2000)
adjusted       where each one's chance was known before the draw, each arm's rate is what it would
               be at everybody's mean chance: least squares in each arm, with its own slope and a
               variance that takes no model for granted (Lin 2013)
several looks  `sequence_quantile` widens an interval so far that it holds on all days together,
               however often one looks (Robbins 1970; Howard and others 2021)
several tests  Holm (1979): the smallest p is held to alpha / m, the next to alpha / (m - 1), ...

The interval and the p of a comparison are one thing: p is the level at which the interval
touches 0.

Sources
-------
A. Donner and N. Klar (2000), Design and analysis of cluster randomization trials in health
research, Arnold, London (adjusted counts).
W. Lin (2013), Agnostic notes on regression adjustments to experimental data: reexamining
Freedman's critique, Annals of Applied Statistics 7, 295-318.
H. Robbins (1970), Statistical methods related to the law of the iterated logarithm, Annals of
Mathematical Statistics 41, 1397-1409 (the normal mixture).
S. R. Howard, A. Ramdas, J. McAuliffe and J. Sekhon (2021), Time-uniform, nonparametric,
nonasymptotic confidence sequences, Annals of Statistics 49, 1055-1080.
S. Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of
Statistics 6, 65-70.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from organizing_analytics.clustering import (
    ClusterSums,
    Design,
    clustered_wilson,
    design_of,
    t_quantile,
)
from organizing_analytics.estimates import Difference, newcombe_of, share

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

#: After how many events (of independent people) a confidence sequence is narrowest for its age.
TUNED_EVENTS = 10.0
#: Before so many events in both arms nothing is said on the way: the sequence is of large numbers.
MIN_EVENTS = 10.0
_HALVINGS = 40
_MIN_P = 1e-9


@dataclass(frozen=True)
class Arm:
    """What was seen in one arm.

    Attributes
    ----------
    outcome : ndarray of float64, shape (rows,)
        1 where it happened, else 0; one row a person (of a draw of shifts: a sign-up).
    unit : ndarray of int64, shape (rows,)
        The number of what was drawn, for each row.
    chance : ndarray of float64, shape (rows,), or None
        Known before the draw, 0 to 1; None where it was not known of everybody.
    """

    outcome: Floats
    unit: NDArray[np.int64]
    chance: Floats | None = None

    @property
    def rate(self) -> float:
        """Return the share of rows for which it happened; NaN without rows."""
        return float(share(self.outcome.sum(), len(self.outcome)))

    @property
    def n_units(self) -> int:
        """Return how many drawn units have rows here."""
        return len(np.unique(self.unit))

    @property
    def design(self) -> Design:
        """Return how far the rows are from independent: by what was drawn, where it has many."""
        if self.n_units in {0, len(self.outcome)}:
            return Design(np.ones(1), np.full(1, np.inf))
        _, numbers = np.unique(self.unit, return_inverse=True)
        n = np.bincount(numbers).astype(float)
        y = np.bincount(numbers, weights=self.outcome)
        sums = ClusterSums([len(n)], [n.sum()], [y @ y], [y @ n], [n @ n])
        return design_of([self.rate], [sums])

    def interval(self, confidence: float) -> tuple[float, float]:
        """Return the interval of the arm's own rate."""
        low, high = clustered_wilson(
            [self.outcome.sum()], [len(self.outcome)], self.design, confidence
        )
        return float(low[0]), float(high[0])


def compare_arms(arm: Arm, first: Arm, *, confidence: float, is_peek: bool = False) -> Difference:
    """Return how much more often it happened in an arm than in the first.

    Parameters
    ----------
    arm, first : Arm
        Both with at least one row, else nothing is known (NaN).
    confidence : float
        Of the interval, between 0 and 1.
    is_peek : bool
        Give the confidence sequence, which holds however often one looks.

    Notes
    -----
    Newcombe's interval at the effective sizes; of adjusted rates the normal one.
    """
    if not len(arm.outcome) or not len(first.outcome):
        return Difference(float("nan"), float("nan"), float("nan"))
    designs = [each.design for each in (arm, first)]
    degrees = float(min(design.degrees[0] for design in designs))
    z = t_quantile(degrees, confidence)
    if is_peek:
        n_events = sum(
            each.outcome.sum() / float(design.effect[0])
            for each, design in zip((arm, first), designs, strict=True)
        )
        n_rows = len(arm.outcome) + len(first.outcome)
        z *= sequence_quantile(n_events, n_rows, confidence) / t_quantile(float("inf"), confidence)
    if arm.chance is not None and first.chance is not None:
        return _adjusted(arm, first, z)
    counts = [
        (each.outcome.sum() / float(design.effect[0]), len(each.outcome) / float(design.effect[0]))
        for each, design in zip((arm, first), designs, strict=True)
    ]
    return newcombe_of(counts[0], counts[1], z)


def sequence_quantile(n_events: float, n_rows: int, confidence: float) -> float:
    """Return what takes the place of 1.96 when one looks as often as one likes.

    Parameters
    ----------
    n_events : float
        How often it has happened so far in both arms, as of independent people.
    n_rows : int
        People in both arms.
    confidence : float
        That the sequence of intervals holds the truth at all times, between 0 and 1.

    Notes
    -----
    sqrt((1 + 1/q) log((1 + q) / alpha^2)), where q is the information so far over that at which
    the sequence is narrowest. It grows with events / (1 - rate): in a fixed crowd the difference of
    two shares, over its standard error, is a martingale in that time, as in the logrank test.
    """
    alpha = 1 - confidence
    if n_events < MIN_EVENTS:
        return float("inf")
    rate = min(n_events / n_rows, 0.99)
    q = n_events / (1 - rate) / TUNED_EVENTS
    return sqrt((1 + 1 / q) * log((1 + q) / alpha**2))


def _adjusted(arm: Arm, first: Arm, z: float) -> Difference:
    """Return the difference of the arms' rates at everybody's mean chance (Lin 2013)."""
    assert arm.chance is not None  # noqa: S101  # of the caller
    assert first.chance is not None  # noqa: S101
    mean = float(np.concatenate([arm.chance, first.chance]).mean())
    (rate, variance), (first_rate, first_variance) = (
        _at_mean_chance(each, mean) for each in (arm, first)
    )
    difference, spread = rate - first_rate, z * sqrt(variance + first_variance)
    return Difference(difference, max(-1.0, difference - spread), min(1.0, difference + spread))


def _at_mean_chance(arm: Arm, mean: float) -> tuple[float, float]:
    """Return an arm's fitted rate at the mean chance, and its variance, clustered by unit."""
    assert arm.chance is not None  # noqa: S101
    columns = np.column_stack([np.ones(len(arm.outcome)), arm.chance - mean])
    if np.ptp(arm.chance) == 0:
        columns = columns[:, :1]
    inverse = np.linalg.pinv(columns.T @ columns)
    beta = inverse @ columns.T @ arm.outcome
    error = (columns @ inverse[0]) * (arm.outcome - columns @ beta)
    _, numbers = np.unique(arm.unit, return_inverse=True)
    sums = np.bincount(numbers, weights=error)
    c = len(sums)
    spare = max(c - columns.shape[1], 1)
    return float(beta[0]), float(sums @ sums) * c / spare


def p_value(interval_at: Callable[[float], Difference]) -> float:
    """Return the p of a comparison: 1 - the confidence at which its interval touches 0.

    Parameters
    ----------
    interval_at : callable
        From a confidence to the interval.
    """
    if np.isnan(interval_at(0.5).difference):
        return float("nan")
    low, high = log(_MIN_P), 0.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        interval = interval_at(1 - exp(middle))
        holds_none = interval.low <= 0 <= interval.high
        low, high = (middle, high) if holds_none else (low, middle)
    return exp((low + high) / 2)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p values adjusted for how many there are; NaN stays NaN and counts for nothing.

    Examples
    --------
    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=float)
    adjusted = np.full_like(p, np.nan)
    order = [i for i in np.argsort(p) if not np.isnan(p[i])]
    highest = 0.0
    for place, i in enumerate(order):
        highest = max(highest, min(1.0, float(p[i]) * (len(order) - place)))
        adjusted[i] = highest
    return [float(value) for value in adjusted]
