"""What is behind a number: its definition, the engine's statement, and the very rows.

Every measure counts through `Selection.tally`, so the rows and what makes each of them count are
caught there: the explanation cannot differ from the answer.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.operations as ops

from organizing_analytics.catalog import BY_NAME
from organizing_analytics.catalog.declaration import Kind
from organizing_analytics.catalog.describing import explanation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.answers import Answer
    from organizing_analytics.store import Data

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


@dataclass(frozen=True)
class Explanation:
    """An answer and what is behind it.

    Attributes
    ----------
    result : Answer
        The whole answer.
    definition : str
        What its numbers mean, column by column.
    sql : tuple of str
        The statements of the engine that made the counts.
    rows : DataFrame or None
        See `Trace`; None when not asked for, or where the measure itself lists its rows.
    kinds : dict of str to Kind
        What the columns of `rows` are.
    """

    result: Answer
    definition: str
    sql: tuple[str, ...]
    rows: pd.DataFrame | None
    kinds: dict[str, Kind] = field(default_factory=dict)

    @property
    def answer(self) -> pd.DataFrame:
        """Return the frame that the measure returns."""
        return self.result.as_frame()


def explain(
    measure: Callable[..., pd.DataFrame] | str, store: Data, *, rows: bool = False, **options: Any
) -> Explanation:
    """Ask a measure and tell what is behind its numbers.

    Parameters
    ----------
    measure : callable or str
        A measure, like `oa.show_up`, or its name on the command line.
    store : Data
        An open store.
    rows : bool
        Fetch the rows behind the counts, too.
    **options
        The measure's own.

    Returns
    -------
    Explanation

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """
    from organizing_analytics.measures.measure import answer  # noqa: PLC0415  # it traces by TRACE

    trace = Trace(with_rows=rows)
    token = TRACE.set(trace)
    try:
        result = answer(measure, store, **options)
    finally:
        TRACE.reset(token)
    definition = explanation(BY_NAME[result.measure])
    return Explanation(result, definition, tuple(trace.sql), trace.rows, trace.kinds)


def behind(
    rows: ir.Table, keys: Mapping[str, ir.Value], counts: Mapping[str, ir.Value]
) -> ir.Table:
    """Return the rows of a tally with what makes each of them count, as an expression."""
    days = [name for name, kind in rows.schema().items() if kind.is_date() and name not in keys]
    ids = [name for name in _IDS if name in rows.columns and name not in keys]
    flags = {name: _flag(rows, value) for name, value in counts.items()}
    taken = {*keys, *flags}
    shown = [name for name in (*ids, *days) if name not in taken]
    return rows.select(*shown, **keys, **flags)


def kinds_of(rows: ir.Table) -> dict[str, Kind]:
    """Return what the columns of an expression are, by their type in the engine."""
    return {name: _kind(name, dtype) for name, dtype in rows.schema().items()}


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


def _flag(rows: ir.Table, value: ir.Value) -> ir.Value:
    """Return whether a row is in a count; of another aggregate, the value that goes into it."""
    (bound,) = rows.bind(value)
    made = bound.op()
    if isinstance(made, ops.CountStar):
        where = made.where
        return ibis.literal(True) if where is None else where.to_expr().fill_null(False)
    return made.args[0].to_expr()
