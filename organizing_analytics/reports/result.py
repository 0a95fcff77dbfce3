"""What a run of the weekly reports comes back with."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pathlib import Path

Status = Literal["done", "failed", "empty"]


@dataclass(frozen=True)
class TeamReport:
    """One team's report.

    Attributes
    ----------
    team_id : str
        The team.
    html : Path
        Its page; when the report failed, a page that says what failed.
    notebook : Path or None
        The executed notebook; None when it could not even begin.
    status : {"done", "failed", "empty"}
        Empty: the team has nothing at all, and its page says so.
    seconds : float
        How long it took.
    error : str or None
        What failed, in words.
    csv, parquet : Path or None
        The numbers of the page; None when the report failed.
    pdf : Path or None
        The page on paper, where it was wanted and could be printed.
    """

    team_id: str
    html: Path
    notebook: Path | None
    status: Status
    seconds: float
    error: str | None = None
    csv: Path | None = None
    parquet: Path | None = None
    pdf: Path | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the report's JSON."""
        return {
            "team_id": self.team_id,
            "html": str(self.html),
            "notebook": _text(self.notebook),
            "status": self.status,
            "seconds": round(self.seconds, 3),
            "error": self.error,
            "csv": _text(self.csv),
            "parquet": _text(self.parquet),
            "pdf": _text(self.pdf),
        }


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


@dataclass(frozen=True)
class ReportRun:
    """All reports of one run.

    Attributes
    ----------
    week : str
        The ISO week.
    snapshot : int
        The store's snapshot that the index, and unless its error says otherwise each report, was
        made from.
    reports : tuple of TeamReport
        By the teams' names.
    index : Path
        The page that links them.
    note : str or None
        What the whole run has to say, like that nothing could be printed.
    """

    week: str
    snapshot: int | None
    reports: tuple[TeamReport, ...]
    index: Path
    note: str | None = None

    @property
    def failed(self) -> tuple[TeamReport, ...]:
        """Return the reports that failed."""
        return tuple(report for report in self.reports if report.status == "failed")

    def as_dict(self) -> dict[str, Any]:
        """Return the run's JSON."""
        reports = [report.as_dict() for report in self.reports]
        return {"week": self.week, "snapshot": self.snapshot, "reports": reports}

    def __str__(self) -> str:
        failed = f", {len(self.failed)} failed" if self.failed else ""
        note = f" {self.note}" if self.note else ""
        return f"{len(self.reports)} reports of {self.week}{failed}. Open {self.index}{note}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>"
