"""A page as a PDF: printed by a headless Chromium, offline, where the machine has one."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from organizing_analytics.errors import ReportError
from organizing_analytics.reports.files import write_whole
from organizing_analytics.temporary import private_folder

if TYPE_CHECKING:
    from pathlib import Path

#: The program may also be named by the environment, for one in an unusual place.
VARIABLE = "CHROME"
PROGRAMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
#: Where macOS and Windows keep what is on no path.
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
SECONDS = 60
NO_BROWSER = (
    "No PDF was written: there is no Chromium, Chrome or Edge on this machine. Install one, or name"
    f" its program in the environment variable {VARIABLE}; the pages print as well from any"
    " browser."
)
OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    # The page asks for nothing; the browser itself would.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
)


def find_browser() -> str | None:
    """Return the program that can print, if there is one."""
    named = os.environ.get(VARIABLE)
    if named:
        return shutil.which(named)
    programs = (shutil.which(program) for program in (*PROGRAMS, *PLACES))
    return next((path for path in programs if path), None)


def print_page(browser: str, page: Path, pdf: Path) -> Path:
    """Print a page to a PDF.

    Parameters
    ----------
    browser : str
        From `find_browser`.
    page, pdf : Path
        The page that is there, and the file to write: whole, or not at all.

    Raises
    ------
    ReportError
        The browser failed or took too long.
    """
    with private_folder() as folder:
        printed = folder / "page.pdf"
        # As root, as in most containers, Chromium starts only without its sandbox.
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        command = [browser, *OPTIONS, *(["--no-sandbox"] if is_root else [])]
        command += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={printed}"]
        _run([*command, page.resolve().as_uri()])
        if not printed.is_file():
            raise ReportError(f"{page}: {browser} printed no PDF of it.")
        return write_whole(pdf, printed.read_bytes())


def _run(command: list[str]) -> None:
    try:
        # A program of the machine's and options of ours; the page is a file that we wrote.
        subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise ReportError(f"{command[0]} did not print a PDF within {SECONDS} seconds.") from error
    except (OSError, subprocess.CalledProcessError) as error:
        raise ReportError(f"{command[0]} could not print a PDF: {error}") from error
