"""What came of an experiment: as assigned, with an interval, and not before its day.

Everybody is counted in the arm that was drawn, whatever happened to them then (who could not be
reached is still in the arm of calls): only so are the arms alike. Who looks every day and stops
when it looks good finds effects that are not there; so nobody looks before the last day.

    show-up   of the arm's people, who came to a shift in the window
    return    of those who had come before it, who came again in it
    asks      of the arm's people, who said yes to an ask in the window
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from organizing_analytics.answers import Answer
from organizing_analytics.catalog.tables import EXPERIMENT_RESULT
from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.estimates import Difference, add_rate, newcombe
from organizing_analytics.experiments.drawing import list_experiments

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from organizing_analytics.store import Store

#: Measure → who counts, and whether it happened; `$1` and `$2` are the window's first and last day.
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


@dataclass(frozen=True)
class Judged:
    """What came of an experiment.

    Attributes
    ----------
    name, measure : str
    arms : DataFrame
        `arm people n rate low high difference difference_low difference_high`: people assigned,
        n of them for whom it happened; the difference is to the first arm.
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
        show-up, return or asks.
    peek : bool
        Look before its last day is over.
    as_of : str or date, optional
        The date to stand at; yesterday.
    confidence : float
        Of the intervals.

    Raises
    ------
    OptionError
        No such experiment or measure, or it is not over.
    """
    if measure not in MEASURES:
        raise OptionError(unknown("measure of an experiment", measure, list(MEASURES)))
    known = list_experiments(store).set_index("name")
    if name not in known.index:
        raise OptionError(unknown("experiment", name, known.index.tolist()))
    row = known.loc[name]
    day, ends_on = store.as_of(as_of), row["ends_on"].date()
    is_peek = min(day, store.as_of()) < ends_on  # a date that has not come yet is no way around it
    if is_peek and not peek:
        raise OptionError(
            f"{name} ends on {ends_on}, and this is {day}. Who looks early and stops when it looks "
            "good finds effects that are not there. Wait, or look all the same with --peek."
        )
    window = (row["started_on"].date(), min(day, ends_on))
    arms, found = _judged(store, name, row["arms"].split(","), measure, window, confidence)
    sentence = _sentence(arms, MEASURES[measure][2], found)
    if is_peek:
        sentence += f" It is not over before {ends_on}: do not decide by this."
    return Judged(name, measure, arms, sentence, day, ends_on, is_peek, store.snapshot)


def _judged(  # noqa: PLR0917
    store: Store,
    name: str,
    arms: list[str],
    measure: str,
    window: tuple[date, date],
    confidence: float,
) -> tuple[pd.DataFrame, list[Difference]]:
    """Return the counts of each arm, and its difference to the first."""
    counts, happened = MEASURES[measure][:2]
    frame = store.sql(
        f"SELECT p.arm, count(*) AS people, count(*) FILTER ({happened}) AS n "
        f"FROM (SELECT x.arm, coalesce(m.person_id, x.person_id) AS person_id "
        "FROM main.experiment_people x "
        "LEFT JOIN main.person_merges m ON m.record_id = x.person_id WHERE x.name = $1) p "
        f"WHERE {counts} GROUP BY p.arm",
        [name, *window],
    ).set_index("arm")
    rows = add_rate(
        frame.reindex(arms, fill_value=0).reset_index(),
        successes="n",
        n="people",
        bounds=("low", "high"),
        confidence=confidence,
    )
    pairs = [(float(n), float(p)) for n, p in zip(rows["n"], rows["people"], strict=True)]
    found = [newcombe(pair, pairs[0], confidence) for pair in pairs]
    rows = rows.assign(
        difference=[d.difference for d in found],
        difference_low=[d.low for d in found],
        difference_high=[d.high for d in found],
    )
    rows.loc[0, ["difference", "difference_low", "difference_high"]] = float("nan")
    return rows, found


def _sentence(arms: pd.DataFrame, words: str, found: list[Difference]) -> str:
    rows = list(arms[["arm", "people", "n", "rate"]].itertuples(index=False, name=None))
    said = ", ".join(
        f"{arm}: {n:,} of {people:,} {words}" + (f" ({rate:.1%})" if people else "")
        for arm, people, n, rate in rows
    )
    parts = [f"{said}."]
    for (arm, *_), difference in zip(rows[1:], found[1:], strict=True):
        if difference.difference != difference.difference:  # not a number
            continue
        low, high = 100 * difference.low, 100 * difference.high
        verdict = (
            "Chance alone may explain it."
            if low <= 0 <= high
            else "The draw made the arms alike, so this is its effect, as far as chance allows."
        )
        parts.append(
            f"{arm} against {rows[0][0]}: {100 * difference.difference:+.1f} points "
            f"({low:+.1f} to {high:+.1f}). {verdict}"
        )
    return " ".join(parts)
