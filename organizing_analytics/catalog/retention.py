"""Retention: do people come back, how long do they stay, why do they leave."""

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

VISIT = (
    "One visit is one person on one local date with at least one attended shift; walk-ins count."
)

RETENTION_RETURN = Measure(
    name="retention return",
    module="retention",
    question="Who came back within some days of the first visit?",
    definition=f"""
{VISIT} The first visit is the first of all time: neither the window nor a team changes it. One row
is one person; its date is that of the first visit, its team that of the first visit's earliest
shift. Only people whose first visit is --within-days or more days old are in the rate.
""",
    columns=(
        count("people", "people with a first visit"),
        count("matured", "of these, whose first visit is at least --within-days days old"),
        count(
            "returned",
            "of the matured, who visited again on a later date, at most --within-days days later",
        ),
        *rate(
            "rate",
            "returned",
            "matured",
            "of the matured, the share who came back",
            bounds=("low", "high"),
        ),
        DEFF,
    ),
    groups=(
        GroupColumn("team", "team of the first visit's earliest shift", Kind.ID),
        GroupColumn("event_type", "event type of the first visit's earliest shift"),
        GroupColumn("recruiter", "who signed the person up for that shift", Kind.ID),
        GroupColumn("month", "month of the first visit"),
        GroupColumn("week", "ISO week of the first visit"),
        GroupColumn(
            "followed_up",
            "a contact to follow up, thank or reshift was attempted within 48 hours after the "
            "first visit's last shift ended, whatever its result",
            Kind.FLAG,
        ),
        GroupColumn(
            "reached",
            "one of these contacts had a result other than no_answer and wrong_number; compare by "
            "followed_up, since people who pick up come back anyway",
            Kind.FLAG,
        ),
        GroupColumn(
            "reshift", "the next shift was set within 48 hours of a shift of that day", Kind.FLAG
        ),
    ),
    options=(Option("within_days", int, 30, "Days after the first visit."),),
    main="rate",
    happened="came back",
    can_shrink=True,
    clusters=("person_id", "shift_id"),
    examples=("--by team", "--within-days 60 --by month", "--by followed_up"),
)

RETENTION_BY_VISIT = Measure(
    name="retention by-visit",
    module="retention",
    question="After the first visit, the second, the third: who comes again?",
    definition=f"""
{VISIT} One row of the answer is one visit number v, over the people whose v-th visit is
--within-days or more days old. The date is that of the v-th visit; the team is that of the first.
Visit numbers that nobody has matured at are not listed.
""",
    columns=(
        count("visit", "number of the visit, 1 for the first"),
        count("matured", "people whose visit of this number is at least --within-days days old"),
        count("returned", "of these, whose next visit came at most --within-days days later"),
        *rate(
            "rate",
            "returned",
            "matured",
            "of the matured, the share who came again",
            bounds=("low", "high"),
        ),
    ),
    options=(
        Option("within_days", int, 90, "Days until the next visit."),
        Option("max_visit", int, 6, "The last visit number to show."),
    ),
    clusters=("person_id", "shift_id"),
    examples=("", "--max-visit 10", "--within-days 60 --team T1"),
)

RETENTION_COHORTS = Measure(
    name="retention cohorts",
    module="cohorts",
    question="Of those who first came in one month or week, how many still come?",
    definition=f"""
{VISIT} A cohort is the people whose first visit fell into one month or week. Period 0 is the
cohort's own, period k the k-th after it. A bounded cell counts who visited in that period; a
rolling cell counts who visited in it or in any later one. The two kinds can differ by a factor of
two. A period that has not ended is empty, not 0.
""",
    columns=(
        Column("cohort", Kind.TEXT, "month or week of the first visit"),
        count("size", "people of the cohort"),
        Column("period", Kind.NUMBER, "months or weeks since the cohort's own, which is 0"),
        count("retained", "people who visited then; empty while the period has not ended"),
        *rate("rate", "retained", "size", "share of the cohort retained", bounds=("low", "high")),
    ),
    options=(
        Option(
            "period", str, "month", "Length of a period: month or week.", choices=("month", "week")
        ),
        Option(
            "kind",
            str,
            "bounded",
            "bounded: came in that period; rolling: came in it or later.",
            choices=("bounded", "rolling"),
        ),
    ),
    clusters=("person_id", "shift_id"),
    examples=("", "--period week --kind rolling", "--team T1 --since 2026-01-01"),
)

RETENTION_LAPSE = Measure(
    name="retention lapse",
    module="lapse",
    question="How many people still come, by days since the first visit?",
    definition=f"""
{VISIT} A person lapses the first time that more than L days (setting lapse_days) pass after a
visit without another one; it happens L days after that visit, and is settled: coming back later
does not undo it. Who has not lapsed by as-of is censored there: nobody knows yet how long they
will stay. The curve is the Kaplan-Meier estimate; its interval is the log-log one, and is empty
where that is not defined. Beside it stands how many of those who lapsed came back later, the same
in every row. Date and team are those of the first visit.
""",
    columns=(
        Column("day", Kind.DAYS, "days since the first visit; one row per day with a lapse"),
        count("at_risk", "people neither lapsed nor censored before that day"),
        Column("surviving", Kind.RATE, "estimated share of people who have not lapsed by that day"),
        Column("low", Kind.RATE, "lower bound of the interval of surviving"),
        Column("high", Kind.RATE, "upper bound of the interval of surviving"),
        count("lapsed", "people who lapsed on that day"),
        count("returned_later", "of these, who visited again after their lapse"),
        Column(
            "came_back",
            Kind.RATE,
            "of all who lapsed, the share who visited again later; the same in every row",
        ),
        Column("came_back_low", Kind.RATE, "lower bound of the interval of came_back"),
        Column("came_back_high", Kind.RATE, "upper bound of the interval of came_back"),
    ),
    clusters=("person_id", "shift_id"),
    examples=("", "--team T1", "--since 2026-01-01 --json"),
)

RETENTION_RESHIFT = Measure(
    name="retention reshift",
    module="reshift",
    question="Who left a shift with the next one already set?",
    definition="""
One row is one attended sign-up, walk-ins included, whose shift is at least two days old; its date
is the shift's local date. It is reshifted when the person has another sign-up, made at most 48
hours after this shift's end, for a shift that starts after that end, and not cancelled within
those 48 hours. A sign-up without a time does not count, since nobody knows when it was made. The
48 hours are the setting follow_up_hours.
""",
    columns=(
        count("attended", "attended sign-ups"),
        count("reshifted", "of these, whose person had the next shift set within 48 hours"),
        *rate(
            "rate",
            "reshifted",
            "attended",
            "share who left with the next shift set",
            bounds=("low", "high"),
        ),
    ),
    groups=(
        GroupColumn("team", "the event's team", Kind.ID),
        GroupColumn("event_type", "type of the attended shift's event"),
        GroupColumn("week", "ISO week of the attended shift"),
        GroupColumn("month", "month of the attended shift"),
        GroupColumn("first_timer", "no attended shift of the person started earlier", Kind.FLAG),
    ),
    main="rate",
    happened="had the next shift set",
    clusters=("person_id", "shift_id"),
    examples=("--by team", "--by first_timer", "--by event_type --since 2026-09-01"),
)

RETENTION_TIERS = Measure(
    name="retention tiers",
    module="tiers",
    question="How active are people now?",
    definition=f"""
{VISIT} Everybody who ever came is in one tier. super_active: two visits or more in the last 14
days; active: two or more in the last 30; almost_active: one in the last 30; dropped: none in the
last 30. The days are the settings tier_short_days and tier_long_days. The team is the first
visit's.
""",
    columns=(
        Column("tier", Kind.TEXT, "super_active, active, almost_active or dropped"),
        count("people", "people in that tier"),
    ),
    is_state=True,
    examples=("", "--team T1", "--as-of 2026-09-30"),
)

RETENTION_LOSING = Measure(
    name="retention losing",
    module="tiers",
    question="Who used to come and has been away for long?",
    definition=f"""
{VISIT} Listed are people with three visits or more who have been away for more than twice their
own median gap between visits, and for more than 14 days; the longest away comes first. The team is
the person's own; of people without one, that of their latest visit.
""",
    columns=(
        *PERSON,
        count("visits", "visits so far"),
        Column("last_on", Kind.DATE, "date of the last visit"),
        Column("days_since", Kind.DAYS, "days since the last visit"),
        Column("median_gap", Kind.DAYS, "median of the days between the person's visits"),
    ),
    is_state=True,
    examples=("", "--team T1", "--format csv"),
)

RETENTION_DEPARTURES = Measure(
    name="retention departures",
    module="departures",
    question="Why do people leave?",
    definition="""
One row is one departure; its date is when the person left by the campaign's clock. A reason that
nobody noted is a group of its own.
""",
    columns=(count("people", "departures"),),
    groups=(
        GroupColumn("reason", "the main reason"),
        GroupColumn("team", "the team that the person belongs to", Kind.ID),
        GroupColumn("week", "ISO week of the departure"),
        GroupColumn("month", "month of the departure"),
    ),
    always=("reason",),
    examples=("", "--by team", "--by month --since 2026-01-01"),
)
