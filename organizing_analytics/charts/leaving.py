"""Who is still active, and why people left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.charts.bars import lying_bars
from organizing_analytics.charts.theme import Chart, Note

if TYPE_CHECKING:
    import pandas as pd

TIER_SIDES = {"super_active": "yes", "active": "yes", "almost_active": "open", "dropped": "no"}
#: Reason → how an organizer says it.
REASON_WORDS = {
    "not_worth_time": "not worth the time",
    "disorganized": "disorganized",
    "no_why": "nobody said why",
    "uncomfortable": "uncomfortable task",
    "overwhelmed": "overwhelmed",
    "unwelcoming": "unwelcoming",
    "no_recognition": "no recognition",
    "not_asked": "nobody asked",
    "other": "another reason",
}
NOT_NOTED = "not noted"


def tiers(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Draw how many people are in each tier of activity.

    Parameters
    ----------
    frame : DataFrame
        `retention_tiers()`.
    title : str, optional
        What the chart says; by default how many of all who ever came are active.

    Returns
    -------
    Chart
        A note when nobody ever came.
    """
    if frame.empty:
        return Note("No tiers to draw: nobody has come yet.")
    sides = frame["tier"].map(TIER_SIDES)
    bars = frame.assign(label=frame["tier"].str.replace("_", " "), side=sides)
    bars = bars.rename(columns={"people": "count"})
    active, everyone = bars.loc[sides == "yes", "count"].sum(), bars["count"].sum()
    return lying_bars(
        bars,
        title=title or f"{active:,} of the {everyone:,} who ever came are active now",
        count_title="people",
        n_title="People by how active they are",
    )


def departures(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Draw why people left, the reason that most gave first.

    Parameters
    ----------
    frame : DataFrame
        `retention_departures()` without further groups.
    title : str, optional
        What the chart says; by default the commonest reason.

    Returns
    -------
    Chart
        Reasons that were noted, then how often none was; a note when nobody left.
    """
    if frame.empty:
        return Note("No reasons to draw: no departure is written down.")
    is_noted = frame["reason"].notna()
    bars = frame.assign(
        label=frame["reason"].map(REASON_WORDS).fillna(NOT_NOTED),
        side=is_noted.map({True: "no", False: "open"}),
        count=frame["people"],
        last=~is_noted,
    )
    bars = bars.sort_values(["last", "count"], ascending=[True, False], kind="stable")
    return lying_bars(
        bars,
        title=title or _commonest(bars),
        count_title="people who left",
        n_title="People who left, by their main reason",
    )


def _commonest(bars: pd.DataFrame) -> str:
    noted = bars[~bars["last"]]
    left = bars["count"].sum()
    if noted.empty:
        return f"{left:,} left, and nobody noted why"
    most = noted["count"].max()
    names = " and ".join(f"“{label}”" for label in noted.loc[noted["count"] == most, "label"])
    return f"Most often: {names}, {most:,} of the {left:,} who left"
