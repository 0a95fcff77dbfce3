"""Sheets as people keep them: where the header is, what is no record, what cannot be seen."""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook

import organizing_analytics as oa
from organizing_analytics.errors import FileError
from organizing_analytics.loading.older_workbooks import has_error_cells, has_hidden_rows
from organizing_analytics.loading.tables.lines import kind_of_row
from organizing_analytics.loading.tables.visible import (
    shown,
    sql_without_invisible,
    without_invisible,
)

HEAD = "Name,Email,Event,Date,Start,Came?"
ANN = "Ann Lee,ann@example.org,Canvass,2/21/2026,9:00 AM,x"
BO = "Bo Roe,bo@example.org,Canvass,2/21/2026,9:00 AM,no"
WHO = "SELECT p.given_name, p.email, s.attended FROM signups s JOIN people p USING (person_id) ORDER BY 1"
BOTH = [("Ann Lee", "ann@example.org", True), ("Bo Roe", "bo@example.org", False)]


@pytest.fixture
def sheet(tmp_path, store):
    def _load(text, name="sheet.csv", encoding="utf-8", **more):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return oa.load_files(path, store=store, source="signup_sheet", timezone="UTC", **more)

    return _load


def counts(result):
    (f,) = result.files
    return f.rows, f.new, f.skipped, f.rejected


@pytest.mark.parametrize(
    "text",
    [
        f"Saturday canvass\n\n{HEAD}\n{ANN}\n{BO}\n",
        f"# exported 2026-02-22\n{HEAD}\n{ANN}\n{BO}\n",
        f"sep=,\n{HEAD}\n{ANN}\n{BO}\n",
        ("sep=;\n" + f"{HEAD}\n{ANN}\n{BO}\n".replace(",", ";")),
        f"Team North\n{HEAD}\n{ANN}\n{BO}\n".replace(",", "\t"),
        f"{HEAD}\n{ANN}\n{BO}\n".replace(",", "|"),
        f"\ufeff\ufeff{HEAD}\n{ANN}\n{BO}\n",
        f"\n\n{HEAD}\n{ANN}\n{BO}\n",
        f"{HEAD}\n{ANN}\n{BO}\n".replace("\n", "\r"),
        "Who,,When,,,\n" + f"{HEAD}\n{ANN}\n{BO}\n",
        "Full,,,,Start,\nName,Email,Event,Date,time,Came?\n" + f"{ANN}\n{BO}\n",
        f"“Name”,“Email”,Event,Date,Start,Came?\n{ANN}\n{BO}\n",
        f'"Name\u00a0","\u200bEmail",Event,Date,Start,"Came?"\n{ANN}\n{BO}\n',
    ],
    ids=[
        "title", "comment", "sep", "sep;", "tabs", "pipes", "two marks", "blank lines", "old Mac",
        "groups above", "two rows", "curly quotes", "unseen",
    ],
)  # fmt: skip
def test_the_header_is_looked_for(sheet, store, rows, text):
    result = sheet(text)
    assert (counts(result)[1], result.rejects) == (2, [])
    assert rows(store, WHO) == BOTH


def test_rows_are_numbered_as_in_the_file(sheet):
    result = sheet(f"Saturday\n\n{HEAD}\n{ANN}\n\nCy,cy@example.org,Canvass,someday,9 AM,x\n")
    assert {r.row for r in result.rejects} == {6}
    assert result.rejects[0].value == "someday 9 AM"


def test_totals_headings_and_notes_are_no_people(sheet, store, rows):
    text = (
        f"{HEAD}\n{ANN}\nWalk-ins:,,,,,\n{HEAD}\n{BO}\nPlease sign in with your full name,,,,,\n"
        ",,,,,\nTotal,2,,,,1\nGRAND TOTAL,,,,,3\n"
    )
    result = sheet(text)
    assert counts(result) == (8, 2, 6, 0)
    said = " ".join(result.warnings)
    for reason in ("2 rows skipped: a total", "1 row skipped: a heading", "the header once more"):
        assert reason in said
    assert rows(store, WHO) == BOTH


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["Total", "3"], "a total"),
        (["Grand total:", None], "a total"),
        (["Headcount", "12"], "a total"),
        (["Count of people", "12"], "a total"),
        (["# present", "12"], "a total"),
        (["Total", "total@example.org"], None),  # somebody may be called so
        (["Lee", None], None),
        (["Grace Page", None], None),
        (["Walk-ins", None], "a heading"),
        (["3. In-Meeting Activities", None], "a heading"),
        (["Name", "Email"], "the header once more"),
        (["Thank you for coming!", None], "a note"),
        (["e.g. Jane Doe", "jane@example.org"], "an example"),
        ([None, None], None),
    ],
)
def test_what_is_no_record(cells, kind):
    assert kind_of_row(cells, ["Name", "Email"]) == kind


def test_what_cannot_be_seen_counts_for_nothing(sheet, store, rows):
    odd = (
        "Ann\u00a0Lee,\u200bann@exam\u200bple.org\u00a0,Canvass,2/21/2026,9:00\u202fAM,\u2705\ufe0f"
    )
    result = sheet(f"{HEAD}\n{odd}\n{BO}\n")
    assert result.rejects == []
    assert rows(store, WHO) == BOTH


def test_the_engine_and_python_take_out_the_same():
    import duckdb

    texts = [
        "a\u200bb",
        "\ufeffx",
        "9:00\u202fAM",
        "\u0645\u06cc\u200c\u062e\u0648",
        "a\u200dn",
        "👩\u200d🚀",
        "\u202eevil",
        "é\u00a0",
    ]
    for text in texts:
        (held,) = duckdb.execute(
            f"SELECT {sql_without_invisible('t')} FROM (SELECT ?::VARCHAR AS t)", [text]
        ).fetchall()[0]
        assert held == without_invisible(text)
    assert (
        without_invisible("\u0645\u06cc\u200c\u062e\u0648") == "\u0645\u06cc\u200c\u062e\u0648"
    )  # it belongs to the word
    assert shown("a\u202eb") == "a<RIGHT-TO-LEFT OVERRIDE>b"


def book(tmp_path, *sheets, name="book.xlsx"):
    workbook = Workbook()
    workbook.remove(workbook.active)
    for title, lines in sheets:
        page = workbook.create_sheet(title)
        for line in lines:
            page.append(line)
    path = tmp_path / name
    return workbook, path


LINES = [
    ["Name", "Email", "Event", "Date", "Start", "Came?"],
    ["Ann Lee", "ann@example.org", "Canvass", date(2026, 2, 21), time(9), "x"],
    ["Bo Roe", "bo@example.org", "Canvass", datetime(2026, 2, 21), "9am", False],
]


def load_book(path, store):
    return oa.load_files(path, store=store, source="signup_sheet", timezone="UTC")


def test_a_workbook_with_titles_hidden_and_other_sheets(tmp_path, store, rows):
    old = [LINES[0], ["Zed Old", "zed@example.org", "Canvass", date(2025, 2, 7), time(9), "x"]]
    workbook, path = book(
        tmp_path,
        ("Week 8", [["Saturday canvass"], [], *LINES, [], ["TOTAL", None, None, None, None, 1]]),
        ("old list", old),
        ("Lists", [["Roles"], ["Greeter"]]),
    )
    workbook["old list"].sheet_state = "hidden"
    workbook.save(path)
    result = load_book(path, store)
    assert counts(result) == (4, 2, 2, 0)
    assert rows(store, WHO) == BOTH
    said = " ".join(result.warnings)
    assert "[old list]: a hidden sheet, left alone" in said
    assert "[Lists]: no table that is known, left alone" in said
    assert "1 row skipped: a total" in said


def test_merged_cells_count_for_each_of_their_rows(tmp_path, store, rows):
    lines = [["Event", "Date", "Start", "Name", "Email", "Came?"]]
    lines += [["Canvass", date(2026, 2, 21), time(9), "Ann Lee", "ann@example.org", "x"]]
    lines += [[None, None, None, "Bo Roe", "bo@example.org", "no"]]
    workbook, path = book(tmp_path, ("Sheet", lines))
    for area in ("A2:A3", "B2:B3", "C2:C3"):
        workbook["Sheet"].merge_cells(area)
    workbook.save(path)
    result = load_book(path, store)
    assert rows(store, WHO) == BOTH
    assert "merged cells (A2:A3, " in " ".join(result.warnings)


def test_an_error_cell_is_no_value_and_a_formula_without_result_is_not_empty(tmp_path, store, rows):
    workbook, path = book(tmp_path, ("Sheet", LINES))
    page = workbook["Sheet"]
    page["B2"] = "#REF!"
    page["F3"] = '=IF(TRUE,"x","")'  # openpyxl stores formulas without a result
    page.append(["Cy", "cy@example.org", "Canvass", date(2026, 2, 21), time(9), None])
    workbook.save(path)
    result = load_book(path, store)
    assert [(r.row, r.column) for r in result.rejects] == [(2, "Email"), (3, "Came?")]
    assert "spreadsheet's error" in result.rejects[0].reason
    assert "result was not stored" in result.rejects[1].reason
    assert rows(store, "SELECT given_name FROM people") == [("Cy",)]


def test_an_error_in_a_template_is_no_value(write, store, rows):
    result = oa.load_files(
        write(people="person_id,email\np1,#REF!\np2,#1 fan\n"), store=store, timezone="UTC"
    )
    assert [(r.column, r.value) for r in result.rejects] == [("email", "#REF!")]
    assert rows(store, "SELECT email FROM people") == [("#1 fan",)]


def test_a_folder_loads_what_it_can_and_names_the_rest(tmp_path, store):
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "people.csv").write_text("person_id\np1\n")
    (folder / "letter.csv").write_text("Dear Ann\nhow are you\n")
    (folder / "signups.numbers").write_bytes(b"PK")
    (folder / "exports.zip").write_bytes(b"PK")
    result = oa.load_files(folder, store=store, timezone="UTC")
    assert [f.new for f in result.files] == [1]
    said = " ".join(result.warnings)
    assert "left alone: letter.csv: no known header" in said
    assert "signups.numbers: a Numbers document" in said
    assert "exports.zip: a zip archive. Unpack it" in said
    with pytest.raises(FileError, match=r"letter\.csv"):  # a file that is named must be read
        oa.load_files([folder / "people.csv", folder / "letter.csv"], store=store)


@pytest.mark.parametrize(
    ("name", "inside", "advice"),
    [
        ("signups.numbers", "Index/Document.iwa", "In Numbers, choose File, Export To"),
        ("exports.zip", "signups.csv", "Unpack it"),
    ],
)
def test_advice_for_what_cannot_be_read(tmp_path, store, name, inside, advice):
    with zipfile.ZipFile(tmp_path / name, "w") as packed:
        packed.writestr(inside, "x")
    with pytest.raises(FileError, match=advice):
        oa.load_files(tmp_path / name, store=store)


MANIFEST = '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="people">{rows}</table:table></office:spreadsheet></office:body>
</office:document-content>"""


def test_an_open_document_sheet_is_read(tmp_path, store, rows):
    def row(*cells):
        held = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>'
            for c in cells
        )
        return f"<table:table-row>{held}</table:table-row>"

    path = tmp_path / "people.ods"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        body = ODS.format(rows=row("person_id", "given_name") + row("p1", "Ann") + row("p2", "Bo"))
        packed.writestr("content.xml", body)
        packed.writestr("META-INF/manifest.xml", MANIFEST)
    result = oa.load_files(path, store=store, timezone="UTC")
    assert result.files[0].new == 2
    assert rows(store, "SELECT given_name FROM people ORDER BY 1") == [("Ann",), ("Bo",)]


def test_an_old_workbook_that_is_none_is_refused(tmp_path, store):
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    with pytest.raises(FileError, match=r"old\.xls: this workbook cannot be read"):
        oa.load_files(path, store=store)


def test_records_and_packed_files_have_no_titles(tmp_path, store):
    path = tmp_path / "people.csv.gz"
    path.write_bytes(gzip.compress(b"Our people\n\nperson_id,given_name\np1,Ann\n"))
    assert oa.load_files(path, store=store, timezone="UTC").files[0].new == 1
    path = tmp_path / "people.json"
    path.write_text(json.dumps([{"person_id": "p2"}]))
    assert oa.load_files(path, store=store).files[0].new == 1


def test_an_open_document_sheet_with_an_error_is_refused(tmp_path, store):
    cells = (
        '<table:table-row><table:table-cell office:value-type="string"><text:p>person_id</text:p>'
        "</table:table-cell></table:table-row><table:table-row>"
        '<table:table-cell office:value-type="string" office:string-value="" '
        'calcext:value-type="error"><text:p>#REF!</text:p></table:table-cell></table:table-row>'
    )
    path = tmp_path / "people.ods"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", ODS.format(rows=cells))
        packed.writestr("META-INF/manifest.xml", MANIFEST)
    with pytest.raises(
        FileError, match=r"people\.ods: cells of this workbook hold a spreadsheet's error"
    ):
        oa.load_files(path, store=store, timezone="UTC")
    assert has_error_cells(path)


# A row, a cell with a number, and one with an error, as the binary format has them.
XLSB_ROW = b"\x00\x10" + bytes(16)
XLSB_NUMBER = b"\x05\x10" + bytes(16)
XLSB_ERROR = b"\x03\x09" + bytes(8) + b"\x17"
XLSB_LONG = b"\x94\x01\x83\x01" + b"\x03\x09" * 65 + b"\x03"  # bytes inside a record are no record


@pytest.mark.parametrize(
    ("sheet", "has_error"),
    [(XLSB_ROW + XLSB_NUMBER + XLSB_LONG, False), (XLSB_ROW + XLSB_NUMBER + XLSB_ERROR, True)],
)
def test_an_error_in_a_binary_workbook_is_seen(sheet, has_error, tmp_path):
    path = tmp_path / "a.xlsb"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/worksheets/sheet1.bin", sheet)
    assert has_error_cells(path) == has_error


@pytest.mark.parametrize(
    ("record", "has_error"),
    [
        (b"\x05\x02\x08\x00\x01\x00\x02\x00\x0f\x00\x17\x01", True),  # #REF!
        (b"\x05\x02\x08\x00\x01\x00\x02\x00\x0f\x00\x01\x00", False),  # true
        (b"\x06\x00\x1b\x00\x01\x00\x02\x00\x0f\x00\x02\x00\x2a\x00\x00\x00\xff\xff", True),  # #N/A
        (b"\x06\x00\x1b\x00\x01\x00\x02\x00\x0f\x00\x00\x00\x00\x00\x00\x00\xf0\x3f", False),  # 1.0
    ],
)
def test_an_error_in_an_old_workbook_is_seen(record, has_error, tmp_path):
    path = tmp_path / "a.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(500) + record + bytes(500))
    assert has_error_cells(path) == has_error


def test_hidden_rows_are_loaded_and_said(tmp_path, store):
    book = Workbook()
    sheet = book.active
    sheet.title = "people"
    for row in (["person_id"], ["p1"], ["p2"], ["p3"]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    book.save(tmp_path / "people.xlsx")
    result = oa.load_files(tmp_path / "people.xlsx", store=store, timezone="UTC")
    assert result.files[0].new == 3
    assert "a hidden row is loaded like the others" in " ".join(result.warnings)


def test_hidden_rows_of_an_open_document_are_said(tmp_path, store):
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = [
        f"<table:table-row>{cell.format('person_id')}</table:table-row>",
        f'<table:table-row table:visibility="filter">{cell.format("p1")}</table:table-row>',
        f"<table:table-row>{cell.format('p2')}</table:table-row>",
    ]
    path = tmp_path / "people.ods"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", ODS.format(rows="".join(lines)))
        packed.writestr("META-INF/manifest.xml", MANIFEST)
    result = oa.load_files(path, store=store, timezone="UTC")
    assert result.files[0].new == 2
    assert any("hidden rows of this workbook are loaded" in note for note in result.warnings)


def xlsb_row(flags: int) -> bytes:
    """Return the record of a row in a binary workbook, with its second byte of flags."""
    return b"\x00\x11" + bytes(11) + bytes([flags]) + bytes(5)


def xls_row(flags: int, *, n_cells: int = 3) -> bytes:
    """Return the record of a row in an old workbook: its columns, height and flags."""
    cells = n_cells.to_bytes(2, "little")
    return (
        b"\x08\x02\x10\x00\x04\x00\x00\x00"
        + cells
        + b"\xff\x00"
        + bytes(4)
        + bytes([flags, 1, 15, 0])
    )


@pytest.mark.parametrize(
    ("sheet", "is_hidden"),
    [
        (xlsb_row(0x10) + XLSB_NUMBER, True),
        (xlsb_row(0x08) + XLSB_NUMBER, False),  # collapsed, not hidden
        (XLSB_LONG + xlsb_row(0), False),
    ],
)
def test_a_hidden_row_of_a_binary_workbook_is_seen(sheet, is_hidden, tmp_path):
    path = tmp_path / "a.xlsb"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/worksheets/sheet1.bin", sheet)
    assert has_hidden_rows(path) == is_hidden


@pytest.mark.parametrize(
    ("record", "is_hidden"),
    [
        (xls_row(0x20), True),
        (xls_row(0x60), True),  # of a height of its own, and hidden
        (xls_row(0x40), False),
        (xls_row(0x20, n_cells=0), False),  # without cells
    ],
)
def test_a_hidden_row_of_an_old_workbook_is_seen(record, is_hidden, tmp_path):
    path = tmp_path / "a.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(500) + record + bytes(500))
    assert has_hidden_rows(path) == is_hidden


TITLED = "Our people\n\nperson_id,given_name,do_not_contact\np1,Ann,no\np2,Bo,perhaps\np3,Cy,no\n"


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (TITLED, 5),
        (TITLED.replace("\n", "\r\n"), 5),
        (TITLED.replace("\n", "\r"), 5),
        (TITLED + "\n\n", 5),  # blank lines at the end are no rows
        (TITLED.replace("p2", "\np2"), 6),  # one in the middle counts
        (TITLED.replace("\n\nperson", '\n"two\nlines"\nperson'), 5),  # a row of two lines is one
        (TITLED.replace("\np3", "\nTotal 3\np3"), 5),  # a row with fewer cells
    ],
)
def test_rows_below_titles_keep_their_numbers(text, row, tmp_path, store, rows):
    (tmp_path / "people.csv").write_text(text, newline="")
    result = oa.load_files(tmp_path / "people.csv", store=store, timezone="UTC")
    assert [(r.row, r.value) for r in result.rejects if r.value == "perhaps"] == [(row, "perhaps")]
    assert rows(store, "SELECT given_name FROM people ORDER BY 1") == [("Ann",), ("Cy",)]
