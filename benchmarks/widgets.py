"""A move of the planner's slider: from the new value to the new picture, in Python's time.

python benchmarks/widgets.py [FOLDER]
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from table import Row, keep

import organizing_analytics as oa
from organizing_analytics.planning.forecast import forecast

LAST_DAY = "2026-11-22"
ON_A_LIST = (20, 200, 2_000)
MOVES = 24
#: A hand notices more.
BUDGET = 0.1


def move_seconds(widget: oa.widgets.planner, signed_up: int) -> float:
    """Return the median time of a move with a list so long."""
    chances = np.random.default_rng(1).beta(4, 3, signed_up)
    found = forecast(chances, spread=0.35, new=0.5)
    widget._open = replace(widget._open, found=found, signed_up=signed_up)  # noqa: SLF001
    widget.room.value = 0
    widget.need.value = round(0.65 * signed_up)
    times = []
    for step in range(MOVES):
        begun = perf_counter()
        widget.sure.value = 0.6 + 0.01 * step
        times.append(perf_counter() - begun)
    return median(times)


def main(folder: Path) -> None:
    """Measure and keep."""
    oa.write_sample(folder / "files", last_day=date.fromisoformat(LAST_DAY))
    oa.load_files(folder / "files", store=folder / "store", timezone="America/Chicago")
    with oa.open_store(folder / "store") as store:
        widget = oa.widgets.planner(store, as_of=LAST_DAY)
        widget.shift.value = widget.shift.options[1][1]
        rows = [
            Row("Widgets", "a move of a slider", f"{n:,} on the list", move_seconds(widget, n),
                "100 ms, what a hand notices", BUDGET, 1, False, MOVES)
            for n in ON_A_LIST
        ]  # fmt: skip
    keep(rows)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as spare:
        main(Path(sys.argv[1] if len(sys.argv) > 1 else spare))
