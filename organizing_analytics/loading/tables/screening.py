"""The rows of a sheet that are left out (totals, headings) or held back (error cells)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from organizing_analytics.loading.files import BadCell
from organizing_analytics.loading.tables.errors import ERRORS, reason_of
from organizing_analytics.loading.tables.lines import kind_of_row
from organizing_analytics.sql import literal, one_of

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.loading.files import RawFile
    from organizing_analytics.sources import Reading

SKIPPED = "the mapping says to skip it"

_TOTAL_START = (
    r"(?i)^\s*((grand |sub-?)?totals?\b|sum\b|count\b|average\b|avg\b|mean\b|head ?count\b"
    r"|number of|no\. of|#|example|sample|e\.g\.)"
)


def screen(connection: duckdb.DuckDBPyConnection, raw: RawFile, reading: Reading) -> RawFile:
    """Return a sheet with the rows named that are no records, or whose cells are errors.

    The engine looks for the few rows that may be meant; only those are looked at one by one.
    """
    wide = len(raw.own_header)
    cells = [f"c{i}" for i in range(wide)]
    used = [f"c{raw.header.index(c)}" for c in used_columns(reading) if c in raw.own_header]
    filled = " + ".join(f"({c} IS NOT NULL)::INTEGER" for c in cells)
    wrong = " OR ".join(f"({c}[1] = '#' AND {one_of(c, ERRORS)})" for c in used) or "false"
    lone = f"{filled} = 1" if wide > 1 else "false"
    first = f"coalesce({', '.join(cells)}, '')"
    again = " OR ".join(f"c{i} = {literal(name)}" for i, name in enumerate(raw.own_header[:1]))
    rows = connection.execute(
        f"SELECT * FROM (SELECT row_number() OVER () - 1 AS row, {', '.join(cells)} "
        f"FROM {raw.relation}) WHERE {lone} OR {wrong} OR ({again}) "
        f"OR regexp_matches({first}, {literal(_TOTAL_START)}) ORDER BY row"
    ).fetchall()
    passed_over, bad_cells = dict(raw.passed_over), dict(raw.bad_cells)
    skipped = (number - raw.first_row for number in reading.skip_rows)
    passed_over |= dict.fromkeys((row for row in skipped if row >= 0), SKIPPED)
    for index, *row in rows:
        kind = kind_of_row(row, raw.own_header)
        if kind:
            passed_over[index] = kind
            continue
        place = next((int(c[1:]) for c in used if row[int(c[1:])] in ERRORS), None)
        if place is not None and index not in bad_cells:
            value = row[place]
            bad_cells[index] = BadCell(raw.own_header[place], value, reason_of(value) or "")
    # A title or total often has fewer cells than the header: that is no damage.
    malformed = {row: why for row, why in raw.malformed.items() if row not in passed_over}
    return replace(raw, passed_over=passed_over, bad_cells=bad_cells, malformed=malformed)


def used_columns(reading: Reading) -> list[str]:
    """Return the columns of the file that the reading takes values from, each once."""
    columns = [c for feed in reading.feeds for cell in feed.cells.values() for c in cell.columns]
    return list(dict.fromkeys(columns))
