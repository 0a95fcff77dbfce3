"""`store.sql`: questions of one's own, that can change and write nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import organizing_analytics as oa
from organizing_analytics.errors import OptionError, StoreError

sys.path.insert(0, str(Path(__file__).parents[2]))

from assault.sql import assault, dangerous

if TYPE_CHECKING:
    from collections.abc import Iterator

    from organizing_analytics.store import Store


Run = Callable[..., str]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("sql")
    (folder / "people.csv").write_text(
        "person_id,given_name,role,joined_on\n"
        "ann,Ann,volunteer,2026-03-01\nbo,Bo,organizer,2026-04-01\ncy,O'Cy,volunteer,2026-05-01\n"
    )
    oa.load_files([folder], store=folder / "store", timezone="UTC")
    with oa.open_store(folder / "store") as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT person_id FROM people WHERE role = 'volunteer'", 2),
        ("WITH v AS (SELECT * FROM people) FROM v", 3),
        ("FROM people;", 3),
        ("-- who is there\nSELECT 'COPY (x)' AS \"copy\" FROM people", 3),
        ("PIVOT people ON role USING count(*) GROUP BY joined_on", 3),
        ("SELECT * FROM teams", 0),
    ],
)
def test_questions_are_answered(store: Store, query: str, rows: int) -> None:
    assert len(store.sql(query)) == rows


def test_tables_can_be_described(store: Store) -> None:
    assert "person_id" in set(store.sql("DESCRIBE people")["column_name"])
    assert "signups" in set(store.sql("SHOW TABLES")["name"])


def test_values_are_bound_and_never_pasted(store: Store) -> None:
    who = "SELECT person_id FROM people WHERE given_name = $name"
    assert store.sql(who, name="O'Cy")["person_id"].tolist() == ["cy"]
    assert store.sql(who, name="x' OR 'a' = 'a").empty
    late = "SELECT person_id FROM people WHERE joined_on > $day"
    assert len(store.sql(late, day="2026-04-01")) == 1
    assert len(store.sql(late, day=date(2026, 3, 1))) == 2
    assert len(store.sql("FROM people WHERE role IN $roles", roles=["organizer"])) == 1
    assert len(store.sql("FROM people WHERE role = $1", ["organizer"])) == 1
    # The parameter of the method is not a name that a query loses.
    assert len(store.sql("FROM people WHERE role = $query", query="organizer")) == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("INSERT INTO teams VALUES ('t')", "INSERT is not allowed.*read-only"),
        ("UPDATE people SET role = 'x'", "UPDATE is not allowed.*read-only"),
        ("DELETE FROM people", "DELETE is not allowed.*read-only"),
        ("DROP TABLE people", "DROP is not allowed.*read-only"),
        ("CREATE TABLE t (a INT)", "CREATE is not allowed.*read-only"),
        ("ATTACH '{folder}/other.db'", "ATTACH is not allowed.*read-only"),
        ("COPY people TO '{folder}/out.csv'", "COPY is not allowed.*read-only"),
        ("EXPLAIN ANALYZE COPY people TO '{folder}/out.csv'", "EXPLAIN is not allowed"),
        ("EXPORT DATABASE '{folder}/out'", "EXPORT is not allowed.*read-only"),
        ("SET threads = 1", "SET is not allowed"),
        ("LOAD httpfs", "LOAD is not allowed"),
        ("WITH x AS (COPY people TO '{folder}/out.csv') FROM x", "is not allowed.*to_csv"),
        (
            "WITH é AS (/* a */ COPY people TO '{folder}/o') PIVOT people ON role USING count(*)",
            "is not allowed.*to_csv",
        ),
        ("WITH x AS (\u200bCOPY people TO '{folder}/out.csv') FROM x", "is not allowed.*to_csv"),
        ("WITH x AS (\ufeffCOPY people TO '{folder}/out.csv') FROM x", "is not allowed.*to_csv"),
        ("WITH x AS (\u2060COPY people TO '{folder}/out.csv') FROM x", "is not allowed.*to_csv"),
        ("FROM read_csv('{folder}/in.csv')", "is not allowed.*pandas"),
        ("FROM '{folder}/in.csv'", "is not allowed.*pandas"),
        ("FROM glob('{folder}/*')", "is not allowed"),
        ("FROM tmp_path", 'no table "tmp_path"'),
        ("CONNECT", "This statement is not allowed"),
        ("UPDATE EXTENSIONS", "This statement is not allowed"),
        ("WITH x AS (DELETE FROM people RETURNING *) FROM x", "cannot be answered.*read-only"),
        (
            "FROM \"enable_logging\"('QueryLog', storage = 'file', storage_path = '{folder}/out')",
            "cannot be answered.*configuration",
        ),
        ("SELECT 1; DROP TABLE people", "2 statements"),
        ("", "0 statements"),
    ],
)
def test_nothing_is_changed_or_written(store: Store, tmp_path: Path, query: str, said: str) -> None:
    with pytest.raises(OptionError, match=f"(?s){said}"):
        store.sql(query.format(folder=tmp_path))
    assert not list(tmp_path.iterdir())
    assert len(store.sql("FROM people")) == 3


# DuckDB 2.0.0 turns nanosecond columns into pandas by a way that pandas 3.1 warns of.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_random_statements_reach_no_file_and_no_network(tmp_path: Path) -> None:
    """`make assault` gives many more; here also that the same ones do harm without protection."""
    if not sys.platform.startswith("linux"):
        pytest.skip("what touches files is asked of Linux")
    outcome = assault(tmp_path / "a", statements=1_000, seed=1)
    assert outcome["failures"] == []
    assert outcome["answered"] > 20
    assert dangerous(tmp_path / "b", statements=1_000, seed=1) > 10


def test_merged_people_are_what_a_query_sees(tmp_path: Path, run: Run) -> None:
    """The sandbox looks names up where measures do: in the views that count a person once."""
    for tool in ("a", "b"):
        (tmp_path / tool).mkdir()
        (tmp_path / tool / "people.csv").write_text(f"person_id,given_name\n{tool}1,Ann\n")
    for tool in ("a", "b"):
        oa.load_files(tmp_path / tool, store=tmp_path / "store", timezone="UTC")
    run("people", "join", "a1", "b1", "--store", tmp_path / "store")
    with oa.open_store(tmp_path / "store") as data:
        assert len(data.sql("FROM people")) == len(data.table("people").execute()) == 1
        assert len(data.sql("FROM main.people")) == 2


def test_a_snapshot_that_was_removed_says_to_refresh(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("person_id,given_name\np1,Ann\n")
    oa.load_files(tmp_path / "people.csv", store=tmp_path / "store", timezone="UTC")
    with oa.open_store(tmp_path / "store") as data:
        (tmp_path / "store" / "snapshot-000001.duckdb").rename(tmp_path / "gone")
        with pytest.raises(StoreError, match="refresh"):
            data.sql("FROM people")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("FROM peeple", r'no table "peeple"\. Did you mean people'),
        ("FROM nothing_like_it", r'no table "nothing_like_it"\..* There are: people, teams'),
        ("SELECT persn_id FROM people", '"persn_id" not found(?s:.*)"person_id"'),
        ("SELEC 1", 'cannot be answered. syntax error at or near "SELEC"'),
        ("SELECT $day", "not provided.*day"),
        ("SELECT 'a'::INT", "cannot be answered. Could not convert"),
    ],
)
def test_a_slip_is_told_in_a_sentence(store: Store, query: str, said: str) -> None:
    with pytest.raises(OptionError, match=said):
        store.sql(query)


def test_a_value_that_the_query_does_not_ask_for(store: Store) -> None:
    with pytest.raises(OptionError, match="excess parameters: day"):
        store.sql("SELECT $a", a=1, day="2026-01-01")
