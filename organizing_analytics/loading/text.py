"""CSV and its like: in any of the usual encodings, delimiters and line ends."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, TextIO, cast

from organizing_analytics.errors import FileError
from organizing_analytics.loading.files import MOST_ROW, RawFile, Row, named_columns, read_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SNIFF_BYTES = 1 << 16
DELIMITERS = ",\t;"
#: How far down a header may begin.
MOST_NOTES = 30
#: A quoted cell over more lines than this is an unclosed quote, not a cell.
MOST_LINES = 1_000
#: Once this many letters were read in vain for quotes that are not closed, cells are short ones.
MOST_IN_VAIN, FEW_LINES = 200_000_000, 10
#: A line takes as long to read as this many letters.
LINE_COST = 100
csv.field_size_limit(1 << 30)
#: A text that was read although a letter of it is damaged has this in its place.
DAMAGED = "\ufffd"


@dataclass(frozen=True)
class _Written:
    """How a file is written."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    above: int = 0  # rows before the header


def open_text(path: Path, *, name: str) -> RawFile:
    """Return a file of text as a table; it is trusted to be as clean as its beginning.

    Raises
    ------
    FileError
        It is empty, unreadable or not a table of text.
    """
    written = _sniff(path, name=name)
    plain = written.encoding in ("utf-8", "utf-8-sig")
    if plain:
        _check_lines(path, name)
    relation = read_csv(path, written.header, written.delimiter) if plain else None
    rows = partial(_rows, path, written, name)
    return RawFile(path, name, path.name, written.header, relation, rows, is_text=True)


def below_notes(raw: RawFile, fits: Callable[[tuple[str, ...]], bool]) -> RawFile:
    """Return the table that begins some rows down: Zoom writes the meeting above the people.

    The file as it is when none of its first rows is a header that fits.
    """
    if not raw.is_text or fits(raw.header):
        return raw
    written = _sniff(raw.path, name=raw.name)
    encoding = _readable(raw.path, written.encoding)
    with io.TextIOWrapper(_open_bytes(raw.path), encoding=encoding, newline="") as file:
        rows = islice(_records(_lines(file, raw.name), written.delimiter), MOST_NOTES)
        first = [tuple(cells) for cells, _ in rows]
    for above, cells in enumerate(first):
        if any(cells) and fits(cells):
            found = replace(written, header=named_columns(cells, name=raw.name), above=above)
            below = partial(_rows, raw.path, found, raw.name)
            return replace(raw, header=found.header, relation=None, rows=below)
    return raw


def _sniff(path: Path, *, name: str) -> _Written:
    try:
        with _open_bytes(path) as file:
            head = file.read(SNIFF_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise FileError(f"{name}: this file cannot be read ({error}).") from error
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise FileError(f"{name}: this file is empty.")
    encoding = _encoding(head)
    text = head.decode(encoding, errors="replace").lstrip("\ufeff")
    if not text.strip():
        raise FileError(f"{name}: this file is empty.")
    if _is_binary(text) or text.startswith(("%PDF", "<")):
        raise FileError(f"{name}: this is not a table of text. Save or export it as CSV.")
    first = text.lstrip("\r\n").splitlines()[0]
    if len(head) == SNIFF_BYTES and first == text.strip("\r\n"):
        raise FileError(
            f"{name}: the first row goes on for more than {SNIFF_BYTES // 1024} KB; it should "
            "name the columns."
        )
    delimiter = max(DELIMITERS, key=lambda d: len(next(csv.reader([first], delimiter=d), [])))
    cells = next(iter(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)), [])
    return _Written(encoding, delimiter, named_columns(cells, name=name))


def _check_lines(path: Path, name: str) -> None:
    """Refuse an endless line: DuckDB passes over a row that fills its buffer, without a word."""
    run = 0
    try:
        with _open_bytes(path) as file:
            while block := file.read(1 << 20):
                end = max(block.rfind(b"\n"), block.rfind(b"\r"))
                run = run + len(block) if end < 0 else len(block) - end - 1
                if run > MOST_ROW:
                    raise _too_long(name)
    except (OSError, EOFError, zlib.error) as error:
        raise FileError(f"{name}: this file cannot be read ({error}).") from error


def _too_long(name: str) -> FileError:
    return FileError(f"{name}: one line is longer than {MOST_ROW // 1_000_000} MB. Is it a table?")


def _is_binary(text: str) -> bool:
    """Tell a picture or workbook from a table with a stray zero byte in a cell."""
    controls = re.compile(r"[\x00-\x08\x0e-\x1f]")
    first = text.lstrip("\r\n").splitlines()[0]
    return bool(controls.search(first)) or 100 * len(controls.findall(text)) > len(text)


def _open_bytes(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path) if path.suffix == ".gz" else path.open("rb"))


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    odd = head[1:8:2]
    if odd and odd.count(0) == len(odd):  # every second byte is 0, and there is no mark
        return "utf-16-le"
    try:
        head[: len(head) - 4 or None].decode("utf-8")
    except UnicodeDecodeError as error:
        return "utf-8" if error.start >= len(head) - 8 else "cp1252"
    return "utf-8"


def _rows(path: Path, written: _Written, name: str) -> Iterator[Row]:
    encoding = _readable(path, written.encoding)
    wide = len(written.header)
    with io.TextIOWrapper(
        _open_bytes(path), encoding=encoding, errors="replace", newline=""
    ) as file:
        rows = _records(_lines(file, name), written.delimiter)
        for _ in range(written.above + 1):
            next(rows, None)
        for cells, trouble in rows:
            found = trouble or _wrong_width(cells, wide) or _damage(cells, encoding)
            yield (cells + [""] * wide)[:wide], found


def _lines(file: TextIO, name: str) -> Iterator[str]:
    """Yield the lines; a packed file may hold one that fills the memory."""
    while line := file.readline(MOST_ROW):
        if len(line) == MOST_ROW:
            raise _too_long(name)
        yield line


def _readable(path: Path, encoding: str) -> str:
    """Return the encoding that the whole file can be read in; its beginning may not tell."""
    if encoding.startswith("utf-16"):
        return encoding  # in any other it would be read as other letters
    for tried in (encoding, "cp1252"):
        try:
            with io.TextIOWrapper(_open_bytes(path), encoding=tried) as file:
                while file.read(1 << 20):
                    pass
        except UnicodeError:
            continue
        return tried
    return "latin-1"  # every byte is a letter


def _wrong_width(cells: list[str], wide: int) -> str | None:
    if len(cells) == wide or not any(cell.strip() for cell in cells[wide:] or cells):
        return None
    return (
        f"the row has {len(cells)} cells, the header has {wide}. Is a comma or quote missing, or "
        "was the file cut off?"
    )


def _damage(cells: list[str], encoding: str) -> str | None:
    if encoding.startswith("utf-16") and any(DAMAGED in cell for cell in cells):
        return "a letter of the row is damaged. Was the file cut off?"
    return None


def _records(lines: Iterator[str], delimiter: str) -> Iterator[tuple[list[str], str | None]]:
    """Yield each row's cells, and what is wrong with its quotes, if anything."""
    waiting: list[str] = []
    in_vain = 0
    while True:
        taken: list[str] = []
        feed = _feed(waiting, lines, taken, MOST_LINES if in_vain < MOST_IN_VAIN else FEW_LINES)
        try:
            cells = next(csv.reader(feed, delimiter=delimiter, strict=True), None)
            trouble = None
        except (csv.Error, _TooLongError):
            # Take the first line alone, as it stands, and start again with the second.
            cells = next(csv.reader([taken[0].replace('"', "")], delimiter=delimiter), [])
            waiting[:0] = taken[1:]
            in_vain += sum(len(line) + LINE_COST for line in taken)
            trouble = 'a quote (") is open at the end of the row, or stands inside a cell.'
        if cells is None:
            return
        if cells or trouble:
            yield cells, trouble


class _TooLongError(Exception):
    """A record goes on over more lines than any cell has."""


def _feed(
    waiting: list[str], lines: Iterator[str], taken: list[str], most_lines: int
) -> Iterator[str]:
    size = 0
    while True:
        line = waiting.pop(0) if waiting else next(lines, None)
        if line is None:
            return
        size += len(line)
        if len(taken) >= most_lines or (taken and size > MOST_ROW):
            waiting.insert(0, line)
            raise _TooLongError
        taken.append(line)
        yield line
