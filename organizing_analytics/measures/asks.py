"""Asks: what people say when they are asked, and whether a yes is kept.

One row is one ask, its date is asked_at's local date. `hard` is the guide's hard ask: a specific
action, with its urgency said. What happens after a no is in after_no.py.
"""

# Ibis calls them isnull and notnull; it has no isna and notna.
# ruff: noqa: PD004

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from organizing_analytics.estimates import add_rate
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
OUTCOMES_COLUMNS = (
    "asks",
    "answered",
    *OUTCOMES,
    "yes_rate",
    "low",
    "high",
    "contact_rate",
    "no_type_known",
)
KEPT_COLUMNS = ("yeses", "kept", "not_kept", "unrecorded", "rate", "low", "high")


@measure("asks outcomes", groups=GROUPS, shrinks=("yes", "answered"))
def asks_outcomes(chosen: Selection) -> pd.DataFrame:
    """Return what people said when they were asked.

    Parameters
    ----------
    store : Data
        An open store.
    by : str or sequence of str
        Any of team, asker, ask_for, ask_kind, hard, week, month, channel, in_meeting.
    since, until, as_of, team, with_subteams, confidence
        See `organizing_analytics.measures.select`; the date is that of the ask.
    shrink : bool
        Also `shrunk shrunk_low shrunk_high`: `yes_rate`, partially pooled with the other groups'.

    Returns
    -------
    DataFrame
        Group columns, the counts `asks answered yes not_now not_that not_ever no maybe
        no_answer`, then `yes_rate` (of the answered) with its `low high`, `contact_rate`
        (answered of asks) and `no_type_known` (of the noes, those whose kind was noted).

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """
    frame = chosen.fetch(asks_outcomes_counts(chosen))
    frame = add_rate(
        frame,
        successes="yes",
        n="answered",
        rate="yes_rate",
        bounds=("low", "high"),
        confidence=chosen.confidence,
    )
    frame = add_rate(frame, successes="answered", n="asks", rate="contact_rate")
    typed = ("not_now", "not_that", "not_ever")
    frame = add_rate(frame, successes=typed, n=(*typed, "no"), rate="no_type_known")
    return chosen.present(frame, OUTCOMES_COLUMNS)


def asks_outcomes_counts(chosen: Selection) -> ir.Table:
    """Return the asks of each outcome as an Ibis expression, one row per group."""
    return chosen.tally(
        chosen.within(chosen.table("asks"), "asked_on"),
        asks=_.count(),
        answered=_.count(where=_.outcome != "no_answer"),
        **{outcome: _.count(where=_.outcome == outcome) for outcome in OUTCOMES},
    )


@measure("asks kept", groups=GROUPS, shrinks=("kept", ("kept", "not_kept")))
def asks_kept(chosen: Selection) -> pd.DataFrame:
    """Return how many of those who said yes to a shift came to it.

    Counted are yeses that name a shift which starts after the ask, on or before `as_of`.

    Parameters
    ----------
    store : Data
        An open store.
    by : str or sequence of str
        Any of team, asker, ask_for, ask_kind, hard, week, month, channel, in_meeting.
    since, until, as_of, team, with_subteams, confidence
        See `organizing_analytics.measures.select`; the date is that of the ask.
    shrink : bool
        Also `shrunk shrunk_low shrunk_high`: `rate`, partially pooled with the other groups'.

    Returns
    -------
    DataFrame
        Group columns, `yeses kept not_kept unrecorded rate low high`. kept: the person attended
        that shift; unrecorded: is signed up there and nobody wrote down whether they came;
        not_kept: the rest, also who never signed up. rate = kept / (kept + not_kept).

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """
    frame = add_rate(
        chosen.fetch(asks_kept_counts(chosen)),
        successes="kept",
        n=("kept", "not_kept"),
        bounds=("low", "high"),
        confidence=chosen.confidence,
    )
    return chosen.present(frame, KEPT_COLUMNS)


def asks_kept_counts(chosen: Selection) -> ir.Table:
    """Return yeses, kept, not_kept and unrecorded as an Ibis expression, one row per group."""
    yeses = _yeses_to_past_shifts(chosen)
    found = _found_on_shift(yeses, live_signups(chosen))
    rows = yeses.left_join(found, yeses.ask_id == found.found_id)
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
    asks = chosen.within(chosen.table("asks"), "asked_on")
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
