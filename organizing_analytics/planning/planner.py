"""What the planner knows of a store at a date, and what it expects of each shift ahead.

What is learned (which rung has won, the spread from day to day, the half-life) is small and has
no person in it: it is kept beside the snapshots (learned_file.py), so that a report for each team
need not learn it anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from organizing_analytics.planning.forecast import Forecast, Late, forecast
from organizing_analytics.planning.history import (
    read_history,
    read_lists,
    shifts_to_plan,
    untimed_cancels,
    with_records,
)
from organizing_analytics.planning.late import PastLists, kind_of, read_past_lists, text_of
from organizing_analytics.planning.learned_file import LearnedFile, learned_file
from organizing_analytics.planning.models import fit
from organizing_analytics.planning.pickup import PickUp, fit_pickup
from organizing_analytics.planning.replay import Learned, horizon_of, learn, replay

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from organizing_analytics.store import Data

    Floats = NDArray[np.float64]

#: A short replay is enough to choose by; `oa backtest` does a long one.
BLOCKS, WARM_UP, MAX_REPLAYED = 8, 0.3, 30_000


@dataclass(frozen=True)
class Lesson:
    """What was learned for one horizon."""

    learned: Learned
    history: pd.DataFrame
    lost: float


@dataclass
class Planner:
    """The planner of one store at the end of one date.

    Attributes
    ----------
    store : Data
        An open store.
    day : date
        What was written down later is not known.
    """

    store: Data
    day: date
    _lessons: dict[int, Lesson] = field(default_factory=dict)
    _pickups: dict[int, PickUp | None] = field(default_factory=dict)

    def shifts_ahead(self) -> ir.Table:
        """Return the shifts after the date, as an expression."""
        shifts = shifts_to_plan(self.store)
        return shifts.filter(shifts.starts_on > self.day)

    def lists(self, shifts: ir.Table) -> dict[str, pd.DataFrame]:
        """Return for each of the shifts who is on its list, and the `chance` of each."""
        rows = read_lists(self.store, shifts, self.day)
        chance = np.zeros(len(rows))
        today = np.datetime64(self.day, "s")
        days = (rows["starts_on"].to_numpy() - today) // np.timedelta64(1, "D")
        horizons = np.array([horizon_of(int(n)) for n in days], dtype=np.int64)
        # All lists of one horizon at once: everybody's record is looked up in one go.
        for horizon in np.unique(horizons):
            at = horizons == horizon
            chance[at] = self._chances(rows[at], int(horizon))
        rows = rows.assign(chance=chance)
        return {str(shift): group for shift, group in rows.groupby("shift_id", sort=False)}

    def lesson(self, days_ahead: int) -> Lesson:
        """Return what was learned from lists read about so many days before their shifts."""
        horizon = horizon_of(days_ahead)
        if horizon not in self._lessons:
            self._lessons[horizon] = self._learn(horizon)
        return self._lessons[horizon]

    def forecast(
        self, shift: Mapping[Any, Any], rows: pd.DataFrame | None, *, joining: bool = True
    ) -> Forecast:
        """Return what is expected of a shift.

        Parameters
        ----------
        shift : dict
            A row of `shifts_ahead`.
        rows : DataFrame or None
            Who is on its list, from `lists`.
        joining : bool
            Count those who will join late, too.
        """
        days = self.days_to(shift)
        learned = self.lesson(days).learned
        team, kind = text_of(shift["team"]), text_of(shift["event_type"])
        chances = np.zeros(0) if rows is None else rows["chance"].to_numpy()
        return forecast(
            chances,
            spread=learned.total_spread,
            new=self.newcomer(days, event_type=kind, team=team),
            late=self.late(shift, len(chances)) if joining else None,
        )

    def days_to(self, shift: Mapping[Any, Any]) -> int:
        """Return how many days ahead a shift is."""
        return int((pd.Timestamp(shift["starts_on"]) - pd.Timestamp(self.day)).days)

    def _chances(self, rows: pd.DataFrame, horizon: int) -> Floats:
        lesson = self.lesson(horizon)
        # The record counts what was over at the date, not days before the shift.
        tomorrow = np.datetime64(self.day, "s") + np.timedelta64(1, "D")
        people = with_records(rows.assign(starts_on=tomorrow), lesson.history)
        return lesson.learned.chances(people.assign(starts_on=rows["starts_on"]))

    def late(self, shift: Mapping[Any, Any], signed_up: int) -> Late | None:
        """Return how many will come who are not on the list now; None when nobody knows yet.

        Parameters
        ----------
        shift : mapping
            A row of `shifts_ahead`.
        signed_up : int
            How many are on its list.
        """
        pickup = self.pickup(self.days_to(shift))
        if pickup is None:
            return None
        weekday = pd.Timestamp(shift["starts_on"]).day_of_week
        kind = kind_of(shift["team"], shift["event_type"], weekday)
        need = shift["need"]
        crowding = self.past_lists.crowding(self.days_to(shift))
        return pickup.late(
            kind,
            need=None if pd.isna(need) else float(need),
            listed=signed_up,
            crowding=crowding.get(str(shift["shift_id"]), 1.0),
        )

    def pickup(self, days_ahead: int) -> PickUp | None:
        """Return who joins late, by past lists of exactly so many days before their shifts."""
        if days_ahead not in self._pickups:
            past = self.past_lists.at(days_ahead, as_of=self.day)
            self._pickups[days_ahead] = fit_pickup(past)
        return self._pickups[days_ahead]

    @cached_property
    def past_lists(self) -> PastLists:
        """Return how the lists of past shifts grew."""
        return read_past_lists(self.store, self.day)

    def newcomer(
        self, days_ahead: int, *, event_type: str, team: str, is_new: bool | None = None
    ) -> float:
        """Return the chance of somebody who signs up now for a shift so many days ahead."""
        lesson = self.lesson(days_ahead)
        chance = lesson.learned.fitted.newcomer(
            days_ahead, event_type=event_type, team=team, is_new=is_new
        )
        return chance * (1 - lesson.lost)

    def outcomes(self, days_ahead: int) -> int:
        """Return on how many outcomes a forecast so many days ahead rests."""
        return self.lesson(days_ahead).learned.fitted.outcomes

    def _learn(self, horizon: int) -> Lesson:
        history = read_history(self.store, self.day, ahead=horizon)
        history = with_records(history, history, ahead=horizon)
        lesson = None if self._file is None else self._file.get(horizon)
        if lesson is None:
            recent = history.tail(MAX_REPLAYED)
            blocks = list(replay(recent, ahead=horizon, blocks=BLOCKS, warm_up=WARM_UP))
            learned = learn(history, blocks)
            if self._file is not None:
                self._file.put(horizon, learned)
        else:
            learned = Learned(fit(history, half_life=lesson["half_life"]), **lesson)
        return Lesson(learned, history, untimed_cancels(self.store, self.day))

    @cached_property
    def _file(self) -> LearnedFile | None:
        return learned_file(self.store, self.day)
