"""The rows that measures share: live shifts, sign-ups with their class, attended shifts.

Deleted events, their shifts and sign-ups, and deleted shifts are left out here, so that no
measure has to think of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from organizing_analytics.expressions import _, ibis
from organizing_analytics.lead_times import LABELS, LAST_DAYS, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from organizing_analytics.measures.selection import Selection

#: Bands of a person's own past rate.
RECORDS = ("new", "under 1/3", "1/3 to 2/3", "over 2/3")


class HasTables(Protocol):
    """What has tables by name: a store, a selection, a store as it was known on a date."""

    def recorded_table(self, name: str) -> ir.Table:
        """Return a table."""


def live_shifts(
    data: HasTables, *, shift_columns: Sequence[str] = (), event_columns: Sequence[str] = ()
) -> ir.Table:
    """Return the shifts that are not deleted, nor their event.

    Parameters
    ----------
    data : HasTables
        Where the tables are from.
    shift_columns, event_columns : sequence of str
        Columns to have beside `shift_id event_id starts_at ends_at starts_on` of the shift and
        `event_type team_id` of its event.
    """
    shifts, events = data.recorded_table("shifts"), data.recorded_table("events")
    events = events.filter(events.deleted_at.isnull())
    return (
        shifts.filter(shifts.deleted_at.isnull())
        .select("shift_id", "event_id", "starts_at", "ends_at", "starts_on", *shift_columns)
        .join(events.select("event_id", "event_type", "team_id", *event_columns), "event_id")
    )


def live_signups(chosen: Selection) -> ir.Table:
    """Return the sign-ups that count, beside their shift and event."""
    return chosen.recorded_table("signups").join(live_shifts(chosen), "shift_id")


def attended(chosen: Selection) -> ir.Table:
    """Return the attended sign-ups, walk-ins included, of all time."""
    signups = chosen.recorded_table("signups")
    return signups.filter(signups.attended).join(live_shifts(chosen), "shift_id")


def class_of(signups: ir.Table) -> ir.Value:
    """Return the class of each sign-up: the first that fits.

    Parameters
    ----------
    signups : Table
        From `live_signups`.

    Returns
    -------
    Value of text
        walk_in, left_out, attended, cancelled, no_show or unrecorded; never null.
    """
    came = signups.attended.fill_null(False)
    # A sign-up without a time was not made at the door, as far as anyone knows.
    at_the_door = signups.is_walk_in.fill_null(False) | (
        signups.signed_up_at >= signups.starts_at
    ).fill_null(False)
    cancelled = signups.status == "cancelled"
    in_time = (signups.cancelled_at < signups.starts_at).fill_null(True)
    stayed_away = ~signups.attended.fill_null(True)
    return ibis.cases(
        (at_the_door & came, "walk_in"),
        (at_the_door, "left_out"),
        (came, "attended"),
        (cancelled & in_time, "cancelled"),
        (stayed_away | cancelled, "no_show"),
        else_="unrecorded",
    )


def lead_of(rows: ir.Table) -> ir.Value:
    """Return the place in `lead_times.LABELS` of the days from sign-up to shift."""
    days = rows.starts_on.delta(rows.signed_up_on, unit="day")
    return ibis.cases(
        (days.isnull(), LABELS.index(UNKNOWN)),
        *((days <= last, place) for place, last in enumerate(LAST_DAYS)),
        else_=len(LAST_DAYS),
    )


def is_confirmed(rows: ir.Table) -> ir.Value:
    """Return whether a sign-up was confirmed before the start; a status without a time was."""
    return ibis.coalesce(rows.confirmed_at < rows.starts_at, rows.status == "confirmed")


def first_shifts(chosen: Selection) -> ir.Table:
    """Return `person_id` and `first_came_at`, the start of the first shift that was attended.

    Of all time: whether someone was new does not depend on the window that is looked at.
    """
    return attended(chosen).group_by("person_id").aggregate(first_came_at=_.starts_at.min())


def is_first_timer(rows: ir.Table) -> ir.Value:
    """Return whether the person had attended no earlier shift; joined with `first_shifts`."""
    return ~(rows.first_came_at < rows.starts_at).fill_null(False)


def with_record(chosen: Selection, rows: ir.Table) -> ir.Table:
    """Add `record`, the place in `RECORDS` of the person's own rate before the row's shift.

    That is attended / (attended + no_show) over the person's sign-ups, of all time, for shifts that
    started earlier; two shifts that start at once are not earlier than each other.
    """
    signups = live_signups(chosen)
    signups = signups.mutate(signup_class=class_of(signups))
    starts = signups.group_by(record_id=_.person_id, record_at=_.starts_at).aggregate(
        came=_.count(where=_.signup_class == "attended"),
        known=_.count(where=_.signup_class.isin(("attended", "no_show"))),
    )
    before = ibis.window(group_by="record_id", order_by="record_at", rows=(None, -1))
    starts = starts.select(
        "record_id",
        "record_at",
        came_before=_.came.sum().over(before).fill_null(0),
        known_before=_.known.sum().over(before).fill_null(0),
    )
    rows = rows.left_join(
        starts, [rows.person_id == starts.record_id, rows.starts_at == starts.record_at]
    )
    band = ibis.cases(
        (_.known_before == 0, RECORDS.index("new")),
        (3 * _.came_before < _.known_before, RECORDS.index("under 1/3")),
        (3 * _.came_before <= 2 * _.known_before, RECORDS.index("1/3 to 2/3")),
        else_=RECORDS.index("over 2/3"),
    )
    return rows.mutate(record=band).drop("record_id", "record_at", "came_before", "known_before")


def with_team_of_person(chosen: Selection, rows: ir.Table) -> ir.Table:
    """Add `team_id`, the row's person's own team, else that of their latest visit by as-of."""
    people = chosen.recorded_table("people").select(own_id="person_id", own_team="team_id")
    rows = rows.drop("team_id") if "team_id" in rows.columns else rows
    rows = rows.left_join(people, rows.person_id == people.own_id).drop("own_id")
    in_order = ibis.window(
        group_by="person_id",
        order_by=[ibis.desc("starts_at"), ibis.desc("shift_id"), ibis.desc("signup_id")],
    )
    visits = attended(chosen)
    visits = visits.filter(visits.starts_on <= chosen.as_of)
    visits = visits.mutate(place=ibis.row_number().over(in_order)).filter(_.place == 0)
    latest = visits.select(visitor_id="person_id", visit_team="team_id")
    rows = rows.left_join(latest, rows.person_id == latest.visitor_id)
    team = ibis.coalesce(rows.own_team, rows.visit_team)
    return rows.mutate(team_id=team).drop("own_team", "visitor_id", "visit_team")
