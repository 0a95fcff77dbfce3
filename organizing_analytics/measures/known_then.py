"""A store as it was known at the end of a date: what looks ahead must not see what came later.

Measures take a row with its fields as now recorded. A plan made for a past date may not: a
sign-up made later is absent, a later cancellation or confirmation has not happened, a later ask
or 1:1 is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.expressions import ibis
from organizing_analytics.measures.clock import end_of

if TYPE_CHECKING:
    from datetime import date, datetime

    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.settings import Settings
    from organizing_analytics.store import Data

#: Tables whose rows of later dates are left out, and the date that tells.
_DAYS = {"asks": "asked_on", "meetings": "scheduled_on", "departures": "departed_on"}


class KnownThen:
    """Answers like the store, without what was written down for later than `day`.

    Parameters
    ----------
    data : Data
        An open store.
    day : date
        A local date; known is what happened up to its end by the campaign's clock.
    """

    def __init__(self, data: Data, day: date) -> None:
        self._data, self._day = data, day
        self._end = end_of(day, data.settings.timezone)

    @property
    def snapshot(self) -> int | None:
        """Return the number of the store's snapshot."""
        return self._data.snapshot

    @property
    def settings(self) -> Settings:
        """Return the campaign's settings."""
        return self._data.settings

    def recorded_table(self, name: str) -> ir.Table:
        """Return a table with the rows, and the state of sign-ups, of that date."""
        rows = self._data.recorded_table(name)
        if name == "signups":
            return _signups_then(rows, self._end)
        return rows.filter(rows[_DAYS[name]] <= self._day) if name in _DAYS else rows

    def execute(self, expression: ir.Expr) -> pd.DataFrame:
        """Run an Ibis expression and return its rows."""
        return self._data.execute(expression)

    def as_of(self, value: str | date | None = None) -> date:
        """Return the date given, else the one that this stands at."""
        return self._day if value is None else self._data.as_of(value)


def _signups_then(rows: ir.Table, end: datetime) -> ir.Table:
    """Return the sign-ups made before a moment, as they stood at it."""
    moment = ibis.literal(end, type="timestamp")
    rows = rows.filter((rows.signed_up_at < moment).fill_null(True))
    cancels_later = (rows.cancelled_at >= moment).fill_null(False)
    confirms_later = (rows.confirmed_at >= moment).fill_null(False)
    had_confirmed = (rows.confirmed_at < moment).fill_null(False)
    never = ibis.null("timestamp")
    return rows.mutate(
        status=ibis.cases(
            ((rows.status == "cancelled") & cancels_later & had_confirmed, "confirmed"),
            ((rows.status == "cancelled") & cancels_later, "registered"),
            ((rows.status == "confirmed") & confirms_later, "registered"),
            else_=rows.status,
        ),
        cancelled_at=ibis.ifelse(cancels_later, never, rows.cancelled_at),
        confirmed_at=ibis.ifelse(confirms_later, never, rows.confirmed_at),
    )
