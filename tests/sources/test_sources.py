"""A source is declared once: the registry, the docs, and a source of another package."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

import organizing_analytics as oa
from organizing_analytics.errors import SourceError
from organizing_analytics.people.refreshing import ranks
from organizing_analytics.sources import Source, Trust, sources
from organizing_analytics.sources import registry as registered
from organizing_analytics.sql import literal

DOCS = Path(__file__).parents[2] / "docs"

#: A package that somebody else wrote: one kind of file, whose rows are people.
THEIR_MODULE = """
from organizing_analytics.sources import Feed, Source, Trust
from organizing_analytics.sources.shapes import Shape, cell

PEOPLE = Shape(
    "phone_tree",
    "Phone Tree people",
    marks=("tree id", "branch"),
    feeds=(Feed("people", {
        "person_id": cell("'phone_tree:person:' || {tree id}"),
        "given_name": cell("first"),
        "email": cell("mail"),
    }),),
    mains=("people",),
)
PHONE_TREE = Source("phone_tree", "Phone Tree", lambda _: (PEOPLE,), Trust.SIGN_UPS, "https://example.org")
"""


@pytest.fixture
def their_package(tmp_path, monkeypatch):
    """Install a package with a source, as pip leaves it: a module and its metadata."""

    def install(module=THEIR_MODULE, target="phone_tree_source:PHONE_TREE"):
        about = tmp_path / "site" / "phone_tree-1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: phone-tree\nVersion: 1.0\n")
        group = "[organizing_analytics.sources]"
        (about / "entry_points.txt").write_text(f"{group}\nphone_tree = {target}\n")
        (about.parent / "phone_tree_source.py").write_text(module)
        monkeypatch.syspath_prepend(about.parent)
        monkeypatch.delitem(__import__("sys").modules, "phone_tree_source", raising=False)
        sources.cache_clear()

    yield install
    sources.cache_clear()


def test_a_source_of_another_package_is_loaded_listed_and_ranked(their_package, tmp_path, run):
    their_package()
    file = tmp_path / "export.csv"
    file.write_text("tree id,branch,first,mail\n7,North,Ada,ada@example.org\n")
    result = oa.load_files(file, store=tmp_path / "store", timezone="UTC")
    assert [(count.file, count.source) for count in result.files] == [("export.csv", "phone_tree")]
    with oa.open_store(tmp_path / "store") as store:
        people = store.sql("SELECT person_id, given_name, source FROM people")
    assert people.to_dict("records") == [
        {"person_id": "phone_tree:person:7", "given_name": "Ada", "source": "phone_tree"}
    ]
    listed = json.loads(run("sources", "--json"))
    assert {
        "source": "phone_tree",
        "files": "Phone Tree",
        "auto": True,
        "docs": "https://example.org",
    } in listed
    assert rank("phone_tree:person") == rank("mobilize:user") > rank("everyaction:person")


def rank(space):
    return duckdb.sql(f"SELECT {ranks().of(literal(space))}").fetchall()[0][0]


def test_whose_word_counts():
    spaces = (
        "templates",
        "my_sheet",
        "everyaction:person",
        "mobilize:user",
        "action_network:person",
    )
    ranks_of_spaces = [
        rank(space) for space in (*spaces, "check_in:person", "everyaction-list:user")
    ]
    assert ranks_of_spaces == [0, 1, 2, 3, 4, 5, 12]
    assert rank("check_in:contact") == 15


@pytest.mark.parametrize(
    ("module", "target", "says"),
    [
        (
            THEIR_MODULE.replace("Trust.SIGN_UPS", "0"),
            None,
            "allowed are SPREADSHEET, CLOSES_SHIFTS",
        ),
        (THEIR_MODULE.replace('Source("phone_tree"', 'Source("Phone Tree"'), None, "small letters"),
        (THEIR_MODULE.replace('Source("phone_tree"', 'Source("mobilize"'), None, "already"),
        (THEIR_MODULE.replace('Source("phone_tree"', 'Source("eventbrite"'), None, "already"),
        ("import no_such_module", None, "cannot be imported"),
        (THEIR_MODULE, "phone_tree_source:PEOPLE", "is not a Source"),
    ],
)
def test_a_source_that_cannot_be_used_names_its_package(their_package, module, target, says):
    their_package(module, target or "phone_tree_source:PHONE_TREE")
    with pytest.raises(SourceError, match=says) as error:
        sources()
    assert "of the package phone-tree" in str(error.value)


def test_a_shape_of_another_name_is_refused(their_package, tmp_path):
    their_package(THEIR_MODULE.replace('    "phone_tree",', '    "phone",'))
    (tmp_path / "a.csv").write_text("tree id,branch\n")
    with pytest.raises(SourceError, match='The source phone_tree has a shape of "phone"'):
        oa.load_files(tmp_path / "a.csv", store=tmp_path / "store")


def test_every_source_has_a_page_that_is_in_the_contents():
    contents = (DOCS.parent / "mkdocs.yml").read_text(encoding="utf-8")
    for source in registered.listed_sources():
        page = (DOCS / f"{source.page}.md").read_text(encoding="utf-8")
        assert source.name in page
        assert f"{source.page}.md" in contents


def test_a_source_without_trust_cannot_be_declared():
    with pytest.raises(TypeError):
        Source("phone_tree", "Phone Tree", lambda _: (), page="x")  # type: ignore[call-arg]
    with pytest.raises(SourceError, match="trust"):
        Source("phone_tree", "Phone Tree", lambda _: (), Trust.OWN_FILES, "x")
