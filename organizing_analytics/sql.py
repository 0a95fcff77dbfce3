"""The two ways in which a foreign text may enter a statement: quoted, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def name(text: str) -> str:
    """Return `text` as a quoted identifier.

    Examples
    --------
    >>> name('on')
    '"on"'
    """
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return `text` as a string literal.

    Examples
    --------
    >>> literal("O'Neil'; drop table people")
    "'O''Neil''; drop table people'"
    """
    return "'" + text.replace("\x00", "").replace("'", "''") + "'"


def names(columns: tuple[str, ...] | list[str], *, prefix: str = "") -> str:
    """Return a comma-separated list of quoted identifiers.

    Examples
    --------
    >>> names(["a", "on"], prefix="t.")
    't."a", t."on"'
    """
    return ", ".join(prefix + name(column) for column in columns)


#: DuckDB turns a longer list (and list_contains) into a join, which gives the rows in whatever
#: order they are ready; the words of a CASE it leaves alone.
_LONGEST_LIST = 3


def one_of(expression: str, words: Iterable[str]) -> str:
    """Return the condition that an expression is one of the words; rows keep their order.

    Examples
    --------
    >>> one_of("a", ["x", "y"])
    "a IN ('x', 'y')"
    >>> one_of("a", ["1", "2", "3", "4"])[:45]
    "(CASE a WHEN '1' THEN true WHEN '2' THEN true"
    """
    listed = list(map(literal, words)) or ["NULL"]
    if len(listed) <= _LONGEST_LIST:
        return f"{expression} IN ({', '.join(listed)})"
    whens = " ".join(f"WHEN {word} THEN true" for word in listed)
    return f"(CASE {expression} {whens} ELSE false END)"
