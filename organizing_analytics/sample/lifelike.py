"""What a campaign goes through in life, for those who ask for it: full lists, late shifts, breaks.

The plain made-up campaign is friendlier than life, so that its true rates are easy to find again.
With `lifelike`, four things are added that make the number who will come harder to forecast:

- In some teams a list is closed when the room is full.
- Some events are put up a few days before, and nobody signs up earlier.
- Some people pause for months and come back.
- In one holiday hardly anything is held, and most people sign up for nothing.

The true rates hold all the same: whoever is on a list comes with the same probability.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from organizing_analytics.sample.clock import MINUTES_A_DAY, day_date
from organizing_analytics.sample.teams import TEAMS

if TYPE_CHECKING:
    from organizing_analytics.sample.dice import Dice
    from organizing_analytics.sample.setting import Setting
    from organizing_analytics.sample.shifts import Shift

#: Positions of the teams that close a list when the room is full.
CLOSING_TEAMS = (0, 2, 3, 5)
#: Share of sign-ups for the days of the holiday that wait until it is over.
AWAY = 0.8
#: Share of events that are put up late, and how many days before.
PUT_UP_LATE, LATE_DAYS = 0.35, (3, 10)
#: Share of those who keep coming who pause if they stay so long: after and for how many days at
#: the least.
#: Nobody pauses in the 30 days after the first visit, as the share who return then is a true rate.
PAUSES, PAUSE_AFTER, PAUSE_DAYS = 0.5, 35, 60
MEAN_BEFORE_PAUSE, MEAN_LONGER = 20.0, 45.0


@dataclass(frozen=True)
class Pause:
    """When somebody pauses."""

    first_day: int
    days: int


class Obstacles:
    """What keeps people from signing up when they want to.

    Parameters
    ----------
    setting : Setting
        Seed, days, and whether the campaign is lifelike; in one that is not, nothing is in the way.
    """

    def __init__(self, setting: Setting) -> None:
        self.is_on = setting.lifelike
        self._dice, self._holiday = setting.dice("obstacles"), setting.holiday
        self._events: dict[str, int] = {}
        self._lists: dict[str, list[tuple[float, float]]] = {}

    def free_from(self, day: int) -> int:
        """Return the first day from which somebody who wants to sign up for a day does so."""
        if day in self._holiday and self._dice.chance(AWAY):
            return self._holiday.stop
        return day

    def pause(self, start: int) -> Pause | None:
        """Return when somebody pauses who keeps coming from a day on; None when they do not."""
        dice: Dice = self._dice
        if not self.is_on or not dice.chance(PAUSES):
            return None
        first = start + PAUSE_AFTER + int(dice.waiting(MEAN_BEFORE_PAUSE))
        return Pause(first, PAUSE_DAYS + int(dice.waiting(MEAN_LONGER)))

    def opens_at(self, shift: Shift) -> int | None:
        """Return the moment from which sign-ups are taken; None when they always were.

        All shifts of an event open with its first one.
        """
        if not self.is_on:
            return None
        event = shift.event.event_id
        if event not in self._events:
            is_late = self._dice.chance(PUT_UP_LATE)
            days = self._dice.whole(*LATE_DAYS)
            self._events[event] = shift.starts - days * MINUTES_A_DAY if is_late else 0
        return self._events[event] or None

    def is_full(self, shift: Shift, at: int | None) -> bool:
        """Return whether a sign-up at a moment would fill the list over the room, then or later.

        People are drawn one after another, and not in the order of their sign-ups: so a list must
        have room from that moment up to the shift.
        """
        if not self.is_on or shift.capacity is None or shift.event.team not in CLOSING_TEAMS:
            return False
        stays = self._lists.get(shift.shift_id, [])
        moment = float("-inf") if at is None else float(at)
        moments = [moment, *(start for start, _ in stays if start > moment)]
        return any(
            sum(start <= each < end for start, end in stays) >= shift.capacity for each in moments
        )

    def add(self, shift: Shift, *, at: int | None, cancelled_at: int | None) -> None:
        """Put a sign-up on a shift's list, until it is cancelled."""
        if not self.is_on:
            return
        start = float("-inf") if at is None else float(at)
        end = float("inf") if cancelled_at is None else float(cancelled_at)
        self._lists.setdefault(shift.shift_id, []).append((start, end))


def lifelike_statement(setting: Setting) -> dict[str, Any]:
    """Return what truth.json says of it; nothing of a campaign that is not lifelike."""
    if not setting.lifelike:
        return {}
    days = setting.holiday
    return {
        "lifelike": {
            "teams_that_close_full_lists": [TEAMS[team].team_id for team in CLOSING_TEAMS],
            "holiday": [day_date(days[0]).isoformat(), day_date(days[-1]).isoformat()],
            "away_in_the_holiday": AWAY,
            "events_put_up_late": PUT_UP_LATE,
            "days_before": list(LATE_DAYS),
            "pause_of_those_who_stay_long_enough": PAUSES,
        }
    }
