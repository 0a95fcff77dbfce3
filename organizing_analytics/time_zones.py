"""The rules of time zones: one set for reading clock times and for telling them.

Python's `zoneinfo` prefers the machine's own files, which may be years old. A load reads clock
times by the rules that come with DuckDB, which are recent. So times would be read by new rules and
told by old ones: an hour off, and near midnight a day. Here the rules are those of the installed
`tzdata` package; a test holds them against DuckDB's for every zone and the coming five years.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo


@cache
def zone_rules(name: str) -> ZoneInfo:
    """Return a time zone by the rules of the tzdata package.

    Parameters
    ----------
    name : str
        An IANA name. One that the package does not have is looked up on the machine.

    Raises
    ------
    zoneinfo.ZoneInfoNotFoundError
        Neither has it.

    Examples
    --------
    >>> from datetime import datetime
    >>> datetime(2026, 7, 1, 12, tzinfo=zone_rules("America/Chicago")).utcoffset().total_seconds()
    -18000.0
    """
    parts = name.split("/")
    if all(part not in {"", ".", ".."} for part in parts):
        file = resources.files("tzdata.zoneinfo").joinpath(*parts)
        if file.is_file():
            with file.open("rb") as rules:
                return ZoneInfo.from_file(rules, key=name)
    return ZoneInfo(name)
