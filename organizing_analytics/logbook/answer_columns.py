"""Which columns of a file hold answers: by its header, whatever program wrote it.

The weekly workbook and the forms of `oa forms` use the same headings. ODK Central writes names,
with the group in front (`group-code`); KoboToolbox writes names or headings, with the group in
front (`group/code`); Google writes headings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Field → how its column may be headed, in the form that `_plain` gives.
HEADINGS = {
    "code": ("code", "code of the line"),
    "answer": ("answer", "what happened"),
    "again_on": ("again on", "ask again on"),
    "note": ("note",),
    "at": ("when",),
    "name": ("who",),
}
#: Way in → the columns by which its files are known, and where the moment of an answer stands, the
#: best one first. Kobo's own `_submission_time` is in UTC and does not say so.
_WAYS = {
    "ODK Central": (("key", "submissiondate"), ("end", "submissiondate")),
    "KoboToolbox": (("_uuid", "_submission_time"), ("end", "_submission_time")),
    "Google Forms": (("timestamp",), ("timestamp",)),
}
WORKBOOK = "workbook"
#: The same of the card about a shift (`oa forms card`).
CARD_HEADINGS = {
    "code": ("card", "code of the card"),
    "rating": ("rating", "did it feel worth your time"),
    "reason": ("reason", "what would bring you back"),
    "note": ("note", "in your own words"),
}
#: The column that tells one answer of a form from another, where the tool has one.
_KEYS = {"ODK Central": "key", "KoboToolbox": "_uuid"}
#: A form that must not note who answers has no `end`: these say when it was sent.
_SENT = {"ODK Central": "submissiondate", "KoboToolbox": "_submission_time",
         "Google Forms": "timestamp"}  # fmt: skip


@dataclass(frozen=True)
class AnswerColumns:
    """Where the answers stand in a file.

    Attributes
    ----------
    program : str
        What wrote it: ODK Central, KoboToolbox, Google Forms, or workbook.
    places : dict of str to int
        The column of each field of `HEADINGS` that the file has, from 0.
    moments : tuple of int
        Columns that say when, the best one first.
    """

    program: str
    places: dict[str, int]
    moments: tuple[int, ...]


def find_columns(header: Sequence[str]) -> AnswerColumns | None:
    """Return where the answers stand; None where the header is not that of a file of answers.

    Examples
    --------
    >>> find_columns(["Timestamp", "Code", "What happened"]).program
    'Google Forms'
    >>> find_columns(["SubmissionDate", "log-code", "log-answer", "KEY"]).places
    {'code': 1, 'answer': 2}
    >>> find_columns(["Name", "Email"]) is None
    True
    """
    whole = [heading.strip().casefold() for heading in header]
    bare = [_plain(heading) for heading in header]
    places = {
        field: next(place for place, heading in enumerate(bare) if heading in headings)
        for field, headings in HEADINGS.items()
        if any(heading in headings for heading in bare)
    }
    if not {"code", "answer"} <= places.keys():
        return None
    for program, (marks, moments) in _WAYS.items():
        if set(marks) <= set(whole):
            found_at = [whole.index(moment) for moment in moments if moment in whole]
            return AnswerColumns(program, places, tuple(found_at))
    return AnswerColumns(WORKBOOK, places, (places["at"],) if "at" in places else ())


def find_card_columns(header: Sequence[str]) -> tuple[AnswerColumns, int | None] | None:
    """Return where the answers of cards stand, and the column that tells them apart.

    Examples
    --------
    >>> columns, key = find_card_columns(["SubmissionDate", "card", "rating", "reason", "KEY"])
    >>> columns.program, columns.moments, key
    ('ODK Central', (0,), 4)
    """
    whole = [heading.strip().casefold() for heading in header]
    bare = [_plain(heading) for heading in header]
    places = {
        part: next(place for place, heading in enumerate(bare) if heading in headings)
        for part, headings in CARD_HEADINGS.items()
        if any(heading in headings for heading in bare)
    }
    if not {"code", "rating"} <= places.keys():
        return None
    for program, (marks, _) in _WAYS.items():
        if set(marks) <= set(whole):
            key = whole.index(_KEYS[program]) if program in _KEYS else None
            return AnswerColumns(program, places, (whole.index(_SENT[program]),)), key
    return None


def _plain(heading: str) -> str:
    """Return a heading without its group and without what marks it: `log/What happened?`."""
    bare = heading.strip().casefold()
    for between in ("/", "-"):
        bare = bare.rsplit(between, 1)[-1]
    return " ".join(bare.replace("_", " ").rstrip("?:* ").split())
