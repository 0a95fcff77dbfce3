"""One at a time: a lock in a folder, and who holds it.

The system lets go of the lock when the process ends, however it ends.
"""

from __future__ import annotations

import json
import os
import socket
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from organizing_analytics.errors import StoreError
from organizing_analytics.private_files import write_durably

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


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
        The folder may not be written to.
    """
    lock = FileLock(lock_file, mode=0o600)
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout as error:
        raise refuse(_who(holder_file)) from error
    except PermissionError as error:
        raise StoreError(
            f"{lock_file.parent}: you may not write here ({error.strerror})."
        ) from error
    try:
        write_durably(holder_file, json.dumps(_me()))
        yield
    finally:
        holder_file.unlink(missing_ok=True)
        lock.release()


def _me() -> dict[str, str | int]:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return {"process": os.getpid(), "computer": socket.gethostname(), "since": since}


def _who(holder: Path) -> str:
    try:
        kept = json.loads(holder.read_text(encoding="utf-8"))
        return f"process {kept['process']} on {kept['computer']} since {kept['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "it does not say which"
