"""What people say when asked, and what follows a no: in SQL, pandas and Polars."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from rivals.answers import AS_OF, DAY

if TYPE_CHECKING:
    import pandas as pd

SAID = ("yes", "not_now", "not_that", "not_ever", "no", "maybe", "no_answer")
OUTCOMES_SQL = f"""
SELECT team_id, count(*) AS asks, count(*) FILTER (outcome <> 'no_answer') AS answered,
       {", ".join(f"count(*) FILTER (outcome = '{said}') AS {said}" for said in SAID)}
FROM asks WHERE asked_on <= DATE '2026-11-22' GROUP BY team_id"""

#: The whole measure; pandas and Polars leave out the counter-offers and the right next move.
AFTER_NO_SQL = """
WITH a AS (SELECT * FROM asks WHERE asked_on <= DATE '2026-11-22'),
moments AS (
    SELECT person_id, asked_at, any_value(asked_on) AS asked_on, min(ask_id) AS first_id,
           max(outcome = 'yes') AS has_yes
    FROM a GROUP BY person_id, asked_at),
nexts AS (
    SELECT person_id, asked_at, lead(asked_at) OVER w AS next_at, lead(asked_on) OVER w AS next_on,
           lead(first_id) OVER w AS next_id,
           min(CASE WHEN has_yes THEN asked_on END) OVER (
               PARTITION BY person_id ORDER BY asked_at
               ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS yes_on
    FROM moments WINDOW w AS (PARTITION BY person_id ORDER BY asked_at)),
noes AS (
    SELECT a.*, n.next_at, n.next_on, n.next_id, n.yes_on
    FROM a JOIN nexts n ON n.person_id = a.person_id AND n.asked_at = a.asked_at
    WHERE a.outcome IN ('not_now', 'not_that', 'not_ever', 'no')
      AND a.asked_on + 30 <= DATE '2026-11-22'),
offers AS (
    SELECT o.after_ask_id AS no_id, min(o.ask_id) FILTER (o.asked_at = n.asked_at) AS tied_id,
           bool_or(o.outcome = 'yes' AND o.asked_at = n.asked_at) AS tied_yes,
           min(o.ask_id) FILTER (o.asked_at = n.next_at) AS linked_id
    FROM a o JOIN noes n ON n.ask_id = o.after_ask_id AND n.person_id = o.person_id
    WHERE o.after_ask_id <> o.ask_id GROUP BY o.after_ask_id),
rows AS (
    SELECT n.*, f.ask_id AS found_id, f.ask_for AS found_for, f.shift_id AS found_shift,
           o.tied_id IS NOT NULL OR coalesce(n.next_on <= n.asked_on + 30, false) AS reasked,
           CASE WHEN o.tied_yes THEN n.asked_on
                WHEN n.yes_on <= n.asked_on + 30 THEN n.yes_on END AS said_yes_on
    FROM noes n LEFT JOIN offers o ON o.no_id = n.ask_id
    LEFT JOIN asks f ON f.ask_id = coalesce(o.tied_id, o.linked_id, n.next_id))
SELECT outcome, count(*) AS noes, count(*) FILTER (reasked) AS reasked,
       count(said_yes_on) AS converted,
       count(*) FILTER (CASE outcome
           WHEN 'not_now' THEN reasked AND found_for = ask_for
                AND coalesce(found_shift <> shift_id, true)
           WHEN 'not_that' THEN reasked AND found_for <> ask_for
           WHEN 'not_ever' THEN found_id IS NULL END) AS right_move,
       CAST(median(said_yes_on - asked_on) AS VARCHAR) AS median_days
FROM rows GROUP BY outcome"""


def asks_outcomes_pandas(t: dict[str, pd.DataFrame]) -> list[int]:
    asks = t["asks"]
    asks = asks[asks["asked_on"] <= AS_OF]
    counts = asks.groupby("team_id", observed=True)["outcome"].value_counts().unstack(fill_value=0)
    asked, said = int(counts.to_numpy().sum()), [int(counts[said].sum()) for said in SAID]
    return [asked, asked - said[-1], *said, len(counts)]


def asks_outcomes_polars(t: dict[str, pl.LazyFrame]) -> list[int]:
    outcome = pl.col("outcome")
    counts = {said: (outcome == said).sum() for said in SAID}
    found = (
        t["asks"]
        .filter(pl.col("asked_on") <= AS_OF.date())
        .group_by("team_id")
        .agg(asks=pl.len(), answered=(outcome != "no_answer").sum(), **counts)
        .select(pl.col("asks", "answered", *SAID).sum(), groups=pl.len())
    )
    return [int(n) for n in found.collect().row(0)]


NOES = ["not_now", "not_that", "not_ever", "no"]


def asks_after_no_pandas(t: dict[str, pd.DataFrame]) -> list[int]:
    asks = t["asks"].loc[
        t["asks"]["asked_on"] <= AS_OF, ["person_id", "asked_at", "asked_on", "outcome"]
    ]
    asks = asks.sort_values(["person_id", "asked_at"])
    moments = (
        asks.assign(yes=asks["outcome"] == "yes")
        .groupby(["person_id", "asked_at"], sort=False, observed=True, as_index=False)
        .agg(asked_on=("asked_on", "first"), yes=("yes", "any"))
    )
    moments["next_on"] = moments.groupby("person_id", observed=True, sort=False)["asked_on"].shift(
        -1
    )
    said = moments["asked_on"].where(moments["yes"])
    after = said.groupby(moments["person_id"], observed=True, sort=False)
    moments["yes_on"] = after.shift(-1)
    moments["yes_on"] = moments.groupby("person_id", observed=True, sort=False)["yes_on"].bfill()
    noes = asks[asks["outcome"].isin(NOES) & (asks["asked_on"] + 30 * DAY <= AS_OF)]
    rows = noes.merge(
        moments[["person_id", "asked_at", "next_on", "yes_on"]], on=["person_id", "asked_at"]
    )
    last = rows["asked_on"] + 30 * DAY
    return [len(rows), int((rows["next_on"] <= last).sum()), int((rows["yes_on"] <= last).sum())]


def asks_after_no_polars(t: dict[str, pl.LazyFrame]) -> list[int]:
    asks = t["asks"].filter(pl.col("asked_on") <= AS_OF.date())
    asks = asks.select("person_id", "asked_at", "asked_on", "outcome")
    moments = (
        asks.group_by("person_id", "asked_at")
        .agg(pl.col("asked_on").first(), (pl.col("outcome") == "yes").any().alias("yes"))
        .sort("person_id", "asked_at")
        .with_columns(
            pl.col("asked_on").shift(-1).over("person_id").alias("next_on"),
            pl.when("yes").then("asked_on").shift(-1).over("person_id").alias("yes_on"),
        )
        .with_columns(pl.col("yes_on").backward_fill().over("person_id"))
    )
    month = timedelta(days=30)
    last = pl.col("asked_on") + month
    noes = asks.filter(pl.col("outcome").is_in(NOES), last <= AS_OF.date())
    rows = noes.join(
        moments.select("person_id", "asked_at", "next_on", "yes_on"), on=["person_id", "asked_at"]
    )
    found = rows.select(
        pl.len().alias("n"),
        (pl.col("next_on") <= last).sum().alias("r"),
        (pl.col("yes_on") <= last).sum().alias("c"),
    )
    return [int(n) for n in found.collect().row(0)]
