"""The snowflake: who leads whom, and which branches are bare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from organizing_analytics.charts.theme import BLUE, LINES, ORANGE, Chart, Note, either, finish
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    import pandas as pd

ROW_PIXELS = 17
MAX_LETTERS = 28


def snowflake(frame: pd.DataFrame, *, names: bool = True, title: str | None = None) -> Chart:
    """Draw leaders below each other, each indented under whoever leads them.

    Parameters
    ----------
    frame : DataFrame
        `organizer_snowflake()`.
    names : bool
        Whether to name people; if not, only their ids stand there.
    title : str, optional
        What the chart says; by default how many lead and how many branches are bare.

    Returns
    -------
    Chart
        A dot for each leader with the number of active people looked after; bare branches are
        orange squares. A note when nobody leads.
    """
    if frame.empty:
        return Note("Nobody leads anybody: there is no snowflake to draw.")
    rows = frame.reset_index(drop=True).reset_index(names="place")
    labels = rows["name"].fillna(rows["person_id"]) if names else rows["person_id"]
    rows["label"] = labels.str.slice(0, MAX_LETTERS) + "  " + rows["active"].astype(str)
    place_of = dict(zip(rows["person_id"], rows["place"], strict=True))
    rows["leader_place"] = rows["led_by"].map(place_of)
    n_bare = int(rows["is_bare"].sum())
    bare = plural(n_bare, "branch is bare", "branches are bare")
    return finish(
        _layers(rows[["place", "level", "label", "is_bare", "leader_place"]]),
        title=title or f"{plural(len(rows), 'person leads', 'people lead')}; {bare}",
        subtitle="number: active people looked after; orange square: none",
        description=_in_words(rows),
        height=ROW_PIXELS * len(rows) + 10,
    )


def _layers(rows: pd.DataFrame) -> list[alt.Chart]:
    deepest = int(rows["level"].max())
    across = alt.X("level:Q", axis=None, scale=alt.Scale(domain=[-0.2, deepest + 3]))
    down = alt.Y(
        "place:Q", axis=None, scale=alt.Scale(domain=[-0.5, len(rows) - 0.5], reverse=True)
    )
    base = alt.Chart(rows)
    led = alt.Chart(rows[rows["leader_place"].notna()])
    trunk = led.transform_calculate(above="datum.level - 1")
    over = alt.X("above:Q", axis=None)
    return [
        trunk.mark_rule(color=LINES).encode(x=over, y=down, y2=alt.Y2("leader_place:Q")),
        trunk.mark_rule(color=LINES).encode(x=over, x2=alt.X2("level:Q"), y=down),
        base.mark_point(filled=True, size=50, opacity=1).encode(
            x=across,
            y=down,
            color=either("datum.is_bare", ORANGE, BLUE),
            shape=alt.ShapeValue("circle", condition={"test": "datum.is_bare", "value": "square"}),
        ),
        base.mark_text(align="left", dx=8).encode(x=across, y=down, text=alt.Text("label:N")),
    ]


def _in_words(rows: pd.DataFrame) -> str:
    top = int((rows["level"] == 0).sum())
    return (
        f"{plural(len(rows), 'leader')} in {plural(int(rows['level'].max()) + 1, 'level')}, "
        f"{top:,} at the top; {int(rows['is_bare'].sum()):,} look after nobody active."
    )
