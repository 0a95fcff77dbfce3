"""Files made ready before they are read: columns that another file of the same load adds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from organizing_analytics.errors import FileError
from organizing_analytics.loading import cells
from organizing_analytics.sources.feeds import sql_cell
from organizing_analytics.sql import name
from organizing_analytics.wording import plain_name

if TYPE_CHECKING:
    from organizing_analytics.loading.files import RawFile
    from organizing_analytics.sources import Join, Reading

STORE = "store:"
Opened = tuple["RawFile", "Reading"]


def join_columns(raw: RawFile, reading: Reading, opened: list[Opened]) -> RawFile:
    """Return the file with the columns of its reading's `join`, its rows in their order.

    Raises
    ------
    FileError
        The other file is not in the load.
    """
    join = reading.join
    if join is None:
        return raw
    if join.partner.startswith(STORE):
        parts = [_picked(join, f"main.{join.partner.removeprefix(STORE)}", None)]
    else:
        partners = [other for other, other_reading in opened if other_reading.what == join.partner]
        if not partners:
            raise FileError(
                f"{raw.name}: {reading.what} can only be loaded together with {join.partner}: "
                "give both files to one load."
            )
        parts = [_picked(join, str(other.relation), other.header) for other in partners]
    values = ", ".join(f"{_placed(e)} AS v{i}" for i, e in enumerate(join.columns.values()))
    looked_up = f"SELECT key, {values} FROM ({' UNION ALL '.join(parts)}) GROUP BY key"
    wide = len(raw.header)
    added = ", ".join(f"p.v{i}::VARCHAR AS c{wide + i}" for i in range(len(join.columns)))
    place = {name: cells.clean(f"r.c{i}") for i, name in enumerate(raw.header)}
    relation = (
        f"(SELECT r.* EXCLUDE (row), {added} "
        f"FROM (SELECT row_number() OVER () AS row, * FROM {raw.relation}) r "
        f"LEFT JOIN ({looked_up}) p ON {cells.joined(sql_cell(join.own), place)} = p.key "
        "ORDER BY r.row)"
    )
    header = (*raw.header, *join.columns)
    return replace(raw, header=header, relation=relation, added=len(join.columns))


def _picked(join: Join, relation: str, header: tuple[str, ...] | None) -> str:
    """Return SQL for the partner's key and the columns that the join reads."""
    plain = {plain_name(column): f"c{i}" for i, column in enumerate(header or ())}

    def held(column: str) -> str:
        if header is None:
            return name(column)
        place = plain.get(plain_name(column))
        return cells.clean(place) if place else "NULL::VARCHAR"

    read = {c for expression in join.columns.values() for c in sql_cell(expression).columns}
    columns = [f"{held(column)} AS {_safe(column)}" for column in sorted(read)]
    return f"SELECT {', '.join([f'{held(join.key)} AS key', *columns])} FROM {relation}"


def _placed(expression: str) -> str:
    place = {column: _safe(column) for column in sql_cell(expression).columns}
    return cells.joined(sql_cell(expression), place)


def _safe(column: str) -> str:
    return name(f"j_{plain_name(column)}")
