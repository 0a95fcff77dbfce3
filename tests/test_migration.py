"""A store that an older version made is read as it is, and brought up to date by the next load."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from conftest import SMALL

import organizing_analytics as oa
from organizing_analytics.errors import StoreError
from organizing_analytics.schema import FORMAT

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
