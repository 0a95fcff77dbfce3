"""One at a time: a lock in a folder, and who holds it.

The system lets go of the lock when the process ends, however it ends.
"""

from __future__ import annotations

import json
import os
import socket
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, SoftFileLock, Timeout

from organizing_analytics.errors import StoreError
from organizing_analytics.private_files import discard, write_durably
from organizing_analytics.refusals import NOT_SUPPORTED, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from filelock import BaseFileLock


@contextmanager
def one_at_a_time(
    lock_file: Path, holder_file: Path, *, refuse: Callable[[str], Exception], wait_seconds: float
) -> Iterator[None]:
    """Hold a lock.

    Parameters
    ----------
    lock_file, holder_file : Path
        The lock, and the file that says who holds it.
    refuse : callable
        Takes who holds it, in words, and returns the error that is raised when the wait is over.
    wait_seconds : float
        How long to wait for another to end; 0 not at all.

    Raises
    ------
    StoreError
        The folder cannot be written to.

    Notes
    -----
    Some network drives have no locks. There a marker file takes the lock's place; a marker whose
    process has ended on this computer is passed over, one of another computer's has to be removed
    by hand.
    """
    try:
        lock = _acquire(lock_file, wait_seconds)
    except Timeout as error:
        raise refuse(_who(holder_file, Path(error.lock_file))) from error
    except OSError as error:
        raise _unwritable(lock_file.parent, error) from error
    try:
        try:
            write_durably(holder_file, json.dumps(_me()))
        except OSError as error:
            raise _unwritable(lock_file.parent, error) from error
        yield
    finally:
        discard(holder_file)
        with suppress(OSError):  # the system lets go of it when the process ends
            lock.release()


def _acquire(lock_file: Path, wait_seconds: float) -> BaseFileLock:
    try:
        lock: BaseFileLock = FileLock(lock_file, mode=0o600, fallback_to_soft=False)
        lock.acquire(timeout=wait_seconds)
    except OSError as error:
        if isinstance(error, Timeout) or error.errno not in NOT_SUPPORTED:
            raise
        # Not the same file: one that locks left behind would count as a marker for ever.
        lock = SoftFileLock(soft_lock_file(lock_file), mode=0o600)
        lock.acquire(timeout=wait_seconds)
    return lock


def _unwritable(folder: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{folder}: this folder cannot be written to. {refusal(error)} Nothing was changed."
    )


def soft_lock_file(lock_file: Path) -> Path:
    """Return the marker that takes the place of a lock where there are no locks."""
    return lock_file.with_name(f"{lock_file.name}.marker")


def _me() -> dict[str, str | int]:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return {"process": os.getpid(), "computer": socket.gethostname(), "since": since}


def _who(holder: Path, lock_file: Path) -> str:
    try:
        entry = json.loads(holder.read_text(encoding="utf-8"))
        who = f"process {entry['process']} on {entry['computer']} since {entry['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        who = "it does not say which"
    if lock_file.name.endswith(".marker"):
        who += "; this drive has no locks: if no program is at work there any more, remove "
        who += str(lock_file)
    return who
