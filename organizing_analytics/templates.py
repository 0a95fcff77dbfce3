"""Empty templates: one CSV a table, header only, and a README of every column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.errors import FileError
from organizing_analytics.model import TABLES, Table

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = """# Templates

One file a table. Fill in what you have: a file may be left empty, and a column that is not
required may be left empty or out. Rows may refer to each other in any order.

- yes or no: true/false, yes/no, 1/0, y/n. Empty means: nobody wrote it down.
- times: 2026-03-04T18:00, with or without an offset (-05:00), or 3/4/2026 6:00 PM. Without an
  offset they are by the event's clock (shifts and their sign-ups), else by the campaign's.
- dates: 2026-03-04 or 3/4/2026.

Then: `oa load` with this folder.
"""


def write_templates(folder: Path) -> list[Path]:
    """Write the templates and their README and return the files.

    Raises
    ------
    FileError
        A file of that name is there already; nothing is written over.
    """
    texts = {f"{table.name}.csv": ",".join(table.column_names) + "\n" for table in TABLES}
    texts["README.md"] = _HEAD + "".join(_described(table) for table in TABLES)
    there = [name for name in texts if (folder / name).exists()]
    if there:
        raise FileError(f"{folder / there[0]}: is there already. Give a new or empty folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise FileError(f"{folder}: cannot be written to ({error.strerror}).") from error
    return [folder / name for name in texts]


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
