"""How much a team's shifts of the same days compete for people.

Numbers in, numbers out: no store.

Somebody who is free at the weekend signs up for one of the team's shifts then. Where the team holds
one shift in those days, it gets them all; where it holds five, they share. So a shift's list, and
who joins it late, grows with how few others there are: `ShiftDays.crowding` says how many people
the team needs within two days of a shift, as a ratio to what is usual for the team by then.

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

#: Shifts so many days before or after compete for the same people.
NEAR_DAYS = 2
#: What is usual is the mean of the team's shifts of so many days before.
BASELINE_DAYS = 56
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
        [1.0, 1.0, 1.8, 1.36, 1.36]
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
        """Return the need of the team's shifts near each shift, itself included."""
        moment = self.days - ahead
        # One group for each team and day; within it, shifts in the order in which they existed.
        groups, codes = np.unique(self._key(self.teams, self.days), return_inverse=True)
        order = np.lexsort((self.existed_on, codes))
        existed = codes[order] * _GROUP + self.existed_on[order]
        sums = np.concatenate([[0.0], np.cumsum(self.needs[order])])
        total = np.where(self.existed_on > moment, self.needs, 0.0)
        for offset in range(-NEAR_DAYS, NEAR_DAYS + 1):
            wanted = self._key(self.teams, self.days + offset)
            place = np.minimum(np.searchsorted(groups, wanted), len(groups) - 1)
            first = np.searchsorted(existed, place * _GROUP - _GROUP // 2)
            after = np.searchsorted(existed, place * _GROUP + moment, side="right")
            total = total + np.where(groups[place] == wanted, sums[after] - sums[first], 0.0)
        return np.asarray(total, dtype=np.float64)

    @staticmethod
    def _key(teams: Days, days: Days) -> Days:
        return np.asarray(teams * _GROUP + days, dtype=np.int64)
