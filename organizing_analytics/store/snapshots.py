"""Which snapshots a store's folder holds, which one is current, and which may be removed.

`store.json` names the current snapshot, the campaign's settings and the format of the store. It
is replaced whole, so a reader sees the old snapshot with its settings or the new one with its own,
and never anything between.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from organizing_analytics.errors import OptionError, StoreError
from organizing_analytics.private_files import discard, remove_drafts, write_durably
from organizing_analytics.schema import FORMAT
from organizing_analytics.settings import Settings, settings_of

POINTER_FILE = "store.json"
RETIRED_FILE = "retired.json"
#: The key of ids made from personal data, and of digests of forgotten people (see keyed_ids.py).
KEY_FILE = "forget.key"
#: Of compiled statements, which cost nothing to lose.
STATEMENTS_FOLDER = "statements"
#: What the planner learned (see planning/learned_file.py); it costs nothing to lose, either.
LEARNED_FILE = "learned.json"
#: The folder of the files in which rejected rows are corrected.
REJECTS_FOLDER = "rejects"
DEFAULT_FOLDER = "data/store"


def store_folder(path: str | os.PathLike[str] | None = None) -> Path:
    """Return the store's folder: `path`, else ORGANIZING_STORE, else data/store."""
    return Path(path or os.environ.get("ORGANIZING_STORE") or DEFAULT_FOLDER).absolute()


def snapshot_file(folder: Path, number: int) -> Path:
    """Return the file of snapshot `number`."""
    return folder / f"snapshot-{number:06d}.duckdb"


#: The last format whose lists were those of whole teams, and how long they were.
LAST_TEAM_LISTS, OLD_TODO_MOST = 3, 40


@dataclass(frozen=True)
class Current:
    """What a store stands at: the number of its snapshot, and the campaign's settings."""

    snapshot: int
    settings: Settings
    made_by: int = FORMAT


def read_current(folder: Path) -> Current | None:
    """Return what a store stands at, or None where no store has been made yet.

    Raises
    ------
    StoreError
        The folder is something else than a store, or was written by a newer version.
    """
    pointer = folder / POINTER_FILE
    if not pointer.is_file():
        _refuse_foreign(folder)
        return None
    try:
        content = json.loads(pointer.read_text(encoding="utf-8"))
        number, made_by = int(content["snapshot"]), int(content["format"])
        settings = settings_of(_of_today(content.get("settings", {}), made_by))
    except (ValueError, KeyError, TypeError, AttributeError, OptionError) as error:
        raise StoreError(
            f"{pointer}: this file should name the store's current snapshot and its settings, but "
            f'cannot be read ({error}). Write {{"format": {FORMAT}, "snapshot": N, "settings": '
            '{"timezone": "America/Chicago"}} into it, with N the highest number among the '
            "snapshot files and your campaign's time zone."
        ) from error
    if made_by > FORMAT:
        raise StoreError(
            f"{folder}: this store was made by a newer version (format {made_by}; this version "
            f"reads up to {FORMAT}). Update organizing-analytics."
        )
    return Current(number, settings, made_by)


def _of_today(stored: dict[str, object], made_by: int) -> dict[str, object]:
    """Return stored settings without a default whose meaning has changed since.

    Up to format 3, `todo_most` was what a whole team can do: 40 unless somebody changed it.
    """
    is_old_default = made_by <= LAST_TEAM_LISTS and stored.get("todo_most") == OLD_TODO_MOST
    return {n: v for n, v in stored.items() if not (is_old_default and n == "todo_most")}


def require_store(folder: Path) -> Current:
    """Return what a store stands at.

    Raises
    ------
    StoreError
        There is no store yet, the folder is something else, or a newer version made it.
    """
    current = read_current(folder)
    if current is None:
        raise StoreError(
            f"{folder}: there is no store. Load files into it first: oa load FILE… "
            f"--store {folder} (or give another folder with --store or ORGANIZING_STORE)."
        )
    return current


def _refuse_foreign(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{folder}: is a file. A store is a folder; give another path.")
    if folder.is_dir() and any(not entry.name.startswith(".") for entry in _left_by_others(folder)):
        raise StoreError(
            f"{folder}: this folder is not a store ({POINTER_FILE} is not in it) and is not "
            "empty. Give the folder of a store, or an empty or new one to load into."
        )


def _left_by_others(folder: Path) -> list[Path]:
    # What a first load that was killed leaves behind is no reason to refuse the next one.
    ours = (
        "load.lock",
        "load.holder.json",
        KEY_FILE,
        REJECTS_FOLDER,
        STATEMENTS_FOLDER,
        snapshot_file(folder, 1).name,
    )
    return [entry for entry in folder.iterdir() if entry.name not in ours]


def point_to(folder: Path, current: Current) -> None:
    """Make a snapshot and its settings the current ones, atomically and durably."""
    content = {
        "format": FORMAT,
        "snapshot": current.snapshot,
        "settings": asdict(current.settings),
    }
    write_durably(folder / POINTER_FILE, json.dumps(content, indent=2) + "\n")


def retire(folder: Path, *, when: int) -> None:
    """Note that all snapshots before `when` must go once `when` is the current one.

    They hold somebody who is to be forgotten. Whoever writes next removes what this writer does
    not get to; `keep_rewritten` takes the note back for those that were written anew.
    """
    gone = older_snapshots(folder, when)
    write_durably(folder / RETIRED_FILE, json.dumps({"when": when, "numbers": gone}))


def keep_rewritten(folder: Path) -> None:
    """Take the note of `retire` back, but for snapshots that could not be removed yet."""
    _, gone = _retired(folder)
    left = [number for number in gone if _gone_mark(folder, number).exists()]
    if left:
        write_durably(folder / RETIRED_FILE, json.dumps({"when": 0, "numbers": left}))
    else:
        (folder / RETIRED_FILE).unlink(missing_ok=True)


def remove_retired(folder: Path, current: int) -> None:
    """Remove what an earlier writer was to write anew or remove, and did not get to."""
    when, gone = _retired(folder)
    if when <= current:
        for number in gone:
            path = snapshot_file(folder, number)
            if number != current and path.exists() and not is_open(path):
                discard(path)
            if not path.exists():
                discard(_gone_mark(folder, number))
        gone = [number for number in gone if snapshot_file(folder, number).exists()]
    if when > current or not gone:  # that writer was stopped before it had changed anything
        discard(folder / RETIRED_FILE)


def _gone_mark(folder: Path, number: int) -> Path:
    return folder / f"{snapshot_file(folder, number).name}.gone"


def _retired(folder: Path) -> tuple[int, list[int]]:
    try:
        content = json.loads((folder / RETIRED_FILE).read_text(encoding="utf-8"))
        return int(content["when"]), [int(number) for number in content["numbers"]]
    except (OSError, ValueError, KeyError, TypeError):
        return 0, []


def older_snapshots(folder: Path, current: int) -> list[int]:
    """Return the numbers of the snapshots before the current one."""
    numbers = (_number(path) for path in folder.glob("snapshot-*.duckdb"))
    return sorted(number for number in numbers if number is not None and number < current)


def remove_when_closed(path: Path) -> None:
    """Remove a file that is open: at once where the system can, else by the next writer."""
    try:
        path.unlink(missing_ok=True)
    except PermissionError:  # Windows
        path.with_name(f"{path.name}.gone").touch()


def remove_old(folder: Path, current: int, *, keep: int) -> list[Path]:
    """Remove left-over drafts, and snapshots that are neither recent nor open anywhere.

    The `keep` newest snapshots stay. Call it only while holding the store's lock. Clean-up never
    fails what it follows.

    Returns
    -------
    list of Path
        Old snapshots that the system did not let us remove; the next writer tries again.
    """
    remove_drafts(folder)
    remove_drafts(folder / REJECTS_FOLDER)
    stuck = []
    paths = sorted(folder.glob("snapshot-*.duckdb"))
    # Numbers may be missing: of several answers logged in a row only the last snapshot stays.
    # A snapshot numbered above the current one is left over from a load killed between the rename
    # and the pointer update.
    numbers = sorted(n for path in paths if (n := _number(path)) is not None and n <= current)
    recent = numbers[-keep:]
    for path in paths:
        number = _number(path)
        is_recent = number is None or number in recent
        if not is_recent and not is_open(path) and not discard(path):
            stuck.append(path)
    for spilled in folder.glob("snapshot-*.duckdb.*tmp"):  # of readers that were killed
        if not folder.joinpath(f"{spilled.name.partition('.duckdb')[0]}.duckdb").exists():
            discard(spilled)
    return stuck


def _number(path: Path) -> int | None:
    digits = path.stem.removeprefix("snapshot-")
    return int(digits) if digits.isdigit() else None


def is_open(path: Path) -> bool:
    """Return whether some process, this one included, has the snapshot open.

    DuckDB lets one writer or many readers hold a file: who gets it for writing is alone. A damaged
    file cannot be opened by anybody: there the lock alone is asked.
    """
    try:
        duckdb.connect(str(path)).close()
    except (duckdb.ConnectionException, duckdb.BinderException):  # open in this process
        return True
    except duckdb.Error:
        return not _can_be_locked(path)
    return False


def _can_be_locked(path: Path) -> bool:
    """Return whether no other process has a lock on the file."""
    try:
        with path.open("r+b") as file:  # Windows refuses this while it is open elsewhere
            if os.name == "posix":
                import fcntl  # noqa: PLC0415  # not on Windows

                # The kind of lock that DuckDB takes.
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
