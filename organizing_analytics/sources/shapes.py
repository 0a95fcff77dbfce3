"""Which tool a file came from, told by its header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from organizing_analytics.errors import FileError, OptionError, unknown
from organizing_analytics.sources.feeds import plain_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from organizing_analytics.sources.feeds import Reading


class Read(Protocol):
    """Turns a header into what the rows feed."""

    def __call__(self, header: tuple[str, ...], *, file: str) -> Reading:
        """Return the reading of a file with this header."""


@dataclass(frozen=True)
class Shape:
    """One kind of file that one tool exports.

    Attributes
    ----------
    source : str
        The tool, as `--source` calls it.
    title : str
        What a person calls such a file; empty for our own templates.
    marks : tuple of str
        Columns (or JSON keys) that tell it from all others, matched without case, space,
        underscore.
    read : callable
        Header → what the rows feed.
    columns : tuple of str
        The columns of the flattened records, for JSON.
    flatten : callable or None
        A JSON record → flat rows of `columns`; None for what comes as a table.
    """

    source: str
    title: str
    marks: tuple[str, ...]
    read: Read
    columns: tuple[str, ...] = ()
    flatten: Callable[[dict[str, Any]], Iterable[dict[str, Any]]] | None = None

    def fits(self, keys: Iterable[str]) -> bool:
        """Tell whether a file with these columns can be of this shape."""
        names = {plain_name(key) for key in keys}
        return all(plain_name(mark) in names for mark in self.marks)


def pick(
    shapes: Iterable[Shape], keys: tuple[str, ...], *, file: str, source: str | None
) -> Shape | None:
    """Return the shape that fits best: the one with most marks; None when none fits.

    Raises
    ------
    OptionError
        There is no such source.
    FileError
        A source was asked for and none of its shapes fits.
    """
    known = list(shapes)
    if source is not None:
        names = sorted({shape.source for shape in known})
        if source not in names:
            hint = " Or give the path of a mapping file (.toml)."
            raise OptionError(unknown("source", source, names) + hint)
        known = [shape for shape in known if shape.source == source]
    fitting = sorted((s for s in known if s.fits(keys)), key=lambda s: -len(s.marks))
    if not fitting and source is not None:
        wanted = "; ".join(f"{s.title} ({', '.join(s.marks)})" for s in known)
        raise FileError(
            f"{file}: no file of {source} that we know. It has {', '.join(keys)}. "
            f"Needed are the columns of one of: {wanted}."
        )
    return fitting[0] if fitting else None
