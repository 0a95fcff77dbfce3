"""Show-up: of those who signed up, who came.

One row is one sign-up, its date is the shift's local date. Every sign-up falls in one class, the
first that fits:

    walk_in         flagged as one, or signed up at or after the start, and attended
    left_out        the same, but did not attend: counted only here
    attended        attended, whatever the status says
    cancelled       cancelled before the start, or nobody knows when
    no_show         recorded as absent, or cancelled at or after the start
    unrecorded      nobody wrote it down; unknown is not absent

    scheduled       attended + cancelled + no_show + unrecorded
    rate            attended / (attended + no_show): of those still on the list, who came
    rate_if_none    the rate if none of the unrecorded had come
    rate_if_all     the rate if all of them had come
    flake_rate      (no_show + cancelled) / (attended + no_show + cancelled)
    recorded_share  (attended + no_show) / (attended + no_show + unrecorded)

Walk-ins are in no denominator; nor are the left_out, who were put on the list at or after the
start and did not come. 1 - flake_rate is the turnout of all who signed up: schedule ahead by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibis import _

from organizing_analytics.estimates import add_rate
from organizing_analytics.measures.groups import (
    Group,
    bucket,
    column,
    flag,
    month_of,
    week_of,
    weekday_of,
)
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.rows import (
    LEADS,
    class_of,
    first_shifts,
    is_confirmed,
    is_first_timer,
    lead_of,
    live_signups,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.measures.selection import Selection


CLASSES = ("attended", "no_show", "cancelled", "unrecorded", "walk_in", "left_out")
COLUMNS = (
    "scheduled",
    *CLASSES,
    "rate",
    "low",
    "high",
    "rate_if_none",
    "rate_if_all",
    "flake_rate",
    "recorded_share",
)
GROUPS: dict[str, Group] = {
    "team": column("team_id"),
    "event_type": column("event_type"),
    "event": column("event_id"),
    "shift": column("shift_id"),
    "recruiter": column("recruiter_id"),
    "channel": column("channel"),
    "role": column("role"),
    "week": week_of("starts_on"),
    "month": month_of("starts_on"),
    "weekday": weekday_of("starts_on"),
    "lead": bucket(lead_of, LEADS),
    "confirmed": flag(is_confirmed),
    "first_timer": flag(is_first_timer),
}


@measure("show-up", groups=GROUPS, shrinks=("attended", ("attended", "no_show")))
def show_up(chosen: Selection, *, same_day: bool = True) -> pd.DataFrame:
    """Return how many of the people who signed up came.

    Parameters
    ----------
    store : Data
        An open store.
    by : str or sequence of str
        Any of team, event_type, event, shift, recruiter, channel, role, week, month, weekday,
        lead, confirmed, first_timer.
    since, until, as_of, team, with_subteams, confidence
        See `organizing_analytics.measures.select`; the date is the shift's local date.
    same_day : bool
        False leaves out sign-ups made on the shift's local date, which inflate show-up; walk-ins
        and the left_out stay.
    shrink : bool
        Also `shrunk shrunk_low shrunk_high`: `rate`, partially pooled with the other groups'.

    Returns
    -------
    DataFrame
        One row per group: the group columns, the counts `scheduled attended no_show cancelled
        unrecorded walk_in left_out`, then `rate low high rate_if_none rate_if_all flake_rate
        recorded_share` in 0 to 1, NaN where nothing was counted.

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """
    counts = chosen.fetch(show_up_counts(chosen, same_day=same_day))
    return chosen.present(_with_rates(counts, chosen), COLUMNS)


def show_up_counts(chosen: Selection, *, same_day: bool = True) -> ir.Table:
    """Return the sign-ups of each class as an Ibis expression, one row per group."""
    rows = chosen.within(live_signups(chosen), "starts_on")
    rows = rows.mutate(signup_class=class_of(rows))
    if not same_day:
        on_the_day = (rows.signed_up_on == rows.starts_on).fill_null(False)
        rows = rows.filter(~on_the_day | rows.signup_class.isin(("walk_in", "left_out")))
    if chosen.wants("first_timer"):
        rows = rows.left_join(first_shifts(chosen), "person_id").drop("person_id_right")
    return chosen.tally(rows, **{name: _.count(where=_.signup_class == name) for name in CLASSES})


def _with_rates(counts: pd.DataFrame, chosen: Selection) -> pd.DataFrame:
    frame = counts.assign(
        scheduled=counts[["attended", "cancelled", "no_show", "unrecorded"]].sum(axis="columns")
    )
    known, all_on_list = ("attended", "no_show"), ("attended", "no_show", "unrecorded")
    frame = add_rate(
        frame, successes="attended", n=known, bounds=("low", "high"), confidence=chosen.confidence
    )
    frame = add_rate(frame, successes="attended", n=all_on_list, rate="rate_if_none")
    frame = add_rate(frame, successes=("attended", "unrecorded"), n=all_on_list, rate="rate_if_all")
    frame = add_rate(
        frame,
        successes=("no_show", "cancelled"),
        n=("attended", "no_show", "cancelled"),
        rate="flake_rate",
    )
    return add_rate(frame, successes=known, n=all_on_list, rate="recorded_share")
