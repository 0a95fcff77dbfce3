"""SQL over a snapshot's tables: one question at a time, values bound, nothing changed or written.

The snapshot is open read-only, so the engine itself refuses to change it. But DuckDB would still
write files (COPY TO, EXPORT), open other databases (ATTACH) and change its own settings, so only
what gives rows is passed on. This keeps slips from doing harm; who may read the store may read it.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import duckdb

from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.model import TABLES

if TYPE_CHECKING:
    import pandas as pd

#: What gives rows; MULTI is a PIVOT, which the engine runs in several steps.
_ASKS = ("SELECT", "MULTI")
_ALLOWED = "Begin with SELECT, WITH, FROM, DESCRIBE, SHOW, SUMMARIZE or PIVOT."
#: Functions that write files of their own.
_WRITERS = ("enable_logging", "enable_profiling")
_NO_TABLE = re.compile(r"Table with name (?P<name>.+?) does not exist")


def rows_of(
    connection: duckdb.DuckDBPyConnection, query: str, values: object = None
) -> pd.DataFrame:
    """Return the rows that a query gives.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Of a snapshot, open read-only.
    query : str
        One query in DuckDB's SQL.
    values : list or dict, optional
        Of its parameters: `$1`, `$2`, … or `$name`.

    Raises
    ------
    OptionError
        It is no single question, or the engine does not understand it.
    """
    try:
        _refuse_what_writes(connection, query)
        return connection.execute(query, values).df()
    except (duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError) as error:
        raise OptionError(_in_words(connection, str(error))) from error


def _refuse_what_writes(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    kinds = [statement.type.name for statement in connection.extract_statements(query)]
    if len(kinds) != 1:
        raise OptionError(f"Here are {len(kinds)} statements; give one query. {_ALLOWED}")
    [kind] = kinds
    if kind not in _ASKS:
        raise OptionError(f"{kind} is not allowed: the store is open read-only. {_ALLOWED}")
    words = _words(query)
    # `WITH x AS (COPY … TO …)` is a SELECT to the engine.
    if any(before == "(" and word == "copy" for before, word in pairwise(words)):
        raise OptionError(
            "COPY is not allowed: the store is open read-only. To keep an answer, use the frame's "
            "`to_csv`, or `oa export` for whole tables."
        )
    for writer in set(words).intersection(_WRITERS):
        raise OptionError(f"{writer} is not allowed: it would write files.")


def _words(query: str) -> list[str]:
    """Return the words and signs of a query in small letters, without comments and quotes."""
    tokens = duckdb.tokenize(query)
    text = query.encode()  # the engine counts bytes
    bounds = pairwise([*(place for place, _ in tokens), len(text)])
    return [
        text[start:end].decode().strip().strip('"').lower()
        for (start, end), (_, kind) in zip(bounds, tokens, strict=True)
        if kind != duckdb.token_type.comment
    ]


def _in_words(connection: duckdb.DuckDBPyConnection, said: str) -> str:
    missing = _NO_TABLE.search(said)
    if missing:
        return unknown("table", missing["name"], _tables(connection), most=len(TABLES))
    kind, _, what = said.partition(": ")
    return f"This query cannot be answered. {what if kind.endswith('Error') else said}"


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of all tables, those of the model first."""
    rows = connection.execute("SELECT DISTINCT table_name FROM duckdb_tables() ORDER BY 1")
    ours = [table.name for table in TABLES]
    return [*ours, *(name for (name,) in rows.fetchall() if name not in ours)]
