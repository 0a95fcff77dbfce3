"""Any spreadsheet, by a mapping file: TOML that says which column means what.

    told_by = ["Town", "Mail|E-mail"] # a shipped mapping: files with these columns need no --source
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
    family_name = "Last name|Surname" # the first of these that is filled in
    phone = "Mobile?"                 # left out where the file has no such column

docs/sources/mapping.md explains it with examples.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import FileError, MappingError, OptionError, unknown
from organizing_analytics.model import BY_NAME, Table
from organizing_analytics.settings import check_timezone
from organizing_analytics.sources.feeds import (
    EPOCH,
    Cell,
    Feed,
    Reading,
    Rule,
    column_cell,
    find_column,
    template_cell,
)
from organizing_analytics.sources.layout import Layout, Split, layout
from organizing_analytics.sources.name_parts import ORDERS, PARTS, name_part
from organizing_analytics.sources.templates import REJECT_COLUMNS
from organizing_analytics.sql import literal
from organizing_analytics.wording import plain_name

if TYPE_CHECKING:
    from pathlib import Path

_TOP = (
    *("name", "time_format", "timezone", "year", "main", "where", "table", "repeats"),
    *("header_row", "skip_rows", "sheets", "split", "unpivot", "told_by", "note"),
)
_IN_TABLE = ("table", "columns", "where")
_IN_CELL = (
    "column",
    "text",
    "value",
    "values",
    "format",
    "timezone",
    "optional",
    "only_new",
    "range_end",
    "else",
    "reject",
    "number",
    "part",
    "order",
)
#: What a number in text may be of.
UNITS = ("number", "minutes", "hours")
_TEXT_FILE = re.compile(r"\.(?:csv|tsv|txt|json|jsonl)(?:\.gz)?$", re.IGNORECASE)
#: The list that an id comes from, in front of it (see store/keyed_ids.py).
_SPACE = "[a-z_-]+:[a-z_-]+:"
_NAME_PART = re.compile(r"\b(?:first|given|last|family)[\s_-]*name\b|\bsurname\b", re.IGNORECASE)
#: Pieces of text; True marks a column of the file (see `Cell.parts`).
_Parts = list[tuple[str, bool]]


@dataclass(frozen=True)
class _Written(Cell):
    """A cell as a mapping file writes it, before it meets a file's header.

    Attributes
    ----------
    formats : tuple of str
        How the time may be written; what none of them fits is read by the usual forms.
    is_day : bool
        Whether the time is a day.
    is_optional : bool
        Whether the cell is left out where the file lacks its columns.
    is_keyed : bool
        Whether the value is an id made from personal data, which is kept as a keyed hash.
    part, order : str
        The part of a name that is taken (`given`, `family`), and which of them stands first.
    """

    formats: tuple[str, ...] = ()
    is_day: bool = False
    is_optional: bool = False
    is_keyed: bool = False
    part: str = ""
    order: str = ORDERS[0]


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
        if not self.told_by or not all(_find(name, header).columns for name in self.told_by):
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
        bound = [_bind_feed(feed, header, file=file) for feed in self.reading.feeds]
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
        rules = _bind_rules(self.reading.rules, header, file=file)
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
    _only(written, _TOP, where="at the top")
    tables = written.get("table")
    if not isinstance(tables, list) or not tables:
        raise MappingError("there is no [[table]]: say which table each row feeds.")
    usual = _Written(
        parts=(),
        formats=_formats(written.get("time_format"), where="at the top"),
        timezone=written.get("timezone"),
    )
    if usual.timezone:
        usual = replace(usual, timezone=check_timezone(usual.timezone))
    feeds = _keyed(tuple(_feed(table, usual) for table in tables))
    names = [feed.table for feed in feeds]
    main = written.get("main", names[-1])
    if main not in names:
        raise MappingError(f"main: {unknown('table', str(main), names)}")
    if names.count(main) > 1:
        raise MappingError(f"main: {main} is fed more than once by a row; a row is counted by one.")
    rules = _rules(written.get("where", {}))
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


def _feed(written: object, usual: _Written) -> Feed:
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


def _cell(table: Table, name: str, given: object, usual: _Written) -> Cell:
    if name not in table.column_names:
        raise MappingError(f"{table.name}: {unknown('column', name, table.column_names)}")
    if isinstance(given, str):
        cell = _Written(_parts(given))
    elif isinstance(given, dict):
        cell = _detailed(given, where=f"{table.name}.{name}")
    else:
        raise MappingError(
            f'{table.name}.{name}: write a column ("Mail"), a text template ("{{year}}-{{id}}"), '
            'or { value = "…" } for what is the same in every row.'
        )
    kind = table.column(name).kind
    if cell.unit and kind not in ("whole", "number"):
        raise MappingError(f"{table.name}.{name}: number is for columns that hold numbers.")
    cell = replace(cell, timezone=cell.timezone or usual.timezone)
    return _timed(cell, cell.formats or usual.formats, table.column(name).kind)


def _parts(given: str) -> tuple[tuple[str, bool], ...]:
    return (template_cell(given) if "{" in given else column_cell(given)).parts


def _timed(cell: _Written, formats: tuple[str, ...], kind: str) -> _Written:
    """Return the cell with how its time is written: one way, or several to be tried in turn."""
    if kind not in ("moment", "day") or not formats:
        return replace(cell, formats=())
    cell = replace(cell, forms=formats)
    if len(formats) == 1:
        return replace(cell, formats=(), time_format=formats[0])
    if any("%z" in form for form in formats):
        raise MappingError("format: %z stands alone, not in a list of formats.")
    others = tuple(form for form in formats if form != EPOCH)
    usual = EPOCH if EPOCH in formats else None
    return replace(cell, formats=others, time_format=usual, is_day=kind == "day")


def _formats(given: object, *, where: str) -> tuple[str, ...]:
    listed = given if isinstance(given, list) else [given] if given is not None else []
    if not all(isinstance(form, str) and form for form in listed):
        raise MappingError(f'{where}: a format is a text like "%d.%m.%Y %H:%M", or a list of them.')
    return tuple(listed)


def _detailed(given: dict[str, Any], *, where: str) -> _Written:
    _only(given, _IN_CELL, where=f"in {where}")
    ways = [way for way in ("column", "text", "value") if way in given]
    if len(ways) != 1:
        raise MappingError(f"{where}: give exactly one of column, text and value.")
    if ways == ["column"]:
        parts = column_cell(str(given["column"])).parts
    elif ways == ["text"]:
        parts = template_cell(str(given["text"])).parts
    else:
        parts = ((_word(given["value"]), False),)
    zone = check_timezone(str(given["timezone"])) if given.get("timezone") else None
    values = given.get("values", {})
    if not isinstance(values, dict):
        raise MappingError(f'{where}: values is a table like {{ yes = "true", no = "false" }}.')
    return _Written(
        parts,
        values=tuple((str(key), _word(value)) for key, value in values.items()),
        **_words(given, where=where),
        unit=_one_of(given, "number", UNITS, where=where),
        part=_one_of(given, "part", PARTS, where=where),
        order=_one_of(given, "order", ORDERS, where=where) or ORDERS[0],
        timezone=zone,
        formats=_formats(given.get("format"), where=where),
        only_new=_switch(given, "only_new", where=where),
        is_range_end=_switch(given, "range_end", where=where),
        is_optional=_switch(given, "optional", where=where),
    )


def _words(given: dict[str, Any], *, where: str) -> dict[str, Any]:
    """Return how a cell's words are matched, and what becomes of those that are not listed."""
    refused, otherwise = given.get("reject", []), given.get("else")
    if not isinstance(refused, bool):
        refused = refused if isinstance(refused, list) else [refused]
        if not all(isinstance(word, str) and word for word in refused):
            raise MappingError(f"{where}: reject is a list of words, or true for all not listed.")
    if refused is True and otherwise is not None:
        raise MappingError(f"{where}: give else or reject = true, not both.")
    if isinstance(otherwise, (dict, list)):
        raise MappingError(f'{where}: else is a word of the model, like else = "other".')
    return {
        "is_folded": bool(given.get("values")) or otherwise is not None,
        "otherwise": None if otherwise is None else _word(otherwise),
        "refused": () if isinstance(refused, bool) else tuple(refused),
        "is_closed": refused is True,
    }


def _one_of(given: dict[str, Any], key: str, allowed: tuple[str, ...], *, where: str) -> str:
    value = given.get(key, "")
    if value and value not in allowed:
        raise MappingError(f"{where}: {key} is one of {', '.join(allowed)}.")
    return str(value)


def _switch(given: dict[str, Any], key: str, *, where: str) -> bool:
    value = given.get(key, False)
    if not isinstance(value, bool):
        raise MappingError(f"{where}: {key} is true or false.")
    return value


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


def _is_whole(feed: Feed) -> bool:
    return {*BY_NAME[feed.table].required} <= {*feed.cells}


def _bind_feed(feed: Feed, header: tuple[str, ...], *, file: str) -> Feed:
    cells = {name: _bind(cell, header, file=file) for name, cell in feed.cells.items()}
    return replace(
        feed,
        # A value of which the file has no column is not read: it empties nothing.
        cells={name: cell for name, cell in cells.items() if cell},
        rules=_bind_rules(feed.rules, header, file=file),
    )


def _bind_rules(rules: tuple[Rule, ...], header: tuple[str, ...], *, file: str) -> tuple[Rule, ...]:
    empty = Cell((("NULL", False),), is_sql=True)
    return tuple(replace(rule, cell=_bind(rule.cell, header, file=file) or empty) for rule in rules)


def _bind(cell: Cell, header: tuple[str, ...], *, file: str) -> Cell | None:
    """Return the cell with the file's own columns; None where it is left out."""
    found: list[tuple[str, _Place | None]] = [
        (part, _find(part, header) if is_column else None) for part, is_column in cell.parts
    ]
    is_optional = isinstance(cell, _Written) and cell.is_optional
    for part, place in found:
        if place and not place.columns and not (place.is_optional and len(found) > 1):
            if place.is_optional or is_optional:
                return _of_blank(cell)
            _refuse(part, header, file=file)
    formats = cell.formats if isinstance(cell, _Written) else ()
    is_keyed = isinstance(cell, _Written) and cell.is_keyed
    part = cell.part if isinstance(cell, _Written) and not _is_part(found) else ""
    made = Cell(
        tuple((place.columns[0], True) if place else (part, False) for part, place in found)
        if all(place is None or place.is_plain for _, place in found)
        else (),
        cell.values, cell.time_format, cell.timezone, cell.is_sql, cell.only_new,
        forms=cell.forms, is_range_end=cell.is_range_end, is_folded=cell.is_folded,
        otherwise=cell.otherwise, refused=cell.refused, is_closed=cell.is_closed, unit=cell.unit,
    )  # fmt: skip
    if made.parts and not formats and not is_keyed and not part:
        return made
    parts = _expression(found)
    if part and isinstance(cell, _Written):
        before, behind = name_part(part, cell.order)
        parts = [(before, False), *parts, (behind, False)]
    if is_keyed:
        parts = _keyed_parts(cell, parts)
    if formats and isinstance(cell, _Written):
        listed = ", ".join(map(literal, formats))
        shown = literal("%Y-%m-%d" if cell.is_day else "%Y-%m-%d %H:%M:%S")
        parts = [
            ("coalesce(strftime(try_strptime(", False), *parts,
            (f", [{listed}]), {shown}), ", False), *parts, (")", False),
        ]  # fmt: skip
    return replace(made, parts=tuple(parts), is_sql=True)


def _of_blank(cell: Cell) -> Cell | None:
    """Return the cell of a file without its column: the word for an empty cell, None if none."""
    blank = dict(cell.values).get("")
    return Cell(((blank, False),), only_new=cell.only_new) if blank else None


def _is_part(found: list[tuple[str, _Place | None]]) -> bool:
    """Return whether the column holds a part of a name already: "First name", "Surname"."""
    columns = [place.columns[0] for _, place in found if place and place.columns]
    return bool(columns) and bool(_NAME_PART.search(columns[0]))


def _keyed_parts(cell: Cell, expression: _Parts) -> _Parts:
    """Return the parts of the expression for the keyed id of a text."""
    space, is_column = cell.parts[0]
    if not is_column and re.fullmatch(_SPACE, space):
        return [(f"keyed({literal(space)}, ", False), *expression, (")", False)]
    return [("keyed_id(", False), *expression, (")", False)]


@dataclass(frozen=True)
class _Place:
    """Where in a file a column of a mapping is: the columns to be tried in turn."""

    columns: tuple[str, ...]
    is_optional: bool

    @property
    def is_plain(self) -> bool:
        """Tell whether it is one column, which a template cannot do without."""
        return len(self.columns) == 1 and not self.is_optional


def _find(written: str, header: tuple[str, ...]) -> _Place:
    whole = _column(written, header, is_loose=False)
    if whole:  # a column may have | or ? in its own name
        return _Place((whole,), is_optional=False)
    is_optional = written.endswith("?")
    names = [name.strip() for name in written.removesuffix("?").split("|")]
    columns = [column for name in names if (column := _column(name, header))]
    return _Place(tuple(dict.fromkeys(columns)), is_optional)


def _column(name: str, header: tuple[str, ...], *, is_loose: bool = True) -> str | None:
    if name in header:
        return name
    plain = plain_name(name)
    same = next((c for c in header if plain_name(c) == plain), None)
    if same or not is_loose:
        return same
    if "*" in name:
        # "Which shifts*": the longer a question, the oftener its end is rewritten.
        form = plain.replace("[", "[[]").replace("?", "[?]")
        alike = [c for c in header if fnmatchcase(plain_name(c), form)]
        return alike[0] if len(alike) == 1 else None
    return next((c for c in header if loose_name(c) == loose_name(name)), None)


def loose_name(column: str) -> str:
    """Return a column's name without what people add to it: "Came? (tick)", "Phone *", "Name:".

    Examples
    --------
    >>> loose_name("Came? (tick)") == loose_name("came")
    True
    """
    bare = re.sub(r"\([^()]*\)", " ", column) or column
    kept = "".join(c for c in bare if c.isalnum() or c in "#/")
    return plain_name(kept or column)


def _refuse(written: str, header: tuple[str, ...], *, file: str) -> None:
    names = [name.strip() for name in written.split("|")]
    if len(names) == 1:
        find_column(names[0], header, file=file)
    raise FileError(f"{file}: {unknown('column', ' or '.join(names), header)}", column=names[0])


def _expression(found: list[tuple[str, _Place | None]]) -> _Parts:
    """Return the parts of a DuckDB expression for a cell whose columns are not plain."""
    is_template = len(found) > 1
    parts: _Parts = []
    for part, place in found:
        parts += [(" || ", False)] if parts else []
        if place is None:
            parts.append((literal(part), False))
            continue
        blank = is_template and place.is_optional
        parts += _first(place.columns, "''" if blank else "NULL")
    if not any(place and place.is_optional for _, place in found) or not is_template:
        return parts
    # Of a template whose columns are all empty nothing would be left but what stands between.
    columns = tuple(column for _, place in found if place for column in place.columns)
    return [
        ("CASE WHEN ", False), *_first(columns, "NULL"), (" IS NOT NULL THEN trim(", False),
        *parts, (") END", False),
    ]  # fmt: skip


def _first(columns: tuple[str, ...], otherwise: str) -> _Parts:
    parts: _Parts = [("coalesce(", False)]
    for column in columns:
        parts += [(column, True), (", ", False)]
    return [*parts, (f"{otherwise})", False)]
