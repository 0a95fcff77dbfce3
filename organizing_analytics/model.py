"""The tables: the one source of columns, types, allowed values, keys and their meaning.

Templates, the checks of a load, the store's tables and the documentation are all derived
from `TABLES`. Nothing else in the package lists a table's columns.

A moment (`*_at`) is stored in UTC without an offset; a day (`*_on`) is a local date. A table
whose moments have a date rule in docs/definitions.md also stores that local date
(`LocalDate`), computed once at load, so that no measure does time zone arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "flag", "whole", "number", "moment", "day", "week", "zone"]
Clock = Literal["event", "campaign"]

#: What a cell of each kind may hold, in the words of an error message.
KIND_WORDS: dict[Kind, str] = {
    "text": "text",
    "flag": "true, false, yes, no, 1, 0, y, n or empty",
    "whole": "a whole number, 0 or more",
    "number": "a number",
    "moment": "a time like 2026-03-04T18:00, 2026-03-04 18:00-05:00 or 3/4/2026 6:00 PM",
    "day": "a date like 2026-03-04 or 3/4/2026",
    "week": "an ISO week like 2026-W47",
    "zone": "a time zone of the IANA list, like America/Chicago",
}

LADDER = ("supporter", "volunteer", "team_member", "team_leader", "organizer")
SIGNUP_STATUSES = ("registered", "confirmed", "cancelled")
#: What a tool's status may say of a person and a shift; most tools say both with one word.
STATUS_MEANINGS = (
    "not_yet",
    *SIGNUP_STATUSES,
    "declined",
    "attended",
    "walk_in",
    "no_show",
)
ASK_KINDS = ("event", "role", "other")
OUTCOMES = ("yes", "not_now", "not_that", "not_ever", "no", "maybe", "no_answer")
NO_TYPES = ("not_now", "not_that", "not_ever", "no")
MEETING_KINDS = ("recruitment", "maintenance", "escalation")
MEETING_STATUSES = ("scheduled", "held", "cancelled", "no_show")
CONTACT_REASONS = (
    "follow_up",
    "thank_you",
    "confirmation",
    "reminder",
    "reshift",
    "recognition",
    "other",
)
CONTACT_RESULTS = ("reached", "left_message", "no_answer", "wrong_number", "refused")
DEPARTURE_REASONS = (
    "not_worth_time",
    "disorganized",
    "no_why",
    "uncomfortable",
    "overwhelmed",
    "unwelcoming",
    "no_recognition",
    "not_asked",
    "other",
)


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
        Its name in templates, in the store and in answers.
    kind : Kind
        What a cell holds; see `KIND_WORDS`.
    meaning : str
        One line for the person who fills it in.
    required : bool
        A row without it is rejected; a file without it is refused.
    allowed : tuple of str
        The only values, where there is a list.
    refers_to : str or None
        The table whose key it holds.
    must_exist : bool
        Whether a reference to nothing rejects the row; otherwise it is a warning.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    refers_to: str | None = None
    must_exist: bool = False

    @property
    def allowed_words(self) -> str:
        """Return what a cell may hold, for an error message."""
        words = ", ".join(self.allowed) if self.allowed else KIND_WORDS[self.kind]
        return words if self.required or self.kind == "flag" else f"{words}, or empty"


@dataclass(frozen=True)
class LocalDate:
    """A local date that the store keeps beside a moment, by the event's or campaign's clock."""

    name: str
    moment: str
    clock: Clock


@dataclass(frozen=True)
class Table:
    """One table of the model.

    Attributes
    ----------
    name, meaning : str
        Its name, and in one line what a row is.
    columns : tuple of Column
        In the order of the template.
    key : tuple of str
        The columns that tell one row from another.
    clock : Clock
        Whose clock a time without an offset is read by.
    local_dates : tuple of LocalDate
        The derived columns.
    tool_columns : tuple of Column
        What only a tool's export fills: no template has them.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    clock: Clock = "campaign"
    local_dates: tuple[LocalDate, ...] = ()
    tool_columns: tuple[Column, ...] = ()

    @property
    def every_column(self) -> tuple[Column, ...]:
        """Return the columns of the template, then those that only a tool fills."""
        return (*self.columns, *self.tool_columns)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the columns of the template, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """Return the columns that every row must fill."""
        return tuple(column.name for column in self.columns if column.required)

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def _text(name: str, meaning: str, **more: object) -> Column:
    return Column(name, "text", meaning, **more)  # type: ignore[arg-type]


def _ref(
    name: str, table: str, meaning: str, *, required: bool = False, strict: bool = False
) -> Column:
    return Column(name, "text", meaning, required=required, refers_to=table, must_exist=strict)


TABLES: tuple[Table, ...] = (
    Table(
        "people",
        "one person whom the campaign knows",
        (
            _text("person_id", "the person's id in your own list", required=True),
            _text("given_name", "first name"),
            _text("family_name", "last name"),
            _text("email", "e-mail address"),
            _text("phone", "phone number, best as +15551234567"),
            _ref("team_id", "teams", "the team that the person belongs to"),
            _text("role", f"rung of the ladder of engagement: {', '.join(LADDER)}"),
            Column("joined_on", "day", "when the person joined"),
            Column("do_not_contact", "flag", "true when the person asked not to be contacted"),
            _ref("organizer_id", "people", "the organizer (point person) who looks after them"),
            _text("values", "what the person cares about, in their own words"),
            _text("skills", "what the person can do: drives, speaks Spanish, keeps books"),
            _text("available", "when the person is usually free, like weekday evenings"),
        ),
        key=("person_id",),
    ),
    Table(
        "teams",
        "one team of the campaign",
        (
            _text("team_id", "the team's id", required=True),
            _text("name", "the team's name as people say it"),
            _ref("parent_team_id", "teams", "the team above it"),
            _ref("lead_id", "people", "the person who leads it"),
        ),
        key=("team_id",),
    ),
    Table(
        "events",
        "one event; it happens in one or more shifts",
        (
            _text("event_id", "the event's id", required=True),
            _text("title", "what people call it"),
            _text("event_type", "kind of event, like canvass, phone_bank, training", required=True),
            _ref("team_id", "teams", "the team that holds it"),
            Column("timezone", "zone", "time zone of the place, like America/Chicago"),
            _text("location", "where it is"),
            Column("is_virtual", "flag", "true when it is online"),
            Column("deleted_at", "moment", "when it was deleted; a deleted event counts nowhere"),
            _text("why", "one sentence on why it matters, for asks, confirmations and thanks"),
        ),
        key=("event_id",),
        clock="event",
    ),
    Table(
        "shifts",
        "one shift of an event: a start, an end, a need",
        (
            _text("shift_id", "the shift's id", required=True),
            _ref("event_id", "events", "the event it belongs to", required=True, strict=True),
            Column("starts_at", "moment", "when it starts", required=True),
            Column("ends_at", "moment", "when it ends"),
            Column("need", "whole", "how many people it needs"),
            Column("capacity", "whole", "how many people there is room for"),
            Column("deleted_at", "moment", "when it was deleted; a deleted shift counts nowhere"),
        ),
        key=("shift_id",),
        clock="event",
        local_dates=(LocalDate("starts_on", "starts_at", "event"),),
    ),
    Table(
        "shift_roles",
        "how many people of one role a shift needs (2 trainers, 10 canvassers)",
        (
            _ref("shift_id", "shifts", "the shift", required=True, strict=True),
            _text("role", "the role in the shift, like Canvasser or Greeter", required=True),
            Column("need", "whole", "how many people of this role it needs"),
        ),
        key=("shift_id", "role"),
    ),
    Table(
        "signups",
        "one person signed up to one shift",
        (
            _text("signup_id", "the sign-up's id", required=True),
            _ref("shift_id", "shifts", "the shift", required=True, strict=True),
            _ref("person_id", "people", "the person", required=True, strict=True),
            _ref("recruiter_id", "people", "who recruited the person to this shift"),
            _text("role", "the role in the shift, like Canvasser or Greeter"),
            _text("channel", "how the person signed up: phone, text, door, web, one_on_one"),
            Column("signed_up_at", "moment", "when the person signed up"),
            Column("status", "text", "where it stands", required=True, allowed=SIGNUP_STATUSES),
            Column("confirmed_at", "moment", "when the person confirmed"),
            Column("cancelled_at", "moment", "when the person cancelled"),
            Column("attended", "flag", "true: came; false: did not; empty: nobody wrote it down"),
            Column("is_walk_in", "flag", "true when the person came without signing up before"),
        ),
        key=("signup_id",),
        clock="event",
        local_dates=(LocalDate("signed_up_on", "signed_up_at", "campaign"),),
        tool_columns=(_text("status_raw", "the status in the words of the tool"),),
    ),
    Table(
        "signup_statuses",
        "one entry in the history of a sign-up, where the source has one",
        (
            _ref("signup_id", "signups", "the sign-up", required=True, strict=True),
            Column(
                "status", "text", "the status from then on", required=True, allowed=SIGNUP_STATUSES
            ),
            _text("status_raw", "the status in the words of the source"),
            Column("at", "moment", "when it was set", required=True),
            _ref("by_id", "people", "who set it"),
        ),
        key=("signup_id", "at", "status"),
        clock="event",
    ),
    Table(
        "asks",
        "one ask of one person for one thing, and what they said",
        (
            _text("ask_id", "the ask's id", required=True),
            Column("asked_at", "moment", "when the person was asked", required=True),
            _ref("asker_id", "people", "who asked"),
            _ref("person_id", "people", "who was asked", required=True, strict=True),
            _ref("team_id", "teams", "the team that asked"),
            _ref("meeting_id", "meetings", "the 1:1 in which it was asked"),
            _text("channel", "how: phone, text, door, one_on_one, event"),
            Column("ask_kind", "text", "what ask_for names", allowed=ASK_KINDS),
            _text("ask_for", "an event type (canvass) or a role (team_leader)", required=True),
            _ref("shift_id", "shifts", "the very shift that was asked for", strict=True),
            Column(
                "is_specific", "flag", "true: a specific action, date, time and place was named"
            ),
            Column("is_urgent", "flag", "true: it was said why it is urgent"),
            Column("outcome", "text", "what the person said", required=True, allowed=OUTCOMES),
            Column("again_on", "day", "when a not_now said to ask again"),
            _ref("after_ask_id", "asks", "the ask that this one answers (a counter-offer)"),
            _text("notes", "anything else"),
        ),
        key=("ask_id",),
        local_dates=(LocalDate("asked_on", "asked_at", "campaign"),),
    ),
    Table(
        "meetings",
        "one 1:1 between an organizer and a person",
        (
            _text("meeting_id", "the 1:1's id", required=True),
            _ref("organizer_id", "people", "who held it"),
            _ref("person_id", "people", "whom it was with", required=True, strict=True),
            _ref("team_id", "teams", "the organizer's team"),
            Column(
                "kind", "text", "which of the three kinds", required=True, allowed=MEETING_KINDS
            ),
            Column("scheduled_at", "moment", "when it was set for", required=True),
            Column("status", "text", "what became of it", required=True, allowed=MEETING_STATUSES),
            Column("minutes", "whole", "how long it took"),
            Column("purpose", "flag", "true: the purpose was said up front"),
            Column("exploration", "flag", "true: story, values and resources were explored"),
            Column("exchange", "flag", "true: support, insight or information was exchanged"),
            Column("commitment", "flag", "true: it ended with a commitment"),
            Column("next_step_on", "day", "when the next step is due"),
            _text("notes", "anything else"),
            _text("we_promised", "what the organizer promised to do"),
            _text("they_promised", "what the person promised to do"),
        ),
        key=("meeting_id",),
        local_dates=(LocalDate("scheduled_on", "scheduled_at", "campaign"),),
    ),
    Table(
        "contacts",
        "one call, text, mail or word with a person",
        (
            _text("contact_id", "the contact's id", required=True),
            _ref("person_id", "people", "the person", required=True, strict=True),
            _ref("by_id", "people", "who made it"),
            Column("at", "moment", "when", required=True),
            _text("channel", "how: phone, text, email, in_person"),
            Column("reason", "text", "what it was for", allowed=CONTACT_REASONS),
            Column("result", "text", "what came of it", allowed=CONTACT_RESULTS),
            _ref("signup_id", "signups", "the sign-up it was about"),
            _ref("meeting_id", "meetings", "the 1:1 it was about"),
            _ref("ask_id", "asks", "the ask it was about"),
            _text("notes", "anything else"),
        ),
        key=("contact_id",),
        local_dates=(LocalDate("contacted_on", "at", "campaign"),),
    ),
    Table(
        "departures",
        "one person leaving, and why",
        (
            _ref("person_id", "people", "who left", required=True, strict=True),
            Column("at", "moment", "when", required=True),
            Column("reason", "text", "the main reason", allowed=DEPARTURE_REASONS),
        ),
        key=("person_id", "at"),
        local_dates=(LocalDate("departed_on", "at", "campaign"),),
    ),
    Table(
        "role_changes",
        "one step on the ladder of engagement",
        (
            _ref("person_id", "people", "who", required=True, strict=True),
            _text("role", "the role from then on", required=True),
            Column("on", "day", "from which day", required=True),
            _ref("by_id", "people", "who gave it"),
        ),
        key=("person_id", "on"),
    ),
    Table(
        "assignments",
        "one person given to an organizer who looks after them, from a day on",
        (
            _ref("person_id", "people", "who is looked after", required=True, strict=True),
            _ref("organizer_id", "people", "the organizer", required=True, strict=True),
            Column("on", "day", "from which day", required=True),
        ),
        key=("person_id", "on"),
    ),
    Table(
        "feedback",
        "what one person said of a shift, with a name or without",
        (
            _text("feedback_id", "the answer's id", required=True),
            _ref("person_id", "people", "who said it; empty where it is anonymous", strict=True),
            _ref("shift_id", "shifts", "the shift that it is about", required=True, strict=True),
            Column(
                "rating",
                "whole",
                "whether it felt worth their time: 5 very much, 1 not at all",
                allowed=("1", "2", "3", "4", "5"),
            ),
            Column(
                "reason",
                "text",
                "what would bring them back, as the reason that keeps them away",
                allowed=DEPARTURE_REASONS,
            ),
            _text("note", "in their own words"),
            Column("at", "moment", "when they said it"),
        ),
        key=("feedback_id",),
        local_dates=(LocalDate("said_on", "at", "campaign"),),
    ),
    Table(
        "goals",
        "what a team set out to reach in a week",
        (
            _ref("team_id", "teams", "the team", required=True),
            Column("week", "week", "the ISO week, like 2026-W47", required=True),
            _text("measure", "what is counted, like attended, asks or one_to_ones", required=True),
            Column("target", "number", "how many", required=True),
        ),
        key=("team_id", "week", "measure"),
    ),
)

#: Columns with words about a person, written by whoever asked or met them.
NOTES = ("notes", "note", "we_promised", "they_promised")

#: Which record of one tool is which of another, where a tool says so. No template, no measure.
CROSSWALKS = Table(
    "crosswalks",
    "a record of one tool that is the same as a record of another",
    (
        Column("kind", "text", "what it is", required=True, allowed=("signup", "person")),
        _text("one_id", "its id in the one tool", required=True),
        _text("other_id", "its id in the other tool", required=True),
    ),
    key=("kind", "one_id", "other_id"),
)

BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
#: All tables that a source may feed.
FED_BY_NAME: dict[str, Table] = {**BY_NAME, CROSSWALKS.name: CROSSWALKS}

#: Tables in the order in which their references (and time zones) can be resolved.
LOAD_ORDER: tuple[str, ...] = (
    "teams",
    "people",
    "events",
    "shifts",
    "shift_roles",
    "signups",
    "signup_statuses",
    "meetings",
    "asks",
    "contacts",
    "departures",
    "role_changes",
    "assignments",
    "feedback",
    "goals",
    "crosswalks",
)
