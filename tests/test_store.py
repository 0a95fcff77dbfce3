"""The store: snapshots, readers and the lock; see test_under_fire.py for kills and full disks."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading

import duckdb
import pytest

import organizing_analytics as oa
from organizing_analytics.errors import StoreError
from organizing_analytics.private_files import copy_privately
from organizing_analytics.store import new_snapshot, writing
from organizing_analytics.store.snapshots import KEEP

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and modes are POSIX")


def add_team(store, name):
    with new_snapshot(store) as draft:
        draft.connection.execute("INSERT INTO teams (team_id) VALUES (?)", [name])
    return draft.current


def teams(store):
    with oa.open_store(store) as data:
        return data.connection.sql("SELECT team_id FROM teams ORDER BY 1").fetchall()


def test_each_change_is_a_new_snapshot_and_few_stay(store):
    assert [add_team(store, f"t{i}") for i in range(5)] == [1, 2, 3, 4, 5]
    assert len(teams(store)) == 5
    assert len(list(store.glob("snapshot-*.duckdb"))) == KEEP


def test_a_copy_of_a_snapshot_is_whole_and_its_owners_alone(tmp_path):
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(os.urandom(1 << 20))
    copy_privately(source, target)
    assert target.read_bytes() == source.read_bytes()
    target.write_bytes(b"changed")  # blocks may be shared, contents are not
    assert len(source.read_bytes()) == 1 << 20
    if os.name == "posix":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_writer_lays_down_what_its_memory_does_not_hold_and_clears_it_away(store, monkeypatch):
    monkeypatch.setattr(writing, "MOST_MEMORY", "60 MB")
    with new_snapshot(store) as draft:
        draft.connection.execute(
            "CREATE TEMP TABLE large AS SELECT hash(i)::VARCHAR AS x FROM range(4_000_000) t(i)"
        )
        spilled = list(store.glob(".draft*.tmp/*"))
        draft.connection.execute(
            "INSERT INTO teams (team_id) SELECT x FROM large ORDER BY x LIMIT 1000"
        )
    assert spilled
    assert len(teams(store)) == 1000
    assert not list(store.glob(".draft*"))


def test_a_writer_takes_no_more_than_the_machine_gives(store, monkeypatch):
    monkeypatch.setattr(writing, "MOST_MEMORY", "900 TB")
    with new_snapshot(store) as draft:
        held = "SELECT current_setting('memory_limit')"
        with duckdb.connect() as other:
            given = other.execute(held).fetchall()
        assert draft.connection.execute(held).fetchall() == given


def test_files_written_anew_keep_to_the_memory_of_a_writer(store, monkeypatch):
    add_team(store, "t1")
    with pytest.raises(StoreError, match="memory"), new_snapshot(store, afresh=True) as draft:
        draft.connection.execute(
            "INSERT INTO teams (team_id) SELECT hash(i)::VARCHAR FROM range(200_000) t(i)"
        )
        monkeypatch.setattr(
            writing, "MOST_MEMORY", "1 MB"
        )  # of what follows: the draft has its own
    assert teams(store) == [("t1",)]


def test_a_failure_inside_changes_nothing(store):
    add_team(store, "t1")
    with pytest.raises(ZeroDivisionError), new_snapshot(store) as draft:
        draft.connection.execute("DELETE FROM teams")
        raise ZeroDivisionError
    assert teams(store) == [("t1",)]
    assert not list(store.glob(".draft*"))


def test_an_open_store_stays_at_its_snapshot_until_refreshed(store):
    add_team(store, "t1")
    with oa.open_store(store) as data:
        for i in range(2, 7):
            add_team(store, f"t{i}")
        assert len(data.sql("SELECT * FROM teams")) == 1
        # The snapshot that is still open was not removed; the others that are old were.
        assert (store / "snapshot-000001.duckdb").exists()
        assert not (store / "snapshot-000002.duckdb").exists()
        assert len(data.refresh().sql("SELECT * FROM teams")) == 6
    add_team(store, "t7")
    assert not (store / "snapshot-000001.duckdb").exists()


def test_a_reader_cannot_write(store):
    add_team(store, "t1")
    with oa.open_store(store) as data, pytest.raises(Exception, match="read-only"):
        data.sql("DELETE FROM teams")


def test_no_store(tmp_path):
    with pytest.raises(StoreError, match="there is no store"):
        oa.open_store(tmp_path / "none")


def test_a_folder_that_is_not_a_store(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Ann")
    for use in (oa.open_store, lambda p: add_team(p, "t")):
        with pytest.raises(StoreError, match="not a store"):
            use(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_is_not_a_store(tmp_path):
    path = tmp_path / "store"
    path.write_text("")
    with pytest.raises(StoreError, match="is a file"):
        oa.open_store(path)


def test_a_store_made_by_a_newer_version(store):
    add_team(store, "t1")
    (store / "store.json").write_text(json.dumps({"format": 99, "snapshot": 1}))
    for use in (oa.open_store, lambda p: add_team(p, "t")):
        with pytest.raises(StoreError, match="newer version"):
            use(store)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"format": 1}',
        "[]",
        '{"format": 1, "snapshot": "x"}',
        '{"format": 1, "snapshot": 1, "settings": {"timezone": "Mars"}}',
    ],
)
def test_a_broken_pointer_says_how_to_mend_it(store, text):
    add_team(store, "t1")
    (store / "store.json").write_text(text)
    with pytest.raises(StoreError, match="highest"):
        oa.open_store(store)


def test_a_lost_snapshot(store):
    add_team(store, "t1")
    (store / "snapshot-000001.duckdb").unlink()
    with pytest.raises(StoreError, match="cannot be opened"):
        oa.open_store(store)


@POSIX
def test_files_are_for_their_owner_only(store, small):
    oa.load_files(small, store=store, timezone="UTC")
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in [store, *store.rglob("*")]}
    assert modes.pop("store") == 0o700
    assert set(modes.values()) == {0o600}


def test_a_second_writer_waits_then_says_who_holds_it(store):
    with new_snapshot(store), pytest.raises(StoreError, match=f"process {os.getpid()}"):
        code = (
            "import organizing_analytics.store as s\n"
            f"try:\n    with s.new_snapshot(__import__('pathlib').Path({str(store)!r}), wait_seconds=.1): pass\n"
            "except Exception as e: print(e)"
        )
        said = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        raise StoreError(said.stdout)


def test_two_loads_at_once_both_go_in(store, write):
    folders = [write(f"in{i}", teams=f"team_id\nt{i}\n") for i in range(4)]
    running = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "organizing_analytics",
                "load",
                str(f),
                "--store",
                str(store),
                "--timezone",
                "UTC",
            ],
            stdout=subprocess.DEVNULL,
        )
        for f in folders
    ]
    assert [process.wait(60) for process in running] == [0] * 4
    assert len(teams(store)) == 4


def test_readers_never_see_half_a_load(store):
    """Each change writes the same number into both tables; a reader must find them equal."""
    stop = threading.Event()
    seen, wrong = [], []

    def read():
        while not stop.is_set():
            with oa.open_store(store) as data:
                query = "SELECT (SELECT count(*) FROM teams), (SELECT count(*) FROM events)"
                (pair,) = data.connection.sql(query).fetchall()
            seen.append(pair)
            if pair[0] != pair[1]:
                wrong.append(pair)

    def change(i):
        with new_snapshot(store) as draft:
            draft.connection.execute("INSERT INTO teams (team_id) VALUES (?)", [f"t{i}"])
            draft.connection.execute("INSERT INTO events (event_id) VALUES (?)", [f"e{i}"])

    change(0)
    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for i in range(1, 12):
        change(i)
    stop.set()
    for reader in readers:
        reader.join(30)
    assert not wrong
    assert len(seen) > 10
