"""What is behind a number: its definition, the engine's statement, and the very rows.

Every measure counts through `Selection.tally`, so the rows and what makes each of them count are
caught there: the explanation cannot differ from the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from organizing_analytics.catalog import BY_NAME
from organizing_analytics.catalog.describing import explanation
from organizing_analytics.measures.measure import answer
from organizing_analytics.measures.tracing import TRACE, Trace

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from organizing_analytics.answers import Answer
    from organizing_analytics.catalog.declaration import Kind
    from organizing_analytics.store import Data


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
    trace = Trace(with_rows=rows)
    token = TRACE.set(trace)
    try:
        result = answer(measure, store, **options)
    finally:
        TRACE.reset(token)
    definition = explanation(BY_NAME[result.measure])
    return Explanation(result, definition, tuple(trace.sql), trace.rows, trace.kinds)
