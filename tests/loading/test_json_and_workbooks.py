"""Templates as JSON and as a workbook; what is no such thing is refused in words."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

import organizing_analytics as oa
from organizing_analytics.errors import FileError

PEOPLE = [
    {"person_id": "p1", "given_name": "José", "do_not_contact": True},
    {"person_id": "p2", "given_name": None, "email": "b@example.org"},
]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(PEOPLE),
        json.dumps({"data": PEOPLE, "next": None, "count": 2}),
        "\n".join(json.dumps(person) for person in PEOPLE),
    ],
    ids=["list", "page", "lines"],
)
def test_json_list_page_and_lines(text, tmp_path, store, rows):
    path = tmp_path / "people.json"
    path.write_text(text, encoding="utf-8")
    result = oa.load_files(path, store=store, timezone="UTC")
    assert (result.files[0].new, result.rejects) == (2, [])
    assert rows(store, "SELECT given_name, do_not_contact FROM people ORDER BY person_id") == [
        ("José", True),
        (None, None),
    ]


@pytest.mark.parametrize(
    "text", ['[{"person_id": "p1"', "[1, 2]", "[" * 100_000, "{}", '{"a": {"b": 1}}']
)
def test_json_that_is_no_table(text, tmp_path, store):
    path = tmp_path / "people.json"
    path.write_text(text)
    with pytest.raises(FileError, match=r"people\.json"):
        oa.load_files(path, store=store, timezone="UTC")
    assert not store.exists()


def test_a_workbook_is_a_table_a_sheet(tmp_path, store, rows):
    book = Workbook()
    sheet = book.active
    sheet.title = "people"
    for line in (["person_id", "given_name"], ["p1", "Ann"], [None, None], [2, "Bo"], [None, None]):
        sheet.append(line)
    events = book.create_sheet("events")
    events.append(["event_id", "event_type", "timezone"])
    events.append(["e1", "canvass", "America/New_York"])
    shifts = book.create_sheet("shifts")
    shifts.append(["shift_id", "event_id", "starts_at", "need"])
    shifts.append(["s1", "e1", datetime(2026, 3, 7, 10), 4])
    book.create_sheet("Notes").append(["to read"])
    path = tmp_path / "campaign.xlsx"
    book.save(path)
    result = oa.load_files(path, store=store, timezone="UTC")
    assert {f.file: (f.rows, f.new, f.skipped) for f in result.files} == {
        "campaign.xlsx [people]": (3, 2, 1),  # the empty row in between; none at the end
        "campaign.xlsx [events]": (1, 1, 0),
        "campaign.xlsx [shifts]": (1, 1, 0),
    }
    assert rows(store, "SELECT person_id FROM people ORDER BY 1") == [("2",), ("p1",)]
    assert rows(store, "SELECT starts_at::VARCHAR, need FROM shifts") == [
        ("2026-03-07 15:00:00", 4)
    ]


def test_a_zip_that_is_no_workbook(tmp_path, store):
    path = tmp_path / "people.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("letter.txt", "Dear Ann")
    with pytest.raises(FileError, match="cannot be read"):
        oa.load_files(path, store=store)
    assert not store.exists()
