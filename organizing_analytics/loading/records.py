"""Rows that a script holds in its hands: dicts, a pandas frame, a table of Parsons or polars.

They are written to a private folder as one JSON record a line and loaded like that file, so that
there is one road for all rows and one set of rules.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import FileError, OptionError, unknown
from organizing_analytics.loading.load import load_files
from organizing_analytics.model import BY_NAME
from organizing_analytics.store.writing import WAIT_SECONDS
from organizing_analytics.temporary import private_folder

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path

    from organizing_analytics.loading.result import LoadResult

#: How messages call rows that are not said to be of one table.
NAME = "records"
#: A file is read whole (see json_rows.py): more than this becomes several, loaded together.
MAX_BYTES = 150_000_000
#: Whole numbers up to this are exact in a float.
_EXACT = 2**53


def load_records(
    rows: object,
    *,
    store: str | os.PathLike[str] | None = None,
    source: str | None = None,
    timezone: str | None = None,
    table: str | None = None,
    shift: str | None = None,
    complete: bool = False,
    year: int | None = None,
    strict: bool = False,
    dry_run: bool = False,
    wait_seconds: float = WAIT_SECONDS,
) -> LoadResult:
    """Load rows into a store, as a JSON file of the same records would be.

    Parameters
    ----------
    rows : iterable of dict, or a table
        Dicts, which may hold dicts and lists as an API returns them; a pandas frame; or
        anything with `to_dicts()`, like a Parsons Table or a polars frame.
    table : str, optional
        The template's table that the rows are of, like `signups`. Without it they are told by
        their columns, like a file.
    store, source, timezone, shift, complete, year, strict, dry_run, wait_seconds
        As in `load_files`.

    Returns
    -------
    LoadResult
        Rows are numbered as in a file whose header is row 1: the first record is row 2.

    Raises
    ------
    FileError, MappingError, OptionError, StoreError
        Nothing was changed.
    RejectedRowsError
        `strict`, and rows were rejected; its `result` names them. Nothing was changed.
    """
    if table is not None and table not in BY_NAME:
        raise OptionError(unknown("table", table, list(BY_NAME), most=len(BY_NAME)))
    with private_folder() as spare:
        return load_files(
            _written(_dicts(rows), spare, stem=table or NAME),
            store=store, source=source, timezone=timezone, shift=shift, complete=complete,
            year=year, strict=strict, dry_run=dry_run, wait_seconds=wait_seconds,
        )  # fmt: skip


def _dicts(rows: object) -> Iterable[object]:
    """Return the rows of whatever holds them."""
    if hasattr(rows, "to_dicts"):
        return rows.to_dicts()  # type: ignore[no-any-return]
    if hasattr(rows, "to_dict") and hasattr(rows, "columns"):
        return _of_frame(rows)
    if isinstance(rows, Mapping):  # one record, or a page of them
        return [rows]
    if isinstance(rows, Iterable) and not isinstance(rows, (str, bytes)):
        return rows
    raise FileError(
        f"{NAME}: a list of dicts, a pandas frame or a table with to_dicts() is needed, not "
        f"{type(rows).__name__}. Files are loaded by load_files."
    )


def _of_frame(frame: Any) -> list[object]:
    columns = list(frame.columns)
    twice = next((column for column in columns if columns.count(column) > 1), None)
    if twice is not None:
        raise FileError(
            f"{NAME}: the column {twice} is there twice. Rename or remove one.", column=str(twice)
        )
    index_columns = [name for name in frame.index.names if name is not None and name not in columns]
    if index_columns:  # an index that has a name is a column that was set aside
        frame = frame.reset_index(level=index_columns)
    return list(frame.to_dict(orient="records"))


def _written(rows: Iterable[object], folder: Path, *, stem: str) -> list[Path]:
    """Write the records, one a line, into as many files as are needed, and return those."""
    paths: list[Path] = []
    has_keys = False
    lines = _lines(rows)
    line = next(lines, None)
    while line is not None:
        name = f"{stem}.jsonl" if not paths else f"{stem}.{len(paths) + 1}.jsonl"
        paths.append(folder / name)
        size = 0
        with paths[-1].open("w", encoding="ascii", newline="\n") as out:
            while line is not None and (not size or size + len(line) <= MAX_BYTES):
                has_keys = has_keys or line != "{}\n"
                size += out.write(line)
                line = next(lines, None)
    if not has_keys:
        raise FileError(f"{NAME}: there are no rows to load.")
    return paths


def _lines(rows: Iterable[object]) -> Iterator[str]:
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise FileError(
                f"{NAME}: record {number} is no dict but {type(row).__name__}. Each record is a "
                "dict of column and value.",
                row=number,
            )
        # Letters beyond ASCII are escaped: no line can end within a text.
        yield json.dumps(_plain(row)) + "\n"


def _plain(value: object) -> object:
    """Return a value as JSON has it."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return _number(float(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(inner) for inner in value]
    return _other(value)


def _number(value: float) -> object:
    if math.isnan(value):
        return None
    # A column of ids with gaps comes out of pandas as 12.0, which is id 12.
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


def _other(value: object) -> object:
    """Return what libraries have values of their own for."""
    import numpy as np  # noqa: PLC0415  # only for those who hold such values
    import pandas as pd  # noqa: PLC0415

    if isinstance(value, np.datetime64):  # as a plain value it may be a number of nanoseconds
        value = pd.Timestamp(value)
    elif isinstance(value, (np.ndarray, np.generic)):
        return _plain(value.tolist())
    if value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, Decimal):
        return None if value.is_nan() else format(value, "f")
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
