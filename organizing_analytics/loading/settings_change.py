"""Change a store's settings; a new time zone moves the local dates that hang on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics import identity
from organizing_analytics.loading.clocks import refresh_local_dates
from organizing_analytics.settings import Settings, changed
from organizing_analytics.store import new_snapshot, store_folder
from organizing_analytics.store.snapshots import require_store

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
            identity.refresh(draft.connection, wanted)
    return wanted
