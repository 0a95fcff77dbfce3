"""Starts one kernel by a fork of the warm process, with everything it needs in one folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from organizing_analytics.reports.kernels.client import QuickKernelClient
from organizing_analytics.reports.kernels.cold import OwnKernelManager, sockets_of

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_client.kernelspec import KernelSpec

    from organizing_analytics.reports.kernels.forks import WarmProcess

#: As pyproject.toml names it under `jupyter_client.kernel_provisioners`.
PROVISIONER = "organizing-analytics-forked"


class WarmKernelManager(OwnKernelManager):
    """As the cold one, but the kernel is forked. Made by `warm_kernels_in`."""

    warm: ClassVar[WarmProcess]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(client_factory=QuickKernelClient, **kwargs)

    @property
    def kernel_spec(self) -> KernelSpec:
        """Return the spec, which names our provisioner."""
        spec = super().kernel_spec
        spec.metadata = {"kernel_provisioner": {"provisioner_name": PROVISIONER}}
        return spec


def warm_kernels_in(
    folder: Path, warm: WarmProcess, *, sockets: Path | None = None
) -> type[WarmKernelManager]:
    """Return the class of kernel managers that fork and keep to a folder; one kernel a folder."""
    members = {"folder": folder, "sockets": sockets_of(folder, sockets), "warm": warm}
    return type("WarmKernelManagerInFolder", (WarmKernelManager,), members)
