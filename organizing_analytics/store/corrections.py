"""The CSV files in which rejected rows are corrected: bounded in number, nobody's work lost.

A tool's export is often cumulative: the same bad rows come back every week. The file that says so
is written once. Of the others the newest stay; one that somebody has begun to correct stays, too.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from organizing_analytics.errors import StoreError
from organizing_analytics.private_files import discard, write_durably
from organizing_analytics.store.snapshots import REJECTS_FOLDER

if TYPE_CHECKING:
    from pathlib import Path

#: How many files stay, those left out that were edited since they were written.
MAX_FILES = 200
#: File → SHA-256 of its bytes when it was written: what tells an edited file.
DIGESTS_FILE = ".digests.json"
_NUMBER = re.compile(r"\.rejected-(\d+)(?:-(\d+))?\.csv$")


def same_file(folder: Path, stem: str, text: str) -> Path | None:
    """Return the file of a table that holds exactly this text; None where there is none."""
    content = text.encode("utf-8")
    for path in sorted((folder / REJECTS_FOLDER).glob("*.csv")):
        is_of_table = path.name.startswith(f"{stem}.rejected-")
        with suppress(OSError):
            if is_of_table and path.read_bytes() == content:
                return path
    return None


def bound(folder: Path, files: dict[str, str]) -> None:
    """Remember how files were written, and remove the oldest of those that nobody edited.

    Parameters
    ----------
    folder : Path
        The store's folder.
    files : dict
        Path inside the store → text, of the files that were just written.
    """
    rejects = folder / REJECTS_FOLDER
    if not rejects.is_dir():
        return
    digests = _read(rejects)
    digests |= {
        name.partition("/")[2]: hashlib.sha256(text.encode("utf-8")).hexdigest()
        for name, text in files.items()
        if name.startswith(f"{REJECTS_FOLDER}/")
    }
    paths = sorted(rejects.glob("*.csv"), key=_age)
    if len(paths) > MAX_FILES:
        unedited = [path for path in paths if _digest(path) == digests.get(path.name)]
        for path in unedited[: max(len(unedited) - MAX_FILES, 0)]:
            discard(path)
    left = {path.name for path in rejects.glob("*.csv")}
    with suppress(OSError, StoreError):  # then the next files count as edited, and stay
        entries = {name: digest for name, digest in digests.items() if name in left}
        write_durably(rejects / DIGESTS_FILE, json.dumps(entries, indent=0) + "\n")


def rewrite(path: Path, text: str) -> None:
    """Replace a file whose rows were taken out; one that nobody had edited still counts so.

    No digest of the rows as they were stays behind.
    """
    digests = _read(path.parent)
    is_unedited = digests.pop(path.name, None) == _digest(path)
    write_durably(path, text)
    if is_unedited:
        digests[path.name] = hashlib.sha256(text.encode("utf-8")).hexdigest()
    write_durably(path.parent / DIGESTS_FILE, json.dumps(digests, indent=0) + "\n")


def _age(path: Path) -> tuple[int, int]:
    match = _NUMBER.search(path.name)
    return (int(match[1]), int(match[2] or 0)) if match else (0, 0)


def _digest(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _read(rejects: Path) -> dict[str, str]:
    try:
        entries = json.loads((rejects / DIGESTS_FILE).read_text(encoding="utf-8"))
        return {str(name): str(digest) for name, digest in entries.items()}
    except (OSError, ValueError, AttributeError):
        return {}
