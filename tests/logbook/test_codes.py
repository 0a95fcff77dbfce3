"""Codes of lines: how they are typed, and that no typing error makes one of another."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import organizing_analytics as oa
from organizing_analytics.logbook.codes import ALPHABET, code_of, one_error_away, read_code
from organizing_analytics.logbook.lines import issue_lines
from organizing_analytics.store.log_lines import LINES_FILE

CODES = st.text(ALPHABET, min_size=8, max_size=8)


def test_a_code_is_the_first_40_bits_of_the_keyed_hash_in_crockfords_base_32() -> None:
    wanted = hmac.new(b"secret", b"log line\x1fa\x1fb", hashlib.sha256).digest()[:5]
    code = code_of("secret", "a", "b")
    number = 0
    for letter in code:
        number = number * 32 + ALPHABET.index(letter)
    assert number.to_bytes(5) == wanted
    assert code_of("another", "a", "b") != code


@given(CODES, st.sampled_from(["", " ", "-", "\u2013", "\u200b", "\u00a0"]))
def test_a_code_is_read_however_it_is_typed(code: str, between: str) -> None:
    typed = f" {code[:4].lower()}{between}{code[4:]} "
    typed = typed.replace("0", "o").replace("1", "l")
    assert read_code(typed) == code
    assert read_code(code.translate({ord(c): chr(ord(c) + 0xFEE0) for c in ALPHABET})) == code


@pytest.mark.parametrize("text", ["", "1234567", "123456789", "1234567U", "hello wo", "né234567"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert read_code(text) is None


@given(CODES, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_error_is_a_wrong_letter_or_two_swapped(code: str, place: int, letter: str) -> None:
    wrong = code[:place] + letter + code[place + 1 :]
    assert (wrong in one_error_away(code)) == (wrong != code)
    if place < 7:
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert (swapped in one_error_away(code)) == (swapped != code)
    assert code not in one_error_away(code)


def tasks(number: int) -> pd.DataFrame:
    return pd.DataFrame(
        {"action": "reshift", "person_id": [f"p{n}" for n in range(number)], "ask_for": "canvass"}
    )


def test_no_typing_error_makes_one_line_of_another(tmp_path, monkeypatch) -> None:
    """Also where the hash brings them close: here it has room for only some hundred codes."""
    real = code_of
    monkeypatch.setattr(
        "organizing_analytics.logbook.lines.code_of",
        lambda key, *parts: f"{real(key, *parts)[:3]}00000",
    )
    codes = issue_lines(tmp_path, tasks(60), date(2026, 11, 27))
    assert len(set(codes)) == 60
    assert not [c for c in codes if c and one_error_away(c) & set(codes)]


def test_a_list_made_again_has_the_same_codes_and_expired_lines_go(small, store, rows) -> None:
    oa.load_files([small], store=store)
    first = issue_lines(store, tasks(5), date(2026, 11, 24))
    again = issue_lines(store, tasks(7), date(2026, 11, 26))
    assert again[:5] == first
    assert issue_lines(store, tasks(5), date(2026, 12, 1)) != first  # another week's list
    from organizing_analytics.logbook.lines import find_lines

    assert set(find_lines(store, first)) == set(first)
    issue_lines(store, tasks(1), date(2026, 12, 23))
    assert not find_lines(store, first)
    assert (store / LINES_FILE).stat().st_mode & 0o777 == 0o600


def test_a_task_about_no_person_has_no_code(small, store) -> None:
    oa.load_files([small], store=store)
    frame = pd.DataFrame({"action": ["recruit", "confirm"], "person_id": [None, "p1"]})
    codes = issue_lines(store, frame, date(2026, 11, 27))
    assert codes[0] is None
    assert codes[1]
