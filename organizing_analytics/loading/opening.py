"""What each file is, told by how it begins: text, JSON or a workbook."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from organizing_analytics.errors import FileError, about
from organizing_analytics.loading.json_rows import by_item, open_json
from organizing_analytics.loading.numbered_lists import one_row_per_item
from organizing_analytics.loading.tables.sections import REPEATED, says
from organizing_analytics.loading.text import open_text
from organizing_analytics.loading.workbook import open_workbook

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from pathlib import Path

    from organizing_analytics.loading.files import RawFile
    from organizing_analytics.loading.tables.header import Fits
    from organizing_analytics.sources import Reading, Recogniser

#: How a zip file and an old Office file begin.
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def open_files(
    paths: Iterable[Path],
    recogniser: Recogniser,
    *,
    names: dict[Path, str],
    optional: Container[Path],
    folders: tuple[Path, ...] = (),
) -> tuple[list[tuple[RawFile, Reading]], list[str]]:
    """Return each table of the files with what its rows feed, and what is said of the rest.

    Parameters
    ----------
    paths : iterable of Path
        The files.
    recogniser : Recogniser
        Tells what each table is.
    names : dict
        How messages call each file.
    optional : container of Path
        Files that came out of a folder: one that cannot be read is named and left, as long as
        another can.
    folders : tuple of Path
        Where mapping files may lie, beside the file's own folder.

    Raises
    ------
    FileError
        A file that was named cannot be read, or none in a folder can.
    """
    opened: list[tuple[RawFile, Reading]] = []
    notes: list[str] = []
    errors: list[FileError] = []
    for path in paths:
        try:
            with about(path):
                own_recogniser = recogniser.beside(path, folders)
                tables, table_notes = _open_known(path, own_recogniser, name=names[path])
        except FileError as error:
            if path not in optional:
                raise
            errors.append(error)
            continue
        opened += tables
        notes += table_notes
    if errors and not opened:
        raise errors[0]
    return opened, [*notes, *(f"left alone: {error}" for error in errors)]


def _open_known(
    path: Path, recogniser: Recogniser, *, name: str
) -> tuple[list[tuple[RawFile, Reading]], list[str]]:
    raws, notes = open_file(path, name=name, fits=recogniser.fits, splits=recogniser.is_check_in)
    opened = []
    for table in raws:
        list_key = recogniser.numbered_list(table.header)
        raw = one_row_per_item(table, list_key) if list_key else table
        shape = recogniser.shape_of(raw.header, file=raw.name, table_name=raw.table_name)
        if shape and shape.list_key and raw.is_json and not list_key:
            raw = by_item(raw, shape.list_key)
        recogniser.check_place(raw.first_row - 1, raw.header, file=raw.name)
        reading = recogniser.read(shape, raw.header, file=raw.name, table_name=raw.table_name)
        if reading.is_check_in and len(raws) > 1 and says(raw.section, REPEATED):
            notes.append(f"{raw.name}: tells again of the same people, left alone.")
            continue
        notes += [*raw.notes]
        if reading.what:
            notes.append(f"{raw.name}: taken for {reading.what}.")
        notes += [f"{raw.name}: {reading.note}"] if reading.note else []
        opened.append((raw, reading))
    if len(opened) == 1 and len(raws) > 1 and raws[0].is_text:
        raw, reading = opened[0]
        opened = [(replace(raw, name=name), reading)]  # nothing to tell it from
    return opened, notes


def open_file(
    path: Path, *, name: str, fits: Fits, splits: bool = False
) -> tuple[list[RawFile], list[str]]:
    """Return the tables in a file, and what is said of its parts that are none.

    Parameters
    ----------
    path, name : Path, str
        The file, and how messages call it.
    fits : callable
        Tells whether a header is known; see `tables/header.py`.
    splits : bool
        Whether a sheet may hold several tables, one below the other.

    Raises
    ------
    FileError
        It cannot be read as a table.
    """
    head = _head(path, name=name)
    if head.startswith((_ZIP, _OLE)):
        return open_workbook(path, name=name, fits=fits, splits=splits)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return [open_json(path, name=name)], []
    return open_text(path, name=name, fits=fits, splits=splits), []


def _head(path: Path, *, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
    except OSError as error:
        raise FileError(f"{name}: this file cannot be read ({error.strerror}).") from error
