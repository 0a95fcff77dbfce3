"""How long the weekly reports of many teams take: ours against papermill as it comes.

    python benchmarks/reports.py --teams 200

Both are measured in one run on one machine, each from an executed notebook to a written page:

    rival   papermill with its own kernels, one notebook after another: a sample of the teams,
            before, between and after ours, multiplied up
    ours    `write_reports` with one and with two jobs (or as `--jobs` says), all teams, start-up
            included

On a machine that others use too, the seconds of processor are worth more than those of the clock.
Then where ours spends its time, and the most memory that it and all its processes took (each page
of memory counted once, however many processes share it).
"""

from __future__ import annotations

import argparse
import inspect
import logging
import os
import threading
import time
from collections import defaultdict
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pandas as pd
import papermill
import psutil
from table import Row, keep

import organizing_analytics as oa
from organizing_analytics.reports import batch, notebook_path, write_reports
from organizing_analytics.reports.files import write_whole
from organizing_analytics.reports.kernels.client import QuickKernelClient
from organizing_analytics.reports.kernels.engine import LimitedClient
from organizing_analytics.reports.kernels.forks import WarmProcess
from organizing_analytics.reports.kernels.provisioner import ForkedProvisioner
from organizing_analytics.reports.kernels.ready import Kernels
from organizing_analytics.reports.pages import page_of
from organizing_analytics.teams import team_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TEMPLATE = "weekly_team_report"
#: The made-up campaign has nine teams; its copies make the others.
TEAMS_A_COPY = 9
#: How many times as fast as papermill, by the reports that are made at a time, for so many teams
#: and more.
TARGETS, TARGET_TEAMS = {1: 10, 2: 15}, 200
IN_WORDS = {1: "one", 2: "two"}
PHASES = (
    ("start: imports", WarmProcess, "wait_until_ready"),
    ("start: what all share", Kernels, "_rehearse"),
    ("a team: fork", ForkedProvisioner, "launch_kernel"),
    ("a team: connect", QuickKernelClient, "wait_for_ready"),
    ("a team: cells", LimitedClient, "papermill_execute_cells"),
    ("a team: end of kernel", LimitedClient, "_cleanup_kernel"),
    ("a team: all of the notebook", batch, "run_notebook"),
    ("a team: page", batch, "page_of"),
    ("a team: notebook and numbers written", batch, "write_whole"),
)


def make_store(folder: Path, *, teams: int, people: int) -> Path:
    """Return the store of a campaign of many teams: copies of the made-up one, ids apart."""
    oa.write_sample(folder / "one", seed=1, people=people, weeks=30)
    copies = range(-(-teams // TEAMS_A_COPY))
    (folder / "all").mkdir()
    for path in sorted((folder / "one").glob("*.csv")):
        table = pd.read_csv(path, dtype="str", keep_default_na=False)
        pd.concat([_copy(table, n) for n in copies]).to_csv(folder / "all" / path.name, index=False)
    loaded = oa.load_files([folder / "all"], store=folder / "store", timezone="America/Chicago")
    print(f"store: {teams} teams; {len(loaded.rejects)} rows rejected")
    return folder / "store"


def _copy(table: pd.DataFrame, n: int) -> pd.DataFrame:
    ids = [name for name in table.columns if name.endswith("_id")]
    marked = table.assign(**{i: table[i].where(table[i] == "", table[i] + f"-{n}") for i in ids})
    # Nobody is the same person twice: identity is not what is measured here.
    unlike = [name for name in ("phone", "email") if name in table.columns]
    return marked.assign(**dict.fromkeys(unlike, ""))


@dataclass
class Spent:
    """Seconds by the clock and of processor, of this process and all that it started and ended."""

    clock: float = 0.0
    processor: float = 0.0

    @contextmanager
    def adding(self) -> Iterator[None]:
        """Add what is spent inside."""
        clock, before = time.perf_counter(), sum(os.times()[:4])
        yield
        self.clock += time.perf_counter() - clock
        self.processor += sum(os.times()[:4]) - before


def rival(store: Path, teams: list[str], out: Path, spent: Spent) -> None:
    """Make reports by papermill as it comes, one after another."""
    logging.getLogger("papermill").setLevel(logging.ERROR)
    out.mkdir(parents=True, exist_ok=True)
    for team in teams:
        with spent.adding():
            done = papermill.execute_notebook(
                str(notebook_path(TEMPLATE)),
                str(out / f"{team}.ipynb"),
                {"store": str(store), "team_id": team},
                progress_bar=False,
                kernel_name="python3",
            )
            write_whole(out / f"{team}.html", page_of(done))


def ours(
    store: Path, teams: list[str], out: Path, *, jobs: int
) -> tuple[Spent, int, dict[str, float]]:
    """Return what all teams took, the most memory in bytes, and seconds by phase."""
    phases: dict[str, float] = defaultdict(float)
    spent = Spent()
    with _timed(phases), _most_memory() as most, spent.adding():
        run = write_reports(store, teams=teams, out=out / f"ours{jobs}", jobs=jobs)
    if run.failed:
        raise SystemExit(f"{len(run.failed)} reports failed: {run.failed[0].error}")
    return spent, max(most), phases


@contextmanager
def _timed(spent: dict[str, float]) -> Iterator[None]:
    kept = [(place, name, getattr(place, name)) for _, place, name in PHASES]
    for phase, place, name in PHASES:
        setattr(place, name, _counted(getattr(place, name), phase, spent))
    try:
        yield
    finally:
        for place, name, function in kept:
            setattr(place, name, function)


def _counted(
    function: Callable[..., Any], phase: str, spent: dict[str, float]
) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(function):

        async def later(*arguments: Any, **options: Any) -> Any:
            begun = time.perf_counter()
            try:
                return await function(*arguments, **options)
            finally:
                spent[phase] += time.perf_counter() - begun

        return later

    def now(*arguments: Any, **options: Any) -> Any:
        begun = time.perf_counter()
        try:
            return function(*arguments, **options)
        finally:
            spent[phase] += time.perf_counter() - begun

    return now


@contextmanager
def _most_memory() -> Iterator[list[int]]:
    """Collect how much memory this process and all that it started take, twice a second."""
    sums, is_over = [0], threading.Event()

    def look() -> None:
        while not is_over.wait(0.5):
            sums.append(sum(_memory(process) for process in _all_of_us()))

    looker = threading.Thread(target=look, daemon=True)
    looker.start()
    try:
        yield sums
    finally:
        is_over.set()
        looker.join()


def _all_of_us() -> list[psutil.Process]:
    me = psutil.Process(os.getpid())
    return [me, *me.children(recursive=True)]


def _memory(process: psutil.Process) -> int:
    with suppress(psutil.Error, OSError):
        return int(process.memory_full_info().pss)
    return 0


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--teams", type=int, default=200)
    options.add_argument("--people", type=int, default=900, help="of nine teams (default 900)")
    options.add_argument("--sample", type=int, default=10, help="teams that the rival is given")
    options.add_argument("--jobs", type=int, nargs="+", default=[1, 2], help="ours (default 1 2)")
    asked = options.parse_args()
    with TemporaryDirectory(prefix="oa-bench-") as name:
        folder = Path(name)
        store = make_store(folder, teams=asked.teams, people=asked.people)
        with oa.open_store(store) as opened:
            teams = list(team_names(opened))[: asked.teams]
        every = max(1, len(teams) // asked.sample)
        sample = teams[::every][: asked.sample]
        place, theirs = folder / "rival", Spent()
        # What the planner learns is kept beside the store, for both alike: it is in no time.
        rival(store, teams[:1], place, Spent())
        turns = len(asked.jobs) + 1
        rival(store, sample[0::turns], place, theirs)
        found = {}
        for turn, jobs in enumerate(asked.jobs, start=1):
            found[jobs] = ours(store, teams, folder, jobs=jobs)
            rival(store, sample[turn::turns], place, theirs)
        share = len(teams) / len(sample)
        theirs = Spent(theirs.clock * share, theirs.processor * share)
    say("rival (multiplied up)", theirs, theirs, teams=len(teams))
    for jobs, (spent, memory, phases) in found.items():
        say(f"ours, jobs={jobs}", spent, theirs, teams=len(teams))
        print(f"    {memory / 2**20:,.0f} MB at most")
        for phase, _, _ in PHASES:
            n = len(teams) if phase.startswith("a team") else 1
            print(f"    {phase:40} {phases[phase] / n:8.3f} s")
    keep(
        [
            Row(
                "Reports",
                f"a week's reports, {IN_WORDS.get(jobs, jobs)} at a time",
                f"{len(teams)} teams",
                spent.clock,
                "papermill as it comes, one after another",
                theirs.clock,
                TARGETS.get(jobs) if len(teams) >= TARGET_TEAMS else None,
                is_speedup=True,
                runs=1,
                note=f"the rival: {len(sample)} teams, multiplied up; start-up included;"
                f" at most {memory / 2**30:.1f} GiB",
            )
            for jobs, (spent, memory, _) in found.items()
        ]
    )


def say(name: str, spent: Spent, rival: Spent, *, teams: int) -> None:
    """Print what something took and how many times faster than the rival that is."""
    print(
        f"{name}: {spent.clock:,.1f} s, {spent.clock / teams:.2f} s a report,"
        f" {rival.clock / spent.clock:.1f} times as fast; processor"
        f" {spent.processor / teams:.2f} s a report, {rival.processor / spent.processor:.1f} times"
        " less"
    )


if __name__ == "__main__":
    main()
