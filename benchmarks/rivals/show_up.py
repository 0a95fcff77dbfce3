"""Of those who signed up, who came: in SQL, pandas and Polars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rivals.answers import AS_OF

if TYPE_CHECKING:
    import pandas as pd

SHOW_UP_SQL = """
WITH rows AS (
    SELECT e.team_id, s.starts_at, g.*,
           coalesce(g.is_walk_in, false) OR coalesce(g.signed_up_at >= s.starts_at, false) AS late
    FROM signups g JOIN shifts s USING (shift_id) JOIN events e USING (event_id)
    WHERE s.deleted_at IS NULL AND e.deleted_at IS NULL AND s.starts_on <= DATE '2026-11-22'),
classes AS (
    SELECT team_id, CASE
        WHEN late AND attended THEN 'walk_in' WHEN late THEN 'left_out'
        WHEN attended THEN 'attended'
        WHEN status = 'cancelled' AND coalesce(cancelled_at < starts_at, true) THEN 'cancelled'
        WHEN attended = false OR status = 'cancelled' THEN 'no_show'
        ELSE 'unrecorded' END AS class
    FROM rows)
SELECT {keys} count(*) FILTER (class = 'attended') AS attended,
       count(*) FILTER (class = 'no_show') AS no_show,
       count(*) FILTER (class = 'cancelled') AS cancelled,
       count(*) FILTER (class = 'unrecorded') AS unrecorded
FROM classes {group}"""


def _classes_pandas(t: dict[str, pd.DataFrame]) -> pd.DataFrame:
    events = t["events"].loc[t["events"]["deleted_at"].isna(), ["event_id", "team_id"]]
    shifts = t["shifts"].loc[t["shifts"]["deleted_at"].isna()]
    shifts = shifts.loc[shifts["starts_on"] <= AS_OF, ["shift_id", "event_id", "starts_at"]]
    shifts = shifts.merge(events, on="event_id")
    rows = t["signups"][
        ["shift_id", "status", "attended", "signed_up_at", "cancelled_at", "is_walk_in"]
    ].merge(shifts, on="shift_id")
    attended = rows["attended"].fillna(False).to_numpy(bool)
    absent = (~rows["attended"].fillna(True)).to_numpy(bool)
    late = (
        rows["is_walk_in"].fillna(False).to_numpy(bool)
        | (rows["signed_up_at"] >= rows["starts_at"]).to_numpy()
    )
    gone = (rows["status"] == "cancelled").to_numpy(bool)
    in_time = gone & ~(rows["cancelled_at"] >= rows["starts_at"]).to_numpy()
    rows["class"] = np.select(
        [late, attended, in_time, absent | gone], [4, 0, 2, 1], default=3
    ).astype("int8")
    return rows


def show_up_pandas(t: dict[str, pd.DataFrame]) -> list[int]:
    counts = np.bincount(_classes_pandas(t)["class"], minlength=5)
    return [int(n) for n in counts[:4]]


def show_up_by_team_pandas(t: dict[str, pd.DataFrame]) -> list[int]:
    rows = _classes_pandas(t)
    counts = rows.groupby("team_id", observed=True)["class"].value_counts().unstack(fill_value=0)
    counts = counts[[0, 1, 2, 3]]
    return [*(int(n) for n in counts.sum()), len(counts)]


def _classes_polars(t: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    shifts = (
        t["shifts"]
        .filter(pl.col("deleted_at").is_null(), pl.col("starts_on") <= AS_OF.date())
        .select("shift_id", "event_id", "starts_at")
        .join(
            t["events"].filter(pl.col("deleted_at").is_null()).select("event_id", "team_id"),
            on="event_id",
        )
    )
    late = pl.col("is_walk_in").fill_null(value=False) | (
        pl.col("signed_up_at") >= pl.col("starts_at")
    ).fill_null(value=False)
    gone = pl.col("status") == "cancelled"
    in_time = gone & (pl.col("cancelled_at") < pl.col("starts_at")).fill_null(value=True)
    came = pl.col("attended").fill_null(value=False)
    return (
        t["signups"]
        .join(shifts, on="shift_id")
        .select(
            "team_id",
            pl.when(late)
            .then(4)
            .when(came)
            .then(0)
            .when(in_time)
            .then(2)
            .when(~pl.col("attended").fill_null(value=True) | gone)
            .then(1)
            .otherwise(3)
            .alias("class"),
        )
    )


def show_up_polars(t: dict[str, pl.LazyFrame]) -> list[int]:
    found = _classes_polars(t).group_by("class").len().collect()
    counts = dict(found.iter_rows())
    return [counts.get(n, 0) for n in range(4)]


def show_up_by_team_polars(t: dict[str, pl.LazyFrame]) -> list[int]:
    found = _classes_polars(t).group_by("team_id", "class").len().collect()
    counts = dict(found.group_by("class").agg(pl.col("len").sum()).iter_rows())
    return [*(counts.get(n, 0) for n in range(4)), found["team_id"].n_unique()]
