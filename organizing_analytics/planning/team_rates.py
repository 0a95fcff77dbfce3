"""A team's own rates from the ask to coming, drawn towards those of all teams.

    read_counts     per step and team: how many passed, of how many
    believe         what to believe of one team's rate: draws, their mean, and where it is from

With two or more teams that counted something the rate is partially pooled (`shrinkage`). With
fewer there is nothing to learn how alike teams are from: then the rule, half, is the prior.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from ibis import _

from organizing_analytics.measures.chain import chain_counts
from organizing_analytics.measures.groups import column
from organizing_analytics.measures.meetings import meetings
from organizing_analytics.measures.selection import select
from organizing_analytics.measures.show_up import show_up
from organizing_analytics.planning.rule import PRIOR_CAME, PRIOR_MISSED
from organizing_analytics.shrinkage import draw_rates
from organizing_analytics.wording import percent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd
    from numpy.typing import NDArray

    from organizing_analytics.store import Data

    Floats = NDArray[np.float64]

#: Team → how many passed the step, of how many.
Counts = dict[str, tuple[int, int]]

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
    came = show_up(store, by="team", since=since, as_of=day)
    stayed_away = came["no_show"] + came["cancelled"]
    chosen = select(
        store, "chain", allowed={"team": column("team_id")}, by="team", since=since, as_of=day
    )
    links = chosen.fetch(chain_counts(chosen))
    asks = chosen.fetch(
        chosen.tally(
            chosen.within(chosen.table("asks"), "asked_on"),
            asks=_.count(),
            with_ask=_.meeting_id.nunique(),
        )
    )
    met = meetings(store, by="team", since=since, as_of=day)
    met = met.groupby("team", as_index=False)[["held", "no_show"]].sum()
    return {
        "schedule": _by_team(came["team"], came["attended"], came["attended"] + stayed_away),
        "yeses": _by_team(links["team"], links["signed_up_to"], links["signed_up_from"]),
        "answered": _by_team(links["team"], links["yes_to"], links["yes_from"]),
        "asks": _by_team(links["team"], links["answered_to"], links["answered_from"]),
        "in_one_to_ones": _by_team(asks["team"], asks["with_ask"], asks["asks"]),
        "one_to_ones": _by_team(met["team"], met["held"], met["held"] + met["no_show"]),
    }


def _by_team(teams: pd.Series, count: pd.Series, of: pd.Series) -> Counts:
    """Return counts by team; rows of no team are nobody's."""
    named = teams.notna()
    rows = zip(teams[named], count[named], of[named], strict=True)
    return {str(team): (int(passed), int(n)) for team, passed, n in rows}


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
    known = {name: pair for name, pair in counts.items() if pair[1]}
    if not known and step == WITHOUT_RULE:
        return None
    own = known.get(team, (0, 0))
    if len(known) > 1:
        pairs = {**known, team: own}
        passed, n = zip(*pairs.values(), strict=True)
        place = list(pairs).index(team)
        draws = draw_rates(passed, n, place, size=DRAWS, generator=dice)
    else:
        draws = dice.beta(*_unpooled(step, known, own), size=DRAWS)
    low, high = np.quantile(draws, TAILS)
    return Belief(
        draws=draws,
        rate=float(draws.mean()),
        low=float(low),
        high=float(high),
        count=own[0],
        of=own[1],
        basis=_basis(step, known, team),
        is_counted=bool(known),
    )


def _unpooled(step: str, known: Counts, own: tuple[int, int]) -> tuple[float, float]:
    """Return a and b of the rate when at most one team counted anything."""
    came, missed = (VAGUE, VAGUE) if step == WITHOUT_RULE else (PRIOR_CAME, PRIOR_MISSED)
    passed, n = own if own[1] else _sum(known)
    a, b = came + passed, missed + n - passed
    weight = 1.0 if own[1] else min(1.0, OTHER_TEAM_WEIGHT / (a + b))
    return a * weight, b * weight


def _basis(step: str, known: Mapping[str, tuple[int, int]], team: str) -> str:
    """Return where a rate is from, in words."""
    words = COUNTED[step]
    everyone = _sum(known)
    all_say = words.format(count=f"{everyone[0]:,}", of=f"{everyone[1]:,}")
    if not known:
        return "nothing counted: the rule, half"
    if team not in known:
        return f"nothing counted for {team}; of all teams {all_say}"
    own = words.format(count=f"{known[team][0]:,}", of=f"{known[team][1]:,}")
    if len(known) > 1:
        share = percent(everyone[0] / everyone[1])
        return f"{own}, drawn towards the {share} of all {len(known)} teams"
    return own if step == WITHOUT_RULE else f"{own}; the rule, half, weighs as ten more"


def _sum(counts: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    return sum(passed for passed, _n in counts.values()), sum(n for _p, n in counts.values())
