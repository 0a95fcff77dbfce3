"""What all parts of the made-up campaign share: seed, truth, days and clocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from organizing_analytics.errors import OptionError
from organizing_analytics.sample.clock import MINUTES_A_DAY, SampleClock, day_number
from organizing_analytics.sample.dice import Dice
from organizing_analytics.sample.teams import CAMPAIGN_ZONE, TEAMS

if TYPE_CHECKING:
    from datetime import date

    from organizing_analytics.sample.truth import Truth

WEEK = 7
UPCOMING_WEEKS = 2
#: The holiday of a lifelike campaign: where in the campaign it begins, and how long it is.
HOLIDAY_AT, HOLIDAY_DAYS = 0.6, 10


@dataclass(frozen=True)
class Setting:
    """What all parts share.

    Attributes
    ----------
    seed : int
        The campaign's seed; each part draws from a stream of its own.
    truth : Truth
        The true rates.
    first_day, last_day : int
        The campaign's days.
    night : int
        The last minute of the last day; nothing that comes after it is known.
    clock : SampleClock
        The campaign's clock.
    team_clocks : tuple of SampleClock
        The clock of each team's places.
    lifelike : bool
        Full lists close, events are put up late, people pause, there is a holiday; see lifelike.py.
    """

    seed: int
    truth: Truth
    first_day: int
    last_day: int
    night: int
    clock: SampleClock
    team_clocks: tuple[SampleClock, ...]
    lifelike: bool = False

    @classmethod
    def of(
        cls, *, seed: int, weeks: int, last_day: date, truth: Truth, lifelike: bool = False
    ) -> Setting:
        """Return the setting of a campaign of some weeks.

        Raises
        ------
        OptionError
            A number is too small.
        """
        check_least("seed", seed, 0)
        check_least("weeks", weeks, 1)
        last = day_number(last_day)
        zones = {team.zone: SampleClock(team.zone) for team in TEAMS}
        clock = zones[CAMPAIGN_ZONE]
        return cls(
            seed=seed,
            truth=truth,
            first_day=last - WEEK * weeks + 1,
            last_day=last,
            night=clock.moment(last, MINUTES_A_DAY - 1),
            clock=clock,
            team_clocks=tuple(zones[team.zone] for team in TEAMS),
            lifelike=lifelike,
        )

    @property
    def weeks(self) -> int:
        """Return how many weeks the campaign has."""
        return (self.last_day - self.first_day + 1) // WEEK

    @property
    def horizon(self) -> int:
        """Return the last day of upcoming shifts."""
        return self.last_day + WEEK * UPCOMING_WEEKS

    @property
    def holiday(self) -> range:
        """Return the days of the holiday; none in a campaign that is not lifelike."""
        if not self.lifelike:
            return range(0)
        first = self.first_day + int(HOLIDAY_AT * (self.last_day - self.first_day + 1))
        return range(first, first + HOLIDAY_DAYS)

    def dice(self, part: str) -> Dice:
        """Return the stream of chance of one part."""
        return Dice(self.seed, part)


def check_least(name: str, value: int, least: int) -> None:
    """Check an option that must be a whole number.

    Raises
    ------
    OptionError
        It is less than `least`.
    """
    if value < least:
        raise OptionError(f"{name} is {value}; it must be a whole number, {least} or more.")
