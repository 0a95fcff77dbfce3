"""One-to-ones: were they held, how well, and did anything follow."""

from __future__ import annotations

from organizing_analytics.catalog.declaration import Column, GroupColumn, Kind, Measure, count, rate
from organizing_analytics.catalog.shared import PERSON

_MAINTENANCE = """
People on the rungs that need maintenance 1:1s (setting maintenance_roles) who have not departed
are covered when they had a held maintenance 1:1 in the last 14 days (setting maintenance_days).
The team is the person's own; of people without one, that of their latest visit.
"""

MEETINGS = Measure(
    name="meetings",
    module="meetings",
    question="The three kinds of 1:1: were they held, complete, followed up?",
    definition="""
One row is one 1:1; its date is the one that it was scheduled for. A 1:1 that is still "scheduled"
though its date is past is unrecorded: nobody wrote down what became of it. A follow-up is a
contact with reason follow_up or thank_you within 48 hours (setting follow_up_hours) after the
scheduled time.
""",
    columns=(
        count("held", "1:1s that were held"),
        count("no_show", "the person did not come"),
        count("cancelled", "cancelled"),
        count("unrecorded", "past and still scheduled"),
        *rate("show_rate", "held", ("held", "no_show"), "of those not cancelled, the share held"),
        count("committed", "of the held, with a commitment"),
        *rate("commitment_rate", "committed", "held", "of the held, the share with a commitment"),
        count(
            "complete",
            "of the held, with the guide's four pieces: purpose, exploration, exchange, commitment",
        ),
        *rate("complete_rate", "complete", "held", "of the held, the share that were complete"),
        count("with_length", "of the held, whose length was noted"),
        count("good_length", "of these, 30 to 60 minutes long"),
        *rate(
            "good_length_rate",
            "good_length",
            "with_length",
            "of those whose length was noted, the share of 30 to 60 minutes",
        ),
        count("with_next_step", "of the held, with a date for the next step"),
        *rate(
            "next_step_rate", "with_next_step", "held", "of the held, the share with a next step"
        ),
        count("follow_up_due", "of the held, those at least two days old"),
        count("followed_up", "of these, followed up within 48 hours"),
        *rate(
            "follow_up_rate",
            "followed_up",
            "follow_up_due",
            "of those due, the share followed up in time",
        ),
    ),
    groups=(
        GroupColumn("kind", "recruitment, maintenance or escalation"),
        GroupColumn("team", "the 1:1's team", Kind.ID),
        GroupColumn("organizer", "who led it", Kind.ID),
        GroupColumn("week", "ISO week of the 1:1"),
        GroupColumn("month", "month of the 1:1"),
    ),
    always=("kind",),
    clusters=("person_id", "organizer_id"),
    examples=("", "--by organizer", "--by team,month --since 2026-01-01"),
)

MEETINGS_COVERAGE = Measure(
    name="meetings coverage",
    module="maintenance",
    question="Of those who need maintenance 1:1s, who had one lately?",
    definition=_MAINTENANCE,
    columns=(
        count("people", "people who need maintenance 1:1s"),
        count("covered", "of these, with a held one in the last 14 days"),
        *rate("rate", "covered", "people", "the share who had one lately", bounds=("low", "high")),
    ),
    groups=(
        GroupColumn("team", "the person's team", Kind.ID),
        GroupColumn("role", "the person's rung on the ladder"),
    ),
    is_state=True,
    main="rate",
    happened="had one lately",
    clusters=("person_id",),
    examples=("", "--by team", "--by role"),
)

MEETINGS_OVERDUE = Measure(
    name="meetings overdue",
    module="maintenance",
    question="Who is due a maintenance 1:1?",
    definition=_MAINTENANCE
    + "Listed is everybody else: first those who never had one, then the longest gap.\n",
    columns=(
        *PERSON,
        Column("role", Kind.TEXT, "the person's rung on the ladder"),
        Column(
            "last_maintenance_on",
            Kind.DATE,
            "date of the last held maintenance 1:1; empty where there was none",
        ),
        Column("days_since", Kind.DAYS, "days since then"),
    ),
    is_state=True,
    examples=("", "--team T1", "--format csv"),
)
