"""The ask that wins: which of the shifts that fit a person is worth asking for most.

One ask is worth the chance that the person says yes and comes, times the chance that a place is
still free (`planning/worth.py`). After each ask that is named the shift's forecast moves on, so
that the next person is asked for another one. People who would join because somebody asks them
are taken out of the forecast first: otherwise they would be counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from organizing_analytics.expressions import _
from organizing_analytics.planning.late import text_of
from organizing_analytics.planning.worth import Crowd, best_shift
from organizing_analytics.planning.yes_chances import YesChances, learn_yes_chances
from organizing_analytics.to_do.standing import OUTLOOK_DAYS, as_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from organizing_analytics.to_do.standing import Row, Standing

#: Sign-ups of so many days tell which share of them somebody asked for.
SHARE_DAYS = 90
ENOUGH_SHIFTS = "most_enough"


@dataclass
class Worths:
    """What asks are worth, as it was known at the end of a date.

    Attributes
    ----------
    standing : Standing
        The campaign as it was known.
    """

    standing: Standing
    _crowds: dict[str, Crowd] = field(init=False)
    _yes: YesChances = field(init=False)
    _veterans: set[str] = field(init=False)
    _come: dict[tuple[str, bool], float] = field(default_factory=dict)
    _says_yes: dict[tuple[str, str, str | None], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._crowds = _crowds(self.standing)
        if self._crowds:  # where no shift has a need, nothing is worth more than anything else
            self._yes = learn_yes_chances(self.standing.past)
            came = self.standing.rows(self.standing.activity.select("person_id"))
            self._veterans = {row["person_id"] for row in came}

    def best(self, person: str, shifts: Iterable[Row]) -> tuple[Row, float] | None:
        """Return the shift that a person is best asked for, and what the ask is worth.

        None where no ask is worth a call: nothing lacks people, or it is not known.
        """
        rows = {row["shift_id"]: row for row in shifts if row["shift_id"] in self._crowds}
        chances = {shift: self.chance(person, row) for shift, row in rows.items()}
        save_first = self.standing.settings.ask_goal == ENOUGH_SHIFTS
        best = best_shift(chances, self._crowds, save_first=save_first)
        return None if best is None else (rows[best[0]], best[1])

    def is_new(self, person: str) -> bool:
        """Return whether a person never came, as far as asks are weighed at all."""
        return bool(self._crowds) and person not in self._veterans

    def name(self, person: str, shift: Row) -> None:
        """Count an ask that is named: the shift's forecast moves on."""
        crowd = self._crowds.get(shift["shift_id"])
        if crowd is not None:
            crowd.move_on(self.chance(person, shift))

    def chance(self, person: str, shift: Row) -> float:
        """Return the chance that a person answers, says yes to a shift, and comes."""
        key = (person, shift["event_type"], shift["team"])
        if key not in self._says_yes:  # the same for all shifts of a kind
            self._says_yes[key] = self._yes.of(*key)
        yes = self._says_yes[key]
        return yes * self._comes(shift, is_new=person not in self._veterans)

    def _comes(self, shift: Row, *, is_new: bool) -> float:
        key = (shift["shift_id"], is_new)
        if key not in self._come:
            planner = self.standing.planner
            self._come[key] = planner.newcomer(
                (as_day(shift["starts_on"]) - self.standing.day).days,
                event_type=text_of(shift["event_type"]),
                team=text_of(shift["team"]),
                is_new=is_new,
            )
        return self._come[key]


def _crowds(standing: Standing) -> dict[str, Crowd]:
    """Return who comes to each coming shift with a need, without the asks still to be named."""
    planner = standing.planner
    needs = standing.shifts.filter(_.need.notnull(), _.starts_on > standing.day)
    if not standing.rows(needs.select("shift_id").limit(1)):
        return {}
    ahead = planner.shifts_ahead()
    ahead = ahead.filter(ahead.starts_on <= standing.ago(-OUTLOOK_DAYS), ahead.need.notnull())
    rows = cast("list[Row]", standing.store.execute(ahead).to_dict("records"))
    lists, share = planner.lists(ahead), _asked_share(standing)
    crowds = {}
    for row in rows:
        people = lists.get(row["shift_id"])
        alone = planner.forecast(row, people, joining=False).pmf
        pmf = _mixed(alone, planner.forecast(row, people).pmf, share)
        capacity: int | None = None if pd.isna(row["capacity"]) else int(row["capacity"])
        crowds[row["shift_id"]] = Crowd(pmf, int(row["need"]), capacity)
    return crowds


def _mixed(
    alone: NDArray[np.float64], joined: NDArray[np.float64], share: float
) -> NDArray[np.float64]:
    """Return the forecast without the share of late joiners that asks bring."""
    size = max(len(alone), len(joined))
    padded = [np.pad(pmf, (0, size - len(pmf))) for pmf in (alone, joined)]
    mixed: NDArray[np.float64] = share * padded[0] + (1 - share) * padded[1]
    return mixed


def _asked_share(standing: Standing) -> float:
    """Return which share of the sign-ups of the last days somebody recruited."""
    signups = standing.past.recorded_table("signups")
    recent = signups.filter(signups.signed_up_on > standing.ago(SHARE_DAYS))
    counts = recent.aggregate(n=_.count(), asked=_.count(where=_.recruiter_id.notnull()))
    row = standing.rows(counts)[0]
    return row["asked"] / row["n"] if row["n"] else 0.0
