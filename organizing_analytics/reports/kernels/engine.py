"""All that we use of papermill: run a notebook with parameters, in an engine of our own.

The engine limits the size of a cell's output. A cell that prints a hundred megabytes would use up
the run's memory, and nobody would read it.

No other module imports papermill, since it may not be kept up for long: docs/decisions/fading.md
says what would replace it.
"""

from __future__ import annotations

import logging
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

from nbformat.v4 import new_output

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from jupyter_client.manager import KernelManager
    from nbformat import NotebookNode

#: As pyproject.toml names it under `papermill.engine`.
ENGINE = "organizing-analytics"
#: Characters of output that are kept of a cell. A whole page of a report has less than 0.4 million.
MAX_OUTPUT = 4_000_000
LEFT_OUT = (
    f"The rest of this output is left out: it was longer than {MAX_OUTPUT // 1_000_000} million"
    " characters."
)
#: If a cell has many outputs, the last ones arrive long after the cell has ended.
OUTPUT_SECONDS = 60
#: Options that papermill gives its engines and that a client does not accept.
ENGINE_OPTIONS = ("input_path", "log_output", "stdout_file", "stderr_file", "execution_timeout")


class CellError(Exception):
    """A cell failed.

    Attributes
    ----------
    name, message : str
        Of the error in the cell; the message may be empty.
    cell_index : int
        The place of the cell in the notebook, the cell of parameters included.
    """

    def __init__(self, name: str, message: str, cell_index: int) -> None:
        super().__init__(f"{name}: {message}")
        self.name, self.message, self.cell_index = name, message, cell_index


def execute(
    notebook: NotebookNode,
    output: Path,
    parameters: Mapping[str, Any],
    *,
    manager: type[KernelManager],
    start_seconds: int,
    cell_seconds: Callable[[NotebookNode], float],
) -> None:
    """Run a notebook and write what became of it, also when a cell fails.

    Parameters
    ----------
    notebook : NotebookNode
        With a cell tagged "parameters": the given ones go into a new cell after it.
    output : Path
        Where the executed notebook is written.
    parameters : mapping
        Names and values.
    manager : type of KernelManager
        Starts the kernel.
    start_seconds : int
        Time limit for the start of the kernel.
    cell_seconds : callable
        Cell → its time limit.

    Raises
    ------
    CellError
        A cell failed.
    nbclient.exceptions.CellTimeoutError
        A cell reached its time limit.
    RuntimeError, TimeoutError
        The kernel died or did not start.
    """
    import papermill  # noqa: PLC0415
    from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415

    logging.getLogger("papermill").setLevel(logging.ERROR)  # its warnings are not for the reader
    try:
        papermill.execute_notebook(
            notebook,
            str(output),
            dict(parameters),
            engine_name=ENGINE,
            progress_bar=False,
            request_save_on_cell_execute=False,
            start_timeout=start_seconds,
            kernel_manager_class=manager,
            shutdown_kernel="immediate",  # it holds nothing that must be saved
            timeout_func=cell_seconds,
        )
    except PapermillExecutionError as error:
        raise CellError(error.ename, error.evalue, error.cell_index) from error


def remove_paths(notebook: NotebookNode, name: str) -> None:
    """Remove the paths of this machine that papermill notes in an executed notebook."""
    notebook.metadata.papermill.update(input_path=name, output_path=None)


class LimitedEngine:
    """The engine that papermill finds by its entry point."""

    @classmethod
    def execute_notebook(cls, *arguments: Any, **options: Any) -> NotebookNode:
        """Run a notebook with papermill's own engine, which takes our client."""
        executed: NotebookNode = _engine().execute_notebook(*arguments, **options)
        return executed

    @classmethod
    def nb_kernel_name(cls, notebook: NotebookNode, name: str | None = None) -> str:
        """Return the name of the notebook's kernel."""
        return str(_engine().nb_kernel_name(notebook, name))

    @classmethod
    def nb_language(cls, notebook: NotebookNode, language: str | None = None) -> str:
        """Return the notebook's language."""
        return str(_engine().nb_language(notebook, language))


@cache
def _engine() -> Any:  # papermill has no types
    from papermill.clientwrap import PapermillNotebookClient  # noqa: PLC0415
    from papermill.engines import NBClientEngine  # noqa: PLC0415

    class LimitedClient(PapermillNotebookClient):  # type: ignore[misc]  # papermill has no types
        """Keeps the first part of each cell's output."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._n_characters: Counter[int] = Counter()

        def output(
            self,
            outs: list[NotebookNode],
            msg: dict[str, Any],
            display_id: str | None,
            cell_index: int,
        ) -> NotebookNode | None:
            """Keep an output, or say once that this and the following outputs are left out."""
            before = self._n_characters[cell_index]
            self._n_characters[cell_index] += _count_characters(msg["content"])
            if self._n_characters[cell_index] <= MAX_OUTPUT:
                output: NotebookNode | None = super().output(outs, msg, display_id, cell_index)
                return output
            if before <= MAX_OUTPUT:
                html = f'<p class="quiet">{LEFT_OUT}</p>'
                note = {"text/html": html, "text/plain": LEFT_OUT}
                outs.append(new_output("display_data", note))  # type: ignore[no-untyped-call]
                self._n_characters[cell_index] = MAX_OUTPUT + 1
            return None

    class Engine(NBClientEngine):  # type: ignore[misc]  # as above
        """Papermill's own engine, with `LimitedClient`."""

        @classmethod
        def execute_managed_notebook(
            cls, nb_man: Any, kernel_name: str, *, start_timeout: int = 60, **options: Any
        ) -> NotebookNode:
            """Run the notebook's cells in a kernel."""
            for option in ENGINE_OPTIONS:
                options.pop(option, None)
            client = LimitedClient(
                nb_man,
                startup_timeout=start_timeout,
                kernel_name=kernel_name,
                iopub_timeout=OUTPUT_SECONDS,
                **options,
            )
            executed: NotebookNode = client.execute()
            return executed

    return Engine


def _count_characters(content: object) -> int:
    if isinstance(content, dict):
        return sum(_count_characters(value) for value in content.values())
    if isinstance(content, list):
        return sum(_count_characters(value) for value in content)
    return len(content) if isinstance(content, str) else 8
