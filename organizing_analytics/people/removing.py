"""The steps of forgetting: rows, ids, digests and rejected rows."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from organizing_analytics.identity import keys
from organizing_analytics.model import BY_NAME, NOTES, TABLES
from organizing_analytics.sql import literal, name
from organizing_analytics.store.corrections import rewrite
from organizing_analytics.store.keyed_ids import digest
from organizing_analytics.store.renaming import WITH_ID, places_of, rename
from organizing_analytics.store.snapshots import REJECTS_FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from organizing_analytics.people.traces import Traces


def take_out(connection: duckdb.DuckDBPyConnection, records: list[str], left: str) -> None:
    """Put `left` in the place of the person's records in all tables; empty what was noted."""
    for number, record in enumerate(records):
        _rename_check_ins(connection, record, left if not number else f"{left}-{number}")
    for table in TABLES:
        held = [c.name for c in table.columns if c.refers_to == "people"]
        emptied = "".join(f", {c} = NULL" for c in NOTES if c in table.column_names)
        for column in held:
            connection.execute(
                f"UPDATE main.{name(table.name)} SET {name(column)} = ?{emptied} "
                f"WHERE {name(column)} IN (SELECT unnest(?))",
                [left, records],
            )
    for holder, column in (
        ("experiment_people", "person_id"),
        ("signup_facts", "recruiter_id"),
        ("merged_people", "organizer_id"),
        ("log_replies", "by_id"),
        ("log_replies", "organizer_id"),
    ):
        connection.execute(
            f"UPDATE main.{holder} SET {column} = ? WHERE {column} IN (SELECT unnest(?))",
            [left, records],
        )
    for holder, column, _ in places_of("people"):
        if holder not in BY_NAME or holder == "people":
            connection.execute(
                f"DELETE FROM main.{holder} WHERE {column} IN (SELECT unnest(?))", [records]
            )
    connection.execute(
        "INSERT INTO main.people (person_id, source) SELECT $1, 'forgotten' "
        "WHERE NOT EXISTS (SELECT 1 FROM main.people WHERE person_id = $1)",
        [left],
    )


def _rename_check_ins(connection: duckdb.DuckDBPyConnection, record: str, left: str) -> None:
    """Give the marks of lists from the door, whose ids are made from the person's, another id.

    They are found by the whole id: part of one may be part of anybody's.
    """
    prefix = "'check_in:' || shift_id || ':' || "
    rename(
        connection,
        "signups",
        connection.execute(
            f"SELECT signup_id, {prefix} ? FROM main.signups WHERE signup_id = {prefix} ?",
            [left, record],
        ).fetchall(),
    )


def key_naming_ids(connection: duckdb.DuckDBPyConnection, traces: Traces) -> None:
    """List the ids that hold something that tells the person: they become keyed ids."""
    records = list(traces.records)
    for table in WITH_ID:
        key = BY_NAME[table].key[0]
        held = [c.name for c in BY_NAME[table].columns if c.refers_to == "people"]
        is_own = " OR ".join(f"{column} IN (SELECT unnest($1))" for column in held) or "false"
        may_name = " OR ".join(
            [f"contains(lower(strip_accents({key})), {literal(text)})" for text in traces.texts]
            + [f"contains(regexp_replace({key}, '[^0-9]', '', 'g'), '{p}')" for p in traces.phones]
        )
        rows = connection.execute(
            f"SELECT {key}, {is_own} AND {len(records)} > 0 FROM main.{table} "
            f"WHERE ({is_own}) OR {may_name or 'false'}"
            if held
            else f"SELECT {key}, false FROM main.{table} WHERE {may_name or 'false'}",
            [records] if held else [],
        ).fetchall()
        naming = [
            identifier
            for identifier, own in rows
            if not (table == "people" and identifier in traces.records)
            and not identifier.startswith("check_in:")
            and traces.are_in_id(identifier, is_own=bool(own) and table != "people")
        ]
        if naming:
            connection.execute(
                "INSERT INTO main.keyed_ids SELECT ?, keyed_id(unnest(?::VARCHAR[]))",
                [table, naming],
            )


def rename_listed(connection: duckdb.DuckDBPyConnection) -> None:
    """Give their keyed ids to rows that still have another form of a listed one."""
    listed = connection.execute('SELECT DISTINCT "table" FROM main.keyed_ids').fetchall()
    for (table,) in listed:
        key = BY_NAME[table].key[0]
        rename(
            connection,
            table,
            f"SELECT t.{key} AS old_id, k.id AS new_id FROM main.{table} t "
            f"JOIN main.keyed_ids k ON k.id = keyed_id(t.{key}) AND k.\"table\" = '{table}'",
        )


def keep_digests(
    connection: duckdb.DuckDBPyConnection, traces: Traces, left: str, region: str
) -> None:
    """Keep the digests by which the person is known when a file is loaded again."""
    records = list(traces.records)
    of_person = "FROM main.people WHERE person_id IN (SELECT unnest($2))"
    email, phone = keys.email_key("email"), keys.phone_key("phone", region)
    # On a list from the door the person may stand by name alone, and was found by the sign-up.
    called = keys.name_key("concat_ws(' ', p.given_name, p.family_name)")
    walk_in = keys.walk_in_key("''", "''", called, "s.shift_id")
    # A plain filter goes below the product of the two tables; a subquery's does not.
    at_door = (
        f"SELECT {digest('id', f'keyed_id({walk_in})')} FROM main.people p, main.signups s "
        "WHERE list_contains($2::VARCHAR[], p.person_id) "
        f"AND list_contains($2::VARCHAR[], s.person_id) AND {called} <> ''"
    )
    picked = " UNION ".join(
        [
            f"SELECT {digest('id', 'person_id')} AS digest {of_person}",
            f"SELECT {digest('id', 'lower(person_id)')} {of_person}",
            f"SELECT {digest('email', email + chr(32) + CLOSED)} {of_person}",
            f"SELECT {digest('phone', phone + chr(32) + CLOSED)} {of_person}",
            at_door,
        ]
    )
    connection.execute(
        f"INSERT INTO main.forgotten SELECT digest, $1, timezone('UTC', now()) FROM ({picked}) "
        "WHERE digest IS NOT NULL",
        [left, records],
    )
    # The person may have been kept before, as a sharer of somebody forgotten: no longer.
    own = keys.name_key("concat_ws(' ', given_name, family_name)")
    for shared in (
        digest("id", "person_id"),
        digest("email", f"{email} || ':' || {own}"),
        digest("phone", f"{phone} || ':' || {own}"),
    ):
        connection.execute(
            f"DELETE FROM main.forgotten_sharers WHERE digest IN (SELECT {shared} FROM main.people "
            "WHERE person_id IN (SELECT unnest(?)))",
            [records],
        )


#: What follows an address or number in its digest; a name may follow in that of a sharer.
CLOSED = "|| ':'"


def keep_sharers(connection: duckdb.DuckDBPyConnection, traces: Traces, region: str) -> None:
    """Keep the digests of those who share the person's address, phone or id but for its case.

    They stay, and stay recognized: by their ids, and by the address or phone with their names.
    """
    email, phone = keys.email_key("email"), keys.phone_key("phone", region)
    whole = keys.name_key("concat_ws(' ', given_name, family_name)")
    forgotten = "IN (SELECT digest FROM main.forgotten)"
    by_email, by_phone = digest("email", f"{email} {CLOSED}"), digest("phone", f"{phone} {CLOSED}")
    others = "FROM main.people WHERE source <> 'forgotten' AND"
    like = f"(email IS NOT NULL AND {by_email} {forgotten})"
    # Only numbers that end alike are worth a look: telling a phone's full form takes long.
    endings = [f"contains(regexp_replace(phone, '[^0-9]', '', 'g'), '{p}')" for p in traces.phones]
    called = f"CASE WHEN {' OR '.join(endings) or 'false'} THEN {by_phone} {forgotten} END"
    same_id = f"{digest('id', 'lower(person_id)')} {forgotten}"
    lower = f"lower(person_id) IN (SELECT lower(unnest($1))) AND {same_id}"
    connection.execute(
        "INSERT INTO main.forgotten_sharers "
        f"SELECT {digest('id', 'person_id')} {others} ({like} OR {called} OR ({lower})) "
        f"UNION SELECT {digest('email', f'{email} || {COLON} || {whole}')} {others} {like} "
        f"AND {whole} <> '' "
        f"UNION SELECT {digest('phone', f'{phone} || {COLON} || {whole}')} {others} {called} "
        f"AND {whole} <> ''",
        [list(traces.records)],
    )


COLON = "':'"


def clean_rejects(connection: duckdb.DuckDBPyConnection, traces: Traces, *, remember: bool) -> int:
    """Remove rejected rows that are about the person or name them; return how many.

    With `remember`, the same rows are not kept when they are rejected again.
    """
    rows = connection.execute(
        "SELECT rowid, raw, coalesce(\"value\", ''), reason FROM main.rejects"
    ).fetchall()
    gone = [
        row
        for row, raw, value, reason in rows
        if traces.are_in_row({**json.loads(raw), " value": value}) or traces.are_in(reason)
    ]
    where = "FROM main.rejects WHERE rowid IN (SELECT unnest(?::BIGINT[]))"
    if remember:
        connection.execute(
            f"INSERT INTO main.emptied SELECT DISTINCT 'rejects', 'raw', {digest('text', 'raw')} "
            f"{where}",
            [gone],
        )
    connection.execute(f"DELETE {where}", [gone])
    return len(gone)


def clean_reject_files(folder: Path, traces: Traces) -> None:
    """Remove the person's rows from the files in which rejected rows are corrected."""
    for path in sorted((folder / REJECTS_FOLDER).glob("*.csv")):
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        rows_of_others = [
            row for row in rows[1:] if not traces.are_in_row(dict(zip(rows[0], row, strict=False)))
        ]
        if len(rows_of_others) < len(rows) - 1:
            out = io.StringIO(newline="")
            csv.writer(out, lineterminator="\n").writerows([rows[0], *rows_of_others])
            rewrite(path, out.getvalue())
