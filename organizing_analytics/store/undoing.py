"""Go back to a kept snapshot. Nothing is lost: going back is itself a change that can be undone.

The old snapshot's tables and settings become the next snapshot, so numbers only grow and a reader
never sees a number twice. Forgetting is never undone: kept snapshots were rewritten without the
person, and the digests that keep the person out of later loads are carried along.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from organizing_analytics.errors import OptionError, StoreError
from organizing_analytics.store.history import Change, kept_snapshots, read_changes
from organizing_analytics.store.reading import CONFIG
from organizing_analytics.store.snapshots import require_store, snapshot_file, store_folder
from organizing_analytics.store.writing import WAIT_SECONDS, new_snapshot

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from organizing_analytics.store.writing import Draft

#: Tables of which an older snapshot must never hold less than the current one.
CARRIED_TABLES = ("forgotten", "forgotten_sharers", "keyed_ids", "emptied", "changes")


@dataclass(frozen=True)
class Undone:
    """What going back did.

    Attributes
    ----------
    snapshot : int
        The store's snapshot now.
    restored : int
        The snapshot whose tables and settings it holds.
    taken_back : list of str
        The changes that no longer count, the newest first.
    """

    snapshot: int
    restored: int
    taken_back: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON."""
        return asdict(self)

    def __str__(self) -> str:
        """Return the sentences for the person who went back."""
        lines = "\n".join(f"  {change}" for change in self.taken_back)
        return (
            f"Taken back:\n{lines}\nThe store is as it was in snapshot {self.restored}; "
            f"this is snapshot {self.snapshot}. To take this back: oa undo"
        )


def undo(
    *,
    to: int | None = None,
    store: str | os.PathLike[str] | None = None,
    wait_seconds: float = WAIT_SECONDS,
) -> Undone:
    """Return a store to the snapshot before its last change.

    Parameters
    ----------
    to : int, optional
        The number of another kept snapshot to return to; `oa history` lists them.
    store : path, optional
        The store's folder; default ORGANIZING_STORE, else data/store.
    wait_seconds : float
        How long to wait for another writer to end.

    Returns
    -------
    Undone
        What was taken back.

    Raises
    ------
    OptionError
        The snapshot is not kept, or the last change was to forget a person.
    StoreError
        There is no store, or another writer holds it. Nothing was changed.
    """
    folder = store_folder(store)
    current = require_store(folder).snapshot
    target = _target(folder, current, to)
    changes = read_changes(folder, current)
    with new_snapshot(folder, wait_seconds=wait_seconds, restored=target) as draft:
        _refuse_newer(draft, current)
        settings = next((c.settings for c in changes if c.snapshot == target), None)
        if settings is not None:
            draft.settings = settings
        _carry_over(draft.connection, snapshot_file(folder, current))
        draft.action = "undo"
        draft.summary = f"back to snapshot {target}"
        number = draft.number
    return Undone(number, target, _taken_back(changes, target, current))


def _target(folder: Path, current: int, to: int | None) -> int:
    """Return the snapshot to go back to, or refuse."""
    older = kept_snapshots(folder, current)
    before = older[0] if older else current - 1
    target = before if to is None else to
    if target not in older:
        choice = f"Kept are {', '.join(map(str, older))}." if older else "No older one is kept."
        raise OptionError(
            f"Snapshot {target} is not there to go back to. {choice} `oa history` lists them; the "
            "setting keep_snapshots says how many are kept."
        )
    last = next((c for c in read_changes(folder, current) if c.snapshot == current), None)
    if to is None and last is not None and last.action == "forget":
        raise OptionError(
            "The last change was to forget a person, which cannot be undone. To go back further: "
            "oa undo --to SNAPSHOT (the person stays forgotten)."
        )
    return target


def _refuse_newer(draft: Draft, current: int) -> None:
    """Refuse where another writer was quicker: its change is not the one to take back."""
    if draft.number != current + 1:
        raise StoreError(
            f"{draft.folder}: the store was changed in the meantime (it is now at snapshot "
            f"{draft.number - 1}). Nothing was taken back; look at `oa history` and try again."
        )


def _carry_over(connection: duckdb.DuckDBPyConnection, current: Path) -> None:
    """Copy what must never be less than it is now from the current snapshot into the draft."""
    # A connection of its own shares the file with whoever reads it in this process.
    with duckdb.connect(str(current), read_only=True, config=CONFIG) as newest:
        for table in CARRIED_TABLES:
            definition_query = (
                "SELECT sql FROM duckdb_tables() WHERE schema_name = 'main' AND table_name = ?"
            )
            definition = newest.execute(definition_query, [table]).fetchall()
            if not definition:
                continue
            rows = newest.execute(f"SELECT * FROM main.{table}").fetchall()
            connection.execute(f"DROP TABLE IF EXISTS main.{table}")
            connection.execute(str(definition[0][0]))
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                connection.executemany(f"INSERT INTO main.{table} VALUES ({marks})", rows)


def _taken_back(changes: list[Change], target: int, current: int) -> list[str]:
    by_snapshot = {change.snapshot: change for change in changes}
    lines = []
    for number in range(current, target, -1):
        change = by_snapshot.get(number)
        what = f"{change.action}: {change.summary}" if change else "a change by an older version"
        lines.append(f"snapshot {number}, {what}")
    return lines
