"""A text that names somebody, emptied by hand in the current and all kept snapshots.

Like forgetting it is written down first, so that a kill or a full disk leaves nothing half-done.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.model import BY_NAME
from organizing_analytics.people.forgetting import left_to_do, read_back, reading, share_rows
from organizing_analytics.people.refreshing import refresh_identity
from organizing_analytics.people.texts import (
    EMPTIED,
    NamingText,
    empty_known_texts,
    empty_texts,
    free_texts,
    key_of_row,
)
from organizing_analytics.store import store_folder, unfinished
from organizing_analytics.store.keyed_ids import keep_key
from organizing_analytics.store.snapshots import require_store, retire, snapshot_file
from organizing_analytics.store.writing import draft_of, rewrite_older, writing

if TYPE_CHECKING:
    import os
    from pathlib import Path

    import duckdb

    from organizing_analytics.store import Draft


@dataclass(frozen=True)
class Emptied:
    """What was emptied.

    Attributes
    ----------
    snapshot : int or None
        The store's current snapshot.
    table, id, column : str
        Where the text stood.
    snapshots_rewritten, snapshots_removed : tuple of int
        Older snapshots, as in `Forgotten`.
    """

    snapshot: int | None
    table: str
    id: str
    column: str
    snapshots_rewritten: tuple[int, ...] = ()
    snapshots_removed: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON."""
        return asdict(self)


def empty_text(
    table: str, row: str, column: str, *, store: str | os.PathLike[str] | None = None
) -> Emptied:
    """Empty one text, in every snapshot, and whenever it is loaded again.

    Parameters
    ----------
    table, row, column : str
        Where it stands: `asks`, the row's id, `notes`.
    store : path, optional
        The store's folder.

    Raises
    ------
    OptionError, StoreError
        There is no such text; nothing was changed.
    """
    folder = store_folder(store)
    require_store(folder)
    if table not in BY_NAME:
        raise OptionError(unknown("table", table, list(BY_NAME)))
    columns = free_texts(BY_NAME[table])
    if column not in columns:
        raise OptionError(f"{table}: {unknown('text column', column, columns)}")
    plan: dict[str, Any] = {"table": table, "id": row, "column": column}
    with writing(folder):
        unfinished.finish(folder)
        with left_to_do(folder), draft_of(folder, afresh=True) as draft:
            query = f'SELECT "{column}" FROM main."{table}" WHERE {key_of_row(table)} = ?'
            texts = draft.connection.execute(query, [row]).fetchall()
            if not any(text for (text,) in texts):
                draft.keep = False
                raise OptionError(f"There is no {column} of {row} in {table}: nothing to empty.")
            keep_key(folder, draft.key)
            _apply(draft, plan)
        emptied = finish(folder, plan)
        unfinished.clear(folder)
    return emptied


def _apply(draft: Draft, plan: dict[str, Any]) -> None:
    naming = NamingText(plan["table"], plan["column"], plan["id"], "", is_sure=True)
    empty_texts(draft.connection, [naming], remember=True)
    empty_known_texts(draft.connection)  # the same words in other rows
    refresh_identity(draft.connection, draft.settings)
    draft.action, draft.summary = "empty", f"a text in {plan['table']}"
    unfinished.note(draft.folder, "empty", plan)
    retire(draft.folder, when=draft.number)


def finish(folder: Path, plan: dict[str, Any]) -> Emptied:
    """Do what is left of emptying a text.

    Call it only while holding the store's lock.
    """
    current = require_store(folder)
    shared = read_back(snapshot_file(folder, current.snapshot))
    if not shared["emptied"] or not _is_done(snapshot_file(folder, current.snapshot), plan):
        with draft_of(folder, afresh=True) as draft:
            _apply(draft, plan)
        current = require_store(folder)
        shared = read_back(snapshot_file(folder, current.snapshot))

    def change(older: duckdb.DuckDBPyConnection) -> None:
        share_rows(older, shared)
        empty_known_texts(older)
        refresh_identity(older, current.settings)

    rewritten, removed = rewrite_older(folder, change)
    return Emptied(
        current.snapshot, plan["table"], plan["id"], plan["column"], tuple(rewritten),
        tuple(removed),
    )  # fmt: skip


def _is_done(snapshot: Path, plan: dict[str, Any]) -> bool:
    table, column = plan["table"], plan["column"]
    query = f'SELECT "{column}" FROM main."{table}" WHERE {key_of_row(table)} = ?'
    with reading(snapshot) as connection:
        texts = connection.execute(query, [plan["id"]]).fetchall()
    return not any(text and text != EMPTIED for (text,) in texts)
