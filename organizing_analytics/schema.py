"""The database of a snapshot: the DuckDB statements that create its tables, and its format.

`model` says which tables a campaign has; this module turns them into DuckDB's types, adds the
tables in which the package keeps its own records, and brings older databases up to date. The
store runs these statements without knowing what the tables hold.
"""

from __future__ import annotations

from textwrap import dedent

from organizing_analytics.model import BY_NAME, CROSSWALKS, TABLES, Kind, Table
from organizing_analytics.sql import name

#: Raised when the tables change in a way that an older version cannot read.
FORMAT = 4
#: The last format that kept ids made from personal data as they were.
UNKEYED_FORMAT = 2

#: DuckDB type of each kind of column.
SQL_TYPES: dict[Kind, str] = {
    "text": "VARCHAR",
    "flag": "BOOLEAN",
    "whole": "INTEGER",
    "number": "DOUBLE",
    "moment": "TIMESTAMP",
    "day": "DATE",
    "week": "VARCHAR",
    "zone": "VARCHAR",
}


def column_types(table: Table) -> dict[str, str]:
    """Return the columns of a table in a store, in order, with their DuckDB types."""
    return {
        **{column.name: SQL_TYPES[column.kind] for column in table.every_column},
        **{day.name: "DATE" for day in table.local_dates},
        "source": "VARCHAR",
    }


def create_table(table: Table, *, as_name: str | None = None) -> str:
    """Return the statement that creates an empty table, under its own name or another.

    Examples
    --------
    >>> create_table(CROSSWALKS, as_name="links")
    'CREATE TABLE "links" ("kind" VARCHAR, "one_id" VARCHAR, "other_id" VARCHAR, "source" VARCHAR)'
    """
    columns = ", ".join(f"{name(column)} {kind}" for column, kind in column_types(table).items())
    return f"CREATE TABLE {name(as_name or table.name)} ({columns})"


#: Who and what is the same across tools (see the identity package).
IDENTITY = (
    create_table(CROSSWALKS),
    "CREATE TABLE person_merges (record_id VARCHAR, person_id VARCHAR, why VARCHAR)",
    dedent("""\
        CREATE TABLE person_doubts (
            doubt INTEGER, shared VARCHAR, "value" VARCHAR, record_id VARCHAR
        )"""),
    dedent("""\
        CREATE TABLE person_decisions (
            kind VARCHAR, one_id VARCHAR, other_id VARCHAR, decided_at TIMESTAMP
        )"""),
    create_table(BY_NAME["people"], as_name="merged_people"),
    "CREATE TABLE signup_twins (signup_id VARCHAR, kept_id VARCHAR)",
    dedent("""\
        CREATE TABLE signup_facts (
            signup_id VARCHAR, attended BOOLEAN, recruiter_id VARCHAR, role VARCHAR,
            channel VARCHAR, signed_up_at TIMESTAMP, signed_up_on DATE, confirmed_at TIMESTAMP,
            status VARCHAR, cancelled_at TIMESTAMP
        )"""),
    "CREATE TABLE forgotten (digest VARCHAR, left_id VARCHAR, forgotten_at TIMESTAMP)",
)

#: Draws and who is in which group (see the experiments package).
EXPERIMENTS = (
    dedent("""\
        CREATE TABLE experiments (
            name VARCHAR, arms VARCHAR, seed BIGINT, started_on DATE, ends_on DATE
        )"""),
    "CREATE TABLE experiment_people (name VARCHAR, person_id VARCHAR, arm VARCHAR)",
)

#: What was loaded, what was rejected, and each team with every team above it (see loading).
LOADS = (
    dedent("""\
        CREATE TABLE loads (
            snapshot INTEGER, loaded_at TIMESTAMP, file VARCHAR, "table" VARCHAR, source VARCHAR,
            rows BIGINT, new BIGINT, updated BIGINT, unchanged BIGINT, skipped BIGINT,
            rejected BIGINT
        )"""),
    dedent("""\
        CREATE TABLE rejects (
            snapshot INTEGER, file VARCHAR, "row" BIGINT, "table" VARCHAR, "column" VARCHAR,
            "value" VARCHAR, reason VARCHAR, raw VARCHAR
        )"""),
    "CREATE TABLE team_lines (team_id VARCHAR, ancestor_id VARCHAR)",
)

#: One row for each change; its number is that of the snapshot that the change made (see
#: store/history). A store made before it existed gets the table with its next change.
CREATE_CHANGES = dedent("""\
    CREATE TABLE IF NOT EXISTS changes (
        snapshot INTEGER, changed_at TIMESTAMP, action VARCHAR, summary VARCHAR, settings VARCHAR
    )""")

#: The files whose times without a UTC offset were read by the campaign's time zone, and which
#: zone that was. A store made before it existed gets the table with its next load.
CREATE_CLOCK_FILES = "CREATE TABLE IF NOT EXISTS clock_files (file VARCHAR, zone VARCHAR)"

#: Ids and digests under the store's key (see `store/keyed_ids.py`): the key's fingerprint; rows
#: whose keyed id files write in another form; texts that were emptied; who stays although they
#: share an address or phone with somebody who was forgotten.
KEYED = (
    "CREATE TABLE store_key (fingerprint VARCHAR)",
    'CREATE TABLE keyed_ids ("table" VARCHAR, id VARCHAR)',
    'CREATE TABLE emptied ("table" VARCHAR, "column" VARCHAR, digest VARCHAR)',
    "CREATE TABLE forgotten_sharers (digest VARCHAR)",
)

#: Replies to lines of to-do lists, each with what its line was about (see the logbook package).
LOGBOOK = (
    dedent("""\
        CREATE TABLE log_replies (
            number BIGINT, code VARCHAR, word VARCHAR, happened_at TIMESTAMP, again_on DATE,
            notes VARCHAR,
            by_id VARCHAR, way VARCHAR, received_at TIMESTAMP, action VARCHAR, person_id VARCHAR,
            team_id VARCHAR, organizer_id VARCHAR, ask_id VARCHAR, shift_id VARCHAR,
            signup_id VARCHAR, meeting_id VARCHAR, ask_for VARCHAR
        )"""),
)

#: Every statement that a new store's database is created with.
CREATE_STORE = (
    *(create_table(table) for table in TABLES), *LOADS, *IDENTITY, *EXPERIMENTS, *KEYED,
    *LOGBOOK,
)  # fmt: skip


def _added_columns(table: str, *columns: str) -> tuple[str, ...]:
    return tuple(
        f"ALTER TABLE {name(table)} ADD COLUMN IF NOT EXISTS {name(c)} VARCHAR" for c in columns
    )


#: The statements that bring a database of a format up to the next one. What no statement alone can
#: do follows them (`store/rekeying.py`).
MIGRATIONS = {
    1: ("ALTER TABLE signups ADD COLUMN status_raw VARCHAR", *IDENTITY, *EXPERIMENTS),
    2: KEYED,
    3: (
        *_added_columns("people", "organizer_id", "values", "skills", "available"),
        *_added_columns("merged_people", "organizer_id", "values", "skills", "available"),
        *_added_columns("events", "why"),
        *_added_columns("meetings", "we_promised", "they_promised"),
        create_table(BY_NAME["assignments"]),
        create_table(BY_NAME["feedback"]),
        *_added_columns("contacts", "notes"),
        *_added_columns("signup_facts", "status"),
        "ALTER TABLE signup_facts ADD COLUMN IF NOT EXISTS cancelled_at TIMESTAMP",
        *LOGBOOK,
    ),
}

#: Tables that a database has from a format on.
SINCE_FORMAT = {2: "person_merges", 3: "store_key", 4: "assignments"}
