"""Who is the same person: the rule by hand, by brute force, and through the command line."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import organizing_analytics as oa
from organizing_analytics.errors import OptionError
from organizing_analytics.identity.matching import Record, match

if TYPE_CHECKING:
    import random

MAPPING = """
name = "{name}"
[[table]]
table = "people"
[table.columns]
person_id = "{name}-{{id}}"
given_name = "first"
family_name = "last"
email = "mail"
phone = "tel"
"""


@pytest.fixture
def load_list(tmp_path, store):
    """Load a list of people as a source of its own: load_list("shop", "id,first,last,mail,tel…")."""

    def _load(name: str, text: str) -> None:
        mapping = tmp_path / f"{name}.toml"
        mapping.write_text(MAPPING.format(name=name))
        path = tmp_path / f"{name}.csv"
        path.write_text("id,first,last,mail,tel\n" + text)
        oa.load_files(path, store=store, source=str(mapping), timezone="UTC")

    return _load


PEOPLE = (
    "person_id,given_name,family_name,email,phone,do_not_contact\n"
    "p1,Ann,Lee,ann@example.org,,\n"
    "p2,Bo,Roe,pair@example.org,,\n"
    "p3,Cy,Poe,,(555) 234-5678,\n"
    "p4,Di,Moe,,,\n"
)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_in_any_order_of_loading(order, write, store, load_list, rows):
    folder = write(people=PEOPLE)
    steps = [
        lambda: oa.load_files(folder, store=store, timezone="UTC"),
        lambda: load_list(
            "shop",
            "1,ann,LEE, ANN@Example.org,\n"  # Ann, by e-mail in another form
            "2,Mo,Roe,pair@example.org,\n"  # Bo's e-mail, another name
            "3,,,,+1 555 234 5678\n",  # Cy, by phone, without a name
        ),
        lambda: load_list(
            "club", "9,Ann,Lee,,+44 20 7946 0018\n7,Cy,Poe,cy@example.org,5552345678\n"
        ),
    ]
    for step in order:
        steps[step]()
    assert rows(store, "SELECT record_id, person_id FROM main.person_merges ORDER BY 1") == [
        ("club-7", "p3"), ("shop-1", "p1"), ("shop-3", "p3"),
    ]  # fmt: skip
    assert rows(store, "SELECT count(*) FROM people") == [(6,)]  # 9 records
    assert rows(store, "SELECT email FROM people WHERE person_id = 'p3'") == [("cy@example.org",)]
    assert rows(store, "SELECT record_id FROM main.person_doubts ORDER BY 1") == [
        ("p2",), ("shop-2",),
    ]  # fmt: skip


def test_a_phone_that_is_none_ties_nobody(write, store, load_list, rows):
    people = f"{PEOPLE}p5,Ed,Foe,,n/a,\np6,Flo,Goe,,12,\n"
    oa.load_files(write(people=people), store=store, timezone="UTC")
    load_list("shop", "1,Ed,Foe,,n/a\n2,Flo,Goe,,12\n3,Cy,Poe,,1-555-234-5678\n4,,,,ask her\n")
    merged = rows(store, "SELECT record_id, person_id FROM main.person_merges")
    assert merged == [("shop-3", "p3")]


def test_show_split_and_join(write, store, load_list, run, rows):
    oa.load_files(write(people=PEOPLE), store=store, timezone="UTC")
    load_list("shop", "1,Ann,Lee,ann@example.org,\n2,Mo,Roe,pair@example.org,\n")
    answer = json.loads(run("people", "merges", "--store", store, "--json"))
    assert {(r["state"], r["person_id"], r["record_id"]) for r in answer["rows"]} == {
        ("merged", "p1", "p1"), ("merged", "p1", "shop-1"),
        ("undecided", "p2", "p2"), ("undecided", "shop-2", "shop-2"),
    }  # fmt: skip
    assert "p1" in run("people", "merges", "--store", store)
    assert run("people", "split", "shop-1", "--store", store).startswith("shop-1 is a person")
    assert rows(store, "SELECT count(*) FROM main.person_merges") == [(0,)]
    said = json.loads(run("people", "join", "shop-2", "p2", "--store", store, "--json"))
    assert (said["person_id"], said["records"]) == ("p2", ["p2", "shop-2"])
    # Decisions stay in force when the lists are loaded again.
    load_list("shop", "1,Anna,Lee,ann@example.org,\n2,Mo,Roe,pair@example.org,\n")
    assert rows(store, "SELECT record_id FROM main.person_merges") == [("shop-2",)]
    assert rows(store, "SELECT count(*) FROM main.person_doubts") == [(0,)]
    # The last word counts.
    run("people", "join", "p1", "shop-1", "--store", store)
    assert rows(store, "SELECT count(*) FROM main.person_merges") == [(2,)]
    assert "Did you mean p1" in run("people", "join", "p11", "p2", "--store", store, code=1)
    with pytest.raises(OptionError, match="two different"):
        oa.join_people("p1", "p1", store=store)


def test_do_not_contact_of_any_record_counts_and_measures_see_one_person(
    write, store, load_list, rows
):
    oa.load_files(
        write(
            people="person_id,given_name,family_name,email\np1,Ann,Lee,ann@example.org\n",
            events="event_id,event_type\ne1,canvass\n",
            shifts="shift_id,event_id,starts_at\ns1,e1,2026-01-05T10:00\ns2,e1,2026-01-20T10:00\n",
            signups="signup_id,shift_id,person_id,status,attended\ng1,s1,p1,registered,yes\n",
        ),
        store=store,
        timezone="UTC",
    )  # fmt: skip
    load_list("shop", "1,Ann,Lee,ann@example.org,\n")
    oa.load_files(
        write(
            "more",
            signups="signup_id,shift_id,person_id,status,attended\ng2,s2,shop-1,registered,yes\n",
        ),
        store=store,
    )
    with oa.open_store(store) as data:
        answer = oa.retention_return(data, as_of="2026-06-01").iloc[0]
    # One person who came twice, not two who came once.
    assert (answer["people"], answer["returned"]) == (1, 1)
    assert rows(store, "SELECT DISTINCT person_id FROM signups") == [("p1",)]


NAMES = st.sampled_from(["", "ann", "bo"])


@st.composite
def records(draw):
    count = draw(st.integers(2, 7))
    made = []
    for i in range(count):
        space = draw(st.sampled_from(["templates", "shop", "tool:user", "tool:contact"]))
        made.append(
            Record(
                f"{space}-{i}", space, draw(st.integers(0, 3)), draw(NAMES), draw(NAMES),
                draw(st.sampled_from([None, "a@x", "b@x"])),
                draw(st.sampled_from([None, "+1", "+2"])),
                is_loose=space.endswith("contact"),
            )
        )  # fmt: skip
    return made


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records(), st.randoms())
def test_what_the_rule_promises(made, chance: random.Random):
    found = match(made)
    shuffled = list(made)
    chance.shuffle(shuffled)
    again = match(shuffled)
    assert again.merges == found.merges  # no order counts
    known = {r.record_id: r for r in made}
    people: dict[str, list[Record]] = {}
    for record in made:
        person = found.merges.get(record.record_id, (record.record_id, ""))[0]
        people.setdefault(person, []).append(record)
    for person, group in people.items():
        strict = [r.space for r in group if not r.is_loose]
        assert len(strict) == len(set(strict))  # two ids of one list are two people
        assert all(a.agrees(b) for a in group for b in group)  # names that differ stay apart
        assert known[person].rank == min(r.rank for r in group)
        assert known[person] in group
    # Whole, equal names with a shared value are one person unless a human must look.
    doubted = {name for _, _, group in found.doubts for name in group}
    for a, b in itertools.combinations(made, 2):
        shared = (a.email and a.email == b.email) or (a.phone and a.phone == b.phone)
        shared = shared and (a.space != b.space or a.is_loose)
        alike = a.is_named and (a.given_name, a.family_name) == (b.given_name, b.family_name)
        one = lambda r: found.merges.get(r.record_id, (r.record_id, ""))[0]  # noqa: E731
        if shared and alike and one(a) != one(b):
            assert {a.record_id, b.record_id} & doubted
        if shared and one(a) != one(b) and not (a.is_named and b.is_named) and a.agrees(b):
            assert {a.record_id, b.record_id} & doubted


#: An e-mail as the rule compares it → as a list writes it. What stands for none is nobody's.
WRITTEN = {
    "a@x": [" Ann@example.org", "ann@EXAMPLE.org"],
    "b@x": ["maria.lopez@gmail"],
    None: [None, "", "a@x.org", "a@x", "none@none.com"],
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records(), st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=2), st.data())
def test_the_store_finds_what_the_rule_says(made, pairs, data):
    """The engine settles the plain cases by itself: together they say what the rule alone says."""
    import duckdb

    from organizing_analytics.identity.matching import refresh_people
    from organizing_analytics.people.refreshing import ranks as declared_ranks
    from organizing_analytics.store.writing import _make_tables

    connection = duckdb.connect()
    _make_tables(connection)
    ranks = {"templates": 0, "shop": 1, "tool:user": 1, "tool:contact": 11}
    made = [
        Record(
            f"{r.space}:{i}" if ":" in r.space else f"{r.space}-{i}", r.space, ranks[r.space],
            r.given_name, r.family_name,
            r.email, r.phone and f"+1555234567{r.phone[1]}", r.is_loose,
        )
        for i, r in enumerate(made)
    ]  # fmt: skip
    connection.executemany(
        "INSERT INTO people (person_id, given_name, family_name, email, phone, source) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (r.record_id, r.given_name or None, r.family_name.upper() or None,
             data.draw(st.sampled_from(WRITTEN[r.email])), r.phone, r.space.split(":")[0])
            for r in made
        ],
    )  # fmt: skip
    together = [
        (made[a].record_id, made[b].record_id)
        for a, b in pairs
        if a < len(made) and b < len(made) and a != b
    ]
    alone = [r.record_id for r in made if data.draw(st.integers(0, 9)) == 0]
    for kind, one, other in [("together", *p) for p in together] + [
        ("alone", a, None) for a in alone
    ]:
        connection.execute(
            "INSERT INTO person_decisions VALUES (?, ?, ?, NULL)", [kind, one, other]
        )
    refresh_people(connection, "US", declared_ranks())
    found = match(made, together=[(*p, "joined by hand") for p in sorted(together)], alone=alone)
    merges = connection.execute("SELECT record_id, person_id FROM person_merges").fetchall()
    assert dict(merges) == {name: person for name, (person, _) in found.merges.items()}
    doubts = connection.execute("SELECT DISTINCT shared, record_id FROM person_doubts").fetchall()
    assert set(doubts) == {(what, name) for what, _, group in found.doubts for name in group}
