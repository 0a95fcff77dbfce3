"""A person taken out of everything that a store keeps, for good.

What stays is a row without a name, so that counts of the past stay what they were, and digests
of the person's identifiers under a key of the store's own, so that an old export that is loaded
again does not bring the person back.
"""

from __future__ import annotations

import csv
import io
import json
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import OptionError
from organizing_analytics.identity import keys
from organizing_analytics.identity.deciding import person_of, records_of
from organizing_analytics.identity.finding import resolve_person
from organizing_analytics.identity.refresh import refresh
from organizing_analytics.model import TABLES
from organizing_analytics.private_files import write_durably
from organizing_analytics.store import new_snapshot, store_folder
from organizing_analytics.store.reports import reports_that_mention
from organizing_analytics.store.snapshots import REJECTS_FOLDER, require_store, retire
from organizing_analytics.store.writing import rewrite_older
from organizing_analytics.wording import plain_name

if TYPE_CHECKING:
    import os
    from pathlib import Path

    import duckdb

#: A column of a tool that holds a person's number has one of these in its name.
_OF_PEOPLE = ("person", "user", "van", "member", "contact")
KEY_FILE = "forget.key"


@dataclass
class Forgotten:
    """What was done, and what is left for the user to do.

    Attributes
    ----------
    snapshot : int or None
        The store's current snapshot.
    left : str
        The id of the row without a name that stays.
    records : int
        How many records the person had in the tools' lists.
    rejects : int
        How many rejected rows were removed.
    snapshots_rewritten, snapshots_removed : list of int
        Older snapshots without the person; those that were open somewhere and are gone as soon
        as they are closed.
    reports : list of str
        Reports already written that mention the person: delete them yourself.
    """

    snapshot: int | None
    left: str
    records: int
    rejects: int = 0
    snapshots_rewritten: list[int] = field(default_factory=list)
    snapshots_removed: list[int] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON."""
        return asdict(self)


@dataclass(frozen=True)
class _Traces:
    """What tells the person, in the words that the lists used.

    `words` tell the person anywhere; `numbers`, a tool's own, only in a column about people.
    """

    records: tuple[str, ...]
    words: frozenset[str]
    numbers: frozenset[str]
    names: tuple[tuple[str, str], ...]

    def are_in(self, row: dict[str, object]) -> bool:
        """Tell whether a raw row is about the person."""
        held = {
            plain_name(str(column)): str(value).strip().casefold()
            for column, value in row.items()
            if value is not None
        }
        values = set(held.values())
        if values & self.words:
            return True
        if any(v in self.numbers and any(w in c for w in _OF_PEOPLE) for c, v in held.items()):
            return True
        return any(
            {given, family} <= values
            or f"{given} {family}" in values
            or f"{family}, {given}" in values
            for given, family in self.names
        )


def forget(person: str, *, store: str | os.PathLike[str] | None = None) -> Forgotten:
    """Take a person out of every table, history, reject and kept snapshot.

    Parameters
    ----------
    person : str
        The id of the person, or of any record of theirs in a tool's list.
    store : path, optional
        The store's folder.

    Raises
    ------
    OptionError, StoreError
        There is no such person. Nothing was changed.
    """
    folder = store_folder(store)
    require_store(folder)
    with new_snapshot(folder, afresh=True) as draft:
        draft.action, draft.summary = "forget", "one person"
        connection = draft.connection
        person = resolve_person(connection, person, draft.settings.phone_region)
        if person.startswith("forgotten:"):
            raise OptionError(f"{person}: is forgotten already.")
        records = records_of(connection, person_of(connection, person))
        region = draft.settings.phone_region
        keys.teach(connection, region)
        traces = _traces(connection, records, region)
        done = Forgotten(draft.number, f"forgotten:{secrets.token_hex(6)}", len(records))
        _keep_digests(connection, records, done.left, store_key(folder, make=True), region)
        take_out(connection, records, done.left)
        done.rejects = _clean_rejects(connection, traces)
        refresh(connection, draft.settings)
        retire(folder, when=draft.number)
    _clean_reject_files(folder, traces)
    done.snapshots_rewritten, done.snapshots_removed = rewrite_older(
        folder, lambda older: _change_older(older, traces, done.left)
    )
    done.reports = reports_that_mention(folder, _said(traces))
    return done


def _traces(connection: duckdb.DuckDBPyConnection, records: list[str], region: str) -> _Traces:
    found = connection.execute(
        "SELECT person_id, given_name, family_name, email, phone, "
        f"{keys.phone_key('phone', region)} FROM main.people WHERE person_id IN (SELECT unnest(?))",
        [records],
    ).fetchall()
    words = {str(word).strip().casefold() for row in found for word in (row[0], *row[3:]) if word}
    # A tool's file has its own id of the person, without what loading puts before it.
    numbers = {r.rsplit(":", 1)[1] for r in records if ":contact:" not in r and r.count(":") > 1}
    names = {
        (str(given).strip().casefold(), str(family).strip().casefold())
        for _, given, family, *_ in found
        if given and family
    }
    return _Traces(tuple(records), frozenset(words), frozenset(numbers), tuple(sorted(names)))


def _said(traces: _Traces) -> list[str]:
    """Return the texts by which a written page is known to mention the person."""
    mails = [word for word in traces.words if "@" in word]
    ids = [record for record in traces.records if len(record) > 5]  # noqa: PLR2004
    return [*mails, *ids, *(f"{given} {family}" for given, family in traces.names)]


def take_out(connection: duckdb.DuckDBPyConnection, records: list[str], left: str) -> None:
    """Put `left` in the place of the person's records in all tables; empty what was noted."""
    for table in TABLES:
        held = [c.name for c in table.columns if c.refers_to == "people"]
        notes = [c for c in ("notes",) if c in table.column_names]
        for column in held if table.name != "people" else []:
            emptied = [f"{note} = NULL" for note in notes]
            put = ", ".join([f'"{column}" = ?', *emptied])
            connection.execute(
                f'UPDATE main."{table.name}" SET {put} WHERE "{column}" IN (SELECT unnest(?))',
                [left, records],
            )
    connection.execute(
        "UPDATE main.experiment_people SET person_id = ? WHERE person_id IN (SELECT unnest(?))",
        [left, records],
    )
    for number, record in enumerate(records):
        _rename_check_ins(connection, record, left if not number else f"{left}-{number}")
    for kept, column in (
        ("person_merges", "record_id"),
        ("person_merges", "person_id"),
        ("person_doubts", "record_id"),
        ("person_decisions", "one_id"),
        ("person_decisions", "other_id"),
        ("merged_people", "person_id"),
        ("crosswalks", "one_id"),
        ("crosswalks", "other_id"),
        ("people", "person_id"),
    ):
        connection.execute(
            f"DELETE FROM main.{kept} WHERE {column} IN (SELECT unnest(?))", [records]
        )
    connection.execute(
        "INSERT INTO main.people (person_id, source) VALUES (?, 'forgotten')", [left]
    )


def _rename_check_ins(connection: duckdb.DuckDBPyConnection, record: str, left: str) -> None:
    """Give the marks of lists from the door, whose ids are made from the person's, another id.

    They are found by the whole id: part of one may be part of anybody's.
    """
    made = "'check_in:' || shift_id || ':' || "
    marks = connection.execute(
        f"SELECT signup_id, {made} ? FROM main.signups WHERE signup_id = {made} ?", [left, record]
    ).fetchall()
    for old, new in marks:
        for table in ("signups", "signup_statuses", "contacts", "signup_facts", "signup_twins"):
            connection.execute(
                f"UPDATE main.{table} SET signup_id = ? WHERE signup_id = ?", [new, old]
            )


def _change_older(connection: duckdb.DuckDBPyConnection, traces: _Traces, left: str) -> None:
    connection.execute("DROP SCHEMA IF EXISTS merged CASCADE")
    take_out(connection, list(traces.records), left)
    _clean_rejects(connection, traces)


def _clean_rejects(connection: duckdb.DuckDBPyConnection, traces: _Traces) -> int:
    gone = [
        row
        for row, raw in connection.execute("SELECT rowid, raw FROM main.rejects").fetchall()
        if traces.are_in(json.loads(raw))
    ]
    connection.execute(
        "DELETE FROM main.rejects WHERE rowid IN (SELECT unnest(?::BIGINT[]))", [gone]
    )
    return len(gone)


def _clean_reject_files(folder: Path, traces: _Traces) -> None:
    for path in sorted((folder / REJECTS_FOLDER).glob("*.csv")):
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        kept = [row for row in rows[1:] if not traces.are_in(dict(zip(rows[0], row, strict=False)))]
        if len(kept) < len(rows) - 1:
            out = io.StringIO(newline="")
            csv.writer(out, lineterminator="\n").writerows([rows[0], *kept])
            write_durably(path, out.getvalue())


def store_key(folder: Path, *, make: bool = False) -> str | None:
    """Return the key under which digests of forgotten people are kept; None when there is none."""
    path = folder / KEY_FILE
    with suppress(OSError):
        return path.read_text(encoding="ascii").strip()
    if not make:
        return None
    write_durably(path, secrets.token_hex(32) + "\n")
    return path.read_text(encoding="ascii").strip()


def is_blocking(connection: duckdb.DuckDBPyConnection, folder: Path) -> str | None:
    """Return the key when somebody was forgotten, so that loads must look; else None."""
    if not connection.execute("SELECT 1 FROM main.forgotten LIMIT 1").fetchall():
        return None
    return store_key(folder)


def digests(key: str, person: str, *, given: str, family: str, email: str, phone: str) -> list[str]:
    """Return SQL for the digests by which a record is known as forgotten.

    By its id; by an e-mail or phone with the name, since a couple may share them; and by an
    e-mail or phone alone where the record has no name.
    """
    name = f"trim({keys.name_key(given)} || ' ' || {keys.name_key(family)})"
    secret = "'" + key + "'"
    return [
        f"sha256({secret} || 'id:' || {person})",
        f"sha256({secret} || 'email:' || {email} || ':' || {name})",
        f"sha256({secret} || 'phone:' || {phone} || ':' || {name})",
    ]


def _keep_digests(
    connection: duckdb.DuckDBPyConnection,
    records: list[str],
    left: str,
    key: str | None,
    region: str,
) -> None:
    email, phone = keys.email_key("email"), keys.phone_key("phone", region)
    made = digests(
        str(key), "person_id", given="given_name", family="family_name", email=email, phone=phone
    )
    alone = [f"sha256('{key}' || 'email:' || {email} || ':')"]
    alone.append(f"sha256('{key}' || 'phone:' || {phone} || ':')")
    picked = " UNION ".join(
        f"SELECT {digest} AS digest FROM main.people WHERE person_id IN (SELECT unnest($1))"
        for digest in (*made, *alone)
    )
    connection.execute(
        f"INSERT INTO main.forgotten SELECT digest, $2, timezone('UTC', now()) FROM ({picked}) "
        "WHERE digest IS NOT NULL",
        [records, left],
    )
