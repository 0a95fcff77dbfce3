"""One finely grouped question answers several: counts add up, rates are worked out anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from organizing_analytics.estimates import add_rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


def pooled(frame: pd.DataFrame, by: str, *, counts: Sequence[str]) -> pd.DataFrame:
    """Return the counts of each group, summed over all else that the frame is grouped by.

    Parameters
    ----------
    frame : DataFrame
        Counts by several group columns.
    by : str
        The group column to keep; its groups stay in the order of their first row.
    counts : sequence of str
        The columns to add up. Rates are left out: nobody averages rates.
    """
    return frame.groupby(by, sort=False, dropna=False)[list(counts)].sum().reset_index()


def total(frame: pd.DataFrame, counts: Sequence[str]) -> dict[str, Any] | None:
    """Return the sums of all rows as one row; None when there are none."""
    return None if frame.empty else {name: int(frame[name].sum()) for name in counts}


def with_show_up(frame: pd.DataFrame) -> pd.DataFrame:
    """Return show-up counts with their `rate low high`, for the charts."""
    return add_rate(frame, successes="attended", n=("attended", "no_show"), bounds=("low", "high"))
