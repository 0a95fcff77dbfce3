"""Rows of people who were forgotten do not come back with an old export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.identity import keys
from organizing_analytics.loading.staging import FORGOTTEN, OK, Staged, raw_rows
from organizing_analytics.model import NOTES
from organizing_analytics.people.texts import EMPTIED, is_emptied
from organizing_analytics.sql import name
from organizing_analytics.store.keyed_ids import digest

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.model import Column

#: Columns that hold a person's id without saying that they refer to people.
_NAMING = ("person_id", "one_id", "other_id")
_COMPARED = ("given_name", "family_name", "email", "phone")
#: A cell may hold several addresses, or several numbers.
_ADDRESS = r"[^\s,;:<>()\[\]\"]+@[^\s,;:<>()\[\]\"]+"
_NUMBER_ENDS = "[,;/|]"


def block(
    connection: duckdb.DuckDBPyConnection, staged_tables: list[Staged], *, region: str
) -> None:
    """Mark the rows of forgotten people as skipped, in every table that they feed.

    Whoever holds a forgotten id, e-mail address or phone number is forgotten, whatever the row
    calls them, unless it is somebody else who held it, too, and stayed. Where a row only names
    them (who recruited, who asked), the row without a name that was left stands in their place.
    """
    keys.teach(connection, region)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE blocked (row BIGINT, person_id VARCHAR, left_id VARCHAR)"
    )
    for staged in staged_tables:
        if staged.table.name == "people":
            rows = _find(connection, staged, region)
            _mark(connection, staged_tables, staged, rows)
    for staged in staged_tables:
        for column in staged.columns:
            if column.refers_to == "people" and not column.must_exist:
                _replace(connection, staged, column)
            elif column.refers_to == "people" or column.name in _NAMING:
                held = f"{name(column.name)} IN (SELECT id FROM ({_forgotten(staged, column)}))"
                _mark(
                    connection,
                    staged_tables,
                    staged,
                    _rows(connection, staged, f"fate = {OK} AND {held}"),
                )
    for staged in staged_tables:
        if staged.is_main and staged.raw.malformed:
            rows = _rows(connection, staged, f"rowid IN ({_mentioning(staged, region)})")
            _mark(connection, staged_tables, staged, rows)
        _empty_texts(connection, staged)


def _find(connection: duckdb.DuckDBPyConnection, staged: Staged, region: str) -> list[int]:
    """Return the rows of people who hold a forgotten identifier, and note their ids in `blocked`.

    The id of somebody who stands in the store is not noted: rows that refer to it stay.
    """
    filled = {column.name for column in staged.columns}
    given_name, family_name, email, phone = (
        f"s.{c}" if c in filled else "NULL::VARCHAR" for c in _COMPARED
    )
    whole = keys.name_key(f"concat_ws(' ', {given_name}, {family_name})")
    by_id = f"{digest('id', 'h.person_id')}, {digest('id', 'lower(h.person_id)')}"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE held AS "
        f"SELECT s.rowid AS row, s.person_id, {whole} AS name, {email} AS email, {phone} AS phone "
        f"FROM {staged.sql_name} s WHERE s.fate = {OK}"
    )
    holders = connection.execute(
        f"WITH marks AS (SELECT row, unnest([{by_id}]) AS mark, NULL AS named FROM held h "
        f"UNION ALL SELECT row, {digest('email', _closed('address'))}, "
        f"{digest('email', _named('address'))} FROM ({_addresses('held')}) "
        f"UNION ALL SELECT row, {digest('phone', _closed('number'))}, "
        f"{digest('phone', _named('number'))} FROM ({_numbers('held', region)})), "
        "holders AS (SELECT DISTINCT m.row, f.left_id FROM marks m "
        "JOIN main.forgotten f ON f.digest = m.mark "
        "WHERE m.named IS NULL OR m.named NOT IN (SELECT digest FROM main.forgotten_sharers)) "
        f"SELECT h.row, h.person_id, d.left_id, "
        "EXISTS (SELECT 1 FROM main.people p WHERE p.person_id = h.person_id) "
        "FROM held h JOIN holders d ON d.row = h.row "
        f"WHERE {digest('id', 'h.person_id')} NOT IN (SELECT digest FROM main.forgotten_sharers)"
    ).fetchall()
    fresh = [(row, person, left) for row, person, left, is_known in holders if not is_known]
    if fresh:
        connection.execute(
            "INSERT INTO blocked SELECT unnest(?::BIGINT[]), unnest(?::VARCHAR[]), "
            "unnest(?::VARCHAR[])",
            [list(column) for column in zip(*fresh, strict=True)],
        )
    connection.execute("DROP TABLE held")
    return sorted({row for row, *_ in holders})


def _closed(text: str) -> str:
    return f"{text} || ':'"


def _named(text: str) -> str:
    return f"{text} || ':' || name"


def _addresses(cells: str) -> str:
    """Return SQL for each address in the column `email`."""
    whole = keys.email_key("email")
    return (
        f"SELECT * EXCLUDE (email), unnest(list_distinct(list_append(regexp_extract_all("
        f"lower(email), '{_ADDRESS}'), {whole}))) AS address FROM {cells} WHERE email IS NOT NULL"
    )


def _numbers(cells: str, region: str) -> str:
    """Return SQL for each number, in its full form, in the column `phone`."""
    parts = f"unnest(string_split_regex(phone, '{_NUMBER_ENDS}'))"
    return (
        f"SELECT * EXCLUDE (part), {keys.phone_key('part', region)} AS number FROM "
        f"(SELECT * EXCLUDE (phone), {parts} AS part FROM {cells} WHERE phone IS NOT NULL "
        f"UNION SELECT * EXCLUDE (phone), phone FROM {cells} WHERE phone IS NOT NULL)"
    )


def _forgotten(staged: Staged, column: Column) -> str:
    """Return SQL for who is forgotten among the ids of a staged column: `id`, `left_id`."""
    ids = f"SELECT DISTINCT {name(column.name)} AS id FROM {staged.sql_name}"
    # Each mark in a row of its own: the join is then one by hash, also for a million ids.
    marks = (
        f"SELECT id, {digest('id', 'id')} AS own, unnest([{digest('id', 'id')}, "
        f"{digest('id', 'lower(id)')}]) AS mark FROM ({ids}) WHERE id IS NOT NULL"
    )
    return (
        "SELECT id, any_value(left_id) AS left_id FROM ("
        f"SELECT m.id, f.left_id FROM ({marks}) m JOIN main.forgotten f ON f.digest = m.mark "
        "WHERE m.own NOT IN (SELECT digest FROM main.forgotten_sharers) "
        f"UNION ALL SELECT i.id, b.left_id FROM ({ids}) i JOIN blocked b ON b.person_id = i.id"
        ") GROUP BY id"
    )


def _replace(connection: duckdb.DuckDBPyConnection, staged: Staged, column: Column) -> None:
    """Put who is left in the place of a forgotten person; what they noted stays away, too."""
    held = name(column.name)
    filled = {c.name for c in staged.columns}
    notes = "".join(f", {column} = NULL" for column in NOTES if column in filled)
    connection.execute(
        f"UPDATE {staged.sql_name} SET {held} = gone.left_id{notes} "
        f"FROM ({_forgotten(staged, column)}) gone WHERE {staged.sql_name}.{held} = gone.id"
    )


def _mentioning(staged: Staged, region: str) -> str:
    """Return SQL for the malformed rows in which a forgotten person stands in any cell.

    Their cells may be in the wrong columns, and such rows are kept as they were written.
    """
    numbers = ", ".join(map(str, staged.raw.malformed))
    held = ", ".join(f"c{i}" for i in range(len(staged.raw.header)))
    cells = f"(SELECT row, unnest([{held}]) AS cell FROM ({raw_rows(staged, numbers)}))"
    as_email, as_phone = (
        f"(SELECT row, cell AS email FROM {cells})",
        (f"(SELECT row, cell AS phone FROM {cells})"),
    )
    return (
        f"SELECT row FROM (SELECT row, unnest([{digest('id', 'trim(cell)')}, "
        f"{digest('id', 'lower(trim(cell))')}]) AS mark FROM {cells} "
        f"UNION ALL SELECT row, {digest('email', _closed('address'))} "
        f"FROM ({_addresses(as_email)}) "
        f"UNION ALL SELECT row, {digest('phone', _closed('number'))} "
        f"FROM ({_numbers(as_phone, region)})) m JOIN main.forgotten f ON f.digest = m.mark"
    )


def _empty_texts(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """Empty the texts that were emptied in the store."""
    columns = connection.execute(
        'SELECT DISTINCT "column" FROM main.emptied WHERE "table" = ?', [staged.table.name]
    ).fetchall()
    filled = {column.name: column for column in staged.columns}
    for (column,) in columns:
        if column in filled:
            value = f"'{EMPTIED}'" if filled[column].required else "NULL"
            connection.execute(
                f"UPDATE {staged.sql_name} SET {name(column)} = {value} "
                f"WHERE {is_emptied(staged.table.name, column)}"
            )


def _rows(connection: duckdb.DuckDBPyConnection, staged: Staged, condition: str) -> list[int]:
    rows = connection.execute(f"SELECT rowid FROM {staged.sql_name} WHERE {condition}").fetchall()
    return [row for (row,) in rows]


def _mark(
    connection: duckdb.DuckDBPyConnection,
    staged_tables: list[Staged],
    staged: Staged,
    rows: list[int],
) -> None:
    for sibling in staged_tables:
        if rows and sibling.raw is staged.raw:
            connection.execute(
                f"UPDATE {sibling.sql_name} SET fate = {FORGOTTEN} "
                "WHERE rowid IN (SELECT unnest(?::BIGINT[]))",
                [rows],
            )
