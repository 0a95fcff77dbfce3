"""What we count on papermill for, one test for each; no other module but the engine imports it.

When one of these fails after an update, docs/decisions/fading.md says what would replace papermill.
"""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellTimeoutError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import organizing_analytics
from organizing_analytics.reports.kernels import kernels_in
from organizing_analytics.reports.kernels.engine import CellError, execute, remove_paths

ROOT = Path(organizing_analytics.__file__).parent.parent


def run(folder: Path, *cells, seconds: float = 120, **parameters):
    """Run cells after one tagged "parameters" that says `week = "none"`."""
    first = new_code_cell('week = "none"', metadata={"tags": ["parameters"]})
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=[first, *cells], metadata={"kernelspec": kernel})
    output = folder / "executed.ipynb"
    execute(
        notebook,
        output,
        parameters,
        manager=kernels_in(folder),
        start_seconds=120,
        cell_seconds=lambda _: seconds,
    )
    return nbformat.read(output, as_version=4)


def test_parameters_replace_those_of_the_tagged_cell_and_the_outputs_are_kept(tmp_path):
    executed = run(tmp_path, new_code_cell("week"), week="2026-W47")
    assert executed.cells[-1].outputs[0]["data"]["text/plain"] == "'2026-W47'"
    assert executed.cells[1].metadata.tags == ["injected-parameters"]


def test_a_cell_that_fails_says_which_and_why_and_the_rest_is_written(tmp_path):
    cells = [new_markdown_cell("# Head"), new_code_cell("1 + 1"), new_code_cell("[][week]")]
    with pytest.raises(CellError) as raised:
        run(tmp_path, *cells, week=5)
    assert (raised.value.name, raised.value.message) == ("IndexError", "list index out of range")
    written = nbformat.read(tmp_path / "executed.ipynb", as_version=4)
    # Counted with the cell of parameters, and without those in which papermill notes the error.
    cells = [cell for cell in written.cells if "papermill-error" not in str(cell.metadata.tags)]
    assert cells[raised.value.cell_index].source == "[][week]"


def test_a_cell_that_takes_too_long_is_stopped(tmp_path):
    with pytest.raises(CellTimeoutError):
        run(tmp_path, new_code_cell("import time; time.sleep(600)"), seconds=2)


def test_no_path_of_this_machine_stays_in_the_notebook(tmp_path):
    executed = run(tmp_path)
    remove_paths(executed, "report.ipynb")
    assert str(tmp_path) not in nbformat.writes(executed)


def test_only_the_engine_imports_papermill_and_only_one_helper_names_nbval():
    importing = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "organizing_analytics").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Import) and node.names[0].name.split(".")[0] == "papermill")
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "papermill")
    }
    assert importing == {"organizing_analytics/reports/kernels/engine.py"}
    naming = {
        path.name for path in (ROOT / "tests").rglob("*.py") if "--nbval" in path.read_text("utf-8")
    }
    assert naming - {Path(__file__).name} == {"kept_outputs.py"}
