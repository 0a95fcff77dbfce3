"""The coming shifts of a team and whom to ask for each: worked out once, for all sections.

Nobody is named for two shifts of one day, so the names are given out for all shifts together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, cast

import pandas as pd

import organizing_analytics.measures as m
from organizing_analytics.planning import plan_upcoming
from organizing_analytics.reports.people import whom_to_ask

if TYPE_CHECKING:
    from datetime import date, datetime

    from organizing_analytics.dates import DateWords
    from organizing_analytics.reports.team_week import Row, TeamWeek

DAYS_AHEAD = 14
WEEK_DAYS = 7
#: What is urgent: the shifts of today and of tomorrow.
URGENT_DAYS = 2
#: A share of yeses among fewer asks says nothing.
MIN_ASKS = 10
#: Nobody calls more people for one shift in an evening.
MAX_CALLS = 40
#: The verdicts of shifts about which something is to be done.
TROUBLED = ("schedule", "schedule_but_short", "too_many")
EVENING = 17


@dataclass(frozen=True)
class Coming:
    """The shifts of the next two weeks.

    Attributes
    ----------
    plan : DataFrame
        `plan_upcoming` of the team.
    places : mapping
        Shift id → where it is; empty where nobody says.
    whom : mapping
        Shift id → whom to ask for it; see `whom_to_ask`.
    yes, asks : int
        How many asks of nine weeks became a yes, and how many asks there were.
    """

    plan: pd.DataFrame
    places: dict[str, str]
    whom: dict[str, list[Row]]
    yes: int
    asks: int

    def within(self, since: date, days: int) -> list[Row]:
        """Return the shifts of so many days, the first of them included."""
        first, last = pd.Timestamp(since), pd.Timestamp(since + timedelta(days=days - 1))
        return rows_between(self.plan, first, last)

    def after(self, day: date) -> list[Row]:
        """Return the shifts after a date."""
        return rows_between(self.plan, pd.Timestamp(day + timedelta(days=1)), pd.Timestamp.max)

    def calls_for(self, more: int) -> int | None:
        """Return how many people to ask for so many yeses; None where that is not known."""
        if self.asks < MIN_ASKS or not self.yes:
            return None
        return ceil(more * self.asks / self.yes)


def rows_between(plan: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> list[Row]:
    """Return the rows of shifts from one date to another."""
    wanted = plan[(plan["starts_on"] >= first) & (plan["starts_on"] <= last)]
    return cast("list[Row]", wanted.to_dict("records"))


def coming_of(team: TeamWeek) -> Coming:
    """Return the coming shifts of a team; worked out once for all its sections."""
    return team.remember(coming_shifts)


def coming_shifts(team: TeamWeek) -> Coming:
    """Return the coming shifts of a team."""
    plan = team.ask(plan_upcoming, days=DAYS_AHEAD)
    outcomes = team.ask(m.asks_outcomes, since=team.before[0])
    yes, asks = (int(outcomes[name].sum()) for name in ("yes", "asks"))
    unasked = Coming(plan, _places(team, plan), {}, yes, asks)
    lacking = plan[plan["more"].fillna(0) > 0]
    urgent = unasked.within(team.today, URGENT_DAYS)
    most = {
        row["shift_id"]: min(MAX_CALLS, unasked.calls_for(row["more"]) or 2 * row["more"])
        for row in urgent
        if not pd.isna(row["more"])
    }
    return Coming(plan, unasked.places, whom_to_ask(team, lacking, most=most), yes, asks)


def _places(team: TeamWeek, plan: pd.DataFrame) -> dict[str, str]:
    if plan.empty:
        return {}
    events = team.store.recorded_table("events")
    wanted = events.filter(events.event_id.isin(sorted(set(plan["event_id"]))))
    frame = team.store.execute(wanted.select("event_id", "location", "is_virtual"))
    place_of = {}
    for event, location, is_virtual in frame.itertuples(index=False, name=None):
        online = "online" if is_virtual is True or str(is_virtual) == "True" else ""
        has_location = isinstance(location, str) and bool(location)
        # A place may be somebody's home.
        place_of[event] = location if has_location and team.names else online
    pairs = zip(plan["shift_id"], plan["event_id"], strict=True)
    return {shift: place_of.get(event, "") for shift, event in pairs}


def day_words(start: datetime, today: date, dates: DateWords) -> str:
    """Return today, tonight, tomorrow or the weekday, as a sentence begins with it.

    Examples
    --------
    >>> from datetime import date, datetime
    >>> from organizing_analytics.dates import DateWords
    >>> day_words(datetime(2026, 11, 23, 18, 0), date(2026, 11, 23), DateWords())
    'Tonight'
    >>> day_words(datetime(2026, 11, 24, 18, 0), date(2026, 11, 23), DateWords())
    'Tomorrow'
    """
    days = (start.date() - today).days
    if days == 0:
        return "Tonight" if start.hour >= EVENING else "Today"
    return "Tomorrow" if days == 1 else dates.weekday(start)
