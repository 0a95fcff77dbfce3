"""The judges of `make assault` notice what they are there for: an attack that works is a failure."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from assault import kills, sinks
from assault.children import Children
from assault.pages import Judge

if TYPE_CHECKING:
    from pathlib import Path

#: Texts that do nothing where they are not asked to: a template, an escape, a link without a click.
HARMLESS_AS_HTML = ("{{", "${", "javascript:", "[x](", "\\u003c", "&lt;", "'><b", "<!--")
OBEYED = [text for text in sinks.MARKUP if not text.startswith(HARMLESS_AS_HTML)]


@pytest.fixture
def judge(page) -> Judge:
    return Judge(page)


def shown_as(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "page.html"
    path.write_text(f"<html><body><p>{text}</p></body></html>", encoding="utf-8")
    return path


def test_a_page_that_obeys_a_hostile_text_is_noticed(judge, tmp_path):
    for text in OBEYED:
        judge.failures.clear()
        judge.open(shown_as(tmp_path, text))
        assert judge.failures, text


def test_a_page_that_shows_a_hostile_text_is_counted_and_is_no_failure(judge, tmp_path):
    import html

    for text in sinks.MARKUP:
        judge.open(shown_as(tmp_path, html.escape(text)))
    assert judge.failures == []
    assert judge.shown >= len(sinks.MARKUP)
    assert judge.result(at_least=1)["failures"] == []
    assert judge.result(at_least=10**6)["failures"]


def test_a_formula_or_a_foreign_part_in_a_workbook_is_noticed(tmp_path):
    book = Workbook()
    book.active["A1"] = "=1+1"
    book.save(tmp_path / "book.xlsx")
    assert sinks._parts_that_run(tmp_path / "book.xlsx", "now")
    linked = Workbook()
    linked.active["A1"].hyperlink = "http://127.0.0.1:9/"
    linked.save(tmp_path / "book.xlsx")
    assert sinks._parts_that_run(tmp_path / "book.xlsx", "now")
    plain = Workbook()
    plain.active["A1"] = "Ann"
    plain.save(tmp_path / "book.xlsx")
    assert not sinks._parts_that_run(tmp_path / "book.xlsx", "now")


def unguarded(header, rows):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


@pytest.mark.parametrize(
    ("sink", "protection", "without"),
    [
        ("CSV", "csv_text", unguarded),
        ("XLSX", "write_text", lambda cell, value: setattr(cell, "value", _plain(value))),
        ("file-name", "file_names", lambda week, all_: [f"{each.name}.html" for each in all_]),
    ],
)
def test_without_its_protection_a_sink_fails(sink, protection, without, tmp_path, monkeypatch):
    monkeypatch.setattr(sinks, protection, without)
    assert sinks.SINKS[sink](tmp_path / "without")["failures"]


def _plain(value: object) -> object:
    return "".join(c for c in value if c.isprintable()) if isinstance(value, str) else value


def test_a_terminal_that_gets_control_characters_is_noticed(tmp_path, monkeypatch):
    from organizing_analytics.cli import output

    monkeypatch.setattr(sinks, "TEXTS", sinks.CONTROLS)
    monkeypatch.setattr(output, "visible", lambda text, **_: text)
    assert sinks.terminal(tmp_path)["failures"]


def test_a_store_that_lost_rows_after_a_kill_is_noticed(tmp_path):
    with Children(tmp_path / "temporary") as children:
        attack = kills.Attack(tmp_path, children)
        before = attack.state()
        attack.after(1, before, {})
        assert attack.failures == []
        attack.load(attack.rows("half", 3))
        attack.after(1, before, {})
    assert len(attack.failures) == 1
