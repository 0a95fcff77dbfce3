"""A team's page as it is attached to a mail: without links that lead nowhere from there.

Beside the page in its folder lie the index and the whole list of whom to call; beside an
attachment lies nothing.
"""

from __future__ import annotations

import re
from html import escape, unescape

#: The way back to the index, at the top of a page.
WAY_BACK = re.compile(r'<nav><a href="index\.html">.*?</a></nav>', re.DOTALL)
#: A link to a file beside the page, or to a place in it. Texts are escaped: none looks like a link.
BESIDE = re.compile(
    r'<a href="(?P<file>[\w.-]+\.(?:html|csv))(?P<place>#[^"]*)?">(?P<words>.*?)</a>'
)


def mailed_page(page: str, *, week: str) -> str:
    """Return a page whose links to files beside it are words that say where the files lie.

    Parameters
    ----------
    page : str
        A team's page.
    week : str
        The ISO week, which is the folder of the reports.

    Examples
    --------
    >>> mailed_page('<p><a href="T1-everyone.html">All 60 people</a></p>', week="2026-W47")
    '<p>All 60 people (2026-W47/T1-everyone.html in the folder of the reports)</p>'
    """

    def in_words(link: re.Match[str]) -> str:
        if link["place"]:  # the link to the whole file says enough
            return ""
        file = escape(unescape(link["file"]))
        return f"{link['words']} ({escape(week)}/{file} in the folder of the reports)"

    return BESIDE.sub(in_words, WAY_BACK.sub("", page))
