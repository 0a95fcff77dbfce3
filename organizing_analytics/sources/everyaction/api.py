"""Sign-ups and events of the EveryAction API (JSON)."""

from __future__ import annotations

from organizing_analytics.sources.everyaction.records import (
    asks,
    is_one_on_one,
    meetings,
    own_id,
    with_deleted_events,
)
from organizing_analytics.sources.everyaction.statuses import SOURCE, Statuses, standing
from organizing_analytics.sources.feeds import Feed, Join
from organizing_analytics.sources.shapes import Shape, cell, constant, only_when, skip_when

#: By the id of the status, where an answer of the API has no name for it.
_NAMES = {
    "1": "Scheduled", "2": "Completed", "3": "Declined", "4": "Invited", "5": "Cancelled",
    "6": "No Show", "11": "Confirmed", "14": "Tentative", "15": "Walk In", "18": "Left Msg",
    "23": "Conf Twice", "29": "Texted", "30": "Sched-Web",
}  # fmt: skip


def signups(meanings: dict[str, str]) -> Shape:
    """Return the answers about sign-ups, for what each status means."""
    names = " ".join(f"WHEN '{number}' THEN '{name}'" for number, name in _NAMES.items())
    name = f"coalesce({{status.name}}, CASE {{status.statusId}} {names} END)"
    # Without its history a sign-up that stands in the store already was one before.
    status = Statuses(meanings, name=name, was_signed_up="{was signed up}")
    signup, person = own_id("signup", "{eventSignupId}"), own_id("person", "{person.vanId|vanId}")
    event = own_id("event", "{event.eventId}")
    # A sign-up to an event without shifts is one to the event's one shift.
    own_shift = own_id("shift", "{shift.eventShiftId}")
    shift = f"coalesce({own_shift}, {own_id('event-shift', '{event.eventId}')})"
    starts = "{startTimeOverride|startTime|shift.startTime}"
    # VAN's answer has no time of the change: the shift's start is the latest that it can be.
    declined_at = "{dateModified|modifiedDate|dateCreated|createdDate|startTimeOverride|startTime}"
    is_one = is_one_on_one("{event.name}", "{role.name}")
    refused = status.is_refused
    return Shape(
        SOURCE,
        "EveryAction sign-ups (API)",
        marks=("eventSignupId", "event.eventId", "status.name|status.statusId"),
        join=Join(
            own=signup,
            partner="store:signups",
            key="signup_id",
            columns={"was signed up": "any_value('true')"},
        ),
        feeds=with_deleted_events(
            event,
            f"coalesce({declined_at}, {starts})",
            Feed(
                "people",
                {
                    "person_id": cell(person),
                    "given_name": cell("person.firstName|firstName"),
                    "family_name": cell("person.lastName|lastName"),
                    "email": cell("person.email|email"),
                    "phone": cell("person.phone|phone"),
                },
            ),
            Feed(
                "events",
                {
                    "event_id": cell(event),
                    "title": cell("event.name"),
                    "event_type": constant("event", only_new=True),
                    "location": cell("location.displayName|location.name", only_new=True),
                },
                (only_when(f"NOT {is_one}"),),
            ),
            Feed(
                "shifts",
                {
                    "shift_id": cell(shift),
                    "event_id": cell(event),
                    "starts_at": cell(starts, only_new=True),
                    "ends_at": cell("endTimeOverride|endTime|shift.endTime", only_new=True),
                },
                (only_when(f"NOT {is_one} AND {starts} IS NOT NULL"),),
            ),
            Feed(
                "signups",
                {
                    "signup_id": cell(signup),
                    "shift_id": cell(shift),
                    "person_id": cell(person),
                    "role": cell("role.name"),
                    "signed_up_at": cell("dateCreated|createdDate"),
                    **standing(status, name),
                },
                (only_when(f"NOT {is_one} AND NOT {refused}"),),
            ),
            meetings(signup, person, starts, "{endTimeOverride|endTime}", status, (is_one,)),
            asks(signup, person, declined_at, shift, (f"NOT {is_one}", refused)),
        ),
        mains=("signups", "meetings", "asks"),
        rules=status.not_yet(),
        passed_over=(
            "event.shortName",
            "role.roleId",
            "status.statusId",
            "person.middleName",
            "shift",
            "shift.name",
            "location.locationId",
        ),
    )


def events() -> Shape:
    """Return the answers about events."""
    event = own_id("event", "{eventId}")
    return Shape(
        SOURCE,
        "EveryAction events (API)",
        marks=("eventId", "name", "shifts.eventShiftId"),
        list_key="shifts",
        feeds=(
            Feed(
                "events",
                {
                    "event_id": cell(event),
                    "title": cell("name"),
                    "event_type": cell("coalesce(lower({eventType.name}), 'event')"),
                    "location": cell("locations.displayName|locations.name"),
                    "deleted_at": cell(
                        "CASE WHEN lower({name}) LIKE '[cancel%' THEN {startDate} END"
                    ),
                },
            ),
            Feed(
                "shifts",
                {
                    "shift_id": cell(own_id("shift", "{shifts.eventShiftId}")),
                    "event_id": cell(event),
                    "starts_at": cell("shifts.startTime"),
                    "ends_at": cell("shifts.endTime"),
                },
            ),
        ),
        mains=("shifts",),
        rules=(
            skip_when("{shifts.eventShiftId} IS NULL", "an event without shifts"),
            skip_when(is_one_on_one("{name}"), "the calendar entry of 1:1s, not an event"),
        ),
    )
