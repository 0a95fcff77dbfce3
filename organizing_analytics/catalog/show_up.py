"""Show-up: of those who signed up, who came."""

from __future__ import annotations

from organizing_analytics.catalog.declaration import (
    GroupColumn,
    Kind,
    Measure,
    Option,
    count,
    rate,
)
from organizing_analytics.catalog.shared import DEFF

ON_LIST = ("attended", "no_show")
ON_LIST_OR_UNRECORDED = (*ON_LIST, "unrecorded")

SHOW_UP = Measure(
    name="show-up",
    module="show_up",
    question="Of those who signed up, who came?",
    definition="""
One row is one sign-up; its date is the shift's local date. Every sign-up falls into one class, the
first that fits: walk_in, left_out, attended, cancelled, no_show, unrecorded. A sign-up whose
attendance nobody wrote down is unrecorded, never a no-show: unknown is not absent. Walk-ins and
left_out are in no rate. To schedule ahead of a shift, use the turnout of all who signed up, which
is 1 - flake_rate.
""",
    columns=(
        count("scheduled", "sign-ups on the list: attended + cancelled + no_show + unrecorded"),
        count("attended", "came, whatever the status says: being there wins"),
        count("no_show", "recorded as absent, or cancelled at or after the start"),
        count("cancelled", "cancelled before the start, or at an unknown time"),
        count("unrecorded", "nobody wrote down whether the person came"),
        count("walk_in", "flagged as a walk-in or signed up at or after the start, and came"),
        count("left_out", "like walk_in, but did not come; counted only here"),
        *rate(
            "rate",
            "attended",
            ON_LIST,
            "of those still on the list, the share who came",
            bounds=("low", "high"),
        ),
        *rate(
            "rate_if_none",
            "attended",
            ON_LIST_OR_UNRECORDED,
            "the rate if none of the unrecorded had come",
        ),
        *rate(
            "rate_if_all",
            ("attended", "unrecorded"),
            ON_LIST_OR_UNRECORDED,
            "the rate if all of the unrecorded had come",
        ),
        *rate(
            "flake_rate",
            ("no_show", "cancelled"),
            ("attended", "no_show", "cancelled"),
            "of all who signed up, the share who did not come",
        ),
        *rate(
            "recorded_share",
            ON_LIST,
            ON_LIST_OR_UNRECORDED,
            "the share whose attendance somebody wrote down",
        ),
        DEFF,
    ),
    groups=(
        GroupColumn("team", "the event's team", Kind.ID),
        GroupColumn("event_type", "the event's type, like canvass"),
        GroupColumn("event", "the event", Kind.ID),
        GroupColumn("shift", "the shift", Kind.ID),
        GroupColumn("recruiter", "who signed the person up", Kind.ID),
        GroupColumn("channel", "how the person was signed up"),
        GroupColumn("role", "the role in the shift"),
        GroupColumn("week", "ISO week of the shift, like 2026-W47"),
        GroupColumn("month", "month of the shift, like 2026-03"),
        GroupColumn("weekday", "weekday of the shift, Mon to Sun"),
        GroupColumn(
            "lead",
            "days from signing up to the shift: 0 (or less), 1, 2-3, 4-7, 8-14, 15-30, 31+ or "
            "unknown",
        ),
        GroupColumn(
            "confirmed",
            "confirmed before the start; a confirmed status without a time counts",
            Kind.FLAG,
        ),
        GroupColumn("first_timer", "no attended shift of the person started earlier", Kind.FLAG),
        GroupColumn(
            "record",
            "the person's own rate on shifts that started earlier: new (none is recorded), under "
            "1/3, 1/3 to 2/3 (both included) or over 2/3",
        ),
    ),
    options=(
        Option(
            "same_day",
            bool,
            True,
            "Leave out sign-ups made on the shift's own day, which inflate show-up.",
            switch="no-same-day",
        ),
    ),
    main="rate",
    happened="came",
    can_shrink=True,
    clusters=("person_id", "shift_id"),
    examples=("--by team,week", "--by lead --since 2026-09-01", "--by team --shrink"),
)
