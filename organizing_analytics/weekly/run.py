"""The weekly run: take, load, move, report, deliver; each step does what is missing, no more."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from organizing_analytics.errors import OptionError, OrganizingError
from organizing_analytics.logbook.counting import logged_in_week
from organizing_analytics.logbook.mailbox import read_answers
from organizing_analytics.private_files import make_private, remove_drafts
from organizing_analytics.reports.files import write_whole
from organizing_analytics.reports.weeks import monday_of
from organizing_analytics.store import store_folder
from organizing_analytics.store.copies import note_copy
from organizing_analytics.store.snapshots import read_current
from organizing_analytics.teams import chosen_teams
from organizing_analytics.weekly.delivery import DeliverySettings, deliver, read_settings
from organizing_analytics.weekly.inbox import SETTLE_SECONDS, whole_files
from organizing_analytics.weekly.journal import Journal
from organizing_analytics.weekly.lock import one_run
from organizing_analytics.weekly.log import log_end, log_to
from organizing_analytics.weekly.moving import as_planned, make_moves, plan_moves
from organizing_analytics.weekly.places import check_places
from organizing_analytics.weekly.reporting import Wanted, make_reports, weeks_to_report
from organizing_analytics.weekly.summary import FileEntry, WeeklyRun
from organizing_analytics.weekly.taking import take
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from logging import Logger

    from organizing_analytics.logbook.mailbox import Mailbox
    from organizing_analytics.weekly.reporting import WeekReports
    from organizing_analytics.weekly.summary import Delivery
    from organizing_analytics.weekly.taking import Taken

#: Where the answers in a file end up.
ANSWER_TABLES = ("log_replies", "feedback")
SUMMARY_FILE = "weekly.json"
#: In the store's folder: the lock and the journal.
STATE_FOLDER = ".weekly"


def run_weekly(
    inbox: str | os.PathLike[str],
    *,
    out: str | os.PathLike[str] = "reports",
    store: str | os.PathLike[str] | None = None,
    week: str | None = None,
    teams: Sequence[str] = (),
    source: str | None = None,
    timezone: str | None = None,
    delivery: str | os.PathLike[str] | None = None,
    names: bool = True,
    jobs: int | None = None,
    settle_seconds: float = SETTLE_SECONDS,
    resend: Sequence[str] = (),
    dry_run: bool = False,
    catch_up: bool = False,
) -> WeeklyRun:
    """Load what is new in a folder, write the week's reports and deliver them.

    A run does what is missing and nothing else: started twice, or again after a crash, it loads no
    row anew, makes no report of the same snapshot again and sends no message twice.

    Parameters
    ----------
    inbox : path
        The folder with the exports. Its files are moved to `loaded` or `refused` in it.
    out : path
        Gets the reports, weekly.log and weekly.json.
    store : path, optional
        The store; default ORGANIZING_STORE, else data/store.
    week : str, optional
        An ISO week like 2026-W47; by default the last full one by the campaign's clock.
    teams : sequence of str
        Ids of teams; by default every team.
    source, timezone : str, optional
        As in `load_files`.
    delivery : path, optional
        A file of delivery settings (TOML); without it the reports stay where they are.
    names : bool
        False: no report names a person.
    jobs : int, optional
        How many reports are made at a time; by default as many as the machine has cores.
    settle_seconds : float
        For how long a file must not change to be there as a whole.
    resend : sequence of str
        Ids of teams whose message of the week is sent again.
    dry_run : bool
        Try the files and change neither inbox nor store; make reports of what is in the store;
        send nothing, but write the messages as .eml files into `out`/outbox.
    catch_up : bool
        Report first, in order, on the weeks that were missed: since the first week that a run has
        done, those that have no reports or whose delivery failed; the newest 8.

    Returns
    -------
    WeeklyRun
        What was found, made and delivered, and its `exit_code`.

    Raises
    ------
    RunningError
        Another run is going on.
    OrganizingError
        A folder, a delivery setting or the week is wrong; nothing has been done. What goes wrong
        later is in the run's `errors`.
    """
    settings = _settings(delivery, dry_run=dry_run)
    place, inbox, out = store_folder(store), Path(inbox).absolute(), Path(out).absolute()
    check_places(inbox, out=out, store=place, delivery=delivery, settings=settings)
    read_current(place)  # refuse a foreign folder before anything is written to it
    if week is not None:
        monday_of(week)
        if catch_up:
            raise OptionError("--week names one week and --catch-up many: give one of them.")
    wanted = Wanted(place, out, week, tuple(teams), jobs, names)
    state = _make_folders(place, out)
    with ExitStack() as held:
        held.enter_context(one_run(state))
        logger = held.enter_context(log_to(out))
        run = _Run(WeeklyRun(_now(), dry_run=dry_run), Journal.open(state), wanted, logger)
        run.begin()
        try:
            run.take(inbox, source=source, timezone=timezone, settle_seconds=settle_seconds)
            if settings is not None and settings.mailbox is not None and not dry_run:
                run.read_answers(settings.mailbox)
            for wanted_week in run.weeks() if catch_up else [week]:
                week_reports = run.report(wanted_week)
                # Only now: what follows on the files has worked.
                run.move(inbox)
                is_sent = settings is not None and settings.delivers
                deliveries = (
                    run.deliver(week_reports, settings, resend) if settings and is_sent else []
                )
                run.note_done(week_reports, deliveries)
        except OrganizingError as error:
            run.result.errors.append(str(error))
        except BaseException as error:
            run.result.errors.append(f"The run was stopped by {type(error).__name__}.")
            raise
        finally:
            run.end()
    return run.result


class _Run:
    """A run under way."""

    def __init__(self, result: WeeklyRun, journal: Journal, wanted: Wanted, logger: Logger) -> None:
        self.result = result
        self.journal = journal
        self.wanted = wanted
        self.logger = logger

    def begin(self) -> None:
        """Say that the run has begun: a summary that never says finished is of a crash."""
        remove_drafts(self.journal.path.parent)
        self.logger.info("began%s", " as a dry run" if self.result.dry_run else "")
        self._write_summary()

    def end(self) -> None:
        """Write the summary, for the folder and for the week."""
        self.result.finished = _now()
        self._write_summary()
        log_end(self.logger, self.result)

    def take(
        self, inbox: Path, *, source: str | None, timezone: str | None, settle_seconds: float
    ) -> None:
        """Load what is new in the inbox and move it away."""
        dry_run = self.result.dry_run
        planned = [] if dry_run else self.journal.moving
        self.result.files += [FileEntry(move["name"], "moved") for move in planned]
        # Of the same name another file may have come since.
        pending = [move for move in planned if as_planned(move).is_same()]
        whole, waiting = whole_files(inbox, settle_seconds=settle_seconds)
        # An earlier run has loaded these, and was stopped before it moved them.
        loaded_before = {as_planned(move) for move in pending}
        whole = [file for file in whole if file not in loaded_before]
        self.result.files += [FileEntry(name, "waiting") for name in waiting]
        taken = take(
            whole,
            store=self.wanted.store,
            inbox=inbox,
            source=source,
            timezone=timezone,
            dry_run=dry_run,
        )
        self.result.notes += taken.warnings
        moves = [] if dry_run else plan_moves(inbox, taken, _now_here(), pending=pending)
        if moves:
            self.journal.set_moving([*pending, *moves])
        self.result.files += _entries(taken)
        self.result.notes[:0] = self._all_rejected()
        counts = len(taken.loaded), len(taken.refused), len(waiting)
        self.logger.info("files: %d loaded, %d refused, %d waiting", *counts)

    def read_answers(self, mailbox: Mailbox) -> None:
        """Log what was answered by mail; a mailbox that cannot be read stops nothing else."""
        try:
            read = read_answers(self.wanted.store, mailbox)
        except OrganizingError as error:
            self.result.errors.append(str(error))
            self.logger.warning("answers could not be read")
            return
        self.result.answers = read
        self.logger.info(
            "answers: %d mails, %d logged, %d doubtful",
            read.mails, len(read.logged.recorded), len(read.doubts),
        )  # fmt: skip

    def move(self, inbox: Path) -> None:
        """Move what was loaded or refused out of the inbox, by this run or by one before."""
        if self.result.dry_run or not self.journal.moving:
            return
        moves = self.journal.moving
        troubles = make_moves(inbox, moves)
        note_copy(self.wanted.store, "inbox", inbox)  # so that `oa forget` looks into its files
        # After a run with another inbox, some of them are not of this one.
        targets = [(m["name"], Path(m["to"])) for m in moves]
        moved = {
            name: to.relative_to(inbox).as_posix() for name, to in targets if inbox in to.parents
        }
        self.result.files = [
            replace(entry, moved_to=moved.get(entry.file))
            if entry.outcome in ("loaded", "refused")
            else entry
            for entry in self.result.files
        ]
        self.result.errors += troubles
        self.journal.set_moving([])
        if troubles:
            self.logger.error("%d files could not be moved", len(troubles))

    def weeks(self) -> list[str]:
        """Return the weeks that were missed and the last full one, in order."""
        weeks, too_old = weeks_to_report(self.wanted, self.journal)
        if too_old:
            self.result.notes.append(
                f"{len(too_old)} older weeks were missed and are left out, from {too_old[0]} to "
                f"{too_old[-1]}: --week makes one of them."
            )
        return weeks

    def report(self, week: str | None) -> WeekReports:
        """Make the reports of a week that are missing; of the last full one by default."""
        week_reports = make_reports(replace(self.wanted, week=week), self.journal)
        self.result.week, self.result.snapshot = week_reports.week, week_reports.snapshot
        self.result.index = self.wanted.folder / "index.html"
        self.result.reports += [
            {
                "week": week_reports.week,
                "team_id": report.team_id,
                "status": report.status,
                "is_new": report.team_id in week_reports.fresh,
                "html": str(report.html),
                "error": report.error,
            }
            for report in week_reports.reports
        ]
        logged = logged_in_week(monday_of(week_reports.week), store=self.wanted.store)
        self.result.logged = logged if logged.answers else None
        warnings = (*self._all_rejected(), *self._not_loaded(), *self._receipt())
        return replace(week_reports, warnings=warnings)

    def _receipt(self) -> list[str]:
        """Return, for the mails, what was logged about the week and what was doubtful."""
        receipt = []
        if self.result.logged is not None:
            receipt.append(f"Logged about week {self.result.week}: {self.result.logged.in_short}.")
        doubts = self.result.answers.doubts if self.result.answers is not None else []
        if doubts:
            named = "; ".join(f"mail {doubt['uid']}: {doubt['why']}" for doubt in doubts)
            receipt.append(f"Answers by mail that were not taken: {named}.")
        return receipt

    def _all_rejected(self) -> list[str]:
        """Return a warning for each file of which every row was rejected."""
        return [
            f"Nothing of {entry.file} was loaded: every row of it was rejected. Whoever runs the "
            "reports finds the rows in the store's folder rejects."
            for entry in self.result.files
            if entry.outcome == "loaded" and entry.is_all_rejected
        ]

    def _not_loaded(self) -> list[str]:
        """Return, for the mails, why files were refused and how many answers were doubtful.

        Mail that names nobody says only which file: a file without a header has people in its
        first row.
        """
        refused = [
            entry.reason if self.wanted.names and entry.reason else f"{entry.file} was not loaded."
            for entry in self.result.files
            if entry.outcome == "refused"
        ]
        doubtful = [
            f"{entry.file}: {plural(entry.rejected, 'answer')} not taken. Whoever runs the reports "
            "finds the reasons beside the file."
            for entry in self.result.files
            if any(count["table"] in ANSWER_TABLES for count in entry.counts) and entry.rejected
        ]
        return [*refused, *doubtful]

    def deliver(
        self, week_reports: WeekReports, settings: DeliverySettings, resend: Sequence[str]
    ) -> list[Delivery]:
        """Deliver the reports that were not delivered yet."""
        again = (
            chosen_teams(week_reports.names, resend) if resend and not self.result.dry_run else []
        )
        for team in again:
            self.journal.forget_messages(week_reports.week, team)
        deliveries = deliver(
            week_reports,
            settings,
            wanted=self.wanted,
            journal=self.journal,
            dry_run=self.result.dry_run,
        )
        self.result.deliveries += deliveries
        return deliveries

    def note_done(self, week_reports: WeekReports, deliveries: Sequence[Delivery]) -> None:
        """Remember a week of which nothing is left to do: no catching-up run looks at it again."""
        statuses = [*(r.status for r in week_reports.reports), *(d.status for d in deliveries)]
        is_whole = not (self.wanted.teams or self.wanted.week or self.result.dry_run)
        if is_whole and "failed" not in statuses:
            self.journal.note_done(self.wanted.folder.absolute(), week_reports.week)

    def _write_summary(self) -> None:
        text = json.dumps(self.result.as_dict(), ensure_ascii=False, indent=2) + "\n"
        weeks = dict.fromkeys([*(r["week"] for r in self.result.reports), self.result.week])
        folders = [self.wanted.folder / week for week in weeks if week]
        for folder in (self.wanted.out, *folders):
            make_private(write_whole(folder / SUMMARY_FILE, text))


def _entries(taken: Taken) -> list[FileEntry]:
    loaded = [
        FileEntry(
            file.name,
            "loaded",
            counts=tuple(asdict(count) for count in taken.part_of(file).counts_of(file)),
            also_new=taken.part_of(file).also_new_of(file),
        )
        for file in taken.loaded
    ]
    refused = [
        FileEntry(file.name, "refused" if file.is_meant_as_data else "left", reason=reason)
        for file, reason in taken.refused.items()
    ]
    return [*loaded, *refused]


def _settings(delivery: str | os.PathLike[str] | None, *, dry_run: bool) -> DeliverySettings | None:
    settings = read_settings(Path(delivery)) if delivery is not None else None
    if settings and settings.mail and settings.mail.user and not dry_run:
        settings.mail.password()  # a missing one is better known now than after the reports
    return settings


def _make_folders(store: Path, out: Path) -> Path:
    state = store / STATE_FOLDER
    for folder in (store, state, out):
        try:
            if not folder.is_dir():
                folder.mkdir(parents=True)
                make_private(folder)
        except OSError as error:
            raise OptionError(
                f"{folder}: this folder cannot be made ({error.strerror}). Give another one."
            ) from error
    return state


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _now_here() -> datetime:
    return datetime.now().astimezone()
