"""The pieces of a written date or time."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from organizing_analytics.zone_names import ZONE_OF_ABBREVIATION

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon", "tuesday tues tue", "wednesday weds wed", "thursday thurs thur thu",
            "friday fri", "saturday sat", "sunday sun",
        )
    )
    for name in names.split()
}  # fmt: skip

_MONTH = "|".join(MONTHS)
#: A year after a day and a month: four digits, two after an apostrophe, or two after a sign.
_YEAR = r"(?:19|20|21)\d\d(?![\d:])|'\d\d"
_AMPM = r"(?:[ap]\.?\s?m\b\.?|[ap]\b(?!\.?\s?m))"

#: In order: the first that fits at a place is taken.
_TOKENS = (
    ("iso", r"(?P<iso_y>\d{4})[-/.](?P<iso_m>\d{1,2})[-/.](?P<iso_d>\d{1,2})(?!\d)t?"),
    (
        "month_first",
        (rf"(?P<mf_m>{_MONTH})\b\.?[\s\-./]*(?P<mf_d>\d{{1,2}})(?:st|nd|rd|th)?"
        rf"(?![\d:])(?!\s*{_AMPM})(?:[\s,\-./]{{1,3}}(?P<mf_y>{_YEAR}))?"),
    ),
    (
        "day_first",
        (rf"(?P<df_d>\d{{1,2}})(?:st|nd|rd|th|\.)?(?:\s+of)?[\s\-./]*(?P<df_m>{_MONTH})\b\.?"
        rf"(?:[\s,\-./]{{1,3}}(?P<df_y>{_YEAR}|\d\d(?=$|[\s,])(?!\s*(?:{_AMPM}|[-\u2013\u2014:]))))?"),
    ),
    (
        "numbers",
        (r"(?P<n_a>\d{1,2})(?P<n_sign>[/.\-])(?P<n_b>\d{1,2})(?P=n_sign)"
        r"(?P<n_y>\d{4}|'?\d\d)(?![\d:])"),
    ),
    ("short", r"(?P<s_a>\d{1,2})/(?P<s_b>\d{1,2})(?![\d/:])"),
    # "18h30" in French, "18 Uhr" and "18.30 Uhr" in German; "18h" alone may be a length.
    (
        "foreign",
        (r"(?P<f_h>[01]?\d|2[0-3])(?:(?:\s?h\s?|\.(?=\d\d\s?uhr))(?P<f_m>[0-5]\d)(?:\s?uhr)?|\s?uhr)"
        r"\b"),
    ),
    (
        "clock",
        (rf"(?P<c_h>\d{{1,2}})(?::|(?=\d*\.\d\d\s*{_AMPM})\.)(?P<c_m>\d\d)"
        rf"(?::(?P<c_s>\d\d)(?:[.,]\d+)?)?\s*(?P<c_ap>{_AMPM})?(?![\d:])"),
    ),
    ("hour", rf"(?P<h_h>\d{{1,2}})\s*(?P<h_ap>{_AMPM})"),
    ("named", r"(?:12\s+)?(?P<named_clock>noon|midnight|midday)\b"),
    # Not "-06:00": in a sheet "18:00-21:00" is a range. ISO texts with it are read in cells.py.
    ("offset", r"(?P<o_sign>\+)(?P<o_h>\d\d):?(?P<o_m>\d\d)?(?![\d:/])"),
    ("military", r"(?P<mil_h>[01]\d|2[0-3])(?P<mil_m>[0-5]\d)\s*(?:hrs?|hours|h)\b"),
    ("utc", r"(?:utc|gmt)(?P<u_sign>[+\-])(?P<u_h>\d{1,2})(?::?(?P<u_m>\d\d))?(?!\d)"),
    ("zone", (rf"(?P<zone_name>{'|'.join(sorted(ZONE_OF_ABBREVIATION, key=len, reverse=True))})\b"
             r"(?:\s+time\b)?")),
    ("serial", r"(?P<serial_day>[2-7]\d{4})(?P<serial_part>\.\d+)?(?![\d:/])"),
    ("fraction", r"(?P<day_part>0?\.\d+)(?![\d:/])"),
    ("weekday", rf"(?P<day_name>{'|'.join(WEEKDAYS)})s?\b\.?"),
    ("dash", r"[-\u2013\u2014\u2212~]>?|\u2192|\b(?:to|until|till|thru|through)\b"),
    ("bare", r"(?P<bare_number>\d{1,2})(?![\d:/])"),
    ("filler", r"[\s,;@()]+|\b(?:at|on|from|the|time|starts?|starting|o'clock|uhr)\b|\.(?=\s|$)"),
)  # fmt: skip
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _TOKENS))
_KINDS = frozenset(kind for kind, _ in _TOKENS)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0e\ufe0f]")


@dataclass(frozen=True)
class Token:
    """One piece of a text.

    Attributes
    ----------
    kind : str
        A name of the list above.
    parts : dict
        The named groups that were filled.
    """

    kind: str
    parts: dict[str, str]


def plain(text: str) -> str:
    """Return a text in small letters, every space a simple one, without what cannot be seen."""
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).replace("\u2019", "'")
    return " ".join(folded.split()).casefold()


def tokens(text: str) -> list[Token] | None:
    """Return the pieces of a text, fillers left out; None where a piece is not understood."""
    pieces: list[Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            return None
        kind = next(k for k, v in match.groupdict().items() if k in _KINDS and v is not None)
        if kind != "filler":
            parts = {
                k: v for k, v in match.groupdict().items() if v is not None and k not in _KINDS
            }
            pieces.append(Token(kind, parts))
        place = match.end()
    return pieces
