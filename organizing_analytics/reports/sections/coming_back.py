"""Who came for the first time, who came back, whom the team is losing, how newcomers stay."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Unpack

import pandas as pd

import organizing_analytics.measures as m
from organizing_analytics import charts
from organizing_analytics.catalog.retention import RETENTION_RETURN
from organizing_analytics.charts.cohorts import MAX_COHORTS
from organizing_analytics.reports.numbers import Number, Where, counted, rated
from organizing_analytics.reports.parts import Part, figure, fold, sentence, table, together
from organizing_analytics.reports.section import section
from organizing_analytics.reports.team_week import WINDOW_DAYS, only, rows_of
from organizing_analytics.reports.visits import person
from organizing_analytics.reports.words import NOTHING, some_of
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from organizing_analytics.reports.parts import Cell
    from organizing_analytics.reports.team_week import Row, TeamWeek

MONTHS = 12
FOLLOWED_WORDS = {True: "of them, followed up in time", False: "of them, not followed up in time"}
RETURNED = RETENTION_RETURN.column("rate")


@section
def newcomers(team: TeamWeek) -> Part:
    """Return who came first this week, who of the last newcomers came again, who stays away."""
    return together(_new(team), _back(team), _losing(team))


def _new(team: TeamWeek) -> Part:
    frame = team.new_people
    n = int(frame.loc[frame["week"] == team.week, "people"].sum())
    if not n:
        return sentence("Nobody came for the first time this week.")
    names = _names_of_new(team, n)
    who = f": {some_of(names, n=n)}" if names else ""
    return sentence(
        f"{plural(n, 'person', 'people')} came for the first time this week{who}.",
        counted("new_people", n),
    )


def _names_of_new(team: TeamWeek, n: int) -> list[str]:
    if not team.names:
        return []
    visits = team.visits_lately
    new = visits[(visits["first_on"] >= pd.Timestamp(team.monday)) & visits["is_first_here"]]
    names: list[str] = new.drop_duplicates("person_id")["name"].tolist()
    return names if len(names) <= n else []


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
    rows: list[list[Cell]] = [["This team", _share(own)]]
    rows += [
        [FOLLOWED_WORDS[has_contact], _share(row, by="followed_up", group=str(has_contact).lower())]
        for has_contact in (True, False)
        for row in rows_of(split[split["followed_up"] == has_contact])
        if row["matured"]
    ]
    rows.append(["All teams", _share(everyone, whose="all_teams")])
    caption = (
        f"First visits of the last {WINDOW_DAYS} days that are 30 days old: came again within 30"
        " days"
    )
    return table(["", "Came back"], rows, caption=caption, with_shares=True)


def _share(row: Row | None, **where: Unpack[Where]) -> Number | str:
    if row is None:
        return NOTHING
    lately: Where = {"period": "90_days", **where}
    return rated("came_back", row, RETURNED, **lately)


def _losing(team: TeamWeek) -> Part | None:
    """Say who came often and now stays away; nobody who must not be asked is named."""
    away = team.ask(m.retention_losing)
    if away.empty:
        return None
    n = len(away)
    named = away[~away["person_id"].isin(team.not_to_ask["person_id"])] if team.names else away[:0]
    # Who has just begun to stay away is the likeliest to be won back.
    latest = named.sort_values(["days_since", "person_id"])
    names = [person(row["name"], row["person_id"]) for row in rows_of(latest)]
    who = f": {some_of(names, n=n)}" if names else ""
    singular, plural_form = "person who came often has stayed", "people who came often have stayed"
    return sentence(
        f"{plural(n, singular, plural_form)} away for more than twice their usual time{who}.",
        counted("losing", n, period="as_of"),
    )


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
    return fold("Open the months", drawn, sentence(hint, kind="quiet"))


def _months_before(day: date) -> date:
    months = day.year * MONTHS + day.month - MAX_COHORTS
    return date(months // MONTHS, months % MONTHS + 1, 1)


def _numbers(frame: pd.DataFrame) -> Part:
    later = frame[frame["period"] > 0].dropna(subset=["retained"])
    periods = sorted(later["period"].unique())
    rows = []
    for (cohort, size), cells in later.groupby(["cohort", "size"], sort=True):
        came = {
            row["period"]: counted(
                f"came_after_{row['period']}_months",
                row["retained"],
                shown=f"{row['retained']:,}",
                period="nine_months",
                by="cohort",
                group=str(cohort),
            )
            for row in rows_of(cells)
        }
        rows.append([str(cohort), f"{size:,}", *(came.get(period, "") for period in periods)])
    return table(["First came in", "People", *(f"+{p}" for p in periods)], rows)
