"""Change a store's settings; a new time zone moves the local dates that hang on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.loading.clocks import refresh_local_dates
from organizing_analytics.people import refresh_identity
from organizing_analytics.schema import CREATE_CLOCK_FILES
from organizing_analytics.settings import Settings, changed
from organizing_analytics.store import new_snapshot, store_folder
from organizing_analytics.store.snapshots import require_store

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    import duckdb

    from organizing_analytics.store import Store


def note_clock(connection: duckdb.DuckDBPyConnection, files: Iterable[str], *, zone: str) -> None:
    """Write down by which time zone the clock times of files were read.

    A file that is loaded again is noted anew.
    """
    connection.execute(CREATE_CLOCK_FILES)
    for file in files:
        connection.execute("DELETE FROM main.clock_files WHERE file = ?", [file])
        connection.execute("INSERT INTO main.clock_files VALUES (?, ?)", [file, zone])


def files_by_another_clock(store: Store) -> list[tuple[str, str]]:
    """Return the files whose times were read by a time zone that is not the campaign's any more.

    Returns
    -------
    list of (str, str)
        File and time zone, by file. Their times without a UTC offset are right only after the
        files were loaded again.
    """
    has_table = "SELECT 1 FROM duckdb_tables() WHERE table_name = 'clock_files'"
    if not store.connection.execute(has_table).fetchall():
        return []
    query = "SELECT file, zone FROM main.clock_files WHERE zone <> ? ORDER BY file"
    return store.connection.execute(query, [store.settings.timezone]).fetchall()


def change_settings(
    assignments: list[str], *, store: str | os.PathLike[str] | None = None
) -> Settings:
    """Apply `NAME=VALUE` assignments as a new snapshot and return the settings.

    Raises
    ------
    OptionError, StoreError
        Nothing was changed.
    """
    folder = store_folder(store)
    current = require_store(folder)
    changed(current.settings, assignments)  # refuse what is not allowed before anything is copied
    with new_snapshot(folder) as draft:
        wanted = changed(draft.settings, assignments)
        moved = wanted.timezone != draft.settings.timezone
        dialled = wanted.phone_region != draft.settings.phone_region
        draft.keep = wanted != draft.settings
        draft.settings = wanted
        draft.action, draft.summary = "settings", ", ".join(assignments)
        if moved:
            for clock in ("campaign", "event"):
                refresh_local_dates(draft.connection, campaign=wanted.timezone, clock=clock)
        if dialled:
            refresh_identity(draft.connection, wanted)
    return wanted
