"""Who is asked for what, and what they say; after a no, what was tried next.

How the truths are kept: a no is drawn with its kind, then, by the kind alone, whether a yes
to another ask follows within 30 days. After a no there is at most one other ask of that person
within 30 days, and its outcome is the one drawn; any further ask comes later than that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from organizing_analytics.model import NO_TYPES
from organizing_analytics.sample.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from organizing_analytics.sample.ladder import Crew, Meeting
    from organizing_analytics.sample.people import Person
    from organizing_analytics.sample.setting import Setting
    from organizing_analytics.sample.shifts import Calendar, Shift
    from organizing_analytics.sample.signups import Signup, Trail

NOT_NOW, NOT_THAT, NOT_EVER, NO = NO_TYPES
#: Asks out of the blue, a person; and the share of recruited sign-ups whose ask was noted.
ASKS_A_PERSON = 1.45
NOTED = 0.32
ASKED_IN_MEETING = 0.8
OUTCOMES = {
    NOT_NOW: 0.2,
    NOT_THAT: 0.13,
    NOT_EVER: 0.05,
    NO: 0.13,
    "maybe": 0.14,
    "no_answer": 0.35,
}
IN_MEETING = {NOT_NOW: 0.3, NOT_THAT: 0.25, NOT_EVER: 0.05, NO: 0.1, "maybe": 0.3}
CHANNELS = {"phone": 0.5, "text": 0.3, "door": 0.15, "event": 0.05}
ASK_FOR_ROLES = ("team_member", "team_leader", "canvass captain", "phone bank captain")
ASK_FOR_OTHER = ("host a house meeting", "bring a friend", "lend a van")
ROLE_SHARE, OTHER_SHARE = 0.14, 0.07
NAMES_SHIFT = 0.45
#: How often the other ask comes in the same breath.
IN_SAME_BREATH = {NOT_NOW: 0.3, NOT_THAT: 0.4, NOT_EVER: 0.0, NO: 0.15}
#: No other ask follows within 30 days of a no. Two days more, so that it holds in all time zones.
REST_DAYS = 32
LATEST_REASK = 28
BEFORE_SIGNING_UP = 0.5
HARD_YES, HARD_OTHER, NOT_NOTED = 0.8, 0.55, 0.12
NOTES = {
    NOT_NOW: ("Works weekends until the end of the month.", "Call after exams.", "Kids are sick."),
    NOT_THAT: ("Doors are not for her; phones maybe.", "Shy on the phone.", "Bad knee."),
    NOT_EVER: ("Please take me off the list.", "Has left the area for good."),
}


@dataclass(slots=True, eq=False)
class Ask:
    """One ask."""

    person: Person
    asked_at: int
    outcome: str
    asker: Person | None
    channel: str
    ask_kind: str = "event"
    ask_for: str = "canvass"
    shift: Shift | None = None
    meeting: Meeting | None = None
    is_specific: bool | None = None
    is_urgent: bool | None = None
    again_on: int | None = None
    after: Ask | None = None
    notes: str = ""
    ask_id: str = ""


@dataclass(frozen=True, slots=True)
class _Moment:
    """Something that may lead to an ask: a sign-up, a 1:1, or nothing."""

    at: int
    signup: Signup | None = None
    meeting: Meeting | None = None


class AskDraws:
    """Draws the asks of all people."""

    def __init__(self, setting: Setting, crew: Crew, calendar: Calendar) -> None:
        self.dice, self.truth, self.clock = setting.dice("asks"), setting.truth, setting.clock
        self.crew, self.calendar = crew, calendar
        self.last_day, self.night = setting.last_day, setting.night
        self.asks: list[Ask] = []
        self.never_again: dict[int, int] = {}

    def follow(self, trail: Trail, meetings: Sequence[Meeting]) -> None:
        """Draw one person's asks in order of time."""
        if trail.person.is_staff:
            return
        rests_until = 0
        used: set[Signup] = set()
        for moment in sorted(self._moments(trail, meetings), key=lambda moment_of: moment_of.at):
            day = self.clock.local(moment.at)[0]
            if day < rests_until or moment.signup in used:
                continue
            ask = self._ask(trail.person, moment)
            self.asks.append(ask)
            if ask.outcome in NO_TYPES:
                rests_until = day + REST_DAYS
                if self._after_no(ask, day, trail, used):
                    self.never_again[trail.person.number] = ask.asked_at
                    return

    def _moments(self, trail: Trail, meetings: Sequence[Meeting]) -> list[_Moment]:
        dice = self.dice
        moments = [
            _Moment(signup.signed_up_at - dice.whole(1, 4), signup=signup)
            for signup in trail.signups
            if signup.signed_up_at is not None and signup.recruiter and dice.chance(NOTED)
        ]
        moments += [
            _Moment(meeting.scheduled_at + (meeting.minutes or 30) - 3, meeting=meeting)
            for meeting in meetings
            if meeting.status == "held" and dice.chance(ASKED_IN_MEETING)
        ]
        days = (self._some_day(trail) for _ in range(dice.count(ASKS_A_PERSON)))
        moments += [_Moment(self._daytime(day)) for day in days if day <= self.last_day]
        return [moment for moment in moments if moment.at <= self.night]

    def _some_day(self, trail: Trail) -> int:
        """Return a day to ask on: often some days before a sign-up, else any since known."""
        dice = self.dice
        signup_moments = [s.signed_up_at for s in trail.signups if s.signed_up_at is not None]
        if signup_moments and dice.chance(BEFORE_SIGNING_UP):
            return self.clock.local(dice.pick(signup_moments))[0] - dice.whole(1, LATEST_REASK - 3)
        return dice.whole(min(trail.person.turns_up, self.last_day), self.last_day)

    def _daytime(self, day: int) -> int:
        return self.clock.moment(day, self.dice.whole(10 * 60, 21 * 60))

    def _ask(self, person: Person, moment: _Moment) -> Ask:
        if moment.signup is not None:
            return self._yes_to(person, moment.signup, moment.at)
        if moment.meeting is not None:
            return self._in_meeting(person, moment.meeting, moment.at)
        outcome = self.dice.weighted(OUTCOMES)
        return self._new(person, moment.at, outcome)

    def _new(self, person: Person, at: int, outcome: str) -> Ask:
        """Return an ask out of the blue; `kind` and `for` by chance."""
        dice = self.dice
        asker = self.crew.someone(dice, person.team, but=person)
        ask = Ask(person, at, outcome, asker, dice.weighted(CHANNELS))
        chance = dice.uniform()
        if chance < ROLE_SHARE:
            ask.ask_kind, ask.ask_for = "role", dice.pick(ASK_FOR_ROLES)
        elif chance < ROLE_SHARE + OTHER_SHARE:
            ask.ask_kind, ask.ask_for = "other", dice.pick(ASK_FOR_OTHER)
        else:
            self._for_event(ask)
        self._how_hard(ask)
        return ask

    def _for_event(self, ask: Ask, *, but: str = "", only: str = "") -> None:
        """Make it an ask for an event, often naming a shift: any type, or not `but`, or `only`."""
        shares = {
            kind.event_type: kind.share
            for kind in KINDS
            if kind.event_type != but and only in ("", kind.event_type)
        }
        ask.ask_kind, ask.ask_for = "event", self.dice.weighted(shares)
        day = self.clock.local(ask.asked_at)[0]
        shift = self.calendar.by_team[ask.person.team].pick(self.dice, day + 1, day + 14)
        fits = shift is not None and shift.event.kind.event_type == ask.ask_for
        ask.shift = shift if fits and self.dice.chance(NAMES_SHIFT) else None

    def _yes_to(self, person: Person, signup: Signup, at: int) -> Ask:
        channel = signup.channel if signup.channel != "web" else "text"
        ask = Ask(person, at, "yes", signup.recruiter, channel, shift=signup.shift)
        ask.ask_for = signup.shift.event.kind.event_type
        self._how_hard(ask)
        return ask

    def _in_meeting(self, person: Person, meeting: Meeting, at: int) -> Ask:
        outcome = "yes" if meeting.commitment else self.dice.weighted(IN_MEETING)
        ask = self._new(person, at, outcome)
        ask.meeting, ask.asker, ask.channel = meeting, meeting.organizer, "one_on_one"
        if meeting.kind == "escalation":
            ask.ask_kind, ask.ask_for, ask.shift = "role", "team_leader", None
        return ask

    def _how_hard(self, ask: Ask) -> None:
        dice = self.dice
        odds = HARD_YES if ask.outcome == "yes" else HARD_OTHER
        ask.is_specific = None if dice.chance(NOT_NOTED) else dice.chance(odds)
        ask.is_urgent = None if dice.chance(NOT_NOTED) else dice.chance(odds)

    # After a no

    def _after_no(self, ask: Ask, day: int, trail: Trail, used: set[Signup]) -> bool:
        """Ask again, or not, as drawn by the kind of no; return whether never to ask again."""
        dice, truth, kind = self.dice, self.truth, ask.outcome
        if kind in NOTES and dice.chance(0.15):
            ask.notes = dice.pick(NOTES[kind])
        converted = dice.chance(truth.converted[kind])
        right = dice.chance(truth.right_move_if_reasked.get(kind, 0.5))
        if not converted and not dice.chance(truth.reasked_in_vain[kind]):
            if kind == NOT_NOW and dice.chance(0.5):
                ask.again_on = day + dice.whole(7, 40)
            return kind == NOT_EVER
        if dice.chance(IN_SAME_BREATH[kind]):
            again = self._new(ask.person, ask.asked_at, "yes" if converted else "maybe")
            again.after, again.asker, again.channel = ask, ask.asker, ask.channel
            again.meeting = ask.meeting
            self._like_guide(ask, again, right=right)
        else:
            again = self._later(ask, day, trail, used, converted=converted, right=right)
        if again.asked_at <= self.night:
            self.asks.append(again)
        return False

    def _later(
        self, ask: Ask, day: int, trail: Trail, used: set[Signup], *, converted: bool, right: bool
    ) -> Ask:
        dice = self.dice
        signup = self._next_signup(trail, day, used) if converted else None
        if signup is not None and signup.signed_up_at is not None:
            used.add(signup)
            again = self._yes_to(ask.person, signup, signup.signed_up_at - 2)
            self._like_guide(again, ask, right=right)
        else:
            on = day + dice.whole(1, LATEST_REASK)
            outcome = "yes" if converted else dice.pick(("maybe", "no_answer"))
            again = self._new(ask.person, self._daytime(on), outcome)
            self._like_guide(ask, again, right=right)
        if ask.outcome == NOT_NOW and dice.chance(0.6):
            ask.again_on = max(day + 1, self.clock.local(again.asked_at)[0] - dice.whole(0, 2))
        return again

    def _next_signup(self, trail: Trail, day: int, used: set[Signup]) -> Signup | None:
        """Return the person's next recruited sign-up, if it is made soon enough after a no."""
        for signup in trail.signups:
            at = signup.signed_up_at
            if at is None or signup.recruiter is None or signup in used:
                continue
            if day < self.clock.local(at)[0] <= day + LATEST_REASK and at <= signup.shift.starts:
                return signup
        return None

    def _like_guide(self, fixed: Ask, other: Ask, *, right: bool) -> None:
        """Shape one of the two asks, so that the second is the guide's move after the first.

        After not_now: the same thing at another time. After not_that: another thing.
        """
        kind = other.outcome if other.outcome in (NOT_NOW, NOT_THAT) else fixed.outcome
        if kind not in (NOT_NOW, NOT_THAT):
            return
        same = right if kind == NOT_NOW else not right
        if same:
            other.ask_kind, other.ask_for = fixed.ask_kind, fixed.ask_for
            other.shift = None
        elif other.ask_for == fixed.ask_for:
            self._for_event(other, but=fixed.ask_for)
