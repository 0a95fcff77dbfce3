"""What the widgets share. Text of the data is escaped here and nowhere else."""

from __future__ import annotations

import os
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

import duckdb
import ipywidgets as w
from altair.utils import schemapi

from organizing_analytics.charts import Note
from organizing_analytics.charts.pictures import OnHover, picture
from organizing_analytics.errors import OrganizingError
from organizing_analytics.store import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from organizing_analytics.charts import Chart
    from organizing_analytics.store import Data

#: All three fit beside each other in a laptop's JupyterLab; where there is more room two grow.
CONTROLS, ANSWER, DRAWING, FIGURE = "19rem", "1 1 15rem", "1 1 18rem", "28rem"
WORDS = {"description_width": "7rem"}
#: A button that a thumb hits.
TAPPED = w.Layout(width="12rem", height="2.75rem")
AGAIN = "Read the store again"
STYLE = """<style>
.oa-big, .oa-words, .oa-quiet, .oa-wrong { margin: 0.15rem 0 !important; }
.oa-big { font-size: 2rem; line-height: 1; font-weight: bold; color: var(--jp-content-font-color1,
  #1f2328); }
.oa-verdict { font-size: 1.5rem; line-height: 1.25; font-weight: bold; white-space: normal;
  margin: 0.15rem 0 !important; }
.oa-shift { font-size: 1.05rem; line-height: 1.4; font-weight: bold; white-space: normal;
  overflow-wrap: anywhere; margin: 0.15rem 0 !important; }
.oa-widget, .oa-widget .widget-vbox, .oa-widget .widget-hbox { overflow: visible; min-width: 0; }
.oa-widget .widget-html, .oa-widget .widget-inline-hbox { max-width: calc(100% - 4px); }
.oa-widget .widget-html-content { max-width: 100%; min-width: 0; }
.oa-words { font-size: 1rem; line-height: 1.4; max-width: 33rem; white-space: normal; }
.oa-quiet { color: #59636e; font-size: 0.9rem; line-height: 1.4; max-width: 33rem;
  white-space: normal; }
.oa-wrong { color: #a40e26; font-weight: bold; white-space: normal; line-height: 1.4; }
.oa-figure svg { width: 100%; height: auto; }
.oa-table p { max-width: 60rem; white-space: normal; line-height: 1.4; }
.oa-table td, .oa-table th { padding: 0.1rem 0.8rem 0.1rem 0; text-align: left; }
.oa-copied { font-weight: bold; margin-left: 0.5rem; }
@media (max-width: 48rem) {
  .oa-widget select, .oa-widget input[type=number], .oa-widget button { min-height: 2.75rem; }
  .oa-widget .widget-inline-hbox { min-height: 2.75rem; height: auto; align-items: center; }
  .oa-text { flex-direction: column; align-items: stretch !important; }
  .oa-text .widget-label { text-align: left; }
  .oa-table thead { display: none; }
  .oa-table table, .oa-table tbody, .oa-table tr, .oa-table td { display: block;
    white-space: normal; text-align: left !important; }
  .oa-table tr { padding: 0.5rem 0; border-bottom: 1px solid #d1d9e0; }
  .oa-table td:first-child { font-weight: bold; }
  .oa-table td[data-head]:not([data-head=""])::before { content: attr(data-head) ": ";
    color: #59636e; }
}
</style>"""
#: ipywidgets names a slider for the eye only, and a page copies text only by a script.
SCRIPT = """
(() => {
  if (window.oaWatches) { return; }
  window.oaWatches = true;
  const name = () => document.querySelectorAll(".oa-widget .noUi-handle").forEach((handle) => {
    const box = handle.closest(".widget-inline-hbox");
    const label = box && box.querySelector(".widget-label");
    const said = label && label.textContent.trim();
    if (said && handle.getAttribute("aria-label") !== said) {
      handle.setAttribute("aria-label", said);
    }
  });
  new MutationObserver(name).observe(document.body, {childList: true, subtree: true});
  name();
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest(".oa-copy");
    if (!button) { return; }
    const widget = button.closest(".oa-widget");
    const text = widget.querySelector("textarea");
    text.focus({preventScroll: true});
    text.select();
    const isCopied = document.execCommand("copy");
    if (isCopied) { button.focus({preventScroll: true}); }
    widget.querySelector(".oa-copied").textContent =
      isCopied ? "Copied." : "Not copied: the text is chosen below, press Ctrl+C.";
  });
})();
"""


def control(kind: type[Any], name: str, **options: Any) -> Any:
    """Return a control with its name beside it, in one width."""
    return kind(description=name, style=WORDS, layout=w.Layout(width=CONTROLS), **options)


def show_only(*parts: w.Widget, when: bool) -> None:
    """Show parts of a widget only when they do something."""
    for part in parts:
        part.layout.display = None if when else "none"


def again() -> w.Button:
    """Return the button that moves a widget to the store's newest snapshot."""
    return w.Button(description=AGAIN, tooltip="The newest data", layout=TAPPED)


def words(text: str, kind: str = "oa-words") -> str:
    """Return text as a paragraph; no line ends between a number and its per cent."""
    escaped = escape(text).replace(" %", "&nbsp;%")
    return f'<p class="{kind}">{escaped}</p>' if text else ""


@contextmanager
def unchecked() -> Iterator[None]:
    """Make charts without holding each piece against the schema, as tests do: it takes 10 ms."""
    with schemapi.debug_mode(False):
        yield


def drawn(chart: Chart, hover: OnHover) -> str:
    """Return a chart as a picture with its title; no script, and nothing is fetched."""
    if isinstance(chart, Note):
        return words(chart.text, "oa-quiet")
    drawn = picture(chart, hover=hover)
    small = words(drawn.subtitle, "oa-quiet")
    return (
        f'<div class="oa-figure"><p class="oa-words"><b>{escape(drawn.title)}</b></p>{small}'
        f"{drawn.svg}</div>"
    )


class Wrong(w.HTML):  # type: ignore[misc]  # ipywidgets has no types
    """The line that says what went wrong; read aloud when it appears."""

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Turn an error into the line."""
        try:
            yield
        except (OrganizingError, OSError) as error:
            self._say(str(error))
        except duckdb.Error as error:
            self._say(f'The store cannot be read any more ({error}). Press "{AGAIN}".')
        except Exception as error:  # noqa: BLE001  # a person should read a sentence, not a traceback
            self._say(f"This should not have happened: {type(error).__name__}: {error}")
        else:
            self.value = ""

    def _say(self, text: str) -> None:
        message = " ".join(text.split())
        self.value = f'<p class="oa-wrong" role="alert">{escape(message)}</p>'


class StorePlace:
    """A store that is opened when it is needed, and moved to its newest snapshot when asked.

    Parameters
    ----------
    store : Data, path or None
        An open store, or the folder of one.
    """

    def __init__(self, store: Data | str | os.PathLike[str] | None) -> None:
        self._folder: str | os.PathLike[str] | None = None
        self._data: Data | None = None
        if store is None or isinstance(store, (str, os.PathLike)):
            self._folder = store
        else:
            self._data = store

    def data(self) -> Data:
        """Return the open store.

        Raises
        ------
        StoreError
            There is none, it is too new, or it is damaged.
        """
        if self._data is None:
            self._data = open_store(self._folder)
        return self._data

    def renew(self) -> Data:
        """Return the store at its newest snapshot."""
        if isinstance(self._data, Store):
            return self._data.refresh()
        return self.data()


def boxed(*parts: w.Widget) -> list[w.Widget]:
    """Return a widget's parts before what all widgets need and nobody sees: style and script."""
    script = {"output_type": "display_data", "data": {"application/javascript": SCRIPT}}
    return [*parts, w.HTML(STYLE), w.Output(outputs=({**script, "metadata": {}},))]


class Explorer(w.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """Controls beside one chart, redrawn at each move; subclasses say which in `_chart`.

    Parameters
    ----------
    store : Data, path or None
        An open store, or the folder of one.
    *controls : Widget
        Each change redraws the chart.
    as_of : str or date, optional
        The date to stand at.
    """

    def __init__(
        self,
        store: Data | str | os.PathLike[str] | None,
        *controls: w.Widget,
        as_of: str | date | None,
    ) -> None:
        self._place, self._as_of = StorePlace(store), as_of
        self.wrong, self.shown = Wrong(), w.HTML(layout=w.Layout(width=FIGURE))
        self.again = again()
        for each_control in controls:
            each_control.observe(self._draw, "value")
        self.again.on_click(lambda _: self._read())
        wide = w.Layout(flex_flow="row wrap", grid_gap="2rem")
        beside = w.HBox([w.VBox([*controls, self.again]), self.shown], layout=wide)
        super().__init__(boxed(beside, self.wrong))
        self.add_class("oa-widget")
        self._read()

    def _read(self) -> None:
        """Move to the newest snapshot, and draw."""
        with self.wrong.caught():
            self._renewed(self._place.renew())
        if not self.wrong.value:
            self._draw()

    def _renewed(self, data: Data) -> None:
        """Take from a snapshot what the controls offer."""

    def _draw(self, _: object = None) -> None:
        self.shown.value = ""
        with self.wrong.caught():
            self.shown.value = self._chart(self._place.data())

    def _chart(self, data: Data) -> str:
        """Return the chart that the controls ask for, as `drawn` gives it."""
        raise NotImplementedError
