"""What is behind a number: its definition, the engine's statement, and the very rows.

Every measure counts through `Selection.tally`, so the rows and what makes each of them count are
caught there: the explanation cannot differ from the answer.
"""

from __future__ import annotations

import inspect
import sys
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.operations as ops

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    """

    with_rows: bool = False
    sql: list[str] = field(default_factory=list)
    rows: pd.DataFrame | None = None


#: The trace of the question that is being asked, when somebody wants it explained.
TRACE: ContextVar[Trace | None] = ContextVar("trace", default=None)


@dataclass(frozen=True)
class Explanation:
    """An answer and what is behind it.

    Attributes
    ----------
    answer : DataFrame
        What the measure returns.
    definition : str
        What its numbers mean.
    sql : tuple of str
        The statements of the engine that made the counts.
    rows : DataFrame or None
        See `Trace`; None when not asked for, or where the measure itself lists its rows.
    """

    answer: pd.DataFrame
    definition: str
    sql: tuple[str, ...]
    rows: pd.DataFrame | None


def explain(
    measure: Callable[..., pd.DataFrame], store: Any, *, rows: bool = False, **options: Any
) -> Explanation:
    """Ask a measure and tell what is behind its numbers.

    Parameters
    ----------
    measure : callable
        A measure, like `oa.show_up`.
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
    trace = Trace(with_rows=rows)
    token = TRACE.set(trace)
    try:
        answer = measure(store, **options)
    finally:
        TRACE.reset(token)
    module = sys.modules[inspect.unwrap(measure).__module__]
    definition = inspect.cleandoc(module.__doc__ or "")
    return Explanation(answer, definition, tuple(trace.sql), trace.rows)


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


def _flag(rows: ir.Table, value: ir.Value) -> ir.Value:
    """Return whether a row is in a count; of another aggregate, the value that goes into it."""
    (bound,) = rows.bind(value)
    made = bound.op()
    if isinstance(made, ops.CountStar):
        where = made.where
        return ibis.literal(True) if where is None else where.to_expr().fill_null(False)
    return made.args[0].to_expr()
