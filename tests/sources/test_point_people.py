"""Who looks after whom, as exports and sheets have it: `people.organizer_id`."""

from __future__ import annotations

import pytest

import organizing_analytics as oa

VAN = (
    "VANID,Event,Date,Time,Name,Email,Status,Role,Recruited By,{point}\n"
    '7,Canvass,11/07/2026,10:00 AM,"Lee, Ann",ann@example.org,Completed,Canvasser,"Diaz, Omar",{omar}\n'
    '8,Canvass,11/07/2026,10:00 AM,"Cruz, Bo",bo@example.org,Scheduled,Canvasser,,\n'
)
MOBILIZE = (
    "event id,timeslot id,email,first name,last name,status,attended,start,{point}\n"
    "1,2,ann@example.org,Ann,Lee,REGISTERED,true,2026-11-07 10:00,{omar}\n"
    "1,2,bo@example.org,Bo,Cruz,REGISTERED,,2026-11-07 10:00,\n"
)
MOBILIZE_WEB = (
    "First name,Last name,Email,Event name,Event type,Timeslot,Status,Attended?,{point}\n"
    "Ann,Lee,ann@example.org,Canvass,CANVASS,2026-11-07 10:00,Registered,Yes,{omar}\n"
    "Bo,Cruz,bo@example.org,Canvass,CANVASS,2026-11-07 10:00,Registered,,\n"
)
SHEET = (
    "Name,Email,Event,Date,Start,Came?,{point}\n"
    "Ann Lee,ann@example.org,Canvass,2026-11-07,10am,yes,{omar}\n"
    "Bo Cruz,bo@example.org,Canvass,2026-11-07,10am,,\n"
)
ASKS = (
    "Name,Email,Date,Ask,Response,{point}\n"
    "Ann Lee,ann@example.org,2026-11-07,canvass,yes,{omar}\n"
    "Bo Cruz,bo@example.org,2026-11-07,canvass,maybe,\n"
)
MEETINGS = (
    "Organizer,Who,Email,Date,Kind of 1:1,How long,Outcome,{point}\n"
    "Priya Roe,Ann Lee,ann@example.org,2026-11-07,first meeting,45 min,held,{omar}\n"
    "Priya Roe,Bo Cruz,bo@example.org,2026-11-07,check in,30 min,held,\n"
)
LOOKED_AFTER = """
    SELECT p.email, o.given_name, o.family_name, o.email
    FROM people p LEFT JOIN people o ON o.person_id = p.organizer_id
    WHERE p.email IN ('ann@example.org', 'bo@example.org') ORDER BY 1
"""
OMAR = [("ann@example.org", "Omar", "Diaz", None), ("bo@example.org", None, None, None)]


@pytest.fixture
def load(tmp_path):
    def _load(text: str) -> oa.LoadResult:
        (tmp_path / "export.csv").write_text(text, encoding="utf-8")
        loaded = oa.load_files(
            tmp_path / "export.csv", store=tmp_path / "store", timezone="America/Chicago"
        )
        assert not loaded.rejects
        return loaded

    return _load


@pytest.mark.parametrize(
    "text",
    [VAN, MOBILIZE, MOBILIZE_WEB, SHEET, ASKS, MEETINGS],
    ids=["van", "mobilize", "mobilize_web", "sheet", "asks", "meetings"],
)
@pytest.mark.parametrize("point", ["Point Person", "assigned_to", "Primary organizer"])
def test_a_point_person_looks_after_people(text, point, load, tmp_path, rows):
    load(text.format(point=point, omar="Omar Diaz"))
    assert rows(tmp_path / "store", LOOKED_AFTER) == OMAR


@pytest.mark.parametrize(
    "text",
    [VAN, MOBILIZE, MOBILIZE_WEB, SHEET, ASKS, MEETINGS],
    ids=["van", "mobilize", "mobilize_web", "sheet", "asks", "meetings"],
)
def test_a_point_person_may_be_an_address(text, load, tmp_path, rows):
    load(text.format(point="Point person", omar="Omar@example.org"))
    assert rows(tmp_path / "store", LOOKED_AFTER) == [
        ("ann@example.org", None, None, "omar@example.org"),
        ("bo@example.org", None, None, None),
    ]


@pytest.mark.parametrize("text", [MOBILIZE_WEB, SHEET, ASKS, MEETINGS])
def test_a_point_person_may_be_a_phone(text, load, tmp_path, rows):
    load(text.format(point="Point person", omar="(312) 555-0142"))
    looked_after = (
        "SELECT o.given_name, o.family_name, o.phone FROM people p "
        "JOIN people o ON o.person_id = p.organizer_id"
    )
    assert (None, None, "(312) 555-0142") in rows(tmp_path / "store", looked_after)


@pytest.mark.parametrize(
    ("text", "which"),
    [(ASKS.format(point="Asked by", omar="{omar}"), "asks JOIN people p ON p.person_id = asker_id"),
     (MEETINGS.replace("Priya Roe", "{omar}").replace("{point}", "Notes", 1),
      "meetings m JOIN people p ON p.person_id = m.organizer_id")],
    ids=["asker", "organizer"],
)  # fmt: skip
def test_who_asked_or_met_may_be_an_address_or_a_phone(text, which, load, tmp_path, rows):
    person = f"SELECT DISTINCT p.given_name, p.family_name, p.email, p.phone FROM {which}"
    load(text.format(omar="Omar@example.org"))
    assert rows(tmp_path / "store", person) == [(None, None, "omar@example.org", None)]
    load(text.format(omar="312.555.0142"))
    assert rows(tmp_path / "store", person) == [(None, None, None, "312.555.0142")]


def test_mobilize_s_web_page_may_not_say_the_type_of_an_event(load, tmp_path, rows):
    text = MOBILIZE_WEB.format(point="Notes", omar="").replace("Event type,", "")
    load(text.replace("CANVASS,", ""))
    assert rows(tmp_path / "store", "SELECT title, event_type FROM events") == [
        ("Canvass", "event")
    ]
    load(MOBILIZE_WEB.format(point="Notes", omar=""))  # a later export says it
    load(text.replace("CANVASS,", ""))
    assert rows(tmp_path / "store", "SELECT count(*) FROM signups") == [(2,)]


def test_a_recruiter_and_a_point_person_of_one_name_are_one_person(load, tmp_path, rows):
    load(VAN.format(point="Organizer", omar='"Diaz, Omar"'))
    same = (
        "SELECT s.recruiter_id = p.organizer_id FROM signups s JOIN people p USING (person_id)"
        " WHERE p.organizer_id IS NOT NULL"
    )
    assert rows(tmp_path / "store", same) == [(True,)]
    assert rows(tmp_path / "store", "SELECT count(*) FROM people") == [(3,)]


def test_an_export_without_the_column_takes_nobody_away(load, tmp_path, rows):
    load(VAN.format(point="Point Person", omar="Omar Diaz"))
    load(VAN.format(point="Notes", omar="Omar Diaz"))
    assert rows(tmp_path / "store", LOOKED_AFTER) == OMAR
