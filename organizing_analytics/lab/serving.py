"""JupyterLab and Voilà: on this machine alone, behind a token, with nothing fetched.

Voilà runs one notebook whose code nobody sees. Its page may move the widgets and no more: the
server takes only the messages of widgets, so nothing can be run through it.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from organizing_analytics.reports.files import notebook_path

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = "127.0.0.1"
#: Our own template of Voilà.
SHARE = Path(__file__).parent / "share"
#: A kernel that nobody uses for so long ends, in seconds.
IDLE = 3600


def lab_command(folder: Path, *, port: int, opens: bool) -> list[str]:
    """Return the command that opens JupyterLab in a folder."""
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={folder.resolve()}",
        f"--ServerApp.ip={HERE}",
        f"--ServerApp.port={port}",
        f"--ServerApp.open_browser={opens}",
        # No news and no search for updates: nothing is fetched.
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *_as_root(),
    ]


def planner_command(*, port: int, opens: bool) -> list[str]:
    """Return the command that serves the planner by Voilà."""
    return [
        sys.executable,
        "-m",
        "voila",
        str(notebook_path("plan_event")),
        f"--port={port}",
        f"--Voila.ip={HERE}",
        "--Voila.auto_token=True",
        f"--Voila.open_browser={opens}",
        "--template=planner",
        "--VoilaConfiguration.strip_sources=True",
        "--show_tracebacks=False",
        f"--MappingKernelManager.cull_idle_timeout={IDLE}",
        "--MappingKernelManager.cull_interval=300",
        *([] if opens else ["--no-browser"]),
    ]


def _as_root() -> Sequence[str]:
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return ["--ServerApp.allow_root=True"] if is_root else []


def new_token() -> str:
    """Return a token that nobody guesses."""
    return secrets.token_urlsafe(24)


def serve(command: Sequence[str], *, store: Path, token: str) -> int:
    """Run a server until it ends.

    It finds store and token in its environment: a command line can be read by everybody on the
    machine.
    """
    known = {
        **os.environ,
        "ORGANIZING_STORE": str(store.resolve()),
        "JUPYTER_TOKEN": token,
        "JUPYTER_PATH": os.pathsep.join(filter(None, (str(SHARE), os.environ.get("JUPYTER_PATH")))),
    }
    try:
        return subprocess.run(command, env=known, check=False).returncode  # noqa: S603  # our own command
    except KeyboardInterrupt:
        return 0
