"""Write what a list prints into a file that only its owner may read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from organizing_analytics.private_files import replace_whole

if TYPE_CHECKING:
    from pathlib import Path


def write_private(path: Path, content: bytes | str) -> None:
    """Write a file for its owner alone, whole or not at all.

    Raises
    ------
    WriteError
        The file cannot be written; an older one is as it was.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    text = content.encode() if isinstance(content, str) else content
    replace_whole(path, text, draft=draft, must_be_private=True)
