"""What each file is, told by how it begins: text, JSON or a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.errors import FileError
from organizing_analytics.loading.json_rows import open_json
from organizing_analytics.loading.text import open_text
from organizing_analytics.loading.workbook import open_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from organizing_analytics.loading.files import RawFile


def open_file(path: Path, *, name: str) -> list[RawFile]:
    """Return the tables in a file.

    Raises
    ------
    FileError
        It cannot be read as a table.
    """
    head = _head(path, name=name)
    if head.startswith(b"PK\x03\x04"):
        return open_workbook(path, name=name)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileError(
            f"{name}: an old or password-protected workbook. Save it as .xlsx without a password."
        )
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return [open_json(path, name=name)]
    return [open_text(path, name=name)]


def _head(path: Path, *, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
    except OSError as error:
        raise FileError(f"{name}: this file cannot be read ({error.strerror}).") from error
