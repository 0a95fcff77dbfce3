"""Counts as bars, lying down: one row per group, its number at the bar's end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from organizing_analytics.charts.dots import AROUND, ROW_HEIGHT
from organizing_analytics.charts.theme import BLUE, GREY, ORANGE, finish, whole_axis

if TYPE_CHECKING:
    import pandas as pd

#: What a bar stands for → its colour; its name stands beside it anyway.
SIDES = {"yes": BLUE, "no": ORANGE, "open": GREY}


def lying_bars(
    frame: pd.DataFrame, *, title: str, count_title: str, n_title: str
) -> alt.LayerChart:
    """Return one bar per row, in the order of the rows.

    Parameters
    ----------
    frame : DataFrame
        `label` (what the bar is called, unique), `count`, and `side`: one of `SIDES`.
    title, count_title, n_title : str
        What the chart says; what the axis counts; what the numbers are, in words.
    """
    base = alt.Chart(frame[["label", "side", "count"]]).encode(
        y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(ticks=False, labelPadding=6)),
        x=alt.X("count:Q", title=count_title, axis=whole_axis(frame["count"])),
    )
    colour = alt.Scale(domain=list(SIDES), range=list(SIDES.values()))
    count_words = "; ".join(
        f"{label} {n:,}" for label, n in zip(frame["label"], frame["count"], strict=True)
    )
    return finish(
        [
            base.mark_bar(height=15).encode(color=alt.Color("side:N", scale=colour, legend=None)),
            base.mark_text(align="left", dx=4).encode(text=alt.Text("count:Q", format=",d")),
        ],
        title=title,
        description=f"{n_title}: {count_words}.",
        height=AROUND + ROW_HEIGHT * len(frame),
    )
