"""The first screen of a team's page, as lines of a mail: the same lines as text and as HTML.

They come from the facts that the cells of the team's notebook gave out, which the page shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from organizing_analytics.weekly.delivery.plain_text import one_line
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Kind = Literal["team", "heading", "urgent", "shift", "sentence", "strong", "small", "say", "item"]
#: A line is no longer: a place, a week in a sentence.
MAX_CHARACTERS = 1000
MAX_NAME = 200
#: Answers of each team; mail programs cut long messages. The page has all lines.
MAX_LINES = 30
UNKNOWN_WEEK = "The page says how the week went."
TAGS = {"team": "h2", "heading": "h3", "urgent": "h3", "shift": "h4"}
STYLE = (
    "body{max-width:40rem;margin:0 auto;padding:.5rem;font:1rem/1.5 Arial,Helvetica,sans-serif}"
    "h2,h3,h4,p,li{overflow-wrap:anywhere}h2{margin:1.5rem 0 0}h3{margin:1.2rem 0 .3rem}"
    "h4{margin:1rem 0 .3rem}p{margin:.3rem 0}ul{margin:.3rem 0;padding-left:1.2rem}"
    "li{margin:.3rem 0}li a{display:inline-block;min-width:44px;padding:10px 6px}"
    "blockquote{margin:.5rem 0;padding-left:.8rem;border-left:3px solid}"
    ".urgent{color:#9e3606}@media (prefers-color-scheme:dark){.urgent{color:#ffa87c}}"
)


@dataclass(frozen=True)
class MailSpace:
    """How much of each team a mail has room for.

    Attributes
    ----------
    people, promises, shifts, answers : int
        How many people to ask for a shift, promises, shifts of the week, and lines to answer.
    """

    people: int
    promises: int
    shifts: int
    answers: int


#: From all that a mail may say of a team to its headline; the first that is light enough is taken.
SPACES = (
    MailSpace(8, 12, 14, MAX_LINES),
    MailSpace(8, 12, 14, 0),
    MailSpace(3, 4, 5, 0),
    MailSpace(0, 0, 0, 0),
)


@dataclass(frozen=True)
class MailLine:
    """A line of a mail.

    Attributes
    ----------
    kind : Kind
        What it is.
    text : str
        What it says.
    name : str
        Of an item: who or when.
    reach : str
        Of an item: the phone number or address.
    taps, answers : sequence of (str, str)
        Of an item: label and address of links that call or write, and of those that answer it.
    """

    kind: Kind
    text: str
    name: str = ""
    reach: str = ""
    taps: Sequence[tuple[str, str]] = ()
    answers: Sequence[tuple[str, str]] = field(default=())


def lines_of(facts: Mapping[str, Any], *, is_of_today: bool, room: MailSpace) -> list[MailLine]:
    """Return what the first screen of a team's page says.

    Parameters
    ----------
    facts : mapping
        What the cells of the team's notebook gave out.
    is_of_today : bool
        Whether the mail goes out on the day that the page calls today.
    room : MailSpace
        How much of it.
    """
    return [
        *_today(facts, is_of_today=is_of_today, room=room),
        *_promises(facts, room),
        *_verdicts(facts, room),
        *_week(facts),
        *_answers(facts, room),
    ]


def _today(facts: Mapping[str, Any], *, is_of_today: bool, room: MailSpace) -> Iterator[MailLine]:
    headline = facts.get("headline")
    if not headline:
        return
    if not is_of_today:
        yield _line("sentence", f"This is how it stood on {facts.get('day')}.")
    yield _line("urgent" if facts.get("is_urgent") else "heading", headline)
    panel = facts.get("panel", {}) if room.people else {}
    yield from (_line("sentence", words) for words in panel.get("sentences", ()))
    for place, shift in enumerate(panel.get("shifts", ())):
        if place:
            yield _line("shift", shift["headline"])
        yield _line("strong", shift["which"])
        yield _line("sentence", shift["stands"])
        if shift["say"]:
            yield _line("say", shift["say"])
        yield from _people(shift["people"], room.people, "to ask")


def _promises(facts: Mapping[str, Any], room: MailSpace) -> Iterator[MailLine]:
    promises = str(facts.get("promises") or "").replace(" \u00b7 ", ", ")
    if not promises:
        return
    yield _line("heading", "Promises")
    yield _line("sentence", f"{promises}.")
    promised = facts.get("promised", {"people": [], "more": 0})
    yield from _people(
        promised["people"], room.promises, "with a promise", unnamed=promised["more"]
    )


def _people(
    people: Sequence[Mapping[str, Any]], most: int, what: str, *, unnamed: int = 0
) -> Iterator[MailLine]:
    """Yield an item for each person, and how many more there are, `unnamed` ones included."""
    for person in people[:most]:
        taps = [(label, address) for label, address, _ in person["taps"]]
        yield MailLine(
            "item",
            one_line(
                ", ".join(filter(None, (person["due"], person["fact"]))),
                max_characters=MAX_CHARACTERS,
            ),
            name=one_line(person["name"], max_characters=MAX_NAME),
            reach=one_line(person["taps"][0][2], max_characters=MAX_NAME) if taps else "",
            taps=taps,
        )
    more = len(people[most:]) + unnamed
    if more:
        who = plural(more, "more person", "more people")
        yield _line("small", f"{who} {what}: see the page attached.")


def _verdicts(facts: Mapping[str, Any], room: MailSpace) -> Iterator[MailLine]:
    verdicts = facts.get("verdicts")
    if not verdicts:
        return
    yield _line("heading", "This week's shifts")
    yield _line("sentence", verdicts["in_short"])
    shifts = verdicts["shifts"]
    for shift in shifts[: room.shifts]:
        words = f"{shift['verdict']}. {shift['fact']} {shift['ask_first']}"
        yield MailLine(
            "item",
            one_line(words, max_characters=MAX_CHARACTERS),
            name=one_line(shift["when"], max_characters=MAX_NAME),
        )
    more = len(shifts[room.shifts :])
    if more:
        yield _line("small", f"{plural(more, 'more shift')}: see the page attached.")


def _week(facts: Mapping[str, Any]) -> Iterator[MailLine]:
    yield _line("heading", "How the week went")
    yield _line("sentence", facts.get("summary") or UNKNOWN_WEEK)
    if facts.get("to_do"):
        yield _line("sentence", facts["to_do"])


def _answers(facts: Mapping[str, Any], room: MailSpace) -> Iterator[MailLine]:
    lines = facts.get("lines", ())[: room.answers]
    if lines:
        yield _line("heading", "Log what came of it")
    for line in lines:
        yield MailLine(
            "item",
            one_line(line["what"], max_characters=MAX_NAME),
            name=one_line(line["name"], max_characters=MAX_NAME),
            answers=[(label, address) for label, address in line["links"]],
        )


def _line(kind: Kind, text: object) -> MailLine:
    return MailLine(kind, one_line(str(text), max_characters=MAX_CHARACTERS))


def text_of(lines: Iterable[MailLine]) -> str:
    """Return lines as plain text: headings underlined, an item a line."""
    written: list[str] = []
    for line in lines:
        if line.kind in TAGS:
            underline = ("=" if line.kind == "team" else "-") * min(len(line.text), 70)
            written += ["", line.text, underline]
        elif line.kind == "item":
            written.append(f"- {', '.join(filter(None, (line.name, line.reach)))}: {line.text}")
        elif line.kind == "say":
            written.append(f"Say: \u201c{line.text}\u201d")
        else:
            written.append(line.text)
    return "\n".join(written) + "\n"


def html_of(lines: Iterable[MailLine]) -> str:
    """Return lines as HTML that needs no style to be read."""
    written = []
    for is_list, group in groupby(lines, key=lambda line: line.kind == "item"):
        shown = "".join(map(_html, group))
        written.append(f"<ul>\n{shown}</ul>\n" if is_list else shown)
    return "".join(written)


def _html(line: MailLine) -> str:
    text = escape(line.text)
    if line.kind in TAGS:
        tag = TAGS[line.kind]
        hot = ' class="urgent"' if line.kind in ("urgent", "shift") else ""
        return f'<{tag} dir="auto"{hot}>{text}</{tag}>\n'
    if line.kind == "item":
        reach = f" {escape(line.reach)}" if line.reach and not line.taps else ""
        taps = f"<br>{_links(line.taps, line.reach)}" if line.taps else ""
        answers = (
            f"<details><summary>Log it</summary>{_links(line.answers)}</details>"
            if line.answers
            else ""
        )
        return f'<li dir="auto"><b>{escape(line.name)}</b>{reach}: {text}{taps}{answers}</li>\n'
    if line.kind == "say":
        return f'<blockquote dir="auto">\u201c{text}\u201d</blockquote>\n'
    inner = {"strong": f"<b>{text}</b>", "small": f"<small>{text}</small>"}.get(line.kind, text)
    return f'<p dir="auto">{inner}</p>\n'


def _links(links: Iterable[tuple[str, str]], reach: str = "") -> str:
    """Return links, the first of which says whom or what it reaches."""
    shown = []
    for place, (label, address) in enumerate(links):
        words = f"{label} {reach}" if reach and not place else label
        shown.append(f'<a href="{escape(address)}">{escape(words)}</a>')
    return " \u00b7 ".join(shown)
