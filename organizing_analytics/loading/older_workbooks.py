"""What calamine does not tell of .xls, .xlsb and .ods: error cells (#REF!, #N/A) and hidden rows.

It gives error cells as empty ones, and an empty cell says something else. A workbook that has any
is refused: saved as .xlsx, each of them is named. Hidden rows are loaded, and the load says so.
"""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_BLOCK = 1 << 20
_OVERLAP = 512
#: The codes of errors in Excel's binary formats: #NULL!, #DIV/0!, #VALUE!, #REF!, #NAME?, #NUM!, …
_CODE = rb"[\x00\x07\x0f\x17\x1d\x24\x2a\x2b]"
#: .xls: a BOOLERR record, or a FORMULA record whose result is an error.
_XLS = re.compile(
    rb"\x05\x02\x08\x00.{6}" + _CODE + rb"\x01"
    rb"|\x06\x00.{2}.{6}\x02\x00" + _CODE + rb"\x00{3}\xff\xff",
    re.DOTALL,
)
_ODS = re.compile(rb'value-type="error"')
#: .xls: a ROW record of a row with cells, whose flag fDyZero is set.
_XLS_HIDDEN = re.compile(
    rb"\x08\x02\x10\x00.{4}(?:[^\x00].|.[^\x00]).{2}\x00\x00.{2}"
    rb"[\x20-\x3f\x60-\x7f\xa0-\xbf\xe0-\xff]\x01",
    re.DOTALL,
)
#: .ods: a hidden or filtered row. One that is repeated fills the sheet up and has no cells.
_ODS_HIDDEN = re.compile(
    rb"<table:table-row(?![^>]*number-rows-repeated)[^>]*"
    rb'table:visibility="(?:collapse|filter)"'
)
#: .xlsb: the records of a cell and of a formula that hold an error, and that of a row, with the
#: place and the bit of its flag fDyZero.
_XLSB_ERRORS, _XLSB_ROW, _XLSB_FLAGS, _XLSB_HIDDEN = (3, 11), 0, 11, 0x10
_MAX_SHEET = 500_000_000


def has_error_cells(path: Path) -> bool:
    """Return whether a workbook of one of the formats .xls, .xlsb and .ods has an error cell."""
    return _has(path, _XLS, _ODS, lambda kind, _: kind in _XLSB_ERRORS)


def has_hidden_rows(path: Path) -> bool:
    """Return whether a workbook of one of the formats .xls, .xlsb and .ods has a hidden row."""
    return _has(path, _XLS_HIDDEN, _ODS_HIDDEN, _is_hidden_row)


def _is_hidden_row(kind: int, record: bytes) -> bool:
    is_row = kind == _XLSB_ROW and len(record) > _XLSB_FLAGS
    return is_row and bool(record[_XLSB_FLAGS] & _XLSB_HIDDEN)


def _has(
    path: Path,
    in_xls: re.Pattern[bytes],
    in_ods: re.Pattern[bytes],
    in_xlsb: Callable[[int, bytes], bool],
) -> bool:
    """Return whether the bytes of a workbook show a mark, which each format writes its own way."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            return any(in_xls.search(block) for block in _blocks(file))
    with zipfile.ZipFile(path) as packed:
        for part in packed.namelist():
            if part == "content.xml":
                with packed.open(part) as file:
                    if any(in_ods.search(block) for block in _blocks(file)):
                        return True
            if re.fullmatch(r"xl/worksheets/[^/]+\.bin", part):
                if packed.getinfo(part).file_size > _MAX_SHEET:
                    continue
                if any(in_xlsb(kind, record) for kind, record in _records(packed.read(part))):
                    return True
    return False


def _blocks(file: object) -> Iterator[bytes]:
    rest = b""
    while block := file.read(_BLOCK):  # type: ignore[attr-defined]
        yield rest + block
        rest = block[-_OVERLAP:]


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the kind and the contents of each record of a binary sheet."""
    place = 0
    while place < len(data):
        kind = data[place]
        place += 1
        if kind & 0x80 and place < len(data):
            kind |= data[place] << 8
            place += 1
        size = shift = 0
        while place < len(data):
            byte = data[place]
            place += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, data[place : place + size]
        place += size
