"""All the shapes that we know, and how a file finds its own."""

from __future__ import annotations

from functools import partial

from organizing_analytics.sources import templates
from organizing_analytics.sources.shapes import Shape, pick

#: Of all tools. A new source adds its shapes here.
SHAPES: tuple[Shape, ...] = ()


def recognise(keys: tuple[str, ...], *, table_name: str, file: str, source: str | None) -> Shape:
    """Return the shape of a file.

    Without a source: our own template when the file is named after a table and has its required
    columns; else the tool whose marks it bears; else the table that its header fits.

    Raises
    ------
    OptionError
        There is no such source.
    FileError
        Nobody knows the header.
    """
    template = Shape(
        templates.SOURCE, "", (), partial(templates.read_template, table_name=table_name)
    )
    if source in (None, "auto") and not templates.is_template(keys, table_name=table_name):
        return pick(SHAPES, keys, file=file, source=None) or template
    if source in (None, "auto", templates.SOURCE):
        return template
    return pick((template, *SHAPES), keys, file=file, source=source) or template
