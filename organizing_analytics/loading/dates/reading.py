"""What a text says of a moment: a date, a clock time, a range."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache

from organizing_analytics.loading.dates.tokens import MONTHS, WEEKDAYS, Token, plain, tokens

#: Spreadsheets count days from here (their 60 is a day that never was, and is long past).
_EPOCH = date(1899, 12, 30)
#: A clock time alone is kept by spreadsheets as one of these days.
_CLOCK_YEARS = (1899, 1900)
_HOUR_SECONDS, _DAY_SECONDS = 3_600, 86_400
_NOON = 12
#: Two-digit years up to this one are of this century.
_PIVOT = 68


@dataclass(frozen=True)
class DatePart:
    """A date as it is written.

    Attributes
    ----------
    year : int or None
        None where none is written.
    first, second : int
        Two numbers whose order the column decides; month and day where `is_ordered`.
    is_ordered : bool
        Whether it is plain which of the two is the month.
    is_sheet_day : bool
        Whether a spreadsheet wrote it, which adds a clock time of its own.
    has_dots : bool
        Whether dots stand between the numbers.
    """

    year: int | None
    first: int
    second: int
    is_ordered: bool = False
    is_sheet_day: bool = False
    has_dots: bool = False


@dataclass(frozen=True)
class Clock:
    """A clock time, in seconds of the day.

    Attributes
    ----------
    seconds : int
        Since midnight.
    half : str
        `am`, `pm`, `x` where the text says the hour of the day in another way, or empty.
    has_zero : bool
        Whether a zero stands before the hour, as on a 24-hour clock: "01:00".
    """

    seconds: int
    half: str = ""
    has_zero: bool = field(default=False, compare=False, repr=False)


@dataclass(frozen=True)
class Written:
    """What a text says; `problem` says why nothing can be made of it.

    Attributes
    ----------
    day, end_day : DatePart or None
        The date, and that of the end where it is written.
    start, end : Clock or None
        The clock times.
    weekday : int or None
        The weekday that is written, 0 is Monday.
    zone : str
        The zone's abbreviation or offset (`+05:30`) behind the time; empty where there is none.
    """

    day: DatePart | None = None
    end_day: DatePart | None = None
    start: Clock | None = None
    end: Clock | None = None
    weekday: int | None = None
    zone: str = ""
    problem: str = ""


NOT_UNDERSTOOD = "this is not understood as a date or time"


@dataclass
class _Side:
    """One side of a range."""

    days: list[DatePart] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    bare: list[int] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.days or self.clocks or self.bare)


class Reader:
    """Reads texts and remembers them, since a column repeats its texts."""

    def __init__(self) -> None:
        self.read = lru_cache(maxsize=100_000)(read)


def read(text: str) -> Written:
    """Return what a text says.

    Examples
    --------
    >>> read("Sat Nov 7, 6-9pm").start, read("tbd").problem
    (Clock(seconds=64800, half='pm'), 'this is not understood as a date or time')
    """
    pieces = tokens(plain(text))
    if pieces is None:
        return Written(problem=NOT_UNDERSTOOD)
    return _of(pieces)


def _of(pieces: list[Token]) -> Written:
    sides = [_Side()]
    weekdays: list[int] = []
    zone = ""
    for piece in pieces:
        if piece.kind == "dash":
            sides.append(_Side())
        elif piece.kind == "weekday":
            weekdays.append(WEEKDAYS[piece.parts["day_name"]])
        elif piece.kind in ("zone", "utc", "offset"):
            zone = _zone(piece)
        else:
            _add(sides[-1], piece)
    sides = [_tidy(side) for side in sides if not side.is_empty]
    if not sides or any(len(s.days) > 1 or len(s.clocks) + len(s.bare) > 1 for s in sides):
        return Written(problem=NOT_UNDERSTOOD)
    return _ranged(sides, weekdays[0] if weekdays else None, zone)


def _ranged(sides: list[_Side], weekday: int | None, zone: str) -> Written:
    left, right = sides[0], sides[-1] if len(sides) > 1 else _Side()
    day = next(iter(left.days), None)
    start, end = next(iter(left.clocks), None), next(iter(right.clocks), None)
    if right.bare and start and start.half:
        end = _whole_hour(right.bare[0], "")  # "6pm-9"
    if left.bare and end:
        start = _whole_hour(left.bare[0], "")  # "6-9pm"
    is_unread = (left.bare and not start) or (right.bare and not end)
    if is_unread or (end and not start):
        return Written(problem=f"{NOT_UNDERSTOOD}. Write a time like 6:00 PM or 18:00")
    if start and end:
        start, end = _halves(start, end)
    clocks = [clock for clock in (start, end) if clock]
    if any(not 0 <= clock.seconds < _DAY_SECONDS for clock in clocks):
        return Written(problem="there is no such time of day")
    return Written(day, next(iter(right.days), None), start, end, weekday, zone)


def _halves(start: Clock, end: Clock) -> tuple[Clock, Clock]:
    """Return both times of a range of which only one says am or pm: 10-1pm is 10am to 1pm."""
    if end.half and not start.half and _may_be_half(start):
        same = _in_half(start, end.half)
        other = _in_half(start, "am" if end.half == "pm" else "pm")
        return (same if same.seconds < end.seconds or end.half == "am" else other), end
    if start.half and not end.half and _may_be_half(end):
        same = _in_half(end, start.half)
        other = _in_half(end, "am" if start.half == "pm" else "pm")
        return start, same if same.seconds > start.seconds else other
    return start, end


def _may_be_half(clock: Clock) -> bool:
    return _HOUR_SECONDS <= clock.seconds < (_NOON + 1) * _HOUR_SECONDS


def _in_half(clock: Clock, half: str) -> Clock:
    return Clock(clock.seconds % (_DAY_SECONDS // 2) + (half == "pm") * _DAY_SECONDS // 2, half)


def _add(side: _Side, piece: Token) -> None:
    parts = piece.parts
    if piece.kind in ("iso", "month_first", "day_first", "numbers", "short"):
        side.days.append(_day(piece))
    elif piece.kind == "serial":
        day = _EPOCH + timedelta(days=int(parts["serial_day"]))
        side.days.append(DatePart(day.year, day.month, day.day, is_ordered=True, is_sheet_day=True))
        side.clocks.append(_part_of_day(parts.get("serial_part", "0")))
    elif piece.kind == "fraction":
        side.clocks.append(_part_of_day(parts["day_part"]))
    elif piece.kind == "clock":
        seconds = 60 * int(parts["c_m"]) + int(parts.get("c_s", 0))
        is_time = int(parts["c_m"]) < 60 and int(parts.get("c_s", 0)) < 60  # noqa: PLR2004
        hour = _whole_hour(int(parts["c_h"]), parts.get("c_ap", ""))
        hour = replace(hour, has_zero=parts["c_h"].startswith("0"))
        side.clocks.append(replace(hour, seconds=hour.seconds + seconds if is_time else -1))
    elif piece.kind == "military":
        side.clocks.append(Clock(3600 * int(parts["mil_h"]) + 60 * int(parts["mil_m"])))
    elif piece.kind == "foreign":
        side.clocks.append(Clock(3600 * int(parts["f_h"]) + 60 * int(parts.get("f_m", 0)), "x"))
    elif piece.kind == "hour":
        side.clocks.append(_whole_hour(int(parts["h_h"]), parts["h_ap"]))
    elif piece.kind == "named":
        is_midnight = parts["named_clock"] == "midnight"
        side.clocks.append(Clock(0 if is_midnight else _DAY_SECONDS // 2, "x"))
    elif piece.kind == "bare":
        side.bare.append(int(parts["bare_number"]))


def _part_of_day(text: str) -> Clock:
    # A spreadsheet's clock is a part of a day, with the error of a float.
    return Clock(round(float(text) * _DAY_SECONDS) % _DAY_SECONDS)


def _whole_hour(hour: int, half: str) -> Clock:
    if not half:
        return Clock(3600 * hour)
    if not 1 <= hour <= _NOON:
        # "18:00 PM" says the same twice; "0:30 AM" is what some programs write.
        is_said_twice = half.startswith("p") and hour <= 23  # noqa: PLR2004
        is_zero = half.startswith("a") and hour == 0
        return Clock(3600 * hour if is_said_twice or is_zero else -_DAY_SECONDS, half[0] + "m")
    return Clock(3600 * (hour % _NOON + _NOON * half.startswith("p")), half[0] + "m")


def _day(piece: Token) -> DatePart:
    parts = piece.parts
    if piece.kind == "iso":
        year, month, day = (int(parts[name]) for name in ("iso_y", "iso_m", "iso_d"))
        return DatePart(year, month, day, is_ordered=True, is_sheet_day=True)
    if piece.kind == "month_first":
        year_text = parts.get("mf_y")
        return DatePart(_year(year_text), MONTHS[parts["mf_m"]], int(parts["mf_d"]), True)
    if piece.kind == "day_first":
        year_text = parts.get("df_y")
        return DatePart(_year(year_text), MONTHS[parts["df_m"]], int(parts["df_d"]), True)
    if piece.kind == "numbers":
        has_dots = parts["n_sign"] == "."
        numbers = int(parts["n_a"]), int(parts["n_b"])
        return DatePart(_year(parts["n_y"]), *numbers, has_dots=has_dots)
    return DatePart(None, int(parts["s_a"]), int(parts["s_b"]))


def _year(text: str | None) -> int | None:
    if text is None:
        return None
    digits = text.lstrip("'")
    year = int(digits)
    if len(digits) > 2:  # noqa: PLR2004
        return year
    return year + (2000 if year <= _PIVOT else 1900)


def _tidy(side: _Side) -> _Side:
    """Take out what a spreadsheet adds: a day to a clock time, midnight to a date."""
    if len(side.days) > 1 or (side.days and side.clocks):
        real = [d for d in side.days if d.year not in _CLOCK_YEARS]
        side = replace(side, days=real or side.days)
    if len(side.days) == 1 and side.days[0].is_sheet_day and len(side.clocks) + len(side.bare) > 1:
        first, *others = side.clocks
        if first == Clock(0):
            side = replace(side, clocks=others)
    return side


def _zone(piece: Token) -> str:
    parts = piece.parts
    if piece.kind == "zone":
        return parts["zone_name"]
    letter = "o" if piece.kind == "offset" else "u"
    hours, minutes = int(parts[f"{letter}_h"]), int(parts.get(f"{letter}_m", 0))
    return f"{parts[f'{letter}_sign']}{hours:02}:{minutes:02}"
