"""Which records are one person, and which a human must look at.

Two records are one person when they share an e-mail or a phone number and their names do not
differ. Nothing else makes them one; and not within one list, where two ids are two people. What
this rule cannot settle stays apart and is listed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from organizing_analytics.identity import keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from organizing_analytics.identity.ranks import Ranks


@dataclass(frozen=True)
class Record:
    """One person as one list has it, in the form that is compared.

    `given_name` and `family_name` are empty where the list does not say. `is_loose`: the list has
    no ids of its own, so two of its records may be one person.
    """

    record_id: str
    space: str
    rank: int
    given_name: str
    family_name: str
    email: str | None
    phone: str | None
    is_loose: bool = False

    @property
    def is_named(self) -> bool:
        """Tell whether the whole name is known."""
        return bool(self.given_name and self.family_name)

    @property
    def name_parts(self) -> tuple[str, str]:
        """Return the given and the family name."""
        return self.given_name, self.family_name

    def agrees(self, other: Record) -> bool:
        """Tell whether the names do not differ; a missing part differs from nothing."""
        if " ".join(self.name_parts).strip() == " ".join(other.name_parts).strip():
            return True
        pairs = zip(self.name_parts, other.name_parts, strict=True)
        return all(mine == its or not mine or not its for mine, its in pairs)


#: What is shared, its value, and the records that share it.
Doubt = tuple[str, str, list[str]]


@dataclass
class MatchedPeople:
    """What the comparison of records says.

    Attributes
    ----------
    merges : dict
        Record id → (the person's id, why), for records that are not the person's first.
    doubts : list of Doubt
        What a human must look at.
    """

    merges: dict[str, tuple[str, str]]
    doubts: list[Doubt]


class _Clusters:
    """Union-find: which records hang together, and by what."""

    def __init__(self, records: Iterable[str]) -> None:
        self.parent = {record: record for record in records}
        self.why: dict[str, set[str]] = defaultdict(set)

    def top(self, record: str) -> str:
        while self.parent[record] != record:
            self.parent[record] = self.parent[self.parent[record]]
            record = self.parent[record]
        return record

    def join(self, first: str, second: str, why: str) -> None:
        top, lower = sorted((self.top(first), self.top(second)))
        self.why[first].add(why)
        self.why[second].add(why)
        self.parent[lower] = top

    def groups(self) -> list[list[str]]:
        groups: dict[str, list[str]] = defaultdict(list)
        for record in self.parent:
            groups[self.top(record)].append(record)
        return [sorted(group) for group in groups.values() if len(group) > 1]


def match(
    records: Iterable[Record],
    *,
    together: Iterable[tuple[str, str, str]] = (),
    alone: Iterable[str] = (),
) -> MatchedPeople:
    """Return which records are one person.

    Parameters
    ----------
    records : iterable of Record
        All that share something with another, and all that `together` names.
    together : iterable of (str, str, str)
        Pairs that are one person whatever their names, and why.
    alone : iterable of str
        Records that a human said are nobody else.
    """
    by_id = {record.record_id: record for record in records}
    apart = set(alone)
    clusters, doubts = _by_what_is_shared([r for r in by_id.values() if r.record_id not in apart])
    people = _Clusters(by_id)
    for group in clusters.groups():
        if _is_one_person([by_id[name] for name in group]):
            for name in group:
                people.join(group[0], name, "")
                people.why[name] = {f"same {what}" for what in clusters.why[name]}
        else:
            shared = sorted({what for name in group for what in clusters.why[name]})
            doubts.append((" and ".join(shared), "", group))
    for first, second, why in together:
        if first in by_id and second in by_id:
            people.join(first, second, why)
    merges: dict[str, tuple[str, str]] = {}
    for group in people.groups():
        first = min(group, key=lambda name: (by_id[name].rank, name))
        for name in group:
            if name != first:
                merges[name] = (first, ", ".join(sorted(filter(None, people.why[name]))))
    # What a human has joined since is no longer in doubt.
    return MatchedPeople(
        merges, [d for d in doubts if len({people.top(name) for name in d[2]}) > 1]
    )


def _by_what_is_shared(records: list[Record]) -> tuple[_Clusters, list[Doubt]]:
    """Return which records share an e-mail or phone under one name, and what stays in doubt."""
    clusters = _Clusters(record.record_id for record in records)
    doubts: list[Doubt] = []
    for what in ("email", "phone"):
        by_value: dict[str, list[Record]] = defaultdict(list)
        for record in records:
            value = getattr(record, what)
            if value:
                by_value[value].append(record)
        for value, sharing in sorted(by_value.items()):
            # What only records of one list share says nothing: its ids tell them apart.
            lists = {record.space for record in sharing}
            if len(lists) == 1 and not (len(sharing) > 1 and sharing[0].is_loose):
                continue
            if not _join_named_alike(clusters, sharing, what):
                doubts.append((what, value, sorted(r.record_id for r in sharing)))
    return clusters, doubts


def _join_named_alike(clusters: _Clusters, sharing: list[Record], what: str) -> bool:
    """Join the records of one value that have one name; tell whether none was left in doubt."""
    named: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in sharing:
        if record.is_named:
            named[record.name_parts].append(record)
    rest = [record for record in sharing if not record.is_named]
    settled = len(named) <= 1
    for group in named.values():
        for record in group[1:]:
            clusters.join(group[0].record_id, record.record_id, what)
    if not named:
        if all(a.agrees(b) for a in rest for b in rest):
            for record in rest[1:]:
                clusters.join(rest[0].record_id, record.record_id, what)
            return True
        return False
    for record in rest:
        alike = [group[0] for group in named.values() if record.agrees(group[0])]
        if len(alike) == 1:
            clusters.join(alike[0].record_id, record.record_id, what)
        else:
            settled = False
    return settled


def _is_one_person(group: list[Record]) -> bool:
    """Tell whether a cluster is one person: one record a list, and no two names that differ."""
    strict = [record.space for record in group if not record.is_loose]
    if len(strict) > len(set(strict)):
        return False
    names = {record.name_parts for record in group}
    some = {pair: next(r for r in group if r.name_parts == pair) for pair in names}
    return all(a.agrees(b) for a in some.values() for b in some.values())


def refresh_people(connection: duckdb.DuckDBPyConnection, region: str, ranks: Ranks) -> None:
    """Work out again which records are one person, into `person_merges` and `person_doubts`."""
    connection.execute("DELETE FROM main.person_merges; DELETE FROM main.person_doubts")
    _find_sharing(connection, region, ranks)
    connection.execute(_SETTLE)
    alone = connection.execute(
        "SELECT one_id FROM main.person_decisions WHERE kind = 'alone'"
    ).fetchall()
    together = connection.execute(
        "SELECT c.one_id, c.other_id, 'the tools say so' FROM main.crosswalks c "
        "WHERE c.kind = 'person' AND NOT EXISTS (SELECT 1 FROM main.person_decisions d "
        "WHERE d.kind = 'alone' AND d.one_id IN (c.one_id, c.other_id)) "
        "UNION ALL SELECT one_id, other_id, 'joined by hand' FROM main.person_decisions "
        "WHERE kind = 'together' ORDER BY ALL"
    ).fetchall()
    rest = connection.execute(
        "SELECT * EXCLUDE (is_decided) FROM sharing "
        "ANTI JOIN settled USING (record_id) ORDER BY record_id"
    ).fetchall()
    people = match(
        [Record(*row) for row in rest], together=together, alone=[record for (record,) in alone]
    )
    connection.execute(
        "INSERT INTO main.person_merges SELECT record_id, person_id, why FROM settled "
        "WHERE record_id <> person_id"
    )
    if people.merges:
        rows = [(record, *merge) for record, merge in sorted(people.merges.items())]
        connection.execute(
            "INSERT INTO main.person_merges SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
            "unnest(?::VARCHAR[])",
            [list(column) for column in zip(*rows, strict=True)],
        )
    if people.doubts:
        doubts = [
            (number, what, value, record)
            for number, (what, value, group) in enumerate(people.doubts, 1)
            for record in group
        ]
        connection.execute(
            "INSERT INTO main.person_doubts SELECT unnest(?::INTEGER[]), unnest(?::VARCHAR[]), "
            "unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
            [list(column) for column in zip(*doubts, strict=True)],
        )
    connection.execute("DROP TABLE sharing; DROP TABLE settled")


#: The plain case, which is nearly all of a large campaign: all who have an e-mail have one name,
#: are of different lists, and share their phones with nobody else. `match` says the same of them.
_SETTLE = """
CREATE OR REPLACE TEMP TABLE settled AS
WITH phones AS (
    SELECT phone, count(*) AS everywhere FROM sharing WHERE phone IS NOT NULL GROUP BY phone
), within AS (
    SELECT s.*, p.everywhere, count(*) OVER (PARTITION BY email, s.phone) AS here
    FROM sharing s LEFT JOIN phones p ON p.phone = s.phone WHERE s.email IS NOT NULL
), plain AS (
    SELECT email, first(record_id ORDER BY rank, record_id) AS first FROM within GROUP BY email
    HAVING count(*) > 1
        AND count(DISTINCT (given, family)) = 1 AND min(given) <> '' AND min(family) <> ''
        AND count(*) FILTER (NOT is_loose) = count(DISTINCT space) FILTER (NOT is_loose)
        AND bool_and(phone IS NULL OR here = everywhere)
        AND NOT bool_or(is_decided)
)
SELECT w.record_id, p.first AS person_id,
    CASE WHEN w.phone IS NOT NULL AND here > 1 THEN 'same email, same phone'
         ELSE 'same email' END AS why
FROM within w JOIN plain p USING (email)
"""


def _find_sharing(connection: duckdb.DuckDBPyConnection, region: str, ranks: Ranks) -> None:
    """Make `sharing`: the records that share an e-mail or a phone, or that somebody decided on."""
    space = keys.space_of("person_id")
    is_loose = "space LIKE '%:contact'"
    lists = connection.execute(
        f"SELECT count(DISTINCT space), bool_or({is_loose}) "
        f"FROM (SELECT {space} AS space FROM main.people)"
    ).fetchall()[0]
    named = (
        "SELECT unnest([one_id, other_id]) FROM main.person_decisions "
        "UNION SELECT unnest([one_id, other_id]) FROM main.crosswalks WHERE kind = 'person'"
    )
    shared, phone = "false", "NULL::VARCHAR"
    if lists[0] > 1 or lists[1]:
        shared = "email IN (FROM emails) OR phone IN (FROM phones)"
        phone = keys.usable_phone_key(connection, "main.people", region)
    lone = f"HAVING count(DISTINCT space) > 1 OR (count(*) > 1 AND bool_or({is_loose}))"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE sharing AS "
        f"WITH known AS MATERIALIZED (SELECT person_id AS record_id, {space} AS space, "
        f"{keys.name_key('given_name')} AS given, {keys.name_key('family_name')} AS family, "
        f"{keys.email_key('email')} AS email, {phone} AS phone FROM main.people), "
        f"emails AS (SELECT email FROM known WHERE email IS NOT NULL GROUP BY 1 {lone}), "
        f"phones AS (SELECT phone FROM known WHERE phone IS NOT NULL GROUP BY 1 {lone}), "
        f"decided AS (SELECT unnest AS id FROM ({named}) d(unnest)) "
        f"SELECT record_id, space, {ranks.of('space')} AS rank, given, family, email, phone, "
        f"{is_loose} AS is_loose, record_id IN (FROM decided) AS is_decided "
        f"FROM known WHERE {shared} OR record_id IN (FROM decided)"
    )
