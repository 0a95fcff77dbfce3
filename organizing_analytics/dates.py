"""Dates and times of day as a campaign writes them: "Sat, Nov 28 at 5 PM", "Sat 28 Nov at 17:00".

One `DateWords` words every date that a person reads: on pages, in mails, lists and briefs. JSON and
CSV keep ISO dates. English is worded here, since every answer says how fresh its data are; other
languages are worded by Babel, which is imported only for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime, time

ENGLISH = "en"
AUTO = "auto"
CLOCKS = (AUTO, "12", "24")
DATE_STYLES = (AUTO, "month_first", "day_first")
#: Territories whose clocks have 12 hours, by the Unicode CLDR; a test holds them against Babel.
TWELVE_HOURS = frozenset(
    (
        "AE", "AG", "AL", "AR", "AS", "AU", "BB", "BD", "BH", "BM", "BN", "BO", "BS", "BT",
        "CA", "CL", "CO", "CR", "CU", "CY", "DJ", "DM", "DO", "DZ", "EC", "EG", "EH", "ER",
        "ET", "FJ", "FM", "GD", "GH", "GM", "GR", "GT", "GU", "GY", "HK", "HN", "IN", "IQ",
        "JM", "JO", "KH", "KI", "KN", "KP", "KR", "KW", "KY", "LB", "LC", "LR", "LS", "LY",
        "MH", "MO", "MP", "MR", "MW", "MX", "MY", "NA", "NI", "NZ", "OM", "PA", "PE", "PG",
        "PH", "PK", "PR", "PS", "PW", "QA", "SA", "SB", "SD", "SG", "SL", "SO", "SS", "SV",
        "SY", "SZ", "TC", "TD", "TN", "TO", "TT", "TW", "UM", "US", "UY", "VC", "VE", "VG",
        "VI", "VU", "WS", "YE", "ZM",
    )
)  # fmt: skip
#: Territories whose English names the month before the day, by the Unicode CLDR.
MONTH_FIRST = frozenset(
    (
        "AS", "BI", "CA", "GU", "MH", "MP", "PH", "PR", "UM", "US", "VI",
    )
)  # fmt: skip
NOON = 12
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class DateWords:
    """How a campaign writes dates and times of day.

    Attributes
    ----------
    is_12_hours : bool
        Whether a clock goes to twelve, with AM and PM.
    is_month_first : bool
        Whether the month is named before the day.
    language : str
        The language, by its code.
    """

    is_12_hours: bool = False
    is_month_first: bool = False
    language: str = ENGLISH

    def time(self, moment: datetime | time) -> str:
        """Return a time of day.

        Examples
        --------
        >>> from datetime import time
        >>> [DateWords(is_12_hours=True).time(time(*at)) for at in ((17, 0), (0, 30), (12, 0))]
        ['5 PM', '12:30 AM', '12 PM']
        >>> DateWords().time(time(17, 0))
        '17:00'
        """
        if not self.is_12_hours:
            return f"{moment:%H:%M}"
        if self.language != ENGLISH:
            return _by_babel("hm", moment, self.language)
        minutes = f":{moment:%M}" if moment.minute else ""
        half = "AM" if moment.hour < NOON else "PM"
        return f"{moment.hour % NOON or NOON}{minutes} {half}"

    def day(self, day: date) -> str:
        """Return a date without its year.

        Examples
        --------
        >>> from datetime import date
        >>> DateWords(is_month_first=True).day(date(2026, 11, 28))
        'Sat, Nov 28'
        >>> DateWords().day(date(2026, 3, 1))
        'Sun 1 Mar'
        """
        if self.language != ENGLISH:
            return _by_babel("MMMEd", day, self.language)
        weekday, month = WEEKDAYS[day.weekday()][:3], MONTHS[day.month - 1][:3]
        return (
            f"{weekday}, {month} {day.day}"
            if self.is_month_first
            else f"{weekday} {day.day} {month}"
        )

    def day_of_year(self, day: date) -> str:
        """Return a date with its year.

        Examples
        --------
        >>> from datetime import date
        >>> DateWords(is_month_first=True).day_of_year(date(2026, 11, 28))
        'Sat, Nov 28, 2026'
        """
        if self.language != ENGLISH:
            return _by_babel("yMMMEd", day, self.language)
        return f"{self.day(day)}{',' if self.is_month_first else ''} {day.year}"

    def long_day(self, day: date) -> str:
        """Return a date in full.

        Examples
        --------
        >>> from datetime import date
        >>> DateWords(is_month_first=True).long_day(date(2026, 11, 22))
        'Sunday, November 22, 2026'
        >>> DateWords().long_day(date(2026, 11, 22))
        'Sunday 22 November 2026'
        """
        if self.language != ENGLISH:
            return _by_babel("yMMMMEEEEd", day, self.language)
        weekday, month = WEEKDAYS[day.weekday()], MONTHS[day.month - 1]
        if self.is_month_first:
            return f"{weekday}, {month} {day.day}, {day.year}"
        return f"{weekday} {day.day} {month} {day.year}"

    def weekday(self, day: date) -> str:
        """Return the weekday of a date."""
        if self.language != ENGLISH:
            return _by_babel("EEEE", day, self.language)
        return WEEKDAYS[day.weekday()]

    def day_and_time(self, moment: datetime) -> str:
        """Return a date and the time of day.

        Examples
        --------
        >>> from datetime import datetime
        >>> DateWords(True, True).day_and_time(datetime(2026, 11, 28, 10, 0))
        'Sat, Nov 28 at 10 AM'
        """
        between = " at " if self.language == ENGLISH else ", "
        return f"{self.day(moment)}{between}{self.time(moment)}"

    def span(self, first: date, last: date) -> str:
        """Return a range of dates; a year stands once where both have the same.

        Examples
        --------
        >>> from datetime import date
        >>> DateWords(is_month_first=True).span(date(2026, 11, 16), date(2026, 11, 22))
        'Mon, Nov 16 to Sun, Nov 22, 2026'
        >>> DateWords().span(date(2025, 12, 29), date(2026, 1, 4))
        'Mon 29 Dec 2025 to Sun 4 Jan 2026'
        """
        begins = self.day(first) if first.year == last.year else self.day_of_year(first)
        between = " to " if self.language == ENGLISH else " – "  # noqa: RUF001
        return f"{begins}{between}{self.day_of_year(last)}"


#: What is written where no campaign says otherwise.
INTERNATIONAL = DateWords()


@cache
def date_words(timezone: str, clock: str, date_style: str, language: str) -> DateWords:
    """Return how a campaign writes dates: as it has set, else as its time zone's country does.

    Parameters
    ----------
    timezone : str
        The campaign's time zone. One of no country, like UTC, means 24 hours and day first.
    clock, date_style, language : str
        The settings of these names.

    Examples
    --------
    >>> date_words("America/Chicago", "auto", "auto", "en")
    DateWords(is_12_hours=True, is_month_first=True, language='en')
    >>> date_words("Europe/Berlin", "12", "auto", "en")
    DateWords(is_12_hours=True, is_month_first=False, language='en')
    """
    country = country_of(timezone)
    return DateWords(
        is_12_hours=country in TWELVE_HOURS if clock == AUTO else clock == "12",
        is_month_first=(
            country in MONTH_FIRST if date_style == AUTO else date_style == "month_first"
        ),
        language=language,
    )


def country_of(timezone: str) -> str:
    """Return the country of a time zone by its ISO code; empty where it has none.

    Examples
    --------
    >>> country_of("America/Chicago"), country_of("US/Central"), country_of("UTC")
    ('US', 'US', '')
    """
    if timezone.startswith("US/"):
        return "US"
    return _countries().get(timezone, "")


@cache
def _countries() -> dict[str, str]:
    """Return the country of each time zone, as the tzdata package lists them."""
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {zone: country for country, _place, zone, *_comment in rows}


def _by_babel(skeleton: str, moment: date | time, language: str) -> str:
    from babel.dates import format_skeleton  # noqa: PLC0415  # only for other languages

    words: str = format_skeleton(skeleton, moment, locale=language)
    return words.replace("\u202f", " ").replace("\xa0", " ")
