"""Copies of a store that it knows of, so that they are named when a person is forgotten.

A backup, an export or a list that was written to a file is out of reach: it still holds the person.
"""

from __future__ import annotations

import csv
import json
import re
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import duckdb

from organizing_analytics.errors import OrganizingError
from organizing_analytics.private_files import write_durably
from organizing_analytics.sql import literal
from organizing_analytics.store.reports import files_that_mention
from organizing_analytics.store.snapshots import require_store, snapshot_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

FILE = "copies.json"
Kind = Literal["backup", "export", "list", "inbox"]


@dataclass(frozen=True)
class StoreCopy:
    """A copy of a store, or of a part of it.

    Attributes
    ----------
    kind : "backup", "export", "list" or "inbox"
        Whether `oa backup`, `oa export` or `oa experiment start --out` wrote it, or `oa weekly`
        keeps there the files that it loaded.
    path : str
        The folder or file.
    """

    kind: Kind
    path: str


def note_copy(folder: Path, kind: Kind, path: Path) -> None:
    """Remember that a copy of the store was written; who may only read the store remembers none."""
    copies = known_copies(folder)
    copy = StoreCopy(kind, str(path.absolute()))
    if copy not in copies:
        with suppress(OSError, OrganizingError):
            text = json.dumps([asdict(each) for each in [*copies, copy]], indent=1)
            write_durably(folder / FILE, text + "\n")


def known_copies(folder: Path) -> list[StoreCopy]:
    """Return the copies that were written of a store."""
    try:
        entries = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return [StoreCopy(entry["kind"], str(entry["path"])) for entry in entries]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def copies_that_hold(folder: Path, left: str, records: Collection[str] = ()) -> list[StoreCopy]:
    """Return the backups, exports and lists that hold a person who is forgotten, or may.

    Parameters
    ----------
    folder : Path
        The store.
    left : str
        The id of the row that stands in the person's place: a backup or an export that has it was
        made afterwards.
    records : collection of str
        The ids that the person had: a list that has one of them names the person.
    """
    return [
        copy
        for copy in known_copies(folder)
        if copy.kind != "inbox"
        and Path(copy.path).exists()
        and Path(copy.path) != folder.absolute()
        and not _is_clean(copy, left, records)
    ]


def inbox_files_that_mention(folder: Path, texts: Iterable[str]) -> list[str]:
    """Return the files that weekly runs loaded or refused and in which any of the texts stands.

    A name is looked for also with its parts in two cells of a table.
    """
    apart = set(texts) | {
        f"{text[: space.start()]}{gap}{text[space.end() :]}"
        for text in texts
        for space in re.finditer(" ", text)
        for gap in (" ", ",", '","', ";", "\t")
    }
    inboxes = [Path(copy.path) for copy in known_copies(folder) if copy.kind == "inbox"]
    return files_that_mention(inboxes, apart)[0]


def _is_clean(copy: StoreCopy, left: str, records: Collection[str]) -> bool:
    path = Path(copy.path)
    try:
        if copy.kind == "list":
            with path.open(encoding="utf-8", newline="") as file:
                return not any(cell in records for row in csv.reader(file) for cell in row)
        if copy.kind == "backup":
            snapshot = snapshot_file(path, require_store(path).snapshot)
            with duckdb.connect(str(snapshot), read_only=True) as connection:
                return _stands(connection, "main.people", left)
        with duckdb.connect() as connection:
            parts = literal(str(path / "people" / "*.parquet"))
            return _stands(connection, f"read_parquet({parts})", left)
    except (OSError, UnicodeError, csv.Error, OrganizingError, duckdb.Error):
        return False  # it cannot be looked into


def _stands(connection: duckdb.DuckDBPyConnection, people: str, left: str) -> bool:
    query = f"SELECT 1 FROM {people} WHERE person_id = ?"  # ours, and quoted
    return bool(connection.execute(query, [left]).fetchall())
