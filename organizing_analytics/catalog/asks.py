"""Asks: what people say when they are asked, and what follows."""

from __future__ import annotations

from organizing_analytics.catalog.declaration import (
    Column,
    GroupColumn,
    Kind,
    Measure,
    Option,
    count,
    rate,
)
from organizing_analytics.catalog.shared import DEFF, PERSON

_TEAM = GroupColumn("team", "the ask's team", Kind.ID)
_ASKER = GroupColumn("asker", "who asked", Kind.ID)
_ASK_FOR = GroupColumn("ask_for", "what was asked for: an event type or a role")
_HARD = GroupColumn(
    "hard",
    "a hard ask: specific and urgent; empty when either was not noted",
    Kind.FLAG,
)
_MONTH = GroupColumn("month", "month of the ask")
GROUPS = (
    _TEAM,
    _ASKER,
    _ASK_FOR,
    GroupColumn("ask_kind", "what kind of thing was asked for: event, role or other"),
    _HARD,
    GroupColumn("week", "ISO week of the ask"),
    _MONTH,
    GroupColumn("channel", "how the person was asked"),
    GroupColumn("in_meeting", "asked in a 1:1", Kind.FLAG),
)
NOES_WITH_KIND = ("not_now", "not_that", "not_ever")

ASKS_OUTCOMES = Measure(
    name="asks outcomes",
    module="asks",
    question="What do people say when they are asked?",
    definition="""
One row is one ask; its date is the local date on which the person was asked. A hard ask is one
that names a specific action and says why it is urgent.
""",
    columns=(
        count("asks", "asks made"),
        count("answered", "asks with any outcome but no_answer"),
        count("yes", "said yes"),
        count("not_now", "said no to this time"),
        count("not_that", "said no to this thing"),
        count("not_ever", "asked not to be asked again"),
        count("no", "said no, and nobody noted which kind"),
        count("maybe", "said neither yes nor no"),
        count("no_answer", "could not be reached"),
        *rate(
            "yes_rate",
            "yes",
            "answered",
            "of the answered, the share who said yes",
            bounds=("low", "high"),
        ),
        *rate("contact_rate", "answered", "asks", "the share of asks that got an answer"),
        *rate(
            "no_type_known",
            NOES_WITH_KIND,
            (*NOES_WITH_KIND, "no"),
            "of the noes, the share whose kind was noted",
        ),
        DEFF,
    ),
    groups=GROUPS,
    main="yes_rate",
    happened="said yes",
    can_shrink=True,
    clusters=("person_id", "asker_id"),
    examples=("--by hard", "--by asker --shrink", "--by ask_for,month"),
)

ASKS_AFTER_NO = Measure(
    name="asks after-no",
    module="after_no",
    question="What became of each kind of no, and was the next ask the right one?",
    definition="""
One row is one ask that got a no, at least --within-days days old; its date is that of the no. The
guide knows three kinds. "Not now" calls for the same thing at another time, "not that" for
something else, "not ever" for thanks and no further ask; a plain no is one whose kind nobody
noted. Next asks are the later asks to the same person up to --within-days days after the no, also
the counter-offer in the same conversation, which names this ask in after_ask_id.
""",
    columns=(
        count("noes", "noes of this kind"),
        count("reasked", "noes after which the person was asked again in time"),
        count(
            "right_move",
            "noes answered as the guide says: after not_now the next ask is for the same thing at "
            "another time, after not_that for another thing, after not_ever there is none; empty "
            "after a plain no",
        ),
        *rate("right_move_rate", "right_move", "noes", "the share answered as the guide says"),
        count("converted", "noes after which a next ask got a yes"),
        *rate(
            "rate",
            "converted",
            "noes",
            "the share of noes that became a yes",
            bounds=("low", "high"),
        ),
        Column(
            "median_days",
            Kind.DAYS,
            "median days from the no to the first yes, among the converted",
        ),
        *rate(
            "yes_when_reasked",
            "converted",
            "reasked",
            "of the noes after which the person was asked again, the share that became a yes",
        ),
        count("people", "people with such a no"),
        count("people_converted", "of these, whose first such no here became a yes"),
        *rate(
            "person_rate",
            "people_converted",
            "people",
            "the share of people whose first such no became a yes: everybody weighs the same",
        ),
    ),
    groups=(
        GroupColumn("no_type", "the kind of no: not_now, not_that, not_ever or no"),
        _TEAM,
        _ASKER,
        _ASK_FOR,
        _HARD,
        _MONTH,
    ),
    always=("no_type",),
    options=(Option("within_days", int, 30, "Days after the no."),),
    main="rate",
    happened="became a yes",
    clusters=("person_id", "asker_id"),
    examples=("", "--by asker", "--within-days 60 --by hard"),
)

ASKS_KEPT = Measure(
    name="asks kept",
    module="asks",
    question="Of those who said yes to a shift, who came to it?",
    definition="""
One row is one yes that names a shift; its date is that of the ask. Counted are yeses to shifts
that start after the ask, on or before as-of.
""",
    columns=(
        count("yeses", "yeses to a shift"),
        count("kept", "the person attended that shift"),
        count("not_kept", "neither kept nor unrecorded, also who never signed up"),
        count("unrecorded", "signed up there, and nobody wrote down whether the person came"),
        *rate(
            "rate",
            "kept",
            ("kept", "not_kept"),
            "of the yeses with a known end, the share that were kept",
            bounds=("low", "high"),
        ),
        *rate(
            "rate_if_none",
            "kept",
            ("kept", "not_kept", "unrecorded"),
            "the rate if none of the unrecorded had been kept",
        ),
        *rate(
            "rate_if_all",
            ("kept", "unrecorded"),
            ("kept", "not_kept", "unrecorded"),
            "the rate if all of the unrecorded had been kept",
        ),
        DEFF,
    ),
    groups=GROUPS,
    main="rate",
    happened="came to that shift",
    can_shrink=True,
    clusters=("person_id", "asker_id"),
    examples=("--by hard", "--by asker --shrink", "--by ask_for --since 2026-09-01"),
)

ASKS_DO_NOT_ASK = Measure(
    name="asks do-not-ask",
    module="do_not_ask",
    question="Who must not be asked, and why?",
    definition="""
Listed are people marked do_not_contact, and people whose latest not_ever has no later yes. They
are on no list to ask, re-ask, reshift or escalate. They stay on the rosters of shifts that they
signed up for themselves. The team is the person's own; of people without one, that of their latest
visit.
""",
    columns=(
        *PERSON,
        Column(
            "since",
            Kind.DATE,
            "date of the not_ever that stands; empty for those who are only marked",
        ),
        Column("why", Kind.TEXT, "do_not_contact for those who are marked, else not_ever"),
    ),
    is_state=True,
    examples=("", "--team T1", "--format csv"),
)
