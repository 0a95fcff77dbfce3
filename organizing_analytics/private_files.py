"""Files with personal data: only their owner may read them, and they are replaced whole."""

from __future__ import annotations

import os
import shutil
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from organizing_analytics.errors import StoreError
from organizing_analytics.refusals import NOT_SUPPORTED, refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: What the name of an unfinished file begins with; the next writer removes it.
DRAFT_PREFIX = ".draft-"
#: Linux's request to share a file's blocks (linux/fs.h).
FICLONE = 0x40049409


def write_durably(path: Path, text: str) -> None:
    """Replace a small file whole: after a crash it holds the old text or the new one."""
    draft = path.with_name(f"{DRAFT_PREFIX}{os.getpid()}-{path.name}")
    try:
        with open(draft, "w", encoding="utf-8", opener=open_private) as file:
            make_private(draft)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _replace(draft, path)
    except (OSError, StoreError):
        discard(draft)
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
    """Make renames in `folder` durable, where the system and the file system have a call for it.

    Some network drives and old file systems cannot sync a folder; a rename is then as durable as
    they make it.
    """
    if os.name != "posix":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:  # files may be made in it, its list may not be read
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in NOT_SUPPORTED:
            raise
    finally:
        os.close(handle)


def make_private(path: Path) -> None:
    """Let only the owner read and write `path`: a store holds personal data.

    Raises
    ------
    StoreError
        The file system keeps no modes, or the file is somebody else's, and others may read it.
    """
    if os.name != "posix":
        return
    try:
        path.chmod(0o700 if path.is_dir() else 0o600)
    except FileNotFoundError:
        raise
    except OSError as error:
        if path.stat().st_mode & 0o077:
            raise StoreError(
                f"{path}: this cannot be hidden from other users of the machine. {refusal(error)} "
                "Use a folder on a disk with file modes; where you mount the drive yourself, the "
                "option umask=077 hides all of it."
            ) from error


#: Who else may read what is shared: the modes of a folder and of a file.
SHARE_MODES = {"private": (0o700, 0o600), "group": (0o750, 0o640), "all": (0o755, 0o644)}
#: What of a folder of reports is shared.
REPORT_ENDINGS = (".html", ".ipynb", ".csv", ".parquet", ".pdf")


def share_reports(folder: Path, *, mode: str) -> None:
    """Let others read the reports in a folder; logs and summaries of runs stay private."""
    reports = [path for path in folder.iterdir() if path.suffix in REPORT_ENDINGS]
    share(folder, reports, mode=mode)


def share(folder: Path, files: Iterable[Path], *, mode: str) -> None:
    """Let others read files and their folder, as a share mode says; private is left as it is."""
    if os.name == "posix" and mode != "private":
        of_folder, of_file = SHARE_MODES[mode]
        folder.chmod(of_folder)
        for path in files:
            path.chmod(of_file)


def share_words(mode: str, what: str) -> str:
    """Return the sentence that says who may read what is shared; empty when nobody else may."""
    who = {"group": "the group of this user", "all": "everybody on this machine"}.get(mode)
    return f"{what} can be read by {who} (share_mode is {mode})." if who else ""


def open_private(path: str, flags: int) -> int:
    """Open a file that only its owner may read from its first moment: for `open(opener=…)`."""
    return os.open(path, flags | getattr(os, "O_BINARY", 0), 0o600)


def make_private_folder(folder: Path, mode: int = 0o700) -> None:
    """Make a folder, with those above it that are missing, which only its owner may enter.

    Folders that are there stay as they are.
    """
    missing = [path for path in (folder, *folder.parents) if not path.is_dir()]
    for path in reversed(missing):
        path.mkdir(mode=mode, exist_ok=True)
        if os.name == "posix":
            path.chmod(mode)  # whatever the umask is


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
    with suppress(OSError):
        for path in folder.glob(f"{name}*"):
            discard(path)


def discard(path: Path) -> bool:
    """Remove a file or folder; return whether it is gone. What is left is left for the next time.

    Nothing that was achieved becomes a failure because something could not be tidied up.
    """
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        return not path.exists()
    except OSError:
        return False
