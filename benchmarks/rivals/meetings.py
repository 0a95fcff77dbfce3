"""1:1s held, complete and followed up: in SQL, pandas and Polars."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import polars as pl

from rivals.answers import AS_OF, DAY

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
