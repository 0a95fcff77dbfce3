"""Which columns of a list say who came, and what they say of each row.

    attendance   checked in, attended, present, join time: a mark or a time means that somebody came
    state        status, approval, RSVP: says who may come; who came only where its words do
    waiting      in the waiting room: not yet in the meeting

A column that may be such a mark is read, or the list is refused: without its marks everybody on a
list would have come.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from organizing_analytics.errors import FileError
from organizing_analytics.loading.dates.reading import read
from organizing_analytics.loading.marks import Mark, is_time, mark_of
from organizing_analytics.loading.tables.sections import STAFF, says

if TYPE_CHECKING:
    from collections.abc import Sequence

    from organizing_analytics.loading.files import RawFile

_ATTENDANCE = re.compile(
    r"(?:is |has |was |did they |were they )?(?:check(?:ed)? ?in|attend(?:ed|ance|ing)?|present"
    r"|came|come|arrived?|arrival|show(?:ed)?(?: up)?|here|there|was there|in attendance|scanned"
    r"|join(?:ed)?|first join|first seen|admitted|turned up|attendee)"
    r"(?: (?:status|at|time|date|timestamp|date time|mark|yes no|y n|tick|x))?"
    r"|(?:time|date) (?:joined|arrived|checked in|of arrival)|attendee status|entry time|time in"
    r"|(?:(?:sign|clock|log)(?:ed|ged)? ?in|in)(?: (?:status|at|time|date|timestamp))?"
)
#: Names that the pattern above knows, and that say something else.
_NOT_ATTENDANCE = ("attendee", "attending", "come", "there", "attend")
_ABSENCE = re.compile(r"no ?shows?|absent|absence|missed|did ?not (?:attend|come|show(?: up)?)")
_STATE = re.compile(
    r"(?:\w+ ){0,2}(?:status|approval|state)|rsvp|response|approved|registered|going|attending"
)
_WAITING = re.compile(r"(?:in )?waiting room")
#: A yes or no in a column of such a name is about something else.
_HARMLESS = re.compile(
    r"\b(?:guests?|consent|waiting|news|newsletter|subscrib\w*|ride|drive|driver|car|text|sms|opt"
    r"|photo|member|registered|language|bilingual|spanish|vaccinated|parking|lunch|food|meal|diet\w*"
    r"|shirt|first time|new|can|will|want|would|interested|follow|contact|call|phone|e?mail|address"
    r"|volunteer|lead|host|speaker|paid|waiver|release|adult|age|over 18|country|region|notes?"
    r"|comments?|zip|city|state|street|title|role|type|source|custom|url|link|id|union|vote|voter)\b"
)
#: What stands in a column that is ticked.
_MAX_WORDS = 8


@dataclass(frozen=True)
class MarkVerdict:
    """What a list says of one row.

    Attributes
    ----------
    kind : str
        `came`, or why the row does not say so; `unknown` where a mark is not understood.
    column, value : str or None
        The mark that is not understood.
    is_staff : bool
        Whether the row is of somebody who runs the meeting.
    """

    kind: str
    column: str | None = None
    value: str | None = None
    is_staff: bool = False

    @property
    def came(self) -> bool:
        """Return whether the person came."""
        return self.kind == "came"

    @property
    def is_unknown(self) -> bool:
        """Return whether a mark is not understood."""
        return self.kind == "unknown"


@dataclass
class MarkColumns:
    """The columns of a list that say who came, by their place in the header."""

    attendance: list[int] = field(default_factory=list)
    absence: list[int] = field(default_factory=list)
    state: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)


def judge(raw: RawFile, rows: Sequence[Sequence[str | None]]) -> list[MarkVerdict]:
    """Return what the list says of each of its rows.

    Parameters
    ----------
    raw : RawFile
        The list.
    rows : sequence of sequence of str or None
        Its rows, in the order of its own header.

    Raises
    ------
    FileError
        A column may be a mark of who came and is not understood as one.
    """
    counted = [row for i, row in enumerate(rows) if i not in raw.passed_over]
    columns = _columns(raw, counted)
    letters = {(row[i] or "").strip().casefold() for row in counted for i in columns.attendance}
    is_register = "p" in letters  # beside a P for present an A is absent
    is_staff = says(raw.section, STAFF)
    return [_verdict(raw, row, columns, is_register=is_register, is_staff=is_staff) for row in rows]


def read_columns(header: Sequence[str]) -> list[str]:
    """Return the names of the columns that may say who came, and are looked at."""
    columns = mark_columns(header)
    places = {*columns.attendance, *columns.absence, *columns.state, *columns.waiting}
    return [header[place] for place in sorted(places)]


def mark_columns(header: Sequence[str]) -> MarkColumns:
    """Return the columns that say who came, by their names alone."""
    columns = MarkColumns()
    for place, column in enumerate(header):
        name = _plain(column)
        if _WAITING.fullmatch(name):
            columns.waiting.append(place)
        elif _ABSENCE.fullmatch(name):
            columns.absence.append(place)
        elif _ATTENDANCE.fullmatch(name) and name not in _NOT_ATTENDANCE:
            columns.attendance.append(place)
        elif _STATE.fullmatch(name):
            columns.state.append(place)
    return columns


def _plain(column: str) -> str:
    words = re.sub(r"\([^)]*\)", " ", column.casefold())
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", words)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", words).split())


def _columns(raw: RawFile, rows: Sequence[Sequence[str | None]]) -> MarkColumns:
    header = raw.own_header
    columns = mark_columns(header)
    if columns.attendance or columns.absence:
        return columns
    telling = [place for place in columns.state if _tells(rows, place)]
    if telling:
        columns.attendance = telling
        columns.state = [place for place in columns.state if place not in telling]
        return columns
    filled = [place for place in columns.state if any(row[place] for row in rows)]
    if filled:
        column = header[filled[0]]
        words = sorted({row[filled[0]] or "" for row in rows} - {""})
        raise FileError(
            f'{raw.name}: the column "{column}" says who may come ({", ".join(words[:4])}), and '
            "no column says who came. Add a column Came with yes or no, or remove the column where "
            "everybody on the list came.",
            column=column,
        )
    _refuse_likely_marks(raw, rows)
    return columns


def _tells(rows: Sequence[Sequence[str | None]], place: int) -> bool:
    """Return whether a column of states has words for who came."""
    return any(
        mark_of(row[place]) in (Mark.CAME, Mark.ABSENT)
        and not is_time(row[place] or "")
        and (row[place] or "").strip().casefold() not in ("yes", "y", "no", "n", "true", "false")
        for row in rows
    )


def _refuse_likely_marks(raw: RawFile, rows: Sequence[Sequence[str | None]]) -> None:
    dates = [c for c in raw.own_header if _is_date(c)]
    if len(dates) > 1:
        raise FileError(
            f"{raw.name}: each date has a column of its own ({', '.join(dates[:4])}), and a list "
            "of who came is about one shift. Load the file without --source to get a sign-up for "
            'each person and date; or keep the column of the shift alone and call it "Came".',
            column=dates[0],
        )
    for place, column in enumerate(raw.own_header):
        if _HARMLESS.search(_plain(column)) and not _is_date(column):
            continue
        values = {(row[place] or "").strip() for row in rows}
        marks = {mark_of(value) for value in values}
        words = values - {""}
        is_ticked = words and all(not is_time(word) and not word.isdigit() for word in words)
        if is_ticked and marks <= {Mark.CAME, Mark.ABSENT, Mark.BLANK} and len(words) <= _MAX_WORDS:
            shown = ", ".join(sorted(words)[:4])
            raise FileError(
                f'{raw.name}: the column "{column}" ({shown}) may say who came. If it does, call '
                'it "Came"; if not, remove it. Then load the file again.',
                column=column,
            )


def _is_date(column: str) -> bool:
    written = read(column)
    return not written.problem and written.day is not None


def _verdict(
    raw: RawFile,
    row: Sequence[str | None],
    columns: MarkColumns,
    *,
    is_register: bool,
    is_staff: bool,
) -> MarkVerdict:
    if any(mark_of(row[place]) is Mark.CAME for place in columns.waiting):
        return MarkVerdict("waiting")
    if not (columns.attendance or columns.absence):
        return MarkVerdict("came", is_staff=is_staff)
    marks: dict[Mark, int] = {}
    for place in columns.attendance:
        text = row[place]
        mark = mark_of(text)
        if is_register and (text or "").strip().casefold() == "a":
            mark = Mark.ABSENT
        marks.setdefault(mark, place)
    for place in columns.absence:
        marks.setdefault(_turned(mark_of(row[place]), is_alone=not columns.attendance), place)
    kind = _settled(marks)
    if kind is Mark.UNKNOWN:
        place = marks.get(Mark.UNKNOWN, next(iter(marks.values())))
        return MarkVerdict("unknown", raw.own_header[place], row[place])
    if kind is Mark.BLANK and any(mark_of(row[p]) is Mark.CANCELLED for p in columns.state):
        kind = Mark.CANCELLED
    return MarkVerdict(kind.value, is_staff=is_staff)


def _turned(mark: Mark, *, is_alone: bool) -> Mark:
    """Return what a mark in a column of no-shows says."""
    turned = {Mark.CAME: Mark.ABSENT, Mark.ABSENT: Mark.CAME}
    if is_alone:
        turned[Mark.BLANK] = Mark.OPEN
    return turned.get(mark, mark)


def _settled(marks: dict[Mark, int]) -> Mark:
    """Return what several marks of a row say together."""
    if Mark.UNKNOWN in marks:
        return Mark.UNKNOWN
    verdicts = [mark for mark in (Mark.CAME, Mark.ABSENT, Mark.CANCELLED) if mark in marks]
    if Mark.CAME in verdicts and len(verdicts) > 1:
        return Mark.UNKNOWN
    if verdicts:
        return verdicts[0]
    return Mark.OPEN if Mark.OPEN in marks else Mark.BLANK
