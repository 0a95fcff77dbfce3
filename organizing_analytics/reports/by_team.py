"""Lists of people that know no group, for all teams at once: with the person's team beside each.

A team's list is that of all, less the people of other teams: whether somebody is on it depends
on nobody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from organizing_analytics.measures import meetings_overdue, retention_losing
from organizing_analytics.measures.groups import column
from organizing_analytics.measures.retention import people_by_first_visit
from organizing_analytics.measures.selection import select

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.store import Data

TEAM = "team"


def losing_by_team(store: Data, **options: Any) -> pd.DataFrame:
    """Return `retention_losing` of all teams; the team is that of the first visit."""
    groups = {TEAM: column("team_id")}
    chosen = select(store, "losing", allowed=groups, by=TEAM, as_of=options.get("as_of"))
    return _with_team(store, retention_losing(store, **options), people_by_first_visit(chosen))


def overdue_by_team(store: Data, **options: Any) -> pd.DataFrame:
    """Return `meetings_overdue` of all teams; the team is the person's own."""
    return _with_team(store, meetings_overdue(store, **options), store.table("people"))


def _with_team(store: Data, frame: pd.DataFrame, people: ir.Table) -> pd.DataFrame:
    rows = people.filter(people.person_id.isin(frame["person_id"].tolist()))
    teams = store.execute(rows.select("person_id", "team_id")).set_index("person_id")["team_id"]
    return frame.assign(**{TEAM: frame["person_id"].map(teams)})
