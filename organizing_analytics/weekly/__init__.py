"""The scheduled run: what is new in a folder is loaded, reported on and delivered, once.

run.py        the steps, one after the other
lock.py       one run at a time
journal.py    what is done, so that a run that was killed is taken up and not begun anew
inbox.py      which files are there as a whole
taking.py     load them; set aside those that are wrong
moving.py     into loaded/ and refused/, over no other file
reporting.py  the reports that are missing
delivery/     by e-mail, or into a folder
summary.py    what the run says of itself; log.py: and what it keeps of that
units.py      the same run for cron, systemd, GitHub and Windows
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from organizing_analytics.weekly.run import run_weekly
    from organizing_analytics.weekly.summary import WeeklyRun

__all__ = ["WeeklyRun", "run_weekly"]

_HOMES = {"WeeklyRun": "summary", "run_weekly": "run"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
