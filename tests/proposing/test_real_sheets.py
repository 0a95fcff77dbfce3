"""Sheets as campaigns keep them, through a proposed mapping and a load."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

import organizing_analytics as oa

SIGNUPS = (
    "SELECT p.given_name, e.title, strftime(s.starts_at, '%m-%d %H:%M'), g.status, g.attended "
    "FROM signups g JOIN people p USING (person_id) JOIN shifts s USING (shift_id) "
    "JOIN events e USING (event_id) ORDER BY 1, 3"
)
SPANISH = """Nombre,Apellido,Correo electrónico,Teléfono,Evento,Fecha,Hora,Asistió
Ana,Ruiz,ana@example.org,312-555-0101,Caminata,17/10/2026,10:00,sí
Beto,Costa,beto@example.org,312-555-0102,Caminata,17/10/2026,10:00,no asistió
"""
AIRTABLE = """Name,Email,Phone,Shift (linked),Shift start,Event type,Status,Created time
Ana Ruiz,ana@example.org,(312) 555-0101,Canvass,10/17/2026 10:00am,Canvass,Confirmed,10/1/2026 9:12am
Cy Moor,cy@example.org,(312) 555-0103,Phone Bank,10/18/2026 6:00pm,Calls,Cancelled,10/2/2026 5:00pm
"""
NOTION = """Who,Event,When,Showed,Tags
Ana Ruiz,Canvass,"October 17, 2026 10:00 AM \u2192 1:00 PM",Yes,"leader, driver"
Bo Coast,Canvass,"October 17, 2026 10:00 AM \u2192 1:00 PM",No,
"""
SLACK = """Question,Option,Voter,Voter email,Voted at
Which shift?,Sat Oct 17 10am Canvass,Ana Ruiz,ana@example.org,2026-10-12 18:03
Which shift?,Sun Oct 18 1pm Phone bank,Ana Ruiz,ana@example.org,2026-10-12 18:03
"""
TWO_HEADERS = """Volunteer,,,Shift,,,
First name,Last name,Email,Event,Date,Start,Came?
Ana,Ruiz,ana@example.org,Canvass,10/17/2026,10:00 AM,yes
"""
GERMAN = """Vorname,Nachname,E-Mail,Handy,Veranstaltung,Datum,Beginn,Anwesend
Ute,Weiß,ute@example.org,0171 5550101,Haustür,17.10.2026,18 Uhr,ja
Jörg,Groß,jorg@example.org,0171 5550102,Haustür,17.10.2026,18 Uhr,nein
"""
FRENCH = """Prénom,Nom de famille,Courriel,Activité,Date,Heure de début,Présent
Anne,Roy,anne@example.org,Porte-à-porte,17/10/2026,18h30,oui
Luc,Caron,luc@example.org,Porte-à-porte,17/10/2026,18h30,non
"""
TYPEFORM = """#,Full name?,Email?,Which shift?,Submitted At,Token
x1,Ana Ruiz,ana@example.org,Sat 10/17 10am Canvass,2026-10-01 10:00:00,abc
"""
#: Sheet → who is signed up for what, when by UTC, as what, and whether they came.
LOADED = {
    "Spanish": (
        SPANISH,
        [
            ("Ana", "Caminata", "10-17 10:00", "registered", True),
            ("Beto", "Caminata", "10-17 10:00", "registered", False),
        ],
    ),
    "Airtable": (
        AIRTABLE,
        [
            ("Ana", "Canvass", "10-17 10:00", "confirmed", None),
            ("Cy", "Phone Bank", "10-18 18:00", "cancelled", None),
        ],
    ),
    "Notion": (
        NOTION,
        [
            ("Ana", "Canvass", "10-17 10:00", "registered", True),
            ("Bo", "Canvass", "10-17 10:00", "registered", False),
        ],
    ),
    "Slack poll": (
        SLACK,
        [
            (None, "Canvass", "10-17 10:00", "registered", None),
            (None, "Phone bank", "10-18 13:00", "registered", None),
        ],
    ),
    "German": (
        GERMAN,
        [
            ("Jörg", "Haustür", "10-17 18:00", "registered", False),
            ("Ute", "Haustür", "10-17 18:00", "registered", True),
        ],
    ),
    "French": (
        FRENCH,
        [
            ("Anne", "Porte-à-porte", "10-17 18:30", "registered", True),
            ("Luc", "Porte-à-porte", "10-17 18:30", "registered", False),
        ],
    ),
    "Typeform": (TYPEFORM, [("Ana", "Canvass", "10-17 10:00", "registered", None)]),
    "two rows of headers": (TWO_HEADERS, [("Ana", "Canvass", "10-17 10:00", "registered", True)]),
}


def frame(text: str) -> pd.DataFrame:
    """Return a sheet as a frame; its first row names the columns."""
    header, *lines = csv.reader(io.StringIO(text))
    return pd.DataFrame(lines, columns=header)


@pytest.mark.parametrize("name", LOADED)
def test_a_sheet_loads_by_its_proposed_mapping(name, tmp_path, store, rows):
    text, signups = LOADED[name]
    (tmp_path / "sheet.csv").write_text(text, encoding="utf-8")
    if name != "two rows of headers":  # a shipped mapping knows those
        proposal = oa.propose_mapping(frame(text))
        assert proposal.toml is not None, proposal.questions
        (tmp_path / "sheet.toml").write_text(proposal.toml, encoding="utf-8")
    result = oa.load_files(tmp_path / "sheet.csv", store=store, timezone="UTC", year=2026)
    assert result.rejects == []
    assert rows(store, SIGNUPS) == signups


TALLY = """Caller,Calls made,Contacts,Yes,Left message
Ana Ruiz,42,11,4,20
"""
RIDES = """Driver,Driver Phone,Passenger,Passenger Phone,Event,Date,Pick-up time
Ana Ruiz,312-555-0101,Cy Moor,312-555-0103,Canvass,10/17/2026,9:15 AM
"""
PACKETS = """Packet #,Canvasser,Phone,Turf,Date,Time out,Time in,Doors,Returned?
1,Ana Ruiz,312-555-0101,W4-07,10/17/2026,10:00 AM,12:45 PM,61,yes
"""
ATTENDEES = """first_name,last_name,email,zip_code,can2_phone,RSVP Date (EST),Event Name
Ana,Ruiz,ana@example.org,60601,3125550101,2026-10-01 09:12:00,Canvass kickoff
"""
GRID = """Name,Cell,Sat 10/17 10am Canvass,Sun 10/18 6pm Phone bank
Ana Ruiz,312-555-0101,x,
"""


CALENDLY = """Invitee Name,Invitee Email,Event Type Name,Start Date & Time,Canceled,No-Show
Ana Ruiz,ana@example.org,1:1 with Priya,2026-10-10 10:00 am,false,No
"""
SURVEY = """Respondent ID,Start Date,Email Address,First Name,Which day works?
1001,10/01/2026 10:00:00,ana@example.org,Ana,Saturday
"""


@pytest.mark.parametrize(
    "text",
    [TALLY, RIDES, PACKETS, ATTENDEES, GRID, CALENDLY, SURVEY],
    ids=["tally", "rides", "packets", "attendees", "grid of shifts", "Calendly", "SurveyMonkey"],
)
def test_what_a_sheet_does_not_say_is_asked(text):
    """No shift, or not when it was, or not who signed up for it: no guess."""
    proposal = oa.propose_mapping(frame(text))
    assert proposal.toml is None
    assert any(question.key == "kind of sheet" for question in proposal.questions)


def test_columns_with_a_date_and_more_in_their_name_are_named():
    [doubt] = oa.propose_mapping(frame(GRID)).doubts
    assert doubt.startswith("Sat 10/17 10am Canvass and 1 more: dates with more behind them")


def test_a_share_of_a_training_is_no_mark_of_who_came():
    text = (
        "Name,Email,Event,Date,Start,Attendance\nAna,ana@example.org,Training,10/17/2026,6pm,{}\n"
    )
    proposal = oa.propose_mapping(frame(text.format("50%")))
    assert "Attendance" not in proposal.columns
    assert proposal.doubts == (
        "Attendance: called like attended, but holds something else; not read",
    )


def test_people_without_names_are_asked_about():
    text = "Supporter's full name,Cell,Email\nAna Ruiz,312-555-0101,ana@example.org\n"
    [question] = oa.propose_mapping(frame(text)).questions
    assert (question.key, question.choices) == ("full_name", ("Supporter's full name",))
    answered = oa.propose_mapping(frame(text), answers={"full_name": "Supporter's full name"})
    assert answered.columns["Supporter's full name"] == "full_name"
    assert answered.questions == ()
