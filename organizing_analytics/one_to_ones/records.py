"""What the store knows of the people whom briefs are about, read once for all of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures.rows import class_of

if TYPE_CHECKING:
    from collections.abc import Collection

    import ibis.expr.types as ir

    from organizing_analytics.to_do.standing import Row, Standing


@dataclass
class PersonRecord:
    """The rows about one person, each list with the oldest first.

    Attributes
    ----------
    person : dict
        The row of `people`, with `home`, the team that the person belongs to.
    signups : list of dict
        Sign-ups to shifts that have begun, with the shift and `signup_class` (see show-up).
    ahead : list of dict
        Sign-ups to coming shifts, with the shift.
    asks, meetings, contacts, roles : list of dict
        What was asked; 1:1s up to the date; contacts that may have reached them; changes of role.
    meetings_ahead : list of dict
        1:1s that are set for later.
    recruited : list of dict
        Sign-ups of others whom this person recruited, up to the date.
    asked_others, met_others : list of dict
        Asks that this person made, and 1:1s that they led.
    """

    person: Row
    signups: list[Row] = field(default_factory=list)
    ahead: list[Row] = field(default_factory=list)
    asks: list[Row] = field(default_factory=list)
    meetings: list[Row] = field(default_factory=list)
    meetings_ahead: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    roles: list[Row] = field(default_factory=list)
    recruited: list[Row] = field(default_factory=list)
    asked_others: list[Row] = field(default_factory=list)
    met_others: list[Row] = field(default_factory=list)

    @property
    def visits(self) -> list[Row]:
        """Return the sign-ups of those that ended in coming."""
        return [row for row in self.signups if row["signup_class"] in ("attended", "walk_in")]

    @property
    def held(self) -> list[Row]:
        """Return the 1:1s that were held."""
        return [row for row in self.meetings if row["status"] == "held"]


def read_records(standing: Standing, ids: Collection[str]) -> dict[str, PersonRecord]:
    """Return what is known of people, by id.

    Parameters
    ----------
    standing : Standing
        The campaign as it was known at the end of a date.
    ids : collection of str
        People of the store.
    """
    past = standing.past
    wanted = standing.ids_table(ids)

    def by_person(
        rows: ir.Table, order: list[str], whose: str = "person_id"
    ) -> dict[str, list[Row]]:
        chosen = rows.semi_join(wanted, rows[whose] == wanted.wanted_id).order_by(order)
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in standing.rows(chosen):
            groups[row[whose]].append(row)
        return groups

    homes = standing.homes.select("person_id", "home")
    people = by_person(
        standing.store.recorded_table("people").join(homes, "person_id"), ["person_id"]
    )
    shifts = standing.shifts
    signups = past.recorded_table("signups")
    listed = signups.join(shifts.filter(_.starts_on <= standing.day), "shift_id")
    listed = listed.mutate(signup_class=class_of(listed))
    when = ["starts_at", "signup_id"]
    live = signups.filter(signups.status != "cancelled").join(
        shifts.filter(_.starts_at >= ibis.literal(standing.end, type="timestamp")), "shift_id"
    )
    asks, meetings = past.recorded_table("asks"), past.recorded_table("meetings")
    later = standing.store.recorded_table("meetings")
    later = later.filter(later.scheduled_on > standing.day, later.status == "scheduled")
    recruited = signups.filter(signups.recruiter_id != signups.person_id)
    held = meetings.filter(meetings.status == "held", meetings.organizer_id != meetings.person_id)
    roles = standing.store.recorded_table("role_changes")
    roles = roles.filter(roles["on"] <= standing.day)
    asked, met = ["asked_at", "ask_id"], ["scheduled_at", "meeting_id"]
    parts = {
        "signups": by_person(listed, when),
        "ahead": by_person(live, when),
        "asks": by_person(asks, asked),
        "meetings": by_person(meetings, met),
        "meetings_ahead": by_person(later, met),
        "contacts": by_person(standing.contacts, ["at", "contact_id"]),
        "roles": by_person(roles, ["on"]),
        "recruited": by_person(recruited, ["signed_up_at", "signup_id"], "recruiter_id"),
        "asked_others": by_person(asks, asked, "asker_id"),
        "met_others": by_person(held, met, "organizer_id"),
    }
    return {
        person_id: PersonRecord(
            rows[0], **{name: groups.get(person_id, []) for name, groups in parts.items()}
        )
        for person_id, rows in people.items()
    }
