"""Which files to load, and each of them as a table of text.

    text.py       CSV and its like
    json_rows.py  JSON: a page, a list, or lines
    workbook.py   .xlsx, a table a sheet

A clean UTF-8 CSV is read by DuckDB as it is. Anything else (UTF-16, Windows-1252, ragged rows,
odd quotes, JSON, a workbook) is first written anew row by row, so that no row is lost: one that
cannot be understood keeps its number and is rejected with its reason.
"""

from __future__ import annotations

import csv
import glob
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from organizing_analytics.errors import FileError
from organizing_analytics.loading.tables.visible import column_name
from organizing_analytics.sql import literal

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Sequence

#: How a spreadsheet counts: the header is row 1.
FIRST_ROW = 2
#: More columns than this are data, not columns.
MAX_COLUMNS = 2_000
#: A letter has up to four bytes in UTF-8.
LETTER_BYTES = 4
#: How long a row may be where no row is known to be longer. DuckDB makes its pieces of a file
#: larger for longer rows, and then has too few of them to use all cores.
ROW_BYTES = 2_000_000
#: How many letters a row may have; a packed file may hold one that fills the memory.
MAX_ROW = 16_000_000
ENDINGS = (
    ".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".json", ".jsonl",
    ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods",
)  # fmt: skip
#: Files that hold tables and cannot be read, and what to do with them.
ADVICE = {
    ".numbers": "a Numbers document. In Numbers, choose File, Export To, CSV, and load that",
    ".zip": "a zip archive. Unpack it, and load the files in it",
    ".pdf": "a PDF. Export the table as CSV or Excel where it comes from",
    ".gsheet": "a link to a Google sheet. In Google Sheets, choose File, Download, CSV or Excel",
}

#: What lies beside tables in a folder for people to read.
COMPANIONS = ("readme", "truth.json")

#: One row of a file as text, and what is wrong with it, if anything.
Row = tuple["Sequence[str | None]", "str | None"]


@dataclass(frozen=True)
class BadCell:
    """A cell that holds its row back: its column in the file, its text, and what to do."""

    column: str
    value: str | None
    reason: str


@dataclass(frozen=True)
class RawFile:
    """One table of one file, ready to be read as text.

    Attributes
    ----------
    path : Path
        Where it is.
    name : str
        How messages call it.
    table_name : str
        What the file (or the sheet of a workbook) is called: a template is known by it.
    header : tuple of str
        Its columns, as written.
    relation : str or None
        SQL for its rows as text, columns `c0`, `c1`, … in the order of the header; None when
        the file must be written anew first.
    rows : callable
        Yields each `Row` again, from the beginning.
    malformed : dict
        Index of a row → why it cannot be understood.
    is_json, is_text : bool
        Whether its rows were records, which may hold lists; whether they were lines of text.
    added : int
        How many columns at the end are not the file's own: loading added them.
    first_row : int
        The number of the first row below the header, as a spreadsheet counts.
    section : str
        The heading of the part of a report that the table stands in.
    passed_over : dict
        Index of a row → why it is no record: a total, a heading, a note.
    bad_cells : dict
        Index of a row → the cell that holds it back.
    notes : tuple of str
        What should be said of how the table was found.
    source_rows : list of int or None
        For each row the one of the file that it was made from, where one became several.
    """

    path: Path
    name: str
    table_name: str
    header: tuple[str, ...]
    relation: str | None
    rows: Callable[[], Iterable[Row]]
    malformed: dict[int, str] = field(default_factory=dict)
    is_json: bool = False
    is_text: bool = False
    added: int = 0
    first_row: int = FIRST_ROW
    section: str = ""
    passed_over: dict[int, str] = field(default_factory=dict)
    bad_cells: dict[int, BadCell] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    source_rows: list[int] | None = None

    def row_number(self, index: int) -> int:
        """Return the number of the row in the file, as a spreadsheet counts."""
        row = index if self.source_rows is None else self.source_rows[index]
        return row + self.first_row

    @property
    def own_header(self) -> tuple[str, ...]:
        """Return the columns that the file itself has."""
        return self.header[: len(self.header) - self.added]


def find_files(paths: Iterable[str | os.PathLike[str]]) -> tuple[list[Path], list[str]]:
    """Return the files to load, folders opened up, and a warning for each file left alone.

    Raises
    ------
    FileError
        A path does not exist, or a folder holds nothing to load.
    """
    files: list[Path] = []
    left: list[str] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith("."))
            tables = [p for p in inside if is_table(p)]
            if not tables:
                raise FileError(f"{path}: there is nothing to load in this folder.", file=path)
            files += tables
            others = [p.name for p in inside if not is_table(p) and not is_companion(p.name)]
            left += [f"{name}: {_why_left(name)}." for name in others]
        elif path.is_file():
            files.append(path)
        else:
            raise FileError(f"{path}: there is no such file or folder.", file=path)
    return list(dict.fromkeys(files)), left


def _why_left(name: str) -> str:
    ending = PurePath(name).suffix.casefold()
    return ADVICE.get(ending, "not a table, left alone")


def is_table(path: Path) -> bool:
    """Return whether a file is called like a table that can be loaded."""
    name = path.name.casefold()
    return name.endswith(ENDINGS) and not name.startswith(COMPANIONS)


def is_companion(name: str) -> bool:
    """Return whether a file's name is that of a note or mapping that travels with tables."""
    return name.casefold().startswith(COMPANIONS) or name.casefold().endswith(".toml")


def shown_names(files: list[Path]) -> dict[Path, str]:
    """Return how messages call each file: its name, or its path where names collide."""
    times = Counter(path.name for path in files)
    return {path: path.name if times[path.name] == 1 else str(path) for path in files}


def write_anew(raw: RawFile, folder: Path) -> RawFile:
    """Return the table written anew, clean, in `folder`; malformed rows are named, not lost."""
    clean = folder / f"{len(list(folder.iterdir()))}.csv"
    malformed: dict[int, str] = {}
    longest = sum(map(len, raw.header))
    with clean.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow([_writable(cell) for cell in raw.header])
        for index, (cells, trouble) in enumerate(raw.rows()):
            if trouble:
                malformed[index] = trouble
            text = "".join(filter(None, cells))
            letters = len(text)
            longest = max(longest, letters)
            if letters > MAX_ROW:
                row = index + raw.first_row
                limit = f"{MAX_ROW // 1_000_000} MB"
                raise FileError(f"{raw.name} row {row}: it is longer than {limit}.", row=row)
            is_plain = text.isascii() and "\x00" not in text
            writer.writerow(cells if is_plain else [_writable(cell) for cell in cells])
    row_bytes = LETTER_BYTES * (longest + len(raw.header))
    relation = read_csv(clean, raw.header, ",", row_bytes=max(row_bytes, ROW_BYTES))
    return replace(raw, relation=relation, malformed=malformed)


def _writable(cell: str | None) -> str:
    # Half a surrogate pair cannot be written as UTF-8, and a zero byte ends a text in C.
    return (cell or "").replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def read_csv(
    path: Path,
    header: tuple[str, ...],
    delimiter: str,
    *,
    above: int = 0,
    row_bytes: int = ROW_BYTES,
) -> str:
    """Return SQL that reads a clean CSV file as text.

    `above` lines stand above the header. A longer row than `row_bytes` fails the statement.
    """
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(header)))
    # DuckDB takes a path for a pattern: `export[1].csv` would read `export1.csv`.
    exactly = literal(glob.escape(str(path.absolute())))
    return (
        f"read_csv({exactly}, columns={{{columns}}}, auto_detect=false, "
        f"header=true, skip={above}, delim={literal(delimiter)}, quote='\"', escape='\"', "
        # Unasked, DuckDB takes buffers of 16 times the longest line.
        f"max_line_size={row_bytes}, buffer_size={4 * row_bytes}, compression='auto')"
    )


def named_columns(cells: Sequence[str], *, name: str) -> tuple[str, ...]:
    """Return a header with a name for each column.

    Raises
    ------
    FileError
        No cell names a column, two columns have one name, or there are too many.
    """
    cells = [column_name(cell) for cell in cells]
    if not any(cells):
        raise FileError(f"{name}: the first row is empty; it should name the columns.")
    if len(cells) > MAX_COLUMNS:
        raise FileError(
            f"{name}: {len(cells):,} columns; a table has at most {MAX_COLUMNS:,} of them."
        )
    named = [cell or f"column {i + 1}" for i, cell in enumerate(cells)]
    twice = [cell for cell, times in Counter(named).items() if times > 1]
    if twice:
        raise FileError(
            f"{name}: the column {twice[0]} is there twice. Rename or remove one.",
            column=twice[0],
        )
    return tuple(named)
