"""How many were on each past list, any number of days before, and how many more came.

The engine counts people by the days for which they were on the list. One read then serves every
number of days ahead: a person was on the list D days before when they had signed up by then
(`in_days` ≥ D) and had not cancelled by then (`out_days` < D).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures.clock import local_dates
from organizing_analytics.planning.crowding import ALWAYS, NEVER, ShiftDays
from organizing_analytics.planning.history import shifts_to_plan
from organizing_analytics.planning.pickup import JoinKind, PastShifts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from organizing_analytics.store import Data

#: The latest shifts are enough to learn from; a store may hold millions.
MAX_SHIFTS = 20_000
#: Shifts ahead compete for people as far as forecasts reach.
CALENDAR_DAYS = 62
#: Cancelled, nobody knows when: on no list of the past, since it cannot be told until when.
#: Signed up, nobody knows when: on every list, as lists of today have them.
_ALWAYS_DAYS = 1_000_000


@dataclass(frozen=True)
class PastLists:
    """Past shifts and how their lists grew.

    Attributes
    ----------
    shifts : DataFrame
        `shift_id kind need starts_on exists_days came`, by starts_on: `exists_days` before its
        date a shift is known to have existed; `came` counts everybody.
    counts : DataFrame
        `place in_days out_days people came`: of the shift at that place, how many people signed
        up `in_days` and cancelled `out_days` before its date, and how many of them came.
    calendar : ShiftDays
        All shifts, past and ahead, as they compete for people.
    calendar_ids : list of str
        Their ids.
    """

    shifts: pd.DataFrame
    counts: pd.DataFrame
    calendar: ShiftDays
    calendar_ids: Sequence[str]
    _crowding: dict[int, dict[str, float]] = field(default_factory=dict)

    def crowding(self, ahead: int) -> dict[str, float]:
        """Return the crowding of each shift as it stood `ahead` days before, by its id."""
        if ahead not in self._crowding:
            numbers = self.calendar.crowding(ahead).tolist()
            self._crowding[ahead] = dict(zip(self.calendar_ids, numbers, strict=True))
        return self._crowding[ahead]

    def at(self, ahead: int, *, as_of: date) -> PastShifts:
        """Return the shifts up to a date, as they stood `ahead` days before each."""
        day = np.datetime64(as_of, "s")
        dates = self.shifts["starts_on"].to_numpy()
        teach = (dates <= day) & (self.shifts["exists_days"].to_numpy() >= ahead)
        rows = self.shifts[teach]
        listed, late = self._listed_and_late(ahead)
        age = (pd.Timestamp(as_of) - rows["starts_on"]).dt.days.to_numpy()
        return PastShifts(
            kinds=rows["kind"].tolist(),
            needs=rows["need"].to_numpy(dtype=np.float64),
            age_days=age.astype(np.float64),
            listed=listed[teach],
            late=late[teach],
            crowding=_floats(rows["shift_id"].map(self.crowding(ahead)).fillna(1.0)),
        )

    def _listed_and_late(self, ahead: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        counts, n = self.counts, len(self.shifts)
        on = ((counts["in_days"] >= ahead) & (counts["out_days"] < ahead)).to_numpy()
        place = counts["place"].to_numpy()
        people = counts["people"].to_numpy(dtype=np.float64)
        listed = np.bincount(place[on], weights=people[on], minlength=n)
        there = counts["came"].to_numpy(dtype=np.float64)
        came = np.bincount(place[on], weights=there[on], minlength=n)
        return listed.astype(np.float64), self.shifts["came"].to_numpy(dtype=np.float64) - came


def read_past_lists(store: Data, until: date) -> PastLists:
    """Return how the lists of the past shifts grew.

    Returns
    -------
    PastLists
        Shifts up to a date on which somebody's attendance is known, the latest `MAX_SHIFTS`.

    Notes
    -----
    When a shift was put up is not in the tables. It existed when somebody first signed up for
    its event; where no sign-up has a time, always.
    """
    live = shifts_to_plan(store)
    live = live.filter(live.starts_on <= until)
    signups = store.recorded_table("signups").select(
        "signup_id", "shift_id", "signed_up_at", "signed_up_on", "status", "cancelled_at",
        "is_walk_in", "attended",
    )  # fmt: skip
    totals = signups.group_by("shift_id").aggregate(
        known=_.attended.count(),
        came=_.attended.fill_null(False).cast("int64").sum(),
        first_on=_.signed_up_on.min(),
    )
    rows = live.join(totals, "shift_id")
    first = rows.group_by("event_id").aggregate(first_on=_.first_on.min())
    rows = rows.drop("first_on").join(first, "event_id")
    recent = rows.filter(rows.known > 0).order_by(ibis.desc("starts_on"), ibis.desc("shift_id"))
    recent = recent.limit(MAX_SHIFTS)
    shifts = store.execute(
        recent.mutate(exists_days=_.starts_on.delta(_.first_on, unit="day")).select(
            "shift_id", "team", "event_type", "need", "starts_on", "exists_days", "came"
        )
    )
    shifts = _tidy(shifts)
    counts = store.execute(_counts(signups, recent, store.settings.timezone, until))
    places = dict(zip(shifts["shift_id"], range(len(shifts)), strict=True))
    counts = counts.assign(place=counts["shift_id"].map(places).astype("int64"))
    return PastLists(shifts, counts, *_calendar(store, signups, until))


def _calendar(store: Data, signups: ir.Table, until: date) -> tuple[ShiftDays, list[str]]:
    """Return the latest shifts, and those of the next two months, with their ids."""
    firsts = signups.group_by("shift_id").aggregate(
        first_on=_.signed_up_on.min(), signups=_.count()
    )
    live = shifts_to_plan(store)
    rows = live.left_join(firsts, "shift_id").drop("shift_id_right")
    events = rows.group_by("event_id").aggregate(first_on=_.first_on.min(), signups=_.signups.sum())
    rows = rows.select("shift_id", "event_id", "team", "starts_on", "need")
    rows = rows.left_join(events, "event_id").drop("event_id_right")
    rows = rows.filter(rows.starts_on <= until + timedelta(days=CALENDAR_DAYS))
    rows = rows.order_by(ibis.desc("starts_on"), ibis.desc("shift_id")).limit(2 * MAX_SHIFTS)
    frame = store.execute(rows)
    first = days_of(frame["first_on"], missing=ALWAYS)
    needs = frame["need"].astype("float64")
    noted = needs[needs > 0]
    usual = float(noted.mean()) if len(noted) else 1.0
    calendar = ShiftDays(
        teams=pd.factorize(frame["team"].map(text_of))[0].astype(np.int64),
        days=days_of(frame["starts_on"], missing=0),
        existed_on=np.where(frame["signups"].fillna(0) > 0, first, NEVER),
        needs=_floats(needs.where(needs > 0, usual)),
    )
    return calendar, frame["shift_id"].tolist()


def _floats(column: pd.Series) -> NDArray[np.float64]:
    return np.asarray(column, dtype=np.float64)


def days_of(dates: pd.Series, *, missing: int) -> NDArray[np.int64]:
    """Return dates as whole days counted from 1970."""
    days = pd.to_datetime(dates).to_numpy().astype("datetime64[D]").astype(np.int64)
    return np.where(dates.isna(), missing, days)


def _counts(signups: ir.Table, shifts: ir.Table, timezone: str, until: date) -> ir.Table:
    """Return how many people were on each list from when to when, and how many of them came."""
    rows = signups.join(shifts.select("shift_id", "starts_at", "starts_on"), "shift_id")
    ahead = (rows.signed_up_at < rows.starts_at).fill_null(True)
    listed = ahead & ~rows.is_walk_in.fill_null(False)
    in_days = rows.starts_on.delta(rows.signed_up_on, unit="day").fill_null(_ALWAYS_DAYS)
    gone = (rows.cancelled_at < rows.starts_at).fill_null(True)
    on = local_dates(rows.cancelled_at, timezone, until)
    # Who cancels on a date ahead of the shift's by another clock is gone on its day, not before.
    out_days = rows.starts_on.delta(on, unit="day").fill_null(_ALWAYS_DAYS)
    out_days = ibis.greatest(out_days, 0)
    rows = rows.filter(listed).mutate(
        in_days=in_days,
        out_days=ibis.ifelse((rows.status == "cancelled") & gone, out_days, 0),
    )
    return rows.group_by("shift_id", "in_days", "out_days").aggregate(
        people=_.count(), came=_.attended.fill_null(False).cast("int64").sum()
    )


def _tidy(shifts: pd.DataFrame) -> pd.DataFrame:
    dates = pd.to_datetime(shifts["starts_on"]).astype("datetime64[s]")
    kinds = [
        kind_of(team, event_type, int(weekday))
        for team, event_type, weekday in zip(
            shifts["team"].tolist(),
            shifts["event_type"].tolist(),
            dates.dt.day_of_week,
            strict=True,
        )
    ]
    shifts = shifts.assign(
        starts_on=dates,
        kind=pd.Series(kinds, index=shifts.index, dtype=object),
        need=shifts["need"].astype("float64"),
        exists_days=shifts["exists_days"].fillna(_ALWAYS_DAYS).astype("int64"),
        came=shifts["came"].fillna(0).astype("int64"),
    )
    return shifts.sort_values(["starts_on", "shift_id"], ignore_index=True)


def kind_of(team: object, event_type: object, weekday: int) -> JoinKind:
    """Return the kind of a shift; an empty cell is a group of its own."""
    return JoinKind(text_of(team), text_of(event_type), weekday)


def text_of(value: object) -> str:
    """Return a cell as text; an empty one, None or not a number, is the empty text."""
    return "" if value is None or value != value else str(value)  # noqa: PLR0124  # not a number


def count_of(value: float | None) -> int | None:
    """Return a cell as a whole number; None for an empty one."""
    return None if pd.isna(value) else int(value)
