"""`load_files`: the road of a load, from files to a new snapshot.

Here options are checked, files are found and opened, and a draft is made. `one_load` does the rest.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import tzlocal

from organizing_analytics.errors import OptionError
from organizing_analytics.loading import files
from organizing_analytics.loading.check_in import CheckIn
from organizing_analytics.loading.one_load import OneLoad
from organizing_analytics.loading.opening import open_files
from organizing_analytics.loading.result import LoadResult
from organizing_analytics.loading.same_bytes import FileChangedError, SameBytes
from organizing_analytics.private_files import DRAFT_PREFIX
from organizing_analytics.settings import Settings, check_timezone
from organizing_analytics.sources import recogniser
from organizing_analytics.store import Draft, new_snapshot, store_folder
from organizing_analytics.store.snapshots import read_current
from organizing_analytics.store.writing import WAIT_SECONDS
from organizing_analytics.zone_names import FIXED_ZONES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from organizing_analytics.sources import Recogniser

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
    mapping_folders: Sequence[str | os.PathLike[str]] = (),
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
        Time zone for times that have no UTC offset, where the event does not say. The first load
        makes it the campaign's time zone; if it is not given, that is the machine's.
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
    mapping_folders : sequence of paths
        Where mapping files may lie, beside the file's own folder and the store's.

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
        mapping_folders=tuple(map(Path, mapping_folders)),
    )  # fmt: skip
    for _ in range(MAX_ATTEMPTS - 1):
        try:
            return load_once()
        except FileChangedError:
            continue  # read the new contents instead
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
    mapping_folders: tuple[Path, ...],
) -> LoadResult:
    named_paths = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    data_files, warnings = files.find_files(named_paths)
    zone = check_timezone(timezone) if timezone else None
    folder = store_folder(store)
    current = read_current(folder)
    recognise = recogniser(source, current.settings if current else Settings())
    check_in = _check_in(recognise, shift, is_complete=complete)
    names = files.shown_names(data_files)
    same_bytes = SameBytes(names)
    must_be_read = {Path(path) for path in named_paths}
    opened, warnings_of_files = open_files(
        data_files,
        recognise,
        names=names,
        optional={path for path in data_files if path not in must_be_read},
        folders=(*mapping_folders, folder),
    )
    warnings += warnings_of_files
    if zone and timezone and zone.casefold() != timezone.strip().casefold():
        warnings.append(f'The time zone "{timezone}" is read as {zone}.')
    with new_snapshot(folder, wait_seconds=wait_seconds) as draft:
        same_bytes.check()  # the wait for another load may have been long
        load = OneLoad(
            draft,
            _settled_zone(draft, zone, warnings),
            LoadResult(warnings=warnings),
            check_in,
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


def _check_in(recognise: Recogniser, shift: str | None, *, is_complete: bool) -> CheckIn | None:
    if recognise.is_check_in and shift is None:
        raise OptionError(
            "Say of which shift this is the list: --shift ID (shift_id in the store)."
        )
    if not recognise.is_check_in and (shift is not None or is_complete):
        raise OptionError("--shift and --complete are for lists of who came: --source check_in.")
    return CheckIn(str(shift), is_complete) if recognise.is_check_in else None


def _settled_zone(draft: Draft, zone: str | None, warnings: list[str]) -> str:
    """Return the time zone of this load's clock times; the first load makes it the campaign's."""
    if draft.is_first:
        if zone is None:
            machine = tzlocal.get_localzone_name()
            warnings.append(
                f"The campaign's time zone is now {machine}, this machine's. If that is not right, "
                "set it: oa settings timezone=America/Chicago"
            )
            zone = check_timezone(machine)
        draft.settings = draft.settings.with_timezone(zone)
    if zone in FIXED_ZONES:
        warnings.append(
            f"{zone} is a time zone without summer time: in summer all clock times are off by an "
            "hour. Say a city's zone, like America/New_York."
        )
    return zone or draft.settings.timezone
