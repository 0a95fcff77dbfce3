"""One person whom a sheet spells in several ways is signed up for a shift once."""

from __future__ import annotations

import pytest

import organizing_analytics as oa

HEAD = "Name,Email,Phone,Event,Date,Start,Role,Came?\n"
SHIFT = "Canvass,2026-11-07,10:00"
COUNTS = "SELECT count(*), count(*) FILTER (attended) FROM signups"


@pytest.fixture
def load(tmp_path, store):
    def _load(*lines, name="sheet.csv"):
        path = tmp_path / name
        path.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
        return oa.load_files(path, store=store, timezone="America/Chicago")

    return _load


SPELLED = {
    "accents": (f"Maria Lopez,m@example.org,,{SHIFT},,yes", f"María López,m@example.org,,{SHIFT},,yes"),
    "case": (f"Maria Lopez,m@example.org,,{SHIFT},,yes", f"maria lopez,M@Example.org,,{SHIFT},,yes"),
    "phone": (f"Bo Coast,,312-555-0142,{SHIFT},,yes", f"bo coast,,(312) 555 0142,{SHIFT},,yes"),
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLED)
@pytest.mark.parametrize("turned", [False, True])
def test_two_spellings_in_one_sheet_are_one_signup(spelling, turned, load, store, rows):
    lines = SPELLED[spelling][::-1] if turned else SPELLED[spelling]
    result = load(*lines)
    assert result.rejects == []
    assert rows(store, COUNTS) == [(1, 1)]
    assert "sheet.csv row 3: a person whose name is spelled another way" in str(result.warnings)
    assert load(*lines).files[0].new == 0


@pytest.mark.parametrize("spelling", SPELLED)
def test_two_spellings_in_two_loads_are_one_signup(spelling, load, store, rows):
    first, second = SPELLED[spelling]
    load(first)
    load(second, name="later.csv")
    assert rows(store, COUNTS) == [(1, 1)]


def test_a_contradiction_is_rejected(load, store, rows):
    first, second = SPELLED["accents"]
    result = load(first, second.replace(",yes", ",no"))
    assert {reject.row for reject in result.rejects} == {2, 3}
    assert rows(store, COUNTS) == [(0, 0)]


@pytest.mark.parametrize(
    "second",
    [
        f"Mario Lopez,m@example.org,,{SHIFT},,yes",  # another name: a couple of one address
        "María López,m@example.org,,Canvass,2026-11-08,10:00,,yes",  # another shift
        f"María López,m@example.org,,{SHIFT},driver,yes",  # another role
        f"María López,n@example.org,,{SHIFT},,yes",  # another e-mail
    ],
)
def test_what_differs_stays_apart(second, load, store, rows):
    load(SPELLED["accents"][0], second)
    assert rows(store, COUNTS) == [(2, 2)]


def test_an_address_that_stands_for_none_joins_nobody(load, store, rows):
    load(f"Ann Lee,none@none.com,,{SHIFT},,yes", f"ann lee,none@none.com,,{SHIFT},,yes")
    assert rows(store, COUNTS) == [(2, 2)]
