"""Words that a mapping does not let through: their rows are rejected, and the word is named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from organizing_analytics.loading import cells
from organizing_analytics.loading.files import BadCell
from organizing_analytics.loading.staging import places

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.loading.files import RawFile
    from organizing_analytics.sources import Cell, Reading

_LISTED = "the mapping rejects this word. Correct the cell, or give the word a meaning in values"
_UNLISTED = "the mapping does not list this word. Correct the cell, or add the word to values"


def refuse_words(connection: duckdb.DuckDBPyConnection, raw: RawFile, reading: Reading) -> RawFile:
    """Return a file with the cells named whose words the mapping rejects."""
    fed = [cell for feed in reading.feeds for cell in feed.cells.values()]
    if not any(cell.refused or cell.is_closed for cell in fed):
        return raw
    bad_cells = dict(raw.bad_cells)
    place = places(raw)
    cleaned = ", ".join(f"{cells.clean(f'c{x[1:]}')} AS {x}" for x in place.values())
    rows = (
        f"(SELECT row, {cleaned} FROM (SELECT row_number() OVER () - 1 AS row, * "
        f"FROM {raw.relation}))"
    )
    for feed in reading.feeds:
        rules = (*reading.rules, *feed.rules)
        holds = "".join(f" AND {cells.holds(rule, place)}" for rule in rules)
        for cell in feed.cells.values():
            if not (cell.refused or cell.is_closed):
                continue
            condition = cells.is_refused(f"({cells.joined(cell, place)})", cell)
            refused = connection.execute(
                f"SELECT row, {cells.joined(cell, place)} FROM {rows} WHERE {condition}{holds}"
            ).fetchall()
            for row, text in refused:
                if row not in raw.passed_over:
                    bad_cells.setdefault(row, _bad_cell(cell, text))
    return replace(raw, bad_cells=bad_cells)


def _bad_cell(cell: Cell, text: str) -> BadCell:
    return BadCell(
        ", ".join(dict.fromkeys(cell.columns)), text, _UNLISTED if cell.is_closed else _LISTED
    )
