"""What to ask somebody for: the coming shift that fits them best, and what to say.

The words are a hard ask: the event, the date, the time and the place of a real shift, and why it
is urgent. A role is asked for with the shift on which it starts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from organizing_analytics.expressions import _, ibis
from organizing_analytics.planning.late import count_of
from organizing_analytics.to_do.availability import Availability
from organizing_analytics.to_do.scripts import MAX_LETTERS, Scripts, read_scripts
from organizing_analytics.to_do.standing import as_day, called, start_of
from organizing_analytics.to_do.winning import Worths
from organizing_analytics.wording import plural, spoken

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from organizing_analytics.to_do.standing import Row, Standing
    from organizing_analytics.to_do.task import Task

#: A shift further off is nothing to ask for now.
LOOK_AHEAD_DAYS = 60
#: More than any order of a task's own.
WORTH_FIRST = 1_000_000


@dataclass(frozen=True)
class Offer:
    """What to ask somebody for.

    Attributes
    ----------
    words : str
        The ask in short, in quotes, or why there is nothing to ask for.
    shift_id : str or None
        The shift that they ask for.
    ask_for : str or None
        The event type or role that they ask for; None where they ask for nothing.
    hard_words, second, other : str
        The ask as a hard ask; a second time, for a "not now"; another thing, for a "not that".
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
        details=f'"{offer.hard_words}"' if offer.hard_words else offer.words,
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
    _kinds: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._by_team = _open_shifts(self.standing)
        kinds = self.standing.shifts.select("event_type").distinct()
        self._kinds = sorted(filter(None, (r["event_type"] for r in self.standing.rows(kinds))))
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
        self,
        shift: Row,
        *,
        person: str | None = None,
        team: str | None = None,
        opening: str = "",
        role: str | None = None,
    ) -> Offer:
        """Return what to say to ask for a shift, or for a role that starts on it.

        Parameters
        ----------
        shift : mapping
            From `find`.
        person, team : str, optional
            Who is asked, by which team: then with a second time and another thing.
        opening : str
            A sentence before the ask.
        role : str, optional
            The role that is asked for.
        """
        second = other = None
        if person is not None:
            self.worths.name(person, shift)
            kind, day = shift["event_type"], as_day(shift["starts_on"])
            second = self.find(person, team, like=kind, not_on=day)
            # Who does not want the role may still come.
            other = self.find(person, team, unlike=None if role else kind)
        role_words = {"role": spoken(role)} if role else {}
        return Offer(
            self._short_words(shift, opening, role_words.get("role", "")),
            shift["shift_id"],
            role or shift["event_type"],
            self._hard_words({**self._facts(shift), **role_words}, opening),
            self._script("second_role" if role else "second", second, role_words),
            self._script("other", other),
            shift.get("worth", 0.0),
            is_new=person is not None and self.worths.is_new(person),
        )

    def role_offer(
        self,
        role: str,
        person: str,
        team: str | None,
        *,
        after: date | None = None,
        without: str | None = None,
    ) -> Offer:
        """Return what to say to ask for a role: a hard ask names the shift on which it starts.

        That is a shift of the event type that the role names ("canvass captain"), else of any.
        Where none fits, a 1:1 is the first step.
        """
        wanted = spoken(role)
        named = [kind for kind in self._kinds if _is_named(spoken(kind), wanted)]
        fitting = [
            self.find(person, team, like=kind, after=after, without=without)
            for kind in named or (None,)
        ]
        shift = next(filter(None, fitting), None)
        if shift is None:
            words = f"Agree on a day and a place for a 1:1, and ask for the role of {wanted} there."
            return Offer(words, ask_for=role)
        return self.offer(shift, person=person, team=team, role=role)

    def _short_words(self, shift: Row, opening: str, role: str) -> str:
        start = self.standing.dates.day_and_time(start_of(shift, self.standing.settings.timezone))
        place = " online" if shift["is_virtual"] else ""
        place = f" at {shift['location']}" if shift["location"] else place
        before = f"{opening} " if opening else ""
        ask = f"Will you step up as {role}, starting with" if role else "Can you come to"
        return f'"{before}{ask} {called(shift)} on {start}{place}?"'

    def _hard_words(self, facts: Mapping[str, str], opening: str) -> str:
        ask = self.scripts.ask(facts)
        both = f"{opening} {ask}" if opening and ask else ask
        return both if len(both) < MAX_LETTERS else ask

    def _script(self, name: str, shift: Row | None, more: Mapping[str, str] = {}) -> str:
        if shift is None:
            return ""
        return self.scripts.fill(name, {**self._facts(shift), **more}) or ""

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


def _is_named(kind: str, role: str) -> bool:
    """Return whether a role names a kind of event: "canvass captain" names the canvass."""
    return f" {kind} ".casefold() in f" {role} ".casefold()


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
