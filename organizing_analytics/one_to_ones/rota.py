"""A rota of maintenance 1:1s: who meets whom on which day, so that everybody is met.

Due is who needs maintenance 1:1s (setting `maintenance_roles`) and had none within
`maintenance_days`, or will have had none by the last day of the rota. Who is due first is met
first; an organizer's 1:1s are spread over the days, and none is later than it is due, but for
those that are overdue already. An organizer who has more than fit passes the last ones on to
whoever has fewest, in the same team if possible. A 1:1 that is set already keeps its date.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from organizing_analytics.answers import Answer
from organizing_analytics.catalog.tables import ROTA
from organizing_analytics.errors import OptionError
from organizing_analytics.expressions import _
from organizing_analytics.measures.selection import full_name
from organizing_analytics.teams import NO_TEAM, check_team
from organizing_analytics.to_do.organizers import Organizers
from organizing_analytics.to_do.standing import Standing, as_day
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from organizing_analytics.store import Data

#: How long the guide's rhythm is, and so the rota.
DEFAULT_DAYS = 14
#: 1:1s that an organizer can hold on one day.
DEFAULT_PER_DAY = 2
MAX_DAYS = 90


@dataclass
class _Turn:
    """One 1:1 of the rota."""

    person: str
    team: str | None
    due_on: date
    last_on: date | None
    own: str | None
    organizer: str | None = None
    on: date | None = None
    meeting_id: str | None = None
    starts_at: pd.Timestamp | None = None


def rota(
    store: Data,
    *,
    days: int = DEFAULT_DAYS,
    per_day: int = DEFAULT_PER_DAY,
    team: str | None = None,
    names: bool = True,
    as_of: str | date | None = None,
) -> pd.DataFrame:
    """Return who meets whom on which day, so that everybody who needs it has a maintenance 1:1.

    Parameters
    ----------
    store : Data
        An open store.
    days : int
        How many days it is for, from the day after `as_of`.
    per_day : int
        How many 1:1s an organizer can hold on one day.
    team : str, optional
        Only the people of this team.
    names : bool
        Whether to name people; if not, only ids.
    as_of : str or date, optional
        The local date at whose end it stands, yesterday by default.

    Returns
    -------
    DataFrame
        `on organizer_id organizer person_id name role team_id last_on due_on overdue_days is_set
        is_passed_on meeting_id`, by organizer and day.

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """
    return rota_answer(
        store, days=days, per_day=per_day, team=team, names=names, as_of=as_of
    ).as_frame()


def rota_answer(
    store: Data,
    *,
    days: int = DEFAULT_DAYS,
    per_day: int = DEFAULT_PER_DAY,
    team: str | None = None,
    names: bool = True,
    as_of: str | date | None = None,
) -> Answer:
    """Return what `rota` does, with what it rests on and a sentence."""
    if not 1 <= days <= MAX_DAYS:
        raise OptionError(f"days is {days}; a rota is for 1 to {MAX_DAYS} days.")
    if per_day < 1:
        raise OptionError(f"per-day is {per_day}; an organizer holds 1 or more on a day.")
    if team is not None:
        check_team(store, team)
    standing = Standing(store, store.as_of(as_of))
    turns = _turns(standing, days, team)
    _pass_on(turns, per_day * days)
    _spread(turns, standing.day, days, per_day)
    frame = _frame(standing, turns, names=names)
    return Answer(
        frame=frame,
        measure="rota",
        as_of=standing.day.isoformat(),
        snapshot=store.snapshot,
        columns=ROTA,
        sentence=_sentence(frame, days, per_day),
    )


def _turns(standing: Standing, days: int, team: str | None) -> list[_Turn]:
    """Return everybody who is due within the days, the earliest due first."""
    settings, organizers = standing.settings, Organizers.of(standing)
    last = standing.day + timedelta(days=days)
    held = standing.past.recorded_table("meetings")
    held = held.filter(held.kind == "maintenance", held.status == "held")
    held = held.group_by("person_id").aggregate(last_on=_.scheduled_on.max())
    last_on = {row["person_id"]: as_day(row["last_on"]) for row in standing.rows(held)}
    ahead = _set_ahead(standing, last)
    homes = standing.homes
    turns = []
    for row in standing.rows(homes.filter(homes.role.isin(settings.maintenance_roles))):
        person, home = row["person_id"], row["home"]
        if standing.is_out(person) or (team is not None and (home or NO_TEAM) != team):
            continue
        met_on = last_on.get(person)
        first = standing.day + timedelta(days=1)
        due = first if met_on is None else met_on + timedelta(days=settings.maintenance_days)
        meeting = ahead.get(person)
        if due > last and meeting is None:
            continue
        turn = _Turn(person, home, due, met_on, organizers.by_person.get(person))
        turn.organizer = turn.own
        if meeting is not None:
            turn.organizer = meeting["organizer_id"] or turn.own
            turn.on, turn.meeting_id = as_day(meeting["scheduled_on"]), meeting["meeting_id"]
            turn.starts_at = pd.Timestamp(meeting["scheduled_at"])
        turns.append(turn)
    return sorted(turns, key=lambda turn: (turn.last_on is not None, turn.due_on, turn.person))


def _set_ahead(standing: Standing, last: date) -> dict[str, dict[str, Any]]:
    """Return each person's first maintenance 1:1 that is set for a day of the rota."""
    meetings = standing.store.recorded_table("meetings")
    ahead = meetings.filter(
        meetings.kind == "maintenance",
        meetings.status == "scheduled",
        meetings.scheduled_on > standing.day,
        meetings.scheduled_on <= last,
    ).order_by(meetings.scheduled_at.desc(), meetings.meeting_id.desc())
    return {row["person_id"]: row for row in standing.rows(ahead)}


def _pass_on(turns: list[_Turn], most: int) -> None:
    """Give what is more than an organizer can hold to whoever of the rota has fewest."""
    load = Counter(turn.organizer for turn in turns if turn.organizer is not None)
    by_team: dict[str | None, set[str]] = defaultdict(set)
    for turn in turns:
        if turn.organizer is not None:
            by_team[turn.team].add(turn.organizer)
    # Who is due last is passed on first: those due soon stay with whom they know.
    for turn in reversed(turns):
        is_over = turn.organizer is not None and load[turn.organizer] > most
        if turn.on is not None or not (is_over or turn.organizer is None):
            continue
        near = by_team[turn.team] or set(load)
        able = [
            organizer
            for group in (near, set(load))
            for organizer in sorted(group, key=lambda who: (load[who], who))
            if load[organizer] < most and organizer != turn.person
        ]
        if able:
            if turn.organizer is not None:
                load[turn.organizer] -= 1
            turn.organizer = able[0]
            load[able[0]] += 1


def _spread(turns: list[_Turn], day: date, days: int, per_day: int) -> None:
    """Spread each organizer's 1:1s over the days, none later than it is due where it can be."""
    by_organizer: dict[str | None, list[_Turn]] = defaultdict(list)
    for turn in turns:
        if turn.on is None:
            by_organizer[turn.organizer].append(turn)
    taken: dict[str | None, Counter[date]] = defaultdict(Counter)
    for turn in turns:
        if turn.on is not None:
            taken[turn.organizer][turn.on] += 1
    for organizer, own in by_organizer.items():
        _place(own, taken[organizer], day, days, per_day)


def _place(own: list[_Turn], taken: Counter[date], day: date, days: int, per_day: int) -> None:
    """Place one organizer's 1:1s, the earliest due first, beside those that are set.

    A day is full with `per_day` of them. What is overdue, and a first one, goes to a later day
    rather than to a full one; what is not overdue stays in time.
    """
    first, last = day + timedelta(days=1), day + timedelta(days=days)
    for place, turn in enumerate(own):
        even = first + timedelta(days=place * days // len(own))
        is_free = turn.due_on <= day or turn.last_on is None  # whoever was never met has no date
        latest = max(even if is_free else min(even, turn.due_on), first)
        options = [first + timedelta(days=n) for n in range((latest - first).days + 1)]
        if is_free and all(taken[on] >= per_day for on in options):
            later = [latest + timedelta(days=n) for n in range(1, (last - latest).days + 1)]
            options = [on for on in later if taken[on] < per_day][:1] or options
        # The day in the even rhythm, unless it is fuller than an earlier one.
        turn.on = min(reversed(options), key=lambda on: taken[on])
        taken[turn.on] += 1


def _frame(standing: Standing, turns: list[_Turn], *, names: bool) -> pd.DataFrame:
    people = standing.store.execute(
        standing.store.recorded_table("people").select(
            "person_id", "given_name", "family_name", "role"
        )
    )
    named: Mapping[str, str] = dict(zip(people["person_id"], full_name(people), strict=True))
    roles = dict(zip(people["person_id"], people["role"], strict=True))
    tomorrow = standing.day + timedelta(days=1)
    rows = [
        {
            "on": turn.on,
            "organizer_id": turn.organizer,
            "organizer": named.get(turn.organizer or "") if names else None,
            "person_id": turn.person,
            "name": named.get(turn.person) if names else None,
            "role": roles.get(turn.person),
            "team_id": turn.team,
            "last_on": turn.last_on,
            "due_on": turn.due_on,
            "overdue_days": max((tomorrow - turn.due_on).days, 0),
            "is_set": turn.meeting_id is not None,
            "is_passed_on": turn.organizer != turn.own,
            "meeting_id": turn.meeting_id,
            "starts_at": turn.starts_at,
        }
        for turn in turns
    ]
    frame = pd.DataFrame(rows, columns=[column.name for column in ROTA])
    for column in ("on", "last_on", "due_on", "starts_at"):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[s]")
    for column in (
        "organizer_id",
        "organizer",
        "person_id",
        "name",
        "role",
        "team_id",
        "meeting_id",
    ):
        frame[column] = frame[column].astype("str")
    order = frame.assign(has_nobody=frame["organizer_id"].isna())
    order = order.sort_values(["has_nobody", "organizer_id", "on", "due_on", "person_id"])
    return frame.loc[order.index].reset_index(drop=True)


def _sentence(frame: pd.DataFrame, days: int, per_day: int) -> str:
    led = frame[frame["organizer_id"].notna()]
    n_organizers = led["organizer_id"].nunique()
    counts = led.groupby(["organizer_id", "on"]).size()
    fullest = int(counts.max()) if len(counts) else 0
    alone = len(frame) - len(led)
    sentence = (
        f"{plural(len(frame), 'maintenance 1:1')} in {plural(days, 'day')}, by "
        f"{plural(n_organizers, 'organizer')}; {int(frame['is_set'].sum()):,} set already, "
        f"{int((frame['overdue_days'] > 0).sum()):,} overdue, at most {fullest:,} on one day."
    )
    if alone:
        people = plural(alone, "person has", "people have")
        sentence += f" {people} nobody to meet them: no organizer has room."
    over = led.groupby("organizer_id").size()
    full = int((over > per_day * days).sum()) if len(over) else 0
    if full:
        sentence += f" {plural(full, 'organizer has', 'organizers have')} more than fit."
    return sentence
