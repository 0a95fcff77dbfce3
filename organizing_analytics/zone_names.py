"""Names of time zones as people and Windows write them: "PST", "Pacific Time", "UTC-5"."""

from __future__ import annotations

import re
from zoneinfo import available_timezones

#: Names that people take for a zone with summer time.
FIXED_ZONES = (
    "EST", "MST", "HST", "Etc/GMT+4", "Etc/GMT+5", "Etc/GMT+6", "Etc/GMT+7", "Etc/GMT+8",
    "Etc/GMT+9", "Etc/GMT+10",
)  # fmt: skip
#: Abbreviation → the zone whose clocks people mean by it. "CST" in July is written by people whose
#: clocks show CDT: they mean the clock on the wall. IST and AST are left out: they name several.
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
_OFFSET = re.compile(r"(?:utc|gmt)\s*([+\-\u2212])\s*(\d{1,2})(?::?(\d\d))?")
#: Windows shows a zone as "(UTC-08:00) Pacific Time (US & Canada)".
_SHOWN_OFFSET = re.compile(r"^\((?:utc|gmt)[^)]*\)\s*")
_MAX_HOURS = 14


def zone_of(text: str) -> str | None:
    """Return the IANA time zone that a name means, None if it means none or several.

    Examples
    --------
    >>> zone_of("PST"), zone_of("Pacific Time (US & Canada)"), zone_of("W. Europe Standard Time")
    ('America/Los_Angeles', 'America/Los_Angeles', 'Europe/Berlin')
    >>> zone_of("UTC-5"), zone_of("america/chicago"), zone_of("IST"), zone_of("UTC+5:30")
    ('Etc/GMT+5', 'America/Chicago', None, None)
    """
    plain = " ".join(text.split()).casefold()
    names = {zone.casefold(): zone for zone in available_timezones()}
    return names.get(plain) or ZONE_OF_ABBREVIATION.get(plain) or _offset(plain) or _named(plain)


def _offset(plain: str) -> str | None:
    match = _OFFSET.fullmatch(plain)
    if match is None:
        return None
    sign, hours, minutes = match[1], int(match[2]), int(match[3] or 0)
    if minutes or hours > _MAX_HOURS:
        return None
    if not hours:
        return "UTC"
    # The signs of these zones are turned around: UTC-5 is Etc/GMT+5.
    name = f"Etc/GMT{'-' if sign == '+' else '+'}{hours}"
    return name if name in available_timezones() else None


def _named(plain: str) -> str | None:
    """Return the zone of a Windows name, by the table of the Unicode CLDR that tzlocal carries."""
    from tzlocal.windows_tz import win_tz  # noqa: PLC0415  # only for names that are no IANA zone

    plain = _SHOWN_OFFSET.sub("", plain)
    of_windows = {name.casefold(): zone for name, zone in win_tz.items()}
    if plain in of_windows:
        return of_windows[plain]
    # "Pacific Time (US & Canada)", "Pacific Daylight Time", "Pacific Time".
    region = re.fullmatch(r"(.+?)(?: daylight| standard)? time(?: \(us & canada\))?", plain)
    if region is None:
        return None
    return ZONE_OF_ABBREVIATION.get(region[1]) or of_windows.get(f"{region[1]} standard time")
