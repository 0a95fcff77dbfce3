"""One process that draws the charts of all kernels, asked over a socket in the run's folder.

The first chart of a process takes 0.4 s, the later ones a few hundredths: a process that lives
for the run pays once. vl-convert may be imported before a fork but not used: whoever draws is a
fork, and no fork is made of it.
"""

from __future__ import annotations

import json
import socket
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

NAME = "draw"
#: Who asks and then says nothing must not keep the others waiting.
ASK_SECONDS = 20.0
#: More kernels than a renderer can draw for may be waiting.
ANSWER_SECONDS = 60.0
WAITING = 64
SIZE = struct.Struct("!Q")
PIECE = 1 << 16

#: Where to ask, in the forks of a warm process; elsewhere each process draws for itself.
ADDRESS: list[str] = []


class NotDrawnError(Exception):
    """The renderer did not answer."""


def draw(spec: dict[str, Any]) -> str:
    """Return a Vega-Lite chart as SVG, drawn by the run's renderer or else by this process."""
    if ADDRESS:
        with suppress(OSError, NotDrawnError):
            return ask(ADDRESS[0], spec)
    import vl_convert  # noqa: PLC0415  # 20 MB that only reports need

    return str(vl_convert.vegalite_to_svg(spec))


def ask(address: str, spec: dict[str, Any]) -> str:
    """Return a chart that the renderer at an address has drawn."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(ANSWER_SECONDS)
        line.connect(address)
        _send(line, json.dumps(spec).encode())
        return _receive(line).decode()


def listen(folder: Path) -> socket.socket:
    """Return a socket in a folder at which charts can be asked for, and make it known."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(folder / NAME))
    listener.listen(WAITING)
    ADDRESS[:] = [str(folder / NAME)]
    return listener


def serve(listener: socket.socket) -> None:
    """Draw whatever is asked for, one chart after another, until killed."""
    import vl_convert  # noqa: PLC0415  # as above

    while True:
        line, _ = listener.accept()
        with line:
            line.settimeout(ASK_SECONDS)
            # A chart that cannot be drawn fails again where it was asked for, and is said there.
            with suppress(OSError, NotDrawnError, ValueError):
                _send(line, vl_convert.vegalite_to_svg(json.loads(_receive(line))).encode())


def _send(line: socket.socket, content: bytes) -> None:
    line.sendall(SIZE.pack(len(content)) + content)


def _receive(line: socket.socket) -> bytes:
    (size,) = SIZE.unpack(_exactly(line, SIZE.size))
    return _exactly(line, size)


def _exactly(line: socket.socket, size: int) -> bytes:
    content = bytearray()
    while len(content) < size:
        piece = line.recv(min(PIECE, size - len(content)))
        if not piece:
            raise NotDrawnError
        content += piece
    return bytes(content)
