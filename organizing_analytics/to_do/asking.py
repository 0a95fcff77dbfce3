"""The next ask: the same thing another time, another thing, or once more who did not say.

Only the latest ask of a person counts, and only while nothing has come of it: who has signed up
for a coming shift since then is left alone. The words to say are a hard ask: the event, the date,
the time and the place of a real shift.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from organizing_analytics.expressions import _, ibis
from organizing_analytics.planning.late import count_of
from organizing_analytics.to_do.availability import Availability
from organizing_analytics.to_do.scripts import MAX_LETTERS, Scripts, read_scripts
from organizing_analytics.to_do.standing import as_day, called, start_of
from organizing_analytics.to_do.task import Task, freshness
from organizing_analytics.to_do.winning import Worths
from organizing_analytics.wording import plural, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis.expr.types as ir

    from organizing_analytics.to_do.standing import Row, Standing

#: An older ask is history.
FORGET_DAYS = 90
#: Days until an ask is repeated whose answer gives no date: after not_now, not_that, any other.
NOT_NOW_DAYS, NOT_THAT_DAYS, AGAIN_DAYS = 7, 2, 3
#: A shift further off is nothing to ask for now.
LOOK_AHEAD_DAYS = 60
#: More than any order of a task's own.
WORTH_FIRST = 1_000_000
UNSAID = ("maybe", "no_answer")
OPEN = ("not_now", "not_that", *UNSAID)


@dataclass(frozen=True)
class Offer:
    """What to ask somebody for.

    Attributes
    ----------
    words : str
        The ask, ready to say, or why there is nothing to ask for.
    shift_id : str or None
        The shift that they ask for.
    ask_for : str or None
        The event type or role that they ask for; None where they ask for nothing.
    hard_words, second, other : str
        The same as a hard ask; a second time, for a "not now"; another thing, for a "not that".
        Empty where nothing fits, or no place is known.
    worth : float
        How many places the ask is expected to fill.
    is_new : bool
        Whether the person never came to anything.
    """

    words: str
    shift_id: str | None = None
    ask_for: str | None = None
    hard_words: str = ""
    second: str = ""
    other: str = ""
    worth: float = 0.0
    is_new: bool = False


def with_offer(task: Task, offer: Offer) -> Task:
    """Return a task with what to say, and what it asks for."""
    return replace(
        task,
        details=offer.words,
        shift_id=offer.shift_id,
        ask_for=offer.ask_for,
        words=offer.hard_words,
        second=offer.second,
        other=offer.other,
        is_new=offer.is_new,
        # What fills most places comes first, then the task's own order.
        order=task.order - WORTH_FIRST * round(offer.worth, 3),
    )


@dataclass
class NextShifts:
    """The coming shifts that somebody can be asked for.

    Attributes
    ----------
    standing : Standing
        The campaign as it was known.
    """

    standing: Standing
    availability: Availability = field(init=False)
    scripts: Scripts = field(init=False)
    worths: Worths = field(init=False)
    _by_team: dict[str | None, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_team = _open_shifts(self.standing)
        self.availability = Availability.of(self.standing)
        self.worths = Worths(self.standing)
        self.scripts = read_scripts(getattr(self.standing.store, "folder", None))

    def find(
        self,
        person: str,
        team: str | None,
        *,
        like: str | None = None,
        unlike: str | None = None,
        after: date | None = None,
        without: str | None = None,
        not_on: date | None = None,
    ) -> Row | None:
        """Return the shift of a team that is worth asking for most; None where none fits.

        Where no ask is worth more than any other (nothing lacks people), it is the soonest.

        A shift fits when the person is free then and has not said "not that" to its kind.

        Parameters
        ----------
        person, team : str
            Who is asked, by which team; no team: a shift of any.
        like, unlike : str, optional
            The event type that it must, or must not, have.
        after : date, optional
            Not before this date.
        without : str, optional
            The shift that the person has said no to.
        not_on : date, optional
            Not on this date.
        """
        fitting = [
            shift
            for shift in self._by_team.get(team, ())
            if shift["shift_id"] != without
            and (like is None or shift["event_type"] == like)
            and (unlike is None or shift["event_type"] != unlike)
            and (not_on is None or as_day(shift["starts_on"]) != not_on)
            and (after is None or as_day(shift["starts_on"]) >= after)
            and self.availability.would_do(person, shift["event_type"])
            and self.availability.is_free(person, shift)
        ]
        best = self.worths.best(person, fitting)
        if best is not None:
            return {**best[0], "worth": best[1]}
        return {**fitting[0], "worth": 0.0} if fitting else None

    def of_team(self, team: str | None) -> list[Row]:
        """Return a team's coming shifts with room, the soonest first; of no team, all."""
        return self._by_team.get(team, [])

    def fill_ask(self, shift: Row) -> str:
        """Return the ask to find people for a shift; nothing where it does not lack any."""
        return self._script("ask_fill", shift)

    def offer(
        self, shift: Row, *, person: str | None = None, team: str | None = None, opening: str = ""
    ) -> Offer:
        """Return what to say to ask for a shift.

        Parameters
        ----------
        shift : mapping
            From `find`.
        person, team : str, optional
            Who is asked, by which team: then with a second time and another thing.
        opening : str
            A sentence before the ask.
        """
        start = self.standing.dates.day_and_time(start_of(shift, self.standing.settings.timezone))
        place = " online" if shift["is_virtual"] else ""
        place = f" at {shift['location']}" if shift["location"] else place
        before = f"{opening} " if opening else ""
        words = f'"{before}Can you come to {called(shift)} on {start}{place}?"'
        second = other = None
        if person is not None:
            self.worths.name(person, shift)
            kind, day = shift["event_type"], as_day(shift["starts_on"])
            second = self.find(person, team, like=kind, not_on=day)
            other = self.find(person, team, unlike=kind)
        return Offer(
            words,
            shift["shift_id"],
            shift["event_type"],
            self._hard_words(shift, opening),
            self._script("second", second),
            self._script("other", other),
            shift.get("worth", 0.0),
            is_new=person is not None and self.worths.is_new(person),
        )

    def _hard_words(self, shift: Row, opening: str) -> str:
        ask = self.scripts.ask(self._facts(shift))
        if ask is None:
            return ""
        both = f"{opening} {ask.text}" if opening else ask.text
        return both if len(both) < MAX_LETTERS else ask.text

    def _script(self, name: str, shift: Row | None) -> str:
        return (self.scripts.fill(name, self._facts(shift)) or "") if shift is not None else ""

    def _facts(self, shift: Row) -> dict[str, str]:
        start = start_of(shift, self.standing.settings.timezone)
        place = "online" if shift["is_virtual"] else ""
        outlook = self.standing.outlooks.get(shift["shift_id"])
        need = int(shift["need"]) if shift["need"] else 0
        short = 0 if outlook is None else count_of(outlook["more"]) or 0
        return {
            "event": called(shift),
            "date": self.standing.dates.day(start.date()),
            "time": self.standing.dates.time(start),
            "place": f"at {shift['location']}" if shift["location"] else place,
            "short": plural(short, "person", "people") if short else "",
            "need": f"{need:,}" if need else "",
            "why": shift["why"] or "",
        }


def _open_shifts(standing: Standing) -> dict[str | None, list[Row]]:
    """Return the coming shifts with room, by team, under None all; the soonest first."""
    limit = standing.day + timedelta(days=LOOK_AHEAD_DAYS)
    shifts = standing.shifts.filter(
        _.starts_at >= ibis.literal(standing.end, type="timestamp"), _.starts_on <= limit
    )
    taken = standing.ahead.group_by("shift_id").aggregate(taken=_.count())
    rows = shifts.left_join(taken, "shift_id").drop("shift_id_right")
    rows = rows.filter((rows.capacity > rows.taken.fill_null(0)).fill_null(True))
    by_team: dict[str | None, list[Row]] = defaultdict(list)
    for row in standing.rows(rows.order_by("starts_at", "shift_id")):
        by_team[None].append(row)
        if row["team"] is not None:
            by_team[row["team"]].append(row)
    return by_team


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
    wanted, is_role = spoken(row["ask_for"]), row["ask_kind"] in ("role", "other")
    if is_role and like is not None:
        is_known = row["ask_kind"] == "role"
        words = f'"Will you take on {wanted}?"' if is_known else ""
        role = shifts.scripts.fill("ask_role", {"role": wanted}) if is_known else None
        return Offer(words, ask_for=row["ask_for"], hard_words=role or "")
    no_to = row["shift_id"] if row["outcome"] in ("not_now", "not_that") else None
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
