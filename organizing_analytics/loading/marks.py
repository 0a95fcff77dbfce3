"""Marks of who came, as people write them: a tick, "late", "no show", the time of the check-in.

A mark says that somebody came, did not come, or nothing. What is none of these is unknown, and an
unknown mark decides about nobody.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import lru_cache

from organizing_analytics.loading.dates.reading import read


class Mark(Enum):
    """What a mark says."""

    CAME = "came"
    ABSENT = "absent"
    CANCELLED = "cancelled"
    #: Not marked: on a complete list that is an absence.
    BLANK = "blank"
    #: Somebody wrote that it is not known.
    OPEN = "open"
    UNKNOWN = "unknown"


_CAME = (
    "yes y yep yeah yup true 1 1.0 x xx ok present p here came come attended attend checked in"
    "|checkedin"
    "|uncounted checked in|checked-in|in person|joined|arrived|late|came late|showed|showed up|show"
    "|showed-up|was here|was there|there|walk in|walk-in|walkin|completed|done|left early|partial"
    "|on time|tardy|si|s\u00ed|asisti\u00f3|vino|oui"
    "|pr\u00e9sent|pr\u00e9sente|venu|venue|ja|anwesend|erschienen"
    "|attendance confirmed|scanned|admitted|left meeting|in meeting"
)
_ABSENT = (
    "no n nope false 0 0.0 absent|no show|no-show|noshow|ns|n/s|did not attend|didn't attend"
    "|did not come"
    "|didn't come|did not show|didn't show|didn't show up|dna|missed|missing|not present|not here"
    "|not there|not checked in|not attended|did not join|didn't join|not joined|not admitted|flaked"
    "|flake|no vino|no asisti\u00f3|nicht erschienen|excused|sick|ill"
    "|non|absente|pas venu|pas venue|excus\u00e9|excus\u00e9e|nein|abwesend|fehlt|krank"
)
_CANCELLED = (
    "cancelled|canceled|cancel|cancelled by user|declined|decline|not attending|not going|withdrawn"
    "|withdrew|dropped|dropped out|can't come|cannot come|deleted|refunded|transferred|denied"
    "|rejected|rsvp no"
)
_BLANK = (
    "-|--|---|not marked|unmarked|attending|going|registered|signed up|approved|accepted|active"
    "|invited|confirmed|scheduled|waitlist|waitlisted|waiting|waiting list|wait list|on waitlist"
    "|pending|pending_approval|pending approval|not yet|yet to arrive|expected|none|null|nan"
    "|not scanned|unchecked|interested"
)
_OPEN = "n/a|na|?|??|???|tbd|unknown|not recorded|unrecorded|not sure|unsure|don't know|dk|unclear"

#: Ticks of all kinds, and crosses that are made like a tick.
_TICKS = "\u2713\u2714\u2705\u2611\u221a\U0001f5f8\U0001f5f9\U0001f44d\u2612\U0001f5f7"
#: A cross in red, a thumb down, or a sign that stops says no.
_CROSSES = "\u2717\u2718\u274c\u274e\u2716\U0001f44e\U0001f6ab\u26d4\U0001f6d1\U0001f645"
#: A question mark as a picture says that it is not known; a shrug or a thinking face says nothing.
_QUESTIONS = "\u2753\u2754"
_DOUBTS = "\U0001f937\U0001f914"
_EMPTY_BOXES = "\u2610\u25a1\u2b1c\u25ef\u25cb"


def _words(text: str) -> frozenset[str]:
    first, *others = text.split("|")
    return frozenset([*first.split(" "), *others]) if " " in first else frozenset([first, *others])


_MEANINGS = {
    **dict.fromkeys(_words(_OPEN), Mark.OPEN),
    **dict.fromkeys(_words(_BLANK), Mark.BLANK),
    **dict.fromkeys(_words(_CANCELLED), Mark.CANCELLED),
    **dict.fromkeys(_words(_ABSENT), Mark.ABSENT),
    **dict.fromkeys(_words(_CAME), Mark.CAME),
}
_MEANINGS |= dict.fromkeys(("checked", "in", "checked in", "came", "attended"), Mark.CAME)
#: Words beside a mark that do not change what it says.
_BESIDE = frozenset(
    (
        *("late", "early", "left", "on", "time", "a", "bit", "little", "sorry", "thanks", "great"),
        *("min", "mins", "minutes", "hour", "hours", "hr", "hrs", "half", "arrived", "came", "at"),
        *("by", "with", "friend", "friends", "guest", "partner", "brought", "after", "before"),
    )
)
#: Words that a no may be about: "no guest" and "no time" do not say that the person was absent.
_NOT_OF_THE_PERSON = frozenset(("friend", "friends", "guest", "partner", "brought", "with", "time"))
_SKIN = re.compile("[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff]")
_PIECE = re.compile(r"[a-z0-9/'_?-]+|[^\sa-z0-9]")
_CHARACTER_MARKS = {
    **dict.fromkeys(_TICKS, Mark.CAME),
    **dict.fromkeys(_CROSSES, Mark.ABSENT),
    **dict.fromkeys(_EMPTY_BOXES, Mark.BLANK),
    **dict.fromkeys(_QUESTIONS, Mark.OPEN),
    **dict.fromkeys(_DOUBTS, Mark.UNKNOWN),
}


@lru_cache(maxsize=10_000)
def mark_of(text: str | None) -> Mark:
    """Return what a mark says.

    Examples
    --------
    >>> [mark_of(text).value for text in ("\u2713 late", "No-Show", "2/7/2026 10:03 AM", "maybe")]
    ['came', 'absent', 'came', 'unknown']
    """
    plain = _plain(text)
    if not plain:
        return Mark.BLANK
    meaning = _MEANINGS.get(plain) or _MEANINGS.get(plain.rstrip(".! "))
    if meaning:
        return meaning
    if is_time(plain):
        return Mark.CAME
    return _of_pieces(plain)


def is_time(text: str) -> bool:
    """Return whether a text is a date or a clock time, as of a check-in."""
    if re.fullmatch(r"\d{4}-\d\d-\d\dt[\d:.]+(z|[+-]\d\d:?\d\d)?", text.casefold()):
        return True
    written = read(text)
    is_known = written.problem == "" and (written.day is not None or written.start is not None)
    return is_known and not re.fullmatch(r"[\d.]{1,3}", text)


def _plain(text: str | None) -> str:
    folded = unicodedata.normalize("NFKC", _SKIN.sub("", text or "")).replace("\u2019", "'")
    return " ".join(folded.replace("\u200b", "").replace("\ufeff", "").split()).casefold()


def _of_pieces(plain: str) -> Mark:
    """Return what a mark with words beside it says: "x - left early"."""
    meanings: set[Mark] = set()
    pieces = _PIECE.findall(plain)
    for piece in pieces:
        meaning = _CHARACTER_MARKS.get(piece) or _MEANINGS.get(piece.strip("-'"))
        if piece in _BESIDE or piece.isdigit() or piece in "()[],.;:!-+&":
            meanings |= {Mark.CAME} if piece == "late" else set()
        elif meaning:
            meanings.add(meaning)
        elif unicodedata.category(piece[0]) != "So":  # a picture beside a word says nothing
            return Mark.UNKNOWN
    if Mark.ABSENT in meanings and not _NOT_OF_THE_PERSON.isdisjoint(pieces):
        return Mark.UNKNOWN
    return meanings.pop() if len(meanings) == 1 else Mark.UNKNOWN
