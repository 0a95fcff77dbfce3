"""How well `oa map` tells what columns are: rightly, left for a person, or wrongly.

    python benchmarks/mapping.py

Sheets are made from columns whose meaning is known, under names that campaigns and tools give them:
synonyms, other languages, camel case, the headers of public exports. A wrong guess is worse than a
question, so the two are counted apart.
`names never looked at` were written after the names that `oa map` knows, and none was added since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from organizing_analytics.proposing import propose_mapping

#: Role → values that a column of it holds in real sheets.
CELLS = {
    "given_name": ("Ann", "Bo", "Cruz"),
    "family_name": ("Lee", "Diaz", "Roe"),
    "full_name": ("Ann Lee", "Bo Diaz", "Cruz Roe"),
    "email": ("ann@example.org", "bo@example.org", ""),
    "phone": ("312-555-0142", "", "312-555-0144"),
    "date": ("11/7/2026", "11/14/2026", "11/21/2026"),
    "start": ("10:00 AM", "6pm", "10:00 AM"),
    "end": ("1:00 PM", "9pm", "1:00 PM"),
    "event": ("Canvass", "Phone bank", "Canvass"),
    "role": ("driver", "caller", "driver"),
    "attended": ("yes", "no", "yes"),
    "status": ("confirmed", "cancelled", "registered"),
    "signed_up_at": ("10/28/2026 19:04", "10/29/2026 9:12", "10/30/2026 8:00"),
    "organizer": ("Priya", "Tom", "Priya"),
    "point_person": ("Priya Roe", "", "Tom Hill"),
    "recruiter": ("Priya Roe", "Tom Hill", ""),
    "minutes": ("45 min", "30", "1 hr"),
    "kind": ("maintenance", "recruitment", "escalation"),
    "outcome": ("yes", "maybe", "no answer"),
    "ask_for": ("canvass", "phone bank", "host"),
    "notes": ("brings a friend", "", "has a van"),
    "location": ("Union Hall", "Library", "Union Hall"),
    # Columns that are nothing to the product: reading one as something is wrong.
    "": ("60601", "60602", "60603"),
    "id": ("10234567", "10234568", "10234569"),
    "other_phone": ("312-555-0190", "312-555-0191", "312-555-0192"),
    "other_email": ("priya@example.org", "priya@example.org", "tom@example.org"),
    "birthday": ("3/4/1990", "5/6/1985", "7/8/2001"),
}
NOTHING = ("", "id", "other_phone", "other_email", "birthday")
PEOPLE = "given_name family_name email phone point_person"
SIGNUPS = "full_name email phone event date start end role attended notes"
MEETINGS = "organizer full_name date kind minutes outcome"
ASKS = "organizer given_name family_name phone date ask_for outcome notes"

#: Group → (roles of a sheet, names of its columns, in the same order).
SHEETS: dict[str, list[tuple[str, str]]] = {
    "synonyms": [
        (PEOPLE, "Forename|Family name|E-mail|Mobile no.|Assigned organizer"),
        (SIGNUPS, "Volunteer|Email|Cell #|Activity|Shift date|Begin time|Finish time|Duty|Turned up?|Remarks"),
        (MEETINGS, "Organiser|Met with|Meeting date|Meeting type|Duration|Result"),
        (ASKS, "Asked by|First|Last|Telephone|Date of call|Asked for|Response|Comments"),
    ],
    "camel case": [
        (PEOPLE, "firstName|lastName|emailAddress|phoneNumber|pointPerson"),
        (SIGNUPS, "fullName|email|mobilePhone|eventName|eventDate|startTime|endTime|shiftRole|checkedIn|notes"),
        (MEETINGS, "organizerName|volunteerName|meetingDate|meetingType|durationMinutes|outcome"),
        (ASKS, "askedBy|givenName|familyName|phone|dateAsked|askFor|response|comments"),
    ],
    "snake case": [
        (PEOPLE, "first_name|last_name|email_address|phone_number|point_person_name_or_email"),
        (SIGNUPS, "full_name|email|cell_phone|event_name|event_date|start_time|end_time|role|attended|notes"),
        (MEETINGS, "organizer|member_name|date_of_meeting|meeting_type|minutes|outcome"),
        (ASKS, "called_by|first|last|mobile|call_date|ask|result|notes"),
    ],
    "Spanish": [
        (PEOPLE, "Nombre|Apellidos|Correo electrónico|Teléfono|Responsable"),
        (SIGNUPS, "Nombre completo|Correo|Celular|Actividad|Fecha|Hora de inicio|Hora de fin|Función|Asistió|Notas"),
    ],
    "French": [
        (PEOPLE, "Prénom|Nom de famille|Courriel|Téléphone|Référent"),
        (SIGNUPS, "Nom complet|Adresse e-mail|Portable|Activité|Date|Heure de début|Heure de fin|Rôle|Présent|Remarques"),
    ],
    "German": [
        (PEOPLE, "Vorname|Nachname|E-Mail|Telefon|Ansprechpartner"),
        (SIGNUPS, "Name|E-Mail-Adresse|Handy|Veranstaltung|Datum|Beginn|Ende|Aufgabe|Anwesend|Notizen"),
    ],
    "public exports": [
        ("event  email given_name family_name status attended  signed_up_at", "event name|timeslot id|email|first name|last name|status|attended|rating|signup created time"),
        (" event date start full_name phone  status role recruiter signed_up_at", "VANID|Event|Date|Time|Name|Cell Phone|Precinct|Status|Role|Recruited By|Signup Date"),
        ("given_name family_name email phone  point_person recruiter", "first_name|last_name|email|phone_number|zip|point_person_name_or_email|recruiter_name_or_email"),
        ("full_name   signed_up_at", "Name|Member ID|Guests|RSVP date"),
    ],
    "columns that are nothing": [
        ("given_name email   ", "First name|Email|Zip|County|Precinct"),
        ("full_name phone   ", "Name|Phone|Age|Household ID|Postal code"),
        ("full_name id ", "Name|VANID|Zip"),
        ("full_name id email", "Name|Membership number|Email"),
        ("full_name phone  other_phone", "Name|Phone|Emergency contact|Emergency phone"),
        ("full_name other_phone ", "Name|Emergency contact phone|Zip"),
        ("full_name other_email ", "Name|Organizer email|Zip"),
        ("given_name family_name email birthday", "First name|Last name|Email|Birthday"),
    ],
    "names never looked at": [
        (PEOPLE, "Nome|Cognome|Posta elettronica|Telefono|Referente"),
        (PEOPLE, "Nome|Sobrenome|E-mail|Telefone|Responsável"),
        (SIGNUPS, "Attendee|Contact email|Contact phone|What|Day|Clock in|Clock out|Assignment|Made it?|Misc"),
        (MEETINGS, "Leader|Who did you meet|On|What kind|How many minutes|How it went"),
    ],
}  # fmt: skip
FATES = ("right", "left", "wrong")


def scores() -> dict[str, Counter[str]]:
    """Return, for each group of sheets, how many columns have which fate."""
    by_group: dict[str, Counter[str]] = {}
    for group, sheets in SHEETS.items():
        by_group[group] = Counter(
            fate for roles, names in sheets for fate, _ in fates(roles.split(" "), names.split("|"))
        )
    return by_group


def fates(roles: list[str], names: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the fate of each column of a sheet, and what it was taken for."""
    columns = {name: list(CELLS[role]) for role, name in zip(roles, names, strict=True)}
    proposed = propose_mapping(pd.DataFrame(columns)).columns
    for role, name in zip(roles, names, strict=True):
        meaning, role_read = "" if role in NOTHING else role, proposed.get(name, "")
        fate = "right" if role_read == meaning else "wrong" if role_read else "left"
        yield fate, f"{name}: {meaning or 'nothing'}, read as {role_read or 'nothing'}"


def as_table() -> str:
    """Return the scores as a table in Markdown."""
    by_group = scores()
    total = sum(by_group.values(), Counter())
    lines = ["| columns | right | left for you | wrong |", "|---|---|---|---|"]
    for group, counts in [*by_group.items(), ("all", total)]:
        n = counts.total()
        cells = " | ".join(f"{counts[fate]} of {n}" for fate in FATES)
        lines.append(f"| {group} | {cells} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table, and each column that was not read rightly."""
    print(as_table())
    for group, sheets in SHEETS.items():
        for roles, names in sheets:
            for fate, words in fates(roles.split(" "), names.split("|")):
                if fate != "right":
                    print(f"{group}: {fate}: {words}")


if __name__ == "__main__":
    main()
