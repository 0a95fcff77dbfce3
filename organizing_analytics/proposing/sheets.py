"""A file's sheet as `oa map` looks at it: a header and a sample of rows; and how it would load."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path  # noqa: TC003
from typing import TYPE_CHECKING

from organizing_analytics.errors import FileError, RejectedRowsError
from organizing_analytics.loading import load_files
from organizing_analytics.loading.opening import open_file
from organizing_analytics.loading.tables.lines import kind_of_row
from organizing_analytics.proposing.proposal import MAX_SAMPLE
from organizing_analytics.proposing.roles import named_columns
from organizing_analytics.settings import Settings
from organizing_analytics.store import open_store, store_folder
from organizing_analytics.store.snapshots import read_current
from organizing_analytics.temporary import private_folder

if TYPE_CHECKING:
    from organizing_analytics.loading import LoadResult

#: How many columns of a row must be known by name for it to be the header.
_MIN_NAMES = 2
#: Rows that are shown as they would load.
SHOWN = 5
_DAY = "strftime(timezone('{zone}', make_timestamptz(epoch_us({moment}))), '%Y-%m-%d %H:%M')"
_NAME = "trim(coalesce(p.given_name, '') || ' ' || coalesce(p.family_name, ''))"
_SIGNUPS = (
    f"SELECT {_NAME} AS person, e.title AS event, {_DAY.replace('{moment}', 's.starts_at')} "
    "AS starts, g.status, g.attended FROM signups g JOIN people p USING (person_id) "
    "JOIN shifts s USING (shift_id) JOIN events e USING (event_id) LIMIT {most}"
)
_QUERIES = {
    "people": f"SELECT {_NAME} AS person, email, phone FROM people p LIMIT {{most}}",
    "meetings": (
        f"SELECT {_NAME} AS person, {_DAY.replace('{moment}', 'm.scheduled_at')} AS date, m.kind, "
        "m.status, m.minutes, m.notes FROM meetings m JOIN people p USING (person_id) LIMIT {most}"
    ),
    "asks": (
        f"SELECT {_NAME} AS person, {_DAY.replace('{moment}', 'a.asked_at')} AS asked, a.ask_for, "
        "a.outcome FROM asks a JOIN people p USING (person_id) LIMIT {most}"
    ),
}


@dataclass(frozen=True)
class Sheet:
    """A header and a sample of the rows below it."""

    header: tuple[str, ...]
    rows: list[list[str | None]]


@dataclass(frozen=True)
class Preview:
    """How a sheet would load: its first rows, and what the load says."""

    head: list[str]
    rows: list[tuple[object, ...]]
    result: LoadResult


def read_sheet(path: Path) -> Sheet:
    """Return the first table of a file that looks like one.

    Raises
    ------
    FileError
        It cannot be read as a table.
    """
    tables, _ = open_file(path, name=path.name, fits=_looks_like_header)
    if not tables:
        raise FileError(f"{path.name}: there is no table in it.")
    raw = tables[0]
    rows = [list(cells) for cells, _ in islice(raw.rows(), MAX_SAMPLE)]
    return Sheet(raw.header, [row for row in rows if kind_of_row(row, raw.header) is None])


def _looks_like_header(
    header: tuple[str, ...],
    /,
    *,
    table_name: str,  # noqa: ARG001
    row: int | None = None,  # noqa: ARG001
) -> bool:
    return len(named_columns(header)) >= _MIN_NAMES


def preview(
    path: Path, toml: str, kind: str, *, store: Path | None = None, year: int | None = None
) -> Preview:
    """Load a file by a mapping into a store that is thrown away, and return what comes of it.

    Parameters
    ----------
    path : Path
        The file.
    toml, kind : str
        The mapping, and what the sheet is.
    store : Path, optional
        The store whose settings hold.
    year : int, optional
        The year of dates that have none.
    """
    current = read_current(store_folder(store))
    settings = current.settings if current else Settings()
    with private_folder() as folder:
        mapping = folder / f"{path.name.split('.')[0]}.toml"
        mapping.write_text(toml, encoding="utf-8")
        try:
            result = load_files(
                path,
                store=folder / "store",
                source=str(mapping),
                timezone=settings.timezone,
                year=year,
            )
        except RejectedRowsError as error:  # pragma: no cover - only a strict load raises it
            raise FileError(str(error)) from error
        query = _QUERIES.get(kind, _SIGNUPS)
        with open_store(folder / "store") as data:
            answer = data.connection.sql(query.format(zone=settings.timezone, most=SHOWN))
            return Preview(list(answer.columns), answer.fetchall(), result)
