"""How `retention tiers` and `retention losing` are counted: visits in windows, usual gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.catalog.retention import RETENTION_LOSING, RETENTION_TIERS
from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.retention import attended_days
from organizing_analytics.measures.rows import with_team_of_person
from organizing_analytics.measures.selection import Selection, full_name

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd


TIERS = ("super_active", "active", "almost_active", "dropped")
#: Fewer visits have no usual gap.
MIN_VISITS = 3
LONGEST_GAP, SHORTEST_ABSENCE = 2, 14


@measure(RETENTION_TIERS)
def retention_tiers(chosen: Selection) -> pd.DataFrame:
    """Return how many people are in each tier of activity."""
    frame = chosen.fetch(retention_tiers_counts(chosen)).set_index("tier")
    if not frame.empty:
        frame = frame.reindex(TIERS, fill_value=0)
    frame = frame.reset_index().astype({"tier": "str", "people": "int64"})
    return chosen.present(frame)


def retention_tiers_counts(chosen: Selection) -> ir.Table:
    """Return the people of each tier as an Ibis expression."""
    settings = chosen.data.settings
    short = chosen.days_before(settings.tier_short_days)
    long = chosen.days_before(settings.tier_long_days)
    people = (
        attended_days(chosen)
        .distinct()
        .group_by("person_id")
        .aggregate(
            lately=_.count(where=_.visit_on > short), this_month=_.count(where=_.visit_on > long)
        )
    )
    tier = ibis.cases(
        (people.lately >= 2, TIERS[0]),  # noqa: PLR2004
        (people.this_month >= 2, TIERS[1]),  # noqa: PLR2004
        (people.this_month >= 1, TIERS[2]),
        else_=TIERS[3],
    )
    return chosen.tally(people, {"tier": tier}, people=_.count())


@measure(RETENTION_LOSING)
def retention_losing(chosen: Selection) -> pd.DataFrame:
    """Return the people whom the campaign is losing, the longest away first."""
    frame = chosen.fetch(retention_losing_rows(chosen)).sort_values(
        ["days_since", "person_id"], ascending=[False, True], ignore_index=True
    )
    frame = frame.assign(name=full_name(frame), median_gap=frame["median_gap"].astype("float64"))
    return chosen.present(frame)


def retention_losing_rows(chosen: Selection) -> ir.Table:
    """Return the people whom the campaign is losing as an Ibis expression."""
    in_order = ibis.window(group_by="person_id", order_by="visit_on")
    visits = attended_days(chosen, of_team=False).distinct()
    visits = visits.mutate(before_on=_.visit_on.lag().over(in_order))
    visits = visits.mutate(gap=visits.visit_on.delta(visits.before_on, unit="day"))
    people = visits.group_by("person_id").aggregate(
        visits=_.count(), last_on=_.visit_on.max(), median_gap=_.gap.median()
    )
    people = people.mutate(days_since=ibis.literal(chosen.as_of).delta(people.last_on, unit="day"))
    losing = people.filter(
        people.visits >= MIN_VISITS,
        people.days_since > LONGEST_GAP * people.median_gap,
        people.days_since > SHORTEST_ABSENCE,
    )
    if chosen.uses_team:
        losing = chosen.of_team(with_team_of_person(chosen, losing))
    names = chosen.recorded_table("people").select("person_id", "given_name", "family_name")
    return losing.join(names, "person_id")
