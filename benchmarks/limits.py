"""How much is left: bytes read per second against what this machine's disk and memory give.

python benchmarks/limits.py 1_000_000 FOLDER
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import campaign
import numpy as np
from measures import AS_OF, loaded
from table import Row, keep, seconds, size_words

import organizing_analytics as oa

PART = "The limit"
GIB = 2**30
BLOCK = 2**24


def read_speed(path: Path) -> float:
    """Return GiB per second of reading a file that is in memory, block after block."""

    def read() -> None:
        with path.open("rb", buffering=0) as file:
            while file.read(BLOCK):
                pass

    return path.stat().st_size / GIB / seconds(read, runs=3)


def memory_speed(bytes_: int) -> float:
    """Return GiB per second of summing numbers in memory, on one core."""
    numbers = np.ones(bytes_ // 8)
    return bytes_ / GIB / seconds(numbers.sum, runs=3)


def main(signups: int, folder: Path, runs: int = 3) -> None:
    """Measure and keep."""
    csv, size, rows = campaign.make(signups, folder), size_words(signups), []
    store = loaded(folder, signups)
    files = sum(path.stat().st_size for path in csv.glob("*.csv"))
    disk, memory = read_speed(csv / "signups.csv"), memory_speed(2**29)
    spare = folder / "limit-store"

    def load() -> None:
        shutil.rmtree(spare, ignore_errors=True)
        oa.load_files(csv, store=spare, timezone="America/Chicago")

    took = seconds(load, runs=runs, warm=False)
    shutil.rmtree(spare)
    rows.append(
        Row(PART, "loading", size, files / GIB / took, "reading the files, in memory", disk, None, False, runs,
            "GiB/s", "checks, people and the snapshot included")
    )  # fmt: skip
    with oa.open_store(store) as data:
        for name, measure, columns in (
            ("after-no", oa.asks_after_no, {"asks": 6}),
            ("reshift", oa.retention_reshift, {"signups": 8, "shifts": 4}),
        ):
            counts = {
                table: data.connection.sql(f"SELECT count(*) FROM {table}").fetchall()[0][0]
                for table in columns
            }
            used = sum(8 * n * counts[table] for table, n in columns.items())
            took = seconds(lambda: measure(data, as_of=AS_OF), runs=runs)
            rows.append(
                Row(PART, f"`oa …{name}`", size, used / GIB / took, "summing in memory", memory,
                    None, False, runs, "GiB/s", "8 bytes for each value of a column it reads")
            )  # fmt: skip
    keep(rows)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
