"""One cell of a file: the quick looks at it say what the thorough ones say."""

from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from organizing_analytics.loading import cells
from organizing_analytics.safe_csv import guard
from organizing_analytics.sources.feeds import Cell

BLANKS = " \t\n\r\x0b\x0c\xa0"
SKIPPED = BLANKS + "\ufeff\u3000"
#: What a moment is made of, and what it is easily confused with.
LETTERS = "0123456789-:TZtz+/ .a\u0663"
UTC = "2026-11-22T10:00:00Z"


@pytest.fixture(scope="module")
def ask():
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield lambda sql, text: connection.execute(
            f"SELECT ({sql})::VARCHAR FROM (SELECT ?::VARCHAR AS cell)", [text]
        ).fetchall()[0][0]


def trimmed(text: str) -> str | None:
    """Return a cell as a person reads it: trimmed, unguarded, None when empty."""
    inner = r"([;\t\r\n])'([ \v\f\xa0\u200b\u2060\ufeff\u3000'\"]*[=+\-@\uff1d\uff0b\uff0d\uff20])"
    if text[:1] == "'" and (
        text[1:2] in tuple("=+-@\t\r'\uff1d\uff0b\uff0d\uff20") or re.search(inner, text)
    ):
        return re.sub(inner, r"\1\2", text[1:])
    # Of other blanks than these a cell is not freed.
    return text.strip(" \t\n\r\xa0") or None


@settings(max_examples=500, deadline=None)
@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4),
    st.text(BLANKS + "'=+-@(~\x7f\u0301e", max_size=4),
    st.text(BLANKS + "'=+-@(~\x7f\u0301e", max_size=4),
)
@example("", "e\u0301", "")
@example("~", "", "")
@example("(", "", "\xa0")
def test_a_cell_is_trimmed_whatever_its_ends_are(ask, middle, before, after):
    text = before + middle + after
    assert ask(cells.clean("cell"), text) == trimmed(text)


@settings(max_examples=500, deadline=None)
@given(st.text(BLANKS + "'=+-@;,a1\uff1d\uff20\ufeff\u3000", min_size=1, max_size=9))
@example("a;'=1;''=2")
@example("'a\n=1")
@example("; =1")
def test_a_guarded_cell_is_read_as_the_cell_itself(ask, text):
    assert (ask(cells.clean("cell"), guard(text)) or "").strip(SKIPPED) == text.strip(SKIPPED)


@st.composite
def nearly_moments(draw):
    """A moment with some letters changed, put in or taken out."""
    text = list(UTC)
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(text) - 1))
        how = draw(st.sampled_from(("change", "put in", "take out")))
        if how == "take out":
            del text[place]
        else:
            text[place : place + (how == "change")] = draw(st.sampled_from(LETTERS))
    return "".join(text)


@settings(max_examples=1000, deadline=None)
@given(nearly_moments())
@example("2026-11-22T10: 0:00Z")
@example(" 026-11-22T10:00:00Z")
@example("2026-11-22T24:00:00Z")
@example("2026-11-22T10:00:0.Z")
@example("2026-02-30T10:00:00Z")
def test_the_quick_way_to_a_moment_is_no_other_way(ask, text):
    thorough = cells._in_years(cells._any_moment("cell"))
    moment = ask(thorough, text)
    assert ask(cells._moment("cell"), text) == moment
    if moment is None:
        return
    has_offset = f"regexp_full_match(cell, {cells._ISO_OFFSET})"
    said = ask(cells.is_naive("cell", Cell(())), text)
    assert said == ask(f"NOT {has_offset}", text)
