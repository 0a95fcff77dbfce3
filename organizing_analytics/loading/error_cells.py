"""Whether a workbook that calamine reads has cells with a spreadsheet's error (#REF!, #N/A).

calamine gives them as empty cells, and an empty cell says something else. A workbook that has any
is refused: saved as .xlsx, each of them is named.
"""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BLOCK = 1 << 20
_OVERLAP = 64
#: The codes of errors in Excel's binary formats: #NULL!, #DIV/0!, #VALUE!, #REF!, #NAME?, #NUM!, …
_CODE = rb"[\x00\x07\x0f\x17\x1d\x24\x2a\x2b]"
#: .xls: a BOOLERR record, or a FORMULA record whose result is an error.
_XLS = re.compile(
    rb"\x05\x02\x08\x00.{6}" + _CODE + rb"\x01"
    rb"|\x06\x00.{2}.{6}\x02\x00" + _CODE + rb"\x00{3}\xff\xff",
    re.DOTALL,
)
_ODS = re.compile(rb'value-type="error"')
#: .xlsb: the records of a cell and of a formula that hold an error.
_XLSB_RECORDS = (3, 11)
_MAX_SHEET = 500_000_000


def has_error_cells(path: Path) -> bool:
    """Return whether a workbook of one of the formats .xls, .xlsb and .ods has an error cell."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            return any(_XLS.search(block) for block in _blocks(file))
    with zipfile.ZipFile(path) as packed:
        for part in packed.namelist():
            if part == "content.xml":
                with packed.open(part) as file:
                    if any(_ODS.search(block) for block in _blocks(file)):
                        return True
            if re.fullmatch(r"xl/worksheets/[^/]+\.bin", part):
                if packed.getinfo(part).file_size > _MAX_SHEET:
                    continue
                if any(record in _XLSB_RECORDS for record in _records(packed.read(part))):
                    return True
    return False


def _blocks(file: object) -> Iterator[bytes]:
    rest = b""
    while block := file.read(_BLOCK):  # type: ignore[attr-defined]
        yield rest + block
        rest = block[-_OVERLAP:]


def _records(data: bytes) -> Iterator[int]:
    """Yield the kind of each record of a binary sheet."""
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
        yield kind
        place += size
