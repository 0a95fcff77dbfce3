"""The to-do list with a code for each line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from organizing_analytics.catalog.tables import CODED_LIST
from organizing_analytics.logbook.lines import with_codes
from organizing_analytics.logbook.words import WORDS, kind_of, spelled
from organizing_analytics.store import open_store, store_folder
from organizing_analytics.to_do.listing import todo_answer

if TYPE_CHECKING:
    import os
    from collections.abc import Hashable
    from datetime import date

    from organizing_analytics.answers import Answer


def coded_list(
    *,
    store: str | os.PathLike[str] | None = None,
    team: str | None = None,
    organizer: str | None = None,
    everything: bool = False,
    as_of: str | date | None = None,
) -> Answer:
    """Return a to-do list with a code for each line about a person.

    Parameters
    ----------
    store : path, optional
        The store's folder.
    team : str, optional
        Only this team's lists.
    organizer : str, optional
        Only the list of this person.
    everything : bool
        Also what does not fit into a week.
    as_of : str or date, optional
        The date at whose end the list stands, yesterday by default.

    Returns
    -------
    Answer
        The columns of `oa todo`, with `code` and `answers` (the words that answer the line). Both
        are empty where the store's folder cannot be written to.

    Raises
    ------
    OptionError
        There is no such team or person.
    StoreError
        There is no store.
    """
    folder = store_folder(store)
    with open_store(store) as data:
        tasks = todo_answer(
            data, team=team, organizer=organizer, everything=everything, as_of=as_of
        )
        today = data.settings.today()
    frame = with_codes(folder, tasks.frame, today)
    frame["answers"] = [
        _answers(row) if isinstance(row["code"], str) else None for row in frame.to_dict("records")
    ]
    return replace(
        tasks,
        frame=frame[[column.name for column in CODED_LIST]],
        measure="list",
        columns=CODED_LIST,
    )


def _answers(row: dict[Hashable, Any]) -> str:
    kind = kind_of(str(row["action"]), row["ask_for"] if isinstance(row["ask_for"], str) else None)
    return " ".join(spelled(word) for word in WORDS[kind])
