"""1:1s held, by kind, and whether they ended with a commitment and were followed up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import organizing_analytics.measures as m
from organizing_analytics.reports.parts import Part, sentence, table
from organizing_analytics.reports.section import section
from organizing_analytics.reports.team_week import rows_of
from organizing_analytics.reports.words import count, plural, share_of

if TYPE_CHECKING:
    from organizing_analytics.reports.team_week import TeamWeek

HEAD = ("Kind", "Held this week", "Held in nine weeks", "Ended with a commitment", "Followed up")


@section
def one_to_ones(team: TeamWeek) -> Part:
    """Return the 1:1s of this week and of nine weeks, by kind."""
    since, _ = team.before
    nine_weeks = team.ask(m.meetings, since=since)
    if nine_weeks.empty:
        return sentence(
            "No one-to-one of this team is noted in this week or the eight before.", kind="quiet"
        )
    this_week = dict(zip(team.meetings["kind"], team.meetings["held"], strict=True))
    rows = [
        [
            row["kind"],
            count(this_week.get(row["kind"], 0)),
            count(row["held"]),
            share_of(row["committed"], row["held"]),
            share_of(row["followed_up"], row["follow_up_due"]),
        ]
        for row in rows_of(nine_weeks)
    ]
    missed = int(nine_weeks["no_show"].sum())
    caption = f"{plural(missed, 'more was a no-show', 'more were no-shows')} in nine weeks"
    return table(HEAD, rows, caption=caption if missed else "", with_shares=True)
