"""Many processes read while loads run: each answer is of one whole snapshot."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import organizing_analytics as oa

if TYPE_CHECKING:
    from pathlib import Path

READER = """
import json, pathlib, sys
import organizing_analytics as oa
store, stop = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
reads, snapshots, wrong, last = 0, set(), [], (0, 0)
while not stop.exists():
    with oa.open_store(store) as data:
        query = "SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM events)"
        (pair,) = data.connection.sql(query).fetchall()
        snapshots.add(data.snapshot)
        expected = 300 * data.snapshot
    if not pair[0] == pair[1] == expected or pair < last:
        wrong.append([pair, expected, last])
    reads, last = reads + 1, pair
print(json.dumps([reads, len(snapshots), wrong]))
"""


def assault(folder: Path, *, readers: int, loads: int) -> dict[str, Any]:
    """Run `readers` processes while `loads` loads follow each other.

    Returns
    -------
    dict
        `tried` (reads), `snapshots` (the most that one reader saw) and `failures`.
    """
    store, stop = folder / "store", folder / "stop"
    _load(folder, store, 0)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(store), str(stop)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(readers)
    ]  # fmt: skip
    try:
        for number in range(1, loads + 1):
            _load(folder, store, number)
    finally:
        stop.touch()
    failures, reads, snapshots = [], 0, 0
    for reader in running:
        out, error = reader.communicate(timeout=300)
        if reader.returncode:
            failures.append(error[-300:])
            continue
        count, seen, wrong = json.loads(out)
        reads, snapshots = reads + count, max(snapshots, seen)
        failures += wrong
    return {"tried": reads, "loads": loads, "readers": readers, "snapshots": snapshots,
            "failures": failures}  # fmt: skip


def _load(folder: Path, store: Path, number: int) -> None:
    source = folder / f"in{number}"
    source.mkdir()
    people = "".join(f"{number}-{i},Ann\n" for i in range(300))
    events = "".join(f"{number}-{i},canvass\n" for i in range(300))
    (source / "people.csv").write_text(f"person_id,given_name\n{people}")
    (source / "events.csv").write_text(f"event_id,event_type\n{events}")
    oa.load_files(source, store=store, timezone="UTC")
