"""Staged rows → the store's tables, matched by key: new, updated or unchanged.

Only the columns that a file has are compared and written; the others stay as they are. In a
table that rows feed on the side (the person in a list of sign-ups) an empty cell says nothing
and leaves what is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.loading.clocks import local_date
from organizing_analytics.loading.sql import literal, name, names
from organizing_analytics.loading.staging import OK, Staged

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.loading.result import FileCount
    from organizing_analytics.model import LocalDate


def merge(
    connection: duckdb.DuckDBPyConnection, one: Staged, *, campaign: str, count: FileCount
) -> int:
    """Merge one staged table and return how many rows of the store are new or changed.

    `count` gets the file's new, updated and unchanged rows when the table is its main one.
    """
    held = f"SELECT 1 FROM main.{name(one.table.name)} LIMIT 1"
    if connection.execute(held).fetchall():
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE incoming AS "
            f"FROM ({_incoming(one, campaign)}) WHERE is_new OR is_changed"
        )
        updated = _update(connection, one)
        new = _insert(connection, one, "incoming")
    else:  # nothing to compare with: read once, as they are written
        updated, new = 0, _insert(connection, one, f"({_incoming(one, campaign)})")
    if one.is_main:
        fed = connection.execute(
            f"SELECT count(*) FROM {one.sql_name} WHERE fate = {OK}"
        ).fetchall()[0][0]
        count.new += new
        count.updated += updated
        # Equal rows with one key: the first is counted by what it does, the others do nothing.
        count.unchanged += fed - new - updated
    return new + updated


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
        for day in _campaign_dates(one)
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
    return f"max({held}) AS {held}"  # they are all the same


def _differs(one: Staged, column: str) -> str:
    if one.feed.cells[column].only_new:
        return f"(t.{name(column)} IS NULL AND i.{name(column)} IS NOT NULL)"
    differs = f"i.{name(column)} IS DISTINCT FROM t.{name(column)}"
    return differs if one.is_main else f"(i.{name(column)} IS NOT NULL AND {differs})"


def _campaign_dates(one: Staged) -> list[LocalDate]:
    filled = {column.name for column in one.columns}
    return [d for d in one.table.local_dates if d.clock == "campaign" and d.moment in filled]


def _update(connection: duckdb.DuckDBPyConnection, one: Staged) -> int:
    """Write the changed rows of `incoming` over the store's and return how many they are."""
    dates = [day.name for day in _campaign_dates(one)]
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
    columns = names([*one.table.key, *_rest(one), *(day.name for day in _campaign_dates(one))])
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
