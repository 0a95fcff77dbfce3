"""Eventbrite, Meetup and plain sheets by the mapping files that travel with the package.

Every number here was counted by hand from the rows beside it.
"""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from openpyxl import Workbook

import organizing_analytics as oa
from organizing_analytics.errors import FileError
from organizing_analytics.sources.registry import shipped_mappings


@pytest.fixture
def put(tmp_path):
    def _put(text: str, name: str = "export.csv", encoding: str = "utf-8"):
        path = tmp_path / name
        path.write_text(text, encoding=encoding)
        return path

    return _put


def counts(result):
    (f,) = result.files
    return f.rows, f.new, f.updated, f.unchanged, f.skipped, f.rejected


def test_they_are_found_by_name():
    assert set(shipped_mappings()) == {
        "ask_sheet", "attendance_matrix", "eventbrite", "google_forms", "meetup", "mobilize_web",
        "one_to_one_tracker", "signup_sheet", "signupgenius",
    }  # fmt: skip


EVENTBRITE = (
    "Order #,Order Date,First Name,Last Name,Email,Quantity,Ticket Type,Attendee #,"
    "Attendee Status,Event Name,Event Start\n"
    '1,11/3/26 22:28,Ann,Lee,ann@example.org,1,Helper,11,Checked In,Kick-off,"Nov 7, 2026 at 6:00 PM"\n'
    # One order, the buyer's e-mail for both: two people.
    '1,11/3/26 22:28,Bo,Lee,ANN@example.org,1,Helper,12,Attending,Kick-off,"Nov 7, 2026 at 6:00 PM"\n'
    '2,2026-11-04 10:00:00,Cy,O\'Hara,cy@example.org,1,Helper,13,Not Attending,Kick-off,"Nov 7, 2026 at 6:00 PM"\n'
    '3,11/4/26 10:00,Di,Roe,,1,Helper,14,Uncounted Checked In,Kick-off,"Nov 7, 2026 at 6:00 PM"\n'
    '4,11/4/26 10:00,Ed,Poe,,1,Helper,15,Deleted,Kick-off,"Nov 7, 2026 at 6:00 PM"\n'
    # A status that nobody knows is not guessed.
    '5,11/4/26 10:00,Flo,Moe,,1,Helper,16,Waiting,Kick-off,"Nov 7, 2026 at 6:00 PM"\n'
    # Ann again, at another event: one person, two tickets.
    "6,11/5/26 10:00,ann,LEE,ann@example.org,1,Guest,17,Attending,Party,2026-11-21 19:00\n"
)


def test_eventbrite(put, store, rows, run):
    path = put(EVENTBRITE, "attendees.csv")
    run("load", path, "--store", store, "--source", "eventbrite", "--timezone", "America/Chicago")
    result = oa.load_files(path, store=store, source="eventbrite")
    assert counts(result) == (7, 0, 0, 6, 0, 1)
    assert 'status is "Waiting"' in str(result.rejects[0])
    assert rows(
        store, "SELECT status, attended, count(*) FROM signups GROUP BY ALL ORDER BY ALL"
    ) == [("cancelled", None, 2), ("registered", True, 2), ("registered", None, 2)]
    # 18:00 in Chicago in November is 00:00 UTC of the next day.
    assert rows(store, "SELECT starts_at::VARCHAR, starts_on::VARCHAR FROM shifts ORDER BY 1") == [
        ("2026-11-08 00:00:00", "2026-11-07"),
        ("2026-11-22 01:00:00", "2026-11-21"),
    ]
    assert rows(store, "SELECT signed_up_at::VARCHAR FROM signups WHERE signup_id LIKE '%:11'") == [
        ("2026-11-04 04:28:00",)  # 22:28 in Chicago
    ]
    assert rows(store, "SELECT count(*) FROM people WHERE family_name = 'O''Hara'") == [(1,)]
    # Ann's two tickets are one person's, Bo's is not.
    assert rows(store, "SELECT count(DISTINCT person_id) FROM signups") == [(5,)]


def test_eventbrite_where_everybody_was_scanned(put, store, rows):
    path = put(EVENTBRITE, "attendees.csv")
    oa.load_files(path, store=store, source="eventbrite", timezone="UTC")
    shift = "eventbrite:shift:Kick-off"
    party = EVENTBRITE.splitlines()[-1]
    path.write_text(EVENTBRITE.replace(party + "\n", ""))
    result = oa.load_files(path, store=store, source="check_in", shift=shift, complete=True)
    assert counts(result) == (6, 2, 0, 0, 4, 0)  # Ann and Di were scanned
    with oa.open_store(store) as data:
        seen = oa.show_up(data, as_of="2026-11-15").iloc[0]
    # Bo, who shares Ann's e-mail, was not; Cy and Ed cancelled.
    assert [seen[c] for c in ("attended", "no_show", "cancelled", "unrecorded")] == [2, 1, 2, 0]


UK = (
    "Order no.,Order Date,Prefix,First Name,Surname,Email,Ticket Type,Attendee no.,Attendee Status\n"
    "1,2026-11-03 22:28:00,Ms,Ann,Lee,ann@example.org,Free,11,Checked In\n"
)


def test_eventbrite_without_event_or_start(put, store, rows, write):
    with pytest.raises(FileError, match='no column "Event ID or Event Name or Event"'):
        oa.load_files(put(UK), store=store, source="eventbrite", timezone="Europe/London")
    head, line = UK.splitlines()
    named = put(f"{head},Event\n{line},Kick-off\n")
    # The start comes from a template: one line, once.
    shifts = write(
        events="event_id,title,event_type\neventbrite:event:Kick-off,Kick-off!,rally\n",
        shifts="shift_id,event_id,starts_at\neventbrite:shift:Kick-off,eventbrite:event:Kick-off,2026-11-07T18:00\n",
    )
    result = oa.load_files(named, store=store, source="eventbrite", timezone="Europe/London")
    assert counts(result) == (1, 0, 0, 0, 0, 1)
    assert "shift_id" in str(result.rejects[0])
    oa.load_files(shifts, store=store)
    assert counts(oa.load_files(named, store=store, source="eventbrite")) == (1, 1, 0, 0, 0, 0)
    assert rows(
        store, "SELECT family_name, attended FROM signups JOIN people USING (person_id)"
    ) == [("Lee", True)]
    # A ticket knows less of its event than the template: the type stays.
    assert rows(store, "SELECT event_type FROM events") == [("rally",)]


def test_eventbrite_later_status_is_an_update(put, store, rows):
    oa.load_files(put(EVENTBRITE), store=store, source="eventbrite", timezone="UTC")
    later = EVENTBRITE.replace("12,Attending", "12,Checked In").replace(
        "11,Checked In", "11,Attending"
    )
    result = oa.load_files(put(later), store=store, source="eventbrite")
    assert counts(result) == (7, 0, 2, 4, 0, 1)
    assert rows(
        store, "SELECT attended FROM signups WHERE signup_id LIKE '%:1_' ORDER BY signup_id LIMIT 2"
    ) == [
        (None,),  # a scan that was taken back
        (True,),
    ]


MEETUP = (
    "Name\tAttendance\tUser ID\tTitle\tEvent Host\tRSVP\tGuests\tRSVPed on\tEvent\tStart\n"
    "Ann Lee\tY\tuser 1\t\tYes\tYes\t2\tNovember 3, 2026 10:28 PM\tCanvass\t11/7/2026 6:00 PM\n"
    "Bo\tN\tuser 2\t\t\tYes\t0\tNovember 3, 2026 10:28 PM\tCanvass\t11/7/2026 6:00 PM\n"
    "Cy\t\tuser 3\t\t\tYes\t0\tNovember 3, 2026 10:28 PM\tCanvass\t11/7/2026 6:00 PM\n"
    "Di\t\tuser 4\t\t\tNo\t0\tNovember 3, 2026 10:28 PM\tCanvass\t11/7/2026 6:00 PM\n"
    "Ed\t\tuser 5\t\t\tWaiting List\t0\tNovember 3, 2026 10:28 PM\tCanvass\t11/7/2026 6:00 PM\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_meetup_from_the_website(put, store, rows, encoding):
    path = put(MEETUP, "attendees.xls", encoding)
    result = oa.load_files(path, store=store, source="meetup", timezone="UTC")
    assert counts(result) == (5, 4, 0, 0, 1, 0)
    assert "Guests" in " ".join(result.warnings)  # named, since they are not counted
    assert rows(store, "SELECT status, attended FROM signups ORDER BY person_id") == [
        ("registered", True),
        ("registered", False),
        ("registered", None),
        ("cancelled", None),
    ]
    assert rows(store, "SELECT DISTINCT signed_up_at::VARCHAR FROM signups") == [
        ("2026-11-03 22:28:00",)
    ]
    assert rows(store, "SELECT starts_at::VARCHAR FROM shifts") == [("2026-11-07 18:00:00",)]


def test_meetup_from_its_api(store, rows, write):
    write(
        shifts="shift_id,event_id,starts_at\nmeetup:shift:77,meetup:event:77,2026-11-07T18:00\n",
        events="event_id,event_type\nmeetup:event:77,canvass\n",
    )
    oa.load_files(write(), store=store, timezone="UTC")
    answers = [  # milliseconds: 2026-11-03 22:28 UTC
        {"member_id": 1, "response": "yes", "guests": 0, "created": 1793744880000, "event_id": 77},
        {"member_id": 2, "response": "no", "guests": 0, "created": 1793744880000, "event_id": 77},
        {"member_id": 3, "response": "waitlist", "guests": 1, "created": None, "event_id": 77},
    ]
    result = oa.load_records(answers, store=store, source="meetup")
    assert counts(result) == (3, 2, 0, 0, 1, 0)
    assert rows(
        store, "SELECT person_id, status, attended, signed_up_at::VARCHAR FROM signups ORDER BY 1"
    ) == [
        ("meetup:member:1", "registered", None, "2026-11-03 22:28:00"),
        ("meetup:member:2", "cancelled", None, "2026-11-03 22:28:00"),
    ]


SHEET = (
    "Name,Email,Phone,Event,Date,Start,End,Role,Came?\n"
    "Ann Lee,ann@example.org,,Canvass,3/7/2026,10:00 AM,1 PM,Walker,x\n"
    "Ann Lee,ann@example.org,555-234-0001,Canvass,3/14/2026,10am,,Walker,\n"
    "Bo Lee,ann@example.org,,Canvass,3/7/2026,10:00 AM,1 PM,Driver,no\n"  # a shared e-mail
    "Cy,,(555) 234-0003,Canvass,3/7/2026,10:00 AM,1 PM,,yes\n"
    "Di,,,Canvass,3/7/2026,10:00 AM,1 PM,,\n"  # by name alone …
    "Di,,,Party,3/7/2026,8:00 PM,,,\n"  # … nobody is the same person at another event
    ",,,Canvass,3/7/2026,10:00 AM,1 PM,,yes\n"  # somebody, no name
    "Ed,ed@example.org,,Canvass,3/7/2026,,,,\n"  # no start
    ",,,,,,,,\n"
)


def test_a_signup_sheet(put, store, rows):
    path = put(SHEET, "sheet.csv")
    result = oa.load_files(path, store=store, source="signup_sheet", timezone="UTC")
    assert counts(result) == (9, 6, 0, 0, 1, 2)
    assert {r.row for r in result.rejects} == {8, 9}
    assert rows(
        store, "SELECT starts_at::VARCHAR, ends_at::VARCHAR FROM shifts ORDER BY starts_at"
    ) == [
        ("2026-03-07 10:00:00", "2026-03-07 13:00:00"),
        ("2026-03-07 20:00:00", None),
        ("2026-03-14 10:00:00", None),
    ]
    assert rows(store, "SELECT given_name, phone FROM people ORDER BY ALL") == [
        ("Ann Lee", "555-234-0001"),
        ("Bo Lee", None),
        ("Cy", "(555) 234-0003"),
        ("Di", None),
        ("Di", None),
    ]
    assert rows(store, "SELECT attended, count(*) FROM signups GROUP BY 1 ORDER BY 1") == [
        (False, 1),
        (True, 2),
        (None, 3),
    ]
    assert counts(oa.load_files(path, store=store, source="signup-sheet"))[3] == 6


def test_a_signup_sheet_as_a_workbook(tmp_path, store, rows):
    book = Workbook()
    sheet = book.active
    sheet.append(["First Name", "Surname", "E-mail", "Event", "Date", "Start Time", "Attended"])
    sheet.append(
        ["Siún", "O'Hara", "s@example.org", "Canvass", date(2026, 3, 7), time(18, 30), True]
    )
    sheet.append(
        ["Bo", "'t Hooft", "b@example.org", "Canvass", datetime(2026, 3, 7), "6:30 PM", None]
    )
    book.save(tmp_path / "sheet.xlsx")
    result = oa.load_files(
        tmp_path / "sheet.xlsx", store=store, source="signup_sheet", timezone="UTC"
    )
    assert counts(result) == (2, 2, 0, 0, 0, 0)
    assert rows(store, "SELECT DISTINCT starts_at::VARCHAR FROM shifts") == [
        ("2026-03-07 18:30:00",)
    ]
    assert rows(store, "SELECT given_name, family_name FROM people ORDER BY 1") == [
        ("Bo", "'t Hooft"),
        ("Siún", "O'Hara"),
    ]
