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


@pytest.mark.parametrize(
    "text",
    [TALLY, RIDES, PACKETS, ATTENDEES, GRID],
    ids=["tally of calls", "rides", "packets", "attendees", "grid of shifts"],
)
def test_what_a_sheet_does_not_say_is_asked(text):
    """No shift, or not when it was, or not who signed up for it: no guess."""
    proposal = oa.propose_mapping(frame(text))
    assert proposal.toml is None
    assert any(question.key == "kind of sheet" for question in proposal.questions)


def test_columns_with_a_date_and_more_in_their_name_are_named():
    [doubt] = oa.propose_mapping(frame(GRID)).doubts
    assert doubt.startswith("Sat 10/17 10am Canvass and 1 more: dates with more behind them")
