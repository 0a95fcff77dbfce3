"""Texts of other rows that name a person: found, listed for a human, and emptied.

A title, a team's name or a note may name anybody. Only a human can tell what of it may go, so
`oa forget` lists them; `--empty-texts` and `oa empty` empty them. An emptied text does not come
back when the file that held it is loaded again: a digest of it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from organizing_analytics.model import BY_NAME, NOTES, TABLES
from organizing_analytics.people.traces import name_parts
from organizing_analytics.store.keyed_ids import digest

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.model import Table
    from organizing_analytics.people.traces import Traces

#: What stands in a required column whose text was emptied.
EMPTIED = "(removed)"
#: Columns in which a part of a name is worth a look.
_PROSE = (*NOTES, "title", "name", "location", "ask_for", "values", "skills", "available", "why")
#: A namesake's name is the namesake's.
_NAMES = ("given_name", "family_name")
#: How much of a text is shown.
SHOWN = 120


@dataclass(frozen=True)
class NamingText:
    """A text that names, or may name, the person.

    Attributes
    ----------
    table, column, id : str
        Where it stands; `id` is the row's key.
    text : str
        Its beginning.
    is_sure : bool
        Whether it has the whole name, the address, the phone or the id; otherwise only a part of
        the name.
    """

    table: str
    column: str
    id: str
    text: str
    is_sure: bool


def free_texts(table: Table) -> list[str]:
    """Return the columns of a table that may hold anybody's words."""
    return [
        column.name
        for column in table.every_column
        if column.kind == "text"
        and not column.allowed
        and not column.refers_to
        and column.name not in table.key
        and column.name not in _NAMES
    ]


def key_of_row(table: str) -> str:
    """Return SQL for the text by which a row is named: its id, or the parts of its key."""
    return " || ' + ' || ".join(f'"{part}"::VARCHAR' for part in BY_NAME[table].key)


def texts_that_name(connection: duckdb.DuckDBPyConnection, traces: Traces) -> list[NamingText]:
    """Return the texts in all tables that name the person, or may."""
    return [
        naming
        for table in TABLES
        for column in free_texts(table)
        for naming in _in_column(connection, table, column, traces)
    ]


def namesakes(connection: duckdb.DuckDBPyConnection, traces: Traces) -> list[str]:
    """Return the ids of other records with the person's name.

    A record with neither address nor phone is tied to nobody: it may be the same person's.
    """
    name = "concat_ws(' ', given_name, family_name)"
    rows = [
        row
        for _, family in traces.names
        for row in connection.execute(
            "SELECT person_id, given_name, family_name FROM main.people "
            f"WHERE source <> 'forgotten' AND contains(lower(strip_accents({name})), ?)",
            [family.split()[-1]],
        ).fetchall()
    ]
    return sorted(
        {
            record_id
            for record_id, given_name, family_name in rows
            if name_parts(given_name, family_name) in traces.names
        }
    )


def _in_column(
    connection: duckdb.DuckDBPyConnection, table: Table, column: str, traces: Traces
) -> list[NamingText]:
    key = key_of_row(table.name)
    # The engine picks what may name the person; few rows are left to look at.
    plain = f'lower(strip_accents("{column}"))'
    tests = [f"contains({plain}, ?)" for _ in traces.texts]
    tests += [
        f"contains(regexp_replace(\"{column}\", '[^0-9]', '', 'g'), ?)" for _ in traces.phones
    ]
    if not tests:
        return []
    rows = connection.execute(
        f'SELECT {key}, "{column}" FROM main."{table.name}" WHERE {" OR ".join(tests)} ORDER BY 1',
        [*traces.texts, *traces.phones],
    ).fetchall()
    named = []
    for identifier, text in rows:
        is_shared = table.name == "people" and traces.is_exactly(text)
        is_sure = traces.are_in(text)
        may_be = column in _PROSE and traces.may_be_in(text)
        if (is_sure or may_be) and not is_shared and not (table.name == "people" and not is_sure):
            named.append(NamingText(table.name, column, identifier, text[:SHOWN], is_sure))
    return named


def empty_texts(
    connection: duckdb.DuckDBPyConnection, texts: list[NamingText], *, remember: bool
) -> None:
    """Empty texts; with `remember`, also when they are loaded again."""
    for naming in texts:
        table = BY_NAME[naming.table]
        column = f'"{naming.column}"'
        key = key_of_row(table.name)
        where = f'FROM main."{table.name}" WHERE {key} = ? AND {column} IS NOT NULL'
        if remember:
            connection.execute(
                f"INSERT INTO main.emptied SELECT ?, ?, {digest('text', column)} {where}",
                [naming.table, naming.column, naming.id],
            )
        value = f"'{EMPTIED}'" if naming.column in table.required else "NULL"
        connection.execute(
            f'UPDATE main."{table.name}" SET {column} = {value} WHERE {key} = ?', [naming.id]
        )


def empty_known_texts(connection: duckdb.DuckDBPyConnection) -> None:
    """Empty, in another snapshot, the texts whose digests it has."""
    for table, column in connection.execute(
        'SELECT DISTINCT "table", "column" FROM main.emptied'
    ).fetchall():
        if table in BY_NAME:
            value = f"'{EMPTIED}'" if column in BY_NAME[table].required else "NULL"
            connection.execute(
                f'UPDATE main."{table}" SET "{column}" = {value} WHERE {is_emptied(table, column)}'
            )


def is_emptied(table: str, column: str) -> str:
    """Return the condition that a text is one that was emptied."""
    digests = (
        f"SELECT digest FROM main.emptied WHERE \"table\" = '{table}' AND \"column\" = '{column}'"
    )
    return f"{digest('text', chr(34) + column + chr(34))} IN ({digests})"
