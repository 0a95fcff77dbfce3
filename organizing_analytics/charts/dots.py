"""Rates as dots with their intervals, lying down: one row per group, its counts at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import altair as alt

from organizing_analytics.charts.theme import (
    BLUE,
    FEW,
    HOLLOW,
    PERCENT_AXIS,
    QUIET,
    WHOLE_SCALE,
    finish,
    rate_words,
)

if TYPE_CHECKING:
    import pandas as pd

ROW_HEIGHT = 25
ROWS = alt.Axis(grid=False, ticks=False, domain=False, labelPadding=8)
AROUND = 82


def lying_dots(
    frame: pd.DataFrame, *, title: str, group_title: str, rate_title: str, n_title: str
) -> alt.LayerChart:
    """Return one row per group with its dot, its interval and its counts.

    Parameters
    ----------
    frame : DataFrame
        `label` (what the group is called, unique), `rate low high` in 0 to 1 (NaN: no dot),
        `part` and `n`: the counts behind the rate. Rows are drawn in their order.
    title, group_title, rate_title, n_title : str
        What the chart says; what the rows, the axis and the counts are.
    """
    drawn = frame.assign(counts=counts(frame), few=frame["n"] < FEW)
    rows = alt.Y("label:N", sort=None, title=group_title, axis=ROWS)
    base = alt.Chart(drawn).encode(y=rows)
    at_rate = alt.X("rate:Q", scale=WHOLE_SCALE, axis=PERCENT_AXIS, title=rate_title)
    interval = base.mark_rule(color=BLUE, strokeWidth=3, opacity=0.45).encode(
        x="low:Q", x2="high:Q"
    )
    numbers = base.mark_text(align="left", color=QUIET, dx=8).encode(
        x=alt.value("width"), text="counts:N"
    )
    return finish(
        [interval, rate_dots(base).encode(x=at_rate), numbers],
        title=title,
        subtitle=HOLLOW if drawn["few"].any() else "",
        description=f"{n_title}: {in_words(frame)}.",
        height=AROUND + ROW_HEIGHT * len(frame),
    )


def rate_dots(base: alt.Chart) -> alt.Chart:
    """Return the dots: filled, and hollow where fewer than `FEW` were counted (column `few`)."""
    hollow = alt.condition("datum.few", alt.value("transparent"), alt.value(BLUE))
    dots = base.mark_point(size=64, stroke=BLUE, strokeWidth=2, opacity=1).encode(fill=hollow)
    return cast("alt.Chart", dots)


def counts(frame: pd.DataFrame) -> list[str]:
    """Return "12 of 19" for each row."""
    return [f"{part:,} of {n:,}" for part, n in zip(frame["part"], frame["n"], strict=True)]


def in_words(frame: pd.DataFrame) -> str:
    """Return the rows as a list in words, for who cannot see the chart."""
    rows = zip(frame["label"], frame["rate"], counts(frame), strict=True)
    return "; ".join(f"{label} {rate_words(rate)} ({of})" for label, rate, of in rows)
