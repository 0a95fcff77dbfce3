"""Files with personal data: only their owner may read them, and they are replaced whole."""

from __future__ import annotations

import os
import shutil
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

#: What the name of an unfinished file begins with; the next writer removes it.
DRAFT_PREFIX = ".draft-"
#: Linux's request to share a file's blocks (linux/fs.h).
FICLONE = 0x40049409


def write_durably(path: Path, text: str) -> None:
    """Replace a small file whole: after a crash it holds the old text or the new one."""
    draft = path.with_name(f"{DRAFT_PREFIX}{os.getpid()}-{path.name}")
    try:
        with draft.open("w", encoding="utf-8") as file:
            make_private(draft)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _replace(draft: Path, path: Path, *, tries: int = 50) -> None:
    # Windows refuses to replace a file for the moment in which a reader has it open.
    for left in reversed(range(tries)):
        try:
            draft.replace(path)
        except PermissionError:
            if not left:
                raise
            time.sleep(0.02)
        else:
            return


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` durable, where the system has a call for it."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def make_private(path: Path) -> None:
    """Let only the owner read and write `path`: a store holds personal data."""
    if os.name == "posix":
        path.chmod(0o700 if path.is_dir() else 0o600)


def copy_privately(source: Path, target: Path) -> None:
    """Copy a snapshot's file for its owner alone.

    File systems that can (Btrfs, XFS) share the blocks until one of the two files changes them:
    the copy then takes no time and no room, however large the snapshot is.
    """
    target.touch(mode=0o600)
    if not _share_blocks(source, target):
        shutil.copyfile(source, target)
    make_private(target)


def _share_blocks(source: Path, target: Path) -> bool:
    """Let two files share their blocks; False where the system or the file system cannot."""
    if sys.platform != "linux":
        return False
    import fcntl  # noqa: PLC0415  # not on Windows

    with source.open("rb") as held, target.open("wb") as made, suppress(OSError):
        fcntl.ioctl(made.fileno(), FICLONE, held.fileno())
        return True
    return False


def remove_drafts(folder: Path, name: str = DRAFT_PREFIX) -> None:
    """Remove what unfinished writers left: draft files, their logs and spill folders."""
    for path in folder.glob(f"{name}*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
