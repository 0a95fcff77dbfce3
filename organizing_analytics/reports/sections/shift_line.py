"""One coming shift as a line: when, its verdict, what that rests on, and a small bar.

The verdict is that of `organizing_analytics.planning.verdict`, as the command line has it. Shape,
word and colour say the same.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from organizing_analytics.planning.verdict import standing_words
from organizing_analytics.reports.numbers import Where, counted, measured
from organizing_analytics.reports.parts import Part, plain, safe
from organizing_analytics.reports.words import called

if TYPE_CHECKING:
    from organizing_analytics.dates import DateWords
    from organizing_analytics.reports.numbers import Number
    from organizing_analytics.reports.team_week import Row

#: Verdict → shape and class.
SHAPES = {
    "schedule": ("▲", "hot"),
    "schedule_but_short": ("▲", "hot"),
    "too_many": ("■", "full"),
    "enough": ("●", "fine"),
    "unknown_need": ("○", "quiet"),
}


def shift_name(row: Row, team: str = "") -> str:
    """Return what a shift is called; on a team's own page without the team's name before it."""
    title = row["title"]
    if not isinstance(title, str) or not title:
        return called("shift without a title")
    own = title.removeprefix(f"{team}: ") or title
    return called(own if own == title else f"{own[0].upper()}{own[1:]}")


def standing_of(row: Row) -> str:
    """Return the need, the list and who is likely to come, as the verdict says it."""
    return standing_words(
        None if pd.isna(row["need"]) else int(row["need"]),
        int(row["signed_up"]),
        likely=(int(row["median"]), int(row["low"]), int(row["high"])),
        late=None if pd.isna(row["late"]) else float(row["late"]),
    )


def shift_facts(row: Row, team: str, place: str) -> str:
    """Return what a shift is called, where it is, and how it stands."""
    name = f"{shift_name(row, team)}{f', {called(place)}' if place else ''}"
    return f"{name}. {standing_of(row)}."


def numbers_of_shift(row: Row) -> tuple[Number, ...]:
    """Return the numbers of a shift."""
    where: Where = {"period": "14_days_ahead", "by": "shift", "group": row["shift_id"]}
    span = (float(row["low"]), float(row["high"]))
    likely = f"{row['median']:,} likely ({row['low']:,} to {row['high']:,}"
    numbers = [
        counted("signed_up", row["signed_up"], **where),
        measured("will_come", row["median"], likely, span=span, **where),
    ]
    if not pd.isna(row["need"]):
        numbers.append(counted("need", row["need"], **where))
    if not pd.isna(row["more"]):
        words = str(row["verdict_words"])
        numbers.append(counted("schedule", int(row["more"]), shown=words, **where))
    return tuple(numbers)


def shift_line(
    row: Row, *, team: str, place: str, scale: int, dates: DateWords, ask_first: str = ""
) -> Part:
    """Return a shift as an item of a list.

    Parameters
    ----------
    row : mapping
        Of `plan_upcoming`.
    team, place : str
        Whose it is by name, and where.
    scale : int
        How many people the whole width of the bar is.
    dates : DateWords
        How the campaign writes dates.
    ask_first : str
        Whom to ask, in words.
    """
    shape, kind = SHAPES[row["verdict"]]
    start, verdict = row["starts_local"], str(row["verdict_words"])
    facts = shift_facts(row, team, place)
    ask = f'<p class="fact">{safe(ask_first)}</p>' if ask_first else ""
    html = (
        f'<li class="shift"><div class="when"><b>{safe(dates.day(start))}</b>'
        f" {safe(dates.time(start))}</div>"
        f'<div><b class="{kind}"><span aria-hidden="true">{shape}</span> {safe(verdict)}</b>'
        f'<p class="fact">{safe(facts)}</p>{ask}{_bar(row, scale)}</div></li>'
    )
    text = f"- {dates.day_and_time(start)}: {verdict}. {facts} {ask_first}".rstrip()
    return Part(html, plain(text), numbers=numbers_of_shift(row))


def scale_of(rows: list[Row]) -> int:
    """Return how many people the bars of some shifts must hold."""
    tops = [row[name] for row in rows for name in ("high", "need", "capacity", "signed_up")]
    return max([1, *(int(top) for top in tops if not pd.isna(top))])


def _bar(row: Row, scale: int) -> str:
    """Draw who is likely to come against need and room; the line above says the same in words."""

    def at(n: float) -> str:
        return f"{100 * float(n) / scale:.1f}%"

    wide = f"{100 * float(row['high'] - row['low']) / scale:.1f}%"
    marks = [f'<i class="likely" style="left:{at(row["low"])};width:{wide}"></i>']
    marks.append(f'<i class="dot" style="left:{at(row["median"])}"></i>')
    for name, kind in (("need", "need"), ("capacity", "room")):
        if not pd.isna(row[name]):
            marks.append(f'<i class="{escape(kind)}" style="left:{at(row[name])}"></i>')
    return f'<div class="bar" aria-hidden="true">{"".join(marks)}</div>'
