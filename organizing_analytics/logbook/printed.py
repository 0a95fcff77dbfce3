"""Pages that stand alone: how each begins, and files that only their owner may read."""

from __future__ import annotations

import os
from html import escape
from typing import TYPE_CHECKING

from organizing_analytics.private_files import replace_whole

if TYPE_CHECKING:
    from pathlib import Path


def page_head(title: str, *, style: str, script_hash: str | None = None) -> str:
    """Return the HTML of a page up to its body.

    Its content security policy blocks every request to the network.

    Parameters
    ----------
    title, style : str
        The page's title, and its CSS.
    script_hash : str, optional
        The digest of the only script that may run, as the policy writes it; by default none may.
    """
    script = f" script-src '{script_hash}';" if script_hash else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline';\
{script} base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{escape(title)}</title>
<style>{style}</style>
</head>
<body>
"""


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
