"""Who came, said yes or had a 1:1, and heard from the team soon after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import organizing_analytics.measures as m
from organizing_analytics.catalog.following import FOLLOW_UP
from organizing_analytics.measures.follow_up import WHAT
from organizing_analytics.reports.numbers import Where, rated, shared
from organizing_analytics.reports.parts import Part, sentence, table, together
from organizing_analytics.reports.section import section
from organizing_analytics.reports.team_week import rows_of
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    import pandas as pd

    from organizing_analytics.reports.parts import Cell
    from organizing_analytics.reports.team_week import TeamWeek

FOLLOWED_UP = FOLLOW_UP.column("rate")
WORDS = {"attended": "After a shift", "yes": "After a yes", "one_to_one": "After a one-to-one"}


@section
def follow_up(team: TeamWeek) -> Part:
    """Return how many were followed up in time, this week and in the eight weeks before."""
    since, until = team.before
    now = team.this_week(m.follow_up)
    before = team.ask(m.follow_up, since=since, until=until)
    hours = team.store.settings.follow_up_hours
    if now.empty and before.empty:
        return sentence(
            f"Nothing is {plural(hours, 'hour')} old yet that calls for a follow-up.", kind="quiet"
        )
    rows: list[list[Cell]] = [
        [
            WORDS[what],
            _share(now[now["what"] == what], what, "this_week"),
            _share(before[before["what"] == what], what, "eight_weeks_before"),
        ]
        for what in WHAT
        if (now["what"] == what).any() or (before["what"] == what).any()
    ]
    hint = (
        f"A contact within {plural(hours, 'hour')} after it. The last days of the week are too"
        " young to be counted."
    )
    head = ["Followed up", "This week", "Eight weeks before"]
    return together(table(head, rows, with_shares=True), sentence(hint, kind="quiet"))


def _share(rows: pd.DataFrame, what: str, period: str) -> Cell:
    where: Where = {"period": period, "by": "what", "group": what}
    if rows.empty:
        return shared("followed_up", 0, 0, **where)
    return rated("followed_up", rows_of(rows)[0], FOLLOWED_UP, **where)
