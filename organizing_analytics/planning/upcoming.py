"""The shifts ahead: how many of those on each list will come, how many more to schedule.

`lists` reads the store, `turnout` does the arithmetic; here the two meet, in a frame with one
row per shift (`plan_upcoming`) or in a plan for one (`plan_shift`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
from ibis import _

from organizing_analytics.answers import Answer
from organizing_analytics.catalog.tables import PLAN_UPCOMING
from organizing_analytics.errors import OptionError, nearest
from organizing_analytics.planning.forecast import MOST_MORE, Forecast, forecast
from organizing_analytics.planning.late import text_of
from organizing_analytics.planning.options import (
    USUAL_LIMIT,
    USUAL_SURE,
    check_room,
    probability,
    whole,
)
from organizing_analytics.planning.planner import Planner
from organizing_analytics.planning.result import Plan, TableRow
from organizing_analytics.planning.rule import RULE_PER_NEED, TABLE_SURES
from organizing_analytics.planning.verdict import VerdictKind, verdict_of
from organizing_analytics.teams import check_team, is_of_team
from organizing_analytics.time_zones import zone_rules
from organizing_analytics.wording import chosen_percent, percent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from organizing_analytics.planning.verdict import Verdict
    from organizing_analytics.store import Data

    Row = Mapping[Any, Any]

#: The answer's columns, in order, with their pandas types.
COLUMNS = {
    "shift_id": "str",
    "event_id": "str",
    "team": "str",
    "starts_at": "datetime64[us]",
    "need": "Int64",
    "capacity": "Int64",
    "signed_up": "int64",
    "expected": "float64",
    "low": "int64",
    "high": "int64",
    "p_enough": "float64",
    "p_over_capacity": "float64",
    "more": "Int64",
    "sentence": "str",
    "title": "str",
    "starts_on": "datetime64[s]",
    "starts_local": "datetime64[us]",
    "late": "float64",
    "median": "int64",
    "verdict": "str",
    "verdict_words": "str",
    "p_enough_then": "float64",
}


def plan_upcoming(
    store: Data,
    *,
    team: str | None = None,
    days: int = 14,
    as_of: str | date | None = None,
    sure: float = USUAL_SURE,
) -> pd.DataFrame:
    """Return how each shift of the coming days stands, and how many more it needs scheduled.

    Parameters
    ----------
    store : Data
        An open store.
    team : str, optional
        Only shifts of this team's events.
    days : int
        Shifts whose local date is in (as_of, as_of + days]; 1 to 3,650.
    as_of : str or date, optional
        The local date at whose end, by the campaign's clock, the lists are read; yesterday.
    sure : float
        Wanted probability of enough people, in (0, 1).

    Returns
    -------
    DataFrame
        One row per shift, by `starts_at`, then `shift_id`: `shift_id event_id team starts_at need
        capacity signed_up expected low high p_enough p_over_capacity more sentence title
        starts_on starts_local late median verdict verdict_words p_enough_then`. `starts_at` is
        UTC, `starts_local` the event's clock. `expected` (the mean), `median`, `low`, `high`
        (central 80 %), `p_enough` and `p_over_capacity` are about everybody who will come: the
        people on the list and those who join by themselves. `late` is how many of the latter are
        expected; it is missing where that is not known yet, and the forecast is then of the list
        alone. `verdict` and its words: see `organizing_analytics.planning.verdict`. `more` is how
        many to add, held to the room where there is one (then P(over capacity) stays within
        5 %), and `p_enough_then` the chance of enough people with them. Without a need
        `p_enough`, `more` and `p_enough_then` are missing, without a capacity
        `p_over_capacity`; `more` is missing too where no number is enough.

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """
    return upcoming_answer(store, team=team, days=days, as_of=as_of, sure=sure).as_frame()


def upcoming_answer(
    store: Data,
    *,
    team: str | None = None,
    days: int = 14,
    as_of: str | date | None = None,
    sure: float = USUAL_SURE,
) -> Answer:
    """Return what `plan_upcoming` does, with what it rests on."""
    goal = probability("sure", sure)
    ahead = timedelta(days=whole("days", days, most=3650))
    day = store.as_of(as_of)
    frame = shifts_of(Planner(store, day), team=team, ahead=ahead, sure=goal)
    return Answer(
        frame=frame,
        measure="plan upcoming",
        as_of=day.isoformat(),
        snapshot=store.snapshot,
        columns=PLAN_UPCOMING,
    )


def shifts_of(planner: Planner, *, team: str | None, ahead: timedelta, sure: float) -> pd.DataFrame:
    """Return what `plan_upcoming` does, by a planner that may have learned already."""
    store, day = planner.store, planner.day
    shifts = planner.shifts_ahead()
    shifts = shifts.filter(shifts.starts_on <= day + ahead)
    if team is not None:
        shifts = shifts.filter(is_of_team(shifts.team, team))
    lists = store.execute(shifts.order_by("starts_at", "shift_id"))
    if team is not None and lists.empty:
        check_team(store, team)
    people = planner.lists(shifts)
    rows = [
        _view(row, people.get(row["shift_id"]), planner, sure) for row in lists.to_dict("records")
    ]
    zones = lists["timezone"].fillna(store.settings.timezone)
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).assign(
        starts_local=_local(lists["starts_at"], zones)
    )
    return frame.astype(COLUMNS)


def _view(
    row: Row, people: pd.DataFrame | None, planner: Planner, sure: float
) -> dict[str, object]:
    """Return one shift's row of the answer."""
    signed_up = 0 if people is None else len(people)
    late = planner.late(row, signed_up)
    verdict = verdict_of(
        planner.forecast(row, people),
        need=_known(row["need"]),
        capacity=_known(row["capacity"]),
        sure=sure,
        limit=USUAL_LIMIT,
        signed_up=signed_up,
        late=None if late is None else late.mean,
    )
    now = verdict.outlook
    return {
        **row,
        "signed_up": signed_up,
        "late": verdict.late,
        "expected": now.expected,
        "median": now.median,
        "low": now.low,
        "high": now.high,
        "p_enough": now.p_enough,
        "p_over_capacity": now.p_over_capacity,
        "more": verdict.more,
        "verdict": str(verdict.kind),
        "verdict_words": verdict.short,
        "p_enough_then": verdict.p_enough_then,
        "sentence": f"{verdict.standing} {verdict.sentence} {_basis(planner, row, verdict)}",
    }


def _basis(planner: Planner, row: Row, verdict: Verdict) -> str:
    """Return what a forecast rests on, and what the rule would say."""
    outcomes = planner.outcomes(planner.days_to(row))
    rests = f"Based on {outcomes:,} past sign-ups" if outcomes else "Nobody has been counted yet"
    if outcomes and verdict.late is None:
        rests += ", of the list alone: how many more will sign up is not known yet"
    if verdict.need is None:
        return f"{rests}."
    by_rule = max(0, RULE_PER_NEED * verdict.need - verdict.signed_up)
    return f"{rests}; the 50 % rule would say {by_rule or 'nobody'} more."


def _known(value: float | None) -> int | None:
    return None if pd.isna(value) else int(value)


def _local(moments: pd.Series, zones: pd.Series) -> pd.Series:
    """Return UTC moments as clock times of their zones."""
    utc = moments.dt.tz_localize("UTC")
    parts = [
        utc[zones == zone].dt.tz_convert(zone_rules(zone)).dt.tz_localize(None)
        for zone in zones.unique()
    ]
    return pd.concat(parts) if parts else moments


def plan_shift(
    store: Data,
    *,
    shift: str,
    need: int | None = None,
    sure: float = USUAL_SURE,
    capacity: int | None = None,
    limit_over: float = USUAL_LIMIT,
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
    found = open_shift(store, shift, as_of=as_of)
    wanted = found.need if need is None else need
    if capacity is None and wanted:
        check_room(wanted, found.capacity, name=f"The capacity of shift {shift}")
    room = found.capacity if capacity is None else capacity
    return found.plan(need=wanted, sure=sure, capacity=room, limit_over=limit_over)


@dataclass(frozen=True)
class OpenShift:
    """One shift ahead, read once: every plan for it is then arithmetic.

    Attributes
    ----------
    planner : Planner
        Of the store, at the date at whose end the list was read.
    row : mapping
        The shift, as in `Planner.shifts_ahead`.
    found : Forecast
        Who will come of those on its list.
    signed_up : int
        How many they are.
    late : float or None
        How many more are expected to join by themselves; None where that is not known yet.
    """

    planner: Planner
    row: Row
    found: Forecast
    signed_up: int
    late: float | None = None

    @property
    def need(self) -> int | None:
        """Return the shift's own need."""
        return _known(self.row["need"])

    @property
    def capacity(self) -> int | None:
        """Return the shift's own room."""
        return _known(self.row["capacity"])

    def plan(
        self,
        *,
        need: int | None = None,
        sure: float = USUAL_SURE,
        capacity: int | None = None,
        limit_over: float = USUAL_LIMIT,
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
            self.found,
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
                f"Shift {shift}: not even {MOST_MORE:,} more people make it "
                f"{chosen_percent(sure)} sure that"
                f" {wanted} come. Lower need or sure."
            )
        then = self.found.with_more(more)
        whom = _of_whom(self.planner, self.row, self.found, wanted, sure)
        rows = (
            _table_row(goal, self.found, self.signed_up, need=wanted, capacity=capacity)
            for goal in TABLE_SURES
        )
        return Plan(
            need=wanted,
            schedule=self.signed_up + more,
            rule_schedule=RULE_PER_NEED * wanted,
            sure=sure,
            feasible=feasible,
            method="signed_up",
            table=tuple(rows),
            signed_up=self.signed_up,
            more=more,
            verdict=verdict,
            capacity=capacity,
            limit_over=limit_over,
            basis=whom if more and feasible else "",
            odds=tuple(then.pmf.tolist()),
            **asdict(then.outlook(need=wanted, capacity=capacity)),
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


def _of_whom(planner: Planner, row: Row, found: Forecast, need: int, sure: float) -> str:
    """Return how many more it takes of people who never came, and of those who did."""
    days = planner.days_to(row)
    where = {"event_type": text_of(row["event_type"]), "team": text_of(row["team"])}
    numbers = []
    for is_new in (True, False):
        chance = planner.newcomer(days, is_new=is_new, **where)
        moved = planner.lesson(days).learned.total_spread
        numbers.append(found.of_others(chance, spread=moved).more_to_schedule(need, sure))
    if None in numbers or numbers[0] == numbers[1]:
        return ""
    return f"Of people who never came it takes {numbers[0]}, of those who did {numbers[1]}."


@dataclass(frozen=True)
class Past:
    """What a store's past says of people still to be scheduled, read once.

    Attributes
    ----------
    found : Forecast
        Of nobody yet; its `new` is the chance of each person who is scheduled.
    basis : str
        Where that chance is from, in words.
    """

    found: Forecast
    basis: str

    def plan(
        self, need: int, *, sure: float, capacity: int | None, limit_over: float = USUAL_LIMIT
    ) -> Plan:
        """Return how many to schedule; see `plan_learned`."""
        check_room(need, capacity)
        schedule, feasible = self.found.more_within_room(
            need=need, capacity=capacity, sure=sure, limit=limit_over
        )
        if schedule is None:
            raise OptionError(
                f"Not even {MOST_MORE:,} people make it {chosen_percent(sure)} sure that "
                f"{need} come. Lower"
                " need or sure."
            )
        then = self.found.with_more(schedule)
        rows = (
            _table_row(goal, self.found, 0, need=need, capacity=capacity) for goal in TABLE_SURES
        )
        return Plan(
            need=need,
            schedule=schedule,
            rule_schedule=RULE_PER_NEED * need,
            sure=sure,
            feasible=feasible,
            method="learned",
            table=tuple(rows),
            capacity=capacity,
            limit_over=limit_over,
            basis=self.basis,
            odds=tuple(then.pmf.tolist()),
            **asdict(then.outlook(need=need, capacity=capacity)),
        )


def open_past(
    store: Data,
    *,
    as_of: str | date | None = None,
    team: str | None = None,
    event_type: str | None = None,
    days_ahead: int = 7,
) -> Past:
    """Return what the store's past says of a team's people and a kind of event.

    Raises
    ------
    OptionError
        No such team.
    """
    if team is not None:
        check_team(store, team)
    planner = Planner(store, store.as_of(as_of))
    learned = planner.lesson(days_ahead).learned
    chance = planner.newcomer(days_ahead, event_type=event_type or "", team=team or "")
    of = f"{learned.fitted.outcomes:,} past sign-ups"
    return Past(
        forecast([], spread=learned.total_spread, new=chance),
        f"{percent(chance)} come of who signs up {days_ahead} days before, by {of}",
    )


def plan_learned(
    store: Data,
    *,
    need: int,
    sure: float,
    capacity: int | None,
    limit_over: float,
    as_of: str | date | None,
    team: str | None,
    event_type: str | None,
    days_ahead: int,
) -> Plan:
    """Return how many to schedule by what the store's past says; `plan(store=…)` checks.

    Raises
    ------
    OptionError
        No such team, or no number of people is enough.
    """
    past = open_past(store, as_of=as_of, team=team, event_type=event_type, days_ahead=days_ahead)
    return past.plan(need, sure=sure, capacity=capacity, limit_over=limit_over)


def _table_row(
    sure: float, found: Forecast, signed_up: int, *, need: int, capacity: int | None
) -> TableRow:
    more = found.more_to_schedule(need, sure)
    if more is None:
        return TableRow(sure=sure, schedule=None, p_enough=None, p_over_capacity=None)
    return TableRow(
        sure=sure,
        schedule=signed_up + more,
        p_enough=found.at_least(need, more=more),
        p_over_capacity=None if capacity is None else found.at_least(capacity + 1, more=more),
    )


def _find(store: Data, shift: str, day: date) -> Row:
    """Return the row of a shift ahead, or say which there are."""
    found = store.execute(Planner(store, day).shifts_ahead().filter(_.shift_id == shift))
    if len(found):
        return found.to_dict("records")[0]
    every = store.table("shifts")
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
    ids = store.table("shifts").select("shift_id")
    close = ids.order_by(ids.shift_id.levenshtein(shift), ids.shift_id).limit(50)
    names = store.execute(close)["shift_id"].tolist()
    if not names:
        return f'There is no shift "{shift}": the store has no shifts at all. Load some first.'
    likely = nearest(shift, names)
    if likely:
        return f'There is no shift "{shift}". Did you mean {" or ".join(likely)}?'
    return f'There is no shift "{shift}". Ids of shifts look like {", ".join(names[:3])}.'
