"""The process that has all imports done and forks a kernel for each notebook.

    python -m organizing_analytics.reports.kernels.warm_process SOCKET RENDERERS SOCKETS [MODULE]

SOCKETS is the folder for the renderers' socket. MODULE is what the caller prepares its kernels with
(see `Preparation`).

It opens no store and runs no cell: a fork of it knows nothing of any other notebook. It has one
thread, which waits for three things: a wish for a fork, a word for one, the end of one. When the
run's process is gone, in whatever way, it kills its forks, removes the run's folder and ends.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import selectors
import shutil
import signal
import socket
import sys
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from organizing_analytics.reports.kernels import forked, renderer
from organizing_analytics.reports.kernels.forks import END, MAX_BYTES
from organizing_analytics.reports.kernels.warming import warm_up

if TYPE_CHECKING:
    from collections.abc import Callable

#: How many arguments there are when the caller prepares nothing.
WITHOUT_MODULE = 4
FORKS: dict[str, Callable[[Path, socket.socket, int], None]] = {
    "kernel": forked.become_kernel,
    "answers": forked.gather_answers,
}


@dataclass(frozen=True)
class Child:
    """A fork, its line to the run, and what it was asked, which its answers replace."""

    pid: int
    line: socket.socket
    what: str
    memory: int


class Forker:
    """Forks on demand, tells of the end of each fork, and outlives none of them."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.children: dict[int, Child] = {}
        self.renderers: list[int] = []
        self.selector = selectors.DefaultSelector()
        self.ends, self.waker = socket.socketpair()
        for end in (self.ends, self.waker):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # the byte on the waker is enough
        signal.set_wakeup_fd(self.waker.fileno(), warn_on_full_buffer=False)
        self.selector.register(control, selectors.EVENT_READ, self._wish)
        self.selector.register(self.ends, selectors.EVENT_READ, self._ended)

    def draw(self, folder: Path, processes: int) -> None:
        """Begin to draw charts for whoever asks at the socket in a folder."""
        with renderer.listen(folder) as listener:
            self.renderers = [
                fork(lambda: renderer.serve(forked.keep_only(listener))) for _ in range(processes)
            ]

    def run(self) -> None:
        """Serve until the run is gone."""
        self.control.send(json.dumps({"ready": True}).encode())
        while True:
            for key, _ in self.selector.select():
                key.data()

    def _wish(self) -> None:
        try:
            asked, files, _, _ = socket.recv_fds(self.control, MAX_BYTES, 2)
        except OSError:
            asked, files = b"", []
        if not asked:  # the run was killed
            shutil.rmtree(Path.cwd(), ignore_errors=True)
        wish = json.loads(asked) if asked else {"what": END}
        if wish["what"] == END:
            self._end()
        line, memory = socket.socket(fileno=files[0]), files[1]
        folder, become = Path(wish["folder"]), FORKS[wish["what"]]
        try:
            pid = fork(lambda: become(folder, line, memory))
        except OSError as error:
            (folder / "said.txt").write_text(f"No process could be made: {error.strerror}.")
            line.close()
            os.close(memory)
            return
        self.children[pid] = Child(pid, line, wish["what"], memory)
        self.selector.register(line, selectors.EVENT_READ, lambda: self._word(pid))
        tell(line, pid=pid)

    def _word(self, pid: int) -> None:
        child = self.children[pid]
        try:
            message = child.line.recv(MAX_BYTES)
        except OSError:
            message = b""
        if message:
            kill(pid, json.loads(message)["signal"])
        else:  # the run has let go of it
            self.selector.unregister(child.line)
            kill(pid, signal.SIGKILL)

    def _ended(self) -> None:
        with suppress(BlockingIOError):
            while self.ends.recv(MAX_BYTES):
                pass
        with suppress(ChildProcessError):
            # Looked at first and taken away later: until then its number is nobody else's.
            while child_status := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                kill(child_status.si_pid, signal.SIGKILL)  # what it started and left behind
                _, status = os.waitpid(child_status.si_pid, 0)
                self._bury(child_status.si_pid, os.waitstatus_to_exitcode(status))

    def _bury(self, pid: int, code: int) -> None:
        child = self.children.pop(pid, None)
        if child is None:
            return  # a renderer: the kernels draw for themselves then
        if child.what == "answers" and code == 0:
            keep_answers(child.memory)
        tell(child.line, ended=code)
        with suppress(KeyError):
            self.selector.unregister(child.line)
        child.line.close()
        os.close(child.memory)

    def _end(self) -> None:
        for pid in [*self.children, *self.renderers]:
            kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            while True:  # so that what they used is counted as the run's
                os.waitpid(-1, 0)
        os._exit(0)


def keep_answers(memory: int) -> None:
    """Take what a fork worked out for all teams into this process, for the forks to come."""
    # Written by our own fork, into a file that nobody else can open.
    forked.prepared().keep(pickle.loads(forked.read_memory(memory)))  # noqa: S301
    gc.freeze()


def fork(become: Callable[[], None]) -> int:  # noqa: RET503  # a fork never returns
    """Return the pid of a fork, which becomes what it is told and never comes back."""
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        # Python 3.12 warns of a fork beside other threads. What threads there are belong to
        # libraries that make new ones after a fork.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid:
        return pid
    forked.live(become)


def tell(line: socket.socket, **message: int) -> None:
    """Say something to the run about a fork."""
    with suppress(OSError):
        line.send(json.dumps(message).encode(), socket.MSG_DONTWAIT)


def kill(pid: int, number: int) -> None:
    """Send a signal to a fork and to all that it started; forks lead a group of their own."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:  # so new that it leads none yet
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def main() -> None:
    """Warm up, then fork."""
    control = socket.socket(fileno=int(sys.argv[1]))
    processes = int(sys.argv[2])
    control.set_inheritable(False)
    if sys.path[0] == str(Path.cwd()):
        del sys.path[0]  # a kernel puts its own folder there
    warm_up()
    if len(sys.argv) > WITHOUT_MODULE:
        forked.prepare_with(sys.argv[WITHOUT_MODULE])
    forker = Forker(control)
    forker.draw(Path(sys.argv[3]), processes)
    gc.collect()
    gc.freeze()  # what is here now is not looked at again, and so stays shared with the forks
    forker.run()


if __name__ == "__main__":
    # Known by its own name too: a fork must find the same module, not a second one.
    sys.modules[__spec__.name] = sys.modules["__main__"]
    main()
