"""Rows of people who were forgotten do not come back with an old export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.identity import keys
from organizing_analytics.identity.forgetting import digests
from organizing_analytics.loading.sql import literal, name
from organizing_analytics.loading.staging import FORGOTTEN, OK, Staged

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
                _mark(connection, staged, one, column, key)


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


def _mark(
    connection: duckdb.DuckDBPyConnection,
    staged: list[Staged],
    one: Staged,
    column: Column,
    key: str,
) -> None:
    held = name(column.name)
    found = _forgotten(one, column, key)
    rows = [
        row[0]
        for row in connection.execute(
            f"SELECT rowid FROM {one.sql_name} WHERE fate = {OK} "
            f"AND {held} IN (SELECT id FROM ({found}))"
        ).fetchall()
    ]
    for sibling in staged:
        if rows and sibling.raw is one.raw:
            connection.execute(
                f"UPDATE {sibling.sql_name} SET fate = {FORGOTTEN} "
                "WHERE rowid IN (SELECT unnest(?::BIGINT[]))",
                [rows],
            )
