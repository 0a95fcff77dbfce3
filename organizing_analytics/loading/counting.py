"""Where the rows of a file went: counts for the result of a load, and why rows were skipped."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from organizing_analytics.loading import staging
from organizing_analytics.loading.result import FileCount

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.loading.files import RawFile
    from organizing_analytics.loading.result import Reject
    from organizing_analytics.loading.staging import Staged


def main_tables_by_file(staged: list[Staged]) -> list[list[Staged]]:
    """Return, for each file, the staged tables by which its rows are counted."""
    by_file: dict[int, list[Staged]] = {}
    for table in staged:
        if table.is_main:
            by_file.setdefault(id(table.raw), []).append(table)
    return list(by_file.values())


def count_rows(
    connection: duckdb.DuckDBPyConnection, mains: list[Staged], *, n_rejected: int
) -> tuple[FileCount, list[str]]:
    """Return the counts of a file's rows, and a warning for each reason why rows were skipped."""
    first = mains[0]
    # A row feeds one of the main tables. If none takes it, the first table holds the reason.
    fates = ", ".join(f"m{i}.fate" for i in range(len(mains)))
    tables = " POSITIONAL JOIN ".join(f"{table.sql_name} m{i}" for i, table in enumerate(mains))
    rows_by_fates = connection.execute(
        f"SELECT [{fates}] AS fates, count(*) FROM {tables} GROUP BY fates ORDER BY fates"
    ).fetchall()
    skipped: Counter[str] = Counter()
    for row_fates, n_rows in rows_by_fates:
        reason = first.skip_reason(row_fates[0]) if staging.OK not in row_fates else None
        if row_fates[0] == staging.NO_RECORD:
            skipped.update(first.raw.passed_over.values())
        elif reason:
            skipped[reason] += n_rows
    warnings = [
        f"{first.raw.name}: {n_rows:,} row{'s' * (n_rows > 1)} skipped: {reason}."
        for reason, n_rows in skipped.items()
    ]
    count = FileCount(
        first.raw.name,
        first.feed.table,
        first.reading.source,
        rows=sum(n_rows for _, n_rows in rows_by_fates),
        skipped=sum(skipped.values()),
        rejected=n_rejected,
    )
    return count, warnings


def with_file_rows(raw: RawFile, reasons: dict[int, list[Reject]]) -> dict[int, list[Reject]]:
    """Return the rejects with row numbers of the file, where one of its rows became several."""
    if raw.source_rows is None:
        return reasons
    return {
        index: [replace(reject, row=raw.row_number(index)) for reject in rejects]
        for index, rejects in reasons.items()
    }
