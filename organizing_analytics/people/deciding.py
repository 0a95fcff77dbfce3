"""What a human says about people: these two are one, this one is nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from organizing_analytics.errors import OptionError
from organizing_analytics.identity.finding import resolve_person
from organizing_analytics.people.refreshing import refresh_identity
from organizing_analytics.store import new_snapshot, store_folder
from organizing_analytics.store.snapshots import require_store

if TYPE_CHECKING:
    import os

    import duckdb
    import pandas as pd

    from organizing_analytics.store import Store

#: How many people of one doubt are shown; a phone of the office is shared by many.
SHOWN = 20

#: Kind of decision → what `oa history` says of it.
_DECISIONS = {
    "together": ("join", "two records are one person"),
    "alone": ("split", "one record is a person of its own"),
}


@dataclass(frozen=True)
class Decision:
    """What came of a decision."""

    snapshot: int | None
    person_id: str
    records: tuple[str, ...]


def people_merges(store: Store) -> pd.DataFrame:
    """Return who was merged, and who may be one person and needs a human.

    Returns
    -------
    DataFrame
        `state` (`merged`, `undecided`), `person_id` (the person's id; of an undecided one its
        own), `record_id`, `source`, `name`, `email`, `phone`, `why`.
    """
    named = "nullif(trim(concat_ws(' ', p.given_name, p.family_name)), '') AS name"
    query = (
        "WITH members AS (SELECT record_id, person_id, why FROM main.person_merges "
        "UNION SELECT person_id, person_id, '' FROM main.person_merges) "
        "SELECT 'merged' AS state, m.person_id, m.record_id, p.source, "
        f"{named}, p.email, p.phone, nullif(m.why, '') AS why, 0 AS doubt "
        "FROM members m JOIN main.people p ON p.person_id = m.record_id "
        "UNION ALL SELECT 'undecided', coalesce(m.person_id, d.record_id), d.record_id, p.source, "
        f"{named}, p.email, p.phone, 'same ' || d.shared, d.doubt FROM main.person_doubts d "
        "JOIN main.people p ON p.person_id = d.record_id "
        "LEFT JOIN main.person_merges m ON m.record_id = d.record_id "
        f"QUALIFY row_number() OVER (PARTITION BY d.doubt ORDER BY d.record_id) <= {SHOWN} "
        "ORDER BY state, doubt, person_id, record_id"
    )
    return _ask(store, query).drop(columns="doubt", errors="ignore")


def signup_twins(store: Store) -> pd.DataFrame:
    """Return sign-ups that two tools have and that disagree.

    Returns
    -------
    DataFrame
        `signup_id` (which stays), `other_id`, `person_id`, `starts_at`, `status`, `other_status`,
        `attended`, `other_attended`, `counted` (the attendance that counts).
    """
    query = (
        "SELECT k.signup_id, o.signup_id AS other_id, "
        "coalesce(m.person_id, k.person_id) AS person_id, "
        "h.starts_at, k.status, o.status AS other_status, k.attended, "
        "o.attended AS other_attended, coalesce(f.attended, k.attended) AS counted "
        "FROM main.signup_twins t JOIN main.signups k ON k.signup_id = t.kept_id "
        "JOIN main.signups o ON o.signup_id = t.signup_id "
        "LEFT JOIN main.signup_facts f ON f.signup_id = k.signup_id "
        "LEFT JOIN main.person_merges m ON m.record_id = k.person_id "
        "JOIN main.shifts h ON h.shift_id = k.shift_id "
        # A list from the door knows nothing of the status.
        "WHERE (o.status <> k.status AND o.source <> 'check_in') "
        "OR o.attended <> k.attended ORDER BY h.starts_at, k.signup_id, o.signup_id"
    )
    return _ask(store, query)


def _ask(store: Store, query: str) -> pd.DataFrame:
    if store.has_identity:
        return store.connection.execute(query).df()
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame()  # made by an older version, and not loaded into since


def join_people(
    first: str, second: str, *, store: str | os.PathLike[str] | None = None
) -> Decision:
    """Make two records one person, whatever their names; it holds for all later loads.

    Raises
    ------
    OptionError, StoreError
        There is no such record, or they are the same. Nothing was changed.
    """
    return _decide("together", (first, second), store)


def split_person(record: str, *, store: str | os.PathLike[str] | None = None) -> Decision:
    """Make a record a person of its own; no later load merges it again.

    Raises
    ------
    OptionError, StoreError
        There is no such record. Nothing was changed.
    """
    return _decide("alone", (record,), store)


def _decide(kind: str, records: tuple[str, ...], path: str | os.PathLike[str] | None) -> Decision:
    folder = store_folder(path)
    require_store(folder)
    with new_snapshot(folder) as draft:
        is_joining = kind == "together"
        draft.action = "join" if is_joining else "split"
        draft.summary = (
            "two records, one person" if is_joining else "one record, a person of its own"
        )
        connection = draft.connection
        region = draft.settings.phone_region
        records = tuple(resolve_person(connection, record, region) for record in records)
        if len(set(records)) < len(records):
            raise OptionError(f"{records[0]}: give two different records to join.")
        held = list(records)
        # The last word counts: joining takes back a split, splitting takes back a joining.
        connection.execute(
            "DELETE FROM main.person_decisions WHERE kind <> ? AND (one_id IN (SELECT unnest(?)) "
            "OR other_id IN (SELECT unnest(?)))",
            [kind, held, held],
        )
        other = records[1] if len(records) > 1 else None
        connection.execute(
            "INSERT INTO main.person_decisions SELECT ?, ?, ?, timezone('UTC', now()) WHERE NOT "
            "EXISTS (SELECT 1 FROM main.person_decisions WHERE kind = ? AND one_id = ? "
            "AND other_id IS NOT DISTINCT FROM ?)",
            [kind, records[0], other, kind, records[0], other],
        )
        refresh_identity(connection, draft.settings)
        person = person_of(connection, records[0])
        group = records_of(connection, person)
    return Decision(draft.current, person, tuple(group))


def person_of(connection: duckdb.DuckDBPyConnection, record: str) -> str:
    """Return the id of the person whom a record is part of."""
    first_records = connection.execute(
        "SELECT person_id FROM main.person_merges WHERE record_id = ?", [record]
    ).fetchall()
    return str(first_records[0][0]) if first_records else record


def records_of(connection: duckdb.DuckDBPyConnection, person: str) -> list[str]:
    """Return all records of a person, the first one first."""
    merged_records = connection.execute(
        "SELECT record_id FROM main.person_merges WHERE person_id = ? ORDER BY 1", [person]
    ).fetchall()
    return [person, *(row[0] for row in merged_records)]
