"""How far the rows of a comparison are from independent: the same people and shifts in both arms.

Each row adds to the error of the difference of two rates, by how far its outcome lies from its
arm's rate; within strata, weighted as Mantel and Haenszel weigh the stratum. The engine adds that
up over the clusters of each kind, and the squares of these sums say how much larger the variance is
than that of independent rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from organizing_analytics.clustering import effect_of_sums
from organizing_analytics.expressions import _, ibis

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from organizing_analytics.measures.clusters import Tally
    from organizing_analytics.measures.groups import Group
    from organizing_analytics.store import Data


@dataclass(frozen=True)
class Contrast:
    """What is compared with what.

    Attributes
    ----------
    factor : str
        The key of the tally that tells the arms apart.
    arms : (object, object)
        The engine's values of the factor: with, without.
    within : tuple of str
        The keys of the tally that like rows share; none for the difference of all rows.
    successes, n : tuple of str
        The counts that make the rate.
    """

    factor: str
    arms: tuple[Any, Any]
    within: tuple[str, ...]
    successes: tuple[str, ...]
    n: tuple[str, ...]


def engine_arms(
    data: Data, tally: Tally, factor: str, group: Group, arms: tuple[Any, Any]
) -> tuple[Any, Any]:
    """Return the engine's values of the factor for the two values that an answer shows."""
    if group.label is None:
        return arms
    values = data.execute(tally.rows.select(value=tally.keys[factor]).distinct())["value"].dropna()
    shown = {group.label(value): value for value in values.tolist()}
    return shown[arms[0]], shown[arms[1]]


def effect_of(
    data: Data, tally: Tally, contrast: Contrast, kinds: Sequence[str]
) -> tuple[float, float]:
    """Return the design effect of a difference, and the degrees of its t.

    Parameters
    ----------
    data : Data
        An open store.
    tally : Tally
        Rows, keys and counts of the measure.
    contrast : Contrast
        Which difference.
    kinds : sequence of str
        Columns of the rows that say which cluster of each kind a row belongs to.
    """
    strata = _strata(_cells(tally, contrast, None), contrast.within)
    alone = data.execute(strata.aggregate(alone=_.alone.sum()))["alone"].iloc[0]
    sums = []
    for kind in kinds:
        errors = _errors(_cells(tally, contrast, kind), strata, contrast.within)
        row = data.execute(errors.aggregate(c=_.count(), squares=(_.u * _.u).sum())).iloc[0]
        sums.append((int(row["c"]), float(row["squares"] or 0)))
    return effect_of_sums(float(alone or 0), sums)


def _cells(tally: Tally, contrast: Contrast, kind: str | None) -> ir.Table:
    """Return successes and n of each arm in each stratum; with a kind, of each cluster in it."""
    keys = {f"key_{i}": tally.keys[name] for i, name in enumerate(contrast.within)}
    if kind is not None:
        keys["cluster_"] = tally.rows[kind]
    needed = {name: tally.counts[name] for name in (*contrast.successes, *contrast.n)}
    grouped = tally.rows.group_by(**keys, arm_=tally.keys[contrast.factor]).aggregate(**needed)
    y, n = (_total(grouped, names) for names in (contrast.successes, contrast.n))
    parts = {}
    for name, value in zip(("with", "without"), contrast.arms, strict=True):
        is_arm = (grouped.arm_ == ibis.literal(value)).fill_null(False)
        parts[f"y_{name}"] = ibis.ifelse(is_arm, y, 0.0).sum()
        parts[f"n_{name}"] = ibis.ifelse(is_arm, n, 0.0).sum()
    return grouped.group_by(list(keys)).aggregate(**parts) if keys else grouped.aggregate(**parts)


def _total(cells: ir.Table, names: Sequence[str]) -> ir.Value:
    total = cells[names[0]]
    for name in names[1:]:
        total += cells[name]
    return total.cast("float64")


def _strata(cells: ir.Table, within: tuple[str, ...]) -> ir.Table:
    """Return weight, rates and sizes of the strata with both arms, and their own variance."""
    strata = cells.filter(cells.n_with > 0, cells.n_without > 0)
    strata = strata.mutate(
        weight=strata.n_with * strata.n_without / (strata.n_with + strata.n_without),
        p_with=strata.y_with / strata.n_with,
        p_without=strata.y_without / strata.n_without,
    )
    variance = _.p_with * (1 - _.p_with) / _.n_with + _.p_without * (1 - _.p_without) / _.n_without
    strata = strata.mutate(alone=_.weight * _.weight * variance)
    return strata.select(
        **{f"of_{i}": strata[f"key_{i}"] for i in range(len(within))},
        weight="weight", p_with="p_with", p_without="p_without", size_with="n_with",
        size_without="n_without", alone="alone",
    )  # fmt: skip


def _errors(cells: ir.Table, strata: ir.Table, within: tuple[str, ...]) -> ir.Table:
    """Return `u`, what each cluster adds to the error of the difference."""
    same = [cells[f"key_{i}"].identical_to(strata[f"of_{i}"]) for i in range(len(within))]
    both = cells.join(strata, same) if same else cells.cross_join(strata)
    both = both.filter(both.n_with + both.n_without > 0)
    arms = [
        (both[f"y_{arm}"] - both[f"p_{arm}"] * both[f"n_{arm}"]) / both[f"size_{arm}"]
        for arm in ("with", "without")
    ]
    both = both.mutate(error=both.weight * (arms[0] - arms[1]))
    return both.group_by("cluster_").aggregate(u=_.error.sum())
