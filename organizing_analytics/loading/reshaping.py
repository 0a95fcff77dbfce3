"""Rows of a sheet that hold several records: one row is made for each of them.

The new rows have the file's own cells and, behind them, the columns that the mapping makes. Each
knows the row of the file that it comes from, so that messages and corrections name that.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from organizing_analytics.loading import cells
from organizing_analytics.loading.files import BadCell
from organizing_analytics.sources.layout import Split, Unpivot
from organizing_analytics.sql import literal

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.loading.files import RawFile
    from organizing_analytics.sources import Reading


def reshape(
    connection: duckdb.DuckDBPyConnection, raw: RawFile, reading: Reading, number: int
) -> RawFile:
    """Return a file with one row for each record, as the reading's mapping says.

    Rows that are no records, or that are held back, stay single rows.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where the new table is kept until the end of the load.
    raw, reading : RawFile, Reading
        The file and what its rows feed.
    number : int
        Tells the files of one load apart.
    """
    rule = reading.reshape
    if rule is None:
        return raw
    singles = [*raw.passed_over, *raw.bad_cells, *raw.malformed]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE single_rows AS SELECT unnest(?::BIGINT[]) AS row", [singles]
    )
    table = f"reshaped_{number}"
    if isinstance(rule, Split):
        _split(connection, raw, rule, table)
    else:
        _unpivot(connection, raw, rule, table)
    return _reshaped(connection, raw, rule, table)


def _rows(raw: RawFile) -> str:
    return (
        "(SELECT r.*, s.row IS NOT NULL AS is_single FROM (SELECT row_number() OVER () - 1 AS row, "
        f"* FROM {raw.relation}) r LEFT JOIN (SELECT DISTINCT row FROM single_rows) s USING (row))"
    )


def _own(raw: RawFile) -> str:
    return ", ".join(f"c{i}" for i in range(len(raw.header)))


def _unpivot(
    connection: duckdb.DuckDBPyConnection, raw: RawFile, rule: Unpivot, table: str
) -> None:
    wide = len(raw.header)
    places = [f"c{raw.header.index(name)}" for name in rule.columns]
    listed = ", ".join(
        f"{{'name': {literal(name)}, 'value': {cells.clean(place)}}}"
        for name, place in zip(rule.columns, places, strict=True)
    )
    filled = f"[{listed}]"
    if not rule.keeps_blank:
        filled = f"list_filter({filled}, lambda x: x.value IS NOT NULL)"
    is_empty = " AND ".join(f"c{i} IS NULL" for i in range(wide))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS "
        f"SELECT row, {_own(raw)}, item.name AS c{wide}, item.value AS c{wide + 1}, "
        "item.name IS NULL AND NOT is_single AS is_blank, NULL::VARCHAR AS bad FROM ("
        f"SELECT *, generate_subscripts(items, 1) AS place, unnest(items) AS item FROM ("
        f"SELECT *, CASE WHEN is_single OR ({is_empty}) OR len({filled}) = 0 "
        f"THEN [NULL] ELSE {filled} END AS items FROM {_rows(raw)})) ORDER BY row, place"
    )


def _split(connection: duckdb.DuckDBPyConnection, raw: RawFile, rule: Split, table: str) -> None:
    wide, names = len(raw.header), rule.names
    text = cells.clean(f"c{raw.header.index(rule.column)}")
    texts = connection.execute(
        f"SELECT DISTINCT {text} FROM {_rows(raw)} WHERE NOT is_single AND {text} IS NOT NULL"
    ).fetchall()
    columns: list[list[object]] = [[] for _ in range(3 + len(names))]
    for (cell,) in texts:
        for place, (choice, fields) in enumerate(rule.choices(cell)):
            bad = choice if fields is None else None
            held = [(fields or {}).get(name) for name in names]
            for column, value in zip(columns, (cell, place, bad, *held), strict=True):
                column.append(value)
    fields_sql = "".join(f", unnest(?::VARCHAR[]) AS f{i}" for i in range(len(names)))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE choices AS SELECT unnest(?::VARCHAR[]) AS cell, "
        f"unnest(?::BIGINT[]) AS place, unnest(?::VARCHAR[]) AS bad{fields_sql}",
        columns,
    )
    added = ", ".join(f"f{i} AS c{wide + i}" for i in range(len(names)))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT row, {_own(raw)}, {added}, "
        "k.cell IS NULL AND NOT is_single AS is_blank, bad "
        f"FROM {_rows(raw)} r LEFT JOIN choices k ON NOT is_single AND {text} = k.cell "
        "ORDER BY row, place"
    )


def _reshaped(
    connection: duckdb.DuckDBPyConnection, raw: RawFile, rule: Split | Unpivot, table: str
) -> RawFile:
    wide = len(raw.header)
    is_empty = " AND ".join(f"c{i} IS NULL" for i in range(wide))
    source_rows = [
        row for (row,) in connection.execute(f"SELECT row FROM {table} ORDER BY rowid").fetchall()
    ]
    places: dict[int, int] = {}
    for index, row in enumerate(source_rows):
        places.setdefault(row, index)
    passed_over = {places[row]: reason for row, reason in raw.passed_over.items()}
    bad_cells = {places[row]: cell for row, cell in raw.bad_cells.items()}
    blanks = connection.execute(
        f"SELECT rowid FROM {table} WHERE is_blank AND NOT ({is_empty})"
    ).fetchall()
    passed_over |= dict.fromkeys((row for (row,) in blanks), _blank_reason(rule))
    for index, choice in connection.execute(
        f"SELECT rowid, bad FROM {table} WHERE bad IS NOT NULL"
    ).fetchall():
        bad_cells[index] = BadCell(", ".join(rule.columns), choice, _reason(rule))
    columns = ", ".join(f"c{i}" for i in range(wide + len(rule.names)))
    return replace(
        raw,
        header=(*raw.header, *rule.names),
        added=raw.added + len(rule.names),
        relation=f"(SELECT {columns} FROM {table})",
        source_rows=source_rows,
        passed_over=passed_over,
        bad_cells=bad_cells,
        malformed={places[row]: reason for row, reason in raw.malformed.items()},
    )


def _blank_reason(rule: Split | Unpivot) -> str:
    if isinstance(rule, Split):
        return f"nothing is chosen in {rule.column}"
    return f"nothing stands in the columns {rule.columns[0]} to {rule.columns[-1]}"


def _reason(rule: Split | Unpivot) -> str:
    forms = " or ".join(f'"{p.text}"' for p in rule.patterns) if isinstance(rule, Split) else ""
    return (
        f"this choice has none of the forms that the mapping knows: {forms}. Correct the cell, or "
        "add a pattern to the mapping"
    )
