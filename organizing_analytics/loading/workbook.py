"""Workbooks (.xlsx): each sheet is a table."""

from __future__ import annotations

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
        cells = next(_cells(path, sheet), None)
        if cells is None or not any(cells):
            continue
        while cells and not cells[-1]:
            cells.pop()
        header = named_columns([cell or "" for cell in cells], name=shown)
        tables.append(
            RawFile(path, shown, sheet, header, None, partial(_rows, path, sheet, len(header)))
        )
    if not tables:
        raise FileError(f"{name}: this workbook has no sheet with a header in its first row.")
    return tables


def _check(path: Path, *, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(part.file_size for part in packed.infolist())
            encrypted = any(part.flag_bits & 1 for part in packed.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise FileError(
            f"{name}: this workbook cannot be read ({error}). Save it again."
        ) from error
    if encrypted:
        raise FileError(f"{name}: this workbook has a password. Save it without one.")
    if size > MOST_UNPACKED:
        raise FileError(f"{name}: this workbook unpacks to {size:,} bytes. Save it as CSV instead.")


def _open(path: Path, *, name: str):  # type: ignore[no-untyped-def]
    from openpyxl import load_workbook  # noqa: PLC0415  # only for those who load one

    try:
        return load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever the broken part raises
        raise FileError(
            f"{name}: this workbook cannot be read ({error}). Save it again."
        ) from error


def _cells(path: Path, sheet: str) -> Iterator[list[str | None]]:
    book = _open(path, name=path.name)
    try:
        for row in book[sheet].iter_rows(values_only=True):
            yield [_text(value) for value in row]
    finally:
        book.close()


def _rows(path: Path, sheet: str, wide: int) -> Iterator[Row]:
    rows = _cells(path, sheet)
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
