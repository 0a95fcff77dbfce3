"""What each file of the inbox is: an export, a list of who came, or answers to a list.

An export is told by `load_files` itself, as `oa load FILE` does. Two kinds need more than a load:

- A list of who came does not say to which shift. Its name does: `shift S12.csv`, any file in a
  folder `shift S12`, or the name under which the page at the door saves its list.
- Answers are told by their header, as `oa answers FILE` does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from organizing_analytics.errors import WHERE_SHIFTS_ARE, FileError, MappingError, nearest
from organizing_analytics.loading.files import ENDINGS
from organizing_analytics.loading.opening import open_files
from organizing_analytics.logbook.answer_columns import WORKBOOK, find_card_columns, find_columns
from organizing_analytics.logbook.answer_files import header_of
from organizing_analytics.logbook.door import door_mark
from organizing_analytics.logbook.sheets import COLUMNS
from organizing_analytics.settings import Settings
from organizing_analytics.sources import check_in, recogniser
from organizing_analytics.sources.recognising import own_mapping
from organizing_analytics.sources.templates import is_template
from organizing_analytics.store import open_store
from organizing_analytics.store.keyed_ids import read_key
from organizing_analytics.store.snapshots import read_current

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from organizing_analytics.sources import Recogniser
    from organizing_analytics.weekly.inbox import InboxFile

#: `shift S12`, as the name of a file or of a folder.
_NAMED = re.compile(r"shift[\s_-]+(?P<shift>\S.*)", re.IGNORECASE)
#: What the page at the door calls its list.
_DOOR = re.compile(r"door-(?P<mark>[0-9a-f]{16})(?![0-9a-f])")
#: What a browser puts behind the name of a file that is there already.
_COPY = re.compile(r"(?:\s*\(\d+\))+$")
NAME_IT = (
    "Call the file `shift ID.csv`, or put it into a folder `shift ID`, with the shift_id in the "
    f"store. {WHERE_SHIFTS_ARE}"
)


@dataclass
class SortedFiles:
    """The files of an inbox by what must be done with them, each group in the given order.

    Attributes
    ----------
    exports : list of InboxFile
        Loaded together.
    lists : list of InboxFile
        Lists of who came, loaded after the exports that hold their shifts and sign-ups.
    answers : list of InboxFile
        Read last.
    """

    exports: list[InboxFile] = field(default_factory=list)
    lists: list[InboxFile] = field(default_factory=list)
    answers: list[InboxFile] = field(default_factory=list)


def sort_files(files: Sequence[InboxFile], *, store: Path, inbox: Path) -> SortedFiles:
    """Return what each file is, by its name and its header."""
    groups = SortedFiles()
    current = read_current(store)
    recognise = recogniser(None, current.settings if current else Settings())
    for file in files:
        if shift_name(file) is not None and not _is_of_a_tool(file.path, recognise):
            groups.lists.append(file)
        elif _is_of_answers(file.path, recognise, folders=(inbox, store)):
            groups.answers.append(file)
        else:
            groups.exports.append(file)
    return groups


def shift_name(file: InboxFile) -> str | None:
    """Return what the name of a file, or of its folder, says of a shift; None if nothing.

    Examples
    --------
    >>> from pathlib import Path
    >>> from organizing_analytics.weekly.inbox import InboxFile
    >>> [shift_name(InboxFile(Path(p), p, 1, 1)) for p in (
    ...     "shift S12 (1).csv", "shift_7/zoom.csv", "shifts.csv")]
    ['S12', '7', None]
    """
    for name in (_stem(file.path.name), *file.name.split("/")[:-1]):
        match = _NAMED.fullmatch(name)
        if match:
            return match["shift"]
    door = _DOOR.match(file.path.name)
    return door.group() if door else None


def find_shifts(files: Sequence[InboxFile], store: Path) -> tuple[dict[InboxFile, str], list[str]]:
    """Return the shift of each list, as far as the store has it, and all ids of shifts.

    Two shifts whose ids differ only in signs that no file name may have are told apart by nothing:
    the list of either has no shift then.
    """
    if not files:
        return {}, []
    if read_current(store) is None:
        return {}, []
    with open_store(store) as data:
        key = read_key(data.folder) or ""
        query = "SELECT shift_id FROM main.shifts ORDER BY shift_id"
        ids = [str(shift) for (shift,) in data.connection.execute(query).fetchall()]
    by_name: dict[str, list[str]] = defaultdict(list)
    for shift in ids:
        by_name[_folded(shift)].append(shift)
        by_name[_folded(f"door-{door_mark(key, shift)}")].append(shift)
    candidates = {file: by_name.get(_folded(shift_name(file) or ""), []) for file in files}
    return {file: shifts[0] for file, shifts in candidates.items() if len(shifts) == 1}, ids


def why_no_shift(file: InboxFile, ids: Sequence[str]) -> str:
    """Return what to tell of a list whose shift the store does not have."""
    named = shift_name(file) or ""
    if _DOOR.match(named):
        return (
            f"{file.name}: the page at the door saved this list for a shift that is not in this "
            f"store. {NAME_IT}"
        )
    same = [shift for shift in ids if _folded(shift) == _folded(named)]
    problem = "may be more than one shift of the store" if same else "is not in the store"
    alike = same or nearest(named, ids)
    hint = f" Did you mean {' or '.join(alike)}?" if alike else ""
    return (
        f'{file.name}: by its name this is a list of who came to the shift "{named}", which '
        f"{problem}.{hint} {NAME_IT}"
    )


def advice_for(path: Path) -> str:
    """Return what to do with a file that nothing knows, if it may be a list of who came."""
    try:
        names = {path: path.name}
        open_files([path], recogniser(check_in.SOURCE, Settings()), names=names, optional=())
    except FileError:
        return ""
    return f" If it is a list of who came to a shift: {NAME_IT[0].lower()}{NAME_IT[1:]}"


def _stem(name: str) -> str:
    """Return the name of a file without its ending and without the number of a copy."""
    ending = next((end for end in sorted(ENDINGS, key=len, reverse=True)
                   if name.casefold().endswith(end)), "")  # fmt: skip
    return _COPY.sub("", name[: len(name) - len(ending)])


def _folded(text: str) -> str:
    """Return an id as far as the name of a file can hold it: `a:1` and `A_1` are alike."""
    return re.sub(r"[\W_]+", "-", text.casefold()).strip("-")


def _is_of_a_tool(path: Path, recognise: Recogniser) -> bool:
    """Return whether a file is a tool's export or a template, or has a mapping of its own."""
    if own_mapping(path).is_file():
        return True
    header = header_of(path)
    if header is None:
        return False
    shape = recognise.shape_of(header, file=path.name, table_name=path.name)
    return shape is not None or is_template(header, path.name)


def _is_of_answers(path: Path, recognise: Recogniser, *, folders: tuple[Path, ...]) -> bool:
    header = header_of(path)
    columns = find_columns(header) if header else None
    if header is None or (columns is None and find_card_columns(header) is None):
        return False
    is_certain = columns is None or columns.program != WORKBOOK or {*COLUMNS} <= {*header}
    # Another sheet with such columns is what a mapping beside it says.
    if own_mapping(path).is_file() or not is_certain:
        try:
            recognise = recognise.beside(path, folders)
        except MappingError:
            return False  # the load says what is wrong with it
    return not recognise.fits(header, table_name=path.name)
