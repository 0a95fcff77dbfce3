"""The eight characters by which a line is named.

A code says nothing about the line: it is a keyed hash, so nobody can make one up. No letter looks
like a digit (Crockford's base 32), and no code is one typing error away from another.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
#: The sign that Japanese mail programs write for a hyphen; Unicode does not count it as one.
MINUS = "\u2212"
#: Letters that people write for digits.
_MISREAD = str.maketrans("OIL", "011")


def code_of(key: str, *parts: str) -> str:
    """Return the code of a line, made of its parts with the store's key.

    Examples
    --------
    >>> code_of("secret", "2026-W48", "re_ask", "ann")
    'WTJXEHZ2'
    """
    message = "\x1f".join(("log line", *parts)).encode("utf-8")
    number = int.from_bytes(hmac.new(key.encode("ascii"), message, hashlib.sha256).digest()[:5])
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * LENGTH - 5, -5, -5))


def read_code(text: str) -> str | None:
    """Return the code that a text is, however it was typed; None when it is none.

    Examples
    --------
    >>> read_code("q4j2 8rvo"), read_code("hello")
    ('Q4J28RV0', None)
    """
    folded = unicodedata.normalize("NFKC", text)
    between = ("Cf", "Zs", "Pd")
    letters = [c for c in folded if unicodedata.category(c) not in between and c != MINUS]
    code = "".join(letters).upper().translate(_MISREAD)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def one_error_away(code: str) -> set[str]:
    """Return every code that one typing error makes of a code: a wrong letter, or two swapped."""
    wrong = {
        code[:place] + letter + code[place + 1 :] for place in range(LENGTH) for letter in ALPHABET
    }
    swapped = {
        code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        for place in range(LENGTH - 1)
    }
    return (wrong | swapped) - {code}
