"""Jupyter's way to a kernel that the warm process forks (`jupyter_client.kernel_provisioners`)."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Any

from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase

if TYPE_CHECKING:
    from jupyter_client.connect import KernelConnectionInfo

    from organizing_analytics.reports.kernels.forks import Fork, WarmProcess
    from organizing_analytics.reports.kernels.manager import WarmKernelManager

#: Between two looks whether something has happened: a kernel takes some hundredths to begin.
PAUSE = 0.002
#: A fork that dies is noticed at once; one that lives may be slow on a busy machine.
START_SECONDS = 1800.0
INTERPRETER_WORDS = 3  # this interpreter, -m, ipykernel_launcher


class ForkedProvisioner(KernelProvisionerBase):
    """Forks the kernel of a `WarmKernelManager` from the run's warm process."""

    fork: Fork | None = None
    parent: WarmKernelManager

    @property
    def has_process(self) -> bool:
        """Return whether a kernel was begun and its end not yet taken note of."""
        return self.fork is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Write the connection file."""
        self.parent.write_connection_file()
        command = self.parent.format_kernel_cmd(extra_arguments=kwargs.pop("extra_arguments", []))
        return await super().pre_launch(cmd=command, **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel and wait until it listens.

        Raises
        ------
        RuntimeError
            The process died, could not be made, or took too long.
        """
        warm: WarmProcess = self.parent.warm
        request = {"argv": cmd[INTERPRETER_WORDS - 1 :], "env": dict(kwargs["env"])}
        fork = self.fork = warm.fork("kernel", self.parent.folder, request)
        await self._until(lambda: fork.is_up or fork.exit_code is not None, START_SECONDS)
        if not fork.is_up:
            raise RuntimeError("Kernel died before it was ready")
        info: KernelConnectionInfo = self.parent.get_connection_info()
        return info

    async def _until(self, is_so: Any, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while self.fork is not None and loop.time() < until:
            self.fork.listen()
            if is_so():
                return
            await asyncio.sleep(PAUSE)

    async def poll(self) -> int | None:
        """Return the kernel's exit code, None while it lives."""
        if self.fork is None:
            return 0
        self.fork.listen()
        return self.fork.exit_code

    async def wait(self) -> int | None:
        """Wait for the kernel's end and return its exit code."""
        while (code := await self.poll()) is None:
            await asyncio.sleep(PAUSE)
        if self.fork is not None:
            self.fork.close()
            self.fork = None
        return code

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and all that it started."""
        if self.fork is not None:
            self.fork.signal(signum)

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002  # Jupyter's
        """Kill the kernel, and stay until it is gone."""
        await self.send_signal(signal.SIGKILL)
        await self._until(lambda: self.fork is None or self.fork.exit_code is not None, 1.0)

    async def terminate(self, restart: bool = False) -> None:  # noqa: ARG002
        """Ask the kernel to end."""
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:  # noqa: ARG002
        """Let go of the kernel; if it lives still, that ends it."""
        if self.fork is not None:
            self.fork.close()
            self.fork = None

    async def get_provisioner_info(self) -> dict[str, Any]:
        """Return what is known of the kernel's process."""
        info: dict[str, Any] = await super().get_provisioner_info()
        return {**info, "pid": None if self.fork is None else self.fork.pid, "by": os.getpid()}
