"""How `retention return` and `retention by-visit` are counted: visits, numbered for each person.

`attended_days` makes visits of attended sign-ups; the other measures of retention use it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.catalog.retention import RETENTION_BY_VISIT, RETENTION_RETURN
from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures.contacts import NOT_REACHED, contacts_for, with_follow_up
from organizing_analytics.measures.groups import Group, column, flag, month_of, week_of
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.reshift import with_next_shift
from organizing_analytics.measures.rows import attended
from organizing_analytics.measures.selection import Selection, whole_number

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd


GROUPS: dict[str, Group] = {
    "team": column("team_id"),
    "event_type": column("event_type"),
    "recruiter": column("recruiter_id"),
    "month": month_of("first_on"),
    "week": week_of("first_on"),
    "followed_up": flag(lambda people: people.followed_up),
    "reached": flag(lambda people: people.reached),
    "reshift": flag(lambda people: people.reshift),
}
FOLLOW_UP_REASONS = ("follow_up", "thank_you", "reshift")


@measure(RETENTION_RETURN, GROUPS)
def retention_return(chosen: Selection, *, within_days: int = 30) -> pd.DataFrame:
    """Return how many of the people who came once came again within some days."""
    frame = chosen.fetch(retention_return_counts(chosen, within_days=within_days))
    return chosen.present(frame)


def retention_return_counts(chosen: Selection, *, within_days: int = 30) -> ir.Table:
    """Return people, matured and returned as an Ibis expression, one row per group."""
    days = whole_number(within_days, option="within-days")
    people = people_by_first_visit(chosen, with_shift=not chosen.independent)
    people = chosen.within(people, "first_on")
    contacts = chosen.recorded_table("contacts")
    for name, unsuccessful in (("reached", NOT_REACHED), ("followed_up", ())):
        if chosen.wants(name):
            people = with_follow_up(
                people,
                contacts_for(contacts, FOLLOW_UP_REASONS, without_results=unsuccessful),
                key="person_id",
                after="first_ended_at",
                hours=chosen.data.settings.follow_up_hours,
            ).rename({name: "followed_up"})
    if chosen.wants("reshift"):
        people = _with_reshift(chosen, people)
    matured = _.first_on <= chosen.days_before(days)
    came_back = (_.second_on <= _.first_on + ibis.interval(days=days)).fill_null(False)
    return chosen.tally(
        people,
        people=_.count(),
        matured=_.count(where=matured),
        returned=_.count(where=matured & came_back),
    )


@measure(RETENTION_BY_VISIT)
def retention_by_visit(
    chosen: Selection, *, within_days: int = 90, max_visit: int = 6
) -> pd.DataFrame:
    """Return, for the first, second, … visit, how many people came again after it."""
    counts = retention_by_visit_counts(chosen, within_days=within_days, max_visit=max_visit)
    frame = chosen.fetch(counts).sort_values("visit", ignore_index=True)
    return chosen.present(frame)


def retention_by_visit_counts(
    chosen: Selection, *, within_days: int = 90, max_visit: int = 6
) -> ir.Table:
    """Return matured and returned as an Ibis expression, one row per visit number."""
    days = whole_number(within_days, option="within-days")
    last = whole_number(max_visit, option="max-visit")
    in_order = ibis.window(group_by="person_id", order_by="visit_on")
    visited = attended_days(chosen).distinct() if chosen.independent else _visits(chosen)
    visits = visited.mutate(
        visit=ibis.row_number().over(in_order) + 1, next_on=_.visit_on.lead().over(in_order)
    )
    matured = visits.filter(visits.visit <= last, visits.visit_on <= chosen.days_before(days))
    # Spark's count of a condition that is null in every row is null, not 0.
    came_back = (_.next_on <= _.visit_on + ibis.interval(days=days)).fill_null(False)
    rows = chosen.within(matured, "visit_on")
    return chosen.tally(
        rows, {"visit": rows.visit}, matured=_.count(), returned=_.count(where=came_back)
    )


def _visits(chosen: Selection) -> ir.Table:
    """Return `person_id visit_on shift_id` of each visit, the shift its earliest; of the team."""
    rows = attended_so_far(chosen)
    if chosen.uses_team:
        rows = rows.semi_join(chosen.of_team(people_by_first_visit(chosen)), "person_id")
    return _first_rows(rows, "person_id", "starts_on").select(
        "person_id", "shift_id", visit_on="starts_on"
    )


def first_shifts_of_people(chosen: Selection) -> ir.Table:
    """Return `person_id shift_id`, the earliest shift of each one's first visit."""
    rows = _first_rows(attended_so_far(chosen), "person_id", day="starts_on")
    return rows.select("person_id", "shift_id")


def _first_rows(rows: ir.Table, *group: str, day: str = "") -> ir.Table:
    # The same person may be on one shift twice: the order must not leave anything to chance.
    order = [name for name in (day, "starts_at", "shift_id", "signup_id") if name]
    in_order = ibis.window(group_by=list(group), order_by=order)
    return rows.mutate(place=ibis.row_number().over(in_order)).filter(_.place == 0)


def _with_reshift(chosen: Selection, people: ir.Table) -> ir.Table:
    """Add the boolean `reshift`: the next shift was set within 48 hours of the first visit's."""
    rows = with_next_shift(chosen, attended_so_far(chosen))
    set_on = rows.filter(rows.reshifted).select(set_id="person_id", set_on="starts_on").distinct()
    marked = people.left_join(
        set_on, [people.person_id == set_on.set_id, people.first_on == set_on.set_on]
    )
    return marked.mutate(reshift=_.set_id.notnull()).drop("set_id", "set_on")


def attended_so_far(chosen: Selection) -> ir.Table:
    """Return the attended sign-ups whose shift's local date is on or before as-of."""
    rows = attended(chosen)
    return rows.filter(rows.starts_on <= chosen.as_of)


def attended_days(chosen: Selection, *, of_team: bool = True) -> ir.Table:
    """Return `person_id` and `visit_on`, one row per attended shift; of the people of the team."""
    days = attended_so_far(chosen).select("person_id", visit_on="starts_on")
    if not (of_team and chosen.uses_team):
        return days
    return days.semi_join(chosen.of_team(people_by_first_visit(chosen)), "person_id")


def people_by_first_visit(chosen: Selection, *, with_shift: bool = False) -> ir.Table:
    """Return one row per person who ever visited.

    Returns
    -------
    Table
        `person_id`, `first_on`, `second_on` (date of the second visit, null without one),
        `first_ended_at` (when the first visit's last shift ended); and, where the question needs
        them, `shift_id`, `team_id`, `event_type`, `recruiter_id` of the first visit's earliest
        shift.
    """
    rows = attended_so_far(chosen)
    firsts = rows.group_by("person_id").aggregate(first_on=_.starts_on.min())
    rows = rows.join(firsts, "person_id")
    people = rows.group_by("person_id", "first_on").aggregate(
        second_on=_.starts_on.min(where=_.starts_on > _.first_on),
        first_ended_at=ibis.coalesce(_.ends_at, _.starts_at).max(where=_.starts_on == _.first_on),
    )
    if not (chosen.uses_team or chosen.wants("event_type", "recruiter") or with_shift):
        return people
    return people.join(_earliest_shifts(rows), "person_id")


def _earliest_shifts(rows: ir.Table) -> ir.Table:
    first_day = rows.filter(rows.starts_on == rows.first_on)
    return _first_rows(first_day, "person_id").select(
        "person_id", "shift_id", "team_id", "event_type", "recruiter_id"
    )
