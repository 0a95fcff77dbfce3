"""The rates of many groups against their sizes, with the limits of chance: no league table.

Small groups are at the top and at the bottom of every league table, by chance alone. A funnel
shows how far chance reaches at each size; only what lies outside asks for a reason.

The same people and shifts are counted many times, so a group's size is what its rows are worth: its
number of rows, divided by the design effect that the measure gives (`deff`). Without it, groups
whose people are very unlike each other would lie outside by chance alone.

Source
------
D. J. Spiegelhalter (2005), Funnel plots for comparing institutional performance, Statistics in
Medicine 24, 1185-1202.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import altair as alt
import numpy as np
import pandas as pd

from organizing_analytics.charts.theme import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PERCENT_AXIS,
    WHOLE_SCALE,
    Chart,
    Note,
    finish,
    rate_words,
)
from organizing_analytics.estimates import control_limits, summed

if TYPE_CHECKING:
    from collections.abc import Sequence

HEIGHT = 300
CLUSTERED = "people counted, divided by the design effect"
#: Chance reaches past the inner limits once in 20 groups, past the outer ones once in 500.
INNER, OUTER = 0.95, 0.998
#: More names than this would cover the chart; those farthest out are named.
MAX_NAMES = 8
#: How near two names may be, in points of the rate and in shares of the width.
_NEAR_UP, _NEAR_ACROSS = 0.06, 0.3
_NAME_LETTERS = 22
_POINTS = 60


def funnel(
    frame: pd.DataFrame,
    *,
    rate: str = "rate",
    n: str | Sequence[str] = ("attended", "no_show"),
    effect: str | None = "deff",
    label: str = "team",
    title: str | None = None,
) -> Chart:
    """Draw each group's rate against its size, with 95 % and 99.8 % limits of chance.

    Parameters
    ----------
    frame : DataFrame
        A measure's answer by one group column, like `show_up(by="team")`.
    rate : str
        Column of the rates, 0 to 1.
    n : str or sequence of str
        Column of what each rate was counted over; several are added up.
    effect : str or None
        Column of the design effects of this rate, where the frame has it; None takes rows for
        independent of each other.
    label : str
        Column of the groups' names.
    title : str, optional
        What the chart says; by default how many groups lie outside.

    Returns
    -------
    Chart
        Groups outside are named, the farthest first; a note with fewer than two groups.
    """
    groups = _placed(frame, rate, n, label, effect)
    if len(groups) < 2:  # noqa: PLR2004
        return Note("No funnel to draw: it takes two groups or more in which somebody was counted.")
    pooled = float(np.average(groups["rate"], weights=groups["n"]))
    groups = _judged(groups, pooled)
    widest = float(groups["worth"].max())
    counted = "people counted" if (groups["worth"] == groups["n"]).all() else CLUSTERED
    across = alt.X(
        "worth:Q",
        title=f"{counted}; lines: {rate_words(pooled)} of all, 95 % and 99.8 % limits",
        scale=alt.Scale(domain=[0, widest * 1.04], nice=False),
        axis=alt.Axis(format=",d", grid=False, tickCount=5),
    )
    up = alt.Y("rate:Q", scale=WHOLE_SCALE, axis=PERCENT_AXIS, title="share")
    dots = alt.Chart(groups).mark_point(size=46, strokeWidth=1.5, opacity=1)
    return finish(
        [*_lines(pooled, widest, across), _dots(dots, across, up), *_names(groups, across, up)],
        title=title or _how_many_outside(groups, label),
        subtitle="square: chance reaches there once in 500; triangle: once in 20",
        description=_in_words(groups, pooled),
        height=HEIGHT,
    )


def _placed(
    frame: pd.DataFrame, rate: str, n: str | Sequence[str], label: str, effect: str | None
) -> pd.DataFrame:
    """Return `label rate n worth` of the groups in which somebody was counted."""
    names = frame[label].astype("str").where(frame[label].notna(), "(none)")
    total = summed(frame, n)
    is_clustered = effect is not None and effect in frame
    worth = total / frame[effect].to_numpy(dtype=float) if is_clustered else total
    placed = pd.DataFrame(
        {
            "label": names.str.slice(0, _NAME_LETTERS),
            "rate": frame[rate],
            "n": total,
            "worth": worth,
        }
    )
    return placed[placed["n"] > 0].reset_index(drop=True)


def _judged(groups: pd.DataFrame, pooled: float) -> pd.DataFrame:
    """Return the groups with `place`: inside, outside (of the inner limits), far (of the outer)."""
    inner, outer = (
        control_limits(pooled, groups["worth"].clip(lower=1).round(), c) for c in (INNER, OUTER)
    )
    outside = (groups["rate"] < inner[0]) | (groups["rate"] > inner[1])
    far = (groups["rate"] < outer[0]) | (groups["rate"] > outer[1])
    place = np.select([far, outside], ["far", "outside"], "inside")
    return groups.assign(place=place, away=(groups["rate"] - pooled).abs() * groups["worth"] ** 0.5)


def _lines(pooled: float, widest: float, across: alt.X) -> list[alt.Chart]:
    sizes = np.unique(np.geomspace(1, max(widest, 1.0), _POINTS).round())
    layers = []
    for coverage, dashes in ((INNER, [4, 3]), (OUTER, [1, 0])):
        low, high = control_limits(pooled, sizes, coverage)
        for limit in (low, high):
            line = alt.Chart(pd.DataFrame({"worth": sizes, "limit": limit}))
            drawn = line.mark_line(color=GREY, strokeWidth=1, strokeDash=dashes)
            layers.append(drawn.encode(x=across, y=alt.Y("limit:Q")))
    middle = alt.Chart(pd.DataFrame({"limit": [pooled]}))
    return [*layers, middle.mark_rule(color=INK, strokeWidth=1).encode(y=alt.Y("limit:Q"))]


def _dots(base: alt.Chart, across: alt.X, up: alt.Y) -> alt.Chart:
    places = ["inside", "outside", "far"]
    colour = alt.Scale(domain=places, range=[BLUE, ORANGE, ORANGE])
    shape = alt.Scale(domain=places, range=["circle", "triangle-up", "square"])
    return base.encode(
        x=across,
        y=up,
        fill=alt.Fill("place:N", scale=colour, legend=None),
        stroke=alt.Stroke("place:N", scale=colour, legend=None),
        shape=alt.Shape("place:N", scale=shape, legend=None),
    )


def _names(groups: pd.DataFrame, across: alt.X, up: alt.Y) -> list[alt.Chart]:
    """Return the names of the groups outside, on the side where there is room."""
    named = groups[groups["place"] != "inside"].sort_values("away", ascending=False)
    named = _apart(named, float(groups["worth"].max())).head(MAX_NAMES)
    half = float(groups["worth"].max()) / 2
    layers = []
    sides: tuple[tuple[bool, Literal["left", "right"], int], ...] = (
        (False, "left", 7),
        (True, "right", -7),
    )
    for is_right, align, dx in sides:
        side = named[(named["worth"] > half) == is_right]
        if not side.empty:
            text = alt.Chart(side).mark_text(align=align, dx=dx)
            layers.append(text.encode(x=across, y=up, text=alt.Text("label:N")))
    return layers


def _apart(named: pd.DataFrame, widest: float) -> pd.DataFrame:
    """Keep the names that lie over no name that is kept before them."""
    visible: list[int] = []
    for i in range(len(named)):
        row = named.iloc[i]
        is_free = all(
            abs(row["rate"] - named["rate"].iloc[k]) > _NEAR_UP
            or abs(row["worth"] - named["worth"].iloc[k]) > _NEAR_ACROSS * widest
            for k in visible
        )
        if is_free:
            visible.append(i)
    return named.iloc[visible]


def _how_many_outside(groups: pd.DataFrame, label: str) -> str:
    outside = int((groups["place"] != "inside").sum())
    what = label.replace("_", " ")
    by_chance = round((1 - INNER) * len(groups))
    expected = f"about {by_chance:,}" if by_chance else "hardly one"
    return (
        f"By {what}, {outside:,} of {len(groups):,} outside the 95 % limits; "
        f"chance alone puts {expected} there"
    )


def _in_words(groups: pd.DataFrame, pooled: float) -> str:
    outside = groups[groups["place"] != "inside"].sort_values("away", ascending=False)
    outside_words = "; ".join(
        f"{label} {rate_words(rate)} of {int(n):,}"
        for label, rate, n in zip(outside["label"], outside["rate"], outside["n"], strict=True)
    )
    summary = (
        f"Outside the 95 % limits: {outside_words}"
        if outside_words
        else "None is outside the 95 % limits"
    )
    return f"{len(groups):,} groups, {rate_words(pooled)} of all. {summary}."
