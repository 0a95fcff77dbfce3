"""The calendar of the made-up campaign: events and their shifts, team by team, week by week."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from organizing_analytics.sample.clock import MINUTES_A_DAY, weekday
from organizing_analytics.sample.kinds import KINDS, MON, NIGHT_VIGIL, SAT, THU, EventKind
from organizing_analytics.sample.setting import UPCOMING_WEEKS, WEEK
from organizing_analytics.sample.teams import TEAMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from organizing_analytics.sample.dice import Dice
    from organizing_analytics.sample.people import Person
    from organizing_analytics.sample.setting import Setting

VIGIL_TEAMS = (0, 4)
#: Need that a team sets for each of its people, a week; sign-ups come to about 1.8 of the need.
NEED_A_PERSON = 0.077
#: The campaign grows: first week, last week, as parts of the mean.
GROWTH = (0.55, 1.35)
MIN_NEED = 3
MIN_FOR_EVENT = 10
DELETED_EVENTS = 0.01
DELETED_SHIFTS = 0.01
WITHOUT_CAPACITY = 0.1


@dataclass(frozen=True, slots=True)
class Event:
    """One event."""

    event_id: str
    title: str
    kind: EventKind
    team: int
    location: str
    is_virtual: bool
    deleted_at: int | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift.

    Attributes
    ----------
    shift_id : str
        Its id.
    event : Event
        What it is a shift of.
    day : int
        Local day of its start.
    starts, ends : int
        Moments.
    need, capacity : int, int or None
        People needed; room.
    roles : tuple of (str, int)
        How many of which role it needs.
    is_past, is_recorded : bool
        It had ended by the last day; its attendance was written down.
    deleted_at : int or None
        When it was called off.
    """

    shift_id: str
    event: Event
    day: int
    starts: int
    ends: int
    need: int
    capacity: int | None
    roles: tuple[tuple[str, int], ...]
    is_past: bool
    is_recorded: bool
    deleted_at: int | None = None

    @property
    def is_deleted(self) -> bool:
        """Return whether the shift or its event was called off."""
        return self.deleted_at is not None or self.event.deleted_at is not None


class ShiftIndex:
    """Shifts in order of time, to pick from by day, in proportion to their need."""

    def __init__(self, shifts: Sequence[Shift]) -> None:
        self.shifts = sorted(shifts, key=lambda shift: (shift.starts, shift.shift_id))
        self._days = [shift.day for shift in self.shifts]
        self._needs = [0, *accumulate(shift.need for shift in self.shifts)]

    def between(self, first_day: int, last_day: int) -> Sequence[Shift]:
        """Return the shifts on these days."""
        return self.shifts[bisect_left(self._days, first_day) : bisect_right(self._days, last_day)]

    def pick(self, dice: Dice, first_day: int, last_day: int) -> Shift | None:
        """Return a shift on one of these days, or None when there is none."""
        first = bisect_left(self._days, first_day)
        last = bisect_right(self._days, last_day)
        if first >= last:
            return None
        low, high = self._needs[first], self._needs[last]
        place = bisect_right(self._needs, low + dice.uniform() * (high - low)) - 1
        return self.shifts[min(max(place, first), last - 1)]


@dataclass(frozen=True)
class Calendar:
    """Every event and shift, and indexes of the shifts that people sign up to."""

    events: tuple[Event, ...]
    shifts: tuple[Shift, ...]
    by_team: tuple[ShiftIndex, ...]
    everywhere: ShiftIndex
    recorded_by_team: tuple[ShiftIndex, ...]
    recorded: ShiftIndex


class _Planner:
    """Draws the calendar; keeps the numbers of events and shifts."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self.dice = setting, setting.dice("shifts")
        self.events: list[Event] = []
        self.shifts: list[Shift] = []

    def hold(self, team: int, kind: EventKind, day: int, *, force: bool = False) -> int:
        """Add one event with its shifts; return the need that it adds."""
        dice = self.dice
        event = self._event(team, kind, day, called_off=not force and dice.chance(DELETED_EVENTS))
        times = kind.times_on(weekday(day), dice)
        self.events.append(event)
        return sum(self._shift(event, day, *time, force=force) for time in times)

    def _event(self, team: int, kind: EventKind, day: int, *, called_off: bool) -> Event:
        dice = self.dice
        is_virtual = dice.chance(kind.virtual)
        place = "" if is_virtual else dice.pick(kind.places)
        noon = self.setting.team_clocks[team].moment(day, MINUTES_A_DAY // 2)
        before = noon - dice.whole(1, 6) * MINUTES_A_DAY
        return Event(
            event_id=f"E{len(self.events) + 1:05d}",
            title=f"{TEAMS[team].name}: {kind.title}",
            kind=kind,
            team=team,
            location=place,
            is_virtual=is_virtual,
            deleted_at=min(before, self.setting.night) if called_off else None,
        )

    def _shift(
        self, event: Event, day: int, start: int, length: int, *, force: bool = False
    ) -> int:
        dice, plan = self.dice, TEAMS[event.team]
        clock = self.setting.team_clocks[event.team]
        starts = clock.moment(day, start)
        end_day, end_minute = divmod(start + length, MINUTES_A_DAY)
        ends = clock.moment(day + end_day, end_minute)
        need = max(MIN_NEED, round(dice.whole(*plan.needs) * event.kind.size))
        room = round(need * (1.4 + 0.9 * dice.uniform()))
        is_past = ends <= self.setting.night
        called_off = not force and dice.chance(DELETED_SHIFTS)
        self.shifts.append(
            Shift(
                shift_id=f"S{len(self.shifts) + 1:05d}",
                event=event,
                day=day,
                starts=starts,
                ends=ends,
                need=need,
                capacity=None if dice.chance(WITHOUT_CAPACITY) or event.is_virtual else room,
                roles=event.kind.roles_for(need) if dice.chance(event.kind.with_roles) else (),
                is_past=is_past,
                is_recorded=dice.chance(plan.records) and is_past,
                deleted_at=min(starts - MINUTES_A_DAY, self.setting.night) if called_off else None,
            )
        )
        return need


def make_calendar(setting: Setting, people: Sequence[Person]) -> Calendar:
    """Return the events and shifts of all teams, upcoming weeks included.

    Parameters
    ----------
    setting : Setting
        Seed, days, clocks; two weeks of upcoming shifts follow the last day.
    people : sequence of Person
        Teams hold shifts in proportion to their people.
    """
    planner = _Planner(setting)
    sizes = team_sizes(people)
    low, high = GROWTH
    for week in range(setting.weeks + UPCOMING_WEEKS):
        growth = low + (high - low) * min(1.0, (week + 0.5) / setting.weeks)
        for team, size in enumerate(sizes):
            start = setting.first_day + WEEK * week
            _plan_week(planner, team, start, size * NEED_A_PERSON * growth)
    _plan_night(planner, sizes)
    _plan_last_week(planner, sizes)
    return _indexed(planner)


def team_sizes(people: Sequence[Person]) -> list[int]:
    """Return how many people each team has."""
    sizes = [0] * len(TEAMS)
    for person in people:
        sizes[person.team] += 1
    return sizes


def _plan_week(planner: _Planner, team: int, start: int, need: float) -> None:
    """Hold events until the week's need is met; the last one by chance, so the mean is kept."""
    quiet = _quiet_days(planner.setting.last_day) if TEAMS[team].quiet else range(0)
    days_off = planner.setting.holiday
    n_before = len(planner.shifts)
    while need > 0:
        kind = KINDS[planner.dice.weighted({i: kind.share for i, kind in enumerate(KINDS)})]
        day = start + (planner.dice.pick(kind.weekdays) - weekday(start)) % WEEK
        likely = kind.size * sum(TEAMS[team].needs) / 2 * kind.mean_shifts(weekday(day))
        if not planner.dice.chance(need / likely):
            break
        need -= likely
        if day not in quiet and day not in days_off:
            planner.hold(team, kind, day)
    if team == 0 and all(shift.is_deleted for shift in planner.shifts[n_before:]):
        # People can always sign up somewhere and, as this team writes everything down, be seen.
        planner.hold(team, KINDS[0], start + (SAT - weekday(start)) % WEEK, force=True)


def _quiet_days(last_day: int) -> range:
    """Return the days of the last whole ISO week and those after it, up to the last day."""
    days_in = (weekday(last_day) + 1) % WEEK
    return range(last_day - days_in - WEEK + 1, last_day + 1)


def _plan_last_week(planner: _Planner, sizes: Sequence[int]) -> None:
    """Hold an event in the last whole week by every team that has people and is not quiet."""
    setting = planner.setting
    week = _quiet_days(setting.last_day)[:WEEK]
    busy = {s.event.team for s in planner.shifts if s.day in week and not s.is_deleted}
    for team, size in enumerate(sizes):
        day = week[planner.dice.whole(MON, THU)]
        if size >= MIN_FOR_EVENT and team not in busy and not TEAMS[team].quiet:
            planner.hold(team, KINDS[1], max(day, setting.first_day), force=True)


def _plan_night(planner: _Planner, sizes: Sequence[int]) -> None:
    """Hold a vigil in each night whose clocks change, by the largest team and an eastern one."""
    setting = planner.setting
    for team in VIGIL_TEAMS:
        clock = setting.team_clocks[team]
        nights = clock.changes(setting.first_day + 1, setting.horizon) if sizes[team] else []
        for day in nights:
            planner.hold(team, NIGHT_VIGIL, day - 1, force=True)


def _indexed(planner: _Planner) -> Calendar:
    held = [shift for shift in planner.shifts if not shift.is_deleted]
    seen = [shift for shift in held if shift.is_recorded]
    teams = range(len(TEAMS))
    return Calendar(
        events=tuple(planner.events),
        shifts=tuple(planner.shifts),
        by_team=tuple(ShiftIndex([s for s in held if s.event.team == t]) for t in teams),
        everywhere=ShiftIndex(held),
        recorded_by_team=tuple(ShiftIndex([s for s in seen if s.event.team == t]) for t in teams),
        recorded=ShiftIndex(seen),
    )
