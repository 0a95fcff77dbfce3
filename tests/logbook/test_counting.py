"""What was logged about a week, counted by hand."""

from __future__ import annotations

from datetime import date

import duckdb
import pandas as pd

import organizing_analytics as oa
from organizing_analytics.logbook.counting import logged_in_week
from organizing_analytics.logbook.lines import issue_lines
from organizing_analytics.logbook.replies import has_log


def test_a_week_counts_each_line_once_by_person_and_way(small, store):
    oa.load_files([small], store=store, timezone="America/New_York")
    rows = [{"action": "thank_you", "person_id": f"p{n}", "organizer_id": "p2"} for n in (1, 2)]
    first, second = issue_lines(store, pd.DataFrame(rows).astype(object), date(2026, 3, 2))
    for code, word, at in (
        (first, "no-answer", "2026-03-02T00:00"),  # Monday's first minute, in New York
        (first, "reached", "2026-03-08T23:59"),  # the same line: a correction, on the last day
        (second, "reached", "2026-03-09T00:00"),  # the next Monday
    ):
        oa.log_answer(code, word, at=at, store=store)
    week, following = (logged_in_week(date(2026, 3, day), store=store) for day in (2, 9))
    assert (week.answers, week.by_way, week.by_person) == (1, {"python": 1}, {"Bo": 1})
    assert following.answers == 1
    assert week.in_short == "1 answer (python 1)"  # the mails name nobody
    assert str(week) == "1 answer (python 1): Bo 1."
    assert logged_in_week(date(2026, 2, 23), store=store).answers == 0


def test_a_store_of_an_older_version_has_no_log(small, store):
    with duckdb.connect() as older:
        assert not has_log(older)
    oa.load_files([small], store=store, timezone="America/New_York")
    with oa.open_store(store) as data:
        assert has_log(data.connection)
