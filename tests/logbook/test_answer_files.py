"""Workbooks, paper and forms: what is written can be read back, and what is doubtful is named."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from openpyxl import load_workbook

import organizing_analytics as oa
from organizing_analytics.errors import OptionError, WriteError
from organizing_analytics.logbook.answer_files import read_answer_file
from organizing_analytics.logbook.codes import one_error_away
from organizing_analytics.logbook.forms import google_script, xlsform
from organizing_analytics.logbook.lines import issue_lines
from organizing_analytics.logbook.paper import MAX_LINES, lists_on_paper, paper_of
from organizing_analytics.logbook.printed import write_private
from organizing_analytics.logbook.sheets import COLUMNS, workbook_of
from organizing_analytics.logbook.words import WORDS, LineKind
from organizing_analytics.store.log_lines import LINES_FILE

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)
TASKS = (
    {"action": "reshift", "person_id": "p1", "name": "Ann", "ask_for": "canvass", "reason": "=1+1"},
    {"action": "thank_you", "person_id": "p2", "name": "Bo", "ask_for": None, "reason": "Came"},
    {"action": "escalation", "person_id": "p1", "name": "Ann", "ask_for": "team_leader",
     "reason": "<b>Came</b> often"},
)  # fmt: skip
PLACE = {heading: number for number, heading in enumerate(COLUMNS, 1)}


@pytest.fixture
def lines(small, store):
    """Return the rows of a list of three lines that have codes."""
    oa.load_files([small], store=store, timezone="America/New_York")
    due = pd.Timestamp(TODAY)
    more = {"organizer_id": "p2", "organizer": "Bo", "team_id": "t1", "due_on": due}
    frame = pd.DataFrame([task | more for task in TASKS]).astype(object)
    frame["due_on"] = pd.to_datetime(frame["due_on"])
    frame["code"] = issue_lines(store, frame, TODAY)
    return frame.to_dict("records")


def logged(store, query="SELECT code, word, happened_at, again_on, notes, way"):
    with oa.open_store(store) as data:
        return data.connection.execute(f"{query} FROM main.log_replies ORDER BY ALL").fetchall()


def filled(path, lines, answers):
    """Write the workbook, with `answers`: row → heading → value."""
    book = load_workbook(io.BytesIO(workbook_of(lines)))
    for row, cells in answers.items():
        for heading, value in cells.items():
            book.worksheets[0].cell(row, PLACE[heading]).value = value
    book.save(path)
    return path


def test_the_workbook_offers_the_answers_of_each_line_and_is_protected(lines):
    book = load_workbook(io.BytesIO(workbook_of(lines)))
    sheet, words = book.worksheets
    assert words.sheet_state == "hidden"
    assert sheet.protection.sheet
    assert sheet.cell(2, PLACE["Why"]).data_type == "s"  # no formula
    open_cells = {h for h in COLUMNS if not sheet.cell(2, PLACE[h]).protection.locked}
    assert open_cells == {"What happened", "When", "Ask again on", "Note"}
    offered = {}
    for choice in sheet.data_validations.dataValidation:
        if choice.type == "list":
            cells = words[choice.formula1.partition("!")[2].replace("$", "")]
            offered[str(choice.sqref)] = [cell.value for (cell,) in cells]
    assert offered == {
        f"F{row}": [word.label for word in WORDS[kind].values()]
        for row, kind in ((2, LineKind.ASK), (3, LineKind.CALL), (4, LineKind.MEETING))
    }


def test_the_workbook_is_read_back_and_a_copy_changes_nothing(lines, store, tmp_path, run):
    again = TODAY + timedelta(days=5)
    path = filled(tmp_path / "lines.xlsx", lines, {
        2: {"What happened": "Not now", "Ask again on": again, "Note": "after\nher exams"},
        4: {"What happened": "Held, with a commitment", "When": YESTERDAY},
    })  # fmt: skip
    assert "2 answers logged" in run("answers", path, "--store", store)
    first = logged(store)
    by_code = {row[0]: row for row in first}
    assert by_code[lines[0]["code"]][1:2] + by_code[lines[0]["code"]][3:] == (
        "not_now", again, "after her exams", "workbook",
    )  # fmt: skip
    noon = datetime.combine(YESTERDAY, datetime.min.time()) + timedelta(hours=12)
    assert timedelta(hours=4) <= by_code[lines[2]["code"]][2] - noon <= timedelta(hours=5)
    # Saved again at another time, and with one more answer: the others stay what they were.
    copy = filled(tmp_path / "copy.xlsx", lines, {
        2: {"What happened": "Not now", "Ask again on": again, "Note": "after\nher exams"},
        3: {"What happened": "Reached", "When": YESTERDAY},
        4: {"What happened": "Held, with a commitment", "When": YESTERDAY},
    })  # fmt: skip
    read = read_answer_file(store, copy)
    assert read.logged.recorded == [lines[1]["code"]]
    assert [row for row in logged(store) if row[0] != lines[1]["code"]] == first


def test_bad_rows_are_named_and_the_others_land(lines, store, tmp_path):
    later = lines[0]["code"]
    path = filled(tmp_path / "lines.xlsx", lines, {
        2: {"What happened": "maybe next week"},
        3: {"What happened": "Reached", "When": "12/3x"},
        4: {"What happened": "Held", "When": YESTERDAY},
        5: {"Code": lines[1]["code"], "Who": "Ann", "What happened": "Reached"},
        6: {"Code": "00000000", "What happened": "Yes"},
        7: {"What happened": "Yes"},
        8: {"Code": "123", "What happened": "Yes"},
    })  # fmt: skip
    read = read_answer_file(store, path)
    assert read.logged.recorded == [lines[2]["code"]]
    assert [doubt["row"] for doubt in read.doubts] == [2, 3, 5, 6, 7, 8]
    twice = filled(tmp_path / "twice.xlsx", lines, {
        2: {"What happened": "Yes"}, 5: {"Code": later, "Who": "Ann", "What happened": "Not that"},
    })  # fmt: skip
    assert [doubt["row"] for doubt in read_answer_file(store, twice).doubts] == [2, 5]
    assert len(logged(store)) == 1


def exported(path, lines, program):
    """Write an export with a yes for the first line, as each tool heads its columns."""
    moment = datetime.combine(YESTERDAY, datetime.min.time()) + timedelta(hours=15)
    code = lines[0]["code"]
    head, row, delimiter = {
        "ODK Central": (
            ["SubmissionDate", "start", "end", "kind", "code", "answer", "again_on", "note",
             "meta-instanceID", "KEY", "SubmitterID", "SubmitterName", "ReviewState"],
            [f"{moment + timedelta(hours=3):%Y-%m-%dT%H:%M:%S}.525Z", "",
             f"{moment - timedelta(hours=5):%Y-%m-%dT%H:%M:%S}.000-05:00", "ask", code, "yes", "",
             "soon", "uuid:1", "uuid:1", "1", "A", ""], ",",
        ),
        "KoboToolbox": (
            ["start", "end", "log/Code of the line", "log/What happened", "log/Ask again on",
             "log/Note", "_id", "_uuid", "_submission_time", "_index"],
            ["", f"{moment - timedelta(hours=5):%Y-%m-%dT%H:%M:%S}.000-05:00", code, "Yes", "",
             "soon", "1", "u", f"{moment:%Y-%m-%dT%H:%M:%S}", "1"], ";",
        ),
        "Google Forms": (
            ["Timestamp", "Code of the line", "What happened", "Ask again on", "Note"],
            [f"{moment - timedelta(hours=5):%m/%d/%Y %H:%M:%S}", f" {code.lower()}", "Yes", "",
             "soon"], ",",
        ),
    }[program]  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([head, row])
    return path, moment


@pytest.mark.parametrize("program", ["ODK Central", "KoboToolbox", "Google Forms"])
def test_exports_of_form_tools_are_known_by_their_headers(lines, store, tmp_path, program):
    path, moment = exported(tmp_path / "export.csv", lines, program)
    read = read_answer_file(store, path)
    assert (read.program, len(read.logged.recorded), read.doubts) == (program, 1, [])
    ((code, word, at, _, notes, way),) = logged(store)
    assert (code, word, notes, way) == (lines[0]["code"], "yes", "soon", "form")
    # Google says neither zone nor offset: the campaign's clock, four or five hours behind UTC.
    assert at == moment or (program == "Google Forms" and at == moment - timedelta(hours=1))
    assert read_answer_file(store, path).logged.recorded == []
    assert len(logged(store)) == 1


@pytest.mark.parametrize("text", ["Name,Email\nAnn,a@x.org\n", "", "\x00\x01", "Code,When\n1,2\n"])
def test_a_file_without_answers_is_refused(lines, store, tmp_path, text):
    path = tmp_path / "other.csv"
    path.write_text(text)
    with pytest.raises(OptionError, match="no file of answers"):
        read_answer_file(store, path)


def test_paper_has_a_box_for_each_answer_and_two_pages_at_most(lines):
    page = paper_of(lines, as_of="2026-11-27")
    boxes = sum(len(WORDS[kind]) for kind in (LineKind.ASK, LineKind.CALL, LineKind.MEETING))
    assert page.count("\u2610") == boxes
    assert all(page.count(f"<code>{line['code']}</code>") == 1 for line in lines)
    assert "&lt;b&gt;Came" in page
    assert "<script" not in page
    many = paper_of(lines * 20, as_of="2026-11-27")
    assert many.count("<tr>") == MAX_LINES
    assert f"{60 - MAX_LINES} more are in the list" in many


def test_no_two_codes_on_paper_are_one_typing_error_apart(lines, store):
    frame = pd.DataFrame([TASKS[0] | {"shift_id": f"s{n}"} for n in range(1500)]).astype(object)
    codes = issue_lines(store, frame, TODAY)
    assert len(set(codes)) == len(codes)
    assert not any(one_error_away(code) & set(codes) for code in codes)


def test_the_forms_ask_for_code_and_answer_and_take_no_name():
    book = load_workbook(io.BytesIO(xlsform()))
    survey = list(book["survey"].iter_rows(values_only=True))
    assert [row[1] for row in survey[1:]] == [
        "start", "end", "kind", "code", "answer", "again_on", "note",
    ]  # fmt: skip
    offered = {(row[1], row[2]) for row in book["choices"].iter_rows(values_only=True)}
    assert {("not_now", "Not now"), ("held", "Held"), ("coming", "Coming")} <= offered
    script = google_script()
    assert '"Held, with a commitment"' in script
    assert 'replace("0CODE0", "{code}")' in script


def test_a_list_can_be_printed_where_no_code_can_be_written_down(lines, store, run):
    (store / LINES_FILE).unlink()
    (store / LINES_FILE).mkdir()
    printed = run("list", "--store", store, "--as-of", "2026-03-08", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [row["name"] for row in rows if row["name"]]
    assert {row["code"] for row in rows} == {""}


def test_each_organizer_has_a_file_of_two_pages_at_most(lines, tmp_path):
    many = [{**line, "organizer_id": f"o{n % 3}", "organizer": ""} for n, line in
            enumerate(lines * 40)]  # fmt: skip
    files = lists_on_paper(many, tmp_path / "lines.html")
    assert [path.name for path in files] == ["lines-1.html", "lines-2.html", "lines-3.html"]
    assert sum(map(len, files.values())) == len(many)
    for rows in files.values():
        page = paper_of(rows, as_of="2026-11-27")
        assert page.count("<section>") == 1
        assert page.count("<tr>") <= MAX_LINES
    alone = [row for row in many if row["organizer_id"] == "o1"]
    assert lists_on_paper(alone, tmp_path / "lines.html") == {tmp_path / "lines.html": alone}


def test_a_file_that_cannot_be_written_is_named_as_it_was_asked_for(tmp_path):
    path = tmp_path / "nowhere" / "lines.xlsx"
    with pytest.raises(WriteError) as caught:
        write_private(path, b"")
    assert str(caught.value).count(str(path)) == 2
    assert "draft" not in str(caught.value)


def test_the_list_is_written_as_workbook_and_paper_for_its_owner_alone(lines, store, run, tmp_path):
    xlsx, paper = tmp_path / "lines.xlsx", tmp_path / "lines.html"
    run("list", "--store", store, "--as-of", "2026-03-08", "--xlsx", xlsx, "--paper", paper)
    assert {path.stat().st_mode & 0o777 for path in (xlsx, paper)} == {0o600}
    code = load_workbook(xlsx).worksheets[0].cell(2, 1).value
    assert code in paper.read_text(encoding="utf-8")
