"""Staged rows → the store's tables, matched by key: new, updated or unchanged.

A staged table that takes over becomes the store's table itself: nothing is compared, and no row is
written twice.

Only the columns that a file has are compared and written; the others stay as they are. In a
table that rows feed on the side (the person in a list of sign-ups) an empty cell says nothing
and leaves what is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.loading.cells import local_date
from organizing_analytics.loading.staging import MARKS, OK, Staged
from organizing_analytics.model import FED_BY_NAME
from organizing_analytics.sql import literal, name, names

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.loading.result import FileCount


def empty_tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the names of the store's tables that hold no row."""
    return {table for table in FED_BY_NAME if not _holds_rows(connection, table)}


def _holds_rows(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(connection.execute(f"SELECT 1 FROM main.{name(table)} LIMIT 1").fetchall())


def merge(
    connection: duckdb.DuckDBPyConnection, staged: Staged, *, campaign: str, count: FileCount
) -> tuple[int, int]:
    """Merge one staged table and return how many rows of the store are new, and how many changed.

    `count` gets the file's new, updated and unchanged rows when the table is its main one.
    """
    fed = connection.execute(f"SELECT count(*) FROM {staged.sql_name} WHERE fate = {OK}")
    rows = fed.fetchall()[0][0]
    if staged.takes_over:
        updated, new = 0, _take_over(connection, staged, campaign)
    elif _holds_rows(connection, staged.table.name):
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE incoming AS "
            f"FROM ({_incoming(staged, campaign)}) WHERE is_new OR is_changed"
        )
        updated = _update(connection, staged)
        new = _insert(connection, staged, "incoming")
    else:  # nothing to compare with: read once, as they are written
        updated, new = 0, _insert(connection, staged, f"({_incoming(staged, campaign)})")
    if staged.is_main:
        count.new += new
        count.updated += updated
        # Equal rows with one key: the first is counted by what it does, the others do nothing.
        count.unchanged += rows - new - updated
    return new, updated


def _take_over(connection: duckdb.DuckDBPyConnection, staged: Staged, campaign: str) -> int:
    """Put a staged table in the place of the store's empty one and return how many rows it has."""
    stays = f"fate = {OK}"
    if staged.repeats:
        key = names(staged.table.key)
        first = f"SELECT min(rowid) FROM {staged.sql_name} WHERE {stays} GROUP BY {key}"
        stays += f" AND rowid IN ({first})"
    connection.execute(f"DELETE FROM {staged.sql_name} WHERE NOT ({stays})")
    for day in staged.campaign_dates:
        bit = staged.bit(staged.table.column(day.moment))
        connection.execute(
            f"UPDATE {staged.sql_name} SET {name(day.name)} = "
            f"{local_date(name(day.moment), literal(campaign))} WHERE naive & {bit} <> 0"
        )
    connection.execute(f"DROP TABLE main.{name(staged.table.name)}")
    connection.execute(f"ALTER TABLE {staged.sql_name} RENAME TO {name(staged.table.name)}")
    staged.sql_name = f"main.{name(staged.table.name)}"
    held = connection.execute(f"SELECT count(*) FROM {staged.sql_name}")
    return int(held.fetchall()[0][0])


def drop_marks(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """Take the marks of staging out of a table that took over, once nobody asks for them."""
    for mark in MARKS:
        connection.execute(f"ALTER TABLE {staged.sql_name} DROP COLUMN {mark}")


def _rest(staged: Staged) -> list[str]:
    return [column.name for column in staged.columns if column.name not in staged.table.key]


def _incoming(staged: Staged, campaign: str) -> str:
    key, rest = staged.table.key, _rest(staged)
    values = names(rest) if staged.is_main else ", ".join(_settled(staged, c) for c in rest)
    picked = ", ".join(filter(None, [names(key), values]))
    distinct = "DISTINCT " if staged.is_main and staged.repeats else ""
    once = f"SELECT {distinct}{picked} FROM {staged.sql_name} WHERE fate = {OK}"
    if not staged.is_main:
        once += f" GROUP BY {names(key)}"
    changed = " OR ".join(_differs(staged, column) for column in rest) or "false"
    dates = [
        f"{local_date(f'i.{name(day.moment)}', literal(campaign))} AS {name(day.name)}"
        for day in staged.campaign_dates
    ]
    match = " AND ".join(f"i.{name(c)} = t.{name(c)}" for c in key)
    # A partial row is never new: its key was found in the store, or the row was skipped.
    columns = ", ".join(["i.*", *dates])
    return (
        f"SELECT {columns}, t.{name(key[0])} IS NULL AS is_new, "
        f"t.{name(key[0])} IS NOT NULL AND ({changed}) AS is_changed "
        f"FROM ({once}) i LEFT JOIN main.{name(staged.table.name)} t ON {match}"
    )


def _settled(staged: Staged, column: str) -> str:
    """Return SQL for the value of rows with one key, empty cells passed over."""
    held = name(column)
    if staged.reading.last_wins:
        return f"arg_max({held}, rowid) AS {held}"
    return f"max({held}) AS {held}"  # rows with one key agree here: the checks rejected others


def _differs(staged: Staged, column: str) -> str:
    if staged.feed.cells[column].only_new:
        return f"(t.{name(column)} IS NULL AND i.{name(column)} IS NOT NULL)"
    differs = f"i.{name(column)} IS DISTINCT FROM t.{name(column)}"
    return differs if staged.is_main else f"(i.{name(column)} IS NOT NULL AND {differs})"


def _update(connection: duckdb.DuckDBPyConnection, staged: Staged) -> int:
    """Write the changed rows of `incoming` over the store's and return how many they are."""
    dates = [day.name for day in staged.campaign_dates]
    put = [f"{name(c)} = {_value(staged, c)}" for c in _rest(staged)]
    put += [f"{name(c)} = coalesce(i.{name(c)}, t.{name(c)})" for c in dates if not staged.is_main]
    put += [f"{name(c)} = i.{name(c)}" for c in dates if staged.is_main]
    put.append(f"source = {literal(staged.reading.source)}")
    match = " AND ".join(f"t.{name(c)} = i.{name(c)}" for c in staged.table.key)
    changed = connection.execute(
        f"UPDATE main.{name(staged.table.name)} AS t SET {', '.join(put)} FROM incoming i "
        f"WHERE {match}"  # new rows match none
    )
    return int(changed.fetchall()[0][0])


def _insert(connection: duckdb.DuckDBPyConnection, staged: Staged, incoming: str) -> int:
    """Write the new rows into the store and return how many they are."""
    columns = names(
        [*staged.table.key, *_rest(staged), *(day.name for day in staged.campaign_dates)]
    )
    added = connection.execute(
        f"INSERT INTO main.{name(staged.table.name)} ({columns}, source) "
        f"SELECT {columns}, {literal(staged.reading.source)} FROM {incoming} WHERE is_new"
    )
    return int(added.fetchall()[0][0])


def _value(staged: Staged, column: str) -> str:
    if staged.feed.cells[column].only_new:
        return f"coalesce(t.{name(column)}, i.{name(column)})"
    if staged.is_main:
        return f"i.{name(column)}"
    return f"coalesce(i.{name(column)}, t.{name(column)})"
