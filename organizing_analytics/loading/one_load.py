"""One load under way: files are staged, checked, merged into a draft, and the load is recorded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

import duckdb

from organizing_analytics.errors import RejectedRowsError, about
from organizing_analytics.loading import clocks, noticing, staging
from organizing_analytics.loading.attendance import read_columns
from organizing_analytics.loading.blocking import block
from organizing_analytics.loading.check_in import CheckIn, find_people, find_shift, mark_absent
from organizing_analytics.loading.checking import Checker
from organizing_analytics.loading.counting import count_rows, main_tables_by_file, with_file_rows
from organizing_analytics.loading.dates.settling import Settler
from organizing_analytics.loading.known_ids import stored_id, use_keyed_ids
from organizing_analytics.loading.merging import drop_marks, empty_tables, merge
from organizing_analytics.loading.preparing import join_columns
from organizing_analytics.loading.recording import record_load
from organizing_analytics.loading.refused_words import refuse_words
from organizing_analytics.loading.rejects import RejectedFile
from organizing_analytics.loading.reshaping import reshape
from organizing_analytics.loading.rewriting import read_once, read_or_rewrite, rewritten
from organizing_analytics.loading.same_people import join_same_people
from organizing_analytics.loading.same_shifts import join_same_shifts, note_shared_dates
from organizing_analytics.loading.settings_change import note_clock
from organizing_analytics.loading.settling_marks import settle_marks
from organizing_analytics.loading.settling_quantities import settle_quantities
from organizing_analytics.loading.settling_zones import settle_zones
from organizing_analytics.loading.tables.screening import screen
from organizing_analytics.loading.team_lines import refresh_team_lines
from organizing_analytics.model import LOAD_ORDER
from organizing_analytics.people import refresh_identity
from organizing_analytics.people.forgetting import is_blocking

if TYPE_CHECKING:
    from pathlib import Path

    from organizing_analytics.loading.files import RawFile
    from organizing_analytics.loading.result import FileCount, LoadResult
    from organizing_analytics.loading.staging import Staged
    from organizing_analytics.sources import Reading
    from organizing_analytics.store import Draft


@dataclass
class OneLoad:
    """One load under way, on a draft that nobody else can see.

    Attributes
    ----------
    draft : Draft
        The store's next snapshot.
    zone : str
        Time zone for times that have no UTC offset.
    result : LoadResult
        What the load did; filled step by step.
    check_in : CheckIn, optional
        The shift, if the file is a list of who came to it.
    year : int, optional
        The year of dates that are written without one.
    staged : list of Staged
        The staged tables of all files.
    rejected : list of RejectedFile
        The files that have rejected rows.
    n_changed : int
        New and updated rows.
    """

    draft: Draft
    zone: str
    result: LoadResult
    check_in: CheckIn | None = None
    year: int | None = None
    staged: list[Staged] = field(default_factory=list)
    rejected: list[RejectedFile] = field(default_factory=list)
    n_changed: int = 0

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """Return the connection to the draft."""
        return self.draft.connection

    def stage(self, opened: list[tuple[RawFile, Reading]], spare: Path) -> None:
        """Read every file into typed tables; the folder `spare` takes rewritten files."""
        staging.set_time_zones(self.connection, sorted(available_timezones()))
        if self.check_in:
            shift = stored_id(self.connection, "shifts", self.check_in.shift)
            self.check_in = replace(self.check_in, shift=shift)
            find_shift(self.connection, shift)
        paths = [raw.path for raw, _ in opened]
        for place, (raw, reading) in enumerate(opened):
            with about(raw.path):
                opened[place] = (self._ready(raw, reading, spare, place), reading)
        # If somebody was forgotten, rows may have to go. So none is written before that is checked.
        is_blocked = is_blocking(self.connection)
        vacant = set() if is_blocked else empty_tables(self.connection)
        for number in range(len(opened)):
            with about(paths[number]):
                self._stage_one(opened, number, vacant, spare)

    def _stage_one(
        self,
        opened: list[tuple[RawFile, Reading]],
        number: int,
        vacant: set[str],
        spare: Path,
    ) -> None:
        raw, reading = opened[number]
        prepared = join_columns(raw, reading, opened)
        if reading.is_check_in and self.check_in:
            prepared, warnings = find_people(
                self.connection,
                raw,
                reading,
                self.check_in,
                self.draft.settings.phone_region,
                number,
            )
            self.result.warnings += warnings
        read = partial(
            staging.stage,
            self.connection,
            reading=reading,
            number=number,
            vacant=vacant,
            campaign=self.draft.settings.timezone,
        )
        tables = read_or_rewrite(read, prepared, spare)
        staging.pass_over(self.connection, tables)
        settle_marks(self.connection, tables)
        settle_quantities(self.connection, tables)
        self.result.warnings += settle_zones(self.connection, tables)
        year = self.year or reading.year
        settler = Settler(self.connection, self.draft.settings.date_order, year)
        self.result.warnings += settler.settle(tables[0].raw, tables)
        self.staged += tables
        vacant.difference_update(staged.table.name for staged in self.staged)
        marks = read_columns(raw.header) if reading.is_check_in else []
        left_out = [column for column in reading.left_out if column not in marks]
        if left_out:
            columns = ", ".join(left_out)
            self.result.warnings.append(f"{raw.name}: unknown columns, not read: {columns}.")

    def _ready(self, raw: RawFile, reading: Reading, spare: Path, number: int) -> RawFile:
        """Return the file in a form that can be read: files that are joined must not fail later."""
        if reading.join or reading.is_check_in or (reading.is_sheet and raw.relation is None):
            raw = rewritten(raw, spare)
        if not reading.is_sheet:
            return raw
        try:
            return self._records(raw, reading, number)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:  # its beginning was clean, the rest is not
            return self._records(rewritten(raw, spare), reading, number)

    def _records(self, raw: RawFile, reading: Reading, number: int) -> RawFile:
        """Return a sheet with one row for each record, and with its other rows marked."""
        raw = screen(self.connection, read_once(self.connection, raw, number), reading)
        records = reshape(self.connection, raw, reading, number)
        if reading.reshape:
            self.result.warnings.append(
                f"{raw.name}: each row may hold several records; rows are counted by record."
            )
        return refuse_words(self.connection, records, reading)

    def check(self) -> None:
        """Mark the rejected rows, fetch them as they were written, and count what is skipped."""
        use_keyed_ids(self.connection, self.staged)
        self.result.warnings += join_same_shifts(self.connection, self.staged, zone=self.zone)
        self.result.warnings += join_same_people(
            self.connection, self.staged, region=self.draft.settings.phone_region
        )
        self.result.warnings += note_shared_dates(self.connection, self.staged)
        if is_blocking(self.connection):
            block(self.connection, self.staged, region=self.draft.settings.phone_region)
        checker = Checker(self.connection, self.staged)
        checker.check()
        for mains in main_tables_by_file(self.staged):
            raw = mains[0].raw
            reasons = with_file_rows(raw, checker.rejects.get(raw.name, {}))
            count, warnings = count_rows(self.connection, mains, n_rejected=len(reasons))
            self.result.files.append(count)
            self.result.warnings += warnings
            if reasons:
                self.rejected.append(RejectedFile(self.connection, mains[0], reasons))
                rejects = [reject for row in sorted(reasons) for reject in reasons[row]]
                # A bad cell is reported once, even if its row became several.
                self.result.rejects += dict.fromkeys(rejects) if raw.source_rows else rejects

    def _merge_one(self, staged: Staged, count: FileCount) -> None:
        campaign = self.draft.settings.timezone
        new, updated = merge(self.connection, staged, campaign=campaign, count=count)
        self.n_changed += new + updated
        if new and not staged.is_main:  # its rows are counted by another table
            also_new = self.result.also_new.setdefault(staged.raw.name, {})
            also_new[staged.feed.table] = also_new.get(staged.feed.table, 0) + new

    def merge(self) -> None:
        """Write the accepted rows into the store's tables, referred-to tables first."""
        campaign = self.draft.settings.timezone
        counts = {count.file: count for count in self.result.files}
        self.connection.begin()
        for table in LOAD_ORDER:
            fed = [staged for staged in self.staged if staged.feed.table == table]
            for staged in sorted(fed, key=lambda staged: staged.feed.is_partial):
                self.result.warnings += clocks.resolve(self.connection, staged, fallback=self.zone)
                self._merge_one(staged, counts[staged.raw.name])
            if table == "shifts":
                clocks.refresh_local_dates(self.connection, campaign=campaign)
        for staged in self.staged:
            self.result.warnings += noticing.notice(
                self.connection, staged, ladder=self.draft.settings.ladder
            )
        for staged in self.staged:
            if staged.takes_over:
                drop_marks(self.connection, staged)
        if self.check_in and self.check_in.is_complete:
            self._mark_absent(self.check_in)
        refresh_team_lines(self.connection)
        if self.n_changed and any(staged.table.name == "events" for staged in self.staged):
            self.result.warnings += noticing.without_teams(self.connection)
        if self.n_changed:
            refresh_identity(self.connection, self.draft.settings)
        self.connection.commit()

    def _mark_absent(self, check_in: CheckIn) -> None:
        rejected = sum(count.rejected for count in self.result.files)
        if rejected:
            self.result.warnings.append(
                f"nobody is noted as absent from shift {check_in.shift}, since "
                f"{rejected:,} row{'s' * (rejected > 1)} of the list "
                f"{'were' if rejected > 1 else 'was'} rejected and may be of people who came. "
                "Correct them and load the list again with --complete."
            )
            return
        absent = mark_absent(self.connection, check_in)
        self.n_changed += absent
        if absent:
            self.result.warnings.append(
                f"{absent:,} signed up to shift {check_in.shift} and on no list: noted as absent."
            )

    def _note_clock(self) -> None:
        """Note which files were read by the campaign's clock: a new time zone makes them wrong."""
        files = {staged.raw.name for staged in self.staged if staged.uses_campaign_clock}
        if self.zone == self.draft.settings.timezone:
            note_clock(self.connection, files, zone=self.zone)

    def end(self, *, strict: bool, dry_run: bool) -> None:
        """Decide whether the draft becomes the store's next snapshot, and note the load in it.

        Raises
        ------
        RejectedRowsError
            `strict`, and rows were rejected.
        """
        if strict and self.result.rejects:
            self.result.snapshot = None if self.draft.is_first else self.draft.number - 1
            rejected = sum(count.rejected for count in self.result.files)
            raise RejectedRowsError(
                f"{rejected:,} rows were rejected, so nothing was loaded (--strict). The first: "
                f"{self.result.rejects[0]}",
                result=self.result,
            )

        n_new_rejects = sum(
            rejected_file.keep(self.connection, snapshot=self.draft.number)
            for rejected_file in self.rejected
        )
        has_news = self.n_changed or n_new_rejects or self.draft.is_first or self.draft.is_migrated
        self.draft.keep = not dry_run and bool(has_news)
        self.result.snapshot = self.draft.current
        if self.draft.keep:
            record_load(self.draft, self.result, self.rejected)
            self._note_clock()
