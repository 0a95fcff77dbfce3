"""Rows keep their order and their numbers in a file that is read in several pieces at a time."""

from __future__ import annotations

import organizing_analytics as oa
from organizing_analytics.sql import one_of

#: The engine reads pieces of two million bytes: this file has two.
ROWS = 70_000


def test_the_last_row_of_a_large_file_is_rejected_by_its_number(tmp_path, store, rows):
    lines = "".join(
        f"a{i},p1,2026-01-05T10:00:00Z,canvass,{'perhaps' if i == ROWS - 1 else 'not_now'},n{i}\n"
        for i in range(ROWS)
    )
    head = "ask_id,person_id,asked_at,ask_for,outcome,notes\n"
    (tmp_path / "asks.csv").write_text(head + lines)
    (tmp_path / "people.csv").write_text("person_id\np1\n")
    files = [tmp_path / "asks.csv", tmp_path / "people.csv"]
    result = oa.load_files(files, store=store, timezone="UTC")
    assert [(r.row, r.column, r.value) for r in result.rejects] == [
        (ROWS + 1, "outcome", "perhaps")
    ]
    assert rows(store, "SELECT count(*) FROM asks WHERE notes = 'n' || substr(ask_id, 2)") == [
        (ROWS - 1,)
    ]


def test_a_sheet_of_that_size_loads_with_its_dates_and_total(tmp_path, store, rows):
    lines = "".join(
        f"Ann{i},ann{i}@example.org,Canvass,{i % 12 + 1}/{i % 28 + 1}/26,6pm,x\n"
        for i in range(ROWS)
    )
    path = tmp_path / "sheet.csv"
    path.write_text(f"Our sign-ups\n\nName,Email,Event,Date,Start,Came?\n{lines}Total,{ROWS}\n")
    result = oa.load_files(path, store=store, source="signup_sheet", timezone="UTC")
    (count,) = result.files
    assert (count.rows, count.new, count.skipped, count.rejected) == (ROWS + 1, ROWS, 1, 0)
    assert rows(store, "SELECT count(*) FROM shifts") == [(84,)]  # 12 and 28 repeat after 84


def test_a_long_list_of_words_is_no_join():
    assert one_of("c", list("abcdef")).startswith("(CASE c WHEN ")
