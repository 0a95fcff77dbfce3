"""Workbooks (.xlsx): each sheet is a table."""

from __future__ import annotations

import warnings
import zipfile
from datetime import date, datetime, time
from functools import partial
from typing import TYPE_CHECKING

from organizing_analytics.errors import FileError
from organizing_analytics.loading.files import RawFile, Row, named_columns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: A workbook is a zip file: what it unpacks to is bounded before anything is unpacked.
MOST_UNPACKED = 2_000_000_000
#: Sheets are read row by row; the other parts, texts and styles, are held in memory whole.
MOST_HELD = 300_000_000
#: A part above this size that packs better than any table is one cell made to fill the memory.
LARGE_PART, BEST_PACKED = 50_000_000, 200
#: A row beyond this is not there in any spreadsheet.
MOST_ROWS = 1_048_576
#: Sheets of this name are for people to read.
NOTES = ("readme", "notes", "help")


def open_workbook(path: Path, *, name: str) -> list[RawFile]:
    """Return each sheet that is not empty as a table.

    Raises
    ------
    FileError
        It is no workbook, encrypted, broken, or would unpack beyond reason.
    """
    _check(path, name=name)
    book = _open(path, name=name)
    try:
        sheets = [sheet.title for sheet in book.worksheets]
    finally:
        book.close()
    tables = []
    for sheet in sheets:
        if sheet.casefold() in NOTES:
            continue
        shown = f"{name} [{sheet}]"
        cells = next(_cells(path, sheet, name), None)
        if cells is None or not any(cells):
            continue
        while cells and not cells[-1]:
            cells.pop()
        header = named_columns([cell or "" for cell in cells], name=shown)
        tables.append(
            RawFile(
                path, shown, sheet, header, None, partial(_rows, path, sheet, name, len(header))
            )
        )
    if not tables:
        raise FileError(f"{name}: this workbook has no sheet with a header in its first row.")
    return tables


def _check(path: Path, *, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except Exception as error:  # zipfile, too, raises whatever the broken part raises
        raise FileError(
            f"{name}: this workbook cannot be read ({error}). Save it again."
        ) from error
    if any(part.flag_bits & 1 for part in parts):
        raise FileError(f"{name}: this workbook has a password. Save it without one.")
    size = sum(part.file_size for part in parts)
    held = sum(p.file_size for p in parts if _is_held(p.filename))
    if size > MOST_UNPACKED or held > MOST_HELD or any(map(_is_bomb, parts)):
        raise FileError(f"{name}: this workbook unpacks to {size:,} bytes. Save it as CSV instead.")


def _is_held(part: str) -> bool:
    return part.endswith(".xml") and not part.startswith("xl/worksheets/")


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    large = part.file_size > LARGE_PART
    return large and part.file_size > BEST_PACKED * max(part.compress_size, 1)


def _open(path: Path, *, name: str):  # type: ignore[no-untyped-def]
    from openpyxl import load_workbook  # noqa: PLC0415  # only for those who load one

    # It warns of styles and drop-down lists that it leaves out; we want none of them.
    warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
    try:
        return load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever the broken part raises
        raise FileError(
            f"{name}: this workbook cannot be read ({error}). Save it again."
        ) from error


def _cells(path: Path, sheet: str, name: str) -> Iterator[list[str | None]]:
    book = _open(path, name=name)
    try:
        # What a sheet says of its own size may be wrong, and rows beyond it would be lost.
        book[sheet].reset_dimensions()
        for row in book[sheet].iter_rows(values_only=True, max_row=MOST_ROWS):
            yield [_text(value) for value in row]
    except Exception as error:  # as in _open
        raise FileError(
            f"{name} [{sheet}]: this sheet cannot be read ({error}). Save it again."
        ) from error
    finally:
        book.close()


def _rows(path: Path, sheet: str, name: str, wide: int) -> Iterator[Row]:
    rows = _cells(path, sheet, name)
    next(rows, None)
    waiting = 0
    for cells in rows:
        if not any(cells):
            waiting += 1  # empty rows at the end of a sheet are not rows
            continue
        for _ in range(waiting):
            yield [None] * wide, None
        waiting = 0
        yield ([*cells, *[None] * wide])[:wide], None


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)
