"""How `ladder` is counted: each change of role is compared with the one before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.catalog.following import LADDER
from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures.groups import Group, column, week_of
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.rows import with_team_of_person

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.measures.selection import Selection


GROUPS: dict[str, Group] = {"week": week_of("moved_on"), "team": column("team_id")}
#: How long before the move the escalation 1:1 may have been.
WITHIN_DAYS = 30


@measure(LADDER, GROUPS)
def ladder(chosen: Selection) -> pd.DataFrame:
    """Return how many people moved up the ladder of engagement, by week and team."""
    return chosen.present(chosen.fetch(ladder_counts(chosen)))


def ladder_counts(chosen: Selection) -> ir.Table:
    """Return moves and after_escalation as an Ibis expression, one row per week and team."""
    rungs = chosen.data.settings.ladder
    changes = chosen.recorded_table("role_changes").select("person_id", "role", moved_on=_["on"])
    changes = changes.filter(changes.role.isin(rungs))
    rank = ibis.cases(*((changes.role == rung, place) for place, rung in enumerate(rungs)))
    in_order = ibis.window(group_by="person_id", order_by="moved_on")
    changes = changes.mutate(rung=rank)
    changes = changes.mutate(before=_.rung.lag().over(in_order))
    moves = changes.filter(changes.rung > changes.before.fill_null(0))
    moves = chosen.within(moves, "moved_on")
    moves = _with_escalation(chosen, with_team_of_person(chosen, moves))
    return chosen.tally(moves, moves=_.count(), after_escalation=_.count(where=_.escalated))


def _with_escalation(chosen: Selection, moves: ir.Table) -> ir.Table:
    meetings = chosen.recorded_table("meetings")
    held = meetings.filter(meetings.kind == "escalation", meetings.status == "held")
    held = held.select(met_id="person_id", met_on="scheduled_on")
    before = moves.select("person_id", "moved_on").join(
        held,
        [
            _.person_id == held.met_id,
            held.met_on <= _.moved_on,
            held.met_on >= _.moved_on - ibis.interval(days=WITHIN_DAYS),
        ],
    )
    hits = before.select(hit_id="person_id", hit_on="moved_on").distinct()
    marked = moves.left_join(hits, [moves.person_id == hits.hit_id, moves.moved_on == hits.hit_on])
    return marked.mutate(escalated=_.hit_id.notnull()).drop("hit_id", "hit_on")
