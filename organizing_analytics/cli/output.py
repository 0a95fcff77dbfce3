"""An answer as a table for the eye, CSV for a spreadsheet or JSON for a program.

Everything that the command line prints goes through here, so that no name, title or message of
other people's can send a control character to the terminal.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

import typer

from organizing_analytics.answers import plain_rows
from organizing_analytics.catalog.formatting import NOTHING, readable
from organizing_analytics.cli.options import Format
from organizing_analytics.terminal import visible, visible_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from rich.console import JustifyMethod

    from organizing_analytics.answers import Answer
    from organizing_analytics.catalog import Kind
    from organizing_analytics.freshness import Freshness

#: A wide answer of this many rows or fewer is turned on its side.
FEW_ROWS = 4
#: Characters that a value of such a table has at least, before its text is wrapped.
MIN_VALUE_WIDTH = 16
#: Between two columns.
GAP = "  "
#: Where nobody knows how wide the terminal is.
DEFAULT_WIDTH = 80


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


def print_answer(
    answer: Answer,
    form: Format,
    *,
    about: str = "",
    empty: str = "No row falls into this window.",
    shown: Sequence[str] | None = None,
    fresh: Freshness | None = None,
) -> None:
    """Print an answer.

    Parameters
    ----------
    answer : Answer
    form : Format
        JSON is `{"measure", "as_of", "snapshot", "rows"}`; CSV has the rows alone; a table has a
        heading, and below it the answer's sentence.
    about : str
        What the heading of a table says beside the measure.
    empty : str
        What a table says where there is no row.
    shown : sequence of str, optional
        The columns of a table, where not all fit; CSV and JSON have all.
    fresh : Freshness, optional
        Up to when the data reach: a table says it at its end.
    """
    if form is Format.json:
        print_json(answer.as_dict())
    elif form is Format.csv:
        print_frame_csv(answer.frame, answer.kinds)
    else:
        _print_table(answer, about, empty, list(shown or answer.kinds))
        if fresh is not None:
            say(f"{fresh.words}.")


def print_frame_csv(frame: pd.DataFrame, kinds: Mapping[str, Kind]) -> None:
    """Print a frame as CSV, whole numbers and rates as they are."""
    rows = plain_rows(frame, kinds)
    print_csv(list(frame.columns), [[_csv_word(value) for value in row.values()] for row in rows])


def _csv_word(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _print_table(answer: Answer, about: str, empty: str, shown: list[str]) -> None:
    title = (
        f"{answer.measure}{about and f' ({about})'}, as of {answer.as_of}, "
        f"snapshot {answer.snapshot}"
    )
    if answer.frame.empty:
        say(f"{title}: nothing to count. {empty}")
        return
    say(title)
    print_frame(answer.frame[shown], answer.kinds, may_turn=True)
    if answer.sentence:
        say(answer.sentence)


def print_frame(frame: pd.DataFrame, kinds: Mapping[str, Kind], *, may_turn: bool = False) -> None:
    """Print a frame as a table, each value formatted by the kind of its column."""
    head = [str(name) for name in frame.columns]
    rows = plain_rows(frame, kinds)
    cells = [[readable(row[name], kinds[name]) for name in head] for row in rows]
    print_table(head, cells, may_turn=may_turn, numeric=[kinds[name].is_numeric for name in head])


def print_table(
    head: list[str],
    cells: list[list[str]],
    *,
    may_turn: bool = False,
    numeric: Sequence[bool] | None = None,
) -> None:
    """Print text in columns, numbers to the right, whole even where the terminal is narrow.

    Parameters
    ----------
    head : list of str
    cells : list of list of str
    may_turn : bool
        Whether a few rows that are too wide are turned on their side.
    numeric : sequence of bool, optional
        Which columns hold numbers; by default the cells decide.
    """
    head = [visible(name) for name in head]
    cells = [[visible(cell) for cell in row] for row in cells]
    if may_turn and len(cells) <= FEW_ROWS:
        widths = [max(len(row[i]) for row in [head, *cells]) for i in range(len(head))]
        if sum(widths) + len(GAP) * len(widths) > terminal_width():
            _print_turned(head, cells)
            return
    to_right = [
        all(map(_looks_numeric, (row[i] for row in cells))) if numeric is None else numeric[i]
        for i in range(len(head))
    ]
    first, *others = table_lines(head, cells, to_right=to_right)
    typer.echo("\n".join([typer.style(first, bold=True), *others]))


def table_lines(
    head: Sequence[str], cells: Sequence[Sequence[str]], *, to_right: Sequence[bool]
) -> list[str]:
    """Return the lines of a table, its head first, without spaces at their ends.

    Importing Rich and drawing with it took a fifth of the CPU time of a long to-do list.

    Examples
    --------
    >>> for line in table_lines(["team", "n"], [["Riverside", "7"]], to_right=[False, True]):
    ...     print(line)
    team       n
    Riverside  7
    """
    rows = [head, *cells]
    widths = [max(_places(row[i]) for row in rows) for i in range(len(head))]
    return [
        GAP.join(
            _justified(text, width, to_right=right)
            for text, width, right in zip(row, widths, to_right, strict=True)
        ).rstrip()
        for row in rows
    ]


def _justified(text: str, width: int, *, to_right: bool) -> str:
    space = " " * (width - _places(text))
    return space + text if to_right else text + space


def _places(text: str) -> int:
    """Return how many places of a terminal a text takes: wide letters two, accents on them none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text
    )


def terminal_width() -> int:
    """Return how many characters fit into a line: of the terminal, of COLUMNS, else 80."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit():
        return int(columns)
    for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__):
        try:
            width = os.get_terminal_size(stream.fileno()).columns if stream is not None else 0
        except (ValueError, OSError):  # a pipe, a file, a closed stream
            continue
        if width:
            return width
    return DEFAULT_WIDTH


def _print_turned(head: list[str], cells: list[list[str]]) -> None:
    """Print the table with its columns as rows: a text that is too long for its place is wrapped.

    Each row has an equal part of the terminal's width. Where that is less than `MIN_VALUE_WIDTH`,
    the table is wider than the terminal.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=terminal_width())
    name_width = max(len(name) for name in head)
    room = (console.width - name_width) // len(cells) - 2 if cells else 0
    widths = [min(max(map(len, row)), max(room, MIN_VALUE_WIDTH)) for row in cells]
    wide = name_width + sum(widths) + 2 * len(widths)
    if wide > console.width:
        console = Console(width=wide)
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    for width in widths:
        table.add_column(width=width, overflow="fold")
    wraps = any(len(cell) > width for row, width in zip(cells, widths, strict=True) for cell in row)
    justify: JustifyMethod = "left" if wraps else "right"
    for i, name in enumerate(head):
        table.add_row(name, *(Text(row[i], justify=justify) for row in cells))
    console.print(table)


def _looks_numeric(text: str) -> bool:
    return (
        not text
        or text.replace(",", "").replace(".", "").replace(" %", "").replace("-", "").isdigit()
        or text == NOTHING
    )
