"""Private temporary folders. The next run removes those of killed runs.

A temporary folder holds personal data, and a killed process removes nothing. So the process that
creates a folder locks it. The system releases the lock when the process ends, however it ends: a
folder that can be locked belongs to a dead run.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from organizing_analytics.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PREFIX = "oa-run-"
NAME = re.compile(r"oa-run-[a-z0-9_]{8}")
#: Names of folders made by versions before 0.2.0, which did not lock them. The files below tell
#: them from folders of other programs.
OLD_NAME = re.compile(r"oa-[a-z0-9_]{8}")
OLD_MARKS = ("warm.txt", "kernel.json", "request.json", "notebook.ipynb")
#: A folder older than this belongs to no run that is still going on.
OLD_SECONDS = 24 * 3600.0
#: Windows cannot lock a folder: there this file in it is locked.
LOCK_FILE = "run.lock"
#: How many letters a socket's path has after its folder's, as in /k12345678/k-12.
SOCKET_NAME_LENGTH = 20
#: Folders with a short path, where the system has them.
SHORT_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108  # each folder in them is private
MAX_TRIES = 5


@contextmanager
def private_folder(base: Path | None = None) -> Iterator[Path]:
    """Create a folder that only this user may enter, and remove it at the end.

    The folders of killed runs are removed first.

    Parameters
    ----------
    base : Path, optional
        Where; by default the system's folder for temporary files (TMPDIR).
    """
    base = base or Path(tempfile.gettempdir())
    remove_dead_folders(base)
    folder, release = _make(base)
    try:
        yield folder
    finally:
        if os.name != "posix":  # Windows removes no file that is open
            release()
        shutil.rmtree(folder, ignore_errors=True)
        release()


def _make(base: Path) -> tuple[Path, Callable[[], None]]:
    for _ in range(MAX_TRIES):
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
        try:
            release = _lock(folder)
        except (OSError, NotImplementedError):  # without locks, other runs cannot remove it either
            return folder, lambda: None
        if release is not None:
            return folder, release
        # Before it was locked, another run took it for a dead run's folder and removes it.
    raise ReportError(f"{base}: no temporary folder could be made here. Set TMPDIR to another.")


def _lock(folder: Path) -> Callable[[], None] | None:
    """Lock a folder and return a function that releases it; None when another process holds it.

    Raises
    ------
    OSError, NotImplementedError
        There are no locks here.
    """
    if os.name != "posix":
        lock = FileLock(folder / LOCK_FILE)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return None
        return lambda: lock.release(force=True)
    import fcntl  # noqa: PLC0415  # not on Windows

    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_there = folder.exists() and os.path.samestat(folder.stat(), os.fstat(handle))
    except BlockingIOError:
        is_there = False
    except OSError:
        os.close(handle)
        raise
    if not is_there:
        os.close(handle)
        return None
    return lambda: _close(handle)


def _close(handle: int) -> None:
    with suppress(OSError):
        os.close(handle)


def remove_dead_folders(base: Path | None = None) -> None:
    """Remove the folders of killed runs, and leave those of running ones."""
    base = base or Path(tempfile.gettempdir())
    with suppress(OSError):
        for folder in base.glob("oa-*"):
            with suppress(OSError, NotImplementedError):
                if _is_own_folder(folder):
                    _remove_if_dead(folder)


def _is_own_folder(folder: Path) -> bool:
    is_own = not hasattr(os, "geteuid") or folder.lstat().st_uid == os.geteuid()
    return is_own and folder.is_dir() and not folder.is_symlink()


def _remove_if_dead(folder: Path) -> None:
    if NAME.fullmatch(folder.name):
        release = _lock(folder)
        if release is not None:
            if os.name != "posix":
                release()
            shutil.rmtree(folder, ignore_errors=True)
            release()
    elif OLD_NAME.fullmatch(folder.name):
        is_old = time.time() - folder.stat().st_mtime > OLD_SECONDS
        if is_old and any((folder / name).exists() for name in OLD_MARKS):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def socket_folder(folder: Path) -> Iterator[Path]:
    """Give a private folder that can hold sockets: `folder` itself, or one with a shorter path.

    The path of a socket is limited to about 100 bytes, and some file systems support no sockets.

    Raises
    ------
    ReportError
        No folder can hold sockets.
    """
    if can_hold_sockets(folder):
        yield folder
        return
    with private_folder(_short_base(folder)) as short:
        yield short


def _short_base(folder: Path) -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    for name in (*([runtime] if runtime else []), *SHORT_FOLDERS):
        base = Path(name)
        with suppress(OSError):
            trial = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
            try:
                if can_hold_sockets(trial):
                    return base
            finally:
                trial.rmdir()
    raise ReportError(
        f"{folder.parent}: the notebooks of the reports need sockets in the folder for temporary "
        "files, and its path is too long for them, or its file system has none. Set TMPDIR to a "
        "folder with a short path on a local disk, like /tmp."
    )


def can_hold_sockets(folder: Path) -> bool:
    """Return whether a socket with one of our names can be created in a folder."""
    if not hasattr(socket, "AF_UNIX"):
        return True  # Windows: kernels use TCP
    path = folder / ("s" * SOCKET_NAME_LENGTH)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        try:
            trial.bind(str(path))
        except OSError:
            return False
    path.unlink()
    return True
