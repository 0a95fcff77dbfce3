"""Warm kernels: the same notebooks as cold ones, nothing between them, nothing left of them."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair as alt
import nbformat
import pandas as pd
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from pandas.testing import assert_frame_equal

import organizing_analytics as oa
from organizing_analytics import drawing
from organizing_analytics import measures as m
from organizing_analytics.charts.pictures import picture
from organizing_analytics.planning import plan_upcoming
from organizing_analytics.reports import batch, notebook_path, shared, write_reports
from organizing_analytics.reports.kernels import (
    Kernels,
    Rehearsal,
    Stopped,
    forks,
    kernels_ready,
    ready,
    renderer,
)
from organizing_analytics.reports.kernels import engine as engines
from organizing_analytics.reports.pages import FACTS, page_of
from organizing_analytics.reports.running import DeadKernel, NotebookError, run_notebook
from organizing_analytics.teams import team_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(not ready.can_fork(), reason="this system forks no kernels")

LAST_DAY = date(2026, 11, 22)
WEEK = "2026-W47"
#: Longer than anything here takes on a busy machine; nothing waits for it unless it fails.
LONG = 60.0


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the store of a small made-up campaign."""
    place = tmp_path_factory.mktemp("warm")
    oa.write_sample(place / "sample", seed=1, people=200, weeks=14, last_day=LAST_DAY)
    files = sorted((place / "sample").glob("*.csv"))
    oa.load_files(files, store=place / "store", timezone="America/Chicago")
    return place / "store"


@pytest.fixture(scope="module")
def kernels() -> Iterator[Kernels]:
    with kernels_ready(2, prepared_by=batch.PREPARATION) as made:
        assert made.warm() is not None
        yield made


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    """Return a notebook that does what its parameter says."""
    cells = [
        new_code_cell("what = ''", metadata={"tags": ["parameters"]}),
        new_code_cell("exec(what, globals())"),
    ]
    made = new_notebook(cells=cells)
    made.metadata.kernelspec = {"name": "python3", "display_name": "", "language": "python"}
    path = tmp_path / "does.ipynb"
    nbformat.write(made, path)
    return path


def printed(ran: NotebookNode) -> str:
    return "".join(o.get("text", "") for c in ran.cells for o in c.get("outputs", []))


def until(is_so: Callable[[], bool]) -> bool:
    """Wait until something is so."""
    end = time.monotonic() + LONG
    while not is_so() and time.monotonic() < end:
        time.sleep(0.02)
    return is_so()


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended; who ended and was not taken note of has, too."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


# Nothing leaks

MARKS = """
import builtins, os, random, sys, tempfile
import numpy as np, pandas as pd, organizing_analytics as oa
left = 'a variable'
os.environ['LEFT'] = 'an environment'
builtins.left_too = 1
np.random.seed(1); random.seed(1)
oa.left_in_a_module = True
pd.set_option('display.max_rows', 7)
sys.path.append('/left')
kept_open = open(os.path.join(os.getcwd(), 'left.txt'), 'w')
os.mkdir('deeper'); os.chdir('deeper')
"""
LOOKS = """
import builtins, json, os, sys, threading
import numpy as np, pandas as pd, organizing_analytics as oa
home = os.path.dirname(os.environ['IPYTHONDIR'])
opened = [os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd')
          if os.path.exists(f'/proc/self/fd/{n}')]
print(json.dumps({
    'names': sorted(n for n in globals() if n in ('left', 'kept_open', 'Forker', 'control')),
    'environment': {n: v for n, v in os.environ.items()
                    if n == 'LEFT' or n.endswith('_NUM_THREADS')},
    'builtins': hasattr(builtins, 'left_too'),
    'module': hasattr(oa, 'left_in_a_module'),
    'option': pd.get_option('display.max_rows'),
    'path': [p for p in sys.path if p in ('', '/left')],
    'folder': os.path.realpath(os.getcwd()) == os.path.realpath(home),
    'files': [f for f in opened if f.startswith('/') and not f.startswith(('/dev', '/proc', home))],
    'argv': len(sys.argv),
    'debugger': sys.modules.get('debugpy', 0) is None,
    'main': sorted(n for n in vars(sys.modules['__main__']) if n in ('Forker', 'main', 'forked')),
}))
"""


def test_nothing_leaks_from_one_notebook_to_the_next(kernels: Kernels, notebook: Path) -> None:
    run_notebook(notebook, {"what": MARKS}, kernels=kernels)
    after = json.loads(printed(run_notebook(notebook, {"what": LOOKS}, kernels=kernels)))
    cold = json.loads(printed(run_notebook(notebook, {"what": LOOKS})))
    assert after == cold
    assert after["folder"]
    assert after["environment"] == {
        n: v for n, v in os.environ.items() if n.endswith("_NUM_THREADS")
    }


def test_random_numbers_differ_from_kernel_to_kernel(kernels: Kernels, notebook: Path) -> None:
    draw = "import random, numpy as np; print(random.random(), np.random.random(), sep='\\n')"
    drawn = [printed(run_notebook(notebook, {"what": draw}, kernels=kernels)) for _ in range(2)]
    numbers = [number for text in drawn for number in text.split()]
    assert len(set(numbers)) == 4


def test_sockets_lie_in_a_private_folder(kernels: Kernels, notebook: Path) -> None:
    looks = (
        "import os; from ipykernel.kernelapp import IPKernelApp as A; a = A.instance();"
        "print(a.transport, oct(os.stat(os.path.dirname(a.ip)).st_mode & 0o077))"
    )
    assert printed(run_notebook(notebook, {"what": looks}, kernels=kernels)) == "ipc 0o0\n"
    assert kernels.folder.stat().st_mode & 0o077 == 0


def test_a_kernel_holds_no_line_of_the_warm_process(kernels: Kernels, notebook: Path) -> None:
    looks = (
        "import os; links = [f'/proc/self/fd/{n}' for n in os.listdir('/proc/self/fd')]\n"
        "print(*(os.readlink(link) for link in links if os.path.lexists(link)), sep='\\n')"
    )
    process = kernels.warm()
    assert process is not None
    theirs = {str(link.readlink()) for link in Path(f"/proc/{process.pid}/fd").iterdir()}
    theirs = {link for link in theirs if link.startswith("socket:")}
    assert len(theirs) >= 3
    held = printed(run_notebook(notebook, {"what": looks}, kernels=kernels)).split("\n")
    assert not theirs & set(held)


# The same as papermill's own


def normal(ran: NotebookNode) -> NotebookNode:
    """Return a notebook without the times of its run and the ids that nbformat draws."""
    ran.metadata.pop("papermill")
    for cell in ran.cells:
        cell.pop("id", None)
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
    return ran


def test_weekly_reports_are_the_same_as_by_cold_kernels(store: Path) -> None:
    template = notebook_path(batch.TEMPLATE)
    common = {"store": str(store), "week": WEEK, "names": True}
    with oa.open_store(store) as opened:
        teams = list(team_names(opened))[:2]
    with kernels_ready(
        2, rehearsal=Rehearsal(template, common), prepared_by=batch.PREPARATION
    ) as made:
        warm = [run_notebook(template, {**common, "team_id": t}, kernels=made) for t in teams]
        process = made.warm()
        assert process is not None
        assert process.is_alive
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert children  # who draws
    assert not made.folder.exists()
    assert all(until(lambda pid=pid: is_gone(pid)) for pid in [process.pid, *map(int, children)])
    with ThreadPoolExecutor(2) as pool:
        colds = pool.map(lambda t: run_notebook(template, {**common, "team_id": t}), teams)
    for ran, cold in zip(warm, colds, strict=True):
        assert page_of(ran) == page_of(cold)
        assert normal(ran) == normal(cold)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> shared.Answers:
    fresh = shared.Answers()
    monkeypatch.setattr(shared, "ANSWERS", fresh)
    return fresh


def test_a_teams_part_of_the_shared_answers_is_its_own_answer(
    store: Path, answers: shared.Answers
) -> None:
    common = {"store": str(store), "week": WEEK, "names": True}
    template = notebook_path(batch.TEMPLATE)
    asked: list[tuple[Any, dict[str, Any]]] = []
    n_found, of_team = 0, shared.of_team

    def spied(data: Any, measure: Any, *, team: str, **options: Any) -> pd.DataFrame:
        asked.append((measure, options))
        return of_team(data, measure, team=team, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("organizing_analytics.reports.team_week.of_team", spied)
        shared.gather(template, common)
    answers.gathers = False
    with oa.open_store(store) as opened:
        teams = [*list(team_names(opened))[:4], "T09"]  # the last has nothing
        for measure, options in asked:
            question = shared.for_all(measure, options)
            is_kept = question and shared._key(opened, *question) in answers.by_key
            n_found += bool(is_kept)
            for team in teams if is_kept else ():
                own = measure(opened, team=team, **options)
                part = of_team(opened, measure, team=team, **options)
                assert_frame_equal(part, own, check_dtype=not own.empty)
                assert part.attrs == own.attrs
    assert n_found >= 10  # else the reports gain little


def test_what_looks_beyond_the_team_is_never_cut_out_of_the_whole(answers: shared.Answers) -> None:
    for options in ({"shrink": True}, {"with_subteams": True}, {"by": "team"}):
        assert shared.for_all(m.show_up, options) is None
    assert shared.for_all(m.retention_cohorts, {}) is None  # it cannot be grouped by team
    assert shared.for_all(m.show_up, {"by": "week,shift"}) == (
        m.show_up,
        {"by": ["team", "week", "shift"]},
    )
    assert shared.for_all(plan_upcoming, {"days": 3}) == (plan_upcoming, {"days": 3})


def test_what_is_shared_is_asked_once_and_of_this_snapshot_only(answers: shared.Answers) -> None:
    class Pretended:
        folder, snapshot = Path("x"), 1

    calls = []
    opened: Any = Pretended()
    count: Any = lambda data, **options: calls.append(options) or len(calls)  # noqa: E731
    assert [shared.once(opened, count) for _ in range(2)] == [1, 2]  # by hand: then and there
    answers.gathers = True
    assert [shared.once(opened, count, day=3) for _ in range(2)] == [3, 3]
    answers.gathers = False
    assert shared.once(opened, count, day=3) == 3
    assert shared.once(opened, count, day=4) == 4
    opened.snapshot = 2
    assert shared.once(opened, count, day=3) == 5


def test_a_chart_is_the_same_wherever_it_is_drawn(kernels: Kernels) -> None:
    rows = pd.DataFrame({"x": [1, 2], "y": [3, 4]})
    gradient = {"gradient": "linear", "stops": [{"offset": 0, "color": "#ffffff"}]}
    chart: Any = alt.layer(alt.Chart(rows).mark_bar(color=gradient).encode(x="x:Q", y="y:Q"))
    here = [picture(chart).svg for _ in range(2)]  # Vega has counted on
    assert 'id="' in here[0]
    address = str(kernels.folder / renderer.NAME)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "_WAYS", [partial(renderer.ask_or_none, address)])
        patch.setitem(sys.modules, "vl_convert", None)  # not here
        there = picture(chart).svg
    assert {*here, there} == {here[0]}


def test_without_a_renderer_a_process_draws_for_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    way = partial(renderer.ask_or_none, str(tmp_path / "nobody"))
    monkeypatch.setattr(drawing, "_WAYS", [way])
    spec = {"mark": "bar", "data": {"values": []}}
    assert drawing.draw(spec).startswith("<svg")


# What goes wrong


def test_a_killed_kernel_takes_only_its_notebook_and_what_it_started(
    kernels: Kernels, notebook: Path, tmp_path: Path
) -> None:
    started = tmp_path / "pid"
    dies = (
        "import os, subprocess, time;"
        f"p = subprocess.Popen(['sleep', '600']); open({str(started)!r}, 'w').write(str(p.pid));"
        "os.write(2, b'so long'); os.kill(os.getpid(), 9); time.sleep(60)"
    )
    with pytest.raises(DeadKernel, match="kernel died"):
        run_notebook(notebook, {"what": dies}, kernels=kernels)
    assert until(lambda: is_gone(int(started.read_text())))
    assert printed(run_notebook(notebook, {"what": "print(1)"}, kernels=kernels)) == "1\n"
    assert {path.name for path in kernels.folder.iterdir()} == {"draw", "warm.txt"}


def test_a_hung_notebook_ends_by_its_time_limit_and_its_process_with_it(
    kernels: Kernels, notebook: Path, tmp_path: Path
) -> None:
    seen = tmp_path / "pid"
    hangs = (
        "import os, signal; signal.signal(signal.SIGINT, signal.SIG_IGN);"
        f"open({str(seen)!r}, 'w').write(str(os.getpid()))\nwhile True: pass"
    )
    with pytest.raises(NotebookError, match="time limit"):
        run_notebook(notebook, {"what": hangs}, seconds=1, kernels=kernels)
    assert until(lambda: is_gone(int(seen.read_text())))
    assert {path.name for path in kernels.folder.iterdir()} == {"draw", "warm.txt"}


@pytest.mark.parametrize(
    "gives",
    [
        "for _ in range(100): print('x' * 1_000_000)",
        "from IPython.display import HTML, display; display(HTML('x' * 100_000_000))",
    ],
)
def test_a_huge_output_is_cut_and_said(kernels: Kernels, notebook: Path, gives: str) -> None:
    ran = run_notebook(notebook, {"what": gives}, kernels=kernels)
    assert len(nbformat.writes(ran)) < engines.MAX_OUTPUT * 1.1
    [said] = [o for o in ran.cells[-1].outputs if o.output_type == "display_data"]
    assert said.data["text/plain"] == engines.LEFT_OUT
    assert engines.LEFT_OUT in page_of(ran)


def test_a_full_disk_takes_only_its_page(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = new_output("execute_result", {"text/html": "x", FACTS: {"snapshot": 1}})
    made = new_notebook(cells=[new_code_cell("x", outputs=[facts])])
    monkeypatch.setattr(batch, "run_notebook", lambda *_: made)
    written = batch.write_whole

    def full(path: Path, content: Any) -> Path:
        if path.name.startswith("T02."):
            raise OSError(28, "No space left on device", str(path))
        return written(path, content)

    monkeypatch.setattr(batch, "write_whole", full)
    run = write_reports(store, week=WEEK, out=tmp_path)
    assert [(r.team_id, r.error) for r in run.failed] == [
        ("T02", f"{tmp_path / WEEK / 'T02.html'}: No space left on device.")
    ]
    assert run.index.exists()


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    ours = [record for record in caplog.records if record.name.startswith("organizing")]
    return [record.getMessage() for record in ours if record.levelno >= logging.WARNING]


@pytest.mark.parametrize(
    ("where", "what", "said"),
    [
        ("ready.can_fork", lambda: False, "cannot fork"),
        ("forks.MODULE", "organizing_analytics.no_such", "No module named"),
    ],
)
def test_without_warm_kernels_notebooks_run_in_cold_ones_and_it_is_said_once(
    notebook: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    *,
    where: str,
    what: Any,
    said: str,
) -> None:
    monkeypatch.setattr(f"organizing_analytics.reports.kernels.{where}", what)
    with kernels_ready(1) as made:
        assert made.warm() is None
        ran = run_notebook(notebook, {"what": "print(2)"}, kernels=made)
    assert printed(ran) == "2\n"
    [warning] = warnings_of(caplog)
    assert said in warning
    assert warning.endswith("which takes some seconds more.")


def test_a_notebook_whose_kernel_dies_with_the_warm_process_runs_again_cold(
    notebook: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    flag = tmp_path / "once"
    kills = (
        f"import os, time, pathlib; flag = pathlib.Path({str(flag)!r})\n"
        "if not flag.exists():\n"
        "    flag.write_text(str(os.getpid())); os.kill(os.getppid(), 9); time.sleep(60)\n"
        "print(3)"
    )
    with kernels_ready(1) as made:
        assert printed(run_notebook(notebook, {"what": kills}, kernels=made)) == "3\n"
        assert made.warm() is None
    assert until(lambda: is_gone(int(flag.read_text())))
    [warning] = warnings_of(caplog)
    assert warning.startswith("The process that kernels are forked from has died.")


# Nothing is left over

RUN = """
import sys
from pathlib import Path
from organizing_analytics.reports import batch
batch.notebook_path = lambda name: Path(sys.argv[2])
batch.WORTH_A_REHEARSAL = int(sys.argv[5])
batch.write_reports(sys.argv[1], week=sys.argv[3], out=sys.argv[4], jobs=2)
"""
HANGS = """
import os, subprocess
child = subprocess.Popen(['sleep', '600'])
path = os.environ['SEEN'] + '/' + team_id
open(path + '.new', 'w').write(f'{os.getpid()} {os.getppid()} {child.pid}')
os.rename(path + '.new', path)
while True: pass
"""


@dataclass
class HangingRun:
    """A run in a process of its own, whose notebooks hang."""

    number: signal.Signals
    rehearses: bool
    place: Path
    run: subprocess.Popen[bytes] | None = None

    def begin(self, store: Path, hangs: Path) -> None:
        for name in ("seen", "tmp", "out"):
            (self.place / name).mkdir(parents=True)
        words = [sys.executable, "-c", RUN, store, hangs, WEEK, self.place / "out"]
        self.run = subprocess.Popen(
            [str(word) for word in [*words, 1 if self.rehearses else 99]],
            env={
                **os.environ,
                "TMPDIR": str(self.place / "tmp"),
                "SEEN": str(self.place / "seen"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def is_hanging(self) -> bool:
        return len(list((self.place / "seen").glob("*[!w]"))) == (1 if self.rehearses else 2)

    def check(self) -> None:
        assert self.run is not None
        assert until(self.is_hanging)
        seen = (self.place / "seen").glob("*[!w]")
        pids = {int(pid) for path in seen for pid in path.read_text().split()}
        self.run.send_signal(self.number)
        assert until(lambda: self.run is not None and self.run.poll() is not None)
        assert until(lambda: all(is_gone(pid) for pid in pids))
        assert until(lambda: not list((self.place / "tmp").iterdir()))
        assert not list((self.place / "out").rglob("*.html"))  # no page of what was stopped


def test_runs_that_are_stopped_leave_nothing(store: Path, tmp_path: Path) -> None:
    parameters = "store = team_id = week = names = None"
    cells = [new_code_cell(parameters, metadata={"tags": ["parameters"]}), new_code_cell(HANGS)]
    made = new_notebook(cells=cells)
    made.metadata.kernelspec = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(made, tmp_path / "hangs.ipynb")
    runs = [
        HangingRun(signal.SIGINT, rehearses=True, place=tmp_path / "1"),
        HangingRun(signal.SIGINT, rehearses=False, place=tmp_path / "2"),
        # Like SIGKILL it ends the run's Python without giving it a word.
        HangingRun(signal.SIGTERM, rehearses=False, place=tmp_path / "3"),
    ]
    try:
        for run in runs:  # at once: most of the time goes into their imports
            run.begin(store, tmp_path / "hangs.ipynb")
        for run in runs:
            run.check()
    finally:
        for run in runs:
            if run.run is not None:
                run.run.kill()
                run.run.communicate()


def test_a_notebook_that_is_stopped_is_no_failed_report(kernels: Kernels, notebook: Path) -> None:
    stopped = Kernels(kernels.folder, is_stopped=True)
    with pytest.raises(Stopped):
        run_notebook(notebook, {"what": "1"}, kernels=stopped)


def test_jupyter_and_papermill_find_ours_by_name() -> None:
    [provisioner] = entry_points(
        group="jupyter_client.kernel_provisioners", name="organizing-analytics-forked"
    )
    assert provisioner.load().__name__ == "ForkedProvisioner"
    [engine] = entry_points(group="papermill.engine", name=engines.ENGINE)
    assert engine.load() is engines.LimitedEngine
    assert forks.MODULE in sys.modules or forks.MODULE.endswith("warm_process")
