"""One shift that a sheet writes in several ways is one shift, within a file and across loads."""

from __future__ import annotations

import itertools

import pytest

import organizing_analytics as oa

HEAD = "Name,Email,Event,Date,Start,End,Came?\n"
ROWS = (
    "Ann,ann@example.org,Canvass,11/7/2026,10am,,yes\n",
    "Bo,bo@example.org,canvass,11/7/26,10 AM,,no\n",
    'Cy,cy@example.org,Canvass ,"Sat, Nov 7, 2026",10:00 a.m.,,\n',
    "Di,di@example.org,Canvass,2026-11-07,10:00,,x\n",
)
COUNTS = (
    "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM shifts), "
    "(SELECT count(*) FROM signups), (SELECT count(*) FROM signups WHERE attended)"
)


@pytest.fixture
def load(tmp_path, store):
    def _load(text, name="sheet.csv", store=store, **options):
        path = tmp_path / name
        path.write_text(HEAD + text, encoding="utf-8")
        return oa.load_files(path, store=store, timezone="America/Chicago", year=2026, **options)

    return _load


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
def test_within_a_file_in_any_order(order, load, store, rows):
    text = "".join(ROWS[i] for i in order)
    result = load(text)
    assert rows(store, COUNTS) == [(1, 1, 4, 2)]
    assert "taken for one shift" in " ".join(result.warnings)
    assert load(text).files[0].unchanged == 4


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
def test_across_loads_in_any_order(order, load, store, rows):
    for i in order:
        load(ROWS[i], name=f"{i}.csv")
    assert rows(store, COUNTS) == [(1, 1, 4, 2)]
    for i in order:
        again = load(ROWS[i], name=f"{i}.csv")
        assert again.files[0].unchanged == 1


def test_the_same_sheet_saved_with_other_dates_adds_nothing(load, store, rows):
    load("Ann,ann@example.org,Canvass,3/7/2026,6:00 PM,,\nBo,,Canvass,3/7/2026,6:00 PM,,yes\n")
    result = load(
        "Ann,ann@example.org,Canvass,2026-03-07,18:00,,yes\nBo,,Canvass,2026-03-07,18:00,,yes\n",
        name="copy.csv",
    )
    count = result.files[0]
    assert (count.new, count.updated, count.unchanged) == (0, 1, 1)
    assert rows(store, COUNTS) == [(1, 1, 2, 2)]


def test_what_differs_stays_apart(load, store, rows):
    result = load(
        "Ann,,Canvass,11/7/2026,10am,12pm,\nBo,,canvass,11/7/2026,10 AM,1pm,\n"  # another end
        "Cy,,Canvass,11/7/2026,10pm,,\nDi,,Canvass,11/8/2026,10am,,\n"  # another hour, another day
        "Ed,,Canvass 2,11/7/2026,10am,,\n"  # another event
    )
    assert result.rejects == []
    assert rows(store, COUNTS) == [(2, 5, 5, 0)]
    assert "taken for one shift" not in " ".join(result.warnings)


def test_who_stands_there_twice_and_differs_is_for_a_person_to_decide(load):
    result = load(
        "Ann,ann@example.org,Canvass,11/7/2026,10am,,yes\n"
        "Ann,ann@example.org,canvass,11/7/26,10 AM,,no\n"
    )
    assert [r.row for r in result.rejects] == [2, 3]


def test_ids_of_a_campaigns_own_are_left_alone(write, store, rows):
    folder = write(
        events="event_id,event_type\ne1,canvass\nE1,canvass\n",
        shifts="shift_id,event_id,starts_at\ns1,e1,2026-03-03T10:00\nS1,e1,2026-03-03T10:00\n",
    )
    oa.load_files(folder, store=store, timezone="UTC")
    assert rows(store, "SELECT count(*) FROM shifts") == [(2,)]


NORTH = "Name,Phone,11/7/2026,11/14/2026\nAnn,312-555-0101,x,x\nBo,312-555-0102,x,\n"
SOUTH = "Name,Phone,11/7/2026,11/21/2026\nCy,312-555-0103,x,\nDi,312-555-0104,,x\n"


def shared_notes(result):
    return [note for note in result.warnings if "taken for the same shift" in note]


@pytest.mark.parametrize("together", [True, False])
def test_attendance_sheets_of_two_groups_with_one_date_are_said(together, tmp_path, store):
    paths = [tmp_path / "north.csv", tmp_path / "south.csv"]
    for path, text in zip(paths, (NORTH, SOUTH), strict=True):
        path.write_text(text, encoding="utf-8")
    loads = [paths] if together else [[path] for path in paths]
    results = [oa.load_files(each, store=store, timezone="America/Chicago") for each in loads]
    [note] = [note for result in results for note in shared_notes(result)]
    other = "north.csv" if together else "an earlier load"
    assert note.startswith(f"south.csv: a date of it is in {other}, too")


def test_an_attendance_sheet_that_has_grown_is_not_two_groups(tmp_path, store):
    path = tmp_path / "north.csv"
    for text in (NORTH, NORTH + "Cy,312-555-0103,x,\n"):
        path.write_text(text, encoding="utf-8")
        assert shared_notes(oa.load_files(path, store=store, timezone="America/Chicago")) == []


def test_groups_that_are_named_are_told_apart(tmp_path, store, rows):
    for group, text in (("North", NORTH), ("South", SOUTH)):
        path = tmp_path / f"{group}.csv"
        head, *lines = text.splitlines()
        path.write_text("\n".join([f"Event,{head}", *(f"{group},{line}" for line in lines)]))
        assert shared_notes(oa.load_files(path, store=store, timezone="America/Chicago")) == []
    assert rows(store, "SELECT count(*) FROM shifts") == [(4,)]
