"""Briefs as one HTML page: for a phone, and on paper one sheet for each person.

It has no script and asks for nothing from outside; its policy allows neither.
"""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Protocol

from organizing_analytics.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from organizing_analytics.one_to_ones.sentences import Section


class Shown(Protocol):
    """What a page shows of a brief."""

    @property
    def name(self) -> str:
        """Whom the 1:1 is with."""

    @property
    def person_id(self) -> str:
        """The same person's id."""

    @property
    def phone(self) -> str:
        """The number to make the date with, or nothing."""

    @property
    def about(self) -> str:
        """Team, phone, organizer and date in one line."""

    @property
    def sections(self) -> tuple[Section, ...]:
        """Its parts, in order."""


POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_NO_DIGIT = re.compile(r"[^+0-9]")


def page_of(briefs: Sequence[Shown]) -> str:
    """Return one page with these briefs."""
    style = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    title = f"Before the 1:1 with {briefs[0].name}" if len(briefs) == 1 else "1:1s of the week"
    bodies = "\n".join(map(body_of, briefs)) or "<p>No 1:1 is due or set in the coming week.</p>"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        '<meta name="format-detection" content="telephone=no">\n'
        f"<title>{_safe(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f"{bodies}\n</main>\n</body>\n</html>\n"
    )


def body_of(brief: Shown) -> str:
    """Return one brief as an article, every text escaped."""
    about = _safe(brief.about)
    if brief.phone:
        number = _NO_DIGIT.sub("", brief.phone)
        link = f'<a href="tel:{_safe(number)}">{_safe(brief.phone)}</a>'
        about = about.replace(_safe(brief.phone), link, 1)
    return (
        f"<article>\n<h1>Before the 1:1 with <bdi>{_safe(brief.name)}</bdi></h1>\n"
        f'<p class="quiet">{about}</p>\n'
        + "\n".join(map(_section, brief.sections))
        + f'\n<p class="quiet">{_safe(brief.person_id)}</p>\n</article>'
    )


def _safe(text: str) -> str:
    return escape(visible(text))


def _section(section: Section) -> str:
    lines = "\n".join(
        f'<p class="blank">{_safe(sentence.text)}</p>'
        if sentence.is_blank
        else f"<p>{_safe(sentence.text)}</p>"
        for sentence in section.sentences
    )
    return f'<section class="{section.name}">\n<h2>{_safe(section.title)}</h2>\n{lines}\n</section>'
