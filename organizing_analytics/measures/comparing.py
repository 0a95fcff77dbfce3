"""Fair comparison: with and without something, of all people and of like people.

People who are reminded signed up early, and who signs up early comes less: the reminder looks as
if it did harm. So two differences stand side by side: that of all rows, and the one within strata
of rows that are alike in what else is known, put together by Mantel and Haenszel's weights. A
stratum in which everybody had it, or nobody, compares nothing and is left out, and said.

Neither is a cause: who had it was not decided by a draw. An experiment is
(`organizing_analytics.experiments`).

Sources
-------
N. Mantel and W. Haenszel (1959), Statistical aspects of the analysis of data from retrospective
studies of disease, Journal of the National Cancer Institute 22, 719-748.
E. H. Simpson (1951), The interpretation of interaction in contingency tables, Journal of the Royal
Statistical Society B 13, 238-241.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING, Any

from organizing_analytics.estimates import Difference, summed
from organizing_analytics.measures.asks import asks_outcomes
from organizing_analytics.measures.retention import retention_return
from organizing_analytics.measures.selection import one_of
from organizing_analytics.measures.show_up import show_up

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    import pandas as pd

    from organizing_analytics.store import Data

Counts = str | tuple[str, ...]


@dataclass(frozen=True)
class Compared:
    """A measure that can be compared.

    Attributes
    ----------
    ask : callable
        The measure.
    name : str
        Its name on the command line.
    rates : dict
        Name of a rate → the counts that are its successes and its n; the main one first.
    words : str
        What the main rate is, in a sentence.
    """

    ask: Callable[..., pd.DataFrame]
    name: str
    rates: dict[str, tuple[Counts, Counts]]
    words: str


MEASURES = {
    "show-up": Compared(
        show_up,
        "show-up",
        {
            "rate": ("attended", ("attended", "no_show")),
            "turnout": ("attended", ("attended", "no_show", "cancelled")),
        },
        "came",
    ),
    "return": Compared(
        retention_return, "retention return", {"rate": ("returned", "matured")}, "came back"
    ),
    "asks": Compared(asks_outcomes, "asks outcomes", {"rate": ("yes", "answered")}, "said yes"),
}


@dataclass(frozen=True)
class Comparison:
    """What came of a comparison.

    Attributes
    ----------
    measure, factor : str
        What was compared, by what.
    within : tuple of str
        The group columns that like rows share.
    raw, adjusted : Difference
        With the factor minus without, of all rows and within strata; NaN where not known.
    strata : DataFrame
        One row per stratum: the columns of `within`, `with without` (what the arms are called),
        `n_with part_with rate_with n_without part_without rate_without difference`.
    sentence : str
        Which of the two to believe, and how far.
    as_of : str
        The date that it stands at.
    snapshot : int or None
        Of the store.
    turnout : dict
        Of show-up: `raw` and `adjusted` differences of turnout, 1 - flake_rate.
    """

    measure: str
    factor: str
    within: tuple[str, ...]
    raw: Difference
    adjusted: Difference
    strata: pd.DataFrame
    sentence: str
    as_of: str
    snapshot: int | None
    turnout: dict[str, Difference] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON; what is not known is None."""
        told: dict[str, Any] = {
            "measure": self.measure,
            "factor": self.factor,
            "within": list(self.within),
            "raw": _told(self.raw),
            "adjusted": _told(self.adjusted),
            "strata": [
                {str(k): None if v != v or v is None else v for k, v in row.items()}  # noqa: PLR0124
                for row in self.strata.astype("object").to_dict("records")
            ],
            "sentence": self.sentence,
            "as_of": self.as_of,
            "snapshot": self.snapshot,
        }
        if self.turnout:
            told["turnout"] = {name: _told(found) for name, found in self.turnout.items()}
        return told

    def __str__(self) -> str:
        return self.sentence


def _told(found: Difference) -> dict[str, float | None]:
    return {k: None if isnan(value) else value for k, value in found._asdict().items()}


def compare(
    store: Data,
    measure: str,
    *,
    factor: str,
    within: str | Sequence[str] = (),
    since: str | date | None = None,
    until: str | date | None = None,
    as_of: str | date | None = None,
    team: str | None = None,
    with_subteams: bool = False,
    confidence: float = 0.95,
) -> Comparison:
    """Compare a rate with and without something, of all rows and of like rows.

    Parameters
    ----------
    store : Data
        An open store.
    measure : str
        show-up, return (`retention return`) or asks (`asks outcomes`).
    factor : str
        A group column of the measure with two values, like confirmed, first_timer, followed_up,
        hard. The difference is true minus false; of two words, the later in the alphabet minus
        the earlier. Rows in which it is missing are left out, and said.
    within : str or sequence of str
        Group columns that like rows share, as a list or as "lead,event_type".
    since, until, as_of, team, with_subteams, confidence
        See `organizing_analytics.measures.select`.

    Raises
    ------
    OptionError
        An option's value is not allowed, or the factor has not two values.
    """
    one_of(measure, tuple(MEASURES), option="measure to compare")
    compared = MEASURES[measure]
    columns = _columns(compared.name, factor, within)
    counts = compared.ask(
        store, by=[factor, *columns], since=since, until=until, as_of=as_of, team=team,
        with_subteams=with_subteams, confidence=confidence,
    )  # fmt: skip
    arms = _arms(counts, factor)
    found = {
        name: _differences(counts, factor, columns, arms, rate, confidence)
        for name, rate in compared.rates.items()
    }
    strata, raw, adjusted = found["rate"]
    turnout = {"raw": found["turnout"][1], "adjusted": found["turnout"][2]}
    sentence = _sentence(strata, raw, adjusted, columns, arms, factor, compared.words)
    missing = counts.loc[counts[factor].isna()]
    n_missing = int(summed(missing, compared.rates["rate"][1]).sum())
    if n_missing:
        sentence += f" Left out: {n_missing:,} of whom {factor} is not known."
    return Comparison(
        measure=measure,
        factor=factor,
        within=tuple(columns),
        raw=raw,
        adjusted=adjusted,
        strata=strata,
        sentence=sentence,
        as_of=str(counts.attrs["as_of"]),
        snapshot=counts.attrs["snapshot"],
        turnout=turnout,
    )
