"""The notebooks run from top to bottom, and the exploration shows what it showed before.

After a change that means to change its numbers: python tests/test_notebooks.py refreshes it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import organizing_analytics as oa
from organizing_analytics.errors import OptionError
from organizing_analytics.reports import notebook_path
from organizing_analytics.reports.kernels import kernels_in
from organizing_analytics.reports.running import run_notebook

EXPLORE = "explore_show_up"
LAST_DAY = date(2026, 11, 22)
SAMPLE = {"seed": 1, "people": 800, "weeks": 20, "last_day": LAST_DAY}


def load_sample(folder: Path) -> Path:
    """Write the made-up campaign and load it; the store's folder is called "store"."""
    oa.write_sample(folder / "sample", **SAMPLE)
    store = folder / "store"
    files = sorted((folder / "sample").glob("*.csv"))
    oa.load_files(files, store=store, timezone="America/Chicago")
    return store


@pytest.fixture(scope="module")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return load_sample(tmp_path_factory.mktemp("sample"))


def test_the_exploration_shows_what_it_showed(sample_store: Path, tmp_path: Path) -> None:
    settings = tmp_path / "pytest.ini"
    settings.write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env"]
    command += ["-p", "no:cacheprovider", "-c", str(settings), str(notebook_path(EXPLORE))]
    ran = subprocess.run(
        command,
        env={**os.environ, "ORGANIZING_STORE": str(sample_store)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-6000:]


def test_the_exploration_runs_on_a_tiny_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "teams.csv").write_text("team_id,name\nT1,North\n")
    (tmp_path / "people.csv").write_text("person_id\nann\nbob\ncid\n")
    (tmp_path / "events.csv").write_text("event_id,event_type,team_id\nE1,canvass,T1\n")
    (tmp_path / "shifts.csv").write_text("shift_id,event_id,starts_at\nS1,E1,2026-11-21T10:00\n")
    (tmp_path / "signups.csv").write_text(
        "signup_id,shift_id,person_id,status,attended\n"
        "1,S1,ann,confirmed,yes\n2,S1,bob,registered,no\n3,S1,cid,registered,\n"
    )
    oa.load_files([tmp_path], store=tmp_path / "store", timezone="UTC")
    monkeypatch.setenv("ORGANIZING_STORE", str(tmp_path / "store"))
    ran = run_notebook(notebook_path(EXPLORE), {"as_of": "2026-11-22"})
    shown = "".join(str(cell.get("outputs", "")) for cell in ran.cells)
    assert "Traceback" not in shown


@pytest.mark.parametrize("path", sorted(notebook_path(EXPLORE).parent.glob("*.ipynb")))
def test_notebooks_hold_no_logic_and_no_widgets(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            words = cell.source.split()
            for forbidden in ("for", "if", "def", "while", "lambda", "try:", "ipywidgets"):
                assert forbidden not in words, cell.source


@pytest.mark.parametrize("path", sorted(notebook_path(EXPLORE).parent.glob("*.ipynb")))
def test_notebooks_name_no_file_of_this_machine(path: Path) -> None:
    text = path.read_text()
    assert str(Path.home()) not in text
    assert sys.prefix not in text


def test_an_unknown_notebook_is_named_with_its_neighbours() -> None:
    with pytest.raises(OptionError, match=r'no notebook "explore_showup".*explore_show_up'):
        notebook_path("explore_showup")


def refresh(folder: Path) -> None:
    """Run the exploration on the made-up campaign and keep its outputs."""
    os.environ["ORGANIZING_STORE"] = str(load_sample(folder))
    path = notebook_path(EXPLORE)
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, kernel_manager_class=kernels_in(folder), record_timing=False).execute()
    notebook.metadata.language_info = {"name": "python"}  # not this machine's version
    nbformat.write(notebook, path)


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as name:
        refresh(Path(name))
