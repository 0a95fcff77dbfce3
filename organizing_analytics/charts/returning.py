"""Who came again: by what happened at the first visit, and after each further one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.charts.dots import lying_dots, share_words
from organizing_analytics.charts.theme import Chart, Note

if TYPE_CHECKING:
    import pandas as pd

#: Group column → what it is called where it was so, and where it was not.
FACTOR_WORDS = {
    "followed_up": ("followed up in time", "not followed up"),
    "reshift": ("with the next shift set", "without"),
}
ORDINALS = {1: "1st", 2: "2nd", 3: "3rd"}


def came_back(frame: pd.DataFrame, *, by: str = "followed_up", title: str | None = None) -> Chart:
    """Draw how many newcomers came again with something, and how many without it.

    Parameters
    ----------
    frame : DataFrame
        `retention_return(by=...)`.
    by : str
        The group column: followed_up or reshift.
    title : str, optional
        What the chart says; by default both shares.

    Returns
    -------
    Chart
        A note when no first visit is old enough.
    """
    matured = frame[frame["matured"] > 0]
    if matured.empty:
        return Note("No returns to draw yet: no first visit is old enough to know who came again.")
    with_it, without = FACTOR_WORDS[by]
    matured = _counted(matured.sort_values(by, ascending=False))
    matured = matured.assign(label=[with_it if had else without for had in matured[by]])
    phrases = [f"{share_words(row)} of those {row['label']}" for row in matured.to_dict("records")]
    return lying_dots(
        matured,
        title=title or f"Came again: {', '.join(phrases)}",
        rate_title="share who came again",
        n_title="Share of newcomers who came again",
    )


def came_back_by_visit(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Draw how many came again after the first visit, after the second, and so on.

    Parameters
    ----------
    frame : DataFrame
        `retention_by_visit()`.
    title : str, optional
        What the chart says; by default the shares after the first two.

    Returns
    -------
    Chart
        A note when no visit is old enough.
    """
    if frame.empty:
        return Note("No returns to draw yet: no visit is old enough to know who came again.")
    visits = _counted(frame)
    visits = visits.assign(label=[ORDINALS.get(v, f"{v}th") for v in frame["visit"]])
    phrases = [f"{share_words(row)} after the {row['label']}" for row in visits.to_dict("records")]
    return lying_dots(
        visits,
        title=title or f"Came again: {', '.join(phrases[:2])} visit",
        group_title="visit",
        rate_title="share who came again",
        n_title="Share who came again, by the visit they had made",
    )


def _counted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(part=frame["returned"], n=frame["matured"])
