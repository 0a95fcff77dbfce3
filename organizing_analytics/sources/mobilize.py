"""Mobilize: attendances and events from its API (JSON), and its two CSV exports.

Fields as documented in Mobilize's public API and seen in its exports; docs/sources/mobilize.md
says how to export them and what is not in them. Moments of the API are seconds since 1970, UTC.
`user_id` is the person; where an organization may not see it, the id of the record, then the
e-mail, the phone or the name stand in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.sources.feeds import EPOCH, Cell, Feed
from organizing_analytics.sources.named_people import POINT_PERSON, named_id, named_person
from organizing_analytics.sources.shapes import (
    Shape,
    cell,
    constant,
    key_of,
    keyed,
    keyed_key_of,
    only_when,
    skip_when,
)
from organizing_analytics.sources.source import Source, Trust

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCE = "mobilize"

_STATUS = {
    "hint": "Mobilize writes REGISTERED, CONFIRMED or CANCELLED. Correct it, then load it again.",
}
_EVENT_TYPE = "coalesce(lower({event_type|event type|event.event_type}), 'event')"


def _id(kind: str, column: str) -> str:
    return f"'mobilize:{kind}:' || {column}"


def _person(prefix: str) -> str:
    """Return the person's id: the user, else the record, else a keyed hash of what is known."""
    return _person_by(prefix, keyed_key_of)


def _unkeyed_person(prefix: str) -> str:
    """Return the same id as it was before it had a key; what is made from it stays the same."""
    return _person_by(prefix, key_of)


def _person_by(prefix: str, key: Callable[..., str]) -> str:
    mail = f"{{{prefix}email_addresses.address|{prefix}email}}"
    phone = f"{{{prefix}phone_numbers.number|{prefix}phone}}"
    given_name = f"{{{prefix}given_name|{prefix}first_name}}"
    family_name = f"{{{prefix}family_name|{prefix}last_name}}"
    return (
        f"CASE WHEN {{{prefix}user_id}} IS NOT NULL THEN {_id('user', f'{{{prefix}user_id}}')} "
        f"WHEN {{{prefix}id|{prefix}person_id}} IS NOT NULL "
        f"THEN {_id('person', f'{{{prefix}id|{prefix}person_id}}')} "
        f"WHEN coalesce({mail}, {phone}, {family_name}) IS NOT NULL "
        f"THEN {key('mobilize:contact', mail, phone, given_name, family_name)} "
        # Nothing is known of the person; the sign-up still happened, by somebody.
        "ELSE 'mobilize:unknown:' || {id} END"
    )


#: Mobilize asks three words; other tools' numbers are as they are. An unknown word is kept as text.
_RATING = (
    "CASE lower({rating}) WHEN 'positive' THEN '5' WHEN 'neutral' THEN '3' WHEN 'negative' "
    "THEN '1' ELSE CASE WHEN {rating} IN ('1', '2', '3', '4', '5') THEN {rating} END END"
)
_FEEDBACK = "{feedback|feedback text|rating feedback}"
_NOTE = (
    f"coalesce({_FEEDBACK}, CASE WHEN {{rating}} IS NOT NULL AND ({_RATING}) IS NULL "
    "THEN 'rating: ' || {rating} END)"
)


def _feedback(feedback_id: str, person: str, shift: str, at: Cell) -> Feed:
    """Return the feed of what people said after a shift."""
    return Feed(
        "feedback",
        {
            "feedback_id": cell(feedback_id),
            "person_id": cell(person),
            "shift_id": cell(shift),
            "rating": cell(_RATING),
            "note": cell(_NOTE),
            "at": at,
        },
        rules=(only_when(f"{{rating}} IS NOT NULL OR {_FEEDBACK} IS NOT NULL"),),
        only_with="rating|feedback|feedback text|rating feedback",
    )


def _person_at_timeslot() -> str:
    """Return the id of an attendance that has none of its own."""
    digest = f"md5({{timeslot.id}} || {_unkeyed_person('person.')})"
    return keyed("mobilize:attendance:", f"'mobilize:attendance:' || {digest}")


_ATTENDANCE = Shape(
    SOURCE,
    "Mobilize attendances (API)",
    marks=("timeslot.id", "status", "event.id"),
    feeds=(
        Feed(
            "people",
            {
                "person_id": cell(_person("person.")),
                "given_name": cell("person.given_name"),
                "family_name": cell("person.family_name"),
                "email": cell("person.email_addresses.address|person.email"),
                "phone": cell("person.phone_numbers.number|person.phone"),
            },
        ),
        Feed(
            "events",
            {
                "event_id": cell(_id("event", "{event.id}")),
                "title": cell("event.title"),
                "event_type": cell(_EVENT_TYPE, only_new=True),
                "timezone": cell("event.timezone"),
                "is_virtual": cell("event.is_virtual"),
            },
        ),
        Feed(
            "shifts",
            {
                "shift_id": cell(_id("timeslot", "{timeslot.id}")),
                "event_id": cell(_id("event", "{event.id}")),
                "starts_at": cell("timeslot.start_date", time_format=EPOCH),
                "ends_at": cell("timeslot.end_date", time_format=EPOCH),
            },
        ),
        Feed(
            "signups",
            {
                # Without an id, a person has one attendance a timeslot.
                "signup_id": cell(
                    f"coalesce({_id('attendance', '{id}')}, {_person_at_timeslot()})"
                ),
                "shift_id": cell(_id("timeslot", "{timeslot.id}")),
                "person_id": cell(_person("person.")),
                "channel": cell("referrer.utm_source"),
                "signed_up_at": cell("created_date", time_format=EPOCH),
                "status": cell("lower({status})", **_STATUS),
                "status_raw": cell("status"),
                # The last change may be a mark made after the event: only one before the start
                # can be the cancelling.
                "cancelled_at": cell(
                    "CASE WHEN lower({status}) = 'cancelled' "
                    "AND try_cast({modified_date} AS BIGINT) "
                    "< try_cast({timeslot.start_date} AS BIGINT) THEN {modified_date} END",
                    time_format=EPOCH,
                ),
                "attended": cell("attended"),
            },
        ),
        _feedback(
            f"coalesce({_id('feedback', '{id}')}, "
            f"replace({_person_at_timeslot()}, ':attendance:', ':feedback:'))",
            _person("person."),
            _id("timeslot", "{timeslot.id}"),
            cell("modified_date", time_format=EPOCH),
        ),
    ),
    mains=("signups",),
    passed_over=(
        "event.event_type", "event.description", "sponsor.id", "person.created_date",
        "person.modified_date", "timeslot.max_attendees", "timeslot.is_full",
        "person.email_addresses.primary", "person.phone_numbers.primary", "person.email_addresses",
        "person.phone_numbers", "person.postal_addresses",
    ),
)  # fmt: skip

_EVENTS = Shape(
    SOURCE,
    "Mobilize events (API)",
    marks=("id", "timeslots.id", "timeslots.start_date"),
    list_key="timeslots",
    feeds=(
        Feed(
            "events",
            {
                "event_id": cell(_id("event", "{id}")),
                "title": cell("title"),
                "event_type": cell(_EVENT_TYPE),
                "timezone": cell("timezone"),
                "location": cell("location.venue|location.locality"),
                "is_virtual": cell("is_virtual"),
                "deleted_at": cell("deleted_date", time_format=EPOCH),
            },
        ),
        Feed(
            "shifts",
            {
                "shift_id": cell(_id("timeslot", "{timeslots.id}")),
                "event_id": cell(_id("event", "{id}")),
                "starts_at": cell("timeslots.start_date", time_format=EPOCH),
                "ends_at": cell("timeslots.end_date", time_format=EPOCH),
                "capacity": cell("timeslots.max_attendees"),
                "deleted_at": cell("timeslots.deleted_date", time_format=EPOCH),
            },
        ),
    ),
    mains=("shifts",),
    rules=(
        skip_when(
            "{timeslots.id} IS NULL AND {timeslots.start_date} IS NOT NULL",
            "a timeslot without an id: another organization does not share it",
        ),
        skip_when("{timeslots.id} IS NULL", "an event without timeslots"),
    ),
)

_DELETED = Shape(
    SOURCE,
    "Mobilize deleted events (API)",
    marks=("id", "deleted_date"),
    feeds=(
        Feed(
            "events",
            {
                "event_id": cell(_id("event", "{id}")),
                "deleted_at": cell("deleted_date", time_format=EPOCH),
            },
            is_partial=True,
        ),
    ),
    mains=("events",),
)

_EVENTS_CSV = Shape(
    SOURCE,
    "Mobilize events (CSV)",
    marks=("timeslot_id", "timeslot_start", "event_type"),
    feeds=(
        Feed(
            "events",
            {
                "event_id": cell(_id("event", "{id|event id}")),
                "title": cell("name|title|event name"),
                "event_type": cell(_EVENT_TYPE),
                "timezone": cell("timezone"),
                "location": cell("location name|venue"),
                "deleted_at": cell("deleted_at"),
            },
        ),
        Feed(
            "shifts",
            {
                "shift_id": cell(_id("timeslot", "{timeslot_id}")),
                "event_id": cell(_id("event", "{id|event id}")),
                "starts_at": cell("timeslot_start"),
                "ends_at": cell("timeslot_end"),
                "deleted_at": cell("timeslot_deleted_at"),
            },
        ),
    ),
    mains=("shifts",),
    rules=(skip_when("{timeslot_id} IS NULL", "an event without timeslots"),),
)

_MAIL = "{email|email address}"
_PHONE = "{mobile number|phone|phone number}"
_FIRST, _LAST = "{first name|given name}", "{last name|family name}"


def _csv_person(key: Callable[..., str]) -> str:
    return (
        f"CASE WHEN {{user id}} IS NOT NULL THEN {_id('user', '{user id}')} "
        f"WHEN coalesce({_MAIL}, {_PHONE}, {_LAST}, {_FIRST}) IS NOT NULL "
        f"THEN {key('mobilize:contact', _MAIL, _PHONE, _FIRST, _LAST)} END"
    )


_CSV_PERSON = _csv_person(keyed_key_of)
#: Mobilize has no point person of its own; campaigns ask for one, or add the column.
_USER = "mobilize:organizer"
_CSV_PLACE = "{event id} || ':' || {timeslot id}"

_SIGNUPS_CSV = Shape(
    SOURCE,
    "Mobilize sign-ups (CSV)",
    marks=("timeslot id", "event id", "email|email address", "status", "attended"),
    feeds=(
        Feed(
            "people",
            {
                "person_id": cell(_CSV_PERSON),
                "given_name": cell("first name|given name"),
                "family_name": cell("last name|family name"),
                "email": cell("email|email address"),
                "phone": cell("mobile number|phone|phone number"),
                "organizer_id": cell(named_id(_USER, POINT_PERSON)),
            },
        ),
        named_person(_USER, POINT_PERSON),
        Feed(
            "events",
            {
                "event_id": cell(_id("event", "{event id}")),
                "title": cell("event name|event title|title"),
                "event_type": cell("coalesce(lower({event type}), 'event')", only_new=True),
                "timezone": cell("timezone|event timezone"),
            },
        ),
        Feed(
            "shifts",
            {
                "shift_id": cell(_id("timeslot", "{timeslot id}")),
                "event_id": cell(_id("event", "{event id}")),
                "starts_at": cell("start|timeslot start|start date"),
                "ends_at": cell("end|timeslot end|end date"),
            },
            # This export often has no start: the timeslots then come from the events export.
            rules=(skip_when("{start|timeslot start|start date} IS NULL", ""),),
        ),
        Feed(
            "signups",
            {
                "signup_id": cell(
                    f"coalesce('mobilize:attendance:' || {{signup id|attendance id|id}}, "
                    f"{keyed_key_of('mobilize:signup', _CSV_PLACE, _csv_person(key_of))})"
                ),
                "shift_id": cell(_id("timeslot", "{timeslot id}")),
                "person_id": cell(_CSV_PERSON),
                "channel": cell("utm_source"),
                "signed_up_at": cell("signup created time|created time|signup created at"),
                "status": cell("lower({status})", **_STATUS),
                "status_raw": cell("status"),
                "attended": cell("attended"),
            },
        ),
        _feedback(
            f"coalesce('mobilize:feedback:' || {{signup id|attendance id|id}}, "
            f"{keyed_key_of('mobilize:feedback', _CSV_PLACE, _csv_person(key_of))})",
            _CSV_PERSON,
            _id("timeslot", "{timeslot id}"),
            cell("signup updated time|updated time"),
        ),
    ),
    mains=("signups",),
    passed_over=("signup updated time",),
)

#: Mobilize's database mirror says which sign-up and person of VAN it made.
_CROSSWALK = Shape(
    SOURCE,
    "Mobilize's crosswalk to VAN (van_signups)",
    marks=("participation_id", "van_id", "signup_type"),
    feeds=(
        Feed(
            "crosswalks",
            {
                "kind": constant("signup"),
                "one_id": cell("'everyaction:signup:' || {van_id}"),
                "other_id": cell(_id("attendance", "{participation_id}")),
            },
        ),
        Feed(
            "crosswalks",
            {
                "kind": constant("person"),
                "one_id": cell("'everyaction:person:' || {van_person_van_id}"),
                "other_id": cell(_id("user", "{user_id}")),
            },
            (only_when("{van_person_van_id} IS NOT NULL AND {user_id} IS NOT NULL"),),
        ),
    ),
    mains=("crosswalks",),
    rules=(skip_when("{participation_id} IS NULL", "not of a participant"),),
)

SHAPES = (_ATTENDANCE, _EVENTS, _EVENTS_CSV, _SIGNUPS_CSV, _DELETED, _CROSSWALK)

MOBILIZE = Source(
    name=SOURCE,
    title="Mobilize",
    shapes=lambda _: SHAPES,
    trust=Trust.SIGN_UPS,
    page="sources/mobilize",
)
