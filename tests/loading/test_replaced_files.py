"""A file that is replaced while it is loaded: the old bytes or the new ones, never a mixture."""

from __future__ import annotations

import gzip
import io
import os
import threading

import pytest
from openpyxl import Workbook

import organizing_analytics as oa
from organizing_analytics.errors import FileError
from organizing_analytics.loading import load as loading
from organizing_analytics.loading import one_load, same_bytes
from organizing_analytics.store import new_snapshot

OLD = [["person_id", "given_name", "email"], ["p1", "Ann", "ann@example.org"]]
SWAPPED = [["person_id", "email", "given_name"], ["p1", "ann@example.org", "Ann"]]
WIDER = [["person_id", "given_name", "email", "phone"], ["p1", "Ann", "ann@example.org", ""]]


def text_of(rows):
    return "".join(",".join(row) + "\n" for row in rows).encode()


def book_of(rows):
    book, out = Workbook(), io.BytesIO()
    book.active.title = "people"
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


FORMS = {
    "people.csv": text_of,
    "people.csv.gz": lambda rows: gzip.compress(text_of(rows), mtime=0),
    "people.txt": lambda rows: text_of(rows).decode().encode("utf-16"),
    "people.xlsx": book_of,
}


def replaced(path, content):
    draft = path.with_name(".new")
    draft.write_bytes(content)
    draft.replace(path)


def people(store):
    with oa.open_store(store) as data:
        query = "SELECT person_id, given_name, email FROM people"
        return data.connection.sql(query).fetchall()


@pytest.fixture
def between(monkeypatch):
    """Do something right after a file was opened, and right after it was staged, once."""

    def _between(when, act):
        done = []

        def once(call):
            def _call(*given, **named):
                outcome = call(*given, **named)
                if not done:
                    done.append(True)
                    act()
                return outcome

            return _call

        if when == "opened":
            monkeypatch.setattr(loading, "open_files", once(loading.open_files))
        else:
            monkeypatch.setattr(one_load.staging, "stage", once(one_load.staging.stage))

    return _between


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("rows", [SWAPPED, WIDER], ids=["columns swapped", "a column more"])
@pytest.mark.parametrize("moment", ["opened", "staged"])
def test_what_is_stored_was_checked(store, between, name, rows, moment):
    path = store.with_name(name)
    path.write_bytes(FORMS[name](OLD))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    between(moment, lambda: replaced(path, FORMS[name](rows)))
    result = oa.load_files(path, store=store, timezone="UTC")
    assert result.rejects == []
    assert people(store) == [("p1", "Ann", "ann@example.org")]


def test_a_file_that_is_written_over_in_place(tmp_path, store, between):
    path = tmp_path / "people.csv"
    path.write_bytes(text_of(OLD))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    between("staged", lambda: path.write_bytes(text_of(WIDER)))
    assert oa.load_files(path, store=store, timezone="UTC").rejects == []
    assert people(store) == [("p1", "Ann", "ann@example.org")]


def test_the_same_size_and_time_are_not_enough(tmp_path, store, between, monkeypatch):
    """A file system with coarse times: the bytes of a file that was just written are compared."""
    path = tmp_path / "people.csv"
    path.write_bytes(text_of(OLD))
    between("opened", lambda: path.write_bytes(text_of(SWAPPED)))
    take = same_bytes.Fingerprint.of

    def coarse(path, **named):
        return same_bytes.Fingerprint((0,), take(path, **named).digest)

    monkeypatch.setattr(same_bytes.Fingerprint, "of", coarse)
    oa.load_files(path, store=store, timezone="UTC")
    assert people(store) == [("p1", "Ann", "ann@example.org")]


def test_a_file_that_never_stays_the_same_is_refused_and_nothing_stored(
    tmp_path, store, monkeypatch
):
    path = tmp_path / "people.csv"
    path.write_bytes(text_of(OLD))
    times = iter(range(100))
    stage = one_load.staging.stage

    def stage_and_change(*given, **named):
        staged = stage(*given, **named)
        replaced(path, text_of([*OLD, [f"q{next(times)}", "Bo", ""]]))
        return staged

    monkeypatch.setattr(one_load.staging, "stage", stage_and_change)
    with pytest.raises(FileError, match=r"people\.csv: this file was changed while"):
        oa.load_files(path, store=store, timezone="UTC")
    assert not (store / "store.json").exists()


def test_a_file_that_is_removed_while_it_is_loaded(tmp_path, store, between):
    path = tmp_path / "people.csv"
    path.write_bytes(text_of(OLD))
    between("opened", path.unlink)
    with pytest.raises(FileError, match="no such file"):
        oa.load_files(path, store=store, timezone="UTC")


def test_a_file_replaced_during_the_wait_for_another_load(tmp_path, store, between):
    path = tmp_path / "people.csv"
    path.write_bytes(text_of(OLD))
    free = threading.Event()
    holding = threading.Event()

    def hold():
        with new_snapshot(store) as draft:
            draft.keep = False
            holding.set()
            free.wait(300)

    other = threading.Thread(target=hold)
    other.start()
    assert holding.wait(300)

    def swap_and_let_go():
        replaced(path, text_of(SWAPPED))
        free.set()

    between("opened", swap_and_let_go)
    oa.load_files(path, store=store, timezone="UTC")
    other.join()
    assert people(store) == [("p1", "Ann", "ann@example.org")]
