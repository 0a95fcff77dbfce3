"""The tables of a report that has several, one below the other, as Zoom and Teams write it."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003

from organizing_analytics.loading.tables.header import (
    Fits,
    Place,
    find_header,
    holds_data,
    names_of,
)
from organizing_analytics.loading.tables.lines import is_section

#: Tables of what people did in a meeting: they were in it, so the table above has them.
REPEATED = ("activities", "activity")
#: Tables of people who run a meeting: they came, but did not sign up to come.
STAFF = ("host", "panelist", "presenter", "organizer")


def split_tables(
    rows: Sequence[Sequence[str | None]], fits: Fits, *, table_name: str
) -> list[tuple[Place, int]]:
    """Return where each table begins and the row before which it ends."""
    tables: list[tuple[Place, int]] = []
    start = 0
    while (place := find_header(rows, fits, table_name=table_name, start=start)) is not None:
        end = _end(rows, place, fits, table_name)
        tables.append((place, end))
        start = end
    return tables


def _end(rows: Sequence[Sequence[str | None]], place: Place, fits: Fits, table_name: str) -> int:
    for number in range(place.row + 1, len(rows)):
        cells = names_of(rows[number])
        if is_section(cells):
            return number
        is_other = len(cells) > 1 and cells != place.header and not holds_data(cells)
        if is_other and _begins_table(rows, number, place, fits, table_name):
            return number
    return len(rows)


def _begins_table(
    rows: Sequence[Sequence[str | None]], number: int, above: Place, fits: Fits, table_name: str
) -> bool:
    """Return whether a row is the header of another table.

    A word in it that a column may be called is not enough: in "Bo Coast, Volunteer, x" it is a
    role. A header stands apart from the table above, or is the true one below names of groups.
    """
    cells = names_of(rows[number])
    if not fits(cells, table_name=table_name, row=number):
        return False
    is_apart = sum(1 for cell in rows[number - 1] if cell and cell.strip()) <= 1
    is_lower = number == above.row + 1
    columns = [cell for cell in cells if cell and fits((cell,), table_name=table_name, row=number)]
    first = next(cell for cell in cells if cell)
    begins = columns[:1] == [first]
    return (is_apart and (begins or len(columns) > 1)) or (is_lower and begins and len(columns) > 1)


def says(section: str, words: tuple[str, ...]) -> bool:
    """Return whether a section's heading has one of the words in it."""
    return any(word in section.casefold() for word in words)
