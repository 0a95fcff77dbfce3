"""Show-up by week and by how early people signed up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.charts.dots import dots_by_week, lying_dots
from organizing_analytics.charts.theme import FEW, Chart, Note, rate_words

if TYPE_CHECKING:
    import pandas as pd

#: More points make a phone's chart unreadable and a page heavy.
MAX_WEEKS = 9
LEAD_WORDS = {"0": "same day", "1": "1 day", "31+": "31 days or more", "unknown": "not known"}


def show_up_by_week(
    frame: pd.DataFrame,
    *,
    reference: float | None = None,
    reference_name: str = "all teams",
    title: str | None = None,
) -> Chart:
    """Draw the show-up of the last weeks, each with its interval and number of people.

    Parameters
    ----------
    frame : DataFrame
        `show_up(by="week")`; its last nine weeks are drawn.
    reference : float, optional
        A rate in 0 to 1 to compare with, drawn as a dashed line.
    reference_name : str
        What that rate is.
    title : str, optional
        What the chart says; by default the last week's rate.

    Returns
    -------
    Chart
        A note when there is no week with a known show-up.
    """
    weeks = _with_counts(frame).dropna(subset=["rate"]).tail(MAX_WEEKS)
    if weeks.empty:
        return Note("No show-up to draw yet: no shift has its attendance written down.")
    return dots_by_week(
        weeks,
        title=title or _last_week(weeks),
        rate_title="share who came",
        n_title="week, and how many were on its lists",
        reference=reference,
        reference_name=reference_name,
    )


def show_up_by_lead(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Draw the show-up by how many days before the shift people signed up.

    Parameters
    ----------
    frame : DataFrame
        `show_up(by="lead")`.
    title : str, optional
        What the chart says.

    Returns
    -------
    Chart
        A note when there is no lead time with a known show-up.
    """
    leads = _with_counts(frame).dropna(subset=["rate"])
    if leads.empty:
        return Note("No show-up by lead time yet: no shift has its attendance written down.")
    words = [LEAD_WORDS.get(lead, f"{lead} days") for lead in leads["lead"]]
    return lying_dots(
        leads.assign(label=words),
        title=title or "Share who came, by how long before the shift they signed up",
        group_title="signed up before the shift",
        rate_title="share who came",
        n_title="Share who came",
    )


def _with_counts(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(part=frame["attended"], n=frame["attended"] + frame["no_show"])


def _last_week(weeks: pd.DataFrame) -> str:
    last = weeks.iloc[-1]
    if last["n"] < FEW:
        return f"{last['part']} of {last['n']} on the lists came in {last['week']}, too few to tell"
    return f"{rate_words(last['rate'])} of those on the lists came in {last['week']}"
