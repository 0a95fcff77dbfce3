"""The docs say what the program does: tables, commands, measures, group columns."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from organizing_analytics.model import TABLES, Table

ROOT = Path(__file__).parent.parent
DATA_MODEL = ROOT / "docs" / "data_model.md"
BEGIN, END = re.compile(r"<!-- tables:.*?-->\n", re.DOTALL), "<!-- end of tables -->"


def described(table: Table) -> str:
    lines = [f"### {table.name}\n\nOne row is {table.meaning}. Key: {' + '.join(table.key)}.\n"]
    lines += ["| column | holds | meaning |", "|---|---|---|"]
    for column in table.columns:
        name = f"**{column.name}**" if column.required else column.name
        target = f" → {column.refers_to}" if column.refers_to else ""
        holds = ", ".join(column.allowed) or column.kind
        lines.append(f"| {name} | {holds}{target} | {column.meaning} |")
    return "\n".join(lines) + "\n"


def renewed(text: str) -> str:
    begin = BEGIN.search(text)
    assert begin
    tables = "\n".join(described(table) for table in TABLES)
    return text[: begin.end()] + "\n" + tables + "\n" + text[text.index(END) :]


def test_the_data_model_is_the_one_in_the_code():
    text = DATA_MODEL.read_text(encoding="utf-8")
    assert renewed(text) == text, "run: python tests/test_docs.py"


def pages() -> dict[str, str]:
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return {str(p.relative_to(ROOT)): p.read_text(encoding="utf-8") for p in found}


def commands() -> list[str]:
    from typer.main import get_command

    from organizing_analytics.cli.app import app

    found = []
    for name, command in get_command(app).commands.items():
        below = getattr(command, "commands", {})
        found += [f"oa {name} {sub}" for sub in below] or [f"oa {name}"]
    return found


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_the_docs(command):
    assert any(command in text for text in pages().values()), command


def test_every_group_column_is_in_the_definitions():
    from organizing_analytics.measures import GROUPS

    text = pages()["docs/definitions.md"]
    missing = {name for groups in GROUPS.values() for name in groups if f"`{name}`" not in text}
    assert not missing


def test_the_glossary_is_in_order_and_of_words_in_use():
    rows = re.findall(r"^\| \*\*(.+?)\*\*", pages()["docs/glossary.md"], re.MULTILINE)
    assert len(rows) > 30
    assert rows == sorted(rows, key=str.casefold)
    texts = [text for page, text in pages().items() if page != "docs/glossary.md"]
    texts += [p.read_text(encoding="utf-8") for p in (ROOT / "organizing_analytics").rglob("*.py")]
    used = re.sub(r"[-_\s]+", " ", "\n".join(texts)).casefold()
    words = [word for row in rows for word in row.casefold().replace("-", " ").split(", ")]
    assert [word for word in words if word not in used] == []


PACKAGES = sorted(path for path in (ROOT / "organizing_analytics").rglob("__init__.py"))[1:]
#: Modules of another package that a docstring names.
OTHERS = {"loading/dates": {"cells.py"}, "measures": {"test_derived.py"}}


@pytest.mark.parametrize("init", PACKAGES, ids=lambda path: path.parent.name)
def test_the_map_of_a_package_is_complete(init):
    """The docstring of a package names each of its modules, and none that is not there."""
    from organizing_analytics.catalog import MEASURES

    folder = init.parent
    name = folder.relative_to(ROOT / "organizing_analytics").as_posix()
    modules = {path.name for path in folder.glob("*.py")} - {"__init__.py"}
    modules |= {f"{path.parent.name}/" for path in folder.glob("*/__init__.py")}
    if name == "measures":  # each counts the measures that the catalog says
        modules -= {f"{measure.module}.py" for measure in MEASURES}
    if name == "sources":  # each declares the tools that the registry lists
        modules -= {
            path.name for path in folder.glob("*.py") if " = Source(" in path.read_text("utf-8")
        } | {"everyaction/"}
    text = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) or ""
    named = set(re.findall(r"\b[a-z_]+(?:\.py|/)", text))
    assert modules - named == set()
    stale = {file for file in named if not (folder / file).exists() and file.endswith(".py")}
    assert stale <= OTHERS.get(name, set())


def test_every_command_in_the_docs_exists():
    known = {" ".join(c.split()[:2]) for c in commands()}
    for page, text in pages().items():
        for name in re.findall(r"(?:`|^ {4})oa ([a-z][a-z-]*)", text, re.MULTILINE):
            assert f"oa {name}" in known, f"{page}: oa {name}"


def test_links_lead_somewhere():
    for page, text in pages().items():
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"


def test_no_page_names_this_machine():
    for page, text in pages().items():
        assert not re.search(r"/(work|root|home|tmp)/", text), page


def test_no_mark_of_a_merge_is_left():
    """Git writes these around what two people changed at once."""
    mark = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*.toml")]
    assert mark.search("<<<<<<< HEAD\n")
    assert not [page.name for page in pages if mark.search(page.read_text(encoding="utf-8"))]


def test_every_part_of_the_package_is_in_the_architecture():
    text = pages()["ARCHITECTURE.md"]
    package = ROOT / "organizing_analytics"
    parts = {p.stem for p in package.glob("*.py")} | {p.parent.name for p in package.glob("*/*.py")}
    missing = {part for part in parts if not part.startswith("__") and f"`{part}" not in text}
    assert not missing


def test_every_name_in_the_architecture_and_in_contributing_exists():
    code = "\n".join(
        p.read_text(encoding="utf-8") for p in (ROOT / "organizing_analytics").rglob("*.py")
    )
    for page in ("ARCHITECTURE.md", "CONTRIBUTING.md"):
        for name in re.findall(r"`@?(_?[a-zA-Z]+(?:_[a-z]+)*)`", pages()[page]):
            is_defined = re.search(rf"\b(def|class) {name}\b|^{name}\b.* = ", code, re.MULTILINE)
            is_module = (ROOT / "organizing_analytics" / f"{name}.py").exists()
            assert is_defined or is_module, f"{page}: {name}"


def test_the_commands_of_the_readme_run(run, tmp_path, monkeypatch):
    """One after another in an empty folder, as a reader would, but for installing."""
    monkeypatch.chdir(tmp_path)
    lines = re.findall(r"^    oa ([^#\n]+)", pages()["README.md"], re.MULTILINE)
    assert len(lines) >= 6
    for line in lines:
        run(*line.split())
    assert (tmp_path / "reports" / "index.html").is_file()


if __name__ == "__main__":
    DATA_MODEL.write_text(renewed(DATA_MODEL.read_text(encoding="utf-8")), encoding="utf-8")
    sys.exit(0)
