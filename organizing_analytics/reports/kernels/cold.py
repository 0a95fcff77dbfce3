"""A kernel of the very interpreter that runs now, talking over sockets in a private folder.

A kernel spec called "python3" may be missing, or belong to another environment: this one is made
from `sys.executable` and cannot be. IPC sockets in a folder that only this user may enter keep
other users of the machine from talking to the kernel; Windows has none and uses TCP. For a kernel
that is forked instead see manager.py.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

if TYPE_CHECKING:
    from pathlib import Path

MAX_CHARACTERS = 1000


class OwnKernelManager(AsyncKernelManager):
    """Starts one kernel, with everything it needs in one private folder. Made by `kernels_in`."""

    folder: ClassVar[Path]
    #: What the paths of its sockets begin with.
    sockets: ClassVar[Path]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.connection_file = str(self.folder / "kernel.json")
        if os.name == "posix":
            self.transport = "ipc"
            self.ip = str(self.sockets)

    @property
    def kernel_spec(self) -> KernelSpec:
        """Return the spec: this interpreter, whatever specs are installed."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")

    async def start_kernel(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Start the kernel away from the terminal and from what the user keeps at hand."""
        # A start-up script of IPython's, or a module of the folder that the user stands in, is
        # no part of a report.
        kwargs["env"] = {**os.environ, "IPYTHONDIR": str(self.folder / "ipython")}
        kwargs["cwd"] = str(self.folder)
        with said_in(self.folder).open("ab") as output:
            await super().start_kernel(stdout=output, stderr=output, **kwargs)


def kernels_in(folder: Path, *, sockets: Path | None = None) -> type[OwnKernelManager]:
    """Return the class of kernel managers that keep to a folder; one kernel a folder.

    Parameters
    ----------
    folder : Path
        A private one.
    sockets : Path, optional
        Another private folder, for the sockets, where the path of `folder` is too long for them.
    """
    members = {"folder": folder, "sockets": sockets_of(folder, sockets)}
    return type("KernelManagerInFolder", (OwnKernelManager,), members)


def sockets_of(folder: Path, sockets: Path | None) -> Path:
    """Return what the paths of the sockets of a kernel's folder begin with."""
    return folder / "k" if sockets is None else sockets / folder.name


def said_in(folder: Path) -> Path:
    """Return the file that holds what the kernel printed outside of cells."""
    return folder / "said.txt"


def last_words(folder: Path) -> str:
    """Return the end of what the kernel printed outside of cells, for an error message."""
    path = said_in(folder)
    output = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    return output[-MAX_CHARACTERS:].strip()
