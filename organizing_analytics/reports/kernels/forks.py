"""The run's side of the warm process: ask it for a fork, hear of the fork's end, end it.

Each fork has a line of its own, a pair of sockets of which the warm process holds the other end.
Over it comes the fork's pid, then its exit code; a signal goes the other way. Whoever closes this
end, even by being killed, has the fork killed with all that it started: nothing is left over.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from threading import Lock
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MODULE = "organizing_analytics.reports.kernels.warm_process"
#: Importing everything takes seconds; on a machine that is busy with something else, minutes. To
#: give up costs more: each notebook would import everything by itself. Death is noticed at once.
READY_SECONDS = 600.0
END_SECONDS = 5.0
MAX_BYTES = 4096
OUTPUT_FILE = "warm.txt"
#: A wish for no fork more.
END = "end"


class NoWarmProcess(RuntimeError):  # noqa: N818  # it reads better in a sentence
    """There is no warm process: it could not start, or it has died."""


class Fork:
    """A process that the warm process forked, held by its line."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.line.setblocking(False)
        self.pid: int | None = None
        self.is_up = False
        self.exit_code: int | None = None

    def listen(self) -> None:
        """Take in what has been said since."""
        while self.exit_code is None:
            try:
                message = self.line.recv(MAX_BYTES)
            except BlockingIOError:
                return
            except OSError:  # the warm process is gone, and its forks with it
                message = b""
            self._take(json.loads(message) if message else {"ended": -1})

    def _take(self, message: dict[str, Any]) -> None:
        self.pid = message.get("pid", self.pid)
        self.is_up = message.get("up", self.is_up)
        self.exit_code = message.get("ended", self.exit_code)

    def signal(self, number: int) -> None:
        """Send a signal to the fork and all that it started."""
        with suppress(OSError):
            self.line.send(json.dumps({"signal": number}).encode())

    def close(self) -> None:
        """Let go of the fork; if it lives, it is killed."""
        self.line.close()


class WarmProcess:
    """A process with all imports done, from which kernels are forked.

    Parameters
    ----------
    folder : Path
        A private folder for the run; the process removes it should this one be killed.
    renderers : int
        How many processes draw charts.
    prepared_by : str, optional
        The name of the module that kernels are prepared with; see `forked.Preparation`.
    sockets : Path, optional
        A private folder for the socket at which they are asked, instead of `folder`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        renderers: int,
        prepared_by: str | None = None,
        sockets: Path | None = None,
    ) -> None:
        self.folder = folder
        self._lock = Lock()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", MODULE, str(theirs.fileno()), str(renderers)]
        command.append(str(sockets or folder))
        command += [prepared_by] if prepared_by else []
        with theirs, (folder / OUTPUT_FILE).open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603  # this interpreter, our module
                command,
                # A thread of BLAS would not outlive the fork; without any there is none to miss.
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                pass_fds=[theirs.fileno()],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for the run, which ends it in order
            )

    @property
    def pid(self) -> int:
        """Return the process's id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Return whether it still runs."""
        return self._process.poll() is None

    def wait_until_ready(self) -> None:
        """Wait until all imports are done.

        Raises
        ------
        NoWarmProcess
            It died or took too long.
        """
        self._control.settimeout(READY_SECONDS)
        try:
            ready = self._control.recv(MAX_BYTES)
        except TimeoutError as error:
            raise NoWarmProcess(f"It was not ready after {READY_SECONDS:g} seconds.") from error
        except OSError:
            ready = b""
        if not ready:
            raise NoWarmProcess(self.last_line())

    def last_line(self) -> str:
        """Return the last line that the process printed."""
        output = (self.folder / OUTPUT_FILE).read_text(encoding="utf-8", errors="replace").strip()
        return output.splitlines()[-1] if output else "It ended without a word."

    def fork(self, what: str, folder: Path, request: Mapping[str, Any]) -> Fork:
        """Ask for a fork.

        Parameters
        ----------
        what : "kernel" or "answers"
            What it is to become.
        folder : Path
            Its private folder.
        request : mapping
            What it must know. It goes from memory to memory: an environment may hold a password.

        Raises
        ------
        NoWarmProcess
            The process has died.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        asked = json.dumps({"what": what, "folder": str(folder)}).encode()
        try:
            with theirs, _in_memory(request) as file, self._lock:
                socket.send_fds(self._control, [asked], [theirs.fileno(), file.fileno()])
        except OSError as error:
            ours.close()
            raise NoWarmProcess(self.last_line()) from error
        return Fork(ours)

    def has_ended(self, *, within: float) -> bool:
        """Return whether it ends within some seconds."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(within)
        return not self.is_alive

    def stop(self) -> None:
        """End the process and every fork of it; the folder stays, for who made it to remove."""
        with suppress(OSError), self._lock:
            self._control.send(json.dumps({"what": END}).encode())
        self._control.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS)
        self._process.kill()
        self._process.wait()


def _in_memory(request: Mapping[str, Any]) -> BinaryIO:
    """Return a file that is in no folder and on no disk, with a request in it."""
    file = os.fdopen(os.memfd_create("request"), "w+b")
    file.write(json.dumps(request).encode("utf-8", "surrogateescape"))
    file.flush()
    return file


def wait_for(fork: Fork, *, seconds: float, pause: float = 0.005) -> int | None:
    """Return a fork's exit code; None when it has not ended in time."""
    until = monotonic() + seconds
    fork.listen()
    while fork.exit_code is None and monotonic() < until:
        sleep(pause)
        fork.listen()
    return fork.exit_code
