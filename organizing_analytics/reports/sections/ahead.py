"""The shifts of the next two weeks: who will come, how many more to schedule, and of whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from organizing_analytics import charts
from organizing_analytics.charts.upcoming import start_words
from organizing_analytics.planning import plan_upcoming
from organizing_analytics.reports.numbers import Number, Where, counted, measured
from organizing_analytics.reports.parts import Part, beside, figure, sentence, table, together
from organizing_analytics.reports.people import whom_to_ask
from organizing_analytics.reports.section import section
from organizing_analytics.reports.team_week import rows_of
from organizing_analytics.reports.words import called, listed
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from organizing_analytics.reports.parts import Cell
    from organizing_analytics.reports.team_week import Row, TeamWeek

DAYS_AHEAD = 14
#: As many as the chart draws.
MAX_ROWS = 10
HEAD = ("Shift", "Need", "Signed up", "Likely to come", "What to do")


@section
def upcoming(team: TeamWeek) -> Part:
    """Return who is expected on each shift ahead, how many more to schedule, and of whom."""
    plan = team.ask(plan_upcoming, days=DAYS_AHEAD)
    if plan.empty:
        return sentence(
            "No shift of this team is planned in the two weeks after this report.", kind="quiet"
        )
    shown = plan.head(MAX_ROWS)
    whom = whom_to_ask(team, shown[shown["more"].fillna(0) > 0])
    rows = rows_of(shown)
    notes = {
        place: f"Ask first: {listed(whom[row['shift_id']])}."
        for place, row in enumerate(rows)
        if whom.get(row["shift_id"])
    }
    left_out = len(plan) - len(rows)
    later = f"{plural(left_out, 'later shift is', 'later shifts are')} not shown here."
    numbers = together(
        table(HEAD, [_row(row) for row in rows], notes=notes),
        sentence(later, kind="quiet") if left_out else None,
    )
    # A picture of one shift says less than its row.
    return (
        beside(numbers, figure(charts.upcoming(plan), on_paper=False)) if len(rows) > 1 else numbers
    )


def _row(shift: Row) -> list[Cell]:
    title = shift["title"] if isinstance(shift["title"], str) and shift["title"] else "no title"
    where: Where = {"period": "14_days_ahead", "by": "shift", "group": shift["shift_id"]}
    likely = measured(
        "will_come",
        shift["median"],
        f"{shift['median']:,} ({shift['low']:,} to {shift['high']:,})",
        span=(float(shift["low"]), float(shift["high"])),
        **where,
    )
    return [
        f"{start_words(shift['starts_local'])} {called(title)}",
        "none set" if pd.isna(shift["need"]) else counted("need", shift["need"], **where),
        counted("signed_up", shift["signed_up"], **where),
        likely,
        _advice(shift, where),
    ]


def _advice(shift: Row, where: Where) -> Number | str:
    words = str(shift["verdict_words"])
    if pd.isna(shift["more"]):
        return words
    return counted("schedule", int(shift["more"]), shown=words, **where)
