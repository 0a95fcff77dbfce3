"""How `show-up` is counted: sign-ups by class (see rows.py), summed for each group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.catalog.show_up import SHOW_UP
from organizing_analytics.expressions import _
from organizing_analytics.lead_times import LABELS
from organizing_analytics.measures.groups import (
    Group,
    bucket,
    column,
    flag,
    month_of,
    week_of,
    weekday_of,
)
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.rows import (
    RECORDS,
    class_of,
    first_shifts,
    is_confirmed,
    is_first_timer,
    lead_of,
    live_signups,
    with_record,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.measures.selection import Selection


CLASSES = ("attended", "no_show", "cancelled", "unrecorded", "walk_in", "left_out")
SCHEDULED = ("attended", "cancelled", "no_show", "unrecorded")
GROUPS: dict[str, Group] = {
    "team": column("team_id"),
    "event_type": column("event_type"),
    "event": column("event_id"),
    "shift": column("shift_id"),
    "recruiter": column("recruiter_id"),
    "channel": column("channel"),
    "role": column("role"),
    "week": week_of("starts_on"),
    "month": month_of("starts_on"),
    "weekday": weekday_of("starts_on"),
    "lead": bucket(lead_of, LABELS),
    "confirmed": flag(is_confirmed),
    "first_timer": flag(is_first_timer),
    "record": bucket(lambda rows: rows.record, RECORDS),
}


@measure(SHOW_UP, GROUPS)
def show_up(chosen: Selection, *, same_day: bool = True) -> pd.DataFrame:
    """Return how many of the people who signed up came."""
    counts = chosen.fetch(show_up_counts(chosen, same_day=same_day))
    return chosen.present(counts.assign(scheduled=counts[list(SCHEDULED)].sum(axis="columns")))


def show_up_counts(chosen: Selection, *, same_day: bool = True) -> ir.Table:
    """Return the sign-ups of each class as an Ibis expression, one row per group."""
    rows = chosen.within(live_signups(chosen), "starts_on")
    rows = rows.mutate(signup_class=class_of(rows))
    if not same_day:
        on_the_day = (rows.signed_up_on == rows.starts_on).fill_null(False)
        rows = rows.filter(~on_the_day | rows.signup_class.isin(("walk_in", "left_out")))
    if chosen.wants("first_timer"):
        rows = rows.left_join(first_shifts(chosen), "person_id").drop("person_id_right")
    if chosen.wants("record"):
        rows = with_record(chosen, rows)
    return chosen.tally(rows, **{name: _.count(where=_.signup_class == name) for name in CLASSES})
