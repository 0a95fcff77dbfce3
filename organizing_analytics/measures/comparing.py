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

from dataclasses import dataclass, field, replace
from math import isnan
from typing import TYPE_CHECKING, Any

from organizing_analytics.answers import Answer
from organizing_analytics.catalog.asks import ASKS_OUTCOMES
from organizing_analytics.catalog.declaration import Column, Kind
from organizing_analytics.catalog.retention import RETENTION_RETURN
from organizing_analytics.catalog.show_up import SHOW_UP
from organizing_analytics.catalog.tables import COMPARE
from organizing_analytics.clustering import widened
from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.estimates import (
    Difference,
    add_rate,
    mantel_haenszel,
    newcombe,
    summed,
)
from organizing_analytics.measures.asks import asks_outcomes, asks_outcomes_counts
from organizing_analytics.measures.differences import Contrast, effect_of, engine_arms
from organizing_analytics.measures.measure import GROUPS, answer
from organizing_analytics.measures.retention import retention_return, retention_return_counts
from organizing_analytics.measures.selection import one_of, select
from organizing_analytics.measures.show_up import show_up, show_up_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    import pandas as pd

    from organizing_analytics.catalog import Measure
    from organizing_analytics.measures.selection import Selection
    from organizing_analytics.store import Data

Counts = tuple[str, ...]


@dataclass(frozen=True)
class Compared:
    """A measure that can be compared.

    Attributes
    ----------
    ask : callable
        The measure.
    count : callable
        Its counts as an expression.
    declared : Measure
        Its declaration, with its main rate.
    turnout : (successes, n), optional
        The counts of the turnout of all who signed up.
    """

    ask: Callable[..., pd.DataFrame]
    count: Callable[[Selection], object]
    declared: Measure
    turnout: tuple[Counts, Counts] | None = None

    @property
    def rates(self) -> dict[str, tuple[Counts, Counts]]:
        """Return name of a rate → the counts that are its successes and its n; main one first."""
        main = self.declared.column(self.declared.main)
        rates = {"rate": (main.successes, main.n)}
        return rates if self.turnout is None else {**rates, "turnout": self.turnout}


MEASURES = {
    "show-up": Compared(
        show_up, show_up_counts, SHOW_UP, (("attended",), ("attended", "no_show", "cancelled"))
    ),
    "return": Compared(retention_return, retention_return_counts, RETENTION_RETURN),
    "asks": Compared(asks_outcomes, asks_outcomes_counts, ASKS_OUTCOMES),
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
        The two in words, and, where `within` holds the person's own record, which to believe.
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
        keys: dict[str, Any] = {
            "measure": self.measure,
            "factor": self.factor,
            "within": list(self.within),
            "raw": _without_nan(self.raw),
            "adjusted": _without_nan(self.adjusted),
            "strata": [
                {str(k): None if v != v or v is None else v for k, v in row.items()}  # noqa: PLR0124
                for row in self.strata.astype("object").to_dict("records")
            ],
            "sentence": self.sentence,
            "as_of": self.as_of,
            "snapshot": self.snapshot,
        }
        if self.turnout:
            keys["turnout"] = {
                name: _without_nan(difference) for name, difference in self.turnout.items()
            }
        return keys

    def as_answer(self) -> Answer:
        """Return the strata as a table, with the sentence."""
        groups = (Column(name, Kind.TEXT, "what like rows share") for name in self.within)
        return Answer(
            frame=self.strata,
            measure=f"compare {self.measure} by {self.factor}",
            as_of=self.as_of,
            snapshot=self.snapshot,
            columns=(*groups, *COMPARE),
            sentence=self.sentence,
        )

    def __str__(self) -> str:
        return self.sentence


def _without_nan(difference: Difference) -> dict[str, float | None]:
    return {k: None if isnan(value) else value for k, value in difference._asdict().items()}


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
    columns = _columns(compared.declared.name, factor, within)
    asked = answer(
        compared.ask, store, by=[factor, *columns], since=since, until=until, as_of=as_of,
        team=team, with_subteams=with_subteams, confidence=confidence, independent=True,
    )  # fmt: skip
    counts = asked.frame
    arms = _arms(counts, factor)
    chosen = select(
        store, compared.declared.name, allowed=GROUPS[compared.declared.name],
        by=[factor, *columns], since=since, until=until, as_of=as_of, team=team,
        with_subteams=with_subteams, confidence=confidence,
    )  # fmt: skip
    by_rate = {
        name: _clustered(
            chosen, compared, _differences(counts, factor, columns, arms, rate, confidence),
            (factor, arms), rate,
        )
        for name, rate in compared.rates.items()
    }  # fmt: skip
    strata, raw, adjusted = by_rate["rate"]
    turnout = {}
    if "turnout" in by_rate:
        turnout = {"raw": by_rate["turnout"][1], "adjusted": by_rate["turnout"][2]}
    comparison = Comparison(
        measure=measure,
        factor=factor,
        within=tuple(columns),
        raw=raw,
        adjusted=adjusted,
        strata=strata,
        sentence="",
        as_of=asked.as_of,
        snapshot=asked.snapshot,
        turnout=turnout,
    )
    sentence = _sentence(strata, comparison, arms, compared.declared.happened)
    missing = counts.loc[counts[factor].isna()]
    n_missing = int(summed(missing, compared.rates["rate"][1]).sum())
    if n_missing:
        sentence += f" Left out: {n_missing:,} of whom {factor} is not known."
    return replace(comparison, sentence=sentence)


def _clustered(
    chosen: Selection,
    compared: Compared,
    alone: tuple[pd.DataFrame, Difference, Difference],
    factor: tuple[str, tuple[Any, Any]],
    rate: tuple[Counts, Counts],
) -> tuple[pd.DataFrame, Difference, Difference]:
    """Return the strata, and both differences with intervals that allow for people and shifts."""
    strata, *differences = alone
    name, arms = factor
    if any(isnan(difference.difference) for difference in differences[:1]):
        return alone
    compared.count(chosen)
    tally = chosen.tallies[-1]
    values = engine_arms(chosen.data, tally, name, chosen.groups[name], arms)
    within = tuple(key for key in chosen.groups if key != name)
    kinds = compared.declared.clusters
    wide = [
        widened(
            difference,
            *effect_of(chosen.data, tally, Contrast(name, values, keys, *rate), kinds),
            chosen.confidence,
        )
        for difference, keys in zip(differences, ((), within), strict=True)
    ]
    return strata, wide[0], wide[1]


def _columns(measure: str, factor: str, within: str | Sequence[str]) -> list[str]:
    """Return the group columns of the strata, checked against the measure's."""
    names = within.split(",") if isinstance(within, str) else list(within)
    columns = [name.strip() for name in names if name.strip()]
    allowed = GROUPS[measure]
    for name in (factor, *columns):
        if name not in allowed:
            raise OptionError(unknown("group column", name, allowed, most=len(allowed)))
    if factor in columns:
        raise OptionError(f"within holds {factor}, the factor itself. Leave it out of within.")
    return columns


def _arms(counts: pd.DataFrame, factor: str) -> tuple[Any, Any]:
    """Return the two values of the factor: with, without.

    Raises
    ------
    OptionError
        It has another number of values.
    """
    values = sorted(counts[factor].dropna().unique().tolist())
    if counts[factor].dtype == "boolean":
        return True, False
    if len(values) != 2:  # noqa: PLR2004
        shown = ", ".join(map(str, values[:6])) or "none"
        raise OptionError(
            f"{factor} has {len(values)} values here ({shown}); a comparison takes two. Choose "
            "another factor, or a window in which it has two."
        )
    return values[1], values[0]


def _differences(  # noqa: PLR0917
    counts: pd.DataFrame,
    factor: str,
    columns: list[str],
    arms: tuple[Any, Any],
    rate: tuple[Counts, Counts],
    confidence: float,
) -> tuple[pd.DataFrame, Difference, Difference]:
    """Return the strata, and the difference of all rows and within strata."""
    import pandas as pd  # noqa: PLC0415

    frame = counts[columns].assign(
        _arm=counts[factor].map({arms[0]: "with", arms[1]: "without"}),
        _part=summed(counts, rate[0]),
        _n=summed(counts, rate[1]),
    )
    frame = frame[frame["_arm"].notna() & (frame["_n"] > 0)]
    # What is missing is a stratum of its own; a frame groups by text, so nothing is lost.
    keys = [frame[name].astype(object).where(frame[name].notna(), None) for name in columns]
    where = pd.Series(list(zip(*keys, strict=True)) if keys else [()] * len(frame), dtype=object)
    rows: dict[tuple[object, ...], dict[str, float]] = {}
    for key, arm, part, n in zip(where, frame["_arm"], frame["_part"], frame["_n"], strict=True):
        row = rows.setdefault(key, dict.fromkeys(_CELLS, 0.0))
        row[f"part_{arm}"] += part
        row[f"n_{arm}"] += n
    strata = pd.DataFrame(
        [[*key, *map(_value, arms), *cells.values()] for key, cells in rows.items()],
        columns=[*columns, "with", "without", *_CELLS],
    )
    strata = add_rate(strata, successes="part_with", n="n_with", rate="rate_with")
    strata = add_rate(strata, successes="part_without", n="n_without", rate="rate_without")
    strata = strata.assign(difference=strata["rate_with"] - strata["rate_without"])
    total = strata[list(_CELLS)].sum()
    raw = newcombe(
        (total["part_with"], total["n_with"]), (total["part_without"], total["n_without"]),
        confidence,
    )  # fmt: skip
    adjusted = mantel_haenszel(
        (strata["part_with"], strata["part_without"]),
        (strata["n_with"], strata["n_without"]),
        confidence,
    )
    whole = dict.fromkeys(_CELLS, "int64")
    ordered = ["n_with", "part_with", "rate_with", "n_without", "part_without", "rate_without"]
    return (
        strata.astype(whole)[[*columns, "with", "without", *ordered, "difference"]],
        raw,
        adjusted,
    )


#: The person's own past rate: without it, the reliable ones may be who had it.
RECORD = "record"
_CELLS = ("part_with", "n_with", "part_without", "n_without")


def _sentence(strata: pd.DataFrame, compared: Comparison, arms: tuple[Any, Any], words: str) -> str:
    """Return which of the two differences to believe, and how far."""
    n_with, n_without = (int(strata[f"n_{arm}"].sum()) for arm in ("with", "without"))
    name = compared.factor
    if not n_with or not n_without:
        empty = arms[0] if not n_with else arms[1]
        return f"Nothing to compare: nobody was counted with {name} {_value(empty)}."
    rates = [strata[f"part_{arm}"].sum() / strata[f"n_{arm}"].sum() for arm in ("with", "without")]
    sentence = (
        f"With {name} {_value(arms[0])} {rates[0]:.1%} {words} (of {n_with:,}), with "
        f"{_value(arms[1])} {rates[1]:.1%} (of {n_without:,}): {_points(compared.raw)}."
    )
    chance = " Who had it was not decided by a draw, so neither is proof that it works."
    if not compared.within:
        return f"{sentence} Nobody was compared with like people: give within.{chance}"
    both = (strata["n_with"] > 0) & (strata["n_without"] > 0)
    lost = int(strata.loc[~both, ["n_with", "n_without"]].sum().sum())
    if not both.any():
        return (
            f"{sentence} No like people had it and had it not: there is no fair comparison.{chance}"
        )
    alike = " and ".join(compared.within)
    sentence += f" Among people alike in {alike}: {_points(compared.adjusted)}."
    if lost:
        sentence += f" {lost:,} had nobody alike on the other side and are not in that."
    is_opposite = compared.raw.difference * compared.adjusted.difference < 0
    if is_opposite:
        sentence += (
            " The two point in opposite ways, since those who had it differ in other things."
        )
    if RECORD in compared.within:
        sentence += " Believe the comparison of like people."
    else:
        sentence += (
            f" Those with {name} {_value(arms[0])} may be the reliable ones: without "
            "record in within, neither number says what it does."
        )
    if compared.adjusted.low <= 0 <= compared.adjusted.high:
        sentence += " Chance alone may explain it."
    return sentence + chance


def _value(arm: object) -> str:
    return {True: "yes", False: "no"}.get(arm, str(arm)) if isinstance(arm, bool) else str(arm)


def _points(difference: Difference) -> str:
    if isnan(difference.difference):
        return "no difference can be told"
    shown = f"{100 * difference.difference:+.1f} points"
    if isnan(difference.low):
        return shown
    return f"{shown} ({100 * difference.low:+.1f} to {100 * difference.high:+.1f})"
