"""Several shifts, or the roles of one: are all of them filled, and where the next person helps.

Shifts do not fill independently. How often people come is not known for sure, and is the same
for all of them; and the shifts of one date share its weather. So P(all filled) is not the product
of the shifts' own probabilities: it is larger, since what fills one fills the other.

Method
------
The uncertainty of the rate is one normal shift of the log odds, shared by everything; the spread
from day to day is another, shared within a date. Given both, shifts are independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from ibis import _
from scipy.special import expit, logit

from organizing_analytics.answers import Answer
from organizing_analytics.catalog.tables import PLAN_TOGETHER
from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.planning.forecast import DAY_WEIGHTS, DAYS, Forecast, Late, forecast
from organizing_analytics.planning.late import text_of
from organizing_analytics.planning.planner import Planner
from organizing_analytics.store.reading import parse_day
from organizing_analytics.wording import percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from organizing_analytics.store import Data

    Floats = NDArray[np.float64]

#: Below this chance nobody plans for all of them.
HOPELESS = 0.01
COLUMNS = tuple(column.name for column in PLAN_TOGETHER)


@dataclass(frozen=True)
class Part:
    """One shift, or one role of it, that needs people.

    Attributes
    ----------
    shift_id : str
    role : str or None
        None where the shift is not split by role.
    starts_on : date
        Parts of one date share its good or bad day.
    need, signed_up : int
    chances : array
        Of the people on its list.
    new : float
        Of a person scheduled from now on.
    spread, uncertainty : float
        Standard deviation from day to day, and of what is not known about the rate.
    late : Late or None
        Who will come without being on the list now; of roles nobody knows which they will take.
    """

    shift_id: str
    role: str | None
    starts_on: date
    need: int
    signed_up: int
    chances: Floats
    new: float
    spread: float
    uncertainty: float
    late: Late | None = None

    def given(self, shared: float) -> Forecast:
        """Return the forecast when the rate is off by `shared` standard deviations."""
        moved = shared * self.uncertainty
        odds = logit(self.chances) + moved if len(self.chances) else self.chances
        return forecast(expit(odds), spread=self.spread, new=float(expit(logit(self.new) + moved)))


@dataclass(frozen=True)
class Together:
    """Whether several shifts or roles are all filled.

    Attributes
    ----------
    parts : DataFrame
        `shift_id role starts_on need signed_up p_enough p_all_with_one_more`: the chance that
        this one is filled, and that all are when one more person is scheduled here.
    p_all : float
        The chance that all are filled.
    p_if_independent : float
        The product of their own chances, which is wrong.
    next : dict
        Where the next person helps most: `shift_id`, `role`.
    sentence : str
    as_of : str
    snapshot : int or None
    """

    parts: pd.DataFrame
    p_all: float
    p_if_independent: float
    next: dict[str, str | None]
    sentence: str
    as_of: str
    snapshot: int | None

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON."""
        rows = self.parts.astype(object).where(self.parts.notna(), None).to_dict("records")
        return {
            "as_of": self.as_of,
            "snapshot": self.snapshot,
            "p_all": self.p_all,
            "p_if_independent": self.p_if_independent,
            "parts": [{**row, "starts_on": str(row["starts_on"])} for row in rows],
            "next": self.next,
            "sentence": self.sentence,
        }

    def as_answer(self) -> Answer:
        """Return the parts as a table, with the sentence."""
        return Answer(
            frame=self.parts,
            measure="plan together",
            as_of=self.as_of,
            snapshot=self.snapshot,
            columns=PLAN_TOGETHER,
            sentence=self.sentence,
        )


def plan_together(
    store: Data,
    *,
    shifts: Sequence[str] = (),
    on: str | date | None = None,
    until: str | date | None = None,
    team: str | None = None,
    as_of: str | date | None = None,
) -> Together:
    """Return whether several shifts, and the roles within them, are all filled.

    Parameters
    ----------
    store : Data
        An open store.
    shifts : sequence of str
        Their ids; or else all with a need on the dates `on` to `until`.
    on, until : str or date, optional
        First and last local date; `until` is `on` by default.
    team : str, optional
        With dates: only this team's.
    as_of : str or date, optional
        The lists as they stand at the end of this date; yesterday.

    Raises
    ------
    OptionError
        No such shift, none ahead on these dates, or none with a need.
    """
    day = store.as_of(as_of)
    planner = Planner(store, day)
    chosen = _chosen(planner, list(shifts), on, until, team)
    parts = _parts(planner, chosen)
    if not parts:
        raise OptionError("None of these shifts has a need. Fill in need in shifts or shift_roles.")
    extra = [0] * len(parts)
    p_all = _p_all(parts, extra)
    own = [_p_all([part], [0]) for part in parts]
    better = [_p_all(parts, _plus_one(extra, place)) for place in range(len(parts))]
    frame = pd.DataFrame(
        [(p.shift_id, p.role, p.starts_on, p.need, p.signed_up) for p in parts],
        columns=list(COLUMNS[:5]),
    ).assign(p_enough=own, p_all_with_one_more=better)
    # Where it is next to impossible to fill all, the next person should fill one.
    gains = [_p_all([part], [1]) - p for part, p in zip(parts, own, strict=True)]
    best = parts[int(np.argmax(better if p_all >= HOPELESS else gains))]
    return Together(
        parts=frame,
        p_all=p_all,
        p_if_independent=prod(own),
        next={"shift_id": best.shift_id, "role": best.role},
        sentence=_sentence(parts, p_all, best, max(better), sum(own)),
        as_of=day.isoformat(),
        snapshot=store.snapshot,
    )


def _chosen(
    planner: Planner,
    names: list[str],
    on: str | date | None,
    until: str | date | None,
    team: str | None,
) -> pd.DataFrame:
    ahead = planner.shifts_ahead()
    if names and (on is not None or until is not None or team is not None):
        raise OptionError(
            "Shifts are named, and a date or a team is given, too. Give one or the other."
        )
    if names:
        found = planner.store.execute(ahead.filter(_.shift_id.isin(names)).order_by("starts_at"))
        missing = [name for name in names if name not in set(found["shift_id"])]
        if missing:
            known = planner.store.execute(ahead.select("shift_id").limit(10_000))["shift_id"]
            raise OptionError(f"{unknown('shift ahead', missing[0], known.tolist(), most=5)}")
        return found
    if on is None and until is not None:
        raise OptionError("until is given without on. Give on, the first date, too.")
    if on is None:
        raise OptionError("Say which shifts: their ids, or the date that they are on.")
    first = parse_day(on, option="on")
    last = first if until is None else parse_day(until, option="until")
    rows = ahead.filter(ahead.starts_on >= first, ahead.starts_on <= last)
    if team is not None:
        rows = rows.filter(rows.team == team)
    found = planner.store.execute(rows.order_by("starts_at", "shift_id"))
    if found.empty:
        raise OptionError(
            f"There is no shift from {first} to {last}{f' of team {team}' if team else ''} after "
            f"{planner.day}. Give dates ahead, or an earlier as_of."
        )
    return found


def _parts(planner: Planner, shifts: pd.DataFrame) -> list[Part]:
    store = planner.store
    ids = shifts["shift_id"].tolist()
    lists = planner.lists(planner.shifts_ahead().filter(_.shift_id.isin(ids)))
    roles = store.execute(store.table("shift_roles").filter(_.shift_id.isin(ids), _.need > 0))
    signed = store.table("signups").filter(_.shift_id.isin(ids)).select("signup_id", "role")
    role_of = store.execute(signed).set_index("signup_id")["role"]
    parts: list[Part] = []
    for shift in shifts.to_dict("records"):
        rows = lists.get(shift["shift_id"])
        own = roles[roles["shift_id"] == shift["shift_id"]].sort_values("role")
        for role in own.to_dict("records"):
            theirs = (
                None
                if rows is None
                else rows[(rows["signup_id"].map(role_of) == role["role"]).to_numpy()]
            )
            parts.append(_part(planner, shift, theirs, need=int(role["need"]), role=role["role"]))
        if own.empty and pd.notna(shift["need"]) and shift["need"] > 0:
            parts.append(_part(planner, shift, rows, need=int(shift["need"]), role=None))
    return parts


def _part(
    planner: Planner,
    shift: Mapping[Any, Any],
    rows: pd.DataFrame | None,
    *,
    need: int,
    role: str | None,
) -> Part:
    starts_on = pd.Timestamp(shift["starts_on"]).date()
    days = (starts_on - planner.day).days
    learned = planner.lesson(days).learned
    kind, team = text_of(shift["event_type"]), text_of(shift["team"])
    return Part(
        shift_id=str(shift["shift_id"]),
        role=role,
        starts_on=starts_on,
        need=need,
        signed_up=0 if rows is None else len(rows),
        chances=np.zeros(0) if rows is None else rows["chance"].to_numpy(),
        new=planner.newcomer(days, event_type=kind, team=team),
        spread=learned.spread,
        uncertainty=float(np.sqrt(learned.fitted.uncertainty)),
        late=None if role else planner.late(shift, 0 if rows is None else len(rows)),
    )


def _p_all(parts: list[Part], more: list[int]) -> float:
    """Return the chance that all are filled, with so many more people in each."""
    total = 0.0
    for shared, weight in zip(DAYS, DAY_WEIGHTS, strict=True):
        by_date: dict[date, Floats] = {}
        for part, extra in zip(parts, more, strict=True):
            enough = part.given(float(shared)).at_least_by_day(part.need, more=extra)
            by_date[part.starts_on] = by_date.get(part.starts_on, np.ones(len(DAYS))) * enough
        total += weight * prod(float(DAY_WEIGHTS @ enough) for enough in by_date.values())
    return min(1.0, total)


def _plus_one(counts: list[int], place: int) -> list[int]:
    return [n + (at == place) for at, n in enumerate(counts)]


def _sentence(parts: list[Part], p_all: float, best: Part, better: float, filled: float) -> str:
    what = "roles" if any(part.role for part in parts) else "shifts"
    place = f"{best.role} of shift {best.shift_id}" if best.role else f"shift {best.shift_id}"
    if p_all > 0.995:  # noqa: PLR2004
        return f"All {len(parts)} {what} are as good as filled."
    if p_all < HOPELESS:
        return (
            f"There are {len(parts)} {what}; expect {filled:.1f} of them to be filled, and next to "
            f"never all. The next person helps most as {place}."
        )
    return (
        f"{percent(p_all)} that all {len(parts)} {what} are filled. The next person helps most "
        f"as {place}: then {percent(better)}."
    )
