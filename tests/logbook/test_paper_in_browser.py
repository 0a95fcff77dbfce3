"""The list on paper, printed by Chromium: two pages at most for an organizer."""

from __future__ import annotations

import re

import pytest

from organizing_analytics.logbook.paper import MAX_LINES, paper_of

#: A list that is longer than the paper, of the kind of line with most boxes.
LINES = [
    {
        "code": f"{n:08d}",
        "action": "re_ask",
        "ask_for": "canvass",
        "person_id": f"p{n}",
        "name": "Maximiliana Featherstonehaugh-Wójcikowska",
        "reason": 'Said "not now" to door-to-door canvass on Wed, Sep 23, and to ask again on Fri, '
        "Oct 30; tried 3 times " * 2,
        "organizer_id": "o1",
        "organizer": "Siobhán Abdullah",
    }
    for n in range(MAX_LINES + 9)
]


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("lists", [1, 2])
def test_an_organizer_has_two_pages_at_most(browser, paper, lists) -> None:
    rows = [{**line, "organizer_id": f"o{n}"} for n in range(lists) for line in LINES]
    page = browser.new_page()
    page.set_content(paper_of(rows, as_of="2026-11-27"))
    printed = page.pdf(format=paper, prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2 * lists
