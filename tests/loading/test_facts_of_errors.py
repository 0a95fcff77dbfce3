"""An error about a file says which one as a fact, whatever its message begins with."""

from __future__ import annotations

import pytest

import organizing_analytics as oa
from organizing_analytics.errors import FileError
from organizing_analytics.loading import files

GOOD = "team_id,name\nT1,North\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("bytes.csv", b"\x00\x01\x02\x03"),
        ("twice.csv", b"team_id,team_id\nT1,T2\n"),
        ("people.csv", b"team_id,name\nT1,North\n"),
        ("cut.json", b'[{"identifiers": ["a"'),
        ("damaged.xlsx", b"PK\x03\x04 and no more"),
        ("unknown.csv", b"a,b\n1,2\n"),
    ],
)
def test_the_file_at_fault_is_a_fact(tmp_path, name, content):
    good, wrong = tmp_path / "teams.csv", tmp_path / name
    good.write_text(GOOD)
    wrong.write_bytes(content)
    with pytest.raises(FileError) as error:
        oa.load_files([good, wrong], store=tmp_path / "store", timezone="UTC")
    assert error.value.file == wrong


def test_a_missing_file_is_a_fact(tmp_path):
    with pytest.raises(FileError) as error:
        oa.load_files(tmp_path / "none.csv", store=tmp_path / "store")
    assert error.value.file == tmp_path / "none.csv"


def test_the_row_at_fault_is_a_fact(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_ROW", 20)
    rows = [(("T1", "North"), None), (("T2", "x" * 30), None)]
    raw = files.RawFile(
        tmp_path / "teams.csv", "teams.csv", "teams", ("team_id", "name"), None, lambda: rows
    )
    with pytest.raises(FileError) as error:
        files.write_anew(raw, tmp_path)
    assert error.value.row == raw.first_row + 1
