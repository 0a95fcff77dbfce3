"""Make the pictures of the README and the docs from the made-up campaign: `make pictures`.

They need a Chromium. The campaign is always the same, so a picture changes only when what it
shows does.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import vl_convert
from playwright.sync_api import Error, Page, sync_playwright

import organizing_analytics as oa
from organizing_analytics import charts

HERE = Path(__file__).parent
LAST_DAY, WEEK, TEAM = "2026-11-22", "2026-W47", "T01"


def made_up(folder: Path) -> Path:
    """Return the store of the made-up campaign."""
    oa.write_sample(folder / "files", last_day=date.fromisoformat(LAST_DAY))
    oa.load_files(folder / "files", store=folder / "store", timezone="America/Chicago")
    return folder / "store"


def report(store: Path, folder: Path) -> None:
    """Take the top of a team's page, and the same on a phone."""
    run = oa.write_reports(store, week=WEEK, teams=[TEAM], out=folder / "reports")
    page = run.reports[0].html.resolve().as_uri()
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, width, height in (("report", 1100, 1000), ("report_phone", 390, 844)):
            tab = browser.new_page(viewport={"width": width, "height": height})
            tab.goto(page)
            tab.screenshot(path=HERE / f"{name}.png")
        browser.close()


def heat_map(store: Path) -> None:
    """Draw who stays, month by month."""
    with oa.open_store(store) as data:
        frame = oa.retention_cohorts(data, as_of=LAST_DAY, kind="rolling")
        chart = charts.cohorts(frame, kind="rolling")
    drawn = vl_convert.vegalite_to_png(chart.to_dict(), scale=1.5)
    (HERE / "cohorts.png").write_bytes(drawn)


def planner(store: Path) -> None:
    """Take the planner, with a shift chosen."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    words = ["planner", "--store", str(store), "--no-browser", "--port", str(port)]
    running = subprocess.Popen(
        [sys.executable, "-m", "organizing_analytics", *words],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        address = re.search(r"http://\S+", running.stdout.readline())[0]
        with sync_playwright() as playwright:
            program = shutil.which("chromium") or shutil.which("chromium-browser")
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            tab = browser.new_page(viewport={"width": 1100, "height": 720})
            _patiently(tab, address)
            tab.wait_for_selector(".oa-big", timeout=90_000)
            tab.get_by_label("Shift").select_option(index=4)
            tab.wait_for_function("document.body.innerText.includes('more to sign up')")
            tab.wait_for_selector(".oa-table")
            tab.screenshot(path=HERE / "planner.png")
            browser.close()
    finally:
        os.killpg(running.pid, signal.SIGTERM)


def _patiently(tab: Page, address: str) -> None:
    """Open a page whose server is still starting."""
    for _ in range(60):
        try:
            tab.goto(address)
        except Error:
            time.sleep(1)
        else:
            return


def main() -> None:
    """Make them all."""
    with tempfile.TemporaryDirectory() as spare:
        store = made_up(Path(spare))
        report(store, Path(spare))
        heat_map(store)
        planner(store)


if __name__ == "__main__":
    sys.exit(main())
