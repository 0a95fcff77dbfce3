"""One value as a person reads it in a table, or a program in CSV and JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from organizing_analytics.catalog.declaration import Kind

#: What stands in a table where there is no value.
NOTHING = "-"


def readable(value: object, kind: Kind) -> str:
    """Return a plain value (see `plain`) as a table shows it.

    Examples
    --------
    >>> readable(0.632, Kind.RATE), readable(-0.184, Kind.POINTS), readable(1200, Kind.COUNT)
    ('63.2 %', '-18.4 points', '1,200')
    >>> readable(2.0, Kind.DAYS), readable(None, Kind.RATE), readable(True, Kind.FLAG)
    ('2.0', '-', 'yes')
    """
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not kind.is_numeric or not isinstance(value, (int, float)):
        return str(value)
    if kind is Kind.RATE:
        return f"{100 * value:.1f} %"
    if kind is Kind.POINTS:
        return f"{100 * value:+.1f} points"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def plain(value: Any, kind: Kind) -> Any:
    """Return a value of a frame as JSON and CSV hold it: numbers, text, booleans or None.

    Dates are ISO dates. A moment is kept in UTC and ends in Z; a clock time has no zone.
    """
    # The missing values of pandas and numpy differ from themselves, or cannot be compared.
    if value is None or type(value).__name__ in {"NaTType", "NAType"} or value != value:  # noqa: PLR0124
        return None
    if isinstance(value, (datetime, date)):
        iso = value.isoformat()
        if kind is Kind.DATE:
            return iso[:10]
        return f"{iso}Z" if kind is Kind.MOMENT else iso
    return value.item() if hasattr(value, "item") else value
