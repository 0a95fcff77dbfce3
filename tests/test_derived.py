"""What follows from declarations is up to date: type stubs, docs/measures.md, docs/settings.md, README.

Write them anew with `python tests/test_derived.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from organizing_analytics import _PUBLIC
from organizing_analytics.catalog import MEASURES
from organizing_analytics.catalog.describing import as_markdown, readme_row
from organizing_analytics.catalog.tables import TABLES
from organizing_analytics.measures.measure import signature_of
from organizing_analytics.settings import SETTINGS, written

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "organizing_analytics"
WRITTEN_BY = "Written by `python tests/test_derived.py`; do not edit."


def stub_of_measures() -> str:
    """Return the stub of `organizing_analytics.measures`: what its loop exports, spelled out."""
    from organizing_analytics import measures

    lines = [
        f"# {WRITTEN_BY}",
        "from organizing_analytics.measures.groups import Group as Group",
        *_exports("organizing_analytics.measures.measure", ["GROUPS", "answer", "measure"]),
        *_exports("organizing_analytics.measures.selection", ["Selection", "select"]),
    ]
    for declared in MEASURES:
        names = [declared.function, f"{declared.function}_counts", f"{declared.function}_rows"]
        names = [name for name in names if hasattr(measures, name)]
        lines += _exports(f"organizing_analytics.measures.{declared.module}", names)
    return "\n".join(lines) + "\n"


def stub_of_package() -> str:
    """Return the stub of `organizing_analytics`: every measure's signature, all else by its home."""
    import organizing_analytics as oa

    measures = {declared.function for declared in MEASURES}
    exports = [
        line
        for name, module in _PUBLIC.items()
        if name not in measures
        for line in _exports(f"organizing_analytics.{module}", [name])
    ]
    lines = [
        f"# {WRITTEN_BY}",
        "from collections.abc import Sequence",
        "from datetime import date",
        "",
        "import pandas as pd",
        "",
        *sorted(exports),
        "from organizing_analytics import widgets as widgets",
        "from organizing_analytics.store import Data",
        "",
        "__version__: str",
        "",
    ]
    for declared in MEASURES:
        lines += _function(declared, getattr(oa, declared.function).__doc__)
    return "\n".join(lines)


def _exports(module: str, names: list[str]) -> list[str]:
    return [f"from {module} import {name} as {name}" for name in names]


def _function(declared, doc: str) -> list[str]:
    keywords = [p for p in signature_of(declared).parameters.values() if p.name != "store"]
    text = "\n".join(f"    {line}".rstrip() for line in doc.splitlines()).strip()
    return [
        f"def {declared.function}(",
        "    store: Data,",
        "    *,",
        *(f"    {keyword.name}: {keyword.annotation} = ...," for keyword in keywords),
        ") -> pd.DataFrame:",
        f'    """{text}',
        '    """',
        "",
    ]


def page_of_measures() -> str:
    """Return docs/measures.md."""
    lines = [
        "# Every measure, column by column",
        "",
        f"<!-- {WRITTEN_BY} -->",
        "",
        "The same text as `--explain` prints. What the numbers mean to the row, with examples",
        "counted by hand, is in [definitions](definitions.md). A rate is 0 to 1 in Python, CSV and",
        "JSON and per cent in a table; points are the difference of two rates.",
        "",
        *(as_markdown(declared) for declared in MEASURES),
        "## Other tables",
        "",
    ]
    for command, columns in TABLES.items():
        lines += [f"### `oa {command}`", "", "| column | kind | meaning |", "|---|---|---|"]
        lines += [f"| `{c.name}` | {c.kind.value} | {c.meaning} |" for c in columns]
        lines.append("")
    return "\n".join(lines)


def page_of_settings() -> str:
    """Return docs/settings.md."""
    lines = [
        "# Settings",
        "",
        f"<!-- {WRITTEN_BY} -->",
        "",
        "`oa settings` shows a store's settings. `oa settings lapse_days=90` changes one, and",
        "`oa undo` takes the change back. A store keeps its settings in `store.json`.",
        "",
        "| setting | default | what it decides | what may be written |",
        "|---|---|---|---|",
    ]
    for declared in SETTINGS.values():
        default = written(declared.default)
        shown = f"`{default}`" if default else "none"
        lines.append(
            f"| `{declared.name}` | {shown} | {declared.meaning} | {declared.kind.allowed} |"
        )
    return "\n".join(lines) + "\n"


def readme() -> str:
    """Return the README with its table of measures."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    begin, end = "<!-- measures -->\n", "<!-- end of measures -->"
    rows = "\n".join(["| measure | answers |", "|---|---|", *map(readme_row, MEASURES)])
    start = text.index(begin) + len(begin)
    return f"{text[:start]}\n{rows}\n\n{text[text.index(end) :]}"


DERIVED = {
    PACKAGE / "measures" / "__init__.pyi": stub_of_measures,
    PACKAGE / "__init__.pyi": stub_of_package,
    ROOT / "docs" / "measures.md": page_of_measures,
    ROOT / "docs" / "settings.md": page_of_settings,
    ROOT / "README.md": readme,
}


@pytest.mark.parametrize("path", DERIVED, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_derived_is_up_to_date(path):
    assert path.read_text(encoding="utf-8") == DERIVED[path](), "run: python tests/test_derived.py"


if __name__ == "__main__":
    for derived, write in DERIVED.items():
        derived.write_text(write(), encoding="utf-8")
    sys.exit(0)
