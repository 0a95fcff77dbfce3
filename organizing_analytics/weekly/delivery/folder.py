"""The pages and the index in a folder, say of a synced drive: whole files, written when changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.private_files import let_read, make_private_folder, replace_whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def copy_pages(
    pages: Iterable[Path], *, base: Path, to: Path, share_mode: str = "private"
) -> tuple[int, int]:
    """Copy files into a folder, each under its path within `base`.

    Only their owner may read them, unless `share_mode` says otherwise.

    Returns
    -------
    (int, int)
        How many were written, and how many were there already, the same.

    Raises
    ------
    OSError
        The folder cannot be written to, or a file in it cannot be replaced. What has been written
        is whole.
    """
    written = same = 0
    for page in pages:
        target = to / page.relative_to(base)
        content = page.read_bytes()
        if _holds(target, content):
            same += 1
        else:
            _write(target, content)
            written += 1
        let_read(target.parent, [target], mode=share_mode)
    return written, same


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def _write(target: Path, content: bytes) -> None:
    make_private_folder(target.parent)
    # In the same folder, so that the replacing is one step; hidden, so that it is not synced; and
    # always of the same name, so that what a crash leaves is written over by the next run.
    draft = target.with_name(f".{target.name}.tmp")
    replace_whole(target, content, draft=draft, is_durable=True)
