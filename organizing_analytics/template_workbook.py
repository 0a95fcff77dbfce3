"""The templates as one workbook: a sheet a table, with notes, drop-downs and an example row."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from organizing_analytics.model import LADDER, TABLES, Column, Table
from organizing_analytics.sources.templates import EXAMPLE

if TYPE_CHECKING:
    from pathlib import Path

#: The last row of a sheet, in every spreadsheet program.
LAST_ROW = 1_048_576
_FORMATS = {"day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm"}
_WIDTHS = {"day": 12, "moment": 18, "flag": 14}
_WIDEST, _NARROWEST = 30, 10
#: Text as text: a phone number or an id that begins with 0 stays what was typed.
_TEXT = "@"

_NOT_IN_WORKBOOKS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

#: What stands in the example row: by the column, else by its kind.
_VALUES: dict[str, object] = {
    "given_name": "Ann",
    "family_name": "O'Hara",
    "email": "ann@example.org",
    "phone": "+15551234567",
    "name": "North side",
    "title": "Saturday canvass",
    "event_type": "canvass",
    "timezone": "America/Chicago",
    "location": "Public library",
    "channel": "phone",
    "status_raw": "Confirmed",
    "ask_for": "canvass",
    "measure": "attended",
    "values": "Safe streets near the school",
    "skills": "Speaks Spanish, drives",
    "available": "Weekday evenings",
    "why": "The vote on the school street is in two weeks.",
    "we_promised": "Send the flyer",
    "they_promised": "Bring a neighbor",
    "notes": "An example. It is never loaded: delete this row or leave it.",
    "note": "It felt good to be useful.",
    "rating": 5,
    "starts_at": datetime(2026, 3, 7, 10),  # noqa: DTZ001  # a cell has the clock, no offset
    "ends_at": datetime(2026, 3, 7, 13),  # noqa: DTZ001
    "again_on": date(2026, 5, 1),
    "next_step_on": date(2026, 3, 9),
    "week": "2026-W10",
    "target": 12,
    "minutes": 45,
    "need": 4,
    "capacity": 20,
    "do_not_contact": "no",
    "is_virtual": "no",
    "is_walk_in": "no",
    "is_urgent": "no",
    # An event that was deleted, or a sign-up both confirmed and cancelled, is none to follow.
    "deleted_at": None,
    "cancelled_at": None,
}
_KINDS: dict[str, object] = {
    "moment": datetime(2026, 3, 4, 18, 30),  # noqa: DTZ001
    "day": date(2026, 3, 4),
    "flag": "yes",
}
#: The example id of a column that does not refer to the person or team that its row is about.
_OTHERS = {
    "asker_id": "organizer",
    "by_id": "organizer",
    "lead_id": "organizer",
    "organizer_id": "organizer",
    "recruiter_id": "organizer",
    "parent_team_id": "region",
    "after_ask_id": "ask-before",
}
_ROLES = {"people": "volunteer", "role_changes": "team_member"}
_ALLOWED = {"status": ("confirmed", "held"), "outcome": ("not_now",), "result": ("reached",)}


def write_workbook(path: Path) -> None:
    """Write the templates as a workbook.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    from openpyxl import Workbook  # noqa: PLC0415  # only for those who want one

    book = Workbook()
    del book[book.sheetnames[0]]
    for table in TABLES:
        _fill(book.create_sheet(table.name), table)
    book.save(path)


def _fill(sheet: Any, table: Table) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415

    for number, column in enumerate(table.columns, 1):
        head = sheet.cell(1, number)
        write_text(head, column.name)
        head.font = Font(bold=True)
        head.comment = _note(column)
        example = sheet.cell(2, number)
        write_text(example, _example(table, column))
        style = sheet.column_dimensions[head.column_letter]
        # The column's own format is that of all its cells, however many rows there will be.
        style.number_format = example.number_format = _format(column)
        style.width = _width(column)
        offered = _offered(table, column)
        if offered:
            sheet.add_data_validation(_drop_down(offered, column, letter=head.column_letter))
    sheet.freeze_panes = "A2"


def write_text(cell: Any, value: object) -> None:
    """Set a cell of a workbook; text is never a formula, whatever it begins with.

    Control characters, which a workbook cannot hold, are left out.
    """
    if isinstance(value, str):
        value = _NOT_IN_WORKBOOKS.sub("", value)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = True  # typed into again, it stays text


def _note(column: Column) -> Any:
    from openpyxl.comments import Comment  # noqa: PLC0415

    lines = [column.meaning, "Required." if column.required else "May be empty."]
    lines.append(f"Holds {column.allowed_words}.")
    if column.refers_to:
        lines.append(f"An id of the sheet {column.refers_to}.")
    return Comment("\n".join(lines), "organizing_analytics", height=110, width=280)


def _format(column: Column) -> str:
    if column.kind in ("whole", "number"):
        return "General"
    return _FORMATS.get(column.kind, _TEXT)


def _width(column: Column) -> int:
    words = max(map(len, (column.name, *column.allowed)))
    return min(max(words + 3, _WIDTHS.get(column.kind, _NARROWEST)), _WIDEST)


def _offered(table: Table, column: Column) -> tuple[str, ...]:
    """Return what a drop-down offers."""
    if column.kind == "flag":
        return ("yes", "no")
    is_rung = column.name == "role" and table.name in _ROLES
    return LADDER if is_rung else column.allowed


def _drop_down(offered: tuple[str, ...], column: Column, *, letter: str) -> Any:
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    is_fixed = bool(column.allowed) or column.kind == "flag"
    return DataValidation(
        sqref=f"{letter}2:{letter}{LAST_ROW}",
        type="list",
        formula1=f'"{",".join(offered)}"',
        allow_blank=True,
        # The rungs of the ladder are a suggestion: any other role may be typed.
        showErrorMessage=is_fixed,
        errorTitle=column.name,
        error=f"Allowed: {', '.join(offered)}, or empty."[:255],
    )


def _example(table: Table, column: Column) -> object:
    named = column.refers_to or (table.name if column.name == table.key[0] else None)
    if named:
        # Where the row must be there, it is the only one that the example has.
        other = None if column.must_exist else _OTHERS.get(column.name)
        return EXAMPLE + (other or named.removesuffix("s"))
    if column.name in _VALUES:
        return _VALUES[column.name]
    if column.allowed:
        usual = _ALLOWED.get(column.name, ())
        return next((word for word in usual if word in column.allowed), column.allowed[0])
    if column.name == "role":
        return _ROLES.get(table.name, "Canvasser")
    return _KINDS[column.kind]
