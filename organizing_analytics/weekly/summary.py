"""What a weekly run says of itself: for a person in a few lines, for a program as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from organizing_analytics.logbook.counting import LoggedWeek
    from organizing_analytics.logbook.mailbox import ReadMail

FileOutcome = Literal["loaded", "refused", "waiting", "moved", "left"]
#: Those of `BAD` make the run exit with 1.
DeliveryStatus = Literal[
    "sent", "already sent", "written", "copied", "unchanged", "no address", "not wanted",
    "failed", "refused", "uncertain",
]  # fmt: skip
#: How many notes a person is shown.
MAX_NOTES = 10
BAD = ("failed", "refused", "uncertain")


@dataclass(frozen=True)
class FileEntry:
    """What became of one file of the inbox.

    Attributes
    ----------
    file : str
        Its path within the inbox.
    outcome : {"loaded", "refused", "waiting", "moved", "left"}
        Waiting: still being written. Moved: loaded or refused by a run that was stopped before
        it could move it. Left: no data, and not touched.
    moved_to : str or None
        Its path within the inbox now.
    reason : str or None
        Why it was refused.
    counts : tuple of dict
        Where its rows went, an entry a table.
    also_new : dict of str to int
        How many rows are new in the tables that it feeds beside those of `counts`.
    """

    file: str
    outcome: FileOutcome
    moved_to: str | None = None
    reason: str | None = None
    counts: tuple[dict[str, Any], ...] = ()
    also_new: dict[str, int] = field(default_factory=dict)

    @property
    def rejected(self) -> int:
        """Return how many rows were rejected."""
        return sum(int(count["rejected"]) for count in self.counts)

    @property
    def is_all_rejected(self) -> bool:
        """Return whether rows were rejected and not one was taken or already there."""
        kinds = ("new", "updated", "unchanged")
        return bool(self.rejected) and not any(count[k] for count in self.counts for k in kinds)


@dataclass(frozen=True)
class Delivery:
    """What became of one message, or of one folder.

    Attributes
    ----------
    kind : {"mail", "folder"}
        The way.
    status : DeliveryStatus
        See docs/running_weekly.md.
    teams : tuple of str
        Whose reports; for a folder none.
    said : str or None
        Why, or how many; no address.
    """

    kind: Literal["mail", "folder"]
    status: DeliveryStatus
    teams: tuple[str, ...] = ()
    said: str | None = None


@dataclass
class WeeklyRun:
    """A weekly run: what it found, made and delivered.

    Attributes
    ----------
    started, finished : str
        Moments in UTC; finished is None while it goes on, and after a crash.
    week, snapshot
        What the reports are about and made from; None when it did not come to that.
    dry_run : bool
        Whether nothing was to be changed or sent.
    files : list of FileEntry
        The inbox.
    reports : list of dict
        A `TeamReport` each, and whether it is new.
    deliveries : list of Delivery
        Messages and folders.
    notes, errors : list of str
        What one should know; what went wrong.
    index : Path or None
        The page that links the reports.
    answers : ReadMail or None
        What came of the answers by mail; None where no mailbox was read.
    logged : LoggedWeek or None
        What was logged about the week, by whom and which way; None where nothing was.
    """

    started: str
    finished: str | None = None
    week: str | None = None
    snapshot: int | None = None
    dry_run: bool = False
    files: list[FileEntry] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    index: Path | None = None
    answers: ReadMail | None = None
    logged: LoggedWeek | None = None

    @property
    def troubles(self) -> list[str]:
        """Return, in sentences, everything for which the run exits with 1."""
        refused = [
            f"{entry.reason}{f' It is in {entry.moved_to}.' if entry.moved_to else ''}"
            for entry in self._files("refused")
        ]
        failed = [r["team_id"] for r in self.reports if r["status"] == "failed"]
        reports = [f"The report of {team} failed." for team in failed]
        bad = [d for d in self.deliveries if d.status in BAD]
        sent = [f"{d.kind} {', '.join(d.teams)}: {d.status}. {d.said or ''}".strip() for d in bad]
        return [*self.errors, *refused, *reports, *sent]

    @property
    def exit_code(self) -> int:
        """Return 0 when all went well, there was nothing to do included; 1 otherwise."""
        return 1 if self.troubles else 0

    @property
    def did_nothing(self) -> bool:
        """Tell whether everything was done already."""
        new = any(report["is_new"] for report in self.reports)
        taken = any(f.outcome not in ("waiting", "left") for f in self.files)
        sent = any(d.status in ("sent", "written", "copied", *BAD) for d in self.deliveries)
        answered = self.answers is not None and self.answers.has_changed
        return not (new or taken or sent or answered or self.errors)

    def _files(self, outcome: FileOutcome) -> list[FileEntry]:
        return [entry for entry in self.files if entry.outcome == outcome]

    def as_dict(self) -> dict[str, Any]:
        """Return the run's JSON, which weekly.json holds too."""
        return {
            "started": self.started,
            "finished": self.finished,
            "week": self.week,
            "snapshot": self.snapshot,
            "dry_run": self.dry_run,
            "files": [asdict(entry) for entry in self.files],
            "reports": self.reports,
            "deliveries": [asdict(delivery) for delivery in self.deliveries],
            "answers": None if self.answers is None else self.answers.as_dict(),
            "logged": None if self.logged is None else self.logged.as_dict(),
            "notes": self.notes,
            "errors": self.errors,
            "exit_code": self.exit_code if self.finished else None,
        }

    def lines(self) -> list[str]:
        """Return what a person reads after the run."""
        lines = self._file_lines()
        if self.answers is not None and self.answers.mails:
            lines.append(f"Answers: {self.answers}")
        if self.logged is not None:
            lines.append(f"Logged about week {self.week}: {self.logged}")
        lines += [*self._report_lines(), *self._delivery_lines()]
        lines += [f"note: {note}" for note in self.notes[:MAX_NOTES]]
        if len(self.notes) > MAX_NOTES:
            lines.append(f"note: and {len(self.notes) - MAX_NOTES:,} more (weekly.json has all).")
        if self.did_nothing:
            lines.append("Nothing was missing: nothing was done.")
        if self.index is not None:
            lines.append(f"Open {self.index}")
        return lines

    def _file_lines(self) -> list[str]:
        loaded, waiting, moved = (self._files(o) for o in ("loaded", "waiting", "moved"))
        lines = []
        if loaded:
            rejected = sum(entry.rejected for entry in loaded)
            more = f", {rejected:,} rows rejected" if rejected else ""
            lines.append(f"Files loaded: {len(loaded)}{more}.")
        if moved:
            lines.append(f"Files that an earlier run had taken, now moved: {len(moved)}.")
        if waiting:
            names = ", ".join(entry.file for entry in waiting)
            lines.append(f"Still being written, left for the next run: {names}.")
        left = self._files("left")
        if left:
            lines.append(f"No data, left where they are: {', '.join(f.file for f in left)}.")
        return lines

    def _report_lines(self) -> list[str]:
        if not self.reports:
            return []
        new = sum(report["is_new"] for report in self.reports)
        weeks = list(dict.fromkeys(report["week"] for report in self.reports))
        named = f"weeks {', '.join(weeks)}" if len(weeks) > 1 else f"week {self.week}"
        basis = f"{named}, snapshot {self.snapshot}"
        return [f"Reports ({basis}): {new} made, {len(self.reports) - new} were there."]

    def _delivery_lines(self) -> list[str]:
        by_status: dict[str, int] = {}
        for delivery in self.deliveries:
            key = f"{delivery.kind} {delivery.status}"
            by_status[key] = by_status.get(key, 0) + 1
        folders = [f"Folder: {d.said}" for d in self.deliveries if d.kind == "folder" and d.said]
        counted = ", ".join(f"{key}: {n}" for key, n in by_status.items())
        return [f"Delivery: {counted}.", *folders] if counted else []

    def __str__(self) -> str:
        return "\n".join([*self.lines(), *self.troubles])

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(line)}</p>" for line in str(self).splitlines())
