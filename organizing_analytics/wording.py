"""Counts and chances as a person reads them, the same in plans, lists and reports."""

from __future__ import annotations

import re
from math import ceil, floor


def plural(n: int, singular: str, plural_form: str | None = None) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> plural(1, "shift"), plural(1200, "person", "people")
    ('1 shift', '1,200 people')
    """
    return f"{n:,} {singular if n == 1 else plural_form or f'{singular}s'}"


def spoken(word: str) -> str:
    """Return a word of the data, like an event type, as it is said.

    Examples
    --------
    >>> spoken("phone_bank")
    'phone bank'
    """
    return word.replace("_", " ")


def uncapitalized(words: str) -> str:
    """Return words that stand inside a sentence.

    Examples
    --------
    >>> uncapitalized("Sign up 3 more")
    'sign up 3 more'
    """
    return words[:1].lower() + words[1:]


def percent(p: float) -> str:
    """Return a chance as a person reads it: whole, but never 0 % or 100 % by rounding.

    Examples
    --------
    >>> percent(163 / 256), percent(0.9999), percent(0.0001), percent(1.0)
    ('64 %', 'over 99 %', 'under 1 %', '100 %')
    """
    if 0 < p < 0.005:  # noqa: PLR2004 - half a per cent rounds to 0
        return "under 1 %"
    if 0.995 <= p < 1:  # noqa: PLR2004
        return "over 99 %"
    return f"{round(100 * p)} %"


def percent_below(p: float, chosen: float) -> str:
    """Return a chance in words that do not round it up to the share that it fell short of.

    Examples
    --------
    >>> percent_below(0.796, 0.8), percent_below(0.55, 0.8)
    ('79 %', '55 %')
    """
    is_rounded_up = percent(p) == chosen_percent(chosen) and p >= 0.01  # noqa: PLR2004
    return f"{floor(100 * p)} %" if is_rounded_up else percent(p)


def percent_above(p: float, chosen: float) -> str:
    """Return a chance in words that do not round it down to the share that it went over.

    Examples
    --------
    >>> percent_above(0.052, 0.05), percent_above(0.31, 0.05)
    ('6 %', '31 %')
    """
    return f"{ceil(100 * p)} %" if percent(p) == chosen_percent(chosen) else percent(p)


def chosen_percent(p: float) -> str:
    """Return a share that somebody chose, as they chose it: 0.975 is 97.5 %.

    Examples
    --------
    >>> chosen_percent(0.975), chosen_percent(0.07)
    ('97.5 %', '7 %')
    """
    return f"{100 * p:g} %"


def plain_name(name: str) -> str:
    """Return a header name without case, spaces, underscores and dots, to match headers by.

    Examples
    --------
    >>> plain_name(" First name") == plain_name("first_name")
    True
    >>> plain_name("event.eventId") == plain_name("event_eventId")
    True
    """
    return re.sub(r"[\s_.]+", "", name).casefold()
