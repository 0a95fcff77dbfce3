"""The past as it was known then: who was on a list some days before its shift, and who came.

    read_history    one row per past sign-up that was on the list `ahead` days before the start
    read_lists      the same rows for shifts ahead, as the lists stand at the end of a date
    with_records    adds each person's own record, of what was known at that moment

Nothing that happened after the moment is in a row, except the outcome of a past one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from organizing_analytics.expressions import ibis
from organizing_analytics.measures.clock import end_of, ends_of
from organizing_analytics.measures.rows import live_shifts

if TYPE_CHECKING:
    from datetime import date

    import ibis.expr.types as ir

    from organizing_analytics.store import Data

#: The most recent outcomes are enough to learn from; a store may hold millions.
MAX_OUTCOMES = 200_000
#: Days from sign-up to shift that nobody knows.
UNKNOWN_LEAD = -1
COLUMNS = (
    "signup_id",
    "person_id",
    "shift_id",
    "event_id",
    "team",
    "event_type",
    "starts_at",
    "starts_on",
    "lead",
    "confirmed",
)


def shifts_to_plan(store: Data) -> ir.Table:
    """Return the shifts that are not deleted, nor their event, with what planning needs of them.

    Columns: `shift_id event_id starts_at starts_on need capacity title timezone event_type team`.
    """
    shifts = live_shifts(
        store, shift_columns=("need", "capacity"), event_columns=("title", "timezone")
    )
    return shifts.drop("ends_at").rename(team="team_id")


def read_history(
    store: Data, until: date, *, ahead: int = 0, with_outcome: bool = True
) -> pd.DataFrame:
    """Return past sign-ups as they stood before their shift, and what became of them.

    Parameters
    ----------
    store : Data
        An open store.
    until : date
        Shifts up to this local date; what was written down later is not in their rows, but for
        the outcome.
    ahead : int
        The lists are read at the end of the local date this many days before the shift's, as a
        forecast reads them; 0 at the start itself.
    with_outcome : bool
        Only rows whose outcome is known: attended, or not (a later cancelling is not). Else all
        that were on the list, `came` being false where nobody wrote it down.

    Returns
    -------
    DataFrame
        `COLUMNS` and `came`, one row per sign-up that was on the list at that moment. By
        starts_at, then signup_id; the most recent `MAX_OUTCOMES`.
    """
    shifts = shifts_to_plan(store)
    shifts = shifts.filter(shifts.starts_on <= until)
    moment = shifts.starts_at
    if ahead:
        day = shifts.starts_on - ibis.interval(days=ahead)
        ends = ends_of(day, store.settings.timezone, until)
        moment = ibis.least(shifts.starts_at, ends)
    rows = _on_the_list(store, shifts.mutate(moment=moment))
    if with_outcome:
        rows = rows.filter(rows.attended.notnull() | rows.cancelled)
    rows = rows.mutate(came=rows.attended.fill_null(False))
    recent = rows.order_by(ibis.desc("starts_at"), ibis.desc("signup_id")).limit(MAX_OUTCOMES)
    frame = store.execute(recent.select(*COLUMNS, "came"))
    return _tidy(frame.assign(came=frame["came"].astype("float64")))


def untimed_cancels(store: Data, until: date) -> float:
    """Return the share of past sign-ups that were cancelled, nobody knows when.

    They are on no list of the past, since it cannot be told until when they were. Somebody who
    signs up from now on may become one of them.
    """
    shifts = shifts_to_plan(store)
    shifts = shifts.filter(shifts.starts_on <= until).select("shift_id")
    signups = store.recorded_table("signups")
    signups = signups.filter(~signups.is_walk_in.fill_null(False)).join(shifts, "shift_id")
    has_outcome = signups.attended.notnull() | (signups.status == "cancelled")
    lost = (
        (signups.status == "cancelled")
        & signups.cancelled_at.isnull()
        & ~signups.attended.fill_null(False)
    )
    counts = signups.aggregate(outcomes=has_outcome.sum(), lost=lost.sum())
    sums = store.execute(counts).iloc[0].fillna(0)
    return float(sums["lost"] / sums["outcomes"]) if sums["outcomes"] else 0.0


def read_lists(store: Data, shifts: ir.Table, day: date) -> pd.DataFrame:
    """Return the sign-ups of shifts ahead as the lists stand at the end of a date.

    Returns
    -------
    DataFrame
        `COLUMNS`, one row per sign-up on a list.
    """
    moment = ibis.literal(end_of(day, store.settings.timezone), type="timestamp")
    rows = _on_the_list(store, shifts.mutate(moment=moment))
    return _tidy(store.execute(rows.select(*COLUMNS)))


def _on_the_list(store: Data, shifts: ir.Table) -> ir.Table:
    """Return the sign-ups that are on their shift's list at its `moment`."""
    signups = store.recorded_table("signups").select(
        "signup_id", "shift_id", "person_id", "signed_up_at", "signed_up_on", "status",
        "confirmed_at", "cancelled_at", "attended", "is_walk_in",
    )  # fmt: skip
    rows = signups.join(shifts, "shift_id")
    at = rows.moment
    # Nobody is on the list before signing up, and who comes without signing up never was.
    ahead = (rows.signed_up_at < at) & (rows.signed_up_at < rows.starts_at)
    signed_up = ahead.fill_null(True) & ~rows.is_walk_in.fill_null(False)
    cancelled = rows.status == "cancelled"
    gone = cancelled & (rows.cancelled_at < at).fill_null(True)
    # Being there wins over a status that says cancelled, but nobody knows it before.
    confirmed = (rows.confirmed_at < at) & (rows.confirmed_at < rows.starts_at)
    lead = rows.starts_on.delta(rows.signed_up_on, unit="day")
    return rows.filter(signed_up & ~gone).mutate(
        lead=ibis.greatest(lead, 0).fill_null(UNKNOWN_LEAD),
        confirmed=ibis.coalesce(confirmed, rows.status == "confirmed"),
        cancelled=cancelled,
    )


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
    texts = {name: frame[name].astype(object) for name in ("team", "event_type", "event_id")}
    frame = frame.assign(
        **{name: column.where(column.notna(), "") for name, column in texts.items()},
        starts_on=pd.to_datetime(frame["starts_on"]).astype("datetime64[s]"),
        lead=frame["lead"].astype("int64"),
        confirmed=frame["confirmed"].astype("bool"),
    )
    return frame.sort_values(["starts_at", "signup_id"], ignore_index=True)


def with_records(rows: pd.DataFrame, past: pd.DataFrame, *, ahead: int = 0) -> pd.DataFrame:
    """Return rows with each person's own record at the moment.

    Four columns: `came_before` and `listed_before` count it; `last_came` is the share attended of
    the last date on which the person was listed, 0.5 without one; `visit_days` counts the days
    since the last visit, -1 without one.

    Parameters
    ----------
    rows : DataFrame
        With `person_id` and `starts_on`.
    past : DataFrame
        From `read_history`.
    ahead : int
        The record counts shifts up to the date this many days before the row's own; with 0,
        shifts of earlier dates, since what happened on the day itself is not known on it.
    """
    daily = past.groupby(["person_id", "starts_on"], sort=False)["came"].agg(["sum", "count"])
    daily = daily.reset_index().sort_values("starts_on", kind="stable")
    daily["person_id"] = daily["person_id"].astype("str")  # of no rows, too
    sums = daily.groupby("person_id", sort=False)[["sum", "count"]].cumsum()
    daily = daily.assign(
        came_before=sums["sum"],
        listed_before=sums["count"],
        last_came=daily["sum"] / daily["count"],
        visited_on=daily["starts_on"].where(daily["sum"] > 0),
    )
    daily["visited_on"] = daily.groupby("person_id", sort=False)["visited_on"].ffill()
    wanted = pd.DataFrame(
        {
            "person_id": rows["person_id"].astype("str").array,
            "known_on": rows["starts_on"].to_numpy() - np.timedelta64(max(ahead - 1, 0), "D"),
            "place": np.arange(len(rows)),
        }
    ).sort_values("known_on", kind="stable")
    records = pd.merge_asof(
        wanted,
        daily.drop(columns=["sum", "count"]),
        left_on="known_on",
        right_on="starts_on",
        by="person_id",
        allow_exact_matches=False,
    ).sort_values("place")
    since = (records["known_on"] - records["visited_on"]).dt.days
    return rows.assign(
        came_before=records["came_before"].fillna(0.0).to_numpy(),
        listed_before=records["listed_before"].fillna(0.0).to_numpy(),
        last_came=records["last_came"].fillna(0.5).to_numpy(),
        visit_days=since.fillna(-1.0).to_numpy(),
    )
