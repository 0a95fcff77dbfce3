"""Files that DuckDB's reader cannot take as they are: written again row by row, then read."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb

from organizing_analytics.errors import FileError
from organizing_analytics.loading import files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from organizing_analytics.loading.files import RawFile
    from organizing_analytics.loading.staging import Staged


def read_or_rewrite(
    read: Callable[[RawFile], list[Staged]], raw: RawFile, spare: Path
) -> list[Staged]:
    """Return what `read` makes of a file, or of its rewritten form if it cannot read the original.

    Raises
    ------
    FileError
        The rewritten file cannot be read either.
    """
    if raw.relation is not None:
        try:
            return read(raw)
        except duckdb.OutOfMemoryException:
            raise  # rewriting would not need less memory
        except duckdb.Error:
            pass  # its beginning was clean, the rest is not
    try:
        return read(rewritten(raw, spare))
    except (duckdb.InvalidInputException, duckdb.NotImplementedException) as error:
        raise _unreadable(raw, error) from error


def rewritten(raw: RawFile, spare: Path) -> RawFile:
    """Return the file written again, row by row, into the folder `spare`.

    Raises
    ------
    FileError
        A compressed file is damaged.
    """
    try:
        return files.write_anew(raw, spare)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _unreadable(raw, error) from error


def read_once(connection: duckdb.DuckDBPyConnection, raw: RawFile, number: int) -> RawFile:
    """Return a sheet with its rows in a temporary table: what they feed reads them many times.

    Raises
    ------
    duckdb.Error
        The file is not as clean as its beginning.
    """
    table = f"sheet_{number}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM {raw.relation}")
    return replace(raw, relation=table)


def _unreadable(raw: RawFile, error: Exception) -> FileError:
    return FileError(f"{raw.name}: this file cannot be read as a table ({error}).", file=raw.path)
