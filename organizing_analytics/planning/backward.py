"""Backwards: from the need on a date to the sign-ups, yeses, answers, asks and 1:1s it takes.

Method
------
Sign people up until enough have come: how many sign-ups does it take? Each comes with the
day's turnout, so the number beyond the need is negative binomial. In the same way each of the
sign-ups still lacking takes so many yeses, each yes so many answers, each answer so many asks.
All of it is simulated: in each of 20,000 draws every rate is drawn from what is believed of it
(`team_rates`), then the steps are gone through with these rates.

A number so drawn also answers "how many to plan for": N or fewer are needed
exactly when N bring enough. The share `sure` of the draws therefore gives the number to
plan for, as in `headcount`; for one step with a Beta rate it is that closed form.

The day's turnout is drawn around the team's: a day is good or bad for all who signed up, with a
correlation of 1 / 31 between two of them.

The same dice are thrown whatever the need: with a larger need no number is ever smaller.

It fails when the people asked from now on are unlike those asked before: the best are asked
first. It takes the people who are signed up already as coming like any sign-up; some of them
would have cancelled by now, so that is on the safe side.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from organizing_analytics.errors import OptionError
from organizing_analytics.measures.do_not_ask import standing_not_evers
from organizing_analytics.measures.known_then import KnownThen
from organizing_analytics.measures.rows import live_signups
from organizing_analytics.measures.selection import select
from organizing_analytics.planning.backward_result import BackwardPlan, Pace, Step
from organizing_analytics.planning.odds import MAX_PEOPLE
from organizing_analytics.planning.options import DEFAULT_SURE, probability, whole
from organizing_analytics.planning.team_rates import (
    COUNTED,
    DRAWS,
    SEED,
    TAILS,
    Belief,
    believe,
    read_counts,
)
from organizing_analytics.store.reading import parse_day
from organizing_analytics.teams import check_team, is_of_team

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    from organizing_analytics.measures.selection import Selection
    from organizing_analytics.store import Data

    Floats = NDArray[np.float64]

#: How alike the sign-ups of one day are: as if the day's turnout were known from so many people.
DAY_WEIGHT = 30.0
#: No rate is believed to be nothing: the road back would have no end.
_LEAST_RATE = 1e-6
#: Numbers beyond this are as good as endless; it keeps the arithmetic in range.
_ENDLESS = 100.0 * MAX_PEOPLE

#: How many days of noes are looked through for another ask.
RE_ASK_DAYS = 30
ORGANIZER_ROLES = ("team_leader", "organizer")


def plan_backward(
    store: Data,
    *,
    need: int,
    on: str | date,
    team: str,
    sure: float = DEFAULT_SURE,
    as_of: str | date | None = None,
    window_days: int = 180,
    organizers: int | None = None,
    signed_up_count: int | None = None,
) -> BackwardPlan:
    """Return what it takes, from 1:1s and asks on, to have enough people on a date.

    Parameters
    ----------
    store : Data
        An open store.
    need : int
        How many people must come, on all the team's shifts of the date together.
    on : str or date
        The date, by the events' clock; after `as_of`.
    team : str
        The team whose rates and people these are (its id).
    sure : float
        Wanted probability that enough come, in (0, 1).
    as_of : str or date, optional
        The local date at whose end the plan stands; default yesterday. What came later is
        not known.
    window_days : int
        Rates are counted on the last so many days, 1 to 3,650.
    organizers : int, optional
        How many share the asks; by default the team's people on the two top rungs
        (team_leader, organizer), else those who asked in the window.
    signed_up_count : int, optional
        How many are signed up already; by default the sign-ups to the team's shifts of that
        date that were made and not cancelled by the end of `as_of`.

    Returns
    -------
    BackwardPlan

    Raises
    ------
    OptionError
        A value is not allowed, there is no such team, the date is not after `as_of`, or a step
        takes more than a million.
    """
    wanted, goal = whole("need", need), probability("sure", sure)
    window = whole("window_days", window_days, most=3650)
    organizer_count = None if organizers is None else whole("organizers", organizers)
    day, target = store.as_of(as_of), parse_day(on, option="on")
    if target <= day:
        raise OptionError(
            f"on is {target}, not after the as-of date {day}: there is nothing left to plan. Give"
            " a later date, or an earlier as-of."
        )
    check_team(store, team)
    state = KnownThen(store, day)
    since = day - timedelta(days=window - 1)
    chosen = select(state, "plan backward", since=since, as_of=day, team=team)
    if signed_up_count is None:
        here = signed_up(chosen, target)
    else:
        here = whole("signed_up_count", signed_up_count, least=0)
    counts = read_counts(state, day, window)
    beliefs = {step: believe(step, counts[step], team) for step in COUNTED}
    numbers = numbers_needed(wanted, here, beliefs)
    steps = {step: _step(step, beliefs[step], numbers.get(step), goal) for step in COUNTED}
    in_meetings = steps.pop("in_one_to_ones")
    return BackwardPlan(
        need=wanted,
        on=target,
        team=team,
        sure=goal,
        as_of=day,
        snapshot=store.snapshot,
        window_days=window,
        signed_up=here,
        steps=tuple(steps.values()),
        in_one_to_ones=in_meetings,
        per_organizer_per_day=_pace(chosen, steps, (target - day).days - 1, organizer_count),
        re_asks_due=re_asks_due(chosen, target),
    )


def numbers_needed(
    need: int, signed_up: int, beliefs: Mapping[str, Belief | None]
) -> dict[str, Floats]:
    """Return draws of the number that each step takes until enough people have come.

    Parameters
    ----------
    need : int
        How many must come, at least 1.
    signed_up : int
        How many sign-ups are there already.
    beliefs : mapping
        Step → its rate; a step whose rate nobody knows, and those beyond it, are left out.

    Returns
    -------
    dict of str to ndarray, shape (DRAWS,)
        Whole numbers.
    """
    dice = np.random.default_rng([SEED, len(COUNTED)])
    rates = {step: belief.draws for step, belief in beliefs.items() if belief is not None}
    luck = dice.random((len(COUNTED), DRAWS))
    turnout = rates["schedule"].clip(_LEAST_RATE, 1 - _LEAST_RATE)
    days = dice.beta(turnout * DAY_WEIGHT, (1 - turnout) * DAY_WEIGHT)
    schedule = tries_until(np.full(DRAWS, float(need)), days, luck[0])
    numbers = {"schedule": schedule}
    wanted = np.maximum(schedule - signed_up, 0)
    for step, chance in zip(("yeses", "answered", "asks"), luck[1:], strict=False):
        wanted = tries_until(wanted, rates[step], chance)
        numbers[step] = wanted
    if "in_one_to_ones" in rates:
        # The present share is a habit to keep, not a matter of luck.
        numbers["in_one_to_ones"] = np.ceil(wanted * rates["in_one_to_ones"])
        numbers["one_to_ones"] = tries_until(
            numbers["in_one_to_ones"], rates["one_to_ones"], luck[4]
        )
    return numbers


def tries_until(wanted: Floats, rate: Floats, luck: Floats) -> Floats:
    """Return how many tries it takes until `wanted` have succeeded, for each draw.

    Parameters
    ----------
    wanted : ndarray
        Whole numbers, 0 or more.
    rate : ndarray
        The chance of one try, 0 to 1.
    luck : ndarray
        Where in the distribution of tries the draw lies, 0 to 1: the same luck with more
        wanted never takes fewer.
    """
    from scipy.stats import nbinom  # noqa: PLC0415 - slow to import

    failures = nbinom.ppf(luck, np.maximum(wanted, 1), rate.clip(_LEAST_RATE, 1))
    tries: Floats = np.where(wanted > 0, wanted + failures, 0.0)
    return np.minimum(tries, _ENDLESS)


def _step(step: str, belief: Belief | None, numbers: Floats | None, sure: float) -> Step:
    """Return a step's row; without a belief or a number it is empty and says why."""
    if belief is None:
        return Step(step=step, basis="no ask is noted: nobody knows how many are made in 1:1s")
    row = Step(
        step=step,
        rate=belief.rate,
        low=belief.low,
        high=belief.high,
        count=belief.count,
        of=belief.of,
        basis=belief.basis,
        is_counted=belief.is_counted,
    )
    if numbers is None:
        return row
    shares = (0.5, *TAILS, sure)
    expected, low, high, for_sure = np.quantile(numbers, shares, method="inverted_cdf")
    if max(high, for_sure) > MAX_PEOPLE:
        raise OptionError(
            f"At these rates the step {step} may take more than {MAX_PEOPLE:,}"
            f" ({belief.basis}). Lower need or sure, or look at a longer window."
        )
    return row.with_numbers(int(expected), int(low), int(high), int(for_sure))


def signed_up(chosen: Selection, on: date) -> int:
    """Return the sign-ups to the team's shifts of a date that stand at the as-of date."""
    rows = chosen.of_team(live_signups(chosen))
    in_time = (rows.signed_up_at < rows.starts_at).fill_null(True)
    listed = rows.filter(
        rows.starts_on == on,
        in_time,
        rows.status != "cancelled",
        ~rows.is_walk_in.fill_null(False),
    )
    return int(chosen.data.execute(listed.aggregate(n=listed.count()))["n"].iloc[0])


def _pace(chosen: Selection, steps: Mapping[str, Step], days: int, stated: int | None) -> Pace:
    """Return what the plan means for each organizer and day."""
    n, source = (stated, "given") if stated is not None else _organizers(chosen)
    return Pace.of(
        organizers=n,
        source=source,
        days=days,
        asks=steps["asks"].plan,
        one_to_ones=steps["one_to_ones"].plan,
    )


def _organizers(chosen: Selection) -> tuple[int, str]:
    """Return how many people share the asks, and by what they were found."""
    people, gone = chosen.recorded_table("people"), chosen.recorded_table("departures")
    people = people.filter(
        is_of_team(people.team_id, str(chosen.team)),
        people.role.isin(ORGANIZER_ROLES),
        (people.joined_on <= chosen.as_of).fill_null(True),
    )
    staying = people.anti_join(gone, people.person_id == gone.person_id)
    asks = chosen.within(chosen.of_team(chosen.recorded_table("asks")), "asked_on")
    for rows, source in (
        (staying.select(who="person_id"), "role"),
        (asks.select(who="asker_id"), "askers"),
    ):
        n = int(chosen.data.execute(rows.aggregate(n=rows.who.nunique()))["n"].iloc[0])
        if n:
            return n, source
    return 0, "none"


def re_asks_due(chosen: Selection, on: date) -> dict[str, int]:
    """Return how many people are due another ask after a no of the last 30 days.

    Counted are people whose no to the team nobody has followed with another ask, of whatever
    team, and whom one may ask.

    Parameters
    ----------
    chosen : Selection
        The team and the as-of date, over what is known then.
    on : date
        A "not now, ask again then" is due when then is no later.

    Returns
    -------
    dict
        `not_now`: due the same ask again. `not_that`: due another offer.
    """
    asks = chosen.recorded_table("asks")
    latest = asks.group_by(latest_id=asks.person_id).aggregate(latest_at=asks.asked_at.max())
    offers = asks.filter(asks.after_ask_id != asks.ask_id)
    offers = offers.select("after_ask_id", offered_id="person_id", offered_at="asked_at")
    noes = asks.filter(asks.asked_on > chosen.days_before(RE_ASK_DAYS))
    noes = chosen.of_team(noes)
    noes = noes.join(
        latest, [noes.person_id == latest.latest_id, noes.asked_at == latest.latest_at]
    )
    # A counter-offer made at the same moment counts as later: it names the ask that it follows.
    noes = noes.anti_join(
        offers,
        [
            noes.ask_id == offers.after_ask_id,
            noes.person_id == offers.offered_id,
            noes.asked_at == offers.offered_at,
        ],
    )
    people = chosen.recorded_table("people")
    marked = people.filter(people.do_not_contact.fill_null(False)).select(marked_id="person_id")
    refused = standing_not_evers(chosen)
    noes = noes.anti_join(marked, noes.person_id == marked.marked_id)
    noes = noes.anti_join(refused, noes.person_id == refused.refused_id)
    not_now = (noes.outcome == "not_now") & (noes.again_on <= on).fill_null(True)
    counts = noes.aggregate(
        not_now=noes.person_id.nunique(where=not_now),
        not_that=noes.person_id.nunique(where=noes.outcome == "not_that"),
    )
    row = chosen.data.execute(counts).iloc[0]
    return {kind: int(row[kind]) for kind in ("not_now", "not_that")}
