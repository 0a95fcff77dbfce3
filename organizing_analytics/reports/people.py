"""Who may be named in a team's report, and who is likely to say yes to a shift.

A report names only people of its team: its members, and who signed up to its shifts, was asked
or met by it. Nobody who must not be asked, or has left, is put forward to be asked.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

import ibis
import pandas as pd
from ibis import _

from organizing_analytics.measures.rows import attended
from organizing_analytics.measures.selection import full_name, select
from organizing_analytics.planning.known_then import KnownThen
from organizing_analytics.reports.words import called

if TYPE_CHECKING:
    from collections.abc import Iterable

    from organizing_analytics.reports.team_week import TeamWeek

#: Who came in so many days is likely to come again.
LATELY_DAYS = 60
MOST_TO_ASK = 5
MARKED = "do_not_contact"


def person(name: object, person_id: str) -> str:
    """Return what a person is called; by the id where no name is known."""
    return called(name if isinstance(name, str) and name else person_id)


def marked_ids(team: TeamWeek) -> set[str]:
    """Return the ids of people who asked not to be contacted at all."""
    frame = team.not_to_ask
    return set(frame.loc[frame["why"] == MARKED, "person_id"])


def visits_lately(team: TeamWeek) -> pd.DataFrame:
    """Return the visits of the last 60 days of the team's people.

    Returns
    -------
    DataFrame
        `person_id name came_on first_on is_first_here is_gone`, one row a person and date:
        visits to the team's shifts, and of its members to any. `first_on` is the person's first
        visit of all, `is_first_here` whether that was to this team's shift, `is_gone` whether
        the person has left since.
    """
    chosen = select(team.store, "visits lately", as_of=team.as_of)
    rows = attended(chosen).filter(_.starts_on <= team.as_of)
    people = chosen.table("people").select(
        "person_id", "given_name", "family_name", own_team="team_id"
    )
    left = chosen.table("departures").filter(_.departed_on <= team.as_of)
    left = left.group_by(left_id=_.person_id).aggregate(left_on=_.departed_on.max())
    lately = rows.filter(_.starts_on > team.as_of - timedelta(days=LATELY_DAYS))
    lately = lately.join(people, "person_id")
    own = (lately.team_id == team.team_id) | (lately.own_team == team.team_id)
    lately = lately.filter(own.fill_null(False))
    firsts = (
        rows.semi_join(lately, "person_id")
        .group_by(first_id=_.person_id)
        .aggregate(
            first_on=_.starts_on.min(),
            first_team=ibis.coalesce(_.team_id, "").argmin(_.starts_at),
        )
    )
    found = lately.join(firsts, lately.person_id == firsts.first_id)
    found = found.left_join(left, found.person_id == left.left_id)
    found = found.select(
        "person_id",
        "given_name",
        "family_name",
        "first_on",
        came_on="starts_on",
        is_first_here=_.first_team == team.team_id,
        is_gone=(_.left_on >= _.starts_on).fill_null(False),
    ).distinct()
    frame = team.store.execute(found).sort_values(["person_id", "came_on"], ignore_index=True)
    return frame.assign(
        first_on=pd.to_datetime(frame["first_on"]),
        came_on=pd.to_datetime(frame["came_on"]),
        name=[
            person(name, person_id)
            for name, person_id in zip(full_name(frame), frame["person_id"], strict=True)
        ],
    )


def whom_to_ask(team: TeamWeek, shifts: pd.DataFrame) -> dict[str, list[str]]:
    """Return for each shift the people who are likely to say yes to it, the likeliest first.

    Parameters
    ----------
    team : TeamWeek
        The team; with `names` False nobody is named.
    shifts : DataFrame
        `shift_id starts_on` of shifts that need more people.

    Returns
    -------
    dict
        Shift id → at most five names: who came most often in the last 60 days on that weekday,
        then most often at all, then last. Nobody who ever was on the shift's list, who must not
        be asked, or has left; nobody for two shifts of one day.
    """
    if not team.names or shifts.empty:
        return {}
    visits = team.visits_lately
    visits = visits[~visits["person_id"].isin(team.not_to_ask["person_id"]) & ~visits["is_gone"]]
    if visits.empty:
        return {}
    taken = _on_the_lists(team, shifts["shift_id"])
    whom: dict[str, list[str]] = {}
    that_day: defaultdict[date, set[str]] = defaultdict(set)
    for shift, day in zip(shifts["shift_id"], shifts["starts_on"], strict=True):
        best = _likeliest(visits, day, taken.get(shift, set()) | that_day[day])
        that_day[day] |= set(best["person_id"])
        whom[shift] = best["name"].tolist()
    return whom


def _likeliest(visits: pd.DataFrame, day: date, taken: set[str]) -> pd.DataFrame:
    free = visits[~visits["person_id"].isin(taken)]
    same_day = free["came_on"].dt.day_of_week == pd.Timestamp(day).day_of_week
    people = (
        free.assign(same_day=same_day)
        .groupby(["person_id", "name"], as_index=False)
        .agg(same_day=("same_day", "sum"), visits=("came_on", "size"), last=("came_on", "max"))
    )
    best = people.sort_values(
        ["same_day", "visits", "last", "person_id"], ascending=[False, False, False, True]
    )
    return best.head(MOST_TO_ASK)


def _on_the_lists(team: TeamWeek, shift_ids: Iterable[str]) -> dict[str, set[str]]:
    signups = KnownThen(team.store, team.as_of).table("signups")
    wanted = signups.filter(signups.shift_id.isin(list(shift_ids)))
    frame = team.store.execute(wanted.select("shift_id", "person_id").distinct())
    return {str(shift): set(rows) for shift, rows in frame.groupby("shift_id")["person_id"]}
