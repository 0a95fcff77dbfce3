"""What a measure may be grouped by.

A `Group` knows how the engine computes a group column and how a person reads its values. The
engine's value is short and sorts in the natural order (a week is its Monday, a weekday 0 to 6),
so grouping ten million rows by week writes no text; the label is written once per group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from organizing_analytics.expressions import ibis

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    import ibis.expr.types as ir

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Group:
    """One group column.

    Attributes
    ----------
    value : callable
        From the measure's rows (an Ibis table) to the engine's value.
    label : callable, optional
        From one value of the engine to what the answer shows; the value itself by default.
    is_flag : bool
        True, false or missing: a nullable boolean in the answer, not text.
    """

    value: Callable[[ir.Table], ir.Value]
    label: Callable[[Any], str] | None = None
    is_flag: bool = False


def column(name: str) -> Group:
    """Return the group that is a text column of the rows as it stands."""
    return Group(lambda rows: rows[name])


def flag(value: Callable[[ir.Table], ir.Value]) -> Group:
    """Return a group of true, false and missing."""
    return Group(value, is_flag=True)


def week_of(day: str) -> Group:
    """Return the ISO week of a date column."""
    return Group(lambda rows: rows[day].truncate("W"), week_label)


def month_of(day: str) -> Group:
    """Return the calendar month of a date column."""
    return Group(lambda rows: rows[day].truncate("M"), month_label)


def weekday_of(day: str) -> Group:
    """Return the weekday of a date column."""
    return Group(lambda rows: rows[day].day_of_week.index(), _nth_of(WEEKDAYS))


def ordered(name: str, values: Sequence[str]) -> Group:
    """Return a text column whose values have an order of their own, like the kinds of 1:1."""
    places = {value: place for place, value in enumerate(values)}
    return Group(
        lambda rows: ibis.cases(*((rows[name] == value, place) for value, place in places.items())),
        _nth_of(values),
    )


def bucket(value: Callable[[ir.Table], ir.Value], labels: Sequence[str]) -> Group:
    """Return a group whose engine value is a place in `labels`."""
    return Group(value, _nth_of(labels))


def week_label(day: date) -> str:
    """Return the ISO week of a date; its year may differ from the calendar's.

    Examples
    --------
    >>> from datetime import date
    >>> week_label(date(2024, 12, 30))
    '2025-W01'
    """
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def month_label(day: date) -> str:
    """Return the month of a date.

    Examples
    --------
    >>> from datetime import date
    >>> month_label(date(2026, 3, 31))
    '2026-03'
    """
    return f"{day.year:04d}-{day.month:02d}"


def _nth_of(labels: Sequence[str]) -> Callable[[Any], str]:
    return lambda place: labels[int(place)]
