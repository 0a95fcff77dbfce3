"""What people said when they were asked this week, and what became of earlier noes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

import organizing_analytics.measures as m
from organizing_analytics import charts
from organizing_analytics.charts.asks import OUTCOME_WORDS
from organizing_analytics.charts.theme import FEW
from organizing_analytics.model import OUTCOMES
from organizing_analytics.reports.parts import Part, beside, figure, sentence, table, together
from organizing_analytics.reports.section import section
from organizing_analytics.reports.team_week import WINDOW_DAYS, only, rows_of
from organizing_analytics.reports.words import NOTHING, days, plural, share_of

if TYPE_CHECKING:
    from organizing_analytics.reports.team_week import TeamWeek

HARD_WORDS = {True: "Hard asks: specific and urgent", False: "Other asks"}
AFTER_HEAD = ("Kind of no", "Asked again", "Right next move", "Became a yes", "Median days")


@section
def asks(team: TeamWeek) -> Part:
    """Return the week's asks by outcome, how hard asks did, and whether a yes was kept."""
    row = only(team.asks)
    if row is None:
        week = sentence("No ask of this team is noted in this week.", kind="quiet")
    else:
        rows = [[OUTCOME_WORDS[o], f"{row[o]:,}"] for o in OUTCOMES if row[o]]
        numbers = table(["Answer", "Asks"], rows)
        drawn = row["asks"] >= FEW
        week = figure(charts.asks_outcomes(team.asks), numbers) if drawn else numbers
    return beside(week, together(_hard(team), _kept(team)))


def _hard(team: TeamWeek) -> Part | None:
    frame = team.ask(m.asks_outcomes, by="hard", since=team.window_from)
    noted = frame[frame["hard"].notna() & (frame["answered"] > 0)]
    if noted.empty:
        return None
    rows = [
        [HARD_WORDS[bool(row["hard"])], share_of(row["yes"], row["answered"])]
        for row in reversed(rows_of(noted))
    ]
    caption = f"Asks of the last {WINDOW_DAYS} days that were answered"
    return table(["", "Said yes"], rows, caption=caption, with_shares=True)


def _kept(team: TeamWeek) -> Part | None:
    row = only(team.ask(m.asks_kept, since=team.window_from))
    known = 0 if row is None else row["kept"] + row["not_kept"]
    if row is None or not known:
        return None
    missing = f"; of {row['unrecorded']:,} more nobody knows" if row["unrecorded"] else ""
    return sentence(
        f"Of the yeses of the last {WINDOW_DAYS} days to a shift that is past,"
        f" {share_of(row['kept'], known)} came to it{missing}."
    )


@section
def after_no(team: TeamWeek) -> Part:
    """Return what became of the noes of the last 90 days that are 30 days old or more."""
    noes = team.ask(m.asks_after_no, since=team.window_from)
    if noes.empty:
        return sentence(
            f"No no of the last {WINDOW_DAYS} days is 30 days old yet, so nothing is known of what"
            " became of it.",
            kind="quiet",
        )
    n = int(noes["noes"].sum())
    opening = (
        f"{plural(n, 'no', 'noes')} of the last {WINDOW_DAYS} days"
        f" {'is' if n == 1 else 'are'} old enough (30 days) to know what became of"
        f" {'it' if n == 1 else 'them'}."
    )
    rows = [
        [
            OUTCOME_WORDS[row["no_type"]],
            share_of(row["reasked"], row["noes"]),
            NOTHING if pd.isna(row["right_move"]) else share_of(row["right_move"], row["noes"]),
            share_of(row["converted"], row["noes"]),
            days(row["median_days"]),
        ]
        for row in rows_of(noes)
    ]
    hint = (
        "Right next move: after not now, the same thing at another time; after not that, something"
        " else; after not ever, no further ask."
    )
    numbers = together(table(AFTER_HEAD, rows, with_shares=True), sentence(hint, kind="quiet"))
    if n < FEW:
        return together(sentence(opening), numbers)
    return together(sentence(opening), beside(numbers, figure(charts.after_no(noes)), broad=True))
