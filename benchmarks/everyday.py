"""The size that most campaigns have: the sample campaign, asked from the shell and from Python.

python benchmarks/everyday.py FOLDER

Everything is counted in CPU seconds of the whole process, which a busy machine changes least. The
rival of a command is `python -c "import pandas, duckdb"`: what any program on these tables waits
for before it reads one row. The rival of a measure in Python is the engine's own statements, with
the same rows as a frame.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from table import Row, keep

import organizing_analytics as oa

PART = "Everyday size"
RUNS = 3
START = [sys.executable, "-c", "import pandas, duckdb"]
#: The last day of the campaign: the same rows in every run.
LAST_DAY = date(2026, 11, 26)
OA = Path(sys.executable).with_name("oa")
#: Command → the most that its CPU seconds may be, as a multiple of the start of its rival.
COMMANDS: dict[str, float | None] = {
    "show-up --by team": 1.8,
    "retention return": 1.8,
    "asks outcomes": 1.8,
    "asks after-no": 2.0,
    "chain": 2.0,
    "plan upcoming": 2.5,
    "todo": 4.0,
}
#: What the planner learned is gone before each of these, as after a load.
NEW_DAY = "plan upcoming"
#: The most that a warm measure may take, as a multiple of the engine's own statements.
WARM_TARGET = 2.5


@dataclass(frozen=True)
class Cost:
    """CPU seconds and seconds by the clock."""

    cpu: float
    wall: float


def command_cost(words: list[str | Path]) -> Cost:
    """Return what a command costs, its children included."""
    before, begun = os.times(), time.perf_counter()
    subprocess.run(words, check=True, capture_output=True)
    after, wall = os.times(), time.perf_counter() - begun
    cpu = sum(after[2:4]) - sum(before[2:4])  # of children: user and system
    return Cost(cpu, wall)


def call_cost(run: Callable[[], Any], *, times: int = 5) -> Cost:
    """Return what a call in this process costs, all its threads included."""
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(times):
        run()
    return Cost((time.process_time() - cpu) / times, (time.perf_counter() - wall) / times)


def least(costs: list[Cost]) -> Cost:
    """Return the least of each: what the machine's other work adds is never less than nothing."""
    return Cost(min(cost.cpu for cost in costs), min(cost.wall for cost in costs))


def row(what: str, size: str, ours: list[Cost], rival: str, theirs: list[Cost], target: float | None) -> Row:  # fmt: skip
    """Return the row of two things that were run in turns."""
    mine, other = least(ours), least(theirs)
    return Row(
        PART, what, size, mine.cpu, rival, other.cpu, target, False, len(ours),
        ours_wall=mine.wall, theirs_wall=other.wall,
    )  # fmt: skip


def commands(store: Path, size: str, *, suffix: str) -> list[Row]:
    """Return each command from the shell against the start of its rival."""
    rival = '`python -c "import pandas, duckdb"`'
    rows = []
    for name, target in COMMANDS.items():
        words = [OA, *name.split(), "--as-of", str(LAST_DAY), "--store", store]
        command_cost(words)  # what may be kept is kept
        turns = [(command_cost(words), command_cost(START)) for _ in range(RUNS)]
        ours, theirs = map(list, zip(*turns, strict=True))
        again = ", again" if name in (NEW_DAY, "todo") else ""
        rows.append(row(f"`oa {name}`{again}{suffix}", size, ours, rival, theirs, target))
    words = [OA, *NEW_DAY.split(), "--as-of", str(LAST_DAY), "--store", store]
    turns = []
    for _ in range(RUNS):
        for learned in store.glob("learned*"):
            learned.unlink()
        turns.append((command_cost(words), command_cost(START)))
    ours, theirs = map(list, zip(*turns, strict=True))
    rows.append(row(f"`oa {NEW_DAY}`, on a new day{suffix}", size, ours, rival, theirs, 6.0))
    return rows


class _Statements:
    """Notes the statements that a measure asks of its store."""

    def __init__(self, data: oa.Store) -> None:
        self.data, self.statements = data, list[str]()

    def __call__(self, expression: Any) -> Any:
        self.statements.append(self.data.ibis.compile(expression))
        return type(self.data).execute(self.data, expression)


def statements_of(data: oa.Store, ask: Callable[[oa.Store], Any]) -> list[str]:
    """Return the engine's own statements of a measure."""
    noted = _Statements(data)
    data.execute = noted  # type: ignore[method-assign]
    try:
        ask(data)
    finally:
        del data.execute
    return noted.statements


MEASURES: dict[str, Callable[[oa.Store], Any]] = {
    "show-up": lambda data: oa.show_up(data, as_of=LAST_DAY),
    "show-up --by team": lambda data: oa.show_up(data, by="team", as_of=LAST_DAY),
    "retention return": lambda data: oa.retention_return(data, as_of=LAST_DAY),
    "asks outcomes": lambda data: oa.asks_outcomes(data, as_of=LAST_DAY),
    "asks after-no": lambda data: oa.asks_after_no(data, as_of=LAST_DAY),
}


def measures(store: Path, size: str, *, suffix: str) -> list[Row]:
    """Return each warm measure in Python against the engine's own statements."""
    rows = []
    with oa.open_store(store) as data:
        for name, ask in MEASURES.items():
            statements = statements_of(data, ask)

            def by_engine(statements: list[str] = statements) -> None:
                for statement in statements:
                    data.connection.execute(statement).df()

            def ours(ask: Callable[[oa.Store], Any] = ask) -> None:
                ask(data)

            ours(), by_engine()
            turns = [(call_cost(ours), call_cost(by_engine)) for _ in range(RUNS)]
            mine, theirs = map(list, zip(*turns, strict=True))
            rows.append(
                row(f"`oa {name}`, warm, in Python{suffix}", size, mine,
                    "the engine's own statements", theirs, WARM_TARGET)
            )  # fmt: skip
    return rows


def made(folder: Path) -> tuple[Path, str]:
    """Return the store of the sample campaign and its size in words."""
    store = folder / "store"
    if not store.exists():
        oa.write_sample(folder / "files", last_day=LAST_DAY)
        oa.load_files([folder / "files"], store=store, timezone="America/Chicago")
    with oa.open_store(store) as data:
        [count] = data.sql("SELECT count(*) AS n FROM signups")["n"]
    return store, f"{count:,} sign-ups"


def main(folder: Path, suffix: str = "") -> None:
    """Measure and keep; a suffix tells rows of an older version from today's."""
    store, size = made(folder)
    rows = [*commands(store, size, suffix=suffix), *measures(store, size, suffix=suffix)]
    keep([replace(measured, unit="CPU s") for measured in rows])


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
