"""Change a store: copy the current snapshot, change the copy, switch to it.

The order matters: checkpoint, close, sync, rename, and only then the pointer. A
process killed at any point leaves the old snapshot current and a draft that the next writer
removes.
"""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from organizing_analytics.errors import StoreError, WriteError
from organizing_analytics.private_files import (
    DRAFT_PREFIX,
    copy_privately,
    discard,
    make_private,
    remove_drafts,
    replace_file,
    write_durably,
)
from organizing_analytics.refusals import refusal
from organizing_analytics.schema import (
    CREATE_STORE,
    FORMAT,
    MIGRATIONS,
    SINCE_FORMAT,
    UNKEYED_FORMAT,
)
from organizing_analytics.settings import Settings
from organizing_analytics.sql import literal
from organizing_analytics.store import corrections, keyed_ids, unfinished
from organizing_analytics.store.history import record_change
from organizing_analytics.store.locking import one_at_a_time
from organizing_analytics.store.reading import CONFIG
from organizing_analytics.store.rekeying import key_ids
from organizing_analytics.store.snapshots import (
    Current,
    is_open,
    keep_rewritten,
    older_snapshots,
    point_to,
    read_current,
    remove_old,
    remove_retired,
    remove_when_closed,
    require_store,
    snapshot_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

LOCK_FILE = "load.lock"
HOLDER_FILE = "load.holder.json"
WAIT_SECONDS = 300.0
#: DuckDB holds no more of a writer's tables than this in memory and lays the rest down beside the
#: draft: on a laptop others work, too. What it needs besides grows with very large files.
MAX_MEMORY = "3 GB"


@dataclass
class Draft:
    """A copy of the current snapshot that a writer may change.

    Attributes
    ----------
    connection : DuckDB connection
        Open on the copy, which nobody else can see.
    folder : Path
        The store's folder.
    number : int
        The number that the snapshot gets when it is kept.
    is_first : bool
        Whether the store had no snapshot before.
    settings : Settings
        As they are now; set them anew to change them together with the snapshot.
    keep : bool
        Whether the copy becomes the current snapshot at the end.
    files : dict
        Path inside the store → text of a file to write together with the snapshot.
    warnings : list of str
        What did not go as it should after the snapshot was in force.
    action, summary : str
        What `oa history` says of the change; they name no person.
    key : str
        The store's key, which the connection knows (see keyed_ids.py).
    takes_place : bool
        Whether the snapshot takes the place of the one before, which is then removed: of many
        small changes in a row only the last is worth going back to.
    is_migrated : bool
        Whether the copy was brought up from an older format: worth keeping for that alone.
    """

    connection: duckdb.DuckDBPyConnection
    folder: Path
    number: int
    is_first: bool
    settings: Settings
    keep: bool = True
    files: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    action: str = "change"
    summary: str = ""
    key: str = ""
    takes_place: bool = False
    is_migrated: bool = False

    @property
    def current(self) -> int | None:
        """Return the number of the snapshot that the store is at when the writer has ended."""
        if self.keep:
            return self.number
        return None if self.is_first else self.number - 1


@contextmanager
def new_snapshot(
    folder: Path,
    *,
    wait_seconds: float = WAIT_SECONDS,
    afresh: bool = False,
    restored: int | None = None,
) -> Iterator[Draft]:
    """Give a draft to change; at the end it becomes the current snapshot.

    Whatever the block raises, or when it sets `keep` to False, the store stays as it was.

    Parameters
    ----------
    folder : Path
        The store's folder.
    wait_seconds : float
        How long to wait for another writer to end.
    afresh : bool
        Write the file anew: DuckDB leaves the bytes of deleted rows in a file.
    restored : int, optional
        The number of an older snapshot to copy in place of the current one.

    Raises
    ------
    StoreError
        The folder is not a store, another writer holds it, or the disk refuses.
    """
    with writing(folder, wait_seconds=wait_seconds):
        unfinished.finish(folder)
        with draft_of(folder, afresh=afresh, restored=restored) as draft:
            yield draft


@contextmanager
def writing(folder: Path, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the store's lock, and remove what killed writers left."""
    read_current(folder)  # refuse a foreign folder before anything is written to it
    _make_folder(folder)
    with disk_errors(folder), lock_store(folder, wait_seconds):
        stood = read_current(folder) or Current(0, Settings())
        remove_old(folder, stood.snapshot, keep=stood.settings.keep_snapshots)
        yield


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Say in words what the system or the engine refused, and what that left.

    Raises
    ------
    StoreError
        In place of the system's or the engine's error.
    """
    before = read_current(folder)
    try:
        yield
    except WriteError as error:
        raise StoreError(f"{error} {_outcome(folder, before)}") from error
    except (OSError, MemoryError, duckdb.OperationalError, duckdb.FatalException) as error:
        raise StoreError(f"{folder}: {refusal(error)} {_outcome(folder, before)}") from error


def _outcome(folder: Path, before: Current | None) -> str:
    """Return what a failed writer left, as the store itself tells it."""
    try:
        current = read_current(folder)
    except (OSError, StoreError):
        return "Look whether store.json is whole before you go on."
    if current is None or (before is not None and current.snapshot <= before.snapshot):
        return "Nothing was changed."
    return (
        f"Snapshot {current.snapshot} is in force all the same, but the system could not say "
        "whether it will outlast a power cut: load the same files again to be sure."
    )


@contextmanager
def draft_of(folder: Path, *, afresh: bool = False, restored: int | None = None) -> Iterator[Draft]:
    """Give a draft, as `new_snapshot` does, to a writer that holds the store's lock."""
    with disk_errors(folder):
        current = read_current(folder)
        remove_retired(folder, current.snapshot if current else 0)
        draft_file = folder / f"{DRAFT_PREFIX}{os.getpid()}-{secrets.token_hex(4)}.duckdb"
        try:
            yield from _fill(folder, draft_file, current, afresh=afresh, restored=restored)
        finally:
            remove_drafts(folder, draft_file.stem)


def _fill(
    folder: Path,
    draft_file: Path,
    current: Current | None,
    *,
    afresh: bool,
    restored: int | None,
) -> Iterator[Draft]:
    if current is not None:
        copy_privately(snapshot_file(folder, restored or current.snapshot), draft_file)
    connection = _connect(draft_file)
    try:
        make_private(draft_file)
        if current is None:
            _make_tables(connection)
            key = keyed_ids.usable_key(folder, connection)
        else:
            made_by = _format_of(connection) if restored else current.made_by
            key = _migrate(connection, folder, made_by=made_by)
        stood = current or Current(0, Settings())
        number, is_first = stood.snapshot + 1, current is None
        draft = Draft(connection, folder, number, is_first, stood.settings, key=key)
        draft.is_migrated = stood.made_by < FORMAT
        yield draft
        if draft.keep:
            record_change(
                connection,
                draft.number,
                action=draft.action,
                summary=draft.summary,
                settings=draft.settings,
            )
            connection.execute("CHECKPOINT")
    finally:
        connection.close()
    if draft.keep:
        if afresh:
            _write_afresh(draft_file)
        _publish(draft, draft_file)


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(path), config=CONFIG)
    connection.execute("SET TimeZone = 'UTC'")
    _hold_memory(connection)
    return connection


def _hold_memory(connection: duckdb.DuckDBPyConnection) -> None:
    limit = "parse_formatted_bytes(current_setting('memory_limit'))"
    is_more = f"SELECT {limit} > parse_formatted_bytes({literal(MAX_MEMORY)})"
    if connection.execute(is_more).fetchall()[0][0]:
        connection.execute(f"SET memory_limit = {literal(MAX_MEMORY)}")


def _make_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for statement in CREATE_STORE:
        connection.execute(statement)


def _migrate(connection: duckdb.DuckDBPyConnection, folder: Path, *, made_by: int) -> str:
    """Bring a draft up to this version's format and return the store's key."""
    for older in range(made_by, FORMAT):
        for statement in MIGRATIONS[older]:
            connection.execute(statement)
    key = keyed_ids.usable_key(folder, connection)
    if made_by <= UNKEYED_FORMAT:
        key_ids(connection)
    return key


def _publish(draft: Draft, draft_file: Path) -> None:
    wal = draft_file.with_name(draft_file.name + ".wal")
    if wal.exists():
        raise StoreError(f"{draft_file}: the snapshot was not written whole. Nothing was changed.")
    with draft_file.open("rb+") as file:
        os.fsync(file.fileno())
    keyed_ids.keep_key(draft.folder, draft.key)
    draft_file.rename(snapshot_file(draft.folder, draft.number))
    for name, text in draft.files.items():
        (draft.folder / name).parent.mkdir(mode=0o700, exist_ok=True)
        write_durably(draft.folder / name, text)
    point_to(draft.folder, Current(draft.number, draft.settings))
    corrections.bound(draft.folder, draft.files)
    if draft.takes_place:
        _remove_previous(draft)
    for path in remove_old(draft.folder, draft.number, keep=draft.settings.keep_snapshots):
        draft.warnings.append(
            f"{path}: this old snapshot cannot be removed. The next load tries again; what it "
            "holds takes room, and people who are forgotten later stay in it."
        )


def _remove_previous(draft: Draft) -> None:
    previous = snapshot_file(draft.folder, draft.number - 1)
    if previous.exists() and not is_open(previous):
        discard(previous)


def _write_afresh(path: Path) -> None:
    """Replace a database by one that holds the same rows and nothing else."""
    fresh = path.with_name(f"{path.stem}-afresh.duckdb")
    connection = duckdb.connect(config=CONFIG)
    try:
        _hold_memory(connection)
        connection.execute(f"SET temp_directory = {literal(f'{fresh}.tmp')}")
        connection.execute(f"ATTACH {literal(str(path))} AS kept (READ_ONLY)")
        connection.execute(f"ATTACH {literal(str(fresh))} AS fresh")
        make_private(fresh)
        connection.execute("COPY FROM DATABASE kept TO fresh")
        connection.execute("CHECKPOINT fresh")
    finally:
        connection.close()
    replace_file(fresh, path)


def rewrite_older(
    folder: Path, change: Callable[[duckdb.DuckDBPyConnection], None]
) -> tuple[list[int], list[int]]:
    """Change every older snapshot that nobody has open, and take the others out of use.

    Call it only while holding the store's lock.

    Returns
    -------
    (list of int, list of int)
        The numbers of the snapshots that were written anew, and of those that were open and
        are gone as soon as they are closed.
    """
    rewritten: list[int] = []
    removed: list[int] = []
    current = require_store(folder).snapshot
    for number in older_snapshots(folder, current):
        path = snapshot_file(folder, number)
        if is_open(path):
            remove_when_closed(path)
            removed.append(number)
        else:
            _rewrite(folder, path, change)
            rewritten.append(number)
    keep_rewritten(folder)
    return rewritten, removed


def _rewrite(folder: Path, path: Path, change: Callable[[duckdb.DuckDBPyConnection], None]) -> None:
    draft = folder / f"{DRAFT_PREFIX}{os.getpid()}-{secrets.token_hex(4)}.duckdb"
    copy_privately(path, draft)
    connection = _connect(draft)
    try:
        _migrate(connection, folder, made_by=_format_of(connection))
        change(connection)
        connection.execute("CHECKPOINT")
    finally:
        connection.close()
    _write_afresh(draft)
    replace_file(draft, path)


def _format_of(connection: duckdb.DuckDBPyConnection) -> int:
    rows = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    tables = {table for (table,) in rows}
    return max((f for f, table in SINCE_FORMAT.items() if table in tables), default=1)


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    try:
        folder.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise StoreError(f"{folder}: this folder cannot be made ({error.strerror}).") from error
    make_private(folder)


def lock_store(folder: Path, wait_seconds: float) -> AbstractContextManager[None]:
    """Hold the lock of those who write to a store.

    Raises
    ------
    StoreError
        Another holds it until the wait is over, or the folder cannot be written to.
    """

    def busy(who: str) -> StoreError:
        return StoreError(
            f"{folder}: another load is running ({who}). Waited {wait_seconds:.0f} seconds; try"
            " again when it has ended."
        )

    lock, holder = folder / LOCK_FILE, folder / HOLDER_FILE
    return one_at_a_time(lock, holder, refuse=busy, wait_seconds=wait_seconds)
