"""How each team looks after its people: 1:1 coverage, follow-up, goals and organizers' spans.

Every number is that of a public measure, asked once for all teams and once for the campaign.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import organizing_analytics.measures as m
from organizing_analytics.reports.goal_counts import WORDS, counts_reached, plain_name
from organizing_analytics.reports.team_week import WEEKS_BEFORE, rows_of
from organizing_analytics.teams import NO_TEAM
from organizing_analytics.to_do.spans import organizer_spans, spans_by_team

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import pandas as pd

    from organizing_analytics.reports.team_week import Row
    from organizing_analytics.store import Data


@dataclass(frozen=True)
class Upkeep:
    """How one team, or the campaign, looks after its people.

    Attributes
    ----------
    need_one_to_ones, covered : int
        People who need maintenance 1:1s, and of these, who had one lately.
    follow_up_due, followed_up : int
        Visits, yeses and 1:1s of nine weeks that call for a follow-up, and those that got it
        in time.
    goals, goals_met : int
        Goals of the week that can be counted, and how many were reached.
    organizers, largest, over, alone : int
        Organizers who look after people here, the most active people that one of them has, how
        many organizers have more than the setting allows, and people whom nobody looks after.
    """

    need_one_to_ones: int = 0
    covered: int = 0
    follow_up_due: int = 0
    followed_up: int = 0
    goals: int = 0
    goals_met: int = 0
    organizers: int = 0
    largest: int = 0
    over: int = 0
    alone: int = 0


def upkeep_by_team(
    store: Data, *, week: str, monday: date, as_of: date
) -> dict[str | None, Upkeep]:
    """Return how each team looks after its people by its id, and the whole campaign under None."""
    coverage = _sums(store, m.meetings_coverage, ("people", "covered"), as_of=as_of)
    since = monday - timedelta(weeks=WEEKS_BEFORE)
    contacts = _sums(store, m.follow_up, ("due", "followed_up"), since=since, as_of=as_of)
    goals = _goals(store, week=week, monday=monday, as_of=as_of)
    spans: dict[str | None, pd.DataFrame] = {None: organizer_spans(store, as_of=as_of)}
    spans |= dict(spans_by_team(store, as_of=as_of).items())
    teams = dict.fromkeys([*coverage, *contacts, *goals, *spans])
    return {
        team: Upkeep(
            *coverage.get(team, (0, 0)),
            *contacts.get(team, (0, 0)),
            *goals.get(team, (0, 0)),
            *_span(spans.get(team)),
        )
        for team in teams
    }


def _sums(
    store: Data,
    measure: Callable[..., pd.DataFrame],
    names: tuple[str, str],
    **options: Any,
) -> dict[str | None, tuple[int, int]]:
    """Return two counts of a measure for each team, and for the campaign under None."""
    sums: dict[str | None, tuple[int, int]] = {}
    for row in rows_of(measure(store, by="team", **options)):
        first, second = sums.get(_team(row), (0, 0))
        sums[_team(row)] = first + int(row[names[0]]), second + int(row[names[1]])
    every = measure(store, **options)
    sums[None] = int(every[names[0]].sum()), int(every[names[1]].sum())
    return sums


def _goals(
    store: Data, *, week: str, monday: date, as_of: date
) -> dict[str | None, tuple[int, int]]:
    """Return how many goals of the week there are, and how many were reached."""
    every = store.recorded_table("goals")
    set_goals = rows_of(
        store.execute(every.filter(every.week == week).select("team_id", "measure", "target"))
    )
    if not set_goals:
        return {}
    window: dict[str, Any] = {"by": "team", "since": monday, "as_of": as_of}
    came = {_team(row): row for row in rows_of(m.show_up(store, **window))}
    asks = {_team(row): row for row in rows_of(m.asks_outcomes(store, **window))}
    held = _totals(m.meetings(store, **window), "held")
    new = m.retention_return(store, by="team,week", since=monday, as_of=as_of)
    new_people = _totals(new, "people")
    counts = defaultdict[str | None, list[int]](lambda: [0, 0])
    for goal in set_goals:
        name = plain_name(goal["measure"])
        if name not in WORDS:
            continue
        team = _team(goal, "team_id")
        reached = counts_reached(
            came.get(team), asks.get(team), new_people=new_people[team], held=held[team]
        )
        for group in (team, None):
            counts[group][0] += 1
            counts[group][1] += reached[name] >= goal["target"]
    return {team: (n, met) for team, (n, met) in counts.items()}


def _totals(frame: pd.DataFrame, name: str) -> defaultdict[str, int]:
    totals = defaultdict[str, int](int)
    for row in rows_of(frame):
        totals[_team(row)] += int(row[name])
    return totals


def _span(frame: pd.DataFrame | None) -> tuple[int, int, int, int]:
    if frame is None or frame.empty:
        return 0, 0, 0, 0
    is_nobody = frame["organizer_id"].isna()
    looking = frame[~is_nobody]
    largest = 0 if looking.empty else int(looking["active"].max())
    alone = int(frame.loc[is_nobody, "people"].sum())
    return len(looking), largest, int(looking["is_over"].sum()), alone


def _team(row: Row, column: str = "team") -> str:
    return row[column] if isinstance(row[column], str) else NO_TEAM
