"""Who was expected and did not come: of the last days, and of a shift that runs right now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from organizing_analytics.expressions import _, ibis
from organizing_analytics.to_do.offering import Offer, with_offer
from organizing_analytics.to_do.standing import (
    as_day,
    called,
    shift_words,
    start_of,
)
from organizing_analytics.to_do.task import Task
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import ibis.expr.types as ir

    from organizing_analytics.to_do.offering import NextShifts
    from organizing_analytics.to_do.standing import Row, Standing

#: Who missed a shift longer ago is asked like everybody else.
MISSED_DAYS = 14
#: A shift without an end is taken to last so long.
DEFAULT_HOURS = 3


def missed(standing: Standing, shifts: NextShifts) -> Iterator[Task]:
    """Yield who was on a list, did not come, and has been neither seen nor spoken to since.

    Only a recorded absence counts: where nobody wrote attendance down, nobody was missed.
    """
    busy = {row["person_id"] for row in standing.rows(standing.ahead.select("person_id"))}
    for row in standing.rows(_absences(standing)):
        person, team = row["person_id"], row["team"]
        if person in busy:
            offer = Offer("On the list of a coming shift: say that you count on them.")
        else:
            shift = shifts.find(person, team, like=row["event_type"]) or shifts.find(person, team)
            offer = Offer("Ask how they are. No shift with room is planned yet.")
            if shift is not None:
                offer = shifts.offer(
                    shift, person=person, team=team, opening=_opening(standing, row)
                )
        task = Task(
            "missed",
            person,
            team,
            f"Was expected at {shift_words(row, standing.dates)} and did not come;"
            " no reason is known",
            standing.until,
            order=(standing.day - as_day(row["starts_on"])).days,
            signup_id=row["signup_id"],
        )
        yield with_offer(task, offer)


def _opening(standing: Standing, row: Row) -> str:
    return f"We missed you on {standing.dates.weekday(as_day(row['starts_on']))}."


def _absences(standing: Standing) -> ir.Table:
    """Return each person's latest shift that they missed and nothing has followed."""
    signups = standing.past.recorded_table("signups")
    expected = signups.filter(
        signups.status != "cancelled",
        ~signups.is_walk_in.fill_null(False),
        (~signups.attended).fill_null(False),
    ).select("signup_id", "person_id", "shift_id")
    past = standing.shifts.filter(
        _.starts_on <= standing.day, _.starts_on > standing.ago(MISSED_DAYS)
    )
    rows = expected.join(past, "shift_id")
    newest = [ibis.desc("starts_at"), ibis.desc("signup_id")]
    in_order = ibis.window(group_by="person_id", order_by=newest)
    rows = rows.mutate(place=ibis.row_number().over(in_order)).filter(_.place == 0)
    since = standing.visits.select(seen_id="person_id", seen_at="starts_at").union(
        standing.past.recorded_table("asks").select(seen_id="person_id", seen_at="asked_at"),
        standing.contacts.select(seen_id="person_id", seen_at="at"),
        standing.past.recorded_table("meetings").select(
            seen_id="person_id", seen_at="scheduled_at"
        ),
    )
    latest = since.group_by("seen_id").aggregate(seen_at=_.seen_at.max())
    rows = rows.left_join(latest, rows.person_id == latest.seen_id)
    return rows.filter((rows.seen_at < rows.starts_at).fill_null(True))


def chases(standing: Standing, now: datetime) -> Iterator[Task]:
    """Yield who confirmed for a shift that runs now and is not marked as there.

    Where nobody is marked as there yet, the list is not being kept: that is said instead.

    Parameters
    ----------
    standing : Standing
        Of today.
    now : datetime
        The moment, in UTC without an offset.
    """
    started = now - timedelta(minutes=standing.settings.chase_minutes)
    running = standing.shifts.filter(
        _.starts_at <= ibis.literal(started, type="timestamp"),
        _.starts_on <= standing.day,
        _.starts_on >= standing.ago(1),
    )
    for shift in standing.rows(running.order_by("starts_at", "shift_id")):
        if _end(shift) > now:
            yield from _chase(standing, shift)


def _end(shift: Row) -> datetime:
    start: datetime = shift["starts_at"]
    end: datetime | None = shift["ends_at"]
    return end if end is not None and end > start else start + timedelta(hours=DEFAULT_HOURS)


def _chase(standing: Standing, shift: Row) -> Iterator[Task]:
    signups = standing.past.recorded_table("signups")
    signups = signups.filter(signups.shift_id == shift["shift_id"], signups.status != "cancelled")
    rows = standing.rows(
        signups.select("signup_id", "person_id", "status", "confirmed_at", "attended")
    )
    start = start_of(shift, standing.settings.timezone)
    where = f"{called(shift)}, which began at {standing.dates.time(start)}"
    if rows and not any(row["attended"] for row in rows):
        yield Task(
            "record_attendance",
            None,
            shift["team"],
            f"{where}: nobody of {plural(len(rows), 'sign-up')} is marked as there yet",
            as_day(shift["starts_on"]),
            "Mark who is there, then look again whom to call.",
            shift_id=shift["shift_id"],
        )
        return
    for row in rows:
        is_confirmed = row["status"] == "confirmed" or row["confirmed_at"] is not None
        if is_confirmed and not row["attended"]:
            yield Task(
                "chase",
                row["person_id"],
                shift["team"],
                f"Confirmed for {where}, and is not marked as there",
                as_day(shift["starts_on"]),
                f'"Are you on your way to {called(shift)}? We are holding your place."',
                signup_id=row["signup_id"],
                shift_id=shift["shift_id"],
            )
