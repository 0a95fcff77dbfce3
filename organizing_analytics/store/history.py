"""What changed a store, change by change: each snapshot says what made it.

The table `changes` travels from snapshot to snapshot, so the current snapshot holds the whole
history. It names no person: what a change was about is told by its action and its counts.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from organizing_analytics.schema import CREATE_CHANGES
from organizing_analytics.settings import Settings, settings_of
from organizing_analytics.store.reading import CONFIG
from organizing_analytics.store.snapshots import require_store, snapshot_file, store_folder

if TYPE_CHECKING:
    import os
    from pathlib import Path


#: What `oa history` says of each file of a load.
LOAD_COLUMNS = (
    "file", "table", "source", "rows", "new", "updated", "unchanged", "skipped", "rejected",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One change of a store.

    Attributes
    ----------
    snapshot : int
        The number of the snapshot that the change made.
    changed_at : datetime
        When, in UTC.
    action : str
        What was done: load, join, split, settings, experiment, forget, undo, …
    summary : str
        One sentence fragment that names no person, like "2 files: 40 new rows, 3 updated".
    settings : Settings or None
        The campaign's settings after the change; None where an older version did not write them
        down.
    """

    snapshot: int
    changed_at: datetime
    action: str
    summary: str
    settings: Settings | None = None


@dataclass(frozen=True)
class HistoryEntry:
    """One line of `oa history`.

    Attributes
    ----------
    snapshot : int
        The number of the snapshot that the change made.
    changed_at : str
        When, in UTC, as ISO text; empty where it is not known.
    action, summary : str
        What was done.
    files : list of dict
        What a load brought: file, table, source, rows, new, updated, unchanged, skipped, rejected.
    is_current, is_kept : bool
        Whether the store is at this snapshot, and whether its file is still there to go back to.
    """

    snapshot: int
    changed_at: str
    action: str
    summary: str
    files: list[dict[str, Any]]
    is_current: bool
    is_kept: bool


def record_change(
    connection: duckdb.DuckDBPyConnection,
    snapshot: int,
    *,
    action: str,
    summary: str,
    settings: Settings,
) -> None:
    """Write down which change makes the next snapshot."""
    connection.execute(CREATE_CHANGES)
    connection.execute(
        "INSERT INTO main.changes VALUES (?, timezone('UTC', now()), ?, ?, ?)",
        [snapshot, action, summary, json.dumps(asdict(settings))],
    )


def read_changes(folder: Path, snapshot: int) -> list[Change]:
    """Return the changes up to a snapshot, the oldest first; none where it knows of none."""
    rows = _rows(folder, snapshot, "changes", "SELECT * FROM main.changes ORDER BY snapshot")
    return [
        Change(number, moment, action, summary, settings_of(json.loads(settings)))
        for number, moment, action, summary, settings in rows
    ]


def store_history(store: str | os.PathLike[str] | None = None) -> list[HistoryEntry]:
    """Return what changed a store, the newest change first.

    Parameters
    ----------
    store : path, optional
        The store's folder; default ORGANIZING_STORE, else data/store.

    Returns
    -------
    list of HistoryEntry
        Every change that is known, and every snapshot whose file is kept.

    Raises
    ------
    StoreError
        There is no store, the folder is not one, or a newer version made it.
    """
    folder = store_folder(store)
    current = require_store(folder).snapshot
    changes = {change.snapshot: change for change in read_changes(folder, current)}
    older = kept_snapshots(folder, current)
    files = _files_by_snapshot(folder, [current, *older])
    unknown = Change(0, datetime.min.replace(tzinfo=UTC), "change", "made by an older version")
    return [
        HistoryEntry(
            snapshot=number,
            changed_at=f"{changes[number].changed_at.isoformat()}Z" if number in changes else "",
            action=changes.get(number, unknown).action,
            summary=changes.get(number, unknown).summary,
            files=files.get(number, []),
            is_current=number == current,
            is_kept=number in older or number == current,
        )
        for number in sorted({current, *changes, *older}, reverse=True)
    ]


def kept_snapshots(folder: Path, current: int) -> list[int]:
    """Return the numbers of the older snapshots that a store can go back to, the newest first."""
    return [n for n in range(current - 1, 0, -1) if snapshot_file(folder, n).is_file()]


def _files_by_snapshot(folder: Path, snapshots: list[int]) -> dict[int, list[dict[str, Any]]]:
    """Return what each load brought; an undone load is known only to its own snapshot."""
    columns = [
        "file",
        "table",
        "source",
        "rows",
        "new",
        "updated",
        "unchanged",
        "skipped",
        "rejected",
    ]
    chosen = ", ".join(f'"{column}"' for column in columns)
    query = f"SELECT snapshot, {chosen} FROM main.loads ORDER BY snapshot, rowid"
    files: dict[int, list[dict[str, Any]]] = {}
    for snapshot in snapshots:
        fresh: dict[int, list[dict[str, Any]]] = {}
        for number, *values in _rows(folder, snapshot, "loads", query):
            if number not in files:
                fresh.setdefault(number, []).append(dict(zip(LOAD_COLUMNS, values, strict=True)))
        files |= fresh
    return files


def _rows(folder: Path, snapshot: int, table: str, query: str) -> list[tuple[Any, ...]]:
    """Return rows of a snapshot's table; none where the table or the file is not there."""
    path = snapshot_file(folder, snapshot)
    try:
        connection = duckdb.connect(str(path), read_only=True, config=CONFIG)
    except duckdb.Error:  # removed since by a writer
        return []
    with connection:
        lookup = "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'main' AND table_name = ?"
        if not connection.execute(lookup, [table]).fetchall():
            return []
        return connection.execute(query).fetchall()
