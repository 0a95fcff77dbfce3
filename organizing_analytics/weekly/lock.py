"""One weekly run of a store at a time; a second one says who is at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.errors import RunningError
from organizing_analytics.store.locking import one_at_a_time

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

LOCK_FILE = "lock"
HOLDER_FILE = "holder.json"


def one_run(folder: Path) -> AbstractContextManager[None]:
    """Hold the lock in a folder.

    Raises
    ------
    RunningError
        Another run holds it.
    """

    def busy(who: str) -> RunningError:
        return RunningError(
            f"Another weekly run is going on ({who}). This one did nothing; what is new is taken by"
            " that run or by the next."
        )

    lock, holder = folder / LOCK_FILE, folder / HOLDER_FILE
    return one_at_a_time(lock, holder, refuse=busy, wait_seconds=0)
