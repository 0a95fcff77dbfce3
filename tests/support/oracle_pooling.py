"""The second reading of partial pooling: brute force over the prior, on a fine grid.

Written from the model in docs/definitions.md, with nothing of `organizing_analytics.shrinkage`.
Counts may be fractions, since clustered rows are worth less than they number.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from oracle_intervals import design
from scipy import stats
from scipy.special import betaln

#: Points of the grid along the mean and along the pull.
POINTS = 400
ODD_GROUPS = 0.1


class Pooled(NamedTuple):
    means: np.ndarray
    pulls: np.ndarray
    pull_weights: np.ndarray
    typical_size: float

    def chance_of_strength_below(self, strength: float) -> float:
        pull = strength / (strength + self.typical_size)
        return float(np.interp(pull, self.pulls, np.cumsum(self.pull_weights)))


def pool(successes, n) -> Pooled:
    """Return the groups' posterior means, and the posterior of how strongly they are pulled."""
    successes, n = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    typical_size = float(np.median(n))
    points = (np.arange(POINTS) + 0.5) / POINTS
    mean, pull = np.meshgrid(points, points, indexing="ij")
    strength = typical_size * pull / (1 - pull)
    a, b = mean * strength, (1 - mean) * strength
    likelihood, means = np.ones_like(mean), []
    for s, size in zip(successes, n, strict=True):
        usual = (1 - ODD_GROUPS) * np.exp(betaln(s + a, size - s + b) - betaln(a, b))
        odd = ODD_GROUPS * np.exp(betaln(s + 1, size - s + 1))  # uniform: Beta(1, 1)
        likelihood *= usual + odd
        by_usual, by_odd = (s + a) / (size + strength), (s + 1) / (size + 2)
        means.append((usual * by_usual + odd * by_odd) / (usual + odd))
    weight = likelihood / likelihood.sum()
    return Pooled(
        np.array([np.sum(weight * group) for group in means]),
        points,
        weight.sum(axis=0),
        typical_size,
    )


def worth(outcomes: list[bool], **clusters: list[str]) -> tuple[float, float]:
    """Return successes and rows, each divided by what their clusters take from them at 95 %."""
    facts = [
        {"yes": yes, "clusters": {kind: names[row] for kind, names in clusters.items()}}
        for row, yes in enumerate(outcomes)
    ]
    rate = sum(outcomes) / len(outcomes)
    effect, degrees = design(facts, lambda fact: fact["yes"], rate)
    wide = stats.norm.ppf(0.975) / stats.t.ppf(0.975, degrees)
    factor = wide**2 / effect
    return factor * sum(outcomes), factor * len(outcomes)
