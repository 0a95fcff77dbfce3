"""Empty templates: one CSV a table, or one workbook, and a README of every column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.errors import FileError
from organizing_analytics.model import TABLES, Table
from organizing_analytics.template_workbook import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

WORKBOOK, README = "campaign.xlsx", "README.md"

_FILES = """# Templates

One file a table. Fill in what you have: a file may be left empty, and a column that is not
required may be left empty or out. Rows may refer to each other in any order.
"""
_SHEETS = f"""# Templates

{WORKBOOK} has one sheet a table. Fill in what you have: a sheet may be left empty, and a column
that is not required may be left empty or out. Rows may refer to each other in any order.

- The first row of each sheet is an example. It is never loaded; delete it or leave it.
- Point at a column's name for what it holds. Some columns offer a list to choose from.
"""
_CELLS = """
- yes or no: true/false, yes/no, 1/0, y/n. Empty means: nobody wrote it down.
- times: 2026-03-04T18:00, with or without an offset (-05:00), or 3/4/2026 6:00 PM. Without an
  offset they are by the event's clock (shifts and their sign-ups), else by the campaign's.
- dates: 2026-03-04 or 3/4/2026.

Then: `oa load` with this folder.
"""


def write_templates(folder: Path, *, as_workbook: bool = False) -> list[Path]:
    """Write the templates and their README and return the files.

    Raises
    ------
    FileError
        A file of that name is there already; nothing is written over.
    """
    tables = "".join(_described(table) for table in TABLES)
    texts = {README: (_SHEETS.rstrip("\n") if as_workbook else _FILES) + _CELLS + tables}
    if not as_workbook:
        texts = {
            f"{table.name}.csv": ",".join(table.column_names) + "\n" for table in TABLES
        } | texts
    names = [WORKBOOK, *texts] if as_workbook else [*texts]
    there = [name for name in names if (folder / name).exists()]
    if there:
        raise FileError(f"{folder / there[0]}: is there already. Give a new or empty folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
        if as_workbook:
            write_workbook(folder / WORKBOOK)
    except OSError as error:
        raise FileError(f"{folder}: cannot be written to ({error.strerror}).") from error
    return [folder / name for name in names]


def _described(table: Table) -> str:
    lines = [
        f"\n## {table.name}: {table.meaning}\n",
        "| column | required | holds | meaning |",
        "|---|---|---|---|",
    ]
    for column in table.columns:
        required = "yes" if column.required else ""
        target = f" (in {column.refers_to})" if column.refers_to else ""
        lines.append(
            f"| {column.name} | {required} | {column.allowed_words}{target} | {column.meaning} |"
        )
    return "\n".join(lines) + "\n"
