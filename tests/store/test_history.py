"""What changed a store is told, and every change but a forgetting can be taken back."""

from __future__ import annotations

import json
import shlex
from contextlib import suppress
from pathlib import Path

import pytest

import organizing_analytics as oa
from organizing_analytics.cli import main as oa_main
from organizing_analytics.errors import OptionError, StoreError
from organizing_analytics.store import new_snapshot
from organizing_analytics.store.history import store_history
from organizing_analytics.store.undoing import undo

ANN = "person_id,given_name,family_name,email,phone\np1,Ann,Roe,ann@example.org,(555) 876-5432\n"
ANN_AND_BO = ANN + "p2,Bo,Lee,bo@example.org,\n"


@pytest.fixture
def loaded_twice(write, store):
    oa.load_files(write("first", people=ANN), store=store, timezone="America/Chicago")
    oa.load_files(write("second", people=ANN_AND_BO), store=store)
    return store


def people_in(store):
    with oa.open_store(store) as data:
        return sorted(data.sql("SELECT person_id FROM people")["person_id"])


def actions(store):
    return [(entry.snapshot, entry.action) for entry in store_history(store)]


def test_history_tells_what_each_load_brought(loaded_twice):
    newest, first = store_history(loaded_twice)
    assert (newest.snapshot, newest.action, newest.is_current) == (2, "load", True)
    assert newest.summary == "1 file: 1 new rows, 1 unchanged"
    [brought] = newest.files
    assert (brought["file"], brought["new"], brought["unchanged"]) == ("people.csv", 1, 1)
    assert (first.is_current, first.is_kept) == (False, True)


def test_undo_takes_back_a_load_and_can_be_taken_back(loaded_twice):
    undone = undo(store=loaded_twice)
    assert (undone.snapshot, undone.restored) == (3, 1)
    assert undone.taken_back == ["snapshot 2, load: 1 file: 1 new rows, 1 unchanged"]
    assert people_in(loaded_twice) == ["p1"]
    undo(store=loaded_twice)
    assert people_in(loaded_twice) == ["p1", "p2"]
    assert actions(loaded_twice) == [(4, "undo"), (3, "undo"), (2, "load"), (1, "load")]


def test_an_undone_load_still_tells_its_files(loaded_twice):
    undo(store=loaded_twice)
    by_number = {entry.snapshot: entry for entry in store_history(loaded_twice)}
    assert [f["new"] for f in by_number[2].files] == [1]


def test_undo_takes_back_settings_with_their_local_dates(small, store):
    oa.load_files(small, store=store, timezone="America/New_York")
    from organizing_analytics.loading.settings_change import change_settings

    change_settings(["timezone=Asia/Tokyo", "lapse_days=30"], store=store)
    undo(store=store)
    with oa.open_store(store) as data:
        assert (data.settings.timezone, data.settings.lapse_days) == ("America/New_York", 60)


def test_undo_takes_back_a_join(loaded_twice):
    oa.join_people("p1", "p2", store=loaded_twice)
    assert people_in(loaded_twice) == ["p1"]
    assert undo(store=loaded_twice).taken_back[0].startswith("snapshot 3, join")
    assert people_in(loaded_twice) == ["p1", "p2"]


def test_forgetting_is_not_undone_and_older_snapshots_do_not_bring_the_person_back(loaded_twice):
    oa.forget("p1", store=loaded_twice)
    with pytest.raises(OptionError, match="forget a person, which cannot be undone"):
        undo(store=loaded_twice)
    undo(to=1, store=loaded_twice)
    assert not any(p == "p1" for p in people_in(loaded_twice))
    held = b"".join(path.read_bytes() for path in loaded_twice.glob("*.duckdb"))
    assert b"ann@example.org" not in held


def test_a_forgotten_person_stays_out_after_going_back(loaded_twice, write):
    oa.forget("p1", store=loaded_twice)
    undo(to=1, store=loaded_twice)
    oa.load_files(write("again", people=ANN_AND_BO), store=loaded_twice)
    assert [p for p in people_in(loaded_twice) if p in {"p1", "p2"}] == ["p2"]


def test_what_is_not_kept_is_refused_by_name(loaded_twice):
    with pytest.raises(OptionError, match=r"Snapshot 7 is not there to go back to. Kept are 1\."):
        undo(to=7, store=loaded_twice)
    assert people_in(loaded_twice) == ["p1", "p2"]


def test_nothing_is_taken_back_when_another_writer_was_quicker(loaded_twice, monkeypatch):
    import organizing_analytics.store.undoing as module

    def slower(folder, **options):
        with new_snapshot(folder):
            pass
        return new_snapshot(folder, **options)

    monkeypatch.setattr(module, "new_snapshot", slower)
    with pytest.raises(StoreError, match="changed in the meantime"):
        undo(store=loaded_twice)
    assert people_in(loaded_twice) == ["p1", "p2"]


def test_the_commands_answer_in_json(run, loaded_twice):
    entries = json.loads(run("history", "--store", loaded_twice, "--json"))["snapshots"]
    assert [entry["snapshot"] for entry in entries] == [2, 1]
    undone = json.loads(run("undo", "--store", loaded_twice, "--json"))
    assert (undone["snapshot"], undone["restored"]) == (3, 1)
    assert "back to snapshot 1" in run("history", "--store", loaded_twice)


def test_the_printed_command_loads_the_corrected_rows(run, write, store, tmp_path):
    sheet = tmp_path / "own.csv"
    sheet.write_text("Who,Joined\nx1,2026-03-01\nx2,whenever\n", encoding="utf-8")
    mapping = tmp_path / "my own.toml"
    mapping.write_text(
        'name = "own"\n[[table]]\ntable = "people"\n[table.columns]\n'
        'person_id = "Who"\njoined_on = "Joined"\n',
        encoding="utf-8",
    )
    said = run("load", sheet, "--source", mapping, "--store", store, "--timezone", "UTC")
    [command] = [line for line in said.splitlines() if "then: oa load" in line]
    words = shlex.split(command.partition("then: oa ")[2])
    corrections = Path(words[1])
    corrections.write_text(
        corrections.read_text("utf-8").replace("whenever", "2026-03-02"), "utf-8"
    )
    run(*words)
    assert people_in(store) == ["x1", "x2"]


def test_a_load_of_which_every_row_is_rejected_exits_with_1(run, write, store):
    folder = write(people="person_id,joined_on\np9,whenever\n")
    said = run("load", folder, "--store", store, "--timezone", "UTC", code=1)
    assert "Every row was rejected" in said


def test_a_new_time_zone_names_the_files_to_load_again(capsys, small, store):
    def said_beside(*words):
        with suppress(SystemExit):
            oa_main([*map(str, words), "--store", str(store)])
        return capsys.readouterr().err

    said_beside("load", small, "--timezone", "America/New_York")
    assert not said_beside("settings", "lapse_days=50")
    asks = "ask_id,asked_at,person_id,ask_for,outcome\na1,2026-03-01T10:00,p1,canvass,yes\n"
    (small / "asks.csv").write_text(asks, encoding="utf-8")
    said_beside("load", small)
    # The shift's time is read by its event's own zone: only the ask moves.
    said = said_beside("settings", "timezone=America/Denver")
    assert said.endswith(":\n  asks.csv (read by America/New_York)\n")
    said_beside("load", small)
    with oa.open_store(store) as data:
        assert str(data.sql("SELECT asked_at FROM asks")["asked_at"][0]) == "2026-03-01 17:00:00"
    assert not said_beside("settings", "lapse_days=40")
