"""What came of an experiment: as assigned, with an interval, and not before its day.

Everybody is counted in the arm that was drawn, whatever happened to them then (who could not be
reached is still in the arm of calls): only so are the arms alike. Who looks every day and stops
when it looks good finds effects that are not there; so nobody looks before the last day, or sees
an interval that holds for every day together. With several arms or measures each is held to a
stricter level, so that all together mislead in 5 of 100 experiments (Holm). The arithmetic is in
effects.py.

    show-up   of the arm's people, who came to a shift in the window; of a draw of shifts: of those
              who had signed up for a shift in the window before it began, who came to it
    return    of those who had come before it, who came again in it
    asks      of the arm's people, who said yes to an ask in the window
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any

from organizing_analytics.answers import Answer
from organizing_analytics.catalog.tables import EXPERIMENT_RESULT
from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.estimates import check_confidence
from organizing_analytics.experiments.drawing import has_units, list_experiments
from organizing_analytics.experiments.effects import Arm, compare_arms, holm, p_value

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from organizing_analytics.store import Store

#: Measure → who counts, and whether it happened; `$2` and `$3` are the window's first and last day.
_CAME = (
    "EXISTS (SELECT 1 FROM signups s JOIN shifts h USING (shift_id) JOIN events e USING (event_id) "
    "WHERE s.person_id = p.person_id AND s.attended AND h.deleted_at IS NULL "
    "AND e.deleted_at IS NULL AND h.starts_on {when})"
)
_SAID_YES = (
    "EXISTS (SELECT 1 FROM asks a WHERE a.person_id = p.person_id AND a.outcome = 'yes' "
    "AND a.asked_on BETWEEN $2 AND $3)"
)
MEASURES = {
    "show-up": ("true", _CAME.format(when="BETWEEN $2 AND $3"), "came to a shift"),
    "return": (
        _CAME.format(when="< $2"), _CAME.format(when="BETWEEN $2 AND $3"), "came again",
    ),
    "asks": (
        "true",
        _SAID_YES,
        "said yes",
    ),
}  # fmt: skip
#: Of a draw of shifts: everybody who was on the list before the start and of whom it is known.
_ON_SHIFTS = """
    SELECT p.arm, p.unit, p.chance, s.attended IS TRUE AS happened
    FROM ({drawn}) p JOIN signups s ON s.shift_id = p.unit JOIN shifts h USING (shift_id)
    JOIN events e USING (event_id)
    WHERE h.deleted_at IS NULL AND e.deleted_at IS NULL AND h.starts_on BETWEEN $2 AND $3
    AND s.is_walk_in IS NOT TRUE AND (s.signed_up_at IS NULL OR s.signed_up_at < h.starts_at)
    AND (s.attended IS NOT NULL OR s.status = 'cancelled')
    ORDER BY p.unit, s.signup_id
"""
_ON_SHIFTS_WORDS = "came, of those who had signed up,"


@dataclass(frozen=True)
class Judged:
    """What came of an experiment.

    Attributes
    ----------
    name, measure : str
    arms : DataFrame
        `arm people n rate low high difference difference_low difference_high measure units p
        p_holm adjusted_for_chance`, one row per measure and arm: people assigned, n of them for
        whom it happened; the difference is to the first arm, its interval at the level that Holm
        asks of it; p and p_holm are for that difference, units what was drawn.
    sentence : str
    as_of, ends_on : date
    is_peek : bool
        Whether it was looked at before its end.
    snapshot : int or None
    """

    name: str
    measure: str
    arms: pd.DataFrame
    sentence: str
    as_of: date
    ends_on: date
    is_peek: bool
    snapshot: int | None

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON; what is not known is None."""
        rows = self.arms.astype(object).where(self.arms.notna(), None).to_dict("records")
        return {
            "name": self.name,
            "measure": self.measure,
            "as_of": self.as_of.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "is_peek": self.is_peek,
            "snapshot": self.snapshot,
            "arms": rows,
            "sentence": self.sentence,
        }

    def as_answer(self) -> Answer:
        """Return the arms as a table, with the sentence."""
        return Answer(
            frame=self.arms,
            measure=f"experiment {self.name}, {self.measure}",
            as_of=self.as_of.isoformat(),
            snapshot=self.snapshot,
            columns=EXPERIMENT_RESULT,
            sentence=self.sentence,
        )


def experiment_result(
    store: Store,
    name: str,
    *,
    measure: str = "show-up",
    peek: bool = False,
    as_of: str | date | None = None,
    confidence: float = 0.95,
) -> Judged:
    """Return what came of an experiment, as assigned.

    Parameters
    ----------
    store : Store
        An open store.
    name : str
        The experiment's.
    measure : str
        show-up, return or asks; several as "show-up,asks".
    peek : bool
        Look before its last day is over: the interval then holds for all looks together.
    as_of : str or date, optional
        The date to stand at; yesterday.
    confidence : float
        Of the intervals.

    Raises
    ------
    OptionError
        No such experiment or measure, or it is not over.
    """
    measures = [part.strip() for part in measure.split(",") if part.strip()] or [measure]
    for part in measures:
        if part not in MEASURES:
            raise OptionError(unknown("measure of an experiment", part, list(MEASURES)))
    check_confidence(confidence)
    experiments = list_experiments(store).set_index("name")
    if name not in experiments.index:
        raise OptionError(unknown("experiment", name, experiments.index.tolist()))
    row = experiments.loc[name]
    day, ends_on = store.as_of(as_of), row["ends_on"].date()
    is_peek = min(day, store.as_of()) < ends_on  # a date that has not come yet is no way around it
    if is_peek and not peek:
        raise OptionError(
            f"{name} ends on {ends_on}, and this is {day}. Who looks early and stops when it looks "
            "good finds effects that are not there. Wait, or look all the same with --peek."
        )
    drawn_by = str(row["drawn_by"])
    if drawn_by == "shift" and measures != ["show-up"]:
        raise OptionError(f"{name} drew shifts, and a shift can only be judged by show-up.")
    window = (row["started_on"].date(), min(day, ends_on))
    look = _Look(row["arms"].split(","), confidence, is_peek=is_peek)
    seen = {
        part: _arms(store, name, part, window, is_of_shifts=drawn_by == "shift")
        for part in dict.fromkeys(measures)
    }
    arms = _judged(seen, look)
    sentence = " ".join(
        _sentence(arms[arms["measure"] == part], _words(part, drawn_by), look) for part in seen
    )
    if len(arms) - len(seen) > 1:
        sentence += f" {len(arms) - len(seen)} comparisons, each held to a stricter level (Holm)."
    if is_peek:
        sentence += f" It is not over before {ends_on}: do not decide by this."
    return Judged(name, ",".join(seen), arms, sentence, day, ends_on, is_peek, store.snapshot)


@dataclass(frozen=True)
class _Look:
    """How an experiment is looked at: its arms in order, at which confidence, before its end."""

    arms: list[str]
    confidence: float
    is_peek: bool


def _arms(
    store: Store, name: str, measure: str, window: tuple[date, date], *, is_of_shifts: bool
) -> dict[str, Arm]:
    """Return what was seen in each arm."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    own = "x.unit, x.chance" if has_units(store) else "NULL AS unit, NULL AS chance"
    drawn = (
        f"SELECT x.arm, coalesce(m.person_id, x.person_id) AS person_id, {own} "
        "FROM main.experiment_people x "
        "LEFT JOIN main.person_merges m ON m.record_id = x.person_id WHERE x.name = $1"
    )
    if is_of_shifts:
        query = _ON_SHIFTS.format(drawn=drawn)
    else:
        counts, happened = MEASURES[measure][:2]
        query = (
            "SELECT p.arm, coalesce(p.unit, p.person_id) AS unit, p.chance, "
            f"{happened} AS happened "
            f"FROM ({drawn}) p WHERE {counts} ORDER BY unit, p.person_id"
        )
    frame = store.sql(query, [name, *window])
    number = pd.factorize(frame["unit"])[0]
    chance = frame["chance"].to_numpy(dtype=np.float64, na_value=np.nan)
    is_known = len(frame) > 0 and not np.isnan(chance).any()
    outcome = frame["happened"].to_numpy(dtype=np.float64)
    return {
        str(arm): Arm(outcome[rows], number[rows], chance[rows] if is_known else None)
        for arm, rows in frame.groupby("arm").indices.items()
    }


def _judged(seen: dict[str, dict[str, Arm]], look: _Look) -> pd.DataFrame:
    """Return one row per measure and arm, with its difference to the first."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    none = Arm(np.zeros(0), np.zeros(0, dtype=np.int64))
    places = [(measure, arm) for measure in seen for arm in look.arms]
    intervals_at = [
        partial(
            _difference, seen[measure].get(arm, none), seen[measure].get(look.arms[0], none), look
        )
        for measure, arm in places
    ]
    is_first = [arm == look.arms[0] for _, arm in places]
    p = [
        float("nan") if first else p_value(interval_at)
        for first, interval_at in zip(is_first, intervals_at, strict=True)
    ]
    p_holm = holm(p)
    rows = []
    for (measure, name), interval_at, alone, together in zip(
        places, intervals_at, p, p_holm, strict=True
    ):
        arm = seen[measure].get(name, none)
        # The level that Holm holds this one to; without a p there is no comparison.
        steps = 1.0 if isnan(alone) or alone <= 0 else together / alone
        interval = interval_at(1 - (1 - look.confidence) / max(steps, 1.0))
        is_none = name == look.arms[0]
        low, high = arm.interval(look.confidence)
        rows.append(
            {
                "arm": name, "people": len(arm.outcome), "n": int(arm.outcome.sum()),
                "rate": arm.rate, "low": low, "high": high,
                "difference": np.nan if is_none else interval.difference,
                "difference_low": np.nan if is_none else interval.low,
                "difference_high": np.nan if is_none else interval.high,
                "measure": measure, "units": arm.n_units, "p": alone, "p_holm": together,
                "adjusted_for_chance": arm.chance is not None,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _difference(arm: Arm, first: Arm, look: _Look, confidence: float) -> Any:
    return compare_arms(arm, first, confidence=confidence, is_peek=look.is_peek)


def _words(measure: str, drawn_by: str) -> str:
    return _ON_SHIFTS_WORDS if drawn_by == "shift" else MEASURES[measure][2]


def _sentence(arms: pd.DataFrame, words: str, look: _Look) -> str:
    rows = list(arms[["arm", "people", "n", "rate"]].itertuples(index=False, name=None))
    arm_words = ", ".join(
        f"{arm}: {n:,} of {people:,} {words}" + (f" ({rate:.1%})" if people else "")
        for arm, people, n, rate in rows
    )
    parts = [f"{arm_words}."]
    names = ["arm", "difference", "difference_low", "difference_high", "p_holm"]
    compared = [list(arms[name])[1:] for name in names]
    is_adjusted = bool(arms["adjusted_for_chance"].any())
    for arm, difference, low, high, p_holm in zip(*compared, strict=True):
        if isnan(difference):
            continue
        if look.is_peek and low <= -1 and high >= 1:
            parts.append(f"{arm} against {rows[0][0]}: too little has happened to say.")
            continue
        verdict = (
            "Chance alone may explain it."
            if p_holm > 1 - look.confidence
            else "The draw made the arms alike, so this is its effect, as far as chance allows."
        )
        how = ", adjusted for the chance known before" if is_adjusted else ""
        parts.append(
            f"{arm} against {rows[0][0]}: {100 * difference:+.1f} points "
            f"({100 * low:+.1f} to {100 * high:+.1f}){how}. {verdict}"
        )
    return " ".join(parts)
