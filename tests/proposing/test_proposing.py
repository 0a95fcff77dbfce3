"""Mapping files that are proposed for sheets: `oa map` and `propose_mapping`."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest

import organizing_analytics as oa
from organizing_analytics.cli.app import main
from organizing_analytics.errors import OptionError

TRACKER = """Our 1:1s,,,,,
Organizer,Who,Date,Kind of 1:1,How long,Outcome
Priya,Maria Lopez,11/3/2026,first meeting,45 min,YES - will captain
Priya,DJ Okafor,11/14/2026,,30,not right now
Tom,kevin,11/6/2026,check in,,no show
TOTAL,,,,75,
"""
MATRIX = "Name,Cell #,11/7/2026,11/14/2026,Notes\nAnn,312-555-0142,✓,,x\nBo,,,absent,y\n"
FORM = """Timestamp,Your name,Email Address,Which shifts?,RSVP
10/28/2026 19:04:11,Ann Lee,ann@example.org,"Sat 11/7 10am Canvass, Sun 11/8 1pm Phone Bank",Yes!
10/28/2026 19:05:11,"Lee, Ann",ann@example.org,Sat 11/7 10am Canvass,maybe
10/28/2026 19:06:11,Bo,bo@example.org,Sat 11/7 10am Canvass,"No, sorry"
"""
CALLS = """Called by,First,Last,Mobile,Date called,Asked for,Response
Tom,Ann,Lee,312-555-0142,2026-11-03,canvass,No thanks
Tom,Bo,Cruz,312-555-0143,2026-11-03,canvass,perhaps
"""


def _run(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    printed = capsys.readouterr()
    return ended.value.code or 0, printed.out + printed.err


@pytest.fixture
def sheet(tmp_path, monkeypatch):
    monkeypatch.setenv("ORGANIZING_STORE", str(tmp_path / "store"))

    def write(text, name="sheet.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def _frame(text):
    lines = [line.split(",") for line in text.strip().splitlines()]
    return pd.DataFrame(lines[1:], columns=lines[0])


def test_a_tracker_is_mapped_and_loads_by_itself(sheet, tmp_path, capsys, rows):
    path = sheet(TRACKER)
    answers = ["--answer", "1:1 kind=maintenance", "--answer", "held=yes"]
    code, said = _run(capsys, "map", path, "--yes", *answers)
    assert code == 0, said
    assert "3 new rows" in said
    assert "oa load" in said
    code, said = _run(capsys, "load", path, "--timezone", "America/Chicago")
    assert code == 0, said
    query = (
        "SELECT p.given_name, m.kind, m.status, m.minutes FROM meetings m JOIN people p USING (person_id)"
        " ORDER BY 1"
    )
    assert rows(tmp_path / "store", query) == [
        ("DJ", "maintenance", "held", 30),
        ("Maria", "recruitment", "held", 45),
        ("kevin", "maintenance", "no_show", None),
    ]


def test_what_nobody_answered_is_rejected_by_name_and_never_guessed(sheet, tmp_path, capsys):
    code, said = _run(capsys, "map", sheet(TRACKER), "--yes")
    assert code == 0
    assert 'Outcome is "YES - will captain"' in said
    assert "1:1 kind=…" in said


def test_a_matrix_asks_for_what_no_column_says(sheet, tmp_path, capsys, rows):
    path = sheet(MATRIX)
    code, said = _run(capsys, "map", path, "--yes")
    assert code == 1
    assert "What is the event called?" in said
    assert not path.with_suffix(".toml").exists()
    answers = ["--answer", "event title=Weekly", "--answer", "start time=6pm"]
    assert _run(capsys, "map", path, "--yes", *answers)[0] == 0
    assert _run(capsys, "load", path, "--timezone", "America/Chicago")[0] == 0
    query = (
        "SELECT p.given_name, p.phone, s.starts_at::VARCHAR, g.attended FROM signups g "
        "JOIN people p USING (person_id) JOIN shifts s USING (shift_id) ORDER BY 1"
    )
    assert rows(tmp_path / "store", query) == [
        ("Ann", "312-555-0142", "2026-11-08 00:00:00", True),
        ("Bo", None, "2026-11-15 00:00:00", False),
    ]


def test_a_form_with_shifts_to_choose_from(sheet, tmp_path, capsys, rows):
    path = sheet(FORM)
    assert _run(capsys, "map", path, "--yes")[0] == 0
    result = oa.load_files(path, store=tmp_path / "store", timezone="America/Chicago")
    assert [(c.new, c.skipped, c.rejected) for c in result.files] == [(2, 1, 1)]
    assert [(r.row, r.value) for r in result.rejects] == [(4, "No, sorry")]
    query = "SELECT status, count(*) FROM signups GROUP BY 1 ORDER BY 1"
    assert rows(tmp_path / "store", query) == [("confirmed", 1), ("registered", 1)]
    assert rows(tmp_path / "store", "SELECT given_name, family_name FROM people") == [
        ("Ann", "Lee")
    ]


def test_a_call_sheet_rejects_a_word_that_it_does_not_know(sheet, tmp_path, capsys, rows):
    path = sheet(CALLS)
    assert _run(capsys, "map", path, "--yes")[0] == 0
    result = oa.load_files(path, store=tmp_path / "store", timezone="America/Chicago")
    assert [(r.row, r.value) for r in result.rejects] == [(3, "perhaps")]
    assert rows(tmp_path / "store", "SELECT ask_for, outcome FROM asks") == [("canvass", "no")]


def test_two_columns_that_may_be_one_thing_are_asked_about():
    frame = _frame("Name,Email,Phone,phone.\nAnn,a@x.org,312-555-0142,312-555-0143\n")
    proposal = oa.propose_mapping(frame)
    assert [(q.key, q.choices) for q in proposal.questions] == [("phone", ("Phone", "phone."))]
    assert proposal.toml is None
    answered = oa.propose_mapping(frame, answers={"phone": "phone."})
    assert answered.columns["phone."] == "phone"
    assert answered.toml


def test_a_column_that_holds_something_else_than_its_name_says_is_not_read():
    frame = _frame("Name,Email,Phone\nAnn,a@x.org,ask Tom\nBo,b@x.org,none\n")
    proposal = oa.propose_mapping(frame)
    assert "Phone" not in proposal.columns
    assert "Phone" in proposal.doubts[0]


def test_an_email_is_one_whatever_its_column_is_called():
    frame = _frame("Volunteer,How to reach you\nAnn,a@x.org\nBo,b@x.org\n")
    assert oa.propose_mapping(frame).columns == {
        "Volunteer": "full_name",
        "How to reach you": "email",
    }


def test_a_sheet_that_may_be_anything_is_asked_about():
    proposal = oa.propose_mapping(_frame("Thing,Color\na,b\n"))
    assert proposal.kind is None
    assert [q.key for q in proposal.questions] == ["kind of sheet"]


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"kind of sheet": "party"}, "kind of sheet"),
        ({"colour": "x"}, "answer"),
        ({"phone": "Fax"}, "column"),
        ({"1:1 kind": "nice"}, "kind"),
    ],
)
def test_an_answer_that_is_none(answers, message):
    with pytest.raises(OptionError, match=message):
        oa.propose_mapping(_frame("Name,Email\nAnn,a@x.org\n"), answers=answers)


def test_names_of_columns_that_would_break_the_file_are_written_safely(tmp_path):
    header = 'Na"me\\,E-mail\n'
    frame = _frame(f"{header}Ann,a@x.org\n")
    proposal = oa.propose_mapping(frame, answers={"full_name": 'Na"me\\'})
    (tmp_path / "odd.toml").write_text(proposal.toml, encoding="utf-8")
    (tmp_path / "odd.csv").write_text('"Na""me\\",E-mail\nAnn,a@x.org\n', encoding="utf-8")
    result = oa.load_files(tmp_path / "odd.csv", store=tmp_path / "s", timezone="UTC")
    assert [count.new for count in result.files] == [1]


def test_an_earlier_mapping_is_not_written_over(sheet, capsys):
    path = sheet(CALLS)
    path.with_suffix(".toml").write_text("mine", encoding="utf-8")
    code, said = _run(capsys, "map", path, "--yes")
    assert code == 2
    assert "--replace" in said
    assert path.with_suffix(".toml").read_text(encoding="utf-8") == "mine"


def test_json_has_the_questions(sheet, capsys):
    code, said = _run(capsys, "map", sheet(MATRIX), "--json")
    answer = json.loads(said)
    assert code == 1
    assert answer["kind"] == "matrix"
    assert [q["key"] for q in answer["questions"]] == ["event title", "start time"]


@pytest.mark.parametrize(
    "text",
    [
        # When somebody ordered is not when the event is.
        "Date,Name,Email,Event,Date Attending\n2026-11-01,Ann,a@x.org,Walk,2026-11-07\n",
        # Lists of who came are no lists of people.
        "Name,Email,Check-in Status\nAnn,a@x.org,Checked In\n",
        "Name,Email,Join Time\nAnn,a@x.org,11/7/2026 10:00 AM\n",
        # Moments are no choices.
        "First,Last,Email,Registration Time\nAnn,Lee,a@x.org,11/7/2026 10:00 AM\n",
    ],
)
def test_what_may_be_two_things_is_no_mapping(text):
    proposal = oa.propose_mapping(_frame(text))
    assert proposal.toml is None
    assert proposal.questions


class _Terminal(io.StringIO):
    def isatty(self):
        return True


def test_in_a_terminal_it_asks(sheet, capsys, monkeypatch):
    path = sheet(MATRIX)
    monkeypatch.setattr("sys.stdin", _Terminal("Weekly\n6pm\n"))
    code, said = _run(capsys, "map", path)
    assert code == 0, said
    assert "2026-11-07 18:00" in said
    assert "Weekly" in path.with_suffix(".toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("header", ["Point person", "Assigned to"])
def test_a_list_of_sign_ups_says_who_looks_after_whom(header, sheet, tmp_path, capsys, rows):
    path = sheet(
        f"First,Last,Email,Date,Start time,Event,{header}\n"
        "Ann,Lee,ann@example.org,2026-11-28,10:00,Canvass,Omar Diaz\n"
        "Bo,Cruz,bo@example.org,2026-11-28,10:00,Canvass,\n"
    )
    code, printed = _run(capsys, "map", path, "--yes")
    assert code == 0, printed
    code, printed = _run(capsys, "load", path, "--timezone", "America/Chicago")
    assert code == 0, printed
    query = (
        "SELECT p.given_name, o.given_name, o.family_name FROM people p LEFT JOIN people o"
        " ON o.person_id = p.organizer_id WHERE p.email IS NOT NULL ORDER BY 1"
    )
    assert rows(tmp_path / "store", query) == [("Ann", "Omar", "Diaz"), ("Bo", None, None)]


@pytest.mark.parametrize(
    "header", ["Point person", "Organizer", "point_person_name_or_email", "Recruited by"]
)
@pytest.mark.parametrize("omar", ["Omar Diaz", "omar@example.org"])
def test_a_list_of_people_says_who_looks_after_whom(header, omar, sheet, capsys, rows):
    path = sheet(
        f"First,Last,Email,{header}\nAnn,Lee,ann@example.org,{omar}\nBo,Cruz,bo@example.org,\n"
    )
    code, printed = _run(capsys, "map", path, "--yes")
    assert code == 0, printed
    code, printed = _run(capsys, "load", path, "--timezone", "America/Chicago")
    assert code == 0, printed
    query = (
        "SELECT p.given_name, coalesce(o.email, o.given_name || ' ' || o.family_name) FROM people p"
        " LEFT JOIN people o ON o.person_id = p.organizer_id WHERE p.family_name <> 'Diaz' ORDER BY 1"
    )
    assert rows(path.parent / "store", query) == [("Ann", omar), ("Bo", None)]
    # A row is one person of the list, whoever else it names.
    assert ["people", "sheet", "2", "2"] in [line.split()[1:5] for line in printed.splitlines()]
    assert rows(path.parent / "store", "SELECT count(*) FROM people") == [(3,)]


def test_a_list_of_sign_ups_names_who_recruited(sheet, tmp_path, capsys, rows):
    path = sheet(
        "First,Last,Email,Date,Start time,Event,Recruited by\n"
        "Ann,Lee,ann@example.org,2026-11-28,10:00,Canvass,Omar Diaz\n"
    )
    assert _run(capsys, "map", path, "--yes")[0] == 0
    assert _run(capsys, "load", path, "--timezone", "America/Chicago")[0] == 0
    query = (
        "SELECT r.given_name, p.organizer_id FROM signups s JOIN people p USING (person_id)"
        " JOIN people r ON r.person_id = s.recruiter_id"
    )
    assert rows(tmp_path / "store", query) == [("Omar", None)]


@pytest.mark.parametrize("column", ["Came?", "Check-in Status", "Join Time"])
def test_a_list_of_who_came_is_sent_to_the_way_that_reads_it(column):
    text = f"Name,Email,{column}\nAnn Lee,ann@example.org,yes\n"
    [question] = oa.propose_mapping(_frame(text)).questions
    assert question.key == "kind of sheet"
    assert "oa load FILE --source check_in --shift ID" in question.text


def test_a_sheet_with_days_is_no_list_of_who_came():
    text = "Name,Email,Date,Came?,Outcome\nAnn Lee,ann@example.org,2026-11-07,yes,maybe\n"
    [question] = oa.propose_mapping(_frame(text)).questions
    assert "check_in" not in question.text
