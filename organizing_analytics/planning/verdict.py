"""The verdict of an open shift: one function, the same words and numbers on every surface.

    enough              P(enough) >= sure, and P(over capacity) <= limit
    schedule            so many more make it `sure`, and the room holds them
    schedule_but_short  the room holds so many more, and P(enough) is then still below `sure`
    too_many            P(over capacity) > limit already: a larger room, or close the list
    unknown_need        nobody said how many must come

A need is never given up silently for the room: where both cannot be had, the verdict says how
likely enough people are then, and what to do about it. The number of people who are likely to
come is the median everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from organizing_analytics.planning.odds import reaches
from organizing_analytics.wording import chosen_percent, percent, percent_above, percent_below

if TYPE_CHECKING:
    from collections.abc import Callable

    from organizing_analytics.planning.forecast import Forecast, Outlook


class VerdictKind(StrEnum):
    """What to do about an open shift."""

    ENOUGH = "enough"
    SCHEDULE = "schedule"
    SCHEDULE_BUT_SHORT = "schedule_but_short"
    TOO_MANY = "too_many"
    UNKNOWN_NEED = "unknown_need"


@dataclass(frozen=True)
class Verdict:
    """How an open shift stands, and what to do about it.

    Attributes
    ----------
    kind : VerdictKind
    need, capacity : int or None
        How many must come, and how many there is room for.
    sure, limit : float
        The wanted P(enough), and the most that P(over capacity) may be.
    signed_up : int
        How many are on the list.
    late : float or None
        How many more are expected to join by themselves; None where that is not known yet.
    outlook : Outlook
        Of everybody who will come, as things stand.
    more : int or None
        How many more to schedule: 0 when enough or too many, None without a need and where no
        number of people is enough.
    p_enough_then : float or None
        P(enough) once `more` are scheduled; None without a need.
    """

    kind: VerdictKind
    need: int | None
    capacity: int | None
    sure: float
    limit: float
    signed_up: int
    late: float | None
    outlook: Outlook
    more: int | None
    p_enough_then: float | None

    @property
    def lacks_people(self) -> bool:
        """Return whether people should be asked to come."""
        return bool(self.more)

    @property
    def short(self) -> str:
        """Return the verdict in a few words, for a table or a chart."""
        return _SHORT[self.kind](self)

    @property
    def sentence(self) -> str:
        """Return the verdict with what to do, as one or two sentences."""
        return _SENTENCES[self.kind](self)

    @property
    def standing(self) -> str:
        """Return the need, the list and who is likely to come, as one sentence."""
        now = self.outlook
        likely = (now.median, now.low, now.high)
        return f"{standing_words(self.need, self.signed_up, likely=likely, late=self.late)}."


def standing_words(
    need: int | None, signed_up: int, *, likely: tuple[int, int, int], late: float | None = None
) -> str:
    """Return the need, the list and who is likely to come, as every surface says it.

    Parameters
    ----------
    need : int or None
        How many must come; None where nobody said.
    signed_up : int
        How many are on the list.
    likely : (int, int, int)
        How many are likely to come: the median, and the central 80 %.
    late : float, optional
        How many more are expected to join by themselves.

    Examples
    --------
    >>> standing_words(21, 20, likely=(16, 12, 20), late=3.2)
    '21 needed, 20 signed up, 16 likely (12 to 20, 3 of them still to sign up)'
    >>> standing_words(None, 0, likely=(0, 0, 1))
    'Nobody signed up yet, 0 likely (0 to 1)'
    """
    joining = f", {round(late):,} of them still to sign up" if late and round(late) else ""
    words = [] if need is None else [f"{need:,} needed"]
    words.append(f"{signed_up:,} signed up" if signed_up else "nobody signed up yet")
    median, low, high = likely
    words.append(f"{median:,} likely ({low:,} to {high:,}{joining})")
    sentence = ", ".join(words)
    return f"{sentence[0].upper()}{sentence[1:]}"


def verdict_of(
    forecast: Forecast,
    *,
    need: int | None,
    capacity: int | None,
    sure: float,
    limit: float,
    signed_up: int,
    late: float | None = None,
) -> Verdict:
    """Return the verdict of an open shift.

    Parameters
    ----------
    forecast : Forecast
        Of everybody who will come: the list and those who join by themselves.
    need, capacity : int, optional
        How many must come, and how many there is room for.
    sure, limit : float
        The wanted P(enough), and the most that P(over capacity) may be; in (0, 1).
    signed_up : int
        How many are on the list.
    late : float, optional
        How many more are expected to join by themselves.
    """
    outlook = forecast.outlook(need=need, capacity=capacity)
    more, p_enough_then = None, None
    if need is not None:
        more, _ = forecast.more_within_room(need=need, capacity=capacity, sure=sure, limit=limit)
        p_enough_then = None if more is None else forecast.at_least(need, more=more)
    return Verdict(
        kind=_kind(outlook, more, p_enough_then, sure=sure, limit=limit),
        need=need,
        capacity=capacity,
        sure=sure,
        limit=limit,
        signed_up=signed_up,
        late=late,
        outlook=outlook,
        more=more,
        p_enough_then=p_enough_then,
    )


def _kind(
    outlook: Outlook,
    more: int | None,
    p_enough_then: float | None,
    *,
    sure: float,
    limit: float,
) -> VerdictKind:
    if outlook.p_enough is None:
        return VerdictKind.UNKNOWN_NEED
    if outlook.p_over_capacity is not None and not reaches(limit, outlook.p_over_capacity):
        return VerdictKind.TOO_MANY
    if reaches(outlook.p_enough, sure):
        return VerdictKind.ENOUGH
    if more is None or p_enough_then is None or not reaches(p_enough_then, sure):
        return VerdictKind.SCHEDULE_BUT_SHORT
    return VerdictKind.SCHEDULE


def _too_small(verdict: Verdict) -> str:
    over = percent_above(verdict.outlook.p_over_capacity or 0, verdict.limit)
    return f"{over} chance that more than {verdict.capacity:,} come"


def _short_enough(verdict: Verdict) -> str:
    return f"Enough: {percent(verdict.outlook.p_enough or 0)} sure"


def _short_schedule(verdict: Verdict) -> str:
    return f"Sign up {verdict.more:,} more"


def _short_unknown_need(verdict: Verdict) -> str:
    return f"No need set: {verdict.outlook.median:,} likely"


def _short_too_many(verdict: Verdict) -> str:
    return f"Room too small: {verdict.outlook.median:,} likely, room for {verdict.capacity:,}"


def _short_but_short(verdict: Verdict) -> str:
    if verdict.more is None:
        return "No number of people is enough"
    if not verdict.more:
        odds = percent_below(verdict.p_enough_then or 0, verdict.sure)
        return f"Room full and still short: only {odds} sure"
    return f"Sign up {verdict.more:,} more; then the room is full and still short"


_SHORT: dict[VerdictKind, Callable[[Verdict], str]] = {
    VerdictKind.ENOUGH: _short_enough,
    VerdictKind.SCHEDULE: _short_schedule,
    VerdictKind.SCHEDULE_BUT_SHORT: _short_but_short,
    VerdictKind.TOO_MANY: _short_too_many,
    VerdictKind.UNKNOWN_NEED: _short_unknown_need,
}


def _enough(verdict: Verdict) -> str:
    odds = percent(verdict.outlook.p_enough or 0)
    return f"Enough: the chance that {verdict.need:,} or more come is {odds}."


def _schedule(verdict: Verdict) -> str:
    now = percent_below(verdict.outlook.p_enough or 0, verdict.sure)
    return (
        f"Sign up {verdict.more:,} more to be {chosen_percent(verdict.sure)} "
        f"sure of {verdict.need:,} (now {now})."
    )


def _but_short(verdict: Verdict) -> str:
    if verdict.more is None:
        sure = chosen_percent(verdict.sure)
        return f"No number of people makes it {sure} sure that {verdict.need:,} come."
    odds = percent_below(verdict.p_enough_then or 0, verdict.sure)
    still = f"the chance that {verdict.need:,} or more come is only {odds}"
    remedy = "Find a larger room, or add a second shift."
    if not verdict.more:
        return f"The room of {verdict.capacity:,} holds nobody more, and {still}. {remedy}"
    most = f"Sign up {verdict.more:,} more, the most that the room of {verdict.capacity:,} holds"
    return f"{most}; {still} then. {remedy}"


def _too_many(verdict: Verdict) -> str:
    what = f"Room too small: {_too_small(verdict)}. Find a larger room, or close the list."
    p_enough = verdict.outlook.p_enough or 0
    if reaches(p_enough, verdict.sure):
        return what
    odds = percent_below(p_enough, verdict.sure)
    return f"{what} The chance that {verdict.need:,} or more come is only {odds} all the same."


def _unknown_need(verdict: Verdict) -> str:
    what = "No need is set: say how many must come."
    over = verdict.outlook.p_over_capacity
    return f"{what} Mind the room: {_too_small(verdict)}." if _is_over(over, verdict) else what


def _is_over(over: float | None, verdict: Verdict) -> bool:
    return over is not None and not reaches(verdict.limit, over)


_SENTENCES: dict[VerdictKind, Callable[[Verdict], str]] = {
    VerdictKind.ENOUGH: _enough,
    VerdictKind.SCHEDULE: _schedule,
    VerdictKind.SCHEDULE_BUT_SHORT: _but_short,
    VerdictKind.TOO_MANY: _too_many,
    VerdictKind.UNKNOWN_NEED: _unknown_need,
}
