"""Private temporary folders: none stays of a killed run, no secret is in one, any TMPDIR will do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from organizing_analytics import temporary
from organizing_analytics.errors import ReportError
from organizing_analytics.reports.kernels import forks, kernels_ready
from organizing_analytics.reports.running import run_notebook
from organizing_analytics.temporary import private_folder, remove_dead_folders, socket_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

posix = pytest.mark.skipif(os.name != "posix", reason="sockets and signals of POSIX")
HOLD = """
import sys
from organizing_analytics.temporary import private_folder
with private_folder() as folder:
    (folder / "names.csv").write_text("Ann")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, of this test alone."""
    folder = tmp_path / "t"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("TEMP", str(folder))
    return folder


@pytest.fixture
def runs(place: Path) -> Iterator[list[tuple[subprocess.Popen[str], Path]]]:
    """Two runs at work, each with a folder."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    yield [(run, Path(run.stdout.readline().strip())) for run in processes if run.stdout]
    for run in processes:
        run.kill()
        run.communicate()


def test_the_folder_of_a_killed_run_goes_with_the_next_and_no_other(runs, place):
    (dead, left), (_, used) = runs
    dead.kill()
    dead.wait()
    foreign = place / "oa-notes"
    foreign.mkdir()
    assert (left / "names.csv").exists()
    with private_folder() as folder:
        assert not left.exists()
        assert (used / "names.csv").read_text() == "Ann"
        remove_dead_folders()
        assert folder.exists()
        if os.name == "posix":
            assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in place.iterdir()} == {used.name, "oa-notes"}


def test_what_older_versions_left_goes_after_a_day(place):
    for name, mark, age in (
        ("oa-abcdefgh", "request.json", 2),
        ("oa-abcdefg1", "request.json", 0),
        ("oa-abcdefg2", "of-another-program", 2),
    ):
        (place / name).mkdir()
        (place / name / mark).touch()
        moment = time.time() - age * 86_400
        os.utime(place / name, (moment, moment))
    remove_dead_folders()
    assert {path.name for path in place.iterdir()} == {"oa-abcdefg1", "oa-abcdefg2"}


@posix
def test_a_folder_that_is_taken_for_dead_while_it_is_made_is_made_again(place, monkeypatch):
    tries: list[Path] = []
    lock = temporary._lock

    def late(folder: Path):
        tries.append(folder)
        if len(tries) == 1:
            folder.rmdir()  # another run was quicker
        return lock(folder)

    monkeypatch.setattr(temporary, "_lock", late)
    with private_folder() as folder:
        assert folder == tries[1]
        assert folder.is_dir()


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux")
def test_no_secret_is_in_a_run_s_folder(tmp_path, monkeypatch, place):
    """A kernel gets the environment of the run, and no file on the way holds it."""
    monkeypatch.setenv("OA_MAIL_PASSWORD", "a-secret-word")
    seen: list[str] = []

    def look(*_: object) -> None:
        seen.extend(
            str(path)
            for path in place.rglob("*")
            if path.is_file() and b"a-secret-word" in path.read_bytes()
        )

    fork = forks.WarmProcess.fork

    def watched(self, *given, **more):
        made = fork(self, *given, **more)
        look()
        return made

    monkeypatch.setattr(forks.WarmProcess, "fork", watched)
    cells = [
        new_code_cell("what = 0", metadata={"tags": ["parameters"]}),
        new_code_cell("import os; print(os.environ['OA_MAIL_PASSWORD'][:8])"),
    ]
    file = tmp_path / "n.ipynb"
    made = new_notebook(cells=cells)
    made.metadata.kernelspec = {"name": "python3", "display_name": "", "language": "python"}

    nbformat.write(made, file)
    with kernels_ready() as kernels:
        ran = run_notebook(file, {"what": 1}, kernels=kernels)
        look()
    assert ran.cells[-1].outputs[0].text == "a-secret\n"
    assert not seen


@posix
def test_sockets_have_a_short_path_where_the_folder_has_a_long_one(place, monkeypatch):
    deep = place / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with private_folder() as folder, socket_folder(folder) as sockets:
        assert deep in folder.parents
        assert sockets != folder
        assert temporary.can_hold_sockets(sockets)
        assert sockets.stat().st_mode & 0o777 == 0o700
    assert not sockets.exists()
    # Where no place will do, it is said before anything is begun.
    monkeypatch.setattr(temporary, "SHORT_FOLDERS", (str(deep),))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    with pytest.raises(ReportError, match="Set TMPDIR"), kernels_ready():
        pass
    assert not list(deep.iterdir())


@posix
def test_a_notebook_runs_with_a_long_path_for_temporary_files(place, tmp_path, monkeypatch):
    deep = place / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(deep))

    made = new_notebook(cells=[new_code_cell("w = 0", metadata={"tags": ["parameters"]})])
    made.cells.append(new_code_cell("print(w)"))
    made.metadata.kernelspec = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(made, tmp_path / "n.ipynb")
    with kernels_ready() as kernels:
        ran = run_notebook(tmp_path / "n.ipynb", {"w": 7}, kernels=kernels)
    assert ran.cells[-1].outputs[0].text == "7\n"
