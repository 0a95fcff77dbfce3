"""The scheduled run: what is new in a folder is loaded, reported on and delivered, once.

run.py        the steps, one after the other
lock.py       one run at a time
journal.py    what is done, so that a run that was killed is taken up and not begun anew
places.py     where an inbox may lie
inbox.py      which files are there as a whole
sorting.py    which are exports, which lists of who came, which answers
taking.py     load them; set aside those that are wrong
moving.py     into loaded/ and refused/, over no other file
reporting.py  the reports that are missing
delivery/     by e-mail, or into a folder
summary.py    what the run says of itself; log.py: and what it keeps of that
units.py      the same run for cron, systemd, GitHub and Windows
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.lazy import on_first_use

if TYPE_CHECKING:
    from organizing_analytics.weekly.run import run_weekly
    from organizing_analytics.weekly.summary import WeeklyRun

__all__ = ["WeeklyRun", "run_weekly"]

_HOMES = {"WeeklyRun": "summary", "run_weekly": "run"}

__getattr__, __dir__ = on_first_use(__name__, _HOMES)
