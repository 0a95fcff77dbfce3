"""Experiments: the draw is alike in every team, and what came is counted as assigned."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import organizing_analytics as oa
from organizing_analytics.errors import FileError, OptionError
from organizing_analytics.experiments.drawing import draw

TEAMS = st.dictionaries(
    st.text("abcdef0123456789", min_size=1, max_size=6),
    st.sampled_from(["t1", "t2", "t3", None]),
    min_size=3,
    max_size=60,
)


@given(TEAMS, st.integers(2, 4), st.integers(0, 10_000))
def test_the_draw_is_alike_in_every_team(teams, n_arms, seed):
    arms = [f"arm{n}" for n in range(n_arms)]
    drawn = draw(teams, arms, seed=seed)
    assert set(drawn) == set(teams)
    for members in [
        list(teams),
        *[[p for p in teams if teams[p] == t] for t in set(teams.values())],
    ]:
        sizes = Counter(drawn[person] for person in members)
        counts = [sizes[arm] for arm in arms]
        assert max(counts) - min(counts) <= 1
    assert draw(dict(reversed(teams.items())), arms, seed=seed) == drawn


def test_everybody_may_come_into_every_arm():
    people = {f"p{n}": "t" for n in range(5)}
    seen = Counter(
        (p, a) for seed in range(2_000) for p, a in draw(people, ["x", "y"], seed=seed).items()
    )
    for person in people:
        assert 0.45 < seen[person, "x"] / 2_000 < 0.55


@pytest.fixture
def campaign(write, store):
    people = "".join(f"p{n},Name{n},Lee,t{n % 2},\n" for n in range(40))
    folder = write(
        teams="team_id,name\nt0,North\nt1,South\n",
        people="person_id,given_name,family_name,team_id,do_not_contact\n" + people + "p99,No,Lee,t0,yes\n",
    )  # fmt: skip
    oa.load_files(folder, store=store, timezone="UTC")
    return store


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("person_id,name\n" + "".join(f"p{n},x\n" for n in range(40)) + "p99,x\np1,x\n")
    return path


def test_start_and_result(campaign, people, run, write, tmp_path, rows):  # noqa: PLR0917
    started = json.loads(
        run("experiment", "start", "reminders", "--people", people, "--arms", "text,call", "--seed", 7,
            "--out", tmp_path / "arms.csv", "--store", campaign, "--json")
    )  # fmt: skip
    assert started["arms"] == [{"arm": "text", "people": 20}, {"arm": "call", "people": 20}]
    assert started["left_out"] == ["p99"]
    arms = {row["person_id"]: row["arm"] for row in started["people"]}
    assert (tmp_path / "arms.csv").read_text().splitlines()[0] == "person_id,arm"
    assert rows(campaign, "SELECT count(*) FROM main.experiment_people") == [(40,)]
    # The people of the calls come, but for five; of the texts five.
    calls = [p for p, arm in arms.items() if arm == "call"][:15]
    texts = [p for p, arm in arms.items() if arm == "text"][:5]
    day = started["started_on"]
    more = write(
        "more",
        events="event_id,event_type\ne,canvass\ngone,canvass\n",
        shifts=f"shift_id,event_id,starts_at\ns,e,{day}T10:00\n",
        signups="signup_id,shift_id,person_id,status,attended\n"
        + "".join(f"g{p},s,{p},registered,{'yes' if p in calls + texts else 'no'}\n" for p in arms),
    )  # fmt: skip
    oa.load_files(more, store=campaign)
    words = ("experiment", "result", "reminders", "--store", campaign)
    assert "ends on" in run(*words, code=1)
    assert "ends on" in run(*words, "--as-of", started["ends_on"], code=1)
    words = (*words, "--peek")
    peeked = json.loads(run(*words, "--as-of", day, "--json"))
    assert peeked["is_peek"]
    assert "do not decide by this" in peeked["sentence"]
    told = json.loads(run(*words, "--as-of", started["ends_on"], "--json"))
    assert [(row["arm"], row["people"], row["n"]) for row in told["arms"]] == [
        ("text", 20, 5), ("call", 20, 15),
    ]  # fmt: skip
    assert told["arms"][0]["difference"] is None
    assert told["arms"][1]["difference"] == pytest.approx(0.5)
    assert told["arms"][1]["difference_low"] > 0
    assert "The draw made the arms alike" in told["sentence"]
    asks = json.loads(run(*words, "--as-of", started["ends_on"], "--measure", "asks", "--json"))
    assert [row["n"] for row in asks["arms"]] == [0, 0]
    came_before = json.loads(
        run(*words, "--as-of", started["ends_on"], "--measure", "return", "--json")
    )
    assert [row["people"] for row in came_before["arms"]] == [0, 0]
    assert "reminders" in run("experiment", "list", "--store", campaign)


def test_the_same_seed_is_the_same_draw(campaign, people):
    one = oa.start_experiment("one", people=people, arms="a,b", seed=3, store=campaign)
    two = oa.start_experiment("two", people=people, arms="a,b", seed=3, store=campaign)
    other = oa.start_experiment("other", people=people, arms="a,b", store=campaign)
    assert one.people == two.people
    assert other.seed != 3


def test_who_is_forgotten_stays_in_the_count(campaign, people, rows):
    oa.start_experiment("one", people=people, arms="a,b", seed=3, store=campaign)
    left = oa.forget("p5", store=campaign).left
    assert rows(campaign, "SELECT count(*) FROM main.experiment_people") == [(40,)]
    assert rows(
        campaign, f"SELECT count(*) FROM main.experiment_people WHERE person_id = '{left}'"
    ) == [(1,)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"arms": "text"}, "two names or more"),
        ({"arms": "text,text"}, "two names or more"),
        ({"until": "2020-01-01"}, "which is over"),
        ({"name": " "}, "needs a name"),
    ],
)
def test_what_cannot_be_started(campaign, people, options, message):
    given = {"name": "x", "people": people, "arms": "text,call", **options}
    with pytest.raises(OptionError, match=message):
        oa.start_experiment(given.pop("name"), store=campaign, **given)


def test_unknown_people_are_named_by_row(campaign, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("person_id\np1\nnobody\n")
    with pytest.raises(FileError, match=r"list.csv: row 3 \(nobody\)"):
        oa.start_experiment("x", people=path, arms="a,b", store=campaign)
    with oa.open_store(campaign) as data, pytest.raises(OptionError, match="no experiment"):
        oa.experiment_result(data, "y")
