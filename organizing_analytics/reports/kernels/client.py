"""A client that goes on as soon as its kernel has answered.

jupyter_client's own waits 0.2 s for messages that might still come. This one knows which is the
last: the kernel is idle again after what it was asked.
"""

from __future__ import annotations

from contextlib import suppress
from queue import Empty
from time import monotonic
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient

ANSWER_SECONDS = 1.0


class QuickKernelClient(AsyncKernelClient):
    """Talks to a kernel that listens already."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers on both channels.

        Raises
        ------
        RuntimeError
            It died, or did not answer in time.
        """
        until = monotonic() + (timeout or float("inf"))
        while monotonic() < until:
            with suppress(Empty):
                asked = self.kernel_info()
                while (await self._message_on("shell"))["parent_header"].get("msg_id") != asked:
                    pass
                # Not heard when the kernel spoke before it knew of us: then ask again.
                while not _is_idle_after(await self._message_on("iopub"), asked):
                    pass
                return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
        raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")

    async def _message_on(self, channel: str) -> dict[str, Any]:
        sockets_of_channel = self.shell_channel if channel == "shell" else self.iopub_channel
        message: dict[str, Any] = await sockets_of_channel.get_msg(timeout=ANSWER_SECONDS)
        return message


def _is_idle_after(message: dict[str, Any], asked: str) -> bool:
    return bool(
        message["msg_type"] == "status"
        and message["parent_header"].get("msg_id") == asked
        and message["content"]["execution_state"] == "idle"
    )
