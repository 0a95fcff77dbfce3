"""The cells, formats and filters of a mapping file, checked as they are written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import MappingError, unknown
from organizing_analytics.settings import check_timezone
from organizing_analytics.sources.feeds import EPOCH, Cell, Rule, column_cell, template_cell
from organizing_analytics.sources.name_parts import ORDERS, PARTS

if TYPE_CHECKING:
    from organizing_analytics.model import Table

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


@dataclass(frozen=True)
class WrittenCell(Cell):
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
        The part of a name that is taken (`given`, `family`, or `email`, `phone` where one of these
        stands in place of a name), and which of the two names stands first.
    """

    formats: tuple[str, ...] = ()
    is_day: bool = False
    is_optional: bool = False
    is_keyed: bool = False
    part: str = ""
    order: str = ORDERS[0]


def written_cell(table: Table, name: str, setting: object, usual: WrittenCell) -> Cell:
    """Return the cell that a mapping gives a table's column.

    Raises
    ------
    MappingError
        The table has no such column, or the cell is not written as it may be.
    """
    if name not in table.column_names:
        raise MappingError(f"{table.name}: {unknown('column', name, table.column_names)}")
    if isinstance(setting, str):
        cell = WrittenCell(_parts(setting))
    elif isinstance(setting, dict):
        cell = _detailed(setting, where=f"{table.name}.{name}")
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


def _parts(setting: str) -> tuple[tuple[str, bool], ...]:
    return (template_cell(setting) if "{" in setting else column_cell(setting)).parts


def _timed(cell: WrittenCell, formats: tuple[str, ...], kind: str) -> WrittenCell:
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


def written_formats(setting: object, *, where: str) -> tuple[str, ...]:
    """Return the time formats of a mapping: one, a list of them, or none."""
    listed = setting if isinstance(setting, list) else [setting] if setting is not None else []
    if not all(isinstance(form, str) and form for form in listed):
        raise MappingError(f'{where}: a format is a text like "%d.%m.%Y %H:%M", or a list of them.')
    return tuple(listed)


def _detailed(setting: dict[str, Any], *, where: str) -> WrittenCell:
    refuse_other_keys(setting, _IN_CELL, where=f"in {where}")
    ways = [way for way in ("column", "text", "value") if way in setting]
    if len(ways) != 1:
        raise MappingError(f"{where}: give exactly one of column, text and value.")
    if ways == ["column"]:
        parts = column_cell(str(setting["column"])).parts
    elif ways == ["text"]:
        parts = template_cell(str(setting["text"])).parts
    else:
        parts = ((_word(setting["value"]), False),)
    zone = check_timezone(str(setting["timezone"])) if setting.get("timezone") else None
    values = setting.get("values", {})
    if not isinstance(values, dict):
        raise MappingError(f'{where}: values is a table like {{ yes = "true", no = "false" }}.')
    return WrittenCell(
        parts,
        values=tuple((str(key), _word(value)) for key, value in values.items()),
        **_words(setting, where=where),
        unit=_one_of(setting, "number", UNITS, where=where),
        part=_one_of(setting, "part", PARTS, where=where),
        order=_one_of(setting, "order", ORDERS, where=where) or ORDERS[0],
        timezone=zone,
        formats=written_formats(setting.get("format"), where=where),
        only_new=_switch(setting, "only_new", where=where),
        is_range_end=_switch(setting, "range_end", where=where),
        is_optional=_switch(setting, "optional", where=where),
    )


def _words(setting: dict[str, Any], *, where: str) -> dict[str, Any]:
    """Return how a cell's words are matched, and what becomes of those that are not listed."""
    refused, otherwise = setting.get("reject", []), setting.get("else")
    if not isinstance(refused, bool):
        refused = refused if isinstance(refused, list) else [refused]
        if not all(isinstance(word, str) and word for word in refused):
            raise MappingError(f"{where}: reject is a list of words, or true for all not listed.")
    if refused is True and otherwise is not None:
        raise MappingError(f"{where}: give else or reject = true, not both.")
    if isinstance(otherwise, (dict, list)):
        raise MappingError(f'{where}: else is a word of the model, like else = "other".')
    return {
        "is_folded": bool(setting.get("values")) or otherwise is not None,
        "otherwise": None if otherwise is None else _word(otherwise),
        "refused": () if isinstance(refused, bool) else tuple(refused),
        "is_closed": refused is True,
    }


def _one_of(setting: dict[str, Any], key: str, allowed: tuple[str, ...], *, where: str) -> str:
    value = setting.get(key, "")
    if value and value not in allowed:
        raise MappingError(f"{where}: {key} is one of {', '.join(allowed)}.")
    return str(value)


def _switch(setting: dict[str, Any], key: str, *, where: str) -> bool:
    value = setting.get(key, False)
    if not isinstance(value, bool):
        raise MappingError(f"{where}: {key} is true or false.")
    return value


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def written_rules(written: object) -> tuple[Rule, ...]:
    """Return the filters that a mapping writes as a table."""
    if not isinstance(written, dict):
        raise MappingError('where is a table like status = "accepted".')
    return tuple(_rule(column, setting) for column, setting in written.items())


def _rule(column: str, setting: object) -> Rule:
    negated = isinstance(setting, dict)
    if isinstance(setting, dict):
        refuse_other_keys(setting, ("not",), where=f"in where {column}")
        setting = setting.get("not", [])
    values = setting if isinstance(setting, list) else [setting]
    words = tuple(_word(value) for value in values)
    reason = "left out by the mapping's filter"
    return Rule(column_cell(column), words, negated=negated, reason=reason)


def refuse_other_keys(written: dict[str, Any], allowed: tuple[str, ...], *, where: str) -> None:
    """Raise a `MappingError` for a key that a mapping may not have there."""
    for key in written:
        if key not in allowed:
            raise MappingError(f"{where}: {unknown('key', key, allowed)}")
