"""The lapse curve: how many people are still coming, by the days since they first came.

A person counts as lapsed when the last visit is more than L days before as-of (setting
`lapse_days`); it happened L days after that visit. Everybody else is censored at as-of: nobody
knows yet how long they will stay. The curve is the product-limit estimate of Kaplan and Meier.

Source
------
E. L. Kaplan and P. Meier (1958), Nonparametric estimation from incomplete observations, Journal
of the American Statistical Association 53, 457-481.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import ibis
import numpy as np
from ibis import _

from organizing_analytics.catalog.retention import RETENTION_LAPSE
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.retention import attended_days

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.measures.selection import Selection


_COLUMNS = tuple(column.name for column in RETENTION_LAPSE.columns)


@measure(RETENTION_LAPSE)
def retention_lapse(chosen: Selection) -> pd.DataFrame:
    """Return the share of people who have not lapsed, by days since the first visit."""
    import pandas as pd  # noqa: PLC0415
    from scipy import stats  # noqa: PLC0415  # slow to import, and needed here alone

    counts = chosen.fetch(retention_lapse_counts(chosen)).sort_values("day", ignore_index=True)
    days, people = counts["day"].to_numpy(), counts["people"].to_numpy()
    lapsed = counts["lapsed"].to_numpy(dtype=bool)
    if not lapsed.any():
        empty = pd.DataFrame({name: pd.Series(dtype="float64") for name in _COLUMNS})
        return chosen.present(empty.astype({"day": "int64", "at_risk": "int64"}))
    ended = np.repeat(days[lapsed], people[lapsed])
    open_ended = np.repeat(days[~lapsed], people[~lapsed])
    curve = stats.ecdf(stats.CensoredData(uncensored=ended, right=open_ended)).sf
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        # Where nobody has lapsed yet, or nobody is left, there is no such interval: it is empty.
        warnings.simplefilter("ignore", RuntimeWarning)
        bounds = curve.confidence_interval(chosen.confidence, method="log-log")
    event_days = np.unique(ended)
    at = np.searchsorted(curve.quantiles, event_days)
    frame = pd.DataFrame(
        {
            "day": event_days,
            "at_risk": [int(people[days >= day].sum()) for day in event_days],
            "surviving": curve.probabilities[at],
            "low": bounds.low.probabilities[at],
            "high": bounds.high.probabilities[at],
        }
    )
    return chosen.present(frame)


def retention_lapse_counts(chosen: Selection) -> ir.Table:
    """Return `day`, `lapsed` and `people` as an Ibis expression: when and how each was last seen.

    For the lapsed, `day` is when they lapsed, for the others how long they are known; both in
    days since the first visit.
    """
    limit = chosen.data.settings.lapse_days
    people = (
        attended_days(chosen)
        .group_by("person_id")
        .aggregate(first_on=_.visit_on.min(), last_on=_.visit_on.max())
    )
    people = chosen.within(people, "first_on")
    as_of = ibis.literal(chosen.as_of)
    lapsed = people.last_on < chosen.days_before(limit)
    stayed = people.last_on.delta(people.first_on, unit="day") + limit
    known = as_of.delta(people.first_on, unit="day")
    people = people.mutate(lapsed=lapsed, day=ibis.ifelse(lapsed, stayed, known))
    return chosen.tally(people, {"day": people.day, "lapsed": people.lapsed}, people=_.count())
