"""Rows of a sheet that are no records: a total, a heading, a note, the header once more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from organizing_analytics.wording import plain_name

if TYPE_CHECKING:
    from collections.abc import Sequence

TOTAL = "a total"
HEADING = "a heading"
NOTE = "a note"
AGAIN = "the header once more"
EXAMPLE = "an example"

_TOTAL = re.compile(
    r"(?:grand |sub-?)?totals?(?:\b.{0,40})?|(?:sum|count|average|avg|mean)\s*[:=]?"
    r"|head ?count\s*[:=]?|(?:number|no\.|#|count|sum) of .{1,40}"
    r"|# ?(?:present|absent|attended|came|here|people|volunteers|attendees|no[- ]shows?)",
    re.IGNORECASE | re.DOTALL,
)
_NUMBER = re.compile(r"[-+]?[\d.,]+\s*%?|\d+\s*/\s*\d+|-+|=.*")
#: How a section is numbered in reports: "2. Participants".
_NUMBERED = re.compile(r"\d{1,2}[.)]\s+\D.*")
#: Words by which a cell alone in its row is a heading and no name.
_HEADING = re.compile(
    r"(?:(?:walk|drop)[- ]?ins?|wait(?:ing)?[- ]?list(?:ed)?|stand-?by|no[- ]?shows?|volunteers?"
    r"|attendees?|participants?|hosts?|panelists?|guests?|staff|members?|sign[- ]?(?:ins?|ups?)"
    r"|summary|details|morning|afternoon|evening|(?:shift|team|week|session|day|group|table|part"
    r"|section|page|list|round|turf|room|breakout rooms?)s?\b.*"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day\b.*"
    r"|(?:host|panelist|attendee|participant|registrant) details|other attended|in-meeting .*)"
    r"(?:\s*\(.*\))?\s*:?",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:please|thank|thanks|note|notes|instructions?|remember|don't forget|see|legend|key|updated"
    r"|last updated|exported|generated|printed|report generated|created|source|as of|sign in|print"
    r"|do not|confidential|version|copy|sep=|http|www\.)\b.*|[#*=_~].*|-{2,}.*|\(.*\)|.*\?\s*$",
    re.IGNORECASE | re.DOTALL,
)
_EXAMPLE = re.compile(r"(?:e\.g\.|example\b|sample\b).*", re.IGNORECASE | re.DOTALL)
#: A name has fewer words than a sentence.
_MIN_SENTENCE = 7


def kind_of_row(cells: Sequence[str | None], header: Sequence[str]) -> str | None:
    """Return why a row is no record, None where it may be one.

    Parameters
    ----------
    cells : sequence of str or None
        The row, in the order of the header.
    header : sequence of str
        The table's columns.
    """
    filled = [(i, cell.strip()) for i, cell in enumerate(cells) if cell and cell.strip()]
    if not filled:
        return None
    if _is_header_again(filled, header):
        return AGAIN
    first = filled[0][1]
    if _TOTAL.fullmatch(first) and all(_NUMBER.fullmatch(text) for _, text in filled[1:]):
        return TOTAL
    if _EXAMPLE.fullmatch(first) and filled[0][0] == 0:
        return EXAMPLE
    if len(filled) == 1 and len(header) > 1:
        return kind_of_lone_cell(first)
    return None


def kind_of_lone_cell(text: str) -> str | None:
    """Return why a cell that stands alone in its row is no record, None where it may be a name."""
    if _HEADING.fullmatch(text) or _NUMBERED.fullmatch(text) or text.endswith(":"):
        return HEADING
    if _NOTE.fullmatch(text) or len(text.split()) >= _MIN_SENTENCE:
        return NOTE
    return None


def is_section(cells: Sequence[str | None]) -> bool:
    """Return whether a row begins a section of a report, which ends the table before it."""
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    if len(filled) != 1:
        return False
    return (
        bool(_NUMBERED.fullmatch(filled[0]))
        or ("details" in filled[0].casefold() and kind_of_lone_cell(filled[0]) == HEADING)
        or filled[0].casefold() in ("other attended", "other attendees")
    )


def _is_header_again(filled: list[tuple[int, str]], header: Sequence[str]) -> bool:
    same = all(
        place < len(header) and plain_name(text) == plain_name(header[place])
        for place, text in filled
    )
    return same and (len(filled) > 1 or len(header) == 1)
