"""What stands out in a team, for whoever looks after all of them: weeks, shifts ahead, promises.

A rule writes each sentence, and only from counts that are not noise: a share of fewer than ten
people, and a difference that chance may have made, say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

import organizing_analytics.measures as m
from organizing_analytics.planning import plan_upcoming
from organizing_analytics.reports.coming import DAYS_AHEAD, TROUBLED, URGENT_DAYS
from organizing_analytics.reports.team_week import WEEKS_BEFORE
from organizing_analytics.reports.words import called, more_or_less
from organizing_analytics.teams import NO_TEAM
from organizing_analytics.to_do.listing import todo_of_all
from organizing_analytics.wording import plural, uncapitalized

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from organizing_analytics.dates import DateWords
    from organizing_analytics.store import Data

    Row = dict[str, Any]

#: A flag rests on no fewer people than this.
MIN_PEOPLE = 10
#: A larger part of nine weeks' lists that nobody wrote down makes the show-up unknown.
MAX_UNRECORDED = 0.25
#: So many overdue promises are worth a word.
MANY_OVERDUE = 10
HIGHER_OR_LOWER = {"more than": "higher than before", "less than": "lower than before"}


@dataclass(frozen=True)
class Attention:
    """What stands out in a team.

    Attributes
    ----------
    came : tuple of int
        Who came in each of nine weeks, walk-ins included; the last is the week of the report.
    direction : str
        Whether show-up is higher or lower than in the eight weeks before; empty where that may
        be chance.
    shifts, short : int
        How many shifts are ahead in two weeks, and how many of them lack people or room.
    worst : str
        The worst of them, in words.
    overdue : int
        Promises that are overdue.
    look : str
        What to look at, as a sentence; empty where nothing stands out.
    weight : float
        How much it stands out, to choose among teams.
    """

    came: tuple[int, ...]
    direction: str = ""
    shifts: int = 0
    short: int = 0
    worst: str = ""
    overdue: int = 0
    look: str = ""
    weight: float = 0.0


def attention_by_team(
    store: Data, names: Mapping[str, str], *, monday: date, as_of: date
) -> dict[str, Attention]:
    """Return what stands out in each team that has anything, by its id; `names` of all teams."""
    since, until = monday - timedelta(weeks=WEEKS_BEFORE), monday - timedelta(days=1)
    weeks = _by_team(m.show_up(store, by="team,week", since=since, as_of=as_of))
    now = _by_team(m.show_up(store, by="team", since=monday, as_of=as_of))
    before = _by_team(m.show_up(store, by="team", since=since, until=until, as_of=as_of))
    plan = plan_upcoming(store, days=DAYS_AHEAD, as_of=as_of)
    shifts = _by_team(_without_team_names(plan, names))
    tasks = todo_of_all(store, as_of=as_of)
    late = _by_team(tasks[tasks["overdue_days"] > 0].assign(team=lambda f: f["team_id"]))
    mondays = [monday - timedelta(weeks=n) for n in range(WEEKS_BEFORE, -1, -1)]
    return {
        team: _attention(
            weeks.get(team, []),
            [f"{day:%G-W%V}" for day in mondays],
            _direction(now.get(team, []), before.get(team, [])),
            shifts.get(team, []),
            overdue=len(late.get(team, [])),
            as_of=as_of,
            dates=store.settings.dates,
        )
        for team in dict.fromkeys([*weeks, *shifts, *late])
    }


def _without_team_names(plan: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return shifts whose titles do not begin with the name of the team that they stand by."""
    titles = [
        title.removeprefix(f"{names.get(team, '')}: ") if isinstance(title, str) else title
        for title, team in zip(plan["title"], plan["team"], strict=True)
    ]
    return plan.assign(title=pd.Series(titles, index=plan.index, dtype="object"))


def _by_team(frame: pd.DataFrame) -> dict[str, list[Row]]:
    by_team: dict[str, list[Row]] = {}
    for row in cast("list[Row]", frame.to_dict("records")):
        team = row["team"] if isinstance(row["team"], str) else NO_TEAM
        by_team.setdefault(team, []).append(row)
    return by_team


def _direction(now: list[Row], before: list[Row]) -> str:
    if not now or not before:
        return ""
    if any(row["attended"] + row["no_show"] < MIN_PEOPLE for row in (now[0], before[0])):
        return ""
    spans = [(float(row["low"]), float(row["high"])) for row in (now[0], before[0])]
    return HIGHER_OR_LOWER.get(more_or_less(spans[0], spans[1]), "")


def _attention(
    weeks: list[Row],
    labels: list[str],
    direction: str,
    shifts: list[Row],
    *,
    overdue: int,
    as_of: date,
    dates: DateWords,
) -> Attention:
    by_week = {row["week"]: int(row["attended"] + row["walk_in"]) for row in weeks}
    troubled = [row for row in shifts if row["verdict"] in TROUBLED]
    worst = max(troubled, key=_shortage) if troubled else None
    notes = _notes(weeks, troubled, overdue, as_of, dates)
    weight, look = max(notes, default=(0.0, ""))
    return Attention(
        came=tuple(by_week.get(label, 0) for label in labels),
        direction=direction,
        shifts=len(shifts),
        short=len(troubled),
        worst=_shift_words(worst, dates) if worst else "",
        overdue=overdue,
        look=look,
        weight=weight,
    )


def _notes(
    weeks: list[Row], troubled: list[Row], overdue: int, as_of: date, dates: DateWords
) -> list[tuple[float, str]]:
    """Return sentences with their weights: soon and short first, then what nobody wrote down."""
    soon = pd.Timestamp(as_of + timedelta(days=URGENT_DAYS))
    notes = [
        (_shortage(row) + 2 * (row["starts_on"] <= soon), f"{_shift_words(row, dates)}.")
        for row in troubled
    ]
    counted = ("attended", "no_show", "cancelled", "unrecorded")
    n = sum(int(row[name]) for row in weeks for name in counted)
    missing = sum(int(row["unrecorded"]) for row in weeks)
    if n >= MIN_PEOPLE and missing > MAX_UNRECORDED * n:
        words = f"{missing:,} of {n:,} sign-ups of nine weeks are not written down."
        notes.append((1.5 * missing / n, words))
    if overdue >= MANY_OVERDUE:
        notes.append((overdue / 40, f"{plural(overdue, 'promise is', 'promises are')} overdue."))
    return notes


def _shortage(row: Row) -> float:
    """Return how large a part of its need a shift still has to sign up; of a full room, a third."""
    if row["verdict"] == "too_many" or pd.isna(row["more"]) or not row["need"]:
        return 1 / 3
    return min(float(row["more"]) / float(row["need"]), 2.0)


def _shift_words(row: Row, dates: DateWords) -> str:
    title = row["title"] if isinstance(row["title"], str) and row["title"] else "a shift"
    return (
        f"{called(title)}, {dates.day(row['starts_local'])}: {uncapitalized(row['verdict_words'])}"
    )
