"""Numbers out of text: "45 min", "about 1 hr 15", "20 people".

A text counts only if it is understood as a whole. "45-60" or "3?" is no number.
"""

from __future__ import annotations

import re
from fractions import Fraction

_ABOUT = re.compile(
    r"^(?:about|approx(?:\.|imately)?|around|circa|ca?\.|roughly|~|≈)\s*", re.IGNORECASE
)
_HALVES = {"½": "1/2", "¼": "1/4", "¾": "3/4"}
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_AMOUNT = rf"(?:{_NUMBER}\s+\d/\d|\d/\d|{_NUMBER}|half\s+an?|an?)"
_HOURS = r"(?:h|hr|hrs|hour|hours|std|stunden?)\.?"
_MINUTES = r"(?:m|min|mins|minute|minutes|minuten)\.?"
_LENGTH = re.compile(
    rf"(?:(?P<hours>{_AMOUNT})\s*{_HOURS})?(?:\s*(?:,|and|&)?\s*"
    rf"(?P<minutes>{_NUMBER})\s*(?:{_MINUTES})?)?",
    re.IGNORECASE,
)
_AND_HALF = re.compile(
    rf"(?P<hours>{_NUMBER}|an?)\s*(?:{_HOURS})?\s*and\s+a\s+half\s*(?:{_HOURS})?", re.IGNORECASE
)
_COUNT = re.compile(
    rf"[^\d\W]*\s*(?P<count>{_NUMBER})\s*\+?\s*[^\d\W]*(?:\s[^\d\W]+)?\.?", re.IGNORECASE
)
_MINUTES_PER_HOUR = 60


def quantity(text: str, unit: str) -> float | None:
    """Return the number in a text, None where it is not plain which that is.

    Parameters
    ----------
    text : str
        What stands in the cell.
    unit : str
        `number`, `minutes` or `hours`. A number without a unit is of that unit.

    Examples
    --------
    >>> [quantity(text, "minutes") for text in ("45 min", "1 hr", "about 20min", "30", "45-60")]
    [45.0, 60.0, 20.0, 30.0, None]
    """
    plain = " ".join(_spelled(text).split())
    plain = _ABOUT.sub("", plain)
    if unit == "number":
        match = _COUNT.fullmatch(plain)
        return float(match["count"].replace(",", "")) if match else None
    minutes = _minutes(plain, unit)
    if minutes is None:
        return None
    return float(minutes if unit == "minutes" else minutes / _MINUTES_PER_HOUR)


def _spelled(text: str) -> str:
    for sign, fraction in _HALVES.items():
        text = text.replace(sign, f" {fraction}")
    return text


def _minutes(plain: str, unit: str) -> Fraction | None:
    if re.fullmatch(_NUMBER, plain):
        number = Fraction(plain.replace(",", ""))
        return number if unit == "minutes" else number * _MINUTES_PER_HOUR
    half = _AND_HALF.fullmatch(plain)
    if half:
        return (_amount(half["hours"]) + Fraction(1, 2)) * _MINUTES_PER_HOUR
    match = _LENGTH.fullmatch(plain)
    if not match or not (match["hours"] or match["minutes"]):
        return None
    hours = _amount(match["hours"]) if match["hours"] else Fraction(0)
    rest = Fraction((match["minutes"] or "0").replace(",", ""))
    return hours * _MINUTES_PER_HOUR + rest


def _amount(text: str) -> Fraction:
    words = text.casefold().split()
    if words[0] in ("a", "an"):
        return Fraction(1)
    if words[0] == "half":
        return Fraction(1, 2)
    return sum((Fraction(word.replace(",", "")) for word in words), Fraction(0))
