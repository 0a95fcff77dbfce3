"""How long people stay: the lapse curve with its band."""

from __future__ import annotations

import altair as alt
import pandas as pd

from organizing_analytics.charts.theme import (
    BLUE,
    BOTTOM,
    PERCENT_AXIS,
    QUIET,
    WHOLE_SCALE,
    Chart,
    Note,
    finish,
    rate_words,
)

HALF = 0.5
#: A curve is drawn from at most this many days: a phone cannot show more.
MAX_DAYS = 120
#: Numbers stand at least this share of the width apart, and not at its very end.
_APART, _EDGE = 0.15, 0.95


def lapse(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Draw the share of people who have not stayed away for good, by days since the first visit.

    Parameters
    ----------
    frame : DataFrame
        `retention_lapse()`.
    title : str, optional
        What the chart says; by default when half had lapsed, or how many had not at the end.

    Returns
    -------
    Chart
        Steps with their band, and how many people the curve still rests on; a note when nobody
        has lapsed.
    """
    if frame.empty:
        return Note("No lapse curve to draw yet: nobody has been away long enough to be missed.")
    curve = _from_the_start(_thinned(frame))
    last = int(curve["day"].max())
    days = alt.X(
        "day:Q",
        title="days since the first visit; below: people still counted",
        scale=alt.Scale(domain=[0, last], nice=False),
        axis=alt.Axis(format="d", grid=False, tickCount=6),
    )
    up = alt.Y("surviving:Q", scale=WHOLE_SCALE, axis=PERCENT_AXIS, title="share still coming")
    base = alt.Chart(curve).encode(x=days)
    band = base.transform_filter("isValid(datum.low) && isValid(datum.high)").mark_area(
        interpolate="step-after", color=BLUE, opacity=0.25
    )
    numbers = alt.Chart(_spread(curve)).mark_text(color=QUIET, align="center", dy=-6)
    return finish(
        [
            band.encode(y=alt.Y("low:Q", title="share still coming"), y2=alt.Y2("high:Q")),
            base.mark_line(interpolate="step-after", color=BLUE, strokeWidth=2).encode(y=up),
            numbers.encode(x=days, y=BOTTOM, text=alt.Text("at_risk:Q", format=",d")),
        ],
        title=title or _when_half(frame),
        subtitle="band: where the true curve may lie",
        description=_in_words(curve),
        height=260,
    )


def _thinned(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the days evenly thinned out, the last one kept."""
    step = -(-len(frame) // MAX_DAYS)
    thinned = frame.iloc[::step]
    return thinned if thinned.index[-1] == frame.index[-1] else pd.concat([thinned, frame.tail(1)])


def _from_the_start(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the curve with its first day, when everybody had just come."""
    columns = ["day", "at_risk", "surviving", "low", "high"]
    # How many they were then is not in the frame; who has not been known for long is not missed.
    start = pd.DataFrame([[0, int(frame["at_risk"].max()), 1.0, 1.0, 1.0]], columns=columns)
    return pd.concat([start, frame[columns]], ignore_index=True)


def _spread(curve: pd.DataFrame) -> pd.DataFrame:
    """Return a few days, far enough from each other to write their numbers below them."""
    last = int(curve["day"].max())
    labeled_days: list[int] = []
    for day in curve["day"].iloc[1:]:
        if day <= last * _EDGE and (not labeled_days or day - labeled_days[-1] >= last * _APART):
            labeled_days.append(int(day))
    return curve.loc[curve["day"].isin(labeled_days), ["day", "at_risk"]]


def _when_half(frame: pd.DataFrame) -> str:
    below = frame[frame["surviving"] <= HALF]
    if below.empty:
        last = frame.iloc[-1]
        return f"{rate_words(last['surviving'])} were still coming after {int(last['day']):,} days"
    return f"Half no longer come {below['day'].iloc[0]:,} days after their first visit"


def _in_words(curve: pd.DataFrame) -> str:
    shown = curve.iloc[1 :: max(1, len(curve) // 6)]
    share_words = "; ".join(
        f"day {day:,.0f} {rate_words(surviving)} (of {n:,.0f})"
        for day, surviving, n in zip(
            shown["day"], shown["surviving"], shown["at_risk"], strict=True
        )
    )
    return f"Share still coming, by days since the first visit: {share_words}."
