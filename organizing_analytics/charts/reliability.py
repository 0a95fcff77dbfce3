"""Are chances true: of those who were given 70 %, did 70 % come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from organizing_analytics.charts.theme import (
    BLUE,
    PERCENT_AXIS,
    QUIET,
    WHOLE_SCALE,
    Chart,
    Note,
    finish,
    rate_words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


def reliability(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Draw the share who came against the chance that they were given.

    Parameters
    ----------
    frame : DataFrame
        `backtest(…).reliability`: `chance came n`, one row per bin of the chance.
    title : str, optional
        What the chart says.

    Returns
    -------
    Chart
        A note when nothing was scored.
    """
    if frame.empty:
        return Note("No chances to check yet: too little attendance is written down.")
    across = alt.X("chance:Q", scale=WHOLE_SCALE, axis=PERCENT_AXIS, title="chance that was given")
    up = alt.Y("came:Q", scale=WHOLE_SCALE, axis=PERCENT_AXIS, title="share who came")
    line = pd.DataFrame({"chance": [0.0, 1.0], "came": [0.0, 1.0]})
    dots = alt.Chart(frame).mark_circle(color=BLUE, opacity=0.85)
    size = alt.Size("n:Q", legend=None, scale=alt.Scale(range=[30, 500]))
    return finish(
        [
            alt.Chart(line).mark_line(color=QUIET, strokeDash=[4, 4]).encode(x=across, y=up),
            dots.encode(x=across, y=up, size=size, tooltip=["chance:Q", "came:Q", "n:Q"]),
        ],
        title=title or "Chances that were given, and what came of them",
        subtitle="on the dashed line they are true; a larger dot is more people",
        description=f"Share who came, by the chance given: {_words(frame)}.",
        height=300,
    )


def _words(frame: pd.DataFrame) -> str:
    rows: Sequence[tuple[float, float, int]] = list(
        frame[["chance", "came", "n"]].itertuples(index=False, name=None)
    )
    return ", ".join(
        f"given {rate_words(chance)}, came {rate_words(came)} of {n:,}" for chance, came, n in rows
    )
