"""SQL of the user's own over a snapshot: one query at a time, values bound, no file within reach.

The query runs in a database engine of its own, which holds nothing but the snapshot, attached
read-only. Before it takes any query, this engine gives up all access to files and to the network
and locks its settings; DuckDB cannot take that back while it runs. So it does not matter what the
query says: no text is searched for dangerous words. The kind of statement is asked of DuckDB's own
parser, and only to give a clear message.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import duckdb

from organizing_analytics import sql
from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.model import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

#: Statements that return rows; MULTI is a PIVOT, which the engine runs in several steps.
_QUERIES = ("SELECT", "MULTI")
_ALLOWED = "Begin with SELECT, WITH, FROM, DESCRIBE, SHOW, SUMMARIZE or PIVOT."
_MISSING_TABLE = re.compile(r"Table with name (?P<name>.+?) does not exist")
_SNAPSHOT = "snapshot"


def open_sandbox(snapshot: Path, *, schemas: list[str]) -> duckdb.DuckDBPyConnection:
    """Open a snapshot for queries that can reach no file and no network.

    Parameters
    ----------
    snapshot : Path
        The snapshot's file.
    schemas : list of str
        Where names of tables are looked up, first one first.

    Returns
    -------
    DuckDBPyConnection
        Of an engine in memory. It cannot read or write files, attach databases, load extensions,
        see Python variables or change a setting. Large queries spill beside the snapshot.

    Notes
    -----
    Closing this engine lets go of the lock that the whole process has on the snapshot's file
    (POSIX locks belong to processes). A load may then remove an old snapshot that is still open
    here. On POSIX systems an open file stays readable after that; Windows has no such locks.
    """
    spill = snapshot.with_name(f"{snapshot.name}.query-{os.getpid()}.tmp")
    sandbox = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": False,
            "allow_persistent_secrets": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            "temp_directory": str(spill),
        },
    )
    try:
        sandbox.execute(f"ATTACH {sql.literal(str(snapshot))} AS {_SNAPSHOT} (READ_ONLY)")
        sandbox.execute("SET TimeZone = 'UTC'")
        path = ",".join(f"{_SNAPSHOT}.{schema}" for schema in schemas)
        sandbox.execute(f"SET search_path = {sql.literal(path)}")
        sandbox.execute("SET enable_external_access = false")
        sandbox.execute("SET lock_configuration = true")
    except duckdb.Error:
        sandbox.close()
        raise
    return sandbox


def rows_of(sandbox: duckdb.DuckDBPyConnection, query: str, values: object = None) -> pd.DataFrame:
    """Return the rows that a query gives.

    Parameters
    ----------
    sandbox : DuckDBPyConnection
        From `open_sandbox`.
    query : str
        One query in DuckDB's SQL.
    values : list or dict, optional
        Values of its parameters: `$1`, `$2`, … or `$name`.

    Raises
    ------
    OptionError
        It is not one single query, it needs a file or a setting, or the engine does not
        understand it.
    """
    try:
        _require_one_query(sandbox, query)
        return sandbox.execute(query, values).df()
    except duckdb.PermissionException as error:
        raise OptionError(
            "This query would use a file or an extension. That is not allowed: the store is "
            f"open read-only ({_first_line(error)}). To save an answer, use the frame's `to_csv`, "
            "or `oa export` for whole tables. To join a file, read it with pandas."
        ) from error
    except (duckdb.InternalException, duckdb.FatalException):
        raise  # faults of the engine, not of the query
    except duckdb.Error as error:
        raise OptionError(_in_words(sandbox, str(error))) from error


def _require_one_query(sandbox: duckdb.DuckDBPyConnection, query: str) -> None:
    statements = sandbox.extract_statements(query)
    if len(statements) != 1:
        raise OptionError(f"Here are {len(statements)} statements; give one query. {_ALLOWED}")
    try:
        kind = statements[0].type.name
    except ValueError:  # DuckDB's parser has kinds that its Python package has no name for
        kind = "This statement"
    if kind not in _QUERIES:
        raise OptionError(f"{kind} is not allowed: the store is open read-only. {_ALLOWED}")


def _first_line(error: duckdb.Error) -> str:
    return str(error).partition("\n")[0]


def _in_words(sandbox: duckdb.DuckDBPyConnection, message: str) -> str:
    missing = _MISSING_TABLE.search(message)
    if missing:
        return unknown("table", missing["name"], _tables(sandbox), most=len(TABLES))
    kind, _, what = message.partition(": ")
    return f"This query cannot be answered. {what if kind.endswith('Error') else message}"


def _tables(sandbox: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of all tables, those of the model first."""
    rows = sandbox.execute("SELECT DISTINCT table_name FROM duckdb_tables() ORDER BY 1")
    ours = [table.name for table in TABLES]
    return [*ours, *(name for (name,) in rows.fetchall() if name not in ours)]
