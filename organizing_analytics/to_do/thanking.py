"""Follow up within 48 hours, thank once who said "not ever", recognize who did much."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures.follow_up import REASONS
from organizing_analytics.to_do.standing import (
    CATCH_UP_DAYS,
    MONTH_DAYS,
    as_day,
    shift_words,
    start_words,
)
from organizing_analytics.to_do.task import Task, freshness
from organizing_analytics.wording import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import ibis.expr.types as ir

    from organizing_analytics.to_do.standing import Row, Standing

#: A "not ever" is thanked for within this time or not at all.
THANK_DAYS = 30


def follow_ups(standing: Standing) -> Iterator[Task]:
    """Yield who came, said yes or held a 1:1 in the last days and was not contacted since.

    Somebody with several such facts is on one list, that of the latest fact's team.
    """
    facts = [*_came(standing), *_said_yes(standing), *_met(standing)]
    facts.sort(key=itemgetter("person_id", "at", "what"))
    for person, group in groupby(facts, key=itemgetter("person_id")):
        own = list(group)
        latest, others = own[-1], own[:-1]
        facts_before = "; ".join(dict.fromkeys(fact["what"] for fact in reversed(others)))
        due = _deadline(standing, latest)
        yield Task(
            _kind(standing, person),
            person,
            latest["team"],
            latest["what"],
            due,
            _follow_up_words(
                standing,
                person,
                _why_words(latest)
                + _list_words(latest)
                + (f"Also: {facts_before}." if facts_before else ""),
            ),
            order=freshness(due, standing.day),
            is_promise=True,
            ask_id=latest.get("ask_id"),
            signup_id=latest.get("signup_id"),
            meeting_id=latest.get("meeting_id"),
        )


def _kind(standing: Standing, person: str) -> str:
    return "thank_you" if person in standing.must_not_ask else "follow_up"


def _why_words(fact: Row) -> str:
    why = (fact.get("why") or "").strip()
    return f'Say why it mattered: "{why}" ' if why else ""


def _list_words(fact: Row) -> str:
    shift = fact.get("list_of")
    return f"Put them on the list of {shift}. " if shift else ""


def _follow_up_words(standing: Standing, person: str, also: str) -> str:
    also = also.strip()
    if person not in standing.must_not_ask:
        return also
    return f"Asked not to be asked again: thank them and ask for nothing. {also}".strip()


def _deadline(standing: Standing, fact: Row) -> date:
    return standing.local(fact["at"] + timedelta(hours=standing.settings.follow_up_hours)).date()


def _came(standing: Standing) -> list[Row]:
    rows = standing.visits.filter(standing.visits.starts_on > standing.ago(CATCH_UP_DAYS + 1))
    rows = rows.select(
        "person_id", "signup_id", "team", "title", "event_type", "starts_on", "why", at="ends_at"
    )
    rows = rows.mutate(key=ibis.literal("came") + rows.person_id + rows.at.cast("string"))
    return [
        {**row, "what": f"Came to {shift_words(row, standing.dates)}"}
        for row in _open(standing, rows)
    ]


def _said_yes(standing: Standing) -> list[Row]:
    asks = standing.past.recorded_table("asks")
    yes = asks.filter(asks.outcome == "yes", asks.asked_on > standing.ago(CATCH_UP_DAYS + 1))
    rows = yes.select(
        "person_id", "ask_for", "ask_id", "shift_id", key="ask_id", team="team_id", at="asked_at"
    )
    open_ = _open(standing, rows)
    not_listed = _not_listed(standing) if any(row["shift_id"] for row in open_) else {}
    return [
        {
            **row,
            "what": f"Said yes to {spoken(row['ask_for'])} on {_on(standing, row)}",
            "list_of": not_listed.get(row["ask_id"]),
        }
        for row in open_
    ]


def _not_listed(standing: Standing) -> dict[str, str]:
    """Return, by ask, the coming shift that was said yes to without a sign-up since."""
    asks = standing.past.recorded_table("asks").filter(_.outcome == "yes")
    asks = asks.select("ask_id", "person_id", "shift_id")
    shifts = standing.shifts.filter(_.starts_at >= ibis.literal(standing.end, type="timestamp"))
    rows = asks.join(shifts, "shift_id")
    rows = rows.anti_join(standing.ahead, ["person_id", "shift_id"])
    return {row["ask_id"]: start_words(row, standing.settings) for row in standing.rows(rows)}


def _met(standing: Standing) -> list[Row]:
    meetings = standing.past.recorded_table("meetings")
    held = meetings.filter(
        meetings.status == "held", meetings.scheduled_on > standing.ago(CATCH_UP_DAYS + 1)
    )
    rows = held.select(
        "person_id", "kind", "meeting_id", key="meeting_id", team="team_id", at="scheduled_at"
    )
    return [
        {**row, "what": f"Had a {row['kind']} 1:1 on {_on(standing, row)}"}
        for row in _open(standing, rows)
    ]


def _on(standing: Standing, row: Row) -> str:
    return standing.dates.day(standing.local(row["at"]).date())


def _open(standing: Standing, rows: ir.Table) -> list[Row]:
    """Return the facts of the last days after which nobody contacted the person."""
    since = standing.end - timedelta(days=CATCH_UP_DAYS)
    until = ibis.literal(standing.end, type="timestamp")
    rows = rows.filter(rows.at > ibis.literal(since, type="timestamp"), rows.at <= until)
    contacts = standing.contacts.filter(standing.contacts.reason.isin(REASONS))
    contacts = contacts.select(contacted_id="person_id", contacted_at="at")
    contacted = rows.join(
        contacts, [rows.person_id == contacts.contacted_id, contacts.contacted_at > rows.at]
    )
    contacted = contacted.select(done_key=contacted["key"]).distinct()
    return standing.rows(rows.anti_join(contacted, rows.key == contacted.done_key))


def last_thanks(standing: Standing) -> Iterator[Task]:
    """Yield who said "not ever" lately and was not thanked: once, then no list."""
    asks = standing.past.recorded_table("asks")
    never = asks.filter(asks.outcome == "not_ever", asks.asked_on > standing.ago(THANK_DAYS))
    thanks = standing.contacts.filter(standing.contacts.reason.isin(("thank_you", "follow_up")))
    thanks = thanks.select(thanked_id="person_id", thanked_at="at")
    thanked = never.join(
        thanks, [never.person_id == thanks.thanked_id, thanks.thanked_at > never.asked_at]
    )
    thanked = thanked.select(done_id=thanked["ask_id"]).distinct()
    rows = never.anti_join(thanked, never.ask_id == thanked.done_id)
    rows = rows.select("person_id", "ask_id", "asked_at", "asked_on", "ask_for", team="team_id")
    for row in sorted(standing.rows(rows), key=itemgetter("asked_at"), reverse=True):
        why = standing.must_not_ask.get(row["person_id"], {}).get("why")
        if why == "not_ever":  # a later yes undoes it; who is marked is not contacted at all
            said_on = as_day(row["asked_on"])
            yield Task(
                "thank_you",
                row["person_id"],
                row["team"],
                f'Said "not ever" to {spoken(row["ask_for"])} on {standing.dates.day(said_on)}',
                said_on + timedelta(days=2),
                "Thank them for their time, once, and ask for nothing.",
                order=freshness(said_on, standing.day),
                ask_id=row["ask_id"],
            )


def recognitions(standing: Standing) -> Iterator[Task]:
    """Yield who came often in the last 30 days and was not recognized for it in that time."""
    often = standing.activity.filter(standing.activity.lately >= standing.settings.recognize_visits)
    recognized = standing.contacts.filter(
        standing.contacts.reason == "recognition",
        standing.contacts.contacted_on > standing.ago(MONTH_DAYS),
    )
    recognized = recognized.select(told_id="person_id").distinct()
    for row in standing.rows(often.anti_join(recognized, often.person_id == recognized.told_id)):
        yield Task(
            "recognize",
            row["person_id"],
            None,
            f"Came on {row['lately']} days in the last {MONTH_DAYS}",
            standing.until,
            f"{row['visits']} days in all, the first on"
            f" {standing.dates.day(as_day(row['first_on']))}.",
            order=-row["lately"],
        )
