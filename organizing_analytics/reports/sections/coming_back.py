"""Who came for the first time, who came back, and how the months' newcomers stay."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import organizing_analytics.measures as m
from organizing_analytics import charts
from organizing_analytics.charts.cohorts import MOST_COHORTS
from organizing_analytics.reports.parts import Part, figure, sentence, table, together
from organizing_analytics.reports.section import section
from organizing_analytics.reports.team_week import WINDOW_DAYS, only, rows_of
from organizing_analytics.reports.words import NOTHING, plural, share_of

if TYPE_CHECKING:
    import pandas as pd

    from organizing_analytics.reports.team_week import Row, TeamWeek

MONTHS = 12
FOLLOWED_WORDS = {True: "followed up within 48 hours", False: "not followed up in time"}


@section
def newcomers(team: TeamWeek) -> Part:
    """Return who came first this week, and who of the last 90 days' newcomers came again."""
    new = only(team.this_week(m.retention_return))
    people = 0 if new is None else int(new["people"])
    came = f"{plural(people, 'person', 'people')} came for the first time this week."
    return together(
        sentence(came if people else "Nobody came for the first time this week."), _back(team)
    )


def _back(team: TeamWeek) -> Part:
    own = only(team.ask(m.retention_return, since=team.window_from))
    if own is None or not own["matured"]:
        return sentence(
            f"No first visit of the last {WINDOW_DAYS} days is 30 days old yet: it is too early to"
            " say who comes back.",
            kind="quiet",
        )
    everyone = only(team.ask(m.retention_return, everyone=True, since=team.window_from))
    split = team.ask(m.retention_return, by="followed_up", since=team.window_from)
    rows = [["This team", _share(own)]]
    rows += [
        [f"of them, {FOLLOWED_WORDS[bool(row['followed_up'])]}", _share(row)]
        for row in reversed(rows_of(split))
        if row["matured"]
    ]
    rows.append(["All teams", _share(everyone)])
    caption = (
        f"First visits of the last {WINDOW_DAYS} days that are 30 days old: came again within 30"
        " days"
    )
    return table(["", "Came back"], rows, caption=caption, with_shares=True)


def _share(row: Row | None) -> str:
    return NOTHING if row is None else share_of(row["returned"], row["matured"])


@section
def cohorts(team: TeamWeek) -> Part:
    """Return monthly cohorts, bounded, as a heat map."""
    frame = team.ask(
        m.retention_cohorts, period="month", kind="bounded", since=_months_before(team.as_of)
    )
    chart = charts.cohorts(frame, kind="bounded")
    drawn = figure(chart, _numbers(frame))
    if isinstance(chart, charts.Note):
        return drawn
    hint = (
        "Each row: the people who first came in that month, and the share of them who came in each"
        " later month (bounded: in that very month). Months that have not ended are empty."
    )
    return together(drawn, sentence(hint, kind="quiet"))


def _months_before(day: date) -> date:
    months = day.year * MONTHS + day.month - MOST_COHORTS
    return date(months // MONTHS, months % MONTHS + 1, 1)


def _numbers(frame: pd.DataFrame) -> Part:
    later = frame[frame["period"] > 0].dropna(subset=["retained"])
    periods = sorted(later["period"].unique())
    rows = []
    for (cohort, size), cells in later.groupby(["cohort", "size"], sort=True):
        came = dict(zip(cells["period"], cells["retained"], strict=True))
        rows.append(
            [str(cohort), f"{size:,}", *(f"{came[p]:,}" if p in came else "" for p in periods)]
        )
    return table(["First came in", "People", *(f"+{p}" for p in periods)], rows)
