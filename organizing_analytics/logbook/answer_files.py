"""Answers in a file: the weekly workbook, or what a form tool exports.

Every row ends in the same replies as a mail or a command, so a file may be read again, and a copy
of it is harmless. A row that is doubtful is named by its number, and left out.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from organizing_analytics.errors import OptionError
from organizing_analytics.logbook.answer_columns import (
    WORKBOOK,
    AnswerColumns,
    find_card_columns,
    find_columns,
)
from organizing_analytics.logbook.cards import CardAnswer, record_cards
from organizing_analytics.logbook.codes import read_code
from organizing_analytics.logbook.lines import find_lines
from organizing_analytics.logbook.recording import Logged, names_of, record
from organizing_analytics.logbook.replies import Reply, has_log
from organizing_analytics.logbook.words import read_word
from organizing_analytics.store import open_store
from organizing_analytics.time_zones import zone_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from organizing_analytics.logbook.lines import Line
    from organizing_analytics.logbook.words import LineKind
    from organizing_analytics.settings import Settings
    from organizing_analytics.store import Store

MAX_BYTES = 50_000_000
#: The header of a text file lies within so many bytes.
HEADER_BYTES = 65_536
_ZIP = b"PK\x03\x04"
#: How a sheet of Google's writes dates, by the setting `date_order`.
_SLASHED = {"month_first": "%m/%d/%Y", "day_first": "%d/%m/%Y"}


@dataclass
class FileOfAnswers:
    """What came of a file.

    Attributes
    ----------
    file, program : str
        Its name, and what wrote it.
    answered : int
        How many rows held an answer.
    logged : Logged
        What they came to.
    doubts : list of dict
        `row` and `why` of each row that was not taken.
    cards : int
        How many cards about shifts are new.
    table : {"log_replies", "feedback"}
        Where its answers are kept.
    """

    file: str
    program: str
    answered: int
    logged: Logged
    doubts: list[dict[str, Any]] = field(default_factory=list)
    cards: int = 0
    table: str = "log_replies"

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON."""
        return asdict(self)

    def __str__(self) -> str:
        landed = len(self.logged.recorded) + self.cards
        parts = [f"{landed:,} {'answer' if landed == 1 else 'answers'} logged"]
        same = self.answered - landed - len(self.doubts)
        parts += [f"{same:,} said nothing new"] if same > 0 else []
        parts += [f"{len(self.doubts):,} doubtful"] if self.doubts else []
        lines = [f"{self.file} ({self.program}): {', '.join(parts)}."]
        lines += [f"  Row {doubt['row']}: {doubt['why']}" for doubt in self.doubts]
        return "\n".join(lines)


def header_of(path: Path) -> tuple[str, ...] | None:
    """Return the first row of a file; None where it cannot be read as text or as a workbook.

    Of text only the beginning is read, so this is cheap for a file of any size.
    """
    try:
        with path.open("rb") as file:
            start = file.read(HEADER_BYTES)
        if not start.startswith(_ZIP):
            cells = next(_rows_of_text(start.decode("utf-8-sig", "ignore")), [])
            return tuple(map(_text, cells))
        with closing(_open_workbook(path, path)) as book:
            return tuple(map(_text, next(book.worksheets[0].values, ())))
    except (OSError, OptionError, csv.Error):
        return None


def read_answer_file(store: Path, path: Path, *, dry_run: bool = False) -> FileOfAnswers:
    """Log the answers in a file.

    Parameters
    ----------
    store : Path
        The store's folder.
    path : Path
        The workbook of `oa list --xlsx`, or an export (CSV or workbook) of ODK Central,
        KoboToolbox or Google Forms: of the form for lines, or of the card about shifts.
    dry_run : bool
        Say what the answers come to, and change nothing.

    Raises
    ------
    OptionError
        It cannot be read, or holds no answers. Nothing was changed.
    """
    rows, saved_at = _rows_of(path)
    header = [_text(cell) for cell in next(rows, [])]
    card_columns = find_card_columns(header)
    if card_columns is not None:
        return _read_cards(store, path, rows, *card_columns, dry_run=dry_run)
    columns = find_columns(header)
    if columns is None:
        raise OptionError(
            f"{path}: this is no file of answers: it needs a column Code and a column What "
            "happened. `oa list --xlsx` and `oa forms` write such files."
        )
    with open_store(store) as data:
        reading = _Reading(data, columns, saved_at)
        answers = FileOfAnswers(path.name, columns.program, 0, Logged(None))
        replies, numbers = reading.replies_of(rows, answers)
    if replies:
        answers.logged = record(store, replies, dry_run=dry_run)
        answers.doubts += [
            {"row": numbers[doubt.place], "why": doubt.why} for doubt in answers.logged.doubts
        ]
        answers.doubts.sort(key=lambda doubt: doubt["row"])
    return answers


def _read_cards(
    store: Path,
    path: Path,
    rows: Iterator[Sequence[Any]],
    columns: AnswerColumns,
    key: int | None,
    *,
    dry_run: bool,
) -> FileOfAnswers:
    """Log the cards of a form's export; of who sent them, nothing is read."""
    answers = FileOfAnswers(path.name, columns.program, 0, Logged(None), table="feedback")
    cards, numbers = [], []
    with open_store(store) as data:
        reading = _Reading(data, columns, datetime.now(UTC))
        for number, row in enumerate(rows, start=2):
            if not any(map(_text, row)):
                continue
            answers.answered += 1
            try:
                cards.append(reading.card_of(row, key))
                numbers.append(number)
            except OptionError as error:
                answers.doubts.append({"row": number, "why": str(error)})
    if cards:
        read = record_cards(store, cards, dry_run=dry_run)
        answers.cards = read.recorded
        answers.doubts += [{"row": numbers[place], "why": why} for place, why in read.doubts]
        answers.doubts.sort(key=lambda doubt: doubt["row"])
    return answers


class _Reading:
    """How the rows of one file become replies."""

    def __init__(self, data: Store, columns: AnswerColumns, saved_at: datetime) -> None:
        self.data, self.columns, self.saved_at = data, columns, saved_at
        self.settings: Settings = data.settings
        self.way = "workbook" if columns.program == WORKBOOK else "form"

    def replies_of(
        self, rows: Iterator[Sequence[Any]], answers: FileOfAnswers
    ) -> tuple[list[Reply], list[int]]:
        """Return the replies and the row of each; note the rows that are doubtful."""
        named: dict[int, tuple[Reply, str, bool]] = {}
        for number, row in enumerate(rows, start=2):
            word = self._cell(row, "answer")
            if not word:
                continue
            answers.answered += 1
            try:
                reply, has_moment = self._reply(row, word)
            except OptionError as error:
                answers.doubts.append({"row": number, "why": str(error)})
                continue
            named[number] = (reply, self._cell(row, "name"), has_moment)
        lines = find_lines(self.data.folder, [reply.code for reply, _, _ in named.values()])
        wrong = self._of_somebody_else(named, lines) | self._contradicting(named)
        answers.doubts += [{"row": number, "why": why} for number, why in wrong.items()]
        before = self._latest({reply.code for reply, _, _ in named.values()})
        replies, numbers = [], []
        for number, (reply, _, has_moment) in named.items():
            if number in wrong:
                continue
            latest = before.get(reply.code)
            line = lines.get(reply.code)
            if not has_moment and latest and line and _is_same(latest, reply, line.kind):
                replies.append(replace(reply, at=latest["happened_at"]))  # it was read before
            else:
                replies.append(reply)
            numbers.append(number)
        return replies, numbers

    def card_of(self, row: Sequence[Any], key: int | None) -> CardAnswer:
        """Return what a row of a card's form says."""
        sent_at = self._raw(row, self.columns.moments[0])
        day = None
        if _text(sent_at):
            moment = self._moment(sent_at).replace(tzinfo=UTC)
            day = moment.astimezone(zone_rules(self.settings.timezone)).date()
        parts = {name: self._cell(row, name) for name in ("code", "rating", "reason", "note")}
        mark = _text(self._raw(row, key)) or "|".join((_text(sent_at), *parts.values()))
        return CardAnswer(**parts, day=day, mark=f"{self.columns.program}:{mark}")

    def _cell(self, row: Sequence[Any], name: str) -> str:
        place = self.columns.places.get(name)
        return "" if place is None or place >= len(row) else _text(row[place])

    def _raw(self, row: Sequence[Any], place: int | None) -> Any:
        return None if place is None or place >= len(row) else row[place]

    def _reply(self, row: Sequence[Any], word: str) -> tuple[Reply, bool]:
        written = self._cell(row, "code")
        code = read_code(written)
        if code is None:
            raise OptionError(f'"{written}" is no code.' if written else "There is no code.")
        cells = [self._raw(row, place) for place in self.columns.moments]
        stated = next((cell for cell in cells if _text(cell)), None)
        at = self.saved_at if stated is None else self._moment(stated)
        again = self._raw(row, self.columns.places.get("again_on"))
        again_on = self._day(again) if _text(again) else None
        note = self._cell(row, "note")
        return Reply(code, word, at, again_on, note, None, self.way), stated is not None

    def _moment(self, cell: Any) -> datetime:
        """Return a moment in UTC; a date alone is noon, a time without offset the campaign's."""
        moment = self._parsed(cell)
        if isinstance(cell, datetime) and cell.time() == time(0):
            moment = cell.date()  # a workbook has no other way to write a date
        if isinstance(moment, date) and not isinstance(moment, datetime):
            moment = datetime.combine(moment, time(12))
        if moment.tzinfo is None:
            is_utc = self.columns.program in ("ODK Central", "KoboToolbox")
            zone = "UTC" if is_utc else self.settings.timezone
            moment = moment.replace(tzinfo=zone_rules(zone))
        return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)

    def _day(self, cell: Any) -> date:
        day = self._parsed(cell)
        return day.date() if isinstance(day, datetime) else day

    def _parsed(self, cell: Any) -> date | datetime:
        if isinstance(cell, (date, datetime)):
            return cell
        text = _text(cell)
        slashed = _SLASHED[self.settings.date_order]
        for form in (None, f"{slashed} %H:%M:%S", f"{slashed} %H:%M", slashed):
            try:
                if form is not None:
                    moment = datetime.strptime(text, form)  # noqa: DTZ007  # its zone follows
                    return moment if "%H" in form else moment.date()
                return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)  # noqa: PLR2004
            except ValueError:
                continue
        raise OptionError(f'"{text}" is no date; write it like 2026-12-03.')

    def _of_somebody_else(
        self, named: dict[int, tuple[Reply, str, bool]], lines: Mapping[str, Line]
    ) -> dict[int, str]:
        """Return the rows whose code belongs to another person than the row names."""
        people = names_of(self.data.connection, [line.person_id for line in lines.values()])
        wrong = {}
        for number, (reply, name, _) in named.items():
            line = lines.get(reply.code)
            if name and line is not None and people.get(line.person_id, name) != name:
                wrong[number] = f"{reply.code} is not the code of {name}: were rows mixed up?"
        return wrong

    def _contradicting(self, named: dict[int, tuple[Reply, str, bool]]) -> dict[int, str]:
        """Return the rows that say different things of one code, and not when."""
        if self.way != "workbook":
            return {}
        rows_by_code: dict[str, list[int]] = defaultdict(list)
        for number, (reply, _, _) in named.items():
            rows_by_code[reply.code].append(number)
        wrong: dict[int, str] = {}
        for code, numbers in rows_by_code.items():
            if len({named[number][0] for number in numbers}) > 1:
                listed = ", ".join(map(str, numbers))
                wrong |= dict.fromkeys(numbers, f"{code} has several answers, in rows {listed}.")
        return wrong

    def _latest(self, codes: set[str]) -> dict[str, dict[str, Any]]:
        """Return the newest reply of each code that came in the same way."""
        if not has_log(self.data.connection):
            return {}
        rows = self.data.connection.execute(
            "SELECT DISTINCT ON (code) code, word, again_on, notes, happened_at FROM "
            "main.log_replies WHERE way = ? AND code IN (SELECT unnest(?::VARCHAR[])) "
            "ORDER BY code, happened_at DESC, number DESC",
            [self.way, sorted(codes)],
        ).fetchall()
        keys = ("word", "again_on", "notes", "happened_at")
        return {row[0]: dict(zip(keys, row[1:], strict=True)) for row in rows}


def _is_same(latest: dict[str, Any], reply: Reply, kind: LineKind) -> bool:
    """Return whether a reply says what one that was read before says."""
    try:
        word = read_word(reply.word, kind)
    except OptionError:
        return False
    is_same_day = reply.again_on in (None, latest["again_on"])
    note = " ".join(reply.note.split())
    return word == latest["word"] and is_same_day and note == (latest["notes"] or "")


def _rows_of(path: Path) -> tuple[Iterator[Sequence[Any]], datetime]:
    """Return a file's rows, and when it was saved, in UTC."""
    try:
        content = path.read_bytes()
        saved_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise OptionError(f"{path}: it cannot be read ({error.strerror}).") from error
    if len(content) > MAX_BYTES:
        raise OptionError(f"{path}: it is larger than a file of answers can be.")
    saved_at = saved_at.replace(tzinfo=None, microsecond=0)
    if content.startswith(_ZIP):
        return _rows_of_workbook(path, content, saved_at)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OptionError(f"{path}: it is neither a workbook nor text in UTF-8.") from error
    return _rows_of_text(text), saved_at


def _rows_of_text(text: str) -> Iterator[list[str]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return iter(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _open_workbook(path: Path, source: Path | io.BytesIO) -> Any:
    from openpyxl import load_workbook  # noqa: PLC0415  # only for workbooks

    try:
        return load_workbook(source, read_only=True, data_only=True)
    except Exception as error:  # whatever a damaged workbook makes of it
        raise OptionError(f"{path}: this workbook cannot be read.") from error


def _rows_of_workbook(
    path: Path, content: bytes, saved_at: datetime
) -> tuple[Iterator[Sequence[Any]], datetime]:
    book = _open_workbook(path, io.BytesIO(content))
    try:
        rows = list(book.worksheets[0].iter_rows(values_only=True))
    except Exception as error:  # whatever a damaged workbook makes of it
        raise OptionError(f"{path}: this workbook cannot be read.") from error
    with ZipFile(io.BytesIO(content)) as archive:
        says_when = "docProps/core.xml" in archive.namelist()  # else openpyxl says: now
    saved = book.properties.modified if says_when else None
    return iter(rows), saved.replace(tzinfo=None, microsecond=0) if saved else saved_at


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()
