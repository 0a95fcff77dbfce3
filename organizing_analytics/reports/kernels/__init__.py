"""Kernels of the very interpreter that runs now: ready ones where it can be, else new ones.

    cold.py          a new Python per notebook, as papermill starts it
    ready.py         the kernels of one run: warm ones, and what is done when there are none
    warm_process.py  the process that has the imports done and forks a kernel per notebook
    warming.py       the libraries that it imports and tries out beforehand
    forked.py        what a forked process does to become a kernel that knows of no other
    forks.py         the run's side of it: ask for a fork, hear of its end, end it
    provisioner.py   Jupyter's way to such a fork; manager.py, client.py without needless waits
    renderer.py      one process that draws the charts of all
    engine.py        papermill's engine, with a limit to what a cell's output may weigh

Names are imported on first use: who draws a chart needs no Jupyter. See
docs/decisions/warm_kernels.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.lazy import on_first_use

if TYPE_CHECKING:
    from organizing_analytics.reports.kernels.cold import kernels_in, last_words
    from organizing_analytics.reports.kernels.ready import (
        Kernels,
        Rehearsal,
        Stopped,
        kernels_in_use,
        kernels_ready,
    )

__all__ = [
    "Kernels",
    "Rehearsal",
    "Stopped",
    "kernels_in",
    "kernels_in_use",
    "kernels_ready",
    "last_words",
]

_HOMES = {
    "Kernels": "ready",
    "Rehearsal": "ready",
    "Stopped": "ready",
    "kernels_in": "cold",
    "kernels_in_use": "ready",
    "kernels_ready": "ready",
    "last_words": "cold",
}

__getattr__, __dir__ = on_first_use(__name__, _HOMES)
