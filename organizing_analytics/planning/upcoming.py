"""The shifts ahead: how many of those on each list will come, how many more to schedule.

The planner reads the lists and forecasts each shift; here its verdicts become a frame with one row
per shift. One shift alone is planned in open_shift.py.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from organizing_analytics.answers import Answer
from organizing_analytics.catalog.tables import PLAN_UPCOMING
from organizing_analytics.planning.late import count_of
from organizing_analytics.planning.options import (
    DEFAULT_LIMIT_OVER,
    DEFAULT_SURE,
    probability,
    whole,
)
from organizing_analytics.planning.planner import Planner
from organizing_analytics.planning.rule import RULE_PER_NEED
from organizing_analytics.planning.verdict import verdict_of
from organizing_analytics.teams import check_team, is_of_team
from organizing_analytics.time_zones import zone_rules

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
    sure: float = DEFAULT_SURE,
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
    sure: float = DEFAULT_SURE,
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
        need=count_of(row["need"]),
        capacity=count_of(row["capacity"]),
        sure=sure,
        limit=DEFAULT_LIMIT_OVER,
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


def _local(moments: pd.Series, zones: pd.Series) -> pd.Series:
    """Return UTC moments as clock times of their zones."""
    utc = moments.dt.tz_localize("UTC")
    parts = [
        utc[zones == zone].dt.tz_convert(zone_rules(zone)).dt.tz_localize(None)
        for zone in zones.unique()
    ]
    return pd.concat(parts) if parts else moments
