"""A table whose rows hold a list in numbered columns, as one with a row for each item."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from organizing_analytics.sources.numbered import header_of_items, numbered_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from organizing_analytics.loading.files import RawFile, Row


def one_row_per_item(raw: RawFile, list_key: str) -> RawFile:
    """Return the table with a row for each item of the list that its columns number.

    A row without items stays one row. Each new row knows the row that it was made from.
    """
    header = header_of_items(raw.header, list_key)
    sources = [number for number, _ in _items(raw, list_key)]
    rows = partial(_rows, raw, list_key)
    return replace(raw, header=header, relation=None, rows=rows, source_rows=sources)


def _rows(raw: RawFile, list_key: str) -> Iterator[Row]:
    for _, row in _items(raw, list_key):
        yield row


def _items(raw: RawFile, list_key: str) -> Iterator[tuple[int, Row]]:
    items = numbered_columns(raw.header, list_key)
    taken = {place for fields in items.values() for place in fields.values()}
    own_places = [place for place in range(len(raw.header)) if place not in taken]
    fields = list(dict.fromkeys(field for item in items.values() for field in item))
    for number, (cells, trouble) in enumerate(raw.rows()):
        padded = [*cells, *[None] * (len(raw.header) - len(cells))]
        own = [padded[place] for place in own_places]
        lists = [
            [padded[item[field]] if field in item else None for field in fields]
            for item in items.values()
        ]
        filled = [values for values in lists if any(values)]
        for values in filled or [[None] * len(fields)]:
            yield number, ([*own, *values], trouble)
