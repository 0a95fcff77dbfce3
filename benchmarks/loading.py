"""Loading against DuckDB's bare read of the same file, and against what a pandas user would do.

python benchmarks/loading.py 1_000_000 FOLDER
"""

from __future__ import annotations

import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import campaign
import duckdb
import pandas as pd
from table import Row, keep, size_words, target_at

import organizing_analytics as oa
from organizing_analytics.private_files import copy_privately

PART, ZONE, GIB = "Loading", "America/Chicago", 2**30
#: Larger ones take hours by pandas, and the disk of three snapshots to be updated.
MOST_BY_PANDAS, MOST_UPDATED = 1_000_000, 10_000_000
#: What a load may take, however large the files are.
MOST_GIB = 4.0


def timed(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def in_gib(files: Iterable[Path]) -> float:
    """Return how large files are together."""
    return sum(path.stat().st_size for path in files) / GIB


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
    if not (target / "signups.csv").exists():
        target.mkdir(exist_ok=True)
        with duckdb.connect() as engine:
            engine.execute(
                "COPY (SELECT * REPLACE (CASE WHEN CAST(substr(signup_id, 2) AS BIGINT)"
                f" % {share} = 0 THEN 'cancelled' ELSE status END AS status)"
                f" FROM read_csv('{csv / 'signups.csv'}', all_varchar = true))"
                f" TO '{target / 'signups.csv'}' (HEADER, USE_TMP_FILE true)"
            )
    return target


def added(csv: Path, folder: Path, *, share: int) -> Path:
    """Return an export of new sign-ups only: one for every `share` that there are."""
    target = folder / f"added-{share}"
    if not (target / "signups.csv").exists():
        target.mkdir(exist_ok=True)
        with duckdb.connect() as engine:
            engine.execute(
                "COPY (SELECT * REPLACE ('N' || signup_id AS signup_id)"
                f" FROM read_csv('{csv / 'signups.csv'}', all_varchar = true)"
                f" WHERE CAST(substr(signup_id, 2) AS BIGINT) % {share} = 0)"
                f" TO '{target / 'signups.csv'}' (HEADER, USE_TMP_FILE true)"
            )
    return target


def by_itself(csv: Path, store: Path) -> tuple[float, float, float]:
    """Load in a process of its own.

    Returns
    -------
    (float, float, float)
        Seconds, without its imports; its peak memory, and what it laid down beside the draft at
        most, in GiB.
    """
    shutil.rmtree(store, ignore_errors=True)
    child = subprocess.Popen(
        [sys.executable, __file__, "--load", str(csv), str(store)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    spilled = 0
    while child.poll() is None:
        time.sleep(0.2)
        with suppress(OSError):  # files come and go
            sizes = (p.stat().st_blocks for p in store.glob("**/*.tmp/**/*"))
            spilled = max(spilled, 512 * sum(sizes))
    if child.returncode:
        raise SystemExit(child.returncode)
    took, peak = map(float, (child.stdout.read() if child.stdout else "").split())
    return took, peak, spilled / GIB


def load_and_tell(csv: Path, store: Path) -> None:
    """Load, and print the seconds and the peak memory in GiB: the child of `by_itself`."""
    load = oa.load_files  # imports it
    took = timed(lambda: load(csv, store=store, timezone=ZONE))
    print(took, peak_kib() / 2**20)


def peak_kib() -> int:
    """Return the most memory that this process has had.

    On Linux not by `getrusage`, which takes over what the parent had when it started this.
    """
    with suppress(OSError):
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def updates(csv: Path, folder: Path, store: Path, note: Callable[..., None]) -> None:
    """Load onto a full store: the same rows, 99 % the same, 1 % new."""
    spare = folder / "bare.duckdb"
    changes, news = changed(csv, folder, share=100), added(csv, folder, share=100)
    note("same", lambda: oa.load_files(csv, store=store))
    note("bare changed", lambda: bare(changes, spare))
    note("changed", lambda: oa.load_files(changes, store=store))
    note("bare new", lambda: bare(news, spare))
    note("new", lambda: oa.load_files(news, store=store))
    newest = max(store.glob("*.duckdb"), key=lambda p: p.stat().st_mtime)
    spare.unlink()
    note("copy", lambda: copy_privately(newest, spare))


def main(signups: int, folder: Path, runs: int = 5) -> None:
    """Measure and keep."""
    csv, size = campaign.make(signups, folder), size_words(signups)
    folder = csv.parent
    store, spare = folder / "load-store", folder / "bare.duckdb"
    times: dict[str, list[float]] = {}

    def note(name: str, run: Callable[[], object]) -> None:
        times.setdefault(name, []).append(timed(run))

    for path in csv.glob("*.csv"):  # in memory from here on, for both sides, if they fit
        with path.open("rb") as file:
            while file.read(2**24):
                pass
    for _ in range(runs):
        note("bare", lambda: bare(csv, spare))
        spare.unlink()
        took, peak, spilled = by_itself(csv, store)
        times.setdefault("empty", []).append(took)
        held = in_gib(store.glob("*.duckdb"))
        if signups <= MOST_UPDATED:
            updates(csv, folder, store, note)
    if signups <= MOST_BY_PANDAS:
        note("pandas", lambda: by_pandas(csv, folder / "bare.sqlite"))
    keep(rows_of(signups, size, {n: statistics.median(t) for n, t in times.items()}, runs))
    keep(
        [
            Row(PART, "memory of a load into an empty store", size, peak, "what is allowed",
                MOST_GIB, 1, False, 1, "GiB", f"{spilled:.1f} GiB laid down for a while"),
            Row(PART, "size of the store", size, held, "its CSV files", in_gib(csv.glob("*.csv")),
                None, False, 1, "GiB"),
        ]
    )  # fmt: skip
    if signups > MOST_UPDATED and not (folder / "store").exists():
        store.rename(folder / "store")  # as it was loaded: the measures need not load it again
    else:
        shutil.rmtree(store)
    spare.unlink(missing_ok=True)


def rows_of(signups: int, size: str, found: dict[str, float], runs: int) -> list[Row]:
    """Return the rows of the medians."""
    read = "bare CREATE TABLE AS read_csv"
    rows = [
        Row(PART, "into an empty store", size, found["empty"], read, found["bare"],
            target_at(signups, 1.6), runs=runs)
    ]  # fmt: skip
    if "same" in found:
        rows += [
            Row(PART, "onto the same rows", size, found["same"], read, found["bare"],
                target_at(signups, 2.0), runs=runs),
            Row(PART, "an export of the sign-ups, 99 % the same", size, found["changed"], read,
                found["bare changed"], runs=runs),
            Row(PART, "1 % new sign-ups", size, found["new"], read, found["bare new"], runs=runs,
                note=f"a copy of the snapshot takes {found['copy']:.2f} s"),
        ]  # fmt: skip
    if "pandas" in found:
        rows.append(
            Row(PART, "into an empty store", size, found["empty"], "pandas read_csv + to_sql",
                found["pandas"], None, True, 1, note="the rival ran once")
        )  # fmt: skip
    return rows


if __name__ == "__main__":
    if sys.argv[1] == "--load":
        load_and_tell(*map(Path, sys.argv[2:]))
    else:
        main(int(sys.argv[1]), Path(sys.argv[2]), *(int(n) for n in sys.argv[3:]))
