"""How many people each organizer looks after, who has more than one can, and who has nobody."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from organizing_analytics.answers import Answer
from organizing_analytics.catalog.tables import PEOPLE_SPANS
from organizing_analytics.measures.selection import full_name
from organizing_analytics.teams import NO_TEAM, check_team
from organizing_analytics.to_do.organizers import BASES, Organizers
from organizing_analytics.to_do.standing import Standing
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from organizing_analytics.store import Data

#: A person with a visit, sign-up, ask, contact or 1:1 in so many days is active.
ACTIVE_DAYS = 90


def organizer_spans(
    store: Data, *, team: str | None = None, as_of: str | date | None = None
) -> pd.DataFrame:
    """Return how many people each organizer looks after, the most first.

    Parameters
    ----------
    store : Data
        An open store.
    team : str, optional
        Only the people of this team.
    as_of : str or date, optional
        The local date at whose end it stands, yesterday by default.

    Returns
    -------
    DataFrame
        `organizer_id name role people active`, then how many of the people by each basis, then
        `is_over`: whether there are more active ones than the setting `organizer_most` allows.
        The row without an organizer, at the end, counts the people whom nobody looks after.

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """
    return spans_answer(store, team=team, as_of=as_of).as_frame()


def spans_answer(
    store: Data, *, team: str | None = None, as_of: str | date | None = None
) -> Answer:
    """Return what `organizer_spans` does, with what it rests on and a sentence."""
    if team is not None:
        check_team(store, team)
    standing = Standing(store, store.as_of(as_of))
    frame = _spans(standing, team)
    return Answer(
        frame=frame,
        measure="people spans",
        as_of=standing.day.isoformat(),
        snapshot=store.snapshot,
        columns=PEOPLE_SPANS,
        sentence=_sentence(frame, store.settings.organizer_most),
    )


def spans_by_team(store: Data, *, as_of: str | date | None = None) -> dict[str, pd.DataFrame]:
    """Return what `organizer_spans(team=…)` does, for each team that has people."""
    standing = Standing(store, store.as_of(as_of))
    rows = _rows(standing, lambda home: home or NO_TEAM)
    return {team: _named(standing, of_team) for team, of_team in rows.items()}


def _spans(standing: Standing, team: str | None) -> pd.DataFrame:
    if team is None:
        return _named(standing, _rows(standing, lambda _home: "").get("", []))
    return _named(standing, _rows(standing, lambda home: home or NO_TEAM).get(team, []))


def _rows(
    standing: Standing, group_of: Callable[[str | None], str]
) -> dict[str, list[dict[str, object]]]:
    """Return a row for each organizer, by the group of the people's teams."""
    organizers, active = Organizers.of(standing), active_people(standing)
    people = defaultdict[str, Counter[str | None]](Counter)
    n_active = Counter[tuple[str, str | None]]()
    by_basis = Counter[tuple[str, str | None, str]]()
    for row in standing.rows(standing.homes.select("person_id", "home")):
        person = row["person_id"]
        if standing.is_out(person):
            continue
        group, organizer = group_of(row["home"]), organizers.by_person.get(person)
        people[group][organizer] += 1
        n_active[group, organizer] += person in active
        if organizer is not None:
            by_basis[group, organizer, organizers.basis[person]] += 1
    most = standing.settings.organizer_most
    return {
        group: [
            {
                "organizer_id": organizer,
                "people": n,
                "active": n_active[group, organizer],
                **{basis: by_basis[group, organizer, basis] for basis in BASES},
                "is_over": organizer is not None and n_active[group, organizer] > most,
            }
            for organizer, n in counts.items()
        ]
        for group, counts in people.items()
    }


def _named(standing: Standing, rows: list[dict[str, object]]) -> pd.DataFrame:
    people = standing.store.recorded_table("people")
    people = people.select("person_id", "given_name", "family_name", "role")
    ids = {row["organizer_id"] for row in rows}
    named = standing.store.execute(people)
    named = named[named["person_id"].isin(ids)]
    named = named.assign(name=full_name(named))[["person_id", "name", "role"]]
    columns = [column.name for column in PEOPLE_SPANS]
    frame = pd.DataFrame(rows, columns=[c for c in columns if c not in ("name", "role")])
    frame = frame.merge(named, left_on="organizer_id", right_on="person_id", how="left")
    frame["is_nobody"] = frame["organizer_id"].isna()
    frame = frame.sort_values(
        ["is_nobody", "active", "people", "organizer_id"], ascending=[True, False, False, True]
    )
    return frame[columns].reset_index(drop=True)


def active_people(standing: Standing) -> set[str]:
    """Return who came, signed up, was asked, met or contacted in the last days."""
    since, past = standing.ago(ACTIVE_DAYS), standing.past
    dated = [
        (past.recorded_table("asks"), "asked_on"),
        (past.recorded_table("meetings"), "scheduled_on"),
        (past.recorded_table("signups"), "signed_up_on"),
        (standing.contacts, "contacted_on"),
        (standing.visits, "starts_on"),
    ]
    return {
        row["person_id"]
        for table, day in dated
        for row in standing.rows(table.filter(table[day] > since).select("person_id").distinct())
    }


def _sentence(frame: pd.DataFrame, most: int) -> str:
    looking = frame[frame["organizer_id"].notna()]
    over = int(looking["is_over"].sum())
    alone = int(frame.loc[frame["organizer_id"].isna(), "people"].sum())
    verb = "looks" if len(looking) == 1 else "look"
    return (
        f"{plural(len(looking), 'organizer')} {verb} after "
        f"{plural(int(looking['people'].sum()), 'person', 'people')}; {over:,} of them after more "
        f"than {most:,} active people (setting organizer_most); nobody looks after {alone:,}."
    )
