"""Local dates and the ends of dates by the campaign's clock, for whole columns at once.

The engine holds moments in UTC. A list is read at the end of a local date, in the past as today,
so both need to know when each date ended. The offsets of a time zone change a few times a year:
each stretch between two changes is one branch of a CASE, which every engine understands.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from organizing_analytics.expressions import ibis
from organizing_analytics.time_zones import zone_rules

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: Offsets are looked up for this many days back. What is older teaches next to nothing, and one
#: hour off at a change of the clocks matters only within an hour of midnight.
MAX_PAST_DAYS = 6 * 366
#: Shifts may lie this many days ahead.
MAX_AHEAD_DAYS = 366


def end_of(day: date, timezone: str) -> datetime:
    """Return the moment, in UTC without offset, at which a date ends by a clock.

    Examples
    --------
    >>> from datetime import date
    >>> end_of(date(2026, 3, 7), "America/Chicago")  # midnight there is 6:00 in UTC
    datetime.datetime(2026, 3, 8, 6, 0)
    """
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone_rules(timezone))
    return midnight.astimezone(UTC).replace(tzinfo=None)


@lru_cache(maxsize=32)
def offsets(timezone: str, until: date) -> tuple[tuple[date, timedelta], ...]:
    """Return from which date on midnight has which offset from UTC, the earliest first.

    Examples
    --------
    >>> [day.isoformat() for day, _ in offsets("America/Chicago", date(2026, 3, 20))[-3:]]
    ['2026-03-09', '2026-11-02', '2027-03-15']
    """
    stretches: list[tuple[date, timedelta]] = []
    first = until - timedelta(days=MAX_PAST_DAYS)
    for n in range(MAX_PAST_DAYS + MAX_AHEAD_DAYS):
        day = first + timedelta(days=n)
        end = end_of(day - timedelta(days=1), timezone)
        offset = datetime.combine(day, time()) - end
        if not stretches or stretches[-1][1] != offset:
            stretches.append((day, offset))
    return tuple(stretches)


def ends_of(days: ir.DateValue, timezone: str, until: date) -> ir.TimestampValue:
    """Return the moment at which each date of a column ends, in UTC."""
    stretches = offsets(timezone, until)
    midnight = days.cast("timestamp") + ibis.interval(days=1)
    last = _moved(midnight, -stretches[-1][1])
    if len(stretches) == 1:
        return last
    # The midnight that ends a date belongs to the next date's offset.
    branches = [
        (days < following - timedelta(days=1), _moved(midnight, -offset))
        for (_, offset), (following, _) in pairwise(stretches)
    ]
    return ibis.cases(*branches, else_=last)


def local_dates(moments: ir.TimestampValue, timezone: str, until: date) -> ir.DateValue:
    """Return the local date of each moment of a column."""
    stretches = offsets(timezone, until)
    last = _moved(moments, stretches[-1][1]).date()
    if len(stretches) == 1:
        return last
    # On the date of a change the old offset still counts, and its last hour must not run over.
    branches = [
        (
            moments < datetime.combine(following, time()) - later,
            ibis.least(_moved(moments, offset).date(), following - timedelta(days=1)),
        )
        for (_, offset), (following, later) in pairwise(stretches)
    ]
    return ibis.cases(*branches, else_=last)


def _moved(moments: ir.TimestampValue, by: timedelta) -> ir.TimestampValue:
    return moments + ibis.interval(seconds=int(by.total_seconds()))
