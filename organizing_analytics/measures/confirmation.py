"""How `confirmation` is counted: sign-ups by class (see rows.py) and by being confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.catalog.following import CONFIRMATION
from organizing_analytics.expressions import _
from organizing_analytics.lead_times import LABELS
from organizing_analytics.measures.groups import Group, bucket, column, week_of
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.rows import class_of, is_confirmed, lead_of, live_signups

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.measures.selection import Selection


GROUPS: dict[str, Group] = {
    "lead": bucket(lead_of, LABELS),
    "team": column("team_id"),
    "week": week_of("starts_on"),
}


@measure(CONFIRMATION, GROUPS)
def confirmation(chosen: Selection) -> pd.DataFrame:
    """Return how many sign-ups were confirmed before their shift began."""
    return chosen.present(chosen.fetch(confirmation_counts(chosen)))


def confirmation_counts(chosen: Selection) -> ir.Table:
    """Return scheduled and confirmed as an Ibis expression, one row per group."""
    rows = chosen.within(live_signups(chosen), "starts_on")
    scheduled = rows.filter(class_of(rows).isin(("attended", "no_show", "unrecorded")))
    return chosen.tally(
        scheduled.mutate(was_confirmed=is_confirmed(scheduled).fill_null(False)),
        scheduled=_.count(),
        confirmed=_.count(where=_.was_confirmed),
    )
