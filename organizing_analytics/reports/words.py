"""Numbers as a person reads them; never "NaN", "None" or a rate of too few people."""

from __future__ import annotations

import re
from math import isnan
from textwrap import shorten
from typing import TYPE_CHECKING

from organizing_analytics.charts.theme import FEW, rate_words
from organizing_analytics.estimates import share

if TYPE_CHECKING:
    from collections.abc import Sequence

NOTHING = "-"
TOO_FEW = "too few to tell"
#: A longer name or title is cut: nobody reads it to its end, and a phone has no room for it.
MAX_CHARACTERS = 60
#: Of what was noted, no word is longer, and no more is shown.
MAX_WORD, MAX_NOTED = 40, 240
#: Names in a list; the rest is counted.
MAX_NAMED = 8
#: Signs that turn the text after them around, and those that are no signs at all.
STRAY = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
ISOLATE, END_ISOLATE = "\u2068", "\u2069"


def share_of(part: int, n: int) -> str:
    """Return a rate beside its counts; only the counts where they are too few to tell.

    Examples
    --------
    >>> share_of(12, 19), share_of(2, 3), share_of(0, 0)
    ('63 % (12 of 19)', '2 of 3', '-')
    """
    if n == 0:
        return NOTHING
    counts = f"{part:,} of {n:,}"
    return counts if n < FEW else f"{rate_words(float(share(part, n)))} ({counts})"


def is_bare(cell: str) -> bool:
    """Return whether `share_of` gave counts without a rate.

    Examples
    --------
    >>> is_bare("2 of 3"), is_bare("63 % (12 of 19)"), is_bare("-")
    (True, False, False)
    """
    return " of " in cell and "%" not in cell


def count(n: int) -> str:
    """Return a count; a dash for none, so that a table is no wall of zeros.

    Examples
    --------
    >>> count(1200), count(0)
    ('1,200', '-')
    """
    return f"{n:,}" if n else NOTHING


def between(low: float, high: float) -> str:
    """Return an interval.

    Examples
    --------
    >>> between(0.41, 0.809), between(float("nan"), float("nan"))
    ('41 to 81 %', '-')
    """
    return NOTHING if isnan(low) or isnan(high) else f"{100 * low:.0f} to {100 * high:.0f} %"


def days(n: float) -> str:
    """Return a number of days, halves as they come from a median.

    Examples
    --------
    >>> days(3.0), days(6.5), days(float("nan"))
    ('3', '6.5', '-')
    """
    return NOTHING if isnan(n) else f"{n:g}"


def listed(words: list[str]) -> str:
    """Return words as a list in a sentence.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return words[-1] if len(words) < 2 else f"{', '.join(words[:-1])} and {words[-1]}"  # noqa: PLR2004


def called(name: str) -> str:
    r"""Return other people's text as it can stand in a line of ours: short, in one piece.

    It is set apart from what stands around it, so that a name that is read from right to left
    turns nothing else around.

    Examples
    --------
    >>> called("Ann\n\u202eAbel") == "\u2068Ann Abel\u2069", len(called("a" * 500))
    (True, 62)
    """
    clean = whole(name).strip(ISOLATE + END_ISOLATE)
    short = clean if len(clean) <= MAX_CHARACTERS else f"{clean[: MAX_CHARACTERS - 1].rstrip()}…"
    return f"{ISOLATE}{short}{END_ISOLATE}"


def whole(name: str) -> str:
    """Return other people's text set apart, whatever its length."""
    return f"{ISOLATE}{' '.join(STRAY.sub(' ', name).split())}{END_ISOLATE}"


def noted(text: str) -> str:
    """Return what somebody noted as a line of ours can hold it: no word and no text without end.

    Examples
    --------
    >>> noted("no  doors " + "x" * 99)
    'no doors xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…'
    """
    words = [
        word if len(word) <= MAX_WORD else f"{word[: MAX_WORD - 1]}…"
        for word in STRAY.sub(" ", text).split()
    ]
    return shorten(" ".join(words), MAX_NOTED, placeholder="…")


def some_of(names: Sequence[str], *, n: int | None = None, most: int = MAX_NAMED) -> str:
    """Return the first of some names, and how many more there are.

    Parameters
    ----------
    names : sequence of str
        From `called`, those that matter most first.
    n : int, optional
        How many there are in all, where not all of them may be named.
    most : int
        How many are named.

    Examples
    --------
    >>> some_of(["Ann", "Bo"]), some_of(["Ann", "Bo", "Cy"], most=2), some_of(["Ann"], n=5)
    ('Ann and Bo', 'Ann, Bo and 1 more', 'Ann and 4 more')
    """
    shown = list(names[:most])
    left = max(n or 0, len(names)) - len(shown)
    return listed([*shown, f"{left:,} more"] if left else shown)


def more_or_less(current: tuple[float, float], earlier: tuple[float, float]) -> str:
    """Return what two intervals say about a difference; only intervals apart say something.

    Parameters
    ----------
    current, earlier : (low, high)
        Intervals of two rates.

    Notes
    -----
    Asking that the intervals do not overlap is strict: a real difference may go unnamed, chance
    is seldom named a difference.

    Examples
    --------
    >>> more_or_less((0.7, 0.9), (0.4, 0.6)), more_or_less((0.5, 0.7), (0.4, 0.6))
    ('more than', 'not clearly different from')
    """
    if current[0] > earlier[1]:
        return "more than"
    return "less than" if current[1] < earlier[0] else "not clearly different from"
