"""A proposed mapping as a TOML file, with comments for the person who corrects it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from organizing_analytics.proposing.roles import Roles

_OUTCOMES = {
    "yes": "yes", "y": "yes", "sure": "yes", "will come": "yes", "maybe": "maybe",
    "not sure": "maybe", "unsure": "maybe", "not now": "not_now", "not right now*": "not_now",
    "later": "not_now", "maybe later": "not_now", "not that": "not_that", "never": "not_ever",
    "do not contact*": "not_ever", "don't contact*": "not_ever", "no": "no", "nope": "no",
    "no thanks": "no", "no thank you": "no", "no answer": "no_answer", "na": "no_answer",
    "left message": "no_answer", "left voicemail": "no_answer", "lm": "no_answer",
    "vm": "no_answer", "voicemail": "no_answer",
}  # fmt: skip
_STATUSES = {
    "yes": "confirmed", "confirmed": "confirmed", "registered": "registered",
    "signed up": "registered", "maybe": "registered", "not sure": "registered",
    "no": "cancelled", "cancelled": "cancelled", "canceled": "cancelled",
}  # fmt: skip
_MEETINGS = {
    "held": "held", "done": "held", "completed": "held", "no show": "no_show", "noshow": "no_show",
    "no-show": "no_show", "cancelled": "cancelled", "canceled": "cancelled",
    "rescheduled": "cancelled", "scheduled": "scheduled",
}  # fmt: skip
_KINDS = {
    "first meeting": "recruitment", "first": "recruitment", "intro": "recruitment",
    "recruitment": "recruitment", "check-in": "maintenance", "check in": "maintenance",
    "maintenance": "maintenance", "escalation": "escalation", "leadership ask": "escalation",
}  # fmt: skip


def written_mapping(
    kind: str,
    roles: dict[str, str],
    sheet_roles: Roles,
    answers: Mapping[str, str],
    *,
    name: str,
    header: Sequence[str],
) -> str:
    """Return the mapping file of a sheet of this kind."""
    sheet = _Sheet(kind, roles, sheet_roles, answers)
    unread = [c for c in header if c not in sheet.used()]
    lines = [
        "# A mapping file, proposed by oa map. Correct what is wrong, and load the sheet with:",
        "#   oa load FILE",
        "# docs/sources/mapping.md explains all that may stand here.",
        f"name = {_text(name)}",
    ]
    if answers.get("year"):
        lines.append(f"year = {int(answers['year'])}")
    lines += sheet.lines()
    if unread:
        lines += ["", "# Not read: " + ", ".join(" ".join(c.split()) for c in unread)]
    return "\n".join(lines) + "\n"


class _Sheet:
    """One proposed mapping under way."""

    def __init__(
        self, kind: str, roles: dict[str, str], sheet_roles: Roles, answers: Mapping[str, str]
    ) -> None:
        self.kind, self.roles, self.sheet_roles, self.answers = kind, roles, sheet_roles, answers
        contact = [roles[r] for r in ("email", "phone") if r in roles]
        names = [roles[r] for r in ("full_name", "given_name") if r in roles]
        family = f" {{{roles['family_name']}?}}" if "family_name" in roles else ""
        whole = "|".join([*contact, *names])
        # A name tells two people of one e-mail apart; in a form people write it in two ways.
        is_apart = contact and names and kind != "form"
        self.contact = f"{{{whole}}}" + (f" {{{names[0]}}}{family}" if is_apart else "")
        point_person = roles.get("point_person")
        # A list of people has no 1:1, ask or sign-up that its organizer or recruiter could be of.
        if kind == "people":
            point_person = point_person or roles.get("organizer") or roles.get("recruiter")
        self.point_person = point_person

    def used(self) -> set[str]:
        matrix = self.sheet_roles.dates if self.kind == "matrix" else ()
        choice = (
            {self.sheet_roles.choices}
            if self.kind == "form" and self.sheet_roles.choices
            else set()
        )
        return {*self.roles.values(), *matrix, *choice}

    def lines(self) -> list[str]:
        people = self._people() + self._somebody(self.point_person)
        if self.kind == "people":
            return people
        organizer = self._somebody(self.roles.get("organizer"))
        if self.kind == "meetings":
            return people + organizer + self._meetings()
        if self.kind == "asks":
            return people + organizer + self._asks()
        recruiter = self._somebody(self.roles.get("recruiter"))
        return self._layout() + people + recruiter + self._signups()

    def _layout(self) -> list[str]:
        if self.kind == "matrix":
            return [
                "", "# One row for each person and date with a mark; a blank cell says nothing.",
                "[unpivot]", 'columns = "dates"', 'name = "Date of shift"', 'value = "Mark"',
            ]  # fmt: skip
        if self.kind == "form":
            return [
                "# Of several answers of one person for one shift the last one counts.",
                'repeats = "last"', "", "# One row for each shift that was chosen.",
                "[split]", f"column = {_text(str(self.sheet_roles.choices))}",
                'patterns = ["{Shift day:date} {Shift start:time} {Shift event}"]',
            ]  # fmt: skip
        return []

    def _people(self) -> list[str]:
        cells = {"person_id": _text(f"sheet:contact:{self.contact}")}
        if "full_name" in self.roles:
            for part in ("given", "family"):
                cells[f"{part}_name"] = (
                    f'{{ column = {_text(self.roles["full_name"])}, part = "{part}" }}'
                )
        for role in ("given_name", "family_name", "email", "phone"):
            if role in self.roles:
                cells[role] = _text(self.roles[role])
        if self.point_person is not None:
            cells["organizer_id"] = _text(f"sheet:contact:{{{self.point_person}}}")
        return _table("people", cells)

    def _somebody(self, column: str | None) -> list[str]:
        """Return the people whom a column names: by an e-mail, where it holds some, or a name."""
        if column is None:
            return []
        cells = {"person_id": _text(f"sheet:contact:{{{column}}}")}
        if column in self.sheet_roles.e_mails:
            cells["email"] = _text(column)
        else:
            for part in ("given", "family"):
                cells[f"{part}_name"] = f'{{ column = {_text(column)}, part = "{part}" }}'
        rule = f'where = {{ {_text(column)} = {{ not = "" }} }}'
        return ["", "[[table]]", 'table = "people"', rule, *_table("people", cells)[3:]]

    def _signups(self) -> list[str]:
        title = self.answers.get("event title", "")
        if self.kind == "form":
            event, day, clock = "{Shift event}", "{Shift day}", "{Shift start}"
        else:
            day = "{Date of shift}" if self.kind == "matrix" else f"{{{self.roles['date']}}}"
            event = f"{{{self.roles['event']}}}" if "event" in self.roles else title
            own = self.roles.get("start") if self.kind == "signups" else None
            clock = f"{{{own}}}" if own else self.answers.get("start time", "")
        moment = f"{day} {clock}".strip()
        shift = _text(f"sheet:shift:{event} {moment}")
        is_fixed = "{" not in event
        event_id = f"sheet:event:{event}"
        event_cell = f"{{ value = {_text(event_id)} }}" if is_fixed else _text(event_id)
        title_cell = f"{{ value = {_text(event)} }}" if is_fixed else _text(event)
        kind = self.answers.get("event type", "event")
        events = {
            "event_id": event_cell, "title": title_cell,
            "event_type": f"{{ value = {_text(kind)}, only_new = true }}",
        }  # fmt: skip
        if "location" in self.roles:
            events["location"] = _text(self.roles["location"])
        shifts = {"shift_id": shift, "event_id": event_cell, "starts_at": _text(moment)}
        if "end" in self.roles and self.kind == "signups":
            shifts["ends_at"] = _text(f"{day} {{{self.roles['end']}}}")
        signups = {
            "signup_id": _text(f"sheet:signup:{self.contact} {event} {moment}"),
            "shift_id": shift,
            "person_id": _text(f"sheet:contact:{self.contact}"),
            "status": self._status(),
        }
        if "recruiter" in self.roles:
            signups["recruiter_id"] = _text(f"sheet:contact:{{{self.roles['recruiter']}}}")
        if "role" in self.roles:
            signups["role"] = _text(self.roles["role"])
        if "signed_up_at" in self.roles:
            signups["signed_up_at"] = _text(self.roles["signed_up_at"])
        if self.kind == "matrix":
            signups["attended"] = _text("Mark")
        elif "attended" in self.roles:
            signups["attended"] = _text(self.roles["attended"])
        return [*_table("events", events), *_table("shifts", shifts), *_table("signups", signups)]

    def _status(self) -> str:
        if "status" not in self.roles or self.kind == "matrix":
            return '{ value = "registered" }'
        return _mapped(self.roles["status"], {**_STATUSES, "": "registered"})

    def _meetings(self) -> list[str]:
        day = self.roles["date"]
        blank = self.answers.get("1:1 kind", "")
        kinds = {**_KINDS, **({"": blank} if blank else {})}
        kind = (
            _mapped(self.roles["kind"], kinds)
            if "kind" in self.roles
            else f"{{ value = {_text(blank)} }}"
        )
        cells = {
            "meeting_id": _text(f"sheet:meeting:{self.contact} {{{day}}}"),
            "person_id": _text(f"sheet:contact:{self.contact}"),
            "kind": kind,
            "scheduled_at": _text(day),
        }
        if "organizer" in self.roles:
            cells["organizer_id"] = _text(f"sheet:contact:{{{self.roles['organizer']}}}")
        if "outcome" in self.roles:
            other = "held" if self.answers.get("held") == "yes" else ""
            cells["status"] = _mapped(self.roles["outcome"], _MEETINGS, other)
            cells["notes"] = _text(self.roles["outcome"])
        else:
            status = "held" if self.answers.get("held") == "yes" else "scheduled"
            cells["status"] = f"{{ value = {_text(status)} }}"
        if "minutes" in self.roles:
            cells["minutes"] = f'{{ column = {_text(self.roles["minutes"])}, number = "minutes" }}'
        return _table("meetings", cells)

    def _asks(self) -> list[str]:
        day, ask = self.roles["date"], self.answers.get("ask", "")
        asked = _text(self.roles["ask_for"]) if "ask_for" in self.roles else (
            f"{{ value = {_text(ask)} }}"
        )  # fmt: skip
        what = f"{{{self.roles['ask_for']}}}" if "ask_for" in self.roles else ask
        cells = {
            "ask_id": _text(f"sheet:ask:{self.contact} {{{day}}} {what}"),
            "person_id": _text(f"sheet:contact:{self.contact}"),
            "asked_at": _text(day),
            "ask_for": asked,
            "outcome": _mapped(self.roles["outcome"], _OUTCOMES),
        }
        if "organizer" in self.roles:
            cells["asker_id"] = _text(f"sheet:contact:{{{self.roles['organizer']}}}")
        if "notes" in self.roles:
            cells["notes"] = _text(self.roles["notes"])
        return _table("asks", cells)


def _mapped(column: str, values: dict[str, str], other: str = "") -> str:
    """Return a cell with a word map; a word that is not listed rejects its row, and is named."""
    words = ", ".join(f"{_text(word)} = {_text(value)}" for word, value in values.items())
    otherwise = f", else = {_text(other)}" if other else ", reject = true"
    return f"{{ column = {_text(column)}, values = {{ {words} }}{otherwise} }}"


def _table(table: str, cells: dict[str, str]) -> list[str]:
    lines = ["", "[[table]]", f"table = {_text(table)}", "[table.columns]"]
    return lines + [f"{name} = {cell}" for name, cell in cells.items()]


def _text(text: str) -> str:
    """Return a TOML string; JSON's escapes are TOML's, too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
