"""The shifts of the next two weeks: who will come, and how many more to schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from organizing_analytics import charts
from organizing_analytics.charts.upcoming import start_words
from organizing_analytics.planning import plan_upcoming
from organizing_analytics.reports.parts import Part, figure, sentence, table, together
from organizing_analytics.reports.section import section
from organizing_analytics.reports.team_week import rows_of
from organizing_analytics.reports.words import NOTHING, count, plural

if TYPE_CHECKING:
    from organizing_analytics.reports.team_week import Row, TeamWeek

DAYS_AHEAD = 14
MOST_ROWS = 20
HEAD = ("Shift", "Need", "Signed up", "Will come", "Schedule")


@section
def upcoming(team: TeamWeek) -> Part:
    """Return who is expected on each shift ahead, and how many more to schedule."""
    plan = team.ask(plan_upcoming, days=DAYS_AHEAD)
    if plan.empty:
        return sentence(
            "No shift of this team is planned in the two weeks after this report.", kind="quiet"
        )
    rows = [_row(shift) for shift in rows_of(plan.head(MOST_ROWS))]
    hint = (
        "Will come: about how many, who has yet to sign up by themselves included, and in brackets"
        " how many in 8 of 10 cases."
        " Schedule: how many more, to be 80 % sure of the need."
    )
    left_out = len(plan) - len(rows)
    later = f"{plural(left_out, 'later shift is', 'later shifts are')} not shown here."
    return together(
        table(HEAD, rows),
        sentence(hint, kind="quiet"),
        sentence(later, kind="quiet") if left_out else None,
        _drawn(plan),
    )


def _row(shift: Row) -> list[str]:
    title = shift["title"] if isinstance(shift["title"], str) and shift["title"] else "no title"
    expected = f"{shift['expected']:.0f} ({shift['low']:,} to {shift['high']:,})"
    return [
        f"{start_words(shift['starts_local'])} {title}",
        NOTHING if pd.isna(shift["need"]) else f"{shift['need']:,}",
        count(shift["signed_up"]),
        expected if shift["signed_up"] else NOTHING,
        _advice(shift),
    ]


def _advice(shift: Row) -> str:
    if pd.isna(shift["need"]):
        return NOTHING
    if pd.isna(shift["more"]):
        return "not to be had"
    return f"{shift['more']:,} more" if shift["more"] else "enough"


def _drawn(plan: pd.DataFrame) -> Part | None:
    # A picture of one shift says less than its row.
    return figure(charts.upcoming(plan)) if len(plan) > 1 else None
