"""Which staged rows are rejected, and why.

Three checks, in this order: a value that is not allowed, a key that two different rows share,
a reference to nothing. A row of the file is rejected whole, from every table that it feeds;
that may leave another row's reference without an end, so references are checked until no
further row falls.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from organizing_analytics.loading.result import Reject
from organizing_analytics.loading.staging import (
    FORGOTTEN,
    OK,
    ORPHAN,
    REJECTED,
    REPEATED,
    UNKNOWN,
    Staged,
    raw_rows,
    texts,
)
from organizing_analytics.loading.tables.errors import reason_of
from organizing_analytics.model import BY_NAME
from organizing_analytics.sql import name, names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import duckdb

    from organizing_analytics.model import Column, Table

#: How many rows with one key a reject looks at to name the others.
SHOWN_ROWS = 6
#: Rows per statement when rows are marked as rejected.
_BATCH = 10_000


class Checker:
    """Checks the staged tables of one load and collects the rejects.

    Attributes
    ----------
    rejects : dict
        File name → row index → the reasons, in the order in which they were found.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, staged_tables: list[Staged]) -> None:
        self.connection = connection
        self.staged_tables = staged_tables
        self.rejects: dict[str, dict[int, list[Reject]]] = defaultdict(dict)

    def check(self) -> None:
        """Run all checks and mark the rejected rows in every staged table of their file."""
        for staged in self.staged_tables:
            self._reject(staged, self._malformed(staged) if staged.is_main else ())
        for staged in self.staged_tables:
            self._reject(staged, self._bad_values(staged))
        for staged in self.staged_tables:
            self._reject(staged, self._backwards(staged))
        for staged in self.staged_tables:
            self._skip_repeats(staged)
            self._reject(staged, self._shared_keys(staged))
        self._skip_unknown()
        while sum(self._reject(staged, self._missing(staged)) for staged in self.staged_tables):
            pass
        self._skip_unknown()  # what they change may just have been rejected
        for staged in self.staged_tables:
            if staged.feed.skips_orphans:
                self._skip_orphans(staged)

    def _reject(self, staged: Staged, rejects: Iterable[Reject]) -> bool:
        fresh = list(rejects)
        of_file = self.rejects[staged.raw.name]
        for reject in fresh:
            of_file.setdefault(reject.row - staged.raw.first_row, []).append(reject)
        rows = sorted({reject.row - staged.raw.first_row for reject in fresh})
        for sibling in self.staged_tables:
            if sibling.raw is staged.raw:
                self._mark(sibling, rows)
        return bool(fresh)

    def _mark(self, staged: Staged, rows: list[int]) -> None:
        for start in range(0, len(rows), _BATCH):
            self.connection.execute(
                f"UPDATE {staged.sql_name} SET fate = {REJECTED} WHERE rowid IN (SELECT unnest(?))",
                [rows[start : start + _BATCH]],
            )

    def _skip_unknown(self) -> None:
        """Mark the rows that only change what is known and whose key nobody knows."""
        for staged in self.staged_tables:
            if staged.feed.is_partial:
                known_keys = self._known_keys(staged.table, but=staged)
                self.connection.execute(
                    f"UPDATE {staged.sql_name} SET fate = {UNKNOWN} WHERE fate = {OK} "
                    f"AND {name(staged.table.key[0])} NOT IN "
                    f"(SELECT key FROM ({known_keys}) WHERE key IS NOT NULL)"
                )

    def _skip_repeats(self, staged: Staged) -> None:
        """Mark all but the last of the rows with one key, where the mapping says that it counts."""
        if staged.is_main and staged.reading.repeats:
            key = names(staged.table.key)
            self.connection.execute(
                f"UPDATE {staged.sql_name} SET fate = {REPEATED} WHERE fate = {OK} "
                f"AND rowid NOT IN (SELECT max(rowid) FROM {staged.sql_name} "
                f"WHERE fate = {OK} GROUP BY {key})"
            )

    def _skip_orphans(self, staged: Staged) -> None:
        for column in staged.columns:
            if column.refers_to and column.must_exist:
                self.connection.execute(
                    f"UPDATE {staged.sql_name} SET fate = {ORPHAN} WHERE rowid IN "
                    f"(SELECT rowid FROM ({self._missing_sql(staged, column)}))"
                )

    def _known_keys(self, target: Table, *, but: Staged | None = None) -> str:
        """Return SQL for the keys of a table, in the store and in this load's accepted rows."""
        key = name(target.key[0])
        known_keys = [f"SELECT {key} AS key FROM main.{name(target.name)}"]
        known_keys += [
            f"SELECT {key} FROM {sibling.sql_name} WHERE fate = {OK}"
            for sibling in self.staged_tables
            if sibling.table is target and sibling is not but and not sibling.feed.is_partial
        ]
        return " UNION ALL ".join(known_keys)

    def _malformed(self, staged: Staged) -> Iterator[Reject]:
        left_out = f"SELECT rowid FROM {staged.sql_name} WHERE fate = {FORGOTTEN}"
        malformed = staged.raw.malformed
        gone = (
            {row for (row,) in self.connection.execute(left_out).fetchall()}
            if malformed or staged.raw.bad_cells
            else ()
        )
        for index, reason in malformed.items():
            if index not in gone:
                yield Reject(staged.raw.name, index + staged.raw.first_row, None, None, reason)
        for index, cell in staged.raw.bad_cells.items():
            if index not in gone and index not in malformed:
                row = index + staged.raw.first_row
                yield Reject(staged.raw.name, row, cell.column, cell.value, cell.reason)

    def _bad_values(self, staged: Staged) -> Iterator[Reject]:
        bad = f"SELECT rowid FROM {staged.sql_name} WHERE bad <> 0 AND fate = {OK}"
        if not self.connection.execute(f"SELECT count(*) FROM ({bad})").fetchall()[0][0]:
            return
        written = texts(staged)
        shown = ", ".join(f"raw.{name('v_' + c.name)}" for c in staged.columns)
        values = ", ".join(f"{written[c.name]} AS {name('v_' + c.name)}" for c in staged.columns)
        rows = self.connection.execute(
            f"SELECT raw.row, s.bad, {shown} "
            f"FROM (SELECT row, {values} FROM ({raw_rows(staged, bad)})) raw "
            f"JOIN {staged.sql_name} s ON s.rowid = raw.row ORDER BY raw.row"
        )
        for index, bits, *held in rows.fetchall():
            for column, value in zip(staged.columns, held, strict=True):
                if bits & staged.bit(column):
                    yield _bad_value(staged, index, column, value)

    def _backwards(self, staged: Staged) -> Iterator[Reject]:
        """Yield the shifts that end before they start."""
        filled = {column.name: column for column in staged.columns}
        if staged.table.name != "shifts" or not {"starts_at", "ends_at"} <= set(filled):
            return
        bits = [f"(naive & {staged.bit(filled[c])} = 0)" for c in ("starts_at", "ends_at")]
        rows = self.connection.execute(
            f"SELECT rowid, starts_at, ends_at FROM {staged.sql_name} WHERE fate = {OK} "
            # A time with an offset and one without are not compared: nobody knows the zone yet.
            f"AND ends_at < starts_at AND {bits[0]} = {bits[1]} ORDER BY rowid"
        ).fetchall()
        for index, start, end in rows:
            reason = (
                f"it ends before it starts ({start:%Y-%m-%d %H:%M}). Correct one of the two; "
                "a shift past midnight ends on the next day."
            )
            yield Reject(
                staged.raw.name,
                index + staged.raw.first_row,
                "ends_at",
                f"{end:%Y-%m-%d %H:%M}",
                reason,
            )

    def _shared_keys(self, staged: Staged) -> Iterator[Reject]:
        key = names(staged.table.key)
        shared = self.connection.execute(
            f"SELECT {key} FROM {staged.sql_name} WHERE fate = {OK} "
            f"GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
        ).fetchall()
        staged.repeats = bool(shared)
        if not shared:
            return
        rows = self.connection.execute(_conflicting(staged)).fetchall()
        for index, *rest in rows:
            values, others = rest[:-1], rest[-1]
            column = " + ".join(staged.table.key)
            value = " + ".join(str(part) for part in values)
            numbers = ", ".join(
                str(staged.raw.row_number(other)) for other in others[:5] if other != index
            )
            reason = (
                f"another row has the same key but differs (row {numbers}). Keep the right one, or "
                "give them different keys."
            )
            yield Reject(staged.raw.name, index + staged.raw.first_row, column, value, reason)

    def _missing(self, staged: Staged) -> Iterator[Reject]:
        for column in staged.columns if not staged.feed.skips_orphans else []:
            if column.refers_to and column.must_exist:
                reason = (
                    f"there is no such row in {column.refers_to}, neither in the store nor "
                    f"among the accepted rows of this load. Load its {column.refers_to} too, or "
                    "correct it."
                )
                dangling = self.connection.execute(self._missing_sql(staged, column)).fetchall()
                for index, value in dangling:
                    yield Reject(
                        staged.raw.name, index + staged.raw.first_row, column.name, value, reason
                    )

    def _missing_sql(self, staged: Staged, column: Column) -> str:
        known_keys = self._known_keys(BY_NAME[column.refers_to or ""])
        held = name(column.name)
        return (
            f"SELECT s.rowid, s.{held} FROM {staged.sql_name} s "
            f"ANTI JOIN ({known_keys}) k ON s.{held} = k.key "
            f"WHERE s.fate = {OK} AND s.{held} IS NOT NULL ORDER BY s.rowid"
        )


def _bad_value(staged: Staged, index: int, column: Column, value: str | None) -> Reject:
    reason = (
        "a value is required."
        if value is None
        else f"allowed are {column.allowed_words}. Correct it and load the row again."
    )
    problem = staged.reasons.get((column.name, value or "")) or staged.reasons.get(
        (column.name, "")
    )
    hint = staged.cell(column).hint or (
        problem and f"{problem}. Correct it and load the row again."
    )
    if hint and value is not None:
        reason = hint
    reason = reason_of(value) or reason
    return Reject(staged.raw.name, index + staged.raw.first_row, column.name, value, reason)


def _conflicting(staged: Staged) -> str:
    """Return SQL for the rows whose key another, different row of the file has too.

    By the table that rows are counted by, any difference counts. A table that rows feed on the
    side (the person in a list of sign-ups) is repeated from row to row, and often with gaps:
    there an empty cell does not contradict a filled one.
    """
    key = names(staged.table.key)
    rest = [c.name for c in staged.columns if c.name not in staged.table.key]
    accepted = f"SELECT rowid AS row, * FROM {staged.sql_name} WHERE fate = {OK}"
    if staged.is_main:
        differ = f"count(DISTINCT row({names([*rest, 'naive'])})) > 1"
    elif staged.reading.last_wins:
        differ = "false"
    else:
        differ = " OR ".join(f"count(DISTINCT {name(c)}) > 1" for c in rest) or "false"
    return (
        # Rows are listed for keys that clash only: one event may stand in every row of a sheet.
        f"WITH kept AS ({accepted}), clash AS MATERIALIZED (SELECT {key} FROM kept "
        f"GROUP BY {key} HAVING count(*) > 1 AND ({differ})), "
        f"listed AS (SELECT {key}, list(row ORDER BY row)[:{SHOWN_ROWS}] AS rows "
        f"FROM kept JOIN clash USING ({key}) GROUP BY {key}) "
        f"SELECT kept.row, {names(staged.table.key, prefix='kept.')}, listed.rows FROM kept "
        f"JOIN listed USING ({key}) ORDER BY kept.row"
    )
