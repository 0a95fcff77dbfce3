"""Make the pictures of the README and the docs from the made-up campaign: `make pictures`.

They need a Chromium. The campaign is always the same, so a picture changes only when what it
shows does.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import vl_convert
from playwright.sync_api import sync_playwright

import organizing_analytics as oa
from organizing_analytics import charts

HERE = Path(__file__).parent
LAST_DAY, WEEK, TEAM = "2026-11-22", "2026-W47", "T02"


def made_up(folder: Path) -> Path:
    """Return the store of the made-up campaign."""
    oa.write_sample(folder / "files", last_day=LAST_DAY)
    oa.load_files(folder / "files", store=folder / "store", timezone="America/Chicago")
    return folder / "store"


def report(store: Path, folder: Path) -> None:
    """Take the top of a team's page, and the same on a phone."""
    run = oa.write_reports(store, week=WEEK, teams=[TEAM], out=folder / "reports")
    page = run.reports[0].html.resolve().as_uri()
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, width, height in (("report", 1100, 1000), ("report_phone", 360, 720)):
            tab = browser.new_page(viewport={"width": width, "height": height})
            tab.goto(page)
            tab.screenshot(path=HERE / f"{name}.png")
        browser.close()


def heat_map(store: Path) -> None:
    """Draw who stays, month by month."""
    with oa.open_store(store) as data:
        chart = charts.cohorts(oa.retention_cohorts(data, as_of=LAST_DAY, kind="rolling"))
    drawn = vl_convert.vegalite_to_png(chart.to_dict(), scale=1.5)
    (HERE / "cohorts.png").write_bytes(drawn)


def main() -> None:
    """Make them all."""
    with tempfile.TemporaryDirectory() as spare:
        store = made_up(Path(spare))
        report(store, Path(spare))
        heat_map(store)


if __name__ == "__main__":
    sys.exit(main())
