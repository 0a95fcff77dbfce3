"""Zone abbreviations that people write behind a clock time."""

from __future__ import annotations

#: Abbreviation → the zone whose clocks people mean by it. "CST" in July is written by people whose
#: clocks show CDT: they mean the clock on the wall.
ZONE_OF_ABBREVIATION = {
    "et": "America/New_York", "est": "America/New_York", "edt": "America/New_York",
    "eastern": "America/New_York",
    "ct": "America/Chicago", "cst": "America/Chicago", "cdt": "America/Chicago",
    "central": "America/Chicago",
    "mt": "America/Denver", "mst": "America/Denver", "mdt": "America/Denver",
    "mountain": "America/Denver",
    "pt": "America/Los_Angeles", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
    "pacific": "America/Los_Angeles",
    "akst": "America/Anchorage", "akdt": "America/Anchorage", "hst": "Pacific/Honolulu",
    "utc": "UTC", "gmt": "UTC", "z": "UTC",
    "bst": "Europe/London", "cet": "Europe/Berlin", "cest": "Europe/Berlin",
}  # fmt: skip
