"""The made-up campaign: people → shifts → sign-ups → 1:1s → asks → contacts → departures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from organizing_analytics.sample.asks import Ask, AskDraws
from organizing_analytics.sample.contacts import Contact, ContactDraws
from organizing_analytics.sample.ladder import Crew, LadderDraws, Meeting, RoleChange
from organizing_analytics.sample.leaving import (
    Departure,
    Goal,
    make_departures,
    make_goals,
    mark_do_not_contact,
)
from organizing_analytics.sample.organizers import (
    Assigned,
    make_assignments,
    write_down_stories,
)
from organizing_analytics.sample.people import Person, make_people
from organizing_analytics.sample.shifts import Calendar, Shift, make_calendar
from organizing_analytics.sample.signups import Journeys, Signup, Trail

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from organizing_analytics.sample.setting import Setting

#: Channels by which people sign up by themselves.
BY_THEMSELVES = ("web", "paper", "walk_in")
MAX_OFF_THE_LIST = 3


class _HasPerson(Protocol):
    person: Person


Item = TypeVar("Item", bound=_HasPerson)


@dataclass(frozen=True)
class Campaign:
    """Everything that happened in a made-up campaign, as objects that refer to each other."""

    setting: Setting
    people: list[Person]
    crew: Crew
    calendar: Calendar
    signups: list[Signup]
    meetings: list[Meeting]
    asks: list[Ask]
    contacts: list[Contact]
    role_changes: list[RoleChange]
    departures: list[Departure]
    goals: list[Goal]
    assignments: list[Assigned]


def make_campaign(setting: Setting, people: int) -> Campaign:
    """Draw a campaign.

    Parameters
    ----------
    setting : Setting
        Seed, true rates, days. The same setting gives the same campaign.
    people : int
        How many, 1 or more.

    Raises
    ------
    OptionError
        There are no people.
    """
    everyone = make_people(setting, people)
    calendar = make_calendar(setting, everyone)
    journeys = Journeys(setting, calendar)
    trails = [journeys.of(person) for person in everyone]
    climbing = LadderDraws(setting, Crew.of(everyone))
    for trail in trails:
        climbing.follow(trail)
    crew = Crew.of(everyone)  # who stepped up recruits and asks, too
    _name_recruiters(setting, trails, crew)
    asking, contacting = _ask_and_contact(setting, trails, crew, calendar, climbing.meetings)
    mark_do_not_contact(setting, everyone, asking.never_again)
    signups = [signup for trail in trails for signup in trail.signups]
    signups += _off_the_list(setting, everyone, calendar.shifts)
    seen = _seen(signups, climbing, asking.asks, contacting.contacts)
    _join(setting, everyone, seen)
    _put_in_order(signups, climbing.meetings, asking.asks, contacting.contacts)
    write_down_stories(setting, climbing.meetings)
    return Campaign(
        setting=setting,
        people=everyone,
        crew=crew,
        calendar=calendar,
        signups=signups,
        meetings=climbing.meetings,
        asks=asking.asks,
        contacts=contacting.contacts,
        role_changes=climbing.changes,
        departures=make_departures(setting, everyone, {n: last for n, (_, last) in seen.items()}),
        goals=make_goals(setting, everyone),
        assignments=make_assignments(setting, everyone, crew),
    )


def _name_recruiters(setting: Setting, trails: Sequence[Trail], crew: Crew) -> None:
    dice = setting.dice("recruiters")
    for trail in trails:
        for signup in trail.signups:
            if signup.channel not in BY_THEMSELVES:
                team = signup.shift.event.team
                signup.recruiter = crew.someone(dice, team, but=trail.person)


def _ask_and_contact(
    setting: Setting,
    trails: Sequence[Trail],
    crew: Crew,
    calendar: Calendar,
    meetings: Sequence[Meeting],
) -> tuple[AskDraws, ContactDraws]:
    met = _by_person(meetings)
    asking = AskDraws(setting, crew, calendar)
    for trail in trails:
        asking.follow(trail, met.get(trail.person.number, []))
    asked = _by_person(asking.asks)
    contacting = ContactDraws(setting, crew, asking.never_again)
    for trail in trails:
        number = trail.person.number
        contacting.follow(trail, met.get(number, []), asked.get(number, []))
    return asking, contacting


def _by_person(items: Iterable[Item]) -> dict[int, list[Item]]:
    by_person: dict[int, list[Item]] = {}
    for item in items:
        by_person.setdefault(item.person.number, []).append(item)
    return by_person


def _off_the_list(
    setting: Setting, people: Sequence[Person], shifts: Sequence[Shift]
) -> list[Signup]:
    """Return sign-ups to shifts that were called off; they count nowhere."""
    dice, off = setting.dice("called off"), list[Signup]()
    for shift in shifts:
        at = shift.deleted_at or shift.event.deleted_at
        if at is None:
            continue
        for _ in range(dice.whole(0, MAX_OFF_THE_LIST)):
            signup = Signup(dice.pick(people), shift, at - dice.whole(60, 6000), "web")
            if not signup.person.is_staff and dice.chance(0.5):
                signup.status, signup.cancelled_at = "cancelled", at
            if not signup.person.is_staff:
                off.append(signup)
    return off


def _seen(
    signups: Sequence[Signup],
    climbing: LadderDraws,
    asks: Sequence[Ask],
    contacts: Sequence[Contact],
) -> dict[int, tuple[int, int]]:
    """Return each person's first and last moment: number → (first, last)."""
    seen: dict[int, tuple[int, int]] = {}

    def add(person: Person, first: int, last: int) -> None:
        span = seen.get(person.number, (first, last))
        seen[person.number] = (min(span[0], first), max(span[1], last))

    for signup in signups:
        moments = (signup.signed_up_at, signup.confirmed_at, signup.shift.starts)
        add(signup.person, min(at for at in moments if at is not None), signup.shift.ends)
    for meeting in climbing.meetings:
        add(meeting.person, meeting.scheduled_at, meeting.scheduled_at)
    for ask in asks:
        add(ask.person, ask.asked_at, ask.asked_at)
    for contact in contacts:
        add(contact.person, contact.at, contact.at)
    return seen


def _join(setting: Setting, people: Sequence[Person], seen: dict[int, tuple[int, int]]) -> None:
    """Let people join no later than anything is known of them, and no later than the last day."""
    for person in people:
        days = [person.since, setting.last_day]
        if person.number in seen:
            days.append(setting.clock.local(seen[person.number][0])[0])
        person.since = min(days)


def _put_in_order(
    signups: list[Signup], meetings: list[Meeting], asks: list[Ask], contacts: list[Contact]
) -> None:
    """Sort everything by time and number it."""
    signups.sort(key=lambda s: (s.signed_up_at or s.shift.starts, s.person.number))
    meetings.sort(key=lambda m: (m.scheduled_at, m.person.number))
    asks.sort(key=lambda a: a.asked_at)  # stable: a counter-offer stays behind its ask
    contacts.sort(key=lambda c: (c.at, c.person.number))
    for number, signup in enumerate(signups, start=1):
        signup.signup_id = f"U{number:06d}"
    for number, meeting in enumerate(meetings, start=1):
        meeting.meeting_id = f"M{number:05d}"
    for number, ask in enumerate(asks, start=1):
        ask.ask_id = f"A{number:05d}"
    for number, contact in enumerate(contacts, start=1):
        contact.contact_id = f"C{number:05d}"
