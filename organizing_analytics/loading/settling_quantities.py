"""Numbers that a mapping takes out of text, where the strict rules of cells.py do not fit.

What is not understood stays a bad value, and its row is rejected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.loading import cells
from organizing_analytics.loading.quantities import quantity
from organizing_analytics.loading.staging import OK, raw_rows, texts
from organizing_analytics.sql import name

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.loading.staging import Staged
    from organizing_analytics.model import Column

_KINDS = {"whole": "INTEGER", "number": "DOUBLE"}
_LARGEST = 999_999_999


def settle_quantities(connection: duckdb.DuckDBPyConnection, tables: list[Staged]) -> None:
    """Fill in the numbers that stand in text, in the columns where the mapping says so."""
    for table in tables:
        for column in table.columns:
            if table.cell(column).unit:
                _settle(connection, table, column)


def _settle(connection: duckdb.DuckDBPyConnection, table: Staged, column: Column) -> None:
    cell, bit = table.cell(column), table.bit(column)
    where = f"SELECT rowid FROM {table.sql_name} WHERE fate = {OK} AND bad & {bit} <> 0"
    text = cells.mapped(f"({texts(table)[column.name]})", cell)
    rows = connection.execute(
        f"SELECT row, {text} FROM ({raw_rows(table, where)}) WHERE {text} IS NOT NULL"
    ).fetchall()
    settled: list[tuple[int, float]] = []
    for row, written in rows:
        number = quantity(written, cell.unit)
        if number is None or number > _LARGEST or (column.kind == "whole" and number % 1):
            table.reasons[column.name, written] = _reason(cell.unit)
        else:
            settled.append((row, number))
    if not settled:
        return
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE settled_numbers AS SELECT unnest(?::BIGINT[]) AS row, "
        "unnest(?::DOUBLE[]) AS number",
        [list(part) for part in zip(*settled, strict=True)],
    )
    connection.execute(
        f"UPDATE {table.sql_name} SET {name(column.name)} = n.number::{_KINDS[column.kind]}, "
        f"bad = bad - {bit} FROM settled_numbers n WHERE {table.sql_name}.rowid = n.row"
    )


def _reason(unit: str) -> str:
    if unit == "number":
        return "it is not plain which number this is. Write one number, like 20"
    return "this is not understood as a length of time. Write it like 45 min, 1 hr or 1 hr 15 min"
