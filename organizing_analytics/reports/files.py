"""Where things are and how they are written: notebooks, safe names, whole files or none."""

from __future__ import annotations

import os
import re
from collections import Counter
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.private_files import replace_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_CHARACTERS = 40
MARK_LETTERS = 12
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
#: Names that mean something else: to Windows, or here.
TAKEN = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]|index", re.IGNORECASE)
#: What the name of a team's second page, the whole list of whom to call, ends with.
EVERYONE = "-everyone"
#: A plain name that looks as if it carried a mark could be another id's.
MARKED = re.compile(rf"(^|-)[0-9a-f]{{{MARK_LETTERS}}}$", re.IGNORECASE)


def notebook_path(name: str) -> Path:
    """Return the file of one of the package's notebooks.

    Parameters
    ----------
    name : str
        Like "weekly_team_report", with or without ".ipynb".

    Raises
    ------
    OptionError
        There is no such notebook.

    Notes
    -----
    Installed from a wheel, they are in the package; in a checkout they are beside it.
    """
    inside = Path(str(files("organizing_analytics"))) / "notebooks"
    folder = inside if inside.is_dir() else inside.parent.parent / "notebooks"
    there = sorted(path.stem for path in folder.glob("*.ipynb"))
    stem = name.removesuffix(".ipynb")
    if stem not in there:
        raise OptionError(unknown("notebook", stem, there))
    return folder / f"{stem}.ipynb"


def file_names(ids: Iterable[str]) -> dict[str, str]:
    """Return for each id a file name, without ending, whatever the id holds.

    An id that is a plain name stays as it is. Any other is shortened and carries a mark made from
    the whole of it, and so do ids that differ in case only: some disks take A for a. No two ids
    share a name.

    Examples
    --------
    >>> list(file_names(["T01", "../../x", "North", "north"]).values())
    ['T01', 'x-9cdf6a50100a', 'north-43f853bbb592', 'north-dc365e79d41c']
    """
    ids = list(dict.fromkeys(ids))
    seen = Counter(name.casefold() for name in ids)
    return {name: name if _is_plain(name, seen) else _marked(name) for name in ids}


def _is_plain(name: str, seen: Mapping[str, int]) -> bool:
    is_second = name.casefold().endswith(EVERYONE)
    taken = is_second or TAKEN.fullmatch(name) or MARKED.search(name) or seen[name.casefold()] > 1
    return bool(PLAIN.fullmatch(name)) and not taken


def _marked(name: str) -> str:
    mark = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:MARK_LETTERS]
    words = re.sub(r"[^a-z0-9]+", "-", name.lower())[:MAX_CHARACTERS].strip("-")
    return f"{words}-{mark}" if words else mark


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write a file for its owner alone: whoever opens it sees the old one or the new one whole.

    Raises
    ------
    WriteError
        The file cannot be written or replaced; the old one is as it was.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    replace_whole(path, content if isinstance(content, bytes) else content.encode(), draft=draft)
    return path
