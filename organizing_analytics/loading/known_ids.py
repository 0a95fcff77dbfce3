"""Ids that the store keeps in a keyed form, found again in a file that has them as they were.

Forgetting a person, and bringing a store of an older version up to date, give keyed ids to rows
whose ids held personal data; `keyed_ids` lists those. A file that is loaded again still writes the
old ids. Nothing is compared in a store that lists none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.loading.staging import OK, Staged
from organizing_analytics.sources.registry import TEMPLATES, shipped_mappings, sources
from organizing_analytics.sql import literal, name
from organizing_analytics.store.renaming import WITH_ID, rename

if TYPE_CHECKING:
    import duckdb


def tables_with_keyed_ids(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the tables some of whose ids other files write in another form."""
    listed = connection.execute('SELECT DISTINCT "table" FROM main.keyed_ids').fetchall()
    return {table for (table,) in listed}


def use_keyed_ids(connection: duckdb.DuckDBPyConnection, staged_tables: list[Staged]) -> None:
    """Write the store's ids in place of the file's, in every staged table."""
    for staged in staged_tables:
        _adopt(connection, staged)
    tables = tables_with_keyed_ids(connection)
    for staged in staged_tables if tables else []:
        for column in staged.columns:
            is_key = staged.table.name in WITH_ID and column.name in staged.table.key
            target = staged.table.name if is_key else column.refers_to
            if target in tables:
                _replace(connection, staged, column.name, str(target))


def stored_id(connection: duckdb.DuckDBPyConnection, table: str, written: str) -> str:
    """Return the id that the store has for an id as somebody writes it."""
    listed = connection.execute(
        'SELECT id FROM main.keyed_ids WHERE "table" = ? AND id = keyed_id(?)', [table, written]
    ).fetchall()
    return str(listed[0][0]) if listed else written


def _replace(
    connection: duckdb.DuckDBPyConnection, staged: Staged, column: str, target: str
) -> None:
    held = name(column)
    connection.execute(
        f"UPDATE {staged.sql_name} AS s SET {held} = r.new_id FROM (SELECT d.id, k.id AS new_id "
        f"FROM (SELECT DISTINCT {held} AS id FROM {staged.sql_name} WHERE {held} IS NOT NULL) d "
        f'JOIN main.keyed_ids k ON k.id = keyed_id(d.id) AND k."table" = {literal(target)}) r '
        f"WHERE s.{held} = r.id AND r.id <> r.new_id"
    )


def _adopt(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """Give keyed ids to rows that an older version loaded by the same mapping file.

    What such a file's ids are made from only the mapping says, and it was not there when the store
    was brought up to date.
    """
    source, table = staged.reading.source, staged.table.name
    key = staged.table.key[0]
    is_mapped = source not in {TEMPLATES, *sources(), *shipped_mappings()}
    if not is_mapped or table not in WITH_ID or not _is_keyed(staged, key):
        return
    plain = f"FROM main.{table} WHERE source = {literal(source)} AND NOT is_keyed({key})"
    if connection.execute(f"SELECT 1 {plain} LIMIT 1").fetchall():
        rename(
            connection,
            table,
            f"SELECT {key} AS old_id, keyed_id({key}) AS new_id {plain} AND keyed_id({key}) IN "
            f"(SELECT {name(key)} FROM {staged.sql_name} WHERE fate = {OK})",
        )


def _is_keyed(staged: Staged, column: str) -> bool:
    cell = staged.feed.cells[column]
    return cell.is_sql and cell.parts[0][0].startswith("keyed")
