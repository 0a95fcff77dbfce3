"""The whole list of whom to call, as a page of its own and as a CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from organizing_analytics.reports.numbers import counted
from organizing_analytics.reports.parts import Part, fold, plain, safe, sentence, table, together
from organizing_analytics.reports.person_line import people_list
from organizing_analytics.reports.section import section
from organizing_analytics.reports.sections.to_do import HEADINGS, lines_of, list_name, lists_of
from organizing_analytics.reports.team_week import rows_of
from organizing_analytics.to_do.task import ACTIONS
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from organizing_analytics.reports.team_week import Row, TeamWeek

#: The columns of the CSV.
COLUMNS = (
    "organizer", "action", "person_id", "name", "phone", "email", "reason", "due_on",
    "overdue_days", "is_promise", "words", "second", "other", "details", "notes",
)  # fmt: skip


@section
def everyone(team: TeamWeek) -> Part | None:
    """Return everybody who is to be called, a list for each organizer; None without names."""
    if not team.names or team.is_unloaded or team.tasks.empty:
        return None
    tasks = team.tasks
    n = plural(tasks["person_id"].nunique(), "person", "people")
    lists = [_list(team, rows, place) for place, rows in enumerate(lists_of(tasks).values())]
    csv = team.everyone_page.replace(".html", ".csv")
    return together(
        sentence(
            f"{n}, {plural(len(tasks), 'thing')} to do. Nobody can do all of it in a week:"
            " promises come first.",
            kind="lead",
        ),
        Part(f'<p class="screen"><a href="{csv}">The same as a table (CSV)</a></p>', csv),
        fold("All things to do by kind", _by_kind(tasks)),
        *lists,
        Part("", facts={"everyone": [list(COLUMNS), *(_row(team, row) for row in rows_of(tasks))]}),
    )


def _by_kind(tasks: pd.DataFrame) -> Part:
    counts = tasks["action"].value_counts()
    rows = [
        [HEADINGS[a], counted("to_do", int(counts[a]), by="action", group=a).shown]
        for a in ACTIONS
        if a in counts
    ]
    return table(["", "Things to do"], rows)


def _list(team: TeamWeek, tasks: pd.DataFrame, place: int) -> Part:
    name, people = list_name(tasks), people_list(lines_of(team, tasks))
    html = f'<h2 id="list-{place}">{safe(name)}</h2>{people.html}'
    return Part(html, f"{plain(name)}\n{people.text}")


def _row(team: TeamWeek, row: Row) -> list[str]:
    """Return a task's row of the CSV; nobody's phone who asked not to be contacted."""
    shown = {**row, "due_on": f"{row['due_on']:%Y-%m-%d}"}
    way = team.store.settings.todo_contact
    hidden = {"phone", "email"} - ({way} if not row["is_marked"] else set())
    return ["" if name in hidden or pd.isna(shown[name]) else str(shown[name]) for name in COLUMNS]
