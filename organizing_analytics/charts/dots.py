"""Rates as dots with their intervals: lying, one row per group, or standing, one per week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import altair as alt
import pandas as pd

from organizing_analytics.charts.theme import (
    BLUE,
    FEW,
    HOLLOW,
    PERCENT_AXIS,
    QUIET,
    RIGHT,
    WHOLE_SCALE,
    finish,
    rate_words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

ROW_HEIGHT = 25
ROWS = alt.Axis(grid=False, ticks=False, domain=False, labelPadding=8)
AROUND = 82


def lying_dots(
    frame: pd.DataFrame,
    *,
    title: str,
    rate_title: str,
    n_title: str,
    group_title: str = "",
    hint: str = "",
) -> alt.LayerChart:
    """Return one row per group with its dot, its interval and its counts.

    Parameters
    ----------
    frame : DataFrame
        `label` (what the group is called, unique), `rate low high` in 0 to 1 (NaN: no dot),
        `part` and `n`: the counts behind the rate. Rows are drawn in their order.
    title, rate_title, n_title : str
        What the chart says; what the axis and the counts are.
    group_title : str
        What the rows are, where their names do not say it. It stands upright: with two or three
        rows there is room for a word.
    hint : str
        What else must be said to read it.
    """
    # Only what is drawn goes into the chart.
    drawn = frame[["label", "rate", "low", "high"]].assign(
        counts=counts(frame), few=frame["n"] < FEW
    )
    hints = [words for words in (hint, HOLLOW if drawn["few"].any() else "") if words]
    rows = alt.Y("label:N", sort=None, title=group_title or None, axis=ROWS)
    base = alt.Chart(drawn).encode(y=rows)
    at_rate = alt.X("rate:Q", scale=WHOLE_SCALE, axis=PERCENT_AXIS, title=rate_title)
    interval = base.mark_rule(color=BLUE, strokeWidth=3, opacity=0.45).encode(
        x=alt.X("low:Q"), x2=alt.X2("high:Q")
    )
    numbers = base.mark_text(align="left", color=QUIET, dx=8).encode(
        x=RIGHT, text=alt.Text("counts:N")
    )
    return finish(
        [interval, rate_dots(base).encode(x=at_rate), numbers],
        title=title,
        subtitle="; ".join(hints),
        description=f"{n_title}: {in_words(frame)}.",
        height=AROUND + ROW_HEIGHT * len(frame),
    )


def dots_by_week(
    frame: pd.DataFrame,
    *,
    title: str,
    rate_title: str,
    n_title: str,
    reference: float | None = None,
    reference_name: str = "",
) -> alt.LayerChart:
    """Return one dot per week with its interval and the number of people under it.

    Parameters
    ----------
    frame : DataFrame
        `week` (ISO, unique), `rate low high`, `part` and `n`.
    title, rate_title, n_title : str
        What the chart says; what the rates and the numbers below the weeks are.
    reference : float, optional
        A rate to compare with, as a dashed line called `reference_name`.
    """
    weeks = frame[["week", "rate", "low", "high"]].assign(
        label=[f"{week[-3:]}|{n:,}" for week, n in zip(frame["week"], frame["n"], strict=True)],
        few=frame["n"] < FEW,
    )
    axis = alt.Axis(
        labelExpr="split(datum.label, '|')", labelAngle=0, labelOverlap=False, grid=False
    )
    base = alt.Chart(weeks).encode(x=alt.X("label:N", sort=None, axis=axis, title=n_title))
    up = alt.Y("rate:Q", scale=WHOLE_SCALE, axis=PERCENT_AXIS, title=rate_title)
    hints = [HOLLOW] if weeks["few"].any() else []
    layers = [
        base.mark_rule(color=BLUE, strokeWidth=3, opacity=0.45).encode(
            y=alt.Y("low:Q"), y2=alt.Y2("high:Q")
        ),
        rate_dots(base).encode(y=up),
    ]
    if reference is not None:
        line = alt.Chart(pd.DataFrame({"rate": [reference]}))
        layers = [line.mark_rule(color=QUIET, strokeDash=[4, 3]).encode(y=up), *layers]
        hints = [f"dashed: {reference_name}, {rate_words(reference)}", *hints]
    words = in_words(frame.assign(label=frame["week"]))
    return finish(
        layers,
        title=title,
        subtitle="; ".join(hints),
        description=f"{rate_title.capitalize()}, by week: {words}.",
        height=240,
    )


def rate_dots(base: alt.Chart) -> alt.Chart:
    """Return the dots: filled, and hollow where fewer than `FEW` were counted (column `few`)."""
    fill = alt.FillValue(BLUE, condition={"test": "datum.few", "value": "transparent"})
    dots = base.mark_point(size=64, stroke=BLUE, strokeWidth=2, opacity=1).encode(fill=fill)
    return cast("alt.Chart", dots)


def share_words(row: Mapping[Any, Any]) -> str:
    """Return a row's rate, or its counts where they are too few for one.

    Examples
    --------
    >>> share_words({"part": 7, "n": 10, "rate": 0.7})
    '70 %'
    >>> share_words({"part": 1, "n": 2, "rate": 0.5})
    '1 of 2'
    """
    return f"{row['part']} of {row['n']}" if row["n"] < FEW else rate_words(row["rate"])


def counts(frame: pd.DataFrame) -> list[str]:
    """Return "12 of 19" for each row."""
    return [f"{part:,} of {n:,}" for part, n in zip(frame["part"], frame["n"], strict=True)]


def in_words(frame: pd.DataFrame) -> str:
    """Return the rows as a list in words, for who cannot see the chart."""
    rows = zip(frame["label"], frame["rate"], counts(frame), strict=True)
    return "; ".join(f"{label} {rate_words(rate)} ({of})" for label, rate, of in rows)
