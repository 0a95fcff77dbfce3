"""Out of the inbox: into loaded/ or refused/, with what was wrong beside, over no other file.

All moves are in the journal before the first happens. To make them again is safe: what has moved
is not there any more, and a file of the same name that came since is not the one that was loaded.
"""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from organizing_analytics.private_files import make_private, make_private_folder
from organizing_analytics.reports.files import write_whole
from organizing_analytics.weekly.inbox import LOADED, REASON, REFUSED, InboxFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from organizing_analytics.weekly.taking import Taken

#: How many rejected rows a text names; the store holds all.
MAX_NAMED = 1000


def plan_moves(
    inbox: Path, taken: Taken, now: datetime, *, pending: Sequence[dict[str, Any]] = ()
) -> list[dict[str, Any]]:
    """Return where each file goes, and what is put beside it.

    Parameters
    ----------
    inbox : Path
        The inbox.
    taken : Taken
        Its files.
    now : datetime
        By the machine's clock; its date names a folder.
    pending : sequence of dict
        Moves that an earlier run had planned: their places are taken.
    """
    day = f"{now:%Y-%m-%d}"
    used: set[Path] = {Path(move["to"]) for move in pending}
    moves = []
    for file in taken.loaded:
        to = _free(inbox / LOADED / day / file.name, used)
        part = taken.part_of(file)
        corrections, rejects = part.corrections_of(file), part.rejects_of(file)
        # Rows that were rejected before have their CSV already, beside the earlier file.
        texts = {} if corrections or not rejects else {f"{to.name}.rejected.txt": _lines(rejects)}
        moves.append(_move(file, to, texts=texts, copies=corrections))
    for file, reason in taken.refused.items():
        if not file.is_meant_as_data:
            continue
        to = _free(inbox / REFUSED / day / file.name, used)
        moves.append(_move(file, to, texts={f"{to.name}{REASON}": f"{reason}\n"}, copies=[]))
    return moves


def _move(file: InboxFile, to: Path, *, texts: dict[str, str], copies: list[str]) -> dict[str, Any]:
    return {
        "from": str(file.path),
        "name": file.name,
        "size": file.size,
        "changed": file.changed,
        "to": str(to),
        "texts": texts,
        "copies": copies,
    }


def _lines(rejects: list[str]) -> str:
    more = len(rejects) - MAX_NAMED
    lines = [*rejects[:MAX_NAMED], *([f"and {more:,} more"] if more > 0 else [])]
    return "\n".join(lines) + "\n"


def _free(path: Path, used: set[Path]) -> Path:
    """Return the path, or one with a number, where no file is and none will be."""
    free = next(
        name
        for name in _names(path)
        if name not in used
        and not any(p.exists() for p in (name, name.with_name(f"{name.name}{REASON}")))
    )
    used.add(free)
    return free


def _names(path: Path) -> Iterator[Path]:
    yield path
    name = PurePosixPath(path.name)
    # The first word stays in front: a template is known by it.
    stem, ends = name.name.split(".")[0], "".join(name.suffixes)
    yield from (path.with_name(f"{stem}.{number}{ends}") for number in count(2))


def make_moves(inbox: Path, moves: list[dict[str, Any]]) -> list[str]:
    """Move the files, and return a sentence for each that could not be moved."""
    troubles = []
    for move in moves:
        try:
            _make(move)
        except OSError as error:
            troubles.append(
                f"{move['name']}: it cannot be moved out of the inbox ({error.strerror}). It is "
                "tried again by the next run; to load it twice changes nothing."
            )
    _remove_empty(inbox, moves)
    return troubles


def as_planned(move: dict[str, Any]) -> InboxFile:
    """Return the file of a move, as it was when the move was planned."""
    return InboxFile(Path(move["from"]), move["name"], move["size"], move["changed"])


def _make(move: dict[str, Any]) -> None:
    file = as_planned(move)
    to = Path(move["to"])
    if to.exists() or not file.is_same():
        return  # moved before a crash, or another file by now: the next run takes it
    folder = to.parent
    make_private_folder(folder)
    for name, text in move["texts"].items():
        make_private(write_whole(folder / name, text))
    for source in map(Path, move["copies"]):
        if source.exists():
            make_private(write_whole(folder / source.name, source.read_bytes()))
    shutil.move(file.path, to)


def _remove_empty(inbox: Path, moves: list[dict[str, Any]]) -> None:
    for folder in {Path(move["from"]).parent for move in moves} - {inbox}:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
