"""What a brief is made of: sentences that name the rows that they rest on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sentence:
    """One sentence of a brief.

    Attributes
    ----------
    text : str
        As a person reads it.
    rows : tuple of (str, str)
        Table and id of each row that it rests on. Empty for words that are the same for everybody,
        like the agenda.
    is_blank : bool
        Whether it is a line to fill in by hand.
    """

    text: str
    rows: tuple[tuple[str, str], ...] = ()
    is_blank: bool = False

    def as_dict(self) -> dict[str, object]:
        """Return the keys of the command line's JSON."""
        return {
            "text": self.text,
            "rows": [{"table": table, "id": row_id} for table, row_id in self.rows],
            "is_blank": self.is_blank,
        }


@dataclass(frozen=True)
class Section:
    """One part of a brief.

    Attributes
    ----------
    name : str
        Its key in the JSON.
    title : str
        Its heading.
    sentences : tuple of Sentence
        In order.
    """

    name: str
    title: str
    sentences: tuple[Sentence, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the keys of the command line's JSON."""
        return {
            "section": self.name,
            "title": self.title,
            "sentences": [sentence.as_dict() for sentence in self.sentences],
        }
