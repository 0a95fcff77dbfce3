"""A file that is replaced while it is loaded: what was checked and what is stored must be the same.

A load reads a file several times: its beginning, its lines, its rows, and again the rows that were
rejected; it may wait for another load in between. An export that is written over the file meanwhile
would be read with the header of the old one.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from organizing_analytics.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path

#: File systems keep times in steps of up to two seconds: a younger file may be changed and keep its
#: time, so its bytes are compared, too.
RACY_SECONDS = 4.0


class FileChangedError(FileError):
    """A file was changed while it was loaded."""


@dataclass(frozen=True)
class Fingerprint:
    """What tells one state of a file from another.

    Attributes
    ----------
    identity : tuple of int
        Device, number, size, and the times of the last change of its bytes and of its entry.
    digest : str or None
        SHA-256 of the bytes; None where the times suffice.
    """

    identity: tuple[int, ...]
    digest: str | None

    @classmethod
    def of(cls, path: Path, *, with_digest: bool | None = None) -> Fingerprint:
        """Take the fingerprint of a file; `with_digest` None: where the times do not suffice.

        Raises
        ------
        OSError
            It cannot be read.
        """
        status = path.stat()
        if with_digest is None:
            with_digest = time.time() - max(status.st_mtime, status.st_ctime) < RACY_SECONDS
        identity = (
            status.st_dev,
            status.st_ino,
            status.st_size,
            status.st_mtime_ns,
            status.st_ctime_ns,
        )
        return cls(identity, _digest(path) if with_digest else None)


class SameBytes:
    """The files of a load, as they were before anything was read of them.

    Parameters
    ----------
    names : dict of Path to str
        How messages call each file.
    """

    def __init__(self, names: dict[Path, str]) -> None:
        self.names = names
        self.before = {path: self._taken(path, with_digest=None) for path in names}

    def check(self) -> None:
        """Compare the files with what they were.

        Raises
        ------
        FileChangedError
            One of them was changed, replaced or removed.
        """
        for path, before in self.before.items():
            now = self._taken(path, with_digest=before.digest is not None)
            if now != before:
                raise FileChangedError(
                    f"{self.names[path]}: this file was changed while it was being loaded. Nothing "
                    "of it was stored. Load it again when the program that writes it is done."
                )

    def _taken(self, path: Path, *, with_digest: bool | None) -> Fingerprint:
        try:
            return Fingerprint.of(path, with_digest=with_digest)
        except FileNotFoundError as error:
            raise FileChangedError(
                f"{self.names[path]}: this file is gone. Nothing of it was stored.", file=path
            ) from error
        except OSError as error:
            raise FileError(
                f"{self.names[path]}: this file cannot be read ({error.strerror}).", file=path
            ) from error


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
