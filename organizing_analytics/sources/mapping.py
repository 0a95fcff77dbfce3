"""Any spreadsheet, by a mapping file: TOML that says which column means what.

    name = "clinics"              # the source that the loaded rows keep
    time_format = "%d/%m/%Y %H:%M"    # how this file writes times (default: the usual forms)
    timezone = "America/Chicago"      # whose clock they are (default: the event's or campaign's)
    main = "signups"              # the table that a row is counted by (default: the last one)

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

docs/sources/mapping.md explains it with examples.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import MappingError, OptionError, unknown
from organizing_analytics.model import BY_NAME, Table
from organizing_analytics.settings import check_timezone
from organizing_analytics.sources.feeds import (
    Cell,
    Feed,
    Reading,
    Rule,
    column_cell,
    find_column,
    template_cell,
)
from organizing_analytics.sources.templates import REJECT_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

_TOP = ("name", "time_format", "timezone", "main", "where", "table")
_IN_TABLE = ("table", "columns", "where")
_IN_CELL = ("column", "text", "value", "values", "format", "timezone")


@dataclass(frozen=True)
class Mapping:
    """A mapping file, checked against the model but not yet against a file's header."""

    reading: Reading

    def read(self, header: tuple[str, ...], *, file: str) -> Reading:
        """Return what the rows of a file with this header feed.

        Raises
        ------
        FileError
            The file lacks a column that the mapping names.
        """
        feeds = tuple(
            replace(
                feed,
                cells={name: _bind(cell, header, file=file) for name, cell in feed.cells.items()},
                rules=_bind_rules(feed.rules, header, file=file),
            )
            for feed in self.reading.feeds
        )
        rules = _bind_rules(self.reading.rules, header, file=file)
        used = {name for feed in feeds for cell in feed.cells.values() for name in cell.columns}
        used |= {
            column
            for feed in feeds
            for rule in (*feed.rules, *rules)
            for column in rule.cell.columns
        }
        left_out = tuple(name for name in header if name not in used and name not in REJECT_COLUMNS)
        return replace(self.reading, feeds=feeds, rules=rules, left_out=left_out)


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
        return Mapping(_reading(written, name=path.stem))
    except (MappingError, OptionError) as error:
        raise MappingError(f"{path}: {error}") from error


def _reading(written: dict[str, Any], *, name: str) -> Reading:
    _only(written, _TOP, where="at the top")
    tables = written.get("table")
    if not isinstance(tables, list) or not tables:
        raise MappingError("there is no [[table]]: say which table each row feeds.")
    usual = Cell(parts=(), time_format=written.get("time_format"), timezone=written.get("timezone"))
    if usual.timezone:
        check_timezone(usual.timezone)
    feeds = tuple(_feed(table, usual) for table in tables)
    names = [feed.table for feed in feeds]
    main = written.get("main", names[-1])
    if main not in names:
        raise MappingError(f"main: {unknown('table', str(main), names)}")
    if names.count(main) > 1:
        raise MappingError(f"main: {main} is fed more than once by a row; a row is counted by one.")
    rules = _rules(written.get("where", {}))
    return Reading(str(written.get("name", name)), feeds, (main,), rules)


def _feed(written: object, usual: Cell) -> Feed:
    if not isinstance(written, dict) or "table" not in written:
        raise MappingError('each [[table]] needs table = "…", a table of the model.')
    _only(written, _IN_TABLE, where=f"in [[table]] {written['table']}")
    table = BY_NAME.get(str(written["table"]))
    if table is None:
        raise MappingError(unknown("table", str(written["table"]), list(BY_NAME)))
    columns = written.get("columns", {})
    cells = {name: _cell(table, name, given, usual) for name, given in columns.items()}
    missing = [name for name in table.required if name not in cells]
    if missing:
        raise MappingError(f"[[table]] {table.name} needs a rule for {', '.join(missing)}.")
    return Feed(table.name, cells, _rules(written.get("where", {})))


def _cell(table: Table, name: str, given: object, usual: Cell) -> Cell:
    if name not in table.column_names:
        raise MappingError(f"{table.name}: {unknown('column', name, table.column_names)}")
    if isinstance(given, str):
        cell = template_cell(given) if "{" in given else column_cell(given)
    elif isinstance(given, dict):
        cell = _detailed(given, where=f"{table.name}.{name}")
    else:
        raise MappingError(
            f'{table.name}.{name}: write a column ("Mail"), a text template ("{{year}}-{{id}}"), '
            'or { value = "…" } for what is the same in every row.'
        )
    return replace(
        cell,
        time_format=cell.time_format or usual.time_format,
        timezone=cell.timezone or usual.timezone,
    )


def _detailed(given: dict[str, Any], *, where: str) -> Cell:
    _only(given, _IN_CELL, where=f"in {where}")
    ways = [way for way in ("column", "text", "value") if way in given]
    if len(ways) != 1:
        raise MappingError(f"{where}: give exactly one of column, text and value.")
    if ways == ["column"]:
        cell = column_cell(str(given["column"]))
    elif ways == ["text"]:
        cell = template_cell(str(given["text"]))
    else:
        cell = Cell(parts=((_word(given["value"]), False),))
    if given.get("timezone"):
        check_timezone(str(given["timezone"]))
    values = given.get("values", {})
    if not isinstance(values, dict):
        raise MappingError(f'{where}: values is a table like {{ yes = "true", no = "false" }}.')
    return replace(
        cell,
        values=tuple((str(key), _word(value)) for key, value in values.items()),
        time_format=given.get("format"),
        timezone=given.get("timezone"),
    )


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _rules(written: object) -> tuple[Rule, ...]:
    if not isinstance(written, dict):
        raise MappingError('where is a table like status = "accepted".')
    return tuple(_rule(column, given) for column, given in written.items())


def _rule(column: str, given: object) -> Rule:
    negated = isinstance(given, dict)
    if isinstance(given, dict):
        _only(given, ("not",), where=f"in where {column}")
        given = given.get("not", [])
    values = given if isinstance(given, list) else [given]
    words = tuple(_word(value) for value in values)
    reason = "left out by the mapping's filter"
    return Rule(column_cell(column), words, negated=negated, reason=reason)


def _only(written: dict[str, Any], allowed: tuple[str, ...], *, where: str) -> None:
    for key in written:
        if key not in allowed:
            raise MappingError(f"{where}: {unknown('key', key, allowed)}")


def _bind(cell: Cell, header: tuple[str, ...], *, file: str) -> Cell:
    parts = tuple(
        (find_column(part, header, file=file) if is_column else part, is_column)
        for part, is_column in cell.parts
    )
    return replace(cell, parts=parts)


def _bind_rules(rules: tuple[Rule, ...], header: tuple[str, ...], *, file: str) -> tuple[Rule, ...]:
    return tuple(replace(rule, cell=_bind(rule.cell, header, file=file)) for rule in rules)
