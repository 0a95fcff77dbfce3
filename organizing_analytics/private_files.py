"""Write files with personal data: readable by their owner only, and replaced atomically."""

from __future__ import annotations

import os
import shutil
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from organizing_analytics.errors import StoreError, WriteError
from organizing_analytics.refusals import NOT_SUPPORTED, refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: Prefix of the name of an unfinished file. The next writer removes such files.
DRAFT_PREFIX = ".draft-"
#: Linux's request to share a file's blocks (linux/fs.h).
FICLONE = 0x40049409


def write_durably(path: Path, text: str) -> None:
    """Replace a small file whole: after a crash it holds the old text or the new one.

    Raises
    ------
    WriteError
        The file cannot be written or replaced; the old one is as it was.
    StoreError
        The file cannot be hidden from other users.
    """
    draft = path.with_name(f"{DRAFT_PREFIX}{os.getpid()}-{path.name}")
    replace_whole(path, text.encode(), draft=draft, is_durable=True, must_be_private=True)


def replace_whole(
    path: Path,
    content: bytes,
    *,
    draft: Path,
    is_durable: bool = False,
    must_be_private: bool = False,
) -> None:
    """Replace a file: whoever opens it sees the old one or the new one, whole.

    Parameters
    ----------
    path : Path
        The file; made when it is not there.
    content : bytes
        What it is to hold.
    draft : Path
        Where the new file is written first, in the same folder. Its owner alone may read it.
    is_durable : bool
        Whether the file must outlast a power cut.
    must_be_private : bool
        Whether to refuse where the file system cannot hide it from other users.

    Raises
    ------
    WriteError
        The file cannot be written or replaced; the old one is as it was.
    StoreError
        `must_be_private`, and it cannot be hidden.
    OSError
        The file is there, but the system could not say whether it outlasts a power cut.
    """
    try:
        discard(draft)
        with open(draft, "xb", opener=open_private) as file:  # Path has no opener
            if must_be_private:
                make_private(draft)
            file.write(content)
            if is_durable:
                file.flush()
                os.fsync(file.fileno())
        replace_file(draft, path)
    except WriteError:
        raise
    except OSError as error:
        if error.filename == os.fspath(draft):  # nobody asked for the draft
            error.filename = os.fspath(path)
        message = f"{path}: this file cannot be written. {refusal(error)}"
        raise WriteError(message, cause=error, file=path) from error
    finally:
        discard(draft)
    if is_durable:
        sync_folder(path.parent)


def replace_file(draft: Path, path: Path, *, tries: int = 50) -> None:
    """Put a finished draft in the place of a file.

    Raises
    ------
    WriteError
        The system does not replace the file; it is as it was.
    """
    # Windows refuses to replace a file for the moment in which a reader has it open.
    tries = tries if os.name == "nt" else 1
    for tries_left in reversed(range(tries)):
        try:
            draft.replace(path)
        except PermissionError as error:
            if not tries_left:
                raise WriteError(_not_replaced(path, error), cause=error, file=path) from error
            time.sleep(0.02)
        except OSError as error:
            raise WriteError(_not_replaced(path, error), cause=error, file=path) from error
        else:
            return


def _not_replaced(path: Path, error: OSError) -> str:
    return (
        f"{path}: this file cannot be replaced ({error.strerror}). The old one is as it was. "
        "Close any program that has it open. If it is on a network drive or stick that does not "
        "let files be replaced, use a folder on a local disk. Then run the command again."
    )


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` durable, where the system and the file system have a call for it.

    Some network drives and old file systems cannot sync a folder. A rename is then as durable as
    the file system makes it.
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


#: Share mode → the permissions of a folder and of a file.
SHARE_MODES = {"private": (0o700, 0o600), "group": (0o750, 0o640), "all": (0o755, 0o644)}
#: Endings of the files in a folder of reports that are shared.
REPORT_ENDINGS = (".html", ".ipynb", ".csv", ".parquet", ".pdf")


def share_reports(folder: Path, *, mode: str) -> None:
    """Let others read the reports in a folder; logs and summaries of runs stay private."""
    reports = [path for path in folder.iterdir() if path.suffix in REPORT_ENDINGS]
    let_read(folder, reports, mode=mode)


def let_read(folder: Path, files: Iterable[Path], *, mode: str) -> None:
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
    """Open a file with mode 0600 from the start; for `open(opener=…)`."""
    return os.open(path, flags | getattr(os, "O_BINARY", 0), 0o600)


def make_private_folder(folder: Path, mode: int = 0o700) -> None:
    """Make a folder, with those above it that are missing, which only its owner may enter.

    Existing folders keep their permissions.
    """
    missing = [path for path in (folder, *folder.parents) if not path.is_dir()]
    for path in reversed(missing):
        path.mkdir(mode=mode, exist_ok=True)
        if os.name == "posix":
            path.chmod(mode)  # whatever the umask is


def copy_privately(source: Path, target: Path) -> None:
    """Copy a snapshot's file for its owner alone.

    Btrfs and XFS let both files share their blocks until one of them changes: the copy then takes
    no time and no room, however large the snapshot is.
    """
    target.touch(mode=0o600)
    if not _share_blocks(source, target):
        shutil.copyfile(source, target)
    make_private(target)


def _share_blocks(source: Path, target: Path) -> bool:
    """Let two files share their blocks, and return whether the file system supports it."""
    if sys.platform != "linux":
        return False
    import fcntl  # noqa: PLC0415  # not on Windows

    with source.open("rb") as original, target.open("wb") as copy, suppress(OSError):
        fcntl.ioctl(copy.fileno(), FICLONE, original.fileno())
        return True
    return False


def remove_drafts(folder: Path, name: str = DRAFT_PREFIX) -> None:
    """Remove the draft files, logs and spill folders of unfinished writers."""
    with suppress(OSError):
        for path in folder.glob(f"{name}*"):
            discard(path)


def discard(path: Path) -> bool:
    """Remove a file or folder, and return whether it is gone.

    A failure to remove it is no error: the next writer tries again.
    """
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        return not path.exists()
    except OSError:
        return False
