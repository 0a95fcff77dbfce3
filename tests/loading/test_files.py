"""How files are written: encodings, delimiters, line ends, quotes that are not closed."""

from __future__ import annotations

import gzip

import pytest

import organizing_analytics as oa
from organizing_analytics.errors import FileError

TEXT = "person_id,given_name,family_name\np1,José,O'Neil\np2,Zoë,Nuñez\n"
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252")


def names(store):
    with oa.open_store(store) as data:
        return data.connection.sql("SELECT given_name FROM people ORDER BY person_id").fetchall()


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encodings_and_delimiters(encoding, delimiter, tmp_path, store):
    path = tmp_path / "people.csv"
    path.write_bytes(TEXT.replace(",", delimiter).encode(encoding))
    result = oa.load_files(path, store=store, timezone="UTC")
    assert result.files[0].new == 2
    assert names(store) == [("José",), ("Zoë",)]


def test_windows_letters_far_below_the_beginning(tmp_path, store):
    path = tmp_path / "people.csv"
    plain = "".join(f"q{i},Ann,Lee\n" for i in range(10_000))
    path.write_bytes(
        ("person_id,given_name,family_name\n" + plain).encode() + "p1,José,X\n".encode("cp1252")
    )
    assert oa.load_files(path, store=store, timezone="UTC").files[0].new == 10_001
    assert ("José",) in names(store)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end, tmp_path, store):
    path = tmp_path / "people.csv"
    path.write_bytes(TEXT.replace("\n", end).encode())
    assert oa.load_files(path, store=store, timezone="UTC").files[0].new == 2


def test_mixed_line_ends_blank_lines_and_a_missing_last_one(tmp_path, store):
    path = tmp_path / "people.csv"
    path.write_bytes(b"person_id,given_name\r\np1,Ann\n\np2,Bo\rp3,Cy")
    assert oa.load_files(path, store=store, timezone="UTC").files[0].new == 3


def test_gzip(tmp_path, store):
    path = tmp_path / "people.csv.gz"
    path.write_bytes(gzip.compress(TEXT.encode()))
    assert oa.load_files(path, store=store, timezone="UTC").files[0].new == 2


def test_a_cell_over_several_lines(tmp_path, store):
    path = tmp_path / "people.csv"
    path.write_text('person_id,given_name\np1,"Ann\nMary, ""Al"""\np2,Bo\n')
    assert oa.load_files(path, store=store, timezone="UTC").files[0].new == 2
    assert names(store)[0] == ('Ann\nMary, "Al"',)


def test_an_open_quote_loses_its_own_row_only(tmp_path, store):
    path = tmp_path / "people.csv"
    path.write_text('person_id,given_name\np1,Ann\np2,"Bo\np3,Cy\np4,Di\n')
    result = oa.load_files(path, store=store, timezone="UTC")
    assert [(r.row, "quote" in r.reason) for r in result.rejects] == [(3, True)]
    assert (result.files[0].rows, result.files[0].new) == (4, 3)


def test_a_file_cut_off_in_its_last_row(tmp_path, store):
    path = tmp_path / "people.csv"
    path.write_text("person_id,given_name,email\np1,Ann,a@example.org\np2,B")
    result = oa.load_files(path, store=store, timezone="UTC")
    assert "cut off" in result.rejects[0].reason
    assert result.files[0].new == 1


def test_a_trailing_empty_column_is_no_trouble(tmp_path, store):
    path = tmp_path / "people.csv"
    path.write_text("person_id,given_name,\np1,Ann,\np2,Bo,\n")
    assert oa.load_files(path, store=store, timezone="UTC").files[0].new == 2


def test_zero_bytes_inside_a_cell(tmp_path, store):
    path = tmp_path / "people.csv"
    path.write_bytes(TEXT.encode() + b"p9,A" + b"\x00" + b"nn," + b"x" * 70_000 + b"\n")
    assert oa.load_files(path, store=store, timezone="UTC").files[0].rows == 3


def test_hostile_text_is_text(tmp_path, store):
    hostile = [
        "'; DROP TABLE people; --",
        "{year}",
        "<script>alert(1)</script>",
        "=1+1",
        "\u202eevil",
        "😀" * 50,
    ]
    path = tmp_path / "people.csv"
    lines = "".join(f'p{i},"{text}"\n' for i, text in enumerate(hostile))
    path.write_text(f"person_id,given_name\n{lines}", encoding="utf-8")
    oa.load_files(path, store=store, timezone="UTC")
    assert names(store) == [(text,) for text in hostile]


@pytest.mark.parametrize("damage", ["cut off", "overwritten"])
def test_a_damaged_gzip_is_refused(damage, tmp_path, store):
    lines = "".join(f"p{i},{i * 7919 % 1_000_003}\n" for i in range(60_000))
    packed = bytearray(gzip.compress(("person_id,given_name\n" + lines).encode()))
    if damage == "cut off":
        del packed[-len(packed) // 3 :]
    else:
        packed[len(packed) * 2 // 3 :] = b"x" * (len(packed) - len(packed) * 2 // 3)
    path = tmp_path / "people.csv.gz"
    path.write_bytes(packed)
    with pytest.raises(FileError, match=r"people\.csv\.gz: this file cannot be read"):
        oa.load_files(path, store=store, timezone="UTC")
