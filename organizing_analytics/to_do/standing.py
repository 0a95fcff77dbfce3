"""The campaign as it was known at the end of a date: what every task is made from.

What was written down for later is not known: sign-ups made later, later cancellations and
confirmations, later asks, contacts and 1:1s that were held later. A 1:1 that is set for later
is: nobody writes down when a date was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures import asks_do_not_ask
from organizing_analytics.measures.clock import end_of
from organizing_analytics.measures.contacts import NOT_REACHED
from organizing_analytics.measures.known_then import KnownThen
from organizing_analytics.planning.history import shifts_to_plan
from organizing_analytics.planning.options import DEFAULT_SURE
from organizing_analytics.planning.planner import Planner
from organizing_analytics.planning.upcoming import shifts_of
from organizing_analytics.store import Store
from organizing_analytics.time_zones import zone_rules
from organizing_analytics.wording import spoken

if TYPE_CHECKING:
    from collections.abc import Collection

    import ibis.expr.types as ir

    from organizing_analytics.dates import DateWords
    from organizing_analytics.settings import Settings
    from organizing_analytics.store import Data

    Row = dict[str, Any]

#: A visit, a yes or a 1:1 whose follow-up is late stays on the list for this many days.
CATCH_UP_DAYS = 7
#: "Lately", for visits and 1:1s.
MONTH_DAYS = 30
#: Shifts so many days ahead are looked at for people who are missing.
OUTLOOK_DAYS = 14
MAX_LETTERS = 80
#: A place that is not told, for a person to fill in.
NO_PLACE = "[place]"


@dataclass(frozen=True)
class Standing:
    """What was known of the campaign at the end of a date.

    Attributes
    ----------
    store : Data
        An open store.
    day : date
        The date; the list is for the days after it.
    has_places : bool
        Whether places are told. A place may be somebody's home: what names nobody has `NO_PLACE`
        where one is written down.
    """

    store: Data
    day: date
    has_places: bool = True

    @property
    def dates(self) -> DateWords:
        """Return how the campaign writes dates."""
        return self.settings.dates

    @property
    def settings(self) -> Settings:
        """Return the campaign's settings."""
        return self.store.settings

    @cached_property
    def past(self) -> KnownThen:
        """Return the store without what came later."""
        return KnownThen(self.store, self.day)

    @cached_property
    def planner(self) -> Planner:
        """Return the planner of that date."""
        return Planner(self.store, self.day)

    @cached_property
    def end(self) -> datetime:
        """Return the moment at which the date ends, in UTC."""
        return end_of(self.day, self.settings.timezone)

    @property
    def until(self) -> date:
        """Return the last date that the list is for."""
        return self.day + timedelta(days=self.settings.todo_days)

    def ago(self, days: int) -> date:
        """Return the date so many days before."""
        return self.day - timedelta(days=days)

    def local(self, moment: datetime) -> datetime:
        """Return a moment of the store by the campaign's clock."""
        utc = moment.replace(tzinfo=zone_rules("UTC"))
        return utc.astimezone(zone_rules(self.settings.timezone)).replace(tzinfo=None)

    def ids_table(self, ids: Collection[str]) -> ir.Table:
        """Return ids as a table with the column `wanted_id`, until the next one is made.

        A list of many ids takes the engine's compiler long.
        """
        if isinstance(self.store, Store):
            return self.store.ids_table(ids)
        return ibis.memtable(pd.DataFrame({"wanted_id": sorted(ids)}, dtype="str"))

    def rows(self, expression: ir.Table) -> list[Row]:
        """Run an expression and return its rows as plain values; what is empty is None."""
        frame = self.store.execute(expression)
        return [
            {str(name): _plain(value) for name, value in row.items()}
            for row in cast("list[Row]", frame.to_dict("records"))
        ]

    @cached_property
    def visits(self) -> ir.Table:
        """Return the attended sign-ups with their shift: person, when, what, of which team."""
        shifts = self.shifts.filter(_.starts_on <= self.day)
        signups = self.past.recorded_table("signups")
        came = signups.filter(signups.attended.fill_null(False))
        came = came.select("person_id", "shift_id", "signup_id")
        return came.join(shifts, "shift_id")

    @cached_property
    def shifts(self) -> ir.Table:
        """Return the live shifts, with their end (or start) and place."""
        ends = self.store.recorded_table("shifts").select("shift_id", "ends_at")
        places = self.store.recorded_table("events").select(
            "event_id", "location", "is_virtual", "why"
        )
        if not self.has_places:
            blank = ibis.cases((_.location.length() > 0, NO_PLACE), else_=_.location)
            places = places.mutate(location=blank)
        rows = shifts_to_plan(self.store).left_join(ends, "shift_id").drop("shift_id_right")
        rows = rows.left_join(places, "event_id").drop("event_id_right")
        return rows.mutate(ends_at=ibis.coalesce(rows.ends_at, rows.starts_at))

    @cached_property
    def outlooks(self) -> dict[str, Row]:
        """Return the forecast of each shift of the next two weeks, as `plan_upcoming` has it."""
        ahead = timedelta(days=OUTLOOK_DAYS)
        frame = shifts_of(self.planner, team=None, ahead=ahead, sure=DEFAULT_SURE)
        return {row["shift_id"]: row for row in cast("list[Row]", frame.to_dict("records"))}

    @cached_property
    def ahead(self) -> ir.Table:
        """Return `person_id`, `shift_id` and `signed_up_at` of the lists of shifts ahead."""
        shifts = shifts_to_plan(self.store).filter(_.starts_at >= self.end).select("shift_id")
        signups = self.past.recorded_table("signups")
        live = signups.filter(signups.status != "cancelled", ~signups.is_walk_in.fill_null(False))
        return live.join(shifts, "shift_id").select("person_id", "shift_id", "signed_up_at")

    @cached_property
    def contacts(self) -> ir.Table:
        """Return the contacts that reached somebody, or may have."""
        contacts = self.store.recorded_table("contacts")
        reached = ~contacts.result.isin(NOT_REACHED).fill_null(False)
        return contacts.filter(reached, contacts.at < ibis.literal(self.end, type="timestamp"))

    @cached_property
    def meetings_ahead(self) -> ir.Table:
        """Return `met_id` and `kind` of the 1:1s that are set for later."""
        meetings = self.store.recorded_table("meetings")
        later = meetings.filter(meetings.scheduled_on > self.day, meetings.status != "cancelled")
        return later.select("kind", "scheduled_on", met_id="person_id")

    @cached_property
    def activity(self) -> ir.Table:
        """Return each person's days with a visit: first, last, how many, how many lately."""
        days = self.visits.select("person_id", "starts_on").distinct()
        lately = days.starts_on > ibis.literal(self.ago(MONTH_DAYS))
        return days.group_by("person_id").aggregate(
            first_on=_.starts_on.min(),
            last_on=_.starts_on.max(),
            visits=_.count(),
            lately=lately.sum(),
        )

    @cached_property
    def last_visits(self) -> ir.Table:
        """Return each person's latest visit: its shift, event type, title and team."""
        in_order = ibis.window(
            group_by="person_id", order_by=[ibis.desc("starts_at"), ibis.desc("shift_id")]
        )
        ranked = self.visits.mutate(place=ibis.row_number().over(in_order))
        return ranked.filter(ranked.place == 0).drop("place")

    @cached_property
    def homes(self) -> ir.Table:
        """Return each person's team: their own, else that of their latest visit."""
        people = self.store.recorded_table("people").select("person_id", "team_id", "role")
        last = self.last_visits.select("person_id", visited="team")
        rows = people.left_join(last, "person_id").drop("person_id_right")
        return rows.select("person_id", "role", home=ibis.coalesce(rows.team_id, rows.visited))

    @cached_property
    def must_not_ask(self) -> dict[str, Row]:
        """Return who must not be asked, by id: since when and why."""
        frame = asks_do_not_ask(self.past, as_of=self.day)
        rows = cast("list[Row]", frame.to_dict("records"))
        return {row["person_id"]: {k: _plain(v) for k, v in row.items()} for row in rows}

    @cached_property
    def marked(self) -> set[str]:
        """Return the ids of those who asked not to be contacted at all."""
        return {p for p, row in self.must_not_ask.items() if row["why"] == "do_not_contact"}

    @cached_property
    def departed(self) -> dict[str, date]:
        """Return who has left, by id: when."""
        rows = self.past.recorded_table("departures")
        last = rows.group_by("person_id").aggregate(departed_on=_.departed_on.max())
        return {row["person_id"]: _day(row["departed_on"]) for row in self.rows(last)}

    def is_out(self, person_id: str) -> bool:
        """Return whether somebody is not to be planned with: has left, or wants no contact."""
        return person_id in self.departed or person_id in self.marked

    def has_left(self, person_id: str, last_on: date | None) -> bool:
        """Return whether somebody has left and has not been back since."""
        left_on = self.departed.get(person_id)
        return left_on is not None and (last_on is None or last_on <= left_on)


def _plain(value: object) -> Any:
    if value is None or value != value:  # noqa: PLR0124  # not a number, not a time
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def as_day(value: date | datetime) -> date:
    """Return the date of what an engine gave as a date."""
    return _day(value)


def called(row: Row) -> str:
    """Return what people call a shift's event: its title, else its kind; not without end."""
    name = str(row["title"] or spoken(row["event_type"]))
    return name if len(name) <= MAX_LETTERS else f"{name[: MAX_LETTERS - 1].rstrip()}…"


def shift_words(row: Row, dates: DateWords) -> str:
    """Return a past shift as it is named in a reason: title and date."""
    return f"{called(row)} on {dates.day(as_day(row['starts_on']))}"


def start_of(row: Row, campaign_zone: str) -> datetime:
    """Return a shift's start by its event's clock."""
    start: datetime = row["starts_at"].replace(tzinfo=zone_rules("UTC"))
    return start.astimezone(zone_rules(row["timezone"] or campaign_zone)).replace(tzinfo=None)


def start_words(row: Row, settings: Settings) -> str:
    """Return a coming shift's title, date and time."""
    start = settings.dates.day_and_time(start_of(row, settings.timezone))
    return f"{called(row)} on {start}"
