"""1:1s of the three kinds, and who steps up the ladder of engagement after them.

What becomes of a 1:1 is drawn by its kind alone, so that the rates by kind are truths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from organizing_analytics.model import LADDER
from organizing_analytics.sample.clock import weekday
from organizing_analytics.sample.teams import TEAMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from organizing_analytics.sample.dice import Dice
    from organizing_analytics.sample.people import Person
    from organizing_analytics.sample.setting import Setting
    from organizing_analytics.sample.signups import Trail

SUPPORTER, VOLUNTEER, TEAM_MEMBER, TEAM_LEADER, ORGANIZER = LADDER
#: Recorded visits after which someone is thought of for a role.
VISITS_FOR = {TEAM_MEMBER: 5, TEAM_LEADER: 10, ORGANIZER: 40}
ESCALATION = {TEAM_MEMBER: 0.6, TEAM_LEADER: 0.55, ORGANIZER: 0.25}
STEPS_UP_AFTER = 0.8
STEPS_UP_WITHOUT = 0.35
RECRUITMENT = 0.2
DILIGENT = 0.6
FORTNIGHT = 14
NEVER_MARKED = 0.04
CANCELLED = 0.1
WITHOUT_LENGTH = 0.08
SATURDAY = 5
NOTES = (
    "Wants to bring her sister.",
    "Prefers evenings; works nights in June.",
    "Story: grew up two blocks from here.",
    "Asked what the campaign's goal is. Explain earlier next time.",
    "Has a van.",
    "Speaks Polish and Spanish.",
    "Ready to lead, not ready to train.",
)


@dataclass(slots=True, eq=False)
class Meeting:
    """One 1:1; `parts` are purpose, exploration and exchange."""

    organizer: Person
    person: Person
    kind: str
    day: int
    scheduled_at: int
    status: str = "held"
    minutes: int | None = None
    parts: tuple[bool | None, ...] = (None, None, None)
    commitment: bool | None = None
    next_step_in: int | None = None
    notes: str = ""
    meeting_id: str = ""
    we_promised: str = ""
    they_promised: str = ""


@dataclass(frozen=True, slots=True)
class RoleChange:
    """One step on the ladder."""

    person: Person
    role: str
    day: int
    by: Person | None


@dataclass
class Crew:
    """Who organizes in each team, busiest first; teams without any borrow from the staff."""

    by_team: list[list[Person]]

    @classmethod
    def of(cls, people: Sequence[Person]) -> Crew:
        """Return the crew made of staff and leaders."""
        staff = [person for person in people if person.is_staff]
        leads = [p for p in people if p.role in (TEAM_LEADER, ORGANIZER) and not p.is_staff]
        teams = [[p for p in [*staff, *leads] if p.team == team] for team in range(len(TEAMS))]
        return cls([team or staff for team in teams])

    def someone(self, dice: Dice, team: int, *, but: Person) -> Person | None:
        """Return one of a team's crew who is not this person; None when there is no other."""
        own = self.by_team[team]
        for _ in range(3 if own else 0):
            if (colleague := dice.early(own)) is not but:
                return colleague
        others = [person for person in own if person is not but]
        others = others or [p for crew in self.by_team for p in crew if p is not but]
        return dice.early(others) if others else None


class LadderDraws:
    """Draws the 1:1s of all people and what comes of them."""

    def __init__(self, setting: Setting, crew: Crew) -> None:
        self.dice, self.truth, self.clock = setting.dice("1:1s"), setting.truth, setting.clock
        self.crew = crew
        self.first_day, self.last_day = setting.first_day, setting.last_day
        self.diligent: dict[int, bool] = {}
        self.meetings: list[Meeting] = []
        self.changes: list[RoleChange] = []

    def follow(self, trail: Trail) -> None:
        """Draw one person's 1:1s, in the order in which they make sense."""
        person, dice = trail.person, self.dice
        if person.is_staff or person.role == TEAM_LEADER:
            self._keep_up(trail, since=self.first_day)
            return
        if dice.chance(RECRUITMENT):
            self._meet(person, "recruitment", person.turns_up + dice.whole(-6, 12))
        changed = self._step_up(trail)
        if changed:
            self.changes.append(RoleChange(person, SUPPORTER, person.since, None))
            self.changes.extend(changed)
            person.role = changed[-1].role
        for change in changed:
            if change.role == TEAM_MEMBER:
                self._keep_up(trail, since=change.day)

    def _step_up(self, trail: Trail) -> list[RoleChange]:
        """Return the steps that a person takes, by visits and by escalation 1:1s."""
        days, person, changed = trail.visit_days, trail.person, list[RoleChange]()
        if len(days) > 1:
            changed.append(RoleChange(person, VOLUNTEER, days[1], None))
        for role, visits in VISITS_FOR.items():
            if len(days) < visits:
                break
            asked_on = max(days[visits - 1] + self.dice.whole(1, 10), changed[-1].day + 1)
            change = self._escalate(person, role, asked_on)
            if change is None:
                break
            changed.append(change)
        return changed

    def _escalate(self, person: Person, role: str, day: int) -> RoleChange | None:
        dice = self.dice
        if dice.chance(ESCALATION[role]):
            meeting = self._meet(person, "escalation", day)
            if meeting is None or not meeting.commitment or not dice.chance(STEPS_UP_AFTER):
                return None
            by: Person | None = meeting.organizer
        elif dice.chance(STEPS_UP_WITHOUT):
            by = self.crew.someone(dice, person.team, but=person)
        else:
            return None
        on = day + dice.whole(2, 18)
        return RoleChange(person, role, on, by) if on <= self.last_day else None

    def _keep_up(self, trail: Trail, *, since: int) -> None:
        """Hold maintenance 1:1s: every two weeks by some organizers, less and less by others."""
        dice, person = self.dice, trail.person
        organizer = self.crew.someone(dice, person.team, but=person)
        if organizer is None:
            return
        diligent = self.diligent.setdefault(organizer.number, dice.chance(DILIGENT))
        ends = self.last_day if person.is_staff else min(self.last_day, trail.active_until + 30)
        day, gap = since + dice.whole(0, FORTNIGHT), FORTNIGHT if diligent else dice.whole(20, 32)
        while day <= ends:
            self._meet(person, "maintenance", day, organizer=organizer)
            day += gap + dice.whole(-2, 1)
            gap += 0 if diligent else 3

    def _meet(
        self, person: Person, kind: str, day: int, *, organizer: Person | None = None
    ) -> Meeting | None:
        """Add a 1:1, unless it would lie outside the campaign's days; return it if it was held."""
        dice = self.dice
        organizer = organizer or self.crew.someone(dice, person.team, but=person)
        if organizer is None or not self.first_day <= day <= self.last_day:
            return None
        hour = dice.whole(10, 18) if weekday(day) >= SATURDAY else dice.whole(12, 20)
        at = self.clock.moment(day, hour * 60 + 15 * dice.whole(0, 3))
        meeting = Meeting(organizer, person, kind, day, at)
        if dice.chance(NEVER_MARKED):
            meeting.status = "scheduled"
        elif dice.chance(CANCELLED):
            meeting.status = "cancelled"
        elif dice.chance(self.truth.held[kind]):
            self._hold(meeting)
        else:
            meeting.status = "no_show"
        self.meetings.append(meeting)
        return meeting if meeting.status == "held" else None

    def _hold(self, meeting: Meeting) -> None:
        dice, truth, kind = self.dice, self.truth, meeting.kind
        if not dice.chance(WITHOUT_LENGTH):
            good = dice.chance(truth.good_length[kind])
            meeting.minutes = dice.whole(6, 12) * 5 if good else dice.pick((10, 15, 20, 25, 75, 90))
        committed = dice.chance(truth.committed[kind])
        meeting.commitment = committed or (None if dice.chance(0.1) else False)
        if committed and dice.chance(truth.complete_if_committed[kind]):
            meeting.parts = (True, True, True)
        else:
            meeting.parts = self._some_parts()
        if dice.chance(truth.next_step[kind]):
            meeting.next_step_in = dice.whole(2, 14)
        if dice.chance(0.06):
            meeting.notes = dice.pick(NOTES)

    def _some_parts(self) -> tuple[bool | None, ...]:
        """Return the parts of a 1:1 that lacks at least one of them."""
        parts: list[bool | None] = [self.dice.chance(0.7) for _ in range(3)]
        if all(parts):
            parts[self.dice.whole(0, 2)] = None if self.dice.chance(0.2) else False
        return tuple(parts)
