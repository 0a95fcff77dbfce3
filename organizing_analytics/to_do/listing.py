"""All tasks, a list for each organizer: nobody twice for the same thing, no more than fits."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from organizing_analytics.answers import Answer
from organizing_analytics.catalog.tables import TODO
from organizing_analytics.errors import OptionError
from organizing_analytics.expressions import ibis
from organizing_analytics.measures.selection import full_name
from organizing_analytics.teams import check_team, rows_of_team
from organizing_analytics.time_zones import zone_rules
from organizing_analytics.to_do.absences import chases, missed
from organizing_analytics.to_do.asking import next_asks
from organizing_analytics.to_do.availability import Availability
from organizing_analytics.to_do.fitting import IMPORTANCE, by_urgency, within_reach
from organizing_analytics.to_do.growing import escalations, maintenance, next_steps, recruitments
from organizing_analytics.to_do.noted import latest_notes
from organizing_analytics.to_do.offering import NextShifts
from organizing_analytics.to_do.organizers import Organizers
from organizing_analytics.to_do.standing import Standing
from organizing_analytics.to_do.staying import never_asked, reshifts, win_backs
from organizing_analytics.to_do.task import (
    ACTIONS,
    FIRST_ASKS,
    FOR_WHO_LEFT,
    NEXT_ASKS,
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
#: Beside asks, the actions before which it helps to know what was noted.
WITH_NOTES = ("next_step", "recruitment_1to1", "escalation", "maintenance", "follow_up")
#: What a report's page needs beside them.
MORE_COLUMNS = ("is_new", "phone", "email", "is_marked", "is_tonight", "runs_out_on")

_FIELDS = [field.name for field in fields(Task)]
#: More ids are given to the engine as a table: its compiler takes long for a list of thousands.
MAX_LISTED_IDS = 2_000


def todo(
    store: Data,
    *,
    team: str | None = None,
    organizer: str | None = None,
    everything: bool = False,
    as_of: str | date | None = None,
) -> pd.DataFrame:
    """Return what to do in the coming days: with whom, why, by when, and how.

    Parameters
    ----------
    store : Data
        An open store.
    team : str, optional
        Only what is about this team.
    organizer : str, optional
        Only the list of this organizer (the id).
    everything : bool
        Also what does not fit into an organizer's week.
    as_of : str or date, optional
        The local date at whose end the list stands, yesterday by default. What was written down
        for later is not known.

    Returns
    -------
    DataFrame
        One list for each organizer, what runs out soonest first: `action person_id name reason
        due_on details`, what an answer refers to (`ask_id shift_id signup_id meeting_id ask_for`),
        whose list it is (`organizer_id organizer`), what to say (`words second other`), and
        `overdue_days is_promise team_id`. A task about a shift has neither person nor name.
        `attrs["left"]` counts, by action, what does not fit into an organizer's week (setting
        `todo_most`); a promise with a date always does.

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """
    return todo_answer(
        store, team=team, organizer=organizer, everything=everything, as_of=as_of
    ).as_frame()


def todo_answer(
    store: Data,
    *,
    team: str | None = None,
    organizer: str | None = None,
    everything: bool = False,
    as_of: str | date | None = None,
) -> Answer:
    """Return what `todo` does, with what it rests on; `details["left"]` is what does not fit."""
    full = todo_of_all(store, as_of=as_of)
    shown, left = (full, {}) if everything else within_reach(full, store.settings.todo_most)
    if team is not None and rows_of_team(full, team).empty:
        check_team(store, team)
    if organizer is not None and not (full["organizer_id"] == organizer).any():
        check_organizer(store, organizer)
    if team is not None or organizer is not None:
        shown, chosen = _of(shown, team, organizer), _of(full, team, organizer)
        counts = chosen["action"].value_counts().sub(shown["action"].value_counts(), fill_value=0)
        left = {a: int(counts[a]) for a in ACTIONS if counts.get(a, 0) and not everything}
    return Answer(
        frame=by_urgency(shown)[list(COLUMNS)],
        measure="todo",
        as_of=store.as_of(as_of).isoformat(),
        snapshot=store.snapshot,
        columns=TODO,
        details={"left": left},
    )


def todo_now(
    store: Data,
    *,
    team: str | None = None,
    organizer: str | None = None,
    at: datetime | None = None,
) -> pd.DataFrame:
    """Return whom to call right now: who confirmed for a shift that runs, and is not there.

    Parameters
    ----------
    store : Data
        An open store.
    team, organizer : str, optional
        As in `todo`.
    at : datetime, optional
        The moment, with its time zone; now by default.

    Returns
    -------
    DataFrame
        The columns of `todo`. Of a shift of which nobody is marked as there, it says to mark
        those who are. A shift counts from the setting `chase_minutes` after its start to its end.

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """
    return todo_now_answer(store, team=team, organizer=organizer, at=at).as_frame()


def todo_now_answer(
    store: Data,
    *,
    team: str | None = None,
    organizer: str | None = None,
    at: datetime | None = None,
) -> Answer:
    """Return what `todo_now` does, with what it rests on."""
    now = (at or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
    zone = zone_rules(store.settings.timezone)
    standing = Standing(store, now.replace(tzinfo=UTC).astimezone(zone).date())
    if team is not None:
        check_team(store, team)
    if organizer is not None:
        check_organizer(store, organizer)
    tasks = _allowed(standing, chases(standing, now), Availability.of(standing))
    frame = _of(_frame_of(standing, tasks), team, organizer)
    return Answer(
        frame=by_urgency(frame)[list(COLUMNS)],
        measure="todo",
        as_of=standing.day.isoformat(),
        snapshot=store.snapshot,
        columns=TODO,
        details={"left": {}},
    )


def _of(tasks: pd.DataFrame, team: str | None, organizer: str | None) -> pd.DataFrame:
    if team is not None:
        tasks = rows_of_team(tasks, team)
    return tasks if organizer is None else tasks[tasks["organizer_id"] == organizer]


def check_organizer(store: Data, organizer: str) -> None:
    """Refuse an organizer whom the store does not have.

    Raises
    ------
    OptionError
        There is no such person.
    """
    people = store.recorded_table("people")
    if store.execute(people.filter(people.person_id == organizer).select("person_id")).empty:
        raise OptionError(
            f'There is no person with the id "{organizer}". oa people spans lists the organizers '
            "with their ids."
        )


def todo_of_all(
    store: Data, *, as_of: str | date | None = None, has_places: bool = True
) -> pd.DataFrame:
    """Return everybody's tasks, none left out: `COLUMNS`, then `MORE_COLUMNS`, by importance.

    Without places (`has_places=False`), what to say leaves them for a person to fill in.
    """
    standing = Standing(store, store.as_of(as_of), has_places=has_places)
    shifts = NextShifts(standing)
    return _frame_of(standing, _allowed(standing, _all(standing, shifts), shifts.availability))


def _frame_of(standing: Standing, possible: Iterable[Task]) -> pd.DataFrame:
    tasks = sorted(_nobody_twice(possible), key=_place)
    # Fields are plain values: nothing in them is to be copied, which `asdict` takes long to find.
    rows = [[getattr(task, name) for name in _FIELDS] for task in tasks]
    frame = pd.DataFrame(rows, columns=_FIELDS)
    people = _people(standing, [task.person_id for task in tasks if task.person_id is not None])
    frame = frame.merge(people, on="person_id", how="left").assign(
        team_id=lambda f: f["team_id"].where(f["team_id"].notna(), f["home"]),
        due_on=lambda f: pd.to_datetime(f["due_on"]).astype("datetime64[s]"),
        runs_out_on=lambda f: _runs_out(f, standing.until),
        is_marked=lambda f: f["person_id"].isin(standing.marked),
    )
    tomorrow = pd.Timestamp(standing.day + timedelta(days=1))
    frame = _with_organizers(standing, frame).assign(
        overdue_days=(tomorrow - frame["due_on"]).dt.days.clip(lower=0).astype("int64")
        * frame["is_promise"],
        is_tonight=(frame["action"] == "recruit") & (frame["runs_out_on"] == tomorrow),
    )
    notes = latest_notes(standing)
    asks = frame["action"].isin([*NEXT_ASKS, *WITH_NOTES]) & ~frame["is_marked"]
    noted = [notes.get(person, "") for person in frame["person_id"].astype(object)]
    frame = frame.assign(notes=pd.Series(noted, index=frame.index, dtype="str").where(asks, ""))
    return frame[[*COLUMNS, *MORE_COLUMNS]]


def _runs_out(tasks: pd.DataFrame, until: date) -> pd.Series[pd.Timestamp]:
    """Return after which day it is too late: of a promise its own, else any day of the list."""
    days = pd.to_datetime(tasks["runs_out_on"]).astype("datetime64[s]")
    own = tasks["due_on"].where(tasks["is_promise"] | (tasks["due_on"] > pd.Timestamp(until)))
    return days.fillna(own).fillna(pd.Timestamp(until))


def _with_organizers(standing: Standing, tasks: pd.DataFrame) -> pd.DataFrame:
    organizers = Organizers.of(standing)
    pairs = tasks[["person_id", "team_id"]].astype(object)
    pairs = pairs.where(pairs.notna(), None)
    whose = [organizers.of_task(p, t) for p, t in pairs.itertuples(index=False, name=None)]
    ids = pd.Series(whose, index=tasks.index, dtype="str")
    names = _people(standing, ids.dropna().tolist()).set_index("person_id")["name"]
    return tasks.assign(organizer_id=ids, organizer=ids.map(names).astype("str"))


def _all(standing: Standing, shifts: NextShifts) -> Iterator[Task]:
    yield from records(standing)
    yield from follow_ups(standing)
    yield from last_thanks(standing)
    yield from confirmations(standing)
    yield from next_steps(standing)
    yield from next_asks(standing, shifts)
    yield from recruits(standing, shifts)
    yield from missed(standing, shifts)
    yield from never_asked(standing, shifts)
    yield from reshifts(standing, shifts)
    yield from recruitments(standing)
    yield from escalations(standing)
    yield from maintenance(standing)
    yield from recognitions(standing)
    yield from win_backs(standing, shifts)


def _allowed(
    standing: Standing, tasks: Iterable[Task], availability: Availability
) -> Iterator[Task]:
    """Leave out what must not be done: asking who must not be asked, has left, or just was."""
    for task in tasks:
        person = task.person_id
        allowed: tuple[str, ...] = ACTIONS
        if person in standing.marked:
            allowed = ("confirm",)
        elif person in standing.must_not_ask:
            allowed = WITHOUT_ASKING
        elif person in standing.departed:
            allowed = FOR_WHO_LEFT
        if task.action in allowed and not _is_too_soon(availability, task):
            yield task


def _is_too_soon(availability: Availability, task: Task) -> bool:
    """Return whether the person was asked too lately, or too often, to be asked again."""
    if task.is_promise or task.action not in NEXT_ASKS:
        return False
    asked_lately = task.person_id in availability.asked_lately
    return task.person_id in availability.asked_often or (
        task.action in FIRST_ASKS and asked_lately
    )


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


def _people(standing: Standing, ids: list[str]) -> pd.DataFrame:
    people, homes = (
        standing.store.recorded_table("people"),
        standing.homes.select("person_id", "home"),
    )
    rows = people.join(homes, "person_id").select(
        "person_id", "given_name", "family_name", "phone", "email", "home"
    )
    listed = sorted(set(ids))
    if len(listed) > MAX_LISTED_IDS:
        wanted = ibis.memtable(pd.DataFrame({"person_id": listed}, dtype="str"))
        rows = rows.semi_join(wanted, "person_id")
    else:
        rows = rows.filter(rows.person_id.isin(listed))
    frame = standing.store.execute(rows)
    return frame.assign(name=full_name(frame)).drop(columns=["given_name", "family_name"])
