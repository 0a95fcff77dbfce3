"""Compiled statements that are kept: the same answers, private, and never older than their code.

That a kept statement gives the very frame that Ibis gives is held on random campaigns, for every
measure: see tests/measures/test_against_oracle.py.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import organizing_analytics as oa
from organizing_analytics.catalog import MEASURES
from organizing_analytics.expressions import Recorded, _, ibis, real, recorded
from organizing_analytics.store import statements
from organizing_analytics.store.reading import Store

AS_OF = "2026-11-22"


@pytest.fixture
def loaded(small, store) -> Path:
    oa.load_files([small], store=store, timezone="America/New_York")
    return store


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (folder / "statements").iterdir()}


def answers(folder: Path) -> dict[str, pd.DataFrame]:
    with oa.open_store(folder) as data:
        asked = {m.name: oa.answer(m.name, data, as_of=AS_OF).frame for m in MEASURES}
        return {**asked, "plan": oa.plan_upcoming(data, as_of=AS_OF), "todo": oa.todo(data, as_of=AS_OF)}  # fmt: skip


def same(some: dict[str, pd.DataFrame], others: dict[str, pd.DataFrame]) -> None:
    assert some.keys() == others.keys()
    for name, frame in some.items():
        pd.testing.assert_frame_equal(others[name], frame, check_exact=True, obj=name)


def test_answers_are_the_same_with_and_without(loaded, monkeypatch):
    first = answers(loaded)
    n_kept = len(texts(loaded))
    assert n_kept > len(MEASURES)
    built: list[object] = []
    run = Store._run
    monkeypatch.setattr(Store, "_run", lambda *a: (built.append(a), run(*a))[1])
    same(first, answers(loaded))
    assert built == []  # everything was kept
    assert len(texts(loaded)) == n_kept


def test_a_damaged_statement_is_compiled_again(loaded):
    first, kept = answers(loaded), texts(loaded)
    for number, (name, text) in enumerate(sorted(kept.items())):
        damaged = ("", "no", text[:-3], text.replace("SELECT", "SELECT 1 AS x,", 1), "{}\n")
        (loaded / "statements" / name).write_text(damaged[number % len(damaged)])
    same(first, answers(loaded))
    assert texts(loaded) == kept


def test_another_version_finds_nothing(loaded, monkeypatch):
    answers(loaded)
    kept = texts(loaded)
    monkeypatch.setattr(statements, "_FORM", 0)
    answers(loaded)
    assert len(texts(loaded)) == 2 * len(kept)


def test_only_the_latest_are_kept(loaded, monkeypatch):
    monkeypatch.setattr(statements, "MAX_STATEMENTS", 10)
    answers(loaded)
    assert 0 < len(texts(loaded)) <= 10


@pytest.mark.skipif(os.name != "posix", reason="POSIX modes")
def test_they_are_private(loaded):
    answers(loaded)
    folder = loaded / "statements"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_folder_that_cannot_be_written_to_costs_nothing_but_time(loaded):
    first = answers(loaded)
    for path in (loaded / "statements").iterdir():
        path.unlink()
    (loaded / "statements").rmdir()
    (loaded / "statements").write_text("in the way")
    same(first, answers(loaded))


def test_forgetting_somebody_removes_them(loaded):
    with oa.open_store(loaded) as data:
        person = data.sql("FROM people ORDER BY person_id")["person_id"][0]
        data.execute(data.recorded_table("people").filter(_.person_id == person))
    assert any(person in text for text in texts(loaded).values())
    oa.forget(person, store=loaded)
    assert not any(person in text for text in texts(loaded).values())


def test_whoever_still_reads_the_old_snapshot_keeps_nothing(loaded):
    with oa.open_store(loaded) as data:
        person = data.sql("FROM people ORDER BY person_id")["person_id"][0]
        oa.forget(person, store=loaded)
        found = data.execute(data.recorded_table("people").filter(_.person_id == person))
    assert len(found) == 1
    assert not any(person in text for text in texts(loaded).values())


@pytest.mark.parametrize("command", ["show-up --by team", "asks after-no", "plan upcoming", "todo"])
def test_common_commands_import_nothing_slow_the_second_time(loaded, command):
    words = [*command.split(), "--as-of", AS_OF, "--store", str(loaded)]
    program = (
        "import sys; from organizing_analytics.cli import main\n"
        f"try: main({words!r})\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "slow = {'ibis', 'sqlglot', 'scipy', 'altair', 'sklearn', 'matplotlib'} & set(sys.modules)\n"
        "print('imported:', sorted(slow))"
    )
    for expected in (None, "imported: []"):
        run = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        last = run.stdout.splitlines()[-1]
        assert expected is None or last == expected


# --- expressions ------------------------------------------------------------------------------


def table() -> Recorded:
    def make():
        import ibis

        return ibis.memtable(pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "x"]}))

    return recorded(make, digest="made up")


def test_what_is_built_is_what_was_written():
    rows = table()
    asked = (
        rows.filter((rows.a > 1) | ~(rows.b == "y"), rows.a - 1 + 2 * rows.a - 4 * rows.a < 3)
        .mutate(c=10 - rows.a, d=ibis.cases((_.b == "x", "is x"), else_="other"))
        .group_by("b")
        .aggregate(n=_.count(), c=_.c.sum(), d=_.d.max())
        .order_by(ibis.desc("b"))
    )
    assert asked.columns == ("b", "n", "c", "d")
    assert real(asked).execute().to_dict("list") == {
        "b": ["y", "x"], "n": [1, 2], "c": [8, 16], "d": ["other", "is x"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.filter(rows.a == 1),
        lambda rows: rows.filter(rows.a == 2),
        lambda rows: rows.filter(rows.a == True),  # noqa: E712  # 1 in Python, not in SQL
        lambda rows: rows.filter(rows.a == 1.0),
        lambda rows: rows.filter(rows.a == "1"),
        lambda rows: rows.filter(rows.a != 1),
        lambda rows: rows.filter(rows.b == 1),
        lambda rows: rows.filter(rows.a == ibis.literal(1)),
        lambda rows: rows.filter(1 - rows.a == 1),
        lambda rows: rows.filter(rows.a - 1 == 1),
        lambda rows: rows.filter(rows.a == date(2026, 1, 1)),
        lambda rows: rows.select("a", "b"),
        lambda rows: rows.select(["a", "b"]),
        lambda rows: rows.select("a, b"),
        lambda rows: rows.select(a="b"),
        lambda rows: rows.select(b="a"),
    ],
)
def test_whatever_is_written_differently_has_another_digest(change):
    digest = change(table()).digest
    assert digest is not None
    assert digest == change(table()).digest
    others = [
        table().filter(table().a == 3),
        table().select("a"),
        recorded(lambda: None, digest="another").filter(table().a == 1),
    ]
    assert digest not in {other.digest for other in others}


def test_no_two_of_them_share_a_digest():
    marks = test_whatever_is_written_differently_has_another_digest.pytestmark
    changes = marks[0].args[1]
    assert len({change(table()).digest for change in changes}) == len(changes)


@pytest.mark.parametrize("value", [pd.DataFrame(), lambda rows: rows.a, object(), {1, 2}])
def test_a_value_that_cannot_be_told_apart_has_no_digest(value):
    assert table().mutate(x=value).digest is None
    assert table().mutate(x=[value]).select("a").digest is None


def test_a_function_is_called_with_the_real_rows():
    asked = table().mutate(is_x=lambda rows: ibis.cases((rows.b == "x", True), else_=False))
    assert real(asked).execute()["is_x"].tolist() == [True, False, True]


def test_an_expression_has_no_truth_and_no_items():
    with pytest.raises(TypeError, match="truth"):
        bool(table().a == 1)
    with pytest.raises(TypeError):
        list(table())
    assert not hasattr(table(), "_hidden")
