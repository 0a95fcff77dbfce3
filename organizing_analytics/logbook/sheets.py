"""The week's lines as a workbook: a drop-down with the answers of each line.

It is protected but for the columns to fill in. The protection has no password: it stops accidents.
`answer_files.read_answer_file` reads it back.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from organizing_analytics.logbook.words import WORDS, LineKind, kind_of
from organizing_analytics.template_workbook import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Heading → width. The last four are to be filled in.
COLUMNS = {
    "Code": 11, "Who": 24, "Do": 18, "Why": 60, "By": 12, "What happened": 26, "When": 12,
    "Ask again on": 14, "Note": 40,
}  # fmt: skip
N_OPEN = 4
_DATES = ("By", "When", "Ask again on")


def workbook_of(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the workbook of the rows of a coded list that have a code."""
    from openpyxl import Workbook  # noqa: PLC0415  # only for those who want one
    from openpyxl.styles import Alignment, Font, Protection  # noqa: PLC0415

    book = Workbook()
    sheet, words = book.active, book.create_sheet("Answers")
    sheet.title = "Lines"
    words.sheet_state = "hidden"
    ranges = _offer(words)
    for number, (heading, width) in enumerate(COLUMNS.items(), 1):
        head = sheet.cell(1, number, heading)
        head.font = Font(bold=True)
        sheet.column_dimensions[head.column_letter].width = width
    cells_of_kind: dict[LineKind, list[str]] = {kind: [] for kind in LineKind}
    for place, row in enumerate((row for row in rows if isinstance(row["code"], str)), 2):
        texts = (row["code"], row["name"], row["action"].replace("_", " "), row["reason"])
        for number, value in enumerate(texts, 1):
            write_text(sheet.cell(place, number), value if isinstance(value, str) else "")
        sheet.cell(place, 5, row["due_on"].date())
        sheet.cell(place, 4).alignment = Alignment(wrap_text=True, vertical="top")
        for number, heading in enumerate(COLUMNS, 1):
            cell = sheet.cell(place, number)
            cell.protection = Protection(locked=number <= len(COLUMNS) - N_OPEN)
            if heading in _DATES:
                cell.number_format = "yyyy-mm-dd"
        ask_for = row["ask_for"] if isinstance(row["ask_for"], str) else None
        cells_of_kind[kind_of(row["action"], ask_for)].append(f"F{place}")
    _add_drop_downs(sheet, cells_of_kind, ranges)
    sheet.freeze_panes = "C2"
    sheet.protection.sheet = True
    for allowed in ("sort", "autoFilter", "formatColumns", "formatRows"):
        setattr(sheet.protection, allowed, False)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _offer(words: Any) -> dict[LineKind, str]:
    """Write the answers of each kind of line down, and return where they stand."""
    ranges = {}
    for number, kind in enumerate(LineKind, 1):
        for place, word in enumerate(WORDS[kind].values(), 1):
            letter = words.cell(place, number, word.label).column_letter
        ranges[kind] = f"Answers!${letter}$1:${letter}${len(WORDS[kind])}"
    return ranges


def _add_drop_downs(
    sheet: Any, cells_of_kind: dict[LineKind, list[str]], ranges: dict[LineKind, str]
) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    for kind, cells in cells_of_kind.items():
        if cells:
            choice = DataValidation(type="list", formula1=ranges[kind], allow_blank=True)
            choice.error = "Choose one of the answers, or leave the cell empty."
            for cell in cells:
                choice.add(cell)
            sheet.add_data_validation(choice)
    n_lines = sum(map(len, cells_of_kind.values()))
    if n_lines:
        dates = DataValidation(
            type="date", operator="greaterThan", formula1="36526", allow_blank=True
        )
        dates.error = "A date, like 2026-12-03, or nothing."
        dates.add(f"G2:H{n_lines + 1}")
        sheet.add_data_validation(dates)
