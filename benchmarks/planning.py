"""The planner: one shift of more and more sign-ups, all open shifts, and `oa plan` from the shell.

python benchmarks/planning.py 1_000_000 FOLDER
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
from measures import AS_OF, loaded
from table import Row, in_turns, keep, seconds, size_words

import organizing_analytics as oa
from organizing_analytics.planning.forecast import N_DAYS, forecast
from organizing_analytics.planning.planner import Planner

PART = "Planning"
ON_A_LIST = (20, 200, 2_000, 20_000)


def by_hand(chances: np.ndarray) -> np.ndarray:
    """Return the number who come, as one writes it down first: one person after the other."""
    found = np.ones(1)
    for chance in chances:
        found = np.convolve(found, [1 - chance, chance])
    return found


def main(signups: int, folder: Path, runs: int = 5) -> None:
    """Measure and keep."""
    rows = []
    draw = np.random.default_rng(1)
    for n in ON_A_LIST:
        chances = draw.beta(4, 3, n)

        def ours(chances: np.ndarray = chances) -> object:
            return forecast(chances, spread=0.35, new=0.5).outlook(need=len(chances) // 2)

        mine, theirs = in_turns(ours, lambda: by_hand(chances), runs=runs)
        note = f"ours over {N_DAYS} good and bad days, the rival over one"
        rows.append(
            Row(PART, "one shift's forecast", f"{n:,} on the list", mine, "one person at a time",
                theirs, None, True, runs, note=note)
        )  # fmt: skip
    store = loaded(folder, signups)
    with oa.open_store(store) as data:
        oa.plan_upcoming(data, as_of=AS_OF)
        n = len(oa.plan_upcoming(data, as_of=AS_OF))
        every = seconds(lambda: oa.plan_upcoming(data, as_of=AS_OF), runs=runs, warm=False)
        one = oa.plan_upcoming(data, as_of=AS_OF)["shift_id"].iloc[0]
        single = seconds(
            lambda: oa.plan(None, shift=one, store=data, as_of=AS_OF), runs=runs, warm=False
        )
        rows.append(
            Row(PART, f"all {n:,} shifts of the next 14 days", size_words(signups), every,
                "one shift by `oa plan --shift`", single, None, False, runs)
        )  # fmt: skip
        relearn = seconds(lambda: _learn(data), runs=max(1, runs // 2), warm=False)
        rows.append(
            Row(PART, "learning anew from the past", size_words(signups), relearn,
                "one shift by `oa plan --shift`", single, None, False, max(1, runs // 2))
        )  # fmt: skip
    oa_program = Path(sys.executable).with_name("oa")
    mine, theirs = in_turns(
        lambda: subprocess.run(
            [oa_program, "plan", "--need", "4"], check=True, capture_output=True
        ),
        lambda: subprocess.run([sys.executable, "-c", "import numpy"], check=True),
        runs=max(runs, 7),
    )
    rows.append(
        Row("Start-up", "`oa plan --need 4` from the shell", "one number", mine,
            'python -c "import numpy"', theirs, 3, False, max(runs, 7))
    )  # fmt: skip
    keep(rows)


def _learn(data: oa.Store) -> None:
    (data.folder / "learned.json").unlink(missing_ok=True)
    planner = Planner(data, data.as_of(AS_OF))
    for days in (1, 3, 7):
        planner.lesson(days)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), *(int(n) for n in sys.argv[3:]))
