"""Cohorts: of the people who first came in one month or week, how many still come.

Period 0 is the cohort's own, period k the k-th after it. A `bounded` cell counts who visited in
period k, a `rolling` one who visited in period k or in any later one. On real data the two differ
by a factor of two, so the kind belongs beside every number. A cell is known only when its period
has ended by as-of; until then it is null, not 0.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

import pandas as pd
from ibis import _

from organizing_analytics.catalog.retention import RETENTION_COHORTS
from organizing_analytics.measures.groups import month_label, week_label
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.retention import attended_days
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
    return chosen.present(_grid(counts, chosen.as_of, period=period, kind=kind))


def retention_cohorts_counts(
    chosen: Selection, *, period: str = "month", kind: str = "bounded"
) -> ir.Table:
    """Return `cohort`, `visited` (first dates of periods) and `people` as an Ibis expression.

    Bounded: the people who visited in that period. Rolling: those who visited in it last.
    """
    unit = _UNITS[one_of(period, PERIODS, option="period")]
    rolling = one_of(kind, KINDS, option="kind") == "rolling"
    days = attended_days(chosen)
    people = days.group_by("person_id").aggregate(
        first_on=_.visit_on.min(), last_on=_.visit_on.max()
    )
    people = chosen.within(people, "first_on")
    if rolling:
        rows = people.mutate(visited=_.last_on.truncate(unit))
    else:
        periods = days.select("person_id", visited=days.visit_on.truncate(unit)).distinct()
        rows = people.join(periods, "person_id")
    cohort = rows.first_on.truncate(unit)
    return chosen.tally(rows, {"cohort": cohort, "visited": rows.visited}, people=_.count())


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
    """Return one row per cohort and period up to the running one, sorted."""
    running = period_number(as_of, period)
    # The period that the day after as-of lies in has not ended; the one before it has.
    first_unknown = period_number(as_of + timedelta(days=1), period)
    seen: dict[date, dict[int, int]] = defaultdict(dict)
    for cohort, visited, n_people in counts.itertuples(index=False, name=None):
        seen[cohort][period_number(visited, period)] = n_people
    rows: list[tuple[str, int, int, int | None]] = []
    for cohort, cells in sorted(seen.items()):
        own = period_number(cohort, period)
        people = [cells.get(number, 0) for number in range(own, running + 1)]
        if kind == "rolling":
            people = _this_or_later(people)
        rows += [
            (_LABELS[period](cohort), people[0], k, n if own + k < first_unknown else None)
            for k, n in enumerate(people)
        ]
    grid = pd.DataFrame(rows, columns=["cohort", "size", "period", "retained"])
    return grid.astype({"cohort": "str", "size": "int64", "period": "int64", "retained": "Int64"})


def _this_or_later(last_seen: list[int]) -> list[int]:
    return list(accumulate(reversed(last_seen)))[::-1]
