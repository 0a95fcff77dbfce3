"""How `meetings` is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.catalog.meetings import MEETINGS
from organizing_analytics.expressions import _
from organizing_analytics.measures.contacts import contacts_for, with_follow_up
from organizing_analytics.measures.groups import Group, column, month_of, ordered, week_of
from organizing_analytics.measures.measure import measure
from organizing_analytics.model import MEETING_KINDS

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.measures.selection import Selection


GROUPS: dict[str, Group] = {
    "kind": ordered("kind", MEETING_KINDS),
    "team": column("team_id"),
    "organizer": column("organizer_id"),
    "week": week_of("scheduled_on"),
    "month": month_of("scheduled_on"),
}
FOLLOW_UP_REASONS = ("follow_up", "thank_you")
GOOD_MINUTES = (30, 60)


@measure(MEETINGS, GROUPS)
def meetings(chosen: Selection) -> pd.DataFrame:
    """Return how many 1:1s were held, how well, and how many were followed up."""
    return chosen.present(chosen.fetch(meetings_counts(chosen)))


def meetings_counts(chosen: Selection) -> ir.Table:
    """Return the counts of 1:1s as an Ibis expression, one row per group."""
    hours = chosen.data.settings.follow_up_hours
    rows = with_follow_up(
        chosen.within(chosen.recorded_table("meetings"), "scheduled_on"),
        contacts_for(chosen.recorded_table("contacts"), FOLLOW_UP_REASONS),
        key="meeting_id",
        after="scheduled_at",
        hours=hours,
    )
    held = rows.status == "held"
    rows = rows.mutate(
        held=held,
        committed=held & _noted(rows, "commitment"),
        complete=held & _noted(rows, "purpose", "exploration", "exchange", "commitment"),
        with_length=held & rows.minutes.notnull(),
        good_length=held & rows.minutes.between(*GOOD_MINUTES).fill_null(False),
        with_next_step=held & rows.next_step_on.notnull(),
        follow_up_due=held & (rows.scheduled_on <= chosen.days_before(chosen.follow_up_days)),
    )
    return chosen.tally(
        rows,
        held=_.count(where=_.held),
        no_show=_.count(where=_.status == "no_show"),
        cancelled=_.count(where=_.status == "cancelled"),
        unrecorded=_.count(where=_.status == "scheduled"),
        committed=_.count(where=_.committed),
        complete=_.count(where=_.complete),
        with_length=_.count(where=_.with_length),
        good_length=_.count(where=_.good_length),
        with_next_step=_.count(where=_.with_next_step),
        follow_up_due=_.count(where=_.follow_up_due),
        followed_up=_.count(where=_.follow_up_due & _.followed_up),
    )


def _noted(rows: ir.Table, *pieces: str) -> ir.Value:
    noted = rows[pieces[0]].fill_null(False)
    for piece in pieces[1:]:
        noted &= rows[piece].fill_null(False)
    return noted
