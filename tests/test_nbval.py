"""What we count on nbval for: kept outputs are compared, and what machines draw differently is not.

When one of these fails after an update, docs/decisions/fading.md says what would replace nbval.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from kept_outputs import compare_outputs
from nbformat.v4 import new_code_cell, new_notebook, new_output

SHOW_CHART = (
    'from IPython.display import HTML\nHTML(\'<svg><path d="M1"/><text x="{}">7</text></svg>\')'
)


def kept(folder: Path, source: str, **data: str) -> Path:
    output = new_output("execute_result", data, execution_count=1)
    cell = new_code_cell(source, outputs=[output], execution_count=1)
    path = folder / "kept.ipynb"
    nbformat.write(new_notebook(cells=[cell]), path)
    return path


def chart(x: int, n: int) -> str:
    return f'<svg><path d="M{x}"/><text x="{x}">{n}</text></svg>'


@pytest.mark.parametrize(
    ("data", "is_same"),
    [
        ({"text/plain": "7"}, True),
        ({"text/plain": "8"}, False),
    ],
)
def test_a_number_is_compared(tmp_path: Path, data: dict[str, str], is_same: bool) -> None:
    differences = compare_outputs(kept(tmp_path, "3 + 4", **data), tmp_path)
    assert (differences is None) == is_same, differences


@pytest.mark.parametrize(("n", "is_same"), [(7, True), (8, False)])
def test_in_a_chart_only_words_and_numbers_are_compared(
    tmp_path: Path, n: int, is_same: bool
) -> None:
    data = {"text/html": chart(99, n), "text/plain": "<IPython.core.display.HTML object>"}
    differences = compare_outputs(kept(tmp_path, SHOW_CHART.format(1), **data), tmp_path)
    assert (differences is None) == is_same, differences


def test_a_cell_that_fails_is_a_difference(tmp_path: Path) -> None:
    differences = compare_outputs(kept(tmp_path, "1 / 0", **{"text/plain": "0"}), tmp_path)
    assert differences is not None
    assert "ZeroDivisionError" in differences
