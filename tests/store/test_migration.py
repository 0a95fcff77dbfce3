"""A store that an older version made is read as it is, and brought up to date by the next load."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from conftest import SMALL
from every_source import Person, load_all, loads

import organizing_analytics as oa
from organizing_analytics.errors import StoreError
from organizing_analytics.model import TABLES
from organizing_analytics.schema import FORMAT
from organizing_analytics.sql import names

STORES = Path(__file__).parent / "stores"


@pytest.fixture(params=sorted(STORES.glob("format-*.zip")), ids=lambda path: path.stem)
def old(request, store):
    with zipfile.ZipFile(request.param) as packed:
        packed.extractall(store)
    return store


def test_an_old_store_is_read_and_brought_up_to_date(old, write, rows, run):
    with oa.open_store(old) as data:
        before = oa.show_up(data, by=["team"], as_of="2026-04-01")
    assert (before["attended"].sum(), before["unrecorded"].sum()) == (1, 1)
    assert json.loads(run("people", "merges", "--store", old, "--json"))["rows"] == []
    assert json.loads(run("twins", "--store", old, "--json"))["rows"] == []
    assert json.loads((old / "store.json").read_text())["format"] < FORMAT
    result = oa.load_files(write(**SMALL), store=old)
    assert {f.unchanged for f in result.files} == {1, 2}
    oa.load_files(write("more", people="person_id,given_name\np3,Cy\n"), store=old)
    assert json.loads((old / "store.json").read_text())["format"] == FORMAT
    assert rows(old, "SELECT count(*) FROM people") == [(3,)]
    with oa.open_store(old) as data:
        assert oa.show_up(data, by=["team"], as_of="2026-04-01").equals(before)
        assert data.settings.timezone == "America/Chicago"


def test_forgetting_reaches_snapshots_of_an_older_version(old, rows, run):
    run("forget", "p1", "--store", old)
    assert rows(old, "SELECT count(*) FROM people WHERE given_name = 'Ann'") == [(0,)]
    assert all(b"Ann" not in path.read_bytes() for path in old.glob("snapshot-*.duckdb"))


def test_a_newer_store_is_refused(old):
    kept = json.loads((old / "store.json").read_text())
    (old / "store.json").write_text(json.dumps(kept | {"format": FORMAT + 1}))
    with pytest.raises(StoreError, match="newer version"):
        oa.open_store(old)
    with pytest.raises(StoreError, match="newer version"):
        oa.load_files(old, store=old)


PEOPLE = [
    Person(1, "Quillara", "Zandvoort", "quillara@zandvoort.example", "4155550101"),
    Person(2, "Bo", "Roe", "bo@example.org", "4155550102"),
    Person(3, "Cy", "Moe", "cy@example.org", "4155550103"),
]
#: The ids of a campaign of the same files, loaded by this version; what refers to what.
REFERENCES = {
    table.name: [c.name for c in table.columns if c.refers_to or c.name in table.key]
    for table in TABLES
}


@pytest.fixture
def old_ids(store):
    """A store of format 2 with ids made from personal data, by every source."""
    with zipfile.ZipFile(STORES / "every-source-2.zip") as packed:
        packed.extractall(store)
    return store


def test_ids_made_from_personal_data_become_keyed_and_rows_still_match(old_ids, tmp_path, rows):
    held = {t for (t,) in rows(old_ids, "SELECT table_name FROM duckdb_tables()")}
    tables = [t for t in TABLES if t.name in held]  # later tables are made by the next load
    counts = {t.name: rows(old_ids, f"SELECT count(*) FROM main.{t.name}") for t in tables}
    files = loads(tmp_path / "in", PEOPLE)
    for load, result in zip(files, load_all(files, old_ids), strict=True):
        for file in result.files:
            assert (file.new, file.updated, file.skipped) == (0, 0, 0), (load, file)
    assert counts == {t.name: rows(old_ids, f"SELECT count(*) FROM main.{t.name}") for t in tables}
    # The same ids, and the same references, as in a store of this version with this one's key.
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (fresh / "forget.key").write_text((old_ids / "forget.key").read_text())
    load_all(files, fresh)
    for table, columns in REFERENCES.items():
        query = f"SELECT {names(columns)} FROM main.{table} ORDER BY ALL"
        assert rows(old_ids, query) == rows(fresh, query), table
    for query in (
        "SELECT record_id, person_id FROM main.person_merges ORDER BY ALL",
        "SELECT signup_id, kept_id FROM main.signup_twins ORDER BY ALL",
    ):
        assert rows(old_ids, query) == rows(fresh, query)


def test_no_tool_keeps_personal_data_in_an_id(old_ids, write, rows):
    oa.load_files(write("next", events="event_id,event_type\ne9,canvass\n"), store=old_ids)
    templates = {"party-quillara@zandvoort.example", "at Quillara Zandvoort's"}
    for table in TABLES:
        for column in REFERENCES[table.name]:
            ids = {
                i
                for (i,) in rows(
                    old_ids,
                    f'SELECT "{column}"::VARCHAR FROM main.{table.name} '
                    "WHERE source NOT IN ('templates', 'towns')",
                )
            }
            for person in PEOPLE:
                for word in (person.email, person.given, person.family, person.phone):
                    assert not [i for i in ids - templates if i and word in i], (table.name, column)


def test_a_mapping_that_makes_ids_of_an_address_keys_them(old_ids, write, rows):
    query = "SELECT count(*) FROM signups WHERE source = 'towns' AND contains(signup_id, '@')"
    assert rows(old_ids, query) == [(3,)]
    oa.load_files(write("next", events="event_id,event_type\ne9,canvass\n"), store=old_ids)
    assert rows(old_ids, query) == [(0,)]


def test_a_store_without_its_key_is_not_loaded_into(old_ids, write):
    more = write("next", events="event_id,event_type\ne9,canvass\n")
    oa.load_files(more, store=old_ids)
    key = (old_ids / "forget.key").read_text()
    (old_ids / "forget.key").unlink()
    with pytest.raises(StoreError, match=r"forget\.key: this file is missing"):
        oa.load_files(more, store=old_ids)
    (old_ids / "forget.key").write_text("0" * 64 + "\n")
    with pytest.raises(StoreError, match="key of another store"):
        oa.load_files(more, store=old_ids)
    (old_ids / "forget.key").write_text(key)
    assert oa.load_files(more, store=old_ids).files[0].unchanged == 1
