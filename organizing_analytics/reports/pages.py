"""From an executed notebook to a page: no script, no request, nothing but HTML and style.

nbconvert's `basic` template is the base, the head and foot are ours. A content security policy
in the page holds it to that: even if a text found its way in as HTML, no script would run. The
index may run the one that sorts it, which its policy names by its digest.
"""

from __future__ import annotations

from base64 import b64encode
from copy import copy
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import v4

from organizing_analytics.reports.parts import FACTS, plain, safe
from organizing_analytics.reports.words import whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbformat import NotebookNode

TEMPLATES = Path(__file__).parent / "templates"
#: Tag of cells that speak to whoever opens the notebook, not to who reads the page.
NOTEBOOK_ONLY = "notebook-only"
#: Tag of headings whose section is folded, and of cells that make the second page.
FOLDED, EVERYONE_PAGE = "folded", "page-everyone"
FOLD_END = "</details>"
#: An exporter for each thread, which the pages that the thread makes share.
_EXPORTERS = local()


class PageExporter(HTMLExporter):
    """nbconvert's exporter, without its last pass through BeautifulSoup.

    That pass writes every attribute in small letters, and SVG's viewBox is not viewbox.
    """

    def from_notebook_node(  # type: ignore[override]  # a page is text; so says HTMLExporter
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page and the resources; code is not shown, so none is highlighted."""
        self.register_filter("highlight_code", escape)  # type: ignore[no-untyped-call]
        page: tuple[str, dict[str, Any]] = TemplateExporter.from_notebook_node(
            self, nb, resources, **kwargs
        )
        return page


def page_of(notebook: NotebookNode) -> str:
    """Return the page of an executed report notebook.

    A heading whose cells showed nothing is left out.
    """
    cells = [cell for cell in notebook.cells if EVERYONE_PAGE not in _tags(cell)]
    return _exported(notebook, _with_something(cells), home="index.html", home_name="All teams")


def everyone_page_of(notebook: NotebookNode, *, home: str) -> str | None:
    """Return the second page, the whole list of whom to call; None where there is none.

    Parameters
    ----------
    notebook : NotebookNode
        An executed report notebook.
    home : str
        The file of the team's page, to go back to.
    """
    cells = [cell for cell in notebook.cells if EVERYONE_PAGE in _tags(cell)]
    if not _with_something(cells):
        return None
    markdown = v4.new_markdown_cell
    heading = markdown("# Everybody on the list")  # type: ignore[no-untyped-call]
    facts = facts_of(notebook)
    words = " · ".join(filter(None, (facts.get("day"), facts.get("fresh"))))
    when = markdown(words)  # type: ignore[no-untyped-call]
    name = plain(whole(facts.get("name", "the team")))
    return _exported(
        notebook, [heading, when, *cells], home=home, home_name=f"Back to {name}", is_plain=True
    )


def everyone_rows_of(notebook: NotebookNode) -> list[list[str]]:
    """Return the whole list as `sections.everyone` gave it out: its columns, then its rows."""
    rows: list[list[str]] = next(
        (facts["everyone"] for facts in _given_out(notebook) if "everyone" in facts), []
    )
    return rows


def _tags(cell: NotebookNode) -> list[str]:
    tags: list[str] = cell.metadata.get("tags", [])
    return tags


def _exported(
    notebook: NotebookNode,
    cells: list[NotebookNode],
    *,
    home: str,
    home_name: str,
    is_plain: bool = False,
) -> str:
    shown = copy(notebook)
    facts = facts_of(notebook)
    shown.cells, is_folded = (cells, False) if is_plain else _in_sections(cells)
    heading = f"{plain(whole(facts.get('name', 'Report')))}, {facts.get('day', '')}"
    resources = {
        "heading": heading,
        "home": home,
        "home_name": home_name,
        "is_plain": is_plain,
        "end": FOLD_END if is_folded else "",
    }
    page, _ = _exporter_of_thread().from_notebook_node(shown, resources)
    return str(page)


def _exporter_of_thread() -> PageExporter:
    """Return this thread's exporter: to compile its templates takes longer than to fill them."""
    exporter: PageExporter | None = getattr(_EXPORTERS, "exporter", None)
    if exporter is None:
        exporter = _EXPORTERS.exporter = PageExporter(  # type: ignore[no-untyped-call]
            template_name="weekly",
            extra_template_basedirs=[str(TEMPLATES)],
            extra_template_paths=[str(TEMPLATES)],
            exclude_input=True,
            exclude_output_prompt=True,
            exclude_input_prompt=True,
            exclude_anchor_links=True,
        )
    return exporter


def _in_sections(cells: list[NotebookNode]) -> tuple[list[NotebookNode], bool]:
    """Return the cells with what their headings begin and end, and whether the last is folded."""
    placed, is_folded = [], False
    for cell in cells:
        heading = cell
        if cell.cell_type == "markdown":
            heading = copy(cell)
            heading.metadata = copy(cell.metadata)
            heading.metadata["closes"] = FOLD_END if is_folded else ""
            is_folded = FOLDED in _tags(cell)
            heading.metadata["folded"] = cell.source.strip("# \n") if is_folded else ""
        placed.append(heading)
    return placed, is_folded


def _with_something(cells: list[NotebookNode]) -> list[NotebookNode]:
    shown: list[NotebookNode] = []
    heading: list[NotebookNode] = []  # waits until something follows it
    for cell in cells:
        if NOTEBOOK_ONLY in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown":
            heading = [cell]
        elif any("text/html" in output.get("data", {}) for output in cell.get("outputs", [])):
            shown += [*heading, cell]
            heading = []
    return shown


def facts_of(notebook: NotebookNode) -> dict[str, Any]:
    """Return the facts that the notebook's cells gave out: team_id, week, as_of, snapshot."""
    all_facts = {name: value for facts in _given_out(notebook) for name, value in facts.items()}
    for large in ("numbers", "everyone"):
        all_facts.pop(large, None)
    return all_facts


def numbers_of(notebook: NotebookNode) -> list[dict[str, Any]]:
    """Return the numbers that the notebook's cells show, from its top to its end."""
    return [dict(number) for facts in _given_out(notebook) for number in facts.get("numbers", [])]


def _given_out(notebook: NotebookNode) -> Iterator[dict[str, Any]]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            yield output.get("data", {}).get(FACTS, {})


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["unbroken"] = lambda text: Markup(safe(text))  # noqa: S704  # escaped there
    return environment


def render(template: str, values: Mapping[str, object], *, script: str = "") -> str:
    """Return a page from one of our own templates; every value is escaped.

    Parameters
    ----------
    template : str
        Its file.
    values : mapping
        What it shows.
    script : str
        The file of the one script that the page may run, by its digest; by default none may.
    """
    own = (TEMPLATES / script).read_text(encoding="utf-8") if script else ""
    digest = b64encode(sha256(own.encode()).digest()).decode() if script else ""
    return (
        _environment()
        .get_template(template)
        .render(**values, script=Markup(own), script_hash=digest)  # noqa: S704  # a file of ours
    )
