"""What people say of a shift: was it worth their time, and what would bring them back."""

from __future__ import annotations

from organizing_analytics.catalog.declaration import Column, GroupColumn, Kind, Measure, count, rate

_GROUPS = (
    GroupColumn("team", "the event's team", Kind.ID),
    GroupColumn("event_type", "type of the shift's event"),
    GroupColumn("lead", "who leads the event's team", Kind.ID),
    GroupColumn("week", "ISO week of the shift"),
    GroupColumn("month", "month of the shift"),
)
_SMALL = """
Numbers of answers below five are left empty, and so are the next smallest ones where one could
otherwise be worked out from the others and a total. No rows are shown behind an answer, and who
gave it is not looked at.
"""

FEEDBACK = Measure(
    name="feedback",
    module="feedback",
    question="Did it feel worth their time, and did they come back?",
    definition=f"""
One row is one answer about a shift; its date is the shift's local date. Beside the answers stands
who came back: attended sign-ups of the very shifts that were answered about, whoever answered.
Such a visit is matured when it is 30 days or more old, and returned when its person visited again
on a later date, at most 30 days later.{_SMALL}
""",
    columns=(
        count("answers", "answers about the shifts; empty below five"),
        count("rated", "of these, with a rating from 1 to 5; empty below five"),
        Column("rating", Kind.NUMBER, "mean of the ratings"),
        count("worthwhile", "of the rated, with 4 or 5"),
        *rate("worth", "worthwhile", "rated", "share of the ratings that are 4 or 5"),
        count("matured", "attended sign-ups of these shifts that are 30 days or more old"),
        count("returned", "of these, whose person visited again within 30 days"),
        *rate("return_rate", "returned", "matured", "share who came back within 30 days"),
    ),
    groups=_GROUPS,
    main="worth",
    happened="said it was worth their time",
    clusters=("voice_id", "shift_id"),
    hides_rows=True,
    examples=("--by event_type", "--by team", "--by lead --since 2026-09-01"),
)

FEEDBACK_REASONS = Measure(
    name="feedback reasons",
    module="feedback",
    question="What would bring people back?",
    definition=f"""
One row is one answer about a shift that names a reason; its date is the shift's local date. Each
reason is one for which volunteers do not return.{_SMALL}
""",
    columns=(count("answers", "answers that name the reason; empty below five"),),
    groups=(GroupColumn("reason", "what keeps people away"), *_GROUPS),
    always=("reason",),
    hides_rows=True,
    examples=("", "--by event_type", "--by team --since 2026-09-01"),
)
