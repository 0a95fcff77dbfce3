"""Rows of people who were forgotten do not come back with an old export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.identity import keys
from organizing_analytics.identity.forgetting import digests
from organizing_analytics.loading.staging import FORGOTTEN, OK, Staged, raw_rows
from organizing_analytics.sql import literal, name

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.model import Column


def block(
    connection: duckdb.DuckDBPyConnection, staged: list[Staged], *, key: str, region: str
) -> None:
    """Mark the rows of forgotten people as skipped, in every table that they feed.

    Where a row only names them (who recruited, who asked), the row without a name that was left
    stands in their place.
    """
    keys.teach(connection, region)
    connection.execute("CREATE OR REPLACE TEMP TABLE blocked (person_id VARCHAR, left_id VARCHAR)")
    for one in staged:
        if one.table.name == "people":
            _find(connection, one, key, region)
    for one in staged:
        for column in one.columns:
            if column.refers_to == "people" and not column.must_exist:
                _replace(connection, one, column, key)
            elif column.refers_to == "people" or column.name in _NAMING:
                held = f"{name(column.name)} IN (SELECT id FROM ({_forgotten(one, column, key)}))"
                _mark(connection, staged, one, f"fate = {OK} AND {held}")
    for one in staged:
        if one.is_main and one.raw.malformed:
            _mark(connection, staged, one, f"rowid IN ({_mentioning(one, key, region)})")


def _find(connection: duckdb.DuckDBPyConnection, one: Staged, key: str, region: str) -> None:
    """Note the ids under which forgotten people stand in this file."""
    filled = {column.name for column in one.columns}
    held = {c: f"s.{c}" if c in filled else "NULL::VARCHAR" for c in _COMPARED}
    email, phone = keys.email_key(held["email"]), keys.phone_key(held["phone"], region)
    made = digests(
        key,
        "s.person_id",
        given=held["given_name"],
        family=held["family_name"],
        email=email,
        phone=phone,
    )
    connection.execute(
        "INSERT INTO blocked SELECT DISTINCT s.person_id, f.left_id "
        f"FROM {one.sql_name} s JOIN main.forgotten f ON f.digest IN ({', '.join(made)}) "
        f"WHERE s.fate = {OK}"
    )


#: Columns that hold a person's id without saying that they refer to people.
_NAMING = ("person_id", "one_id", "other_id")
_COMPARED = ("given_name", "family_name", "email", "phone")


def _forgotten(one: Staged, column: Column, key: str) -> str:
    """Return SQL for who is forgotten among the ids of a staged column: `id`, `left_id`."""
    ids = f"SELECT DISTINCT {name(column.name)} AS id FROM {one.sql_name}"
    return (
        f"SELECT i.id, coalesce(f.left_id, b.left_id) AS left_id FROM ({ids}) i "
        f"LEFT JOIN main.forgotten f ON f.digest = sha256({literal(key)} || 'id:' || i.id) "
        "LEFT JOIN blocked b ON b.person_id = i.id "
        "WHERE coalesce(f.left_id, b.left_id) IS NOT NULL"
    )


def _replace(connection: duckdb.DuckDBPyConnection, one: Staged, column: Column, key: str) -> None:
    held = name(column.name)
    found = _forgotten(one, column, key)
    connection.execute(
        f"UPDATE {one.sql_name} SET {held} = gone.left_id FROM ({found}) gone "
        f"WHERE {one.sql_name}.{held} = gone.id"
    )


def _mentioning(one: Staged, key: str, region: str) -> str:
    """Return SQL for the malformed rows in which a forgotten person stands in any cell.

    Their cells may be in the wrong columns, and such rows are kept as they were written.
    """
    numbers = ", ".join(map(str, one.raw.malformed))
    held = ", ".join(f"c{i}" for i in range(len(one.raw.header)))
    # Without a name beside it, which may be in any cell.
    made = digests(
        key,
        "trim(cell)",
        given="NULL::VARCHAR",
        family="NULL::VARCHAR",
        email=keys.email_key("cell"),
        phone=keys.phone_key("cell", region),
    )
    return (
        f"SELECT row FROM (SELECT row, unnest([{held}]) AS cell "
        f"FROM ({raw_rows(one, numbers)})) c "
        f"JOIN main.forgotten f ON f.digest IN ({', '.join(made)})"
    )


def _mark(
    connection: duckdb.DuckDBPyConnection, staged: list[Staged], one: Staged, condition: str
) -> None:
    found = connection.execute(f"SELECT rowid FROM {one.sql_name} WHERE {condition}").fetchall()
    rows = [row for (row,) in found]
    for sibling in staged:
        if rows and sibling.raw is one.raw:
            connection.execute(
                f"UPDATE {sibling.sql_name} SET fate = {FORGOTTEN} "
                "WHERE rowid IN (SELECT unnest(?::BIGINT[]))",
                [rows],
            )
