"""What many measures have in common: options, and columns."""

from __future__ import annotations

from organizing_analytics.catalog.declaration import Column, Kind, Measure, Option

#: The options of every measure, in the order of the Python signature and of the help.
SHARED = (
    Option(
        "by",
        str,
        "",
        "Group columns, separated by commas: team,week.",
        annotation="str | Sequence[str]",
    ),
    Option("since", str, None, "First date, like 2026-09-01.", annotation="str | date | None"),
    Option("until", str, None, "Last date.", annotation="str | date | None"),
    Option(
        "as_of",
        str,
        None,
        "Date to stand at (default yesterday).",
        annotation="str | date | None",
    ),
    Option("team", str, None, "Only this team (its id).", annotation="str | None"),
    Option("with_subteams", bool, False, "A team includes the teams below it."),
    Option("confidence", float, 0.95, "Confidence of the intervals, like 0.95."),
    Option(
        "independent",
        bool,
        False,
        "Plain Wilson intervals, as if no two rows were of one person or shift.",
    ),
    Option("shrink", bool, False, "Pull the rates of small groups toward what all share."),
)

#: Beside the interval of a main rate.
DEFF = Column(
    "deff",
    Kind.NUMBER,
    "design effect of the main rate: its rows are worth 1 / deff independent ones each",
)

#: What `shrink` adds.
SHRUNK = (
    Column("shrunk", Kind.RATE, "the main rate, partially pooled with the other groups'"),
    Column("shrunk_low", Kind.RATE, "lower bound of the interval of shrunk"),
    Column("shrunk_high", Kind.RATE, "upper bound of the interval of shrunk"),
)

PERSON = (
    Column("person_id", Kind.ID, "the person's id"),
    Column("name", Kind.TEXT, "given and family name; empty where neither is known"),
)


def shared_options(measure: Measure) -> tuple[Option, ...]:
    """Return those of the shared options that a measure takes."""
    absent = {"by"} if not measure.is_grouped else set()
    absent |= {"since", "until"} if measure.is_state else set()
    absent |= set() if measure.can_shrink else {"shrink"}
    absent |= set() if measure.has_intervals else {"confidence", "independent"}
    return tuple(option for option in SHARED if option.name not in absent)
