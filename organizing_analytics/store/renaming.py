"""An id that changes, in every table that holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.model import BY_NAME, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

#: Tables whose rows have an id of their own.
WITH_ID: tuple[str, ...] = tuple(
    t.name for t in TABLES if t.key[0].endswith("_id") and len(t.key) == 1
)

#: Where the store's own tables hold ids: (table, column, condition).
_BOOKKEEPING: dict[str, tuple[tuple[str, str, str], ...]] = {
    "people": (
        ("person_merges", "record_id", ""),
        ("person_merges", "person_id", ""),
        ("person_doubts", "record_id", ""),
        ("person_decisions", "one_id", ""),
        ("person_decisions", "other_id", ""),
        ("merged_people", "person_id", ""),
        ("merged_people", "organizer_id", ""),
        ("signup_facts", "recruiter_id", ""),
        ("experiment_people", "person_id", ""),
        ("crosswalks", "one_id", "kind = 'person'"),
        ("crosswalks", "other_id", "kind = 'person'"),
        ("log_replies", "person_id", ""),
    ),
    "signups": (
        ("signup_twins", "signup_id", ""),
        ("signup_twins", "kept_id", ""),
        ("signup_facts", "signup_id", ""),
        ("crosswalks", "one_id", "kind = 'signup'"),
        ("crosswalks", "other_id", "kind = 'signup'"),
        ("log_replies", "signup_id", ""),
    ),
    "teams": (
        ("merged_people", "team_id", ""),
        ("team_lines", "team_id", ""),
        ("team_lines", "ancestor_id", ""),
        ("log_replies", "team_id", ""),
    ),
    "asks": (("log_replies", "ask_id", ""),),
    "meetings": (("log_replies", "meeting_id", ""),),
    "shifts": (("log_replies", "shift_id", ""),),
}


def places_of(table: str) -> list[tuple[str, str, str]]:
    """Return each (table, column, condition) that holds ids of `table`, its own key first."""
    own = [(table, BY_NAME[table].key[0], "")]
    references = [
        (other.name, column.name, "")
        for other in TABLES
        for column in other.columns
        if column.refers_to == table
    ]
    return [*own, *references, *_BOOKKEEPING.get(table, ())]


def rename(
    connection: duckdb.DuckDBPyConnection, table: str, pairs: str | Iterable[tuple[str, str]]
) -> None:
    """Give rows of a table other ids, everywhere.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Open on a draft.
    table : str
        A table of `WITH_ID`.
    pairs : str or iterable of (str, str)
        The old and the new ids; or a query for them, columns `old_id` and `new_id`. A new id
        that another row has already is left out.
    """
    renames = f"renames_{table}"
    if isinstance(pairs, str):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {renames} AS {pairs}")
    else:
        both = list(pairs)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {renames} AS "
            "SELECT unnest(?::VARCHAR[]) AS old_id, unnest(?::VARCHAR[]) AS new_id",
            [[old for old, _ in both], [new for _, new in both]],
        )
    key = BY_NAME[table].key[0]
    connection.execute(
        f"DELETE FROM {renames} WHERE new_id IS NULL OR old_id = new_id "
        f"OR new_id IN (SELECT {key} FROM main.{table})"
    )
    if connection.execute(f"SELECT 1 FROM {renames} LIMIT 1").fetchall():
        check_ins = _check_in_pairs(table)
        if check_ins:  # before the ids that they are made from have changed
            connection.execute(f"CREATE OR REPLACE TEMP TABLE check_in_pairs AS {check_ins}")
        for holder, column, condition in places_of(table):
            connection.execute(
                f'UPDATE main."{holder}" AS t SET "{column}" = r.new_id FROM {renames} r '
                f'WHERE t."{column}" = r.old_id' + (f" AND {condition}" if condition else "")
            )
        if check_ins:
            rename(connection, "signups", "FROM check_in_pairs")
    connection.execute(f"DROP TABLE {renames}")


def _check_in_pairs(table: str) -> str:
    """Return SQL for the marks of lists from the door whose ids contain a renamed id."""
    ids = {
        "people": ("t.person_id", "t.shift_id", "r.new_id"),
        "shifts": ("t.shift_id", "r.new_id", "t.person_id"),
    }
    if table not in ids:
        return ""
    held, shift, person = ids[table]
    return (
        f"SELECT t.signup_id AS old_id, 'check_in:' || {shift} || ':' || {person} AS new_id "
        f"FROM main.signups t JOIN renames_{table} r ON r.old_id = {held} "
        "WHERE t.signup_id = 'check_in:' || t.shift_id || ':' || t.person_id"
    )
