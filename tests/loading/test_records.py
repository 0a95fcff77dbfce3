"""Rows from a script: dicts, frames and tables load as a file of the same records does."""

from __future__ import annotations

import json
import stat
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from test_mobilize import ATTENDANCES

import organizing_analytics as oa
from organizing_analytics.errors import FileError, OptionError
from organizing_analytics.loading import records

EVERYTHING = "SELECT * EXCLUDE (source) FROM signups ORDER BY signup_id"


class ParsonsTable:
    """What a Parsons Table and a polars frame have in common."""

    def __init__(self, rows: list[dict]) -> None:
        self.rows = rows

    def to_dicts(self) -> list[dict]:
        return self.rows


class OlderTable:
    """A table that can only be gone through."""

    def __init__(self, rows: list[dict]) -> None:
        self.rows = rows
        self.columns = list(rows[0])

    def __iter__(self):
        return iter(self.rows)


@pytest.mark.parametrize("form", [list, iter, tuple, ParsonsTable, OlderTable])
def test_records_load_as_a_file_of_them_does(form, tmp_path, store, rows):
    result = oa.load_records(form(ATTENDANCES), store=store, timezone="UTC")
    (count,) = result.files
    assert (count.file, count.table, count.source) == ("records.jsonl", "signups", "mobilize")
    assert (count.rows, count.new, count.rejected) == (7, 6, 1)
    assert result.rejects[0].row == 8  # the seventh record, as in a file with a header
    path = tmp_path / "attendances.json"
    path.write_text(json.dumps(ATTENDANCES))
    again = oa.load_files(path, store=store).files[0]
    assert (again.unchanged, again.rejected) == (6, 1)


def test_one_record_and_a_page_of_them(store):
    assert oa.load_records([ATTENDANCES[0]], store=store, timezone="UTC").files[0].new == 1
    page = {"count": 2, "next": None, "data": ATTENDANCES[:2]}
    assert [oa.load_records(page, store=store).files[0].new] == [1]


def test_a_frame_with_gaps(store, rows):
    frame = pd.DataFrame(
        {
            "person_id": [1, 2, 3, 4],
            "given_name": ["Ann", "Siún", None, "Li\u2028ne\x85"],
            "family_name": ["Lee", "O'Hara", np.nan, "'t Hooft"],
            "team_id": [7, np.nan, 7, np.nan],  # pandas makes floats of ids with gaps
            "joined_on": pd.to_datetime(["2026-03-07", None, "2026-03-09", None]),
            "do_not_contact": pd.array([True, None, False, None], dtype="boolean"),
        }
    )
    result = oa.load_records(frame, store=store, timezone="UTC", table="people")
    assert (result.files[0].file, result.files[0].new) == ("people.jsonl", 4)
    columns = ", ".join(frame.columns)
    assert rows(store, f"SELECT {columns} FROM people ORDER BY 1") == [
        ("1", "Ann", "Lee", "7", date(2026, 3, 7), True),
        ("2", "Siún", "O'Hara", None, None, None),
        ("3", None, None, "7", date(2026, 3, 9), False),
        ("4", "Li\u2028ne\x85", "'t Hooft", None, None, None),
    ]
    # An index that has a name was a column.
    named = oa.load_records(frame.set_index("person_id"), store=store, table="people")
    assert named.files[0].unchanged == 4


def test_values_of_libraries(store, rows):
    oa.load_records(
        [{"event_id": "e1", "event_type": "canvass", "timezone": "America/Chicago"}],
        store=store,
        table="events",
        timezone="UTC",
    )
    shifts = [
        {"shift_id": "a", "starts_at": datetime(2026, 3, 4, 18), "need": np.int64(4)},
        {"shift_id": "b", "starts_at": datetime(2026, 3, 4, 18, tzinfo=UTC), "need": Decimal(5)},
        {"shift_id": "c", "starts_at": np.datetime64("2026-03-04T18:00:00", "ns"), "need": pd.NA},
        {"shift_id": "d", "starts_at": pd.Timestamp("2026-03-04T18:00-05:00"), "need": 6.0},
        {"shift_id": Decimal(12), "starts_at": "2026-03-04 18:00", "need": np.float32("nan")},
        {"shift_id": "bad", "starts_at": pd.NaT, "need": np.datetime64("NaT")},
    ]
    result = oa.load_records(
        ({"event_id": "e1"} | shift for shift in shifts), store=store, table="shifts"
    )
    assert (result.files[0].new, result.files[0].rejected) == (5, 1)
    assert rows(store, "SELECT shift_id, starts_at::VARCHAR, need FROM shifts ORDER BY 1") == [
        ("12", "2026-03-05 00:00:00", None),
        ("a", "2026-03-05 00:00:00", 4),
        ("b", "2026-03-04 18:00:00", 5),
        ("c", "2026-03-05 00:00:00", None),
        ("d", "2026-03-04 23:00:00", 6),
    ]


WRONG = {
    "nothing": ([], {}, FileError, "no rows to load"),
    "empty records": ([{}, {}], {}, FileError, "no rows to load"),
    "an empty frame": (pd.DataFrame({"person_id": []}), {}, FileError, "no rows to load"),
    "a path": ("people.csv", {}, FileError, "load_files"),
    "a number": (7, {}, FileError, "not int"),
    "rows that are lists": ([["a", "b"]], {}, FileError, "record 1 is no dict but list"),
    "a column twice": (
        pd.DataFrame([[1, 2]], columns=["a", "a"]), {}, FileError, "a is there twice",
    ),
    "a table that is none": ([{"a": 1}], {"table": "person"}, OptionError, "Did you mean people"),
    "a table of other columns": ([{"a": 1}], {"table": "people"}, FileError, "people.jsonl: the required"),
    "columns that nobody knows": ([{"a": 1}], {}, FileError, "records.jsonl: no known header"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_table_is_refused(wrong, store):
    given, options, error, said = WRONG[wrong]
    with pytest.raises(error, match=said):
        oa.load_records(given, store=store, timezone="UTC", **options)
    assert not store.exists()


def test_many_records_become_several_files_of_one_load(monkeypatch, store, rows):
    monkeypatch.setattr(records, "MAX_BYTES", 100)
    made = [{"person_id": f"p{n}", "given_name": "Ann"} for n in range(7)]  # 42 letters each
    result = oa.load_records(made, store=store, timezone="UTC", table="people")
    assert [(f.file, f.new) for f in result.files] == [
        ("people.jsonl", 2),
        ("people.2.jsonl", 2),
        ("people.3.jsonl", 2),
        ("people.4.jsonl", 1),
    ]
    assert result.snapshot == 1
    assert rows(store, "SELECT count(*) FROM people") == [(7,)]


def test_only_its_owner_may_look_into_the_folder(monkeypatch, store, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "spare"))
    (tmp_path / "spare").mkdir()
    seen = {}

    def looked(paths, **options):
        folder = paths[0].parent
        seen["mode"] = stat.S_IMODE(folder.stat().st_mode)
        seen["folder"] = folder

    monkeypatch.setattr(records, "load_files", looked)
    oa.load_records([{"person_id": 1}], store=store)
    assert seen["mode"] == 0o700
    assert not seen["folder"].exists()
