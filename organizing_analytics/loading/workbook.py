"""Workbooks: each sheet is a table. openpyxl reads .xlsx and .xlsm, calamine .xls, .xlsb and .ods.

openpyxl tells a spreadsheet's errors from empty cells, which calamine cannot.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from organizing_analytics.errors import FileError
from organizing_analytics.loading.files import ADVICE, FIRST_ROW, RawFile, Row, named_columns
from organizing_analytics.loading.older_workbooks import has_error_cells, has_hidden_rows
from organizing_analytics.loading.tables.header import (
    MAX_NOTES,
    Fits,
    Place,
    find_header,
    likely_header,
    names_of,
)
from organizing_analytics.loading.tables.sections import split_tables
from organizing_analytics.loading.tables.visible import without_invisible
from organizing_analytics.loading.workbook_parts import Oddities, oddities_of

if TYPE_CHECKING:
    from pathlib import Path

#: A workbook is a zip file: what it unpacks to is bounded before anything is unpacked.
MAX_UNPACKED = 2_000_000_000
#: Sheets are read row by row; the other parts, texts and styles, are held in memory whole.
MAX_HELD = 300_000_000
#: A part above this size that packs better than any table is one cell made to fill the memory.
LARGE_PART, BEST_PACKED = 50_000_000, 200
#: A row beyond this is not there in any spreadsheet.
MAX_ROWS = 1_048_576
#: Sheets of this name are for people to read.
NOTES = ("readme", "notes", "help")
#: How many merged areas a warning names.
SHOWN = 5

Cells = Callable[[], Iterator[list[str | None]]]


@dataclass(frozen=True)
class _Sheet:
    """One sheet of a workbook, before its header is known."""

    title: str
    cells: Cells
    is_hidden: bool = False
    oddities: Oddities = field(default_factory=Oddities)
    may_hide_rows: bool = False  # whether its workbook has hidden rows, in some sheet


def open_workbook(
    path: Path, *, name: str, fits: Fits, splits: bool = False
) -> tuple[list[RawFile], list[str]]:
    """Return the sheets that hold a table, and what is said of the others.

    Parameters
    ----------
    path, name : Path, str
        The file, and how messages call it.
    fits : callable
        Tells whether a header is known: it is looked for below titles and blank rows. Where it fits
        some sheets, the others are left alone.
    splits : bool
        Whether a sheet may hold several tables, one below the other.

    Raises
    ------
    FileError
        It is no workbook, encrypted, broken, or would unpack beyond reason.
    """
    sheets = _sheets(path, name=name)
    notes = [f"{name} [{s.title}]: a hidden sheet, left alone." for s in sheets if s.is_hidden]
    visible = [s for s in sheets if not s.is_hidden and s.title.casefold() not in NOTES]
    tables: list[RawFile] = []
    others: list[_Sheet] = []
    for sheet in visible:
        first = list(islice(sheet.cells(), MAX_NOTES + 1))
        if not any(any(row) for row in first):
            continue
        fitting = _fitting(path, sheet, name=name, fits=fits, splits=splits, first=first)
        tables += fitting
        others += [] if fitting else [sheet]
    if tables:
        if any(sheet.may_hide_rows for sheet in visible):
            notes.append(f"{name}: hidden rows of this workbook are loaded like the others.")
        notes += [f"{name} [{s.title}]: no table that is known, left alone." for s in others]
        return tables, notes
    unknown = [_first_row(path, sheet, name=name) for sheet in others]
    if not unknown:
        hidden = " (its hidden sheets are left alone: show them first)" if notes else ""
        raise FileError(f"{name}: this workbook has no sheet with a table{hidden}.")
    return unknown, notes


def _fitting(
    path: Path,
    sheet: _Sheet,
    *,
    name: str,
    fits: Fits,
    splits: bool,
    first: list[list[str | None]],
) -> list[RawFile]:
    """Return the tables of a sheet whose header is known."""
    if splits:
        rows = list(sheet.cells())
        places = split_tables(rows, fits, table_name=sheet.title)
    else:
        place = find_header(first, fits, table_name=sheet.title)
        places = [(place, MAX_ROWS + 1)] if place else []
    many = len(places) > 1
    return [_table(path, sheet, place, end, name=name, is_part=many) for place, end in places]


def _table(
    path: Path, sheet: _Sheet, place: Place, end: int, *, name: str, is_part: bool
) -> RawFile:
    part = f", {place.section or f'row {place.row + 1}'}" if is_part else ""
    shown = f"{name} [{sheet.title}{part}]"
    header = named_columns(place.header, name=shown)
    rows = partial(_rows, sheet, place.row, end, len(header))
    raw = RawFile(path, shown, sheet.title, header, None, rows)
    return replace(
        raw,
        first_row=place.row + FIRST_ROW,
        section=place.section,
        notes=tuple(_notes(shown, sheet, place)),
    )


def _notes(shown: str, sheet: _Sheet, place: Place) -> list[str]:
    areas = sorted(sheet.oddities.merged, key=lambda area: (area.top, area.left))
    merged = [area.name for area in areas if area.bottom > place.row + 1]
    hidden = sum(row > place.row + 1 for row in sheet.oddities.hidden_rows)
    rows = "a hidden row is" if hidden == 1 else f"{hidden:,} hidden rows are"
    notes = [f"{shown}: {rows} loaded like the others."] if hidden else []
    if not merged:
        return notes
    more = f" and {len(merged) - SHOWN:,} more" if len(merged) > SHOWN else ""
    named = f"{', '.join(merged[:SHOWN])}{more}"
    return [*notes, f"{shown}: merged cells ({named}): the value counts for each of their rows."]


def _first_row(path: Path, sheet: _Sheet, *, name: str) -> RawFile:
    """Return a sheet none of whose rows is a known header, for the message that refuses it."""
    rows = list(islice(sheet.cells(), MAX_NOTES + 1))
    row = likely_header(rows)
    place = Place(names_of(rows[row]), row)
    return _table(path, sheet, place, MAX_ROWS + 1, name=name, is_part=False)


def _rows(sheet: _Sheet, header_row: int, end: int, wide: int) -> Iterator[Row]:
    waiting = 0
    for cells in islice(sheet.cells(), header_row + 1, end):
        if not any(cells):
            waiting += 1  # empty rows at the end of a sheet are not rows
            continue
        for _ in range(waiting):
            yield [None] * wide, None
        waiting = 0
        yield ([*cells, *[None] * wide])[:wide], None


def _sheets(path: Path, *, name: str) -> list[_Sheet]:
    with path.open("rb") as file:
        is_zip = file.read(4) == b"PK\x03\x04"
    if not is_zip:
        return _calamine_sheets(path, name=name)
    parts = _check(path, name=name)
    if "mimetype" in parts or "xl/workbook.bin" in parts:
        return _calamine_sheets(path, name=name)
    if any(part.endswith(".iwa") for part in parts):
        raise FileError(f"{name}: {ADVICE['.numbers']}.")
    if "[Content_Types].xml" not in parts:
        inside = ", ".join(sorted(part for part in parts if not part.endswith("/"))[:5])
        raise FileError(f"{name}: this workbook cannot be read: it is {ADVICE['.zip']} ({inside}).")
    return _openpyxl_sheets(path, name=name)


def _check(path: Path, *, name: str) -> set[str]:
    """Return the names of a workbook's parts, which would not unpack beyond reason."""
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
    if size > MAX_UNPACKED or held > MAX_HELD or any(map(_is_bomb, parts)):
        raise FileError(f"{name}: this workbook unpacks to {size:,} bytes. Save it as CSV instead.")
    return {part.filename for part in parts}


def _is_held(part: str) -> bool:
    return part.endswith(".xml") and not part.startswith("xl/worksheets/")


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    large = part.file_size > LARGE_PART
    return large and part.file_size > BEST_PACKED * max(part.compress_size, 1)


def _calamine_sheets(path: Path, *, name: str) -> list[_Sheet]:
    from python_calamine import (  # noqa: PLC0415  # only for those who load one
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetVisibleEnum,
    )

    password = (
        f"{name}: an old or password-protected workbook that cannot be read. Save it as .xlsx "
        "without a password."
    )
    try:
        book = CalamineWorkbook.from_path(path)
        visible = {sheet.name: sheet.visible for sheet in book.sheets_metadata}
    except PasswordError as error:
        raise FileError(password) from error
    except (CalamineError, OSError) as error:
        raise FileError(
            f"{name}: this workbook cannot be read ({error}). It may be damaged or have a "
            "password: save it as .xlsx without one."
        ) from error

    if has_error_cells(path):
        raise FileError(
            f"{name}: cells of this workbook hold a spreadsheet's error (like #REF!), which this "
            "format does not tell from empty ones. Correct them, or save it as .xlsx: then each is "
            "named."
        )

    may_hide_rows = has_hidden_rows(path)

    def cells(title: str) -> Iterator[list[str | None]]:
        try:
            for row in islice(book.get_sheet_by_name(title).iter_rows(), MAX_ROWS):
                yield [_text(None if value == "" else value) for value in row]
        except (CalamineError, OSError) as error:
            raise FileError(
                f"{name} [{title}]: this sheet cannot be read ({error}). Save it again."
            ) from error

    return [
        _Sheet(
            title,
            partial(cells, title),
            visible.get(title) != SheetVisibleEnum.Visible,
            may_hide_rows=may_hide_rows,
        )
        for title in book.sheet_names
    ]


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


def _openpyxl_sheets(path: Path, *, name: str) -> list[_Sheet]:
    book = _open(path, name=name)
    try:
        sheets = []
        for sheet in book.worksheets:
            odd = oddities_of(path, getattr(sheet, "_worksheet_path", ""))
            read = partial(_cells, path, sheet.title, name, odd)
            sheets.append(_Sheet(sheet.title, read, sheet.sheet_state != "visible", odd))
        return sheets
    finally:
        book.close()


def _cells(path: Path, sheet: str, name: str, odd: Oddities) -> Iterator[list[str | None]]:
    book = _open(path, name=name)
    try:
        # What a sheet says of its own size may be wrong, and rows beyond it would be lost.
        book[sheet].reset_dimensions()
        rows = book[sheet].iter_rows(values_only=True, max_row=MAX_ROWS)
        for number, row in enumerate(rows, 1):
            cells = [_text(value) for value in row]
            yield odd.put_right(number, cells) if odd.is_any else cells
    except Exception as error:  # as in _open
        raise FileError(
            f"{name} [{sheet}]: this sheet cannot be read ({error}). Save it again."
        ) from error
    finally:
        book.close()


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value and without_invisible(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)
