"""What a mapping file can say of sheets as people keep them: the examples of its page, and odd input."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest

import organizing_analytics as oa
from organizing_analytics.errors import FileError, MappingError
from organizing_analytics.loading.cells import fold_word
from organizing_analytics.loading.quantities import quantity
from organizing_analytics.sources.layout import is_date, layout

PAGE = Path(__file__).parents[2] / "docs/sources/mapping.md"


def _examples():
    text = PAGE.read_text(encoding="utf-8").split("## Sheets as people keep them")[1]
    for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        blocks = dict(re.findall(r"```(csv|toml|text)\n(.*?)```", section, re.DOTALL))
        yield pytest.param(blocks, id=section.splitlines()[0])


def _load(folder, csv, toml, name="sheet.csv", **options):
    (folder / name).write_text(csv, encoding="utf-8")
    (folder / "map.toml").write_text(toml, encoding="utf-8")
    return oa.load_files(
        folder / name, store=folder / "store", source=str(folder / "map.toml"),
        timezone="America/Chicago", **options,
    )  # fmt: skip


def _rows(folder, query):
    with oa.open_store(folder / "store") as store:
        return store.connection.execute(query).fetchall()


@pytest.mark.parametrize("blocks", list(_examples()))
def test_the_examples_of_the_page(blocks, tmp_path):
    result = _load(tmp_path, blocks["csv"], blocks["toml"])
    query, *lines = blocks["text"].strip().splitlines()
    shown = [
        " | ".join(
            "" if v is None else str(v).lower() if isinstance(v, bool) else str(v) for v in row
        )
        for row in _rows(tmp_path, f"{query} ORDER BY ALL")
    ]
    told = [f'rejected: row {r.row}: {r.column} is "{r.value}"' for r in result.rejects]
    assert [line.rstrip() for line in shown + told] == lines
    for count in result.files:
        done = count.new + count.updated + count.unchanged + count.skipped + count.rejected
        assert done == count.rows


SHIFTS = """
[[table]]
table = "people"
[table.columns]
person_id = "Name"
[[table]]
table = "contacts"
[table.columns]
contact_id = "{Name} {When}"
person_id = "Name"
at = "When"
reason = { value = "follow_up" }
"""


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45 min", 45), ("1 hr", 60), ("about 20min", 20), ("30", 30), ("1h30", 90), ("1.5 hours", 90),
        ("half an hour", 30), ("an hour", 60), ("1 1/2 hrs", 90), ("1½ h", 90), ("2 hrs and 5 min", 125),
        ("an hour and a half", 90), ("~ 90 minutes", 90), ("1,000", 1000),
        # What is not plain is no number.
        ("45-60", None), ("3?", None), ("-5", None), ("long", None), ("", None), ("1:30", None),
        ("45 people", None), ("20 or 30 min", None), ("10am", None), ("1e5", None), ("a", None),
    ],
)  # fmt: skip
def test_a_length_of_time(text, minutes):
    assert quantity(text, "minutes") == minutes


@pytest.mark.parametrize(
    ("text", "number"),
    [("20 people", 20), ("need 5", 5), ("~12", 12), ("3+", 3), ("2-3", None), ("two", None),
     ("-4", None), ("5 of 10", None), ("", None)],
)  # fmt: skip
def test_a_number_in_text(text, number):
    assert quantity(text, "number") == number


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("11/7", True), ("Sat 11/7", True), ("Nov 7", True), ("2026-11-07 00:00:00", True),
     ("7 November 2026", True), ("Notes", False), ("Week 1", False), ("3", False), ("May", False)],
)  # fmt: skip
def test_a_column_whose_name_is_a_date(text, is_one):
    assert is_date(text) is is_one


def test_a_choice_with_a_separator_in_it_takes_no_stranger_along():
    split = layout(
        {"split": {"column": "Which", "patterns": ["{Day:date}, {Start:time} {Event}"]}}
    ).reshape
    fields = [
        fields for _, fields in split.choices("Sat, Nov 7, 10am Canvass, tbd, 11/8, 1pm Bank")
    ]
    assert fields == [
        {"Day": "Sat, Nov 7", "Start": "10am", "Event": "Canvass"},
        None,
        {"Day": "11/8", "Start": "1pm", "Event": "Bank"},
    ]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ('[split]\ncolumn = "A"\npatterns = ["{B:day}"]', "kind of field"),
        ('[split]\ncolumn = "A"', "patterns"),
        ('[split]\ncolumn = "A"\npatterns = ["{B}"]\n[unpivot]', "not both"),
        ('[unpivot]\nblank = "no"', "blank"),
        ("header_row = 0", "header_row"),
        ('skip_rows = "4"', "skip_rows"),
        ("year = 26", "year"),
        ('repeats = "first"', "repeats"),
    ],
)
def test_what_a_mapping_may_not_say(written, message, tmp_path):
    with pytest.raises(MappingError, match=message):
        _load(tmp_path, "Name,When\nA,2026-03-04\n", f"{written}\n{SHIFTS}")


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ('{ column = "Why", number = "days" }', "number is one of"),
        ('{ column = "Why", number = "minutes" }', "hold numbers"),
        ('{ column = "Why", part = "middle" }', "part is one of"),
        ('{ column = "Why", else = "x", reject = true }', "not both"),
    ],
)
def test_what_a_cell_may_not_say(cell, message, tmp_path):
    with pytest.raises(MappingError, match=message):
        _load(tmp_path, "Name,When,Why\nA,2026-03-04,x\n", f"{SHIFTS}channel = {cell}\n")


def test_a_header_row_that_does_not_name_the_columns_is_refused(tmp_path):
    with pytest.raises(FileError, match="header_row = 2"):
        _load(tmp_path, "Name,When\nA,2026-03-04\n", f"header_row = 2\n{SHIFTS}")


def test_a_matrix_without_dates_is_refused(tmp_path):
    with pytest.raises(FileError, match="whose name is a date"):
        _load(tmp_path, "Name,When\nA,2026-03-04\n", f"[unpivot]\n{SHIFTS}")


def test_words_that_are_not_listed_reject_their_row(tmp_path):
    cell = '{ column = "Why", values = { "no*" = "other", thanks = "thank_you" }, reject = true }'
    toml = SHIFTS.replace('{ value = "follow_up" }', cell)
    csv = (
        'Name,When,Why\nA,2026-03-04,"No, sorry"\nB,2026-03-04,not sure\nC,2026-03-04,THANKS!\n'
        "D,2026-03-04,nobody\n"
    )
    result = _load(tmp_path, csv, toml)
    assert [(r.row, r.column, r.value) for r in result.rejects] == [
        (3, "Why", "not sure"),
        (5, "Why", "nobody"),
    ]
    assert _rows(tmp_path, "SELECT person_id, reason FROM contacts ORDER BY 1") == [
        ("A", "other"),
        ("C", "thank_you"),
    ]


def test_of_a_form_that_was_sent_twice_the_last_answer_counts(tmp_path):
    toml = SHIFTS.replace('"{Name} {When}"', '"Name"')
    csv = "Name,When\nA,2026-03-04\nB,2026-03-05\nA,2026-03-06\n"
    result = _load(tmp_path, csv, f'repeats = "last"\n{toml}')
    assert [(c.new, c.skipped, c.rejected, c.rows) for c in result.files] == [(2, 1, 0, 3)]
    assert _rows(tmp_path, 'SELECT person_id, "at"::DATE::VARCHAR FROM contacts ORDER BY 1') == [
        ("A", "2026-03-06"),
        ("B", "2026-03-05"),
    ]


def test_the_correction_has_each_row_of_the_file_once_and_loads(tmp_path):
    blocks = next(iter(_examples())).values[0]
    csv = blocks["csv"].replace("after work", "later, whenever")
    result = _load(tmp_path, csv, blocks["toml"])
    assert [(r.row, r.value) for r in result.rejects] == [(3, "later"), (3, "whenever")]
    correction = Path(result.corrections[0])
    text = correction.read_text(encoding="utf-8")
    assert text.count("bo@example.org") == 1
    again = _load(
        tmp_path, text.replace("later, whenever", "Sat 11/7 10am Canvass"), blocks["toml"], "b.csv"
    )
    assert [(c.new, c.unchanged, c.rejected) for c in again.files] == [(1, 1, 0)]


def test_only_the_sheets_that_the_mapping_names_are_read(tmp_path):
    book = openpyxl.Workbook()
    for title in ("Week 1", "Week 2", "Old"):
        sheet = book.create_sheet(title)
        sheet.append(["Name", "When"])
        sheet.append([title, "2026-03-04"])
    book.save(tmp_path / "book.xlsx")
    (tmp_path / "map.toml").write_text(f'sheets = ["week *"]\n{SHIFTS}', encoding="utf-8")
    oa.load_files(
        tmp_path / "book.xlsx", store=tmp_path / "store", source=str(tmp_path / "map.toml"),
        timezone="UTC",
    )  # fmt: skip
    assert _rows(tmp_path, "SELECT person_id FROM people ORDER BY 1") == [("Week 1",), ("Week 2",)]


NAMES = {
    "Smith, Sue": ("Sue", "Smith"),
    "Sue Smith": ("Sue", "Smith"),
    "kevin": ("kevin", None),
    "Ana María de la Cruz": ("Ana María", "de la Cruz"),
    "Tyrell & Jo Banks": ("Tyrell & Jo Banks", None),
    "Sam Reed, Jr.": ("Sam", "Reed, Jr."),
    "Van Nguyen": ("Van", "Nguyen"),
}


def test_the_parts_of_a_name(tmp_path):
    toml = SHIFTS.replace(
        'person_id = "Name"\n[[',
        'person_id = "Name"\ngiven_name = { column = "Name", part = "given" }\n'
        'family_name = { column = "Name", part = "family" }\n[[',
        1,
    )
    csv = "Name,When\n" + "".join(f'"{name}",2026-03-04\n' for name in NAMES)
    _load(tmp_path, csv, toml)
    rows = _rows(tmp_path, "SELECT person_id, given_name, family_name FROM people")
    assert {name: (given, family) for name, given, family in rows} == NAMES


@pytest.mark.parametrize(("word", "plain"), [("Yes!! 🎉", "yes"), (" NO* ", "no*"), ("✓", "")])
def test_a_word_as_it_is_matched(word, plain):
    assert fold_word(word) == plain


CSV = "Name,When\nA,2026-03-04\nB,someday\n"


@pytest.mark.parametrize("place", ["own.toml", "any other.toml", "store/calls.toml"])
def test_a_mapping_is_found_beside_the_file_or_in_the_stores_folder(place, tmp_path):
    (tmp_path / "people.csv").write_text("person_id\nZ\n", encoding="utf-8")
    oa.load_files(tmp_path / "people.csv", store=tmp_path / "store", timezone="UTC")
    (tmp_path / "own.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "not a mapping"', encoding="utf-8")
    (tmp_path / place).write_text(SHIFTS, encoding="utf-8")
    result = oa.load_files(tmp_path / "own.csv", store=tmp_path / "store", timezone="UTC")
    assert [(c.new, c.rejected) for c in result.files] == [(1, 1)]
    assert any(place.split("/")[-1] in note for note in result.warnings)
    assert result.mappings == {result.corrections[0]: str(tmp_path / place)}


def test_two_mappings_that_fit_alike_are_named(tmp_path):
    (tmp_path / "own.csv").write_text(CSV, encoding="utf-8")
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(SHIFTS, encoding="utf-8")
    with pytest.raises(FileError, match=r"a\.toml and .*b\.toml fit it alike"):
        oa.load_files(tmp_path / "own.csv", store=tmp_path / "store", timezone="UTC")


def test_a_template_beside_a_mapping_stays_a_template(tmp_path):
    (tmp_path / "people.csv").write_text("person_id,Name,When\np1,A,2026-03-04\n", encoding="utf-8")
    (tmp_path / "any.toml").write_text(SHIFTS, encoding="utf-8")
    result = oa.load_files(tmp_path / "people.csv", store=tmp_path / "store", timezone="UTC")
    assert [(c.source, c.new) for c in result.files] == [("templates", 1)]
