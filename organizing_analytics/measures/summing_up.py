"""The answer of a measure in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.catalog.declaration import Kind
from organizing_analytics.catalog.formatting import readable
from organizing_analytics.estimates import summed

if TYPE_CHECKING:
    import pandas as pd

    from organizing_analytics.catalog import Measure


def sentence(declared: Measure, frame: pd.DataFrame, confidence: float) -> str:
    """Return the main rate in words; nothing where there is no main rate, or nothing counted.

    Parameters
    ----------
    declared : Measure
    frame : DataFrame
        The answer without group columns: one row.
    confidence : float
        Of the interval.

    Examples
    --------
    >>> import pandas as pd
    >>> from organizing_analytics.catalog.asks import ASKS_KEPT
    >>> counts = {"kept": [5], "not_kept": [3], "rate": [0.625], "low": [0.306], "high": [0.863]}
    >>> sentence(ASKS_KEPT, pd.DataFrame(counts), 0.95)
    '62.5 % came to that shift (5 of 8; 95 % interval 30.6 to 86.3 %).'
    """
    if not declared.main or len(frame) != 1:
        return ""
    main = declared.column(declared.main)
    if frame[list(main.n)].isna().any(axis=None):  # too few to be shown
        return ""
    n = int(summed(frame, main.n)[0])
    if not n:
        return ""
    successes = int(summed(frame, main.successes)[0])
    share = readable(float(frame[main.name].iloc[0]), Kind.RATE)
    interval = ""
    if main.bounds is not None:
        low, high = (readable(float(frame[name].iloc[0]), Kind.RATE) for name in main.bounds)
        interval = f"; {100 * confidence:g} % interval {low.removesuffix(' %')} to {high}"
    return f"{share} {declared.happened} ({successes:,} of {n:,}{interval})."
