"""All tasks in one list: nobody twice for the same thing, and no more than a team can do."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from organizing_analytics.answers import Answer
from organizing_analytics.catalog.tables import TODO
from organizing_analytics.measures.selection import full_name
from organizing_analytics.teams import check_team
from organizing_analytics.to_do.asking import NextShifts, next_asks
from organizing_analytics.to_do.growing import escalations, maintenance, next_steps, recruitments
from organizing_analytics.to_do.standing import Standing
from organizing_analytics.to_do.staying import reshifts, win_backs
from organizing_analytics.to_do.task import (
    ACTIONS,
    FOR_WHO_LEFT,
    NEXT_ASKS,
    TURNS,
    WITHOUT_ASKING,
    Task,
)
from organizing_analytics.to_do.thanking import follow_ups, last_thanks, recognitions
from organizing_analytics.to_do.turning_up import confirmations, records, recruits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from organizing_analytics.store import Data

COLUMNS = tuple(column.name for column in TODO)
#: What a report's page needs beside them.
MORE_COLUMNS = ("team_id", "phone", "email", "is_marked")
IMPORTANCE = {action: place for place, action in enumerate(ACTIONS)}


def todo(store: Data, *, team: str | None = None, as_of: str | date | None = None) -> pd.DataFrame:
    """Return what to do in the coming days: with whom, why, by when, and how.

    Parameters
    ----------
    store : Data
        An open store.
    team : str, optional
        Only this team's list; without, every team's.
    as_of : str or date, optional
        The local date at whose end the list stands, yesterday by default. What was written down
        for later is not known.

    Returns
    -------
    DataFrame
        `action person_id name reason due_on details`, the most important action first, and what
        an answer refers to: `ask_id shift_id signup_id meeting_id ask_for`. A task about a shift
        has neither person nor name. `attrs["left"]` counts, by action, what does
        not fit into a team's week (setting `todo_most`).

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """
    return todo_answer(store, team=team, as_of=as_of).as_frame()


def todo_answer(store: Data, *, team: str | None = None, as_of: str | date | None = None) -> Answer:
    """Return what `todo` does, with what it rests on; `details["left"]` is what does not fit."""
    full = todo_of_all(store, as_of=as_of)
    chosen = full if team is None else full[full["team_id"] == team]
    if team is not None and chosen.empty:
        check_team(store, team)
    shown, left = within_reach(chosen, store.settings.todo_most)
    return Answer(
        frame=shown[list(COLUMNS)],
        measure="todo",
        as_of=store.as_of(as_of).isoformat(),
        snapshot=store.snapshot,
        columns=TODO,
        details={"left": left},
    )


def todo_of_all(store: Data, *, as_of: str | date | None = None) -> pd.DataFrame:
    """Return every team's tasks, none left out: `COLUMNS`, then `MORE_COLUMNS`, in order."""
    day = store.as_of(as_of)
    then = Standing(store, day)
    kept = sorted(_nobody_twice(_allowed(then, _all(then))), key=_place)
    people = _people(then, [task.person_id for task in kept if task.person_id is not None])
    frame = pd.DataFrame([asdict(task) for task in kept], columns=list(Task.__annotations__))
    frame = frame.merge(people, on="person_id", how="left").assign(
        team_id=lambda f: f["team_id"].where(f["team_id"].notna(), f["home"]),
        due_on=lambda f: pd.to_datetime(f["due_on"]).astype("datetime64[s]"),
        is_marked=lambda f: f["person_id"].isin(then.marked),
    )
    return frame[[*COLUMNS, *MORE_COLUMNS]]


def _all(then: Standing) -> Iterator[Task]:
    shifts = NextShifts(then)
    yield from records(then)
    yield from follow_ups(then)
    yield from last_thanks(then)
    yield from confirmations(then)
    yield from next_steps(then)
    yield from next_asks(then, shifts)
    yield from recruits(then)
    yield from reshifts(then, shifts)
    yield from recruitments(then)
    yield from escalations(then)
    yield from maintenance(then)
    yield from recognitions(then)
    yield from win_backs(then, shifts)


def _allowed(then: Standing, tasks: Iterable[Task]) -> Iterator[Task]:
    """Leave out what must not be done: asking who must not be asked, or who has left."""
    for task in tasks:
        person = task.person_id
        allowed: tuple[str, ...] = ACTIONS
        if person in then.marked:
            allowed = ("confirm",)
        elif person in then.must_not_ask:
            allowed = WITHOUT_ASKING
        elif person in then.departed:
            allowed = FOR_WHO_LEFT
        if task.action in allowed:
            yield task


def _place(task: Task) -> tuple[object, ...]:
    return IMPORTANCE[task.action], task.order, task.due_on, task.person_id or "", task.reason


def _nobody_twice(tasks: Iterable[Task]) -> Iterator[Task]:
    seen: set[tuple[str, str]] = set()
    for task in sorted(tasks, key=_place):
        if task.person_id is not None:
            thing = "next ask" if task.action in NEXT_ASKS else task.action
            if (task.person_id, thing) in seen:
                continue
            seen.add((task.person_id, thing))
        yield task


def _people(then: Standing, ids: list[str]) -> pd.DataFrame:
    people, homes = then.store.table("people"), then.homes.select("person_id", "home")
    rows = people.join(homes, "person_id").select(
        "person_id", "given_name", "family_name", "phone", "email", "home"
    )
    # As a table: a list of thousands of ids takes the engine's compiler long.
    wanted = ibis.memtable(pd.DataFrame({"person_id": sorted(set(ids))}, dtype="str"))
    frame = then.store.execute(rows.semi_join(wanted, "person_id"))
    return frame.assign(name=full_name(frame)).drop(columns=["given_name", "family_name"])


def within_reach(tasks: pd.DataFrame, most: int) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return what each team can do, and a count of the rest by action.

    Every kind of action gets its turns, the urgent ones larger ones: a long list of people to
    follow up leaves room for the 1:1s that are due.

    Parameters
    ----------
    tasks : DataFrame
        From `todo_of_all`.
    most : int
        How many things a team can do.
    """
    size = tasks["action"].map(TURNS).fillna(1).astype("int64")
    turn = tasks.groupby(["team_id", "action"], dropna=False, sort=False).cumcount() // size
    importance = tasks["action"].map(IMPORTANCE).astype("int64")
    queue = tasks.assign(turn=turn, importance=importance).sort_values(
        ["turn", "importance"], kind="stable"
    )
    place = queue.groupby("team_id", dropna=False, sort=False).cumcount()
    fits = (place < most).reindex(tasks.index)
    left = Counter(tasks.loc[~fits, "action"])
    return tasks[fits].reset_index(drop=True), dict(
        sorted(left.items(), key=lambda i: IMPORTANCE[i[0]])
    )
