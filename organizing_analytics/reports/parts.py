"""The parts of a page: sentences, tables, figures, folds. Every text is escaped here.

A part shows itself in a notebook (`_repr_mimebundle_`) and is cut into a page as it stands.
Whatever comes from the data enters as text and leaves as text: it is never HTML, never Markdown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from organizing_analytics.charts import Note
from organizing_analytics.reports.pictures import picture
from organizing_analytics.reports.words import TOO_FEW, is_bare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from organizing_analytics.charts import Chart

#: Facts about a report that a program reads from the executed notebook.
FACTS = "application/vnd.organizing-analytics+json"

BARE_HINT = f"Counts without a share: {TOO_FEW}."
#: Where a line must not break: 64 %, 12 of 19, 8 to 15.
TORN = re.compile(r"(?<=\d) (%|of (?=\d)|to (?=\d))")


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
    """

    html: str
    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, **_wanted: object) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/html": self.html, "text/plain": self.text}
        if self.facts:
            bundle[FACTS] = dict(self.facts)
        return bundle


def safe(text: str) -> str:
    """Return text as HTML that shows exactly that text, its numbers never torn apart.

    Examples
    --------
    >>> safe("<b> & 64 % (12 of 19)")
    '&lt;b&gt; &amp; 64&nbsp;% (12&nbsp;of&nbsp;19)'
    """
    return TORN.sub(lambda found: found[0].replace(" ", "&nbsp;"), escape(text))


def sentence(text: str, *, kind: str = "") -> Part:
    """Return a paragraph; `kind` is a class of the page's style: lead, quiet."""
    name = f' class="{escape(kind)}"' if kind else ""
    return Part(f"<p{name}>{safe(text)}</p>", text)


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    caption: str = "",
    with_shares: bool = False,
) -> Part:
    """Return a table whose first column names the rows.

    Parameters
    ----------
    head : sequence of str
        The columns' names.
    rows : sequence of sequence of str
        Cells as they are to be read; nothing is formatted here.
    caption : str
        What the table shows.
    with_shares : bool
        Cells come from `words.share_of`: where one is of too few, it is said below.
    """
    top = f"<caption>{safe(caption)}</caption>" if caption else ""
    names = "".join(f'<th scope="col">{safe(name)}</th>' for name in head)
    body = "".join(_row(row) for row in rows)
    html = (
        f'<div class="wide"><table>{top}<thead><tr>{names}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
    lines = [caption, " | ".join(head), *(" | ".join(row) for row in rows)]
    made = Part(html, "\n".join(filter(None, lines)))
    if with_shares and any(is_bare(cell) for row in rows for cell in row[1:]):
        return together(made, sentence(BARE_HINT, kind="quiet"))
    return made


def _row(cells: Sequence[str]) -> str:
    first, *others = cells
    rest = "".join(f"<td>{safe(cell)}</td>" for cell in others)
    return f'<tr><th scope="row">{safe(first)}</th>{rest}</tr>'


def fold(summary: str, *parts: Part) -> Part:
    """Return parts that a reader opens; they are printed open."""
    inner = together(*parts)
    html = f"<details><summary>{safe(summary)}</summary>{inner.html}</details>"
    return Part(html, f"{summary}\n{inner.text}")


def figure(chart: Chart, numbers: Part | None = None) -> Part:
    """Return a chart as a picture with its title, its words and its numbers.

    Parameters
    ----------
    chart : Chart
        From `organizing_analytics.charts`; a note becomes a sentence.
    numbers : Part, optional
        The table behind it, folded.
    """
    if isinstance(chart, Note):
        return sentence(chart.text, kind="quiet")
    drawn = picture(chart)
    small = f"<small>{safe(drawn.subtitle)}</small>" if drawn.subtitle else ""
    behind = fold("The numbers of this chart", numbers).html if numbers else ""
    html = (
        f"<figure><figcaption>{safe(drawn.title)}{small}</figcaption>{drawn.svg}{behind}</figure>"
    )
    return Part(html, f"{drawn.title}. {drawn.description}")


def meanings(entries: Sequence[tuple[str, str]]) -> Part:
    """Return a list of words and what they mean."""
    rows = "".join(f"<dt>{safe(word)}</dt><dd>{safe(said)}</dd>" for word, said in entries)
    return Part(f"<dl>{rows}</dl>", "\n".join(f"{word}: {said}" for word, said in entries))


def beside(*parts: Part, broad: bool = False) -> Part:
    """Return parts that stand side by side where the page is wide enough; `broad` needs more."""
    name = "beside broad" if broad else "beside"
    columns = "".join(f"<div>{part.html}</div>" for part in parts if part.html)
    return Part(f'<div class="{name}">{columns}</div>', together(*parts).text)


def together(*parts: Part | None) -> Part:
    """Return parts one after the other; None is left out."""
    shown = [part for part in parts if part is not None]
    facts = {name: value for part in shown for name, value in part.facts.items()}
    return Part("".join(p.html for p in shown), "\n".join(p.text for p in shown if p.text), facts)
