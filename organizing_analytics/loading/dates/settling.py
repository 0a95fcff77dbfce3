"""The dates and times of staged tables that the strict rules of cells.py leave open.

Staging reads only ISO texts and the formats that a mapping gives, which no column can contradict.
What is left is settled here, a column at a time: its distinct texts are read, the order of day and
month is decided, and the staged values are filled in. A text that is not understood stays as bad as
it was, with a reason of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from organizing_analytics.loading import cells
from organizing_analytics.loading.dates.column import (
    DAY_FIRST,
    MONTH_FIRST,
    ColumnRules,
    Context,
    decide,
)
from organizing_analytics.loading.dates.reading import DatePart, Reader, Written
from organizing_analytics.loading.staging import OK, raw_rows, texts
from organizing_analytics.sql import literal, name

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.loading.files import RawFile
    from organizing_analytics.loading.staging import Staged
    from organizing_analytics.model import Column

#: Nearly all dates of a large file have this form. DuckDB reads them once their order is known.
_PLAIN = r"\d{1,2}/\d{1,2}/\d{4}( \d{1,2}:\d{2}(:\d{2})?( ?[aApP][mM])?)?"
_PLAIN_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %I:%M%p", " %I:%M:%S%p")
#: In how many rows the other dates of a sheet are looked for.
_ROWS_LOOKED_AT = 2_000
#: A number alone may be a postal code, which is also the day number of a date in 2065.
_MAY_BE_DATE = re.compile(r"(?![\d.]+$)(?=.*(?:\d{4}|\d[/.\-' ]\d\d\b))")
_OFFSET = re.compile(r"[+-]\d\d:\d\d$")


@dataclass
class Settler:
    """Settles the open times of the tables that were staged from one load's files.

    Attributes
    ----------
    connection : duckdb.DuckDBPyConnection
        Where the staged tables are.
    date_order : str
        The campaign's setting, for columns where nothing else decides.
    year : int or None
        The year of dates that have none, as the user gave it.
    """

    connection: duckdb.DuckDBPyConnection
    date_order: str = MONTH_FIRST
    year: int | None = None

    def settle(self, raw: RawFile, tables: list[Staged]) -> list[str]:
        """Fill in what can be read in the tables staged from one file and return warnings."""
        open_columns = [
            (table, column)
            for table in tables
            for column in table.columns
            if column.kind in ("moment", "day") and self._is_open(table, column)
        ]
        if not open_columns:
            return []
        file = _File(self.connection, raw, self.date_order, self.year)
        # First fill columns that tell day first or month first by themselves: they decide for the
        # other columns of the file.
        columns = [
            _OpenColumn(self.connection, table, column, file) for table, column in open_columns
        ]
        for column in columns:
            column.read()
        for column in sorted(columns, key=lambda c: c.rules.decided_by != "column"):
            column.fill()
        notes = list(dict.fromkeys(note for column in columns for note in column.notes()))
        undecided = [c for c in columns if c.rules.decided_by == "setting" and not c.is_end]
        if undecided:
            order = (undecided[0].rules.order or "").replace("_", " ")
            names = ", ".join(dict.fromkeys(c.column.name for c in undecided))
            notes.append(
                f"{raw.name}: no date tells whether the day or the month comes first ({names}); "
                f"they are read with the {order}. If that is wrong, change the setting "
                "(oa settings date_order) and load the file again."
            )
        return notes

    def _is_open(self, table: Staged, column: Column) -> bool:
        rows = self.connection.execute(
            f"SELECT 1 FROM {table.sql_name} WHERE fate = {OK} AND bad & {table.bit(column)} <> 0 "
            "LIMIT 1"
        ).fetchall()
        return bool(rows)


class _File:
    """What the columns of one file share."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        raw: RawFile,
        date_order: str,
        year: int | None,
    ) -> None:
        self.connection = connection
        self.raw = raw
        self.reader = Reader()
        self.order: str | None = None
        self._context = Context(date_order, year=year)
        self._has_looked = False

    def context(self, *, needs_year: bool, forced: str | None) -> Context:
        if needs_year and not self._has_looked and self._context.year is None:
            self._has_looked = True
            self._context = replace(
                self._context, other_dates=self._other_dates(), file_day=self._file_day()
            )
        return replace(self._context, file_order=self.order, forced=forced)

    def _file_day(self) -> date | None:
        try:
            return datetime.fromtimestamp(self.raw.path.stat().st_mtime).date()  # noqa: DTZ006
        except OSError:
            return None

    def _other_dates(self) -> tuple[date, ...]:
        """Return the full dates among the first rows, from all columns."""
        wide = len(self.raw.own_header)
        columns = ", ".join(f"c{i}" for i in range(wide))
        rows = self.connection.execute(
            f"SELECT {columns} FROM {self.raw.relation} LIMIT {_ROWS_LOOKED_AT}"
        ).fetchall()
        days_of_file: set[date] = set()
        for place in range(wide):
            held = {
                row[place] for row in rows if row[place] and _MAY_BE_DATE.match(row[place].strip())
            }
            written = [self.reader.read(text) for text in held]
            dated = [w for w in written if w.day and w.day.year]
            rules = decide(dated, replace(self._context, file_order=self.order))
            days = (rules.day(w)[0] for w in dated)
            days_of_file |= {date.fromisoformat(day) for day in days if day}
        return tuple(days_of_file)


class _OpenColumn:
    """One column of a staged table with texts that are still open."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: Staged,
        column: Column,
        file: _File,
    ) -> None:
        self.connection = connection
        self.table = table
        self.column = column
        self.file = file
        self.rules = ColumnRules(None, "nothing", Context())
        self.sql_name = f"open_{table.sql_name.split('.')[-1]}_{column.name}"
        self.written: dict[str, Written] = {}
        self.has_plain = False

    def read(self) -> None:
        """Collect the open texts and decide how they are read."""
        staged, bit = self.table, self.table.bit(self.column)
        where = f"SELECT rowid FROM {staged.sql_name} WHERE fate = {OK} AND bad & {bit} <> 0"
        text = cells.mapped(f"({texts(staged)[self.column.name]})", staged.cell(self.column))
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {self.sql_name} AS SELECT row, "
            f"{text} AS text FROM ({raw_rows(staged, where)})"
        )
        plain = f"regexp_full_match(text, {literal(_PLAIN)})"
        odd = self.connection.execute(
            f"SELECT DISTINCT text FROM {self.sql_name} WHERE text IS NOT NULL AND NOT {plain}"
        ).fetchall()
        days = self.connection.execute(
            f"SELECT DISTINCT split_part(text, '/', 1)::INTEGER, split_part(text, '/', 2)::INTEGER "
            f"FROM {self.sql_name} WHERE {plain}"
        ).fetchall()
        self.has_plain = bool(days)
        self.written = {text: self.file.reader.read(text) for (text,) in odd}
        votes = [Written(day=DatePart(2000, first, second)) for first, second in days]
        needs_year = any(w.day and w.day.year is None for w in self.written.values())
        forced = _order_of(staged.cell(self.column).forms)
        context = self.file.context(needs_year=needs_year, forced=forced)
        self.rules = decide([*votes, *self.written.values()], context)
        if self.rules.decided_by == "column" and self.rules.order:
            self.file.order = self.rules.order
        self._everything = [*votes, *self.written.values()]

    def fill(self) -> None:
        """Write what is understood into the staged table; the rest keeps its bad bit."""
        if self.rules.decided_by == "setting" and self.file.order:
            context = replace(self.rules.context, file_order=self.file.order)
            self.rules = decide(self._everything, context)
        self._make_values()
        staged, held = self.table, name(self.column.name)
        bit = staged.bit(self.column)
        naive = f"CASE WHEN v.is_naive THEN {bit} ELSE 0 END" if self._is_moment else "0"
        self.connection.execute(
            f"UPDATE {staged.sql_name} SET {held} = v.value, bad = bad - {bit}, "
            f"naive = naive | ({naive}) FROM {self.sql_name}_values v "
            f"WHERE {staged.sql_name}.rowid = v.row"
        )
        for table in (self.sql_name, f"{self.sql_name}_values"):
            self.connection.execute(f"DROP TABLE {table}")

    @property
    def is_end(self) -> bool:
        """Return whether the column is the end of a range, which repeats what its start says."""
        return self.table.cell(self.column).is_range_end

    @property
    def _is_moment(self) -> bool:
        return self.column.kind == "moment"

    def _make_values(self) -> None:
        """Make a table of row, value and whether the value is without an offset."""
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE read_texts (text VARCHAR, value VARCHAR, "
            "is_naive BOOLEAN)"
        )
        rows = [
            row for text, written in self.written.items() if (row := self._value(text, written))
        ]
        if rows:
            self.connection.execute(
                "INSERT INTO read_texts SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
                "unnest(?::BOOLEAN[])",
                [list(part) for part in zip(*rows, strict=True)],
            )
        kind = "TIMESTAMP" if self._is_moment else "DATE"
        # A value with an offset is cast by its offset, any other as it stands.
        value = (
            "CASE WHEN r.is_naive THEN r.value::TIMESTAMP "
            "ELSE timezone('UTC', r.value::TIMESTAMPTZ) END"
        )
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {self.sql_name}_values AS "
            f"SELECT o.row, ({value})::{kind} AS value, r.is_naive FROM {self.sql_name} o "
            f"JOIN read_texts r ON r.text = o.text UNION ALL {self._plain_values(kind)}"
        )

    def _value(self, text: str, written: Written) -> tuple[str, str | None, bool] | None:
        cell = self.table.cell(self.column)
        part = "end" if cell.is_range_end else "start"
        value, problem = (
            self.rules.moment(written, part=part) if self._is_moment else self.rules.day(written)
        )
        if problem:
            self.table.reasons[self.column.name, text] = problem
            return None
        return text, value, value is None or not _OFFSET.search(value)

    def _plain_values(self, kind: str) -> str:
        order = self.rules.order
        if not self.has_plain or order is None:
            self._reason_of_plain()
            return f"SELECT row, NULL::{kind}, true FROM {self.sql_name} WHERE false"
        day = "%m/%d/%Y" if order == MONTH_FIRST else "%d/%m/%Y"
        formats = ", ".join(literal(day + clock) for clock in _PLAIN_CLOCKS)
        parsed = f"try_strptime(text, [{formats}])"
        if self.table.cell(self.column).is_range_end:
            # A date of this plain form is no range, so it has no end.
            return (
                f"SELECT row, NULL::{kind}, true FROM {self.sql_name} "
                f"WHERE regexp_full_match(text, {literal(_PLAIN)})"
            )
        self._reason_of_plain()
        return (
            f"SELECT row, value::{kind}, true FROM (SELECT row, {parsed} AS value "
            f"FROM {self.sql_name} WHERE regexp_full_match(text, {literal(_PLAIN)})) "
            "WHERE year(value) BETWEEN 1900 AND 2200"
        )

    def _reason_of_plain(self) -> None:
        order = (self.rules.order or "").replace("_", " ")
        self.table.reasons[self.column.name, ""] = (
            f"there is no such day or time; this column writes the {order}"
            if order
            else "this column has dates with the day first and dates with the month first, so it "
            "cannot be told which this is. Write dates like 2026-03-14"
        )

    def notes(self) -> list[str]:
        """Return what should be said of how the column was read."""
        subject = f"{self.file.raw.name}: {self.column.name}"
        notes = [f"{subject}: {note}." for note in sorted(self.rules.notes)]
        if self.rules.decided_by == "column" and self.rules.order == DAY_FIRST:
            notes.append(
                f"{subject} is read with the day first, since {self.rules.evidence} fits "
                "nothing else."
            )
        if self.rules.decided_by == "file" and self.rules.order == DAY_FIRST:
            notes.append(f"{subject} is read with the day first, like the file's other dates.")
        return [] if self.is_end else notes


def _order_of(forms: tuple[str, ...]) -> str | None:
    """Return the order of day and month that time formats agree on."""
    orders = {
        DAY_FIRST if form.index("%d") < form.index("%m") else MONTH_FIRST
        for form in forms
        if "%d" in form and "%m" in form and "%Y-%m" not in form
    }
    return orders.pop() if len(orders) == 1 else None
