"""The measures once more, as somebody competent writes them in pandas, in Polars and in SQL.

Each takes the tables and gives the counts that the measure gives, or the run stops: a rival that
answers another question is none. Dates and joins are as the store has them, in memory for pandas
and Polars; the SQL runs on the store's own file.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

AS_OF = pd.Timestamp("2026-11-22")
DAY = np.timedelta64(1, "D")

# Show-up --------------------------------------------------------------------------------------

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


def _classes_pandas(t: dict[str, pd.DataFrame], *, extra: tuple[str, ...] = ()) -> pd.DataFrame:
    events = t["events"].loc[t["events"]["deleted_at"].isna(), ["event_id", "team_id", *extra]]
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
    return [int(n) for n in counts[[0, 1, 2, 3]].sum()]


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
    return [counts.get(n, 0) for n in range(4)]


# Retention ------------------------------------------------------------------------------------

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


# Asks and 1:1s --------------------------------------------------------------------------------

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
       CAST(count(*) FILTER (CASE outcome
           WHEN 'not_now' THEN reasked AND found_for = ask_for
                AND coalesce(found_shift <> shift_id, true)
           WHEN 'not_that' THEN reasked AND found_for <> ask_for
           WHEN 'not_ever' THEN found_id IS NULL END) AS VARCHAR) AS right_move,
       CAST(median(said_yes_on - asked_on) AS VARCHAR) AS median_days
FROM rows GROUP BY outcome"""

MEETINGS_SQL = """
WITH rows AS (
    SELECT *, status = 'held' AS held,
           status = 'held' AND scheduled_on <= DATE '2026-11-20' AS due
    FROM meetings WHERE scheduled_on <= DATE '2026-11-22'),
hits AS (
    SELECT DISTINCT r.meeting_id FROM rows r JOIN contacts c ON c.person_id = r.person_id
     AND c."at" > r.scheduled_at AND c."at" <= r.scheduled_at + INTERVAL 48 HOUR
    WHERE r.due AND c.reason IN ('follow_up', 'thank_you'))
SELECT kind, count(*) FILTER (held) AS held, count(*) FILTER (status = 'no_show') AS no_show,
       count(*) FILTER (status = 'cancelled') AS cancelled,
       count(*) FILTER (status = 'scheduled') AS unrecorded,
       count(*) FILTER (held AND commitment) AS committed,
       count(*) FILTER (held AND commitment AND purpose AND exploration AND exchange) AS complete,
       count(*) FILTER (held AND minutes IS NOT NULL) AS with_length,
       count(*) FILTER (held AND minutes BETWEEN 30 AND 60) AS good_length,
       count(*) FILTER (due) AS follow_up_due, count(hits.meeting_id) AS followed_up
FROM rows LEFT JOIN hits USING (meeting_id) GROUP BY kind"""


def asks_outcomes_pandas(t: dict[str, pd.DataFrame]) -> list[int]:
    asks = t["asks"]
    asks = asks[asks["asked_on"] <= AS_OF]
    counts = asks.groupby("team_id", observed=True)["outcome"].value_counts().unstack(fill_value=0)
    asked, said = int(counts.to_numpy().sum()), [int(counts[said].sum()) for said in SAID]
    return [asked, asked - said[-1], *said]


def asks_outcomes_polars(t: dict[str, pl.LazyFrame]) -> list[int]:
    outcome = pl.col("outcome")
    counts = {said: (outcome == said).sum() for said in SAID}
    found = (
        t["asks"]
        .filter(pl.col("asked_on") <= AS_OF.date())
        .group_by("team_id")
        .agg(asks=pl.len(), answered=(outcome != "no_answer").sum(), **counts)
        .select(pl.col("asks", "answered", *SAID).sum())
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


THANKS = ["follow_up", "thank_you"]


def meetings_pandas(t: dict[str, pd.DataFrame]) -> list[int]:
    rows = t["meetings"]
    rows = rows[rows["scheduled_on"] <= AS_OF]
    held = (rows["status"] == "held").to_numpy(bool)
    flags = {
        name: rows[name].fillna(False).to_numpy(bool)
        for name in ("commitment", "purpose", "exploration", "exchange")
    }
    due = held & (rows["scheduled_on"] <= AS_OF - 2 * DAY).to_numpy()
    contacts = t["contacts"].loc[t["contacts"]["reason"].isin(THANKS), ["person_id", "at"]]
    soon = pd.merge_asof(
        rows.loc[due, ["kind", "person_id", "scheduled_at"]].sort_values("scheduled_at"),
        contacts.sort_values("at"),
        left_on="scheduled_at",
        right_on="at",
        by="person_id",
        direction="forward",
        allow_exact_matches=False,
        tolerance=pd.Timedelta(hours=48),
    )
    frame = pd.DataFrame(
        {
            "kind": rows["kind"].to_numpy(),
            "held": held,
            "no_show": (rows["status"] == "no_show").to_numpy(bool),
            "cancelled": (rows["status"] == "cancelled").to_numpy(bool),
            "unrecorded": (rows["status"] == "scheduled").to_numpy(bool),
            "committed": held & flags["commitment"],
            "complete": held & np.logical_and.reduce(list(flags.values())),
            "with_length": held & rows["minutes"].notna().to_numpy(),
            "good_length": held & rows["minutes"].between(30, 60).to_numpy(),
            "follow_up_due": due,
        }
    )
    counts = frame.groupby("kind").sum()
    followed_up = soon["at"].notna().groupby(soon["kind"]).sum()
    return [*(int(n) for n in counts.sum()), int(followed_up.sum())]


def meetings_polars(t: dict[str, pl.LazyFrame]) -> list[int]:
    held, status = pl.col("status") == "held", pl.col("status")
    flags = [
        pl.col(n).fill_null(value=False)
        for n in ("commitment", "purpose", "exploration", "exchange")
    ]
    rows = t["meetings"].filter(pl.col("scheduled_on") <= AS_OF.date())
    due = held & (pl.col("scheduled_on") <= AS_OF.date() - timedelta(days=2))
    contacts = t["contacts"].filter(pl.col("reason").is_in(THANKS)).select("person_id", "at")
    soon = (
        rows.filter(due)
        .select("person_id", "scheduled_at")
        .sort("scheduled_at")
        .join_asof(
            contacts.sort("at").with_columns(found=pl.col("at")),
            left_on="scheduled_at",
            right_on="at",
            by="person_id",
            strategy="forward",
            allow_exact_matches=False,
            tolerance=timedelta(hours=48),
            check_sortedness=False,
        )
        .select(pl.col("found").is_not_null().sum())
    )
    found = (
        rows.group_by("kind")
        .agg(
            held=held.sum(),
            no_show=(status == "no_show").sum(),
            cancelled=(status == "cancelled").sum(),
            unrecorded=(status == "scheduled").sum(),
            committed=(held & flags[0]).sum(),
            complete=(held & pl.all_horizontal(flags)).sum(),
            with_length=(held & pl.col("minutes").is_not_null()).sum(),
            good_length=(held & pl.col("minutes").is_between(30, 60)).sum(),
            follow_up_due=due.sum(),
        )
        .select(pl.exclude("kind").sum())
    )
    counts, followed_up = pl.collect_all([found, soon])
    return [*(int(n) for n in counts.row(0)), int(followed_up.item())]


def sums(frame: pd.DataFrame, *columns: str) -> list[int]:
    """Return what an answer's counts add up to over its groups."""
    return [int(frame[column].sum()) for column in columns]


def sums_sql(connection: Any, query: str) -> list[int]:
    """Return what a query's counts add up to over its groups, which are no numbers."""
    frame = connection.sql(query).df()
    return [int(frame[c].sum()) for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c])]
