"""The shifts ahead: how many will come of those signed up, against the need and the room."""

from __future__ import annotations

import altair as alt
import pandas as pd

from organizing_analytics.charts.theme import BLUE, INK, ORANGE, Chart, Note, finish, whole_axis
from organizing_analytics.dates import INTERNATIONAL, DateWords
from organizing_analytics.wording import plural

MAX_SHIFTS = 10
#: The verdicts of shifts that will probably have too few people as things stand.
LACKING = ("schedule", "schedule_but_short")
#: A symbol of our own: Vega's "stroke" lies down.
UPRIGHT = "M0,-0.9L0,0.9"
MARKS = {"likely": (BLUE, "circle"), "need": (INK, UPRIGHT), "room": (ORANGE, "triangle-left")}


def upcoming(
    frame: pd.DataFrame, *, title: str | None = None, dates: DateWords = INTERNATIONAL
) -> Chart:
    """Draw the next shifts: the central 80 % of who will come, the need and the room.

    Parameters
    ----------
    frame : DataFrame
        `plan_upcoming()`; its first ten shifts are drawn.
    title : str, optional
        What the chart says; by default how many shifts need more people.
    dates : DateWords, optional
        How the campaign writes dates: `store.settings.dates`.

    Returns
    -------
    Chart
        A note when there is no shift ahead.
    """
    if frame.empty:
        return Note("No shifts to draw: none is ahead.")
    shifts = frame.head(MAX_SHIFTS)
    shifts = shifts.assign(label=shift_labels(shifts, dates))
    rows = alt.Y(
        "label:N",
        sort=None,
        title=None,
        axis=alt.Axis(labelExpr="split(datum.label, '|')", ticks=False, grid=True, labelPadding=8),
    )
    marks = _marks(shifts)
    people = "people; bar: in 8 of 10 cases"
    across = alt.X(
        "people:Q", title=people, scale=alt.Scale(zero=True), axis=whole_axis(marks["people"])
    )
    bars = (
        alt.Chart(shifts[["label", "low", "high"]])
        .mark_rule(color=BLUE, strokeWidth=9, opacity=0.35)
        .encode(y=rows, x=alt.X("low:Q", title=people), x2=alt.X2("high:Q"))
    )
    names = [name for name in MARKS if (marks["mark"] == name).any()]
    points = (
        alt.Chart(marks)
        .mark_point(size=110, strokeWidth=2, opacity=1)
        .encode(
            y=rows,
            x=across,
            shape=alt.Shape("mark:N", scale=_scale(names, 1)),
            stroke=alt.Stroke("mark:N", scale=_scale(names, 0)),
            fill=alt.Fill("mark:N", scale=_scale(names, 0)),
        )
    )
    return finish(
        [bars, points],
        title=title or _how_many_need_more(frame),
        description=_in_words(shifts, dates),
        height=92 + 36 * len(shifts),
    )


def shift_labels(shifts: pd.DataFrame, dates: DateWords) -> list[str]:
    """Return "Sat 28 Nov at 10:00|14 signed up", made unique without a visible sign."""
    seen: dict[str, int] = {}
    labels = []
    for start, signed_up in zip(shifts["starts_local"], shifts["signed_up"], strict=True):
        label = f"{dates.day_and_time(start)}|{signed_up:,} signed up"
        seen[label] = seen.get(label, 0) + 1
        # A zero-width space: two shifts at one time are two rows, not one.
        labels.append(label + "\u200b" * (seen[label] - 1))
    return labels


def _marks(shifts: pd.DataFrame) -> pd.DataFrame:
    columns = {"likely": "median", "need": "need", "room": "capacity"}
    parts = [
        shifts[["label"]].assign(mark=mark, people=shifts[column].astype("Float64"))
        for mark, column in columns.items()
    ]
    return pd.concat(parts).dropna(subset=["people"])


def _scale(names: list[str], which: int) -> alt.Scale:
    return alt.Scale(domain=names, range=[MARKS[name][which] for name in names])


def _how_many_need_more(frame: pd.DataFrame) -> str:
    short = int(frame["verdict"].isin(LACKING).sum())
    if not short:
        return "No shift ahead needs more people"
    needs = "needs" if short == 1 else "need"
    return f"{short} of {plural(len(frame), 'shift')} ahead {needs} more people"


def _in_words(shifts: pd.DataFrame, dates: DateWords) -> str:
    rows = []
    for shift in shifts.to_dict("records"):
        need = "" if pd.isna(shift["need"]) else f", {shift['need']} needed"
        start = dates.day_and_time(shift["starts_local"])
        rows.append(f"{start}, {shift['low']} to {shift['high']} people{need}")
    return f"Who will come in 8 of 10 cases: {'; '.join(rows)}."
