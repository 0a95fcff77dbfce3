"""A copy of a store that is whole, whatever else goes on.

A store that is copied by hand while a load runs may name a snapshot that was not copied. A backup
holds the writer's lock, so no load, undo or forgetting runs meanwhile; readers are not disturbed.
The copy is a store itself: every command takes it with `--store`.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from organizing_analytics.errors import StoreError
from organizing_analytics.private_files import (
    DRAFT_PREFIX,
    copy_privately,
    make_private,
    sync_folder,
    write_durably,
)
from organizing_analytics.refusals import refusal
from organizing_analytics.store.copies import note_copy
from organizing_analytics.store.replacing import beside, put_in_place, remove_leftovers
from organizing_analytics.store.snapshots import (
    LEARNED_FILE,
    POINTER_FILE,
    STATEMENTS_FOLDER,
    require_store,
    snapshot_file,
    store_folder,
)
from organizing_analytics.store.writing import HOLDER_FILE, LOCK_FILE, WAIT_SECONDS, lock_store

#: It tells a backup, which the next one may replace, from a store that is in use.
BACKUP_FILE = "backup.json"


@dataclass(frozen=True)
class Backup:
    """What a backup wrote.

    Attributes
    ----------
    folder : Path
        Where it is.
    snapshot : int
        The store's snapshot that it holds.
    files : int
        How many files it has.
    bytes : int
        How large they are together.
    """

    folder: Path
    snapshot: int
    files: int
    bytes: int

    def as_dict(self) -> dict[str, object]:
        """Return the result as JSON has it."""
        return {**asdict(self), "folder": str(self.folder)}

    def __str__(self) -> str:
        return (
            f"Snapshot {self.snapshot} and {self.files - 1:,} other files "
            f"({self.bytes / 1e6:,.1f} MB) are in {self.folder}. A backup holds names and "
            "addresses, also of people who are forgotten later. To use it: --store "
            f"{self.folder}"
        )


def backup(
    target: str | os.PathLike[str],
    *,
    store: str | os.PathLike[str] | None = None,
    wait_seconds: float = WAIT_SECONDS,
) -> Backup:
    """Copy a store's current snapshot, settings, corrections and keys to another folder.

    Parameters
    ----------
    target : path
        A new or empty folder, or one that holds an earlier backup: that one is replaced whole.
    store : path, optional
        The store's folder.
    wait_seconds : float
        How long to wait for a load to end.

    Returns
    -------
    Backup
        Where it is, and its size.

    Raises
    ------
    StoreError
        There is no store, the folder holds something else, or cannot be written. It is then as it
        was.
    """
    folder, goal = store_folder(store), Path(target).absolute()
    require_store(folder)
    _refuse_foreign(folder, goal)
    draft = beside(goal, "draft")
    try:
        goal.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(goal)
        draft.mkdir(mode=0o700)
        with lock_store(folder, wait_seconds):
            snapshot = _copy(folder, draft)
        _check(draft, snapshot)
        sizes = [path.stat().st_size for path in draft.rglob("*") if path.is_file()]
        put_in_place(draft, goal)
        note_copy(folder, "backup", goal)  # so that `oa forget` names it
    except (OSError, duckdb.Error) as error:
        raise StoreError(
            f"{goal}: the backup could not be written. {refusal(error)} Nothing was changed there."
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Backup(goal, snapshot, len(sizes), sum(sizes))


def _copy(folder: Path, draft: Path) -> int:
    snapshot = require_store(folder).snapshot
    for source in sorted(path for path in folder.rglob("*") if path.is_file()):
        inside = source.relative_to(folder)
        if not _is_kept(inside, snapshot):
            continue
        copy = draft / inside
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        copy_privately(source, copy)
        with copy.open("rb+") as file:
            os.fsync(file.fileno())
    about = {
        "snapshot": snapshot,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "of": str(folder),
    }
    write_durably(draft / BACKUP_FILE, json.dumps(about, indent=2) + "\n")
    make_private(draft)
    sync_folder(draft)
    return snapshot


def _is_kept(inside: Path, snapshot: int) -> bool:
    """Return whether a backup needs a file: no drafts, locks, caches or older snapshots."""
    if any(part.startswith(DRAFT_PREFIX) or part.endswith(".tmp") for part in inside.parts):
        return False
    if inside.parts[0] in (STATEMENTS_FOLDER, LEARNED_FILE):
        return False
    if inside.name.startswith("snapshot-"):
        return inside.name == snapshot_file(Path(), snapshot).name
    passing = (LOCK_FILE, f"{LOCK_FILE}.marker", HOLDER_FILE, BACKUP_FILE, "lock", "holder.json")
    return inside.name not in passing


def _check(draft: Path, snapshot: int) -> None:
    """Open the copy: a backup that cannot be read is none."""
    duckdb.connect(str(snapshot_file(draft, snapshot)), read_only=True).close()


def _refuse_foreign(folder: Path, goal: Path) -> None:
    if goal == folder or folder in goal.parents or goal in folder.parents:
        raise StoreError(
            f"{goal}: a backup cannot lie in the store, nor the store in it. Give another folder, "
            "best on another disk."
        )
    if not goal.exists():
        return
    if not goal.is_dir():
        raise StoreError(f"{goal}: is a file. A backup is a folder; give another path.")
    is_backup = (goal / BACKUP_FILE).is_file() and (goal / POINTER_FILE).is_file()
    if not is_backup and any(goal.iterdir()):
        raise StoreError(
            f"{goal}: this folder holds something else than a backup. A backup replaces the whole "
            "folder: give a new or empty one."
        )
