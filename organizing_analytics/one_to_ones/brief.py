"""A page before a 1:1: whom it is with, why now, what was, what to ask, what to write down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import OptionError
from organizing_analytics.identity.finding import resolve_person
from organizing_analytics.one_to_ones.ahead import (
    Reasons,
    agenda,
    hard_ask,
    next_rung,
    what_happened,
    why_now,
)
from organizing_analytics.one_to_ones.history import (
    last_one_to_one,
    what_they_care_about,
    what_they_did,
    what_they_said,
)
from organizing_analytics.one_to_ones.page import body_of
from organizing_analytics.one_to_ones.records import read_records
from organizing_analytics.to_do.listing import check_organizer
from organizing_analytics.to_do.organizers import Organizers
from organizing_analytics.to_do.standing import Standing

if TYPE_CHECKING:
    from datetime import date

    from organizing_analytics.one_to_ones.sentences import Section
    from organizing_analytics.store import Store
    from organizing_analytics.to_do.standing import Row

#: A 1:1 of the organizer's coming week is due, or set for one of so many days.
WEEK_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Brief:
    """One page before a 1:1.

    Attributes
    ----------
    person_id, name : str
        Whom it is with; the name is the id where nobody is named.
    phone : str
        To make the date; empty where none is known, or nobody is named.
    kind : str
        recruitment, maintenance or escalation.
    organizer_id, organizer : str or None
        Who looks after the person.
    team : str
        The person's team by name; empty where there is none.
    as_of : str
        The local date at whose end it stands.
    snapshot : int or None
        Number of the store's snapshot.
    sections : tuple of Section
        Its parts, from why to meet to what happened.
    """

    person_id: str
    name: str
    phone: str
    kind: str
    organizer_id: str | None
    organizer: str | None
    team: str
    as_of: str
    snapshot: int | None
    sections: tuple[Section, ...]

    @property
    def about(self) -> str:
        """Return team, phone, organizer and date in one line."""
        looks_after = f"looked after by {self.organizer}" if self.organizer else ""
        parts = (self.team, self.phone, looks_after, f"as of {self.as_of}")
        return " · ".join(filter(None, parts))

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON."""
        return {
            "measure": "brief",
            "as_of": self.as_of,
            "snapshot": self.snapshot,
            "person_id": self.person_id,
            "name": self.name,
            "phone": self.phone,
            "kind": self.kind,
            "organizer_id": self.organizer_id,
            "organizer": self.organizer,
            "team": self.team,
            "sections": [section.as_dict() for section in self.sections],
        }

    def as_text(self, *, rows: bool = False) -> str:
        """Return it as plain text, with the rows behind each sentence if wanted."""
        lines = [f"Before the 1:1 with {self.name}", self.about]
        for section in self.sections:
            lines += ["", section.title.upper()]
            for sentence in section.sentences:
                lines.append(f"  {sentence.text}")
                if rows and sentence.rows:
                    ids = ", ".join(f"{table} {row_id}" for table, row_id in sentence.rows)
                    lines.append(f"      from {ids}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.as_text()

    def _repr_html_(self) -> str:
        return body_of(self)


def brief(
    store: Store, person: str, *, names: bool = True, as_of: str | date | None = None
) -> Brief:
    """Return the page before a 1:1 with one person.

    Parameters
    ----------
    store : Store
        An open store.
    person : str
        An id, an e-mail, a phone number, or a name that one person has.
    names : bool
        Whether to name people and to quote what was written about them; if not, ids stand in
        place of names.
    as_of : str or date, optional
        The local date at whose end it stands, yesterday by default.

    Returns
    -------
    Brief
        Prints as text, and shows as a page in a notebook. Every sentence that states a fact names
        the rows that it rests on.

    Raises
    ------
    OptionError
        Nobody or several people fit, or the person asked not to be contacted.
    """
    person_id = resolve_person(store.connection, person, store.settings.phone_region)
    return brief_of(store, person_id, names=names, as_of=as_of)


def brief_of(
    store: Any, person_id: str, *, names: bool = True, as_of: str | date | None = None
) -> Brief:
    """Return the page before a 1:1 with the person who has an id.

    Raises
    ------
    OptionError
        The person asked not to be contacted.
    """
    standing = Standing(store, store.as_of(as_of), has_places=names)
    if person_id in standing.marked:
        raise OptionError(
            f"{person_id} asked not to be contacted (do_not_contact): there is no brief."
        )
    return _briefs(standing, [person_id], names=names)[0]


def briefs(
    store: Store, *, organizer: str, names: bool = True, as_of: str | date | None = None
) -> list[Brief]:
    """Return the pages of an organizer's coming week: every 1:1 that is due or set.

    Parameters
    ----------
    store : Store
        An open store.
    organizer : str
        The organizer's id.
    names, as_of
        As in `brief`.

    Returns
    -------
    list of Brief
        Those that are set first, by their date, then those that are due; each person once.

    Raises
    ------
    OptionError
        There is no such organizer.
    """
    check_organizer(store, organizer)
    standing = Standing(store, store.as_of(as_of), has_places=names)
    return _briefs(standing, _whom_to_meet(standing, organizer), names=names)


def _whom_to_meet(standing: Standing, organizer: str) -> list[str]:
    """Return the people whom an organizer meets in the coming week, or should."""
    own = Organizers.of(standing).by_person
    limit = standing.day + timedelta(days=WEEK_DAYS)
    meetings = standing.store.recorded_table("meetings")
    ahead = meetings.filter(
        meetings.scheduled_on > standing.day,
        meetings.scheduled_on <= limit,
        meetings.status == "scheduled",
    ).order_by("scheduled_at", "meeting_id")
    set_ = [
        row["person_id"]
        for row in standing.rows(ahead)
        if (row["organizer_id"] or own.get(row["person_id"])) == organizer
    ]
    due = [person for person in Reasons(standing).due if own.get(person) == organizer]
    people = dict.fromkeys([*set_, *due])
    return [person for person in people if not standing.is_out(person)]


def _briefs(standing: Standing, ids: list[str], *, names: bool) -> list[Brief]:
    reasons, organizers = Reasons(standing), Organizers.of(standing)
    whose = {person: organizers.by_person.get(person) for person in ids}
    records = read_records(standing, {*ids, *filter(None, whose.values())})
    teams = {
        row["team_id"]: row["name"] or row["team_id"]
        for row in standing.rows(standing.store.recorded_table("teams").select("team_id", "name"))
    }
    pages = []
    for person_id in ids:
        record, organizer = records[person_id], whose[person_id]
        kind, why = why_now(reasons, record)
        organizer_name = None
        if organizer is not None:
            organizer_name = _name(records[organizer].person, names=names)
        pages.append(
            Brief(
                person_id=person_id,
                name=_name(record.person, names=names),
                phone=(record.person["phone"] or "") if names else "",
                kind=kind,
                organizer_id=organizer,
                organizer=organizer_name,
                team=teams.get(record.person["home"], ""),
                as_of=standing.day.isoformat(),
                snapshot=standing.store.snapshot,
                sections=(
                    why,
                    last_one_to_one(standing, record, has_texts=names),
                    what_they_did(standing, record),
                    what_they_said(standing, record, has_texts=names),
                    what_they_care_about(standing, record, has_texts=names),
                    next_rung(standing, record),
                    agenda(kind),
                    hard_ask(reasons, record, kind),
                    what_happened(person_id, kind),
                ),
            )
        )
    return pages


def _name(person: Row, *, names: bool) -> str:
    parts = (person["given_name"], person["family_name"])
    name = " ".join(part.strip() for part in parts if part and part.strip())
    return name if names and name else str(person["person_id"])
