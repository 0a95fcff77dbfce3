"""The parts of a page: sentences, tables, figures, folds. Every text is escaped here.

A part shows itself in a notebook (`_repr_mimebundle_`) and is cut into a page as it stands.
Whatever comes from the data enters as text and leaves as text: it is never HTML, never Markdown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Any
from unicodedata import bidirectional

from organizing_analytics.charts import Note
from organizing_analytics.charts.pictures import picture
from organizing_analytics.reports.numbers import Number
from organizing_analytics.reports.words import END_ISOLATE, ISOLATE, TOO_FEW, is_bare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from organizing_analytics.charts import Chart

    #: What a cell of a table holds: words, or a number that knows its words.
    Cell = str | Number

#: Facts about a report that a program reads from the executed notebook.
FACTS = "application/vnd.organizing-analytics+json"

BARE_HINT = f"Counts without a share: {TOO_FEW}."
#: Where a line must not break: 64 %, 12 of 19, 8 to 15.
TORN = re.compile(r"(?<=\d) (%|of (?=\d)|to (?=\d))")
#: Classes of characters that are read from right to left, and of Arabic digits.
RIGHT_TO_LEFT = ("R", "AL", "AN")
#: Other people's text, set apart by `words.called`.
APART = re.compile(f"{ISOLATE}([^{ISOLATE}{END_ISOLATE}]*){END_ISOLATE}")


@dataclass(frozen=True)
class Part:
    """A piece of a page.

    Attributes
    ----------
    html : str
        Safe HTML.
    text : str
        The same in plain words, for where HTML is not shown.
    facts : mapping
        What a program may want to know; see `FACTS`.
    numbers : tuple of Number
        The numbers that it shows.
    """

    html: str
    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    numbers: tuple[Number, ...] = ()

    def within(self, section: str) -> Part:
        """Return the part with its numbers marked as those of a section."""
        return replace(self, numbers=tuple(number.within(section) for number in self.numbers))

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, **_wanted: object) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/html": self.html, "text/plain": self.text}
        if self.facts or self.numbers:
            rows = [number.as_row() for number in self.numbers]
            bundle[FACTS] = {**self.facts, **({"numbers": rows} if rows else {})}
        return bundle


def safe(text: str) -> str:
    """Return text as HTML that shows exactly that text, its numbers never torn apart.

    Examples
    --------
    >>> safe("<b> & 64 % (12 of 19)")
    '&lt;b&gt; &amp; 64&nbsp;% (12&nbsp;of&nbsp;19)'
    """
    whole = TORN.sub(lambda match: match[0].replace(" ", "&nbsp;"), escape(text))
    apart = APART.sub(_apart, whole)
    return apart.replace(ISOLATE, "").replace(END_ISOLATE, "")


def _apart(match: re.Match[str]) -> str:
    """Return text set apart; text that runs from left to right turns nothing, and needs no tag."""
    text = match[1]
    return f"<bdi>{text}</bdi>" if any(bidirectional(c) in RIGHT_TO_LEFT for c in text) else text


def plain(text: str) -> str:
    """Return text without the signs that set names apart."""
    return text.replace(ISOLATE, "").replace(END_ISOLATE, "")


def sentence(text: str, *numbers: Number, kind: str = "") -> Part:
    """Return a paragraph.

    Parameters
    ----------
    text : str
        What it says.
    *numbers : Number
        Those that it speaks of.
    kind : str
        A class of the page's style: lead, quiet.
    """
    name = f' class="{escape(kind)}"' if kind else ""
    return Part(f"<p{name}>{safe(text)}</p>", plain(text), numbers=numbers)


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    caption: str = "",
    with_shares: bool = False,
    notes: Mapping[int, str] | None = None,
) -> Part:
    """Return a table whose first column names the rows.

    Parameters
    ----------
    head : sequence of str
        The columns' names.
    rows : sequence of sequence of str or Number
        Cells as they are to be read; nothing is formatted here.
    caption : str
        What the table shows.
    with_shares : bool
        Cells are shares: where one is of too few, it is said below.
    notes : mapping of int to str, optional
        What is said under a row, by its place: as wide as the table.
    """
    notes = notes or {}
    top = f"<caption>{safe(caption)}</caption>" if caption else ""
    # A heading without words is a fault to who hears the page: then the cell is no heading.
    names = "".join(f'<th scope="col">{safe(name)}</th>' if name else "<td></td>" for name in head)
    body = "".join(_row(row, notes.get(place, "")) for place, row in enumerate(rows))
    html = (
        f'<div class="wide"><table>{top}<thead><tr>{names}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
    lines = [caption, " | ".join(head)]
    for place, row in enumerate(rows):
        lines += [" | ".join(map(str, row)), notes.get(place, "")]
    numbers = tuple(cell for row in rows for cell in row if isinstance(cell, Number))
    part = Part(html, plain("\n".join(filter(None, lines))), numbers=numbers)
    if with_shares and any(is_bare(str(cell)) for row in rows for cell in row[1:]):
        return together(part, sentence(BARE_HINT, kind="quiet"))
    return part


def _row(cells: Sequence[Cell], note: str) -> str:
    first, *others = cells
    rest = "".join(f"<td>{safe(str(cell))}</td>" for cell in others)
    row = f'<tr><th scope="row">{safe(str(first))}</th>{rest}</tr>'
    if not note:
        return row
    note_row = f'<tr class="note"><td colspan="{len(cells)}">{safe(note)}</td></tr>'
    return row.replace("<tr>", '<tr class="noted">', 1) + note_row


def fold(summary: str, *parts: Part) -> Part:
    """Return parts that a reader opens."""
    inner = together(*parts)
    html = f"<details><summary>{safe(summary)}</summary>{inner.html}</details>"
    return replace(inner, html=html, text=f"{summary}\n{inner.text}")


def figure(chart: Chart, numbers: Part | None = None, *, on_paper: bool = True) -> Part:
    """Return a chart as a picture with its title, its words and its numbers.

    Parameters
    ----------
    chart : Chart
        From `organizing_analytics.charts`; a note becomes a sentence.
    numbers : Part, optional
        The table behind it, folded.
    on_paper : bool
        Whether it is printed too; not where it repeats a table, for paper has less room.
    """
    if isinstance(chart, Note):
        return sentence(chart.text, kind="quiet")
    drawn = picture(chart)
    small = f"<small>{safe(drawn.subtitle)}</small>" if drawn.subtitle else ""
    kind = "" if on_paper else ' class="screen"'
    behind = fold("The numbers of this chart", numbers) if numbers else Part("")
    html = (
        f"<figure{kind}><figcaption>{safe(drawn.title)}{small}</figcaption>{drawn.svg}{behind.html}"
        "</figure>"
    )
    return replace(behind, html=html, text=f"{drawn.title}. {drawn.description}")


def meanings(entries: Sequence[tuple[str, str]]) -> Part:
    """Return a list of words and what they mean."""
    rows = "".join(f"<dt>{safe(word)}</dt><dd>{safe(meaning)}</dd>" for word, meaning in entries)
    return Part(
        f'<dl class="meanings">{rows}</dl>',
        "\n".join(f"{word}: {meaning}" for word, meaning in entries),
    )


def beside(*parts: Part, broad: bool = False) -> Part:
    """Return parts that stand side by side where the page is wide enough; `broad` needs more."""
    name = "beside broad" if broad else "beside"
    columns = "".join(f"<div>{part.html}</div>" for part in parts if part.html)
    return replace(together(*parts), html=f'<div class="{name}">{columns}</div>')


def together(*parts: Part | None) -> Part:
    """Return parts one after the other; None is left out."""
    shown = [part for part in parts if part is not None]
    facts = {name: value for part in shown for name, value in part.facts.items()}
    return Part(
        "".join(part.html for part in shown),
        "\n".join(part.text for part in shown if part.text),
        facts,
        tuple(number for part in shown for number in part.numbers),
    )
