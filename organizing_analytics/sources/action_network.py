"""Action Network: people, events and attendances of its API (OSDI JSON).

An attendance there is an RSVP: who meant to come. Who came is in a list of its own (see
check_in.py). An event has no shifts and gets one. Its times end in Z and are UTC.
"""

from __future__ import annotations

from organizing_analytics.sources.feeds import Feed
from organizing_analytics.sources.shapes import Shape, cell, constant, keyed_key_of, skip_when
from organizing_analytics.sources.source import Source, Trust

SOURCE = "action_network"

_UUID = "'action_network:([^\"\\]]+)'"
_PERSON_ID = (
    "coalesce({action_network:person_id}, "
    "nullif(regexp_extract({_links.osdi:person.href}, '/people/([^/?]+)', 1), ''))"
)
_EVENT_ID = (
    "coalesce({action_network:event_id}, "
    "nullif(regexp_extract({_links.osdi:event.href}, '/events/([^/?]+)', 1), ''))"
)


def _id(kind: str, column: str) -> str:
    return f"'action_network:{kind}:' || {column}"


def _own_id(path: str) -> str:
    """Return the record's own id, from its identifiers or its link to itself."""
    return (
        f"coalesce(nullif(regexp_extract({{identifiers}}, {_UUID}, 1), ''), "
        f"nullif(regexp_extract({{_links.self.href}}, '/{path}/([^/?]+)', 1), ''), {{id}})"
    )


_PEOPLE = Shape(
    SOURCE,
    "Action Network people",
    marks=("identifiers", "given_name|family_name", "email_addresses.address"),
    feeds=(
        Feed(
            "people",
            {
                "person_id": cell(_id("person", _own_id("people"))),
                "given_name": cell("given_name"),
                "family_name": cell("family_name"),
                "email": cell("email_addresses.address"),
                "phone": cell("phone_numbers.number"),
                "joined_on": cell("substr({created_date}, 1, 10)"),
            },
        ),
    ),
    mains=("people",),
)

_EVENTS = Shape(
    SOURCE,
    "Action Network events",
    marks=("identifiers", "title", "start_date|total_accepted"),
    feeds=(
        Feed(
            "events",
            {
                "event_id": cell(_id("event", _own_id("events"))),
                "title": cell("coalesce({title}, {name})"),
                "event_type": constant("event", only_new=True),
                "timezone": cell("timezone_identifier|timezone"),
                "location": cell("location.venue|location.locality"),
                "is_virtual": cell("is_virtual"),
                "deleted_at": cell(
                    "CASE WHEN lower({status}) IN ('cancelled', 'canceled') "
                    "THEN coalesce({modified_date}, {created_date}) END"
                ),
            },
        ),
        Feed(
            "shifts",
            {
                "shift_id": cell(_id("event", _own_id("events"))),
                "event_id": cell(_id("event", _own_id("events"))),
                "starts_at": cell("start_date"),
                "ends_at": cell("end_date"),
                "capacity": cell("capacity"),
            },
            (skip_when("{start_date} IS NULL", ""),),
        ),
    ),
    mains=("events",),
)

_ATTENDANCES = Shape(
    SOURCE,
    "Action Network attendances",
    marks=(
        "status",
        "action_network:person_id|_links.osdi:person.href",
        "action_network:event_id|_links.osdi:event.href",
    ),
    feeds=(
        Feed(
            "people",
            {
                "person_id": cell(_id("person", _PERSON_ID)),
                "given_name": cell("person.given_name|_embedded.osdi:person.given_name"),
                "family_name": cell("person.family_name|_embedded.osdi:person.family_name"),
                "email": cell(
                    "person.email_addresses.address|_embedded.osdi:person.email_addresses.address"
                ),
                "phone": cell(
                    "person.phone_numbers.number|_embedded.osdi:person.phone_numbers.number"
                ),
            },
        ),
        Feed(
            "signups",
            {
                "signup_id": cell(
                    f"coalesce({_id('attendance', _own_id('attendances'))}, "
                    f"{keyed_key_of('action_network:attendance', _PERSON_ID, _EVENT_ID)})"
                ),
                "shift_id": cell(_id("event", _EVENT_ID)),
                "person_id": cell(_id("person", _PERSON_ID)),
                "channel": cell(
                    "action_network:referrer_data.source|action_network:referrer_data.referrer"
                ),
                "signed_up_at": cell("created_date"),
                "status": cell(
                    "CASE lower({status}) WHEN 'accepted' THEN 'registered' "
                    "WHEN 'confirmed' THEN 'registered' WHEN 'declined' THEN 'cancelled' "
                    "WHEN 'canceled' THEN 'cancelled' "
                    "ELSE {status} END",
                    hint="Action Network writes accepted, declined, tentative or needs action.",
                ),
                "status_raw": cell("status"),
                "attended": cell("attended"),
            },
        ),
    ),
    mains=("signups",),
    rules=(
        skip_when("lower({status}) = 'tentative'", "not yet a sign-up (tentative)"),
        skip_when("lower({status}) = 'needs action'", "not yet a sign-up (needs action)"),
    ),
    passed_over=("modified_date",),
)

SHAPES = (_PEOPLE, _EVENTS, _ATTENDANCES)

ACTION_NETWORK = Source(
    name=SOURCE,
    title="Action Network",
    shapes=lambda _: SHAPES,
    trust=Trust.RSVPS,
    page="sources/action_network",
)
