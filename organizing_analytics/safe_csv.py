"""Write CSV that no spreadsheet runs as a formula.

A spreadsheet treats a cell as a formula when it begins with = + - @, a full-width form of these, a
tab or a carriage return, with or without leading blanks. Such a cell gets a leading apostrophe. So
does a text that already begins with an apostrophe: a load (loading/cells.py) removes one, and so
returns the original text. Numbers and phone numbers are left alone.

A program set to another separator splits a cell at its semicolons and tabs. It does not see the
quotes then, so it also splits at line breaks. The text after each of these gets an apostrophe, too.
A program that does not split at commas takes a whole line for one cell, which begins with the
line's first cell. So a signed number that is text (a phone, an id) is guarded there as well.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: First characters of a formula, full-width forms included, for use in a character class.
SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
#: Where a program with other settings starts a new cell.
BREAKS = r";\t\r\n"
#: Blanks, other than the breaks, that spreadsheets may skip before a formula.
_SKIPPED = r" \v\f\xa0\u200b\u2060\ufeff\u3000"
_FORMULA = re.compile(rf"[{_SKIPPED}\t\r\n]*[{SIGNS}]")
_INNER = re.compile(rf"([{BREAKS}])(?=[{_SKIPPED}'\"]*[{SIGNS}])")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def guard(text: str) -> str:
    r"""Return the text so that no spreadsheet runs it.

    Blanks before a formula are dropped; a load would trim them anyway.

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
    """Return the first cell of a line so that the whole line is no formula; numbers are kept."""
    return f"'{written}" if isinstance(cell, str) and written.startswith(("+", "-")) else written
