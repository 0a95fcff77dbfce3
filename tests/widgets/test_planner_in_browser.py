"""JupyterLab from `oa lab` and the planner by Voilà, in a real browser."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import nbformat
import pytest

import organizing_analytics as oa

LAST_DAY = "2026-11-22"
PATIENCE = 90_000


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planner")
    oa.write_sample(folder / "files", people=300, weeks=12)
    oa.load_files(folder / "files", store=folder / "store", timezone="America/Chicago")
    return folder / "store"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(autouse=True)
def _a_lab_that_remembers_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JupyterLab opens what was open the last time: in tests nothing was."""
    monkeypatch.setenv("JUPYTERLAB_WORKSPACES_DIR", str(tmp_path / "workspaces"))


@contextmanager
def serving(*words: object) -> Iterator[str]:
    """Run `oa …` on a free port until the test ends; yield the address with its token."""
    port = free_port()
    command = [sys.executable, "-m", "organizing_analytics", *map(str, words)]
    command += ["--no-browser", "--port", str(port)]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        for line in running.stdout:
            found = re.search(rf"http://127\.0\.0\.1:{port}/\S*token=\S+", line)
            if found:
                break
        else:
            pytest.fail(f"it ended with {running.wait()}")
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield found[0]
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGTERM)
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
        running.stdout.close()


def only_here(page, address: str) -> list[str]:
    """Collect what a page asks of anybody but its own server."""
    host = re.match(r"http://([^/]+)/", address)[1]
    asked: list[str] = []
    page.on(
        "request",
        lambda r: (
            asked.append(r.url) if not re.match(rf"(data:|blob:|\w+://{host}/)", r.url) else None
        ),
    )
    return asked


def test_the_planner_loads_moves_and_refuses_without_its_token(sample: Path, page) -> None:
    with serving("planner", "--store", sample) as address:
        bare = address.partition("?")[0]
        page.goto(bare)
        assert page.locator(".oa-big").count() == 0
        assert "login" in page.url
        for path in ("api/kernels", "voila/render/plan_event.ipynb"):
            try:
                answer = urllib.request.urlopen(f"{bare}{path}")
                assert "login" in answer.url or "oa-big" not in answer.read().decode()
            except urllib.error.HTTPError as error:
                assert error.code in (401, 403, 404)
        asked = only_here(page, address)
        # Another template would fetch icons: it is not given, and the policy would forbid them.
        policy = page.goto(f"{address}&template=lab").headers["content-security-policy"]
        assert policy.startswith("default-src 'self'")
        page.wait_for_selector(".oa-big", timeout=PATIENCE)
        assert page.inner_text(".oa-big") == "10"  # 4 needed, 80 % sure, half come
        kernel = page.evaluate(
            "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"
        )
        for path in (f"api/kernels/{kernel}", f"api/kernels/{kernel}/channels"):
            with pytest.raises(urllib.error.HTTPError, match="403"):
                urllib.request.urlopen(f"{bare}{path}")
        before = page.inner_html(".oa-figure")
        page.get_by_role("slider", name="How sure").focus()
        for _ in range(10):
            page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "document.querySelector('.oa-big').innerText !== '10'", timeout=PATIENCE
        )
        assert int(page.inner_text(".oa-big")) > 10
        page.wait_for_function(
            "was => document.querySelector('.oa-figure').innerHTML !== was", arg=before
        )
        assert "import organizing_analytics" not in page.content()  # the code stays hidden
        page.get_by_label("Shift").select_option(index=1)
        page.wait_for_function(
            "document.body.innerText.includes('more to sign up')", timeout=PATIENCE
        )
        page.wait_for_selector(".oa-table", timeout=PATIENCE)  # the backward plan, by itself
        names = (
            "[...document.querySelectorAll('[role=slider]')].filter(e => e.checkVisibility())"
            ".map(e => e.ariaLabel)"
        )
        assert page.evaluate(names) == ["How sure", "Room (0: any)"]
        page.context.grant_permissions(["clipboard-read"])
        page.get_by_role("button", name="Copy the plan").click()
        page.wait_for_function("document.querySelector('.oa-copied').innerText === 'Copied.'")
        assert page.evaluate("navigator.clipboard.readText()").startswith("Team: ")
        for width in (320, 390, 1366):
            page.set_viewport_size({"width": width, "height": 844})
            outside = (
                "[...document.querySelectorAll('.oa-widget *')].filter(e => e.checkVisibility()"
                " && e.getBoundingClientRect().right > innerWidth).length"
            )
            page.wait_for_function(f"{outside} === 0")
        assert asked == []


def run_all(page) -> None:
    """Run all cells of the open notebook, once its kernel is there: before, Jupyter asks which."""
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=PATIENCE)
    # Not the circle beside the kernel's name, which is idle before there is a kernel.
    page.wait_for_selector("#jp-main-statusbar :text('| Idle')", timeout=PATIENCE)
    page.get_by_text("Run", exact=True).first.click()
    page.get_by_text("Run All Cells", exact=True).click()


def test_jupyterlab_opens_a_notebook_runs_it_and_shows_its_charts(
    sample: Path, tmp_path: Path, page
) -> None:
    folder = tmp_path / "mine"
    with serving("lab", folder, "--store", sample) as address:
        asked = only_here(page, address)
        # Nothing of what was stored may stand for what is shown now.
        stored = nbformat.read(folder / "explore_show_up.ipynb", as_version=4)
        for cell in stored.cells:
            if cell.cell_type == "code":
                cell.update(outputs=[], execution_count=None)
        nbformat.write(stored, folder / "explore_show_up.ipynb")
        page.goto(address.replace("/lab?", "/lab/tree/explore_show_up.ipynb?"))
        run_all(page)
        page.wait_for_function(
            "[...document.querySelectorAll('.jp-InputPrompt')].filter("
            "p => /\\[\\d+\\]/.test(p.innerText)).length >= 3"
            " && ![...document.querySelectorAll('.jp-InputPrompt')].some("
            "p => p.innerText.includes('[*]'))",
            timeout=PATIENCE,
        )
        assert page.locator(".jp-OutputArea svg, .jp-OutputArea canvas").count() >= 1
        assert page.locator(".jp-RenderedText[data-mime-type*=stderr]").count() == 0
        page.goto(address.replace("/lab?", "/lab/workspaces/plan/tree/plan_event.ipynb?"))
        run_all(page)
        page.wait_for_selector(".oa-big", timeout=PATIENCE)
        page.get_by_role("slider", name="How sure").focus()
        page.keyboard.press("End")
        page.wait_for_function(
            "document.querySelector('.oa-big').innerText === '17'", timeout=PATIENCE
        )
        assert asked == []
