"""`oa export`: every table as measures see it, whole or not at all, and nothing of others lost."""

from __future__ import annotations

import json
import os
import stat
import time
from pathlib import Path

import duckdb
import pytest

import organizing_analytics as oa
from organizing_analytics.errors import StoreError
from organizing_analytics.model import TABLES
from organizing_analytics.schema import FORMAT
from organizing_analytics.store import exporting


@pytest.fixture
def loaded(small, store):
    oa.load_files([small], store=store, timezone="America/New_York")
    return store


def rows_of(export: Path, table: str) -> list[tuple[object, ...]]:
    return duckdb.read_parquet(str(export / table / "part-0.parquet")).fetchall()


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_every_table_and_nothing_else(loaded, run, tmp_path):
    made = json.loads(run("export", tmp_path / "ex", "--store", loaded, "--json"))
    names = [table.name for table in TABLES] + ["team_lines"]
    assert list(made["tables"]) == names
    assert made["tables"]["signups"] == len(rows_of(tmp_path / "ex", "signups")) == 2
    assert files_of(tmp_path / "ex") == {"export.json", *(f"{n}/part-0.parquet" for n in names)}
    about = json.loads((tmp_path / "ex" / "export.json").read_text())
    assert about["snapshot"] == made["snapshot"] == 1
    assert about["format"] == FORMAT
    assert about["settings"]["timezone"] == "America/New_York"
    with oa.open_store(loaded) as data:
        for name in names:
            assert rows_of(tmp_path / "ex", name) == data.connection.table(name).fetchall()


def test_what_it_says(loaded, run, tmp_path):
    assert f"rows of {len(exporting.EXPORTED)} tables written to" in run(
        "export", tmp_path / "ex", "--store", loaded
    )
    out = run("export", tmp_path / "ex", "--store", loaded, "--format", "csv")
    assert out.splitlines()[0] == "table,rows"
    assert "signups,2" in out.splitlines()


def test_a_folders_name_is_no_pattern(loaded, tmp_path):
    with oa.open_store(loaded) as store:
        for folder in ("week 1", "week [1]"):
            oa.export(store, tmp_path / folder)
        held = store.sql("SELECT count(*) AS n FROM people")["n"][0]
    duckdb.sql("SELECT 1 AS person_id LIMIT 0").write_parquet(
        str(tmp_path / "week 1" / "people" / "part-0.parquet")
    )
    with oa.connect("duckdb", tmp_path / "week [1]") as export:
        assert export.backend.table("people").count().execute() == held


def test_people_are_merged(write, store, tmp_path):
    folder = write(people="person_id,given_name\np1,Ann\np2,Ann\np3,Bo\n")
    oa.load_files([folder], store=store)
    oa.join_people("p1", "p2", store=store)
    with oa.open_store(store) as data:
        made = oa.export(data, tmp_path / "ex")
    assert made.tables["people"] == 2


@pytest.mark.skipif(os.name != "posix", reason="only there files have modes")
def test_only_the_owner_may_read_it(loaded, tmp_path):
    with oa.open_store(loaded) as data:
        oa.export(data, tmp_path / "ex")
    for path in [tmp_path / "ex", *(tmp_path / "ex").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_an_earlier_export_is_replaced_whole(loaded, write, tmp_path):
    target = tmp_path / "it's an \u00e9xport"
    with oa.open_store(loaded) as data:
        oa.export(data, target)
    (target / ".DS_Store").write_text("")
    oa.load_files([write("more", people="person_id\np9\n")], store=loaded)
    with oa.open_store(loaded) as data:
        assert oa.export(data, str(target)).snapshot == 2
    assert len(rows_of(target, "people")) == 3
    assert not (target / ".DS_Store").exists()
    assert sorted(p.name for p in tmp_path.iterdir() if "xport" in p.name) == [target.name]


@pytest.mark.parametrize("stranger", ["notes.txt", "people/mine.parquet", "a/b.csv"])
def test_what_others_keep_there_stays(loaded, tmp_path, stranger):
    target = tmp_path / "ex"
    with oa.open_store(loaded) as data:
        oa.export(data, target)
        (target / stranger).parent.mkdir(exist_ok=True)
        (target / stranger).write_text("mine")
        before = files_of(target)
        with pytest.raises(StoreError, match="something else"):
            oa.export(data, target)
    assert files_of(target) == before


def test_the_store_itself_is_no_place(loaded, tmp_path):
    (tmp_path / "file").write_text("")
    with oa.open_store(loaded) as data:
        with pytest.raises(StoreError, match="something else"):
            oa.export(data, loaded)
        with pytest.raises(StoreError, match="is a file"):
            oa.export(data, tmp_path / "file")
        with pytest.raises(StoreError, match="could not be written"):
            oa.export(data, tmp_path / "file" / "below")


@pytest.mark.parametrize("step", ["_write", "sync_folder"])
def test_an_export_that_fails_changes_nothing(loaded, tmp_path, monkeypatch, step):
    target = tmp_path / "ex"
    with oa.open_store(loaded) as data:
        oa.export(data, target)
        before = (target / "export.json").stat().st_mtime_ns

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(exporting, step, full)
        with pytest.raises(StoreError, match="No space left"):
            oa.export(data, target)
    assert (target / "export.json").stat().st_mtime_ns == before
    assert not list(tmp_path.glob(".ex-*"))


def test_when_the_new_one_cannot_take_its_place(loaded, tmp_path, monkeypatch):
    target = tmp_path / "ex"
    with oa.open_store(loaded) as data:
        oa.export(data, target)
        rename = Path.rename

        def refuse(path: Path, to: Path) -> Path:
            if "-draft-" in path.name:
                raise PermissionError(13, "Permission denied")
            return rename(path, to)

        monkeypatch.setattr(Path, "rename", refuse)
        with pytest.raises(StoreError, match="Permission denied"):
            oa.export(data, target)
    assert len(rows_of(target, "people")) == 2
    assert not list(tmp_path.glob(".ex-*"))


def test_what_a_killed_export_left_goes(loaded, tmp_path):
    for name in (".ex-draft-1-ab", ".ex-old-1-ab", ".ex-draft-2-cd", ".ex-other"):
        (tmp_path / name / "people").mkdir(parents=True)
    long_ago = time.time() - 7200
    os.utime(tmp_path / ".ex-draft-1-ab", (long_ago, long_ago))
    with oa.open_store(loaded) as data:
        oa.export(data, tmp_path / "ex")
    # A young draft may be somebody's who is writing now.
    assert {p.name for p in tmp_path.glob(".ex-*")} == {".ex-draft-2-cd", ".ex-other"}
