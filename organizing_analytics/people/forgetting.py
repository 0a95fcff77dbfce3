"""A person taken out of everything that a store keeps, for good.

What stays is a row without a name, so that counts of the past stay what they were, and digests
of the person's identifiers under a key of the store's own, so that an old export that is loaded
again does not bring the person back.

Forgetting takes several steps. What is to be done is written down first (`store/unfinished.py`):
after a kill or a full disk the next command that writes ends it, and so does asking again.
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb

from organizing_analytics.errors import OptionError, StoreError
from organizing_analytics.identity import keys
from organizing_analytics.identity.finding import resolve_person
from organizing_analytics.people.deciding import person_of, records_of
from organizing_analytics.people.refreshing import refresh_identity
from organizing_analytics.people.removing import (
    clean_reject_files,
    clean_rejects,
    keep_digests,
    keep_sharers,
    key_naming_ids,
    rename_listed,
    take_out,
)
from organizing_analytics.people.texts import (
    NamingText,
    empty_known_texts,
    empty_texts,
    namesakes,
    texts_that_name,
)
from organizing_analytics.people.traces import Traces, name_parts
from organizing_analytics.store import store_folder, unfinished
from organizing_analytics.store.copies import StoreCopy, copies_that_hold, inbox_files_that_mention
from organizing_analytics.store.keyed_ids import digest, keep_key
from organizing_analytics.store.log_lines import drop_people
from organizing_analytics.store.reading import CONFIG
from organizing_analytics.store.reports import reports_that_mention
from organizing_analytics.store.snapshots import (
    LEARNED_FILE,
    require_store,
    retire,
    snapshot_file,
)
from organizing_analytics.store.statements import remove_statements
from organizing_analytics.store.writing import draft_of, rewrite_older, writing

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path

    from organizing_analytics.settings import Settings
    from organizing_analytics.store import Draft

#: What an older snapshot needs of the current one, so that it knows who is forgotten, too.
_SHARED = ("forgotten", "forgotten_sharers", "keyed_ids", "emptied")


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
        Reports, letters and PDFs already written that mention the person: delete them yourself.
    unread : list of str
        PDFs that could not be looked into.
    copies : list of StoreCopy
        Backups, exports and lists already written that hold the person, or may.
    files : list of str
        Files that weekly runs took from an inbox and that name the person.
    texts : list of NamingText
        Texts of other rows that name the person, or may.
    texts_emptied : bool
        Whether the texts that surely do were emptied.
    namesakes : list of str
        Other records with the person's name, which nothing ties to them: they stay.
    """

    snapshot: int | None
    left: str
    records: int
    rejects: int = 0
    snapshots_rewritten: list[int] = field(default_factory=list)
    snapshots_removed: list[int] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    copies: list[StoreCopy] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    texts: list[NamingText] = field(default_factory=list)
    texts_emptied: bool = False
    namesakes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON."""
        return asdict(self)


def forget(
    person: str,
    *,
    store: str | os.PathLike[str] | None = None,
    empty_texts: bool = False,
) -> Forgotten:
    """Take a person out of every table, history, reject and kept snapshot.

    Parameters
    ----------
    person : str
        The id of the person, or of any record of theirs in a tool's list.
    store : path, optional
        The store's folder.
    empty_texts : bool
        Also empty the notes, titles and other texts of other rows that surely name the person.

    Returns
    -------
    Forgotten
        What was done. Who is forgotten already has 0 records.

    Raises
    ------
    OptionError, StoreError
        There is no such person; nothing was changed. Or the disk did not suffice: the message
        says what is left, and the next command that writes does it.
    """
    folder = store_folder(store)
    require_store(folder)
    with writing(folder):
        earlier = unfinished.finish(folder)
        with left_to_do(folder), draft_of(folder, afresh=True) as draft:
            draft.keep = False
            left = _forgotten_as(draft.connection, person)
            if left:
                if isinstance(earlier, Forgotten) and earlier.left == left:
                    return earlier
                copies = copies_that_hold(folder, left)
                return Forgotten(draft.current, left, 0, copies=copies)
            plan = _plan(draft, person, empty_texts=empty_texts)
            keep_key(folder, draft.key)
            unfinished.note(folder, "forget", plan)
            _apply(draft, plan)
        forgotten = finish(folder, plan)
        unfinished.clear(folder)
    return forgotten


@contextmanager
def left_to_do(folder: Path) -> Iterator[None]:
    """Say that a forgetting stopped by the disk is still to come; forget about any other one."""
    try:
        yield
    except StoreError as error:
        if (folder / unfinished.JOURNAL_FILE).exists():
            raise StoreError(
                f"{error} The person is forgotten by the next command that writes, once there is "
                "room; or ask again."
            ) from error
        raise
    except Exception:
        unfinished.clear(folder)  # nothing has changed yet, and it would fail again
        raise


def finish(folder: Path, plan: dict[str, Any]) -> Forgotten:
    """Do what is left of a forgetting, and return what was forgotten.

    Call it only while holding the store's lock.

    Raises
    ------
    StoreError
        The disk did not suffice. What is left stays written down.
    """
    traces, left = Traces.of(plan["traces"]), str(plan["left"])
    current = require_store(folder)
    if not _stands(snapshot_file(folder, current.snapshot), left):
        with draft_of(folder, afresh=True) as draft:
            _apply(draft, plan)
        current = require_store(folder)
    try:
        forgotten = Forgotten(current.snapshot, left, len(traces.records), int(plan["rejects"]))
        clean_reject_files(folder, traces)
        drop_people(folder, traces.records)
        shared = read_back(snapshot_file(folder, current.snapshot))
        with reading(snapshot_file(folder, current.snapshot)) as connection:
            forgotten.texts = texts_that_name(connection, traces)
            forgotten.namesakes = namesakes(connection, traces)
        forgotten.texts_emptied = bool(plan["empty_texts"])

        def change(older: duckdb.DuckDBPyConnection) -> None:
            share_rows(older, shared)
            _change_older(older, plan, current.settings)

        forgotten.snapshots_rewritten, forgotten.snapshots_removed = rewrite_older(folder, change)
        forgotten.reports, forgotten.unread = reports_that_mention(folder, plan["said"])
        forgotten.files = inbox_files_that_mention(folder, plan["said"])
        forgotten.copies = copies_that_hold(folder, left, set(traces.records))
    except (OSError, duckdb.Error) as error:
        raise StoreError(
            f"{folder}: {left} stands in the person's place, but older snapshots or rejected rows "
            f"could not be cleaned ({error}). The next command that writes does it, or ask again."
        ) from error
    return forgotten


def _plan(draft: Draft, person: str, *, empty_texts: bool) -> dict[str, Any]:
    """Return what is to be done, as the journal keeps it."""
    connection = draft.connection
    if person.startswith("forgotten:"):
        raise OptionError(f"{person}: is forgotten already.")
    region = draft.settings.phone_region
    person = resolve_person(connection, _stored(connection, person), region)
    records = records_of(connection, person_of(connection, person))
    traces, spellings = _traces(connection, records, region)
    return {
        "left": f"forgotten:{secrets.token_hex(6)}",
        "traces": traces.as_dict(),
        "said": spellings,
        "empty_texts": empty_texts,
        "rejects": 0,
    }


def _apply(draft: Draft, plan: dict[str, Any]) -> None:
    """Take the person out of a draft of the current snapshot."""
    connection, folder = draft.connection, draft.folder
    traces, left = Traces.of(plan["traces"]), str(plan["left"])
    keys.teach(connection, draft.settings.phone_region)
    key_naming_ids(connection, traces)
    rename_listed(connection)
    keep_digests(connection, traces, left, draft.settings.phone_region)
    take_out(connection, list(traces.records), left)
    keep_sharers(connection, traces, draft.settings.phone_region)
    plan["rejects"] = clean_rejects(connection, traces, remember=True)
    if plan["empty_texts"]:
        sure = [naming for naming in texts_that_name(connection, traces) if naming.is_sure]
        empty_texts(connection, sure, remember=True)
    refresh_identity(connection, draft.settings)
    draft.keep = True
    draft.action, draft.summary = "forget", "one person"
    unfinished.note(folder, "forget", plan)
    remove_statements(folder)  # some may name the person
    (folder / LEARNED_FILE).unlink(missing_ok=True)  # learned from the person, too
    retire(folder, when=draft.number)


def _traces(
    connection: duckdb.DuckDBPyConnection, records: list[str], region: str
) -> tuple[Traces, list[str]]:
    """Return what tells the person, and the texts by which a written page mentions them."""
    keys.teach(connection, region)
    rows = connection.execute(
        f"SELECT given_name, family_name, email, {keys.email_key('email')}, phone, "
        f"{keys.phone_key('phone', region)} FROM main.people WHERE person_id IN (SELECT unnest(?))",
        [records],
    ).fetchall()
    names = {
        parts
        for given_name, family_name, *_ in rows
        if (parts := name_parts(given_name, family_name))
    }
    emails = {mail for row in rows for mail in (row[3],) if mail}
    phones = {keys.national(row[5]) for row in rows if row[5]}
    # A tool's file has its own id of the person, without what loading puts before it.
    numbers = {r.rsplit(":", 1)[1] for r in records if r.count(":") > 1 and ":k" not in r}
    spellings = {text for row in rows for text in (row[2], row[4], row[5]) if text}
    for given_name, family_name, *_ in rows:
        if given_name and family_name:
            spellings |= {f"{given_name} {family_name}", f"{family_name}, {given_name}"}
        elif given_name and len(given_name.split()) > 1:
            spellings.add(given_name)
    spellings |= {record for record in records if len(record) > 5}  # noqa: PLR2004
    traces = Traces(
        tuple(records), tuple(sorted(numbers)), tuple(sorted(emails)), tuple(sorted(phones)),
        tuple(sorted(names)),
    )  # fmt: skip
    return traces, sorted(spellings)


def _stored(connection: duckdb.DuckDBPyConnection, person: str) -> str:
    """Return the id that the store has for an id as a file may write it."""
    query = "SELECT person_id FROM main.people WHERE person_id IN (?, keyed_id(?)) ORDER BY 1"
    rows = connection.execute(query, [person, person]).fetchall()
    return str(rows[0][0]) if len(rows) == 1 else person


def _forgotten_as(connection: duckdb.DuckDBPyConnection, person: str) -> str | None:
    """Return the row that stands in the place of somebody who is forgotten already."""
    stand_ins = connection.execute(
        f"SELECT left_id FROM main.forgotten WHERE digest IN ({digest('id', '$1')}, "
        f"{digest('id', 'lower($1)')}, {digest('id', 'keyed_id($1)')}, "
        + digest("email", "lower(trim($1)) || ':'")
        + ") "
        "AND NOT EXISTS (SELECT 1 FROM main.people WHERE person_id = $1 OR lower(email) = "
        "lower(trim($1)))",
        [person],
    ).fetchall()
    return str(stand_ins[0][0]) if stand_ins else None


def _stands(snapshot: Path, left: str) -> bool:
    with reading(snapshot) as connection:
        query = "SELECT 1 FROM main.people WHERE person_id = ?"
        return bool(connection.execute(query, [left]).fetchall())


@contextmanager
def reading(snapshot: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a snapshot for reading."""
    connection = duckdb.connect(str(snapshot), read_only=True, config=CONFIG)
    try:
        yield connection
    finally:
        connection.close()


def read_back(snapshot: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return what older snapshots need of the current one."""
    with reading(snapshot) as connection:
        held = {
            row[0]
            for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        }
        return {
            table: connection.execute(f"SELECT * FROM main.{table}").fetchall()
            if table in held
            else []
            for table in _SHARED
        }


def share_rows(
    connection: duckdb.DuckDBPyConnection, rows_of: dict[str, list[tuple[Any, ...]]]
) -> None:
    """Write into an older snapshot what it needs of the current one."""
    for table, rows in rows_of.items():
        connection.execute(f"DELETE FROM main.{table}")
        if rows:
            marks = ", ".join("?" for _ in rows[0])
            connection.executemany(f"INSERT INTO main.{table} VALUES ({marks})", rows)


def _change_older(
    connection: duckdb.DuckDBPyConnection, plan: dict[str, Any], settings: Settings
) -> None:
    """Take the person out of an older snapshot, which knows already who is forgotten."""
    traces = Traces.of(plan["traces"])
    keys.teach(connection, settings.phone_region)
    rename_listed(connection)
    take_out(connection, list(traces.records), plan["left"])
    clean_rejects(connection, traces, remember=False)
    empty_known_texts(connection)
    refresh_identity(connection, settings)


def is_blocking(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether somebody was forgotten, or a text emptied, so that loads must look."""
    queries = ("SELECT 1 FROM main.forgotten", "SELECT 1 FROM main.emptied")
    return any(connection.execute(f"{query} LIMIT 1").fetchall() for query in queries)
