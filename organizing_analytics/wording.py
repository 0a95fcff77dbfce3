"""Dates and counts as a person reads them, the same in plans, lists and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


def plural(n: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> plural(1, "shift"), plural(1200, "person", "people")
    ('1 shift', '1,200 people')
    """
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"


def short_day(day: date) -> str:
    """Return a date without its year.

    Examples
    --------
    >>> from datetime import date
    >>> short_day(date(2026, 11, 28))
    'Sat 28 Nov'
    """
    return f"{day:%a} {day.day} {day:%b}"


def day_and_time(moment: datetime) -> str:
    """Return a date and the time of day.

    Examples
    --------
    >>> from datetime import datetime
    >>> day_and_time(datetime(2026, 11, 28, 10, 0))
    'Sat 28 Nov at 10:00'
    """
    return f"{short_day(moment)} at {moment:%H:%M}"


def spoken(word: str) -> str:
    """Return a word of the data, like an event type, as it is said.

    Examples
    --------
    >>> spoken("phone_bank")
    'phone bank'
    """
    return word.replace("_", " ")
