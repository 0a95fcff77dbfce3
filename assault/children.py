"""A process that has the package imported and forks a child for each command (POSIX).

The child is killed at a moment of its life, alone or with all that it started, or just runs to its
end. Run as a program it takes orders, one line of JSON each.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

ROOT = Path(__file__).parent.parent


class Children:
    """The helper, seen from an attack: `with Children() as children: children.run(words)`.

    Parameters
    ----------
    temporary : Path, optional
        The folder for temporary files of all that it runs.
    """

    def __init__(self, temporary: Path | None = None) -> None:
        self.temporary = temporary

    def __enter__(self) -> Self:
        environment = dict(os.environ)
        if self.temporary is not None:
            self.temporary.mkdir(exist_ok=True)
            environment["TMPDIR"] = str(self.temporary)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "assault.children"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment,
        )  # fmt: skip
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(60)
        assert self.process.stdout
        self.process.stdout.close()

    def run(
        self,
        *words: object,
        kill_after: float | None = None,
        with_all: bool = False,
        fake_reports: bool = False,
        notebook: Path | None = None,
    ) -> dict[str, Any]:
        """Run a command; return its `code` (None when killed), `error` and `seconds`.

        Parameters
        ----------
        words : object
            The words of the command line.
        kill_after : float, optional
            Seconds after which it is killed.
        with_all : bool
            Kill all that it started, too.
        fake_reports : bool
            Pages are written at once, without notebooks: for what goes on around them.
        notebook : Path, optional
            An executed notebook, which every report takes instead of running its own.
        """
        order = {"words": [str(word) for word in words], "kill_after": kill_after,
                 "with_all": with_all, "fake_reports": fake_reports,
                 "notebook": notebook and str(notebook)}  # fmt: skip
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return dict(json.loads(self.process.stdout.readline()))


def _fake_reports() -> None:
    sys.path.insert(0, str(next((ROOT / "tests").rglob("killed_runs.py")).parent))
    import killed_runs

    from organizing_analytics.weekly import reporting

    reporting.write_reports = killed_runs.fake_reports
    reporting._write_index = killed_runs.fake_index


def _use_notebook(path: Path) -> None:
    from organizing_analytics.reports import batch
    from organizing_analytics.reports.running import read_notebook

    batch.run_notebook = lambda *_, **__: read_notebook(path)


def _child(order: dict[str, Any], words: int) -> None:
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(words, 1)  # a report that failed says why in its table
    os.dup2(words, 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
    from organizing_analytics.cli import main

    if order["fake_reports"]:
        _fake_reports()
    if order["notebook"]:
        _use_notebook(Path(order["notebook"]))
    code: object = 70
    try:
        main(order["words"])
    except SystemExit as end:
        code = end.code or 0
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(int(str(code)))


def _run(order: dict[str, Any]) -> dict[str, Any]:
    # A file and no pipe: it never fills up, and no process that is left over holds its end open.
    with tempfile.TemporaryFile() as words:
        started = time.perf_counter()
        child = os.fork()
        if not child:
            _child(order, words.fileno())
        if order["kill_after"] is not None:
            time.sleep(order["kill_after"])
            target = os.killpg if order["with_all"] else os.kill
            try:
                target(child, signal.SIGKILL)
            except ProcessLookupError:  # before it had a group of its own
                os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        seconds = time.perf_counter() - started
        words.seek(0)
        printed = words.read().decode("utf-8", "replace")
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
    return {"code": code, "error": printed[-2000:], "seconds": seconds}


def _serve() -> None:
    import duckdb  # noqa: F401
    import ibis.backends.duckdb  # noqa: F401

    import organizing_analytics.cli
    import organizing_analytics.loading.load
    import organizing_analytics.measures
    import organizing_analytics.reports.batch
    import organizing_analytics.weekly.run  # noqa: F401

    for line in sys.stdin:
        sys.stdout.write(json.dumps(_run(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
