"""How `meetings coverage` and `meetings overdue` are counted: people and their latest 1:1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.catalog.meetings import MEETINGS_COVERAGE, MEETINGS_OVERDUE
from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures.groups import Group, column
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.rows import with_team_of_person
from organizing_analytics.measures.selection import Selection, full_name

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd


GROUPS: dict[str, Group] = {"team": column("team_id"), "role": column("role")}


@measure(MEETINGS_COVERAGE, GROUPS)
def meetings_coverage(chosen: Selection) -> pd.DataFrame:
    """Return how many of the people who need maintenance 1:1s had one lately."""
    return chosen.present(chosen.fetch(meetings_coverage_counts(chosen)))


def meetings_coverage_counts(chosen: Selection) -> ir.Table:
    """Return people and covered as an Ibis expression, one row per group."""
    return chosen.tally(
        _people_and_last(chosen), people=_.count(), covered=_.count(where=_.is_covered)
    )


@measure(MEETINGS_OVERDUE)
def meetings_overdue(chosen: Selection) -> pd.DataFrame:
    """Return the people who are due a maintenance 1:1: who never had one, then the longest gap."""
    frame = chosen.fetch(meetings_overdue_rows(chosen))
    frame = frame.sort_values(
        ["days_since", "person_id"],
        ascending=[False, True],
        na_position="first",
        ignore_index=True,
    )
    frame = frame.assign(name=full_name(frame), days_since=frame["days_since"].astype("Int64"))
    return chosen.present(frame)


def meetings_overdue_rows(chosen: Selection) -> ir.Table:
    """Return the people who are due a maintenance 1:1 as an Ibis expression."""
    rows = _people_and_last(chosen)
    rows = chosen.of_team(rows) if chosen.uses_team else rows
    late = rows.filter(~rows.is_covered)
    since = ibis.literal(chosen.as_of).delta(late.last_maintenance_on, unit="day")
    return late.mutate(days_since=since).select(
        "person_id", "given_name", "family_name", "role", "last_maintenance_on", "days_since"
    )


def _people_and_last(chosen: Selection) -> ir.Table:
    settings = chosen.data.settings
    people, departures = chosen.recorded_table("people"), chosen.recorded_table("departures")
    gone = departures.filter(departures.departed_on <= chosen.as_of).select(gone_id="person_id")
    people = people.filter(people.role.isin(settings.maintenance_roles))
    people = people.anti_join(gone, people.person_id == gone.gone_id)
    people = with_team_of_person(chosen, people) if chosen.uses_team else people
    meetings = chosen.recorded_table("meetings")
    held = meetings.filter(
        meetings.kind == "maintenance",
        meetings.status == "held",
        meetings.scheduled_on <= chosen.as_of,
    )
    last = held.group_by(met_id=_.person_id).aggregate(last_maintenance_on=_.scheduled_on.max())
    rows = people.left_join(last, people.person_id == last.met_id).drop("met_id")
    lately = rows.last_maintenance_on > chosen.days_before(settings.maintenance_days)
    return rows.mutate(is_covered=lately.fill_null(False))
