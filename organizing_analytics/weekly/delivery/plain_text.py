"""Other people's text, made fit for a line of a mail and for its headers."""

from __future__ import annotations

import unicodedata
from email.errors import HeaderParseError
from email.header import decode_header, make_header

MAX_CHARACTERS = 60
#: Joiners make one sign of several: emoji, Persian.
KEPT_FORMATS = "\u200c\u200d"
#: How an encoded word begins in a header.
ENCODED = "=?"


def one_line(text: str, *, max_characters: int = MAX_CHARACTERS) -> str:
    r"""Return a text on one line, without signs that nobody sees, cut to a length.

    Examples
    --------
    >>> one_line("North\r\nBcc: eve@example.org"), one_line("a" * 70, max_characters=5)
    ('North Bcc: eve@example.org', 'aaaa…')
    """
    shown = "".join(c if _is_shown(c) else " " for c in text)
    joined = " ".join(shown.split())
    return joined if len(joined) <= max_characters else f"{joined[: max_characters - 1]}…"


def header_text(text: str, *, max_characters: int = MAX_CHARACTERS) -> str:
    r"""Return a text that a header can hold: decoded, on one line, without an encoded word.

    The email package decodes encoded words (RFC 2047, `=?utf-8?q?…?=`) in whatever a header is set
    to. Before CPython 3.11.10 and 3.12.5 it writes line breaks from them as they are, which begins
    a header or the body of the sender's choice (CVE-2024-6923). So they are decoded here, once,
    and what still looks like one is broken up.

    Examples
    --------
    >>> header_text("=?utf-8?q?N=C3=B6rd?= side"), header_text("=?utf-8?q?A=0D=0ABcc:_e@x.co?=")
    ('Nörd side', 'A Bcc: e@x.co')
    """
    try:
        plain = str(make_header(decode_header(text))) if ENCODED in text else text
    except (HeaderParseError, LookupError, ValueError):
        plain = text
    shown = one_line(plain, max_characters=max(len(plain), 1))
    while ENCODED in shown:
        shown = shown.replace(ENCODED, "= ?")
    return one_line(shown, max_characters=max_characters)


def _is_shown(sign: str) -> bool:
    return sign in KEPT_FORMATS or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn")
