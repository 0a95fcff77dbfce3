"""A folder written beside its place and put there whole, in place of an earlier one."""

from __future__ import annotations

import glob
import os
import secrets
import shutil
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from organizing_analytics.private_files import sync_folder

if TYPE_CHECKING:
    from pathlib import Path

_HOUR = 3600


def put_in_place(draft: Path, target: Path) -> None:
    """Swap the folders; a reader with the old files open keeps them until it closes them."""
    old = beside(target, "old")
    if target.exists():
        target.rename(old)
    try:
        draft.rename(target)
    except OSError:
        if old.exists() and not target.exists():
            old.rename(target)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
    with suppress(OSError):  # the export is there; syncing makes it outlast a power cut
        sync_folder(target.parent)


def beside(target: Path, what: str) -> Path:
    """Return a new path in the same folder: a draft of `target`, or its old self."""
    # In the same folder, so that a rename moves nothing from one disk to another.
    return target.with_name(f".{target.name}-{what}-{os.getpid()}-{secrets.token_hex(4)}")


def remove_leftovers(target: Path) -> None:
    """Remove what a killed export left: it holds personal data, and nobody would look there."""
    for path in target.parent.glob(f".{glob.escape(target.name)}-*"):
        drafted = path.name.startswith(f".{target.name}-draft-")
        # Somebody else may be writing a draft at this moment.
        busy = drafted and time.time() - path.stat().st_mtime < _HOUR
        if (drafted or path.name.startswith(f".{target.name}-old-")) and not busy:
            shutil.rmtree(path, ignore_errors=True)
