"""The second reading of docs/definitions.md, continued: the interval of a rate. See oracle.py.

A fact tells in `clusters` which person it is of, and which shift, asker or organizer. What is asked
of every interval (`confidence`, `independent`) stands in `asked`, so that no counting function has
to hand it on.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from math import inf, sqrt
from typing import TYPE_CHECKING, Any

from scipy import stats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Row = dict[str, Any]

asked: dict[str, Any] = {"confidence": 0.95, "independent": False}


@contextmanager
def asking(*, confidence: float = 0.95, independent: bool = False) -> Iterator[None]:
    before = dict(asked)
    asked.update(confidence=confidence, independent=independent)
    try:
        yield
    finally:
        asked.update(before)


def rate(
    facts: list[Row],
    name: str,
    counts: Callable[[Row], bool],
    of: Callable[[Row], bool],
    *,
    bounds: tuple[str, str] | None = None,
) -> Row:
    """Return a rate with its interval: of the facts that are `of`, those that are `counts`."""
    low, high = bounds or (f"{name}_low", f"{name}_high")
    trials = [fact for fact in facts if of(fact)]
    if not trials:
        return {name: None, low: None, high: None}
    successes = sum(1 for fact in trials if counts(fact))
    p = successes / len(trials)
    deff, degrees = (1.0, inf) if asked["independent"] else design(trials, counts, p)
    tail = 0.5 + asked["confidence"] / 2
    z = stats.norm.ppf(tail) if degrees == inf else stats.t.ppf(tail, degrees)
    n = len(trials) / deff
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return {name: p, low: max(0.0, middle - half), high: min(1.0, middle + half)}


def design(trials: list[Row], counts: Callable[[Row], bool], p: float) -> tuple[float, float]:
    """Return the design effect and the degrees of the t quantile."""
    effects, degrees = [], inf
    for kind in trials[0]["clusters"]:
        y: dict[str, int] = defaultdict(int)
        n: dict[str, int] = defaultdict(int)
        for fact in trials:
            cluster = fact["clusters"][kind]
            n[cluster] += 1
            y[cluster] += counts(fact)
        c = len(n)
        if c < 2:  # one cluster tells nothing about how clusters differ
            continue
        degrees = min(degrees, c - 1)
        if 0 < p < 1:
            apart = sum((y[cluster] - p * n[cluster]) ** 2 for cluster in n)
            effects.append(c / (c - 1) * apart / (len(trials) * p * (1 - p)))
    deff = sum(effects) - (len(effects) - 1) if effects else 1.0
    return max(1.0, deff), degrees


def is_(name: str, *values: Any) -> Callable[[Row], bool]:
    """Return whether a fact's `name` is one of these values; of none, whether it is true."""
    wanted = values or (True,)
    return lambda fact: fact[name] in wanted


def always(_: Row) -> bool:
    return True
