"""Hostile texts in a real browser: pages, the index, notebooks, the planner and the widgets.

Each text carries a mark. What the browser shows as text with the mark in it is counted; a script
that ran, an element or attribute with the mark, a dialog, or a request to elsewhere is a failure.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from assault.sinks import CONTROLS, MARK, MARKUP, PATHS, hostile_campaign, printed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
WEEK = "2026-W46"
PATIENCE = 180_000
#: What obeyed markup leaves in a page.
OBEYED = f"""() => window.{MARK} ? ['a script ran'] : [...document.querySelectorAll(
    "[{MARK}], [onerror*={MARK}], [onload*={MARK}], [srcdoc*={MARK}], a[href^='javascript:'], "
    + "img[src='x'], svg[onload]")].map(e => e.outerHTML.slice(0, 120))"""
#: How often the mark stands in a page as text.
SHOWN = f"""() => {{
    const copy = document.documentElement.cloneNode(true);
    copy.querySelectorAll('script, style').forEach(e => e.remove());
    return copy.textContent.split('{MARK}').length - 1;
}}"""


class Judge:
    """A browser tab, and what hostile texts did in it.

    Attributes
    ----------
    failures : list of str
        Scripts that ran, elements of the attacker's, dialogs, requests to elsewhere.
    shown : int
        How many hostile cells were looked at, as text.
    """

    def __init__(self, tab: Any) -> None:
        self.tab = tab
        self.failures: list[str] = []
        self.shown = 0
        self.home = "file:"
        tab.on("dialog", self._dialog)
        tab.on("request", self._request)

    def _dialog(self, dialog: Any) -> None:
        self.failures.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        own = ("data:", "blob:", self.home, re.sub("^http", "ws", self.home))
        # nbconvert's own pages ask for MathJax; what a hostile text asks for has its mark.
        if MARK in request.url or (self.home != "file:" and not request.url.startswith(own)):
            self.failures.append(f"asks for {request.url[:120]}")

    def look(self, what: str) -> None:
        """Judge the page as it is now."""
        self.failures += [f"{what}: {trace}" for trace in self.tab.evaluate(OBEYED)]
        self.shown += int(self.tab.evaluate(SHOWN))

    def open(self, path: Path) -> None:
        """Open a file, wait until its scripts had their time, and judge it."""
        self.tab.goto(path.as_uri())
        self.tab.wait_for_timeout(300)
        self.look(path.name)

    def result(self, *, at_least: int, **more: object) -> dict[str, Any]:
        """Return the counts; too few hostile cells on the pages are a failure, too."""
        if self.shown < at_least:
            self.failures.append(f"only {self.shown} hostile cells were shown")
        return {"tried": self.shown, **more, "failures": self.failures}


@contextmanager
def browser_tab(*, is_offline: bool = True) -> Iterator[Judge]:
    """Open a tab of headless Chromium."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = browser.new_context()
        if is_offline:
            context.route(re.compile("^https?:"), lambda route: route.abort())
        yield Judge(context.new_page())
        browser.close()


def pages(folder: Path, *, n_texts: int) -> dict[str, Any]:
    """Write reports of hostile teams and open every page and the index in a browser."""
    texts = [*MARKUP, *CONTROLS[:4], *PATHS[:6]][:n_texts]
    store, out = hostile_campaign(folder, texts), folder / "out"
    message = printed("report", "--store", store, "--out", out, "--week", WEEK)
    opened = sorted(out.rglob("*.html"))
    with browser_tab() as judge:
        if len(opened) < len(texts):
            judge.failures.append(f"only {len(opened)} pages: {message[-300:]}")
        for path in opened:
            judge.open(path)
    return judge.result(at_least=len(texts), pages=len(opened))


#: What people ask in a notebook; each answer is shown as the notebook shows it.
_START = """
import pandas as pd
import organizing_analytics as oa
from organizing_analytics import charts
pd.set_option("display.max_colwidth", None)
charts.still()
store = oa.open_store()
store
"""
CELLS = [
    _START,
    "oa.show_up(store, by='team')",
    "oa.show_up(store, by=['event_type', 'team'])",
    "oa.asks_outcomes(store, by='team')",
    "upcoming = oa.plan_upcoming(store)\nupcoming",
    "charts.upcoming(upcoming)",
    "oa.todo(store)",
    "store.table('people').to_pandas()",
    "print(store.table('teams').to_pandas().to_string())",
]


def notebooks(folder: Path, *, n_texts: int) -> dict[str, Any]:
    """Execute notebooks on hostile data and open what nbconvert makes of them.

    Its page holds the outputs as they are and lets scripts run, as JupyterLab does with a notebook
    that is trusted.
    """
    from nbconvert import HTMLExporter

    store = hostile_campaign(folder, MARKUP[:n_texts])
    notebook = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS]  # type: ignore[no-untyped-call]
    )
    nbformat.write(notebook, folder / "own.ipynb")  # type: ignore[no-untyped-call]
    shipped = ["explore_show_up", "explore_asks", "one_to_ones", "explore_retention"]
    paths = [folder / "own.ipynb", *(ROOT / "notebooks" / f"{name}.ipynb" for name in shipped)]
    words = ["report", "--store", store, "--out", folder / "out", "--week", WEEK, "--team", "t0"]
    printed(*words)
    executed = sorted((folder / "out" / WEEK).glob("*.ipynb"))
    for path in paths[: 1 + n_texts // 4]:
        executed.append(folder / f"executed-{path.name}")
        _execute(path, executed[-1], store)
    with browser_tab() as judge:
        for path in executed:
            page, _ = HTMLExporter(template_name="lab").from_filename(str(path))  # type: ignore[no-untyped-call]
            target = folder / f"{path.stem}.html"
            target.write_text(page, encoding="utf-8")
            judge.open(target)
            if "Traceback (most recent call last)" in page:
                judge.failures.append(f"{path.name}: a cell failed")
    return judge.result(at_least=5 * min(n_texts, len(MARKUP)), pages=len(executed))


def _execute(notebook: Path, target: Path, store: Path) -> None:
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", str(notebook),
               "--output", str(target), "--allow-errors", "--ExecutePreprocessor.timeout=900"]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True,
                   env={**os.environ, "ORGANIZING_STORE": str(store)})  # fmt: skip


#: Serves a notebook as `oa planner` serves the planner's.
SERVE = """
import sys
from pathlib import Path
from organizing_analytics.lab import serving
notebook, port, store, token = sys.argv[1:]
command = serving.planner_command(port=int(port))
if notebook:
    command[command.index("voila") + 1] = notebook
serving.serve(command, store=Path(store), token=token)
"""


@contextmanager
def served(store: Path, notebook: str = "") -> Iterator[str]:
    """Serve the planner, or another notebook in its place, and give the address."""
    from organizing_analytics.lab.serving import free_port, new_token

    port, token = free_port(8900), new_token()
    command = [sys.executable, "-c", SERVE, notebook, str(port), str(store), token]
    server = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    address = f"http://127.0.0.1:{port}/?token={token}"
    try:
        for _ in range(600):
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=5).close()
                break
            time.sleep(0.3)
        yield address
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


def _choose_everything(judge: Judge, *, max_entries: int) -> int:
    """Choose each entry of each list, and judge what the page then shows; return how many."""
    from playwright.sync_api import Error

    chosen = 0
    for at in range(judge.tab.locator("select").count()):
        lists = judge.tab.locator("select")
        count = min(lists.nth(at).locator("option").count(), max_entries)
        for option in range(count):
            try:
                lists.nth(at).select_option(index=option, timeout=20_000)
            except Error:  # what was chosen before leaves this list without a use
                judge.look(f"list {at}, entry {option}, not to be chosen")
                break
            judge.tab.wait_for_timeout(700)
            judge.look(f"list {at}, entry {option}")
            chosen += 1
    judge.tab.wait_for_timeout(3_000)
    judge.look("at the end")
    return chosen


def _look_at(store: Path, *, n_texts: int, notebook: str = "") -> dict[str, Any]:
    with served(store, notebook) as address, browser_tab(is_offline=False) as judge:
        judge.home = address.partition("?")[0]
        judge.tab.goto(address)
        judge.tab.wait_for_selector("select", timeout=PATIENCE)
        chosen = _choose_everything(judge, max_entries=n_texts + 2)
    return judge.result(at_least=n_texts, chosen=chosen)


def planner(folder: Path, *, n_texts: int) -> dict[str, Any]:
    """Open the planner on hostile data and choose every team and every shift."""
    return _look_at(hostile_campaign(folder, MARKUP[:n_texts]), n_texts=min(n_texts, len(MARKUP)))


def widgets(folder: Path, *, n_texts: int) -> dict[str, Any]:
    """Open all widgets in one page, and choose every entry of every list."""
    calls = ["import organizing_analytics as oa", "oa.widgets.show_up()", "oa.widgets.cohorts()",
             "oa.widgets.planner()"]  # fmt: skip
    book = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[nbformat.v4.new_code_cell(call) for call in calls],  # type: ignore[no-untyped-call]
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(book, folder / "widgets.ipynb")  # type: ignore[no-untyped-call]
    store = hostile_campaign(folder / "campaign", MARKUP[:n_texts])
    return _look_at(
        store, n_texts=min(n_texts, len(MARKUP)), notebook=str(folder / "widgets.ipynb")
    )


SINKS: dict[str, Callable[..., dict[str, Any]]] = {
    "pages-and-index": pages,
    "notebook": notebooks,
    "planner-page": planner,
    "widget": widgets,
}
