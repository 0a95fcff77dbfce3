"""How `retention reshift` is counted: each attended sign-up, joined to the person's later ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.catalog.retention import RETENTION_RESHIFT
from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures.groups import Group, column, flag, month_of, week_of
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.rows import attended, first_shifts, is_first_timer, live_signups

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.measures.selection import Selection


GROUPS: dict[str, Group] = {
    "team": column("team_id"),
    "event_type": column("event_type"),
    "week": week_of("starts_on"),
    "month": month_of("starts_on"),
    "first_timer": flag(is_first_timer),
}


@measure(RETENTION_RESHIFT, GROUPS)
def retention_reshift(chosen: Selection) -> pd.DataFrame:
    """Return how many of the people who came had their next shift set within 48 hours."""
    return chosen.present(chosen.fetch(retention_reshift_counts(chosen)))


def retention_reshift_counts(chosen: Selection) -> ir.Table:
    """Return attended and reshifted as an Ibis expression, one row per group."""
    rows = with_next_shift(chosen, chosen.within(attended(chosen), "starts_on"))
    rows = rows.filter(rows.starts_on <= chosen.days_before(chosen.follow_up_days))
    if chosen.wants("first_timer"):
        rows = rows.left_join(first_shifts(chosen), "person_id").drop("person_id_right")
    return chosen.tally(rows, attended=_.count(), reshifted=_.count(where=_.reshifted))


def with_next_shift(chosen: Selection, rows: ir.Table) -> ir.Table:
    """Add the boolean `reshifted` to attended sign-ups."""
    wait = ibis.interval(hours=chosen.data.settings.follow_up_hours)
    came = rows.select("signup_id", "person_id", ended_at=ibis.coalesce(_.ends_at, _.starts_at))
    nexts = live_signups(chosen)
    nexts = nexts.filter(nexts.signed_up_at.notnull()).select(
        next_id="signup_id",
        next_person="person_id",
        next_starts="starts_at",
        made_at="signed_up_at",
        # Never cancelled is cancelled at the end of time; cancelled without a time, at its start.
        off_at=ibis.cases(
            (_.status != "cancelled", ibis.timestamp("9999-01-01")),
            else_=ibis.coalesce(_.cancelled_at, ibis.timestamp("0001-01-01")),
        ),
    )
    followed = came.join(
        nexts,
        [
            came.person_id == nexts.next_person,
            nexts.next_starts > came.ended_at,
            nexts.made_at <= came.ended_at + wait,
            nexts.off_at > came.ended_at + wait,
        ],
    )
    hits = (
        followed.filter(followed.next_id != followed.signup_id)
        .select(hit_id="signup_id")
        .distinct()
    )
    marked = rows.left_join(hits, rows.signup_id == hits.hit_id)
    return marked.mutate(reshifted=_.hit_id.notnull()).drop("hit_id")
