"""1:1s held, by kind, what came of them, and who is overdue for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

import organizing_analytics.measures as m
from organizing_analytics.catalog.meetings import MEETINGS, MEETINGS_COVERAGE
from organizing_analytics.reports.numbers import Where, counted, rated
from organizing_analytics.reports.parts import Part, sentence, table, together
from organizing_analytics.reports.people import marked_ids
from organizing_analytics.reports.section import section
from organizing_analytics.reports.team_week import only, rows_of
from organizing_analytics.reports.visits import person
from organizing_analytics.reports.words import some_of
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from organizing_analytics.reports.parts import Cell
    from organizing_analytics.reports.team_week import Row, TeamWeek

HEAD = ("Kind", "Held this week", "Held in nine weeks", "Ended with a commitment", "Followed up")
COMMITTED, FOLLOWED_UP = (MEETINGS.column(n) for n in ("commitment_rate", "follow_up_rate"))
COVERED = MEETINGS_COVERAGE.column("rate")
NINE = "nine_weeks"


@section
def one_to_ones(team: TeamWeek) -> Part:
    """Return the 1:1s of this week and of nine weeks by kind, and who is overdue for one."""
    return together(_held(team), _overdue(team))


def _held(team: TeamWeek) -> Part:
    nine_weeks = team.meetings_of_nine_weeks
    if nine_weeks.empty:
        return sentence(
            "No one-to-one of this team is noted in this week or the eight before.", kind="quiet"
        )
    this_week = dict(zip(team.meetings["kind"], team.meetings["held"], strict=True))
    rows = [_row(row, int(this_week.get(row["kind"], 0))) for row in rows_of(nine_weeks)]
    missed = int(nine_weeks["no_show"].sum())
    singular, plural_form = "more was a no-show", "more were no-shows"
    no_shows = sentence(
        f"{plural(missed, singular, plural_form)} in nine weeks.",
        counted("no_shows", missed, period=NINE),
        kind="quiet",
    )
    return together(table(HEAD, rows, with_shares=True), no_shows if missed else None)


def _row(row: Row, held: int) -> list[Cell]:
    kind: Where = {"by": "kind", "group": row["kind"]}
    long: Where = {**kind, "period": NINE}
    return [
        row["kind"],
        counted("held", held, **kind),
        counted("held", row["held"], **long),
        rated("committed", row, COMMITTED, **long),
        rated("followed_up", row, FOLLOWED_UP, **long),
    ]


def _overdue(team: TeamWeek) -> Part | None:
    cover = only(team.ask(m.meetings_coverage))
    if cover is None or not cover["people"]:
        return None
    covered = rated("maintenance_held", cover, COVERED, period="as_of")
    within = team.store.settings.maintenance_days
    text = (
        f"Of the people who need a maintenance one-to-one, {covered} had one in the last"
        f" {plural(within, 'day')}."
    )
    n = int(cover["people"] - cover["covered"])
    if not n:
        return sentence(text, covered)
    who = f": {some_of(_late(team), n=n)}" if team.names else ""
    overdue = f" {plural(n, 'person is', 'people are')} overdue{who}."
    return sentence(text + overdue, covered, counted("overdue", n, period="as_of"))


def _late(team: TeamWeek) -> list[str]:
    late = team.ask(m.meetings_overdue)
    late = late[~late["person_id"].isin(marked_ids(team))]
    return [f"{person(row['name'], row['person_id'])} ({_since(row)})" for row in rows_of(late)]


def _since(row: Row) -> str:
    return "never" if pd.isna(row["days_since"]) else f"{row['days_since']:,} days"
