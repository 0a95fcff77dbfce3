"""An answer as a table for the eye, CSV for a spreadsheet or JSON for a program.

Everything that the command line prints goes through here, so that no name, title or message of
other people's can send a control character to the terminal.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import typer

from organizing_analytics.cli.options import Format
from organizing_analytics.terminal import visible, visible_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

#: What stands in a table where there is no number.
NOTHING = "-"
#: A wide answer of this many rows or fewer is turned on its side.
FEW_ROWS = 4
_RATES = (
    "rate",
    "low",
    "high",
    "share",
    "p_enough",
    "p_over_capacity",
    "sure",
    "no_type_known",
    "surviving",
    "difference",
    "difference_low",
    "difference_high",
    "p_all_with_one_more",
)


def say(message: str, *, error: bool = False) -> None:
    """Print a line for a person; errors and notes go to the error stream."""
    typer.echo(visible(message, lines=True), err=error)


def print_json(answer: object) -> None:
    """Print an object as JSON."""
    typer.echo(visible_json(json.dumps(answer, ensure_ascii=False, indent=2, default=str)))


def print_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print CSV: for a file or program as it is, for a terminal with control characters visible."""
    from organizing_analytics.safe_csv import csv_text

    text = csv_text(head, rows)
    sys.stdout.write(visible(text, lines=True) if sys.stdout.isatty() else text)


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame's rows as plain values; what is empty is None."""
    columns = {n: [_plain(value, n) for value in frame[n].tolist()] for n in frame.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(value: Any, name: str) -> Any:
    import pandas as pd

    if pd.isna(value):
        return None
    if isinstance(value, (datetime, date)):
        written = value.isoformat()
        if name.endswith("_on") or name == "since":
            return written[:10]
        return f"{written}Z" if name.endswith("_at") else written  # a moment is kept in UTC
    return value.item() if hasattr(value, "item") else value


def print_frame(frame: pd.DataFrame, form: Format, *, about: str = "") -> None:
    """Print a measure's answer.

    JSON is `{"measure", "as_of", "snapshot", "rows"}`, from the frame's attrs; `about` is what
    the heading of a table says beside them.
    """
    rows = rows_of(frame)
    if form is Format.json:
        print_json({**frame.attrs, "rows": rows})
    elif form is Format.csv:
        print_csv(
            list(frame.columns), [[_csv_word(value) for value in row.values()] for row in rows]
        )
    else:
        _print_table(frame, rows, about)


def _csv_word(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _print_table(frame: pd.DataFrame, rows: list[dict[str, Any]], about: str) -> None:
    attrs = frame.attrs
    title = (
        f"{attrs['measure']}{about and f' ({about})'}, as of {attrs['as_of']}, "
        f"snapshot {attrs['snapshot']}"
    )
    if not rows:
        say(f"{title}: nothing to count. {attrs.get('note', 'No row falls into this window.')}")
        return
    head = list(frame.columns)
    cells = [[word(name, row[name]) for name in head] for row in rows]
    say(title)
    print_table(head, cells, may_turn=True)


def print_table(head: list[str], cells: list[list[str]], *, may_turn: bool = False) -> None:
    """Print text in columns, numbers to the right, whole even where the terminal is narrow.

    With `may_turn`, a few rows that are too wide are turned on their side.
    """
    from rich.console import Console
    from rich.table import Table

    head = [visible(name) for name in head]
    cells = [[visible(cell) for cell in row] for row in cells]
    widths = [max(len(row[i]) for row in [head, *cells]) for i in range(len(head))]
    console = Console()
    wide = sum(widths) + 2 * len(widths)
    if may_turn and wide > console.width and len(cells) <= FEW_ROWS:
        cells = [[name, *(row[i] for row in cells)] for i, name in enumerate(head)]
        head = ["", *([""] * (len(cells[0]) - 1))]
        widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
        wide = sum(widths) + 2 * len(widths)
    if wide > console.width:
        console = Console(width=wide + 2)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for i, name in enumerate(head):
        is_text = any(row[i] and not _looks_numeric(row[i]) for row in cells)
        table.add_column(name, justify="left" if is_text else "right", no_wrap=True)
    for row in cells:
        table.add_row(*(_escape(cell) for cell in row))
    console.print(table)


def _escape(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _looks_numeric(text: str) -> bool:
    return (
        text.replace(",", "").replace(".", "").replace(" %", "").replace("-", "").isdigit()
        or text == NOTHING
    )


def word(name: str, value: object) -> str:
    """Return one cell of a table."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        is_rate = (
            name in _RATES
            or name.endswith(("_rate", "_share"))
            or name.startswith(("rate_if", "rate_with", "shrunk"))
        )
        return f"{100 * value:.1f} %" if is_rate else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
