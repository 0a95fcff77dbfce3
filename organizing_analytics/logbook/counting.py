"""How much was logged in a week, by whom and which way: a receipt, and no ranking."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from organizing_analytics.logbook.recording import NEWEST, names_of
from organizing_analytics.logbook.replies import has_log
from organizing_analytics.store import open_store
from organizing_analytics.time_zones import zone_rules
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    import os
    from datetime import date


@dataclass(frozen=True)
class LoggedWeek:
    """What was logged about one week.

    Attributes
    ----------
    answers : int
        How many lines were answered; a correction counts as the same answer.
    by_way : dict of str to int
        How they came in (mail, form, workbook, command, python), by name.
    by_person : dict of str to int
        Who logged them, by name; answers of nobody in particular are left out.
    """

    answers: int
    by_way: dict[str, int]
    by_person: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of weekly.json."""
        return asdict(self)

    @property
    def in_short(self) -> str:
        """Return the counts without anybody's name, for the mails to all leads."""
        ways = ", ".join(f"{way} {n:,}" for way, n in self.by_way.items())
        return f"{plural(self.answers, 'answer')} ({ways})"

    def __str__(self) -> str:
        people = ", ".join(f"{name} {n:,}" for name, n in self.by_person.items())
        return f"{self.in_short}{f': {people}' if people else ''}."


def logged_in_week(monday: date, *, store: str | os.PathLike[str] | None = None) -> LoggedWeek:
    """Count what was logged about the seven days from a Monday, by the campaign's clock.

    Parameters
    ----------
    monday : date
        The first date.
    store : path, optional
        The store's folder.

    Raises
    ------
    StoreError
        There is no store.
    """
    with open_store(store) as data:
        if not has_log(data.connection):
            return LoggedWeek(0, {}, {})
        zone = zone_rules(data.settings.timezone)
        moments = [
            datetime.combine(day, time(0), zone).astimezone(zone_rules("UTC")).replace(tzinfo=None)
            for day in (monday, monday + timedelta(days=7))
        ]
        rows = data.connection.execute(
            "SELECT DISTINCT ON (code) way, by_id FROM main.log_replies "
            "WHERE happened_at >= ? AND happened_at < ? "
            f"ORDER BY code, {NEWEST}",
            moments,
        ).fetchall()
        names = names_of(data.connection, sorted({by for _, by in rows if by}))
    ways = Counter(way for way, _ in rows)
    people = Counter(names[by] for _, by in rows if by in names)
    return LoggedWeek(len(rows), dict(sorted(ways.items())), dict(sorted(people.items())))
