"""What a load says of itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from organizing_analytics.loading.tables.visible import shown


@dataclass
class FileCount:
    """Where the rows of one file went; the five kinds add up to `rows`."""

    file: str
    table: str
    source: str
    rows: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class Reject:
    """One reason why one row was rejected. Row 1 is the header, as a spreadsheet counts."""

    file: str
    row: int
    column: str | None
    value: str | None
    reason: str

    def __str__(self) -> str:
        """Return the sentence for the person who corrects the row."""
        where = f"{self.file} row {self.row}"
        if self.column is None:
            return f"{where}: {self.reason}"
        held = "is empty" if self.value is None else f'is "{shown(self.value)}"'
        return f"{where}: {self.column} {held}; {self.reason}"


@dataclass
class LoadResult:
    """What a load did.

    Attributes
    ----------
    snapshot : int or None
        The store's current snapshot after the load.
    files : list of FileCount
        One entry a file.
    rejects : list of Reject
        All reasons, in the order of files and rows.
    warnings : list of str
        What was loaded, but is unlikely; columns that nobody reads; settings that were set.
    corrections : list of str
        The CSV files in which rejected rows can be corrected and loaded again.
    mappings : dict
        A file of corrections → the mapping file that was found for the original.
    also_new : dict
        File → table → how many rows of it are new, for the tables that a file's rows feed beside
        the one by which they are counted.
    """

    snapshot: int | None = None
    files: list[FileCount] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    corrections: list[str] = field(default_factory=list)
    mappings: dict[str, str] = field(default_factory=dict)
    also_new: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """Return how many rows are new or updated."""
        return sum(count.new + count.updated for count in self.files)

    @property
    def is_all_rejected(self) -> bool:
        """Return whether rows were rejected and not one was taken or already there."""
        taken = sum(count.new + count.updated + count.unchanged for count in self.files)
        return not taken and any(count.rejected for count in self.files)

    @property
    def summary(self) -> str:
        """Return the load in a few words, without the names of files.

        Examples
        --------
        >>> LoadResult(files=[FileCount("a.csv", "people", "templates", 5, 3, 1, 1)]).summary
        '1 file: 3 new rows, 1 updated, 1 unchanged'
        """
        names = {count.file for count in self.files}
        totals = {
            kind: sum(getattr(count, kind) for count in self.files)
            for kind in ("new", "updated", "unchanged", "skipped", "rejected")
        }
        parts = [
            f"{n:,} {kind}{' rows' * (kind == 'new')}"
            for kind, n in totals.items()
            if n or kind == "new"
        ]
        return f"{len(names)} file{'s' * (len(names) != 1)}: {', '.join(parts)}"

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON."""
        return {
            "snapshot": self.snapshot,
            "files": [asdict(count) for count in self.files],
            "also_new": self.also_new,
            "rejects": [asdict(reject) for reject in self.rejects],
            "warnings": self.warnings,
        }
