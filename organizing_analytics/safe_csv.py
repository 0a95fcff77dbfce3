"""CSV that a spreadsheet shows as it is and never runs.

A cell that begins with = + - @, a tab or a carriage return would be taken as a formula: it gets
an apostrophe in front. A text that itself begins with an apostrophe gets a second one, so that
a load (loading/cells.py) gives back the very same text. Numbers and phone numbers stay.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def guard(text: str) -> str:
    """Return the text as a spreadsheet may see it.

    Examples
    --------
    >>> [guard(text) for text in ("=1+1", "+15551234567", "-4", "'t Hooft", "Ann")]
    ["'=1+1", '+15551234567', '-4', "''t Hooft", 'Ann']
    """
    if text.startswith(_RISKY) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return CSV text with guarded cells; None is an empty cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([guard(name) for name in header])
    for row in rows:
        writer.writerow(["" if cell is None else guard(str(cell)) for cell in row])
    return out.getvalue()
