"""How `retention departures` is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.catalog.retention import RETENTION_DEPARTURES
from organizing_analytics.expressions import _
from organizing_analytics.measures.groups import Group, column, month_of, ordered, week_of
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.rows import with_team_of_person
from organizing_analytics.model import DEPARTURE_REASONS

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.measures.selection import Selection


GROUPS: dict[str, Group] = {
    "reason": ordered("reason", DEPARTURE_REASONS),
    "team": column("team_id"),
    "week": week_of("departed_on"),
    "month": month_of("departed_on"),
}


@measure(RETENTION_DEPARTURES, GROUPS)
def retention_departures(chosen: Selection) -> pd.DataFrame:
    """Return how many people left, by their reason."""
    return chosen.present(chosen.fetch(retention_departures_counts(chosen)))


def retention_departures_counts(chosen: Selection) -> ir.Table:
    """Return departures as an Ibis expression, one row per group."""
    rows = chosen.within(chosen.recorded_table("departures"), "departed_on")
    return chosen.tally(with_team_of_person(chosen, rows), people=_.count())
