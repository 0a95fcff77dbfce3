"""The lists of shifts as they stood at the end of a date, and what the past says about them.

    shifts_ahead     which shifts: an Ibis expression
    read_lists       how many are on each list then, confirmed and not
    Chances          what past show-up says about people on a list, and about new ones

What looks ahead stands at a moment, the end of the as-of date by the campaign's clock: what was
written down for later is not known yet. The past it learns from is `show_up` at that date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import ibis
from ibis import _

from organizing_analytics.measures import show_up
from organizing_analytics.planning.turnout import posterior

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.planning.odds import BetaRate
    from organizing_analytics.store import Data

#: A team's own counts speak for a group when there are at least so many; else all teams' do.
ENOUGH_OUTCOMES = 20

#: How many came, and how many did not.
Counts = tuple[int, int]


def end_of(day: date, timezone: str) -> datetime:
    """Return the moment, in UTC without offset, at which a date ends by a clock.

    Examples
    --------
    >>> from datetime import date
    >>> end_of(date(2026, 3, 7), "America/Chicago")  # midnight there is 6:00 in UTC
    datetime.datetime(2026, 3, 8, 6, 0)
    """
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(timezone))
    return midnight.astimezone(UTC).replace(tzinfo=None)


def shifts_ahead(store: Data, day: date) -> ir.Table:
    """Return the shifts after a date that are not deleted, nor their event.

    Columns: `shift_id event_id team title timezone starts_at starts_on need capacity`.
    """
    shifts, events = store.table("shifts"), store.table("events")
    shifts = shifts.filter(shifts.deleted_at.isnull(), shifts.starts_on > day)  # noqa: PD003 - Ibis
    events = events.filter(events.deleted_at.isnull())  # noqa: PD003 - Ibis
    own = ("shift_id", "event_id", "starts_at", "starts_on", "need", "capacity")
    named = events.select("event_id", "title", "timezone", team="team_id")
    return shifts.select(*own).join(named, "event_id")


def read_lists(store: Data, shifts: ir.Table, day: date) -> pd.DataFrame:
    """Return the shifts with the number of people on their list at the end of a date.

    Parameters
    ----------
    store : Data
        An open store.
    shifts : Table
        From `shifts_ahead`.
    day : date
        The list as it stood at its end.

    Returns
    -------
    DataFrame
        The shifts' columns, then the counts `confirmed` and `unconfirmed`; by starts_at, then
        shift_id.
    """
    people = _on_the_list(store, shifts, end_of(day, store.settings.timezone))
    counts = people.group_by("shift_id").aggregate(
        confirmed=_.count(where=_.is_confirmed), unconfirmed=_.count(where=~_.is_confirmed)
    )
    rows = shifts.left_join(counts, "shift_id").drop("shift_id_right")
    rows = rows.mutate(
        confirmed=rows.confirmed.fill_null(0), unconfirmed=rows.unconfirmed.fill_null(0)
    )
    return store.execute(rows.order_by("starts_at", "shift_id"))


def _on_the_list(store: Data, shifts: ir.Table, end: datetime) -> ir.Table:
    """Return the sign-ups that are on a list at a moment, and whether confirmed by then."""
    moment = ibis.literal(end, type="timestamp")
    rows = store.table("signups").join(shifts.select("shift_id", "starts_at"), "shift_id")
    # Nobody is on the list before signing up, and who comes without signing up never was.
    ahead = (rows.signed_up_at < moment) & (rows.signed_up_at < rows.starts_at)
    signed_up = ahead.fill_null(True) & ~rows.is_walk_in.fill_null(False)
    gone = (rows.status == "cancelled") & (rows.cancelled_at < moment).fill_null(True)
    confirmed = (rows.confirmed_at < moment) & (rows.confirmed_at < rows.starts_at)
    is_confirmed = ibis.coalesce(confirmed, rows.status == "confirmed")
    return rows.filter(signed_up & ~gone).select("shift_id", is_confirmed=is_confirmed)


@dataclass(frozen=True)
class Chances:
    """Counts of those who came and did not, by team (None: no team) and for all teams.

    Attributes
    ----------
    on_list, all_on_list : mapping
        By (team, confirmed), and by confirmed: attended, no_show.
    new, all_new : mapping, counts
        By team, and of all: attended, no_show + cancelled; the turnout of all who sign up.
    """

    on_list: Mapping[tuple[str | None, bool], Counts]
    all_on_list: Mapping[bool, Counts]
    new: Mapping[str | None, Counts]
    all_new: Counts

    @classmethod
    def of(cls, store: Data, day: date) -> Chances:
        """Read them from a store's shifts up to a date."""
        past = show_up(store, by=["team", "confirmed"], as_of=day)
        rows = past.assign(
            team=past["team"].astype(object).where(past["team"].notna(), None),
            stayed_away=past["no_show"] + past["cancelled"],
        ).to_dict("records")
        return cls(
            on_list={
                (row["team"], bool(row["confirmed"])): (row["attended"], row["no_show"])
                for row in rows
            },
            all_on_list={
                flag: _sum((r["attended"], r["no_show"]) for r in rows if r["confirmed"] == flag)
                for flag in (True, False)
            },
            new={
                team: _sum((r["attended"], r["stayed_away"]) for r in rows if r["team"] == team)
                for team in {row["team"] for row in rows}
            },
            all_new=_sum((row["attended"], row["stayed_away"]) for row in rows),
        )

    def of_list(self, team: str | None, *, confirmed: bool) -> BetaRate:
        """Return the chance of people on a list: `rate`, by confirmed or not."""
        own = self.on_list.get((team, confirmed), (0, 0))
        return posterior(*_enough(own, self.all_on_list[confirmed]))

    def of_new(self, team: str | None) -> BetaRate:
        """Return the chance of people still to be signed up: turnout, 1 - `flake_rate`."""
        return posterior(*_enough(self.new.get(team, (0, 0)), self.all_new))


def _enough(own: Counts, everyone: Counts) -> Counts:
    return own if sum(own) >= ENOUGH_OUTCOMES else everyone


def _sum(counts: Iterable[Counts]) -> Counts:
    came = missed = 0
    for more_came, more_missed in counts:
        came, missed = came + more_came, missed + more_missed
    return came, missed
