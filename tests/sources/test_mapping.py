"""Any spreadsheet by a mapping file."""

from __future__ import annotations

import pytest

import organizing_analytics as oa
from organizing_analytics.errors import FileError, MappingError

MAPPING = """
name = "march list"
time_format = "%d.%m.%Y %H:%M"
timezone = "Europe/Berlin"

[where]
Kind = { not = ["test", ""] }

[[table]]
table = "people"
[table.columns]
person_id = "Mail"
given_name = "First Name"
phone = "Phone"

[[table]]
table = "events"
[table.columns]
event_id = "{Kind} {Town}"
event_type = { column = "Kind", values = { March = "rally", Doors = "canvass" } }
title = { text = "{Kind} in {Town}" }

[[table]]
table = "shifts"
[table.columns]
shift_id = "{Kind} {Town} {Start}"
event_id = "{Kind} {Town}"
starts_at = "Start"

[[table]]
table = "contacts"
where = { Reminded = "x" }
[table.columns]
contact_id = "{Mail} {Start}"
person_id = "Mail"
at = { column = "Start", format = "%d.%m.%Y %H:%M", timezone = "UTC" }
reason = { value = "reminder" }

[[table]]
table = "signups"
[table.columns]
signup_id = "{Mail} {Start}"
shift_id = "{Kind} {Town} {Start}"
person_id = "Mail"
status = { value = "registered" }
attended = { column = "Came", values = { ja = "yes", nein = "no" } }
"""

HEAD = "Mail,First Name,Phone,Kind,Town,Start,Came,Reminded,Remarks\n"
LINES = [
    "a@example.org,Ann,+1,March,Bonn,07.03.2026 10:00,ja,x,",
    "b@example.org,Bo,,March,Bonn,07.03.2026 10:00,nein,,late",
    "a@example.org,Ann,,Doors,Bonn,08.03.2026 10:00,,,",
    "c@example.org,Cy,,test,Bonn,08.03.2026 10:00,,,",
]


@pytest.fixture
def mapping(tmp_path):
    path = tmp_path / "march.toml"
    path.write_text(MAPPING)
    return path


@pytest.fixture
def load(tmp_path, mapping, store):
    def _load(lines, *, name="sheet.csv", **options):
        path = tmp_path / name
        path.write_text(HEAD + "\n".join(lines) + "\n")
        return oa.load_files(path, store=store, source=str(mapping), timezone="UTC", **options)

    return _load


def counts(result):
    (f,) = result.files
    assert f.rows == f.new + f.updated + f.unchanged + f.skipped + f.rejected
    return f.new, f.updated, f.unchanged, f.skipped, f.rejected


def test_a_row_feeds_several_tables(load, store, rows):
    result = load(LINES)
    assert counts(result) == (3, 0, 0, 1, 0)
    assert (result.files[0].table, result.files[0].source) == ("signups", "march list")
    assert rows(store, "SELECT person_id, given_name, phone FROM people ORDER BY 1") == [
        ("a@example.org", "Ann", "+1"),  # the empty phone of the third row says nothing
        ("b@example.org", "Bo", None),
    ]
    assert rows(store, "SELECT event_type FROM events ORDER BY 1") == [("canvass",), ("rally",)]
    # 10:00 in Berlin in March, before summer time, is 09:00 UTC.
    assert rows(store, "SELECT starts_at::VARCHAR FROM shifts ORDER BY 1 LIMIT 1") == [
        ("2026-03-07 09:00:00",)
    ]
    assert rows(store, 'SELECT person_id, "at"::VARCHAR, reason FROM contacts') == [
        ("a@example.org", "2026-03-07 10:00:00", "reminder")
    ]
    assert rows(store, "SELECT attended FROM signups ORDER BY signup_id") == [
        (True,),
        (None,),
        (False,),
    ]
    assert any("Remarks" in warning for warning in result.warnings)


def test_loading_twice_changes_nothing(load):
    load(LINES)
    again = load(LINES)
    assert (again.snapshot, counts(again)) == (1, (0, 0, 3, 1, 0))


def test_a_faulty_cell_rejects_the_row_from_every_table(load, store, rows):
    result = load([LINES[0], LINES[1].replace("07.03.2026 10:00", "31.02.2026 10:00")])
    assert counts(result) == (1, 0, 0, 0, 1)
    assert {(r.row, r.column) for r in result.rejects} == {(3, "starts_at")}
    assert rows(store, "SELECT person_id FROM people") == [("a@example.org",)]


def test_what_contradicts_itself_is_rejected(load, store, rows):
    other = LINES[2].replace("Ann", "Anna")
    result = load([LINES[0], LINES[1], other])
    assert counts(result) == (1, 0, 0, 0, 2)
    assert {(r.row, r.column) for r in result.rejects} == {(2, "person_id"), (4, "person_id")}


def test_a_later_sheet_does_not_empty_what_is_known(load, store, rows):
    load(LINES)
    load(["a@example.org,,,March,Bonn,07.03.2026 10:00,ja,,"], name="later.csv")
    assert rows(store, "SELECT given_name, phone FROM people WHERE person_id LIKE 'a%'") == [
        ("Ann", "+1")
    ]


def test_half_a_key_is_no_key(load):
    result = load(["a@example.org,Ann,,March,,07.03.2026 10:00,ja,,"])
    assert counts(result) == (0, 0, 0, 0, 1)


def test_a_column_that_the_sheet_lacks(load, tmp_path, store, mapping):
    path = tmp_path / "other.csv"
    path.write_text("Mail,First Name,Phone,Kind,City,Start,Came,Reminded\n")
    with pytest.raises(FileError, match='no column "Town"'):
        oa.load_files(path, store=store, source=str(mapping))
    assert not store.exists()


WRONG = {
    "not TOML": ("[[table", "is not TOML"),
    "no table": ("name = 'x'", r"no \[\[table\]\]"),
    "a table that is none": ("[[table]]\ntable = 'person'", "Did you mean people"),
    "a column that is none": ("[[table]]\ntable = 'people'\ncolumns = {person_id='a', mail='b'}", 'no column "mail"'),
    "a required column is missing": ("[[table]]\ntable = 'people'\ncolumns = {email='b'}", "needs a rule for person_id"),
    "a key that is none": ("nam = 'x'\n[[table]]\ntable = 'people'", "Did you mean name"),
    "a zone that is none": ("timezone = 'Berlin'\n[[table]]\ntable='people'\ncolumns={person_id='a'}", "no time zone"),
    "a main that is none": ("main = 'asks'\n[[table]]\ntable='people'\ncolumns={person_id='a'}", "main: There is no table"),
    "two ways at once": ("[[table]]\ntable='people'\ncolumns={person_id={column='a', value='b'}}", "exactly one of"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_mapping_says_where(wrong, tmp_path, store):
    text, said = WRONG[wrong]
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(MappingError, match=said) as caught:
        oa.load_files(__file__, store=store, source=str(path))
    assert "wrong.toml" in str(caught.value)
    assert not store.exists()


def test_no_such_mapping(tmp_path, store):
    with pytest.raises(MappingError, match="cannot be read"):
        oa.load_files(__file__, store=store, source=str(tmp_path / "none.toml"))


VARIANTS = """
[where]
"State?" = { not = "gone" }

[[table]]
table = "people"
[table.columns]
person_id = "{Mail|E-mail}"
given_name = "First|Given name"
family_name = "Last|Surname?"
phone = "Phone?"
joined_on = { column = "Joined", format = ["%d.%m.%y", "%d %B %Y"], optional = true }
email = { text = "{Mail|E-mail}{Suffix?}" }
role = { value = "supporter", only_new = true }
"""


@pytest.fixture
def load_people(tmp_path, store):
    mapping = tmp_path / "people.toml"
    mapping.write_text(VARIANTS)

    def _load(text, **options):
        path = tmp_path / "list.csv"
        path.write_text(text)
        return oa.load_files(path, store=store, source=str(mapping), timezone="UTC", **options)

    return _load


def test_columns_by_other_names_and_columns_that_may_be_missing(load_people, store, rows):
    load_people("E-mail,Given name,Phone\na@example.org,Ann,+1\n")
    people = "SELECT email, given_name, family_name, phone, joined_on::VARCHAR, role FROM people"
    assert rows(store, people) == [("a@example.org", "Ann", None, "+1", None, "supporter")]
    # Of two columns the first that is filled in; what the file lacks is not emptied.
    result = load_people(
        "Mail,E-mail,First,Surname,Joined,State\n"
        ",a@example.org,Ann,O'Hara,07.03.26,here\n"
        "b@example.org,x@example.org,Bo,,8 March 2026,\n"
        "c@example.org,,Cy,,2026-03-09,\n"
        "d@example.org,,Di,,,gone\n"
    )
    assert counts(result) == (2, 1, 0, 1, 0)
    assert rows(store, people + " ORDER BY 1") == [
        ("a@example.org", "Ann", "O'Hara", "+1", "2026-03-07", "supporter"),
        ("b@example.org", "Bo", None, None, "2026-03-08", "supporter"),
        ("c@example.org", "Cy", None, None, "2026-03-09", "supporter"),
    ]


def test_a_stopgap_is_never_written_over_what_is_known(load_people, store, rows, write):
    load_people("Mail,First\na@example.org,Ann\n")
    oa.load_files(write(people="person_id,role\na@example.org,volunteer\n"), store=store)
    load_people("Mail,First\na@example.org,Anna\n")
    assert rows(store, "SELECT given_name, role FROM people") == [("Anna", "volunteer")]


def test_none_of_the_columns_is_there(load_people):
    with pytest.raises(FileError, match='no column "Mail or E-mail"'):
        load_people("Post,First\na@example.org,Ann\n")


def test_a_column_with_such_a_mark_in_its_name(tmp_path, store, rows):
    mapping = tmp_path / "marks.toml"
    mapping.write_text(
        "[[table]]\ntable='people'\n"
        "columns={person_id='ID|No', given_name='Who?', family_name='{A?} {B?}'}\n"
    )
    path = tmp_path / "list.csv"
    path.write_text("ID|No,Who,Who?,No,A,B\n1,x,Ann,2,,\n3,x,Bo,4,de,\n5,,,6,,it's\n")
    oa.load_files(path, store=store, source=str(mapping), timezone="UTC")
    assert rows(store, "SELECT person_id, given_name, family_name FROM people ORDER BY 1") == [
        ("1", "Ann", None),  # what stands between two empty columns is no name
        ("3", "Bo", "de"),
        ("5", None, "it's"),
    ]


def test_a_main_table_whose_column_is_missing(tmp_path, store):
    mapping = tmp_path / "lone.toml"
    mapping.write_text("[[table]]\ntable='people'\ncolumns={person_id='ID?'}\n")
    path = tmp_path / "list.csv"
    path.write_text("Name\nAnn\n")
    with pytest.raises(FileError, match="no column for person_id of people"):
        oa.load_files(path, store=store, source=str(mapping), timezone="UTC")


def test_a_mappings_zone_may_have_another_name(tmp_path, store, rows):
    path = tmp_path / "a.csv"
    path.write_text("Event,Start\nCanvass,2026-07-07 10:00\n")
    (tmp_path / "a.toml").write_text(
        'timezone = "PST"\n[[table]]\ntable = "events"\n[table.columns]\nevent_id = "Event"\n'
        'event_type = { value = "x" }\n[[table]]\ntable = "shifts"\n[table.columns]\n'
        'shift_id = "Event"\nevent_id = "Event"\nstarts_at = "Start"\n'
    )
    oa.load_files(path, store=store, timezone="UTC")
    assert rows(store, "SELECT starts_at::VARCHAR FROM shifts") == [("2026-07-07 17:00:00",)]
