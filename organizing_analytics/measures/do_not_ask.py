"""How `asks do-not-ask` is listed: people's own wish, and the latest outcome of their asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.catalog.asks import ASKS_DO_NOT_ASK
from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.rows import with_team_of_person
from organizing_analytics.measures.selection import Selection, full_name

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd


@measure(ASKS_DO_NOT_ASK)
def asks_do_not_ask(chosen: Selection) -> pd.DataFrame:
    """Return the people who must not be asked, and why."""
    frame = chosen.fetch(asks_do_not_ask_rows(chosen)).sort_values("person_id", ignore_index=True)
    return chosen.present(frame.assign(name=full_name(frame)))


def asks_do_not_ask_rows(chosen: Selection) -> ir.Table:
    """Return the people who must not be asked as an Ibis expression."""
    people = chosen.recorded_table("people")
    if chosen.uses_team:
        people = chosen.of_team(with_team_of_person(chosen, people))
    standing = standing_not_evers(chosen)
    rows = people.left_join(standing, people.person_id == standing.refused_id)
    marked = rows.do_not_contact.fill_null(False)
    return rows.filter(marked | rows.refused_id.notnull()).select(
        "person_id",
        "given_name",
        "family_name",
        since=_.since,
        why=ibis.ifelse(marked, "do_not_contact", "not_ever"),
    )


def standing_not_evers(chosen: Selection) -> ir.Table:
    """Return `refused_id` and `since` of people whose latest not_ever has no later yes."""
    asks = chosen.recorded_table("asks")
    asks = asks.filter(asks.asked_on <= chosen.as_of)
    never = asks.filter(asks.outcome == "not_ever")
    latest = never.group_by("person_id").aggregate(last_at=_.asked_at.max())
    standing = never.join(latest, "person_id").filter(_.asked_at == _.last_at)
    standing = standing.select(
        never_id="ask_id", refused_id="person_id", last_at="last_at", since="asked_on"
    )
    yeses = asks.filter(asks.outcome == "yes").select("person_id", "asked_at", "after_ask_id")
    # The counter-offer in the same breath is later by its link.
    undone = standing.join(yeses, standing.refused_id == yeses.person_id).filter(
        (_.asked_at > _.last_at)
        | ((_.asked_at == _.last_at) & (_.after_ask_id == _.never_id)).fill_null(False)
    )
    undone = undone.select(undone_id="refused_id").distinct()
    left = standing.anti_join(undone, standing.refused_id == undone.undone_id)
    return left.group_by("refused_id").aggregate(since=_.since.max())
