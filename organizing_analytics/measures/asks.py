"""How `asks outcomes` and `asks kept` are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.catalog.asks import ASKS_KEPT, ASKS_OUTCOMES
from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures.groups import Group, column, flag, month_of, week_of
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.rows import class_of, live_shifts, live_signups
from organizing_analytics.model import OUTCOMES

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.measures.selection import Selection


def hard(asks: ir.Table) -> ir.Value:
    """Return whether an ask was specific and urgent; null when either was not noted."""
    noted = asks.is_specific.notnull() & asks.is_urgent.notnull()
    return ibis.cases((noted, asks.is_specific & asks.is_urgent))


GROUPS: dict[str, Group] = {
    "team": column("team_id"),
    "asker": column("asker_id"),
    "ask_for": column("ask_for"),
    "ask_kind": column("ask_kind"),
    "hard": flag(hard),
    "week": week_of("asked_on"),
    "month": month_of("asked_on"),
    "channel": column("channel"),
    "in_meeting": flag(lambda asks: asks.meeting_id.notnull()),
}


@measure(ASKS_OUTCOMES, GROUPS)
def asks_outcomes(chosen: Selection) -> pd.DataFrame:
    """Return what people said when they were asked."""
    return chosen.present(chosen.fetch(asks_outcomes_counts(chosen)))


def asks_outcomes_counts(chosen: Selection) -> ir.Table:
    """Return the asks of each outcome as an Ibis expression, one row per group."""
    return chosen.tally(
        chosen.within(chosen.recorded_table("asks"), "asked_on"),
        asks=_.count(),
        answered=_.count(where=_.outcome != "no_answer"),
        **{outcome: _.count(where=_.outcome == outcome) for outcome in OUTCOMES},
    )


@measure(ASKS_KEPT, GROUPS)
def asks_kept(chosen: Selection) -> pd.DataFrame:
    """Return how many of those who said yes to a shift came to it."""
    return chosen.present(chosen.fetch(asks_kept_counts(chosen)))


def asks_kept_counts(chosen: Selection) -> ir.Table:
    """Return yeses, kept, not_kept and unrecorded as an Ibis expression, one row per group."""
    yeses = _yeses_to_past_shifts(chosen)
    signups_of_yes = _found_on_shift(yeses, live_signups(chosen))
    rows = yeses.left_join(signups_of_yes, yeses.ask_id == signups_of_yes.found_id)
    came = (rows.n_came > 0).fill_null(False)
    unrecorded = ~came & (rows.n_unrecorded > 0).fill_null(False)
    return chosen.tally(
        rows.mutate(came=came, unrecorded=unrecorded),
        yeses=_.count(),
        kept=_.count(where=_.came),
        not_kept=_.count(where=~_.came & ~_.unrecorded),
        unrecorded=_.count(where=_.unrecorded),
    )


def _yeses_to_past_shifts(chosen: Selection) -> ir.Table:
    asks = chosen.within(chosen.recorded_table("asks"), "asked_on")
    yeses = asks.filter(asks.outcome == "yes")
    shifts = live_shifts(chosen)
    shifts = shifts.filter(shifts.starts_on <= chosen.as_of).select("shift_id", "starts_at")
    named = yeses.join(shifts, "shift_id")
    return named.filter(named.starts_at > named.asked_at)


def _found_on_shift(yeses: ir.Table, signups: ir.Table) -> ir.Table:
    """Return, for yeses with a sign-up of the person on the shift, what is recorded there."""
    signups = signups.select("shift_id", "person_id", "attended", signup_class=class_of(signups))
    asked = yeses.select("ask_id", "shift_id", "person_id")
    return (
        asked.join(signups, ["shift_id", "person_id"])
        .group_by(found_id=_.ask_id)
        .aggregate(
            n_came=_.count(where=_.attended.fill_null(False)),
            n_unrecorded=_.count(where=_.signup_class == "unrecorded"),
        )
    )
