"""One-to-ones: who had one lately, whether they ended with a commitment, what followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.charts.dots import dots_by_week, lying_dots
from organizing_analytics.charts.show_up import MAX_WEEKS
from organizing_analytics.charts.theme import Chart, Note
from organizing_analytics.estimates import share

if TYPE_CHECKING:
    import pandas as pd

#: More rows make a chart that nobody reads; those with the most people are drawn.
MAX_ROWS = 15
#: What is counted → of which 1:1s, the measure's rate, and how it is said.
WHAT = {
    "committed": ("held", "commitment_rate", "ended with a commitment"),
    "complete": ("held", "complete_rate", "had all four pieces"),
    "good_length": ("with_length", "good_length_rate", "took 30 to 60 minutes"),
    "with_next_step": ("held", "next_step_rate", "ended with a next step"),
    "followed_up": ("follow_up_due", "follow_up_rate", "were followed up in time"),
}


def coverage(frame: pd.DataFrame, *, by: str = "role", title: str | None = None) -> Chart:
    """Draw how many of the people who need a maintenance 1:1 had one lately.

    Parameters
    ----------
    frame : DataFrame
        `meetings_coverage(by=...)`; the fifteen groups with the most people are drawn.
    by : str
        The group column: role or team.
    title : str, optional
        What the chart says; by default how many of all had one.

    Returns
    -------
    Chart
        A note when nobody needs one.
    """
    if frame.empty:
        return Note("No coverage to draw: nobody is on a rung that needs maintenance 1:1s.")
    rows = frame.assign(
        label=frame[by].astype("str").str.replace("_", " ").where(frame[by].notna(), "(none)"),
        part=frame["covered"],
        n=frame["people"],
    )
    drawn = rows.nlargest(MAX_ROWS, "n", keep="first").sort_index()
    covered, people = rows["part"].sum(), rows["n"].sum()
    return lying_dots(
        drawn,
        title=title or f"{covered:,} of the {people:,} who need a regular 1:1 had one lately",
        group_title=by,
        rate_title="share who had a maintenance 1:1 lately",
        n_title="Share who had a maintenance 1:1 lately",
        hint="" if len(drawn) == len(rows) else f"the {MAX_ROWS} largest of {len(rows):,}",
    )


def one_to_ones(frame: pd.DataFrame, *, what: str, title: str | None = None) -> Chart:
    """Draw how many 1:1s of each kind had something.

    Parameters
    ----------
    frame : DataFrame
        `meetings()` without further groups.
    what : str
        committed, complete, good_length, with_next_step or followed_up.
    title : str, optional
        What the chart says; by default how many of all kinds had it.

    Returns
    -------
    Chart
        A note when no 1:1 can have had it.
    """
    of, rate, words = WHAT[what]
    rows = frame[frame[of] > 0]
    if rows.empty:
        return Note(f"No 1:1s to draw: of none is it known whether they {words}.")
    rows = rows.assign(
        label=rows["kind"],
        part=rows[what],
        n=rows[of],
        rate=rows[rate],
        low=rows[f"{rate}_low"],
        high=rows[f"{rate}_high"],
    )
    return lying_dots(
        rows,
        title=title or f"{rows['part'].sum():,} of {rows['n'].sum():,} 1:1s {words}",
        group_title="kind of 1:1",
        rate_title="share of 1:1s",
        n_title=f"Share of 1:1s that {words}",
    )


def commitments_by_week(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Draw how many held 1:1s ended with a commitment, week by week.

    Parameters
    ----------
    frame : DataFrame
        `meetings(by="week")`; the kinds are put together, and the last nine weeks with a held
        1:1 are drawn. They have no interval: the measure gives one for each kind, and intervals
        do not add up.
    title : str, optional
        What the chart says; by default how many did in these weeks.

    Returns
    -------
    Chart
        A note when no 1:1 was held.
    """
    weeks = frame.groupby("week", as_index=False)[["held", "committed"]].sum()
    weeks = weeks[weeks["held"] > 0].tail(MAX_WEEKS)
    if weeks.empty:
        return Note("No commitments to draw: no 1:1 was held in this time.")
    weeks = weeks.assign(
        part=weeks["committed"],
        n=weeks["held"],
        rate=share(weeks["committed"], weeks["held"]),
        low=None,
        high=None,
    )
    n_committed, n_held = weeks["part"].sum(), weeks["n"].sum()
    return dots_by_week(
        weeks,
        title=title or f"{n_committed:,} of the last {n_held:,} 1:1s ended with a commitment",
        rate_title="share with a commitment",
        n_title="week, and how many 1:1s were held",
    )
