"""The store: snapshots, readers and the lock; see test_under_fire.py for kills and full disks."""

from __future__ import annotations

import errno
import itertools
import json
import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock, UnixFileLock

import organizing_analytics as oa
from organizing_analytics.errors import StoreError
from organizing_analytics.private_files import copy_privately, make_private
from organizing_analytics.settings import Settings
from organizing_analytics.store import new_snapshot, writing

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and modes are POSIX")


def add_team(store, name):
    with new_snapshot(store) as draft:
        draft.connection.execute("INSERT INTO teams (team_id) VALUES (?)", [name])
    return draft.current


def teams(store):
    with oa.open_store(store) as data:
        return data.connection.sql("SELECT team_id FROM teams ORDER BY 1").fetchall()


def test_each_change_is_a_new_snapshot_and_few_stay(store):
    assert [add_team(store, f"t{i}") for i in range(7)] == [1, 2, 3, 4, 5, 6, 7]
    assert len(teams(store)) == 7
    assert len(list(store.glob("snapshot-*.duckdb"))) == Settings().keep_snapshots


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
    monkeypatch.setattr(writing, "MAX_MEMORY", "60 MB")
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
    monkeypatch.setattr(writing, "MAX_MEMORY", "900 TB")
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
        monkeypatch.setattr(writing, "MAX_MEMORY", "1 MB")  # of what follows: the draft has its own
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
        for i in range(2, 9):
            add_team(store, f"t{i}")
        assert len(data.sql("SELECT * FROM teams")) == 1
        # The snapshot that is still open was not removed; the others that are old were.
        assert (store / "snapshot-000001.duckdb").exists()
        assert not (store / "snapshot-000002.duckdb").exists()
        assert len(data.refresh().sql("SELECT * FROM teams")) == 8
    add_team(store, "t9")
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
    assert [process.wait(300) for process in running] == [0] * 4
    assert len(teams(store)) == 4


def test_readers_never_see_half_a_load(store):
    """Each change writes the same number into both tables; a reader must find them equal."""
    stop = threading.Event()
    seen, wrong = [], []

    def read():
        # However slow the machine, each reader reads a few times.
        for turn in itertools.count():
            if stop.is_set() and turn > 4:
                return
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
        reader.join()
    assert not wrong
    assert len(seen) > 10


# --- What the system refuses -------------------------------------------------------------------


def refuse(monkeypatch, where, name, code, *, only=""):
    """Make a call of the system fail for paths whose name holds `only`."""
    call = getattr(where, name)

    def refused(*given, **named):
        if only in " ".join(map(str, given)):
            raise OSError(code, os.strerror(code), str(given[0]))
        return call(*given, **named)

    monkeypatch.setattr(where, name, refused)


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM, errno.EBUSY, errno.EIO])
def test_an_old_snapshot_that_cannot_be_removed_fails_no_load(store, write, monkeypatch, code):
    for number in range(Settings().keep_snapshots):
        add_team(store, f"t{number}")
    with monkeypatch.context() as patch:
        refuse(patch, Path, "unlink", code, only="snapshot-000001")
        for number in range(2):
            result = oa.load_files(
                write(f"in{number}", teams=f"team_id\nn{number}\n"), store=store, timezone="UTC"
            )
            assert result.snapshot == Settings().keep_snapshots + 1 + number
            assert any("snapshot-000001" in text for text in result.warnings), result.warnings
        assert (store / "snapshot-000001.duckdb").exists()
    assert len(teams(store)) == Settings().keep_snapshots + 2
    add_team(store, "last")
    assert not (store / "snapshot-000001.duckdb").exists()


def test_no_clean_up_decides_about_success(store, monkeypatch):
    """Neither the lock, nor who held it, nor drafts, nor old snapshots: all refuse to go."""
    for number in range(Settings().keep_snapshots):
        add_team(store, f"t{number}")
    (store / ".draft-left").write_text("by a killed load")
    (store / ".draft-folder").mkdir()
    refuse(monkeypatch, Path, "unlink", errno.EACCES)
    refuse(monkeypatch, os, "rmdir", errno.EACCES)
    refuse(monkeypatch, UnixFileLock if os.name == "posix" else FileLock, "_release", errno.EIO)
    assert add_team(store, "new") == Settings().keep_snapshots + 1
    assert len(teams(store)) == Settings().keep_snapshots + 1


@POSIX
@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS])
def test_a_file_system_that_cannot_sync_folders_is_good_enough(store, monkeypatch, code):
    fsync = os.fsync

    def only_files(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(code, os.strerror(code))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", only_files)
    assert add_team(store, "t1") == 1


@POSIX
def test_a_fault_after_the_switch_does_not_say_that_nothing_was_changed(store, monkeypatch):
    add_team(store, "t1")
    fsync = os.fsync

    def faulty(handle):
        is_switched = json.loads((store / "store.json").read_text())["snapshot"] == 2
        if is_switched and stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", faulty)
    with pytest.raises(StoreError, match="fault.*Snapshot 2 is in force") as caught:
        add_team(store, "t2")
    assert "Nothing was changed" not in str(caught.value)
    monkeypatch.undo()
    assert len(teams(store)) == 2


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "read-only file system"),
        (errno.EACCES, "may not write"),
        (errno.EIO, "reports a fault"),
        (errno.ESTALE, "network drive"),
        (errno.ENOMEM, "Memory"),
    ],
)
@pytest.mark.parametrize("call", ["replace", "rename"])
def test_what_the_system_refuses_is_called_by_its_name(store, monkeypatch, code, words, call):
    add_team(store, "t1")
    monkeypatch.setattr("organizing_analytics.private_files.time.sleep", lambda _: None)
    refuse(monkeypatch, Path, call, code, only="draft-")
    with pytest.raises(StoreError, match=words) as caught:
        add_team(store, "t2")
    assert "Nothing was changed" in str(caught.value)
    monkeypatch.undo()
    assert teams(store) == [("t1",)]
    assert not list(store.glob(".draft*"))


@POSIX
@pytest.mark.parametrize("code", [errno.EPERM, errno.EROFS, errno.EIO])
def test_a_file_that_others_may_read_and_that_cannot_be_hidden_is_refused(
    tmp_path, monkeypatch, code
):
    path = tmp_path / "names"
    path.touch(mode=0o600)
    refuse(monkeypatch, Path, "chmod", code)
    make_private(path)  # it is hidden as it is: there is nothing to change
    os.chmod(path, 0o644)  # noqa: PTH101  # the method is the one that refuses
    with pytest.raises(StoreError, match="cannot be hidden from other users"):
        make_private(path)


@POSIX
def test_a_drive_that_hides_all_files_by_itself_needs_no_modes(store, monkeypatch):
    refuse(monkeypatch, Path, "chmod", errno.EPERM)
    before = os.umask(0o077)
    try:
        assert add_team(store, "t1") == 1
    finally:
        os.umask(before)


@POSIX
@pytest.mark.parametrize("code", [errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK, errno.EINVAL])
def test_where_there_are_no_locks_a_marker_takes_their_place(store, monkeypatch, code):
    add_team(store, "t1")
    assert (store / "load.lock").exists()  # it stays where there are locks: no marker
    monkeypatch.setattr(
        "filelock._unix.lock_fd_nonblocking", lambda _: (_ for _ in ()).throw(OSError(code, "no"))
    )
    assert add_team(store, "t2") == 2
    marker = store / "load.lock.marker"
    with new_snapshot(store) as draft:
        assert marker.exists()
        busy = pytest.raises(StoreError, match=f"(?s)another load.*no locks.*{marker}")
        with busy, new_snapshot(store, wait_seconds=0.1):
            pass
        draft.keep = False
    assert not marker.exists()
    # One whose process is gone is passed over.
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    marker.write_text(f"{gone.pid}\n{socket.gethostname()}\n")
    assert add_team(store, "t3") == 3


@pytest.mark.parametrize("damage", ["noise", "cut off", "empty", "hole", "of a newer engine"])
def test_a_damaged_old_snapshot_is_removed_in_its_time(store, damage):
    add_team(store, "t1")
    path = store / "snapshot-000001.duckdb"
    whole = path.read_bytes()
    path.write_bytes(
        {
            "noise": os.urandom(5000),
            "cut off": whole[: len(whole) // 2],
            "empty": b"",
            "hole": whole[:4096] + bytes(len(whole) - 4096),
            "of a newer engine": whole[:12] + b"\xff" * 8 + whole[20:],
        }[damage]
    )
    (store / "store.json").write_text((store / "store.json").read_text().replace(": 1,", ": 2,"))
    (store / "snapshot-000002.duckdb").write_bytes(whole)
    for number in range(Settings().keep_snapshots):
        add_team(store, f"n{number}")
    assert not path.exists()


def test_what_killed_readers_spilled_goes_with_its_snapshot(store):
    add_team(store, "t1")
    spilled = store / "snapshot-000001.duckdb.query-1.tmp"
    spilled.mkdir()
    (spilled / "names").write_text("Ann")
    for number in range(Settings().keep_snapshots):
        add_team(store, f"n{number}")
    assert not spilled.exists()
