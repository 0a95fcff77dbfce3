"""One person whom a sheet spells in several ways is signed up for a shift once.

A sheet has no ids: that of a person is made from the e-mail or phone and the name, so "Maria Lopez"
and "María López" of one e-mail are two records. `identity` takes them for one person; here their
sign-ups for one shift become one, so that rows which contradict each other are rejected. The row
that was there first gives the id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.identity import keys
from organizing_analytics.loading.staging import OK
from organizing_analytics.sql import literal

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.loading.staging import Staged

#: How ids begin that are made from what a sheet says.
_PERSON, _SIGNUP = "sheet:contact:", "sheet:signup:"
_FIELDS = ("given_name", "family_name", "email", "phone")
#: How many rows a note names.
SHOWN = 3


def join_same_people(
    connection: duckdb.DuckDBPyConnection, staged: list[Staged], *, region: str
) -> list[str]:
    """Give one id to the sign-ups of one person for one shift, and return notes.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where the staged tables and the store are.
    staged : list of Staged
        The staged tables of one load, before their keys are checked.
    region : str
        Country whose phone numbers are written without a country code.
    """
    people = [table for table in staged if table.table.name == "people" and table.reading.is_sheet]
    signups = [table for table in staged if table.table.name == "signups"]
    signups = [table for table in signups if table.reading.is_sheet]
    if not people or not signups or not _has_spellings(connection, people):
        return []
    _find_spellings(connection, region)
    return [note for table in signups if (note := _join_signups(connection, table))]


def _rows(people: list[Staged]) -> str:
    """Return SQL for the people of sheets, those of the store among them."""
    parts = []
    for number, table in enumerate(people):
        filled = {column.name for column in table.columns}
        fields = ", ".join(f"{c if c in filled else 'NULL::VARCHAR'} AS {c}" for c in _FIELDS)
        parts.append(
            f"SELECT person_id, {fields}, {number} AS file, rowid AS row FROM {table.sql_name} "
            f"WHERE fate = {OK} AND starts_with(person_id, {literal(_PERSON)})"
        )
    parts.append(
        f"SELECT person_id, {', '.join(_FIELDS)}, -1, rowid FROM main.people "
        f"WHERE starts_with(person_id, {literal(_PERSON)})"
    )
    return " UNION ALL ".join(parts)


#: A loose key, which costs little: nearly no contact has two records.
_CONTACT = "coalesce(nullif(lower(email), ''), right(regexp_replace(phone, '[^0-9]', '', 'g'), 10))"


def _has_spellings(connection: duckdb.DuckDBPyConnection, people: list[Staged]) -> bool:
    """Return whether a contact has several records, and keep those in `spelled_people`."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE spelled_people AS "
        f"WITH rows AS (SELECT *, {_CONTACT} AS contact FROM ({_rows(people)})), "
        "several AS (SELECT contact FROM rows GROUP BY contact "
        "HAVING min(person_id) <> max(person_id)) "
        "SELECT * FROM rows WHERE contact IN (FROM several)"
    )
    return bool(connection.execute("SELECT 1 FROM spelled_people LIMIT 1").fetchall())


def _find_spellings(connection: duckdb.DuckDBPyConnection, region: str) -> None:
    """Make `same_people`: ids of records that are one person, and the one that was there first."""
    phone = keys.usable_phone_key(connection, "spelled_people", region)
    contact = f"coalesce({keys.email_key('email')}, {phone})"
    full_name = keys.name_key("concat_ws(' ', given_name, family_name)")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE same_people AS SELECT DISTINCT person_id AS old_id, "
        "first(person_id) OVER (PARTITION BY contact, full_name ORDER BY file, row) AS new_id "
        f"FROM (SELECT person_id, {contact} AS contact, {full_name} AS full_name, file, row "
        "FROM spelled_people) WHERE contact IS NOT NULL AND full_name <> ''"
    )


def _join_signups(connection: duckdb.DuckDBPyConnection, table: Staged) -> str:
    """Join a table's sign-ups and return a note; empty where nothing is joined."""
    role = "coalesce(role, '')" if "role" in table.feed.cells else "''"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE same_signups AS SELECT id AS old_id, new_id, new_person "
        "FROM (SELECT id, first(id) OVER same AS new_id, first(held_id) OVER same AS new_person, "
        "bool_or(is_stored) OVER (PARTITION BY id) AS is_in_store FROM ("
        "SELECT g.*, p.new_id AS person FROM ("
        f"SELECT signup_id AS id, shift_id, person_id AS held_id, {role} AS role, rowid AS row, "
        f"false AS is_stored FROM {table.sql_name} WHERE fate = {OK} UNION ALL "
        "SELECT signup_id, shift_id, person_id, coalesce(role, ''), rowid, true FROM main.signups "
        f"WHERE starts_with(signup_id, {literal(_SIGNUP)})) g "
        "JOIN same_people p ON p.old_id = g.held_id) "
        "WINDOW same AS (PARTITION BY shift_id, person, role ORDER BY is_stored DESC, row, id)) "
        "WHERE NOT is_in_store AND id <> new_id GROUP BY ALL"
    )
    rows = connection.execute(
        f"SELECT rowid FROM {table.sql_name} SEMI JOIN same_signups ON signup_id = old_id "
        f"WHERE fate = {OK} ORDER BY rowid"
    ).fetchall()
    if not rows:
        return ""
    connection.execute(
        f"UPDATE {table.sql_name} AS s SET signup_id = a.new_id, person_id = a.new_person "
        "FROM same_signups a WHERE s.signup_id = a.old_id"
    )
    numbers = list(dict.fromkeys(table.raw.row_number(row) for (row,) in rows))
    more = f" and {len(numbers) - SHOWN:,} more" if len(numbers) > SHOWN else ""
    return (
        f"{table.raw.name} row{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers[:SHOWN]))}"
        f"{more}: a person whose name is spelled another way in this shift, counted once."
    )
