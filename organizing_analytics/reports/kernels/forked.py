"""What a forked process does to become a kernel that knows nothing of any other.

What could leak from the warm process, or from a notebook before, is made anew: folder,
environment, random numbers, signals, open files, the command line, standard streams.
"""

from __future__ import annotations

import ctypes
import fcntl
import gc
import json
import os
import pickle
import signal
import socket
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, cast

from organizing_analytics.reports.kernels.cold import said_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Of prctl(2): send me this signal when the process that forked me ends.
PR_SET_PDEATHSIG = 1
MAX_FILES = 65536
#: Beyond the numbers of files that a process begins with.
HIGH_FILE = 10


def live(become: Callable[[], None]) -> NoReturn:
    """Be a fork: become something, then end without what the warm process would do at its end."""
    code = 1
    try:
        os.setsid()  # a group of its own, to be ended with all that it starts
        _end_with_the_warm_process()
        _forget_signals()
        become()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001  # nothing may climb back into the warm process's loop
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def become_kernel(folder: Path, line: socket.socket, memory: int) -> None:
    """Be a Jupyter kernel until the notebook has ended; `memory` is the file of the request."""
    request = json.loads(read_memory(memory))
    line = keep_only(line)
    begin_anew(folder, request["env"])
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415  # imported by the warm process

    sys.argv = request["argv"]
    app = IPKernelApp.instance()
    # History is for who sits at a keyboard; it would open a database.
    app.initialize([*sys.argv[1:], "--HistoryManager.enabled=False"])  # type: ignore[no-untyped-call]
    line.send(json.dumps({"up": True}).encode())
    line.close()
    app.start()  # type: ignore[no-untyped-call]


def gather_answers(folder: Path, line: socket.socket, memory: int) -> None:
    """Work out what all teams' notebooks will ask, leave it in the request's place, and end."""
    request = json.loads(read_memory(memory))
    memory = fcntl.fcntl(memory, fcntl.F_DUPFD_CLOEXEC, HIGH_FILE)
    keep_only(line, memory).close()
    begin_anew(folder, request["env"])
    answers = prepared().gather(Path(request["template"]), request["parameters"])
    os.ftruncate(memory, 0)
    os.lseek(memory, 0, os.SEEK_SET)
    with os.fdopen(memory, "wb") as file:
        pickle.dump(answers, file, protocol=pickle.HIGHEST_PROTOCOL)


class Preparation(Protocol):
    """What a caller prepares its kernels with: a module with these three functions."""

    def warm_up(self) -> None:
        """Import and try out what the caller's notebooks use."""

    def gather(self, template: Path, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the notebooks of a run will ask, worked out once."""

    def keep(self, answers: Mapping[str, Any]) -> None:
        """Take into this process what `gather` returned in a fork."""


_PREPARED: list[Preparation] = []


def prepare_with(module: str) -> None:
    """Import the caller's module and let it warm up; forks find it by `prepared`."""
    preparation = cast("Preparation", import_module(module))
    preparation.warm_up()
    _PREPARED[:] = [preparation]


def prepared() -> Preparation:
    """Return what the caller prepared this process with."""
    return _PREPARED[0]


def read_memory(memory: int) -> bytes:
    """Return what a file holds that has a number and no name; it stays open."""
    with os.fdopen(os.dup(memory), "rb") as file:
        file.seek(0)
        return file.read()


def keep_only(line: socket.socket, memory: int | None = None) -> socket.socket:
    """Close every file but the standard streams and one line; return it, under a new number.

    Parameters
    ----------
    line : socket
        To the run.
    memory : int, optional
        Another file that stays open, from `HIGH_FILE` on.
    """
    low = os.dup2(line.detach(), 3, inheritable=False)
    end = min(os.sysconf("SC_OPEN_MAX"), MAX_FILES)
    os.closerange(low + 1, end if memory is None else memory)
    if memory is not None:
        os.closerange(memory + 1, end)
    return socket.socket(fileno=low)


def begin_anew(folder: Path, environment: dict[str, str]) -> None:
    """Take up a folder and an environment; leave random numbers and streams of the past behind."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    with said_in(folder).open("ab") as output, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    if "numpy" in sys.modules:
        # Python's own generator sees to it; numpy's old global one would be the same in all forks.
        sys.modules["numpy"].random.seed()
    gc.enable()


def _end_with_the_warm_process() -> None:
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended in between
        os._exit(1)


def _forget_signals() -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
