"""What is decided for a whole column of dates, and each of its texts by that.

Day first or month first follows from the values that fit only one of the two. Where none does,
the file's other columns decide, then the campaign's setting, which is said. A date without a year
gets the one that the file's other dates leave open, else the file's own date; where more than one
year is possible it is refused. A cell never decides for itself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from organizing_analytics.loading.dates.reading import (
    NOT_UNDERSTOOD,
    DatePart,
    Reader,
    Written,
)
from organizing_analytics.time_zones import zone_rules
from organizing_analytics.zone_names import ZONE_OF_ABBREVIATION

if TYPE_CHECKING:
    from collections.abc import Iterable

MONTH_FIRST, DAY_FIRST = "month_first", "day_first"
DATE_ORDERS = (MONTH_FIRST, DAY_FIRST)
#: A column's order of day and month needs this many times the votes of the other order, so that
#: one slip of the pen does not decide.
_MAJORITY = 3
_MONTHS, _LONGEST = 12, 31
#: How far from a file's other dates a date without a year may lie, in days.
_BEFORE, _AFTER = 60, 150
#: How far from the day on which a file was last changed a date without a year may lie, in days.
_FILE_BEFORE, _FILE_AFTER = 180, 60
_YEARS = range(1900, 2201)
_ONE_PM, _MORNING = 13 * 3_600, 6 * 3_600
_WHICH_HALF = (
    "the times do not say whether they are of the morning or the afternoon. Write them like "
    "9:00 AM - 5:00 PM or 09:00-17:00"
)
_WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Context:
    """What is known beside the column's own texts.

    Attributes
    ----------
    setting : str
        The campaign's `date_order`.
    file_order : str or None
        What the file's other columns decided.
    year : int or None
        The year that the user says dates without one are of.
    other_dates : tuple of date
        Full dates of the same sheet.
    file_day : date or None
        When the file was last changed.
    forced : str or None
        The order that a mapping's time format says: no text decides against it.
    """

    setting: str = MONTH_FIRST
    file_order: str | None = None
    year: int | None = None
    other_dates: tuple[date, ...] = ()
    file_day: date | None = None
    forced: str | None = None


@dataclass
class ColumnRules:
    """How the texts of one column are read.

    Attributes
    ----------
    order : str or None
        `month_first` or `day_first`; None where the column contradicts itself.
    decided_by : str
        `column`, `file`, `setting`, `format` (a mapping's time format), or `nothing` where no text
        needs it.
    evidence : str
        A text that fits only this order.
    notes : set of str
        What was found while reading that should be said.
    """

    order: str | None
    decided_by: str
    context: Context
    evidence: str = ""
    notes: set[str] = field(default_factory=set)

    def moment(self, written: Written, *, part: str = "start") -> tuple[str | None, str]:
        """Return a moment as ISO text and why there is none; part `end` is a range's end.

        The text has an offset where the text names a zone that is not the file's own.
        """
        if written.problem:
            return None, written.problem
        if part == "end" and written.end is None:
            return None, ""
        if _may_be_either_half(written):
            return None, _WHICH_HALF
        day, problem = self._day(written)
        if day is None or written.start is None:
            return (None, problem) if day is None else self._midnight(day, written)
        begin = datetime.combine(day, datetime.min.time()) + timedelta(
            seconds=written.start.seconds
        )
        moment = begin
        if part == "end" and written.end is not None:
            moment, problem = self._end(begin, written)
            if problem:
                return None, problem
        return self._zoned(moment, written.zone)

    def day(self, written: Written) -> tuple[str | None, str]:
        """Return a day as ISO text and why there is none; a clock time beside it is left out."""
        if written.problem:
            return None, written.problem
        day, problem = self._day(written)
        return (day.isoformat() if day else None), problem

    def _midnight(self, day: date, written: Written) -> tuple[str | None, str]:
        if written.zone:
            return None, NOT_UNDERSTOOD
        return f"{day.isoformat()} 00:00:00", ""

    def _end(self, begin: datetime, written: Written) -> tuple[datetime, str]:
        day = begin.date()
        if written.end_day is not None:
            end_day, problem = self._day(replace(written, day=written.end_day, weekday=None))
            if end_day is None:
                return begin, problem
            day = end_day
        seconds = written.end.seconds if written.end else 0
        end = datetime.combine(day, datetime.min.time()) + timedelta(seconds=seconds)
        if end <= begin and written.end_day is None:
            end += timedelta(days=1)  # "10 PM - 2 AM" ends on the next day
        return end, "" if end > begin else "the end is before the start"

    def _zoned(self, moment: datetime, zone: str) -> tuple[str, str]:
        text = moment.isoformat(sep=" ", timespec="seconds")
        if not zone:
            return text, ""
        if zone[0] in "+-":
            return text + zone, ""
        meant = zone_rules(ZONE_OF_ABBREVIATION[zone])
        shown = meant.utcoffset(moment.replace(tzinfo=meant))
        abbreviation = moment.replace(tzinfo=meant).tzname() or ""
        if len(zone) == 3 and zone[1] in "sd" and abbreviation.casefold() != zone:  # noqa: PLR2004
            self.notes.add(
                f"{zone.upper()} stands at a date when clocks show {abbreviation}; the time on the "
                "clock is taken"
            )
        minutes = int(shown.total_seconds()) // 60 if shown else 0
        sign = "-" if minutes < 0 else "+"
        return f"{text}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}", ""

    def _day(self, written: Written) -> tuple[date | None, str]:
        part = written.day
        if part is None:
            return None, "there is no date in it"
        if not part.is_ordered and self.order is None and part.first != part.second:
            return None, (
                "this column has dates with the day first and dates with the month first, so it "
                "cannot be told which this is. Write dates like 2026-03-14"
            )
        if part.has_dots and self.decided_by == "setting" and self.order == MONTH_FIRST:
            # Where dots are used the day mostly comes first: the usual setting may be no decision.
            return None, (
                "it cannot be told which of the numbers is the month. Write dates like 2026-03-14, "
                "or say that the day comes first: oa settings date_order=day_first"
            )
        month, day = _month_and_day(part, self.order or MONTH_FIRST)
        if part.year is not None:
            return _checked(part.year, month, day, weekday=written.weekday, rules=self)
        return self._without_year(month, day, written.weekday)

    def _without_year(self, month: int, day: int, weekday: int | None) -> tuple[date | None, str]:
        if self.context.year is not None:
            return _checked(self.context.year, month, day, weekday=weekday, rules=self)
        fitting = _years(self.context, month, day, weekday)
        if len(fitting) == 1:
            self.notes.add(f"dates without a year are read as of {fitting[0].year}")
            return fitting[0], ""
        if not fitting and not any(_date(year, month, day) for year in (2024, 2026)):
            return None, f"there is no such day ({_shown(month, day)})"
        return None, (
            "the date has no year, and the file does not tell which. Write the year, or give it "
            "with --year"
        )


def decide(texts: Iterable[Written], context: Context) -> ColumnRules:
    """Return how a column with these texts (each once) is read."""
    if context.forced:
        return ColumnRules(context.forced, "format", context)
    votes: Counter[str] = Counter()
    evidence: dict[str, str] = {}
    is_open = False
    for written in texts:
        for part in (written.day, written.end_day):
            if part is None or part.is_ordered:
                continue
            vote = _vote(part)
            if vote in DATE_ORDERS:
                votes[vote] += 1
                evidence.setdefault(vote, f"{part.first}/{part.second}")
            is_open = is_open or vote == "open"
    first = votes.most_common()
    if first:
        is_clear = len(first) == 1 or first[0][1] >= _MAJORITY * first[1][1]
        order = first[0][0] if is_clear else None
        return ColumnRules(order, "column", context, evidence.get(order or "", ""))
    if not is_open:
        return ColumnRules(context.setting, "nothing", context)
    if context.file_order:
        return ColumnRules(context.file_order, "file", context)
    return ColumnRules(context.setting, "setting", context)


def _may_be_either_half(written: Written) -> bool:
    """Return whether a range without am or pm may be of the morning and of the afternoon.

    "9:00-5:00" ends before it starts on a 24-hour clock, so that clock is not meant. "1:00-4:00"
    would be a shift in the night.
    """
    start, end = written.start, written.end
    if start is None or end is None or start.half or end.half or written.end_day is not None:
        return False
    if max(start.seconds, end.seconds) >= _ONE_PM:
        return False
    is_night = end.seconds <= _MORNING and not (start.has_zero or end.has_zero)
    return end.seconds <= start.seconds or is_night


def _vote(part: DatePart) -> str:
    month_first = part.first <= _MONTHS and part.second <= _LONGEST
    day_first = part.second <= _MONTHS and part.first <= _LONGEST
    if month_first and day_first:
        return "open" if part.first != part.second else "none"
    return MONTH_FIRST if month_first else DAY_FIRST if day_first else "none"


def _month_and_day(part: DatePart, order: str) -> tuple[int, int]:
    if part.is_ordered or order == MONTH_FIRST:
        return part.first, part.second
    return part.second, part.first


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _shown(month: int, day: int) -> str:
    return f"month {month}, day {day}"


def _checked(
    year: int, month: int, day: int, *, weekday: int | None, rules: ColumnRules
) -> tuple[date | None, str]:
    moment = _date(year, month, day) if year in _YEARS else None
    if moment is None:
        how = f", since its column writes the {(rules.order or '').replace('_', ' ')}"
        is_swapped = year in _YEARS and _date(year, day, month) is not None
        return None, f"there is no such day ({_shown(month, day)}{how if is_swapped else ''})"
    if weekday is not None and moment.weekday() != weekday:
        return None, (
            f"{moment.isoformat()} is a {_WEEKDAY_NAMES[moment.weekday()]}, not a "
            f"{_WEEKDAY_NAMES[weekday]}. Correct the day or the weekday"
        )
    return moment, ""


def _years(context: Context, month: int, day: int, weekday: int | None) -> list[date]:
    """Return the dates that a date without a year can be."""
    if context.other_dates:
        first, last = min(context.other_dates), max(context.other_dates)
        low, high = first - timedelta(days=_BEFORE), last + timedelta(days=_AFTER)
    elif context.file_day:
        low = context.file_day - timedelta(days=_FILE_BEFORE)
        high = context.file_day + timedelta(days=_FILE_AFTER)
    else:
        return []
    days = [
        moment
        for year in range(low.year, high.year + 1)
        if (moment := _date(year, month, day))
        and low <= moment <= high
        and weekday in (None, moment.weekday())
    ]
    if len(days) > 1:
        inside = [d for d in days if context.other_dates and first <= d <= last]
        return inside if len(inside) == 1 else days
    return days


def rules_of(
    texts: Iterable[str], context: Context, *, reader: Reader | None = None
) -> ColumnRules:
    """Return how a column with these texts is read."""
    read = (reader or Reader()).read
    return decide([read(text) for text in texts], context)
