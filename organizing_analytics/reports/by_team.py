"""Lists of people that know no group, for all teams at once: with the person's team beside each.

A team's list is that of all, less the people of other teams: whether somebody is on it depends
on nobody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from organizing_analytics.measures import meetings_overdue, retention_losing
from organizing_analytics.measures.rows import with_team_of_person
from organizing_analytics.measures.selection import select

if TYPE_CHECKING:
    import pandas as pd

    from organizing_analytics.store import Data

TEAM = "team"


def losing_by_team(store: Data, **options: Any) -> pd.DataFrame:
    """Return `retention_losing` of all teams."""
    return _with_team(store, retention_losing(store, **options), as_of=options.get("as_of"))


def overdue_by_team(store: Data, **options: Any) -> pd.DataFrame:
    """Return `meetings_overdue` of all teams."""
    return _with_team(store, meetings_overdue(store, **options), as_of=options.get("as_of"))


def _with_team(store: Data, frame: pd.DataFrame, *, as_of: Any) -> pd.DataFrame:
    """Add each person's team, by the rule that the measures use (`with_team_of_person`)."""
    people = store.recorded_table("people").select("person_id")
    people = people.filter(people.person_id.isin(frame["person_id"].tolist()))
    rows = with_team_of_person(select(store, "losing", as_of=as_of), people)
    teams = store.execute(rows.select("person_id", "team_id")).set_index("person_id")["team_id"]
    return frame.assign(**{TEAM: frame["person_id"].map(teams)})
