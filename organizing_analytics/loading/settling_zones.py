"""Time zones that are written by another name than the IANA list's: "PST", a Windows name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.loading import cells
from organizing_analytics.loading.staging import OK, raw_rows, texts
from organizing_analytics.sql import name
from organizing_analytics.zone_names import zone_of

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.loading.staging import Staged
    from organizing_analytics.model import Column


def settle_zones(connection: duckdb.DuckDBPyConnection, tables: list[Staged]) -> list[str]:
    """Fill in the zones that a name means without doubt, and return a warning for each name."""
    return [
        warning
        for table in tables
        for column in table.columns
        if column.kind == "zone"
        for warning in _settle(connection, table, column)
    ]


def _settle(connection: duckdb.DuckDBPyConnection, table: Staged, column: Column) -> list[str]:
    bit = table.bit(column)
    where = f"SELECT rowid FROM {table.sql_name} WHERE fate = {OK} AND bad & {bit} <> 0"
    text = cells.mapped(f"({texts(table)[column.name]})", table.cell(column))
    rows = connection.execute(
        f"SELECT {text} AS written, list(row ORDER BY row) FROM ({raw_rows(table, where)}) "
        "GROUP BY written ORDER BY min(row)"
    ).fetchall()
    warnings: list[str] = []
    for written, numbers in rows:
        zone = zone_of(written) if written else None
        if zone is None:
            continue
        connection.execute(
            f"UPDATE {table.sql_name} SET {name(column.name)} = ?, bad = bad - {bit} "
            f"WHERE rowid IN (SELECT unnest(?::BIGINT[]))",
            [zone, numbers],
        )
        first = table.raw.row_number(numbers[0])
        more = f" and {len(numbers) - 1:,} more" if len(numbers) > 1 else ""
        warnings.append(
            f'{table.raw.name} row {first}{more}: {column.name} "{written}" is read as {zone}. If '
            "that is wrong, write the zone's name."
        )
    return warnings
