"""ISO weeks: which one is meant, when it begins, and at which date its report stands."""

from __future__ import annotations

import re
from datetime import date, timedelta

from organizing_analytics.errors import OptionError
from organizing_analytics.measures.groups import week_label

WEEK = re.compile(r"(\d{4})-W(\d{2})")
DAYS = 7


def monday_of(week: str) -> date:
    """Return the Monday of an ISO week.

    Raises
    ------
    OptionError
        There is no such week.

    Examples
    --------
    >>> monday_of("2026-W47")
    datetime.date(2026, 11, 16)
    """
    try:
        return date.fromisoformat(f"{week}-1")
    except ValueError as error:
        raise OptionError(
            f'There is no week "{week}". A week is written like 2026-W47, from W01 to W52, and to'
            " W53 in some years."
        ) from error


def last_full_week(yesterday: date) -> str:
    """Return the last week that has ended by the end of a date.

    Examples
    --------
    >>> last_full_week(date(2026, 11, 22)), last_full_week(date(2026, 11, 21))
    ('2026-W47', '2026-W46')
    """
    return week_label(yesterday - timedelta(days=yesterday.isoweekday() % DAYS))


def report_day(monday: date, yesterday: date) -> date:
    """Return the date at which the report of a week stands: its Sunday, or yesterday if earlier.

    Raises
    ------
    OptionError
        The week has not begun.

    Examples
    --------
    >>> report_day(date(2026, 11, 16), date(2026, 11, 30))
    datetime.date(2026, 11, 22)
    """
    if monday > yesterday:
        raise OptionError(
            f"Week {week_label(monday)} begins on {monday}, and the data ends with yesterday,"
            f" {yesterday}: there is nothing to report yet. The last full week is"
            f" {last_full_week(yesterday)}."
        )
    return min(monday + timedelta(days=DAYS - 1), yesterday)
