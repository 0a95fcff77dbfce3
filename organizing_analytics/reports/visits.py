"""Who came to a team's shifts lately, and what each person is called in a report."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures.rows import attended
from organizing_analytics.measures.selection import full_name, select
from organizing_analytics.reports.words import called
from organizing_analytics.teams import NO_TEAM, is_of_team

if TYPE_CHECKING:
    from organizing_analytics.store import Data

#: People who came within this many days are likely to come again.
LATELY_DAYS = 60


def person(name: object, person_id: str) -> str:
    """Return what a person is called; by the id where no name is known."""
    return called(name if isinstance(name, str) and name else person_id)


def visits_lately(store: Data, *, team_id: str, as_of: date) -> pd.DataFrame:
    """Return the visits of the last 60 days of the team's people.

    Returns
    -------
    DataFrame
        `person_id name phone email came_on first_on is_first_here is_gone`, a row a person and
        date: visits to the team's shifts, and of its members to any. `first_on` is the person's
        first visit of all, `is_first_here` whether that was to this team's shift, `is_gone` whether
        the person has left since.
    """
    chosen = select(store, "visits lately", as_of=as_of)
    rows = attended(chosen).filter(_.starts_on <= as_of)
    people = chosen.recorded_table("people").select(
        "person_id", "given_name", "family_name", "phone", "email", own_team="team_id"
    )
    left = chosen.recorded_table("departures").filter(_.departed_on <= as_of)
    left = left.group_by(left_id=_.person_id).aggregate(left_on=_.departed_on.max())
    lately = rows.filter(_.starts_on > as_of - timedelta(days=LATELY_DAYS))
    lately = lately.join(people, "person_id")
    own = is_of_team(lately.team_id, team_id)
    if team_id != NO_TEAM:  # who is of no team also goes to other teams' shifts
        own |= lately.own_team == team_id
    lately = lately.filter(own.fill_null(False))
    firsts = (
        rows.semi_join(lately, "person_id")
        .group_by(first_id=_.person_id)
        .aggregate(
            first_on=_.starts_on.min(),
            first_team=ibis.coalesce(_.team_id, NO_TEAM).argmin(_.starts_at),
        )
    )
    visits = lately.join(firsts, lately.person_id == firsts.first_id)
    visits = visits.left_join(left, visits.person_id == left.left_id)
    visits = visits.select(
        "person_id",
        "given_name",
        "family_name",
        "phone",
        "email",
        "first_on",
        came_on="starts_on",
        is_first_here=_.first_team == team_id,
        is_gone=(_.left_on >= _.starts_on).fill_null(False),
    ).distinct()
    frame = store.execute(visits).sort_values(["person_id", "came_on"], ignore_index=True)
    return frame.assign(
        first_on=pd.to_datetime(frame["first_on"]),
        came_on=pd.to_datetime(frame["came_on"]),
        name=[
            person(name, person_id)
            for name, person_id in zip(full_name(frame), frame["person_id"], strict=True)
        ],
    )
