"""Which files to load and how they are written.

A clean UTF-8 file is read by DuckDB as it is. Anything else (UTF-16, Windows-1252, ragged
rows, odd quotes, mixed line ends) is first rewritten row by row, so that no row is lost: one
that cannot be understood keeps its number and is rejected with its reason.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO, cast

from organizing_analytics.errors import FileError
from organizing_analytics.loading.sql import literal

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

SNIFF_BYTES = 1 << 16
DELIMITERS = ",\t;"
#: A quoted cell over more lines than this is an unclosed quote, not a cell.
MOST_LINES = 1_000
#: How a spreadsheet counts: the header is row 1.
FIRST_ROW = 2
TABLE_ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")


@dataclass
class RawFile:
    """One file, ready to be read as a table of text.

    Attributes
    ----------
    path : Path
        Where it is.
    name : str
        How messages call it.
    header : tuple of str
        Its columns, as written.
    relation : str
        SQL for its rows as text, columns `c0`, `c1`, … in the order of the header.
    malformed : dict
        Index of a row → why it cannot be understood.
    """

    path: Path
    name: str
    header: tuple[str, ...]
    relation: str
    malformed: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Written:
    """How a file is written."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]


def find_files(paths: Iterable[str | os.PathLike[str]]) -> tuple[list[Path], list[str]]:
    """Return the files to load, folders opened up, and a warning for each file left alone.

    Raises
    ------
    FileError
        A path does not exist, or a folder holds nothing to load.
    """
    found: list[Path] = []
    left: list[str] = []
    for given in map(Path, paths):
        if given.is_dir():
            inside = sorted(
                p for p in given.iterdir() if p.is_file() and not p.name.startswith(".")
            )
            tables = [p for p in inside if _is_table(p)]
            if not tables:
                raise FileError(f"{given}: there is no CSV file in this folder.")
            found += tables
            left += [f"{p.name}: not a table, left alone." for p in inside if not _is_table(p)]
        elif given.is_file():
            found.append(given)
        else:
            raise FileError(f"{given}: there is no such file or folder.")
    return list(dict.fromkeys(found)), [note for note in left if not _is_companion(note)]


def _is_table(path: Path) -> bool:
    name = path.name.casefold()
    return name.endswith(TABLE_ENDINGS) and not name.startswith("readme")


def _is_companion(note: str) -> bool:
    return note.casefold().startswith(("readme", "truth.json"))


def shown_names(files: list[Path]) -> dict[Path, str]:
    """Return how messages call each file: its name, or its path where names collide."""
    times = Counter(path.name for path in files)
    return {path: path.name if times[path.name] == 1 else str(path) for path in files}


def open_raw(path: Path, *, name: str) -> RawFile:
    """Return a file as it is, trusting that it is clean; `rewrite` is for when it is not.

    Raises
    ------
    FileError
        It is empty, unreadable or not a table of text.
    """
    written = _sniff(path, name=name)
    relation = _read_csv(path, written.header, written.delimiter)
    return RawFile(path, name, written.header, relation)


def is_plain(path: Path, *, name: str) -> bool:
    """Tell whether DuckDB may read the file as it is, as far as its beginning shows."""
    return _sniff(path, name=name).encoding in ("utf-8", "utf-8-sig")


def rewrite(raw: RawFile, folder: Path) -> RawFile:
    """Return the file written anew, clean, in `folder`; malformed rows are named, not lost.

    Raises
    ------
    FileError
        It cannot be decoded at all.
    """
    written = _sniff(raw.path, name=raw.name)
    clean = folder / f"{len(list(folder.iterdir()))}.csv"
    for encoding in dict.fromkeys((written.encoding, "cp1252", "latin-1")):
        try:
            malformed = _write_clean(raw.path, clean, encoding, written)
        except UnicodeError:
            continue
        return RawFile(raw.path, raw.name, raw.header, _read_csv(clean, raw.header, ","), malformed)
    raise FileError(f"{raw.name}: its text cannot be decoded. Save it as CSV UTF-8.")


def _read_csv(path: Path, header: tuple[str, ...], delimiter: str) -> str:
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(header)))
    return (
        f"read_csv({literal(str(path.absolute()))}, columns={{{columns}}}, auto_detect=false, "
        f"header=true, delim={literal(delimiter)}, quote='\"', escape='\"', "
        "max_line_size=16000000, compression='auto')"
    )


def _sniff(path: Path, *, name: str) -> _Written:
    try:
        with _open_bytes(path) as file:
            head = file.read(SNIFF_BYTES)
    except (OSError, EOFError) as error:
        raise FileError(f"{name}: this file cannot be read ({error}).") from error
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise FileError(f"{name}: this file is empty.")
    encoding = _encoding(head)
    text = head.decode(encoding, errors="replace").lstrip("\ufeff")
    if _is_binary(text) or text.startswith(("%PDF", "{", "[", "<")):
        raise FileError(f"{name}: this is not a table of text. Save or export it as CSV.")
    first = text.lstrip("\r\n").splitlines()[0]
    delimiter = max(DELIMITERS, key=lambda d: len(next(csv.reader([first], delimiter=d), [])))
    header = _header(text, delimiter, name=name)
    return _Written(encoding, delimiter, header)


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


def _header(text: str, delimiter: str, *, name: str) -> tuple[str, ...]:
    csv.field_size_limit(1 << 30)
    cells = next(iter(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)), [])
    if not any(cell.strip() for cell in cells):
        raise FileError(f"{name}: the first row is empty; it should name the columns.")
    named = [cell.strip() or f"column {i + 1}" for i, cell in enumerate(cells)]
    twice = [cell for cell, times in Counter(named).items() if times > 1]
    if twice:
        raise FileError(f"{name}: the column {twice[0]} is there twice. Rename or remove one.")
    return tuple(named)


def _write_clean(path: Path, clean: Path, encoding: str, written: _Written) -> dict[int, str]:
    malformed: dict[int, str] = {}
    wide = len(written.header)
    with (
        io.TextIOWrapper(_open_bytes(path), encoding=encoding, newline="") as file,
        clean.open("w", encoding="utf-8", newline="") as out,
    ):
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(written.header)
        rows = _records(file, written.delimiter)
        next(rows, None)
        for index, (cells, trouble) in enumerate(rows):
            fault = trouble or _wrong_width(cells, wide)
            if fault:
                malformed[index] = fault
            writer.writerow([cell.replace("\x00", "") for cell in (cells + [""] * wide)[:wide]])
    return malformed


def _wrong_width(cells: list[str], wide: int) -> str | None:
    if len(cells) == wide or not any(cell.strip() for cell in cells[wide:] or cells):
        return None
    return (
        f"the row has {len(cells)} cells, the header has {wide}. Is a comma or quote missing, or "
        "was the file cut off?"
    )


def _records(file: TextIO, delimiter: str) -> Iterator[tuple[list[str], str | None]]:
    """Yield each row's cells, and what is wrong with its quotes, if anything."""
    waiting: list[str] = []
    lines = iter(file)  # newline="" makes any of the three line ends an end
    while True:
        taken: list[str] = []
        feed = _feed(waiting, lines, taken)
        try:
            cells = next(csv.reader(feed, delimiter=delimiter, strict=True), None)
            trouble = None
        except (csv.Error, _TooLongError):
            # Take the first line alone, as it stands, and start again with the second.
            cells = next(csv.reader([taken[0].replace('"', "")], delimiter=delimiter), [])
            waiting[:0] = taken[1:]
            trouble = 'a quote (") is open at the end of the row, or stands inside a cell.'
        if cells is None:
            return
        if cells or trouble:
            yield cells, trouble


class _TooLongError(Exception):
    """A record goes on over more lines than any cell has."""


def _feed(waiting: list[str], lines: Iterator[str], taken: list[str]) -> Iterator[str]:
    while True:
        line = waiting.pop(0) if waiting else next(lines, None)
        if line is None:
            return
        if len(taken) >= MOST_LINES:
            waiting.insert(0, line)
            raise _TooLongError
        taken.append(line)
        yield line
