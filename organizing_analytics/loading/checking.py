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

    def __init__(self, connection: duckdb.DuckDBPyConnection, staged: list[Staged]) -> None:
        self.connection = connection
        self.staged = staged
        self.rejects: dict[str, dict[int, list[Reject]]] = defaultdict(dict)

    def check(self) -> None:
        """Run all checks and mark the rejected rows in every staged table of their file."""
        for one in self.staged:
            self._reject(one, self._malformed(one) if one.is_main else ())
        for one in self.staged:
            self._reject(one, self._bad_values(one))
        for one in self.staged:
            self._reject(one, self._backwards(one))
        for one in self.staged:
            self._skip_repeats(one)
            self._reject(one, self._shared_keys(one))
        self._skip_unknown()
        while sum(self._reject(one, self._missing(one)) for one in self.staged):
            pass
        self._skip_unknown()  # what they change may just have been rejected
        for one in self.staged:
            if one.feed.skips_orphans:
                self._skip_orphans(one)

    def _reject(self, one: Staged, rejects: Iterable[Reject]) -> bool:
        fresh = list(rejects)
        of_file = self.rejects[one.raw.name]
        for reject in fresh:
            of_file.setdefault(reject.row - one.raw.first_row, []).append(reject)
        rows = sorted({reject.row - one.raw.first_row for reject in fresh})
        for sibling in self.staged:
            if sibling.raw is one.raw:
                self._mark(sibling, rows)
        return bool(fresh)

    def _mark(self, one: Staged, rows: list[int]) -> None:
        for start in range(0, len(rows), _BATCH):
            self.connection.execute(
                f"UPDATE {one.sql_name} SET fate = {REJECTED} WHERE rowid IN (SELECT unnest(?))",
                [rows[start : start + _BATCH]],
            )

    def _skip_unknown(self) -> None:
        """Mark the rows that only change what is known and whose key nobody knows."""
        for one in self.staged:
            if one.feed.is_partial:
                known = self._known(one.table, but=one)
                self.connection.execute(
                    f"UPDATE {one.sql_name} SET fate = {UNKNOWN} WHERE fate = {OK} "
                    f"AND {name(one.table.key[0])} NOT IN "
                    f"(SELECT key FROM ({known}) WHERE key IS NOT NULL)"
                )

    def _skip_repeats(self, one: Staged) -> None:
        """Mark all but the last of the rows with one key, where the mapping says that it counts."""
        if one.is_main and one.reading.repeats:
            key = names(one.table.key)
            self.connection.execute(
                f"UPDATE {one.sql_name} SET fate = {REPEATED} WHERE fate = {OK} AND rowid NOT IN "
                f"(SELECT max(rowid) FROM {one.sql_name} WHERE fate = {OK} GROUP BY {key})"
            )

    def _skip_orphans(self, one: Staged) -> None:
        for column in one.columns:
            if column.refers_to and column.must_exist:
                self.connection.execute(
                    f"UPDATE {one.sql_name} SET fate = {ORPHAN} WHERE rowid IN "
                    f"(SELECT rowid FROM ({self._missing_sql(one, column)}))"
                )

    def _known(self, target: Table, *, but: Staged | None = None) -> str:
        """Return SQL for the keys of a table, in the store and in this load's accepted rows."""
        key = name(target.key[0])
        known = [f"SELECT {key} AS key FROM main.{name(target.name)}"]
        known += [
            f"SELECT {key} FROM {other.sql_name} WHERE fate = {OK}"
            for other in self.staged
            if other.table is target and other is not but and not other.feed.is_partial
        ]
        return " UNION ALL ".join(known)

    def _malformed(self, one: Staged) -> Iterator[Reject]:
        left_out = f"SELECT rowid FROM {one.sql_name} WHERE fate = {FORGOTTEN}"
        malformed = one.raw.malformed
        gone = (
            {row for (row,) in self.connection.execute(left_out).fetchall()}
            if malformed or one.raw.bad_cells
            else ()
        )
        for index, reason in malformed.items():
            if index not in gone:
                yield Reject(one.raw.name, index + one.raw.first_row, None, None, reason)
        for index, cell in one.raw.bad_cells.items():
            if index not in gone and index not in malformed:
                row = index + one.raw.first_row
                yield Reject(one.raw.name, row, cell.column, cell.value, cell.reason)

    def _bad_values(self, one: Staged) -> Iterator[Reject]:
        bad = f"SELECT rowid FROM {one.sql_name} WHERE bad <> 0 AND fate = {OK}"
        if not self.connection.execute(f"SELECT count(*) FROM ({bad})").fetchall()[0][0]:
            return
        written = texts(one)
        shown = ", ".join(f"raw.{name('v_' + c.name)}" for c in one.columns)
        values = ", ".join(f"{written[c.name]} AS {name('v_' + c.name)}" for c in one.columns)
        rows = self.connection.execute(
            f"SELECT raw.row, s.bad, {shown} "
            f"FROM (SELECT row, {values} FROM ({raw_rows(one, bad)})) raw "
            f"JOIN {one.sql_name} s ON s.rowid = raw.row ORDER BY raw.row"
        )
        for index, bits, *held in rows.fetchall():
            for column, value in zip(one.columns, held, strict=True):
                if bits & one.bit(column):
                    yield _bad_value(one, index, column, value)

    def _backwards(self, one: Staged) -> Iterator[Reject]:
        """Yield the shifts that end before they start."""
        filled = {column.name: column for column in one.columns}
        if one.table.name != "shifts" or not {"starts_at", "ends_at"} <= set(filled):
            return
        bits = [f"(naive & {one.bit(filled[c])} = 0)" for c in ("starts_at", "ends_at")]
        rows = self.connection.execute(
            f"SELECT rowid, starts_at, ends_at FROM {one.sql_name} WHERE fate = {OK} "
            # A time with an offset and one without are not compared: nobody knows the zone yet.
            f"AND ends_at < starts_at AND {bits[0]} = {bits[1]} ORDER BY rowid"
        ).fetchall()
        for index, start, end in rows:
            reason = (
                f"it ends before it starts ({start:%Y-%m-%d %H:%M}). Correct one of the two; "
                "a shift past midnight ends on the next day."
            )
            yield Reject(
                one.raw.name, index + one.raw.first_row, "ends_at", f"{end:%Y-%m-%d %H:%M}", reason
            )

    def _shared_keys(self, one: Staged) -> Iterator[Reject]:
        key = names(one.table.key)
        shared = self.connection.execute(
            f"SELECT {key} FROM {one.sql_name} WHERE fate = {OK} "
            f"GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
        ).fetchall()
        one.repeats = bool(shared)
        if not shared:
            return
        rows = self.connection.execute(_conflicting(one)).fetchall()
        for index, *rest in rows:
            values, others = rest[:-1], rest[-1]
            column = " + ".join(one.table.key)
            value = " + ".join(str(part) for part in values)
            numbers = ", ".join(
                str(one.raw.row_number(other)) for other in others[:5] if other != index
            )
            reason = (
                f"another row has the same key but differs (row {numbers}). Keep the right one, or "
                "give them different keys."
            )
            yield Reject(one.raw.name, index + one.raw.first_row, column, value, reason)

    def _missing(self, one: Staged) -> Iterator[Reject]:
        for column in one.columns if not one.feed.skips_orphans else []:
            if column.refers_to and column.must_exist:
                reason = (
                    f"there is no such row in {column.refers_to}, neither in the store nor "
                    f"among the accepted rows of this load. Load its {column.refers_to} too, or "
                    "correct it."
                )
                found = self.connection.execute(self._missing_sql(one, column)).fetchall()
                for index, value in found:
                    yield Reject(
                        one.raw.name, index + one.raw.first_row, column.name, value, reason
                    )

    def _missing_sql(self, one: Staged, column: Column) -> str:
        known = self._known(BY_NAME[column.refers_to or ""])
        held = name(column.name)
        return (
            f"SELECT s.rowid, s.{held} FROM {one.sql_name} s "
            f"ANTI JOIN ({known}) k ON s.{held} = k.key "
            f"WHERE s.fate = {OK} AND s.{held} IS NOT NULL ORDER BY s.rowid"
        )


def _bad_value(one: Staged, index: int, column: Column, value: str | None) -> Reject:
    reason = (
        "a value is required."
        if value is None
        else f"allowed are {column.allowed_words}. Correct it and load the row again."
    )
    known = one.reasons.get((column.name, value or "")) or one.reasons.get((column.name, ""))
    hint = one.cell(column).hint or (known and f"{known}. Correct it and load the row again.")
    if hint and value is not None:
        reason = hint
    reason = reason_of(value) or reason
    return Reject(one.raw.name, index + one.raw.first_row, column.name, value, reason)


def _conflicting(one: Staged) -> str:
    """Return SQL for the rows whose key another, different row of the file has too.

    By the table that rows are counted by, any difference counts. A table that rows feed on the
    side (the person in a list of sign-ups) is repeated from row to row, and often with gaps:
    there an empty cell does not contradict a filled one.
    """
    key = names(one.table.key)
    rest = [c.name for c in one.columns if c.name not in one.table.key]
    kept = f"SELECT rowid AS row, * FROM {one.sql_name} WHERE fate = {OK}"
    if one.is_main:
        differ = f"count(DISTINCT row({names([*rest, 'naive'])})) > 1"
    elif one.reading.last_wins:
        differ = "false"
    else:
        differ = " OR ".join(f"count(DISTINCT {name(c)}) > 1" for c in rest) or "false"
    return (
        # Rows are listed for keys that clash only: one event may stand in every row of a sheet.
        f"WITH kept AS ({kept}), clash AS MATERIALIZED (SELECT {key} FROM kept "
        f"GROUP BY {key} HAVING count(*) > 1 AND ({differ})), "
        f"listed AS (SELECT {key}, list(row ORDER BY row)[:{SHOWN_ROWS}] AS rows "
        f"FROM kept JOIN clash USING ({key}) GROUP BY {key}) "
        f"SELECT kept.row, {names(one.table.key, prefix='kept.')}, listed.rows FROM kept "
        f"JOIN listed USING ({key}) ORDER BY kept.row"
    )
