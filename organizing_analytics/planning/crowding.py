"""How much a team's shifts of the same days compete for people.

Numbers in, numbers out: no store.

Somebody who is free from a day on takes one of the team's shifts of that day and the next two,
the larger ones more often. Where the team holds one shift in those days, it gets them all; where
it holds five, they share. A shift on a Monday is taken by those who are free from Saturday,
Sunday or Monday on; so it gets 1/3 · Σ 1/W of them for each person that it needs, W being the need
of all the team's shifts in each of these three spans of three days. `ShiftDays.crowding` is one
over that, as a ratio to what is usual for the team.

It was the need within two days before and after, by what was usual in the last eight weeks. That
took a weekend for as crowded for its Monday as for its Sunday, although the people of Tuesday and
Wednesday are Monday's, too; and it forgot within weeks that a team that holds more and more shifts
has fewer people for each. On made-up campaigns (seeds 5 to 9) the CRPS two weeks ahead fell from
1.92 to 1.71; docs/evaluation.md has the rest.

Only shifts that existed at the moment of the forecast count, so a forecast of a past shift never
knows of a shift that was put up later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Days = NDArray[np.int64]

#: How many days in a row make a span; a team's shifts in one span compete for the same people.
SPAN_DAYS = 3
#: What is usual is the mean of the team's shifts of so many days before: a year. Shorter, and a
#: team that holds more shifts each month would always look as crowded as usual.
BASELINE_DAYS = 364
#: The day on which a shift existed of which nobody knows when it was put up: before all others.
ALWAYS = -(10**6)
#: The day on which a shift exists that nobody has signed up for: after all others.
NEVER = 10**6
#: More than all days: keeps one group's days apart from the next one's.
_GROUP = 4 * 10**6


@dataclass(frozen=True)
class ShiftDays:
    """All shifts, past and ahead, as arrays of one length.

    Attributes
    ----------
    teams : array of int
        A code for each shift's team.
    days : array of int
        The day of each shift, counted from any day.
    existed_on : array of int
        From which day on the shift is known to have existed; `ALWAYS`, `NEVER`.
    needs : array
        People needed; 1 each in a store without needs.
    """

    teams: Days
    days: Days
    existed_on: Days
    needs: Floats

    def crowding(self, ahead: int) -> Floats:
        """Return each shift's crowding as it stood `ahead` days before; 1 is usual.

        Examples
        --------
        A team's shift of need 5 each week; in the third, two more on the day after.

        >>> days = np.array([0, 7, 14, 15, 15])
        >>> ones = np.ones(5, dtype=np.int64)
        >>> week = ShiftDays(ones, days, ALWAYS * ones, 5.0 * ones)
        >>> week.crowding(1).round(2).tolist()
        [1.0, 1.0, 1.42, 1.44, 1.44]
        """
        nearby = self._nearby(ahead)
        order = np.lexsort((self.days, self.teams))
        keys = self._key(self.teams, self.days)[order]
        sums = np.concatenate([[0.0], np.cumsum(nearby[order])])
        first = np.searchsorted(keys, self._key(self.teams, self.days - BASELINE_DAYS), side="left")
        after = np.searchsorted(keys, self._key(self.teams, self.days), side="right")
        usual = (sums[after] - sums[first]) / (after - first)
        return np.asarray(nearby / usual, dtype=np.float64)

    def _nearby(self, ahead: int) -> Floats:
        """Return the need that each shift shares its people with, itself included.

        The harmonic mean over the spans of `SPAN_DAYS` days that hold the shift.
        """
        reach = SPAN_DAYS - 1
        needs = self._needs_by_day(ahead, reach)
        spans = [sum(needs[first : first + SPAN_DAYS]) for first in range(reach + 1)]
        return np.asarray(SPAN_DAYS / sum(1 / span for span in spans), dtype=np.float64)

    def _needs_by_day(self, ahead: int, reach: int) -> list[Floats]:
        """Return what each shift's team needs on the days around it, `reach` before to after."""
        moment = self.days - ahead
        # One group for each team and day; within it, shifts in the order in which they existed.
        groups, codes = np.unique(self._key(self.teams, self.days), return_inverse=True)
        order = np.lexsort((self.existed_on, codes))
        existed = codes[order] * _GROUP + self.existed_on[order]
        sums = np.concatenate([[0.0], np.cumsum(self.needs[order])])

        def on_day(offset: int) -> Floats:
            wanted = self._key(self.teams, self.days + offset)
            place = np.minimum(np.searchsorted(groups, wanted), len(groups) - 1)
            first = np.searchsorted(existed, place * _GROUP - _GROUP // 2)
            after = np.searchsorted(existed, place * _GROUP + moment, side="right")
            return np.where(groups[place] == wanted, sums[after] - sums[first], 0.0)

        needs = [on_day(offset) for offset in range(-reach, reach + 1)]
        # A shift counts itself, whether or not it is known to have existed.
        needs[reach] = needs[reach] + np.where(self.existed_on > moment, self.needs, 0.0)
        return needs

    @staticmethod
    def _key(teams: Days, days: Days) -> Days:
        return np.asarray(teams * _GROUP + days, dtype=np.int64)
