"""People still to be scheduled, nobody having signed up: what the store's past says of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from organizing_analytics.errors import OptionError
from organizing_analytics.planning.forecast import MAX_MORE, Forecast, forecast
from organizing_analytics.planning.options import DEFAULT_LIMIT_OVER, check_room
from organizing_analytics.planning.planner import Planner
from organizing_analytics.planning.result import Plan
from organizing_analytics.planning.rule import RULE_PER_NEED
from organizing_analytics.planning.sure_table import sure_table
from organizing_analytics.teams import check_team
from organizing_analytics.wording import chosen_percent, percent

if TYPE_CHECKING:
    from datetime import date

    from organizing_analytics.store import Data


@dataclass(frozen=True)
class Past:
    """What a store's past says of people still to be scheduled, read once.

    Attributes
    ----------
    forecast : Forecast
        Of nobody yet; its `new` is the chance of each person who is scheduled.
    basis : str
        Where that chance is from, in words.
    """

    forecast: Forecast
    basis: str

    def plan(
        self,
        need: int,
        *,
        sure: float,
        capacity: int | None,
        limit_over: float = DEFAULT_LIMIT_OVER,
    ) -> Plan:
        """Return how many to schedule; see `plan_learned`."""
        check_room(need, capacity)
        schedule, feasible = self.forecast.more_within_room(
            need=need, capacity=capacity, sure=sure, limit=limit_over
        )
        if schedule is None:
            raise OptionError(
                f"Not even {MAX_MORE:,} people make it {chosen_percent(sure)} sure that "
                f"{need} come. Lower"
                " need or sure."
            )
        with_more = self.forecast.with_more(schedule)
        return Plan(
            need=need,
            schedule=schedule,
            rule_schedule=RULE_PER_NEED * need,
            sure=sure,
            feasible=feasible,
            method="learned",
            table=sure_table(self.forecast, 0, need=need, capacity=capacity),
            capacity=capacity,
            limit_over=limit_over,
            basis=self.basis,
            odds=tuple(with_more.pmf.tolist()),
            **asdict(with_more.outlook(need=need, capacity=capacity)),
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
