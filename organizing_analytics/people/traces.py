"""What tells a person in other people's words: a name, an e-mail address, a phone number, an id.

Each may be spelled in several ways: a phone with or without its country, a name with a middle
initial or the family name first, several addresses in one cell.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from organizing_analytics.wording import plain_name

#: A column of a tool that holds a person's number has one of these in its name.
_OF_PEOPLE = ("person", "user", "van", "member", "contact", "attendee")
#: How many words may stand between the parts of a name: "Lee, Ann", "Ann M. Lee".
MAX_BETWEEN = 2
#: Shorter ids ("p1", "12") say nothing outside of a cell that holds nothing else.
MIN_ID_LENGTH = 6
#: Shorter names are parts of too many words.
MIN_HINT_LENGTH = 3
_WORDS = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d(?:[\d\s().+/\u2010-\u2015-]*\d)?")


@dataclass(frozen=True)
class Traces:
    """What tells a person.

    Attributes
    ----------
    records : tuple of str
        The ids of the person's records.
    numbers : tuple of str
        A tool's own numbers of the person, without what loading puts before them.
    emails, phones : tuple of str
        As they are compared; phones without their country.
    names : tuple of (str, str)
        Given and family name, as words in small letters without accents.
    """

    records: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the traces as JSON has them."""
        return asdict(self)

    @classmethod
    def of(cls, written: dict[str, Any]) -> Traces:
        """Return the traces that `as_dict` gave."""
        names = tuple(
            (str(given_name), str(family_name)) for given_name, family_name in written["names"]
        )
        rest = ("records", "numbers", "emails", "phones")
        return cls(**{key: tuple(written[key]) for key in rest}, names=names)

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(record.strip().casefold() for record in self.records)

    @cached_property
    def _exact(self) -> re.Pattern[str] | None:
        """Return the pattern of addresses and long ids, which count wherever they stand whole."""
        ids = [record for record in self.records if len(record) >= MIN_ID_LENGTH]
        texts = sorted({text.casefold() for text in (*self.emails, *ids)}, key=len, reverse=True)
        if not texts:
            return None
        whole = "|".join(map(re.escape, texts))
        return re.compile(rf"(?<![\w.+-])(?:{whole})(?![\w-]|\.\w)")

    def are_in(self, text: str) -> bool:
        """Return whether a text names the person: by address, phone, id or whole name."""
        if self._exact and self._exact.search(text.casefold()):
            return True
        digits = [re.sub(r"\D", "", run) for run in _NUMBER.findall(text)] if self.phones else []
        if any(phone in run for run in digits for phone in self.phones):
            return True
        words = plain_words(text) if self.names else []
        return any(
            _stand_together(given_name, family_name, words)
            for given_name, family_name in self.names
        )

    def is_exactly(self, text: str) -> bool:
        """Return whether a text is one of the addresses or numbers and nothing else."""
        digits = re.sub(r"\D", "", text)
        numbers = [phone for phone in self.phones if digits.endswith(phone)]
        return text.strip().casefold() in self.emails or any(
            len(digits) <= len(phone) + 3 and _NUMBER.sub("", text).strip(" +()") == ""
            for phone in numbers
        )

    def may_be_in(self, text: str) -> bool:
        """Return whether a text has a part of the person's name."""
        words = set(plain_words(text))
        parts = {part.split()[-1] for name in self.names for part in name if part}
        return any(len(part) >= MIN_HINT_LENGTH and part in words for part in parts)

    def are_in_row(self, row: dict[str, object]) -> bool:
        """Return whether a raw row of a file is about the person, or names them."""
        cells = {str(column): str(value) for column, value in row.items() if value is not None}
        if any(
            value.strip().casefold() in self._ids or self.are_in(value) for value in cells.values()
        ):
            return True
        if any(
            value.strip() in self.numbers and any(word in plain_name(column) for word in _OF_PEOPLE)
            for column, value in cells.items()
        ):
            return True
        return self._name_in_cells([plain_words(value) for value in cells.values()])

    def _name_in_cells(self, cells: list[list[str]]) -> bool:
        """Return whether the name stands in two cells, with a middle initial or title or not."""
        few = [words for words in cells if 0 < len(words) <= MAX_BETWEEN + 2]
        return any(
            any(words[0] == given_name for words in few)
            and any(words[-len(family_name.split()) :] == family_name.split() for words in few)
            for given_name, family_name in self.names
        )

    def are_in_id(self, identifier: str, *, is_own: bool) -> bool:
        """Return whether an id holds something that tells the person.

        `is_own`: the row refers to the person; then their own id or number in it counts, too.
        """
        folded = identifier.casefold()
        # An id that is renamed without need does no harm: a load finds it under its new name.
        if any(email in folded for email in self.emails) or self.are_in(
            identifier.replace("_", " ")
        ):
            return True
        return is_own and any(
            re.search(rf"(?<![^\W_]){re.escape(part.casefold())}(?![^\W_])", folded)
            for part in (*self.records, *self.numbers)
        )

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the words that a text must have, one or another, to name the person at all."""
        names = {part.split()[-1] for name in self.names for part in name if part}
        ids = {record for record in self.records if len(record) >= MIN_ID_LENGTH}
        return tuple(sorted({word.casefold() for word in (*names, *ids, *self.emails)}))


def plain_words(text: str) -> list[str]:
    """Return the words of a text in small letters, without accents.

    Examples
    --------
    >>> plain_words("O'Neil, Zoë")
    ['o', 'neil', 'zoe']
    """
    letters = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _WORDS.findall(plain.casefold())


def name_parts(given_name: str | None, family_name: str | None) -> tuple[str, str] | None:
    """Return the words by which a name is known; None where only one is known.

    Examples
    --------
    >>> name_parts("Ann Marie", "de la Cruz"), name_parts("Ann Lee", None), name_parts("Ann", "")
    (('ann', 'de la cruz'), ('ann', 'lee'), None)
    """
    first, last = plain_words(given_name or ""), plain_words(family_name or "")
    if not first or not last:
        whole = first or last
        return (whole[0], whole[-1]) if len(whole) > 1 else None
    return first[0], " ".join(last)


def _stand_together(given_name: str, family_name: str, words: list[str]) -> bool:
    """Return whether a name stands in a text, either part first, with few words between."""
    last = family_name.split()
    wide = len(last)
    for place in range(len(words) - wide + 1):
        if words[place : place + wide] == last:
            around = words[max(0, place - MAX_BETWEEN - 1) : place]
            around += words[place + wide : place + wide + MAX_BETWEEN + 1]
            if given_name in around:
                return True
    return False
