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
from functools import partial
from typing import TYPE_CHECKING, Any

from organizing_analytics.drawing import draw_with

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


class NotDrawnError(Exception):
    """The renderer did not answer."""


def ask(address: str, spec: dict[str, Any]) -> str:
    """Return a chart that the renderer at an address has drawn."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(ANSWER_SECONDS)
        line.connect(address)
        _send(line, json.dumps(spec).encode())
        return _receive(line).decode()


def ask_or_none(address: str, spec: dict[str, Any]) -> str | None:
    """Return a chart that the renderer at an address has drawn; None where it does not answer."""
    try:
        return ask(address, spec)
    except (OSError, NotDrawnError):
        return None


def listen(folder: Path) -> socket.socket:
    """Return a socket in a folder at which this process and its forks ask for charts."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(folder / NAME))
    listener.listen(WAITING)
    draw_with(partial(ask_or_none, str(folder / NAME)))
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
