"""The next ask: the same thing another time, another thing, or once more who did not say.

Only the latest ask of a person counts, and only while nothing has come of it: who has signed up
for a coming shift since then is left alone.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from organizing_analytics.expressions import _, ibis
from organizing_analytics.to_do.offering import NextShifts, Offer, with_offer
from organizing_analytics.to_do.standing import as_day
from organizing_analytics.to_do.task import Task, freshness
from organizing_analytics.wording import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis.expr.types as ir

    from organizing_analytics.to_do.standing import Row, Standing

#: An older ask is history.
FORGET_DAYS = 90
#: Days until an ask is repeated whose answer gives no date: after not_now, not_that, any other.
NOT_NOW_DAYS, NOT_THAT_DAYS, AGAIN_DAYS = 7, 2, 3
UNSAID = ("maybe", "no_answer")
OPEN = ("not_now", "not_that", *UNSAID)


def next_asks(standing: Standing, shifts: NextShifts) -> Iterator[Task]:
    """Yield the people whose latest ask got a not_now, a not_that, a maybe or no answer."""
    for row in standing.rows(_latest(standing)):
        if _due(row) <= standing.until and (
            row["outcome"] not in UNSAID or row["tries"] <= standing.settings.try_again_times
        ):
            yield _next_ask(row, shifts)


def next_ask_of(standing: Standing, shifts: NextShifts, person: str) -> Task | None:
    """Return what to ask one person next where an ask of theirs is open, whenever it is due."""
    # Not by the id itself: the statement is kept for whomever is asked about next.
    latest, wanted = _latest(standing), standing.ids_table([person])
    rows = standing.rows(latest.semi_join(wanted, latest.person_id == wanted.wanted_id))
    return _next_ask(rows[0], shifts) if rows else None


def _next_ask(row: Row, shifts: NextShifts) -> Task:
    if row["outcome"] == "not_now":
        return _re_ask(row, _due(row), shifts)
    if row["outcome"] == "not_that":
        return _offer_other(row, shifts)
    return _try_again(row, shifts)


def _due(row: Row) -> date:
    asked = as_day(row["asked_on"])
    if row["outcome"] == "not_now":
        return as_day(row["again_on"]) if row["again_on"] else asked + timedelta(days=NOT_NOW_DAYS)
    return asked + timedelta(days=NOT_THAT_DAYS if row["outcome"] == "not_that" else AGAIN_DAYS)


def _re_ask(row: Row, due: date, shifts: NextShifts) -> Task:
    when = f" and to ask again on {shifts.standing.dates.day(due)}" if row["again_on"] else ""
    after = due if row["again_on"] else None
    offer = _offer(row, shifts, like=row["ask_for"], after=after)
    return _task("re_ask", row, f'Said "not now" to {_asked_for(row, shifts)}{when}', offer, shifts)


def _offer_other(row: Row, shifts: NextShifts) -> Task:
    offer = _offer(row, shifts, unlike=row["ask_for"])
    return _task("offer_other", row, f'Said "not that" to {_asked_for(row, shifts)}', offer, shifts)


def _try_again(row: Row, shifts: NextShifts) -> Task:
    answer = 'Said "maybe" to' if row["outcome"] == "maybe" else "Did not answer when asked for"
    tried = f"; tried {row['tries']} times" if row["tries"] > 1 else ""
    offer = _offer(row, shifts, like=row["ask_for"])
    return _task("try_again", row, f"{answer} {_asked_for(row, shifts)}{tried}", offer, shifts)


def _task(action: str, row: Row, reason: str, offer: Offer, shifts: NextShifts) -> Task:
    due = _due(row)
    task = Task(
        action,
        row["person_id"],
        row["team_id"],
        reason,
        due,
        order=freshness(due, shifts.standing.day),
        # A day that was named is a promise to ask again on it.
        is_promise=action == "re_ask" and row["again_on"] is not None,
        ask_id=row["ask_id"],
    )
    return with_offer(task, offer)


def _asked_for(row: Row, shifts: NextShifts) -> str:
    asked_on = shifts.standing.dates.day(as_day(row["asked_on"]))
    return f"{spoken(row['ask_for'])} on {asked_on}"


def _offer(
    row: Row,
    shifts: NextShifts,
    *,
    like: str | None = None,
    unlike: str | None = None,
    after: date | None = None,
) -> Offer:
    wanted = spoken(row["ask_for"])
    no_to = row["shift_id"] if row["outcome"] in ("not_now", "not_that") else None
    if like is not None and row["ask_kind"] == "role":
        return shifts.role_offer(
            row["ask_for"], row["person_id"], row["team_id"], after=after, without=no_to
        )
    if like is not None and row["ask_kind"] == "other":
        return Offer(f"Ask for {wanted} again: say why, by when and where.", ask_for=like)
    shift = shifts.find(
        row["person_id"], row["team_id"], like=like, unlike=unlike, after=after, without=no_to
    )
    if shift is not None:
        return shifts.offer(shift, person=row["person_id"], team=row["team_id"])
    kind = f"No other {wanted}" if like is not None else f"Nothing but {wanted}"
    return Offer(f"{kind} with room is planned yet: say when they will hear from you.")


def _latest(standing: Standing) -> ir.Table:
    """Return each person's latest ask where it is open, with how often they were tried in a row."""
    asks = standing.past.recorded_table("asks").select(
        "ask_id", "asked_at", "asked_on", "person_id", "team_id", "ask_kind", "ask_for",
        "shift_id", "outcome", "again_on", "after_ask_id",
    )  # fmt: skip
    # The counter-offer in the same breath is the later of two at one moment.
    newest = [ibis.desc("asked_at"), ibis.desc(_.after_ask_id.notnull()), ibis.desc("ask_id")]
    in_order = ibis.window(group_by="person_id", order_by=newest)
    ranked = asks.mutate(place=ibis.row_number().over(in_order))
    recent = ibis.greatest(ranked.asked_on, ibis.coalesce(ranked.again_on, ranked.asked_on))
    last = ranked.filter(
        ranked.place == 0, ranked.outcome.isin(OPEN), recent > standing.ago(FORGET_DAYS)
    )
    answered = asks.filter(~asks.outcome.isin(UNSAID))
    answered = answered.group_by("person_id").aggregate(said_at=_.asked_at.max())
    unsaid = asks.filter(asks.outcome.isin(UNSAID)).left_join(answered, "person_id")
    in_a_row = (unsaid.asked_at > unsaid.said_at).fill_null(True)
    tries = unsaid.filter(in_a_row).group_by("person_id").aggregate(tries=_.count())
    signed = standing.ahead.group_by("person_id").aggregate(
        signed_at=_.signed_up_at.max(), untimed=_.count(where=_.signed_up_at.isnull())
    )
    rows = last.left_join(tries, "person_id").drop("person_id_right")
    rows = rows.mutate(tries=rows.tries.fill_null(1))
    rows = rows.left_join(signed, "person_id").drop("person_id_right")
    settled = (rows.signed_at >= rows.asked_at).fill_null(False) | (
        (rows.untimed > 0) & rows.signed_at.isnull()
    ).fill_null(False)
    return rows.filter(~settled).order_by("asked_at", "ask_id")
