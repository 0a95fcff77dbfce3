"""Run `oa weekly` many times from one warm process, each in a fork that may kill itself.

    python tests/support/killed_runs.py '[{"words": ["weekly", …], "kill_at": 17}, …]'

A fork counts what leaves a trace (a rename, a removal, bytes to the mail server) and kills itself
with SIGKILL right before number `kill_at`; null lets it end. Prints one JSON line a run: how it
ended, and how many traces it left. The reports and their index are quick fakes.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import ibis.backends.duckdb  # noqa: F401  # all that is slow to import

import organizing_analytics.loading
import organizing_analytics.measures
import organizing_analytics.weekly.run  # noqa: F401
from organizing_analytics.cli import main
from organizing_analytics.reports import ReportRun, TeamReport
from organizing_analytics.reports.batch import NO_NAMES
from organizing_analytics.reports.files import write_whole
from organizing_analytics.store import open_store
from organizing_analytics.teams import chosen_teams, team_names
from organizing_analytics.weekly import reporting

if TYPE_CHECKING:
    from pathlib import Path

TRACES = ("os.rename", "os.remove", "shutil.move", "smtplib.send")
SOMETHING_ELSE = 70


def fake_reports(store: Path, *, week: str, teams: list[str], out: Path, **more: Any) -> ReportRun:
    with open_store(store) as data:
        chosen = chosen_teams(team_names(data), teams)
        [[rows]] = data.connection.sql("SELECT count(*) FROM people").fetchall()
        snapshot = data.snapshot
    out = out if more["names"] else out / NO_NAMES
    (out / week).mkdir(parents=True, exist_ok=True)
    made = []
    for n, team in enumerate(chosen, 1):
        page = write_whole(out / week / f"{team}.html", f"{team}: {rows}. snapshot {snapshot}\n")
        made.append(TeamReport(team, page, None, "done", 0.0))
        more["progress"](made[-1], n, len(chosen))
    return ReportRun(week, snapshot, tuple(made), out / "index.html")


def fake_index(wanted: Any, week: str, reports: dict[str, TeamReport]) -> None:
    for folder in (wanted.folder, wanted.folder / week):
        write_whole(folder / "index.html", " ".join(sorted(reports)))


def in_fork(words: list[str], kill_at: int | None, tell: int) -> None:
    seen = 0

    def hook(event: str, _: object) -> None:
        nonlocal seen
        if event in TRACES:
            if seen == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            seen += 1

    reporting.write_reports, reporting._write_index = fake_reports, fake_index
    sys.addaudithook(hook)
    code: object = SOMETHING_ELSE
    try:
        main(words)
    except SystemExit as end:
        code = end.code
    os.write(tell, json.dumps({"code": code or 0, "traces": seen}).encode())
    os._exit(0)


def run(words: list[str], kill_at: int | None) -> dict[str, Any]:
    listen, tell = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(2, 1)
        in_fork(words, kill_at, tell)
    os.close(tell)
    with os.fdopen(listen, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return json.loads(said) if said else {"signal": os.WTERMSIG(status)}


if __name__ == "__main__":
    for case in json.loads(sys.argv[1]):
        print(json.dumps(run(case["words"], case["kill_at"])), flush=True)  # noqa: T201
