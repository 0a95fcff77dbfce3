"""One shift ahead: who is on its list, how many of them will come, how many more to schedule."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from organizing_analytics.errors import OptionError, nearest
from organizing_analytics.expressions import _
from organizing_analytics.planning.forecast import MAX_MORE, Forecast
from organizing_analytics.planning.late import count_of, text_of
from organizing_analytics.planning.options import DEFAULT_LIMIT_OVER, DEFAULT_SURE, check_room
from organizing_analytics.planning.planner import Planner
from organizing_analytics.planning.result import Plan
from organizing_analytics.planning.rule import RULE_PER_NEED
from organizing_analytics.planning.sure_table import sure_table
from organizing_analytics.planning.verdict import VerdictKind, verdict_of
from organizing_analytics.wording import chosen_percent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from organizing_analytics.store import Data

    Row = Mapping[Any, Any]


def plan_shift(
    store: Data,
    *,
    shift: str,
    need: int | None = None,
    sure: float = DEFAULT_SURE,
    capacity: int | None = None,
    limit_over: float = DEFAULT_LIMIT_OVER,
    as_of: str | date | None = None,
) -> Plan:
    """Return how many more people to schedule for one shift; `plan(shift=…)` checks its options.

    Parameters
    ----------
    store : Data
        An open store.
    shift : str
        Its id; its local date must lie after `as_of`.
    need, capacity : int, optional
        The shift's own unless given.
    sure, limit_over, as_of
        See `plan`.

    Returns
    -------
    Plan
        With `signed_up` and `more`; `schedule` is their sum, and the odds are those of all of
        them. When the list alone is over the limit, `more` is 0 and `feasible` False.

    Raises
    ------
    OptionError
        No such shift, none ahead, no need known, or no number of people is enough.
    """
    opened = open_shift(store, shift, as_of=as_of)
    wanted = opened.need if need is None else need
    if capacity is None and wanted:
        check_room(wanted, opened.capacity, name=f"The capacity of shift {shift}")
    room = opened.capacity if capacity is None else capacity
    return opened.plan(need=wanted, sure=sure, capacity=room, limit_over=limit_over)


@dataclass(frozen=True)
class OpenShift:
    """One shift ahead, read once: every plan for it is then arithmetic.

    Attributes
    ----------
    planner : Planner
        Of the store, at the date at whose end the list was read.
    row : mapping
        The shift, as in `Planner.shifts_ahead`.
    forecast : Forecast
        Who will come of those on its list.
    signed_up : int
        How many they are.
    late : float or None
        How many more are expected to join by themselves; None where that is not known yet.
    """

    planner: Planner
    row: Row
    forecast: Forecast
    signed_up: int
    late: float | None = None

    @property
    def need(self) -> int | None:
        """Return the shift's own need."""
        return count_of(self.row["need"])

    @property
    def capacity(self) -> int | None:
        """Return the shift's own room."""
        return count_of(self.row["capacity"])

    def plan(
        self,
        *,
        need: int | None = None,
        sure: float = DEFAULT_SURE,
        capacity: int | None = None,
        limit_over: float = DEFAULT_LIMIT_OVER,
    ) -> Plan:
        """Return how many more people to schedule; see `plan_shift`. No capacity is no limit."""
        shift = self.row["shift_id"]
        wanted = self.need if need is None else need
        if not wanted:
            raise OptionError(
                f"Shift {shift} has no need noted. Say how many must come, like need=4."
            )
        check_room(wanted, capacity, name="capacity")
        verdict = verdict_of(
            self.forecast,
            need=wanted,
            capacity=capacity,
            sure=sure,
            limit=limit_over,
            signed_up=self.signed_up,
            late=self.late,
        )
        more = verdict.more
        feasible = verdict.kind in (VerdictKind.ENOUGH, VerdictKind.SCHEDULE)
        if more is None:
            raise OptionError(
                f"Shift {shift}: not even {MAX_MORE:,} more people make it "
                f"{chosen_percent(sure)} sure that"
                f" {wanted} come. Lower need or sure."
            )
        with_more = self.forecast.with_more(more)
        whom = _of_whom(self.planner, self.row, self.forecast, wanted, sure)
        return Plan(
            need=wanted,
            schedule=self.signed_up + more,
            rule_schedule=RULE_PER_NEED * wanted,
            sure=sure,
            feasible=feasible,
            method="signed_up",
            table=sure_table(self.forecast, self.signed_up, need=wanted, capacity=capacity),
            signed_up=self.signed_up,
            more=more,
            verdict=verdict,
            capacity=capacity,
            limit_over=limit_over,
            basis=whom if more and feasible else "",
            odds=tuple(with_more.pmf.tolist()),
            **asdict(with_more.outlook(need=wanted, capacity=capacity)),
        )


def open_shift(store: Data, shift: str, *, as_of: str | date | None = None) -> OpenShift:
    """Return a shift ahead with what is expected of its list.

    Raises
    ------
    OptionError
        No such shift, or none ahead.
    """
    day = store.as_of(as_of)
    row = _find(store, shift, day)
    planner = Planner(store, day)
    people = planner.lists(planner.shifts_ahead().filter(_.shift_id == shift)).get(shift)
    signed_up = 0 if people is None else len(people)
    late = planner.late(row, signed_up)
    forecast = planner.forecast(row, people)
    return OpenShift(planner, row, forecast, signed_up, None if late is None else late.mean)


def _of_whom(planner: Planner, row: Row, forecast: Forecast, need: int, sure: float) -> str:
    """Return how many more it takes of people who never came, and of those who did."""
    days = planner.days_to(row)
    where = {"event_type": text_of(row["event_type"]), "team": text_of(row["team"])}
    numbers = []
    for is_new in (True, False):
        chance = planner.newcomer(days, is_new=is_new, **where)
        moved = planner.lesson(days).learned.total_spread
        numbers.append(forecast.of_others(chance, spread=moved).more_to_schedule(need, sure))
    if None in numbers or numbers[0] == numbers[1]:
        return ""
    return f"Of people who never came it takes {numbers[0]}, of those who did {numbers[1]}."


def _find(store: Data, shift: str, day: date) -> Row:
    """Return the row of a shift ahead, or say which there are."""
    rows = store.execute(Planner(store, day).shifts_ahead().filter(_.shift_id == shift))
    if len(rows):
        return rows.to_dict("records")[0]
    every = store.recorded_table("shifts")
    past = store.execute(every.filter(every.shift_id == shift).select("starts_on", "deleted_at"))
    if not len(past):
        raise OptionError(_unknown_shift(store, shift))
    on = pd.Timestamp(past["starts_on"].iloc[0]).date()
    if on > day:
        raise OptionError(f"Shift {shift} was deleted, or its event was. There is nothing to plan.")
    raise OptionError(
        f"Shift {shift} is on {on}, not after the as-of date {day}: there is nothing left to plan."
        " Give an earlier as_of to plan it as it stood then."
    )


def _unknown_shift(store: Data, shift: str) -> str:
    """Return a sentence that names the nearest ids; the engine picks a few of maybe millions."""
    ids = store.recorded_table("shifts").select("shift_id")
    close = ids.order_by(ids.shift_id.levenshtein(shift), ids.shift_id).limit(50)
    names = store.execute(close)["shift_id"].tolist()
    if not names:
        return f'There is no shift "{shift}": the store has no shifts at all. Load some first.'
    likely = nearest(shift, names)
    if likely:
        return f'There is no shift "{shift}". Did you mean {" or ".join(likely)}?'
    return f'There is no shift "{shift}". Ids of shifts look like {", ".join(names[:3])}.'
