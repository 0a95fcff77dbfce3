"""Characters that cannot be seen: taken out where they mean nothing, shown where they matter."""

from __future__ import annotations

import re
import unicodedata

#: Characters without width that mean nothing between letters: soft hyphens, byte order marks.
#: Those that turn the direction of a text around stay: they change how it reads.
INVISIBLE = "\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2064\ufeff"
#: They join letters of some scripts and emoji. Between Latin letters they mean nothing.
JOINERS = "\u200c\u200d"
#: Spaces of every width.
SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_SPACES = re.compile(rf"[\s{SPACES}]+")
_ODD = re.compile(f"[{INVISIBLE}{JOINERS}{SPACES}\u202a-\u202e\u2066-\u2069\ufe0f]")
_QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033'
#: The first bytes, in UTF-8, of all of these.
_BYTES = (b"\xc2\xa0", b"\xc2\xad", b"\xd8\x9c", b"\xe1\x9a\x80", b"\xe1\xa0\x8e", b"\xe2\x80",
          b"\xe2\x81", b"\xe3\x80\x80", b"\xef\xbb\xbf")  # fmt: skip


def has_odd_bytes(block: bytes) -> bool:
    """Return whether UTF-8 text may hold a space or character of these kinds."""
    return not block.isascii() and any(piece in block for piece in _BYTES)


def without_invisible(text: str) -> str:
    """Return a text with plain spaces only and without characters that mean nothing.

    Examples
    --------
    >>> without_invisible("ann\u200b@example.org\u00a0")
    'ann@example.org '
    """
    if text.isascii():
        return text
    text = _INVISIBLE.sub("", text)
    bare = text.replace("\u200c", "").replace("\u200d", "")
    if bare.isascii():
        text = bare
    return re.sub(f"[{SPACES}]", " ", text)


def sql_without_invisible(column: str) -> str:
    """Return SQL for the same of a column of text."""
    class_of = "".join(
        f"\\x{{{ord(c):x}}}" if c != "-" else "-" for c in (INVISIBLE)
    )  # the ranges keep their hyphens
    spaces = "".join(f"\\x{{{ord(c):x}}}" if c != "-" else "-" for c in SPACES)
    bare = f"regexp_replace({column}, '[{class_of}]', '', 'g')"
    plain = f"regexp_replace({bare}, '[\\x{{200c}}\\x{{200d}}]', '', 'g')"
    joined = f"CASE WHEN regexp_full_match({plain}, '[\\x00-\\x7f]*') THEN {plain} ELSE {bare} END"
    return f"regexp_replace({joined}, '[{spaces}]', ' ', 'g')"


def column_name(text: str) -> str:
    """Return a header's cell as it is shown: on one line, no quotes around, nothing unseen."""
    name = _SPACES.sub(" ", without_invisible(text)).strip()
    while len(name) > 1 and name[0] in _QUOTES and name[-1] in _QUOTES:
        name = name[1:-1].strip()
    return name


def shown(text: str) -> str:
    """Return a text with what cannot be seen written out.

    Examples
    --------
    >>> shown("9:00\u202fAM")
    '9:00<NARROW NO-BREAK SPACE>AM'
    """
    return _ODD.sub(lambda m: f"<{unicodedata.name(m.group(), hex(ord(m.group())))}>", text)
