"""The reports of a week that are missing: those of this snapshot, each made once.

Each report is written into the journal as soon as it is made, so that a run that was killed
among two hundred of them goes on with the next.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from organizing_analytics.private_files import share_reports
from organizing_analytics.reports import TeamReport, write_reports
from organizing_analytics.reports.batch import NO_NAMES
from organizing_analytics.reports.overview import Overview, write_overview
from organizing_analytics.reports.weeks import DAYS, last_full_week, monday_of, report_day
from organizing_analytics.store import open_store
from organizing_analytics.teams import chosen_teams, team_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from organizing_analytics.weekly.journal import Journal

#: How many missed weeks a run catches up on.
MAX_MISSED = 8
#: Nothing takes so long to write.
DRAFT_SECONDS = 3600.0


@dataclass(frozen=True)
class Wanted:
    """Which reports a run is to have.

    Attributes
    ----------
    store, out : Path
        From where, to where.
    week : str or None
        An ISO week; None: the last full one.
    teams : sequence of str
        Ids; none: all.
    jobs : int or None
        How many at a time.
    names : bool
        Whether people are named.
    """

    store: Path
    out: Path
    week: str | None = None
    teams: Sequence[str] = ()
    jobs: int | None = None
    names: bool = True

    @property
    def folder(self) -> Path:
        """Return where the pages come to stand."""
        return self.out if self.names else self.out / NO_NAMES


@dataclass(frozen=True)
class WeekReports:
    """The reports of a week, whenever they were made.

    Attributes
    ----------
    week, snapshot
        Of when, from what.
    names : mapping
        The chosen teams' names by their ids.
    reports : sequence of TeamReport
        One a team.
    fresh : frozenset of str
        The teams whose report was made by this run.
    warnings : tuple of str
        What the recipients should know of the data, such as a file of which nothing was loaded.
    today : date or None
        The day of the run by the campaign's clock.
    """

    week: str
    snapshot: int | None
    names: Mapping[str, str]
    reports: Sequence[TeamReport]
    fresh: frozenset[str]
    warnings: tuple[str, ...] = ()
    today: date | None = None


def make_reports(wanted: Wanted, journal: Journal) -> WeekReports:
    """Write the reports that are missing, and the index when anything changed.

    Raises
    ------
    OptionError, StoreError
        No such week or team, or there is no store.
    """
    with open_store(wanted.store) as store:
        called = team_names(store)
        chosen = chosen_teams(called, wanted.teams)
        week = wanted.week or last_full_week(store.as_of())
        snapshot, share_mode = store.snapshot, store.settings.share_mode
        today = store.as_of() + timedelta(days=1)
    _remove_drafts(wanted.folder, wanted.folder / week)
    journaled = journal.reports_of(wanted.folder.absolute(), week=week, snapshot=snapshot)
    missing = [team for team in chosen if not _is_made(journaled["teams"].get(team))]
    if missing:
        journaled["has_index"] = False
        _write(wanted, week, missing if len(missing) < len(called) else [], journaled, journal)
    reports = {team: _read(team, entry) for team, entry in journaled["teams"].items()}
    index = wanted.folder / "index.html"
    if not (journaled["has_index"] and index.is_file()):
        _write_index(wanted, week, reports)
        for folder in (wanted.folder, wanted.folder / week):
            share_reports(folder, mode=share_mode)
        journaled["has_index"] = True
        journal.save()
    names = {team: called[team] for team in chosen}
    in_order = [reports[team] for team in chosen if team in reports]
    return WeekReports(week, snapshot, names, in_order, frozenset(missing), today=today)


def weeks_to_report(wanted: Wanted, journal: Journal) -> tuple[list[str], list[str]]:
    """Return the weeks that a catching-up run reports on, in order, and those too long ago.

    They are those since the first that is known to be done which are not, and the last full week.
    """
    with open_store(wanted.store) as store:
        last = last_full_week(store.as_of())
    weeks_done = journal.weeks_done(wanted.folder.absolute())
    monday, missed = monday_of(min([*weeks_done, last])), []
    while monday < monday_of(last):
        missed.append(last_full_week(monday + timedelta(days=DAYS - 1)))
        monday += timedelta(days=DAYS)
    missed = [week for week in missed if week not in weeks_done]
    return [*missed[-MAX_MISSED:], last], missed[:-MAX_MISSED]


def _write(
    wanted: Wanted, week: str, teams: list[str], journaled: dict[str, Any], journal: Journal
) -> None:
    def note(report: TeamReport, _n_done: int, _all: int) -> None:
        journaled["teams"][report.team_id] = {
            "html": str(report.html.absolute()),
            "notebook": str(report.notebook.absolute()) if report.notebook else None,
            "status": report.status,
            "seconds": round(report.seconds, 3),
            "error": report.error,
        }
        journal.save()

    write_reports(
        wanted.store,
        week=week,
        teams=teams,
        out=wanted.out,
        jobs=wanted.jobs,
        names=wanted.names,
        progress=note,
    )


def _remove_drafts(*folders: Path) -> None:
    """Remove what a killed run left half-written; younger ones may be of an `oa report` at work."""
    for folder in folders:
        for path in folder.glob(".*.draft"):
            if time.time() - path.stat().st_mtime > DRAFT_SECONDS:
                path.unlink(missing_ok=True)


def _is_made(entry: dict[str, Any] | None) -> bool:
    return bool(entry and entry["status"] != "failed" and Path(entry["html"]).is_file())


def _read(team: str, entry: dict[str, Any]) -> TeamReport:
    notebook = Path(entry["notebook"]) if entry["notebook"] else None
    return TeamReport(
        team,
        Path(entry["html"]),
        notebook,
        entry["status"],
        entry["seconds"],
        entry["error"],
    )


def _write_index(wanted: Wanted, week: str, reports: Mapping[str, TeamReport]) -> None:
    """Write the index of all reports of the week, those of an earlier run included."""
    suffix = "" if wanted.names else f"-{NO_NAMES}"
    with open_store(wanted.store) as store:
        called = team_names(store)
        monday = monday_of(week)
        as_of = report_day(monday, store.as_of())
        overview = Overview.of(store, called, week=week, monday=monday, as_of=as_of, suffix=suffix)
    there = [reports[team] for team in called if team in reports]
    write_overview(overview, there, wanted.folder)


def page_digest(report: TeamReport, snapshot: int | None) -> str:
    """Return what tells a page from one that says something else.

    The number of the snapshot is left out: a load that changes nothing of a team makes its page
    no other one.
    """
    text = report.html.read_text(encoding="utf-8").replace(f"snapshot {snapshot}", "snapshot")
    return sha256(text.encode("utf-8")).hexdigest()[:20]
