"""Loading against DuckDB's bare read of the same file, and against what a pandas user would do.

python benchmarks/loading.py 1_000_000 FOLDER
"""

from __future__ import annotations

import resource
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

import campaign
import duckdb
import pandas as pd
from table import Row, keep, size_words, target_at

import organizing_analytics as oa

PART = "Loading"


def timed(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def bare(csv: Path, file: Path) -> None:
    """Read all files into a database of their own: no check, no key, no person, no snapshot."""
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as connection:
        for path in sorted(csv.glob("*.csv")):
            connection.execute(f"CREATE TABLE {path.stem} AS SELECT * FROM read_csv('{path}')")


def by_pandas(csv: Path, file: Path) -> None:
    """Read all files with pandas and write them to SQLite."""
    file.unlink(missing_ok=True)
    with sqlite3.connect(file) as connection:
        for path in sorted(csv.glob("*.csv")):
            frame = pd.read_csv(path, dtype=str)
            frame.to_sql(path.stem, connection, index=False, chunksize=100_000)


def changed(csv: Path, folder: Path, *, share: int) -> Path:
    """Return the same export with every `share`-th sign-up's status changed."""
    target = folder / f"changed-{share}"
    if not target.exists():
        target.mkdir()
        with duckdb.connect() as engine:
            engine.execute(
                "COPY (SELECT * REPLACE (CASE WHEN CAST(substr(signup_id, 2) AS BIGINT)"
                f" % {share} = 0 THEN 'cancelled' ELSE status END AS status)"
                f" FROM read_csv('{csv / 'signups.csv'}', all_varchar = true))"
                f" TO '{target / 'signups.csv'}' (HEADER)"
            )
    return target


def added(csv: Path, folder: Path, *, share: int) -> Path:
    """Return an export of new sign-ups only: one for every `share` that there are."""
    target = folder / f"added-{share}"
    if not target.exists():
        target.mkdir()
        with duckdb.connect() as engine:
            engine.execute(
                "COPY (SELECT * REPLACE ('N' || signup_id AS signup_id)"
                f" FROM read_csv('{csv / 'signups.csv'}', all_varchar = true)"
                f" WHERE CAST(substr(signup_id, 2) AS BIGINT) % {share} = 0)"
                f" TO '{target / 'signups.csv'}' (HEADER)"
            )
    return target


def main(signups: int, folder: Path, runs: int = 5) -> None:
    """Measure and keep."""
    csv, size = campaign.make(signups, folder), size_words(signups)
    store, spare, zone = folder / "load-store", folder / "bare.duckdb", "America/Chicago"
    medians: dict[str, list[float]] = {}

    def note(name: str, run: Callable[[], object]) -> None:
        medians.setdefault(name, []).append(timed(run))

    bare(csv, spare)  # the files are in memory from here on, for both sides
    changes, news = changed(csv, folder, share=100), added(csv, folder, share=100)
    for _ in range(runs):
        shutil.rmtree(store, ignore_errors=True)
        note("bare", lambda: bare(csv, spare))
        note("empty", lambda: oa.load_files(csv, store=store, timezone=zone))
        note("same", lambda: oa.load_files(csv, store=store))
        note("bare changed", lambda: bare(changes, spare))
        note("changed", lambda: oa.load_files(changes, store=store))
        note("bare new", lambda: bare(news, spare))
        note("new", lambda: oa.load_files(news, store=store))
        newest = max(store.glob("*.duckdb"), key=lambda p: p.stat().st_mtime)
        note("copy", lambda: shutil.copyfile(newest, spare))
    if signups <= 1_000_000:
        note("pandas", lambda: by_pandas(csv, folder / "bare.sqlite"))
    found = {name: sorted(times)[len(times) // 2] for name, times in medians.items()}
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    read = "bare CREATE TABLE AS read_csv"
    rows = [
        Row(PART, "into an empty store", size, found["empty"], read, found["bare"],
            target_at(signups, 1.6), runs=runs,
            note=f"peak memory of the whole run {gib:.1f} GiB"),
        Row(PART, "onto the same rows", size, found["same"], read, found["bare"],
            target_at(signups, 2.0), runs=runs),
        Row(PART, "an export of the sign-ups, 99 % the same", size, found["changed"], read,
            found["bare changed"], runs=runs),
        Row(PART, "1 % new sign-ups", size, found["new"], read, found["bare new"], runs=runs,
            note=f"{found['copy']:.2f} s of it copies the snapshot"),
    ]  # fmt: skip
    if "pandas" in found:
        rows.append(
            Row(PART, "into an empty store", size, found["empty"], "pandas read_csv + to_sql",
                found["pandas"], None, True, 1, note="the rival ran once")
        )  # fmt: skip
    keep(rows)
    shutil.rmtree(store)
    spare.unlink()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), *(int(n) for n in sys.argv[3:]))
