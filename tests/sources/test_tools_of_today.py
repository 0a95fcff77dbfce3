"""Exports of today, told without `--source`; placeholders that identify nobody; zone names."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import duckdb
import pytest

import organizing_analytics as oa
from organizing_analytics.errors import FileError
from organizing_analytics.identity import keys


@pytest.fixture
def load(tmp_path, store):
    def _load(text, name="export.csv", encoding="utf-8", **more):
        path = tmp_path / name
        path.write_text(text, encoding=encoding)
        return oa.load_files(path, store=store, timezone="America/Chicago", **more)

    return _load


def test_signupgenius_without_source(load, store, rows):
    result = load(
        "Sign Up,Start Date/Time (mm/dd/yyyy),End Date/Time (mm/dd/yyyy),Item,First Name,Last Name,Email\n"
        "Drive,02/21/2026 9:00 AM,02/21/2026 12:00 PM,Greeter,Ann,Lee,ann@example.org\n"
        "Drive,02/21/2026 9:00 AM,02/21/2026 12:00 PM,Greeter,,,\n"
        "Drive,02/21/2026 9:00 AM,02/21/2026 12:00 PM,Sorter,Bo,,\n"
    )
    (f,) = result.files
    assert (f.source, f.new, f.skipped) == ("signupgenius", 2, 1)
    assert rows(store, "SELECT starts_at::VARCHAR, ends_at::VARCHAR FROM shifts") == [
        ("2026-02-21 15:00:00", "2026-02-21 18:00:00")
    ]


def test_eventbrite_is_told_and_what_it_lacks_is_said(load):
    head = "Order #,Order Date,First Name,Last Name,Email,Attendee #,Attendee Status"
    line = "1,2026-02-01,Ann,Lee,ann@example.org,11,Checked In"
    with pytest.raises(FileError, match="looks like one for --source eventbrite"):
        load(f"{head}\n{line}\n")
    result = load(f'{head},Event,Date Attending\n{line},Canvass,"Feb 21, 2026 at 9:00 AM"\n')
    assert (result.files[0].source, result.files[0].new) == ("eventbrite", 1)


def test_meetup_attendance_by_its_api(tmp_path, store, rows):
    def answer(number, word):
        return {
            "member": {"id": number, "name": f"M{number}"},
            "event": {"id": "e1", "name": "Call", "time": 1771689600000},
            "response": "yes",
            "attendance_status": word,
            "created": 1769900000000,
        }

    path = tmp_path / "rsvps.json"
    words = ["attended", "noshow", "absent", "Attended", "No Show", ""]
    path.write_text(json.dumps([answer(n, word) for n, word in enumerate(words)]))
    assert oa.load_files(path, store=store, timezone="UTC").rejects == []
    found = rows(store, "SELECT attended FROM signups ORDER BY person_id")
    assert [came for (came,) in found] == [True, False, False, True, False, None]


def test_a_list_of_the_voter_file(load, store, rows):
    result = load(
        "Voter File VANID\tEvent\tDate\tTime\tName\tStatus\tRole\n"
        "101\tCanvass\t2/21/2026\t10:00 PM - 1:00 AM\tLee, Ann\tCompleted\tCanvasser\n",
        name="list.xls",
        encoding="utf-16",
    )
    assert (result.files[0].source, result.files[0].new) == ("everyaction", 1)
    assert rows(store, "SELECT starts_at::VARCHAR, ends_at::VARCHAR FROM shifts") == [
        ("2026-02-22 04:00:00", "2026-02-22 07:00:00")  # it ends on the next day
    ]


def test_a_sheet_with_a_team_and_ranges(load, store, rows):
    load(
        "Team,Name,Email,Event,Date,Time,Came?\n"
        "North,Ann Lee,ann@example.org,Canvass,Sat 2/21/26,6-9pm,✔️\n"
        "North,Bo Roe,bo@example.org,Canvass,Sat 2/21/26,6-9pm,cancelled\n"
        ",Cy Poe,cy@example.org,Canvass,Sat 2/21/26,6-9pm,\n"
    )
    assert rows(store, "SELECT name FROM teams") == [("North",)]
    assert rows(store, "SELECT starts_at::VARCHAR, ends_at::VARCHAR FROM shifts") == [
        ("2026-02-22 00:00:00", "2026-02-22 03:00:00")
    ]
    signups = "SELECT status, attended FROM signups JOIN people USING (person_id) ORDER BY email"
    assert rows(store, signups) == [
        ("registered", True),
        ("cancelled", None),
        ("registered", None),
    ]


@pytest.mark.parametrize(
    "phone",
    ["999-999-9999", "(222) 222-2222", "+1 222 222 2222", "0000000000", "555-010-0001", "123-456-7890", "1", "n/a"],
)  # fmt: skip
def test_a_phone_that_no_phone_can_have_identifies_nobody(phone):
    assert key(keys.phone_key("t", "US"), phone) is None


@pytest.mark.parametrize("phone", ["(312) 555-0142", "312.555.0142", "+13125550142"])
def test_a_phone_that_may_be_one_is_kept(phone):
    assert key(keys.phone_key("t", "US"), phone) == "+13125550142"


@pytest.mark.parametrize(
    "email",
    ["noemail@example.org", "none@none.com", "no@email.com", "n/a@n/a", "na@na.com", "test@test.com", "no-reply@gmail.com", "a@a.com", "a@x.org", "a@x", "na@na", "x@noemail.com", "@", "ann@"],
)  # fmt: skip
def test_a_placeholder_is_nobodys_email(email):
    assert key(keys.email_key("t"), email) is None


@pytest.mark.parametrize(
    "email", ["ann@example.org", "a@example.org", "noel@example.com", "nadia@none.example.org", "testa@mail.com", "no.one@uni.edu", "maria.lopez@gmail", "a@gmail"]
)  # fmt: skip
def test_an_email_is_kept(email):
    assert key(keys.email_key("t"), email) == email


def key(sql, text):
    connection = duckdb.connect()
    keys.teach(connection, "US")
    return connection.execute(f"SELECT {sql} FROM (SELECT ?::VARCHAR AS t)", [text]).fetchall()[0][
        0
    ]


def test_zone_names_in_any_case_and_those_without_summer_time(write, store, rows):
    folder = write(
        events="event_id,event_type,timezone\ne1,canvass,america/los_angeles\ne2,canvass,EST\n"
    )
    result = oa.load_files(folder, store=store, timezone="america/chicago")
    assert result.rejects == []
    assert rows(store, "SELECT timezone FROM events ORDER BY event_id") == [
        ("America/Los_Angeles",),
        ("EST",),
    ]
    assert "events.csv row 3: has a time zone without summer time" in " ".join(result.warnings)
    again = oa.load_files(folder, store=store, timezone="EST")
    assert "EST is a time zone without summer time" in " ".join(again.warnings)


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("PST", "America/Los_Angeles"), ("pdt", "America/Los_Angeles"), ("Central", "America/Chicago"),
        ("Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("Pacific Standard Time", "America/Los_Angeles"), ("Mountain Daylight Time", "America/Denver"),
        ("GMT Standard Time", "Europe/London"), ("Canada Central Standard Time", "America/Regina"),
        ("UTC-5", "Etc/GMT+5"), ("GMT+02:00", "Etc/GMT-2"), ("UTC", "UTC"),
    ],
)  # fmt: skip
def test_a_zone_by_another_name_is_read_and_said(written, zone, write, store, rows):
    folder = write(
        events=f'event_id,event_type,timezone\ne1,canvass,"{written}"\n',
        shifts="shift_id,event_id,starts_at\ns1,e1,2026-07-07T10:00\n",
    )
    result = oa.load_files(folder, store=store, timezone="America/Chicago")
    assert result.rejects == []
    assert rows(store, "SELECT timezone FROM events") == [(zone,)]
    is_said = f'timezone "{written}" is read as {zone}' in " ".join(result.warnings)
    assert is_said == (zone != "UTC")
    clock = ZoneInfo(zone)
    moment = datetime(2026, 7, 7, 10, tzinfo=clock).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
    assert rows(store, "SELECT starts_at FROM shifts") == [(moment,)]
    fixed = "without summer time" in " ".join(result.warnings)
    assert fixed == zone.startswith("Etc/GMT+")


@pytest.mark.parametrize("written", ["IST", "my time", "UTC+5:30", "UTC-99", "Standard Time"])
def test_a_zone_that_is_none_or_several_is_rejected(written, write, store):
    folder = write(events=f"event_id,event_type,timezone\ne1,canvass,{written}\n")
    result = oa.load_files(folder, store=store, timezone="America/Chicago")
    assert [reject.column for reject in result.rejects] == ["timezone"]


def test_the_loads_own_zone_by_another_name(write, store):
    folder = write(events="event_id,event_type\ne1,canvass\n")
    result = oa.load_files(folder, store=store, timezone="PST")
    assert 'The time zone "PST" is read as America/Los_Angeles.' in result.warnings
