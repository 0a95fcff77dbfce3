"""A helper process that has the package imported and forks a child for each load (POSIX).

The child is killed, starved of disk or just watched; what became of it is one line of JSON.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


class Forks:
    """The helper, seen from a test: `with Forks() as forks: forks.load(path, store)`."""

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.stdin.close()
        self.process.wait(300)
        self.process.stdout.close()

    def load(
        self,
        *paths: Path,
        store: Path,
        kill_after: float | None = None,
        die_at: int | None = None,
        largest_file: int | None = None,
    ) -> dict[str, Any]:
        """Load in a child and return its exit code (None when killed), words, time and memory.

        `kill_after` seconds it is killed; `die_at` that step on the disk it kills itself;
        `largest_file` is how many bytes the disk takes.
        """
        words = ["load", *map(str, paths), "--store", str(store), "--timezone", "UTC", "--json"]
        order = {
            "words": words,
            "kill_after": kill_after,
            "die_at": die_at,
            "largest_file": largest_file,
        }
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def _child(order: dict[str, Any]) -> None:
    from organizing_analytics.cli import main

    if order["largest_file"] is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest_file"],) * 2)
    if order["die_at"] is not None:
        _die_at(order["die_at"])
    try:
        main(order["words"])
    except SystemExit as end:
        sys.stderr.flush()
        os._exit(int(end.code or 0))
    os._exit(0)


def _die_at(step: int) -> None:
    """Kill this process just before its step-th call that changes the folder or syncs a file."""
    left = [step]

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def _call(*given: Any, **named: Any) -> Any:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*given, **named)

        return _call

    os.fsync = counted(os.fsync)
    for name in ("rename", "replace", "unlink", "chmod"):
        setattr(Path, name, counted(getattr(Path, name)))


def _run(order: dict[str, Any]) -> dict[str, Any]:
    came, said = os.pipe()
    started = time.perf_counter()
    child = os.fork()
    if not child:
        os.close(came)
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  # until the child ends
        sys.stderr = os.fdopen(said, "w")
        _child(order)
    os.close(said)
    if order["kill_after"] is not None:
        time.sleep(order["kill_after"])
        os.kill(child, signal.SIGKILL)
    with os.fdopen(came, encoding="utf-8", errors="replace") as words:
        error = words.read()
    _, status, used = os.wait4(child, 0)
    return {
        "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "error": error,
        "seconds": time.perf_counter() - started,
        "megabytes": used.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2),
    }


def _serve() -> None:
    import duckdb  # noqa: F401
    import openpyxl  # noqa: F401

    import organizing_analytics.cli
    import organizing_analytics.loading.load  # noqa: F401

    for line in sys.stdin:
        sys.stdout.write(json.dumps(_run(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
