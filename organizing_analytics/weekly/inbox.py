"""Which files of the inbox are there as a whole, and which are still being written.

Nobody says when a download has ended, so three signs must agree: the name is not one that
browsers, sync clients and office programs give to unfinished files; no such file stands beside it;
and size and time did not change while we looked twice.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from organizing_analytics.loading.files import ENDINGS, is_companion

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOADED, REFUSED = "loaded", "refused"
#: What says why a file was refused; it may come back with the file.
REASON = ".reason.txt"
#: Browsers, sync clients, copy programs.
UNFINISHED = (
    ".part", ".partial", ".crdownload", ".download", ".filepart", ".opdownload", ".!ut",
    ".tmp", ".temp", ".swp", ".lock", "~",
)  # fmt: skip
#: Hidden files, and the owner files of office programs.
NEVER_FIRST = (".", "~$", "~")
NEVER = ("desktop.ini", "thumbs.db")
#: What is tried, and set aside when it cannot be loaded. Anything else is no data and stays.
OTHER_DATA = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".zip", ".gz", ".tar", ".7z", ".pdf")
MEANT_AS_DATA = (*ENDINGS, *OTHER_DATA)
LINK = "this is a link, and what it leads to was not read. Put the file itself into the inbox."
#: An empty file may be one that is about to be filled, for so long.
EMPTY_SECONDS = 600.0
SETTLE_SECONDS = 5.0


@dataclass(frozen=True)
class InboxFile:
    """A file of the inbox, as it was when we looked.

    Attributes
    ----------
    path : Path
        Where it is.
    name : str
        Its path within the inbox.
    size, changed : int
        Bytes, and when it was last changed (ns); the same again: nobody has written to it.
    """

    path: Path
    name: str
    size: int
    changed: int

    def is_same(self) -> bool:
        """Tell whether the file still is what was found."""
        try:
            now = self.path.lstat()
        except OSError:
            return False
        return (now.st_size, now.st_mtime_ns) == (self.size, self.changed)

    @property
    def is_link(self) -> bool:
        """Tell whether it only leads to a file, which is not read then."""
        return self.path.is_symlink()

    @property
    def is_meant_as_data(self) -> bool:
        """Tell whether its name is one of an export: other files are left where they are."""
        name = self.path.name.casefold()
        return self.is_link or name.endswith(MEANT_AS_DATA) or "." not in name


def whole_files(
    inbox: Path, *, settle_seconds: float = SETTLE_SECONDS
) -> tuple[list[InboxFile], list[str]]:
    """Return the files that can be loaded, older first, and the names of those being written.

    Parameters
    ----------
    inbox : Path
        The folder; of folders in it, the files one level down, but for loaded and refused.
    settle_seconds : float
        For how long a file must not change.
    """
    first = list(_look(inbox))
    if any(not _is_unfinished(file) for file in first):
        time.sleep(settle_seconds)
    whole = [file for file in first if not _is_unfinished(file) and file.is_same()]
    waiting = {file.name for file in _look(inbox)} - {file.name for file in whole}
    # Of two exports of the same rows the newer one counts: it is loaded after the older one.
    return sorted(whole, key=lambda file: (file.changed, file.name)), sorted(waiting)


def _look(inbox: Path) -> Iterator[InboxFile]:
    for path in sorted(inbox.iterdir()):
        is_ours = path.name in (LOADED, REFUSED) or path.name.startswith(".")
        if path.is_dir() and not path.is_symlink() and not is_ours:
            yield from _files_in(path, inbox)
    yield from _files_in(inbox, inbox)


def _files_in(folder: Path, inbox: Path) -> Iterator[InboxFile]:
    for path in sorted(folder.iterdir()):
        try:
            if (path.is_symlink() or path.is_file()) and not _is_ignored(path.name):
                seen = path.lstat()
                name = path.relative_to(inbox).as_posix()
                yield InboxFile(path, name, seen.st_size, seen.st_mtime_ns)
        except OSError:  # gone since
            continue


def _is_ignored(name: str) -> bool:
    plain = name.casefold()
    return (
        plain.startswith(NEVER_FIRST)
        or is_companion(plain)
        or plain in NEVER
        or plain.endswith(REASON)
    ) and not plain.endswith(UNFINISHED[:-1])


def _is_unfinished(file: InboxFile) -> bool:
    if file.path.name.casefold().endswith(UNFINISHED):
        return True
    # Firefox keeps an empty file in the place of the one that it is still fetching beside it.
    if any(file.path.with_name(file.path.name + end).exists() for end in UNFINISHED[:-1]):
        return True
    return not file.size and time.time() - file.changed / 1e9 < EMPTY_SECONDS
