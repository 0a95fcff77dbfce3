"""The walls of ARCHITECTURE.md stand in the checks, and imports run in no circle."""

from __future__ import annotations

import ast
import re
import tomllib
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path

import grimp
import pytest

import organizing_analytics as oa

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "organizing_analytics"


def test_every_wall_of_the_architecture_is_a_contract():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    walled = {module for contract in contracts for module in contract.get("source_modules", ())}
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]*) \| [^|]* \| ([^|]*\w[^|]*) \|$", text, re.MULTILINE)
    names = [name for parts, _ in rows for name in re.findall(r"`([a-z_/]+)`", parts)]
    assert len(names) > 10
    modules = {"organizing_analytics." + name.strip("/").replace("/", ".") for name in names}
    assert modules == walled


def test_the_table_of_the_architecture_is_complete():
    """Every module at the top, and every package, has a row; and no row is without its module."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]*) \|", text, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([a-z_/]+)`", row)}
    there = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    there |= {f"{path.parent.name}/" for path in PACKAGE.glob("*/__init__.py")}
    assert there <= named
    assert all((PACKAGE / name).exists() for name in named - there)


def test_imports_run_in_no_circle():
    graph = grimp.build_graph("organizing_analytics", cache_dir=None)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_one_module_quotes_for_sql():
    quotes = re.compile(r"""replace\((?:"'"|'"'), (?:"''"|'""')\)""")
    texts = {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    assert [path.name for path, text in texts.items() if quotes.search(text)] == ["sql.py"]


def test_no_name_imported_on_first_use_is_a_modules_name_too():
    """Whoever imported the module first would get it in place of the function."""
    homes = {"organizing_analytics": oa._PUBLIC}
    for path in PACKAGE.rglob("__init__.py"):
        if "on_first_use(" in path.read_text(encoding="utf-8"):
            name = ".".join(path.parent.relative_to(ROOT).parts)
            homes[name] = import_module(name)._HOMES
    assert len(homes) > 3
    for name, names in homes.items():
        folder = ROOT / name.replace(".", "/")
        modules = {path.stem for path in folder.glob("*.py")} | {
            path.parent.name for path in folder.glob("*/__init__.py")
        }
        assert not modules & set(names), name


#: Where expressions are made of `organizing_analytics.expressions`: a statement that was compiled
#: before is then found without importing Ibis, which takes half a second.
WITHOUT_IBIS = ("measures", "planning", "to_do", "one_to_ones", "reports/sections")
#: What may import it all the same.
MAY_IMPORT_IBIS = {
    "measures/tracing.py": "takes an expression apart, for those who ask for the rows",
}


def imports_of_ibis(text: str) -> list[int]:
    """Return the lines that import Ibis, but for types only."""
    tree = ast.parse(text)
    for_types = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for inner in block.body
        for node in ast.walk(inner)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if id(node) not in for_types
        and (
            (
                isinstance(node, ast.Import)
                and any(a.name.split(".")[0] == "ibis" for a in node.names)
            )
            or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "ibis")
        )
    ]


def test_questions_are_written_without_importing_ibis():
    files = {
        path.relative_to(PACKAGE).as_posix()
        for folder in WITHOUT_IBIS
        for path in [*(PACKAGE / folder).rglob("*.py"), PACKAGE / f"{folder}.py"]
        if path.exists() and imports_of_ibis(path.read_text(encoding="utf-8"))
    }
    assert files == set(MAY_IMPORT_IBIS)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("import ibis", [1]),
        ("from ibis import _", [1]),
        ("def f():\n    import ibis.expr.operations as ops", [2]),
        ("if TYPE_CHECKING:\n    import ibis.expr.types as ir", []),
        ("if TYPE_CHECKING:\n    import pandas\nelse:\n    import ibis", [4]),
        ("from organizing_analytics.expressions import ibis", []),
    ],
)
def test_an_import_of_ibis_would_be_noticed(text, lines):
    assert imports_of_ibis(text) == lines
