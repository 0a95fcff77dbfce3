"""How `retention cohorts` is counted: visits are numbered by periods since the person's first one.

A cell whose period has not ended by as-of is null, not 0.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from organizing_analytics.catalog.retention import RETENTION_COHORTS
from organizing_analytics.clustering import ClusterSums, Design, design_of
from organizing_analytics.estimates import share, summed
from organizing_analytics.expressions import _
from organizing_analytics.measures.groups import month_label, week_label
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.retention import attended_days, first_shifts_of_people
from organizing_analytics.measures.selection import Selection, one_of

if TYPE_CHECKING:
    import ibis.expr.types as ir


PERIODS = ("month", "week")
KINDS = ("bounded", "rolling")

_UNITS = {"month": "M", "week": "W"}
_LABELS = {"month": month_label, "week": week_label}


@measure(RETENTION_COHORTS)
def retention_cohorts(
    chosen: Selection, *, period: str = "month", kind: str = "bounded"
) -> pd.DataFrame:
    """Return how many of each cohort visited in each period since."""
    counts = chosen.fetch(retention_cohorts_counts(chosen, period=period, kind=kind))
    grid = _grid(counts, chosen.as_of, period=period, kind=kind)
    design = _design(chosen, grid, period=period, kind=kind)
    return chosen.present(grid, {"rate": design})


def _design(chosen: Selection, grid: pd.DataFrame, *, period: str, kind: str) -> Design:
    """Return how far the people of each cell are from independent: they first came on one shift."""
    plain = Design(np.ones(len(grid)), np.full(len(grid), np.inf))
    if chosen.independent or grid.empty:
        return plain
    sizes, cells = _sums_by_shift(chosen, period=period, kind=kind)
    of_cohort = {
        period_number(cohort, period): sums
        for cohort, *sums in chosen.data.execute(sizes).itertuples(index=False, name=None)
    }
    of_cell: dict[int, dict[int, tuple[float, float]]] = defaultdict(dict)
    for cohort, visited, *squares in chosen.data.execute(cells).itertuples(index=False, name=None):
        of_cell[period_number(cohort, period)][period_number(visited, period)] = tuple(squares)
    sums = []
    for born, at in zip(grid["born"], grid["born"] + grid["period"], strict=True):
        theirs = of_cell[born]
        # In a period in which nobody came, a rolling cell holds who came in the next one.
        later = min((n for n in theirs if n >= at), default=at) if kind == "rolling" else at
        sums.append((*of_cohort[born], *theirs.get(later, (0.0, 0.0))))
    c, n, nn, yy, yn = np.array(sums, dtype=float).T
    retained, size = summed(grid, "retained"), summed(grid, "size")
    by_person = ClusterSums(size, size, retained, retained, size)
    return design_of(share(retained, size), [by_person, ClusterSums(c, n, yy, yn, nn)])


def _sums_by_shift(chosen: Selection, *, period: str, kind: str) -> tuple[ir.Table, ir.Table]:
    """Return the sums over first shifts: `cohort c n nn`, and `cohort visited yy yn`."""
    unit = _UNITS[period]
    days = attended_days(chosen)
    people = chosen.within(_people(days), "first_on").join(
        first_shifts_of_people(chosen), "person_id"
    )
    people = people.mutate(cohort=_.first_on.truncate(unit))
    periods = days.select("person_id", visited=days.visit_on.truncate(unit)).distinct()
    if kind == "rolling":
        all_periods = periods.select("visited").distinct()
        came = people.join(
            all_periods,
            [people.first_on <= all_periods.visited, people.last_on >= all_periods.visited],
        )
        # A first visit in the middle of a period is in it, though the period began before.
        own = people.mutate(visited=people.cohort)
        names = ["cohort", "visited", "shift_id", "person_id"]
        came = came.select(names).union(own.select(names), distinct=True)
    else:
        came = people.join(periods, "person_id")
    sizes = people.group_by("cohort", "shift_id").aggregate(n=_.count().cast("float64"))
    seen = came.group_by("cohort", "visited", "shift_id").aggregate(y=_.count().cast("float64"))
    both = seen.join(sizes, ["cohort", "shift_id"])
    return (
        sizes.group_by("cohort").aggregate(c=_.count(), n=_.n.sum(), nn=(_.n * _.n).sum()),
        both.group_by("cohort", "visited").aggregate(yy=(_.y * _.y).sum(), yn=(_.y * _.n).sum()),
    )


def retention_cohorts_counts(
    chosen: Selection, *, period: str = "month", kind: str = "bounded"
) -> ir.Table:
    """Return `cohort`, `visited` (first dates of periods) and `people` as an Ibis expression.

    Bounded: the people who visited in that period. Rolling: those who visited in it last.
    """
    unit = _UNITS[one_of(period, PERIODS, option="period")]
    rolling = one_of(kind, KINDS, option="kind") == "rolling"
    days = attended_days(chosen)
    people = chosen.within(_people(days), "first_on")
    if rolling:
        rows = people.mutate(visited=_.last_on.truncate(unit))
    else:
        periods = days.select("person_id", visited=days.visit_on.truncate(unit)).distinct()
        rows = people.join(periods, "person_id")
    cohort = rows.first_on.truncate(unit)
    return chosen.tally(rows, {"cohort": cohort, "visited": rows.visited}, people=_.count())


def _people(days: ir.Table) -> ir.Table:
    return days.group_by("person_id").aggregate(first_on=_.visit_on.min(), last_on=_.visit_on.max())


def period_number(day: date, period: str) -> int:
    """Return the running number of the month or ISO week that a date lies in.

    Examples
    --------
    >>> from datetime import date
    >>> period_number(date(2026, 3, 1), "month") - period_number(date(2025, 12, 31), "month")
    3
    >>> period_number(date(2026, 1, 5), "week") - period_number(date(2026, 1, 4), "week")
    1
    """
    # Ordinal 1, the 1 January of year 1, is a Monday.
    return day.year * 12 + day.month if period == "month" else (day.toordinal() - 1) // 7


def _grid(counts: pd.DataFrame, as_of: date, *, period: str, kind: str) -> pd.DataFrame:
    """Return one row per cohort and period up to the running one, sorted.

    `born` is the number of the cohort's own period.
    """
    running = period_number(as_of, period)
    # The period that the day after as-of lies in has not ended; the one before it has.
    first_unknown = period_number(as_of + timedelta(days=1), period)
    seen: dict[date, dict[int, int]] = defaultdict(dict)
    for cohort, visited, n_people in counts.itertuples(index=False, name=None):
        seen[cohort][period_number(visited, period)] = n_people
    rows: list[tuple[str, int, int, int | None, int]] = []
    for cohort, cells in sorted(seen.items()):
        own = period_number(cohort, period)
        people = [cells.get(number, 0) for number in range(own, running + 1)]
        if kind == "rolling":
            people = _this_or_later(people)
        rows += [
            (_LABELS[period](cohort), people[0], k, n if own + k < first_unknown else None, own)
            for k, n in enumerate(people)
        ]
    grid = pd.DataFrame(rows, columns=["cohort", "size", "period", "retained", "born"])
    return grid.astype({"cohort": "str", "size": "int64", "period": "int64", "retained": "Int64"})


def _this_or_later(last_seen: list[int]) -> list[int]:
    return list(accumulate(reversed(last_seen)))[::-1]
