"""How `retention lapse` is counted: the product-limit estimate of Kaplan and Meier.

People who have not lapsed by as-of are censored there. A lapse is settled when it happens: if
coming back undid it, the curve of the same people would rise as the years go by.

Source
------
E. L. Kaplan and P. Meier (1958), Nonparametric estimation from incomplete observations, Journal
of the American Statistical Association 53, 457-481.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from organizing_analytics.catalog.retention import RETENTION_LAPSE
from organizing_analytics.clustering import clustered_wilson
from organizing_analytics.estimates import share
from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures.clusters import Tally
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.retention import attended_days, first_shifts_of_people

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

    people_rows = _people(chosen)
    counts = chosen.fetch(_counts(chosen, people_rows)).sort_values("day", ignore_index=True)
    days, people = counts["day"].to_numpy(), counts["people"].to_numpy()
    lapsed = counts["lapsed"].to_numpy(dtype=bool)
    if not lapsed.any():
        empty = pd.DataFrame({name: pd.Series(dtype="float64") for name in _COLUMNS})
        whole = dict.fromkeys(("day", "at_risk", "lapsed", "returned_later"), "int64")
        return chosen.present(empty.astype(whole))
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
            "lapsed": people[lapsed],
            "returned_later": counts["returned_later"].to_numpy()[lapsed],
        }
    )
    return chosen.present(frame.assign(**_came_back(chosen, people_rows, frame)))


def _came_back(chosen: Selection, people: ir.Table, frame: pd.DataFrame) -> dict[str, float]:
    """Return the share of all who lapsed that came back later, with its interval."""
    total = frame[["lapsed", "returned_later"]].sum().to_frame().T
    if not chosen.independent:
        rows = people.join(first_shifts_of_people(chosen), "person_id")
        counts = {
            "lapsed": _.count(where=_.lapsed),
            "returned_later": _.count(where=_.returned_later),
        }
        chosen.tallies.append(Tally(rows, {}, counts))
    (design,) = chosen.designs_of(total, [(("returned_later",), ("lapsed",))])
    n, successes = total["lapsed"], total["returned_later"]
    low, high = clustered_wilson(successes, n, design, chosen.confidence)
    return {
        "came_back": float(share(successes, n)[0]),
        "came_back_low": float(low[0]),
        "came_back_high": float(high[0]),
    }


def retention_lapse_counts(chosen: Selection) -> ir.Table:
    """Return `day lapsed people returned_later` as an Ibis expression.

    For the lapsed, `day` is when they lapsed, for the others how long they are known; both in
    days since the first visit.
    """
    return _counts(chosen, _people(chosen))


def _counts(chosen: Selection, people: ir.Table) -> ir.Table:
    return chosen.tally(
        people,
        {"day": people.day, "lapsed": people.lapsed},
        people=_.count(),
        returned_later=_.count(where=_.returned_later),
    )


def _people(chosen: Selection) -> ir.Table:
    """Return one row per person: `day`, `lapsed`, `returned_later`."""
    limit = chosen.data.settings.lapse_days
    in_order = ibis.window(group_by="person_id", order_by="visit_on")
    visits = attended_days(chosen).distinct()
    visits = visits.mutate(next_on=_.visit_on.lead().over(in_order))
    as_of = ibis.literal(chosen.as_of)
    away = ibis.coalesce(visits.next_on, as_of).delta(visits.visit_on, unit="day")
    visits = visits.mutate(away=away)
    people = visits.group_by("person_id").aggregate(
        first_on=_.visit_on.min(),
        last_on=_.visit_on.max(),
        left_on=_.visit_on.min(where=_.away > limit),
    )
    people = chosen.within(people, "first_on")
    lapsed = people.left_on.notnull()
    stayed = people.left_on.delta(people.first_on, unit="day") + limit
    followed = as_of.delta(people.first_on, unit="day")
    return people.mutate(
        lapsed=lapsed,
        day=ibis.ifelse(lapsed, stayed, followed),
        returned_later=(people.last_on > people.left_on).fill_null(False),
    )
