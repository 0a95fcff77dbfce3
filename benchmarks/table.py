"""The table of results: measured rows in, RESULTS.md out. No figure in it is written by hand."""

from __future__ import annotations

import gc
import json
import platform
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).parent
ROWS, TABLE = HERE / "results.json", HERE / "RESULTS.md"
PACKAGES = ("duckdb", "ibis-framework", "pandas", "polars", "numpy", "papermill")
#: What the targets of loading and of the measures are set for; smaller stores have none.
TARGET_SIGNUPS = 10_000_000
#: The part that is read first: the size that most people have.
FIRST = "Everyday size"
#: Parts whose figures are held against how much there is of something.
GROWING = {"Loading": "sign-ups", "Measures": "sign-ups", "Reports": "teams"}
HEAD = "| what | size | ours | rival | its | ratio | target | met | runs | measured | note |"


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes
    ----------
    part, what, size : str
        Which benchmark, what was measured, on how much.
    ours, theirs : float
        Seconds (or what `unit` says), medians.
    rival : str
        Whom against.
    target : float or None
        What the ratio must not exceed; with `is_speedup`, must reach.
    is_speedup : bool
        The ratio is theirs to ours: how many times faster we are.
    runs : int
        Of which the figures are medians.
    unit, note : str
        Of the figures; what else there is to say.
    measured_on : str
        The day; today where it is not given.
    ours_wall, theirs_wall : float or None
        Seconds by the clock, where `ours` and `theirs` are CPU seconds.
    """

    part: str
    what: str
    size: str
    ours: float
    rival: str
    theirs: float
    target: float | None = None
    is_speedup: bool = False
    runs: int = 5
    unit: str = "s"
    note: str = ""
    measured_on: str = field(default_factory=lambda: f"{datetime.now(UTC):%Y-%m-%d}")
    ours_wall: float | None = None
    theirs_wall: float | None = None

    @property
    def ratio(self) -> float:
        """Return ours to theirs, or theirs to ours."""
        return self.theirs / self.ours if self.is_speedup else self.ours / self.theirs

    @property
    def met(self) -> str:
        """Return whether the target was met."""
        if self.target is None:
            return "-"
        is_met = self.ratio >= self.target if self.is_speedup else self.ratio <= self.target
        return "yes" if is_met else "no"

    def cells(self) -> list[str]:
        """Return its cells as they are read."""
        sign = "≥" if self.is_speedup else "≤"
        target = "-" if self.target is None else f"{sign} {self.target:g} ×"
        faster = " as fast" if self.is_speedup else ""
        return [
            self.what, self.size, _shown(self.ours, self.unit), self.rival,
            _shown(self.theirs, self.unit), f"{_digits(self.ratio)} ×{faster}", target, self.met,
            str(self.runs), self.measured_on, self._notes(),
        ]  # fmt: skip

    def _notes(self) -> str:
        if self.ours_wall is None or self.theirs_wall is None:
            return self.note
        clock = f"by the clock {_shown(self.ours_wall, 's')}, its {_shown(self.theirs_wall, 's')}"
        return f"{self.note}; {clock}" if self.note else clock


def _shown(value: float, unit: str) -> str:
    if unit in ("s", "CPU s") and value < 1:
        return f"{_digits(1000 * value)} {unit.removesuffix('s')}ms"
    return f"{_digits(value)} {unit}"


def _digits(value: float) -> str:
    """Return a number with two digits that count, or all of a large one.

    Examples
    --------
    >>> _digits(0.0026), _digits(1.63), _digits(16.5), _digits(2448.2)
    ('0.0026', '1.6', '16.5', '2,448')
    """
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2g}"


def seconds(run: Callable[[], Any], *, runs: int = 5, warm: bool = True) -> float:
    """Return the median time of some runs; a first one, not counted, warms."""
    if warm:
        run()
    times = []
    for _ in range(runs):
        gc.collect()
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def in_turns(
    ours: Callable[[], Any], theirs: Callable[[], Any], *, runs: int = 5, warm: bool = True
) -> tuple[float, float]:
    """Return the median times of two things that are run in turns: a slow moment hits both."""
    if warm:
        ours()
        theirs()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for run, kept in zip((ours, theirs), times, strict=True):
            gc.collect()
            begun = time.perf_counter()
            run()
            kept.append(time.perf_counter() - begun)
    return statistics.median(times[0]), statistics.median(times[1])


def size_words(rows: int) -> str:
    """Return a number of sign-ups in words.

    Examples
    --------
    >>> size_words(10_000_000), size_words(2_000)
    ('10 M sign-ups', '2,000 sign-ups')
    """
    return f"{rows // 1_000_000} M sign-ups" if rows >= 1_000_000 else f"{rows:,} sign-ups"


def target_at(signups: int, target: float) -> float | None:
    """Return a target that is set for stores of `TARGET_SIGNUPS` and more, None for smaller ones."""
    return target if signups >= TARGET_SIGNUPS else None


def _amount(size: str) -> tuple[str, float]:
    """Return what a size is in, and how much of it.

    Examples
    --------
    >>> _amount("10 M sign-ups"), _amount("2,000 on the list")
    (('sign-ups', 10000000.0), ('on the list', 2000.0))
    """
    found = re.match(r"([0-9.,]+) (M )?(.*)", size)
    if found is None:
        return size, 1.0
    number = float(found[1].replace(",", ""))
    return found[3], number * (1_000_000 if found[2] else 1)


def growth(rows: list[Row]) -> list[Row]:
    """Return how the time (or the size) of each thing grew from one size to the next."""
    grown = []
    held = [row for row in rows if row.part in GROWING and row.unit in ("s", "GiB")]
    sizes: dict[str, dict[float, Row]] = {}
    for row in held:
        thing, amount = _amount(row.size)
        if thing == GROWING[row.part]:
            sizes.setdefault(f"{row.part}: {row.what}", {}).setdefault(amount, row)
    for what, found in sizes.items():
        for less, more in pairwise(sorted(found)):
            small, large = found[less], found[more]
            grown.append(
                Row("Growth", what, large.size, large.ours, f"itself at {small.size}", small.ours,
                    more / less, False, large.runs, large.unit,
                    measured_on=large.measured_on)
            )  # fmt: skip
    return grown


def keep(rows: list[Row]) -> None:
    """Put rows into the table; those of the same part, name, size and rival are replaced."""
    kept = json.loads(ROWS.read_text(encoding="utf-8")) if ROWS.exists() else {"rows": []}
    new = {(r.part, r.what, r.size, r.rival): asdict(r) for r in rows}
    old = {(r["part"], r["what"], r["size"], r["rival"]): r for r in kept["rows"]}
    merged = sorted((old | new).values(), key=lambda r: (r["part"], *_amount(r["size"])))
    text = json.dumps({"rows": merged}, indent=1, ensure_ascii=False)
    ROWS.write_text(f"{text}\n", encoding="utf-8")
    write([Row(**row) for row in merged])
    for row in rows:
        print(" | ".join(row.cells()), flush=True)


def write(rows: list[Row]) -> None:
    """Write RESULTS.md."""
    lines = [
        "# Results",
        "",
        "Written by the benchmarks (`make bench`, `make bench-full`); see docs/performance.md.",
        f"Last run {datetime.now(UTC):%Y-%m-%d} on {psutil.cpu_count()} cores,"
        f" {round(psutil.virtual_memory().total / 2**30)} GiB, {platform.system()},"
        f" Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in PACKAGES)
        + ".",
        "Medians of as many runs as the column says; both sides of a row are of one run (Growth: two).",
        f"{FIRST}: the least of the runs, in CPU seconds of the whole process.",
    ]
    TABLE.write_text("\n".join([*lines, *tables(rows)]) + "\n", encoding="utf-8")


def tables(rows: list[Row]) -> list[str]:
    """Return a table for each part, growth at the end, as lines."""
    lines = []
    rows = [*rows, *growth(rows)]
    parts = sorted(dict.fromkeys(row.part for row in rows), key=lambda part: part != FIRST)
    for part in parts:
        lines += ["", f"## {part}", "", HEAD, "|" + "---|" * (HEAD.count("|") - 1)]
        lines += [f"| {' | '.join(row.cells())} |" for row in rows if row.part == part]
    return lines
