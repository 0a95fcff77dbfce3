"""The number who will come: how likely each is, with the need and the room marked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from organizing_analytics.charts.theme import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    TOP,
    Chart,
    Note,
    either,
    finish,
    whole_axis,
)
from organizing_analytics.wording import percent

if TYPE_CHECKING:
    from organizing_analytics.planning.result import Plan

#: Numbers so unlikely would only draw the axis out.
LEAST = 0.001
#: More bars than this are put together.
MAX_BARS = 60


def turnout(plan: Plan) -> Chart:
    """Draw how many will come when as many are scheduled as a plan says.

    Parameters
    ----------
    plan : Plan
        Any plan.

    Returns
    -------
    Chart
        Bars in blue where enough come, grey where too few, orange where more than the room holds;
        lines at the need and the room.
    """
    if not plan.odds:
        return Note("There is nothing to draw: nobody is scheduled.")
    bars = _bars(plan)
    people = alt.X(
        "people:Q",
        title="people who come",
        scale=alt.Scale(domain=_domain(plan, bars), nice=False),
        axis=whole_axis(bars["people"]),
    )
    columns = (
        alt.Chart(bars)
        .mark_rect(stroke=None)
        .encode(
            x=alt.X("left:Q", title="people who come"),
            x2=alt.X2("right:Q"),
            y=alt.Y(
                "odds:Q",
                title="how likely",
                axis=alt.Axis(format="%", tickCount=4),
                # Room above the bars for the words at the lines.
                scale=alt.Scale(domain=[0, 1.2 * float(bars["odds"].max())], nice=False),
            ),
            y2=alt.Y2Datum(0),
            color=alt.ColorValue(
                GREY,
                condition=[
                    {"test": "datum.is_over", "value": ORANGE},
                    {"test": "datum.is_enough", "value": BLUE},
                ],
            ),
        )
    )
    marks = _marks(plan)
    lines = (
        alt.Chart(marks)
        .mark_rule(strokeWidth=2, strokeDash=[4, 3])
        .encode(
            x=people,
            color=either("datum.mark == 'need'", INK, ORANGE),
        )
    )
    words = (
        alt.Chart(marks)
        .mark_text(align="left", dx=4, dy=4, baseline="top")
        .encode(x=people, y=TOP, text=alt.Text("words:N"))
    )
    enough = percent(plan.p_enough)
    over = ", orange: over the room" if bars["is_over"].any() else ""
    return finish(
        [columns, lines, words],
        title=f"Schedule {plan.schedule}: {enough} that {plan.need} or more come",
        subtitle=f"blue: enough{over}; in 8 of 10 cases {plan.low} to {plan.high} come",
        description=_in_words(plan),
        height=210,
    )


def _bars(plan: Plan) -> pd.DataFrame:
    odds = pd.Series(plan.odds)
    likely = odds[odds >= LEAST * odds.max()]
    shown = odds.loc[likely.index.min() : likely.index.max()]
    step = -(-len(shown) // MAX_BARS)
    # No bar holds both too few and enough, nor people within the room and over it.
    people = shown.index.to_series()
    is_over = people > (math.inf if plan.capacity is None else plan.capacity)
    group = [(people - plan.need) // step, is_over]
    first, last = (people.groupby(group).agg(end).to_numpy() for end in ("min", "max"))
    return pd.DataFrame(
        {
            "odds": shown.groupby(group).sum().to_numpy(),
            "people": first,
            "left": first - 0.4,
            "right": last + 0.4,
            "is_enough": first >= plan.need,
            "is_over": is_over.groupby(group).first().to_numpy(),
        }
    )


def _marks(plan: Plan) -> pd.DataFrame:
    rows = [{"mark": "need", "people": plan.need - 0.5, "words": f"need {plan.need}"}]
    if plan.capacity is not None:
        room = {"mark": "room", "people": plan.capacity + 0.5, "words": f"room {plan.capacity}"}
        rows.append(room)
    return pd.DataFrame(rows)


def _domain(plan: Plan, bars: pd.DataFrame) -> list[float]:
    ends = [plan.need - 0.5, bars["left"].min(), bars["right"].max()]
    ends += [] if plan.capacity is None else [plan.capacity + 0.5]
    return [min(ends) - 0.5, max(ends) + 0.5]


def _in_words(plan: Plan) -> str:
    room = ""
    if plan.capacity is not None and plan.p_over_capacity is not None:
        room = f" More than the room of {plan.capacity}: {percent(plan.p_over_capacity)}."
    return (
        f"Of {plan.schedule} scheduled, {plan.median} are expected to come, in 8 of 10 cases"
        f" {plan.low} to {plan.high}. {plan.need} or more: {percent(plan.p_enough)}.{room}"
    )
