"""The week's lines on paper: a box for each answer, and the code to type later.

Each organizer's lines begin a page. The page runs no script and loads nothing.
"""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from organizing_analytics.logbook.printed import page_head
from organizing_analytics.logbook.words import WORDS, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

#: So many lines fit on two pages of A4 or Letter.
MAX_LINES = 34
_STYLE = """
@page { size: auto; margin: 11mm }
body { font: 9.5pt/1.25 sans-serif; margin: 0 auto; max-width: 46rem; color: #000 }
section { break-before: page } section:first-of-type { break-before: auto }
h1 { font-size: 13pt; margin: 0 0 1mm } p { margin: 0 0 2mm }
table { width: 100%; border-collapse: collapse; table-layout: fixed }
td { border-top: 0.5pt solid #777; padding: 0.8mm 1mm; vertical-align: top; height: 12.5mm;
  box-sizing: border-box; overflow-wrap: anywhere; break-inside: avoid }
tr { break-inside: avoid } td:first-child { width: 19mm } td:last-child { width: 86mm }
code { font: bold 10pt monospace } span { white-space: nowrap; margin-right: 2mm; font-size: 8pt }
.why { display: block; max-height: 2.5em; overflow: hidden; font-size: 8pt }
"""


def paper_of(rows: Iterable[Mapping[str, Any]], *, as_of: str) -> str:
    """Return the page of the rows of a coded list that have a code.

    Parameters
    ----------
    rows : iterable of mapping
        In the order of the list: an organizer's rows stand together.
    as_of : str
        The date of the list.
    """
    coded = [row for row in rows if isinstance(row["code"], str)]
    sections = [
        _section(_whose(name), list(lines)) for name, lines in groupby(coded, key=_organizer)
    ]
    title = f"To do, as of {as_of}"
    empty = "<p>Nothing is waiting.</p>"
    return (
        f"{page_head(title, style=_STYLE)}"
        f"{''.join(sections) or empty}<p>{escape(title)}. Mark what happened. Whoever types it in "
        "writes the code and the answer: oa log CODE ANSWER.</p>\n</body>\n</html>\n"
    )


def lists_on_paper(
    rows: Iterable[Mapping[str, Any]], path: Path
) -> dict[Path, list[Mapping[str, Any]]]:
    """Return the file of each organizer's lines: the one that was asked for, where there is one.

    Parameters
    ----------
    rows : iterable of mapping
        In the order of the list; those without a code are left out.
    path : Path
        The file that was asked for. Several lists are numbered: `lines-1.html`, `lines-2.html`.
    """
    lists: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        if isinstance(row["code"], str):
            lists.setdefault(_organizer(row), []).append(row)
    if len(lists) < 2:  # noqa: PLR2004
        return {path: [line for lines in lists.values() for line in lines]}
    return {
        path.with_name(f"{path.stem}-{number}{path.suffix}"): lines
        for number, lines in enumerate(lists.values(), 1)
    }


def _organizer(row: Mapping[str, Any]) -> tuple[str, str]:
    names = (row["organizer_id"], row["organizer"])
    person, name = (value if isinstance(value, str) else "" for value in names)
    return person, name or person


def _whose(organizer: tuple[str, str]) -> str:
    return f"{organizer[1]}: to do" if organizer[1] else "To do, nobody's list yet"


def _section(heading: str, lines: list[Mapping[str, Any]]) -> str:
    rest = len(lines) - MAX_LINES
    more = f"<p>{rest} more are in the list on the screen: oa list.</p>" if rest > 0 else ""
    body = "".join(map(_line, lines[:MAX_LINES]))
    return f"<section><h1>{escape(heading)}</h1><table>{body}</table>{more}</section>\n"


def _line(row: Mapping[str, Any]) -> str:
    ask_for = row["ask_for"] if isinstance(row["ask_for"], str) else None
    words = WORDS[kind_of(row["action"], ask_for)].values()
    boxes = " ".join(f"<span>\u2610 {escape(word.label)}</span>" for word in words)
    name = row["name"] if isinstance(row["name"], str) else row["person_id"]
    return (
        f"<tr><td><code>{escape(row['code'])}</code></td>"
        f'<td><b>{escape(name)}</b><i class="why">{escape(row["reason"])}</i></td>'
        f"<td>{boxes}</td></tr>\n"
    )
