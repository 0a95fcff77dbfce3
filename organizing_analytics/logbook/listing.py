"""The to-do list with a code for each line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from organizing_analytics.answers import Answer
from organizing_analytics.catalog.tables import CODED_LIST
from organizing_analytics.logbook.lines import issue_lines
from organizing_analytics.logbook.words import WORDS, kind_of, spelled
from organizing_analytics.store import open_store, store_folder
from organizing_analytics.teams import check_team, rows_of_team
from organizing_analytics.to_do.fitting import within_reach
from organizing_analytics.to_do.listing import todo_of_all

if TYPE_CHECKING:
    import os
    from collections.abc import Hashable
    from datetime import date


def coded_list(
    *,
    store: str | os.PathLike[str] | None = None,
    team: str | None = None,
    as_of: str | date | None = None,
) -> Answer:
    """Return a to-do list with a code for each line about a person.

    Parameters
    ----------
    store : path, optional
        The store's folder.
    team : str, optional
        Only this team's list.
    as_of : str or date, optional
        The date at whose end the list stands, yesterday by default.

    Returns
    -------
    Answer
        The columns of `oa todo`, with `code` and `answers` (the words that answer the line).

    Raises
    ------
    OptionError
        There is no such team.
    StoreError
        There is no store, or the codes cannot be written into its folder.
    """
    folder = store_folder(store)
    with open_store(store) as data:
        tasks = todo_of_all(data, as_of=as_of)
        tasks = tasks if team is None else rows_of_team(tasks, team)
        if team is not None and tasks.empty:
            check_team(data, team)
        shown, left = within_reach(tasks, data.settings.todo_most)
        day, snapshot, today = data.as_of(as_of), data.snapshot, data.settings.today()
    shown["code"] = issue_lines(folder, shown, today)
    shown["answers"] = [
        _answers(row) if isinstance(row["code"], str) else None for row in shown.to_dict("records")
    ]
    columns = [column.name for column in CODED_LIST]
    return Answer(
        frame=shown[columns],
        measure="list",
        as_of=day.isoformat(),
        snapshot=snapshot,
        columns=CODED_LIST,
        details={"left": left},
    )


def _answers(row: dict[Hashable, Any]) -> str:
    kind = kind_of(str(row["action"]), row["ask_for"] if isinstance(row["ask_for"], str) else None)
    return " ".join(spelled(word) for word in WORDS[kind])
