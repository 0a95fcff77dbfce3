"""The kernels of one run: forked from a warm process where that can be, else started anew.

Warm kernels need Linux: Windows has no fork, and macOS's own libraries do not outlive one.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from threading import Lock
from typing import TYPE_CHECKING, Any

from organizing_analytics.reports.kernels.cold import OwnKernelManager, kernels_in
from organizing_analytics.reports.kernels.forks import NoWarmProcess, WarmProcess, wait_for
from organizing_analytics.reports.kernels.manager import warm_kernels_in
from organizing_analytics.temporary import private_folder, socket_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: One renderer draws fast enough for this many kernels: none of them waits for it.
KERNELS_PER_RENDERER = 3
#: What all teams share is worked out ahead, but not for ever: without it all is still right.
REHEARSAL_SECONDS = 300.0
NO_FORK = "This system cannot fork a Python that runs"
ASIDE = "Each notebook starts a Python of its own, which takes some seconds more."

_log = logging.getLogger("organizing_analytics.reports")
_IN_USE: ContextVar[Kernels | None] = ContextVar("kernels", default=None)


class Stopped(BaseException):  # no failure of a report: the whole run was stopped
    """The run was stopped while a notebook ran: no page is to be written of it."""


@dataclass(frozen=True)
class Rehearsal:
    """A notebook that the run will execute many times, to find out what all will ask.

    Attributes
    ----------
    template : Path
        The notebook.
    parameters : mapping
        Those that all runs have in common.
    """

    template: Path
    parameters: Mapping[str, Any]


@dataclass
class Kernels:
    """The kernels of one run; made by `kernels_ready`. Nothing is started before it is needed.

    Attributes
    ----------
    folder : Path
        The run's private folder; each kernel's folder is in it.
    sockets : Path, optional
        Another one for the sockets, where its path is too long for them.
    jobs : int
        How many notebooks run at a time.
    rehearsal : Rehearsal, optional
        What to work out once for all.
    prepared_by : str, optional
        The name of the module that kernels are prepared with; a rehearsal needs one.
    """

    folder: Path
    jobs: int = 1
    rehearsal: Rehearsal | None = None
    prepared_by: str | None = None
    sockets: Path | None = None
    is_stopped: bool = False
    _warm: WarmProcess | None = None
    _is_tried: bool = False
    _lock: Lock = field(default_factory=Lock)

    def use(self) -> None:
        """Let notebooks that this thread runs have these kernels."""
        _IN_USE.set(self)

    def place(self) -> TemporaryDirectory[str]:
        """Return a private folder for one kernel."""
        return TemporaryDirectory(prefix="k", dir=self.folder, ignore_cleanup_errors=True)

    def manager_in(self, folder: Path) -> type[OwnKernelManager]:
        """Return the class of kernel managers that keep to a folder; one kernel a folder."""
        warm = self.warm()
        if self.is_stopped:
            raise Stopped
        if warm is None:
            return kernels_in(folder, sockets=self.sockets)
        return warm_kernels_in(folder, warm, sockets=self.sockets)

    def warm(self) -> WarmProcess | None:
        """Return the warm process, started if need be; None where there is none to be had."""
        with self._lock:
            if not self._is_tried and not self.is_stopped:
                self._is_tried = True
                self._start()
            elif self._warm is not None and not self._warm.is_alive:
                self._do_without(
                    f"The process that kernels are forked from has died. {self._warm.last_line()}"
                )
            return self._warm

    def _start(self) -> None:
        if not can_fork():
            self._do_without(f"{NO_FORK}.")
            return
        try:
            renderers = -(-self.jobs // KERNELS_PER_RENDERER)
            self._warm = WarmProcess(
                self.folder,
                renderers=renderers,
                prepared_by=self.prepared_by,
                sockets=self.sockets,
            )
            self._warm.wait_until_ready()
            if not self.is_stopped:
                self._rehearse(self._warm)
        except (NoWarmProcess, OSError) as error:
            self._do_without(f"No kernels could be kept ready. {error}")

    def _rehearse(self, warm: WarmProcess) -> None:
        if self.rehearsal is None:
            return
        place = Path(mkdtemp(prefix="k", dir=self.folder))
        request = {
            "template": str(self.rehearsal.template),
            "parameters": dict(self.rehearsal.parameters),
            "env": dict(os.environ),
        }
        fork = warm.fork("answers", place, request)
        try:
            wait_for(fork, seconds=REHEARSAL_SECONDS)
        finally:
            fork.close()

    def _do_without(self, why: str) -> None:
        if not self.is_stopped:
            _log.warning("%s %s", why.strip(), ASIDE)
        warm, self._warm = self._warm, None
        if warm is not None:
            warm.stop()

    def stop(self) -> None:
        """End every kernel; notebooks that run raise `Stopped`, no other begins."""
        self.is_stopped = True
        # Without the lock: who holds it may wait for just what is ended here.
        warm = self._warm
        if warm is not None:
            warm.stop()


def can_fork() -> bool:
    """Return whether a Python with libraries loaded can be forked on this system.

    What a fork must know is handed over in a file that is on no disk: it may hold a password.
    """
    return sys.platform == "linux" and hasattr(os, "memfd_create")


def kernels_in_use() -> Kernels | None:
    """Return the kernels that this thread's notebooks have; None when they start their own."""
    return _IN_USE.get()


@contextmanager
def kernels_ready(
    jobs: int = 1, *, rehearsal: Rehearsal | None = None, prepared_by: str | None = None
) -> Iterator[Kernels]:
    """Keep kernels ready for the notebooks of one run.

    Parameters
    ----------
    jobs : int
        How many notebooks run at a time.
    rehearsal : Rehearsal, optional
        What to work out once for all of them.
    prepared_by : str, optional
        The name of a module that says what the notebooks use (`forked.Preparation`): the kernels
        know nothing of it themselves. A rehearsal needs one.

    Raises
    ------
    ReportError
        There is no place for the sockets of kernels.
    """
    with private_folder() as folder, socket_folder(folder) as sockets:
        short = None if sockets == folder else sockets
        kernels = Kernels(folder, jobs, rehearsal, prepared_by, short)
        try:
            yield kernels
        finally:
            kernels.stop()
