"""Papermill's engine, with a limit to what a cell's output may weigh.

A cell that prints a hundred megabytes would take the run's memory, and no reader would read it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: As pyproject.toml names it under `papermill.engine`.
ENGINE = "organizing-analytics"
#: Letters of output that are kept of a cell; a page of a report is below 0.4 million in all.
MOST_OUTPUT = 4_000_000
LEFT_OUT = (
    f"The rest of this output is left out: it was longer than {MOST_OUTPUT // 1_000_000} million"
    " letters."
)
#: Outputs are still on their way when the cell has long ended, if they are many.
OUTPUT_SECONDS = 60
#: What papermill gives its engines and a client does not take.
NEEDLESS = ("input_path", "log_output", "stdout_file", "stderr_file", "execution_timeout")


class LimitedClient(PapermillNotebookClient):  # type: ignore[misc]  # papermill has no types
    """Keeps of each cell's output what comes first."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._kept: Counter[int] = Counter()

    def output(
        self,
        outs: list[NotebookNode],
        msg: dict[str, Any],
        display_id: str | None,
        cell_index: int,
    ) -> NotebookNode | None:
        """Take an output, or say once that it and what follows is left out."""
        before = self._kept[cell_index]
        self._kept[cell_index] += _letters(msg["content"])
        if self._kept[cell_index] <= MOST_OUTPUT:
            kept: NotebookNode | None = super().output(outs, msg, display_id, cell_index)
            return kept
        if before <= MOST_OUTPUT:
            html = f'<p class="quiet">{LEFT_OUT}</p>'
            said = {"text/html": html, "text/plain": LEFT_OUT}
            outs.append(new_output("display_data", said))  # type: ignore[no-untyped-call]
            self._kept[cell_index] = MOST_OUTPUT + 1
        return None


def _letters(content: object) -> int:
    if isinstance(content, dict):
        return sum(_letters(value) for value in content.values())
    if isinstance(content, list):
        return sum(_letters(value) for value in content)
    return len(content) if isinstance(content, str) else 8


class LimitedEngine(NBClientEngine):  # type: ignore[misc]  # as above
    """Papermill's own engine, with `LimitedClient`."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, start_timeout: int = 60, **options: Any
    ) -> NotebookNode:
        """Run the notebook's cells in a kernel."""
        for needless in NEEDLESS:
            options.pop(needless, None)
        client = LimitedClient(
            nb_man,
            startup_timeout=start_timeout,
            kernel_name=kernel_name,
            iopub_timeout=OUTPUT_SECONDS,
            **options,
        )
        done: NotebookNode = client.execute()
        return done
