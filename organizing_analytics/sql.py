"""The two ways in which a foreign text may enter a statement: quoted, or not at all."""

from __future__ import annotations


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
