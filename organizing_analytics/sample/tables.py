"""The made-up campaign as rows of the templates: one dict a row, empty cells left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.model import LADDER
from organizing_analytics.sample.clock import day_date
from organizing_analytics.sample.teams import TEAMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from organizing_analytics.sample.asks import Ask
    from organizing_analytics.sample.campaign import Campaign
    from organizing_analytics.sample.clock import SampleClock
    from organizing_analytics.sample.contacts import Contact
    from organizing_analytics.sample.ladder import Meeting
    from organizing_analytics.sample.people import Person
    from organizing_analytics.sample.shifts import Shift
    from organizing_analytics.sample.signups import Signup

Cell = str | int | bool | None
Row = dict[str, Cell]
#: A tool that keeps a history of statuses is behind these channels only.
WITH_HISTORY = ("web", "text")
#: Every so many shifts, nobody set a need.
WITHOUT_NEED = 37


def campaign_tables(campaign: Campaign) -> dict[str, list[Row]]:
    """Return the rows of every table of the model, by table name.

    Moments are local times with their offset, but for the calendar's: people write the times
    of shifts as their clock shows them.
    """
    clock = campaign.setting.clock
    shifts = campaign.calendar.shifts
    return {
        "people": [_person(person) for person in campaign.people],
        "teams": list(_teams(campaign)),
        "events": list(_events(campaign)),
        "shifts": [_shift(s, campaign.setting.team_clocks[s.event.team]) for s in shifts],
        "shift_roles": [
            {"shift_id": shift.shift_id, "role": role, "need": need}
            for shift in shifts
            for role, need in shift.roles
        ],
        "signups": [
            _signup(s, campaign.setting.team_clocks[s.shift.event.team]) for s in campaign.signups
        ],
        "signup_statuses": list(_statuses(campaign)),
        "asks": [_ask(ask, clock) for ask in campaign.asks],
        "meetings": [_meeting(meeting, clock) for meeting in campaign.meetings],
        "contacts": [_contact(contact, clock) for contact in campaign.contacts],
        "departures": [
            {"person_id": left.person.person_id, "at": clock.text(left.at), "reason": left.reason}
            for left in campaign.departures
        ],
        "role_changes": list(_role_changes(campaign)),
        "assignments": [
            {
                "person_id": assignment.person.person_id,
                "organizer_id": assignment.organizer.person_id,
                "on": _day(assignment.day),
            }
            for assignment in campaign.assignments
        ],
        "goals": [
            {
                "team_id": TEAMS[goal.team].team_id,
                "week": goal.week,
                "measure": goal.measure,
                "target": goal.target,
            }
            for goal in campaign.goals
        ],
        "feedback": [],  # nobody in the made-up campaign was asked what they think of a shift
    }


def _id(person: Person | None) -> str | None:
    return person.person_id if person else None


def _day(day: int | None) -> str | None:
    return None if day is None else day_date(day).isoformat()


def _at(moment: int | None, clock: SampleClock) -> str | None:
    return None if moment is None else clock.text(moment)


def _person(person: Person) -> Row:
    return {
        "person_id": person.person_id,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "phone": person.phone,
        "team_id": TEAMS[person.team].team_id if person.in_team else None,
        "role": person.role,
        "joined_on": _day(person.since),
        "do_not_contact": person.do_not_contact,
        "organizer_id": _id(person.organizer),
        "values": person.values,
        "skills": person.skills,
        "available": person.available,
    }


def _teams(campaign: Campaign) -> Iterator[Row]:
    for number, team in enumerate(TEAMS):
        own = [person for person in campaign.crew.by_team[number] if person.team == number]
        leaders = [person for person in own if not person.is_staff] or own
        yield {
            "team_id": team.team_id,
            "name": team.name,
            "parent_team_id": team.parent_id,
            "lead_id": _id(leaders[0] if leaders else None),
        }


def _events(campaign: Campaign) -> Iterator[Row]:
    for event in campaign.calendar.events:
        clock = campaign.setting.team_clocks[event.team]
        yield {
            "event_id": event.event_id,
            "title": event.title,
            "event_type": event.kind.event_type,
            "team_id": TEAMS[event.team].team_id,
            "timezone": clock.name,
            "location": event.location,
            "is_virtual": event.is_virtual,
            "deleted_at": _at(event.deleted_at, clock),
            "why": event.kind.why,
        }


def _shift(shift: Shift, clock: SampleClock) -> Row:
    return {
        "shift_id": shift.shift_id,
        "event_id": shift.event.event_id,
        "starts_at": clock.text_without_offset(shift.starts),
        "ends_at": clock.text_without_offset(shift.ends),
        "need": None if int(shift.shift_id[1:]) % WITHOUT_NEED == 0 else shift.need,
        "capacity": shift.capacity,
        "deleted_at": _at(shift.deleted_at, clock),
    }


def _signup(signup: Signup, clock: SampleClock) -> Row:
    return {
        "signup_id": signup.signup_id,
        "shift_id": signup.shift.shift_id,
        "person_id": signup.person.person_id,
        "recruiter_id": _id(signup.recruiter),
        "role": signup.role,
        "channel": signup.channel,
        "signed_up_at": _at(signup.signed_up_at, clock),
        "status": signup.status,
        "confirmed_at": _at(signup.confirmed_at, clock),
        "cancelled_at": _at(signup.cancelled_at, clock),
        "attended": signup.attended,
        "is_walk_in": signup.is_walk_in,
    }


def _statuses(campaign: Campaign) -> Iterator[Row]:
    for signup in campaign.signups:
        if signup.channel not in WITH_HISTORY:
            continue
        clock = campaign.setting.team_clocks[signup.shift.event.team]
        steps = (
            ("registered", signup.signed_up_at, None),
            ("confirmed", signup.confirmed_at, signup.recruiter),
            ("cancelled", signup.cancelled_at, None),
        )
        for status, at, by in steps:
            if at is not None:
                yield {
                    "signup_id": signup.signup_id,
                    "status": status,
                    "status_raw": status.upper(),
                    "at": clock.text(at),
                    "by_id": _id(by),
                }


def _ask(ask: Ask, clock: SampleClock) -> Row:
    return {
        "ask_id": ask.ask_id,
        "asked_at": clock.text(ask.asked_at),
        "asker_id": _id(ask.asker),
        "person_id": ask.person.person_id,
        "team_id": TEAMS[(ask.asker or ask.person).team].team_id,
        "meeting_id": ask.meeting.meeting_id if ask.meeting else None,
        "channel": ask.channel,
        "ask_kind": ask.ask_kind,
        "ask_for": ask.ask_for,
        "shift_id": ask.shift.shift_id if ask.shift else None,
        "is_specific": ask.is_specific,
        "is_urgent": ask.is_urgent,
        "outcome": ask.outcome,
        "again_on": _day(ask.again_on),
        "after_ask_id": ask.after.ask_id if ask.after else None,
        "notes": ask.notes,
    }


def _meeting(meeting: Meeting, clock: SampleClock) -> Row:
    purpose, exploration, exchange = meeting.parts
    step = meeting.next_step_in
    return {
        "meeting_id": meeting.meeting_id,
        "organizer_id": _id(meeting.organizer),
        "person_id": meeting.person.person_id,
        "team_id": TEAMS[meeting.organizer.team].team_id,
        "kind": meeting.kind,
        "scheduled_at": clock.text(meeting.scheduled_at),
        "status": meeting.status,
        "minutes": meeting.minutes,
        "purpose": purpose,
        "exploration": exploration,
        "exchange": exchange,
        "commitment": meeting.commitment,
        "next_step_on": None if step is None else _day(meeting.day + step),
        "notes": meeting.notes,
        "we_promised": meeting.we_promised,
        "they_promised": meeting.they_promised,
    }


def _contact(contact: Contact, clock: SampleClock) -> Row:
    return {
        "contact_id": contact.contact_id,
        "person_id": contact.person.person_id,
        "by_id": _id(contact.by),
        "at": clock.text(contact.at),
        "channel": contact.channel,
        "reason": contact.reason,
        "result": contact.result,
        "signup_id": contact.signup.signup_id if contact.signup else None,
        "meeting_id": contact.meeting.meeting_id if contact.meeting else None,
        "ask_id": contact.ask.ask_id if contact.ask else None,
    }


def _role_changes(campaign: Campaign) -> Iterator[Row]:
    for change in campaign.role_changes:
        first = change.role == LADDER[0]
        yield {
            "person_id": change.person.person_id,
            "role": change.role,
            "on": _day(change.person.since if first else change.day),
            "by_id": _id(change.by),
        }
