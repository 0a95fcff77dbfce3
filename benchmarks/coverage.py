"""How often intervals hold the truth, and how often tests cry wolf, where the truth is known.

python benchmarks/coverage.py                 everything, 1,000 repetitions each
python benchmarks/coverage.py intervals 200   one part, fewer repetitions

Figures that were measured are in docs/comparing.md.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from organizing_analytics.clustering import ClusterSums, clustered_wilson, design_of
from organizing_analytics.estimates import wilson
from organizing_analytics.shrinkage import shrink

Floats = np.ndarray
SEED = 20_261_127


def sums_by(clusters: Floats, came: Floats) -> ClusterSums:
    """Return what the engine would add up over these clusters."""
    _, numbers = np.unique(clusters, return_inverse=True)
    n, y = np.bincount(numbers), np.bincount(numbers, weights=came)
    return ClusterSums([len(n)], [n.sum()], [y @ y], [y @ n], [n @ n])


def logistic(x: Floats) -> Floats:
    """Return 1 / (1 + exp(-x))."""
    return 1 / (1 + np.exp(-x))


def lists(
    dice: np.random.Generator,
    *,
    people: int,
    shifts: int,
    size: int,
    deviations: tuple[float, float],
    rain: float = 0.0,
    fresh: bool = False,
) -> tuple[Floats, Floats, Floats]:
    """Return person, shift and outcome of each sign-up of a made-up team.

    Parameters
    ----------
    people, shifts, size : int
        How many there are, and how many are on each shift's list.
    deviations : (float, float)
        Of people and of shifts, in the logit of coming.
    rain : float
        The chance that a shift is rained out: then each comes with a quarter of the chance.
    fresh : bool
        Everybody signs up once.
    """  # fmt: skip
    shift = np.repeat(np.arange(shifts), size)
    if fresh:
        person = np.arange(shifts * size)
        of_person = dice.normal(0, deviations[0], shifts * size)
    else:
        person = np.concatenate([dice.permutation(people)[:size] for _ in range(shifts)])
        of_person = dice.normal(0, deviations[0], people)[person]
    of_shift = dice.normal(0, deviations[1], shifts)[shift]
    dry = np.where(dice.random(shifts) < rain, 0.25, 1.0)[shift]
    chance = logistic(0.6 + of_person + of_shift) * dry
    return person, shift, (dice.random(len(shift)) < chance).astype(float)


#: What is wrong with the rows → a made-up team of that kind.
KINDS: dict[str, dict[str, object]] = {
    "the same people on all lists": {"people": 25, "shifts": 20, "size": 25, "deviations": (1.2, 0.0)},
    "days that differ": {"people": 400, "shifts": 25, "size": 16, "deviations": (0.0, 0.8)},
    "a shift in ten rained out": {"people": 400, "shifts": 30, "size": 16, "deviations": (0.0, 0.0), "rain": 0.1},
    "both people and days": {"people": 60, "shifts": 25, "size": 20, "deviations": (1.0, 0.7)},
    "independent people": {"people": 0, "shifts": 10, "size": 20, "deviations": (0.0, 0.0), "fresh": True},
    "a small team (12 people, 8 shifts)": {"people": 12, "shifts": 8, "size": 8, "deviations": (0.9, 0.5)},
    "few rows (6 shifts of 5)": {"people": 20, "shifts": 6, "size": 5, "deviations": (0.7, 0.4)},
}  # fmt: skip


def long_run(kind: dict[str, object]) -> float:
    """Return the rate of a team of a kind over all people and shifts that there might be."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    weights /= weights.sum()
    deviation = float(np.hypot(*kind["deviations"]))  # type: ignore[arg-type]
    dry = 1 - 0.75 * float(kind.get("rain", 0.0))  # type: ignore[arg-type]
    return float(weights @ logistic(0.6 + deviation * nodes)) * dry


def intervals(times: int) -> None:
    """Print how often clustered and plain intervals hold the long-run rate."""
    print(f"{'':38s} clustered  plain Wilson  width, clustered / plain")
    for name, kind in KINDS.items():
        dice, truth = np.random.default_rng(SEED), long_run(kind)
        held, plain, ratio = 0, 0, []
        for _ in range(times):
            person, shift, came = lists(dice, **kind)  # type: ignore[arg-type]
            y, n = [came.sum()], [len(came)]
            design = design_of([came.mean()], [sums_by(person, came), sums_by(shift, came)])
            low, high = clustered_wilson(y, n, design)
            plain_low, plain_high = wilson(y, n)
            held += int(low[0] <= truth <= high[0])
            plain += int(plain_low[0] <= truth <= plain_high[0])
            ratio.append((high[0] - low[0]) / (plain_high[0] - plain_low[0]))
        print(f"{name:38s} {held / times:9.3f} {plain / times:13.3f} {np.median(ratio):12.2f}")


def shrinking(times: int) -> None:
    """Print how often pooled intervals hold each team's rate, and the odd team's."""
    print(f"{'':38s}  odd team   others  all of a normal campaign")
    for n in (10, 20, 40, 80):
        dice = np.random.default_rng(SEED)
        truth = np.array([0.2] + [0.7] * 11)
        alike = dice.beta(0.65 * 20, 0.35 * 20, (times, 12))
        odd, others, usual = [], [], []
        for i in range(times):
            for rates, kept in ((truth, None), (alike[i], usual)):
                answer = shrink(dice.binomial(n, rates), np.full(12, n))
                held = (answer.low <= rates) & (rates <= answer.high)
                if kept is None:
                    odd.append(held[0])
                    others.append(held[1:].mean())
                else:
                    kept.append(held.mean())
        print(
            f"{f'12 teams of {n}':38s} {np.mean(odd):9.3f} {np.mean(others):8.3f} {np.mean(usual):8.3f}"
        )


PARTS: dict[str, Callable[[int], None]] = {"intervals": intervals, "shrinking": shrinking}


def main(part: str = "", times: str = "1000") -> None:
    """Run one part, or all of them."""
    for name in [part] if part else PARTS:
        print(f"\n{name}, {int(times):,} repetitions")
        PARTS[name](int(times))


if __name__ == "__main__":
    main(*sys.argv[1:])
