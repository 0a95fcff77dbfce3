"""Who may not be contacted, and who is likely to say yes to a shift.

A report names only people of its team: its members, and who signed up to its shifts, was asked
or met by it. Nobody who must not be asked, or has left, is put forward to be asked.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, cast

import pandas as pd

from organizing_analytics.expressions import _
from organizing_analytics.measures.known_then import KnownThen
from organizing_analytics.to_do.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from organizing_analytics.reports.team_week import Row, TeamWeek
    from organizing_analytics.to_do.availability import Availability

MAX_TO_ASK = 5
MARKED = "do_not_contact"


def marked_ids(team: TeamWeek) -> set[str]:
    """Return the ids of people who asked not to be contacted at all."""
    frame = team.not_to_ask
    return set(frame.loc[frame["why"] == MARKED, "person_id"])


def whom_to_ask(
    team: TeamWeek, shifts: pd.DataFrame, *, most: Mapping[str, int] | None = None
) -> dict[str, list[Row]]:
    """Return for each shift the people who are likely to say yes to it, the likeliest first.

    Parameters
    ----------
    team : TeamWeek
        The team; with `names` False nobody is named.
    shifts : DataFrame
        `shift_id starts_on starts_at event_id` of shifts that need more people.
    most : mapping of str to int, optional
        Shift id → how many to name, where it is not five.

    Returns
    -------
    dict
        Shift id → `person_id name phone email visits last` of people: who came most often in
        the last 60 days on that weekday, then most often at all, then last. Nobody who ever was
        on the shift's list, is on another list at an overlapping hour, said "not that" to its
        kind, was asked within the cooldown, must not be asked, or has left; nobody for two shifts
        of one day.
    """
    if not team.names or shifts.empty or team.is_unloaded:
        return {}
    visits = team.visits_lately
    visits = visits[~visits["person_id"].isin(team.not_to_ask["person_id"]) & ~visits["is_gone"]]
    if visits.empty:
        return {}
    availability = team.availability
    visits = visits[~visits["person_id"].isin(availability.asked_lately)]
    taken = _on_the_lists(team, shifts["shift_id"])
    details = _details(team, shifts["shift_id"])
    whom: dict[str, list[Row]] = {}
    that_day: defaultdict[date, set[str]] = defaultdict(set)
    for shift, day in zip(shifts["shift_id"], shifts["starts_on"], strict=True):
        free = visits[visits["person_id"].map(partial(_fits, availability, details[shift]))]
        best = _likeliest(free, day, taken.get(shift, set()) | that_day[day])
        best = best.head((most or {}).get(shift, MAX_TO_ASK))
        that_day[day] |= set(best["person_id"])
        whom[shift] = cast("list[Row]", best.to_dict("records"))
    return whom


def _fits(availability: Availability, shift: Row, person: str) -> bool:
    return availability.is_free(person, shift) and availability.would_do(
        person, shift["event_type"]
    )


def _details(team: TeamWeek, shift_ids: Iterable[str]) -> dict[str, Row]:
    """Return `shift_id starts_at ends_at event_type` of shifts, by id."""
    standing = Standing(team.store, team.as_of)
    shifts = standing.shifts.select("shift_id", "starts_at", "ends_at", "event_type")
    return {
        row["shift_id"]: row
        for row in standing.rows(shifts.filter(_.shift_id.isin(list(shift_ids))))
    }


def _likeliest(visits: pd.DataFrame, day: date, taken: set[str]) -> pd.DataFrame:
    free = visits[~visits["person_id"].isin(taken)]
    same_day = free["came_on"].dt.day_of_week == pd.Timestamp(day).day_of_week
    people = (
        free.assign(same_day=same_day)
        .groupby(["person_id", "name"], as_index=False)
        .agg(
            same_day=("same_day", "sum"),
            visits=("came_on", "size"),
            last=("came_on", "max"),
            phone=("phone", "first"),
            email=("email", "first"),
        )
    )
    return people.sort_values(
        ["same_day", "visits", "last", "person_id"], ascending=[False, False, False, True]
    )


def _on_the_lists(team: TeamWeek, shift_ids: Iterable[str]) -> dict[str, set[str]]:
    signups = KnownThen(team.store, team.as_of).recorded_table("signups")
    wanted = signups.filter(signups.shift_id.isin(list(shift_ids)))
    frame = team.store.execute(wanted.select("shift_id", "person_id").distinct())
    return {str(shift): set(rows) for shift, rows in frame.groupby("shift_id")["person_id"]}
