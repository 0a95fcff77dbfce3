"""One person in a list: who, one fact, a tap to call or write; unfolded, what to say.

The same line stands in every list of every page. Other people's text is escaped here.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from organizing_analytics.reports.parts import Part, plain, safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class PersonLine:
    """What a line says of a person.

    Attributes
    ----------
    name : str
        As `called` gives it; empty where the line is about no person.
    fact : str
        Why the person is on the list.
    due : str
        By when, where somebody waits for it; it stands before the fact.
    is_promise : bool
        Whether somebody was given that date: then the line is on paper in any case.
    is_late : bool
        Whether that is today or past.
    taps : tuple of (str, str, str)
        Label, address and what is read on paper, from `taps_of`.
    words : tuple of (str, str)
        What is unfolded: what a text is for, and the text.
    answers : str
        Safe HTML of links that answer the line.
    code : str
        By which it is answered elsewhere; shown where there are no links.
    """

    name: str
    fact: str
    due: str = ""
    is_promise: bool = False
    is_late: bool = False
    taps: tuple[tuple[str, str, str], ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    answers: str = ""
    code: str = ""

    def html(self, *, on_paper: bool = True) -> str:
        """Return the line as an item of a list."""
        kind = "hot" if self.is_late else "due"
        due = f'<span class="{kind}">{safe(self.due)}</span> · ' if self.due else ""
        name = f"<b>{safe(self.name)}</b> " if self.name else ""
        number = f'<span class="paper">{safe(self.taps[0][2])}</span>' if self.taps else ""
        head = f'{name}{number}<span class="fact">{due}{safe(self.fact)}</span>'
        head += f" <code>{safe(self.code)}</code>" if self.code and not self.answers else ""
        # HTML ends a dt and a dd by itself; a full list has thousands.
        inside = "".join(f"<dt>{safe(what)}<dd>{safe(text)}" for what, text in self.words)
        say = f'<dl class="say">{inside}</dl>' if inside else ""
        body = (
            f"<details><summary>{head}</summary>{say}{self.answers}</details>"
            if say or self.answers
            else f'<div class="head">{head}</div>'
        )
        kind = "person" if on_paper or self.is_promise else "person screen"
        return f'<li class="{kind}">{body}{self._taps}</li>'

    @property
    def _taps(self) -> str:
        if not self.taps:
            return ""
        links = "".join(
            f'<a href="{escape(address)}" aria-label="{escape(f"{label} {plain(self.name)}")}">'
            f"{label}</a>"
            for label, address, _ in self.taps
        )
        return f'<span class="taps">{links}</span>'

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the weekly mail says of the person: `name due fact is_late taps`."""
        return {
            "name": plain(self.name),
            "due": plain(self.due),
            "fact": plain(self.fact),
            "is_late": self.is_late,
            "taps": [list(tap) for tap in self.taps],
        }

    @property
    def text(self) -> str:
        """Return the line in plain words."""
        head = ": ".join(filter(None, (self.name, " · ".join(filter(None, (self.due, self.fact))))))
        return plain(" ".join([f"- {head}.", *(f'{what}: "{text}"' for what, text in self.words)]))


def people_list(lines: Sequence[PersonLine], *, on_paper: int | None = None) -> Part:
    """Return lines as a list.

    Parameters
    ----------
    lines : sequence of PersonLine
        In their order.
    on_paper : int, optional
        How many of them are printed, beside promises; by default all.
    """
    most = len(lines) if on_paper is None else on_paper
    items = "".join(line.html(on_paper=place < most) for place, line in enumerate(lines))
    return Part(f'<ul class="people">{items}</ul>', "\n".join(line.text for line in lines))


def taps_of(row: Mapping[str, Any], way: str) -> tuple[tuple[str, str, str], ...]:
    """Return how to reach a person, by the setting `todo_contact`.

    Parameters
    ----------
    row : mapping
        `phone email`; with `is_marked` true nobody is to be contacted.
    way : str
        phone, email or none.

    Examples
    --------
    >>> taps_of({"phone": "+1 (555) 010-0199"}, "phone")[1][:2]
    ('Text', 'sms:+15550100199')
    >>> taps_of({"email": "ann@example.org", "is_marked": True}, "email")
    ()
    """
    value = row.get(way)
    if way == "none" or row.get("is_marked") or not isinstance(value, str) or not value:
        return ()
    if way == "email":
        return (("Write", f"mailto:{quote(value, safe='@')}", value),)
    number = "".join(c for c in value if c.isdecimal() or c == "+")
    if not number:
        return ()
    return (("Call", f"tel:{number}", value), ("Text", f"sms:{number}", value))
