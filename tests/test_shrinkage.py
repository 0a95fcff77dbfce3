"""Partial pooling: the published example, coverage on teams whose truth is known, and its laws."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle_pooling import pool, worth

import organizing_analytics as oa
from organizing_analytics.errors import OptionError
from organizing_analytics.estimates import share, wilson
from organizing_analytics.shrinkage import add_shrunk, draw_rates, shrink

# Efron and Morris 1975: hits in the first 45 at bats, and the average of the rest of the season.
HITS = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7])
REST = np.array([
    0.346, 0.298, 0.276, 0.222, 0.273, 0.270, 0.263, 0.210, 0.269,
    0.230, 0.264, 0.256, 0.303, 0.264, 0.226, 0.285, 0.316, 0.200,
])  # fmt: skip


def test_efron_and_morris_batting_averages():
    found = shrink(HITS, np.full(18, 45))
    assert np.sum((HITS / 45 - REST) ** 2) == pytest.approx(0.0753, abs=0.0001)
    assert np.sum((found.estimate - REST) ** 2) == pytest.approx(0.0213, abs=0.0005)
    # Maximum likelihood runs to 793; the prior keeps it within reason.
    assert 100 < found.strength < 300
    assert np.mean((found.low <= REST) & (found.high >= REST)) >= 17 / 18


@pytest.mark.parametrize(
    ("successes", "n"),
    [
        ([3, 6, 15, 2], [3, 10, 20, 8]),
        ([3, 60, 70, 45], [3, 100, 100, 90]),  # the example of the docstring
        ([0.7, 9.1, 3.2], [0.7, 24.5, 8.8]),  # what clustered rows are worth
    ],
)
def test_the_estimate_is_the_posterior_mean(successes, n):
    shrunk, pooled = shrink(successes, n), pool(successes, n)
    assert shrunk.estimate == pytest.approx(pooled.means, abs=0.004)
    assert pooled.chance_of_strength_below(shrunk.strength) == pytest.approx(0.5, abs=0.03)


# Teams, their sizes, how alike they are (a + b), and how often a 95 % interval must at least hold
# the truth: 600 teams give it to about two points. Few teams that are very unlike do worst, since
# the prior takes any pull for as likely.
@pytest.mark.parametrize(
    ("teams", "largest", "strength", "at_least"),
    [(5, 15, 5, 0.90), (5, 60, 50, 0.91), (20, 15, 20, 0.91), (20, 150, 100, 0.91)],
)
def test_intervals_hold_the_truth_of_made_up_teams(teams, largest, strength, at_least):
    rng = np.random.default_rng(teams * largest + strength)
    held, width, wide, error, raw = [], 0.0, 0.0, 0.0, 0.0
    for _ in range(600 // teams):
        n = rng.integers(2, largest + 1, teams)
        truth = rng.beta(0.6 * strength, 0.4 * strength, teams)
        came = rng.binomial(n, truth)
        found, (low, high) = shrink(came, n), wilson(came, n)
        held.append((found.low <= truth) & (truth <= found.high))
        width, wide = width + np.sum(found.high - found.low), wide + np.sum(high - low)
        error += np.sum((found.estimate - truth) ** 2)
        raw += np.sum((came / n - truth) ** 2)
    assert np.mean(held) > at_least
    assert width < wide
    assert error < 0.85 * raw


def test_the_odd_team_is_not_pulled_among_the_others():
    """One of .2 among eleven of .7: covered about 62 times in 100 before odd teams were thought of."""
    rng = np.random.default_rng(1972)
    truth = np.array([0.2] + [0.7] * 11)
    held = []
    for _ in range(80):
        found = shrink(rng.binomial(20, truth), np.full(12, 20))
        held.append((found.low <= truth) & (truth <= found.high))
    assert np.mean(held, axis=0)[0] > 0.82
    assert np.mean(held, axis=0)[1:].mean() > 0.95


def test_draws_are_of_the_same_posterior():
    came, n = np.array([3, 14, 15, 13, 14]), np.full(5, 20)
    found = shrink(came, n)
    rng = np.random.default_rng(3)
    for group in range(5):
        drawn = draw_rates(came, n, group, size=20_000, generator=rng)
        assert drawn.mean() == pytest.approx(found.estimate[group], abs=0.005)
        low, high = np.quantile(drawn, [0.025, 0.975])
        assert (low, high) == pytest.approx((found.low[group], found.high[group]), abs=0.015)


def test_one_group_is_left_alone():
    for successes, n in (([3], [4]), ([3, 0], [4, 0])):
        found = shrink(successes, n)
        np.testing.assert_equal(found.estimate, share(successes, n))
        np.testing.assert_equal((found.low, found.high), wilson(successes, n))
        assert np.isnan(found.strength)


def test_a_group_that_counted_nothing_gets_what_a_new_group_would():
    found = shrink([6, 5, 7, 0], [10, 10, 10, 0])
    assert found.estimate[3] == pytest.approx(0.6, abs=0.05)
    assert found.low[3] < found.low[:3].min()
    assert found.high[3] > found.high[:3].max()


def test_an_unknown_count_has_no_number():
    found = shrink([3, np.nan, 4], [4, 9, 9])
    assert np.isnan([found.estimate[1], found.low[1], found.high[1]]).all()
    assert not np.isnan(found.estimate[[0, 2]]).any()


GROUPS = st.lists(
    st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=9,
).filter(lambda groups: sum(n > 0 for _, n in groups) > 1)


@settings(deadline=None, max_examples=60)
@given(GROUPS, st.randoms(use_true_random=False))
def test_laws(groups, dice):
    came, n = np.array(groups).T
    found = shrink(came, n)
    assert ((found.low <= found.estimate) & (found.estimate <= found.high)).all()
    assert ((found.low >= 0) & (found.high <= 1)).all()
    # The order of the groups does not matter.
    order = list(range(len(n)))
    dice.shuffle(order)
    assert shrink(came[order], n[order]).estimate == pytest.approx(found.estimate[order], abs=1e-9)
    # Who counts failures instead of successes learns the same.
    mirrored = shrink(n - came, n)
    assert mirrored.estimate == pytest.approx(1 - found.estimate, abs=1e-4)
    assert mirrored.low == pytest.approx(1 - found.high, abs=1e-4)
    # Of groups of one size, more successes are believed to be more.
    for i in range(len(n)):
        for j in range(len(n)):
            if n[i] == n[j] and came[i] < came[j]:
                assert found.estimate[i] < found.estimate[j]


@pytest.mark.parametrize("k", [2, 3, 30])
def test_groups_without_a_single_success_end_well(k):
    none = shrink([0] * k, [5] * k)
    assert (none.estimate < 0.1).all()
    assert (none.high < 0.5).all()


def test_large_counts_stay_what_they_are():
    found = shrink([600_000, 500_000], [1_000_000, 1_000_000])
    assert found.estimate == pytest.approx([0.6, 0.5], abs=1e-4)


def test_less_confidence_is_narrower():
    narrow, wide = shrink(HITS, np.full(18, 45), 0.5), shrink(HITS, np.full(18, 45), 0.99)
    assert ((wide.low < narrow.low) & (narrow.high < wide.high)).all()
    with pytest.raises(OptionError, match="confidence is 95"):
        shrink([1, 2], [3, 4], 95)


def test_a_frame_gets_three_columns_and_the_strength():
    frame = pd.DataFrame({"came": [3, 60, 70], "stayed": [0, 40, 30]})
    frame.attrs["as_of"] = "2026-03-01"
    added = add_shrunk(frame, successes="came", n=("came", "stayed"))
    assert list(added.columns) == ["came", "stayed", "shrunk", "shrunk_low", "shrunk_high"]
    assert added.attrs["as_of"] == "2026-03-01"
    assert added.attrs["strength"] > 0
    assert list(frame.columns) == ["came", "stayed"]
    empty = add_shrunk(frame.head(0), successes="came", n="stayed")
    assert empty.attrs["strength"] is None


def two_teams(write):
    people = [f"p{k}" for k in range(30)]
    came = [k < 3 or 10 <= k < 20 for k in range(30)]  # team a: 3 of 3; team b: 10 of 27
    return write(
        people="person_id\n" + "".join(f"{p}\n" for p in people),
        events="event_id,event_type,team_id\nea,canvass,a\neb,canvass,b\n",
        teams="team_id,name\na,A\nb,B\n",
        shifts="shift_id,event_id,starts_at\nsa,ea,2026-03-07T10:00\nsb,eb,2026-03-07T10:00\n",
        signups="signup_id,shift_id,person_id,status,attended\n" + "".join(
            f"g{k},{'sa' if k < 3 else 'sb'},p{k},registered,{'yes' if came[k] else 'no'}\n"
            for k in range(30)
        ),
        asks="ask_id,asked_at,asker_id,person_id,ask_for,outcome,team_id\n" + "".join(
            f"a{k},2026-03-01T10:00,p0,p{k},canvass,{'yes' if k % 2 else 'not_now'},{'a' if k < 4 else 'b'}\n"
            for k in range(30)
        ),
    )  # fmt: skip


def pool_teams(*teams: list[bool]):
    """Pool teams whose people have one row each, all of one shift or one asker."""
    return pool(*zip(*(worth(team, person=list(range(len(team)))) for team in teams), strict=True))


def test_shrink_on_the_command_line(run, write, store):
    oa.load_files(two_teams(write), store=store, timezone="UTC")
    asked = ["--by", "team", "--shrink", "--store", store, "--json"]
    answer = json.loads(run("show-up", *asked))
    small, large = answer["rows"]
    assert list(small)[-3:] == ["shrunk", "shrunk_low", "shrunk_high"]
    assert small["rate"] == 1
    assert large["shrunk"] < small["shrunk"] < 1
    # By hand: each person came to the one shift of their team, so persons are the clusters.
    # Three people are worth 0.6 (t of 2 degrees).
    came = [k < 3 or 10 <= k < 20 for k in range(30)]
    pooled = pool_teams(came[:3], came[3:])
    assert [small["shrunk"], large["shrunk"]] == pytest.approx(list(pooled.means), abs=0.003)
    assert pooled.chance_of_strength_below(answer["strength"]) == pytest.approx(0.5, abs=0.03)
    said_yes = [k % 2 == 1 for k in range(30)]
    asks = json.loads(run("asks", "outcomes", *asked))["rows"]
    pooled = pool_teams(said_yes[:4], said_yes[4:])
    assert [row["shrunk"] for row in asks] == pytest.approx(list(pooled.means), abs=0.003)
    for words in (["retention", "return"], ["asks", "kept"]):
        assert "shrunk" not in json.dumps(json.loads(run(*words, *asked[:2], *asked[3:])))
        run(*words, *asked)
    with oa.open_store(store) as data, pytest.raises(TypeError, match="shrink"):
        oa.retention_cohorts(data, shrink=True)
