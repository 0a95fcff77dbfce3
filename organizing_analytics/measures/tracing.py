"""The trace of a question: the statements that it ran, and the rows behind its counts."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from organizing_analytics.catalog.declaration import Kind
from organizing_analytics.expressions import ibis, real

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir
    import pandas as pd

#: Columns that tell which row it is, where the measure's rows have them.
_IDS = ("signup_id", "ask_id", "meeting_id", "row_id", "person_id", "event_id", "shift_id")


@dataclass
class Trace:
    """What a measure did while it was being explained.

    Attributes
    ----------
    with_rows : bool
        Whether to fetch the rows behind the counts.
    sql : list of str
        The statements of the engine.
    rows : DataFrame or None
        One row per thing counted: its ids and dates, the group columns, and for each count
        whether the row is in it.
    kinds : dict of str to Kind
        What the columns of `rows` are.
    """

    with_rows: bool = False
    sql: list[str] = field(default_factory=list)
    rows: pd.DataFrame | None = None
    kinds: dict[str, Kind] = field(default_factory=dict)


#: The trace of the question that is being asked, when somebody wants it explained.
TRACE: ContextVar[Trace | None] = ContextVar("trace", default=None)


def behind(
    rows: ir.Table, keys: Mapping[str, ir.Value], counts: Mapping[str, ir.Value]
) -> ir.Table:
    """Return the rows of a tally with what makes each of them count, as an expression."""
    rows, keys, counts = real(rows), _built(keys), _built(counts)
    days = [name for name, kind in rows.schema().items() if kind.is_date() and name not in keys]
    ids = [name for name in _IDS if name in rows.columns and name not in keys]
    flags = {name: _flag(rows, value) for name, value in counts.items()}
    taken = {*keys, *flags}
    shown = [name for name in (*ids, *days) if name not in taken]
    return rows.select(*shown, **keys, **flags)


def kinds_of(rows: ir.Table) -> dict[str, Kind]:
    """Return what the columns of an expression are, by their type in the engine."""
    return {name: _kind(name, dtype) for name, dtype in real(rows).schema().items()}


def _kind(name: str, dtype: Any) -> Kind:
    if name in _IDS:
        return Kind.ID
    if dtype.is_boolean():
        return Kind.FLAG
    if dtype.is_date():
        return Kind.DATE
    if dtype.is_timestamp():
        return Kind.MOMENT
    return Kind.NUMBER if dtype.is_numeric() else Kind.TEXT


def _built(values: Mapping[str, ir.Value]) -> dict[str, ir.Value]:
    return {name: real(value) for name, value in values.items()}


def _flag(rows: ir.Table, value: ir.Value) -> ir.Value:
    """Return whether a row is in a count; of another aggregate, the value that goes into it."""
    import ibis.expr.operations as ops  # noqa: PLC0415  # only for those who want the rows

    (bound,) = rows.bind(value)
    aggregate = bound.op()
    if isinstance(aggregate, ops.CountStar):
        where = aggregate.where
        return real(ibis.literal(True)) if where is None else where.to_expr().fill_null(False)
    return aggregate.args[0].to_expr()
