"""Sheets that campaigns keep, as they are: told without `--source`, and counted by hand."""

from __future__ import annotations

import pytest

import organizing_analytics as oa


@pytest.fixture
def load(tmp_path, store):
    def _load(text, name="sheet.csv", **options):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return oa.load_files(path, store=store, timezone="America/Chicago", year=2026, **options)

    return _load


SIGNUPS = (
    "SELECT p.email, e.title, s.starts_at::VARCHAR, g.status, g.attended FROM signups g "
    "JOIN people p USING (person_id) JOIN shifts s USING (shift_id) JOIN events e USING (event_id) "
    "ORDER BY ALL"
)
FORM = """Timestamp,Email Address,Your name,Phone,{question},Will you be there for sure?
10/28/2026 19:04:11,ann@example.org,Ann Lee,,"Sat 11/7 10am Canvass, Sun 11/8 1pm Phone Bank",Yes!!
10/29/2026 8:02:09,ann@example.org,"Lee, Ann",,Sat 11/7 10am Canvass,yes
10/29/2026 9:00:00,bo@example.org,Bo,,Sun 11/8 1pm Phone Bank,maybe??
10/29/2026 9:30:00,cy@example.org,Cy,,Sun 11/8 1pm Phone Bank,"No, sorry"
10/29/2026 9:40:00,di@example.org,Di,,,yes
10/29/2026 9:50:00,ed@example.org,Ed,,some evening,yes
"""


@pytest.mark.parametrize(
    "question",
    ["Which shifts can you do? (check all)", "What shift works?", "Shifts", "When can you help?"],
)
def test_answers_of_a_form(question, load):
    result = load(FORM.format(question=question))
    assert [(r.row, r.value) for r in result.rejects] == [(5, "No, sorry"), (7, "some evening")]
    count = result.files[0]
    assert (count.source, count.new, count.skipped, count.rejected) == ("google_forms", 3, 2, 2)


def test_what_the_answers_of_a_form_become(load, store, rows):
    load(FORM.format(question="Which shifts?"))
    assert rows(store, SIGNUPS) == [
        ("ann@example.org", "Canvass", "2026-11-07 16:00:00", "confirmed", None),
        ("ann@example.org", "Phone Bank", "2026-11-08 19:00:00", "confirmed", None),
        ("bo@example.org", "Phone Bank", "2026-11-08 19:00:00", "registered", None),
    ]


MATRIX = """{name},Phone,11/7,11/8,Sat 11/14,Notes
Ann Lee,312-555-0142,✓,,x,great!
Bo Roe,,no,✔️ late,?,
NEW: Cy Poe,,,P,cancelled,
TOTAL,,1,2,1,
"""


@pytest.mark.parametrize("name", ["Name", "Volunteer", "Full Name", "Who"])
def test_an_attendance_sheet(name, load, store, rows):
    result = load(MATRIX.format(name=name))
    assert result.rejects == []
    assert 'the event is "Attendance"' in " ".join(result.warnings)
    assert rows(
        store,
        "SELECT p.given_name, s.starts_at::DATE::VARCHAR, g.status, g.attended FROM signups g "
        "JOIN people p USING (person_id) JOIN shifts s USING (shift_id) ORDER BY ALL",
    ) == [
        ("Ann", "2026-11-07", "registered", True),
        ("Ann", "2026-11-14", "registered", True),
        ("Bo", "2026-11-07", "registered", False),
        ("Bo", "2026-11-08", "registered", True),
        ("Bo", "2026-11-14", "registered", None),
        ("Cy", "2026-11-08", "registered", True),
        ("Cy", "2026-11-14", "cancelled", None),
    ]  # fmt: skip


def test_two_groups_of_one_attendance_sheet_are_two_events(load, store, rows):
    load("Name,Group,Start,11/7,11/8\nAnn,North,6pm,x,x\nBo,South,7pm,x,\n")
    assert rows(store, "SELECT title FROM events ORDER BY 1") == [("North",), ("South",)]
    assert rows(store, "SELECT count(*) FROM shifts") == [(3,)]


def test_one_date_is_no_attendance_sheet(load):
    with pytest.raises(oa.errors.FileError, match="no known header"):
        load("Name,11/7,Notes\nAnn,x,\n")


TRACKER = """Organizer,Who,Email,Date,Kind of 1:1,How long,Outcome
Priya,Maria Lopez,maria@example.org,11/3,first meeting,45 min,YES - will captain Saturday
Priya,DJ Okafor,,11/4,check-in,30,"not right now, ask after exams"
Tom,Sue Smith,,Nov 5,check in,about 1 hr,would do data entry
Tom,Kev,,11/6,check in,,no show
Tom,Rosa,,11/9,recruitment,,moved to next week
Tom,Lee,,12/9,leadership ask,,
Tom,Pat,,11/9,coffee,20 min,nice talk
Tom,Kim,,11/9,check-in,,hm
Tom,Ana,,tbd,check-in,,
"""


def test_a_list_of_one_to_ones(load, store, rows):
    result = load(TRACKER)
    assert [(r.row, r.column) for r in result.rejects] == [
        (8, "Kind of 1:1"), (9, "Outcome, How long"), (10, "scheduled_at"),
    ]  # fmt: skip
    assert rows(
        store,
        "SELECT p.given_name, o.given_name, m.kind, m.status, m.minutes, m.notes FROM meetings m "
        "JOIN people p USING (person_id) JOIN people o ON o.person_id = m.organizer_id "
        "ORDER BY m.scheduled_at, 1",
    ) == [
        ("Maria", "Priya", "recruitment", "held", 45, "YES - will captain Saturday"),
        ("DJ", "Priya", "maintenance", "held", 30, "not right now, ask after exams"),
        ("Sue", "Tom", "maintenance", "held", 60, "would do data entry"),
        ("Kev", "Tom", "maintenance", "no_show", None, "no show"),
        ("Rosa", "Tom", "recruitment", "cancelled", None, "moved to next week"),
        ("Lee", "Tom", "escalation", "scheduled", None, None),
    ]


ASKS = """{name},Email,{date},Asked by,{ask},{response},Notes
Ann Lee,ann@example.org,11/3,Priya,canvass,Yes!,
Bo Roe,,11/3,Priya,canvass,not right now - exams,ask in Dec
Cy Poe,,11/4,Tom,team_leader,left message,
Di Moe,,11/4,Tom,canvass,her mother is ill,
"""


@pytest.mark.parametrize(
    "columns",
    [("Name", "Date", "Ask", "Response"), ("Who", "Date called", "Asked for", "Outcome"),
     ("Volunteer", "Call date", "The ask", "Result"), ("Full Name", "When", "Asked to do", "Reply")],
)  # fmt: skip
def test_a_list_of_asks(columns, load, store, rows):
    name, date, ask, response = columns
    result = load(ASKS.format(name=name, date=date, ask=ask, response=response))
    assert [(r.row, r.value) for r in result.rejects] == [(5, "her mother is ill")]
    assert rows(
        store, "SELECT ask_for, outcome, asked_at::DATE::VARCHAR FROM asks ORDER BY asked_at, 1, 2"
    ) == [
        ("canvass", "not_now", "2026-11-03"),
        ("canvass", "yes", "2026-11-03"),
        ("team_leader", "no_answer", "2026-11-04"),
    ]


def test_a_sign_up_sheet_may_name_teams(load, store, rows):
    load("Name,Email,Team,Event,Date,Start\nAnn,a@example.org,North,Canvass,11/7,6pm\n")
    assert rows(store, "SELECT t.name, e.title FROM events e JOIN teams t USING (team_id)") == [
        ("North", "Canvass")
    ]


def test_two_people_in_one_cell_are_named(load):
    result = load(
        "Name,Event,Date,Start\nTyrell & Jo Banks,Canvass,11/7,6pm\nSandy Anderson,Canvass,11/7,6pm\n"
    )
    assert "sheet.csv row 2: names two people, who count as one" in " ".join(result.warnings)


@pytest.mark.parametrize("word", ["said *", "* said", "*said *"])
def test_a_word_of_a_mapping_may_end_in_a_blank(word, load, tmp_path, store, rows):
    (tmp_path / "sheet.toml").write_text(
        '[[table]]\ntable = "people"\n[table.columns]\nperson_id = "Id"\n'
        f'role = {{ column = "Role", values = {{ "{word}" = "volunteer" }} }}\n'
    )
    load("Id,Role\n1,said yes\n2,she said\n3,x said so\n")
    roles = {i for (i,) in rows(store, "SELECT person_id FROM people WHERE role = 'volunteer'")}
    assert roles == {"said *": {"1"}, "* said": {"2"}, "*said *": {"1", "2", "3"}}[word]


def test_a_form_with_the_parts_of_the_name_apart(load, store, rows):
    load(
        "Timestamp,First name,Last name,Email,Which shifts?\n"
        "10/28/2026 19:04,Mary Ann,de la Cruz,m@example.org,Sat 11/7 10am Canvass\n"
    )
    assert rows(store, "SELECT given_name, family_name FROM people") == [("Mary Ann", "de la Cruz")]
