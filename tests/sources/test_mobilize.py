"""Mobilize's exports, written by hand with their traps; every number here was counted by hand."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

import organizing_analytics as oa
from organizing_analytics.errors import FileError

# 2026-07-04 14:00 UTC = 10:00 in New York, in summer time; the shift takes two hours.
START = 1783173600
HOUR = 3600


def person(user: int | None, given: str, mail: str | None = None, phone: str | None = None) -> dict:
    return {
        "id": 900 + (user or 0),
        "user_id": user,
        "given_name": given,
        "family_name": "Lee",
        "email_addresses": [{"primary": True, "address": mail}] if mail is not None else [],
        "phone_numbers": [{"primary": True, "number": phone}] if phone else [],
    }


EVENT = {
    "id": 5,
    "title": "Saturday canvass",
    "timezone": "America/New_York",
    "event_type": "CANVASS",
}
SLOT = {"id": 51, "start_date": START, "end_date": START + 2 * HOUR}


def attendance(number: int | None, who: dict, **more: object) -> dict:
    made = {
        "id": number,
        "created_date": START - 72 * HOUR,
        "modified_date": START - 24 * HOUR,
        "person": who,
        "event": EVENT,
        "timeslot": SLOT,
        "status": "REGISTERED",
        "attended": None,
        "referrer": {"utm_source": "text", "url": "https://example.org"},
        "custom_signup_field_values": [],
    }
    return made | more


ATTENDANCES = [
    attendance(1, person(11, "Ann", "ANN@example.org"), attended=True),
    attendance(2, person(12, "Bo", "", "(555) 234-5678"), status="CONFIRMED", attended=False),
    attendance(3, person(13, "Cy", "cy@example.org"), status="CANCELLED"),
    # Marked after the event: the last change is not the cancelling.
    attendance(4, person(14, "Di"), status="CANCELLED", modified_date=START + 9 * HOUR),
    attendance(5, person(15, "Ed")),  # nobody wrote down whether Ed came
    # Behind the firewall between organizations: no user, no id of the attendance.
    attendance(None, person(None, "Flo", "flo@example.org") | {"id": None}),
    attendance(7, person(16, "Gus"), status="WAITLIST"),
]


@pytest.fixture
def put(tmp_path):
    def _put(content: object, name: str = "export.json"):
        path = tmp_path / name
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return path

    return _put


@pytest.mark.parametrize(
    "form",
    [
        lambda rows: rows,
        lambda rows: {"count": 7, "next": None, "previous": None, "data": rows},
        lambda rows: "\n".join(map(json.dumps, rows)),
    ],
    ids=["list", "page", "lines"],
)
def test_attendances_of_the_api(form, put, store, rows):
    path = put(form(ATTENDANCES))
    result = oa.load_files(path, store=store, timezone="America/Chicago")
    (count,) = result.files
    assert (count.table, count.source, count.rows) == ("signups", "mobilize", 7)
    assert (count.new, count.rejected) == (6, 1)
    assert "taken for Mobilize attendances (API)" in " ".join(result.warnings)
    assert 'status is "waitlist"' in str(result.rejects[0])
    assert "REGISTERED, CONFIRMED or CANCELLED" in str(result.rejects[0])
    assert rows(
        store, "SELECT status, attended, count(*) FROM signups GROUP BY ALL ORDER BY ALL"
    ) == [
        ("cancelled", None, 2),
        ("confirmed", False, 1),
        ("registered", True, 1),
        ("registered", None, 2),
    ]
    # UTC is stored, and the local date is by the event's own clock.
    assert rows(store, "SELECT starts_at::VARCHAR, starts_on::VARCHAR, source FROM shifts") == [
        ("2026-07-04 14:00:00", "2026-07-04", "mobilize")
    ]
    assert rows(store, "SELECT event_type, timezone FROM events") == [
        ("canvass", "America/New_York")
    ]
    assert rows(store, "SELECT count(*) FROM people WHERE email IS NULL") == [(3,)]
    assert rows(
        store, "SELECT cancelled_at::VARCHAR FROM signups WHERE status = 'cancelled' ORDER BY 1"
    ) == [("2026-07-03 14:00:00",), (None,)]
    with oa.open_store(store) as data:
        counts = oa.show_up(data, as_of="2026-08-01").iloc[0]
    # attended 1, no-show 1, cancelled 2, unrecorded 2: unknown is not absent
    assert [counts[c] for c in ("attended", "no_show", "cancelled", "unrecorded", "scheduled")] == [
        1, 1, 2, 2, 6,
    ]  # fmt: skip
    again = oa.load_files(path, store=store).files[0]
    assert (again.new, again.updated, again.unchanged, again.rejected) == (0, 0, 6, 1)


def test_events_of_the_api_and_deleted_ones(put, store, rows):
    slots = [
        {"id": 51, "start_date": START, "end_date": START + HOUR, "max_attendees": 20},
        {"id": 52, "start_date": START + 5 * HOUR, "end_date": None, "max_attendees": None},
    ]
    events = [
        EVENT | {"timeslots": slots, "location": {"venue": "Library"}, "is_virtual": False},
        EVENT | {"id": 6, "title": "Planned", "timeslots": []},
        EVENT | {"id": 7, "timeslots": slots[:1] and [slots[0] | {"id": 71}]},
    ]
    deleted = [{"id": 7, "deleted_date": START}, {"id": 999, "deleted_date": START}]
    result = oa.load_files(
        [put(events, "events.json"), put(deleted, "gone.json")], store=store, timezone="UTC"
    )
    by_file = {f.file: (f.rows, f.new, f.updated, f.skipped, f.rejected) for f in result.files}
    # A row for each event and timeslot; one event has none. Of the deleted two, one is unknown.
    assert by_file == {"events.json": (4, 3, 0, 1, 0), "gone.json": (2, 0, 1, 1, 0)}
    assert rows(store, "SELECT count(*) FROM events WHERE deleted_at IS NOT NULL") == [(1,)]
    assert rows(store, "SELECT capacity FROM shifts ORDER BY shift_id") == [(20,), (None,), (20,)]
    assert rows(store, "SELECT location FROM events WHERE event_id = 'mobilize:event:5'") == [
        ("Library",)
    ]


EVENTS_CSV = (
    "id,name,event_type,timezone,timeslot_id,timeslot_start,timeslot_end,timeslot_is_full,"
    "timeslot_deleted_at,created_at,updated_at,deleted_at,visibility,zipcode,"
    "event_owner_email_address,utm_source\n"
    "5,Saturday canvass,CANVASS,America/New_York,51,2026-07-04T10:00:00,2026-07-04T12:00:00,"
    "false,,,,,PUBLIC,10001,o@example.org,\n"
    "5,Saturday canvass,CANVASS,America/New_York,52,2026-07-04T14:00:00,,false,2026-07-01,,,,"
    "PUBLIC,10001,o@example.org,\n"
    "8,Old,PHONE_BANK,America/New_York,81,2026-07-05T14:00:00,,false,,,,2026-07-02,"
    "PUBLIC,10001,o@example.org,\n"
)
SIGNUPS_CSV = (
    "Event ID,Timeslot_ID,Email,First name,Last name,Mobile number,status,attended,rating,end,"
    "signup created time,signup updated time,utm_source,Do you speak Spanish?\n"
    "5,51,ann@example.org,Ann,Lee,,REGISTERED,true,5,,2026-07-01 09:00:00,,text,yes\n"
    "5,51,ann@example.org,Bo,Lee,,REGISTERED,false,,,2026-07-01 09:01:00,,text,no\n"  # one e-mail
    "5,51,,Cy,Lee,,CONFIRMED,,,,2026-07-04 08:00:00,,,\n"
    "5,51,,,,,CONFIRMED,,,,2026-07-04 08:00:00,,,\n"  # nobody
    "5,52,di@example.org,Di,Lee,,CANCELLED,,,,2026-07-04 08:00:00,,,\n"  # a deleted timeslot
    "8,81,di@example.org,Di,Lee,,REGISTERED,true,,,2026-07-04 08:00:00,,,\n"  # a deleted event
)


def test_the_two_csv_exports(put, store, rows):
    result = oa.load_files(
        [put(SIGNUPS_CSV, "signups.csv"), put(EVENTS_CSV, "events.csv")],
        store=store,
        timezone="UTC",
    )
    by_file = {f.file: (f.table, f.rows, f.new, f.rejected) for f in result.files}
    assert by_file == {"signups.csv": ("signups", 6, 5, 1), "events.csv": ("shifts", 3, 3, 0)}
    said = " ".join(result.warnings)
    assert "Do you speak Spanish?" in said
    assert "not read" in said
    assert rows(store, "SELECT count(*), count(DISTINCT email) FROM people") == [(4, 2)]
    # By the event's clock: 10:00 in New York.
    assert rows(store, "SELECT starts_at::VARCHAR FROM shifts WHERE shift_id LIKE '%51'") == [
        ("2026-07-04 14:00:00",)
    ]
    with oa.open_store(store) as data:
        counts = oa.show_up(data, as_of="2026-08-01").iloc[0]
    assert [counts[c] for c in ("attended", "no_show", "cancelled", "unrecorded")] == [1, 1, 0, 1]


def test_api_and_csv_of_one_campaign_count_once(put, store, rows):
    oa.load_files(
        [put(ATTENDANCES[:2], "api.json"), put(EVENTS_CSV, "events.csv")],
        store=store,
        timezone="UTC",
    )
    oa.load_files(put(SIGNUPS_CSV.split("\n", 2)[0] + "\n" + SIGNUPS_CSV.split("\n")[1] + "\n",
                      "list.csv"), store=store)  # fmt: skip
    # Ann is in both, under different ids: one person, one sign-up.
    assert rows(store, "SELECT count(*) FROM people WHERE given_name = 'Ann'") == [(1,)]
    assert rows(store, "SELECT count(*), count(*) FILTER (attended) FROM signups") == [(2, 1)]
    assert rows(store, "SELECT count(*) FROM main.signups") == [(3,)]


def test_a_file_that_is_not_of_the_tool_is_refused(put, store):
    with pytest.raises(FileError, match="no file of mobilize that is known"):
        oa.load_files(put("a,b\n1,2\n", "x.csv"), store=store, source="mobilize", timezone="UTC")
    assert not store.exists()


FEEDBACK = (
    "SELECT p.given_name, f.shift_id, f.rating, f.note FROM feedback f "
    "LEFT JOIN people p USING (person_id) ORDER BY 1, 2"
)


def test_what_people_said_after_a_shift(put, store, rows):
    said = [
        attendance(1, person(11, "Ann"), attended=True, rating="POSITIVE", feedback="Great team"),
        attendance(2, person(12, "Bo"), attended=True, rating="NEGATIVE"),
        attendance(3, person(13, "Cy"), attended=True, rating=None, feedback=None),
        attendance(4, person(14, "Di"), attended=True, rating="MEH"),
    ]
    result = oa.load_files(put({"data": said}, "attendances.json"), store=store, timezone="UTC")
    assert (result.rejects, result.files[0].new) == ([], 4)
    assert rows(store, FEEDBACK) == [
        ("Ann", "mobilize:timeslot:51", 5, "Great team"),
        ("Bo", "mobilize:timeslot:51", 1, None),
        ("Di", "mobilize:timeslot:51", None, "rating: MEH"),
    ]
    assert not any("rating" in warning for warning in result.warnings)
    again = oa.load_files(put({"data": said}, "attendances.json"), store=store)
    assert again.files[0].unchanged == 4
    oa.forget("mobilize:user:11", store=store)
    assert rows(store, "SELECT count(*) FROM feedback WHERE note = 'Great team'") == [(0,)]
    assert rows(store, "SELECT count(*) FROM feedback") == [(3,)]


def test_the_rating_in_the_csv_export(put, store, rows):
    text = (
        "event id,timeslot id,email,first name,last name,status,attended,rating,start,"
        "signup created time\n"
        "5,51,ann@example.org,Ann,Silver,CONFIRMED,true,Positive,2026-04-08 01:00,2026-04-01 12:00\n"
        "5,51,bo@example.org,Bo,Coast,CONFIRMED,true,,2026-04-08 01:00,2026-04-01 12:00\n"
    )
    oa.load_files(put(text, "signups.csv"), store=store, timezone="UTC")
    assert rows(store, FEEDBACK) == [("Ann", "mobilize:timeslot:51", 5, None)]


def parsons_event(number: int, *slots: tuple[int, int]) -> dict:
    """Return an event as Parsons spreads it over columns: three timeslots at most."""
    row: dict[str, object] = {**EVENT, "id": number}
    for place in range(3):
        slot, start = slots[place] if place < len(slots) else (None, None)
        row[f"timeslots_{place}_id"] = slot
        row[f"timeslots_{place}_start_date"] = start
        row[f"timeslots_{place}_end_date"] = start and start + 2 * HOUR
    return row


@pytest.mark.parametrize("form", ["rows", "csv"])
def test_events_whose_timeslots_are_spread_over_columns(form, put, store, rows):
    events = [
        parsons_event(5, (51, START), (52, START + 24 * HOUR)),
        parsons_event(6),  # without a timeslot
        parsons_event(7, (71, START), (72, START + HOUR), (73, START + 2 * HOUR)),
    ]
    if form == "rows":
        result = oa.load_records(events, store=store, timezone="UTC")
    else:
        lines = [",".join(events[0])]
        lines += [",".join("" if v is None else str(v) for v in e.values()) for e in events]
        result = oa.load_files(
            put("\n".join(lines) + "\n", "events.csv"), store=store, timezone="UTC"
        )
    count = result.files[0]
    assert (count.new, count.skipped, count.rejected) == (5, 1, 0)
    assert rows(store, "SELECT shift_id, event_id, starts_at FROM shifts ORDER BY 1")[:2] == [
        ("mobilize:timeslot:51", "mobilize:event:5", datetime(2026, 7, 4, 14)),
        ("mobilize:timeslot:52", "mobilize:event:5", datetime(2026, 7, 5, 14)),
    ]


def test_a_spread_timeslot_that_is_wrong_names_its_row(put, store):
    events = [parsons_event(5, (51, START)), parsons_event(6, (61, START), (62, START))]
    events[1]["timeslots_1_start_date"] = "soon"
    result = oa.load_records(events, store=store, source="mobilize", timezone="UTC")
    assert [(r.row, r.value) for r in result.rejects] == [(3, "soon")]


WEB = (
    "First name,Last name,Email,Mobile number,Postal code,Event name,Event type,Timeslot,Status,"
    "Attended?,Signup created time\n"
    'Ann,Silver,ann@example.org,,78501,Phone bank,PHONE_BANK,"Tue, Apr 7, 7:00pm EDT",Confirmed,'
    "Yes,2026-04-01 12:00:00 UTC\n"
    'Bo,Coast,bo@example.org,,78501,Phone bank,PHONE_BANK,"Tue, Apr 7, 7:00pm EDT",Cancelled,,'
    "2026-04-01 12:00:00 UTC\n"
    'Cy,Moor,cy@example.org,,78501,Phone bank,PHONE_BANK,"Wed, Apr 8, 7:00pm EDT",Registered,No,'
    "2026-04-02 12:00:00 UTC\n"
)


def test_the_list_of_the_web_page_has_no_ids(put, store, rows):
    result = oa.load_files(put(WEB, "signups_web.csv"), store=store, timezone="America/Chicago")
    assert result.rejects == []
    assert rows(store, "SELECT count(*) FROM events") == [(1,)]
    assert rows(store, "SELECT event_type FROM events") == [("phone_bank",)]
    assert rows(
        store,
        "SELECT p.given_name, s.starts_at, g.status, g.attended FROM signups g "
        "JOIN people p USING (person_id) JOIN shifts s USING (shift_id) ORDER BY 1",
    ) == [
        ("Ann", datetime(2026, 4, 7, 23), "confirmed", True),
        ("Bo", datetime(2026, 4, 7, 23), "cancelled", None),
        ("Cy", datetime(2026, 4, 8, 23), "registered", False),
    ]
