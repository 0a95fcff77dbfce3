"""An error about a file says which one as a fact, whatever its message begins with."""

from __future__ import annotations

import ast
from pathlib import Path

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
    monkeypatch.setattr(files, "MAX_ROW", 20)
    rows = [(("T1", "North"), None), (("T2", "x" * 30), None)]
    raw = files.RawFile(
        tmp_path / "teams.csv", "teams.csv", "teams", ("team_id", "name"), None, lambda: rows
    )
    with pytest.raises(FileError) as error:
        files.write_anew(raw, tmp_path)
    assert error.value.row == raw.first_row + 1


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "content", "source", "column"),
    [
        ("twice.csv", "team_id,team_id\nT1,T2\n", None, "team_id"),
        ("people.csv", "name\nNorth\n", "templates", "person_id"),
        ("rsvps.csv", "a,b\n1,2\n", "eventbrite", None),
        ("sheet.csv", "a,b\n1,2\n", "own.toml", "Who"),
    ],
)
def test_the_column_at_fault_is_a_fact(here, name, content, source, column):
    (here / "own.toml").write_text(
        'name = "own"\n[[table]]\ntable = "people"\n[table.columns]\nperson_id = "Who"\n'
    )
    (here / name).write_text(content)
    with pytest.raises(FileError) as error:
        oa.load_files(here / name, store="store", source=source, timezone="UTC")
    assert error.value.file == here / name
    assert column is None or error.value.column == column


def test_a_list_of_an_experiment_gives_row_column_and_value(here):
    (here / "people.csv").write_text("person_id\np1\np2\n")
    oa.load_files("people.csv", store="store", timezone="UTC")
    draw = {"name": "x", "people": "list.csv", "arms": "a,b", "store": "store"}
    (here / "list.csv").write_text("person_id,chance\np1,0.5\np2,often\n")
    with pytest.raises(FileError) as error:
        oa.start_experiment(**draw)
    facts = error.value
    assert (str(facts.file), facts.row, facts.column, facts.value) == (
        "list.csv", 3, "chance", "often"
    )  # fmt: skip
    (here / "list.csv").write_text("person_id\np1\np9\n")
    with pytest.raises(FileError) as error:
        oa.start_experiment(**draw)
    facts = error.value
    assert (str(facts.file), facts.row, facts.column, facts.value) == (
        "list.csv", 3, "person_id", "p9"
    )  # fmt: skip


#: Where another program gives us nothing but words to tell its errors by.
TELL_BY_WORDS = {
    ("refusals.py", "_reason"): "DuckDB passes on the system's words without its error number",
}


def decisions_by_words(source: str) -> list[str]:
    """Return the functions that look into the text of an error to decide something."""
    looking = []
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        caught = {
            node.name for node in ast.walk(function) if isinstance(node, ast.ExceptHandler)
        } | {
            arg.arg
            for arg in ast.walk(function)
            if (isinstance(arg, ast.arg) and "Error" in ast.unparse(arg.annotation or ast.Name("")))
            or (
                isinstance(arg, ast.arg)
                and "Exception" in ast.unparse(arg.annotation or ast.Name(""))
            )
        }
        texts = {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and is_text(node.value, caught, set())
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(function):
            is_compared = isinstance(node, ast.Compare) and any(
                is_text(part, caught, texts) for part in (node.left, *node.comparators)
            )
            is_searched = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"startswith", "endswith", "find", "match", "search"}
                and any(is_text(part, caught, texts) for part in (node.func.value, *node.args))
            )
            if is_compared or is_searched:
                looking.append(function.name)
    return looking


def is_text(node: ast.AST, caught: set[str | None], texts: set[str]) -> bool:
    """Return whether an expression is the text of a caught error."""
    if isinstance(node, ast.Name):
        return node.id in texts
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str":
        return any(isinstance(arg, ast.Name) and arg.id in caught for arg in node.args)
    if isinstance(node, ast.Subscript):  # error.args[0]
        inner = node.value
        return (
            isinstance(inner, ast.Attribute)
            and inner.attr == "args"
            and isinstance(inner.value, ast.Name)
            and inner.value.id in caught
        )
    return False


def test_nothing_is_decided_by_the_words_of_an_error():
    package = Path(oa.__file__).parent
    looking = {
        (path.relative_to(package).as_posix(), name)
        for path in package.rglob("*.py")
        for name in decisions_by_words(path.read_text(encoding="utf-8"))
    }
    assert looking == set(TELL_BY_WORDS)


@pytest.mark.parametrize(
    "line",
    [
        'if "disk" in str(error): pass',
        'if str(error).startswith("disk"): pass',
        'text = str(error)\n        if text == "disk": pass',
        'if re.match("disk", str(error)): pass',
        'if error.args[0] == "disk": pass',
    ],
)
def test_a_decision_by_words_would_be_noticed(line):
    source = f"def f():\n    try:\n        g()\n    except OSError as error:\n        {line}\n"
    assert decisions_by_words(source) == ["f"]
