"""Who came, said yes or had a 1:1, and heard from the team soon after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import organizing_analytics.measures as m
from organizing_analytics.measures.follow_up import WHAT
from organizing_analytics.reports.numbers import shared
from organizing_analytics.reports.parts import Part, sentence, table, together
from organizing_analytics.reports.section import section
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    import pandas as pd

    from organizing_analytics.reports.parts import Cell
    from organizing_analytics.reports.team_week import TeamWeek

WORDS = {"attended": "After a shift", "yes": "After a yes", "one_to_one": "After a one-to-one"}


@section
def follow_up(team: TeamWeek) -> Part:
    """Return how many were followed up in time, this week and in the eight weeks before."""
    since, _ = team.before
    frame = team.ask(m.follow_up, by="week", since=since)
    hours = team.store.settings.follow_up_hours
    if frame.empty:
        return sentence(
            f"Nothing is {plural(hours, 'hour')} old yet that calls for a follow-up.", kind="quiet"
        )
    is_now = frame["week"] == team.week
    rows: list[list[Cell]] = [
        [
            WORDS[what],
            _share(frame[is_now & (frame["what"] == what)], what, "this_week"),
            _share(frame[~is_now & (frame["what"] == what)], what, "eight_weeks_before"),
        ]
        for what in WHAT
        if (frame["what"] == what).any()
    ]
    hint = (
        f"A contact within {plural(hours, 'hour')} after it. The last days of the week are too"
        " young to be counted."
    )
    head = ["Followed up", "This week", "Eight weeks before"]
    return together(table(head, rows, with_shares=True), sentence(hint, kind="quiet"))


def _share(rows: pd.DataFrame, what: str, period: str) -> Cell:
    done, due = int(rows["followed_up"].sum()), int(rows["due"].sum())
    return shared("followed_up", done, due, period=period, by="what", group=what)
