"""Rejected rows: kept in the store, and in a CSV that can be corrected and loaded again.

The CSV has the file's own columns, so that the same source reads it, and beside them what was
wrong with the row; a load passes over those `reject_…` columns.
"""

from __future__ import annotations

import json
from itertools import count
from pathlib import PurePath
from typing import TYPE_CHECKING

from organizing_analytics.loading.staging import REJECTED, Staged, raw_rows
from organizing_analytics.safe_csv import csv_text
from organizing_analytics.sources.templates import REJECT_COLUMNS
from organizing_analytics.store.keyed_ids import digest
from organizing_analytics.store.snapshots import REJECTS_FOLDER

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    import duckdb

    from organizing_analytics.loading.result import Reject


class RejectedFile:
    """The rejected rows of one file, with their raw cells."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, main: Staged, reasons: dict[int, list[Reject]]
    ) -> None:
        self.main = main
        self.reasons = reasons
        where = f"SELECT rowid FROM {main.sql_name} WHERE fate = {REJECTED}"
        cells = ", ".join(f"c{i}" for i in range(len(main.raw.own_header)))
        rows = connection.execute(
            f"SELECT row, {cells} FROM ({raw_rows(main, where)}) ORDER BY row"
        )
        self.rows: dict[int, list[str | None]] = {row: list(raw) for row, *raw in rows.fetchall()}
        for index in self._forgotten(connection):
            del self.rows[index]

    def _forgotten(self, connection: duckdb.DuckDBPyConnection) -> list[int]:
        """Return the rows that `oa forget` removed before: they are not kept again."""
        digests = "SELECT digest FROM main.emptied WHERE \"table\" = 'rejects'"
        if not self.rows or not connection.execute(f"{digests} LIMIT 1").fetchall():
            return []
        rows = connection.execute(
            f"SELECT row FROM (SELECT unnest(?::BIGINT[]) AS row, unnest(?::VARCHAR[]) AS raw) "
            f"WHERE {digest('text', 'raw')} IN ({digests})",
            [list(self.rows), [self._raw(index) for index in self.rows]],
        ).fetchall()
        return [index for (index,) in rows]

    def _raw(self, index: int) -> str:
        return json.dumps(dict(zip(self.main.raw.own_header, self.rows[index], strict=True)))

    def keep(self, connection: duckdb.DuckDBPyConnection, *, snapshot: int) -> int:
        """Add the rejects that the store does not have yet and return how many those are."""
        connection.execute(
            'CREATE OR REPLACE TEMP TABLE fresh ("row" BIGINT, "table" VARCHAR, "column" VARCHAR, '
            '"value" VARCHAR, reason VARCHAR, raw VARCHAR)'
        )
        columns: list[list[object]] = [[], [], [], [], [], []]
        for index in sorted(self.rows):
            raw = self._raw(index)
            for reject in self.reasons[index]:
                values = (
                    reject.row,
                    self.main.feed.table,
                    reject.column,
                    reject.value,
                    reject.reason,
                    raw,
                )
                for column, value in zip(columns, values, strict=True):
                    column.append(value)
        picked = ", ".join(f"unnest(?::{kind}[])" for kind in ("BIGINT", *["VARCHAR"] * 5))
        connection.execute(f"INSERT INTO fresh SELECT {picked}", columns)
        added = connection.execute(
            "INSERT INTO main.rejects SELECT ?, ?, * FROM fresh f WHERE NOT EXISTS (SELECT 1 FROM "
            'main.rejects r WHERE r.file = ? AND r."row" = f."row" AND r."column" IS NOT DISTINCT '
            'FROM f."column" AND r.reason = f.reason AND r.raw = f.raw)',
            [snapshot, self.main.raw.name, self.main.raw.name],
        ).fetchall()
        return int(added[0][0])

    @property
    def stem(self) -> str:
        """Return what the names of the table's files begin with."""
        return PurePath(self.main.raw.table_name).name.split(".")[0] or "file"

    def file_name(self, snapshot: int, *, taken: Container[str] = ()) -> str:
        """Return the CSV's path inside the store's folder: the table's name stays in front."""
        names = (f"{REJECTS_FOLDER}/{self.stem}.rejected-{snapshot}{more}.csv" for more in _more())
        return next(name for name in names if name not in taken)

    def as_csv(self) -> str:
        """Return the rows with what is wrong in each."""
        header = [name for name in self.main.raw.own_header if name not in REJECT_COLUMNS]
        picked = [self.main.raw.header.index(name) for name in header]
        rows = []
        numbers: set[int] = set()
        for index, cells in self.rows.items():
            number = self.main.raw.row_number(index)
            if number in numbers:
                continue  # one row of the file that became several is corrected once
            numbers.add(number)
            reasons = self.reasons[index]
            first = reasons[0]
            problems = "; ".join(reject.reason for reject in reasons)
            rows.append(
                [
                    *(cells[i] for i in picked),
                    number,
                    first.column,
                    first.value,
                    problems,
                ]
            )
        return csv_text([*header, *REJECT_COLUMNS], rows)


def _more() -> Iterator[str]:
    """Yield what tells the files of one table in one load apart: nothing, -2, -3 and so on."""
    yield ""
    yield from (f"-{number}" for number in count(2))
