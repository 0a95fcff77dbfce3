"""Who may be asked for which coming shift.

Nobody is asked for a shift while they are on a list at an overlapping hour, after they said "not
that" to its kind, or within the campaign's cooldown of the last ask. Who must not be asked at
all, and who has left, is known to `Standing`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from organizing_analytics.expressions import _, ibis
from organizing_analytics.to_do.standing import MONTH_DAYS, Standing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from organizing_analytics.store import Data
    from organizing_analytics.to_do.standing import Row

#: How long a shift without an end is taken to last, so that two shifts of one evening overlap.
DEFAULT_HOURS = 3


@dataclass(frozen=True)
class Availability:
    """Who may be asked for which coming shift, as it was known at the end of a date.

    Plain values, so that it can be read once and kept for all teams.

    Attributes
    ----------
    lists : mapping
        Person → the coming shifts on whose list they are: `shift_id starts_at ends_at`, in UTC.
    refused : mapping
        Person → the kinds of shift to which their latest clear answer was "not that".
    asked_lately : frozenset of str
        Who was asked for anything within the campaign's cooldown.
    asked_often : frozenset of str
        Who was asked in the last 30 days as often as the setting `asks_a_month` allows.
    """

    lists: Mapping[str, list[Row]]
    refused: Mapping[str, set[str]]
    asked_lately: frozenset[str]
    asked_often: frozenset[str]

    @classmethod
    def of(cls, standing: Standing) -> Availability:
        """Read it from the campaign as it was known."""
        return cls(
            _lists(standing), _refused(standing), _asked_lately(standing), _asked_often(standing)
        )

    def is_free(self, person: str, shift: Row) -> bool:
        """Return whether a person is on no list that overlaps with a shift.

        Parameters
        ----------
        person : str
        shift : mapping
            `shift_id starts_at ends_at`, in UTC.
        """
        start, end = _hours(shift)
        for listed in self.lists.get(person, ()):
            begins, ends = _hours(listed)
            if listed["shift_id"] == shift["shift_id"] or (begins < end and start < ends):
                return False
        return True

    def would_do(self, person: str, event_type: str) -> bool:
        """Return whether a person has not said "not that" to a kind of shift, or yes since."""
        return event_type not in self.refused.get(person, set())


def availability_at(store: Data, *, as_of: date) -> Availability:
    """Return who may be asked for which shift, as it was known at the end of a date."""
    return Availability.of(Standing(store, as_of))


def _lists(standing: Standing) -> dict[str, list[Row]]:
    hours = standing.shifts.select("shift_id", "starts_at", "ends_at")
    ahead = standing.ahead.select("person_id", "shift_id").join(hours, "shift_id").distinct()
    lists: dict[str, list[Row]] = defaultdict(list)
    for row in standing.rows(ahead):
        lists[row["person_id"]].append(row)
    return dict(lists)


def _refused(standing: Standing) -> dict[str, set[str]]:
    asks = standing.past.recorded_table("asks")
    clear = asks.filter(asks.outcome.isin(("yes", "not_that")))
    # The counter-offer in the same breath is the later of two at one moment.
    newest = [ibis.desc("asked_at"), ibis.desc(_.after_ask_id.notnull()), ibis.desc("ask_id")]
    in_order = ibis.window(group_by=["person_id", "ask_for"], order_by=newest)
    latest = clear.mutate(place=ibis.row_number().over(in_order)).filter(_.place == 0)
    refused: dict[str, set[str]] = defaultdict(set)
    for row in standing.rows(latest.filter(_.outcome == "not_that").select("person_id", "ask_for")):
        refused[row["person_id"]].add(row["ask_for"])
    return dict(refused)


def _asked_lately(standing: Standing) -> frozenset[str]:
    asks = standing.past.recorded_table("asks")
    since = ibis.literal(standing.ago(standing.settings.ask_cooldown_days))
    lately = asks.filter(asks.asked_on > since).select("person_id").distinct()
    return frozenset(row["person_id"] for row in standing.rows(lately))


def _asked_often(standing: Standing) -> frozenset[str]:
    asks = standing.past.recorded_table("asks")
    # An ask and the counter-offer in the same breath are one conversation.
    alone = asks.filter(asks.asked_on > standing.ago(MONTH_DAYS), asks.after_ask_id.isnull())
    counts = alone.group_by("person_id").aggregate(n=_.count())
    often = counts.filter(counts.n >= standing.settings.asks_a_month)
    return frozenset(row["person_id"] for row in standing.rows(often))


def _hours(shift: Row) -> tuple[datetime, datetime]:
    start, end = shift["starts_at"], shift["ends_at"]
    if end is None or end <= start:
        end = start + timedelta(hours=DEFAULT_HOURS)
    return start, end
