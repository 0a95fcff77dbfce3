"""What one organizer can do in a week, and in which order.

A promise with a date is never left out: a next step, a "not now" that named a day, the 48 hours
of a follow-up. Nor is a shift of tomorrow that lacks people. What room is left goes to every kind
of action by turns, so that a long list of people to call leaves room for the 1:1s that are due.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from organizing_analytics.to_do.task import ACTIONS, TURNS

#: One place in so many is for people who never came.
NEWCOMERS_EVERY = 4
IMPORTANCE = {action: place for place, action in enumerate(ACTIONS)}
#: Whose list: the organizer's; of people without one, that of the team, for whoever reads it.
_LIST = ["organizer_id", "list_team"]


def within_reach(tasks: pd.DataFrame, most: int) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return what each organizer can do, and a count of the rest by action.

    Parameters
    ----------
    tasks : DataFrame
        From `todo_of_all`.
    most : int
        How many things an organizer can do. Promises are shown even if they are more.
    """
    tasks = tasks.assign(list_team=tasks["team_id"].where(tasks["organizer_id"].isna()))
    must = tasks["is_promise"] | tasks["is_tonight"]
    size = tasks["action"].map(TURNS).fillna(1).astype("int64")
    turn = _places(tasks) // size
    queue = tasks.assign(
        turn=np.where(must, -1, turn), importance=tasks["action"].map(IMPORTANCE).astype("int64")
    ).sort_values(["turn", "importance"], kind="stable")
    place = queue.groupby(_LIST, dropna=False, sort=False).cumcount()
    fits = (place < most).reindex(tasks.index) | must
    left = Counter(tasks.loc[~fits, "action"])
    shown = tasks[fits].drop(columns="list_team").reset_index(drop=True)
    return shown, dict(sorted(left.items(), key=lambda count: IMPORTANCE[count[0]]))


def _places(tasks: pd.DataFrame) -> pd.Series[int]:
    """Return each task's place among those of its list and action, from 0.

    Every fourth place is kept for somebody who never came: asks are ordered by how many places
    they fill, and by that alone people who never came would hardly be asked.
    """
    kinds = [*_LIST, "action"]
    number = tasks.groupby([*kinds, "is_new"], dropna=False, sort=False).cumcount()
    wanted = (NEWCOMERS_EVERY * (number + 1) - 1).where(
        tasks["is_new"], number + number // (NEWCOMERS_EVERY - 1)
    )
    keys = [tasks[kind] for kind in kinds]
    places = wanted.groupby(keys, dropna=False, sort=False).rank(method="first")
    return places.astype("int64") - 1


def by_urgency(tasks: pd.DataFrame) -> pd.DataFrame:
    """Return tasks by organizer, each list with what runs out soonest first.

    A shift of the next day that lacks people comes first of all. What is overdue has run out
    already and comes next, with the latest of it first.
    """
    importance = tasks["action"].map(IMPORTANCE).astype("int64")
    ordered = tasks.assign(
        has_nobody=tasks["organizer_id"].isna(),
        tonight_first=~tasks["is_tonight"],
        runs_out=tasks["runs_out_on"].where(tasks["overdue_days"] == 0, pd.Timestamp.min),
        importance=importance,
    ).sort_values(
        [
            "has_nobody", "organizer_id", "tonight_first", "runs_out", "overdue_days",
            "importance",
        ],
        kind="stable",
    )  # fmt: skip
    return ordered[tasks.columns].reset_index(drop=True)
