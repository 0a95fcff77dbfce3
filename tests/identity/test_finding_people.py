"""A person is found by id, e-mail, phone or name, and never guessed."""

from __future__ import annotations

import json

import pytest

import organizing_analytics as oa
from organizing_analytics.errors import OptionError
from organizing_analytics.identity.finding import people_find, resolve_person

PEOPLE = """person_id,given_name,family_name,email,phone
p1,María,López García,maria@example.org,(312) 555-0142
p2,Mary,Lopez,mary@example.org,
p3,Ann,Roe,ann@example.org,+1 773 555 0155
"""


@pytest.fixture
def campaign(write, store):
    oa.load_files(write(people=PEOPLE), store=store, timezone="America/Chicago")
    return store


@pytest.mark.parametrize(
    ("text", "ids", "kind"),
    [
        ("P3", ["p3"], "id"),
        ("MARIA@Example.org", ["p1"], "email"),
        ("312.555.0142", ["p1"], "phone"),
        ("773-555-0155", ["p3"], "phone"),
        ("maria", ["p1"], "name"),
        ("lopez mar", ["p1", "p2"], "name"),
        ("garcia maria", ["p1"], "name"),
        ("opez", [], None),
        ("%", [], None),
        ("", [], None),
        ("nobody@example.org", [], None),
    ],
)
def test_a_text_finds_whom_it_fits(campaign, text, ids, kind):
    with oa.open_store(campaign) as data:
        frame = people_find(data, text)
    assert sorted(frame["person_id"]) == ids
    assert set(frame["matched"]) == ({kind} if kind else set())


def test_a_name_that_two_people_have_is_refused_with_the_choice(campaign):
    with (
        oa.open_store(campaign) as data,
        pytest.raises(
            OptionError,
            match=r"(?s)fits 2 people.*p1 \(María López García, maria@.*p2 \(Mary Lopez",
        ),
    ):
        resolve_person(data.connection, "lopez", "US")


def test_a_merged_record_stands_for_its_person(campaign):
    oa.join_people("p1", "p2", store=campaign)
    with oa.open_store(campaign) as data:
        assert list(people_find(data, "mary@example.org")["person_id"]) == ["p1"]
        assert resolve_person(data.connection, "lopez", "US") == "p1"


def test_commands_take_an_email_or_a_name_for_a_person(run, campaign):
    joined = json.loads(
        run("people", "join", "maria@example.org", "Mary Lopez", "--store", campaign, "--json")
    )
    assert joined["records"] == ["p1", "p2"]
    run("forget", "(773) 555-0155", "--yes", "--store", campaign)
    assert "Nobody fits" in run("people", "find", "Roe", "--store", campaign)


def test_two_texts_for_one_person_are_not_two_people(campaign):
    with pytest.raises(OptionError, match="two different"):
        oa.join_people("p1", "maria@example.org", store=campaign)
