"""Names say what a thing is: none of the vague words that a reader has to look up, and no name twice.

A variable is the noun of the thing that it holds (`staged`, `forecast`, `match`), a limit begins
with MAX_, MIN_ or DEFAULT_.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import organizing_analytics

PACKAGE = Path(organizing_analytics.__file__).parent
VAGUE = {"found", "one", "said", "known", "kept", "made", "given", "then", "told", "done"}
LIMITS = re.compile(r"^_?(MOST|FEWEST|USUAL)_", re.IGNORECASE)

#: Parts with vague names that stay, how many, and why.
LEFT = {
    "weekly": 1,  # a key of weekly.json
}
#: Public classes of one name: each is the usual word in its own part, and no module uses both.
SAME_CLASSES = {"Column": "of a table of the model; of an answer"}


def names(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a module gives: functions, classes, parameters, variables."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def is_vague(name: str) -> bool:
    return name.strip("_").lower() in VAGUE or bool(LIMITS.match(name))


def vague_names() -> dict[str, list[str]]:
    """Return the vague names of each part of the package, as file: name."""
    found = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        file = path.relative_to(PACKAGE).as_posix()
        part = file.split("/")[0] if "/" in file else ""
        for name in names(ast.parse(path.read_text(encoding="utf-8"))):
            if is_vague(name):
                found[part].append(f"{file}: {name}")
    return found


def test_names_are_nouns_of_their_things():
    found = vague_names()
    too_many = {part: listed for part, listed in found.items() if len(listed) > LEFT.get(part, 0)}
    assert too_many == {}


@pytest.mark.parametrize(
    ("source", "n_vague"),
    [
        ("found = 1", 1),
        ("def f(one, *, given): ...", 2),
        ("MOST_ROWS = 3", 1),
        ("_most_rows = 3", 1),
        ("for said in words: print(said)", 1),
        ("class Found: ...", 1),
        ("founded = kept_files = almost = MAX_ROWS = 1", 0),
        ("print(result.found)", 0),  # a name of another library's
    ],
)
def test_a_vague_name_would_be_noticed(source, n_vague):
    assert sum(map(is_vague, names(ast.parse(source)))) == n_vague


def test_one_public_class_has_one_name():
    modules = defaultdict(list)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                modules[node.name].append(path.relative_to(PACKAGE).as_posix())
    twice = {name: files for name, files in modules.items() if len(files) > 1}
    assert set(twice) == set(SAME_CLASSES), twice


def test_share_is_a_function_of_counts_and_nothing_else():
    files = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name == "share"
    ]
    assert files == ["estimates.py"]


PARAMETERS = re.compile(r"^Parameters\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", re.DOTALL | re.MULTILINE)
NAMED = re.compile(r"^(\S.*?)(?: : .*)?$", re.MULTILINE)


def documented_but_not_taken(text: str) -> list[str]:
    """Return the parameters that docstrings describe and no signature has, as function: name."""
    wrong = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        section = PARAMETERS.search(ast.get_docstring(node) or "")
        if not section:
            continue
        signature = node
        if isinstance(node, ast.ClassDef):
            own = [n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
            fields = {n.target.id for n in node.body if isinstance(n, ast.AnnAssign)}
            signature = own[0] if own else None
        taken = (
            fields
            if signature is None
            else {
                argument.arg
                for argument in ast.walk(signature.args)
                if isinstance(argument, ast.arg)
            }
        )
        named = [name.strip(" *") for line in NAMED.findall(section[1]) for name in line.split(",")]
        wrong += [f"{node.name}: {name}" for name in named if name not in taken]
    return wrong


def test_docstrings_name_the_parameters_that_there_are():
    wrong = {
        path.relative_to(PACKAGE).as_posix(): names
        for path in sorted(PACKAGE.rglob("*.py"))
        if (names := documented_but_not_taken(path.read_text(encoding="utf-8")))
    }
    assert wrong == {}


def test_a_parameter_that_was_renamed_but_in_its_docstring_would_be_noticed():
    text = 'def f(first, *, second):\n    """Do.\n\n    Parameters\n    ----------\n    one, second : int\n        Both.\n    """\n'
    assert documented_but_not_taken(text) == ["f: one"]
    assert documented_but_not_taken(text.replace("one", "first")) == []
