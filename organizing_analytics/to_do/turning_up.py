"""Shifts: confirm who is coming, write down who came, find the people who are still missing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pandas as pd

from organizing_analytics.expressions import _
from organizing_analytics.measures.show_up import show_up
from organizing_analytics.planning.late import text_of
from organizing_analytics.to_do.standing import as_day, called, shift_words, start_of, start_words
from organizing_analytics.to_do.task import Task
from organizing_analytics.wording import plural, uncapitalized

if TYPE_CHECKING:
    from collections.abc import Iterator

    from organizing_analytics.to_do.offering import NextShifts
    from organizing_analytics.to_do.standing import Row, Standing

#: Attendance that nobody wrote down for longer will not be remembered.
RECORD_DAYS = 28
#: The verdicts of shifts that lack people.
NEEDY = ("schedule", "schedule_but_short")
#: Who was reached to confirm in the last days need not be called for the same shift again.
REACHED_DAYS = 7


def confirmations(standing: Standing) -> Iterator[Task]:
    """Yield who is on a list of the coming days and has not confirmed, the least certain first."""
    planner = standing.planner
    ahead = planner.shifts_ahead()
    ahead = ahead.filter(ahead.starts_on <= standing.until)
    reasons = standing.shifts.select("shift_id", "why")
    with_why = ahead.join(reasons, "shift_id")
    shifts = {row["shift_id"]: row for row in standing.rows(with_why)}
    lists = [rows[~rows["confirmed"]] for rows in planner.lists(ahead).values()]
    reached = _reached(standing)
    waiting = [
        row
        for row in cast("list[Row]", pd.concat(lists).to_dict("records") if lists else [])
        if row["person_id"] not in reached
    ]
    waiting.sort(key=lambda row: (row["starts_at"], row["shift_id"], row["signup_id"]))
    seen: dict[str, list[Row]] = {}
    for row in waiting:
        seen.setdefault(row["person_id"], []).append(row)
    for person, rows in seen.items():
        yield _confirm(standing, person, rows, shifts)


def _confirm(standing: Standing, person: str, rows: list[Row], shifts: dict[str, Row]) -> Task:
    first = shifts[rows[0]["shift_id"]]
    others = [start_words(shifts[r["shift_id"]], standing.settings) for r in rows[1:]]
    details = [f"About {100 * rows[0]['chance']:.0f} % likely to come."]
    details += [f"Also signed up for {'; '.join(others)}."] if others else []
    why = (first["why"] or "").strip()
    details += [f'Say why it matters: "{why}"'] if why else []
    refused = standing.must_not_ask.get(person)
    if refused is not None:
        details.append(_own_sign_up(standing, refused))
    return Task(
        "confirm",
        person,
        text_of(first["team"]) or None,
        f"Signed up for {start_words(first, standing.settings)}, not confirmed",
        max(as_day(first["starts_on"]) - timedelta(days=1), standing.day + timedelta(days=1)),
        " ".join(details),
        order=rows[0]["chance"],
        runs_out_on=as_day(first["starts_on"]),
        shift_id=rows[0]["shift_id"],
        signup_id=rows[0]["signup_id"],
    )


def _own_sign_up(standing: Standing, refused: Row) -> str:
    if refused["why"] == "do_not_contact":
        return "Asked not to be contacted, yet is on this list: decide yourself whether to call."
    said_on = standing.dates.day(as_day(refused["since"]))
    return f'Said "not ever" on {said_on}, yet is on this list: decide yourself whether to call.'


def _reached(standing: Standing) -> set[str]:
    contacts = standing.contacts.filter(
        standing.contacts.reason == "confirmation",
        standing.contacts.contacted_on > standing.ago(REACHED_DAYS),
        standing.contacts.result.isin(("reached", "refused")) | standing.contacts.result.isnull(),
    )
    return {row["person_id"] for row in standing.rows(contacts.select("person_id").distinct())}


def records(standing: Standing) -> Iterator[Task]:
    """Yield the past shifts on whose lists somebody's attendance is not written down."""
    since = standing.ago(RECORD_DAYS - 1)
    frame = show_up(standing.past, by="shift", since=since, as_of=standing.day)
    counts = {row["shift"]: row for row in cast("list[Row]", frame.to_dict("records"))}
    shifts = standing.shifts.filter(
        _.starts_on > standing.ago(RECORD_DAYS), _.starts_on <= standing.day
    )
    for row in standing.rows(shifts.order_by(_.starts_at.desc(), "shift_id")):
        counted = counts.get(row["shift_id"])
        if counted is None or not counted["unrecorded"]:
            continue
        left, n = counted["unrecorded"], counted["scheduled"]
        yield Task(
            "record_attendance",
            None,
            row["team"],
            f"{shift_words(row, standing.dates)}: {left:,} of {plural(n, 'sign-up')}"
            " not written down",
            as_day(row["starts_on"]) + timedelta(days=2),
            order=-left,
            shift_id=row["shift_id"],
        )


def recruits(standing: Standing, shifts: NextShifts) -> Iterator[Task]:
    """Yield the coming shifts that need more people scheduled, and what to say to ask for them."""
    needy = [row for row in standing.outlooks.values() if row["verdict"] in NEEDY]
    ahead = standing.shifts.filter(_.starts_on > standing.day)
    shift_rows = {row["shift_id"]: row for row in standing.rows(ahead)} if needy else {}
    for row in needy:
        shift = shift_rows[row["shift_id"]]
        start = start_of(shift, standing.settings.timezone)
        yield Task(
            "recruit",
            None,
            text_of(row["team"]) or None,
            f"{called(shift)} on {standing.dates.day_and_time(start)}:"
            f" {uncapitalized(row['verdict_words'])}",
            as_day(row["starts_on"]) - timedelta(days=1),
            row["sentence"],
            runs_out_on=as_day(row["starts_on"]),
            shift_id=row["shift_id"],
            ask_for=shift["event_type"],
            words=shifts.offer(shift).hard_words,
        )
