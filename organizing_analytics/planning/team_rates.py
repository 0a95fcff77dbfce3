"""A team's own rates from the ask to coming, drawn towards those of all teams.

    read_counts     per step and team: how many passed, of how many
    believe         what to believe of one team's rate: draws, their mean, and where it is from

With two or more teams that counted something the rate is partially pooled (`shrinkage`). With
fewer there is nothing to learn how alike teams are from: then the rule, half, is the prior.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from organizing_analytics.clustering import effective_counts
from organizing_analytics.estimates import summed
from organizing_analytics.expressions import _
from organizing_analytics.measures.chain import chain_counts
from organizing_analytics.measures.groups import column
from organizing_analytics.measures.meetings import meetings_counts
from organizing_analytics.measures.selection import Selection, select
from organizing_analytics.measures.show_up import show_up_counts
from organizing_analytics.planning.rule import PRIOR_CAME, PRIOR_MISSED
from organizing_analytics.shrinkage import draw_rates
from organizing_analytics.wording import percent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import ibis.expr.types as ir
    import pandas as pd
    from numpy.typing import NDArray

    from organizing_analytics.store import Data

    Floats = NDArray[np.float64]


class Counted(NamedTuple):
    """How many passed a step, of how many, and what each of them is worth.

    The same people and shifts are counted many times: `worth` is what one row tells, 0 to 1, as
    if rows were independent of each other (`clustering.effective_counts`).
    """

    passed: int
    of: int
    worth: float = 1.0

    @property
    def effective(self) -> tuple[float, float]:
        """Return both counts for what they are worth."""
        return self.passed * self.worth, self.of * self.worth


#: Team → how many passed the step, of how many.
Counts = dict[str, Counted]

#: Step → what is counted for its rate, in words.
COUNTED = {
    "schedule": "{count} of {of} sign-ups came",
    "yeses": "{count} of {of} yeses signed up",
    "answered": "{count} of {of} answers were a yes",
    "asks": "{count} of {of} asks were answered",
    "in_one_to_ones": "{count} 1:1s with an ask to {of} asks",
    "one_to_ones": "{count} of {of} 1:1s were held",
}
#: The rule does not say how many asks are made in 1:1s: without any ask nobody knows.
WITHOUT_RULE = "in_one_to_ones"
VAGUE = 0.5  # Jeffreys's prior, where there is no rule

#: One other team's counts say little about this one: they weigh as this many people at most.
OTHER_TEAM_WEIGHT = 30.0
#: How many draws, and whence the dice: the same plan gives the same numbers.
DRAWS, SEED = 20_000, 20261205
TAILS = (0.1, 0.9)


@dataclass(frozen=True)
class Belief:
    """What is believed of one rate of one team.

    Attributes
    ----------
    draws : ndarray of float64, shape (DRAWS,)
        Draws from its posterior, 0 to 1.
    rate, low, high : float
        Their mean and central 80 %.
    count, of : int
        The team's own counts.
    basis : str
        Where the rate is from, in words.
    is_counted : bool
        Whether any team counted anything; else it is the rule.
    """

    draws: Floats
    rate: float
    low: float
    high: float
    count: int
    of: int
    basis: str
    is_counted: bool


def read_counts(store: Data, day: date, window_days: int) -> dict[str, Counts]:
    """Return, for each step of `COUNTED`, every team's counts in the days up to `day`.

    Parameters
    ----------
    store : Data
        What is known at `day`, from `KnownThen`.
    day : date
        The last date of the window.
    window_days : int
        How many dates it has.
    """
    since = day - timedelta(days=window_days - 1)

    def by_team(measure: str) -> Selection:
        return select(
            store, measure, allowed={"team": column("team_id")}, by="team", since=since, as_of=day
        )

    came, links, met = by_team("show-up"), by_team("chain"), by_team("meetings")
    turned_out = (("attended",), ("attended", "no_show", "cancelled"))
    steps = [((f"{link}_to",), (f"{link}_from",)) for link in ("signed_up", "yes", "answered")]
    [schedule] = _of_rates(came, show_up_counts(came), [turned_out])
    yeses, answered, asks = _of_rates(links, chain_counts(links), steps)
    [held] = _of_rates(met, meetings_counts(met), [(("held",), ("held", "no_show"))])
    return {
        "schedule": schedule,
        "yeses": yeses,
        "answered": answered,
        "asks": asks,
        "in_one_to_ones": _asks_in_meetings(by_team("chain")),
        "one_to_ones": held,
    }


def _of_rates(
    chosen: Selection, counts: ir.Table, rates: Sequence[tuple[Sequence[str], Sequence[str]]]
) -> list[Counts]:
    """Return each rate's counts by team, with what their rows are worth."""
    frame = chosen.fetch(counts)
    designs = chosen.designs_of(frame, rates)
    ones = np.ones(len(frame))
    return [
        _by_team(
            frame["team"],
            summed(frame, passed),
            summed(frame, of),
            effective_counts(ones, ones, design)[1],
        )
        for (passed, of), design in zip(rates, designs, strict=True)
    ]


def _asks_in_meetings(chosen: Selection) -> Counts:
    asks = chosen.fetch(
        chosen.tally(
            chosen.within(chosen.recorded_table("asks"), "asked_on"),
            asks=_.count(),
            with_ask=_.meeting_id.nunique(),
        )
    )
    ones = np.ones(len(asks))
    return _by_team(asks["team"], asks["with_ask"].to_numpy(), asks["asks"].to_numpy(), ones)


def _by_team(teams: pd.Series, passed: Floats, of: Floats, worth: Floats) -> Counts:
    """Return counts by team; rows of no team are nobody's."""
    rows = zip(teams, passed, of, worth, strict=True)
    return {
        str(team): Counted(int(count), int(n), float(each))
        for team, count, n, each in rows
        if isinstance(team, str)
    }


def believe(step: str, counts: Counts, team: str) -> Belief | None:
    """Return what to believe of a team's rate at a step; None where nobody can know.

    Parameters
    ----------
    step : str
        One of `COUNTED`.
    counts : dict
        Every team's counts at this step.
    team : str
        The team.
    """
    # Dice of its own for each step: what is counted at one does not move the draws of another.
    dice = np.random.default_rng([SEED, list(COUNTED).index(step)])
    counted_teams = {name: counted for name, counted in counts.items() if counted.of}
    if not counted_teams and step == WITHOUT_RULE:
        return None
    own = counted_teams.get(team, Counted(0, 0))
    if len(counted_teams) > 1:
        teams = {**counted_teams, team: own}
        passed, n = zip(*(counted.effective for counted in teams.values()), strict=True)
        place = list(teams).index(team)
        draws = draw_rates(passed, n, place, size=DRAWS, generator=dice)
    else:
        draws = dice.beta(*_unpooled(step, counted_teams, own), size=DRAWS)
    low, high = np.quantile(draws, TAILS)
    return Belief(
        draws=draws,
        rate=float(draws.mean()),
        low=float(low),
        high=float(high),
        count=own.passed,
        of=own.of,
        basis=_basis(step, counted_teams, team),
        is_counted=bool(counted_teams),
    )


def _unpooled(step: str, counted_teams: Counts, own: Counted) -> tuple[float, float]:
    """Return a and b of the rate when at most one team counted anything."""
    came, missed = (VAGUE, VAGUE) if step == WITHOUT_RULE else (PRIOR_CAME, PRIOR_MISSED)
    counted = (
        own if own.of else next(iter(counted_teams.values()), own)
    )  # at most one team counted anything
    passed, n = counted.effective
    a, b = came + passed, missed + n - passed
    weight = 1.0 if own.of else min(1.0, OTHER_TEAM_WEIGHT / (a + b))
    return a * weight, b * weight


def _basis(step: str, counted_teams: Counts, team: str) -> str:
    """Return where a rate is from, in words."""
    words = COUNTED[step]
    everyone = _sum(counted_teams)
    all_say = words.format(count=f"{everyone[0]:,}", of=f"{everyone[1]:,}")
    if not counted_teams:
        return "nothing counted: the rule, half"
    if team not in counted_teams:
        return f"nothing counted for {team}; of all teams {all_say}"
    own = words.format(count=f"{counted_teams[team].passed:,}", of=f"{counted_teams[team].of:,}")
    if len(counted_teams) > 1:
        share = percent(everyone[0] / everyone[1])
        return f"{own}, drawn towards the {share} of all {len(counted_teams)} teams"
    return own if step == WITHOUT_RULE else f"{own}; the rule, half, weighs as ten more"


def _sum(counts: Counts) -> tuple[int, int]:
    every = counts.values()
    return sum(counted.passed for counted in every), sum(counted.of for counted in every)
