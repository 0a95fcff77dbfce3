"""Who comes back: in SQL, pandas and Polars."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import polars as pl

from rivals.answers import AS_OF, DAY

VISITS_SQL = """
visits AS (
    SELECT DISTINCT g.person_id, s.starts_on
    FROM signups g JOIN shifts s USING (shift_id) JOIN events e USING (event_id)
    WHERE s.deleted_at IS NULL AND e.deleted_at IS NULL AND g.attended
      AND s.starts_on <= DATE '2026-11-22')"""

RETURN_SQL = f"""
WITH {VISITS_SQL},
people AS (
    SELECT person_id, min(starts_on) AS first_on, min_by(starts_on, starts_on, 2)[2] AS second_on
    FROM visits GROUP BY person_id)
SELECT count(*), count(*) FILTER (first_on + 30 <= DATE '2026-11-22') AS matured,
       count(*) FILTER (first_on + 30 <= DATE '2026-11-22' AND second_on <= first_on + 30)
FROM people"""

TIERS_SQL = f"""
WITH {VISITS_SQL},
people AS (
    SELECT person_id, count(*) FILTER (starts_on > DATE '2026-11-08') AS lately,
           count(*) FILTER (starts_on > DATE '2026-10-23') AS month
    FROM visits GROUP BY person_id)
SELECT count(*) FILTER (lately >= 2), count(*) FILTER (lately < 2 AND month >= 2),
       count(*) FILTER (lately < 2 AND month = 1), count(*) FILTER (month = 0)
FROM people"""

COHORTS_SQL = f"""
WITH {VISITS_SQL},
firsts AS (
    SELECT person_id, starts_on, min(starts_on) OVER (PARTITION BY person_id) AS first_on
    FROM visits),
cells AS (
    SELECT date_trunc('month', first_on) AS cohort,
           date_diff('month', date_trunc('month', first_on), date_trunc('month', starts_on)) AS period,
           count(DISTINCT person_id) AS retained
    FROM firsts GROUP BY ALL)
SELECT sum(retained) FROM cells
WHERE last_day(CAST(cohort + to_months(CAST(period AS INTEGER)) AS DATE)) <= DATE '2026-11-22'"""


def _visits_pandas(t: dict[str, pd.DataFrame]) -> pd.DataFrame:
    events = t["events"].loc[t["events"]["deleted_at"].isna(), ["event_id"]]
    shifts = t["shifts"].loc[t["shifts"]["deleted_at"].isna()]
    shifts = shifts.loc[shifts["starts_on"] <= AS_OF, ["shift_id", "event_id", "starts_on"]]
    shifts = shifts.merge(events, on="event_id")[["shift_id", "starts_on"]]
    signups = t["signups"]
    came = signups.loc[signups["attended"].fillna(False), ["person_id", "shift_id"]]
    return came.merge(shifts, on="shift_id")[["person_id", "starts_on"]].drop_duplicates()


def retention_return_pandas(t: dict[str, pd.DataFrame]) -> list[int]:
    visits = _visits_pandas(t).sort_values(["person_id", "starts_on"])
    place = visits.groupby("person_id", observed=True, sort=False).cumcount()
    first = visits[place == 0].set_index("person_id")["starts_on"]
    second = visits[place == 1].set_index("person_id")["starts_on"].reindex(first.index)
    matured = first + 30 * DAY <= AS_OF
    back = matured & (second <= first + 30 * DAY)
    return [len(first), int(matured.sum()), int(back.sum())]


def retention_tiers_pandas(t: dict[str, pd.DataFrame]) -> list[int]:
    visits = _visits_pandas(t)
    recent = visits[visits["starts_on"] > AS_OF - 30 * DAY]
    month = recent.groupby("person_id", observed=True).size()
    short = (
        recent[recent["starts_on"] > AS_OF - 14 * DAY].groupby("person_id", observed=True).size()
    )
    short = short.reindex(month.index, fill_value=0)
    people = visits["person_id"].nunique()
    super_active = int((short >= 2).sum())
    active = int(((short < 2) & (month >= 2)).sum())
    almost = int(((short < 2) & (month == 1)).sum())
    return [super_active, active, almost, people - super_active - active - almost]


def retention_cohorts_pandas(t: dict[str, pd.DataFrame]) -> list[int]:
    visits = _visits_pandas(t)
    month = visits["starts_on"].to_numpy().astype("datetime64[M]").astype("int64")
    first = pd.Series(month).groupby(visits["person_id"].to_numpy()).transform("min").to_numpy()
    rows = pd.DataFrame(
        {"person_id": visits["person_id"].to_numpy(), "first": first, "month": month}
    )
    cells = rows.drop_duplicates().groupby(["first", "month"]).size().reset_index(name="n")
    ends = (cells["month"].to_numpy() + 1).astype("datetime64[M]").astype("datetime64[D]") - DAY
    return [int(cells.loc[ends <= np.datetime64(AS_OF, "D"), "n"].sum())]


def _visits_polars(t: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    events = t["events"].filter(pl.col("deleted_at").is_null()).select("event_id")
    shifts = (
        t["shifts"]
        .filter(pl.col("deleted_at").is_null(), pl.col("starts_on") <= AS_OF.date())
        .join(events, on="event_id", how="semi")
        .select("shift_id", "starts_on")
    )
    came = t["signups"].filter(pl.col("attended")).select("person_id", "shift_id")
    return came.join(shifts, on="shift_id").select("person_id", "starts_on").unique()


def retention_return_polars(t: dict[str, pl.LazyFrame]) -> list[int]:
    first, month = pl.col("first"), timedelta(days=30)
    day = AS_OF.date()
    people = (
        _visits_polars(t)
        .group_by("person_id")
        .agg(
            pl.col("starts_on").min().alias("first"),
            pl.col("starts_on").bottom_k(2).max().alias("second"),
            pl.len().alias("n"),
        )
    )
    matured = first + month <= day
    back = matured & (pl.col("n") > 1) & (pl.col("second") <= first + month)
    return list(
        people.select(pl.len(), matured.sum().alias("m"), back.sum().alias("b")).collect().row(0)
    )


def retention_tiers_polars(t: dict[str, pl.LazyFrame]) -> list[int]:
    day, on = AS_OF.date(), pl.col("starts_on")
    people = (
        _visits_polars(t)
        .group_by("person_id")
        .agg(
            (on > day - timedelta(days=14)).sum().alias("short"),
            (on > day - timedelta(days=30)).sum().alias("month"),
        )
    )
    short, month = pl.col("short"), pl.col("month")
    return list(
        people.select(
            (short >= 2).sum().alias("a"),
            ((short < 2) & (month >= 2)).sum().alias("b"),
            ((short < 2) & (month == 1)).sum().alias("c"),
            (month == 0).sum().alias("d"),
        )
        .collect()
        .row(0)
    )


def retention_cohorts_polars(t: dict[str, pl.LazyFrame]) -> list[int]:
    month = pl.col("starts_on").dt.truncate("1mo")
    rows = _visits_polars(t).select("person_id", month.alias("month")).unique()
    first = rows.group_by("person_id").agg(pl.col("month").min().alias("first"))
    cells = rows.join(first, on="person_id").group_by("first", "month").len()
    known = cells.filter(pl.col("month").dt.month_end() <= AS_OF.date())
    return [int(known.select(pl.col("len").sum()).collect().item())]
