"""A store in memory, from rows written by hand.

    store = make_store({"people": [{"person_id": "ann"}], …}, zone="America/Chicago")

Moments are UTC ("2026-03-04 18:00"). Local dates are worked out with zoneinfo, so that a test
holds the store's own rule against another implementation. What a row does not name is empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import duckdb
import ibis
import pandas as pd

from organizing_analytics.expressions import Recorded, real, recorded
from organizing_analytics.model import BY_NAME, TABLES, Table
from organizing_analytics.schema import create_table
from organizing_analytics.settings import Settings
from organizing_analytics.store.frames import UnusualValuesError, frame_of, types_of
from organizing_analytics.store.reading import parse_day
from organizing_analytics.store.statements import Statement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir

    Rows = Sequence[Mapping[str, Any]]


#: Digest → what was compiled before, for all made stores: their tables have the same columns.
_STATEMENTS: dict[str, Statement] = {}
_COLUMNS: dict[str, tuple[str, ...]] = {}


@dataclass
class MadeStore:
    """The store's interface over an in-memory DuckDB.

    As in a store, an expression that was compiled before is run by its statement: the tests of
    one process compile each question once. The oracle's tests hold statements against expressions.
    """

    connection: duckdb.DuckDBPyConnection
    settings: Settings = field(default_factory=Settings)
    snapshot: int | None = 1

    def __post_init__(self) -> None:
        self.ibis = ibis.duckdb.from_connection(self.connection)

    def table(self, name: str) -> ir.Table:
        return self.ibis.table(name)

    def recorded_table(self, name: str) -> ir.Table:
        return recorded(lambda: self.ibis.table(name), digest=f"table {name}", source=self)

    def columns_of(self, table: Recorded) -> tuple[str, ...]:
        if table.digest not in _COLUMNS:
            columns = tuple(real(table).columns)
            if table.digest is None:
                return columns
            _COLUMNS[table.digest] = columns
        return _COLUMNS[table.digest]

    def execute(self, expression: ir.Expr) -> pd.DataFrame:
        if not isinstance(expression, Recorded) or expression.digest is None:
            return self.ibis.execute(real(expression))
        statement = _STATEMENTS.get(expression.digest)
        if statement is None:
            built = real(expression)
            types = types_of(built.schema()) if hasattr(built, "columns") else None
            if types is not None:
                _STATEMENTS[expression.digest] = Statement(str(self.ibis.compile(built)), types)
            return self.ibis.execute(built)
        try:
            return frame_of(self.connection.sql(statement.text).to_arrow_table(), statement.types)
        except UnusualValuesError:
            return self.ibis.execute(real(expression))

    def as_of(self, value: str | date | None = None) -> date:
        return parse_day(value) if value is not None else self.settings.today() - timedelta(days=1)


def make_store(
    tables: Mapping[str, Rows], *, zone: str = "UTC", follow_up_hours: int = 48
) -> MadeStore:
    """Return a store that holds these rows; the other tables are empty."""
    unknown = set(tables) - set(BY_NAME)
    if unknown:
        raise KeyError(f"no such table: {unknown}")
    connection = duckdb.connect()
    for table in TABLES:
        connection.execute(create_table(table))
        rows = [_complete(table, row, tables, zone) for row in tables.get(table.name, ())]
        if rows:
            marks = ", ".join("?" for _ in rows[0])
            connection.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', rows)
    connection.execute("CREATE TABLE team_lines (team_id VARCHAR, ancestor_id VARCHAR)")
    if lines := _team_lines(tables.get("teams", ())):
        connection.executemany("INSERT INTO team_lines VALUES (?, ?)", lines)
    return MadeStore(connection, Settings(timezone=zone, follow_up_hours=follow_up_hours))


def cells(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Return some columns of an answer as tuples, with None for what is missing."""
    rows = frame[list(columns)].astype(object).itertuples(index=False, name=None)
    return [tuple(None if pd.isna(value) else value for value in row) for row in rows]


def _complete(
    table: Table, row: Mapping[str, Any], tables: Mapping[str, Rows], zone: str
) -> list[Any]:
    dates = {day.name: day for day in table.local_dates}
    unknown = set(row) - {column.name for column in table.every_column} - set(dates)
    if unknown:
        raise KeyError(f"{table.name} has no column {unknown}")
    values = [row.get(column.name) for column in table.every_column]
    for name, day in dates.items():
        clock = _event_zone(row, tables, zone) if day.clock == "event" else zone
        values.append(row.get(name) or local_date(row.get(day.moment), clock))
    return [*values, "test"]


def _event_zone(row: Mapping[str, Any], tables: Mapping[str, Rows], zone: str) -> str:
    zones = {event["event_id"]: event.get("timezone") for event in tables.get("events", ())}
    return zones.get(row["event_id"]) or zone


def local_date(moment: str | None, zone: str) -> date | None:
    """Return the date that a UTC moment has in a time zone."""
    if moment is None:
        return None
    utc = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return utc.astimezone(ZoneInfo(zone)).date()


def _team_lines(teams: Rows) -> list[tuple[str, str]]:
    parents = {team["team_id"]: team.get("parent_team_id") for team in teams}
    lines = []
    for team in parents:
        above: str | None = team
        while above is not None:
            lines.append((team, above))
            above = parents.get(above)
    return lines
