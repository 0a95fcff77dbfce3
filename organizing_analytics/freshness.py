"""Up to when a campaign's data reach, and how old that is.

A list of whom to call is only as good as the data behind it. So every answer for a person says
how fresh they are, and a page about a week of which nothing was loaded gives no call list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from organizing_analytics.dates import INTERNATIONAL, DateWords
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from organizing_analytics.store import Data

#: Data older than this are stale: people may have been called, or have signed up, since.
MAX_FRESH_DAYS = 2
#: Attendance is looked for on the lists of this many days, to spare reading all of a large store.
RECENT_DAYS = 60


@dataclass(frozen=True)
class Freshness:
    """Up to when data reach, seen from a date.

    Attributes
    ----------
    through : date or None
        The latest local date, up to `on`, of a sign-up, a visit or absence written down, an ask,
        a contact or a 1:1 that was held or missed; None where nothing is recorded.
    on : date
        The date from which it is seen.
    dates : DateWords
        How the campaign writes dates.
    """

    through: date | None
    on: date
    dates: DateWords = INTERNATIONAL

    @property
    def age_days(self) -> int | None:
        """Return how many days before `on` the data end."""
        return None if self.through is None else (self.on - self.through).days

    @property
    def is_stale(self) -> bool:
        """Return whether the data are too old to call people by."""
        return self.age_days is None or self.age_days > MAX_FRESH_DAYS

    @property
    def words(self) -> str:
        """Return it in words.

        Examples
        --------
        >>> Freshness(date(2026, 11, 22), date(2026, 11, 23)).words
        'Data through Sun 22 Nov'
        >>> Freshness(date(2026, 11, 15), date(2026, 11, 23)).words
        'Data through Sun 15 Nov, 8 days old'
        """
        if self.through is None:
            return "No data recorded yet"
        age = f", {plural(self.age_days or 0, 'day')} old" if self.is_stale else ""
        return f"Data through {self.dates.day(self.through)}{age}"


def freshness(store: Data, *, on: date | None = None) -> Freshness:
    """Return up to when a store's data reach.

    Parameters
    ----------
    store : Data
        An open store.
    on : date, optional
        What was recorded for later does not count; today by the campaign's clock.

    Notes
    -----
    In plain SQL, since every answer asks for it: an Ibis expression takes longer to compile than
    the question takes to answer. Data that are in no store of ours are not asked.
    """
    day = store.settings.today() if on is None else on
    connection = getattr(store, "connection", None)
    if connection is None:
        return Freshness(None, day, store.settings.dates)
    for since in (day - timedelta(days=RECENT_DAYS), date.min):
        [(through,)] = connection.execute(_LATEST, {"day": day, "since": since}).fetchall()
        if through is not None:
            break
    return Freshness(through, day, store.settings.dates)


_LATEST = """
    SELECT max(day) FROM (
        SELECT max(asked_on) AS day FROM asks WHERE asked_on <= $day
        UNION ALL
        SELECT max(contacted_on) FROM contacts WHERE contacted_on <= $day
        UNION ALL
        SELECT max(scheduled_on) FROM meetings
        WHERE scheduled_on <= $day AND status IN ('held', 'no_show')
        UNION ALL
        SELECT max(signed_up_on) FROM signups WHERE signed_up_on <= $day
        UNION ALL
        SELECT max(h.starts_on) FROM shifts h JOIN signups g USING (shift_id)
        WHERE g.attended IS NOT NULL AND h.starts_on BETWEEN $since AND $day
    )
"""
