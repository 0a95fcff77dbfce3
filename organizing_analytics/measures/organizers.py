"""How `organizers` is counted: each act of an organizer is a row, whatever table it stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.catalog.following import ORGANIZERS
from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures.contacts import contacts_for, with_follow_up
from organizing_analytics.measures.follow_up import REASONS
from organizing_analytics.measures.groups import Group, column, month_of, week_of
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.selection import full_name

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.measures.selection import Selection

#: How the ids of rows begin that answer a line of a list (see the logbook package).
ANSWER_ID = "log:reply:"
GROUPS: dict[str, Group] = {
    "organizer": column("organizer_id"),
    "team": column("team_id"),
    "week": week_of("on_day"),
    "month": month_of("on_day"),
}


@measure(ORGANIZERS, GROUPS)
def organizers(chosen: Selection) -> pd.DataFrame:
    """Return what each organizer did, by name."""
    counts = chosen.fetch(organizers_counts(chosen))
    people = chosen.recorded_table("people").select("person_id", "given_name", "family_name")
    named = chosen.data.execute(people)
    names = dict(zip(named["person_id"], full_name(named), strict=True))
    counts = counts.assign(name=counts["organizer"].map(names).astype("str"))
    frame = chosen.present(counts)
    # By name, and never by result: the rows are no ranking.
    return frame.sort_values("name", kind="stable", na_position="last", ignore_index=True)


def organizers_counts(chosen: Selection) -> ir.Table:
    """Return the acts of each organizer as an Ibis expression, one row per group."""
    acts = chosen.within(_acts(chosen), "on_day").filter(_.organizer_id.notnull())
    marked = with_follow_up(
        acts,
        contacts_for(chosen.recorded_table("contacts"), REASONS),
        key="row_id",
        after="moment",
        hours=chosen.data.settings.follow_up_hours,
    )
    is_due = marked.calls_for_follow_up & (
        marked.on_day <= chosen.days_before(chosen.follow_up_days)
    )
    marked = marked.mutate(is_due=is_due)
    return chosen.tally(
        marked,
        one_to_ones=_.count(where=_.act == "one_to_one"),
        asks=_.count(where=_.act == "ask"),
        contacts=_.count(where=_.act == "contact"),
        from_lists=_.count(where=_.is_from_list),
        follow_up_due=_.count(where=_.is_due),
        followed_up=_.count(where=_.is_due & _.followed_up),
    )


def _acts(chosen: Selection) -> ir.Table:
    """Return one row for each act: who did what, with whom, when, and whether it calls for more."""
    asks, meetings, contacts = (
        chosen.recorded_table(name) for name in ("asks", "meetings", "contacts")
    )
    people = chosen.recorded_table("people").select(by_id="person_id", by_team="team_id")
    by_whom = contacts.left_join(people, contacts.by_id == people.by_id)
    asked = asks.select(
        "person_id",
        "team_id",
        organizer_id="asker_id",
        row_id="a:" + asks.ask_id,
        act=ibis.literal("ask"),
        on_day="asked_on",
        moment="asked_at",
        calls_for_follow_up=asks.outcome == "yes",
        is_from_list=asks.ask_id.startswith(ANSWER_ID),
    )
    held = meetings.filter(meetings.status == "held").select(
        "person_id",
        "team_id",
        organizer_id="organizer_id",
        row_id="m:" + meetings.meeting_id,
        act=ibis.literal("one_to_one"),
        on_day="scheduled_on",
        moment="scheduled_at",
        calls_for_follow_up=ibis.literal(True),
        is_from_list=meetings.meeting_id.startswith(ANSWER_ID),
    )
    reached = by_whom.select(
        "person_id",
        team_id="by_team",
        organizer_id=by_whom["by_id"],
        row_id="c:" + by_whom.contact_id,
        act=ibis.literal("contact"),
        on_day="contacted_on",
        moment="at",
        calls_for_follow_up=ibis.literal(False),
        is_from_list=by_whom.contact_id.startswith(ANSWER_ID),
    )
    return ibis.union(asked, held, reached)
