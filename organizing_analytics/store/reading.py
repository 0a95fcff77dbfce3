"""Open one snapshot, read-only, and ask it.

A `Store` is pinned to the snapshot that was current when it was opened: a notebook that stays
open all week gives the same answers until it calls `refresh`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, Self

import duckdb

from organizing_analytics import sql
from organizing_analytics.errors import OptionError, OrganizingError, StoreError
from organizing_analytics.expressions import Recorded, real, recorded
from organizing_analytics.model import BY_NAME, TABLES
from organizing_analytics.schema import FORMAT, column_types
from organizing_analytics.store.frames import UnusualValuesError, frame_of, types_of
from organizing_analytics.store.querying import open_sandbox, rows_of
from organizing_analytics.store.snapshots import (
    Current,
    require_store,
    snapshot_file,
    store_folder,
)
from organizing_analytics.store.statements import Statement, Statements

if TYPE_CHECKING:
    import os
    from collections.abc import Collection
    from pathlib import Path
    from types import TracebackType

    import ibis.expr.types as ir
    import pandas as pd
    from ibis.backends.duckdb import Backend

    from organizing_analytics.settings import Settings

#: DuckDB allows one configuration per file and process, so there is exactly one.
CONFIG: dict[str, str | bool | int | float | list[str]] = {"autoinstall_known_extensions": False}


#: DuckDB's types as Ibis calls them, for columns that an older store lacks.
_IBIS_TYPES = {
    "VARCHAR": "string", "BOOLEAN": "boolean", "INTEGER": "int32", "DOUBLE": "float64",
    "TIMESTAMP": "timestamp", "DATE": "date",
}  # fmt: skip


#: The table of `Store.ids_table`.
_IDS = "wanted_ids"


class Data(Protocol):
    """What a measure needs: the tables, an engine, the settings and the date to stand at."""

    @property
    def snapshot(self) -> int | None:
        """Return the number of the snapshot, where there is one."""

    @property
    def settings(self) -> Settings:
        """Return the campaign's settings."""

    def recorded_table(self, name: str) -> ir.Table:
        """Return a table of the model, to note an expression of (see `expressions`)."""

    def execute(self, expression: ir.Expr) -> pd.DataFrame:
        """Run an Ibis expression and return its rows."""

    def as_of(self, value: str | date | None = None) -> date:
        """Return the date to stand at; yesterday when none is given."""


def parse_day(value: str | date, *, option: str = "as-of") -> date:
    """Return a date from ISO text.

    Raises
    ------
    OptionError
        It is no date.

    Examples
    --------
    >>> parse_day("2026-11-22")
    datetime.date(2026, 11, 22)
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise OptionError(f'{option} is "{value}"; a date is written like 2026-11-22.') from error


def day_to_stand_at(settings: Settings, value: str | date | None = None) -> date:
    """Return the date that is given, else yesterday by the campaign's clock."""
    return parse_day(value) if value is not None else settings.today() - timedelta(days=1)


class Store:
    """One snapshot of a campaign, open for reading.

    Use it as a context manager, or call `close`. Made by `open_store`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open()

    def _open(self) -> None:
        current, self.connection = _connect_current(self.folder)
        self.snapshot, self.settings = current.snapshot, current.settings
        self._made_by = current.made_by
        self._sandbox: duckdb.DuckDBPyConnection | None = None
        self._ibis: Backend | None = None
        self._tables: dict[str, ir.Table] = {}
        self._statements: Statements | None = None

    @property
    def path(self) -> Path:
        """Return the store's folder."""
        return self.folder

    @property
    def format(self) -> int:
        """Return the format of the store's tables; a load brings an older one up to date."""
        return self._made_by

    @property
    def has_identity(self) -> bool:
        """Tell whether the store knows who is the same in several tools: from format 2 on."""
        return self._made_by > 1

    @property
    def ibis(self) -> Backend:
        """Return the Ibis backend over this snapshot."""
        if self._ibis is None:
            import ibis  # noqa: PLC0415  # 0.8 s: only for those who ask measures

            self._ibis = ibis.duckdb.from_connection(self.connection)
            # Ibis switches these for its own needs; both would touch the network or the zone.
            self.connection.execute("SET TimeZone = 'UTC'")
        return self._ibis

    def table(self, name: str) -> ir.Table:
        """Return a table of the model as an Ibis expression."""
        return real(self.recorded_table(name))

    def recorded_table(self, name: str) -> ir.Table:
        """Return a table of the model as an expression that Ibis builds when somebody needs it.

        See `organizing_analytics.expressions`.
        """
        if name not in self._tables:  # a snapshot's columns never change: they are asked for once
            # What an older version's store lacks is filled in: it has no statement of its own.
            digest = f"table {name}" if self._made_by == FORMAT else None
            self._tables[name] = recorded(lambda: self._complete(name), digest=digest, source=self)
        return self._tables[name]

    def ids_table(self, ids: Collection[str]) -> ir.Table:
        """Return a table of ids, in the column `wanted_id`, until the next such table is made.

        A statement about these people is the same for whomever is asked about, so it is kept.
        """
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {_IDS} (wanted_id VARCHAR)")
        self.connection.execute(f"INSERT INTO {_IDS} SELECT unnest(?)", [sorted(ids)])
        return recorded(
            lambda: self.ibis.table(_IDS, database=("temp", "main")), digest=_IDS, source=self
        )

    def columns_of(self, table: Recorded) -> tuple[str, ...]:
        """Return the columns of a recorded table, without building it where they are kept."""
        digest = table.digest
        columns = None if digest is None else self._kept_statements.columns(digest)
        if columns is None:
            columns = tuple(real(table).columns)
            if digest is not None:
                self._kept_statements.put_columns(digest, columns)
        return columns

    @property
    def _kept_statements(self) -> Statements:
        if self._statements is None:
            self._statements = Statements(self.folder, self.connection)
        return self._statements

    def _complete(self, name: str) -> ir.Table:
        """Return a table; what an older version's store lacks of it is empty."""
        if self._made_by == FORMAT or name not in BY_NAME:
            return self.ibis.table(name)
        import ibis  # noqa: PLC0415

        types = column_types(BY_NAME[name])
        schema = {c: ibis.dtype(_IBIS_TYPES[kind]) for c, kind in types.items()}
        if name not in tables_of(self.connection):
            return ibis.memtable([], schema=ibis.schema(schema))
        table = self.ibis.table(name)
        lacking = {c: ibis.null(kind) for c, kind in schema.items() if c not in table.columns}
        return table.mutate(**lacking).select(*types)

    def execute(self, expression: ir.Expr) -> pd.DataFrame:
        """Run an Ibis expression; an error carries the SQL that failed."""
        if isinstance(expression, Recorded) and expression.digest and expression.source is self:
            frame: pd.DataFrame = self._run_recorded(expression, expression.digest)
            return frame
        return self._run(real(expression))

    def _run_recorded(self, expression: Recorded, digest: str) -> pd.DataFrame:
        """Run the statement that was compiled before; else compile it, and keep it."""
        statement = self._kept_statements.get(digest)
        if statement is None:
            built = real(expression)
            types = types_of(built.schema()) if hasattr(built, "columns") else None
            if types is not None:
                statement = Statement(str(self.ibis.compile(built)), types)
                self._kept_statements.put(digest, statement)
                if self._is_superseded():  # whoever it names may have been forgotten since
                    self._kept_statements.drop(digest)
            return self._run(built)
        try:
            answer = self.connection.sql(statement.text).to_arrow_table()
        except duckdb.Error as error:
            error.add_note(f"Engine: DuckDB. SQL:\n{statement.text}")
            raise
        try:
            return frame_of(answer, statement.types)
        except UnusualValuesError:
            return self._run(real(expression))

    def _is_superseded(self) -> bool:
        try:
            return require_store(self.folder).snapshot != self.snapshot
        except OrganizingError:
            return True

    def _run(self, expression: ir.Expr) -> pd.DataFrame:
        try:
            frame: pd.DataFrame = self.ibis.execute(expression)
        except duckdb.Error as error:
            error.add_note(f"Engine: DuckDB. SQL:\n{self.ibis.compile(expression)}")
            raise
        return frame

    def sql(self, query: str, values: object = None, /, **named: object) -> pd.DataFrame:
        """Ask the tables in DuckDB's SQL; nothing can be changed, and no file read or written.

        Parameters
        ----------
        query : str
            One query: SELECT, WITH, FROM, DESCRIBE, SHOW, SUMMARIZE or PIVOT. Values are never
            pasted into it: write `$name` and give `name=...`.
        values : list, optional
            Values of `$1`, `$2`, … in place of names.
        **named
            Values of `$name`.

        Returns
        -------
        DataFrame
            The rows.

        Raises
        ------
        OptionError
            The query would change something, needs a file, or cannot be understood.

        Examples
        --------
        >>> store.sql(
        ...     "SELECT count(*) AS n FROM asks WHERE outcome = $said", said="yes"
        ... )  # doctest: +SKIP
        """
        if self._sandbox is None:  # most who open a store never ask in SQL
            self._sandbox = self._open_sandbox()
        return rows_of(self._sandbox, query, named or values)

    def _open_sandbox(self) -> duckdb.DuckDBPyConnection:
        path = snapshot_file(self.folder, self.snapshot)
        try:
            return open_sandbox(path, schemas=_schemas(self.connection))
        except duckdb.Error as error:  # forgetting a person removes snapshots that are open
            raise StoreError(
                f"{path}: this snapshot cannot be opened any more ({error}). Go on with the "
                "current one: call refresh() on the store, or open it again."
            ) from error

    def as_of(self, value: str | date | None = None) -> date:
        """Return the date to stand at: `value`, else yesterday by the campaign's clock."""
        return day_to_stand_at(self.settings, value)

    def refresh(self) -> Store:
        """Move to the store's current snapshot."""
        self.close()
        self._open()
        return self

    def close(self) -> None:
        """Let go of the snapshot's file."""
        self._ibis, self._tables, self._statements = None, {}, None
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _summary(self) -> list[tuple[str, int]]:
        held = tables_of(self.connection)
        union = " UNION ALL ".join(
            f"SELECT {sql.literal(t.name)}, count(*) FROM {sql.name(t.name)}"
            for t in TABLES
            if t.name in held
        )
        return [(str(name), int(rows)) for name, rows in self.connection.sql(union).fetchall()]

    def __repr__(self) -> str:
        counts = ", ".join(f"{rows:,} {name}" for name, rows in self._summary() if rows)
        return f"<Store {self.folder.name}, snapshot {self.snapshot}: {counts or 'empty'}>"


def tables_of(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the names of a snapshot's tables and views."""
    rows = connection.execute("SELECT table_name FROM information_schema.tables").fetchall()
    return {str(table) for (table,) in rows}


def _connect_current(folder: Path, *, tries: int = 20) -> tuple[Current, duckdb.DuckDBPyConnection]:
    current: Current | None = None
    failure: Any = None
    for _ in range(tries):
        current = require_store(folder)
        try:
            connection = duckdb.connect(
                str(snapshot_file(folder, current.snapshot)), read_only=True, config=CONFIG
            )
        except duckdb.Error as error:
            failure = error  # the snapshot was superseded and removed since: read the pointer again
            continue
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"SET search_path = '{','.join(_schemas(connection))}'")
        return current, connection
    lost = snapshot_file(folder, current.snapshot if current else 0)
    raise StoreError(
        f"{lost}: this snapshot cannot be opened ({failure}). An "
        "older snapshot may stand beside it: write its number into store.json."
    )


def _schemas(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return where a snapshot's tables are looked up, first one first."""
    query = "SELECT 1 FROM duckdb_schemas() WHERE schema_name = 'merged'"
    # The same people and sign-ups in several tools count once (see identity/views.py).
    return ["merged", "main"] if connection.execute(query).fetchall() else ["main"]


def open_store(path: str | os.PathLike[str] | None = None) -> Store:
    """Open a store's current snapshot for reading.

    Parameters
    ----------
    path : path, optional
        The store's folder; default ORGANIZING_STORE, else data/store.

    Raises
    ------
    StoreError
        There is no store, the folder is not one, or a newer version made it.
    """
    return Store(store_folder(path))
