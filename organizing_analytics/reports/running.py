"""Run a notebook: parameters in, executed notebook or a sentence out."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import nbformat
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError

from organizing_analytics.errors import ReportError
from organizing_analytics.reports.kernels import (
    Kernels,
    Stopped,
    kernels_in,
    kernels_in_use,
    last_words,
)
from organizing_analytics.reports.kernels.engine import CellError, execute, remove_paths
from organizing_analytics.temporary import private_folder, socket_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbformat import NotebookNode

    from organizing_analytics.reports.kernels.cold import OwnKernelManager

#: A notebook that takes longer is stopped, the start of its kernel included. It takes seconds; the
#: limit is for one that hangs, and must not stop one on a machine that is busy with other things.
NOTEBOOK_SECONDS = 1800.0
NOTEBOOK_FILE = "notebook.ipynb"


class NotebookError(ReportError):
    """A notebook stopped; `notebook` holds what it came to, where there is anything."""

    def __init__(self, message: str, notebook: NotebookNode | None = None) -> None:
        super().__init__(message)
        self.notebook = notebook


class DeadKernel(NotebookError):  # noqa: N818  # it reads better in a sentence
    """The kernel died or did not start."""


def run_notebook(
    template: Path,
    parameters: Mapping[str, Any],
    *,
    seconds: float = NOTEBOOK_SECONDS,
    kernels: Kernels | None = None,
) -> NotebookNode:
    """Execute a notebook in a kernel of its own.

    Parameters
    ----------
    template : Path
        A notebook with a cell tagged "parameters".
    parameters : mapping
        Their values.
    seconds : float
        Time limit of the whole notebook.
    kernels : Kernels, optional
        From `kernels_ready`; by default those that this thread uses, or else a new one.

    Returns
    -------
    NotebookNode
        With outputs, and without the names of files of this machine.

    Raises
    ------
    NotebookError
        A cell failed, the kernel died, or the time ran out.
    Stopped
        The run was stopped meanwhile.
    """
    kernels = kernels or kernels_in_use()
    warm = None if kernels is None else kernels.warm()
    try:
        return _run(template, parameters, seconds, kernels)
    except NotebookError as error:
        if kernels is not None and kernels.is_stopped:
            raise Stopped from error
        if not isinstance(error, DeadKernel) or warm is None or not warm.has_ended(within=1):
            raise
    # It died with the process that it was forked from: no fault of the notebook's.
    return _run(template, parameters, seconds, kernels)


def _run(
    template: Path, parameters: Mapping[str, Any], seconds: float, kernels: Kernels | None
) -> NotebookNode:
    until = monotonic() + seconds
    with ExitStack() as held:
        folder, manager = _place(kernels, held)
        held.enter_context(_own_loop())
        try:
            _execute(template, folder, parameters, until=until, manager=manager)
        except CellError as error:
            raise NotebookError(_in_words(template, error), _read(folder, template)) from error
        except CellTimeoutError as error:
            raise NotebookError(_time_limit(seconds)) from error
        except (RuntimeError, TimeoutError) as error:
            if monotonic() >= until:
                raise NotebookError(_time_limit(seconds)) from error
            message = f"The notebook's kernel died or did not start. {error} {last_words(folder)}"
            raise DeadKernel(message.strip()) from error
        return _read(folder, template)


def _place(kernels: Kernels | None, held: ExitStack) -> tuple[Path, type[OwnKernelManager]]:
    """Return a private folder for a kernel, and what starts one there."""
    if kernels is not None:
        folder = Path(held.enter_context(kernels.place()))
        return folder, kernels.manager_in(folder)
    folder = held.enter_context(private_folder())
    sockets = held.enter_context(socket_folder(folder))
    return folder, kernels_in(folder, sockets=None if sockets == folder else sockets)


@contextmanager
def _own_loop() -> Iterator[None]:
    # Jupyter makes an event loop per thread and leaves it open: sockets that nobody closes.
    loop = ensure_event_loop()
    try:
        yield
    finally:
        if not loop.is_running():
            _end_tasks(loop)
            loop.close()


def _end_tasks(loop: asyncio.AbstractEventLoop) -> None:
    # nbclient leaves those that waited for a kernel that was killed.
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))


def read_notebook(path: Path) -> NotebookNode:
    """Return the notebook in a file."""
    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def _execute(
    template: Path,
    folder: Path,
    parameters: Mapping[str, Any],
    *,
    until: float,
    manager: type[OwnKernelManager],
) -> None:
    execute(
        read_notebook(template),
        folder / NOTEBOOK_FILE,
        parameters,
        manager=manager,
        start_seconds=max(1, round(until - monotonic())),
        cell_seconds=lambda _cell: max(1, until - monotonic()),
    )


def _read(folder: Path, template: Path) -> NotebookNode:
    notebook = read_notebook(folder / NOTEBOOK_FILE)
    remove_paths(notebook, template.name)
    return notebook


def _time_limit(seconds: float) -> str:
    return f"The notebook was stopped after {seconds:g} seconds, its time limit."


def _in_words(template: Path, error: CellError) -> str:
    message = f"{error.name}: {error.message}" if error.message else error.name
    # The cell of parameters was put in at the top.
    cells = read_notebook(template).cells[: max(0, error.cell_index)]
    headings = [c.source for c in cells if c.cell_type == "markdown" and c.source.startswith("#")]
    place = f' in the section "{headings[-1].splitlines()[0].strip("# ")}"' if headings else ""
    return f"The notebook stopped{place}. {message}"
