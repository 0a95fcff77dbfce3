"""What people said when they were asked, and what became of the noes."""

from __future__ import annotations

import altair as alt
import pandas as pd

from organizing_analytics.charts.dots import AROUND, ROW_HEIGHT, lying_dots
from organizing_analytics.charts.theme import (
    BLUE,
    GREY,
    ORANGE,
    Chart,
    Note,
    finish,
    whole_axis,
)
from organizing_analytics.model import NO_TYPES, OUTCOMES

#: Outcome → how a person says it.
OUTCOME_WORDS = {
    "yes": "yes",
    "not_now": "not now",
    "not_that": "not that",
    "not_ever": "not ever",
    "no": "no, kind not noted",
    "maybe": "maybe",
    "no_answer": "no answer",
}
SIDES = {"yes": "yes", **dict.fromkeys(NO_TYPES, "no"), "maybe": "open", "no_answer": "open"}


def asks_outcomes(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Draw how often each answer was given.

    Parameters
    ----------
    frame : DataFrame
        `asks_outcomes()` without groups: its first row is drawn.
    title : str, optional
        What the chart says; by default how many of those who answered said yes.

    Returns
    -------
    Chart
        Bars with their counts, answers that nobody gave left out; a note without any ask.
    """
    if frame.empty or not frame["asks"].iloc[0]:
        return Note("No asks to draw: nobody was asked in this time.")
    row = frame.to_dict("records")[0]
    given = [outcome for outcome in OUTCOMES if row[outcome]]
    bars = pd.DataFrame(
        {
            "label": [OUTCOME_WORDS[outcome] for outcome in given],
            "side": [SIDES[outcome] for outcome in given],
            "count": [int(row[outcome]) for outcome in given],
        }
    )
    base = alt.Chart(bars).encode(
        y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(ticks=False, labelPadding=6)),
        x=alt.X("count:Q", title="asks", axis=whole_axis(bars["count"])),
    )
    colour = alt.Scale(domain=["yes", "no", "open"], range=[BLUE, ORANGE, GREY])
    answers = "; ".join(
        f"{label} {n:,}" for label, n in zip(bars["label"], bars["count"], strict=True)
    )
    return finish(
        [
            base.mark_bar(height=15).encode(color=alt.Color("side:N", scale=colour, legend=None)),
            base.mark_text(align="left", dx=4).encode(text=alt.Text("count:Q", format=",d")),
        ],
        title=title or f"{row['yes']:,} of the {row['answered']:,} who answered said yes",
        description=f"Asks by answer: {answers}.",
        height=AROUND + ROW_HEIGHT * len(bars),
    )


def after_no(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Draw how many noes of each kind became a yes.

    Parameters
    ----------
    frame : DataFrame
        `asks_after_no()` without groups.
    title : str, optional
        What the chart says; by default how many of all noes became a yes.

    Returns
    -------
    Chart
        A note when no no is old enough.
    """
    if frame.empty:
        return Note("No noes to draw yet: none is old enough to know what became of it.")
    noes = frame.assign(
        label=[OUTCOME_WORDS[kind] for kind in frame["no_type"]],
        part=frame["converted"],
        n=frame["noes"],
    )
    return lying_dots(
        noes,
        title=title or f"{noes['part'].sum():,} of {noes['n'].sum():,} noes became a yes",
        group_title="kind of no",
        rate_title="share that became a yes",
        n_title="Share that became a yes",
    )
