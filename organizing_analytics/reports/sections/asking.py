"""What people said when they were asked this week, and what became of earlier noes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

import organizing_analytics.measures as m
from organizing_analytics import charts
from organizing_analytics.catalog.asks import ASKS_AFTER_NO, ASKS_KEPT, ASKS_OUTCOMES
from organizing_analytics.charts.asks import OUTCOME_WORDS
from organizing_analytics.charts.theme import FEW
from organizing_analytics.model import OUTCOMES
from organizing_analytics.reports.numbers import Number, Where, counted, measured, rated, shared
from organizing_analytics.reports.parts import Part, beside, figure, sentence, table, together
from organizing_analytics.reports.section import section
from organizing_analytics.reports.team_week import WINDOW_DAYS, only, rows_of
from organizing_analytics.reports.words import NOTHING, days
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from organizing_analytics.reports.parts import Cell
    from organizing_analytics.reports.team_week import Row, TeamWeek

HARD_WORDS = {True: "Hard asks: specific and urgent", False: "Other asks"}
AFTER_HEAD = ("Kind of no", "Asked again", "Right next move", "Became a yes", "Median days")
YES_RATE, KEPT_RATE = ASKS_OUTCOMES.column("yes_rate"), ASKS_KEPT.column("rate")
CONVERTED, RIGHT_MOVE = (ASKS_AFTER_NO.column(name) for name in ("rate", "right_move_rate"))
LAST_90: Where = {"period": "90_days"}


@section
def asks(team: TeamWeek) -> Part:
    """Return the week's asks by outcome, how hard asks did, and whether a yes was kept."""
    row = only(team.asks)
    if row is None:
        week = sentence("No ask of this team is noted in this week.", kind="quiet")
    else:
        rows: list[list[Cell]] = [
            [OUTCOME_WORDS[o], counted("asks", row[o], by="outcome", group=o)]
            for o in OUTCOMES
            if row[o]
        ]
        numbers = table(["Answer", "Asks"], rows)
        drawn = row["asks"] >= FEW
        week = figure(charts.asks_outcomes(team.asks), numbers) if drawn else numbers
    return beside(week, together(_said_yes(row), _hard(team), _yeses_kept(team)))


def _said_yes(row: Row | None) -> Part | None:
    if row is None or not row["answered"]:
        return None
    yes = rated("yes", row, YES_RATE)
    return sentence(f"Of those who answered this week, {yes} said yes.", yes)


def _hard(team: TeamWeek) -> Part | None:
    frame = team.ask(m.asks_outcomes, by="hard", since=team.window_from)
    noted = frame[frame["hard"].notna() & (frame["answered"] > 0)]
    if noted.empty:
        return None
    rows: list[list[Cell]] = [
        [HARD_WORDS[is_hard], _hard_yes(row, is_hard=is_hard)]
        for is_hard in (True, False)
        for row in rows_of(noted[noted["hard"] == is_hard])
    ]
    caption = f"Asks of the last {WINDOW_DAYS} days that were answered"
    return table(["", "Said yes"], rows, caption=caption, with_shares=True)


def _hard_yes(row: Row, *, is_hard: bool) -> Number:
    where: Where = {**LAST_90, "by": "hard", "group": str(is_hard).lower()}
    return rated("yes", row, YES_RATE, **where)


def _yeses_kept(team: TeamWeek) -> Part | None:
    row = only(team.ask(m.asks_kept, since=team.window_from))
    n_decided = 0 if row is None else row["kept"] + row["not_kept"]
    if row is None or not n_decided:
        return None
    missing = f"; of {row['unrecorded']:,} more nobody knows" if row["unrecorded"] else ""
    share_kept = rated("kept", row, KEPT_RATE, **LAST_90)
    return sentence(
        f"Of the yeses of the last {WINDOW_DAYS} days to a shift that is past, {share_kept} came to"
        f" it{missing}.",
        share_kept,
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
    numbers = together(
        _opening(noes, n),
        table(AFTER_HEAD, [_after(row) for row in rows_of(noes)], with_shares=True),
    )
    return (
        numbers
        if n < FEW
        else beside(numbers, figure(charts.after_no(noes), on_paper=False), broad=True)
    )


def _opening(noes: pd.DataFrame, n: int) -> Part:
    with_kind = noes[noes["right_move"].notna()]
    right = shared(
        "right_next_move",
        int(with_kind["right_move"].sum()),
        int(with_kind["noes"].sum()),
        **LAST_90,
    )
    old = f"{'is' if n == 1 else 'are'} old enough (30 days) to know what became of"
    text = (
        f"{plural(n, 'no', 'noes')} of the last {WINDOW_DAYS} days {old}"
        f" {'it' if n == 1 else 'them'}."
    )
    if right.of:
        text += f" The right next move followed {right} whose kind is noted."
    return sentence(text, *([right] if right.of else []))


def _after(row: Row) -> list[Cell]:
    where: Where = {**LAST_90, "by": "no_type", "group": row["no_type"]}
    has_move, has_days = not pd.isna(row["right_move"]), not pd.isna(row["median_days"])
    return [
        OUTCOME_WORDS[row["no_type"]],
        shared("asked_again", row["reasked"], row["noes"], **where),
        rated("right_next_move", row, RIGHT_MOVE, **where) if has_move else NOTHING,
        rated("became_a_yes", row, CONVERTED, **where),
        measured("median_days", row["median_days"], days(row["median_days"]), **where)
        if has_days
        else NOTHING,
    ]
