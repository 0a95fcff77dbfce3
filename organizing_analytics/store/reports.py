"""Where reports were written, so that a person who is forgotten can be found in them."""

from __future__ import annotations

import gzip
import html
import json
import re
import zipfile
import zlib
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING

from organizing_analytics.private_files import write_durably

if TYPE_CHECKING:
    from collections.abc import Iterable

FILE = "reports.json"
#: What can be read as text; a letter's attachments and a workbook's sheets are unpacked first.
TEXTS = (".html", ".ipynb", ".csv", ".tsv", ".json", ".jsonl", ".txt", ".md")
WORKBOOKS = (".xlsx", ".ods")
LETTER, PRINT, PACKED, CALENDAR = ".eml", ".pdf", ".gz", ".ics"
#: A calendar breaks its lines at 75 bytes, in the middle of a word.
_FOLD = re.compile(r"\r?\n[ \t]")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def note_reports(folder: Path, out: Path) -> None:
    """Remember that reports of this store were written to `out`."""
    folders = report_folders(folder)
    if str(out.absolute()) not in folders:
        write_durably(folder / FILE, json.dumps([*folders, str(out.absolute())], indent=2) + "\n")


def report_folders(folder: Path) -> list[str]:
    """Return the folders that reports of this store were written to."""
    try:
        return [str(path) for path in json.loads((folder / FILE).read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return []


def reports_that_mention(folder: Path, texts: list[str]) -> tuple[list[str], list[str]]:
    """Return the written reports and letters in which any of the texts stands, case aside.

    The text in a PDF is packed. One that was printed from a page says what the page says.

    Returns
    -------
    (list of str, list of str)
        The files that mention a text; and the PDFs without a page beside them, which nobody has
        looked into.
    """
    return files_that_mention(map(Path, report_folders(folder)), texts)


def files_that_mention(
    folders: Iterable[Path], texts: Iterable[str]
) -> tuple[list[str], list[str]]:
    """Return the files in some folders in which any of the texts stands, and the unread PDFs."""
    forms = (form for text in texts for form in (text, html.escape(text), json.dumps(text)[1:-1]))
    words = {form.casefold() for form in forms}
    mentioning: list[str] = []
    unread: list[str] = []
    for out in folders:
        for path in sorted(out.rglob("*")) if out.is_dir() else []:
            if not path.is_file():
                continue
            page = path.with_suffix(".html") if path.suffix == PRINT else path
            if not page.is_file():
                unread.append(str(path))
            elif any(word in _text(page) for word in words):
                mentioning.append(str(path))
    return mentioning, unread


def _text(path: Path) -> str:
    """Return the text in a file in small letters; nothing where it cannot be read."""
    try:
        if path.suffix == CALENDAR:
            return _FOLD.sub("", _decoded(path.read_bytes())).casefold()
        if path.suffix in TEXTS:
            return _decoded(path.read_bytes()).casefold()
        if path.suffix == PACKED:
            return _decoded(gzip.decompress(path.read_bytes())).casefold()
        if path.suffix == LETTER:
            return _letter(path.read_bytes()).casefold()
        if path.suffix in WORKBOOKS:
            with zipfile.ZipFile(path) as packed:
                sheets = [packed.read(name) for name in packed.namelist() if name.endswith(".xml")]
            return b" ".join(sheets).decode("utf-8", "replace").casefold()
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error):
        pass
    return ""


def _decoded(content: bytes) -> str:
    encoding = "utf-16" if content.startswith(UTF_16_MARKS) else "utf-8"
    return content.decode(encoding, "replace")


def _letter(content: bytes) -> str:
    """Return a letter's headers, words and attachments as text."""
    message = message_from_bytes(content, policy=policy.default)
    texts = [str(value) for value in message.values()]
    for part in message.walk():
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            texts.append(payload.decode("utf-8", "replace"))
    return "\n".join(texts)
