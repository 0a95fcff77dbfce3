"""The road of a load, from files to a new snapshot."""

from __future__ import annotations

import gzip
import os
import zlib
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

import duckdb
import tzlocal

from organizing_analytics import identity
from organizing_analytics.errors import FileError, OptionError, RejectedRowsError, about
from organizing_analytics.identity.forgetting import is_blocking
from organizing_analytics.loading import clocks, files, noticing, staging
from organizing_analytics.loading.attendance import read_columns
from organizing_analytics.loading.blocking import block
from organizing_analytics.loading.check_in import CheckIn, find_people, find_shift, mark_absent
from organizing_analytics.loading.checking import Checker
from organizing_analytics.loading.dates.settling import Settler
from organizing_analytics.loading.known_ids import stored_id, use_keyed_ids
from organizing_analytics.loading.merging import drop_marks, empty_tables, merge
from organizing_analytics.loading.opening import open_files
from organizing_analytics.loading.preparing import join_columns
from organizing_analytics.loading.refused_words import refuse_words
from organizing_analytics.loading.rejects import RejectedFile
from organizing_analytics.loading.reshaping import reshape
from organizing_analytics.loading.result import FileCount, LoadResult
from organizing_analytics.loading.same_bytes import FileChangedError, SameBytes
from organizing_analytics.loading.settings_change import note_clock
from organizing_analytics.loading.settling_marks import settle_marks
from organizing_analytics.loading.settling_quantities import settle_quantities
from organizing_analytics.loading.tables.screening import screen
from organizing_analytics.loading.team_lines import refresh_team_lines
from organizing_analytics.model import LOAD_ORDER
from organizing_analytics.private_files import DRAFT_PREFIX
from organizing_analytics.settings import Settings, check_timezone
from organizing_analytics.sources import recogniser
from organizing_analytics.store import Draft, new_snapshot, store_folder
from organizing_analytics.store.corrections import same_file
from organizing_analytics.store.snapshots import read_current
from organizing_analytics.store.writing import WAIT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from organizing_analytics.loading.result import Reject
    from organizing_analytics.loading.staging import Staged
    from organizing_analytics.sources import Reading, Recogniser

#: How often a load starts again because a file was replaced while it was read.
MAX_ATTEMPTS = 3

MIN_YEAR, MAX_YEAR = 1900, 2200


def load_files(
    paths: Sequence[str | os.PathLike[str]] | str | os.PathLike[str],
    *,
    store: str | os.PathLike[str] | None = None,
    source: str | None = None,
    timezone: str | None = None,
    shift: str | None = None,
    complete: bool = False,
    year: int | None = None,
    strict: bool = False,
    dry_run: bool = False,
    wait_seconds: float = WAIT_SECONDS,
) -> LoadResult:
    """Load files into a store.

    Parameters
    ----------
    paths : path or sequence of paths
        Files, or folders of files. Their rows may refer to each other in any order.
    store : path, optional
        The store's folder; made when it is not there.
    source : str, optional
        `auto` (the default) tells each file by its name and header; `templates`, a tool like
        `mobilize`, or the name of a mapping file that comes with the package (`oa sources` lists
        them), or the path of a mapping file (.toml).
    timezone : str, optional
        Whose clock a time without offset is read by, where the event does not say. The first
        load makes it the campaign's time zone; without it that is the machine's.
    shift : str, optional
        The shift of a list of who came (`check_in`).
    complete : bool
        The list is complete: who signed up and is not on it did not come.
    year : int, optional
        The year of dates that are written without one. By default the file's other dates, else
        the day on which it was last changed, must tell it.
    strict : bool
        Refuse the whole load when any row is rejected.
    dry_run : bool
        Say what a load does, and change nothing.
    wait_seconds : float
        How long to wait for another load to end.

    Returns
    -------
    LoadResult
        Each file's rows = new + updated + unchanged + skipped + rejected.

    Raises
    ------
    FileError, MappingError, OptionError, StoreError
        Nothing was changed.
    RejectedRowsError
        `strict`, and rows were rejected; its `result` names them. Nothing was changed.
    """
    _check_year(year)
    load_once = partial(
        _load_once, paths, store=store, source=source, timezone=timezone, shift=shift,
        complete=complete, strict=strict, dry_run=dry_run, year=year, wait_seconds=wait_seconds,
    )  # fmt: skip
    for _ in range(MAX_ATTEMPTS - 1):
        try:
            return load_once()
        except FileChangedError:
            continue  # what stands there now is as good as what stood there before
    return load_once()


def _load_once(
    paths: Sequence[str | os.PathLike[str]] | str | os.PathLike[str],
    *,
    store: str | os.PathLike[str] | None,
    source: str | None,
    timezone: str | None,
    shift: str | None,
    complete: bool,
    strict: bool,
    dry_run: bool,
    year: int | None,
    wait_seconds: float,
) -> LoadResult:
    given = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    found, warnings = files.find_files(given)
    zone = check_timezone(timezone) if timezone else None
    folder = store_folder(store)
    current = read_current(folder)
    known = recogniser(source, current.settings if current else Settings())
    said = _check_in(known, shift, is_complete=complete)
    names = files.shown_names(found)
    same_bytes = SameBytes(names)
    named = {Path(path) for path in given}
    opened, said_of_files = open_files(
        found,
        known,
        names=names,
        optional={path for path in found if path not in named},
        folders=(folder,),
    )
    warnings += said_of_files
    with new_snapshot(folder, wait_seconds=wait_seconds) as draft:
        same_bytes.check()  # the wait for another load may have been long
        load = _Load(
            draft,
            _settled_zone(draft, zone, warnings),
            LoadResult(warnings=warnings),
            said,
            year,
        )
        with TemporaryDirectory(
            prefix=DRAFT_PREFIX, dir=folder, ignore_cleanup_errors=True
        ) as spare:
            load.stage(opened, Path(spare))
            load.check()
            same_bytes.check()
        load.merge()
        load.end(strict=strict, dry_run=dry_run)
    load.result.warnings += draft.warnings
    return load.result


def _check_year(year: int | None) -> None:
    if year is not None and not MIN_YEAR <= year <= MAX_YEAR:
        raise OptionError(f"--year is {year}; a year from {MIN_YEAR} to {MAX_YEAR} is allowed.")


def _check_in(known: Recogniser, shift: str | None, *, is_complete: bool) -> CheckIn | None:
    if known.is_check_in and shift is None:
        raise OptionError(
            "Say of which shift this is the list: --shift ID (shift_id in the store)."
        )
    if not known.is_check_in and (shift is not None or is_complete):
        raise OptionError("--shift and --complete are for lists of who came: --source check_in.")
    return CheckIn(str(shift), is_complete) if known.is_check_in else None


def _settled_zone(draft: Draft, zone: str | None, warnings: list[str]) -> str:
    """Return whose clock this load reads by; the first load makes it the campaign's."""
    if draft.is_first:
        if zone is None:
            machine = tzlocal.get_localzone_name()
            warnings.append(
                f"The campaign's time zone is now {machine}, this machine's. If that is not right, "
                "set it: oa settings timezone=America/Chicago"
            )
            zone = check_timezone(machine)
        draft.settings = draft.settings.with_timezone(zone)
    if zone in noticing.FIXED_ZONES:
        warnings.append(
            f"{zone} is a time zone without summer time: in summer all clock times are off by an "
            "hour. Say a city's zone, like America/New_York."
        )
    return zone or draft.settings.timezone


@dataclass
class _Load:
    """One load under way, on a draft that nobody else can see."""

    draft: Draft
    zone: str
    result: LoadResult
    check_in: CheckIn | None = None
    year: int | None = None
    staged: list[Staged] = field(default_factory=list)
    rejected: list[RejectedFile] = field(default_factory=list)
    changed: int = 0

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """Return the connection to the draft."""
        return self.draft.connection

    def stage(self, opened: list[tuple[files.RawFile, Reading]], spare: Path) -> None:
        """Read every file into typed tables; `spare` takes files written anew."""
        staging.set_time_zones(self.connection, sorted(available_timezones()))
        if self.check_in:
            shift = stored_id(self.connection, "shifts", self.check_in.shift)
            self.check_in = replace(self.check_in, shift=shift)
            find_shift(self.connection, shift)
        paths = [raw.path for raw, _ in opened]
        for place, (raw, reading) in enumerate(opened):
            with about(raw.path):
                opened[place] = (self._ready(raw, reading, spare, place), reading)
        # Where somebody was forgotten, rows may have to go: none is written before that is known.
        is_blocked = is_blocking(self.connection)
        vacant = set() if is_blocked else empty_tables(self.connection)
        for number in range(len(opened)):
            with about(paths[number]):
                self._stage_one(opened, number, vacant, spare)

    def _stage_one(
        self,
        opened: list[tuple[files.RawFile, Reading]],
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
        tables = _stage(read, prepared, spare)
        staging.pass_over(self.connection, tables)
        settle_marks(self.connection, tables)
        settle_quantities(self.connection, tables)
        year = self.year or reading.year
        settler = Settler(self.connection, self.draft.settings.date_order, year)
        self.result.warnings += settler.settle(tables[0].raw, tables)
        self.staged += tables
        vacant.difference_update(one.table.name for one in self.staged)
        marks = read_columns(raw.header) if reading.is_check_in else []
        left_out = [column for column in reading.left_out if column not in marks]
        if left_out:
            columns = ", ".join(left_out)
            self.result.warnings.append(f"{raw.name}: unknown columns, not read: {columns}.")

    def _ready(
        self, raw: files.RawFile, reading: Reading, spare: Path, number: int
    ) -> files.RawFile:
        """Return a file that others join, or that is joined, in a form that is sure to be read."""
        if reading.join or reading.is_check_in or (reading.is_sheet and raw.relation is None):
            raw = _clean(raw, spare)
        if not reading.is_sheet:
            return raw
        try:
            return self._records(raw, reading, number)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:  # not as clean as its beginning looked
            return self._records(_clean(raw, spare), reading, number)

    def _records(self, raw: files.RawFile, reading: Reading, number: int) -> files.RawFile:
        """Return a sheet with a row for each record, and the rows named that are none."""
        raw = screen(self.connection, raw, reading)
        records = reshape(self.connection, raw, reading, number)
        if reading.reshape:
            self.result.warnings.append(
                f"{raw.name}: each row may hold several records; rows are counted by record."
            )
        return refuse_words(self.connection, records, reading)

    def check(self) -> None:
        """Mark the rejected rows, fetch them as they were written, and count what is skipped."""
        use_keyed_ids(self.connection, self.staged)
        if is_blocking(self.connection):
            block(self.connection, self.staged, region=self.draft.settings.phone_region)
        checker = Checker(self.connection, self.staged)
        checker.check()
        for mains in self._by_file():
            reasons = _numbered(mains[0].raw, checker.rejects.get(mains[0].raw.name, {}))
            self.result.files.append(self._count(mains, len(reasons)))
            if reasons:
                self.rejected.append(RejectedFile(self.connection, mains[0], reasons))
                told = [r for row in sorted(reasons) for r in reasons[row]]
                # A cell of a row that became several is told of once.
                self.result.rejects += dict.fromkeys(told) if mains[0].raw.source_rows else told

    def _by_file(self) -> list[list[Staged]]:
        """Return, for each file, the staged tables that its rows are counted by."""
        found: dict[int, list[Staged]] = {}
        for one in self.staged:
            if one.is_main:
                found.setdefault(id(one.raw), []).append(one)
        return list(found.values())

    def _count(self, mains: list[Staged], rejected: int) -> FileCount:
        first = mains[0]
        # A row feeds one of the main tables; where none takes it, the first says why.
        held = ", ".join(f"m{i}.fate" for i in range(len(mains)))
        tables = " POSITIONAL JOIN ".join(f"{one.sql_name} m{i}" for i, one in enumerate(mains))
        fates = self.connection.execute(
            f"SELECT [{held}] AS fates, count(*) FROM {tables} GROUP BY fates ORDER BY fates"
        ).fetchall()
        skipped: Counter[str] = Counter()
        for fate, rows in fates:
            reason = first.skip_reason(fate[0]) if staging.OK not in fate else None
            if fate[0] == staging.NO_RECORD:
                skipped.update(first.raw.passed_over.values())
            elif reason:
                skipped[reason] += rows
        for reason, rows in skipped.items():
            self.result.warnings.append(
                f"{first.raw.name}: {rows:,} row{'s' * (rows > 1)} skipped: {reason}."
            )
        return FileCount(
            first.raw.name,
            first.feed.table,
            first.reading.source,
            rows=sum(rows for _, rows in fates),
            skipped=sum(skipped.values()),
            rejected=rejected,
        )

    def merge(self) -> None:
        """Write the accepted rows into the store's tables, referred-to tables first."""
        campaign = self.draft.settings.timezone
        counts = {count.file: count for count in self.result.files}
        self.connection.begin()
        for table in LOAD_ORDER:
            fed = [one for one in self.staged if one.feed.table == table]
            for one in sorted(fed, key=lambda one: one.feed.is_partial):
                self.result.warnings += clocks.resolve(self.connection, one, fallback=self.zone)
                self.changed += merge(
                    self.connection, one, campaign=campaign, count=counts[one.raw.name]
                )
            if table == "shifts":
                clocks.refresh_local_dates(self.connection, campaign=campaign)
        for one in self.staged:
            self.result.warnings += noticing.notice(
                self.connection, one, ladder=self.draft.settings.ladder
            )
        for one in self.staged:
            if one.takes_over:
                drop_marks(self.connection, one)
        if self.check_in and self.check_in.is_complete:
            self._mark_absent(self.check_in)
        refresh_team_lines(self.connection)
        if self.changed:
            identity.refresh(self.connection, self.draft.settings)
        self.connection.commit()

    def _mark_absent(self, said: CheckIn) -> None:
        rejected = sum(count.rejected for count in self.result.files)
        if rejected:
            self.result.warnings.append(
                f"nobody is noted as absent from shift {said.shift}, since "
                f"{rejected:,} row{'s' * (rejected > 1)} of the list "
                f"{'were' if rejected > 1 else 'was'} rejected and may be of people who came. "
                "Correct them and load the list again with --complete."
            )
            return
        absent = mark_absent(self.connection, said)
        self.changed += absent
        if absent:
            self.result.warnings.append(
                f"{absent:,} signed up to shift {said.shift} and on no list: noted as absent."
            )

    def _note_clock(self) -> None:
        """Write down which files were read by the campaign's clock: a new zone makes them wrong."""
        files = {one.raw.name for one in self.staged if one.uses_campaign_clock}
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

        number = self.draft.number
        fresh = sum(one.keep(self.connection, snapshot=number) for one in self.rejected)
        is_news = self.changed or fresh or self.draft.is_first or self.draft.is_migrated
        self.draft.keep = not dry_run and bool(is_news)
        self.result.snapshot = self.draft.current
        if self.draft.keep:
            self.draft.action, self.draft.summary = "load", self.result.summary
            self._note_clock()
            for count in self.result.files:
                self.connection.execute(
                    f"INSERT INTO loads VALUES (?, timezone('UTC', now()){', ?' * 9})",
                    [number, *asdict(count).values()],
                )
            for one in self.rejected:
                if one.rows:
                    path = str(self._correction(one))
                    self.result.corrections.append(path)
                    if one.main.reading.mapping:
                        self.result.mappings[path] = one.main.reading.mapping

    def _correction(self, one: RejectedFile) -> Path:
        """Return where the rejected rows of a file can be corrected; written where it is new."""
        folder, text = self.draft.folder, one.as_csv()
        path = same_file(folder, one.stem, text)
        if path is None:
            name = one.file_name(self.draft.number, taken=self.draft.files)
            self.draft.files[name] = text
            path = folder / name
        return path


def _numbered(raw: files.RawFile, reasons: dict[int, list[Reject]]) -> dict[int, list[Reject]]:
    """Return the rejects with the numbers of the file's rows, where one row became several."""
    if raw.source_rows is None:
        return reasons
    return {
        index: [replace(reject, row=raw.row_number(index)) for reject in told]
        for index, told in reasons.items()
    }


def _stage(
    read: Callable[[files.RawFile], list[Staged]], raw: files.RawFile, spare: Path
) -> list[Staged]:
    """Return what is read of a file, or of the file written anew where it cannot be read so."""
    if raw.relation is not None:
        try:
            return read(raw)
        except duckdb.OutOfMemoryException:
            raise  # written anew it needs no less
        except duckdb.Error:
            pass  # not as clean as its beginning looked
    try:
        return read(_clean(raw, spare))
    except (duckdb.InvalidInputException, duckdb.NotImplementedException) as error:
        raise FileError(f"{raw.name}: this file cannot be read as a table ({error}).") from error


def _clean(raw: files.RawFile, spare: Path) -> files.RawFile:
    try:
        return files.write_anew(raw, spare)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileError(f"{raw.name}: this file cannot be read as a table ({error}).") from error
