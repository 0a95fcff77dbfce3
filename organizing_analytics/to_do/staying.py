"""Who came and has no next shift, and whom the campaign is losing."""

# Ibis calls them isnull and notnull; it has no isna and notna.

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from organizing_analytics.measures import retention_losing
from organizing_analytics.to_do.asking import Offer
from organizing_analytics.to_do.standing import as_day, shift_words
from organizing_analytics.to_do.task import Task
from organizing_analytics.wording import plural, short_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from organizing_analytics.to_do.asking import NextShifts
    from organizing_analytics.to_do.standing import Row, Standing

#: A visit longer ago calls for winning back, not for the next shift.
RESHIFT_DAYS = 14
#: Who has been away for longer is gone.
WIN_BACK_DAYS = 180


def reshifts(then: Standing, shifts: NextShifts) -> Iterator[Task]:
    """Yield who came in the last two weeks and is on no list of a coming shift."""
    last = then.last_visits.filter(then.last_visits.starts_on > then.ago(RESHIFT_DAYS))
    busy = then.ahead.select(busy_id="person_id").distinct()
    for row in then.rows(last.anti_join(busy, last.person_id == busy.busy_id)):
        person, came_on = row["person_id"], as_day(row["starts_on"])
        if then.has_left(person, came_on):
            continue
        team = row["team"]
        shift = shifts.find(person, team, like=row["event_type"]) or shifts.find(person, team)
        offer = shifts.offer(shift) if shift else Offer("No shift with room is planned yet.")
        yield Task(
            "reshift",
            person,
            team,
            f"Came to {shift_words(row)} and has no next shift",
            then.until,
            offer.words,
            order=(then.day - came_on).days,
            shift_id=offer.shift_id,
            ask_for=offer.ask_for,
        )


def win_backs(then: Standing, shifts: NextShifts) -> Iterator[Task]:
    """Yield who used to come often and has stayed away for longer than is usual for them."""
    frame = retention_losing(then.known, as_of=then.day)
    busy = {row["person_id"] for row in then.rows(then.ahead.select("person_id").distinct())}
    homes = _homes(then) if len(frame) else {}
    for row in cast("list[Row]", frame.to_dict("records")):
        person, last_on = row["person_id"], as_day(row["last_on"])
        is_gone = row["days_since"] > WIN_BACK_DAYS or then.has_left(person, last_on)
        if is_gone or person in busy or person in shifts.availability.asked_lately:
            continue
        shift = shifts.find(person, homes.get(person))
        gap = plural(round(row["median_gap"]), "day")
        offer = shifts.offer(shift) if shift else Offer("")
        yield Task(
            "win_back",
            person,
            None,
            f"Came on {row['visits']} days, usually every {gap}; last on {short_day(last_on)}",
            then.until,
            offer.words,
            order=-row["visits"],
            shift_id=offer.shift_id,
            ask_for=offer.ask_for,
        )


def _homes(then: Standing) -> dict[str, str | None]:
    return {row["person_id"]: row["home"] for row in then.rows(then.homes)}
