"""What nobody wrote down, and what it could change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import organizing_analytics.measures as m
from organizing_analytics.catalog.show_up import SHOW_UP
from organizing_analytics.charts.theme import rate_words
from organizing_analytics.reports.numbers import counted, rated
from organizing_analytics.reports.parts import Part, sentence, table, together
from organizing_analytics.reports.section import section
from organizing_analytics.reports.team_week import rows_of
from organizing_analytics.reports.words import called
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    import pandas as pd

    from organizing_analytics.reports.parts import Cell
    from organizing_analytics.reports.team_week import TeamWeek

MAX_SHIFTS = 8
NINE = "nine_weeks"
IF_NONE, IF_ALL = (SHOW_UP.column(name) for name in ("rate_if_none", "rate_if_all"))


@section
def unrecorded(team: TeamWeek) -> Part:
    """Return the past shifts that nobody closed, and how far the week's show-up could move."""
    shifts = team.ask(m.show_up, by="shift", since=team.before[0], independent=True)
    return together(_range_of_week(team), _open_shifts(team, shifts), _open_meetings(team))


def _range_of_week(team: TeamWeek) -> Part | None:
    row = team.show_up
    if row is None or not row["unrecorded"]:
        return None
    came, missing = row["attended"], row["unrecorded"]
    n = came + row["no_show"]
    none = rated("came_if_none_of_the_unrecorded", row, IF_NONE)
    every = rated("came_if_all_of_the_unrecorded", row, IF_ALL)
    recorded = f"; {rate_words(came / n)} of those recorded came" if n else ""
    signups = plural(missing, "sign-up of this week is", "sign-ups of this week are")
    return sentence(
        f"{signups} unrecorded. The week's show-up is {none} if none of them came and {every} if"
        f" all did{recorded}.",
        counted("unrecorded", missing),
        none,
        every,
    )


def _open_shifts(team: TeamWeek, shifts: pd.DataFrame) -> Part:
    still_open = shifts[shifts["unrecorded"] > 0]
    if shifts.empty:
        return sentence("Nobody was signed up in this week or the eight before.", kind="quiet")
    if still_open.empty:
        return sentence(
            "Every shift of this week and the eight before has its attendance written down.",
            kind="quiet",
        )
    shown = _named(team, still_open).head(MAX_SHIFTS)
    listed = ["attended", "cancelled", "no_show", "unrecorded"]
    rows: list[list[Cell]] = [
        [
            f"{team.dates.day(row['starts_on'])}, {called(row['title'])}",
            counted(
                "unrecorded",
                row["unrecorded"],
                shown=f"{row['unrecorded']:,} of {sum(row[name] for name in listed):,}",
                period=NINE,
                by="shift",
                group=row["shift"],
            ),
        ]
        for row in rows_of(shown)
    ]
    n_open, n_more = len(still_open), len(still_open) - len(shown)
    newest = f"; the newest {len(shown)} are shown" if n_more else ""
    caption = f"{plural(n_open, 'past shift')} with people nobody wrote down{newest}"
    return table(["Shift", "Unrecorded"], rows, caption=caption)


def _named(team: TeamWeek, shifts: pd.DataFrame) -> pd.DataFrame:
    """Add date and title, newest first."""
    when, what = team.store.recorded_table("shifts"), team.store.recorded_table("events")
    when = when.filter(when.shift_id.isin(shifts["shift"].tolist()))
    named = when.join(what.select("event_id", "title", "event_type"), "event_id")
    named_shifts = team.store.execute(named.select("shift_id", "starts_on", "title", "event_type"))
    rows = shifts.merge(named_shifts, left_on="shift", right_on="shift_id")
    rows = rows.assign(title=rows["title"].fillna(rows["event_type"]))
    return rows.sort_values(["starts_on", "shift_id"], ascending=[False, True])


def _open_meetings(team: TeamWeek) -> Part | None:
    n = int(team.meetings_of_nine_weeks["unrecorded"].sum())
    if not n:
        return None
    singular, plural_form = "one-to-one is still marked", "one-to-ones are still marked"
    return sentence(
        f"{plural(n, singular, plural_form)} as scheduled, though the day has passed.",
        counted("one_to_ones_unrecorded", n, period=NINE),
    )
