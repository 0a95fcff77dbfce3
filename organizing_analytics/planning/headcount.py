"""How many people to schedule so that enough of them come.

Three sources of the show-up need no store: the rule (half come), a rate taken as known, and
counts. The fourth, the people signed up to a shift, is in `upcoming`.

Method
------
The smallest n with P(at least `need` of n come) ≥ `sure`, or the n with the least expected cost
of those too few and too many; see `odds` for the formulas.
A rate taken as known is as good as the knowledge: having seen 6 of 10 and planning for 90 %
with p = 0.6 really delivers 74 to 82 %. Counts therefore go in as counts: the rule is the
prior, Beta(5, 5), worth ten people; `came` of `of` make it Beta(5 + came, 5 + of - came).

It fails when the people to come are not like those counted, and when they decide together
(a car that does not start leaves four at home).

This module and what it imports stay free of numpy, pandas and scipy: the command starts fast.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from organizing_analytics.errors import OptionError
from organizing_analytics.planning.odds import (
    MAX_PEOPLE,
    BetaRate,
    Chance,
    KnownRate,
    chance_of_enough,
    chances_of_enough,
    cheapest_schedule,
    expected_cost,
    number_who_come,
    odds_of_each,
    reaches,
    smallest_schedules,
)
from organizing_analytics.planning.options import (
    DEFAULT_LIMIT_OVER,
    DEFAULT_SURE,
    check_room,
    cost,
    probability,
    whole,
)
from organizing_analytics.planning.result import Method, Plan, TableRow
from organizing_analytics.planning.rule import (
    PRIOR_CAME,
    PRIOR_MISSED,
    RULE_PER_NEED,
    RULE_RATE,
    TABLE_SURES,
)
from organizing_analytics.wording import chosen_percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from organizing_analytics.store import Data


def plan(
    need: int | None = None,
    *,
    sure: float | None = None,
    capacity: int | None = None,
    limit_over: float | None = None,
    cost_short: float | None = None,
    cost_over: float | None = None,
    show_rate: float | None = None,
    came: int | None = None,
    of: int | None = None,
    shift: str | None = None,
    team: str | None = None,
    event_type: str | None = None,
    days_ahead: int | None = None,
    store: Data | None = None,
    as_of: str | date | None = None,
) -> Plan:
    """Return how many people to schedule to get `need`.

    Parameters
    ----------
    need : int
        How many people must come. With `shift`, the shift's own need unless given.
    sure : float, optional
        Wanted probability that `need` or more come, in (0, 1). With nothing but `need`, the
        rule decides (schedule twice the need); with a source of the show-up, 0.8.
    capacity : int, optional
        How many there is room for, at least `need`.
    limit_over : float, optional
        The most that P(more than `capacity` come) may be, in (0, 1); 0.05 unless given.
    cost_short, cost_over : float, optional
        Instead of `sure`: what one person too few and one too many cost, in the same unit; the
        plan is the one with the least expected cost. Both or neither, more than 0; not with
        `shift`.
    show_rate : float, optional
        A show-up rate that is taken as known, in (0, 1].
    came, of : int, optional
        Counts instead of a rate: `came` of `of` people came. `of` may be 0.
    store : optional
        Rates are learned from this store's past.
    shift : str, optional
        The people signed up to this shift of the store.
    team, event_type : str, optional
        With a store and no shift: of whose people, for what kind of event.
    days_ahead : int, optional
        With a store and no shift: how many days before the shift people are signed up, 1 to 60;
        7 unless given.
    as_of : str or date, optional
        With a store: the local date at whose end it is read; default yesterday.

    Returns
    -------
    Plan
        Where room and `sure` cannot both be had, `feasible` is False and `schedule` the most
        people that keep P(more than `capacity` come) within `limit_over`; that is never less
        than `capacity`.

    Raises
    ------
    OptionError
        A value is not allowed, two sources of the show-up or two aims (`sure` and costs) are
        given, or the plan would take more than a million people.

    Examples
    --------
    >>> plan(4).schedule, plan(4).p_enough == 163 / 256
    (8, True)
    >>> plan(4, sure=0.9).schedule
    12
    >>> plan(4, cost_short=9, cost_over=1).schedule  # as if 90 % sure
    12
    >>> print(plan(12, came=30, of=50, capacity=30).sentence)  # doctest: +ELLIPSIS
    Schedule 24 to be 80 % sure of 12: 30 of 50 came before. The chance that 12 or more come ...
    """
    about = {"team": team, "event_type": event_type, "days_ahead": days_ahead}
    _check_sources(
        show_rate=show_rate, came=came, of=of, shift=shift, store=store, as_of=as_of, about=about
    )
    wanted = None if need is None else whole("need", need)
    room = None if capacity is None else whole("capacity", capacity)
    limit = DEFAULT_LIMIT_OVER if limit_over is None else probability("limit_over", limit_over)
    confidence = None if sure is None else probability("sure", sure)
    costs = _costs(cost_short, cost_over, sure=confidence, is_learned=store is not None)
    if shift is not None and store is not None:
        from organizing_analytics.planning.open_shift import plan_shift  # noqa: PLC0415 - needs numpy

        planned = plan_shift(
            store,
            shift=shift,
            need=wanted,
            sure=confidence or DEFAULT_SURE,
            capacity=room,
            limit_over=limit,
            as_of=as_of,
        )
        _check_limit(limit_over, planned.capacity)
        return planned
    _check_limit(limit_over, room)
    if wanted is None:
        raise OptionError("need is missing: say how many people must come, like need=4.")
    check_room(wanted, room)
    if store is not None:
        from organizing_analytics.planning.learned_plan import plan_learned  # noqa: PLC0415 - as above

        return plan_learned(
            store,
            need=wanted,
            sure=confidence or DEFAULT_SURE,
            capacity=room,
            limit_over=limit,
            as_of=as_of,
            team=team,
            event_type=event_type,
            days_ahead=7 if days_ahead is None else whole("days_ahead", days_ahead, most=60),
        )
    source = _source(show_rate=show_rate, came=came, of=of, aimed=bool(confidence or costs))
    if confidence is None and costs is None and source.method != "rule":
        confidence = DEFAULT_SURE
    return _plan(wanted, Aim(confidence, costs, room, limit), source)


class RateSource(NamedTuple):
    """The chance that a person comes, and where it is from, in a word and in a clause."""

    method: Method
    chance: Chance
    basis: str


class Aim(NamedTuple):
    """What the plan is for: to be sure, or the least cost (neither: the rule), within a room."""

    sure: float | None
    costs: tuple[float, float] | None
    capacity: int | None
    limit: float


def _costs(
    short: float | None, over: float | None, *, sure: float | None, is_learned: bool
) -> tuple[float, float] | None:
    """Return both costs, checked, or None when there are none."""
    if short is None and over is None:
        return None
    if short is None or over is None:
        missing = "cost_over" if over is None else "cost_short"
        raise OptionError(
            f"{missing} is missing: cost_short and cost_over belong together, like cost_short=9,"
            " cost_over=1."
        )
    if sure is not None:
        raise OptionError(
            "sure and costs are given, which are two aims: costs say by themselves how sure to"
            " be. Leave out sure, or both costs."
        )
    if is_learned:
        raise OptionError(
            "shift and costs are given; what a store has learned is planned to be sure of a number."
            " Leave out the costs, or give need with came and of instead of the shift."
        )
    return cost("cost_short", short), cost("cost_over", over)


def _source(
    *, show_rate: float | None, came: int | None, of: int | None, aimed: bool
) -> RateSource:
    """Return where the show-up is from; without any source and any aim it is the rule's."""
    if came is not None and of is not None:
        basis = f"{came} of {of} came before" if of else "nobody counted yet, so about half come"
        return RateSource("counted", BetaRate(PRIOR_CAME + came, PRIOR_MISSED + of - came), basis)
    if show_rate is not None:
        rate = probability("show_rate", show_rate, one_allowed=True)
        return RateSource(
            "known_rate", KnownRate(rate), f"{chosen_percent(rate)} of those scheduled come"
        )
    basis = "the rule says that half of those scheduled come"
    return RateSource("known_rate" if aimed else "rule", KnownRate(RULE_RATE), basis)


def _plan(need: int, aim: Aim, source: RateSource) -> Plan:
    """Return the plan for checked values."""
    chance, sure = source.chance, aim.sure
    wanted = TABLE_SURES if sure is None else (*TABLE_SURES, sure)
    schedules = smallest_schedules(need, wanted, chance)
    answer = _answer(need, aim, chance, schedules)
    sizes = [answer, *(row[0] for row in schedules.values() if row)]
    room = None if aim.capacity is None else Room(aim.capacity, sizes, chance)
    schedule = answer if room is None else min(answer, room.most(aim.limit))
    low, median, high = number_who_come(schedule, chance)
    short, over = aim.costs or (None, None)
    return Plan(
        need=need,
        schedule=schedule,
        rule_schedule=need * RULE_PER_NEED,
        sure=sure,
        p_enough=chance_of_enough(need, schedule, chance),
        expected=schedule * chance.mean,
        median=median,
        low=low,
        high=high,
        p_over_capacity=None if room is None else room.p_over(schedule),
        feasible=schedule == answer,
        method=source.method,
        table=tuple(_row(goal, schedules[goal], room) for goal in TABLE_SURES),
        capacity=aim.capacity,
        limit_over=aim.limit,
        basis=source.basis,
        cost_short=short,
        cost_over=over,
        expected_cost=expected_cost(need, schedule, *aim.costs, chance) if aim.costs else None,
        odds=odds_of_each(schedule, chance),
    )


def _answer(
    need: int, aim: Aim, chance: Chance, schedules: Mapping[float, tuple[int, float] | None]
) -> int:
    """Return how many to schedule, whatever the room."""
    if aim.costs is not None:
        answer = cheapest_schedule(need, *aim.costs, chance)
    elif aim.sure is not None:
        row = schedules[aim.sure]
        answer = None if row is None else row[0]
    else:
        answer = need * RULE_PER_NEED
    if answer is None or answer > MAX_PEOPLE:
        raise _too_many(need)
    return answer


class Room:
    """P(more come than there is room for), for every number scheduled up to the largest asked.

    Parameters
    ----------
    capacity : int
        How many there is room for.
    sizes : iterable of int
        Numbers of scheduled people that will be asked about.
    chance : Chance
        The chance that a person comes.
    """

    def __init__(self, capacity: int, sizes: Iterable[int], chance: Chance) -> None:
        beyond = max(0, max(sizes) - capacity)
        self._capacity = capacity
        self._odds = list(islice(chances_of_enough(capacity + 1, chance), beyond))

    def p_over(self, schedule: int) -> float:
        """Return the probability when `schedule` people are scheduled."""
        return self._odds[schedule - self._capacity - 1] if schedule > self._capacity else 0.0

    def most(self, limit: float) -> int:
        """Return the most people, of the sizes known here, that keep it within `limit`.

        Never less than the capacity: as many as there are seats cannot be too many.
        """
        within = sum(reaches(limit, p) for p in self._odds)
        return self._capacity + within


def _row(sure: float, size: tuple[int, float] | None, room: Room | None) -> TableRow:
    schedule, p_enough = size or (None, None)
    over = room.p_over(schedule) if room is not None and schedule is not None else None
    return TableRow(sure=sure, schedule=schedule, p_enough=p_enough, p_over_capacity=over)


def _too_many(need: int) -> OptionError:
    return OptionError(
        f"need {need} at this show-up takes more than {MAX_PEOPLE:,} people, which is more than"
        " the planner schedules. Lower need or sure, or check the show-up."
    )


def _check_sources(
    *,
    show_rate: float | None,
    came: int | None,
    of: int | None,
    shift: str | None,
    store: Data | None,
    as_of: str | date | None,
    about: Mapping[str, object],
) -> None:
    """Refuse two sources of the show-up, and half a source."""
    counted = came is not None or of is not None
    learned = "store" if shift is None else "shift"
    named = {
        "show_rate": show_rate is not None,
        "came and of": counted,
        learned: shift is not None or store is not None,
    }
    sources = [name for name, is_given in named.items() if is_given]
    if len(sources) > 1:
        raise OptionError(
            f"{' and '.join(sources)} are given; the show-up can have one source only."
            " Leave out all but one."
        )
    if counted:
        _check_counts(came, of)
    if shift is not None and store is None:
        raise OptionError(f"shift {shift!r} is given without a store. Give the store it is in.")
    if store is None and as_of is not None:
        raise OptionError("as_of is given without a store. Give the store, or leave it out.")
    extra = [name for name, value in about.items() if value is not None]
    if extra and (store is None or shift is not None):
        raise OptionError(
            f"{extra[0]} is for rates learned from a store, for no shift in particular."
            " Leave it out."
        )


def _check_limit(limit_over: float | None, capacity: int | None) -> None:
    """Refuse a limit of what nobody can exceed."""
    if limit_over is not None and capacity is None:
        raise OptionError(
            "limit_over is given without a capacity: it limits the chance that more people come"
            " than there is room for. Give capacity, or leave it out."
        )


def _check_counts(came: int | None, of: int | None) -> None:
    if came is None or of is None:
        missing = "of" if of is None else "came"
        raise OptionError(f"{missing} is missing: came and of belong together, like came=6, of=10.")
    if whole("came", came, least=0) > whole("of", of, least=0):
        raise OptionError(f"came is {came}, more than of, {of}: at most all of them can have come.")
