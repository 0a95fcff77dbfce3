"""A checked table that takes the place of the store's empty one, against rows written into it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import organizing_analytics as oa
from organizing_analytics.loading import merging, one_load
from organizing_analytics.model import FED_BY_NAME
from organizing_analytics.schema import column_types

#: The Chicago clock skips 2:30 on the first night and shows 1:30 twice on the second.
MOMENTS = (
    "2026-03-07T10:00",
    "2026-03-08T02:30",
    "2026-11-01T01:30",
    "2026-03-08T04:59:59Z",
    "2026-03-08 23:30:00-05:00",
    "0026-03-07T10:00",
    "",
)
#: A few cells for each column: keys that meet, references to nothing, values that are not allowed.
CELLS = {
    "teams": {"team_id": ("t1", "t2", ""), "name": ("North", "South")},
    "people": {"person_id": ("p1", "p2", "p3"), "given_name": ("Ann", "Bo", ""), "team_id": ("t1", "t9", "")},
    "events": {"event_id": ("e1", "e2"), "event_type": ("canvass", "canvass", ""), "timezone": ("America/New_York", "Asia/Kolkata", "", "Mars/Olympus")},
    "shifts": {"shift_id": ("s1", "s2", "s3"), "event_id": ("e1", "e2", "e9"), "starts_at": MOMENTS, "need": ("4", "", "four")},
    "signups": {"signup_id": ("g1", "g2", "g3", "g4"), "shift_id": ("s1", "s2", "s9"), "person_id": ("p1", "p2", "p9"), "status": ("registered", "confirmed", "pending"), "attended": ("yes", "no", ""), "signed_up_at": MOMENTS},
    "asks": {"ask_id": ("a1", "a2"), "asked_at": MOMENTS, "person_id": ("p1", "p2", "p9"), "asker_id": ("p2", "p8", ""), "ask_for": ("canvass",), "outcome": ("yes", "not_now", "maybe"), "after_ask_id": ("a1", "a9", "")},
    "departures": {"person_id": ("p1", "p2", "p9"), "at": MOMENTS},
}  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> dict[str, str]:
    """Draw a folder of templates: a file or two for a table, with and without an odd row."""
    found = {}
    for table, cells in CELLS.items():
        for part in ("", ".more")[: draw(st.sampled_from((1, 1, 1, 2)))]:
            rows = draw(st.lists(st.tuples(*map(st.sampled_from, cells.values())), max_size=5))
            lines = [",".join(cells), *map(",".join, rows)]
            if draw(st.integers(0, 5)) == 0:
                lines.append("stray")  # too few cells: the file is read again, row by row
            found[f"{table}{part}.csv"] = "\n".join(lines) + "\n"
    return found


def loaded(folder: Path, *parts: dict[str, str]) -> tuple[list[Any], dict[str, Any]]:
    """Load one folder after another; return what was said, and columns and rows of each table."""
    said = []
    for number, texts in enumerate(parts):
        place = folder / f"in{number}"
        place.mkdir(parents=True)
        for name, text in texts.items():
            (place / name).write_text(text, encoding="utf-8")
        result = oa.load_files(place, store=folder / "store", timezone="America/Chicago")
        said.append(asdict(result) | {"corrections": len(result.corrections)})
    with oa.open_store(folder / "store") as store:
        held = {}
        for table in FED_BY_NAME:
            found = store.connection.execute(
                f'SELECT rowid >= 0, * FROM main."{table}" ORDER BY ALL'
            )
            columns = [(column[0], str(column[1])) for column in found.description or ()][1:]
            held[table] = columns, found.fetchall()
    return said, held


@settings(max_examples=60)
@given(files(), files())
def test_rows_and_answers_are_the_same_when_nothing_takes_over(first, later):
    with TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        ours = loaded(Path(place) / "ours", first, later)
        patch.setattr(one_load, "empty_tables", lambda _: set())
        written = loaded(Path(place) / "written", first, later)
    for one in (*ours[0], *written[0]):
        # Of equal rows what is unlikely is said of the one that stays.
        one["warnings"] = [
            said for said in one["warnings"] if "clocks" in said or "skipped" in said
        ]
    assert ours == written
    for name, (columns, _) in ours[1].items():
        assert columns == list(column_types(FED_BY_NAME[name]).items())


def test_a_first_load_writes_no_row_twice(small, store, monkeypatch):
    def refuse(*_: object) -> int:
        raise AssertionError("inserted")

    monkeypatch.setattr(merging, "_insert", refuse)
    assert oa.load_files(small, store=store, timezone="UTC").changed == 7


def held(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_of_a_forgotten_person_no_byte_is_written(small, store, write, rows):
    oa.load_files(small, store=store, timezone="UTC")
    oa.forget("p1", store=store)
    asks = "ask_id,asked_at,person_id,ask_for,outcome,notes\n"
    asks += "a1,2026-03-01,p1,canvass,yes,secretnote\na2,2026-03-01,p2,canvass,yes,opennote\n"
    oa.load_files(write("first", asks=asks), store=store)
    assert rows(store, "SELECT ask_id FROM main.asks") == [("a2",)]
    assert b"opennote" in held(store)
    assert b"secretnote" not in held(store)


def test_of_a_row_that_a_mapping_leaves_out_no_byte_is_written(store, tmp_path, rows):
    mapping, path = tmp_path / "members.toml", tmp_path / "members.csv"
    mapping.write_text(
        '[where]\nList = "open"\n[[table]]\ntable = "people"\n'
        'columns = { person_id = "No", given_name = "Name" }\n'
    )
    path.write_text("No,Name,List\n1,Openname,open\n2,Secretname,closed\n")
    oa.load_files(path, store=store, source=str(mapping), timezone="UTC")
    assert rows(store, "SELECT given_name FROM main.people") == [("Openname",)]
    assert b"Openname" in held(store)
    assert b"Secretname" not in held(store)
