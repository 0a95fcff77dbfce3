"""Where reports were written, so that a person who is forgotten can be found in them."""

from __future__ import annotations

import html
import json
from pathlib import Path

from organizing_analytics.private_files import write_durably

FILE = "reports.json"
ENDINGS = (".html", ".ipynb", ".csv", ".json", ".pdf")


def note_reports(folder: Path, out: Path) -> None:
    """Remember that reports of this store were written to `out`."""
    known = report_folders(folder)
    if str(out.absolute()) not in known:
        write_durably(folder / FILE, json.dumps([*known, str(out.absolute())], indent=2) + "\n")


def report_folders(folder: Path) -> list[str]:
    """Return the folders that reports of this store were written to."""
    try:
        return [str(path) for path in json.loads((folder / FILE).read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return []


def reports_that_mention(folder: Path, texts: list[str]) -> list[str]:
    """Return the written reports in which any of the texts stands, case aside."""
    words = {word.casefold() for text in texts for word in (text, html.escape(text))}
    found = []
    for out in map(Path, report_folders(folder)):
        for path in sorted(out.rglob("*")) if out.is_dir() else []:
            if path.suffix in ENDINGS and path.is_file():
                text = path.read_text(encoding="utf-8", errors="replace").casefold()
                if any(word in text for word in words):
                    found.append(str(path))
    return found
