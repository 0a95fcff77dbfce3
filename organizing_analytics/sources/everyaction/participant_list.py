"""The Event Participant List that VAN and EveryAction export (CSV)."""

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
from organizing_analytics.sources.named_people import (
    POINT_PERSON,
    family_name,
    given_name,
    named_id,
    named_person,
)
from organizing_analytics.sources.shapes import Shape, cell, key_of, keyed_key_of, only_when

#: The committee's databases call the same number by different names.
_VANID = "VANID|MyVoterFile VANID|Voter File VANID|My Voters VANID|My Campaign VANID"
#: Whoever recruited somebody and whoever looks after them, named alike, are one person.
_USER = "everyaction-list:user"


def participant_list(meanings: dict[str, str]) -> Shape:
    """Return the list, for what each status means."""
    name = "{Status}"
    # A list is the state of today; what stood before is in the store, under the same id.
    place = ("{Event|Event Name}", "{Date|Event Date}", "{Time|Start Time}")
    signup = keyed_key_of("everyaction-list:signup", f"{{{_VANID}}}", *place, "{Role}")
    person = own_id("person", f"{{{_VANID}}}")
    event = key_of("everyaction-list:event", "{Event|Event Name}")
    shift = key_of("everyaction-list:shift", *place)
    status = Statuses(meanings, name=name, was_signed_up="{was signed up}")
    starts = "{Date|Event Date} || ' ' || trim(split_part({Time|Start Time}, ' - ', 1))"
    span = "{Date|Event Date} || ' ' || {Time|Start Time}"
    ends = (
        "CASE WHEN {Time|Start Time} LIKE '% - %' "
        "THEN {Date|Event Date} || ' ' || trim(split_part({Time|Start Time}, ' - ', 2)) END"
    )
    recruiter = named_id(_USER, "Recruited By")
    is_one = is_one_on_one("{Event|Event Name}", "{Role}")
    signed_up = "{Signup Date|Sign Up Date|Date Created}"
    refused_at = f"coalesce({signed_up}, {starts})"
    return Shape(
        SOURCE,
        "EveryAction Event Participant List",
        marks=(_VANID, "Event|Event Name", "Date|Event Date", "Status"),
        join=Join(
            own=signup,
            partner="store:signups",
            key="signup_id",
            columns={"was signed up": "any_value('true')"},
        ),
        feeds=with_deleted_events(
            event,
            refused_at,
            Feed(
                "people",
                {
                    "person_id": cell(person),
                    "given_name": cell(given_name("{Name|Contact Name}")),
                    "family_name": cell(family_name("{Name|Contact Name}")),
                    "email": cell("Email|Email Address"),
                    "phone": cell("coalesce({Cell Phone|Mobile Phone}, {Phone|Home Phone})"),
                    "organizer_id": cell(named_id(_USER, POINT_PERSON)),
                },
            ),
            named_person(_USER, "Recruited By"),
            named_person(_USER, POINT_PERSON),
            Feed(
                "events",
                {
                    "event_id": cell(event),
                    "title": cell("Event|Event Name"),
                    "event_type": cell(
                        "coalesce(lower({Event Type|Calendar}), 'event')", only_new=True
                    ),
                },
                (only_when(f"NOT {is_one}"),),
            ),
            Feed(
                "shifts",
                {
                    "shift_id": cell(shift),
                    "event_id": cell(event),
                    "starts_at": cell(starts),
                    # "10:00 PM - 1:00 AM" ends on the next day.
                    "ends_at": cell(span, is_range_end=True),
                },
                (only_when(f"NOT {is_one}"),),
            ),
            Feed(
                "signups",
                {
                    "signup_id": cell(signup),
                    "shift_id": cell(shift),
                    "person_id": cell(person),
                    "recruiter_id": cell(recruiter),
                    "role": cell("Role"),
                    "signed_up_at": cell(signed_up),
                    **standing(status, "Status"),
                },
                (only_when(f"NOT {is_one} AND NOT {status.is_refused}"),),
            ),
            meetings(signup, person, starts, ends, status, (is_one,)),
            asks(signup, person, refused_at, shift, (f"NOT {is_one}", status.is_refused)),
        ),
        mains=("signups", "meetings", "asks"),
        rules=status.not_yet(),
    )
