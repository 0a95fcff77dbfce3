"""A mapping meets a file: its names of columns → the file's own columns."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from organizing_analytics.errors import FileError, unknown
from organizing_analytics.sources.feeds import Cell, Feed, Rule, find_column
from organizing_analytics.sources.name_parts import CONTACTS, name_part
from organizing_analytics.sources.written_cells import WrittenCell
from organizing_analytics.sql import literal
from organizing_analytics.wording import plain_name

#: How an id begins that names its list, like mobilize:user: (see store/keyed_ids.py).
_SPACE = "[a-z_-]+:[a-z_-]+:"
_NAME_PART = re.compile(r"\b(?:first|given|last|family)[\s_-]*name\b|\bsurname\b", re.IGNORECASE)
#: Pieces of text; True marks a column of the file (see `Cell.parts`).
_Parts = list[tuple[str, bool]]


def bind_feed(feed: Feed, header: tuple[str, ...], *, file: str) -> Feed:
    """Return a feed with the file's own columns."""
    contacts = {c.parts for c in feed.cells.values() if _part_of(c) in CONTACTS}
    cells = {
        name: _bind(cell, header, file=file, may_be_contact=cell.parts in contacts)
        for name, cell in feed.cells.items()
    }
    return replace(
        feed,
        # A value of which the file has no column is not read: it empties nothing.
        cells={name: cell for name, cell in cells.items() if cell},
        rules=bind_rules(feed.rules, header, file=file),
    )


def bind_rules(rules: tuple[Rule, ...], header: tuple[str, ...], *, file: str) -> tuple[Rule, ...]:
    """Return filters with the file's own columns; one that is not there is empty in all rows."""
    empty = Cell((("NULL", False),), is_sql=True)
    return tuple(replace(rule, cell=_bind(rule.cell, header, file=file) or empty) for rule in rules)


def _part_of(cell: Cell) -> str:
    """Return the part of a name that a cell takes, if any."""
    return cell.part if isinstance(cell, WrittenCell) else ""


def _bind(
    cell: Cell, header: tuple[str, ...], *, file: str, may_be_contact: bool = False
) -> Cell | None:
    """Return the cell with the file's own columns; None where it is left out."""
    places: list[tuple[str, _Place | None]] = [
        (part, find_place(part, header) if is_column else None) for part, is_column in cell.parts
    ]
    is_optional = isinstance(cell, WrittenCell) and cell.is_optional
    for part, place in places:
        if place and not place.columns and not (place.is_optional and len(places) > 1):
            if place.is_optional or is_optional:
                return _of_blank(cell)
            _refuse(part, header, file=file)
    formats = cell.formats if isinstance(cell, WrittenCell) else ()
    is_keyed = isinstance(cell, WrittenCell) and cell.is_keyed
    part = "" if _is_part(places) else _part_of(cell)
    bound = Cell(
        tuple((place.columns[0], True) if place else (part, False) for part, place in places)
        if all(place is None or place.is_plain for _, place in places)
        else (),
        cell.values, cell.time_format, cell.timezone, cell.is_sql, cell.only_new,
        forms=cell.forms, is_range_end=cell.is_range_end, is_folded=cell.is_folded,
        otherwise=cell.otherwise, refused=cell.refused, is_closed=cell.is_closed, unit=cell.unit,
    )  # fmt: skip
    if bound.parts and not formats and not is_keyed and not part:
        return bound
    parts = _expression(places)
    if part and isinstance(cell, WrittenCell):
        before, behind = name_part(part, cell.order, may_be_contact=may_be_contact)
        parts = [(before, False), *parts, (behind, False)]
    if is_keyed:
        parts = _keyed_parts(cell, parts)
    if formats and isinstance(cell, WrittenCell):
        listed = ", ".join(map(literal, formats))
        shown = literal("%Y-%m-%d" if cell.is_day else "%Y-%m-%d %H:%M:%S")
        parts = [
            ("coalesce(strftime(try_strptime(", False), *parts,
            (f", [{listed}]), {shown}), ", False), *parts, (")", False),
        ]  # fmt: skip
    return replace(bound, parts=tuple(parts), is_sql=True)


def _of_blank(cell: Cell) -> Cell | None:
    """Return the cell of a file without its column: the word for an empty cell, None if none."""
    blank = dict(cell.values).get("")
    return Cell(((blank, False),), only_new=cell.only_new) if blank else None


def _is_part(places: list[tuple[str, _Place | None]]) -> bool:
    """Return whether the column holds a part of a name already: "First name", "Surname"."""
    columns = [place.columns[0] for _, place in places if place and place.columns]
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


def find_place(written: str, header: tuple[str, ...]) -> _Place:
    """Return the columns of a file that a mapping's name means."""
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
    letters = "".join(c for c in bare if c.isalnum() or c in "#/")
    return plain_name(letters or column)


def _refuse(written: str, header: tuple[str, ...], *, file: str) -> None:
    names = [name.strip() for name in written.split("|")]
    if len(names) == 1:
        find_column(names[0], header, file=file)
    raise FileError(f"{file}: {unknown('column', ' or '.join(names), header)}", column=names[0])


def _expression(places: list[tuple[str, _Place | None]]) -> _Parts:
    """Return the parts of a DuckDB expression for a cell whose columns are not plain."""
    is_template = len(places) > 1
    parts: _Parts = []
    for part, place in places:
        parts += [(" || ", False)] if parts else []
        if place is None:
            parts.append((literal(part), False))
            continue
        blank = is_template and place.is_optional
        parts += _first(place.columns, "''" if blank else "NULL")
    if not any(place and place.is_optional for _, place in places) or not is_template:
        return parts
    # Of a template whose columns are all empty nothing would be left but what stands between.
    columns = tuple(column for _, place in places if place for column in place.columns)
    return [
        ("CASE WHEN ", False), *_first(columns, "NULL"), (" IS NOT NULL THEN trim(", False),
        *parts, (") END", False),
    ]  # fmt: skip


def _first(columns: tuple[str, ...], otherwise: str) -> _Parts:
    parts: _Parts = [("coalesce(", False)]
    for column in columns:
        parts += [(column, True), (", ", False)]
    return [*parts, (f"{otherwise})", False)]
