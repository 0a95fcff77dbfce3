"""What all files of VAN and EveryAction share: ids, deleted events, 1:1s, declined asks."""

from __future__ import annotations

from dataclasses import replace

from organizing_analytics.sources.everyaction.statuses import HINT, Statuses
from organizing_analytics.sources.feeds import Feed
from organizing_analytics.sources.shapes import cell, constant, only_when, skip_when

#: Deleting an event in Mobilize renames it here and turns its sign-ups into Declined.
_TITLE = "lower({event.name|eventName|event})"
IS_DELETED = f"coalesce({_TITLE} LIKE '[canceled]%' OR {_TITLE} LIKE '[cancelled]%', false)"
NOT_DELETED = skip_when(IS_DELETED, "sign-up of an event that was deleted ([Canceled] …)")


#: The part of a title or role that makes a 1:1 of it.
_ONE_ON_ONE = r"'(^|[^0-9])1\s*(:|-|on)\s*1([^0-9]|$)|one[- ](on|to)[- ]one'"


def own_id(kind: str, column: str) -> str:
    """Return the expression of a record's id: VAN's own, with what it is an id of."""
    return f"'everyaction:{kind}:' || {column}"


def is_one_on_one(*columns: str) -> str:
    """Return the condition that a title or role makes a 1:1 of the row."""
    tests = [f"regexp_matches(lower(coalesce({c}, '')), {_ONE_ON_ONE})" for c in columns]
    return "(" + " OR ".join(tests) + ")"


def with_deleted_events(event: str, deleted_at: str, *feeds: Feed) -> tuple[Feed, ...]:
    """Return the feeds without deleted events, and the one that marks those as deleted."""
    without_deleted = (replace(feed, rules=(NOT_DELETED, *feed.rules)) for feed in feeds)
    deleted = Feed(
        "events",
        {"event_id": cell(event), "deleted_at": cell(deleted_at, only_new=True)},
        (only_when(IS_DELETED),),
        is_partial=True,
    )
    return (*without_deleted, deleted)


def meetings(  # noqa: PLR0917
    signup: str, person: str, starts: str, ends: str, status: Statuses, rules: tuple[str, ...]
) -> Feed:
    """Return the feed of 1:1s that are kept as sign-ups to an event of that name."""
    text = (
        "lower({event.name|eventName|event} || ' ' || coalesce({role.name|eventRoleName|role}, ''))"
    )
    kind = (
        f"CASE WHEN {text} LIKE '%escalat%' THEN 'escalation' "
        f"WHEN {text} LIKE '%mainten%' THEN 'maintenance' ELSE 'recruitment' END"
    )
    minutes = (
        f"datediff('minute', try_cast({starts} AS TIMESTAMPTZ), try_cast({ends} AS TIMESTAMPTZ))"
    )
    held, missed = status.is_any("attended", "walk_in"), status.is_any("no_show")
    off = status.is_any("cancelled", "declined")
    return Feed(
        "meetings",
        {
            "meeting_id": cell(signup),
            "person_id": cell(person),
            "kind": cell(kind, only_new=True),
            "scheduled_at": cell(starts),
            "status": cell(
                f"CASE WHEN {held} THEN 'held' WHEN {missed} THEN 'no_show' "
                f"WHEN {off} THEN 'cancelled' WHEN {status.meaning} IS NULL THEN {status.name} "
                "ELSE 'scheduled' END",
                hint=HINT,
            ),
            "minutes": cell(f"CASE WHEN {held} THEN ({minutes})::VARCHAR END"),
        },
        tuple(only_when(rule) for rule in rules),
    )


def asks(signup: str, person: str, at: str, shift: str, rules: tuple[str, ...]) -> Feed:
    """Return the feed of asks that were declined: a no whose kind nobody noted."""
    return Feed(
        "asks",
        {
            "ask_id": cell(signup),
            "asked_at": cell(at),
            "person_id": cell(person),
            "ask_kind": constant("event"),
            "ask_for": cell("coalesce({event.name|eventName|event}, 'event')"),
            "shift_id": cell(shift),
            "outcome": constant("no"),
        },
        tuple(only_when(rule) for rule in rules),
    )
