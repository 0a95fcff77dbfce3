"""The rows that measures share: live shifts, sign-ups with their class, attended shifts.

Deleted events, their shifts and sign-ups, and deleted shifts are left out here, so that no
measure has to think of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from organizing_analytics.measures.selection import Selection


def live_shifts(chosen: Selection) -> ir.Table:
    """Return the shifts that count, with `event_type` and `team_id` of their event."""
    shifts, events = chosen.table("shifts"), chosen.table("events")
    events = events.filter(events.deleted_at.isnull()).select("event_id", "event_type", "team_id")
    return (
        shifts.filter(shifts.deleted_at.isnull())
        .select("shift_id", "event_id", "starts_at", "ends_at", "starts_on")
        .join(events, "event_id")
    )


def live_signups(chosen: Selection) -> ir.Table:
    """Return the sign-ups that count, beside their shift and event."""
    return chosen.table("signups").join(live_shifts(chosen), "shift_id")


def attended(chosen: Selection) -> ir.Table:
    """Return the attended sign-ups, walk-ins included, of all time."""
    signups = chosen.table("signups")
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
