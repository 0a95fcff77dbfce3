"""The 50 % rule against the campaign's own record: at how many shifts did half of the list come."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from organizing_analytics.charts.theme import BLUE, INK, ORANGE, Chart, Note, finish, rate_words

BINS = 10
HALF = 0.5


def half_rule(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Draw how many shifts had which share of their sign-ups come.

    Parameters
    ----------
    frame : DataFrame
        `show_up(by="shift")`. Shifts with an attendance that nobody wrote down, and those with
        no sign-ups, are left out.
    title : str, optional
        What the chart says; by default at how many shifts half or more came.

    Returns
    -------
    Chart
        Ten bars, those on the rule's side of one half in blue; a note when no shift is left.
    """
    recorded = frame[(frame["scheduled"] > 0) & (frame["unrecorded"] == 0)]
    if recorded.empty:
        return Note("No shifts to draw: none has its whole attendance written down.")
    came = recorded["attended"] / recorded["scheduled"]
    places = np.clip((came * BINS).astype(int), 0, BINS - 1)
    bars = pd.DataFrame(
        {
            "start": np.arange(BINS) / BINS,
            "end": np.arange(1, BINS + 1) / BINS,
            "shifts": np.bincount(places, minlength=BINS),
        }
    )
    bars = bars[bars["shifts"] > 0].assign(enough=lambda b: b["start"] >= HALF)
    enough = int((came >= HALF).sum())
    left_out = len(frame) - len(recorded)
    return finish(
        _layers(bars),
        title=title or f"Half or more came at {enough:,} of {len(recorded):,} shifts",
        subtitle=f"left out: {left_out:,} not fully written down" if left_out else "",
        description=_in_words(bars),
        height=220,
    )


def _layers(bars: pd.DataFrame) -> list[alt.Chart]:
    across = alt.X(
        "start:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], grid=False),
        title="share of all who signed up that came",
    )
    most = int(bars["shifts"].max())
    up = alt.Y(
        "shifts:Q", title="shifts", axis=alt.Axis(format=",d", tickCount=min(5, max(1, most)))
    )
    colour = alt.Scale(domain=[True, False], range=[BLUE, ORANGE])
    base = alt.Chart(bars)
    numbers = base.transform_calculate(middle="(datum.start + datum.end) / 2")
    rule = alt.Chart(pd.DataFrame({"half": [HALF]}))
    return [
        base.mark_bar(stroke="white", strokeWidth=1).encode(
            x=across,
            x2=alt.X2("end:Q"),
            y=up,
            y2=alt.Y2Datum(0),
            color=alt.Color("enough:N", scale=colour, legend=None),
        ),
        numbers.mark_text(dy=-7).encode(
            x=alt.X("middle:Q", title="share of all who signed up that came"),
            y=up,
            text=alt.Text("shifts:Q", format=",d"),
        ),
        rule.mark_rule(color=INK, strokeDash=[4, 3]).encode(
            x=alt.X("half:Q", title="share of all who signed up that came")
        ),
    ]


def _in_words(bars: pd.DataFrame) -> str:
    share_words = "; ".join(
        f"{rate_words(start)} to {rate_words(end)} {n:,}"
        for start, end, n in zip(bars["start"], bars["end"], bars["shifts"], strict=True)
    )
    return f"Shifts by the share of their sign-ups that came: {share_words}."
