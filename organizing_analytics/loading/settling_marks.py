"""Marks of who came in sign-up sheets, where the strict words of a template do not fit.

What is not understood stays a bad value, and its row is rejected: nobody came or was absent by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.loading import cells
from organizing_analytics.loading.marks import Mark, mark_of
from organizing_analytics.loading.staging import OK, raw_rows, texts

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.loading.staging import Staged

#: What a mark says of `attended`.
_ATTENDED = {
    Mark.CAME: True, Mark.ABSENT: False,
    Mark.CANCELLED: None, Mark.OPEN: None, Mark.BLANK: None,
}  # fmt: skip
REASON = (
    "this is not known as a mark of who came. Known are yes, x, a tick, here or late; no, absent "
    "or no show; cancelled; empty where nobody knows"
)


def settle_marks(connection: duckdb.DuckDBPyConnection, tables: list[Staged]) -> None:
    """Fill in what the marks in sheets say of who came; a cancelled sign-up gets that status."""
    for table in tables:
        if table.reading.is_sheet and table.table.name == "signups":
            _settle(connection, table)


def _settle(connection: duckdb.DuckDBPyConnection, table: Staged) -> None:
    column = next((c for c in table.columns if c.name == "attended"), None)
    if column is None:
        return
    bit = table.bit(column)
    where = f"SELECT rowid FROM {table.sql_name} WHERE fate = {OK} AND bad & {bit} <> 0"
    text = cells.mapped(f"({texts(table)[column.name]})", table.cell(column))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE open_marks AS SELECT row, {text} AS text "
        f"FROM ({raw_rows(table, where)})"
    )
    texts_left = connection.execute("SELECT DISTINCT text FROM open_marks ORDER BY 1").fetchall()
    settled: list[tuple[str, bool | None, bool]] = []
    for (written,) in texts_left:
        mark = mark_of(written)
        if mark is Mark.UNKNOWN:
            table.reasons[column.name, written] = REASON
        else:
            settled.append((written, _ATTENDED[mark], mark is Mark.CANCELLED))
    if not settled:
        return
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE settled_marks AS SELECT row, came, is_cancelled "
        "FROM open_marks JOIN (SELECT unnest(?::VARCHAR[]) AS text, unnest(?::BOOLEAN[]) AS came, "
        "unnest(?::BOOLEAN[]) AS is_cancelled) USING (text)",
        [list(part) for part in zip(*settled, strict=True)],
    )
    has_status = any(c.name == "status" for c in table.columns)
    status = ", status = CASE WHEN m.is_cancelled THEN 'cancelled' ELSE status END"
    connection.execute(
        f"UPDATE {table.sql_name} SET attended = m.came, bad = bad - {bit}"
        f"{status if has_status else ''} FROM settled_marks m "
        f"WHERE {table.sql_name}.rowid = m.row"
    )
