"""People who came, week by week, a small picture for each team."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from organizing_analytics.charts.theme import BLUE, INK, Chart, Note, either, finish
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

LANE_PIXELS = 46
MAX_LETTERS = 34
PALE = "#a8c9e6"
#: The part of a lane that its tallest bar takes; above it stands the team's name.
TALLEST = 0.5


def weeks_by_team(
    frame: pd.DataFrame, *, names: Mapping[str, str] | None = None, title: str | None = None
) -> Chart:
    """Draw how many people came in each week, one lane of bars for each team.

    Parameters
    ----------
    frame : DataFrame
        `show_up(by="team,week")`.
    names : mapping, optional
        Names of teams by id; the id stands where there is none.
    title : str, optional
        What the chart says; by default how many teams and weeks it shows.

    Returns
    -------
    Chart
        Bars of people who came, walk-ins included, each lane on its own scale with its last and
        its largest week as numbers. The busiest team is on top. A note when nobody came at all.
    """
    rows = frame.assign(
        came=(frame["attended"] + frame["walk_in"]).astype("int64"),
        team=frame["team"].astype("object").fillna("no team"),
    )
    rows = rows[["team", "week", "came"]]
    if not rows["came"].sum():
        return Note("Nobody came in these weeks: there is no trend to draw.")
    weeks = sorted(rows["week"].unique())
    totals = rows.groupby("team")["came"].sum().sort_values(ascending=False, kind="stable")
    teams = list(totals.index)
    rows["lane"] = rows["team"].map({team: place for place, team in enumerate(teams)})
    rows["place"] = rows["week"].map({week: place for place, week in enumerate(weeks)})
    rows["top"] = rows.groupby("team")["came"].transform("max").clip(lower=1)
    rows["is_last"] = rows["week"] == weeks[-1]
    last = rows[rows["is_last"]].set_index("team")["came"].reindex(teams, fill_value=0)
    largest = rows.groupby("team")["came"].max()
    labels = totals.index.to_frame(index=False, name="team").assign(
        lane=range(len(teams)),
        label=[
            f"{(names or {}).get(team, team)[:MAX_LETTERS]}: {last[team]:,}, most {largest[team]:,}"
            for team in teams
        ],
    )
    shown = f"{plural(len(teams), 'team')}, {plural(len(weeks), 'week')} up to {weeks[-1]}"
    return finish(
        _layers(rows, labels, n_weeks=len(weeks)),
        title=title or f"People who came: {shown}",
        subtitle="each team on its own scale; dark and first number: the last week",
        description=". ".join(labels["label"]),
        height=LANE_PIXELS * len(teams) + 10,
    )


def _layers(rows: pd.DataFrame, labels: pd.DataFrame, *, n_weeks: int) -> list[alt.Chart]:
    deep = alt.Scale(domain=[0, len(labels)], reverse=True)
    down = alt.Y("from:Q", axis=None, scale=deep)
    across = alt.X("left:Q", axis=None, scale=alt.Scale(domain=[0, n_weeks]))
    bars = (
        alt.Chart(rows)
        .transform_calculate(left="datum.place + 0.1", right="datum.place + 0.9")
        .transform_calculate(base="datum.lane + 0.95")
        .transform_calculate(**{"from": f"datum.base - {TALLEST} * datum.came / datum.top"})
    )
    words = alt.Chart(labels).transform_calculate(**{"from": "datum.lane + 0.25", "left": "0"})
    return [
        bars.mark_rect().encode(
            x=across,
            x2=alt.X2("right:Q"),
            y=down,
            y2=alt.Y2("base:Q"),
            color=either("datum.is_last", BLUE, PALE),
        ),
        words.mark_text(align="left", baseline="middle", color=INK).encode(
            x=across, y=down, text=alt.Text("label:N")
        ),
    ]
