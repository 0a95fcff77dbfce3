"""Where the header of a sheet is: in its first row, or below titles, notes and blank rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from organizing_analytics.loading.tables.lines import is_section
from organizing_analytics.loading.tables.visible import column_name

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A clock time tells a row of data from a header. Midnight does not: a header may be made of date
#: cells, and these are read with 00:00.
_CLOCK = re.compile(r"\d:\d\d")
_MIDNIGHT = re.compile(r"(?<![\d:])00:00(?::00)?\b")
#: How far down a header may begin.
MAX_NOTES = 40


class Fits(Protocol):
    """Tells whether a header is one that is known."""

    def __call__(
        self, header: tuple[str, ...], /, *, table_name: str, row: int | None = None
    ) -> bool:
        """Return whether it is; `row` is where it stands in the sheet, 0 is the first."""


@dataclass(frozen=True)
class Place:
    """Where a table is in a sheet.

    Attributes
    ----------
    header : tuple of str
        Its columns.
    row : int
        The row of the header, 0 is the first; of a header over two rows the lower one.
    section : str
        The heading above the table, empty where there is none.
    """

    header: tuple[str, ...]
    row: int
    section: str = ""


def find_header(
    rows: Sequence[Sequence[str | None]], fits: Fits, *, table_name: str, start: int = 0
) -> Place | None:
    """Return the first header that fits, from a row on; None where none of them does.

    A header over two rows is joined: its upper row names groups of columns ("Contact", over
    "Phone" and "Email"), or holds the first half of a name.
    """
    section = ""
    for number in range(start, min(len(rows), start + MAX_NOTES)):
        cells = names_of(rows[number])
        if is_section(cells):
            section = next(cell for cell in cells if cell)
        if not any(cells) or holds_data(cells):
            continue
        if fits(cells, table_name=table_name, row=number):
            return Place(cells, number, section)
        for joined in _with_row_above(rows, number):
            if fits(joined, table_name=table_name, row=number):
                return Place(joined, number, section)
    return None


def holds_data(cells: Sequence[str]) -> bool:
    """Return whether a row holds what no column is called: an e-mail, a clock time."""
    return any("@" in cell or _CLOCK.search(_MIDNIGHT.sub("", cell)) for cell in cells)


def likely_header(rows: Sequence[Sequence[str | None]]) -> int:
    """Return the row that looks most like a header where none is known: for a message."""
    widths = [sum(1 for cell in names_of(row) if cell) for row in rows[:MAX_NOTES]]
    widest = max(widths, default=0)
    return next((i for i, width in enumerate(widths) if 2 * width > widest), 0)


def names_of(row: Sequence[str | None]) -> tuple[str, ...]:
    """Return the cells of a row as names of columns, without empty ones at the end."""
    cells = [column_name(cell or "") for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _with_row_above(rows: Sequence[Sequence[str | None]], number: int) -> list[tuple[str, ...]]:
    """Return the header with the row above it: gaps filled from above, then both joined."""
    above = names_of(rows[number - 1]) if number else ()
    lower = names_of(rows[number])
    if sum(1 for cell in above if cell) < 2 or sum(1 for cell in lower if cell) < 1:  # noqa: PLR2004
        return []
    wide = max(len(above), len(lower))
    upper = [*above, *[""] * (wide - len(above))]
    under = [*lower, *[""] * (wide - len(lower))]
    filled = tuple(low or high for low, high in zip(under, upper, strict=True))
    joined = tuple(f"{high} {low}".strip() for low, high in zip(under, upper, strict=True))
    return [filled, joined]
