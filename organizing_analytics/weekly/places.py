"""Where an inbox may lie: its files are moved away, so nothing but exports may be in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from organizing_analytics.errors import OptionError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from organizing_analytics.weekly.delivery import DeliverySettings

#: Hidden folders that sync programs and systems put into any folder of theirs.
SYNC_FOLDERS = (
    ".stfolder", ".stversions", ".dropbox", ".sync", ".trash", ".tmp.drive", ".fseventsd",
    ".spotlight-v100", ".temporaryitems", ".documentrevisions", ".owncloud", ".nextcloud",
    ".snapshot", ".zfs", ".appledouble",
)  # fmt: skip
OWN_FOLDER = "Give a folder that holds exports and nothing else."


def check_places(
    inbox: Path,
    *,
    out: Path,
    store: Path,
    delivery: str | os.PathLike[str] | None = None,
    settings: DeliverySettings | None = None,
) -> None:
    """Refuse an inbox whose files are not only exports, before anything is moved.

    Raises
    ------
    OptionError
        It is not there; it is, holds or lies in the store, the output folder or a hidden folder;
        or it holds the delivery settings, or the folder that pages are delivered to.
    """
    if not inbox.is_dir():
        raise OptionError(f"{inbox}: there is no such folder. Make it and put the exports into it.")
    place = inbox.resolve()
    if _is_within(out, place):
        raise OptionError(
            f"{out}: the reports would be written into the inbox and loaded as exports. Give "
            "another folder with --out."
        )
    for folder, what in ((store, "the store"), (out, "the folder of the reports (--out)")):
        if _is_within(folder, place) or _is_within(place, folder.resolve()):
            raise OptionError(
                f"{inbox}: this inbox and {what}, {folder}, lie in one another. The inbox's files "
                f"are moved away, so nothing was done. {OWN_FOLDER}"
            )
    for path, what in _files_of(delivery, settings):
        if _is_within(path, place):
            raise OptionError(
                f"{inbox}: {what}, {path}, lies in this inbox, whose files are moved away. Put it "
                "elsewhere."
            )
    _check_hidden(inbox, place)


def _files_of(
    delivery: str | os.PathLike[str] | None, settings: DeliverySettings | None
) -> Iterator[tuple[Path, str]]:
    if delivery is not None:
        yield Path(delivery), "the file of delivery settings"
    if settings is not None and settings.folder is not None:
        yield settings.folder, "the folder that pages are delivered to"
    if settings is not None and settings.mail is not None:
        for path in (settings.mail.password_file, settings.mail.ca_file):
            if path is not None:
                yield path, "a file that the delivery settings name"


def _is_within(path: Path, folder: Path) -> bool:
    place = path.resolve()
    return place == folder or folder in place.parents


def _check_hidden(inbox: Path, place: Path) -> None:
    hidden = [part for part in place.parts[1:] if part.startswith(".")]
    if hidden:
        raise OptionError(
            f"{inbox}: this inbox lies in the hidden folder {hidden[0]}, which belongs to some "
            f"program. {OWN_FOLDER}"
        )
    for path in place.iterdir():
        is_hidden = path.name.startswith(".") and path.is_dir()
        if is_hidden and not path.name.casefold().startswith(SYNC_FOLDERS):
            raise OptionError(
                f"{inbox}: this folder holds the hidden folder {path.name}, so it is some "
                f"program's or project's, and no inbox. {OWN_FOLDER}"
            )
