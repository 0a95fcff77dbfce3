"""Each measure against pandas, Polars and hand-written SQL, and its growth.

python benchmarks/measures.py 1_000_000 FOLDER
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import campaign
import pandas as pd
import polars as pl
from rivals import asks, meetings, retention, show_up, sums, sums_and_groups, sums_sql
from table import Row, in_turns, keep, size_words, target_at

import organizing_analytics as oa
from organizing_analytics.measures.show_up import GROUPS
from organizing_analytics.model import TABLES as TABLES_OF_MODEL

AS_OF = "2026-11-22"
SHOWN = ("attended", "no_show", "cancelled", "unrecorded")
OF_MEETINGS = (
    "held", "no_show", "cancelled", "unrecorded", "committed", "complete", "with_length",
    "good_length", "follow_up_due", "followed_up",
)  # fmt: skip
PART = "Measures"
#: More does not fit into the memory of pandas on the machine that this was written for.
MOST_IN_MEMORY = 10_000_000
#: What a group column adds is seen by then.
MOST_GROUPED = 10_000_000
#: Name → ours, the rival's functions, the SQL.
MEASURES: dict[str, tuple[Callable[[Any], list[int]], Any, Any, str]] = {
    "show-up": (
        lambda s: sums(oa.show_up(s, as_of=AS_OF), *SHOWN),
        show_up.show_up_pandas,
        show_up.show_up_polars,
        show_up.SHOW_UP_SQL.format(keys="", group=""),
    ),
    "show-up --by team": (
        lambda s: sums_and_groups(oa.show_up(s, by="team", as_of=AS_OF), *SHOWN),
        show_up.show_up_by_team_pandas,
        show_up.show_up_by_team_polars,
        show_up.SHOW_UP_SQL.format(keys="team_id,", group="GROUP BY team_id"),
    ),
    "retention return": (
        lambda s: sums(oa.retention_return(s, as_of=AS_OF), "people", "matured", "returned"),
        retention.retention_return_pandas,
        retention.retention_return_polars,
        retention.RETURN_SQL,
    ),
    "retention tiers": (
        lambda s: oa.retention_tiers(s, as_of=AS_OF)["people"].tolist(),
        retention.retention_tiers_pandas,
        retention.retention_tiers_polars,
        retention.TIERS_SQL,
    ),
    "retention cohorts": (
        lambda s: sums(oa.retention_cohorts(s, as_of=AS_OF).fillna({"retained": 0}), "retained"),
        retention.retention_cohorts_pandas,
        retention.retention_cohorts_polars,
        retention.COHORTS_SQL,
    ),
    "asks outcomes --by team": (
        lambda s: sums_and_groups(
            oa.asks_outcomes(s, by="team", as_of=AS_OF), "asks", "answered", *asks.SAID
        ),
        asks.asks_outcomes_pandas,
        asks.asks_outcomes_polars,
        asks.OUTCOMES_SQL,
    ),
    "asks after-no": (
        lambda s: sums(oa.asks_after_no(s, as_of=AS_OF), "noes", "reasked", "converted", "right_move"),
        asks.asks_after_no_pandas,
        asks.asks_after_no_polars,
        asks.AFTER_NO_SQL,
    ),
    "meetings": (
        lambda s: sums(oa.meetings(s, as_of=AS_OF), *OF_MEETINGS),
        meetings.meetings_pandas,
        meetings.meetings_polars,
        meetings.MEETINGS_SQL,
    ),
}  # fmt: skip
FLAGS = [c.name for table in TABLES_OF_MODEL for c in table.columns if c.kind == "flag"]
TABLES = ("events", "shifts", "signups", "asks", "meetings", "contacts")


def loaded(folder: Path, signups: int) -> Path:
    """Return the store of a made-up campaign, made when it is not there."""
    store = campaign.place(signups, folder) / "store"
    if not (store / "store.json").exists():
        oa.load_files(campaign.make(signups, folder), store=store, timezone="America/Chicago")
    return store


def exported(store: Path) -> Path:
    """Return the store's tables as Parquet, made when they are not there."""
    target = store.parent / "exported"
    if not target.exists():
        with oa.open_store(store) as data:
            oa.export(data, target)
    return target


def in_memory(files: dict[str, Path]) -> tuple[dict[str, pd.DataFrame], dict[str, pl.LazyFrame]]:
    """Return the tables as pandas and as Polars have them."""
    # Flags that may be unknown are pandas' own nullable ones.
    frames = {name: pd.read_parquet(path) for name, path in files.items()}
    for frame in frames.values():
        for column in frame.columns:
            if column.endswith("_on"):
                frame[column] = pd.to_datetime(frame[column])
            elif column in FLAGS:
                frame[column] = frame[column].astype("boolean")
    return frames, {n: pl.read_parquet(path / "*.parquet").lazy() for n, path in files.items()}


def measure_all(
    data: oa.Store, files: dict[str, Path] | None, *, signups: int, runs: int
) -> list[Row]:
    """Return each measure against its rivals; without `files` against SQL alone."""
    size, rows, faster = size_words(signups), [], []
    frames, lazy = in_memory(files) if files else ({}, {})
    for name, (ours, by_pandas, by_polars, sql) in MEASURES.items():
        expected = ours(data)
        against: dict[str, tuple[Callable[[], Any], float | None, bool]] = {}
        if files:
            against["pandas, in memory"] = (lambda: by_pandas(frames), 2, True)
            against["Polars, in memory"] = (lambda: by_polars(lazy), None, True)
        against["hand-written SQL"] = (lambda: sums_sql(data.connection, sql), 1.3, False)
        for rival, (theirs, target, is_speedup) in against.items():
            answer = theirs()
            if answer != expected[: len(answer)]:  # some leave the last out, as said where they are
                raise SystemExit(f"{name}: ours {expected}, {rival} {answer}")
            mine, other = in_turns(lambda: ours(data), theirs, runs=runs, warm=False)
            goal = target_at(signups, target) if target else None
            rows.append(Row(PART, f"`oa {name}`", size, mine, rival, other, goal, is_speedup, runs))
            if rival.startswith("pandas"):
                faster.append(other / mine)
    if faster:
        mean = statistics.geometric_mean(faster)
        rows.append(
            Row(PART, "all of these", size, 1.0, "pandas, in memory", mean,
                target_at(signups, 5), True, runs, "", "geometric mean")
        )  # fmt: skip
    return rows


def measure_groups(data: oa.Store, *, signups: int, runs: int) -> list[Row]:
    """Return what each group column adds to the time of `oa show-up`."""
    rows = []
    for by in GROUPS:
        grouped, plain = in_turns(
            lambda: oa.show_up(data, by=by, as_of=AS_OF),
            lambda: oa.show_up(data, as_of=AS_OF),
            runs=runs,
        )
        rows.append(
            Row("Group columns", f"`oa show-up --by {by}`", size_words(signups), grouped,
                "without --by", plain, None, False, runs)
        )  # fmt: skip
    return rows


def main(signups: int, folder: Path, runs: int = 5) -> None:
    """Measure and keep."""
    store = loaded(folder, signups)
    files = None
    if signups <= MOST_IN_MEMORY:
        files = {name: exported(store) / name for name in TABLES}
    with oa.open_store(store) as data:
        keep(measure_all(data, files, signups=signups, runs=runs))
        if signups <= MOST_GROUPED:
            keep(measure_groups(data, signups=signups, runs=runs))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), *(int(n) for n in sys.argv[3:]))
