"""What is behind a number adds up to the number."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import organizing_analytics as oa
from organizing_analytics.cli.asking import QUESTIONS


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    oa.write_sample(folder / "files", people=300, weeks=20, seed=3)
    oa.load_files(folder / "files", store=folder / "store", timezone="America/Chicago")
    return folder / "store"


LISTS = ("retention losing", "meetings overdue", "asks do-not-ask")
#: Counts that are worked out from the rows' flags by Python.
BUILT = {"retention cohorts", "retention lapse", "chain"}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.command)
def test_the_rows_add_up_to_the_counts(question, sample):
    measure = getattr(oa, question.function)
    with oa.open_store(sample) as data:
        found = oa.explain(measure, data, rows=True)
        assert found.answer.equals(measure(data))
    assert len(found.sql) == 1
    assert "SELECT" in found.sql[0]
    assert len(found.definition) > 100
    if question.command in LISTS:
        assert found.rows is None
        return
    flags = [c for c in found.rows.columns if found.rows[c].dtype == bool]
    counted = [c for c in flags if c in found.answer.columns]
    assert flags
    assert counted or question.command in BUILT
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
