"""What a sheet's XML says that its values do not: merged cells, and formulas without a result."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from organizing_analytics.loading.tables.errors import NO_RESULT

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = 1 << 20
#: A cell with its formula is shorter than this: so much of a block is looked at again.
_OVERLAP = 1 << 14
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_NO_RESULT = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]+)(\d+)"((?:\s[^>]*)?)>\s*'
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row (?=[^>]*\shidden="(?:1|true)")(?:[^>]*?\s)?r="(\d+)"')
#: An area larger than this is a decoration, not a value for many rows.
_MAX_AREA_ROWS = 100_000


@dataclass(frozen=True)
class Area:
    """A merged area; rows count from 1, columns from 0."""

    left: int
    top: int
    right: int
    bottom: int
    name: str


@dataclass
class Oddities:
    """The merged areas of a sheet, its hidden rows, and its formulas without a stored result."""

    merged: list[Area] = field(default_factory=list)
    no_result: dict[int, list[int]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    _values: dict[int, str | None] = field(default_factory=dict)

    @property
    def is_any(self) -> bool:
        """Return whether there is any."""
        return bool(self.merged or self.no_result)

    def put_right(self, number: int, cells: list[str | None]) -> list[str | None]:
        """Return a row in which merged cells have their value and unknown results are named.

        Rows are given in their order.
        """
        for place, area in enumerate(self.merged):
            # Across columns a merged cell is a title; down the rows it is a value for each.
            if area.left != area.right or not area.top <= number <= area.bottom:
                continue
            cells += [None] * (area.left + 1 - len(cells))
            if number == area.top:
                self._values[place] = cells[area.left]
            elif cells[area.left] is None and any(cells):
                cells[area.left] = self._values.get(place)
        for column in self.no_result.get(number, ()):
            cells += [None] * (column + 1 - len(cells))
            cells[column] = NO_RESULT
        return cells


def oddities_of(path: Path, part: str) -> Oddities:
    """Return what is odd in a sheet of an .xlsx file, given the name of its part."""
    oddities = Oddities()
    try:
        with zipfile.ZipFile(path) as packed, packed.open(part.lstrip("/")) as file:
            rest = b""
            while block := file.read(_BLOCK):
                _look(rest + block, oddities)
                rest = block[-_OVERLAP:]
    except (KeyError, OSError, zipfile.BadZipFile):
        return oddities  # the reader of the values says what is wrong
    return oddities


def _look(text: bytes, oddities: Oddities) -> None:
    if b"mergeCell" in text:
        for left, top, right, bottom in _MERGED.findall(text):
            name = f"{left.decode()}{top.decode()}:{right.decode()}{bottom.decode()}"
            area = Area(_column(left), int(top), _column(right), int(bottom), name)
            if area not in oddities.merged and area.bottom - area.top <= _MAX_AREA_ROWS:
                oddities.merged.append(area)
    if b"hidden=" in text:
        oddities.hidden_rows.update(map(int, _HIDDEN_ROW.findall(text)))
    if b"<f" in text or b":f" in text:
        for column, row, attributes in _NO_RESULT.findall(text):
            # The empty text is a result: its cell says that it is a text.
            if b't="str"' not in attributes and _column(column) not in oddities.no_result.get(
                int(row), []
            ):
                oddities.no_result.setdefault(int(row), []).append(_column(column))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number - 1
