"""Who left and why, who asked to be left alone, what teams set out to reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from organizing_analytics.sample.clock import MINUTES_A_DAY, day_date, weekday
from organizing_analytics.sample.setting import WEEK
from organizing_analytics.sample.shifts import team_sizes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from organizing_analytics.sample.people import Person
    from organizing_analytics.sample.setting import Setting

LEAVES = 0.16
DAYS_QUIET = 14
DO_NOT_CONTACT = 0.25
SETS_GOALS = 0.6
LATEST_GOALS_WEEKS = 8
#: What a week's goals count, and how much of it a team sets itself for each of its people.
GOALS = {"attended": 0.09, "asks": 0.08, "one_to_ones": 0.02}


@dataclass(frozen=True, slots=True)
class Departure:
    """One person leaving."""

    person: Person
    at: int
    reason: str


@dataclass(frozen=True, slots=True)
class Goal:
    """What a team set out to reach in a week."""

    team: int
    week: str
    measure: str
    target: int


def make_departures(
    setting: Setting, people: Sequence[Person], last_seen: Mapping[int, int]
) -> list[Departure]:
    """Return who left, some time after the last thing known of them.

    Parameters
    ----------
    setting : Setting
        Seed, shares of the reasons, days.
    people : sequence of Person
        All people.
    last_seen : mapping of int to int
        Person's number to the last moment at which anything is known of the person.
    """
    dice, left = setting.dice("departures"), list[Departure]()
    for person in people:
        seen = last_seen.get(person.number)
        if seen is None or person.is_staff or not dice.chance(LEAVES):
            continue
        at = seen + dice.whole(DAYS_QUIET * MINUTES_A_DAY, 3 * DAYS_QUIET * MINUTES_A_DAY)
        if at <= setting.night:
            left.append(Departure(person, at, dice.weighted(setting.truth.departure_reasons)))
    return left


def mark_do_not_contact(
    setting: Setting, people: Sequence[Person], never_again: Mapping[int, int]
) -> None:
    """Mark some of those who said not ever, and whom nobody asked again, as not to be contacted."""
    dice = setting.dice("do not contact")
    for person in people:
        if person.number in never_again and dice.chance(DO_NOT_CONTACT):
            person.do_not_contact = True


def make_goals(setting: Setting, people: Sequence[Person]) -> list[Goal]:
    """Return the goals of some teams for some of the latest weeks and the week to come."""
    dice = setting.dice("goals")
    monday = setting.last_day - weekday(setting.last_day)
    first = max(setting.first_day, monday - WEEK * LATEST_GOALS_WEEKS)
    weeks = [iso_week(day) for day in range(first, monday + WEEK + 1, WEEK)]
    return [
        Goal(team, week, measure, max(1, round(size * share)))
        for team, size in enumerate(team_sizes(people))
        for week in weeks
        for measure, share in GOALS.items()
        if size and dice.chance(SETS_GOALS)
    ]


def iso_week(day: int) -> str:
    """Return the ISO week of a day number.

    Examples
    --------
    >>> iso_week(0)
    '1970-W01'
    """
    year, week, _ = day_date(day).isocalendar()
    return f"{year:04d}-W{week:02d}"
