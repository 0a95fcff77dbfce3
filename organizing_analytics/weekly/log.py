"""The log of the weekly runs: what happened when, without a name, an address or a password.

Teams stand in it by their ids. File names, reasons and a server's words may hold what is personal:
they are in the summary of the run, not here.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from organizing_analytics.private_files import make_private
from organizing_analytics.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import TextIOWrapper

    from organizing_analytics.weekly.summary import WeeklyRun

LOG_FILE = "weekly.log"
MAX_BYTES = 1_000_000
KEEP = 5


class _PrivateFile(RotatingFileHandler):
    """A log that only its owner reads, the new file after a rotation included."""

    def _open(self) -> TextIOWrapper:
        stream = super()._open()
        make_private(Path(self.baseFilename))
        return stream


class _Lines(logging.Formatter):
    """One line a message, whatever stands in it."""

    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record))


@contextmanager
def log_to(out: Path) -> Iterator[logging.Logger]:
    """Give a logger that writes to the log of an output folder."""
    logger = logging.getLogger(f"organizing_analytics.weekly.{os.getpid()}")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    handler = _PrivateFile(
        out / LOG_FILE, maxBytes=MAX_BYTES, backupCount=KEEP, encoding="utf-8", delay=True
    )
    handler.setFormatter(
        _Lines("%(asctime)s %(process)d %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S%z")
    )
    logger.addHandler(handler)
    try:
        yield logger
    finally:
        logger.removeHandler(handler)
        handler.close()


def log_end(logger: logging.Logger, run: WeeklyRun) -> None:
    """Write how a run ended."""
    for report in run.reports:
        if report["is_new"]:
            level = logging.ERROR if report["status"] == "failed" else logging.INFO
            logger.log(level, "report of %s: %s", _id(report["team_id"]), report["status"])
    for delivery in run.deliveries:
        teams = ", ".join(map(_id, delivery.teams))
        logger.info("%s %s: %s", delivery.kind, teams, delivery.status)
    logger.info("ended with exit code %s", run.exit_code)


def _id(team: str) -> str:
    # An id is other people's text: it must not begin a line of its own.
    return ascii(team)[1:-1]
