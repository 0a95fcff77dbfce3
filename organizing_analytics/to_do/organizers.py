"""Who looks after whom: as the campaign says, else as its records suggest.

The first of these that names somebody counts:

    assigned      an assignment (`oa people assign`, or the table `assignments`)
    listed        the person's `organizer_id`, as a file or a tool has it
    one_to_one    who held the latest 1:1 with the person
    recruiter     who recruited the person to the first sign-up that names a recruiter
    asker         who asked the person last
    team_lead     who leads the person's team, or the nearest team above it that has a lead

Whoever has left, or asked not to be contacted, looks after nobody, and nobody after themself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from organizing_analytics.expressions import _, ibis
from organizing_analytics.to_do.standing import as_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import ibis.expr.types as ir

    from organizing_analytics.to_do.standing import Standing

BASES = ("assigned", "listed", "one_to_one", "recruiter", "asker", "team_lead")


@dataclass(frozen=True)
class Organizers:
    """Who looks after whom, as it was known at the end of a date.

    Attributes
    ----------
    by_person : mapping
        Person → organizer; who is looked after by nobody is not in it.
    basis : mapping
        Person → which of `BASES` the organizer rests on.
    leads : mapping
        Team → its lead, or that of the nearest team above it.
    """

    by_person: Mapping[str, str]
    basis: Mapping[str, str]
    leads: Mapping[str, str]

    @classmethod
    def of(cls, standing: Standing) -> Organizers:
        """Read it from the campaign as it was known."""
        may = _who_may(standing)
        leads = _leads(standing, may)
        by_person: dict[str, str] = {}
        basis: dict[str, str] = {}
        for word, pairs in zip(BASES, _pairs(standing, leads), strict=True):
            for person, organizer in pairs:
                if person not in by_person and organizer in may and organizer != person:
                    by_person[person], basis[person] = organizer, word
        return cls(by_person, basis, leads)

    def of_task(self, person: str | None, team: str | None) -> str | None:
        """Return whose task it is: the person's organizer, else the team's lead."""
        organizer = self.by_person.get(person) if person is not None else None
        return organizer or (self.leads.get(team) if team is not None else None)


def _pairs(
    standing: Standing, leads: Mapping[str, str]
) -> Iterator[Iterable[tuple[str, str | None]]]:
    """Yield (person, organizer) by each basis, in the order of `BASES`."""
    past = standing.past
    # The list is for the days after the date: who is assigned on the first of them counts.
    tomorrow = ibis.literal(standing.day + timedelta(days=1))
    assigned = standing.store.recorded_table("assignments")
    assigned = assigned.filter(assigned["on"] <= tomorrow)
    yield _latest(standing, assigned, "organizer_id", [ibis.desc("on")])
    people = standing.store.recorded_table("people")
    yield _latest(standing, people, "organizer_id", [])
    held = past.recorded_table("meetings").filter(_.status == "held")
    newest = [ibis.desc("scheduled_at"), ibis.desc("meeting_id")]
    yield _latest(standing, held, "organizer_id", newest)
    yield _latest(
        standing, past.recorded_table("signups"), "recruiter_id", ["signed_up_at", "signup_id"]
    )
    asked = [ibis.desc("asked_at"), ibis.desc("ask_id")]
    yield _latest(standing, past.recorded_table("asks"), "asker_id", asked)
    homes = standing.rows(standing.homes.select("person_id", "home"))
    # The lead of a team is looked after by the lead of the team above it.
    above = _parents(standing)
    yield (
        (row["person_id"], _lead_above(row["person_id"], row["home"], leads, above))
        for row in homes
    )


def _latest(
    standing: Standing, rows: ir.Table, organizer: str, order: list[object]
) -> Iterator[tuple[str, str | None]]:
    """Yield each person with the organizer of the first row that names one, in an order."""
    named = rows.filter(rows[organizer].notnull(), rows[organizer] != rows.person_id)
    first = ibis.window(group_by="person_id", order_by=[*order, organizer])
    ranked = named.mutate(place=ibis.row_number().over(first)).filter(_.place == 0)
    for row in standing.rows(ranked.select("person_id", organizer=organizer)):
        yield row["person_id"], row["organizer"]


def _who_may(standing: Standing) -> set[str]:
    """Return who can look after people: known, not gone, not asking to be left alone."""
    people = standing.store.recorded_table("people").select("person_id", "do_not_contact")
    last_on = {r["person_id"]: as_day(r["last_on"]) for r in standing.rows(standing.activity)}
    return {
        row["person_id"]
        for row in standing.rows(people)
        if not row["do_not_contact"]
        and not standing.has_left(row["person_id"], last_on.get(row["person_id"]))
    }


def _parents(standing: Standing) -> dict[str, str | None]:
    teams = standing.store.recorded_table("teams").select("team_id", "parent_team_id")
    return {row["team_id"]: row["parent_team_id"] for row in standing.rows(teams)}


def _leads(standing: Standing, may: set[str]) -> dict[str, str]:
    teams = standing.store.recorded_table("teams").select("team_id", "parent_team_id", "lead_id")
    rows = {row["team_id"]: row for row in standing.rows(teams)}
    leads: dict[str, str] = {}
    for team in rows:
        above, seen = team, set[str]()
        while above in rows and above not in seen:
            seen.add(above)
            if rows[above]["lead_id"] in may:
                leads[team] = rows[above]["lead_id"]
                break
            above = rows[above]["parent_team_id"]
    return leads


def _lead_above(
    person: str, team: str | None, leads: Mapping[str, str], above: Mapping[str, str | None]
) -> str | None:
    seen: set[str] = set()
    while team is not None and team not in seen:
        seen.add(team)
        lead = leads.get(team)
        if lead is not None and lead != person:
            return lead
        team = above.get(team)
    return None
