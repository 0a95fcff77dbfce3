"""How often intervals hold the truth, and how often tests cry wolf, where the truth is known.

python benchmarks/coverage.py                 everything, 1,000 repetitions each
python benchmarks/coverage.py intervals 200   one part, fewer repetitions

Figures that were measured are in docs/comparing.md.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import numpy as np

from organizing_analytics.clustering import (
    ClusterSums,
    clustered_wilson,
    design_of,
    difference_effect,
    widened,
)
from organizing_analytics.estimates import mantel_haenszel, share, wilson
from organizing_analytics.experiments.effects import Arm, compare_arms, holm, p_value
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
    "independent people": {"people": 0, "shifts": 25, "size": 16, "deviations": (0.0, 0.0), "fresh": True},
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


def past(person: Floats, shift: Floats, came: Floats) -> Floats:
    """Return the band of each one's own rate before the shift: 0 new, 1 to 3 from low to high."""
    band = np.zeros(len(came), dtype=np.int64)
    n, y = np.zeros((2, person.max() + 1))
    for s in range(shift.max() + 1):
        rows = shift == s
        who = person[rows]
        low, high = 3 * y[who] < n[who], 3 * y[who] > 2 * n[who]
        band[rows] = np.where(n[who] == 0, 0, np.select([low, high], [1, 3], 2))
        np.add.at(n, who, 1)
        np.add.at(y, who, came[rows])
    return band


def confirmed_by(
    dice: np.random.Generator, how: str, person: Floats, shift: Floats, of: dict[str, Floats]
) -> Floats:
    """Return who was confirmed, 1 or 0, where confirming changes nothing."""
    if how.startswith("those with a good record"):
        chance = np.array([0.4, 0.2, 0.5, 0.8])[of["record"]]
    elif how.startswith("the reliable"):
        chance = logistic(of["person"][person])
    elif how.startswith("the same people"):
        chance = (dice.random(person.max() + 1) < 0.5)[person].astype(float)
    elif how.startswith("whole shifts"):
        chance = (dice.random(shift.max() + 1) < 0.5)[shift].astype(float)
    else:
        chance = logistic(2 * of["shift"])[shift]
    return (dice.random(len(person)) < chance).astype(float)


#: Who is confirmed → what like rows share.
CONFIRMED = {
    "those with a good record more": "record",
    "the reliable more, whatever their record": "record",
    "the same people always": "record",
    "whole shifts": "record",
    "good days more": "record",
    "good days more, within the shift too": "record,shift",
}


def comparing(times: int) -> None:
    """Print how often a comparison finds an effect of confirming where there is none."""
    print(f"{'confirmed are':42s} within           clustered  rows alone  nothing within")
    for how, within in CONFIRMED.items():
        dice = np.random.default_rng(SEED)
        wolves = np.zeros(3)
        for _ in range(times):
            shift = np.repeat(np.arange(30), 20)
            person = np.concatenate([dice.permutation(80)[:20] for _ in range(30)])
            of = {"person": dice.normal(0, 1, 80), "shift": dice.normal(0, 0.5, 30)}
            chance = logistic(0.6 + of["person"][person] + of["shift"][shift])
            came = (dice.random(len(shift)) < chance).astype(float)
            of["record"] = past(person, shift, came)
            arm = confirmed_by(dice, how, person, shift, of)
            stratum = of["record"] * (30 if "shift" in within else 1)
            stratum = stratum + (shift if "shift" in within else 0)
            wolves += (
                not holds_none(arm, stratum, came, [person, shift]),
                not holds_none(arm, stratum, came, []),
                not holds_none(arm, 0 * stratum, came, [person, shift]),
            )
        shown = " ".join(f"{wolf / times:11.3f}" for wolf in wolves)
        print(f"{how:42s} {within:12s} {shown}")


def holds_none(arm: Floats, stratum: Floats, came: Floats, kinds: list[Floats]) -> bool:
    """Return whether the interval of the difference within strata holds 0."""
    _, stratum = np.unique(stratum, return_inverse=True)
    n = [np.bincount(stratum, weights=part) for part in (arm, 1 - arm)]
    y = [np.bincount(stratum, weights=part * came) for part in (arm, 1 - arm)]
    found = mantel_haenszel(y, n)
    weight = n[0] * n[1] / (n[0] + n[1])
    rate = [share(came_in, all_in) for came_in, all_in in zip(y, n, strict=True)]
    own = np.where(arm > 0, rate[0][stratum], rate[1][stratum])
    size = np.where(arm > 0, n[0][stratum], n[1][stratum])
    apart = (2 * arm - 1) * (came - own) / size * weight[stratum] / weight.sum()
    found = widened(found, *difference_effect(apart, kinds))
    return bool(found.low <= 0 <= found.high)


def experiments(times: int) -> None:
    """Print how often an experiment finds an effect where there is none."""
    dice = np.random.default_rng(SEED)
    print(f"daily looks, ordinary interval     {mean(looked(dice, peek=False), times):.3f}")
    print(f"daily looks, --peek                {mean(looked(dice, peek=True), times):.3f}")
    print(f"four arms, three measures          {mean(several(dice), times):.3f}")
    for what, n, size in (("household", 120, 3), ("shift", 24, 15), ("team", 12, 25)):
        for is_adjusted in (False, True):
            told = ", adjusted for the chance" if is_adjusted else ""
            share_of = mean(drawn(dice, (n, size), is_adjusted=is_adjusted), times)
            print(f"{f'drawn by {what}{told}':50s} {share_of:.3f}")


def mean(wolves: Iterator[bool], times: int) -> float:
    """Return the share of True among the first `times`."""
    return float(np.mean([next(wolves) for _ in range(times)]))


def looked(dice: np.random.Generator, *, peek: bool) -> Iterator[bool]:
    """Yield whether some of 30 daily looks finds an effect; 150 people an arm, 40 % come."""
    people = np.arange(300)
    while True:
        day = np.where(dice.random(300) < 0.4, dice.integers(0, 30, 300), 99)
        arms = [
            [
                Arm((day[rows] <= d).astype(float), people[rows])
                for rows in (people < 150, people >= 150)
            ]
            for d in range(30)
        ]
        yield any(
            not (found.low <= 0 <= found.high)
            for one, other in arms
            for found in [compare_arms(one, other, confidence=0.95, is_peek=peek)]
        )


def several(dice: np.random.Generator) -> Iterator[bool]:
    """Yield whether any of nine comparisons is called an effect; 100 people an arm."""
    while True:
        chance = logistic(dice.normal(0, 1, 400))
        outcomes = [(dice.random(400) < chance).astype(float) for _ in range(3)]
        arms = [[Arm(y[a::4], np.arange(100)) for a in range(4)] for y in outcomes]
        p = [
            p_value(lambda c, one=one, first=first: compare_arms(one, first, confidence=c))
            for first, *others in arms
            for one in others
        ]
        yield min(holm(p)) <= 0.05


def drawn(
    dice: np.random.Generator, units: tuple[int, int], *, is_adjusted: bool
) -> Iterator[bool]:
    """Yield whether a draw of so many units, of about so many people each, finds an effect."""
    n, size = units
    while True:
        unit = np.repeat(np.arange(n), 1 + dice.poisson(size - 1, n))
        chance = logistic(0.3 + dice.normal(0, 0.7, n)[unit] + dice.normal(0, 0.7, len(unit)))
        came = (dice.random(len(unit)) < chance).astype(float)
        arm = dice.permutation(np.arange(n) % 2)[unit]
        told = np.clip(chance + dice.normal(0, 0.1, len(unit)), 0, 1) if is_adjusted else None
        one, other = (
            Arm(came[rows], unit[rows], None if told is None else told[rows])
            for rows in (arm == 1, arm == 0)
        )
        found = compare_arms(one, other, confidence=0.95)
        yield not (found.low <= 0 <= found.high)


PARTS: dict[str, Callable[[int], None]] = {
    "intervals": intervals,
    "shrinking": shrinking,
    "comparing": comparing,
    "experiments": experiments,
}


def main(part: str = "", times: str = "1000") -> None:
    """Run one part, or all of them."""
    for name in [part] if part else PARTS:
        print(f"\n{name}, {int(times):,} repetitions")
        PARTS[name](int(times))


if __name__ == "__main__":
    main(*sys.argv[1:])
