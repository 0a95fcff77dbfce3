"""What the widgets share. Text of the data is escaped here and nowhere else."""

from __future__ import annotations

import os
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

import duckdb
import ipywidgets as w

from organizing_analytics.charts import Note
from organizing_analytics.errors import OrganizingError
from organizing_analytics.reports.pictures import picture
from organizing_analytics.store import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from organizing_analytics.charts import Chart
    from organizing_analytics.store import Data

#: Widths of a laptop's screen.
CONTROLS, ANSWER, DRAWING = "21rem", "34rem", "26rem"
WORDS = {"description_width": "7.5rem"}
STYLE = """<style>
.oa-big, .oa-words, .oa-quiet, .oa-wrong { margin: 0.15rem 0 !important; }
.oa-big { font-size: 3.2rem; line-height: 1; font-weight: bold; }
.oa-words { font-size: 1rem; line-height: 1.4; max-width: 33rem; white-space: normal; }
.oa-quiet { color: #59636e; font-size: 0.9rem; line-height: 1.4; max-width: 33rem;
  white-space: normal; }
.oa-wrong { color: #a40e26; font-weight: bold; white-space: normal; line-height: 1.4; }
.oa-figure svg { max-width: 100%; height: auto; }
</style>"""


def control(kind: type[Any], name: str, **options: Any) -> Any:
    """Return a control with its name beside it, in one width."""
    return kind(description=name, style=WORDS, layout=w.Layout(width=CONTROLS), **options)


def words(text: str, kind: str = "oa-words") -> str:
    """Return text as a paragraph."""
    return f'<p class="{kind}">{escape(text)}</p>' if text else ""


def drawn(chart: Chart) -> str:
    """Return a chart as a picture with its title; no script, and nothing is fetched."""
    if isinstance(chart, Note):
        return words(chart.text, "oa-quiet")
    made = picture(chart)
    small = words(made.subtitle, "oa-quiet")
    return (
        f'<div class="oa-figure"><p class="oa-words"><b>{escape(made.title)}</b></p>{small}'
        f"{made.svg}</div>"
    )


class Wrong(w.HTML):  # type: ignore[misc]  # ipywidgets has no types
    """The line that says what went wrong; read aloud when it appears."""

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Turn an error that is about the data, the store or an option into the line."""
        try:
            yield
        except (OrganizingError, OSError, duckdb.Error) as error:
            said = " ".join(str(error).split())
            self.value = f'<p class="oa-wrong" role="alert">{escape(said)}</p>'
        else:
            self.value = ""


def opened(store: Data | str | os.PathLike[str] | None) -> Data:
    """Return a store as it is, or open the one in a folder.

    Raises
    ------
    StoreError
        There is none, it is too new, or it is damaged.
    """
    return open_store(store) if store is None or isinstance(store, (str, os.PathLike)) else store


def renewed(store: Data) -> Data:
    """Return a store at its newest snapshot."""
    return store.refresh() if isinstance(store, Store) else store
