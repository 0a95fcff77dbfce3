"""Lists of who came: a sign-in sheet, or an attendance file of Zoom, Eventbrite or Meetup.

Such a list names people, not sign-ups, and not the shift: `oa load … --shift ID` says which, and
`loading/check_in.py` finds the people among its sign-ups.
"""

from __future__ import annotations

from organizing_analytics.sources.feeds import Feed, Rule
from organizing_analytics.sources.shapes import Shape, cell, constant, only_when, skip_when
from organizing_analytics.sources.source import Source, Trust

SOURCE = "check_in"

#: The columns that `loading/check_in.py` adds to each row of a list.
SHIFT, PERSON, WALK_IN = "check-in shift", "check-in person", "check-in walk-in"
VERDICT = "check-in verdict"

_NAMES = (
    "name|full name|your name|names|guest name|member name|volunteer|volunteer name|"
    "name (original name)|user name (original name)|participant name|"
    "participant|"
    "attendee name|attendee"
)
_FIRST = "first name|given name|firstname|attendee first name|guest first name|first"
_LAST = "last name|family name|surname|lastname|attendee last name|guest last name|last"
_MAILS = (
    "email|e-mail|email address|user email|user_email|attendee email|e-mail address|mail|"
    "participant email|guest email|email (optional)"
)
_PHONES = (
    "phone|mobile|mobile phone|cell phone|phone number|mobile number|cell|phone_number|telephone|"
    "phone #|cell #|cell number"
)


def _feeds() -> tuple[Feed, ...]:
    # "(she/her)" behind a name and "NEW:" before it are no part of it.
    bare = f"regexp_replace({{{_NAMES}}}, '\\([^)]*\\)', '', 'g')"
    full = f"trim(regexp_replace({bare}, '(?i)^\\s*(new|walk-?in|guest)\\s*[:-]\\s*', ''))"
    return (
        Feed(
            "people",
            {
                "person_id": cell(f"{{{PERSON}}}"),
                "given_name": cell(
                    f"coalesce({{{_FIRST}}}, CASE WHEN contains({full}, ',') "
                    f"THEN trim(split_part({full}, ',', 2)) ELSE split_part({full}, ' ', 1) END)"
                ),
                "family_name": cell(
                    f"coalesce({{{_LAST}}}, CASE WHEN contains({full}, ',') "
                    f"THEN trim(split_part({full}, ',', 1)) WHEN contains({full}, ' ') "
                    f"THEN trim(substr({full}, strpos({full}, ' '))) END)"
                ),
                "email": cell(f"lower({{{_MAILS}}})"),
                "phone": cell(_PHONES),
            },
            # Who is found is known already, and a sheet's handwriting should not overwrite it.
            (only_when(f"{{{WALK_IN}}} = 'true'"),),
        ),
        Feed(
            "signups",
            {
                "signup_id": cell(f"'check_in:' || {{{SHIFT}}} || ':' || {{{PERSON}}}"),
                "shift_id": cell(f"{{{SHIFT}}}"),
                "person_id": cell(f"{{{PERSON}}}"),
                "status": constant("registered"),
                "attended": constant("true"),
                "is_walk_in": cell(f"{{{WALK_IN}}}"),
            },
        ),
    )


#: Why a row of the list adds nobody, by what `loading/attendance.py` says of it.
SKIPPED = {
    "blank": "not marked as having come",
    "absent": "marked as not having come",
    "cancelled": "marked as cancelled",
    "open": "marked as not known",
    "waiting": "in the waiting room only",
    "staff": "runs the meeting and did not sign up",
}


def _verdicts() -> tuple[Rule, ...]:
    return tuple(
        skip_when(f"{{{VERDICT}}} = '{verdict}'", reason) for verdict, reason in SKIPPED.items()
    )


_ANYBODY = f"{_NAMES}|{_FIRST}|{_LAST}|{_MAILS}|{_PHONES}"
#: Zoom's rows about the meeting, which stand above those of the people.
_UNLIKE = ("participants",)
_ADDED = (SHIFT, PERSON, WALK_IN, VERDICT)

SHAPES = (
    Shape(
        SOURCE,
        "a list of who came",
        marks=(_ANYBODY,),
        feeds=_feeds(),
        mains=("signups",),
        rules=_verdicts(),
        is_check_in=True,
        unlike=_UNLIKE,
        adds=_ADDED,
    ),
)

CHECK_IN = Source(
    name=SOURCE,
    title="A list of who came",
    shapes=lambda _: SHAPES,
    trust=Trust.AT_THE_DOOR,
    page="sources/check_in",
    is_told=False,
)
