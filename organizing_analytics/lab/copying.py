"""Notebooks into a working folder: new ones are put there, old ones renewed, edited ones left.

A small file remembers what was put there. A notebook that is still as it was put is renewed; one
that somebody has edited stays, and the newer version lands beside it under another name.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING

from organizing_analytics import __version__
from organizing_analytics.errors import OptionError, WriteError
from organizing_analytics.reports.files import notebook_path, write_whole

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

#: The report's own notebook is run by `oa report`.
NOTEBOOKS = (
    "campaign_overview",
    "explore_show_up",
    "explore_retention",
    "explore_asks",
    "one_to_ones",
    "plan_event",
    "your_own_question",
)
FILE = ".notebooks.json"
#: The date at which a notebook stands, as its file has it.
_AS_OF = re.compile(r'as_of = \\"\d{4}-\d{2}-\d{2}\\"')


def copy_notebooks(folder: Path, *, as_of: date | None = None) -> dict[str, str]:
    """Put the notebooks into a folder; return what was done with each.

    Parameters
    ----------
    folder : Path
        Made when it is not there.
    as_of : date, optional
        The last day of the store's data: notebooks that are put there stand at it. Without a store,
        they stand at the last day of the made-up campaign.

    Returns
    -------
    dict
        File name → new, renewed, unchanged, or where the newer version lies: "beside: NAME".

    Raises
    ------
    OptionError
        The folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _copy(folder, as_of)
    except WriteError:
        raise
    except OSError as error:
        raise OptionError(
            f"{folder}: notebooks cannot be put there ({error.strerror}). Give another folder."
        ) from error


def _copy(folder: Path, as_of: date | None) -> dict[str, str]:
    put, outcomes = _remembered(folder), {}
    for name in NOTEBOOKS:
        source = notebook_path(name)
        text = source.read_text(encoding="utf-8")
        if as_of is not None:
            text = _AS_OF.sub(f'as_of = \\\\"{as_of.isoformat()}\\\\"', text)
        mark, target = _mark(text), folder / source.name
        outcomes[source.name] = _put(target, text, mark, put.get(source.name))
        put[source.name] = mark
    write_whole(folder / FILE, json.dumps(put, indent=1) + "\n")
    return outcomes


def _put(target: Path, text: str, mark: str, before: str | None) -> str:
    if not target.exists():
        write_whole(target, text)
        return "new"
    here = _mark(_read(target))
    if mark in (here, before):
        return "unchanged"  # as shipped, or edited since this very version was put there
    if here == before:
        write_whole(target, text)
        return "renewed"
    beside = target.with_name(f"{target.stem}.{__version__}{target.suffix}")
    n = 1
    while beside.exists() and _mark(_read(beside)) != mark:
        n += 1
        beside = target.with_name(f"{target.stem}.{__version__}-{n}{target.suffix}")
    write_whole(beside, text)
    return f"beside: {beside.name}"


def _remembered(folder: Path) -> dict[str, str]:
    try:
        contents = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(contents) if isinstance(contents, dict) else {}


def _read(path: Path) -> str:
    # Somebody's own file may hold anything; then it is no copy of ours.
    return path.read_text(encoding="utf-8", errors="replace")


def _mark(text: str) -> str:
    """Return the digest of a notebook, whatever date it stands at."""
    return sha256(_AS_OF.sub("as_of", text).encode("utf-8")).hexdigest()
