"""The table beside a plan: how many people each wanted probability takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.planning.result import TableRow
from organizing_analytics.planning.rule import TABLE_SURES

if TYPE_CHECKING:
    from organizing_analytics.planning.forecast import Forecast


def sure_table(
    forecast: Forecast, signed_up: int, *, need: int, capacity: int | None
) -> tuple[TableRow, ...]:
    """Return a row for each of `TABLE_SURES`: how many to schedule, and the odds with them.

    Parameters
    ----------
    forecast : Forecast
        Of the people on the list, and of who joins late.
    signed_up : int
        How many are on the list.
    need, capacity : int
        The odds are of at least `need`, and of more than `capacity`, people.
    """
    return tuple(
        _row(sure, forecast, signed_up, need=need, capacity=capacity) for sure in TABLE_SURES
    )


def _row(
    sure: float, forecast: Forecast, signed_up: int, *, need: int, capacity: int | None
) -> TableRow:
    more = forecast.more_to_schedule(need, sure)
    if more is None:
        return TableRow(sure=sure, schedule=None, p_enough=None, p_over_capacity=None)
    return TableRow(
        sure=sure,
        schedule=signed_up + more,
        p_enough=forecast.at_least(need, more=more),
        p_over_capacity=None if capacity is None else forecast.at_least(capacity + 1, more=more),
    )
