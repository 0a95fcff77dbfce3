"""1:1s to hold: newcomers, next steps agreed on, maintenance, and who is ready for more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures import meetings_overdue
from organizing_analytics.to_do.standing import MONTH_DAYS, as_day
from organizing_analytics.to_do.task import Task, freshness
from organizing_analytics.wording import plural, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis.expr.types as ir

    from organizing_analytics.to_do.standing import Row, Standing

#: A person is a newcomer for this many days after the first visit.
NEWCOMER_DAYS = 90
NEWCOMER_VISITS = 2
#: A next step that was missed for longer is history.
MISSED_DAYS = 30
#: Who is called so many days before the next step is due has taken it.
EARLY_DAYS = 2


def recruitments(standing: Standing) -> Iterator[Task]:
    """Yield the newcomers who came twice and had no 1:1."""
    new = standing.activity.filter(
        standing.activity.visits >= NEWCOMER_VISITS,
        standing.activity.first_on > standing.ago(NEWCOMER_DAYS),
    )
    held = _held(standing).select(met_id="person_id").distinct()
    rows = new.anti_join(held, new.person_id == held.met_id)
    for row in standing.rows(_without_date(standing, rows)):
        if not standing.has_left(row["person_id"], as_day(row["last_on"])):
            first = standing.dates.day(as_day(row["first_on"]))
            yield Task(
                "recruitment_1to1",
                row["person_id"],
                None,
                f"Came on {row['visits']} days, the first on {first}, and had no 1:1",
                standing.until,
                "Hear their story, find what you share, end with a hard ask.",
                order=-row["visits"],
            )


def escalations(standing: Standing) -> Iterator[Task]:
    """Yield who came often enough lately to be asked for the next rung of the ladder."""
    settings = standing.settings
    fewest = min([settings.escalation_visits, *settings.escalation_visits_by_rung.values()])
    often = standing.activity.filter(standing.activity.lately >= fewest)
    recent = _held(standing).filter(
        _.kind == "escalation", _.scheduled_on > standing.ago(MONTH_DAYS)
    )
    recent = recent.select(met_id="person_id").distinct()
    rows = often.anti_join(recent, often.person_id == recent.met_id)
    rows = _without_date(standing, rows, kind="escalation")
    rows = rows.join(standing.homes, "person_id")
    for row in standing.rows(rows):
        rung = _rung(row["role"], settings.ladder)
        wanted = settings.escalation_visits_by_rung.get(
            settings.ladder[rung], settings.escalation_visits
        )
        is_top = rung == len(settings.ladder) - 1
        if is_top or row["lately"] < wanted:
            continue
        if standing.has_left(row["person_id"], as_day(row["last_on"])):
            continue
        who = f"{spoken(settings.ladder[rung]).capitalize()}; came"
        yield Task(
            "escalation",
            row["person_id"],
            None,
            f"{who} on {row['lately']} days in the last {MONTH_DAYS}",
            standing.until,
            f"Recognize what they have done, then offer the role of"
            f" {spoken(settings.ladder[rung + 1])}.",
            order=-row["lately"],
            ask_for=settings.ladder[rung + 1],
        )


def _rung(role: str | None, ladder: tuple[str, ...]) -> int:
    return ladder.index(role) if role in ladder else 0


def maintenance(standing: Standing) -> Iterator[Task]:
    """Yield who is due a maintenance 1:1 and has none set, the longest gap first."""
    overdue = meetings_overdue(standing.past, as_of=standing.day)
    until = standing.day + timedelta(days=standing.settings.maintenance_days)
    ahead = standing.meetings_ahead
    set_ = ahead.filter(ahead.kind == "maintenance", ahead.scheduled_on <= until)
    has_date = {row["met_id"] for row in standing.rows(set_.select("met_id").distinct())}
    for place, row in enumerate(cast("list[Row]", overdue.to_dict("records"))):
        if row["person_id"] in has_date:
            continue
        last, role = row["last_maintenance_on"], spoken(row["role"]).capitalize()
        never = last is None or last != last  # noqa: PLR0124  # not a time
        due = (
            standing.day
            if never
            else as_day(last) + timedelta(days=standing.settings.maintenance_days)
        )
        since = "never had" if never else f"{plural(int(row['days_since']), 'day')} without"
        yield Task(
            "maintenance",
            row["person_id"],
            None,
            f"{role}; {since} a maintenance 1:1",
            due,
            "" if never else f"The last was on {standing.dates.day(as_day(last))}.",
            order=place,
        )


def next_steps(standing: Standing) -> Iterator[Task]:
    """Yield the next steps from 1:1s that are due, or were missed in the last days."""
    held = _held(standing).filter(_.next_step_on.notnull())
    newest = ibis.window(
        group_by="person_id", order_by=[ibis.desc("scheduled_at"), ibis.desc("meeting_id")]
    )
    last = held.mutate(place=ibis.row_number().over(newest)).filter(_.place == 0)
    due = last.filter(
        last.next_step_on <= standing.until, last.next_step_on > standing.ago(MISSED_DAYS)
    ).select("meeting_id", "person_id", "kind", "scheduled_on", "next_step_on", team="team_id")
    touches = _touches(standing)
    later = due.join(touches, [due.person_id == touches.touched_id, touches.on >= due.scheduled_on])
    early = later.next_step_on - ibis.interval(days=EARLY_DAYS)
    # A contact on the day of the 1:1 itself counts only where it refers to the 1:1.
    is_step = (later.on >= early.cast("date")) & (later.on > later.scheduled_on)
    taken = later.filter(
        is_step
        | (later.about_id == later.meeting_id).fill_null(False)
        | (later.on >= later.next_step_on)
    )
    taken = taken.select(done_id="meeting_id").distinct()
    for row in standing.rows(due.anti_join(taken, due.meeting_id == taken.done_id)):
        due_on = as_day(row["next_step_on"])
        was = "was due" if due_on <= standing.day else "is due"
        met_on = standing.dates.day(as_day(row["scheduled_on"]))
        yield Task(
            "next_step",
            row["person_id"],
            row["team"],
            f"The next step from the {row['kind']} 1:1 of {met_on} {was} on"
            f" {standing.dates.day(due_on)}",
            due_on,
            order=freshness(due_on, standing.day),
            is_promise=True,
            meeting_id=row["meeting_id"],
        )


def _touches(standing: Standing) -> ir.Table:
    """Return `touched_id`, `on` and `about_id`: when somebody was contacted, asked or met."""
    about_nothing = ibis.null("string")
    contacts = standing.contacts.select(
        touched_id="person_id", on="contacted_on", about_id="meeting_id"
    )
    asks = standing.past.recorded_table("asks").select(
        touched_id="person_id", on="asked_on", about_id=about_nothing
    )
    met = _held(standing).select(touched_id="person_id", on="scheduled_on", about_id=about_nothing)
    return contacts.union(asks).union(met)


def _held(standing: Standing) -> ir.Table:
    meetings = standing.past.recorded_table("meetings")
    return meetings.filter(meetings.status == "held")


def _without_date(standing: Standing, rows: ir.Table, kind: str | None = None) -> ir.Table:
    """Leave out who has a 1:1 set for later, of any kind or of one."""
    ahead = standing.meetings_ahead
    ahead = ahead if kind is None else ahead.filter(ahead.kind == kind)
    ahead = ahead.select(waits_id="met_id").distinct()
    return rows.anti_join(ahead, rows.person_id == ahead.waits_id)
