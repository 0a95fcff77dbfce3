"""What is behind a number adds up to the number."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

import organizing_analytics as oa
from organizing_analytics.catalog import MEASURES
from organizing_analytics.catalog.declaration import Kind
from organizing_analytics.catalog.shared import SHRUNK


def add_feedback(files):
    """Let every third sign-up of the made-up campaign have an answer about its shift."""
    signups = pd.read_csv(files / "signups.csv", dtype=str)
    rows = [
        f"f{n},{shift},{1 + n % 5},{('unwelcoming', 'disorganized', '')[n % 3]}\n"
        for n, shift in enumerate(signups["shift_id"].iloc[::3])
    ]
    text = f"feedback_id,shift_id,rating,reason\n{''.join(rows)}"
    (files / "feedback.csv").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    oa.write_sample(folder / "files", people=300, weeks=20, seed=3)
    add_feedback(folder / "files")
    oa.load_files(folder / "files", store=folder / "store", timezone="America/Chicago")
    return folder / "store"


#: Whose rows are listed by the measure itself, or never shown.
WITHOUT_ROWS = (
    *("retention losing", "meetings overdue", "asks do-not-ask"),
    *(declared.name for declared in MEASURES if declared.hides_rows),
)
#: Counts that are worked out from the rows' flags by Python.
BUILT = {"retention cohorts", "retention lapse", "chain"}


@pytest.mark.parametrize("declared", MEASURES, ids=lambda measure: measure.name)
def test_the_rows_add_up_to_the_counts(declared, sample):
    measure = getattr(oa, declared.function)
    with oa.open_store(sample) as data:
        found = oa.explain(measure, data, rows=True)
        assert found.answer.equals(measure(data))
    assert len(found.sql) == 1
    assert "SELECT" in found.sql[0]
    assert len(found.definition) > 100
    if declared.name in WITHOUT_ROWS:
        assert found.rows is None
        return
    flags = [c for c in found.rows.columns if found.rows[c].dtype == bool]
    counted = [c for c in flags if c in found.answer.columns]
    assert flags
    assert counted or declared.name in BUILT
    groups = [c for c in found.rows.columns if c in found.answer.columns and c not in flags]
    groups = [c for c in groups if found.rows[c].dtype.kind not in "fM"]
    for name in counted:
        by_row = found.rows.groupby(groups, dropna=False)[name].sum() if groups else None
        if by_row is None:
            assert found.rows[name].sum() == found.answer[name].sum()
        else:
            told = found.answer.set_index(groups)[name]
            assert by_row.sum() == told.sum()
            assert sorted(by_row[by_row > 0]) == sorted(told[told > 0])


@pytest.mark.parametrize("declared", MEASURES, ids=lambda measure: measure.name)
def test_every_column_is_defined(declared, sample, run):
    """Each column of the real answer, shrunk and grouped by everything, has its line."""
    options = {"by": [group.name for group in declared.groups]} if declared.is_grouped else {}
    options |= {"shrink": True} if declared.can_shrink else {}
    measure = getattr(oa, declared.function)
    with oa.open_store(sample) as data:
        answer = oa.answer(measure, data, **options)
        assert answer.frame.equals(measure(data, **options))
    text = run(*declared.name.split(), "--explain", "--store", sample)
    text = text[text.index("What it means") : text.index("The engine's statement")]
    for column in answer.frame.columns:
        assert re.search(rf"^  {column} +\S", text, re.MULTILINE), column
    expected = [*declared.columns, *(SHRUNK if declared.can_shrink else ())]
    assert [column.name for column in answer.columns] == list(answer.frame.columns)
    assert list(answer.columns[-len(expected) :]) == expected


@pytest.mark.parametrize("declared", MEASURES, ids=lambda measure: measure.name)
def test_the_values_are_of_their_kind(declared, sample):
    """Rates lie in 0 to 1, counts are whole, dates are dates: told by the numbers themselves."""
    with oa.open_store(sample) as data:
        answer = oa.answer(declared.name, data)
    assert len(answer.frame)
    for name, kind in answer.kinds.items():
        values = answer.frame[name].dropna()
        if kind is Kind.RATE:
            assert values.between(0, 1).all(), name
        elif kind in {Kind.COUNT, Kind.DAYS}:
            assert (values >= 0).all(), name
            assert kind is Kind.DAYS or (values == values.round()).all(), name
        elif kind is Kind.DATE:
            assert values.dtype.kind == "M" or all(hasattr(v, "isoformat") for v in values), name
        else:
            assert kind in {Kind.TEXT, Kind.ID, Kind.FLAG, Kind.NUMBER}, name


def test_who_is_in_the_chain(sample):
    with oa.open_store(sample) as data:
        found = oa.explain(oa.chain, data, rows=True)
    for row in found.answer.itertuples():
        assert found.rows[f"{row.link}_to"].sum() == row.to
        assert found.rows[f"{row.link}_immature"].sum() == row.immature


def test_on_the_command_line(sample, run):
    told = json.loads(run("show-up", "--explain", "--rows", "--json", "--store", sample))
    assert set(told) == {"measure", "as_of", "snapshot", "rows", "definition", "sql", "behind"}
    assert sum(row["attended"] for row in told["behind"]) == told["rows"][0]["attended"]
    text = run("show-up", "--explain", "--store", sample)
    assert "unknown is not absent" in text
    assert "SELECT" in text
    lines = run("asks", "after-no", "--rows", "--format", "csv", "--store", sample).splitlines()
    assert lines[0].startswith("ask_id,")
    assert "and" in run("show-up", "--rows", "--store", sample).splitlines()[-1]
    assert pd.notna(told["rows"][0]["rate"])
