"""Any spreadsheet, by a mapping file: TOML that says which column means what.

    told_by = ["Town", "Mail|E-mail"] # a shipped mapping: files with these columns need no --source
    name = "clinics"              # the source that the loaded rows keep
    time_format = "%d/%m/%Y %H:%M"    # how this file writes times (default: the usual forms)
    timezone = "America/Chicago"      # whose clock they are (default: the event's or campaign's)
    main = "signups"              # the table that a row is counted by (default: the last one);
                                  # where a row feeds it twice, the first [[table]] of it counts

    [where]                       # rows that do not meet all of these are skipped
    status = "accepted"           # one value, a list of values, or { not = [...] }

    [[table]]                     # a row may feed several tables
    table = "people"
    [table.columns]
    person_id = "{year}-{id}"     # a text template
    given_name = "First name"     # a column of the file
    role = { value = "volunteer" }    # the same in every row
    email = { column = "Mail" }
    do_not_contact = { column = "OK to call", values = { yes = "false", no = "true" } }
    family_name = "Last name|Surname" # the first of these that is filled in
    phone = "Mobile?"                 # left out where the file has no such column

docs/sources/mapping.md explains it with examples.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import FileError, MappingError, OptionError, unknown
from organizing_analytics.model import BY_NAME, Table
from organizing_analytics.settings import check_timezone
from organizing_analytics.sources.binding import bind_feed, bind_rules, find_place
from organizing_analytics.sources.feeds import Cell, Feed, Reading
from organizing_analytics.sources.layout import Layout, Split, layout
from organizing_analytics.sources.templates import REJECT_COLUMNS
from organizing_analytics.sources.written_cells import (
    WrittenCell,
    refuse_other_keys,
    written_cell,
    written_formats,
    written_rules,
)
from organizing_analytics.wording import plain_name

if TYPE_CHECKING:
    from pathlib import Path

_TOP = (
    *("name", "time_format", "timezone", "year", "main", "where", "table", "repeats"),
    *("header_row", "skip_rows", "sheets", "split", "unpivot", "told_by", "note"),
)
_IN_TABLE = ("table", "columns", "where")
_TEXT_FILE = re.compile(r"\.(?:csv|tsv|txt|json|jsonl)(?:\.gz)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Mapping:
    """A mapping file, checked against the model but not yet against a file's header."""

    reading: Reading
    told_by: tuple[str, ...] = ()
    layout: Layout = field(default_factory=Layout)

    def is_place(self, table_name: str, row: int | None) -> bool:
        """Return whether the mapping looks for its header in a sheet and row; 0 is the first."""
        header_row = self.layout.header_row
        is_row = header_row is None or row is None or row == header_row - 1
        # A file of text is no sheet of a workbook.
        is_text = bool(_TEXT_FILE.search(table_name))
        return is_row and (is_text or self.layout.has_sheet(table_name))

    def tells(self, header: tuple[str, ...]) -> bool:
        """Return whether a file with this header is told by it, without being named."""
        if not self.told_by or not all(find_place(name, header).columns for name in self.told_by):
            return False
        reshape = self.layout.reshape
        if reshape is None:
            return True
        try:
            columns = reshape.bind(header, file="").columns
        except FileError:
            return False
        # One column with a date for a name may be anything; two are a matrix.
        return isinstance(reshape, Split) or len(columns) > 1

    def read(self, header: tuple[str, ...], *, file: str) -> Reading:
        """Return what the rows of a file with this header feed.

        Raises
        ------
        FileError
            The file lacks a column that the mapping names.
        """
        reshape = self.layout.reshape and self.layout.reshape.bind(header, file=file)
        own = header
        header = (*header, *(reshape.names if reshape else ()))
        bound = [bind_feed(feed, header, file=file) for feed in self.reading.feeds]
        for feed in bound:
            if feed.table in self.reading.mains and not _is_whole(feed):
                missing = sorted({*BY_NAME[feed.table].required} - {*feed.cells})
                raise FileError(
                    f"{file}: there is no column for {', '.join(missing)} of {feed.table}. "
                    f"Its columns are: {', '.join(header[:40])}.",
                    column=missing[0],
                )
        # A table of which the file lacks what is required comes from another file.
        feeds = tuple(feed for feed in bound if _is_whole(feed))
        rules = bind_rules(self.reading.rules, header, file=file)
        used = {name for feed in feeds for cell in feed.cells.values() for name in cell.columns}
        used |= {
            column
            for feed in feeds
            for rule in (*feed.rules, *rules)
            for column in rule.cell.columns
        }
        used |= {*(reshape.columns if reshape else ())}
        left_out = tuple(name for name in own if name not in used and name not in REJECT_COLUMNS)
        return replace(
            self.reading,
            feeds=feeds,
            rules=rules,
            left_out=left_out,
            is_sheet=True,
            reshape=reshape,
        )


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises
    ------
    MappingError
        It is not TOML, names a table or column that the model does not have, or lacks a
        column that a table requires.
    """
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise MappingError(
            f"{path}: this mapping file cannot be read ({error.strerror})."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingError(f"{path}: this mapping file is not TOML: {error}.") from error
    try:
        return parse_mapping(written, name=path.stem)
    except (MappingError, OptionError) as error:
        raise MappingError(f"{path}: {error}") from error


def _told_by(written: object) -> tuple[str, ...]:
    if not isinstance(written, list) or not all(isinstance(name, str) for name in written):
        raise MappingError('told_by is a list of columns like ["Order #", "Attendee #"].')
    return tuple(written)


def parse_mapping(written: dict[str, Any], *, name: str) -> Mapping:
    """Return the mapping that a TOML document says.

    Raises
    ------
    MappingError, OptionError
        It names a table or column that the model does not have, or lacks what is required.
    """
    told_by = _told_by(written.get("told_by", []))
    return Mapping(_reading(written, name=name), told_by, layout(written))


def _reading(written: dict[str, Any], *, name: str) -> Reading:
    refuse_other_keys(written, _TOP, where="at the top")
    tables = written.get("table")
    if not isinstance(tables, list) or not tables:
        raise MappingError("there is no [[table]]: say which table each row feeds.")
    usual = WrittenCell(
        parts=(),
        formats=written_formats(written.get("time_format"), where="at the top"),
        timezone=written.get("timezone"),
    )
    if usual.timezone:
        usual = replace(usual, timezone=check_timezone(usual.timezone))
    feeds = _keyed(tuple(_feed(table, usual) for table in tables))
    names = [feed.table for feed in feeds]
    main = written.get("main", names[-1])
    if main not in names:
        raise MappingError(f"main: {unknown('table', str(main), names)}")
    rules = written_rules(written.get("where", {}))
    year, repeats = written.get("year"), written.get("repeats", "")
    if year is not None and not (isinstance(year, int) and 1900 <= year <= 2200):  # noqa: PLR2004
        raise MappingError("year is a year, like 2026: that of dates that are written without one.")
    if repeats not in ("", "last"):
        raise MappingError('repeats is "last": of rows with one key the last one counts.')
    return Reading(
        str(written.get("name", name)),
        feeds,
        (main,),
        rules,
        last_wins=bool(repeats),
        skip_rows=layout(written).skip_rows,
        year=year,
        repeats=repeats,
        note=str(written.get("note", "")),
    )


#: What tells who somebody is: an id made from a column that feeds one of these is personal data.
_PERSONAL = ("given_name", "family_name", "email", "phone")


def _keyed(feeds: tuple[Feed, ...]) -> tuple[Feed, ...]:
    """Return the feeds with ids made from personal data marked as keyed."""
    personal = {
        name
        for feed in feeds
        for column, cell in feed.cells.items()
        if feed.table == "people" and column in _PERSONAL
        for name in _alternatives(cell)
    }

    def marked(table: Table, name: str, cell: Cell) -> Cell:
        is_id = name in table.key or table.column(name).refers_to is not None
        # A plain column is an id of the campaign's own, which other files may name.
        is_made = is_id and len(cell.parts) > 1 and table.column(name).kind == "text"
        if is_made and not personal.isdisjoint(_alternatives(cell)):
            return replace(cell, is_keyed=True)  # type: ignore[call-arg]
        return cell

    return tuple(
        replace(feed, cells={n: marked(BY_NAME[feed.table], n, c) for n, c in feed.cells.items()})
        for feed in feeds
    )


def _alternatives(cell: Cell) -> set[str]:
    """Return the names of all columns that a cell may be made from, in the form to match by."""
    return {
        plain_name(name) for column in cell.columns for name in column.removesuffix("?").split("|")
    }


def _feed(written: object, usual: WrittenCell) -> Feed:
    if not isinstance(written, dict) or "table" not in written:
        raise MappingError('each [[table]] needs table = "…", a table of the model.')
    refuse_other_keys(written, _IN_TABLE, where=f"in [[table]] {written['table']}")
    table = BY_NAME.get(str(written["table"]))
    if table is None:
        raise MappingError(unknown("table", str(written["table"]), list(BY_NAME)))
    columns = written.get("columns", {})
    cells = {name: written_cell(table, name, cell, usual) for name, cell in columns.items()}
    missing = [name for name in table.required if name not in cells]
    if missing:
        raise MappingError(f"[[table]] {table.name} needs a rule for {', '.join(missing)}.")
    return Feed(table.name, cells, written_rules(written.get("where", {})))


def _is_whole(feed: Feed) -> bool:
    return {*BY_NAME[feed.table].required} <= {*feed.cells}
