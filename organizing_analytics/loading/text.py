"""CSV and its like: in any of the usual encodings, delimiters and line ends."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, TextIO, cast

from organizing_analytics.errors import FileError
from organizing_analytics.loading.files import (
    FIRST_ROW,
    MAX_ROW,
    RawFile,
    Row,
    named_columns,
    read_csv,
)
from organizing_analytics.loading.tables.header import (
    MAX_NOTES,
    Fits,
    find_header,
    likely_header,
    names_of,
)
from organizing_analytics.loading.tables.sections import split_tables
from organizing_analytics.loading.tables.visible import (
    has_odd_bytes,
    sql_without_invisible,
    without_invisible,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SNIFF_BYTES = 1 << 16
DELIMITERS = ",\t;|"
#: A quoted cell over more lines than this is an unclosed quote, not a cell.
MAX_LINES = 1_000
#: After this many characters were read for quotes that never close, only FEW_LINES lines are tried.
MAX_IN_VAIN, FEW_LINES = 200_000_000, 10
#: A line takes as long to read as this many letters.
LINE_COST = 100
csv.field_size_limit(1 << 30)
#: Typographic quotes around a cell, as phones and word processors write them.
_CURLY_CELL = re.compile("(?:^|[,;|\t])\\s*\u201c[^\u201d]*\u201d\\s*(?:$|[,;|\t])")
_STRAIGHT = str.maketrans("\u201c\u201d\u201e", '"""')
#: A text that was read although a letter of it is damaged has this in its place.
DAMAGED = "\ufffd"


@dataclass(frozen=True)
class _Written:
    """How a file is written."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    above: int = 0  # rows before the header
    is_curly: bool = False  # whether typographic quotes stand around cells


def open_text(path: Path, *, name: str, fits: Fits, splits: bool = False) -> list[RawFile]:
    """Return the table in a file of text, trusted to be as clean as its beginning.

    Parameters
    ----------
    path, name : Path, str
        The file, and how messages call it.
    fits : callable
        Tells whether a header is known. Where the first row is none, it is looked for below, with
        every delimiter.
    splits : bool
        Whether the file may hold several tables, one below the other.

    Raises
    ------
    FileError
        It is empty, unreadable or not a table of text.
    """
    encoding, text = _beginning(path, name=name)
    written = _placed(path, encoding, text, name=name, fits=fits)
    if splits:
        tables = _tables(path, written, name=name, fits=fits)
        if tables:
            return tables
    relation = None
    if _is_plain(path, written, text):
        is_odd = _check_lines(path, name)
        relation = read_csv(path, written.header, written.delimiter, above=written.above)
        relation = _visible(relation, len(written.header)) if is_odd else relation
    rows = partial(_rows, path, written, name)
    raw = RawFile(path, name, path.name, written.header, relation, rows, is_text=True)
    return [replace(raw, first_row=written.above + FIRST_ROW)]


def _is_plain(path: Path, written: _Written, text: str) -> bool:
    """Return whether DuckDB may read the file as it is; `text` is the file's beginning."""
    if written.encoding not in ("utf-8", "utf-8-sig") or written.is_curly:
        return False
    if not written.above:
        return True
    # DuckDB skips lines, not rows, and leaves out blank lines, which count in row numbers.
    lines = text.split("\n")
    has_lines = len(lines) > written.above and '"' not in "".join(lines[: written.above])
    return has_lines and not _has_blank_line(path, written.above)


def _has_blank_line(path: Path, above: int) -> bool:
    """Return whether a blank line stands between the header and the last line that is not blank.

    A blank line inside a quoted cell counts, too.
    """
    try:
        with _open_bytes(path) as file:
            for _ in range(above + 1):
                file.readline(MAX_ROW)
            end = b"\n"
            while block := file.read(1 << 20):
                read = end + block
                body = read.rstrip(b"\r\n")
                if any(gap in body for gap in (b"\n\n", b"\n\r", b"\r\r")):
                    return True
                end = body[-1:] + read[len(body) :][: len(b"\r\n\r\n")]
    except (OSError, EOFError, zlib.error):
        return True  # reading row by row says what is wrong
    return False


def _visible(relation: str, wide: int) -> str:
    columns = ", ".join(f"{sql_without_invisible(f'c{i}')} AS c{i}" for i in range(wide))
    return f"(SELECT {columns} FROM {relation})"


def _tables(path: Path, written: _Written, *, name: str, fits: Fits) -> list[RawFile]:
    """Return all tables of a report, with the heading above each."""
    encoding = _readable(path, written.encoding)
    with io.TextIOWrapper(
        _open_bytes(path), encoding=encoding, errors="replace", newline=""
    ) as file:
        lines = _lines(file, name, is_curly=written.is_curly)
        records = list(_records(lines, written.delimiter, keeps_blank=True))
    places = split_tables([cells for cells, _ in records], fits, table_name=path.name)
    tables = []
    for place, end in places:
        header = named_columns(place.header, name=name)
        shown = f"{name} [{place.section or f'row {place.row + 1}'}]" if len(places) > 1 else name
        rows = partial(_of_records, records[place.row + 1 : end], len(header), encoding)
        raw = RawFile(path, shown, path.name, header, None, rows, is_text=True)
        tables.append(replace(raw, first_row=place.row + FIRST_ROW, section=place.section))
    return tables


def _of_records(
    records: Iterable[tuple[list[str], str | None]], wide: int, encoding: str
) -> Iterator[Row]:
    blank = 0
    for cells, trouble in records:
        if not cells and not trouble:
            blank += 1  # blank lines at the end are not rows
            continue
        yield from ((([None] * wide), None) for _ in range(blank))
        blank = 0
        reason = trouble or _wrong_width(cells, wide) or _damage(cells, encoding)
        if not "".join(cells).isascii():
            cells = [*map(without_invisible, cells)]  # noqa: PLW2901
        yield (cells if len(cells) == wide else (cells + [""] * wide)[:wide]), reason


def _beginning(path: Path, *, name: str) -> tuple[str, str]:
    """Return how a file is encoded, and its beginning as text."""
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
    return encoding, text


def _placed(path: Path, encoding: str, text: str, *, name: str, fits: Fits) -> _Written:
    """Return how the table is written and where its header is."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    is_curly = bool(_CURLY_CELL.search(first))
    text = text.translate(_STRAIGHT) if is_curly else text
    count = {d: len(next(csv.reader([first], delimiter=d), [])) for d in DELIMITERS}
    ordered = sorted(DELIMITERS, key=lambda d: -count[d])
    rows = _first_rows(text, ordered[0])
    above = next((i for i, row in enumerate(rows) if row), 0)
    top = rows[above] if rows else []
    if fits(names_of(top), table_name=path.name, row=above):
        return _Written(encoding, ordered[0], named_columns(top, name=name), above, is_curly)
    places = [
        (place, delimiter)
        for delimiter in ordered
        if (place := find_header(_first_rows(text, delimiter), fits, table_name=path.name))
    ]
    if places:
        place, delimiter = min(places, key=lambda pair: pair[0].row)
        header = named_columns(place.header, name=name)
        return _Written(encoding, delimiter, header, place.row, is_curly)
    # No header is known: the row that looks most like one goes into the message.
    likely = max(above, likely_header(rows))
    header = named_columns(rows[likely] if rows else [], name=name)
    return _Written(encoding, ordered[0], header, likely, is_curly)


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    """Return the first rows of a text, blank lines among them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    with suppress(csv.Error):  # the rows before the bad one are kept: they may hold the header
        rows.extend(islice(reader, MAX_NOTES + 1))
    return rows


def _check_lines(path: Path, name: str) -> bool:
    """Refuse an endless line and return whether spaces or characters may be odd ones.

    DuckDB passes over a row that fills its buffer, without a word.
    """
    run, is_odd = 0, False
    try:
        with _open_bytes(path) as file:
            while block := file.read(1 << 20):
                end = max(block.rfind(b"\n"), block.rfind(b"\r"))
                run = run + len(block) if end < 0 else len(block) - end - 1
                if run > MAX_ROW:
                    raise _too_long(name)
                is_odd = is_odd or has_odd_bytes(block)
    except (OSError, EOFError, zlib.error) as error:
        raise FileError(f"{name}: this file cannot be read ({error}).") from error
    return is_odd


def _too_long(name: str) -> FileError:
    return FileError(f"{name}: one line is longer than {MAX_ROW // 1_000_000} MB. Is it a table?")


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
        lines = _lines(file, name, is_curly=written.is_curly)
        rows = _records(lines, written.delimiter, keeps_blank=bool(written.above))
        for _ in range(written.above + 1):
            next(rows, None)
        yield from _of_records(rows, wide, encoding)


def _lines(file: TextIO, name: str, *, is_curly: bool = False) -> Iterator[str]:
    """Yield the lines; a packed file may hold one that fills the memory."""
    while line := file.readline(MAX_ROW):
        if len(line) == MAX_ROW:
            raise _too_long(name)
        yield line.translate(_STRAIGHT) if is_curly else line


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


def _records(
    lines: Iterator[str], delimiter: str, *, keeps_blank: bool = False
) -> Iterator[tuple[list[str], str | None]]:
    """Yield each row's cells, and what is wrong with its quotes, if anything."""
    waiting: list[str] = []
    in_vain = 0
    while True:
        taken: list[str] = []
        feed = _feed(waiting, lines, taken, MAX_LINES if in_vain < MAX_IN_VAIN else FEW_LINES)
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
        if cells or trouble or keeps_blank:
            yield cells, trouble


class _TooLongError(Exception):
    """A record goes on over more lines than any cell has."""


def _feed(
    waiting: list[str], lines: Iterator[str], taken: list[str], max_lines: int
) -> Iterator[str]:
    size = 0
    while True:
        line = waiting.pop(0) if waiting else next(lines, None)
        if line is None:
            return
        size += len(line)
        if len(taken) >= max_lines or (taken and size > MAX_ROW):
            waiting.insert(0, line)
            raise _TooLongError
        taken.append(line)
        yield line
