"""Make control characters in text visible, so that a terminal shows them and never obeys them.

Names and titles come from other people. An escape sequence in a name could clear the screen, set
the window's title or type on the reader's behalf. A direction mark could reverse a line.
"""

from __future__ import annotations

import re

#: C0 and C1 controls, DEL, line and paragraph separators, and marks of writing direction.
_CONTROLS = (
    *range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F),
    *range(0x2066, 0x206A), 0x061C,
)  # fmt: skip
_VISIBLE = {code: ascii(chr(code))[1:-1] for code in _CONTROLS}
#: For messages, which may have several lines.
_VISIBLE_LINES = {code: shown for code, shown in _VISIBLE.items() if code not in (0x09, 0x0A)}
#: Characters that JSON allows unescaped and a terminal would obey.
_IN_JSON = re.compile("[" + "".join(map(chr, (c for c in _CONTROLS if c >= 0x7F))) + "]")  # noqa: PLR2004


def visible(text: str, *, lines: bool = False) -> str:
    r"""Return a text with its control characters written out.

    Parameters
    ----------
    text : str
        Any text.
    lines : bool
        Whether to keep line feeds and tabs, for a message of several lines.

    Examples
    --------
    >>> print(visible("Ann\x1b[31m\n"), visible("one\ntwo\r", lines=True))
    Ann\x1b[31m\n one
    two\r
    """
    return text.translate(_VISIBLE_LINES if lines else _VISIBLE)


def visible_json(text: str) -> str:
    r"""Return equivalent JSON without characters that a terminal would obey.

    Examples
    --------
    >>> print(visible_json('"\x9b31m"'))
    "\u009b31m"
    """
    return _IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
