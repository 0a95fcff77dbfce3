"""What we write for spreadsheets runs in none: CSV by any separator, and workbooks."""

from __future__ import annotations

import io
import re
import zipfile

import hostile
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from organizing_analytics.safe_csv import csv_text
from organizing_analytics.template_workbook import write_text


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("formula", hostile.FORMULAS)
def test_no_formula_runs(formula, place):
    row = ["Ann", "North", "x"]
    row[place] = formula
    assert hostile.cells_that_run(csv_text(["given_name", "team", formula], [row])) == []


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.text(" \t\r\n;,\"'=+-@\uff1da1|!\xa0\ufeff", max_size=8), min_size=3, max_size=3)
)
def test_no_text_runs(row):
    assert hostile.cells_that_run(csv_text(["a", "b", "c"], [row])) == []


def test_numbers_phones_and_plain_texts_stay():
    row = [
        "Ann",
        -4,
        "-4",
        "+15551234567",
        "1,5",
        "a; b",
        "x - y",
        "a@b.org",
        "two\nlines",
        3.5,
        None,
    ]
    [written] = csv_text(["h"] * 11, [row]).splitlines()[1:2]
    assert "'" not in csv_text(["h"] * 11, [row])
    assert written.startswith('Ann,-4,-4,+15551234567,"1,5",a; b,x - y,a@b.org')


@pytest.mark.parametrize("number", ["-4", "+15551234567", "-1,5", "+0.5"])
def test_a_line_that_begins_with_a_number_is_no_formula_to_a_program_with_another_separator(
    number, run, write, store, rows
):
    """The line "+1,cmd|' /C calc'!A0" is one cell where commas cut nothing."""
    row = [number, "cmd|' /C calc'!A0"]
    text = csv_text(["phone", "given_name"], [row])
    assert hostile.cells_that_run(text) == []
    # A load gives back the very same text.
    folder = write(people=csv_text(["person_id", "given_name"], [row]))
    run("load", folder, "--store", store, "--timezone", "UTC")
    assert rows(store, "SELECT person_id, given_name FROM people") == [tuple(row)]


def test_a_number_of_a_number_column_stays_a_number():
    assert (
        csv_text(["change", "name"], [[-4, "Ann"], [-0.5, "Bo"]])
        == "change,name\n-4,Ann\n-0.5,Bo\n"
    )


@pytest.mark.parametrize("text", hostile.FORMULAS)
def test_a_workbook_holds_text_as_text(text):
    book = openpyxl.Workbook()
    write_text(book.active.cell(1, 1), text)
    file = io.BytesIO()
    book.save(file)
    with zipfile.ZipFile(file) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert not [name for name in parts.namelist() if "external" in name.casefold()]
    assert not re.search(r"<(f|hyperlink)[ >]", sheet)
    cell = openpyxl.load_workbook(file).active.cell(1, 1)
    assert cell.data_type == "s"
    assert cell.value.strip() == text.replace("\r\n", "\n").replace("\r", "\n").strip()
