"""CSV that a spreadsheet shows as it is and never runs.

A spreadsheet takes a cell for a formula when it begins with = + - @, with their full-width forms,
a tab or a carriage return, blanks in front or not. Such a cell gets an apostrophe in front. So does
a text that itself begins with one, so that a load (loading/cells.py) gives back the very same text.
Numbers and phone numbers stay.

A program set to another separator cuts a cell at its semicolons and tabs, and, as it then does not
see the quotes, at its line breaks. What comes after one of them gets an apostrophe as well. A
program that does not know our comma takes the whole line for one cell, and it begins as the line's
first cell does: a text there that is a signed number (a phone, an id) is guarded, too.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: What a formula begins with, full-width forms included, for the inside of a character class.
SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
#: Where a program with other settings begins another cell.
BREAKS = r";\t\r\n"
#: What spreadsheets may skip in front of a formula, but for the breaks.
_SKIPPED = r" \v\f\xa0\u200b\u2060\ufeff\u3000"
_FORMULA = re.compile(rf"[{_SKIPPED}\t\r\n]*[{SIGNS}]")
_INNER = re.compile(rf"([{BREAKS}])(?=[{_SKIPPED}'\"]*[{SIGNS}])")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def guard(text: str) -> str:
    r"""Return the text as a spreadsheet may see it.

    Blanks in front of a formula are left out; a load would trim them.

    Examples
    --------
    >>> [guard(text) for text in ("=1+1", "+15551234567", "-4", "'t Hooft", "Ann")]
    ["'=1+1", '+15551234567', '-4', "''t Hooft", 'Ann']
    >>> [guard(text) for text in ("\n=1+1", "\uff1d1+1", "Ann;=1+1", "a list:\n- one")]
    ["'=1+1", "'\uff1d1+1", "'Ann;'=1+1", "'a list:\n'- one"]
    """
    if _NUMBER.fullmatch(text):
        return text
    is_formula = _FORMULA.match(text)
    plain = re.sub(rf"\A[{_SKIPPED}\t\r\n]+", "", text) if is_formula else text
    inside = _INNER.sub(r"\1'", plain)
    is_risky = is_formula or inside != plain or plain.startswith(("\t", "\r", "'"))
    return f"'{inside}" if is_risky else text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return CSV text with guarded cells; None is an empty cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    for row in ([*header], *rows):
        first, *others = [_written(cell) for cell in row]
        writer.writerow([_guard_line(first, row[0]), *others])
    return out.getvalue()


def _written(cell: object) -> str:
    return "" if cell is None else guard(str(cell))


def _guard_line(written: str, cell: object) -> str:
    """Return a line's first cell so that the line as a whole is no formula; numbers stay."""
    return f"'{written}" if isinstance(cell, str) and written.startswith(("+", "-")) else written
