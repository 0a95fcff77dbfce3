"""What the columns of a sheet are: by their names, and only if what stands in them agrees."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from organizing_analytics.loading.attendance import read_columns
from organizing_analytics.loading.dates import read
from organizing_analytics.loading.marks import Mark, mark_of
from organizing_analytics.loading.quantities import quantity
from organizing_analytics.sources.binding import loose_name
from organizing_analytics.sources.layout import Split, is_date, layout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Role → the names that columns with it have in campaign sheets.
NAMES: dict[str, tuple[str, ...]] = {
    "given_name": ("first name", "given name", "first", "fname", "preferred name", "forename"),
    "family_name": ("last name", "surname", "family name", "last", "lname"),
    "full_name": (
        *("name", "full name", "your name", "volunteer name", "volunteer", "who", "person"),
        *("participant", "attendee", "member", "member name", "contact name", "attendee name"),
        *(
            "participant name",
            "name of volunteer",
            "vol name",
            "invitee name",
            "supporter",
            "whom",
            "canvasser",
            "met with",
        ),
    ),
    "email": ("email", "e-mail", "email address", "e-mail address", "mail", "your email"),
    "phone": (
        *("phone", "phone number", "mobile", "cell", "cell phone", "mobile phone", "telephone"),
        *("mobile number", "cell number", "tel", "phone no", "contact number"),
    ),
    "date": (
        *("date", "day", "when", "event date", "shift date", "meeting date", "date of meeting"),
        *(
            "call date",
            "date called",
            "date of call",
            "date asked",
            "asked on",
            "date of 1:1",
            "session date",
        ),
        *("shift start", "event start", "start date", "starts at", "date and time"),
        *("start date & time", "event date & time"),
    ),
    "start": (
        *("start", "start time", "starts", "time", "from", "shift time", "begin", "begins"),
        *("shift start", "starts at", "event start", "begin time"),
    ),
    "end": ("end", "end time", "ends", "until", "finish", "finish time"),
    "event": ("event", "event name", "activity", "event title", "shift", "action", "shift name"),
    "role": ("role", "job", "position", "task", "item", "duty", "shift role"),
    "attended": (
        *("came", "attended", "showed up", "present", "here", "checked in", "attendance", "show"),
        *("showed", "did they come", "was there", "did they show", "did they show up"),
        *("turned up", "turned up?"),
    ),
    "status": ("status", "rsvp", "rsvp status", "will you definitely be there", "will you come"),
    "signed_up_at": (
        *("timestamp", "signed up", "sign up timestamp", "submitted", "submitted at", "created"),
        *("signed up at", "date signed up", "registered at", "signup date", "sign up date"),
        *("created time", "created at", "rsvp date", "signup created time"),
    ),
    "organizer": (
        *("organizer", "asker", "caller", "asked by", "called by", "leader", "staff"),
        *("organiser", "organizer name"),
    ),
    "point_person": (
        *("point person", "point", "point of contact", "assigned to", "assigned organizer"),
        *("relationship owner", "looked after by", "lead organizer", "coach"),
        *("point person name or email", "relationship manager", "primary organizer"),
        *("organizer assigned", "assigned staff", "buddy", "point person email"),
    ),
    "recruiter": (
        *("recruiter", "recruited by", "recruiter name or email", "recruiter name"),
        *("who recruited them", "brought by", "invited by"),
    ),
    "minutes": (
        *("how long", "minutes", "length", "duration", "mins", "time spent"),
        *("duration minutes", "duration (minutes)"),
    ),
    "kind": ("kind", "kind of 1:1", "type of 1:1", "1:1 type", "meeting type", "type", "purpose"),
    "outcome": (
        *("outcome", "result", "response", "answer", "what they said", "disposition", "reply"),
        *("what came of it", "said", "result of ask", "what did they say"),
    ),
    "ask_for": ("ask", "asked for", "ask for", "the ask", "asked to", "asked to do", "request"),
    "notes": ("notes", "comments", "remarks", "comment", "note", "anything else"),
    "location": ("location", "place", "venue", "where"),
}
#: The same in Spanish, French and German.
TRANSLATED: dict[str, tuple[str, ...]] = {
    "given_name": ("nombre", "prénom", "vorname"),
    "family_name": ("apellido", "apellidos", "nom de famille", "nachname", "familienname"),
    "full_name": ("nombre completo", "voluntario", "voluntaria", "nom complet", "bénévole"),
    "email": ("correo electrónico", "correo", "courriel", "adresse e-mail", "e-mail-adresse"),
    "phone": ("teléfono", "celular", "téléphone", "portable", "telefon", "handy", "mobil"),
    "date": ("fecha", "día", "datum", "tag"),
    "start": ("hora", "hora de inicio", "heure de début", "début", "beginn", "uhrzeit"),
    "end": ("hora de fin", "heure de fin", "fin", "ende"),
    "event": ("evento", "actividad", "activité", "événement", "veranstaltung", "aktion"),
    "role": ("función", "rôle", "aufgabe"),
    "attended": ("asistió", "vino", "présent", "présente", "anwesend"),
    "point_person": (
        "responsable",
        "référent",
        "référente",
        "ansprechpartner",
        "ansprechpartnerin",
    ),
    "notes": ("notas", "remarques", "notizen", "bemerkungen"),
    "location": ("lugar", "lieu", "ort"),
}
#: Columns with such a word in their name hold somebody else's e-mail or phone, or a number.
NOT_OWN = frozenset(
    [
        "emergency",
        "parent",
        "guardian",
        "mother",
        "father",
        "spouse",
        "partner",
        "organizer",
        "organiser",
        "captain",
        "host",
        "leader",
        "lead",
        "staff",
        "manager",
        "supervisor",
        "recruiter",
        "referrer",
        "coach",
        "point",
        "fax",
        "id",
        "vanid",
        "member",
        "membership",
        "account",
        "order",
        "ticket",
        "zip",
    ]
)
#: How much of a column must agree with its name.
MIN_SHARE = 0.6
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"[+(]?[\d\s().+x/-]{6,24}")
_PHONE_DIGITS = range(7, 16)
_CHOICE = layout(
    {"split": {"column": "x", "patterns": ["{Day:date} {Start:time} {Activity}"]}}
).reshape


@dataclass(frozen=True)
class Roles:
    """What the columns of a sheet are.

    Attributes
    ----------
    columns : dict
        Role → the columns that may have it, the likeliest first.
    dates : tuple of str
        Columns whose name is a date.
    choices : str or None
        The column whose cells hold shifts to choose from.
    doubts : tuple of str
        Columns whose name says one thing and whose content another.
    other_days : tuple of str
        Columns of days whose names are not known: any of them may be the day of the shift.
    dated : tuple of str
        Columns whose name begins with a date and goes on: "Sat 10/17 10am Canvass".
    is_list_of_who_came : bool
        Whether a column may say who came that is not known by its name.
    e_mails : tuple of str
        Columns that hold e-mail addresses, whatever they are called.
    """

    columns: dict[str, tuple[str, ...]]
    dates: tuple[str, ...]
    choices: str | None
    doubts: tuple[str, ...]
    other_days: tuple[str, ...] = ()
    dated: tuple[str, ...] = ()
    is_list_of_who_came: bool = False
    e_mails: tuple[str, ...] = ()


def _is_email(text: str) -> bool:
    return bool(_EMAIL.fullmatch(text))


def _is_phone(text: str) -> bool:
    digits = sum(letter.isdigit() for letter in text)
    is_one = bool(_PHONE.fullmatch(text)) and digits in _PHONE_DIGITS
    return is_one and not _is_day(text)


def _is_day(text: str) -> bool:
    written = read(text)
    return not written.problem and written.day is not None


def _is_clock(text: str) -> bool:
    written = read(text)
    return not written.problem and written.start is not None


def _is_mark(text: str) -> bool:
    return mark_of(text) is not Mark.UNKNOWN


def _is_length(text: str) -> bool:
    return quantity(text, "minutes") is not None


CHECKS: dict[str, Callable[[str], bool]] = {
    "email": _is_email, "phone": _is_phone, "date": _is_day, "start": _is_clock,
    "end": _is_clock, "attended": _is_mark, "signed_up_at": _is_day, "minutes": _is_length,
}  # fmt: skip


def roles_of(header: Sequence[str], texts: dict[str, list[str]]) -> Roles:
    """Return what columns are.

    Parameters
    ----------
    header : sequence of str
        The columns.
    texts : dict
        Column → texts that stand in it, without empty ones.
    """
    columns: dict[str, list[tuple[int, str]]] = {}
    doubts: list[str] = []
    dates = tuple(name for name in header if is_date(name))
    choices = next(
        (name for name in header if not _meanings(name) and _holds_choices(texts[name])), None
    )
    dated = tuple(name for name in header if name not in dates and _begins_with_date(name))
    if len(dated) > 1:
        doubts.append(
            f"{dated[0]} and {len(dated) - 1} more: dates with more behind them; not read. Leave "
            "the date alone in the name, and give each event a sheet or a column Event"
        )
    doubted: set[str] = set()
    for name in header:
        meanings = _meanings(name)
        if name in dates or name == choices or not meanings:
            continue
        agreeing = [pair for pair in meanings if _agrees(pair[0], texts[name])]
        role, rank = (agreeing or meanings)[0]
        if not agreeing:
            doubts.append(f"{name}: called like {role}, but holds something else; not read")
            doubted.add(role)
            continue
        columns.setdefault(role, []).append((rank, name))
    taken = {name for ranked in columns.values() for _, name in ranked}
    for role in ("email", "phone"):
        # An e-mail or a phone is one whatever its column is called.
        by_content = [
            name for name in header
            if name not in taken and _is_own(name) and texts[name] and _agrees(role, texts[name])
        ]  # fmt: skip
        if role not in columns and role not in doubted and len(by_content) == 1:
            columns[role] = [(0, by_content[0])]
    ordered = {role: tuple(name for _, name in sorted(ranked)) for role, ranked in columns.items()}
    recognized = {name for ranked in ordered.values() for name in ranked}
    unknown = [name for name in header if name not in {*recognized, *dates, choices}]
    other_days = tuple(name for name in unknown if texts[name] and _agrees("date", texts[name]))
    marks = set(read_columns(tuple(header))) - recognized
    e_mails = tuple(name for name in header if texts[name] and _agrees("email", texts[name]))
    return Roles(ordered, dates, choices, tuple(doubts), other_days, dated, bool(marks), e_mails)


def _meanings(name: str) -> list[tuple[str, int]]:
    """Return the roles that columns of this name have, each with the name's rank among its own."""
    plain = loose_name(name)
    return [
        (role, rank)
        for role, names in NAMES.items()
        for rank, usual in enumerate((*names, *TRANSLATED.get(role, ())))
        if loose_name(usual) == plain
    ]


def _is_own(name: str) -> bool:
    """Return whether an e-mail or phone in a column may be that of the row's person."""
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold())
    return NOT_OWN.isdisjoint(words)


def _begins_with_date(name: str) -> bool:
    words = name.split()
    return any(is_date(" ".join(words[:end])) for end in range(1, min(len(words), 5)))


def _agrees(role: str, texts: list[str]) -> bool:
    check = CHECKS.get(role)
    if check is None or not texts:
        return True
    return sum(map(check, texts)) >= MIN_SHARE * len(texts)


def _holds_choices(texts: list[str]) -> bool:
    if not texts or not isinstance(_CHOICE, Split):
        return False
    read_ones = [
        not _is_clock(text) and all(f is not None for _, f in _CHOICE.choices(text))
        for text in texts
    ]
    return sum(read_ones) >= MIN_SHARE * len(texts)


def named_columns(header: Sequence[str]) -> list[str]:
    """Return the columns that are known by their names, and those whose name is a date."""
    return [name for name in header if _meanings(name) or is_date(name)]
