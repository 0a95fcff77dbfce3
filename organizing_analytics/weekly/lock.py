"""One weekly run of a store at a time; a second one says who is at it."""

from __future__ import annotations

import json
import os
import socket
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from organizing_analytics.errors import RunningError
from organizing_analytics.store.snapshots import write_durably

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_FILE = "lock"
HOLDER_FILE = "holder.json"


@contextmanager
def one_run(folder: Path) -> Iterator[None]:
    """Hold the lock in a folder; the system lets go of it when the process ends, however it ends.

    Raises
    ------
    RunningError
        Another run holds it.
    """
    holder = folder / HOLDER_FILE
    lock = FileLock(folder / LOCK_FILE, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise RunningError(
            f"Another weekly run is going on ({_who(holder)}). This one did nothing; what is new "
            "is taken by that run or by the next."
        ) from error
    try:
        write_durably(holder, json.dumps(_me()))
        yield
    finally:
        holder.unlink(missing_ok=True)
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
