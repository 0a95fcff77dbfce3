"""Show-up of the week against the team's own eight weeks before, and against all teams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import organizing_analytics.measures as m
from organizing_analytics import charts
from organizing_analytics.charts.theme import FEW, rate_words
from organizing_analytics.reports.parts import Part, beside, figure, sentence, table, together
from organizing_analytics.reports.section import section
from organizing_analytics.reports.team_week import only, rows_of
from organizing_analytics.reports.words import NOTHING, TOO_FEW, between, more_or_less, share_of

if TYPE_CHECKING:
    import pandas as pd

    from organizing_analytics.reports.team_week import Row, TeamWeek

HEAD = ("", "Came, of those on the list", "Likely between", "Came, of all who signed up")


@section
def show_up(team: TeamWeek) -> Part:
    """Return the week's show-up beside the team's own past and all teams, and two charts."""
    first, last = team.before
    own = only(team.ask(m.show_up, since=first, until=last))
    everyone = only(team.this_week(m.show_up, everyone=True))
    compared = {
        "This team, this week": team.show_up,
        "This team, eight weeks before": own,
        "All teams, this week": everyone,
    }
    numbers = table(HEAD, [_row(name, row) for name, row in compared.items()])
    return together(_verdict(team.show_up, own), numbers, _drawn(team))


def _row(name: str, row: Row | None) -> list[str]:
    if row is None:
        return [name, NOTHING, NOTHING, NOTHING]
    n = row["attended"] + row["no_show"]
    likely = between(row["low"], row["high"]) if n >= FEW else TOO_FEW if n else NOTHING
    return [
        name,
        share_of(row["attended"], n),
        likely,
        share_of(row["attended"], n + row["cancelled"]),
    ]


def _verdict(week: Row | None, before: Row | None) -> Part:
    if week is None:
        return sentence("No shift of this team took place in this week.", kind="quiet")
    if _n(week) < FEW:
        return sentence("Too few people are written down for this week to tell its show-up.")
    if before is None or _n(before) < FEW:
        return sentence("There are too few earlier weeks to compare this one with.")
    word = more_or_less((week["low"], week["high"]), (before["low"], before["high"]))
    return sentence(
        f"{rate_words(week['rate'])} came, {word} the {rate_words(before['rate'])} of the eight"
        " weeks before."
    )


def _n(row: Row) -> int:
    return int(row["attended"] + row["no_show"])


def _drawn(team: TeamWeek) -> Part | None:
    since, _ = team.before
    weeks = team.ask(m.show_up, by="week", since=since)
    if weeks["attended"].sum() + weeks["no_show"].sum() < FEW:
        return None  # the table has said it
    leads = team.ask(m.show_up, by="lead", since=since)
    everyone = only(team.ask(m.show_up, everyone=True, since=since))
    reference = None if everyone is None or not _n(everyone) else float(everyone["rate"])
    by_week = charts.show_up_by_week(
        weeks, reference=reference, reference_name="all teams in these weeks"
    )
    return beside(
        figure(by_week, _numbers(weeks, "week", "Week")),
        figure(charts.show_up_by_lead(leads), _numbers(leads, "lead", "Days before")),
    )


def _numbers(frame: pd.DataFrame, group: str, name: str) -> Part:
    rows = [_row(str(row[group]), row) for row in rows_of(frame)]
    return table([name, *HEAD[1:]], rows)
