"""All teams' reports of a week: some at a time, and one failure stops no other."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import nbformat

from organizing_analytics.errors import OptionError, OrganizingError, ReportError, WriteError
from organizing_analytics.private_files import (
    make_private,
    make_private_folder,
    share_reports,
    share_words,
)
from organizing_analytics.reports.files import EVERYONE, file_names, notebook_path, write_whole
from organizing_analytics.reports.kernels import Rehearsal, kernels_ready
from organizing_analytics.reports.numbers import as_csv, as_parquet, table_of
from organizing_analytics.reports.overview import Overview, write_overview
from organizing_analytics.reports.pages import (
    everyone_page_of,
    everyone_rows_of,
    facts_of,
    numbers_of,
    page_of,
    render,
)
from organizing_analytics.reports.printing import NO_BROWSER, find_browser, print_page
from organizing_analytics.reports.result import ReportRun, Status, TeamReport
from organizing_analytics.reports.running import run_notebook
from organizing_analytics.reports.weeks import last_full_week, monday_of, report_day
from organizing_analytics.safe_csv import csv_text
from organizing_analytics.store import open_store
from organizing_analytics.store.reports import note_reports
from organizing_analytics.teams import active_teams, chosen_teams, team_names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nbformat import NotebookNode

    #: Called after each report with it, how many are done and how many there are.
    Progress = Callable[[TeamReport, int, int], None]

TEMPLATE = "weekly_team_report"
#: What kernels of the reports are prepared with.
PREPARATION = "organizing_analytics.reports.preparing"
#: For fewer teams, what all share is not worked out ahead: it takes as long as two of them.
WORTH_A_REHEARSAL = 4
#: Reports without names have a folder of their own, to be passed on as a whole, and say in their
#: file names what they are.
NO_NAMES = "no-names"


@dataclass(frozen=True)
class Job:
    """One report to make.

    Attributes
    ----------
    store : Path
        The store's folder.
    team_id, name, week : str
        Whose report, of when.
    snapshot : int
        What the run began with.
    stem : Path
        Its files without their endings.
    is_active : bool
        Whether the team has anything at all.
    names : bool
        Whether people are named.
    browser : str or None
        What prints the page, where a PDF is wanted.
    """

    store: Path
    team_id: str
    name: str
    week: str
    snapshot: int | None
    stem: Path
    is_active: bool
    names: bool = True
    browser: str | None = None

    def file(self, ending: str) -> Path:
        """Return the report's file with an ending."""
        return self.stem.with_name(f"{self.stem.name}.{ending}")


def write_reports(
    store_folder: str | os.PathLike[str] | None = None,
    *,
    week: str | None = None,
    teams: Sequence[str] = (),
    out: str | os.PathLike[str] = "reports",
    jobs: int | None = None,
    names: bool = True,
    pdf: bool = False,
    progress: Progress | None = None,
) -> ReportRun:
    """Write the teams' reports of a week, and an index.

    Parameters
    ----------
    store_folder : path, optional
        The store; default ORGANIZING_STORE, else data/store.
    week : str, optional
        An ISO week like 2026-W47; by default the last full one by the campaign's clock.
    teams : sequence of str
        Ids of teams; by default every team.
    out : path
        A folder: gets index.html, and a folder per week with a page, a notebook and the numbers
        (CSV and Parquet) per team.
    jobs : int, optional
        How many notebooks run at a time; by default as many as the machine has cores.
    names : bool
        False: no report names a person. They go to the folder no-names of `out`, with an index
        of their own, and their files end in -no-names.
    pdf : bool
        Print each page too, with the machine's Chromium, Chrome or Edge. Where there is none,
        the run says so and the reports are made without.
    progress : callable, optional
        Called after each report with the report, how many are done, and how many there are.

    Returns
    -------
    ReportRun
        Every report with its files and status. A report that failed has a page that says what
        failed; see `ReportRun.failed`.

    Raises
    ------
    OptionError
        No such week or team, or a value out of range; nothing has been written then.
    StoreError
        There is no store.
    """
    at_a_time = _whole(jobs if jobs is not None else os.cpu_count() or 1)
    folder = Path(out) if names else Path(out) / NO_NAMES
    suffix = "" if names else f"-{NO_NAMES}"
    browser = find_browser() if pdf else None
    with open_store(store_folder) as store:
        called = team_names(store)
        chosen = chosen_teams(called, teams)
        yesterday = store.as_of()
        week = week or last_full_week(yesterday)
        monday = monday_of(week)
        as_of = report_day(monday, yesterday)
        overview = Overview.of(store, called, week=week, monday=monday, as_of=as_of, suffix=suffix)
        active = active_teams(store)
        place, stems = _make_folder(folder / week), file_names(called)
        with suppress(OSError):  # who may only read the store may still write reports
            note_reports(store.path, folder)
        share_mode = store.settings.share_mode
        work = [
            Job(
                store=store.path,
                team_id=team,
                name=called[team],
                week=week,
                snapshot=store.snapshot,
                stem=place / f"{stems[team]}{suffix}",
                is_active=team in active,
                names=names,
                browser=browser,
            )
            for team in chosen
        ]
    reports = _all(work, at_a_time, progress)
    index = write_overview(overview, reports, folder)
    for shared in (folder, place):
        share_reports(shared, mode=share_mode)
    no_browser = NO_BROWSER if pdf and browser is None else ""
    message = " ".join(filter(None, (no_browser, share_words(share_mode, "The reports")))) or None
    return ReportRun(week, overview.snapshot, tuple(reports), index, message)


def _all(work: list[Job], at_a_time: int, progress: Progress | None) -> list[TeamReport]:
    reports_by_team: dict[str, TeamReport] = {}
    with (
        kernels_ready(at_a_time, rehearsal=_rehearsal(work), prepared_by=PREPARATION) as kernels,
        ThreadPoolExecutor(at_a_time, thread_name_prefix="report", initializer=kernels.use) as pool,
    ):
        try:
            for finished in as_completed([pool.submit(_make_or_say, job) for job in work]):
                report = finished.result()
                reports_by_team[report.team_id] = report
                if progress is not None:
                    progress(report, len(reports_by_team), len(work))
        except BaseException:
            kernels.stop()  # those that run end now, no other begins
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return [reports_by_team[job.team_id] for job in work]


def _rehearsal(work: list[Job]) -> Rehearsal | None:
    if len(work) < WORTH_A_REHEARSAL:
        return None
    shared = {"store": str(work[0].store), "week": work[0].week, "names": work[0].names}
    return Rehearsal(notebook_path(TEMPLATE), shared)


def _make_or_say(job: Job) -> TeamReport:
    begun = perf_counter()
    try:
        return _make(job)
    except WriteError as error:  # a full disk: not even the page that says so could be written
        seconds = perf_counter() - begun
        return TeamReport(job.team_id, job.file("html"), None, "failed", seconds, str(error))
    except OSError as error:
        message = f"{error.filename or job.file('html')}: {error.strerror}."
        seconds = perf_counter() - begun
        return TeamReport(job.team_id, job.file("html"), None, "failed", seconds, message)


def _make(job: Job) -> TeamReport:
    begun = perf_counter()
    try:
        notebook = run_notebook(
            notebook_path(TEMPLATE),
            {
                "store": str(job.store),
                "team_id": job.team_id,
                "week": job.week,
                "names": job.names,
            },
        )
        html = write_whole(job.file("html"), page_of(notebook))
        notebook_file = _keep(job, notebook)
        numbers = table_of(numbers_of(notebook), facts_of(notebook))
        csv = write_whole(job.file("csv"), as_csv(numbers))
        parquet = write_whole(job.file("parquet"), as_parquet(numbers))
        _write_everyone(job, notebook)
        pdf, unprinted = _print(job, html)
    except OrganizingError as error:
        return _failed(job, str(error), getattr(error, "notebook", None), begun)
    except Exception as error:  # noqa: BLE001  # whatever it is, the other teams get theirs
        return _failed(job, f"{type(error).__name__}: {error}", None, begun)
    status: Status = "done" if job.is_active else "empty"
    message = " ".join(filter(None, (_other_snapshot(job, notebook), unprinted))) or None
    return TeamReport(
        job.team_id,
        html,
        notebook_file,
        status,
        perf_counter() - begun,
        message,
        csv=csv,
        parquet=parquet,
        pdf=pdf,
    )


def _write_everyone(job: Job, notebook: NotebookNode) -> None:
    """Write the whole list of whom to call, as a page and as a CSV; an older one must not stay."""
    stem = f"{job.stem.name}{EVERYONE}"
    page_path, csv_path = (job.stem.with_name(f"{stem}.{ending}") for ending in ("html", "csv"))
    page = everyone_page_of(notebook, home=job.file("html").name) if job.names else None
    if page is None:
        for path in (page_path, csv_path):
            path.unlink(missing_ok=True)
        return
    write_whole(page_path, page)
    head, *rows = everyone_rows_of(notebook)
    write_whole(csv_path, csv_text(head, rows))


def _print(job: Job, html: Path) -> tuple[Path | None, str | None]:
    """Return the PDF, or why there is none; an older page's must not stand beside this one."""
    job.file("pdf").unlink(missing_ok=True)
    if job.browser is None:
        return None, None
    try:
        return print_page(job.browser, html, job.file("pdf")), None
    except ReportError as error:
        return None, str(error)


def _other_snapshot(job: Job, notebook: NotebookNode) -> str | None:
    used = facts_of(notebook).get("snapshot")
    if used == job.snapshot:
        return None
    return (
        f"A load finished while the reports were made: this one shows snapshot {used}, the index"
        f" snapshot {job.snapshot}."
    )


def _keep(job: Job, notebook: NotebookNode) -> Path:
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    return write_whole(job.file("ipynb"), f"{text}\n")


def _failed(job: Job, message: str, notebook: NotebookNode | None, begun: float) -> TeamReport:
    values = {
        "heading": f"{job.name}, {job.week}",
        "name": job.name,
        "team_id": job.team_id,
        "week": job.week,
        "error": message,
    }
    stale = [job.file(ending) for ending in ("csv", "parquet", "pdf")]
    stale += [job.stem.with_name(f"{job.stem.name}{EVERYONE}.{e}") for e in ("html", "csv")]
    for path in stale:
        path.unlink(missing_ok=True)  # an earlier run's, and no longer true
    html = write_whole(job.file("html"), render("failed.html.j2", values))
    notebook_file = None if notebook is None else _keep(job, notebook)
    return TeamReport(job.team_id, html, notebook_file, "failed", perf_counter() - begun, message)


def _make_folder(folder: Path) -> Path:
    try:
        make_private_folder(folder)
        make_private(folder)  # versions before 0.2.0 let everybody in
    except OSError as error:
        raise OptionError(
            f"{folder}: reports cannot be written there ({error.strerror}). Give another folder."
        ) from error
    return folder


def _whole(jobs: int) -> int:
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1:
        raise OptionError(f"jobs is {jobs!r}; it must be a whole number, 1 or more.")
    return jobs
