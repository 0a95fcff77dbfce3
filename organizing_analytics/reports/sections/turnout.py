"""Show-up of the week against the team's own eight weeks before, and against all teams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import organizing_analytics.measures as m
from organizing_analytics import charts
from organizing_analytics.catalog.show_up import SHOW_UP
from organizing_analytics.charts.theme import FEW, rate_words
from organizing_analytics.reports.numbers import Number, Where, counted, rated
from organizing_analytics.reports.parts import Part, beside, figure, sentence, table, together
from organizing_analytics.reports.section import section
from organizing_analytics.reports.team_week import only, rows_of
from organizing_analytics.reports.words import NOTHING, TOO_FEW, more_or_less
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    import pandas as pd

    from organizing_analytics.reports.parts import Cell
    from organizing_analytics.reports.team_week import Row, TeamWeek

HEAD = ("", "Came, of those on the list", "Likely between", "Came, of all who signed up")
WEEK, BEFORE, NINE = "this_week", "eight_weeks_before", "nine_weeks"
CAME, FLAKED = SHOW_UP.column("rate"), SHOW_UP.column("flake_rate")


@section
def show_up(team: TeamWeek) -> Part:
    """Return the week's show-up beside the team's own past and all teams, and two charts."""
    since, until = team.before
    own = only(team.ask(m.show_up, since=since, until=until))
    all_week = only(team.ask(m.show_up, everyone=True, since=team.monday))
    rows = [
        _row("This team, this week", team.show_up, period=WEEK),
        _row("This team, eight weeks before", own, period=BEFORE),
        _row("All teams, this week", all_week, period=WEEK, whose="all_teams"),
    ]
    numbers = together(_verdict(team.show_up, own), table(HEAD, rows), _walked_in(team.show_up))
    return together(numbers, _drawn(team))


def _row(name: str, row: Row | None, **where: Unpack[Where]) -> list[Cell]:
    if row is None:
        return [name, NOTHING, NOTHING, NOTHING]
    n = _n(row)
    came = rated("came", row, CAME, **where)
    likely = came.between if n >= FEW else TOO_FEW if n else NOTHING
    signed_up = rated("came_of_all_signed_up", row, FLAKED, is_rest=True, **where)
    return [name, came, likely, signed_up]


def _n(row: Row) -> int:
    return int(row["attended"] + row["no_show"])


def _verdict(week: Row | None, before: Row | None) -> Part:
    if week is None:
        return sentence("No shift of this team took place in this week.", kind="quiet")
    if _n(week) < FEW:
        return sentence("Too few people are written down for this week to tell its show-up.")
    if before is None or _n(before) < FEW:
        return sentence("There are too few earlier weeks to compare this one with.")
    current, earlier = (rated("came", row, CAME) for row in (week, before))
    word = more_or_less(_span(current), _span(earlier))
    return sentence(
        f"{rate_words(current.rate or 0.0)} came, {word} the "
        f"{rate_words(earlier.rate or 0.0)} of the eight weeks before."
    )


def _span(number: Number) -> tuple[float, float]:
    return number.low or 0.0, number.high or 0.0


def _walked_in(week: Row | None) -> Part | None:
    if week is None or not week["walk_in"]:
        return None
    n = int(week["walk_in"])
    text = f"{plural(n, 'more person', 'more people')} walked in, counted apart."
    return sentence(text, counted("walk_in", n), kind="quiet")


def _drawn(team: TeamWeek) -> Part | None:
    weeks = team.show_up_by_week.sort_values("week", ignore_index=True)
    if int(weeks["attended"].sum() + weeks["no_show"].sum()) < FEW:
        return None  # the table has said it
    leads = team.ask(m.show_up, by="lead", since=team.before[0])
    everyone = only(team.ask(m.show_up, everyone=True, since=team.before[0], independent=True))
    reference = everyone["rate"] if everyone and _n(everyone) else None
    by_week = charts.show_up_by_week(
        weeks, reference=reference, reference_name="all teams in these weeks"
    )
    return beside(
        figure(by_week, _numbers(weeks, "week", "Week")),
        figure(
            charts.show_up_by_lead(leads),
            _numbers(leads, "lead", "Days before"),
            on_paper=False,
        ),
    )


def _numbers(frame: pd.DataFrame, group: str, name: str) -> Part:
    rows = [
        _row(str(row[group]), row, period=NINE, by=group, group=str(row[group]))
        for row in rows_of(frame)
    ]
    return table([name, *HEAD[1:]], rows)
