"""Change a store's settings; a new time zone moves the local dates that hang on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.errors import StoreError
from organizing_analytics.loading.clocks import refresh_local_dates
from organizing_analytics.settings import Settings, changed, read_settings
from organizing_analytics.store import new_snapshot, store_folder
from organizing_analytics.store.snapshots import current_snapshot

if TYPE_CHECKING:
    import os


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
    if current_snapshot(folder) is None:
        raise StoreError(
            f"{folder}: there is no store yet. Load files into it first: oa load FILE…"
        )
    wanted = changed(read_settings(folder), assignments)
    with new_snapshot(folder) as draft:
        moved = wanted.timezone != draft.settings.timezone
        draft.keep = wanted != draft.settings
        draft.settings = wanted
        if moved:
            for clock in ("campaign", "event"):
                refresh_local_dates(draft.connection, campaign=wanted.timezone, clock=clock)
    return wanted
