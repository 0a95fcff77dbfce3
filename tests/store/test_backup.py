"""Copies of a store that are whole, and correction files that do not grow without end."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading

import pytest

import organizing_analytics as oa
from organizing_analytics.errors import StoreError
from organizing_analytics.store import corrections, new_snapshot

BAD = "person_id,given_name,do_not_contact\np1,Ann,yes\np2,Bo,maybe\n"


def load(store, write, *, people=BAD, folder="in"):
    return oa.load_files(write(folder, people=people), store=store, timezone="UTC")


def people_of(store):
    with oa.open_store(store) as data:
        return data.connection.sql("SELECT count(*) FROM people").fetchall()[0][0]


def test_a_backup_is_a_store(store, write, tmp_path, run):
    load(store, write)
    (store / ".draft-left").write_text("by a killed load")
    target = tmp_path / "backup"
    said = json.loads(run("backup", target, "--store", store, "--json"))
    assert (said["snapshot"], said["folder"]) == (1, str(target))
    assert people_of(target) == 1
    names = {path.name for path in target.rglob("*") if path.is_file()}
    assert {"store.json", "snapshot-000001.duckdb", "backup.json"} <= names
    assert any(name.startswith("people.rejected-1") for name in names)
    assert not names & {"load.lock", "load.holder.json", ".draft-left"}
    if os.name == "posix":
        modes = {stat.S_IMODE(path.stat().st_mode) for path in [target, *target.rglob("*")]}
        assert modes <= {0o600, 0o700}
    # It goes on as a store of its own; a second backup takes the place of the first.
    load(target, write, people="person_id,given_name\nq1,Cy\n", folder="more")
    assert people_of(target) == 2
    load(store, write, people="person_id,given_name\nq1,Cy\nq2,Di\n", folder="other")
    run("backup", target, "--store", store)
    assert people_of(target) == 3
    assert not list(target.glob("snapshot-000001.duckdb"))
    assert not list(tmp_path.glob(".backup-*"))


def test_a_backup_keeps_the_words_of_the_campaign(store, write, tmp_path, run):
    load(store, write)
    words = tmp_path / "own.toml"
    words.write_text('thanks = "Thank you all the same!"\n')
    run("words", words, "--store", store)
    run("backup", tmp_path / "backup", "--store", store)
    texts = json.loads(run("words", "--store", tmp_path / "backup", "--json"))
    assert texts["thanks"] == "Thank you all the same!"
    assert (tmp_path / "backup" / "words.toml").read_bytes() == words.read_bytes()


def test_backups_while_loads_run_are_each_whole(store, write, tmp_path):
    """A snapshot and its settings, every time, with as many people as it has events."""

    def rows(number):
        return {
            "people": f"person_id\np{number}\n",
            "events": f"event_id,event_type\ne{number},canvass\n",
        }

    oa.load_files(write("first", **rows(0)), store=store, timezone="UTC")
    folders = [write(f"in{number}", **rows(number)) for number in range(1, 9)]
    stop = threading.Event()

    def work():
        for folder in folders:
            oa.load_files(folder, store=store)
        stop.set()

    loads = threading.Thread(target=work)
    loads.start()
    seen = set()
    while not stop.is_set():
        made = oa.backup(tmp_path / "backup", store=store)
        with oa.open_store(made.folder) as data:
            query = "SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM events)"
            (pair,) = data.connection.sql(query).fetchall()
        assert pair == (made.snapshot, made.snapshot)
        seen.add(made.snapshot)
    loads.join()
    assert len(seen) >= 2


def test_a_backup_waits_for_a_load_and_says_for_whom(store, write, tmp_path):
    load(store, write)
    code = (
        "import sys, pathlib, organizing_analytics.store as s\n"
        "with s.new_snapshot(pathlib.Path(sys.argv[1])) as draft:\n"
        "    draft.keep = False\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(store)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match=f"process {other.pid}"):
            oa.backup(tmp_path / "backup", store=store, wait_seconds=0.1)
        other.stdin.close()
    assert not (tmp_path / "backup").exists()


@pytest.mark.parametrize("where", ["store", "store/inside", "", "letters"])
def test_a_backup_replaces_nothing_else(store, write, tmp_path, where):
    load(store, write)
    letters = tmp_path / "letters"
    letters.mkdir()
    (letters / "letter.txt").write_text("Dear Ann")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with pytest.raises(StoreError, match="cannot lie in the store|something else"):
        oa.backup(tmp_path / where, store=store)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_a_store_in_use_is_not_overwritten_by_a_backup(store, write, tmp_path):
    load(store, write)
    load(tmp_path / "other", write, people="person_id\nx1\n", folder="x")
    with pytest.raises(StoreError, match="something else"):
        oa.backup(tmp_path / "other", store=store)
    assert people_of(tmp_path / "other") == 1


def test_a_snapshot_that_is_damaged_makes_no_backup(store, write, tmp_path):
    load(store, write)
    (store / "snapshot-000001.duckdb").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="Nothing was changed there"):
        oa.backup(tmp_path / "backup", store=store)
    assert not (tmp_path / "backup").exists()


# --- Correction files --------------------------------------------------------------------------


def rejected(store):
    return sorted(path.name for path in (store / "rejects").glob("*.csv"))


def test_the_same_rejected_rows_are_written_once(store, write):
    for number in range(4):  # a cumulative export: the bad row comes back, others are new
        result = load(store, write, people=f"{BAD}n{number},Di,\n")
        assert [path.rpartition("/")[2] for path in result.corrections] == ["people.rejected-1.csv"]
    assert rejected(store) == ["people.rejected-1.csv"]
    load(store, write, people=f"{BAD}p9,Ed,nothing\n")
    assert rejected(store) == ["people.rejected-1.csv", "people.rejected-5.csv"]


def test_old_corrections_go_and_edited_ones_stay(store, write, monkeypatch):
    monkeypatch.setattr(corrections, "MAX_FILES", 3)
    for number in range(1, 7):
        load(store, write, people=f"person_id,do_not_contact\nq{number},maybe\n")
        if number == 2:
            (store / "rejects" / "people.rejected-2.csv").write_text(
                "person_id,do_not_contact\nq2,yes\n"
            )
    names = [f"people.rejected-{number}.csv" for number in (2, 4, 5, 6)]
    assert rejected(store) == names
    if os.name == "posix":
        assert {stat.S_IMODE(p.stat().st_mode) for p in (store / "rejects").iterdir()} == {0o600}


def test_corrections_that_cannot_be_removed_fail_nothing(store, write, monkeypatch):
    monkeypatch.setattr(corrections, "MAX_FILES", 0)
    monkeypatch.setattr(corrections, "discard", lambda _: False)
    assert load(store, write).snapshot == 1
    with new_snapshot(store) as draft:
        draft.files["rejects/x.rejected-2.csv"] = "a\n"
    assert rejected(store) == ["people.rejected-1.csv", "x.rejected-2.csv"]
