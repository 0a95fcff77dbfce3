"""Several shifts, or the roles of one: are all of them filled, and where the next person helps.

Shifts do not fill independently. How often people come is not known for sure, and is the same
for all of them; and the shifts of one date share its weather. So P(all filled) is not the product
of the shifts' own probabilities: it is larger, since what fills one fills the other.

Method
------
Each part's own chance to be filled is the one that is printed everywhere else, late joiners
included. Behind it stands a normal number: the part is filled when the number lies above a
threshold. The numbers go together by three shares of their variance: what is not known about the
rate is common to all parts; the day to those of one date, as strongly as the totals of two shifts
of one day did in the past; the rest of the spread to the roles of one shift. (A Gaussian copula
with factors for everything, the date and the shift.)

Sources
-------
R. B. Nelsen, An Introduction to Copulas, 2nd ed., 2006, sec. 2.3; one-factor form: O. Vasicek
(2002), The distribution of loan portfolio value, Risk 15(12), 160-162.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from organizing_analytics.answers import Answer
from organizing_analytics.catalog.tables import PLAN_TOGETHER
from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.expressions import _
from organizing_analytics.planning.forecast import DAY_WEIGHTS, DAYS
from organizing_analytics.planning.planner import Planner
from organizing_analytics.store.reading import parse_day
from organizing_analytics.teams import is_of_team
from organizing_analytics.wording import percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from organizing_analytics.planning.forecast import Forecast, Late
    from organizing_analytics.planning.replay import Learned
    from organizing_analytics.store import Data

    Floats = NDArray[np.float64]

#: Below this chance nobody plans for all of them.
HOPELESS = 0.01
#: At most this share of a shift's variance is common to all: they never move entirely in step.
MAX_SHARE = 0.95
COLUMNS = tuple(column.name for column in PLAN_TOGETHER)


@dataclass(frozen=True)
class ShiftPart:
    """One shift, or one role of it, that needs people.

    Attributes
    ----------
    shift_id : str
    role : str or None
        None where the shift is not split by role.
    starts_on : date
        Parts of one date share its good or bad day.
    need, signed_up : int
    forecast : Forecast
        Of everybody who comes; of roles, only the people on the list: nobody knows which role
        those who join late will take.
    common, day, shift : float
        Shares of the variance of the number who come that are common to all parts, to those of
        one date, and to the roles of one shift; together less than 1.
    """

    shift_id: str
    role: str | None
    starts_on: date
    need: int
    signed_up: int
    forecast: Forecast
    common: float
    day: float
    shift: float

    @classmethod
    def of(
        cls,
        shift_id: str,
        role: str | None,
        starts_on: date,
        *,
        need: int,
        signed_up: int,
        forecast: Forecast,
        late: Late | None,
        learned: Learned,
        late_day: float,
    ) -> ShiftPart:
        """Return a part with the shares that its forecast and the past say.

        `late_day` is the correlation of the late ones of two shifts of one date.
        """
        numbers = np.arange(len(forecast.pmf))
        total = float(numbers**2 @ forecast.pmf - (numbers @ forecast.pmf) ** 2)
        joining = 0.0 if late is None else late.mean + late.mean**2 / late.size
        listed = max(total - joining, 0.0)
        means = forecast.days @ numbers
        moved = float(DAY_WEIGHTS @ means**2 - (DAY_WEIGHTS @ means) ** 2)
        scale = max(total, 1e-9)
        common = moved * learned.fitted.uncertainty / learned.total_spread**2 / scale
        spread = moved / scale - common
        day = (learned.day * listed + late_day * joining) / scale
        common, day = min(common, MAX_SHARE), min(day, MAX_SHARE - min(common, MAX_SHARE))
        rest = min(max(spread - day, 0.0), MAX_SHARE - common - day)
        return cls(
            shift_id, role, starts_on, need, signed_up, forecast, common=common, day=day, shift=rest
        )

    def p_enough(self, more: int = 0) -> float:
        """Return P(enough come) when `more` people are scheduled, too."""
        return self.forecast.at_least(self.need, more=more)


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
        shifts = planner.store.execute(ahead.filter(_.shift_id.isin(names)).order_by("starts_at"))
        missing = [name for name in names if name not in set(shifts["shift_id"])]
        if missing:
            ids = planner.store.execute(ahead.select("shift_id").limit(10_000))["shift_id"]
            raise OptionError(f"{unknown('shift ahead', missing[0], ids.tolist(), most=5)}")
        return shifts
    if on is None and until is not None:
        raise OptionError("until is given without on. Give on, the first date, too.")
    if on is None:
        raise OptionError("Say which shifts: their ids, or the date that they are on.")
    first = parse_day(on, option="on")
    last = first if until is None else parse_day(until, option="until")
    rows = ahead.filter(ahead.starts_on >= first, ahead.starts_on <= last)
    if team is not None:
        rows = rows.filter(is_of_team(rows.team, team))
    shifts = planner.store.execute(rows.order_by("starts_at", "shift_id"))
    if shifts.empty:
        raise OptionError(
            f"There is no shift from {first} to {last}{f' of team {team}' if team else ''} after "
            f"{planner.day}. Give dates ahead, or an earlier as_of."
        )
    return shifts


def _parts(planner: Planner, shifts: pd.DataFrame) -> list[ShiftPart]:
    store = planner.store
    ids = shifts["shift_id"].tolist()
    lists = planner.lists(planner.shifts_ahead().filter(_.shift_id.isin(ids)))
    roles = store.execute(
        store.recorded_table("shift_roles").filter(_.shift_id.isin(ids), _.need > 0)
    )
    signed = (
        store.recorded_table("signups").filter(_.shift_id.isin(ids)).select("signup_id", "role")
    )
    role_of = store.execute(signed).set_index("signup_id")["role"]
    parts: list[ShiftPart] = []
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
) -> ShiftPart:
    days = planner.days_to(shift)
    learned = planner.lesson(days).learned
    signed_up = 0 if rows is None else len(rows)
    late = planner.late(shift, signed_up) if role is None else None
    pickup = planner.pickup(days)
    return ShiftPart.of(
        str(shift["shift_id"]),
        role,
        pd.Timestamp(shift["starts_on"]).date(),
        need=need,
        signed_up=signed_up,
        forecast=planner.forecast(shift, rows, joining=role is None),
        late=late,
        learned=learned,
        late_day=0.0 if pickup is None else pickup.day,
    )


def _p_all(parts: list[ShiftPart], more: list[int]) -> float:
    """Return the chance that all are filled, with so many more people in each."""
    if len(parts) == 1:
        return parts[0].p_enough(more[0])
    by_date: dict[date, dict[str, Floats]] = {}
    for part, extra in zip(parts, more, strict=True):
        shifts = by_date.setdefault(part.starts_on, {})
        filled = _filled(part, extra)
        shifts[part.shift_id] = shifts.get(part.shift_id, np.ones(1)) * filled
    # Axes: common, date, shift. Sum from the inside out.
    total = np.ones(len(DAYS))
    for shifts in by_date.values():
        of_date = prod((filled @ DAY_WEIGHTS for filled in shifts.values()), start=np.ones(1))
        total = total * (of_date @ DAY_WEIGHTS)
    return min(1.0, float(DAY_WEIGHTS @ total))


def _filled(part: ShiftPart, more: int) -> Floats:
    """Return P(enough | common, date, shift), shape (points, points, points)."""
    from scipy.special import ndtr, ndtri  # noqa: PLC0415  # only for plans of several shifts

    threshold = ndtri(1 - np.clip(part.p_enough(more), 1e-15, 1 - 1e-15))
    moved = (
        np.sqrt(part.common) * DAYS[:, None, None]
        + np.sqrt(part.day) * DAYS[None, :, None]
        + np.sqrt(part.shift) * DAYS[None, None, :]
    )
    own = np.sqrt(1 - part.common - part.day - part.shift)
    return np.asarray(ndtr((moved - threshold) / own), dtype=np.float64)


def _plus_one(counts: list[int], place: int) -> list[int]:
    return [n + (at == place) for at, n in enumerate(counts)]


def _sentence(
    parts: list[ShiftPart], p_all: float, best: ShiftPart, better: float, filled: float
) -> str:
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
