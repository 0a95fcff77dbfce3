"""What each file is: how it is written, and which source's shape its rows have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.errors import FileError
from organizing_analytics.loading.json_rows import open_json, read_records
from organizing_analytics.loading.text import open_text
from organizing_analytics.loading.workbook import open_workbook
from organizing_analytics.sources import Mapping, recognise

if TYPE_CHECKING:
    from pathlib import Path

    from organizing_analytics.loading.files import RawFile
    from organizing_analytics.sources import Reading

Opened = tuple["RawFile", "Reading"]


def open_file(
    path: Path, *, name: str, source: str | None, mapping: Mapping | None
) -> tuple[list[Opened], list[str]]:
    """Return the tables in a file with what their rows mean, and what it was taken for.

    Raises
    ------
    FileError
        It cannot be read as a table, or nobody knows its header.
    """
    opened: list[Opened] = []
    taken: list[str] = []
    for raw, keys in _tables(path, name=name, source=source, mapping=mapping):
        if mapping is not None:
            opened.append((raw, mapping.read(raw.header, file=raw.name)))
            continue
        shape = recognise(keys, table_name=raw.table_name, file=raw.name, source=source)
        if shape.title:
            taken.append(f"{raw.name}: taken for {shape.title}.")
        opened.append((raw, shape.read(raw.header, file=raw.name)))
    return opened, taken


def _tables(
    path: Path, *, name: str, source: str | None, mapping: Mapping | None
) -> list[tuple[RawFile, tuple[str, ...]]]:
    head = _head(path, name=name)
    if head.startswith(b"PK\x03\x04"):
        return [(raw, raw.header) for raw in open_workbook(path, name=name)]
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileError(
            f"{name}: an old or password-protected workbook. Save it as .xlsx without a password."
        )
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        records = read_records(path, name=name)
        keys = tuple(dict.fromkeys(key for record in records[:100] for key in record))
        shape = None
        if mapping is None:
            shape = recognise(keys, table_name=path.name, file=name, source=source)
        return [(open_json(path, records, name=name, shape=shape), keys)]
    raw = open_text(path, name=name)
    return [(raw, raw.header)]


def _head(path: Path, *, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
    except OSError as error:
        raise FileError(f"{name}: this file cannot be read ({error.strerror}).") from error
