"""What `oa map` makes of columns whose meaning is known: `benchmarks/mapping.py`."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pandas as pd
import pytest

import organizing_analytics as oa

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("mapping_scores", ROOT / "benchmarks" / "mapping.py")


@pytest.fixture(scope="module")
def benchmark():
    module = importlib.util.module_from_spec(SPEC)
    SPEC.loader.exec_module(module)
    return module


def test_no_column_is_read_wrongly(benchmark):
    counts = benchmark.scores()
    assert {group: count["wrong"] for group, count in counts.items()} == dict.fromkeys(counts, 0)


def test_the_docs_have_the_scores(benchmark):
    page = (ROOT / "docs" / "sources" / "mapping.md").read_text(encoding="utf-8")
    assert benchmark.as_table() in page, benchmark.as_table()


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("VANID", ["10234567", "10234568"]),
        ("memberId", ["3125550142", "3125550143"]),
        ("Emergency contact phone", ["312-555-0142", "312-555-0143"]),
        ("Fax", ["312-555-0142", "312-555-0143"]),
        ("Organizer email", ["priya@example.org", "tom@example.org"]),
        ("parent_email", ["priya@example.org", "tom@example.org"]),
    ],
)
def test_what_belongs_to_somebody_else_is_not_the_persons_own(column, cells):
    frame = pd.DataFrame({"Name": ["Ann Lee", "Bo Diaz"], column: cells})
    assert column not in oa.propose_mapping(frame).columns


@pytest.mark.parametrize("column", ["Best way to reach you", "WhatsApp", "Mobile no."])
def test_a_phone_is_known_by_what_it_holds(column):
    frame = pd.DataFrame({"Name": ["Ann", "Bo"], column: ["312-555-0142", "312-555-0143"]})
    assert oa.propose_mapping(frame).columns[column] == "phone"
