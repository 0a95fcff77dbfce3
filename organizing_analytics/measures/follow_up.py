"""How `follow-up` is counted: three kinds of events in one table, each joined to its contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.catalog.following import FOLLOW_UP
from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures.contacts import contacts_for, with_follow_up
from organizing_analytics.measures.groups import Group, column, ordered, week_of
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.rows import attended

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.measures.selection import Selection


WHAT = ("attended", "yes", "one_to_one")
REASONS = ("follow_up", "thank_you", "reshift", "recognition")
GROUPS: dict[str, Group] = {
    "what": ordered("what", WHAT),
    "team": column("team_id"),
    "week": week_of("on_day"),
}


@measure(FOLLOW_UP, GROUPS)
def follow_up(chosen: Selection) -> pd.DataFrame:
    """Return how many visits, yeses and 1:1s were followed up within 48 hours."""
    return chosen.present(chosen.fetch(follow_up_counts(chosen)))


def follow_up_counts(chosen: Selection) -> ir.Table:
    """Return due and followed_up as an Ibis expression, one row per group."""
    rows = chosen.within(_moments(chosen), "on_day")
    rows = rows.filter(rows.on_day <= chosen.days_before(chosen.follow_up_days))
    marked = with_follow_up(
        rows,
        contacts_for(chosen.recorded_table("contacts"), REASONS),
        key="row_id",
        after="moment",
        hours=chosen.data.settings.follow_up_hours,
    )
    return chosen.tally(marked, due=_.count(), followed_up=_.count(where=_.followed_up))


def _moments(chosen: Selection) -> ir.Table:
    """Return `row_id what person_id team_id cluster_id on_day moment` of all that calls for one.

    `cluster_id` is the shift, the asker or the organizer.
    """
    asks, meetings = chosen.recorded_table("asks"), chosen.recorded_table("meetings")
    came = attended(chosen)
    came = came.select(
        "person_id",
        "team_id",
        row_id="s:" + came.signup_id,
        what=ibis.literal(WHAT[0]),
        cluster_id="shift_id",
        on_day="starts_on",
        moment=ibis.coalesce(came.ends_at, came.starts_at),
    )
    yeses = asks.filter(asks.outcome == "yes").select(
        "person_id",
        "team_id",
        row_id="a:" + asks.ask_id,
        what=ibis.literal(WHAT[1]),
        cluster_id="asker_id",
        on_day="asked_on",
        moment="asked_at",
    )
    held = meetings.filter(meetings.status == "held").select(
        "person_id",
        "team_id",
        row_id="m:" + meetings.meeting_id,
        what=ibis.literal(WHAT[2]),
        cluster_id="organizer_id",
        on_day="scheduled_on",
        moment="scheduled_at",
    )
    return ibis.union(came, yeses, held)
