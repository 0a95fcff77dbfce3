"""Lists that a table spreads over numbered columns: `timeslots_0_id`, `timeslots_1_id`."""

from __future__ import annotations

import re


def numbered_columns(header: tuple[str, ...], list_key: str) -> dict[int, dict[str, int]]:
    """Return, for each number, the fields of that item and the places of their columns.

    Examples
    --------
    >>> numbered_columns(("id", "timeslots_0_id", "timeslots_1_id"), "timeslots")
    {0: {'id': 1}, 1: {'id': 2}}
    """
    form = re.compile(rf"{re.escape(list_key)}[_. ]?(\d+)[_. ](.+)", re.IGNORECASE)
    items: dict[int, dict[str, int]] = {}
    for place, column in enumerate(header):
        if match := form.fullmatch(column.strip()):
            items.setdefault(int(match[1]), {})[match[2]] = place
    return dict(sorted(items.items()))


def header_of_items(header: tuple[str, ...], list_key: str) -> tuple[str, ...]:
    """Return the header of the table with a row for each item: `timeslots.id` once.

    Examples
    --------
    >>> header_of_items(("id", "timeslots_0_id", "timeslots_1_id"), "timeslots")
    ('id', 'timeslots.id')
    """
    items = numbered_columns(header, list_key)
    places = {place for fields in items.values() for place in fields.values()}
    own = [column for place, column in enumerate(header) if place not in places]
    fields = dict.fromkeys(field for item in items.values() for field in item)
    return (*own, *(f"{list_key}.{field}" for field in fields))
