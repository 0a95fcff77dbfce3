"""Who signs up to what, and comes: one journey a person, in the order of the shifts.

How the truths are kept:

- Everyone still on the list at the start comes or not by an independent draw of the cell's
  probability. What a person does next may depend on what was, never on that draw.
- First-timer means what the measures see: no *recorded* visit before. So a visit that nobody
  wrote down changes what the person does, and not the cell.
- At the first recorded visit two things are drawn: followed up or not, and then, by that,
  whether the person returns within 30 days. Who does not return signs up to nothing in these
  days. Who does signs up as usual; should no sign-up lead to a recorded visit in time, the
  person walks in at a shift set aside for that, and a walk-in is in no rate.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log
from typing import TYPE_CHECKING

from organizing_analytics.lead_times import UNKNOWN
from organizing_analytics.sample.clock import MINUTES_A_DAY
from organizing_analytics.sample.lifelike import Obstacles
from organizing_analytics.sample.setting import WEEK
from organizing_analytics.sample.teams import TEAMS
from organizing_analytics.sample.truth import LEADS, lead_of, logistic

if TYPE_CHECKING:
    from organizing_analytics.sample.dice import Dice
    from organizing_analytics.sample.people import Person
    from organizing_analytics.sample.setting import Setting
    from organizing_analytics.sample.shifts import Calendar, Shift

RETURN_DAYS = 30
LEAD_SHARES = {
    "0": 0.12,
    "1": 0.17,
    "2-3": 0.21,
    "4-7": 0.23,
    "8-14": 0.14,
    "15-30": 0.08,
    "31+": 0.035,
    UNKNOWN: 0.015,
}
#: Added to the log odds of a team's confirming: nobody calls about tonight.
CONFIRM_LEAD = {"0": -1.8, "1": -0.7, "31+": 0.3, UNKNOWN: -0.5}
CHANNELS = {"web": 0.36, "phone": 0.27, "text": 0.18, "door": 0.1, "one_on_one": 0.09}
HOME_TEAM = 0.93
#: Another try after a first sign-up that led to no recorded visit.
TRIES_AGAIN = {"cancelled": 0.45, "no_show": 0.35, "unseen": 0.6}
FIRST_BY_WALKING_IN = 0.07
WALKS_IN = 0.03
LEFT_OUT = 0.004
SAME_DAY_AGAIN = 0.03
SIGNS_UP_AT_SHIFT = 0.3
COMES_LATER = 0.22
LATE_CANCELLATION = 0.07
CAME_AFTER_CANCELLING = 0.004
CONFIRMED_AT_DOOR = 0.012
TIME_NOT_NOTED = 0.04


@dataclass(frozen=True)
class Stay:
    """How long and how often those who come back keep signing up, in days."""

    share: float
    gap: float
    least: int
    mean_more: float


#: A few regulars, some who come now and then, many who come once more.
STAYS = (Stay(0.4, 3.0, 60, 200.0), Stay(0.34, 7.0, 40, 70.0), Stay(0.26, 12.0, 28, 15.0))


@dataclass(slots=True, eq=False)
class Signup:
    """One sign-up; `came` is what happened, `attended` what was written down."""

    person: Person
    shift: Shift
    signed_up_at: int | None
    channel: str
    role: str = ""
    status: str = "registered"
    confirmed_at: int | None = None
    cancelled_at: int | None = None
    attended: bool | None = None
    is_walk_in: bool = False
    came: bool = False
    recruiter: Person | None = None
    signup_id: str = ""


@dataclass(slots=True)
class Trail:
    """All sign-ups of one person, and the first recorded visit."""

    person: Person
    signups: list[Signup] = field(default_factory=list)
    first: Signup | None = None
    followed_up: bool = False
    active_until: int = 0

    @property
    def visit_days(self) -> list[int]:
        """Return the days with a recorded visit, in order."""
        return sorted({signup.shift.day for signup in self.signups if signup.attended})


class Journeys:
    """Draws the journeys of all people.

    Parameters
    ----------
    setting : Setting
        Seed, true rates, days, clocks.
    calendar : Calendar
        Shifts to sign up to.
    """

    def __init__(self, setting: Setting, calendar: Calendar) -> None:
        self.dice, self.truth, self.clock = setting.dice("sign-ups"), setting.truth, setting.clock
        self.calendar, self.obstacles = calendar, Obstacles(setting)
        self.last_day, self.night, self.horizon = setting.last_day, setting.night, setting.horizon

    def of(self, person: Person) -> Trail:
        """Return one person's journey, its sign-ups in the order of their shifts."""
        trail = Trail(person, active_until=person.turns_up)
        if person.takes_part:
            trail.first = self._until_first_visit(trail)
        if trail.first is not None:
            self._after_first_visit(trail, trail.first.shift.day)
        trail.signups.sort(key=lambda signup: signup.shift.starts)
        return trail

    # Before and after the first recorded visit

    def _until_first_visit(self, trail: Trail) -> Signup | None:
        day = trail.person.turns_up
        while True:
            day = self.obstacles.free_from(day)
            shift = self._pick(trail.person, day, day + 6)
            if shift is None:
                return None
            signup = self._take_part(trail, shift, walks_in=FIRST_BY_WALKING_IN)
            if signup is None and self.obstacles.is_on and shift.starts < self.night:
                day = shift.day + 1  # the list was full: another day
                continue
            if signup is None or shift.starts >= self.night:
                return None
            if signup.attended:
                return signup
            if not self.dice.chance(TRIES_AGAIN[_outcome(signup)]):
                return None
            day = shift.day + 2 + int(self.dice.waiting(8.0))

    def _after_first_visit(self, trail: Trail, first_day: int) -> None:
        dice = self.dice
        team = trail.signups[-1].shift.event.team
        trail.followed_up = dice.chance(TEAMS[team].follows_up)
        if dice.chance(self.truth.returns(followed_up=trail.followed_up)):
            self._return_in_time(trail, first_day)
        elif dice.chance(COMES_LATER):
            start = first_day + RETURN_DAYS + 1 + int(dice.waiting(25.0))
            self._keep_coming(trail, start=start, stay=STAYS[-1], avoid=None)

    def _return_in_time(self, trail: Trail, first_day: int) -> None:
        dice = self.dice
        set_aside = self._set_aside(trail.person, first_day)
        stay = STAYS[dice.weighted({i: stay.share for i, stay in enumerate(STAYS)})]
        start = first_day + 1 + min(int(dice.waiting(stay.gap)), RETURN_DAYS // 2)
        self._keep_coming(trail, start=start, stay=stay, avoid=set_aside)
        days = range(first_day + 1, first_day + RETURN_DAYS + 1)
        if set_aside is None or any(s.attended and s.shift.day in days for s in trail.signups):
            return
        if dice.chance((self.last_day - first_day) / RETURN_DAYS):
            trail.signups.append(self._walk_in(trail.person, set_aside))

    def _keep_coming(self, trail: Trail, *, start: int, stay: Stay, avoid: Shift | None) -> None:
        dice, day = self.dice, start
        stop = start + stay.least + int(dice.waiting(stay.mean_more))
        pause = self.obstacles.pause(start)
        while day <= min(stop, self.horizon):
            if pause is not None and day >= pause.first_day:
                day, stop, pause = day + pause.days, stop + pause.days, None
                continue
            day = self.obstacles.free_from(day)
            shift = self._pick(trail.person, day, day + 2)
            if shift is None or shift is avoid:
                day += 3
                continue
            signup = self._take_part(trail, shift, walks_in=WALKS_IN)
            if signup is not None and signup.came and dice.chance(SAME_DAY_AGAIN):
                self._again_that_day(trail, shift, avoid)
            day = shift.day + 1 + int(dice.waiting(stay.gap - 1.0))
        trail.active_until = stop

    def _again_that_day(self, trail: Trail, shift: Shift, avoid: Shift | None) -> None:
        for later in self.calendar.by_team[shift.event.team].between(shift.day, shift.day):
            if later.starts >= shift.ends and later is not avoid:
                self._take_part(trail, later, walks_in=0.0)
                return

    # Which shift

    def _pick(self, person: Person, first_day: int, last_day: int) -> Shift | None:
        """Return a shift near these days, mostly of the person's team; None when none is left."""
        at_home = self.dice.chance(HOME_TEAM)
        index = self.calendar.by_team[person.team] if at_home else self.calendar.everywhere
        return (
            index.pick(self.dice, first_day, last_day)
            or index.pick(self.dice, first_day, first_day + 2 * WEEK)
            or self.calendar.everywhere.pick(self.dice, first_day, first_day + 2 * WEEK)
        )

    def _set_aside(self, person: Person, first_day: int) -> Shift | None:
        """Return a recorded shift within the 30 days, of the person's team where it has one."""
        days = (first_day + 1, first_day + RETURN_DAYS)
        at_home = self.calendar.recorded_by_team[person.team].pick(self.dice, *days)
        return at_home or self.calendar.recorded.pick(self.dice, *days)

    # One sign-up

    def _take_part(self, trail: Trail, shift: Shift, *, walks_in: float) -> Signup | None:
        """Add a sign-up or a walk-in; None when it is made after the last day."""
        dice, person = self.dice, trail.person
        if shift.is_recorded and dice.chance(walks_in):
            signup: Signup | None = self._walk_in(person, shift)
        elif shift.is_recorded and dice.chance(LEFT_OUT):
            signup = self._too_late(person, shift)
        else:
            signup = self._sign_up(trail, shift)
        if signup is not None:
            trail.signups.append(signup)
        return signup

    def _sign_up(self, trail: Trail, shift: Shift) -> Signup | None:
        dice = self.dice
        at, lead, channel = self._signing_up(trail, shift)
        if at is not None and at > self.night:
            return None
        if self.obstacles.is_full(shift, at):
            return None
        signup = Signup(trail.person, shift, at, channel, role=_role(shift, dice))
        first_timer = not any(s.attended and s.shift.starts < shift.starts for s in trail.signups)
        confirmed = dice.chance(_confirms(shift, lead))
        if confirmed:
            signup.confirmed_at = self._daytime(*self._days_before(signup, least=5))
            signup.status = "confirmed"
        if dice.chance(self.truth.cancelled(confirmed=confirmed, lead=lead)):
            self._cancel(signup)
        else:
            odds = self.truth.comes(confirmed=confirmed, first_timer=first_timer, lead=lead)
            signup.came = dice.chance(odds)
            self._write_down(signup)
        self.obstacles.add(shift, at=at, cancelled_at=signup.cancelled_at)
        if shift.starts >= self.night:
            self._forget_future(signup)
        return signup

    def _signing_up(self, trail: Trail, shift: Shift) -> tuple[int | None, str, str]:
        """Return when, with which lead and how the person signs up."""
        dice = self.dice
        opens_at = self.obstacles.opens_at(shift)
        last = trail.signups[-1] if trail.signups else None
        if last is not None and last.came and dice.chance(SIGNS_UP_AT_SHIFT):
            at = last.shift.ends + dice.whole(-30, 40)
            if max(at, opens_at or at) == at and at < shift.starts - 120:
                return at, lead_of(shift.day - self.clock.local(at)[0]), "one_on_one"
        lead = dice.weighted(LEAD_SHARES)
        if lead == UNKNOWN:
            return None, lead, "paper"
        fewest, most = next((low, high) for name, low, high in LEADS if name == lead)
        day = shift.day - dice.whole(fewest, most)
        closes = shift.starts - 20
        opens = self.clock.moment(day, 7 * 60)
        at = min(opens + dice.whole(20, 15 * 60), closes)
        if lead == LEADS[0][0]:
            at = dice.whole(opens, closes)
        if opens_at is not None and at < opens_at:
            # Not before it was put up: soon after, as those who wait for it sign up first.
            at = min(opens_at + int(dice.waiting(2.0 * MINUTES_A_DAY)), closes)
            lead = lead_of(shift.day - self.clock.local(at)[0])
        return at, lead, dice.weighted(CHANNELS)

    def _write_down(self, signup: Signup) -> None:
        """Write down who came, if the shift's team does, and what else happens at the door."""
        dice, shift = self.dice, signup.shift
        if not shift.is_recorded:
            return
        signup.attended = signup.came
        if signup.came and signup.status == "registered" and dice.chance(CONFIRMED_AT_DOOR):
            signup.status, signup.confirmed_at = "confirmed", shift.starts + dice.whole(1, 20)
        elif signup.status == "confirmed" and dice.chance(TIME_NOT_NOTED):
            signup.confirmed_at = None
        elif signup.came and dice.chance(CAME_AFTER_CANCELLING):
            self._cancel(signup)
        elif not signup.came and dice.chance(LATE_CANCELLATION):
            signup.status = "cancelled"
            signup.cancelled_at = min(shift.starts + dice.whole(0, 300), self.night)
            signup.attended = None if dice.chance(0.5) else False

    def _cancel(self, signup: Signup) -> None:
        signup.status = "cancelled"
        if not self.dice.chance(TIME_NOT_NOTED) or signup.shift.starts >= self.night:
            signup.cancelled_at = self._daytime(*self._days_before(signup, least=2))

    def _forget_future(self, signup: Signup) -> None:
        """Take back what is only going to happen after the last day."""
        if signup.confirmed_at is not None and signup.confirmed_at > self.night:
            signup.confirmed_at = None
        if signup.cancelled_at is not None and signup.cancelled_at > self.night:
            signup.cancelled_at = None
        has_confirmed = signup.confirmed_at is not None
        signup.status = "confirmed" if has_confirmed else "registered"
        if signup.cancelled_at is not None:
            signup.status = "cancelled"
        signup.came = False

    def _days_before(self, signup: Signup, *, least: int) -> tuple[int, int]:
        """Return between which moments something about a sign-up happens before its start."""
        latest = signup.shift.starts - least
        last_moment = signup.confirmed_at or signup.signed_up_at or latest - 2 * MINUTES_A_DAY
        recent = latest - 4 * MINUTES_A_DAY if signup.confirmed_at is None else last_moment
        return min(max(last_moment + 1, recent), latest), latest

    def _daytime(self, earliest: int, latest: int) -> int:
        """Return a moment between two, by day where a few tries find one."""
        moment = earliest
        for _ in range(6):
            moment = self.dice.whole(earliest, latest)
            if 8 * 60 <= self.clock.local(moment)[1] <= 21 * 60:
                break
        return moment

    # At the door

    def _walk_in(self, person: Person, shift: Shift) -> Signup:
        """Return someone who came unannounced: marked as that, or noted once the shift ran."""
        noted = self.dice.whole(0, 25)
        signup = Signup(person, shift, shift.starts + noted, "walk_in", attended=True, came=True)
        signup.role = _role(shift, self.dice)
        signup.is_walk_in = self.dice.chance(0.85)
        if signup.is_walk_in and self.dice.chance(0.2):
            signup.signed_up_at = None
        return signup

    def _too_late(self, person: Person, shift: Shift) -> Signup:
        """Return a sign-up made once the shift ran, by someone who then was not there."""
        at = min(shift.starts + self.dice.whole(0, 120), shift.ends)
        return Signup(person, shift, at, "web", attended=False)


def _outcome(signup: Signup) -> str:
    if signup.status == "cancelled" and not signup.came:
        return "cancelled"
    return "no_show" if signup.attended is False else "unseen"


def _role(shift: Shift, dice: Dice) -> str:
    return dice.weighted(dict(shift.roles)) if shift.roles else ""


def _confirms(shift: Shift, lead: str) -> float:
    share = TEAMS[shift.event.team].confirms
    return logistic(log(share / (1.0 - share)) + CONFIRM_LEAD.get(lead, 0.0))
