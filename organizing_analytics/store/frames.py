"""Rows of the engine as a frame, with the very types that Ibis gives them.

Kept statements are run without Ibis. So that their answers are bit-equal, this does step by step
what `ibis.formats.pandas` does, for the types that measures use; others are left to Ibis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import pyarrow as pa

_NUMBERS = frozenset(
    {"Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float32", "Float64"}
)
_OTHERS = frozenset({"Boolean", "String", "Date", "Timestamp"})


class UnusualValuesError(Exception):
    """The values of a column are not of the usual form: Ibis knows what to do."""


def types_of(schema: Any) -> dict[str, tuple[str, str]] | None:
    """Return the types of a table's columns, None where some are left to Ibis.

    Parameters
    ----------
    schema : Schema
        Of an Ibis table.

    Returns
    -------
    dict of str to (str, str)
        Column → the name of its type in Ibis, and its type in pandas.
    """
    from ibis.formats.pandas import PandasType  # noqa: PLC0415

    types = {}
    for name, dtype in schema.items():
        kind = type(dtype).__name__
        if kind not in _NUMBERS | _OTHERS or (kind == "Timestamp" and dtype.timezone):
            return None
        types[name] = (kind, str(PandasType.from_ibis(dtype)))
    return types


def frame_of(table: pa.Table, types: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """Return an answer's rows as a frame.

    Raises
    ------
    UnusualValuesError
        Some column cannot be converted in the usual way.
    """
    import pandas as pd  # noqa: PLC0415

    if table.column_names != list(types):
        raise UnusualValuesError
    columns = {
        name: column.to_pylist() if column.null_count else column.to_pandas()
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
    frame = pd.DataFrame(columns)
    return pd.DataFrame({name: _converted(frame[name], *types[name]) for name in types})


def _converted(column: pd.Series, kind: str, dtype: Any) -> pd.Series:
    import pandas as pd  # noqa: PLC0415

    if column.dtype == dtype and kind != "Timestamp":
        return column
    if kind == "Boolean" and not column.empty:
        is_object = column.dtype == object
        return column if is_object else column.map(bool, na_action="ignore")
    if kind == "Timestamp" and pd.api.types.is_datetime64_dtype(column.dtype):
        local: pd.Series = column.dt.tz_localize(None)
        return local
    try:
        converted: pd.Series = column.astype(dtype)
    except Exception as error:
        if kind in _NUMBERS:  # whole numbers with gaps stay floats
            return column
        raise UnusualValuesError from error
    return converted
