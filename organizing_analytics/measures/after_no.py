"""How `asks after-no` is counted: each no, and the asks of the same person after it.

A person's asks are never paired with each other: people with thousands of asks would make millions
of pairs. Instead the asks of a person are put into moments (one per asked_at), a window looks from
each moment to the next, and counter-offers are found by the ask that they name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.catalog.asks import ASKS_AFTER_NO
from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures.asks import hard
from organizing_analytics.measures.groups import Group, column, flag, month_of, ordered
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.selection import Selection, whole_number
from organizing_analytics.model import NO_TYPES

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd


GROUPS: dict[str, Group] = {
    "no_type": ordered("outcome", NO_TYPES),
    "team": column("team_id"),
    "asker": column("asker_id"),
    "ask_for": column("ask_for"),
    "hard": flag(hard),
    "month": month_of("asked_on"),
}


@measure(ASKS_AFTER_NO, GROUPS)
def asks_after_no(chosen: Selection, *, within_days: int = 30) -> pd.DataFrame:
    """Return what followed a no, by the kind of no."""
    frame = chosen.fetch(asks_after_no_counts(chosen, within_days=within_days))
    frame = frame.assign(
        right_move=frame["right_move"].astype("Int64").mask(frame["no_type"] == "no"),
        median_days=frame["median_days"].astype("float64"),
    )
    return chosen.present(frame)


def asks_after_no_counts(chosen: Selection, *, within_days: int = 30) -> ir.Table:
    """Return noes, reasked, right_move, converted and median_days as an Ibis expression."""
    days = whole_number(within_days, option="within-days")
    asks = chosen.recorded_table("asks")
    asks = asks.filter(asks.asked_on <= chosen.as_of)
    noes = asks.filter(asks.outcome.isin(NO_TYPES), asks.asked_on <= chosen.days_before(days))
    noes = _with_next_moment(chosen.within(noes, "asked_on"), asks)
    noes = _with_first_next_ask(_with_counter_offers(noes, asks), asks)
    noes = noes.mutate(last_on=noes.asked_on + ibis.interval(days=days))
    noes = noes.mutate(
        reasked=noes.tied_id.notnull() | (noes.next_on <= noes.last_on).fill_null(False),
        yes_on=ibis.cases(
            (noes.n_tied_yes > 0, noes.asked_on),
            (noes.next_yes_on <= noes.last_on, noes.next_yes_on),
        ),
    )
    rows = noes.mutate(
        right=_right_move(noes), days_to_yes=noes.yes_on.delta(noes.asked_on, unit="day")
    )
    # A person's first no of its group, in the window: in it the person counts once.
    rows = chosen.of_team(rows) if chosen.uses_team else rows
    groups = [group.value(rows) for group in chosen.groups.values()]
    first = ibis.window(group_by=[*groups, rows.person_id], order_by=["asked_at", "ask_id"])
    rows = rows.mutate(is_first=ibis.row_number().over(first) == 0)
    return chosen.tally_of_team(
        rows,
        {},
        noes=_.count(),
        reasked=_.count(where=_.reasked),
        right_move=_.count(where=_.right),
        converted=_.count(where=_.yes_on.notnull()),
        median_days=_.days_to_yes.median(),
        people=_.count(where=_.is_first),
        people_converted=_.count(where=_.is_first & _.yes_on.notnull()),
    )


def _with_next_moment(noes: ir.Table, asks: ir.Table) -> ir.Table:
    """Add the person's next asked_at, its date and lowest ask_id, and the next yes's date."""
    moments = asks.group_by("person_id", "asked_at").aggregate(
        asked_on=_.asked_on.min(),
        lowest_id=_.ask_id.min(),
        yes_on=_.asked_on.min(where=_.outcome == "yes"),
    )
    in_order = ibis.window(group_by="person_id", order_by="asked_at")
    after = ibis.window(group_by="person_id", order_by="asked_at", rows=(1, None))
    moments = moments.select(
        "person_id",
        "asked_at",
        next_at=_.asked_at.lead().over(in_order),
        next_on=_.asked_on.lead().over(in_order),
        next_id=_.lowest_id.lead().over(in_order),
        next_yes_on=_.yes_on.min().over(after),
    )
    return noes.join(moments, ["person_id", "asked_at"])


def _with_counter_offers(noes: ir.Table, asks: ir.Table) -> ir.Table:
    """Add what is linked to the no: at the same moment (tied), or first at the next one."""
    linked = asks.filter(asks.after_ask_id != asks.ask_id).select(
        no_id="after_ask_id", person_id="person_id", at="asked_at", id="ask_id", said="outcome"
    )
    origins = asks.select(no_id="ask_id", person_id="person_id", no_at="asked_at")
    offers = (
        linked.join(origins, ["no_id", "person_id"])
        .group_by("no_id", "at", "no_at")
        .aggregate(id=_.id.min(), n_yes=_.count(where=_.said == "yes"))
        .group_by("no_id")
        .aggregate(
            tied_id=_.id.min(where=_["at"] == _.no_at),
            n_tied_yes=_.n_yes.sum(where=_["at"] == _.no_at),
            later_at=_["at"].min(where=_["at"] > _.no_at),
            later_id=_.id.argmin(_["at"], where=_["at"] > _.no_at),
        )
    )
    noes = noes.left_join(offers, noes.ask_id == offers.no_id).drop("no_id")
    is_next = noes.later_at == noes.next_at
    return noes.mutate(next_linked_id=ibis.ifelse(is_next, noes.later_id, None))


def _with_first_next_ask(noes: ir.Table, asks: ir.Table) -> ir.Table:
    """Add what the first later ask was for; whether it came in time is another matter."""
    noes = noes.mutate(first_id=ibis.coalesce(noes.tied_id, noes.next_linked_id, noes.next_id))
    firsts = asks.select(id="ask_id", first_for="ask_for", first_shift_id="shift_id")
    return noes.left_join(firsts, noes.first_id == firsts.id).drop("id")


def _right_move(noes: ir.Table) -> ir.Value:
    same_thing = noes.first_for == noes.ask_for
    # A shift that nobody named cannot be shown to be the same one.
    another_time = (noes.first_shift_id != noes.shift_id).fill_null(True)
    return ibis.cases(
        (noes.outcome == "not_now", noes.reasked & same_thing & another_time),
        (noes.outcome == "not_that", noes.reasked & ~same_thing),
        (noes.outcome == "not_ever", noes.first_id.isnull()),
        else_=False,
    ).fill_null(False)
