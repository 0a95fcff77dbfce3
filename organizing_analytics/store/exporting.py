"""Write a snapshot as Parquet files that any engine reads.

    DIR/export.json             snapshot, settings, format, and how many rows each table has
    DIR/signups/part-0.parquet  one folder for each table of the model, and for team_lines

People and sign-ups are merged as measures see them. The store's own bookkeeping (rejected rows,
the history of loads, digests of the forgotten) stays in the store.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from organizing_analytics import sql
from organizing_analytics.errors import StoreError
from organizing_analytics.model import TABLES
from organizing_analytics.private_files import make_private, sync_folder, write_durably
from organizing_analytics.refusals import refusal
from organizing_analytics.store.copies import note_copy
from organizing_analytics.store.reading import tables_of
from organizing_analytics.store.replacing import beside, put_in_place, remove_leftovers

if TYPE_CHECKING:
    from organizing_analytics.store.reading import Store

EXPORT_FILE = "export.json"
PART_FILE = "part-0.parquet"
#: What an export holds: the model's tables, and every team with each team above it.
EXPORTED: tuple[str, ...] = (*(table.name for table in TABLES), "team_lines")
#: The desktop of macOS leaves it in every folder that somebody looked into.
_HARMLESS = {".DS_Store"}


@dataclass(frozen=True)
class Export:
    """What an export wrote.

    Attributes
    ----------
    folder : Path
        Where it is.
    snapshot : int
        The store's snapshot that it holds.
    tables : dict
        Table → its number of rows.
    """

    folder: Path
    snapshot: int
    tables: dict[str, int]

    def as_dict(self) -> dict[str, object]:
        """Return the result as JSON has it."""
        return {"folder": str(self.folder), "snapshot": self.snapshot, "tables": self.tables}

    def __str__(self) -> str:
        return (
            f"{sum(self.tables.values()):,} rows of {len(self.tables)} tables written to "
            f"{self.folder} (snapshot {self.snapshot})."
        )


def export(store: Store, folder: str | os.PathLike[str]) -> Export:
    """Write every table, as measures see it, to a folder of Parquet files.

    Parameters
    ----------
    store : Store
        An open store.
    folder : path
        A new or empty folder, or one that holds an earlier export: that one is replaced whole.

    Returns
    -------
    Export
        Where it is, and the rows of each table.

    Raises
    ------
    StoreError
        The folder holds something else, or cannot be written. It is then as it was.
    """
    target = Path(folder).absolute()
    if target.is_symlink():
        target = target.resolve()
    _refuse_foreign(target)
    draft = beside(target, "draft")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(target)
        draft.mkdir(mode=0o700)
        written = _write(store, draft, target)
        put_in_place(draft, target)
        note_copy(store.path, "export", target)  # so that `oa forget` names it
    except (OSError, duckdb.Error) as error:
        raise StoreError(
            f"{target}: the export could not be written. {refusal(error)} Nothing was changed "
            "there."
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return written


def _write(store: Store, draft: Path, target: Path) -> Export:
    rows: dict[str, int] = {}
    held = tables_of(store.connection)
    for name in (name for name in EXPORTED if name in held):
        part = draft / name / PART_FILE
        part.parent.mkdir(mode=0o700)
        written = store.connection.execute(
            f"COPY (SELECT * FROM {sql.name(name)}) TO {sql.literal(str(part))} (FORMAT parquet)"
        ).fetchall()
        rows[name] = int(written[0][0])
        make_private(part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        sync_folder(part.parent)
    about = {
        "format": store.format,
        "snapshot": store.snapshot,
        "settings": asdict(store.settings),
        "tables": rows,
    }
    write_durably(draft / EXPORT_FILE, json.dumps(about, indent=2) + "\n")
    return Export(target, store.snapshot, rows)


def _refuse_foreign(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise StoreError(f"{target}: is a file. An export is a folder; give another path.")
    names = {str(path.relative_to(target)) for path in target.rglob("*") if not path.is_dir()}
    names = {name for name in names if Path(name).name not in _HARMLESS}
    ours = {EXPORT_FILE, *(str(Path(name) / PART_FILE) for name in EXPORTED)}
    foreign = sorted(names - ours)
    if foreign or (names and EXPORT_FILE not in names):
        raise StoreError(
            f"{target}: this folder holds something else than an export "
            f"({(foreign or sorted(names))[0]}). An export replaces the whole folder: give a new "
            "or empty one."
        )
