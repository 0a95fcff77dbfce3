"""Counts of so few answers that somebody could tell whose they are."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

MIN_CELL = 5


def hidden_cells(frame: pd.DataFrame, groups: Sequence[str], count: str) -> pd.Series:
    """Return which rows of a table of counts must not be shown.

    A count from 1 to 4 is hidden. Where fewer than five answers are hidden in a total, the total
    would give them away, so the next smallest count is hidden, too: in the whole table and in each
    total over some of its group columns.

    Parameters
    ----------
    frame : DataFrame
        One row per group.
    groups : sequence of str
        The group columns.
    count : str
        The column of counts.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"team": ["A", "B", "C"], "answers": [3, 9, 6]})
    >>> hidden_cells(frame, ["team"], "answers").tolist()
    [True, False, True]
    """
    counts = frame[count]
    hidden = (counts > 0) & (counts < MIN_CELL)
    totals = [
        part
        for size in range(len(groups))
        for names in combinations(groups, size)
        for part in _parts(frame, names)
    ]
    changed = True
    while changed:
        changed = False
        for part in totals:
            shown = counts[part][~hidden[part] & (counts[part] > 0)]
            if 0 < counts[part][hidden[part]].sum() < MIN_CELL and len(shown):
                hidden[shown.sort_values(kind="stable").index[0]] = True
                changed = True
    return hidden


def _parts(frame: pd.DataFrame, names: Sequence[str]) -> list[pd.Index]:
    """Return the rows that belong to each total over all but these group columns."""
    if not names:
        return [frame.index]
    grouped = frame.groupby(list(names), dropna=False, observed=True)
    return [rows.index for _, rows in grouped]


def without(frame: pd.DataFrame, hidden: pd.Series, columns: Sequence[str]) -> pd.DataFrame:
    """Return a table with these columns empty in the hidden rows."""
    return frame.assign(
        **{
            name: (
                frame[name].astype("Int64") if frame[name].dtype.kind in "iu" else frame[name]
            ).mask(hidden)
            for name in columns
        }
    )
