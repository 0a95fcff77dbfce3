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
    connection: duckdb.DuckDBPyConnection, one: Staged, *, campaign: str, count: FileCount
) -> tuple[int, int]:
    """Merge one staged table and return how many rows of the store are new, and how many changed.

    `count` gets the file's new, updated and unchanged rows when the table is its main one.
    """
    fed = connection.execute(f"SELECT count(*) FROM {one.sql_name} WHERE fate = {OK}")
    rows = fed.fetchall()[0][0]
    if one.takes_over:
        updated, new = 0, _take_over(connection, one, campaign)
    elif _holds_rows(connection, one.table.name):
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE incoming AS "
            f"FROM ({_incoming(one, campaign)}) WHERE is_new OR is_changed"
        )
        updated = _update(connection, one)
        new = _insert(connection, one, "incoming")
    else:  # nothing to compare with: read once, as they are written
        updated, new = 0, _insert(connection, one, f"({_incoming(one, campaign)})")
    if one.is_main:
        count.new += new
        count.updated += updated
        # Equal rows with one key: the first is counted by what it does, the others do nothing.
        count.unchanged += rows - new - updated
    return new, updated


def _take_over(connection: duckdb.DuckDBPyConnection, one: Staged, campaign: str) -> int:
    """Put a staged table in the place of the store's empty one and return how many rows it has."""
    stays = f"fate = {OK}"
    if one.repeats:
        first = (
            f"SELECT min(rowid) FROM {one.sql_name} WHERE {stays} GROUP BY {names(one.table.key)}"
        )
        stays += f" AND rowid IN ({first})"
    connection.execute(f"DELETE FROM {one.sql_name} WHERE NOT ({stays})")
    for day in one.campaign_dates:
        bit = one.bit(one.table.column(day.moment))
        connection.execute(
            f"UPDATE {one.sql_name} SET {name(day.name)} = "
            f"{local_date(name(day.moment), literal(campaign))} WHERE naive & {bit} <> 0"
        )
    connection.execute(f"DROP TABLE main.{name(one.table.name)}")
    connection.execute(f"ALTER TABLE {one.sql_name} RENAME TO {name(one.table.name)}")
    one.sql_name = f"main.{name(one.table.name)}"
    held = connection.execute(f"SELECT count(*) FROM {one.sql_name}")
    return int(held.fetchall()[0][0])


def drop_marks(connection: duckdb.DuckDBPyConnection, one: Staged) -> None:
    """Take the marks of staging out of a table that took over, once nobody asks for them."""
    for mark in MARKS:
        connection.execute(f"ALTER TABLE {one.sql_name} DROP COLUMN {mark}")


def _rest(one: Staged) -> list[str]:
    return [column.name for column in one.columns if column.name not in one.table.key]


def _incoming(one: Staged, campaign: str) -> str:
    key, rest = one.table.key, _rest(one)
    values = names(rest) if one.is_main else ", ".join(_settled(one, c) for c in rest)
    picked = ", ".join(filter(None, [names(key), values]))
    distinct = "DISTINCT " if one.is_main and one.repeats else ""
    once = f"SELECT {distinct}{picked} FROM {one.sql_name} WHERE fate = {OK}"
    if not one.is_main:
        once += f" GROUP BY {names(key)}"
    changed = " OR ".join(_differs(one, column) for column in rest) or "false"
    dates = [
        f"{local_date(f'i.{name(day.moment)}', literal(campaign))} AS {name(day.name)}"
        for day in one.campaign_dates
    ]
    match = " AND ".join(f"i.{name(c)} = t.{name(c)}" for c in key)
    # A partial row is never new: its key was found in the store, or the row was skipped.
    columns = ", ".join(["i.*", *dates])
    return (
        f"SELECT {columns}, t.{name(key[0])} IS NULL AS is_new, "
        f"t.{name(key[0])} IS NOT NULL AND ({changed}) AS is_changed "
        f"FROM ({once}) i LEFT JOIN main.{name(one.table.name)} t ON {match}"
    )


def _settled(one: Staged, column: str) -> str:
    """Return SQL for the value of rows with one key, empty cells passed over."""
    held = name(column)
    if one.reading.last_wins:
        return f"arg_max({held}, rowid) AS {held}"
    return f"max({held}) AS {held}"  # rows with one key agree here: the checks rejected others


def _differs(one: Staged, column: str) -> str:
    if one.feed.cells[column].only_new:
        return f"(t.{name(column)} IS NULL AND i.{name(column)} IS NOT NULL)"
    differs = f"i.{name(column)} IS DISTINCT FROM t.{name(column)}"
    return differs if one.is_main else f"(i.{name(column)} IS NOT NULL AND {differs})"


def _update(connection: duckdb.DuckDBPyConnection, one: Staged) -> int:
    """Write the changed rows of `incoming` over the store's and return how many they are."""
    dates = [day.name for day in one.campaign_dates]
    put = [f"{name(c)} = {_value(one, c)}" for c in _rest(one)]
    put += [f"{name(c)} = coalesce(i.{name(c)}, t.{name(c)})" for c in dates if not one.is_main]
    put += [f"{name(c)} = i.{name(c)}" for c in dates if one.is_main]
    put.append(f"source = {literal(one.reading.source)}")
    match = " AND ".join(f"t.{name(c)} = i.{name(c)}" for c in one.table.key)
    changed = connection.execute(
        f"UPDATE main.{name(one.table.name)} AS t SET {', '.join(put)} FROM incoming i "
        f"WHERE {match}"  # new rows match none
    )
    return int(changed.fetchall()[0][0])


def _insert(connection: duckdb.DuckDBPyConnection, one: Staged, incoming: str) -> int:
    """Write the new rows into the store and return how many they are."""
    columns = names([*one.table.key, *_rest(one), *(day.name for day in one.campaign_dates)])
    added = connection.execute(
        f"INSERT INTO main.{name(one.table.name)} ({columns}, source) "
        f"SELECT {columns}, {literal(one.reading.source)} FROM {incoming} WHERE is_new"
    )
    return int(added.fetchall()[0][0])


def _value(one: Staged, column: str) -> str:
    if one.feed.cells[column].only_new:
        return f"coalesce(t.{name(column)}, i.{name(column)})"
    if one.is_main:
        return f"i.{name(column)}"
    return f"coalesce(i.{name(column)}, t.{name(column)})"
