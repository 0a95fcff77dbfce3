"""Who came and has no next shift, and whom the campaign is losing."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from organizing_analytics.expressions import _
from organizing_analytics.measures import retention_losing
from organizing_analytics.to_do.asking import FORGET_DAYS
from organizing_analytics.to_do.offering import Offer, with_offer
from organizing_analytics.to_do.standing import as_day, shift_words
from organizing_analytics.to_do.task import Task
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from organizing_analytics.to_do.offering import NextShifts
    from organizing_analytics.to_do.standing import Row, Standing

#: A visit longer ago calls for winning back, not for the next shift.
RESHIFT_DAYS = 14
#: Who has been away for longer is gone.
WIN_BACK_DAYS = 180
#: Somebody who came so often in so many days should have been asked for something.
NEVER_ASKED_VISITS, NEVER_ASKED_DAYS = 2, 90


def reshifts(standing: Standing, shifts: NextShifts) -> Iterator[Task]:
    """Yield who came in the last two weeks, is on no coming list and was not asked since.

    What an ask came to decides what is next: see `asking.py`, and `thanking.py` for a yes.
    """
    last = standing.last_visits.filter(standing.last_visits.starts_on > standing.ago(RESHIFT_DAYS))
    busy = standing.ahead.select(busy_id="person_id").distinct()
    idle = last.anti_join(busy, last.person_id == busy.busy_id)
    asks = standing.past.recorded_table("asks").select(asked_id="person_id", asked_at="asked_at")
    asked = idle.join(asks, [idle.person_id == asks.asked_id, asks.asked_at >= idle.starts_at])
    asked = asked.select("asked_id").distinct()
    for row in standing.rows(idle.anti_join(asked, idle.person_id == asked.asked_id)):
        person, came_on = row["person_id"], as_day(row["starts_on"])
        if standing.has_left(person, came_on):
            continue
        team = row["team"]
        shift = shifts.find(person, team, like=row["event_type"]) or shifts.find(person, team)
        nothing = Offer("No shift with room is planned yet.")
        offer = shifts.offer(shift, person=person, team=team) if shift else nothing
        task = Task(
            "reshift",
            person,
            team,
            f"Came to {shift_words(row, standing.dates)} and has no next shift",
            standing.until,
            order=(standing.day - came_on).days,
        )
        yield with_offer(task, offer)


def never_asked(standing: Standing, shifts: NextShifts) -> Iterator[Task]:
    """Yield who came at least twice lately, and whom nobody has asked for anything since long."""
    since = standing.ago(NEVER_ASKED_DAYS)
    days = standing.visits.filter(_.starts_on > since).select("person_id", "starts_on").distinct()
    often = days.group_by("person_id").aggregate(n=_.count(), last_on=_.starts_on.max())
    asked = standing.past.recorded_table("asks").filter(_.asked_on > since)
    asked = asked.select(asked_id="person_id").distinct()
    busy = standing.ahead.select(busy_id="person_id").distinct()
    rows = often.filter(often.n >= NEVER_ASKED_VISITS)
    rows = rows.anti_join(asked, rows.person_id == asked.asked_id)
    rows = rows.anti_join(busy, rows.person_id == busy.busy_id)
    homes = _homes(standing)
    for row in standing.rows(rows):
        person, last_on = row["person_id"], as_day(row["last_on"])
        if standing.has_left(person, last_on):
            continue
        shift = shifts.find(person, homes.get(person))
        nothing = Offer("Ask what they would like to do.")
        offer = shifts.offer(shift, person=person, team=homes.get(person)) if shift else nothing
        task = Task(
            "never_asked",
            person,
            None,
            f"Came on {row['n']} days in the last {NEVER_ASKED_DAYS}, and nobody asked them for"
            f" anything; last on {standing.dates.day(last_on)}",
            standing.until,
            order=-row["n"],
        )
        yield with_offer(task, offer)


def win_backs(standing: Standing, shifts: NextShifts) -> Iterator[Task]:
    """Yield who used to come often and has stayed away for longer than is usual for them."""
    frame = retention_losing(standing.past, as_of=standing.day)
    busy = {
        row["person_id"] for row in standing.rows(standing.ahead.select("person_id").distinct())
    }
    homes = _homes(standing) if len(frame) else {}
    asked_on = _last_asks(standing) if len(frame) else {}
    for row in cast("list[Row]", frame.to_dict("records")):
        person, last_on = row["person_id"], as_day(row["last_on"])
        is_gone = row["days_since"] > WIN_BACK_DAYS or standing.has_left(person, last_on)
        if is_gone or person in busy or person in shifts.availability.asked_lately:
            continue
        if person in asked_on and asked_on[person] > last_on:
            continue  # the ask was answered: what it came to decides what is next
        shift = shifts.find(person, homes.get(person))
        gap = plural(round(row["median_gap"]), "day")
        team = homes.get(person)
        offer = shifts.offer(shift, person=person, team=team) if shift else Offer("")
        task = Task(
            "win_back",
            person,
            None,
            f"Came on {row['visits']} days, usually every {gap};"
            f" last on {standing.dates.day(last_on)}",
            standing.until,
            order=-row["visits"],
        )
        yield with_offer(task, offer)


def _last_asks(standing: Standing) -> dict[str, date]:
    """Return when each person was asked last, where that is not history."""
    asks = standing.past.recorded_table("asks").filter(_.asked_on > standing.ago(FORGET_DAYS))
    last = asks.group_by("person_id").aggregate(asked_on=_.asked_on.max())
    return {row["person_id"]: as_day(row["asked_on"]) for row in standing.rows(last)}


def _homes(standing: Standing) -> dict[str, str | None]:
    return {row["person_id"]: row["home"] for row in standing.rows(standing.homes)}
