"""An answer: what it says of its frame, and how it reads."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest

import organizing_analytics as oa
from organizing_analytics.answers import Answer
from organizing_analytics.catalog.declaration import Column, Kind
from organizing_analytics.catalog.formatting import plain, readable
from organizing_analytics.errors import OptionError


@pytest.fixture
def filled(small, store):
    oa.load_files(small, store=store, timezone="America/New_York")
    return store


def test_an_answer_holds_what_the_frame_rests_on(filled):
    with oa.open_store(filled) as data:
        answer = oa.answer(oa.show_up, data, by="team", as_of="2026-03-31")
        frame = oa.show_up(data, by="team", as_of="2026-03-31")
    assert type(frame) is pd.DataFrame  # a client gets a plain frame
    assert frame.equals(answer.frame)
    assert frame.attrs == answer.facts
    assert (answer.measure, answer.as_of, answer.snapshot) == ("show-up", "2026-03-31", 1)
    assert answer.kinds["team"] is Kind.ID
    assert answer.kinds["scheduled"] is Kind.COUNT
    assert answer.kinds["rate"] is Kind.RATE


def test_the_sentence_has_the_numbers_of_the_row(filled):
    with oa.open_store(filled) as data:
        # One came; nobody wrote down whether the other did.
        assert oa.answer("show-up", data).sentence.startswith("100.0 % came (1 of 1; 95 % interval")
        assert not oa.answer("show-up", data, by="team").sentence
        assert not oa.answer("asks kept", data).sentence


def test_a_measure_that_is_none_is_refused(filled):
    with oa.open_store(filled) as data, pytest.raises(OptionError, match="show-up"):
        oa.answer("show-upp", data)


def test_values_are_formatted_by_kind_and_never_by_name():
    """The same number under the same name: only the kind decides."""
    shown = {kind: readable(0.5, kind) for kind in (Kind.RATE, Kind.POINTS, Kind.NUMBER, Kind.DAYS)}
    assert list(shown.values()) == ["50.0 %", "+50.0 points", "0.5", "0.5"]
    assert readable(7201, Kind.COUNT) == "7,201"
    assert readable(7201, Kind.ID) == "7201"
    frame = pd.DataFrame({"rate": [0.25], "difference": [-0.1], "<b>": ["<script>"]})
    columns = (
        Column("rate", Kind.POINTS, "points under the name of a rate"),
        Column("difference", Kind.RATE, "a rate under the name of a difference"),
        Column("<b>", Kind.TEXT, "other people's text"),
    )
    answer = Answer(frame=frame, measure="<i>", as_of="2026-03-31", snapshot=None, columns=columns)
    assert answer.readable().to_dict("records") == [
        {"rate": "+25.0 points", "difference": "-10.0 %", "<b>": "<script>"}
    ]
    html = answer._repr_html_()
    assert "+25.0 points" in html
    assert "<script>" not in html
    assert "<i>" not in html


def test_missing_values_and_times():
    for missing in (None, float("nan"), np.nan, pd.NaT, pd.NA):
        assert plain(missing, Kind.RATE) is None
        assert readable(plain(missing, Kind.COUNT), Kind.COUNT) == "-"
    moment = pd.Timestamp("2026-03-07 15:00")
    assert plain(moment, Kind.MOMENT) == "2026-03-07T15:00:00Z"
    assert plain(moment, Kind.CLOCK) == "2026-03-07T15:00:00"
    assert plain(moment, Kind.DATE) == plain(date(2026, 3, 7), Kind.DATE) == "2026-03-07"
    assert plain(np.int64(3), Kind.COUNT) == 3


def test_a_comparison_prints_points(run, filled, write):
    more = write(
        "more",
        signups=(
            "signup_id,shift_id,person_id,status,attended\n"
            "g3,s1,p1,confirmed,no\ng4,s1,p2,confirmed,yes\n"
        ),
    )
    oa.load_files(more, store=filled)
    text = run("compare", "show-up", "--factor", "confirmed", "--store", filled)
    assert re.search(r"^difference +-50\.0 points", text, re.MULTILINE)  # 1 of 2 less 1 of 1
