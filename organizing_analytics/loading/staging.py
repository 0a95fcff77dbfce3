"""One typed temporary table per file and model table it feeds, with what is wrong in each row.

A staged table has the feed's columns, typed, and beside them

    fate    why the row does not go on: one of OK … REJECTED, or the rule that left it out
    bad     one bit for each column that holds what is not allowed
    naive   one bit for each moment that was written without an offset

Its `rowid` is the row's index in the file: rows are neither filtered nor reordered on the way, and
nothing need number them (`row_number()` reads a file with one thread).

Where the store's table is empty, the first staged table for it takes its place once it is checked
(merging.py): it lies in the draft with all of that table's columns, so its rows are written once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from organizing_analytics.loading import cells
from organizing_analytics.loading.tables.errors import ERRORS
from organizing_analytics.model import FED_BY_NAME, Column, LocalDate, Table
from organizing_analytics.schema import column_types
from organizing_analytics.sql import literal, name, one_of

if TYPE_CHECKING:
    from collections.abc import Container

    import duckdb

    from organizing_analytics.loading.files import RawFile
    from organizing_analytics.sources import Cell, Feed, Reading, Rule

#: What a staged table has beside the model's columns.
MARKS = ("bad", "naive", "fate")

OK, EMPTY, UNKNOWN, ORPHAN, FORGOTTEN, REJECTED, NO_RECORD, REPEATED = range(8)
#: The fate of a row that the reading's or feed's n-th rule leaves out is this and n.
FIRST_RULE = 10


@dataclass
class Staged:
    """One staged table: what a file feeds to one table of the model.

    Attributes
    ----------
    raw, reading, feed : RawFile, Reading, Feed
        The file, what its source makes of it, and the part for this table.
    sql_name : str
        Its table: a temporary one, or one that lies in the draft.
    takes_over : bool
        Whether this table becomes the store's own, which holds no row yet.
    repeats : bool
        Whether a key stands in several rows; known once the keys were checked.
    reasons : dict
        Column and text → why the text is not understood; the text "" stands for any other.
    uses_campaign_clock : bool
        Whether times without a UTC offset were read by the load's time zone; known once they were
        resolved.
    """

    raw: RawFile
    reading: Reading
    feed: Feed
    sql_name: str
    takes_over: bool = False
    repeats: bool = False
    reasons: dict[tuple[str, str], str] = field(default_factory=dict)
    uses_campaign_clock: bool = False

    @property
    def table(self) -> Table:
        """Return the table of the model."""
        return FED_BY_NAME[self.feed.table]

    @property
    def is_main(self) -> bool:
        """Tell whether rows are counted by this table."""
        same = [feed for feed in self.reading.feeds if feed.table == self.feed.table]
        return self.feed.table in self.reading.mains and self.feed is same[0]

    @property
    def columns(self) -> list[Column]:
        """Return the model's columns that the file fills, in the model's order."""
        return [column for column in self.table.every_column if column.name in self.feed.cells]

    @property
    def campaign_dates(self) -> list[LocalDate]:
        """Return the local dates by the campaign's clock of the moments that the file fills."""
        filled = {column.name for column in self.columns}
        return [
            day
            for day in self.table.local_dates
            if day.clock == "campaign" and day.moment in filled
        ]

    @property
    def moments(self) -> list[Column]:
        """Return the columns that hold moments."""
        return [column for column in self.columns if column.kind == "moment"]

    def bit(self, column: Column) -> int:
        """Return the column's bit in `bad` and `naive`."""
        return 1 << self.table.every_column.index(column)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Return the rules that leave rows out: the file's, then the table's."""
        return (*self.reading.rules, *self.feed.rules)

    @property
    def may_leave_out(self) -> bool:
        """Tell whether a row that is in order, of a real person, may be kept out of the store.

        Such a row may not be written into the draft: deleted, its bytes stay in the file.
        """
        has_rules = any(not rule.of_nobody for rule in self.rules)
        has_rules = has_rules or bool(self.reading.repeats)
        return has_rules or self.feed.is_partial or self.feed.skips_orphans

    def skip_reason(self, fate: int) -> str | None:
        """Return why rows of this fate are skipped; None when they are not."""
        if fate >= FIRST_RULE:
            reason = self.rules[fate - FIRST_RULE].reason
            return reason or "has nothing for the table that rows are counted by"
        return {
            EMPTY: "empty row",
            UNKNOWN: f"not in the store's {self.table.name}",
            FORGOTTEN: "of somebody who is to be forgotten (oa forget)",
            REPEATED: "said again further down: the last such row counts",
            ORPHAN: "belongs to a row that was left out",
        }.get(fate)

    def cell(self, column: Column) -> Cell:
        """Return the cell that the column comes from."""
        return self.feed.cells[column.name]


def stage(
    connection: duckdb.DuckDBPyConnection,
    raw: RawFile,
    reading: Reading,
    *,
    number: int,
    vacant: Container[str],
    campaign: str,
) -> list[Staged]:
    """Stage one file, once for each table that its rows feed.

    `vacant` names the store's tables whose place may be taken: they hold no row, and nothing was
    staged for them so far. `campaign` is the campaign's time zone.

    Raises
    ------
    duckdb.InvalidInputException
        The file is not as clean as it looked; rewrite it and stage it again.
    """
    staged_tables: list[Staged] = []
    for feed in reading.feeds:
        staged = Staged(raw, reading, feed, f"staged_{number}_{feed.table}_{len(staged_tables)}")
        staged.takes_over = feed.table in vacant and staged.is_main and not staged.may_leave_out
        kind = "TABLE" if staged.takes_over else "TEMP TABLE"
        connection.execute(
            f"CREATE OR REPLACE {kind} {staged.sql_name} AS {_select(staged, campaign)}"
        )
        staged_tables.append(staged)
    return staged_tables


def pass_over(connection: duckdb.DuckDBPyConnection, tables: list[Staged]) -> None:
    """Mark the rows that were found to be no records: totals, headings and the like."""
    for table in tables:
        if table.raw.passed_over:
            connection.execute(
                f"UPDATE {table.sql_name} SET fate = {NO_RECORD}, bad = 0 "
                "WHERE rowid IN (SELECT unnest(?))",
                [list(table.raw.passed_over)],
            )


def places(raw: RawFile) -> dict[str, str]:
    """Return the SQL name of each column of the file, once cleaned."""
    return {column: f"x{i}" for i, column in enumerate(raw.header)}


def texts(staged: Staged) -> dict[str, str]:
    """Return, for each model column, the SQL of its text before the value map."""
    place = places(staged.raw)
    return {column.name: cells.joined(staged.cell(column), place) for column in staged.columns}


def _select(staged: Staged, campaign: str) -> str:
    # Each step is a projection of its own, so that no expression is computed twice.
    return (
        f"WITH cleaned AS (SELECT {_cleaned(staged)} FROM {staged.raw.relation}), "
        f"worded AS (SELECT {_worded(staged)} FROM cleaned), "
        f"typed AS (SELECT {_typed(staged)} FROM worded), "
        f"judged AS (SELECT {_judged(staged)} FROM typed) "
        f"SELECT {_whole(staged, campaign) if staged.takes_over else '*'} FROM judged"
    )


def _cleaned(staged: Staged) -> str:
    """Raw cells → `x0`, `x1`, …: trimmed, NULL when empty."""
    place = places(staged.raw)
    used = {name for cell in staged.feed.cells.values() for name in cell.columns}
    used |= {name for rule in staged.rules for name in rule.cell.columns}
    parts = [f"{cells.clean(f'c{x[1:]}')} AS {x}" for c, x in place.items() if c in used]
    is_empty = " AND ".join(f"c{i} IS NULL" for i in range(len(staged.raw.header)))
    return ", ".join([*parts, f"({is_empty}) AS is_empty"])


def _worded(staged: Staged) -> str:
    """`x0`, … → the text of each model column, in the model's words, and the row's fate."""
    written = texts(staged)
    parts = [
        f"{cells.mapped(f'({written[c.name]})', staged.cell(c))} AS {_text(c)}"
        for c in staged.columns
    ]
    return ", ".join([*parts, f"{_fate(staged)} AS fate"])


def _typed(staged: Staged) -> str:
    """Texts → typed values beside them."""
    parts = [
        f"{cells.typed(_text(c), c, staged.cell(c))} AS {name(c.name)}" for c in staged.columns
    ]
    return ", ".join([*parts, *map(_text, staged.columns), "fate"])


def _judged(staged: Staged) -> str:
    """Typed values, and the bits for what is wrong with them and what has no offset."""
    bad = [
        f"CASE WHEN {condition} THEN {staged.bit(c)} ELSE 0 END"
        for c in staged.columns
        if (condition := _is_bad(c, is_partial=staged.feed.is_partial))
    ]
    naive = [
        f"CASE WHEN {name(c.name)} IS NOT NULL AND {cells.is_naive(_text(c), staged.cell(c))} "
        f"THEN {staged.bit(c)} ELSE 0 END"
        for c in staged.moments
    ]
    is_bad = f"CASE WHEN fate = {OK} THEN {' + '.join(bad) or '0'} ELSE 0 END"
    values = [name(c.name) for c in staged.columns]
    flags = [f"({is_bad})::INTEGER AS bad", f"({' + '.join(naive) or '0'})::INTEGER AS naive"]
    return ", ".join([*values, *flags, "fate"])


def _whole(staged: Staged, campaign: str) -> str:
    """All columns of the store's table, as it has them, and the marks."""
    filled = {column.name: name(column.name) for column in staged.columns}
    filled["source"] = literal(staged.reading.source)
    for day in staged.campaign_dates:  # clocks.py corrects those of moments without an offset
        filled[day.name] = cells.local_date(name(day.moment), literal(campaign))
    values = [
        f"({filled.get(column, 'NULL')})::{kind} AS {name(column)}"
        for column, kind in column_types(staged.table).items()
    ]
    return ", ".join([*values, *MARKS])


def _text(column: Column) -> str:
    return name(f"t_{column.name}")


def _fate(staged: Staged) -> str:
    place = places(staged.raw)
    whens = [f"WHEN is_empty THEN {EMPTY}"]
    whens += [
        f"WHEN NOT ({cells.holds(rule, place)}) THEN {FIRST_RULE + number}"
        for number, rule in enumerate(staged.rules)
    ]
    return f"(CASE {' '.join(whens)} ELSE {OK} END)::UTINYINT"


def _is_bad(column: Column, *, is_partial: bool) -> str:
    required = column.required and not is_partial
    if column.kind == "text" and not column.allowed:
        text = _text(column)
        # A CASE, since AND may compute both sides of it for every row.
        is_error = f"CASE WHEN {text}[1] = '#' THEN {one_of(text, ERRORS)} ELSE false END"
        return f"{text} IS NULL OR {is_error}" if required else is_error
    missing = f"{name(column.name)} IS NULL"
    return missing if required else f"{_text(column)} IS NOT NULL AND {missing}"


def raw_rows(staged: Staged, where: str) -> str:
    """Return SQL for the file's rows again, as text, for the rows whose index is in `where`.

    Columns: `row`, the raw `c0`, `c1`, …, and `x0`, `x1`, … cleaned. Only for the few rows
    that were rejected: a second pass over the file is cheaper than staging all its text.
    """
    place = places(staged.raw)
    cleaned = ", ".join(f"{cells.clean(f'c{x[1:]}')} AS {x}" for x in place.values())
    return (
        f"SELECT *, {cleaned} FROM (SELECT row_number() OVER () - 1 AS row, * "
        f"FROM {staged.raw.relation}) WHERE row IN ({where})"
    )


def set_time_zones(connection: duckdb.DuckDBPyConnection, zones: list[str]) -> None:
    """Tell the connection which time zones are allowed."""
    names = ", ".join(f"{literal(zone.lower())}: {literal(zone)}" for zone in zones)
    connection.execute(f"SET VARIABLE time_zones = MAP {{{names}}}")
