"""The notebooks run from top to bottom, and show what they showed before.

After a change that means to change their numbers: python tests/test_notebooks.py renews them; with
names behind it, only those.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from kept_outputs import compare_outputs
from nbclient import NotebookClient

import organizing_analytics as oa
from organizing_analytics.errors import OptionError
from organizing_analytics.reports import notebook_path
from organizing_analytics.reports.kernels import kernels_in, kernels_ready
from organizing_analytics.reports.running import run_notebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from organizing_analytics.reports.kernels import Kernels

FOLDER = notebook_path("explore_show_up").parent
#: The report's notebook is kept without outputs; tests/reports/test_reports.py runs it.
EXPLORATIONS = sorted(path.stem for path in FOLDER.glob("*.ipynb") if "report" not in path.stem)
LAST_DAY = date(2026, 11, 22)
SAMPLE = {"seed": 1, "people": 800, "weeks": 20, "last_day": LAST_DAY}
MOST_BYTES = 150_000
LOGIC = (ast.If, ast.IfExp, ast.For, ast.While, ast.Try, ast.With, ast.FunctionDef, ast.ClassDef)
LOGIC += (ast.Lambda, ast.comprehension)


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


@pytest.fixture(scope="module")
def tiny_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Load one team, three people and one shift; nobody was ever asked or met."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "teams.csv").write_text("team_id,name\nT1,North\n")
    (folder / "people.csv").write_text("person_id\nann\nbob\ncid\n")
    (folder / "events.csv").write_text("event_id,event_type,team_id\nE1,canvass,T1\n")
    (folder / "shifts.csv").write_text("shift_id,event_id,starts_at\nS1,E1,2026-11-21T10:00\n")
    (folder / "signups.csv").write_text(
        "signup_id,shift_id,person_id,status,attended\n"
        "1,S1,ann,confirmed,yes\n2,S1,bob,registered,no\n3,S1,cid,registered,\n"
    )
    oa.load_files([folder], store=folder / "store", timezone="UTC")
    return folder / "store"


@pytest.mark.parametrize("name", EXPLORATIONS)
def test_a_notebook_shows_what_it_showed(
    name: str, sample_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORGANIZING_STORE", str(sample_store))
    differences = compare_outputs(notebook_path(name), tmp_path)
    assert differences is None, differences


@pytest.fixture(scope="module")
def kernels() -> Iterator[Kernels]:
    """Keep a warm kernel for all notebooks: each would import everything anew."""
    with kernels_ready() as ready:
        yield ready


@pytest.mark.parametrize("name", EXPLORATIONS)
def test_a_notebook_runs_on_a_tiny_store(
    name: str, tiny_store: Path, kernels: Kernels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORGANIZING_STORE", str(tiny_store))
    ran = run_notebook(notebook_path(name), {"as_of": "2026-11-22"}, kernels=kernels)
    for shown in outputs(ran):
        assert shown.output_type not in ("error", "stream"), shown
        svg = shown.get("data", {}).get("image/svg+xml")
        assert svg is None or is_drawn(svg), svg


def outputs(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [shown for cell in notebook.cells for shown in cell.get("outputs", [])]


def is_drawn(svg: str) -> bool:
    """Tell whether a chart has anything in it: a dot, a bar or a number of its own."""
    return bool(
        re.search(r'class="mark-(symbol|rect|text|line) role-mark[^"]*"[^>]*><(?!/g>)', svg)
    )


def test_an_empty_chart_would_be_noticed() -> None:
    import altair as alt
    import pandas as pd
    import vl_convert

    counts = pd.DataFrame({"label": ["a"], "n": [1]})
    for frame, drawn in ((counts, True), (counts[:0], False)):
        chart = alt.Chart(frame).mark_bar().encode(x="n:Q", y="label:N")
        assert is_drawn(vl_convert.vegalite_to_svg(chart.to_dict())) is drawn


@pytest.mark.parametrize("name", EXPLORATIONS)
def test_a_notebook_is_kept_tidy(name: str) -> None:
    path = notebook_path(name)
    assert path.stat().st_size <= MOST_BYTES
    notebook = nbformat.read(path, as_version=4)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", name) for name in ids)  # none made by chance
    assert all(set(cell.metadata) <= {"tags"} for cell in notebook.cells)
    assert notebook.cells[0].source.splitlines()[0].endswith("?")  # a question is its title
    assert all(shown.output_type == "execute_result" for shown in outputs(notebook))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")))
def test_notebooks_hold_no_logic_and_no_widgets(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert "ipywidgets" not in cell.source
            for node in ast.walk(ast.parse(cell.source)):
                assert not isinstance(node, LOGIC), cell.source


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")))
def test_notebooks_name_no_file_of_this_machine(path: Path) -> None:
    text = path.read_text()
    assert str(Path.home()) not in text
    assert sys.prefix not in text


def test_an_unknown_notebook_is_named_with_its_neighbours() -> None:
    with pytest.raises(OptionError, match=r'no notebook "explore_showup".*explore_show_up'):
        notebook_path("explore_showup")


def refresh(folder: Path, names: list[str]) -> None:
    """Run notebooks on the made-up campaign and keep their outputs."""
    os.environ["ORGANIZING_STORE"] = str(load_sample(folder))
    for name in names:
        run_and_keep(notebook_path(name), folder)


def run_and_keep(path: Path, folder: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, kernel_manager_class=kernels_in(folder), record_timing=False).execute()
    # Neither this machine's version of Python nor who opened it last.
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    for cell in notebook.cells:
        cell.metadata = {key: cell.metadata[key] for key in ("tags",) if key in cell.metadata}
    nbformat.write(notebook, path)


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as name:
        refresh(Path(name), sys.argv[1:] or EXPLORATIONS)
