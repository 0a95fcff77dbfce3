"""Loading templates: nothing lost, nothing half-done, said clearly."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from conftest import SMALL

import organizing_analytics as oa
from organizing_analytics.errors import FileError, OptionError, RejectedRowsError, StoreError
from organizing_analytics.loading import FileCount, LoadResult


def count(result: LoadResult, table: str) -> FileCount:
    (found,) = [f for f in result.files if f.table == table]
    return found


def adds_up(result: LoadResult) -> bool:
    return all(
        f.rows == f.new + f.updated + f.unchanged + f.skipped + f.rejected for f in result.files
    )


def test_a_folder_of_templates_loads_whole(small, store, rows):
    result = oa.load_files(small, store=store, timezone="America/Chicago")
    assert result.snapshot == 1
    assert not result.rejects
    assert adds_up(result)
    assert count(result, "signups").new == 2
    # 10:00 in New York in winter is 15:00 UTC; the local date is the event's.
    assert rows(store, "SELECT starts_at::VARCHAR, starts_on::VARCHAR FROM shifts") == [
        ("2026-03-07 15:00:00", "2026-03-07")
    ]
    assert rows(store, "SELECT attended FROM signups ORDER BY signup_id") == [(True,), (None,)]
    assert rows(store, "SELECT DISTINCT source FROM signups") == [("templates",)]


def test_loading_twice_changes_nothing(small, store):
    oa.load_files(small, store=store, timezone="UTC")
    again = oa.load_files(small, store=store)
    assert again.snapshot == 1
    assert again.changed == 0
    assert sum(f.unchanged for f in again.files) == sum(f.rows for f in again.files)


def test_a_newer_export_updates_and_only_what_it_has(small, store, write, rows):
    oa.load_files(small, store=store, timezone="UTC")
    newer = write(
        "newer",
        signups="signup_id,shift_id,person_id,status,attended\ng2,s1,p2,confirmed,no\n",
        people="person_id,family_name\np1,Lee\n",
    )
    result = oa.load_files(newer, store=store)
    assert (result.snapshot, count(result, "signups").updated, count(result, "people").updated) == (
        2,
        1,
        1,
    )
    assert rows(store, "SELECT attended FROM signups WHERE signup_id = 'g2'") == [(False,)]
    # The file has no given_name: what is known stays.
    assert rows(store, "SELECT given_name, family_name FROM people WHERE person_id = 'p1'") == [
        ("Ann", "Lee")
    ]


def test_an_empty_cell_of_a_newer_export_empties(small, store, write, rows):
    oa.load_files(small, store=store, timezone="UTC")
    newer = write(
        "newer", signups="signup_id,shift_id,person_id,status,attended\ng1,s1,p1,registered,\n"
    )
    oa.load_files(newer, store=store)
    assert rows(store, "SELECT attended FROM signups WHERE signup_id = 'g1'") == [(None,)]


FAULTS = {
    "a date that is none": (
        "g3,s1,p1,registered,,2026-02-30T10:00",
        "signed_up_at",
        "2026-02-30T10:00",
    ),
    "a value that is not allowed": ("g3,s1,p1,registered,maybe,", "attended", "maybe"),
    "a status that is not allowed": ("g3,s1,p1,pending,,", "status", "pending"),
    "a shift that nobody has": ("g3,s9,p1,registered,,", "shift_id", "s9"),
    "a person whom nobody has": ("g3,s1,p9,registered,,", "person_id", "p9"),
    "an empty required cell": ("g3,,p1,registered,,", "shift_id", None),
    "an empty key": (",s1,p1,registered,,", "signup_id", None),
    "a slip of the pen in the year": (
        "g3,s1,p1,registered,,0026-03-01T10:00",
        "signed_up_at",
        "0026-03-01T10:00",
    ),
    "the word infinity": ("g3,s1,p1,registered,,infinity", "signed_up_at", "infinity"),
    "a time of day that is none": (
        "g3,s1,p1,registered,,2026-03-01T25:00",
        "signed_up_at",
        "2026-03-01T25:00",
    ),
    "too few cells": ("g3,s1,p1", None, None),
    "too many cells": ("g3,s1,p1,registered,,,x,y", None, None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_row_is_rejected_and_the_rest_loads(fault, store, write, rows):
    line, column, value = FAULTS[fault]
    head = "signup_id,shift_id,person_id,status,attended,signed_up_at\n"
    folder = write(
        **SMALL | {"signups": f"{head}g1,s1,p1,registered,yes,\n{line}\ng2,s1,p2,confirmed,,\n"}
    )
    result = oa.load_files(folder, store=store, timezone="UTC")
    (reject,) = result.rejects
    assert (reject.file, reject.row, reject.column, reject.value) == (
        "signups.csv",
        3,
        column,
        value,
    )
    assert reject.reason
    assert (count(result, "signups").new, count(result, "signups").rejected) == (2, 1)
    assert adds_up(result)
    assert rows(store, "SELECT signup_id FROM signups ORDER BY 1") == [("g1",), ("g2",)]
    # The store keeps it too, with the row as it was written.
    assert rows(store, 'SELECT "row", "column" FROM rejects') == [(3, column)]


def test_two_different_rows_with_one_key_are_both_rejected(store, write):
    folder = write(**SMALL | {"people": "person_id,given_name\np1,Ann\np2,Bo\np2,Bob\np3,Cy\n"})
    result = oa.load_files(folder, store=store, timezone="UTC")
    assert [(r.file, r.row) for r in result.rejects] == [
        ("people.csv", 3),
        ("people.csv", 4),
        ("signups.csv", 3),  # p2's sign-up has nobody now
    ]
    assert adds_up(result)


def test_two_equal_rows_with_one_key_are_one(store, write, rows):
    folder = write(**SMALL | {"people": "person_id,given_name\np1,Ann\np2,Bo\np2,Bo\n"})
    result = oa.load_files(folder, store=store, timezone="UTC")
    people = count(result, "people")
    assert (people.new, people.unchanged, people.rejected) == (2, 1, 0)
    assert rows(store, "SELECT count(*) FROM people") == [(2,)]


def test_a_rejected_row_takes_those_that_hang_on_it(store, write):
    folder = write(
        **SMALL | {"events": "event_id,title,event_type,timezone\ne1,S,canvass,Mars/Olympus\n"}
    )
    result = oa.load_files(folder, store=store, timezone="UTC")
    assert [(r.file, r.column) for r in result.rejects] == [
        ("events.csv", "timezone"),
        ("shifts.csv", "event_id"),
        ("signups.csv", "shift_id"),
        ("signups.csv", "shift_id"),
    ]


def test_strict_changes_nothing(small, store, write, rows):
    oa.load_files(small, store=store, timezone="UTC")
    bad = write("bad", people="person_id,given_name\np7,Gil\n,Hal\n")
    with pytest.raises(RejectedRowsError, match="people.csv row 3") as caught:
        oa.load_files(bad, store=store, strict=True)
    assert rows(store, "SELECT count(*) FROM people") == [(2,)]
    assert caught.value.result.snapshot == 1
    assert adds_up(caught.value.result)
    assert not list(store.glob("rejects/*"))


def test_strict_first_load_leaves_no_store(store, write):
    bad = write("bad", people="person_id,given_name\n,Hal\n")
    with pytest.raises(RejectedRowsError):
        oa.load_files(bad, store=store, strict=True, timezone="UTC")
    with pytest.raises(StoreError, match="there is no store"):
        oa.open_store(store)


def test_dry_run_says_and_changes_nothing(small, store):
    result = oa.load_files(small, store=store, timezone="UTC", dry_run=True)
    assert count(result, "signups").new == 2
    assert result.snapshot is None
    with pytest.raises(StoreError):
        oa.open_store(store)


def test_rejected_rows_can_be_corrected_and_loaded_again(store, write, rows):
    folder = write(
        **SMALL | {"people": 'person_id,given_name,team_id\np1,Ann,t1\np2,"Bo, Jr",t1\n,=Cy,\n'}
    )
    result = oa.load_files(folder, store=store, timezone="UTC")
    (path,) = map(Path, result.corrections)
    text = path.read_text(encoding="utf-8")
    assert "'=Cy" in text  # a spreadsheet will not run it
    path.write_text(text.replace("\n,", "\np3,"), encoding="utf-8")
    again = oa.load_files(path, store=store)
    assert (again.snapshot, count(again, "people").new, again.rejects, again.warnings) == (
        2,
        1,
        [],
        [],
    )
    assert rows(store, "SELECT given_name FROM people WHERE person_id = 'p3'") == [("=Cy",)]


def test_the_same_rejects_are_not_kept_twice(store, write, rows):
    folder = write(people="person_id,given_name\np1,Ann\n,Hal\n")
    assert oa.load_files(folder, store=store, timezone="UTC").snapshot == 1
    assert oa.load_files(folder, store=store).snapshot == 1
    assert rows(store, "SELECT count(*) FROM rejects") == [(1,)]


def test_unlikely_rows_are_loaded_and_named(store, write):
    folder = write(
        **SMALL
        | {
            "asks": "ask_id,asked_at,asker_id,person_id,ask_for,outcome\na1,2026-03-01T10:00,p1,p1,canvass,yes\n",
            "meetings": "meeting_id,person_id,kind,scheduled_at,status,minutes\nm1,p1,maintenance,2026-03-01,held,300\n",
            "people": "person_id,given_name,team_id,role\np1,Ann,t9,captain\np2,Bo,,volunteer\n",
        }
    )
    result = oa.load_files(folder, store=store, timezone="UTC")
    assert not result.rejects
    said = "\n".join(result.warnings)
    for part in (
        "asked themself",
        "more than four hours",
        "row 2: team_id names",
        "not on the ladder",
    ):
        assert part in said


def test_rows_that_name_nobody_or_came_too_early_are_counted(store, write):
    ahead = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}"
    folder = write(
        teams="team_id,name\nt1,North\n",
        people="person_id\np1\np2\n",
        events="event_id,title,event_type,team_id\ne1,Doors,canvass,t1\n",
        shifts=f"shift_id,event_id,starts_at\ns1,e1,2026-03-01T10:00:00Z\ns2,e1,{ahead}\n",
        signups="signup_id,shift_id,person_id,status,recruiter_id,attended\n"
        "g1,s1,p1,confirmed,gone,true\n"
        "g2,s1,p2,confirmed,p1,true\n"
        "g3,s2,p1,confirmed,,true\n"
        "g4,s2,p2,confirmed,gone,false\n"
        "g5,s1,p1,confirmed,lost,\n"
        "g6,s1,p1,confirmed,gone,true\n",
    )
    result = oa.load_files(folder, store=store, timezone="UTC")
    assert sorted(result.warnings) == [
        "signups.csv row 4: attended a shift that has not begun.",
        "signups.csv rows 2, 5, 6 and 1 more: recruiter_id names a row that people does not have.",
    ]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such names")
@pytest.mark.parametrize("there", ["list", "li[s]t"])
def test_a_files_name_is_no_pattern(store, tmp_path, rows, there):
    names = ("people[1].csv", "people1.csv", "people*.csv", "people?.csv", "people2.csv")
    folder, beside = tmp_path / there, tmp_path / "list"
    for place in (folder, beside):
        place.mkdir(exist_ok=True)
        for number, name in enumerate(names):
            text = f"person_id,given_name\n{place.name}{number},Ann\n"
            (place / name).write_text(text, encoding="utf-8")
    result = oa.load_files(folder, store=store, timezone="UTC")
    assert {count.file: count.new for count in result.files} == dict.fromkeys(names, 1)
    found = rows(store, "SELECT person_id FROM people ORDER BY 1")
    assert found == [(f"{there}{number}",) for number in range(len(names))]


def test_a_load_that_runs_out_of_memory_reads_no_file_again(store, write, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise duckdb.OutOfMemoryException("no room")

    monkeypatch.setattr("organizing_analytics.loading.staging.stage", full)
    monkeypatch.setattr("organizing_analytics.loading.files.write_anew", pytest.fail)
    with pytest.raises(StoreError, match="[Mm]emory did not suffice"):
        oa.load_files(write(**SMALL), store=store, timezone="UTC")


def test_an_unknown_column_is_named_and_kept_out(store, write):
    result = oa.load_files(
        write(people="person_id,Shoe Size\np1,44\n"), store=store, timezone="UTC"
    )
    assert "people.csv: unknown columns, not read: Shoe Size." in result.warnings


def test_headers_match_without_case_space_and_underscore(store, write, rows):
    oa.load_files(write(people="Person ID,GivenName\np1,Ann\n"), store=store, timezone="UTC")
    assert rows(store, "SELECT person_id, given_name FROM people") == [("p1", "Ann")]


def test_a_file_of_another_name_is_known_by_its_header(store, write):
    folder = write(**{"march list": "person_id,given_name,email\np1,Ann,a@example.org\n"})
    assert (
        oa.load_files(folder / "march list.csv", store=store, timezone="UTC").files[0].table
        == "people"
    )


WRONG_FILES = {
    "empty": ("people", b"", "this file is empty"),
    "blank": ("people", b"\xef\xbb\xbf \n\n", "this file is empty"),
    "a required column is missing": (
        "signups",
        b"signup_id,person_id,status\n",
        "required column shift_id is missing",
    ),
    "no known header": ("things", b"colour,size\nred,3\n", "no known header"),
    "a column twice": ("people", b"person_id,email,email\n", "column email is there twice"),
    "a workbook": ("people", b"PK\x03\x04rest", "workbook cannot be read"),
    "a picture": ("people", b"\x89PNG\r\n\x1a\n\x00\x00\x00\x00", "not a table of text"),
}


@pytest.mark.parametrize("wrong", WRONG_FILES)
def test_a_wrong_file_is_refused_whole(wrong, small, store, rows):
    oa.load_files(small, store=store, timezone="UTC")
    name, content, said = WRONG_FILES[wrong]
    folder = small.parent / "wrong"
    folder.mkdir()
    (folder / f"{name}.csv").write_bytes(content)
    (folder / "teams.csv").write_text("team_id\nt2\n")
    with pytest.raises(FileError, match=said) as caught:
        oa.load_files([folder / f"{name}.csv", folder / "teams.csv"], store=store)
    assert f"{name}.csv" in str(caught.value)
    assert rows(store, "SELECT count(*) FROM teams") == [(1,)]
    # A folder loads what it can, and names the rest.
    result = oa.load_files(folder, store=store)
    assert [w for w in result.warnings if f"left alone: {name}.csv" in w and re.search(said, w)]
    assert rows(store, "SELECT count(*) FROM teams") == [(2,)]


def test_no_such_file(store):
    with pytest.raises(FileError, match="no such file"):
        oa.load_files("nowhere.csv", store=store)
    assert not store.exists()


def test_a_time_zone_that_is_none(small, store):
    with pytest.raises(OptionError, match="Did you mean America/Chicago"):
        oa.load_files(small, store=store, timezone="America/Chicagoo")
    assert not store.exists()


def test_the_first_load_says_which_time_zone_it_took(small, store):
    result = oa.load_files(small, store=store)
    assert "time zone is now" in result.warnings[0]


def test_a_later_time_zone_reads_clock_times_but_does_not_move_the_campaign(
    small, store, write, rows
):
    oa.load_files(small, store=store, timezone="America/Chicago")
    asks = write(
        "asks",
        asks="ask_id,asked_at,person_id,ask_for,outcome\na1,2026-01-05T23:30,p1,canvass,yes\n",
    )
    oa.load_files(asks, store=store, timezone="America/Los_Angeles")
    # 23:30 in Los Angeles is 07:30 UTC and 01:30 of the next day in Chicago.
    assert rows(store, "SELECT asked_at::VARCHAR, asked_on::VARCHAR FROM asks") == [
        ("2026-01-06 07:30:00", "2026-01-06")
    ]
    with oa.open_store(store) as data:
        assert data.settings.timezone == "America/Chicago"


def test_an_event_moved_to_another_zone_moves_its_shifts_dates(store, write, rows):
    folder = write(
        events="event_id,event_type,timezone\ne1,canvass,America/New_York\n",
        shifts="shift_id,event_id,starts_at\ns1,e1,2026-01-05T04:30Z\n",
    )
    oa.load_files(folder, store=store, timezone="UTC")
    assert rows(store, "SELECT starts_on::VARCHAR FROM shifts") == [("2026-01-04",)]
    moved = write("moved", events="event_id,event_type,timezone\ne1,canvass,Europe/Paris\n")
    oa.load_files(moved, store=store)
    assert rows(store, "SELECT starts_on::VARCHAR FROM shifts") == [("2026-01-05",)]


def test_team_lines_end_a_circle_of_teams(store, write, rows):
    oa.load_files(
        write(teams="team_id,parent_team_id\na,b\nb,a\nc,b\n"), store=store, timezone="UTC"
    )
    assert rows(store, "SELECT * FROM team_lines WHERE team_id = 'c' ORDER BY ALL") == [
        ("c", "a"),
        ("c", "b"),
        ("c", "c"),
    ]
