"""The workbook of templates: what it offers, and that it loads as it is and filled in."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from openpyxl import load_workbook

import organizing_analytics as oa
from organizing_analytics.model import LADDER, TABLES
from organizing_analytics.sources.templates import EXAMPLE


@pytest.fixture
def folder(run, tmp_path):
    made = tmp_path / "campaign"
    assert "2 files written" in run("templates", made, "--xlsx")
    return made


def test_it_loads_as_it_is_and_nothing_of_it_counts(folder, store, rows):
    assert sorted(p.name for p in folder.iterdir()) == ["README.md", "campaign.xlsx"]
    result = oa.load_files(folder, store=store, timezone="UTC", strict=True)
    assert [(f.file, f.table, f.rows, f.skipped) for f in result.files] == [
        (f"campaign.xlsx [{table.name}]", table.name, 1, 1) for table in TABLES
    ]
    assert not result.rejects
    assert all("the template's example" in warning for warning in result.warnings)
    for table in TABLES:
        assert rows(store, f"SELECT count(*) FROM main.{table.name}") == [(0,)]


def test_the_example_itself_would_load(folder, store, rows):
    """It shows what is allowed: with keys of its own, each row is a good one."""
    book = load_workbook(folder / "campaign.xlsx")
    for sheet in book:
        for cell in sheet[2]:
            if isinstance(cell.value, str):
                cell.value = cell.value.replace(EXAMPLE, "a-")
    book.save(folder / "campaign.xlsx")
    result = oa.load_files(folder, store=store, timezone="UTC")
    assert [(f.table, f.new, f.rejected) for f in result.files] == [
        (table.name, 1, 0) for table in TABLES
    ], result.rejects
    assert rows(store, "SELECT starts_at::VARCHAR FROM shifts") == [("2026-03-07 16:00:00",)]
    assert rows(store, "SELECT count(*) FROM asks WHERE asker_id = person_id") == [(0,)]


def test_every_column_is_explained_and_offers_what_is_allowed(folder):
    book = load_workbook(folder / "campaign.xlsx")
    assert book.sheetnames == [table.name for table in TABLES]
    for table in TABLES:
        sheet = book[table.name]
        assert sheet.freeze_panes == "A2"
        assert [cell.value for cell in sheet[1]] == list(table.column_names)
        assert sheet["A2"].value.startswith(EXAMPLE)
        lists = {
            str(rule.sqref): (rule.formula1.strip('"').split(","), rule.showErrorMessage)
            for rule in sheet.data_validations.dataValidation
        }
        for head, example, column in zip(sheet[1], sheet[2], table.columns, strict=True):
            letter = head.column_letter
            assert head.font.bold
            assert column.meaning in head.comment.text
            assert ("Required." in head.comment.text) is column.required
            assert {head.data_type, example.data_type} <= {"s", "n", "d"}  # no formulas
            assert (example.value is None) is (column.name in ("deleted_at", "cancelled_at"))
            form = {"day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm"}.get(column.kind)
            if form:
                assert sheet.column_dimensions[letter].number_format == form
                assert example.number_format == form
                assert example.value is None or isinstance(example.value, datetime)
            offered = lists.get(f"{letter}2:{letter}1048576")
            if column.allowed:
                assert offered == (list(column.allowed), True)
            elif column.kind == "flag":
                assert offered == (["yes", "no"], True)
            elif column.name == "role" and table.name in ("people", "role_changes"):
                assert offered == (list(LADDER), False)
            else:
                assert offered is None


def test_filled_in_it_loads(folder, store, rows):
    book = load_workbook(folder / "campaign.xlsx")

    def put(table: str, **cells: object) -> None:
        sheet = book[table]
        place = {cell.value: cell.column for cell in sheet[1]}
        row = sheet.max_row + 1
        for name, value in cells.items():
            sheet.cell(row, place[name], value)

    put("people", person_id="007", given_name="Siún", family_name="O'Hara", role="steward",
        phone="+15552340001", joined_on=date(2026, 3, 1), do_not_contact="no")  # fmt: skip
    put("people", person_id="p2", given_name="Bo", family_name="'t Hooft", role=LADDER[1])
    put("events", event_id="e1", event_type="canvass", timezone="America/Chicago", is_virtual="no")
    put("shifts", shift_id="s1", event_id="e1", starts_at=datetime(2026, 3, 4, 18, 30), need=4)
    put("signups", signup_id="g1", shift_id="s1", person_id="007", status="confirmed",
        attended="yes", confirmed_at=datetime(2026, 3, 3, 9))  # fmt: skip
    put("asks", ask_id="a1", asked_at=datetime(2026, 3, 4, 9), person_id="p2", ask_for="canvass",
        outcome="not_now", again_on=date(2026, 4, 1))  # fmt: skip
    put("goals", team_id="t1", week="2026-W10", measure="asks", target=12)
    book.save(folder / "campaign.xlsx")

    result = oa.load_files(folder, store=store, timezone="America/New_York")
    got = {f.table: (f.rows, f.new, f.skipped, f.rejected) for f in result.files}
    assert got["people"] == (3, 2, 1, 0)
    assert got["shifts"] == got["signups"] == got["asks"] == got["goals"] == (2, 1, 1, 0)
    assert got["meetings"] == (1, 0, 1, 0)
    assert rows(
        store,
        "SELECT person_id, given_name, family_name, phone, role, joined_on::VARCHAR, "
        "do_not_contact FROM people ORDER BY 1",
    ) == [
        ("007", "Siún", "O'Hara", "+15552340001", "steward", "2026-03-01", False),
        ("p2", "Bo", "'t Hooft", None, "volunteer", None, None),
    ]
    # 18:30 in Chicago, 9:00 in New York: by the event's clock, and by the campaign's.
    assert rows(store, "SELECT starts_at::VARCHAR, need FROM shifts") == [
        ("2026-03-05 00:30:00", 4)
    ]
    assert rows(store, "SELECT status, attended, confirmed_at::VARCHAR FROM signups") == [
        ("confirmed", True, "2026-03-03 15:00:00")
    ]
    assert rows(store, "SELECT asked_at::VARCHAR, outcome, again_on::VARCHAR FROM asks") == [
        ("2026-03-04 14:00:00", "not_now", "2026-04-01")
    ]


def test_nothing_is_written_over(folder, run, tmp_path):
    before = (folder / "campaign.xlsx").read_bytes()
    assert "is there already" in run("templates", folder, "--xlsx", code=1)
    assert "is there already" in run("templates", folder, code=1)
    assert (folder / "campaign.xlsx").read_bytes() == before
    assert len(list(folder.iterdir())) == 2
    (tmp_path / "file").write_text("")
    assert "cannot be written to" in run("templates", tmp_path / "file" / "in", "--xlsx", code=1)


def test_the_readme_says_how_the_workbook_is_filled_in(folder):
    text = (folder / "README.md").read_text()
    assert "never loaded" in text
    assert all(f"## {table.name}: " in text for table in TABLES)
