"""The snowflake: who leads whom, from the top down, and which branches are bare.

Its nodes are those who look after somebody, lead a team, or stand on one of the two top rungs of
the ladder. A branch is bare where such a person looks after nobody who is active.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from organizing_analytics.measures.selection import full_name
from organizing_analytics.teams import NO_TEAM, check_team
from organizing_analytics.to_do.organizers import Organizers
from organizing_analytics.to_do.spans import active_people
from organizing_analytics.to_do.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from organizing_analytics.store import Data

#: Rungs from the top whose people are expected to look after others.
LEADING_RUNGS = 2


def organizer_snowflake(
    store: Data, *, team: str | None = None, as_of: str | date | None = None
) -> pd.DataFrame:
    """Return who leads whom, each leader before those whom they lead.

    Parameters
    ----------
    store : Data
        An open store.
    team : str, optional
        Only leaders of this team, and those above them.
    as_of : str or date, optional
        The local date at whose end it stands, yesterday by default.

    Returns
    -------
    DataFrame
        `person_id name role team_id led_by level people active is_bare`: `led_by` is the leader's
        own organizer (empty at the top), `level` how many leaders are above, `people` and `active`
        as in `organizer_spans`, `is_bare` whether nobody active is looked after.

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """
    if team is not None:
        check_team(store, team)
    standing = Standing(store, store.as_of(as_of))
    whose = Organizers.of(standing)
    people = store.execute(
        store.recorded_table("people").select("person_id", "given_name", "family_name", "role")
    )
    people = people.assign(name=full_name(people)).set_index("person_id")
    homes = {r["person_id"]: r["home"] for r in standing.rows(standing.homes)}
    stays = [p for p in homes if not standing.is_out(p)]
    active = active_people(standing)
    n_people = Counter(whose.by_person[p] for p in stays if p in whose.by_person)
    n_active = Counter(whose.by_person[p] for p in stays if p in whose.by_person and p in active)
    rungs = standing.settings.ladder[-LEADING_RUNGS:]
    leaders = {p for p in stays if people["role"].get(p) in rungs}
    leaders |= {*n_people, *whose.leads.values()} & set(stays)
    led_by = {p: whose.by_person[p] for p in leaders if whose.by_person.get(p) in leaders}
    if team is not None:
        leaders = _with_those_above((p for p in leaders if (homes[p] or NO_TEAM) == team), led_by)
    rows = [
        {
            "person_id": person,
            "name": people["name"].get(person),
            "role": people["role"].get(person),
            "team_id": homes[person],
            "led_by": led_by.get(person) if level else None,
            "level": level,
            "people": n_people[person],
            "active": n_active[person],
            "is_bare": not n_active[person],
        }
        for person, level in _from_the_top(leaders, led_by)
    ]
    columns = [
        "person_id",
        "name",
        "role",
        "team_id",
        "led_by",
        "level",
        "people",
        "active",
        "is_bare",
    ]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype(dict.fromkeys(("person_id", "name", "role", "team_id", "led_by"), "str"))


def _with_those_above(people: Iterable[str], led_by: Mapping[str, str]) -> set[str]:
    above: set[str] = set()
    for person in people:
        leader: str | None = person
        while leader is not None and leader not in above:
            above.add(leader)
            leader = led_by.get(leader)
    return above


def _from_the_top(leaders: set[str], led_by: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Yield each leader with the number of leaders above; those who lead each other, too."""
    below: dict[str | None, list[str]] = defaultdict(list)
    for person in sorted(leaders):
        below[led_by.get(person)].append(person)
    placed: set[str] = set()
    # In a ring of leaders nobody is at the top: it is opened at the first id.
    for top in [*below[None], *sorted(leaders)]:
        waiting = [(top, 0)]
        while waiting:
            person, level = waiting.pop()
            if person not in placed:
                placed.add(person)
                yield person, level
                waiting += [(other, level + 1) for other in reversed(below[person])]
