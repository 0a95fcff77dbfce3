"""Cohort retention: of the people who first came in one month, how many came in later ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from organizing_analytics.charts.theme import FEW, LINES, Chart, Note, either, finish, rate_words

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

#: Cells keep these whatever the page's colours are: each is read against its own ground.
PALE, DEEP = "#e3eef7", "#084a86"
ON_PALE, ON_DEEP = "#111111", "#ffffff"
MAX_COHORTS = 9
MAX_PERIODS = 6


def cohorts(
    frame: pd.DataFrame, *, kind: str, period: str = "month", title: str | None = None
) -> Chart:
    """Draw cohort retention as a heat map with its numbers.

    Parameters
    ----------
    frame : DataFrame
        `retention_cohorts(...)`. Period 0 is left out: everyone came then. The last nine cohorts
        and six periods are drawn; cells that are not yet known stay empty.
    kind, period : str
        What the frame was asked for: bounded or rolling, month or week.
    title : str, optional
        What the chart says.

    Returns
    -------
    Chart
        Cells of fewer than five people show their counts and no colour; a note when no cell is
        known yet.
    """
    last = sorted(frame["cohort"].unique())[-MAX_COHORTS:]
    later = frame["period"].between(1, MAX_PERIODS) & frame["cohort"].isin(last)
    cells = frame[later].dropna(subset=["rate"])
    if cells.empty:
        return Note(f"No retention to draw yet: nobody first came a full {period} ago or earlier.")
    cells = cells.assign(
        label=_named(cells),
        few=cells["size"] < FEW,
        text=[_cell_words(cell) for cell in cells.to_dict("records")],
    )
    across = alt.X(
        "period:O",
        title=f"{period}s after the first visit ({kind})",
        axis=alt.Axis(orient="top", labelAngle=0, ticks=False, domain=False),
    )
    down = alt.Y(
        "label:N",
        sort=list(cells["label"].unique()),  # layers drawn apart would each bring their own
        title=None,
        axis=alt.Axis(ticks=False, domain=False),
    )
    base = alt.Chart(cells).encode(x=across, y=down)
    highest = float(cells["rate"].max())
    shade = alt.Color(
        "rate:Q", scale=alt.Scale(domain=[0, highest or 1.0], range=[PALE, DEEP]), legend=None
    )
    many, few = "!datum.few", "datum.few"
    on_deep = either(f"datum.rate > {highest * 0.5}", ON_DEEP, ON_PALE)
    layers = [
        base.transform_filter(many).mark_rect(stroke="#ffffff", strokeWidth=1).encode(color=shade),
        base.transform_filter(few).mark_rect(filled=False, stroke=LINES, strokeDash=[2, 2]),
        base.transform_filter(many).mark_text().encode(text=alt.Text("text:N"), color=on_deep),
        base.transform_filter(few).mark_text().encode(text=alt.Text("text:N")),
    ]
    n_rows = cells["label"].nunique()
    return finish(
        layers,
        # Upright beside two or three rows these words would be cut off.
        subtitle=f"rows: {period} of the first visit · people",
        title=title or f"Who first came in one {period} and came again in later ones",
        description=_in_words(cells, kind=kind, period=period),
        height=92 + 26 * n_rows,
    )


def _named(cells: pd.DataFrame) -> list[str]:
    return [f"{c} · {size:,}" for c, size in zip(cells["cohort"], cells["size"], strict=True)]


def _cell_words(cell: dict[Hashable, Any]) -> str:
    if cell["size"] < FEW:
        return f"{cell['retained']} of {cell['size']}"
    return rate_words(cell["rate"])


def _in_words(cells: pd.DataFrame, *, kind: str, period: str) -> str:
    rows = "; ".join(
        f"{cohort}, {', '.join(rows['text'])}"
        for cohort, rows in cells.groupby("cohort", sort=True)
    )
    return f"Share who came again 1, 2, … {period}s after their first visit, {kind}: {rows}."
