"""One small campaign as every source writes it: files of each kind, and how each is loaded.

`loads(folder, people)` writes the files and returns them in the order of loading. The people are
in most files, with their names, addresses and numbers spelled in several ways.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import organizing_analytics as oa

ZONE = "America/Chicago"

#: The example of docs/sources/mapping.md, with ids that are made from an e-mail address.
MAPPING = """
name = "towns"
time_format = "%d.%m.%Y %H:%M"
[[table]]
table = "people"
[table.columns]
person_id = "E-mail"
given_name = "First name"
family_name = "Last name"
email = "E-mail"
[[table]]
table = "events"
[table.columns]
event_id = "Town"
event_type = { value = "canvass" }
[[table]]
table = "shifts"
[table.columns]
shift_id = "{Town} {Day}"
event_id = "Town"
starts_at = { text = "{Day} 10:00", format = "%d.%m.%Y %H:%M" }
[[table]]
table = "signups"
[table.columns]
signup_id = "{E-mail} {Town} {Day}"
shift_id = "{Town} {Day}"
person_id = "E-mail"
status = { value = "registered" }
attended = "Came"
"""


@dataclass(frozen=True)
class Person:
    """Somebody in the files."""

    number: int
    given: str
    family: str
    email: str
    phone: str  # ten digits

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"

    @property
    def spelled(self) -> str:
        """Return the phone as a hand writes it."""
        return f"({self.phone[:3]}) {self.phone[3:6]}-{self.phone[6:]}"


@dataclass(frozen=True)
class Load:
    """What one `oa load` takes."""

    paths: tuple[Path, ...]
    options: dict[str, Any] = field(default_factory=dict)


def load_all(todo: list[Load], store: Path) -> list[oa.LoadResult]:
    """Load all files, in order."""
    return [oa.load_files(one.paths, store=store, timezone=ZONE, **one.options) for one in todo]


def loads(folder: Path, people: list[Person]) -> list[Load]:
    """Write every file and return the loads in order."""
    folder.mkdir(parents=True, exist_ok=True)
    mapping = folder / "towns.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    first = people[0]
    return [
        Load(_templates(folder / "templates", people)),
        Load((_sheet(folder, people),), {"source": "signup_sheet"}),
        Load((_eventbrite(folder, people),), {"source": "eventbrite"}),
        Load((_meetup(folder, people),), {"source": "meetup"}),
        Load((_towns(folder, people),), {"source": str(mapping)}),
        Load((_mobilize(folder, people), _mobilize_csv(folder, people))),
        Load((_list(folder, people),)),
        Load((_action_network(folder, people),)),
        Load((_door(folder, people),), {"source": "check_in", "shift": "s1"}),
        Load(_table(folder, "asks", [
            {"ask_id": "late1", "asked_at": "2026-03-02T10:00", "person_id": "p2",
             "ask_for": "canvass", "outcome": "yes",
             "notes": f"came with {first.given} M. {first.family}"},
            {"ask_id": "late2", "asked_at": "2026-03-02T11:00", "person_id": "p2",
             "ask_for": "canvass", "outcome": "perhaps",
             "notes": f"call {first.phone[:3]}.{first.phone[3:6]}.{first.phone[6:]}"},
            {"ask_id": "late3", "asked_at": "2026-03-02T11:00", "person_id": "p3",
             "ask_for": "canvass", "outcome": "who knows",
             "notes": f"x@example.org; {first.email.upper()}"},
        ])),
    ]  # fmt: skip


def _csv(rows: list[dict[str, Any]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, names, delimiter=delimiter, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _put(folder: Path, name: str, rows: list[dict[str, Any]], delimiter: str = ",") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(_csv(rows, delimiter), encoding="utf-8", newline="")
    return path


def _table(folder: Path, table: str, rows: list[dict[str, Any]]) -> tuple[Path, ...]:
    return (_put(folder, f"{table}.csv", rows),)


def _templates(folder: Path, people: list[Person]) -> tuple[Path, ...]:
    first, *_ = people
    tables: dict[str, list[dict[str, Any]]] = {
        "teams": [{"team_id": "t1", "name": f"North ({first.name})", "lead_id": "p1"}],
        "people": [
            {
                "person_id": f"p{p.number}", "given_name": p.given, "family_name": p.family,
                "email": p.email, "phone": p.spelled, "team_id": "t1",
            }
            for p in people
        ],
        "events": [
            {"event_id": "e1", "event_type": "canvass", "title": "Saturday", "team_id": "t1"},
            {"event_id": f"party-{first.email}", "event_type": "party",
             "title": f"Party at {first.family}, {first.given}'s"},
        ],
        "shifts": [
            {"shift_id": "s1", "event_id": "e1", "starts_at": "2026-03-07T10:00"},
            {"shift_id": f"at {first.name}'s", "event_id": f"party-{first.email}",
             "starts_at": "2026-03-08T10:00"},
        ],
        "signups": [
            {"signup_id": f"{p.email}/s1", "shift_id": "s1", "person_id": f"p{p.number}",
             "status": "registered", "recruiter_id": "p1", "attended": "yes"}
            for p in people
        ] + [
            {"signup_id": "host", "shift_id": f"at {first.name}'s", "person_id": "p2",
             "status": "registered"},
        ],
        "signup_statuses": [
            {"signup_id": f"{p.email}/s1", "status": "registered", "at": "2026-03-01T10:00",
             "by_id": "p1"}
            for p in people
        ],
        "asks": [
            {"ask_id": f"a{p.number}", "asked_at": "2026-03-01T10:00", "asker_id": "p1",
             "person_id": f"p{p.number}", "ask_for": "canvass", "outcome": "yes",
             "notes": f"spoke to {p.name}"}
            for p in people
        ],
        "meetings": [
            {"meeting_id": f"m{p.number}", "organizer_id": "p1", "person_id": f"p{p.number}",
             "kind": "recruitment", "scheduled_at": "2026-03-02T10:00", "status": "held",
             "notes": f"about {p.name}"}
            for p in people
        ],
        "contacts": [
            {"contact_id": f"c{p.number}", "person_id": f"p{p.number}", "by_id": "p1",
             "at": "2026-03-08T10:00", "signup_id": f"{p.email}/s1"}
            for p in people
        ],
        "role_changes": [
            {"person_id": f"p{p.number}", "role": "volunteer", "on": "2026-03-01", "by_id": "p1"}
            for p in people
        ],
        "departures": [{"person_id": "p1", "at": "2026-03-20T10:00", "reason": "other"}],
    }  # fmt: skip
    return tuple(_put(folder, f"{table}.csv", rows) for table, rows in tables.items())


def _sheet(folder: Path, people: list[Person]) -> Path:
    rows = [
        {"Name": p.name, "Email": "" if p.number % 3 == 2 else p.email, "Phone": p.spelled,
         "Event": "Fair", "Date": "3/14/2026", "Start": "6:00 PM", "Role": "", "Came?": "x"}
        for p in people
    ]  # fmt: skip
    only = people[0]
    rows.append({"Name": only.name, "Event": "Fair", "Date": "3/15/2026", "Start": "6:00 PM"})
    return _put(folder, "sheet.csv", rows)


def _eventbrite(folder: Path, people: list[Person]) -> Path:
    return _put(folder, "attendees.csv", [
        {"Order #": 900 + p.number, "Order Date": "3/3/26 22:28", "First Name": p.given,
         "Last Name": p.family, "Email": p.email.upper(), "Ticket Type": "Helper",
         "Attendee #": 77000 + p.number, "Attendee Status": "Attending",
         "Event Name": "Kick-off", "Event Start": "2026-03-21 18:00"}
        for p in people
    ])  # fmt: skip


def _meetup(folder: Path, people: list[Person]) -> Path:
    return _put(folder, "meetup.csv", [
        {"Name": p.name, "User ID": f"user {88000 + p.number}", "RSVP": "Yes",
         "RSVPed on": "March 1, 2026 9:00 AM", "Event": "Hike", "Start": "March 22, 2026 9:00 AM",
         "Attendance": ""}
        for p in people
    ], "\t")  # fmt: skip


def _towns(folder: Path, people: list[Person]) -> Path:
    return _put(folder, "towns.csv", [
        {"E-mail": p.email, "First name": p.given, "Last name": p.family, "Town": "Elm",
         "Day": "28.03.2026", "Came": "yes"}
        for p in people
    ])  # fmt: skip


def _mobilize(folder: Path, people: list[Person]) -> Path:
    start = 1775055600
    path = folder / "mobilize.json"
    path.write_text(json.dumps([
        {
            "id": 5000 + p.number, "created_date": start - 90_000, "modified_date": start - 90_000,
            "person": {
                "user_id": 66000 + p.number, "given_name": p.given, "family_name": p.family,
                "email_addresses": [{"primary": True, "address": p.email}],
                "phone_numbers": [{"primary": True, "number": f"+1{p.phone}"}],
            },
            "event": {"id": 5, "title": "Canvass", "timezone": "America/New_York",
                      "event_type": "CANVASS"},
            "timeslot": {"id": 51, "start_date": start, "end_date": start + 7200},
            "status": "REGISTERED", "attended": None,
        }
        for p in people
    ]), encoding="utf-8")  # fmt: skip
    return path


def _mobilize_csv(folder: Path, people: list[Person]) -> Path:
    return _put(folder, "mobilize_signups.csv", [
        {"Event ID": 6, "Timeslot ID": 61, "Event name": "Calls", "Email": p.email,
         "First name": p.given, "Last name": p.family, "Mobile number": p.phone,
         "status": "REGISTERED", "attended": "", "start": "2026-04-04 10:00:00",
         "utm_source": "web"}
        for p in people
    ])  # fmt: skip


def _list(folder: Path, people: list[Person]) -> Path:
    return _put(folder, "list.txt", [
        {"VANID": 990000 + p.number, "Event": "Doors", "Date": "04/11/2026",
         "Time": "10:00 AM - 12:00 PM", "Name": f"{p.family}, {p.given}", "Phone": p.spelled,
         "Cell Phone": "", "Status": "Scheduled", "Role": "Canvasser",
         "Recruited By": f"{people[0].family}, {people[0].given}", "Signup Date": "04/01/2026"}
        for p in people
    ], "\t")  # fmt: skip


def _action_network(folder: Path, people: list[Person]) -> Path:
    path = folder / "people.json"
    path.write_text(json.dumps([
        {
            "identifiers": [f"action_network:a1b2c3d4-0000-4000-8000-{p.number:012d}"],
            "given_name": p.given, "family_name": p.family, "created_date": "2026-01-02T10:00:00Z",
            "email_addresses": [{"primary": True, "address": p.email}],
            "phone_numbers": [{"primary": True, "number": p.phone}],
        }
        for p in people
    ]), encoding="utf-8")  # fmt: skip
    return path


def _door(folder: Path, people: list[Person]) -> Path:
    last = people[-1]
    rows = [{"Name": p.name, "Email": "", "Phone": ""} for p in people]  # they signed up
    rows += [
        {"Name": "Walk Inmail", "Email": "walkin@example.org"},
        {"Name": "Walk Inphone", "Phone": "(415) 555-0137"},
        {"Name": "Walk Inname"},
        {"Name": f"{last.given} Doortwin", "Email": f"door.{last.email}", "Phone": ""},
    ]
    return _put(folder, "door.csv", rows)
