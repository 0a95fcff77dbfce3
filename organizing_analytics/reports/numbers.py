"""The numbers of a report: each is written once, and read on the page, in the notebook, in a file.

A cell of a table is a `Number` where it holds one: the page shows its words, the executed
notebook keeps its counts, and the CSV and the Parquet are made from the notebook. So the three
cannot differ. A number names nobody: the files are the same with and without names.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import pandas as pd

from organizing_analytics.charts.theme import FEW
from organizing_analytics.estimates import share
from organizing_analytics.reports.words import NOTHING, between, count, share_of
from organizing_analytics.safe_csv import csv_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from organizing_analytics.catalog.declaration import Column

#: Columns of the files, in order, with their pandas types.
COLUMNS = {
    "team_id": "str",
    "week": "str",
    "as_of": "str",
    "section": "str",
    "number": "str",
    "whose": "str",
    "period": "str",
    "by": "str",
    "group": "str",
    "count": "Int64",
    "of": "Int64",
    "rate": "Float64",
    "value": "Float64",
    "low": "Float64",
    "high": "Float64",
    "shown": "str",
}
#: What every row of a report shares: the facts of its title.
SHARED = ("team_id", "week", "as_of")


class Where(TypedDict, total=False):
    """Whom a number is about, when, and of which part; see `Number`."""

    whose: str
    period: str
    by: str
    group: str


@dataclass(frozen=True)
class Number:
    """One number of a report.

    Attributes
    ----------
    number : str
        What is counted, like came.
    shown : str
        As the page says it; in the files empty where the page has a dash.
    count, of : int or None
        The count; of how many, where it is a share.
    rate : float or None
        count / of, in 0 to 1; None where fewer than 5 were counted.
    value : float or None
        What is neither: people expected, days, a target.
    low, high : float or None
        The interval of the rate (95 %), or the range of the value.
    whose : str
        team, or all_teams.
    period : str
        this_week, eight_weeks_before, nine_weeks, 90_days, 14_days_ahead or as_of.
    by, group : str
        What it is split by, like week, and which part it is of, like 2026-W47.
    section : str
        Where it stands.
    """

    number: str
    shown: str
    count: int | None = None
    of: int | None = None
    rate: float | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    whose: str = "team"
    period: str = "this_week"
    by: str = ""
    group: str = ""
    section: str = ""

    def __str__(self) -> str:
        return self.shown

    @property
    def between(self) -> str:
        """Return the interval as it is read; a dash where there is none."""
        has_interval = self.low is not None and self.high is not None
        if not has_interval:
            return between(*_NO_INTERVAL)
        return between(self.low or 0.0, self.high or 0.0)

    def within(self, section: str) -> Number:
        """Return the number with the name of its section."""
        return self if self.section else replace(self, section=section)

    def as_row(self) -> dict[str, Any]:
        """Return its row, without what is missing."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}


_NO_INTERVAL = (float("nan"), float("nan"))


def counted(number: str, n: int, *, shown: str | None = None, **where: Unpack[Where]) -> Number:
    """Return a count; `shown` where it is not simply the number, `where` as in `Number`.

    Examples
    --------
    >>> str(counted("asks", 1200)), str(counted("asks", 0))
    ('1,200', '-')
    """
    return Number(number, count(n) if shown is None else shown, int(n), **where)


def shared(
    number: str,
    part: int,
    n: int,
    *,
    span: tuple[float | None, float | None] = (None, None),
    **where: Unpack[Where],
) -> Number:
    """Return a share; only the counts where they are too few to tell.

    Parameters
    ----------
    number : str
        What is counted.
    part, n : int
        The count, and of how many.
    span : (float, float)
        The interval that the measure gives; nothing where no measure gives the rate.
    **where
        As in `Number`.

    Examples
    --------
    >>> few, many = shared("came", 2, 3), shared("came", 12, 19, span=(0.41, 0.81))
    >>> str(few), few.rate, str(many), many.between
    ('2 of 3', None, '63 % (12 of 19)', '41 to 81 %')
    """
    if n < FEW:
        return Number(number, share_of(part, n), int(part), int(n), **where)
    rate = float(share(part, n))
    shown, (low, high) = share_of(part, n), span
    return Number(number, shown, int(part), int(n), rate=rate, low=low, high=high, **where)


def rated(
    number: str,
    row: Mapping[str, Any],
    rate: Column,
    *,
    is_rest: bool = False,
    **where: Unpack[Where],
) -> Number:
    """Return a rate of a measure, with the interval that the measure gives.

    Parameters
    ----------
    number : str
        What is counted.
    row : mapping
        One row of the measure's answer.
    rate : Column
        The declaration of the rate.
    is_rest : bool
        The number is what the rate leaves: 1 - rate.
    **where
        As in `Number`.
    """
    part, n = (sum(int(row[name]) for name in names) for names in (rate.successes, rate.n))
    low, high = (float(row[name]) for name in rate.bounds or ())
    if is_rest:
        part, low, high = n - part, 1 - high, 1 - low
    return shared(number, part, n, span=(low, high), **where)


def measured(
    number: str,
    value: float,
    shown: str,
    *,
    span: tuple[float | None, float | None] = (None, None),
    **where: Unpack[Where],
) -> Number:
    """Return what is neither a count nor a share; `span` is the range that goes with it."""
    return Number(number, shown, value=float(value), low=span[0], high=span[1], **where)


def table_of(numbers: Iterable[Mapping[str, Any]], facts: Mapping[str, Any]) -> pd.DataFrame:
    """Return the numbers of a report as a tidy table, one row a number."""
    shared_by_all = {name: facts.get(name, "") for name in SHARED}
    rows = [{**dict.fromkeys(COLUMNS), **shared_by_all, **number} for number in numbers]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).replace({"shown": NOTHING}, "")
    texts = {name: "" for name, kind in COLUMNS.items() if kind == "str"}
    return frame.fillna(texts).astype(COLUMNS)


def as_csv(frame: pd.DataFrame) -> str:
    """Return the table as CSV; whole precision, and no cell that a spreadsheet would run."""
    rows = frame.astype(object).itertuples(index=False, name=None)
    return csv_text(
        list(frame.columns), ([None if pd.isna(cell) else cell for cell in row] for row in rows)
    )


def as_parquet(frame: pd.DataFrame) -> bytes:
    """Return the table as Parquet."""
    into = BytesIO()
    frame.to_parquet(into, index=False)
    return into.getvalue()
