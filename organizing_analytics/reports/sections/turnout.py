"""Show-up of the week against the team's own eight weeks before, and against all teams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import organizing_analytics.measures as m
from organizing_analytics import charts
from organizing_analytics.charts.theme import FEW, rate_words
from organizing_analytics.measures.show_up import CLASSES
from organizing_analytics.reports.numbers import Number, Where, counted, shared
from organizing_analytics.reports.parts import Part, beside, figure, sentence, table, together
from organizing_analytics.reports.pooling import pooled, total, with_show_up
from organizing_analytics.reports.section import section
from organizing_analytics.reports.team_week import rows_of
from organizing_analytics.reports.words import NOTHING, TOO_FEW, more_or_less
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    import pandas as pd

    from organizing_analytics.reports.parts import Cell
    from organizing_analytics.reports.team_week import Row, TeamWeek

HEAD = ("", "Came, of those on the list", "Likely between", "Came, of all who signed up")
WEEK, BEFORE, NINE = "this_week", "eight_weeks_before", "nine_weeks"


@section
def show_up(team: TeamWeek) -> Part:
    """Return the week's show-up beside the team's own past and all teams, and two charts."""
    since, _ = team.before
    mine = team.nine_weeks
    own = total(mine[mine["week"] != team.week], CLASSES)
    everyone = team.ask(m.show_up, everyone=True, by="week", since=since)
    all_week = total(everyone[everyone["week"] == team.week], CLASSES)
    rows = [
        _row("This team, this week", team.show_up, period=WEEK),
        _row("This team, eight weeks before", own, period=BEFORE),
        _row("All teams, this week", all_week, period=WEEK, whose="all_teams"),
    ]
    numbers = together(_verdict(team.show_up, own), table(HEAD, rows), _walked_in(team.show_up))
    return together(numbers, _drawn(team, total(everyone, CLASSES)))


def _row(name: str, row: Row | None, **where: Unpack[Where]) -> list[Cell]:
    if row is None:
        return [name, NOTHING, NOTHING, NOTHING]
    n = _n(row)
    came = shared("came", row["attended"], n, **where)
    likely = came.between if n >= FEW else TOO_FEW if n else NOTHING
    signed_up = shared("came_of_all_signed_up", row["attended"], n + row["cancelled"], **where)
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
    now, then = (shared("came", row["attended"], _n(row)) for row in (week, before))
    word = more_or_less(_span(now), _span(then))
    return sentence(
        f"{rate_words(now.rate or 0.0)} came, {word} the {rate_words(then.rate or 0.0)} of the"
        " eight weeks before."
    )


def _span(number: Number) -> tuple[float, float]:
    return number.low or 0.0, number.high or 0.0


def _walked_in(week: Row | None) -> Part | None:
    if week is None or not week["walk_in"]:
        return None
    n = int(week["walk_in"])
    said = f"{plural(n, 'more person', 'more people')} walked in, counted apart."
    return sentence(said, counted("walk_in", n), kind="quiet")


def _drawn(team: TeamWeek, everyone: Row | None) -> Part | None:
    nine_weeks = total(team.nine_weeks, CLASSES)
    if nine_weeks is None or _n(nine_weeks) < FEW:
        return None  # the table has said it
    weeks = pooled(team.nine_weeks, "week", counts=CLASSES).sort_values("week", ignore_index=True)
    leads = pooled(team.nine_weeks, "lead", counts=CLASSES)
    reference = everyone["attended"] / _n(everyone) if everyone and _n(everyone) else None
    by_week = charts.show_up_by_week(
        with_show_up(weeks), reference=reference, reference_name="all teams in these weeks"
    )
    return beside(
        figure(by_week, _numbers(weeks, "week", "Week")),
        figure(
            charts.show_up_by_lead(with_show_up(leads)),
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
