"""Days and minutes of a time zone, as whole numbers.

A day is the number of days since 1970-01-01, a moment the number of minutes in UTC since
then. Whole numbers make a campaign of a hundred thousand sign-ups a matter of seconds.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from organizing_analytics.time_zones import zone_rules

EPOCH = date(1970, 1, 1)
MINUTES_A_DAY = 1440
NOON = 720


def day_number(day: date) -> int:
    """Return the days from 1970-01-01 to a date.

    Examples
    --------
    >>> day_number(date(1970, 1, 11))
    10
    """
    return (day - EPOCH).days


def day_date(day: int) -> date:
    """Return the date of a day number."""
    return EPOCH + timedelta(days=day)


def weekday(day: int) -> int:
    """Return the weekday of a day number, 0 for Monday to 6 for Sunday.

    Examples
    --------
    >>> weekday(0)  # 1970-01-01 was a Thursday
    3
    """
    return (day + 3) % 7


class SampleClock:
    """The clock of one time zone.

    Parameters
    ----------
    name : str
        IANA name of the zone.

    Examples
    --------
    >>> clock = SampleClock("America/Chicago")
    >>> start = clock.moment(day_number(date(2026, 10, 31)), 23 * 60)
    >>> end = clock.moment(day_number(date(2026, 11, 1)), 4 * 60)
    >>> clock.text(start), clock.text(end), (end - start) // 60  # the night has an hour more
    ('2026-10-31T23:00-05:00', '2026-11-01T04:00-06:00', 6)
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._zone = zone_rules(name)
        self._offsets: dict[int, int] = {}

    def offset(self, day: int) -> int:
        """Return the minutes ahead of UTC at noon of a day."""
        offset = self._offsets.get(day)
        if offset is None:
            noon = datetime.combine(day_date(day), datetime.min.time(), self._zone)
            ahead = noon.replace(hour=12).utcoffset() or timedelta()
            offset = self._offsets[day] = int(ahead.total_seconds() // 60)
        return offset

    def moment(self, day: int, minute: int) -> int:
        """Return the moment of a clock time.

        Right for any time from 3:00 to midnight: American zones change their clocks at 2:00,
        so the rest of the day has the offset of its noon.
        """
        return day * MINUTES_A_DAY + minute - self.offset(day)

    def local(self, moment: int) -> tuple[int, int]:
        """Return the local day and minute of a moment (from 3:00 to midnight, as `moment`)."""
        guess = moment // MINUTES_A_DAY
        day = (moment + self.offset(guess)) // MINUTES_A_DAY
        return divmod(moment + self.offset(day), MINUTES_A_DAY)

    def text(self, moment: int) -> str:
        """Return a moment as local time with its offset, ISO 8601."""
        return self._at(moment).isoformat(timespec="minutes")

    def text_without_offset(self, moment: int) -> str:
        """Return a moment as local time without an offset, as people write it."""
        return self._at(moment).replace(tzinfo=None).isoformat(timespec="minutes")

    def changes(self, first_day: int, last_day: int) -> list[int]:
        """Return the days in whose first hours the clocks change."""
        days = range(first_day, last_day + 1)
        return [day for day in days if self.offset(day) != self.offset(day - 1)]

    def _at(self, moment: int) -> datetime:
        return datetime.fromtimestamp(moment * 60, UTC).astimezone(self._zone)
