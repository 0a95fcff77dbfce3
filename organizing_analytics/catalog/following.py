"""Follow-up, organizers' work, confirmation, the chain from the ask to coming again, the ladder."""

from __future__ import annotations

from organizing_analytics.catalog.declaration import Column, GroupColumn, Kind, Measure, count, rate

FOLLOW_UP = Measure(
    name="follow-up",
    module="follow_up",
    question="Were visits, yeses and 1:1s followed up within 48 hours?",
    definition="""
One row is one attended sign-up, one yes or one held 1:1 whose local date is at least two days old;
its date is that of the shift, the ask or the 1:1. The 48 hours (setting follow_up_hours) begin
when the shift ended, when the person was asked, or at the scheduled time of the 1:1. A follow-up
is a contact with reason follow_up, thank_you, reshift or recognition, whatever its result.
""",
    columns=(
        count("due", "visits, yeses or 1:1s that call for a follow-up"),
        count("followed_up", "of these, followed up in time"),
        *rate(
            "rate", "followed_up", "due", "the share followed up in time", bounds=("low", "high")
        ),
    ),
    groups=(
        GroupColumn("what", "what calls for it: attended, yes or one_to_one"),
        GroupColumn("team", "team of the event, the ask or the 1:1", Kind.ID),
        GroupColumn("week", "its ISO week"),
    ),
    always=("what",),
    main="rate",
    happened="were followed up in time",
    clusters=("person_id", "cluster_id"),
    examples=("", "--by team", "--by week --since 2026-09-01"),
)

ORGANIZERS = Measure(
    name="organizers",
    module="organizers",
    question="What did each organizer do?",
    definition="""
One row is one act: an ask that somebody made, a 1:1 that somebody held, or a contact. Its date is
the local date of the ask, the 1:1 or the contact; its team is that of the ask or the 1:1, of a
contact that of whoever made it. Acts of which nobody noted who did them are left out. A follow-up
is due after an own ask that got a yes and after an own 1:1, once it is two days old; it counts
whoever made it (see follow-up). The rows are in the order of names: they are no ranking, since
organizers look after different people, and of few acts a rate says little.
""",
    columns=(
        Column("name", Kind.TEXT, "the organizer's name"),
        count("one_to_ones", "1:1s held"),
        count("asks", "asks made"),
        count("contacts", "calls, texts, mails and words noted"),
        count("from_lists", "of these acts, those that answered a line of a to-do list"),
        count("follow_up_due", "own yeses and 1:1s that call for a follow-up"),
        count("followed_up", "of these, followed up in time"),
        *rate(
            "rate",
            "followed_up",
            "follow_up_due",
            "the share followed up in time",
            bounds=("low", "high"),
        ),
    ),
    groups=(
        GroupColumn("organizer", "who did it", Kind.ID),
        GroupColumn("team", "team of the ask or the 1:1; of a contact, that of its maker", Kind.ID),
        GroupColumn("week", "ISO week of the act"),
        GroupColumn("month", "month of the act"),
    ),
    always=("organizer",),
    main="rate",
    happened="were followed up in time",
    clusters=("person_id",),
    examples=("--since 2026-11-16", "--team T1 --since 2026-11-01", "--by week"),
)


CONFIRMATION = Measure(
    name="confirmation",
    module="confirmation",
    question="Were sign-ups confirmed before the shift?",
    definition="""
One row is one sign-up of the class attended, no_show or unrecorded (see show-up): neither those
who cancelled in time nor walk-ins. Its date is the shift's local date.
""",
    columns=(
        count("scheduled", "sign-ups that were not cancelled in time"),
        count(
            "confirmed",
            "of these, confirmed before the start; a confirmed status without a time counts",
        ),
        *rate("rate", "confirmed", "scheduled", "the share confirmed", bounds=("low", "high")),
    ),
    groups=(
        GroupColumn("lead", "days from signing up to the shift, as for show-up"),
        GroupColumn("team", "the event's team", Kind.ID),
        GroupColumn("week", "ISO week of the shift"),
    ),
    main="rate",
    happened="were confirmed",
    clusters=("person_id", "shift_id"),
    examples=("", "--by team", "--by lead"),
)

CHAIN = Measure(
    name="chain",
    module="chain",
    question="From the ask to coming again: how many pass each link?",
    definition="""
One row of the answer is one link, over the asks of the window: answered, yes, signed_up,
confirmed, came, came_again. Each link begins with the asks that passed the link before and are
known at this one. What cannot be known yet, since its time has not come or nobody wrote it down,
is immature and in no rate. signed_up: after a yes to a shift, any sign-up of the person for it,
known from the shift's day on; after another yes, the first sign-up made within 7 days. confirmed:
that sign-up was confirmed before the start. came: the person attended. came_again: the person
visited again on a later date, at most 30 days later. Date and team are the ask's.
""",
    columns=(
        Column("link", Kind.TEXT, "answered, yes, signed_up, confirmed, came or came_again"),
        count("from", "asks that passed the link before and are known at this one"),
        count("to", "of these, asks that passed this link"),
        *rate("rate", "to", "from", "the share that passed this link", bounds=("low", "high")),
        count("immature", "asks that passed the link before and are not known here yet"),
    ),
    clusters=("person_id", "asker_id"),
    examples=("", "--team T1", "--since 2026-09-01"),
)

LADDER = Measure(
    name="ladder",
    module="ladder",
    question="Who moved up the ladder of engagement?",
    definition="""
One row is one change of role to a higher rung (setting ladder); its date is that of the change. A
person's first change counts when it is above the lowest rung.
""",
    columns=(
        count("moves", "moves up the ladder"),
        count(
            "after_escalation",
            "of these, after a held escalation 1:1 on the same day or in the 30 days before",
        ),
        *rate(
            "rate",
            "after_escalation",
            "moves",
            "the share of moves after an escalation 1:1",
            bounds=("low", "high"),
        ),
    ),
    groups=(
        GroupColumn("week", "ISO week of the change"),
        GroupColumn("team", "the person's team", Kind.ID),
    ),
    always=("week", "team"),
    clusters=("person_id",),
    examples=("", "--team T1", "--since 2026-01-01"),
)
