"""The parts of a declaration.

    rate("flake_rate", ("no_show", "cancelled"), ("attended", "no_show", "cancelled"), "…")

is a column that `Selection.present` computes from the counts of the same row. Every rate has an
interval, in two more columns: `flake_rate_low flake_rate_high`, or what `bounds` names.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a value is, and so how it is formatted.

    A rate is 0 to 1 and is read as per cent. Points are the difference of two rates, -1 to 1,
    read as percentage points. A date is local; a moment is UTC; a clock time is local.
    """

    COUNT = "count"
    RATE = "rate"
    POINTS = "points"
    NUMBER = "number"
    DAYS = "days"
    DATE = "date"
    MOMENT = "moment"
    CLOCK = "clock time"
    ID = "id"
    TEXT = "text"
    FLAG = "yes or no"

    @property
    def is_numeric(self) -> bool:
        """Return whether values of this kind are numbers, set flush right in a table."""
        return self in _NUMERIC


_NUMERIC = {Kind.COUNT, Kind.RATE, Kind.POINTS, Kind.NUMBER, Kind.DAYS}


@dataclass(frozen=True)
class Column:
    """One column of an answer.

    Attributes
    ----------
    name : str
        Its name in the frame, in CSV and in JSON.
    kind : Kind
    meaning : str
        What it says, in plain words; a phrase without a full stop.
    successes, n : tuple of str
        Of a rate that is a quotient of counts: the count columns above and below the line, each
        added up. Empty for every other column.
    bounds : (str, str), optional
        Of a rate with an interval: the columns of its lower and upper bound.
    """

    name: str
    kind: Kind
    meaning: str
    successes: tuple[str, ...] = ()
    n: tuple[str, ...] = ()
    bounds: tuple[str, str] | None = None

    @property
    def formula(self) -> str:
        """Return the quotient in words, like "attended / (attended + no_show)"; or nothing."""
        if not self.n:
            return ""
        return " / ".join(_sum(names) for names in (self.successes, self.n))


def _sum(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"({' + '.join(names)})"


def count(name: str, meaning: str) -> Column:
    """Return a column of counts."""
    return Column(name, Kind.COUNT, meaning)


def rate(
    name: str,
    successes: str | tuple[str, ...],
    n: str | tuple[str, ...],
    meaning: str,
    *,
    bounds: tuple[str, str] | None = None,
) -> tuple[Column, ...]:
    """Return a rate and the two columns of its interval, `<name>_low <name>_high` by default.

    Examples
    --------
    >>> columns = rate("rate", "kept", "yeses", "the share kept", bounds=("low", "high"))
    >>> [column.name for column in columns]
    ['rate', 'low', 'high']
    """
    above, below = (part if isinstance(part, tuple) else (part,) for part in (successes, n))
    low, high = bounds or (f"{name}_low", f"{name}_high")
    return (
        Column(name, Kind.RATE, meaning, above, below, (low, high)),
        Column(low, Kind.RATE, f"lower bound of the interval of {name}"),
        Column(high, Kind.RATE, f"upper bound of the interval of {name}"),
    )


@dataclass(frozen=True)
class GroupColumn:
    """One column that a measure can be grouped by.

    Attributes
    ----------
    name : str
        What `by` names, and the column's name in the answer.
    meaning : str
        What it says, in plain words; a phrase without a full stop.
    kind : Kind
        TEXT, ID or FLAG.
    """

    name: str
    meaning: str
    kind: Kind = Kind.TEXT

    @property
    def column(self) -> Column:
        """Return it as a column of the answer."""
        return Column(self.name, self.kind, self.meaning)


@dataclass(frozen=True)
class Option:
    """One keyword of a measure, in Python and on the command line.

    Attributes
    ----------
    name : str
        In Python; the command line has dashes for its underscores.
    type : type
        str, int, float or bool.
    default : object
        None where the option may be missing.
    meaning : str
        The help text: a sentence with its full stop.
    annotation : str
        The type in Python's signature, where it is wider than `type`.
    switch : str
        The flag of a bool on the command line, where it is not the name: "no-same-day" switches
        a default of True off.
    choices : tuple of str
        The words that are allowed, where there are only a few.
    """

    name: str
    type: type[str | int | float | bool]
    default: object
    meaning: str
    annotation: str = ""
    switch: str = ""
    choices: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """Return how the command line spells it."""
        return "--" + (self.switch or self.name).replace("_", "-")


@dataclass(frozen=True)
class Measure:
    """One measure, declared.

    Attributes
    ----------
    name : str
        Its words on the command line, like "asks after-no".
    module : str
        The module of `organizing_analytics.measures` that counts it.
    question : str
        What it answers, as a question: the help text.
    definition : str
        What one row is, which date it has, and what counts; whole sentences, in plain words.
    columns : tuple of Column
        The answer's columns after the group columns, in order.
    groups : tuple of GroupColumn
        What it can be grouped by.
    always : tuple of str
        The groups that come first whether asked for or not.
    options : tuple of Option
        Its own, beside those that all measures share.
    is_state : bool
        Whether it tells how things stand at `as_of` and so has no window.
    main : str
        The rate that answers the question, where there is one.
    happened : str
        What the main rate is a share of, as a verb in the past: "came".
    can_shrink : bool
        Whether the main rate of small groups can be partially pooled.
    clusters : tuple of str
        Columns of the counted rows within which rows are not independent of each other, like
        person_id and shift_id; the intervals allow for them. Empty where there is no rate.
    hides_rows : bool
        Whether the rows behind its numbers are never shown: they are what people said in private.
    examples : tuple of str
        Options of two or three commands that show what it is good for.
    """

    name: str
    module: str
    question: str
    definition: str
    columns: tuple[Column, ...]
    groups: tuple[GroupColumn, ...] = ()
    always: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    is_state: bool = False
    main: str = ""
    happened: str = ""
    can_shrink: bool = False
    clusters: tuple[str, ...] = ()
    hides_rows: bool = False
    examples: tuple[str, ...] = ("", "--explain", "--json")

    @property
    def function(self) -> str:
        """Return its name in Python, like "asks_after_no"."""
        return self.name.replace(" ", "_").replace("-", "_")

    @property
    def is_grouped(self) -> bool:
        """Return whether it takes `by`."""
        return any(group.name not in self.always for group in self.groups)

    @property
    def has_intervals(self) -> bool:
        """Return whether it has rates, and so intervals; lists of people have none."""
        return bool(self.clusters)

    @property
    def rates(self) -> tuple[Column, ...]:
        """Return the columns that are quotients of counts."""
        return tuple(column for column in self.columns if column.n)

    def column(self, name: str) -> Column:
        """Return one of its columns by name."""
        return next(column for column in self.columns if column.name == name)

    def columns_of_a_table(self) -> tuple[Column, ...]:
        """Return the columns that fit into a table of many rows: without second intervals."""
        hidden = {
            bound
            for rate in self.rates
            for bound in rate.bounds or ()
            if bound not in {"low", "high"}
        }
        return tuple(column for column in self.columns if column.name not in hidden)
