"""JupyterLab and Voilà: on this machine alone, behind a token, with nothing fetched.

Voilà runs one notebook whose code nobody sees. Its page may move the widgets and no more: the
server takes only the messages of widgets, so nothing can be run through it.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import webbrowser
from html import escape
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from organizing_analytics.errors import OptionError
from organizing_analytics.reports.files import notebook_path
from organizing_analytics.temporary import private_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = "127.0.0.1"
#: Our own template of Voilà, and settings of JupyterLab.
SHARE = Path(__file__).parent / "share"
#: A kernel that nobody uses for so long ends, in seconds.
IDLE = 3600
#: How many ports are tried beyond the one asked for.
MORE_PORTS = 50
#: For how long a page that holds the token stays, for the browser to open it.
OPEN_SECONDS = 30.0
READY_SECONDS = 60
#: The page may ask nobody but its own server, whatever Voilà's templates name.
POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:;"
    " style-src 'self' 'unsafe-inline' data:; frame-ancestors 'self'; form-action 'self'"
)


def lab_command(folder: Path, *, port: int, opens: bool) -> list[str]:
    """Return the command that opens JupyterLab in a folder."""
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={folder.resolve()}",
        f"--ServerApp.ip={HERE}",
        f"--ServerApp.port={port}",
        # The address is printed before: the server must not move to another port.
        "--ServerApp.port_retries=0",
        f"--ServerApp.open_browser={opens}",
        # No news and no search for updates: nothing is fetched.
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *_as_root(),
    ]


def planner_command(*, port: int) -> list[str]:
    """Return the command that serves the planner by Voilà."""
    headers = {"headers": {"Content-Security-Policy": POLICY}}
    return [
        sys.executable,
        "-m",
        "voila",
        str(notebook_path("plan_event")),
        f"--port={port}",
        "--Voila.port_retries=0",
        f"--Voila.ip={HERE}",
        "--Voila.auto_token=True",
        "--no-browser",
        f"--Voila.tornado_settings={headers}",
        "--template=planner",
        # Whoever looks may not choose another template: those fetch from elsewhere.
        "--VoilaConfiguration.allow_template_override=NO",
        "--VoilaConfiguration.allow_theme_override=NO",
        "--VoilaConfiguration.strip_sources=True",
        "--show_tracebacks=False",
        f"--MappingKernelManager.cull_idle_timeout={IDLE}",
        "--MappingKernelManager.cull_interval=300",
    ]


def _as_root() -> Sequence[str]:
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return ["--ServerApp.allow_root=True"] if is_root else []


def free_port(wanted: int) -> int:
    """Return a port that nobody listens at: the one wanted, or one soon after it.

    Raises
    ------
    OptionError
        All are taken.
    """
    for port in range(wanted, min(wanted + MORE_PORTS, 65_535) + 1):
        with socket.socket() as probe:
            if os.name == "posix":  # a server that has just ended holds its port no more
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HERE, port))
            except (OSError, OverflowError):
                continue
        return port
    raise OptionError(
        f"port is {wanted}; there and up to {MORE_PORTS} further on no port is free. Give another,"
        " like 9000."
    )


def open_when_ready(address: str, *, port: int) -> None:
    """Open an address in the browser as soon as its server answers, without waiting here."""
    Thread(target=_open_when_ready, args=(address, port), daemon=True).start()


def _open_when_ready(address: str, port: int) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex((HERE, port)) == 0:
                break
        time.sleep(0.2)
    # A page that leads there: everybody on the machine can read a browser's command line.
    with private_folder() as folder:
        page = folder / "planner.html"
        page.write_text(
            f'<meta http-equiv="refresh" content="0; url={escape(address)}">', encoding="utf-8"
        )
        webbrowser.open(page.as_uri())
        time.sleep(OPEN_SECONDS)


def new_token() -> str:
    """Return a token that nobody guesses."""
    return secrets.token_urlsafe(24)


def _with(ours: Path, variable: str) -> str:
    """Return a variable of folders with ours before those that it names already."""
    return os.pathsep.join(filter(None, (str(ours), os.environ.get(variable))))


def serve(command: Sequence[str], *, store: Path, token: str) -> int:
    """Run a server until it ends.

    It finds store and token in its environment: a command line can be read by everybody on the
    machine.
    """
    environment = {
        **os.environ,
        "ORGANIZING_STORE": str(store.resolve()),
        "JUPYTER_TOKEN": token,
        "JUPYTER_PATH": _with(SHARE, "JUPYTER_PATH"),
        # JupyterLab's own question about news is a setting: no, and it is not asked.
        "JUPYTER_CONFIG_PATH": _with(SHARE / "config", "JUPYTER_CONFIG_PATH"),
    }
    try:
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603  # our own command
    except KeyboardInterrupt:
        return 0
