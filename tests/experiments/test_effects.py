"""The arithmetic of experiments: Holm, Lin's adjustment, and results by what was drawn."""

from __future__ import annotations

import json
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import organizing_analytics as oa
from organizing_analytics.experiments.effects import Arm, compare_arms, holm


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_holm_is_the_closed_test_of_bonferroni(p_values):
    """A comparison stands when every set of comparisons that holds it is rejected together."""
    adjusted = holm(p_values)
    places = range(len(p_values))
    for i in places:
        worst = max(
            min(1.0, len(some) * min(p_values[j] for j in some))
            for size in range(1, len(p_values) + 1)
            for some in combinations(places, size)
            if i in some
        )
        assert adjusted[i] == pytest.approx(worst)


def test_what_is_not_known_counts_for_nothing():
    assert holm([0.02, float("nan"), 0.03])[0] == pytest.approx(0.04)
    assert np.isnan(holm([float("nan")])[0])


def arm_of(outcome, chance=None, unit=None):
    outcome = np.array(outcome, dtype=float)
    unit = np.arange(len(outcome)) if unit is None else np.array(unit)
    return Arm(outcome, unit, None if chance is None else np.array(chance, dtype=float))


def test_the_adjusted_difference_is_that_of_one_regression_with_interactions():
    """Lin (2013): outcome on arm, centered chance, and their product."""
    dice = np.random.default_rng(5)
    chance = dice.uniform(0.1, 0.9, 400)
    treated = dice.random(400) < 0.4
    came = (dice.random(400) < chance + 0.1 * treated).astype(float)
    centered = chance - chance.mean()
    design = np.column_stack([np.ones(400), treated, centered, treated * centered])
    by_regression = np.linalg.lstsq(design, came, rcond=None)[0][1]
    ours = compare_arms(
        arm_of(came[treated], chance[treated]),
        arm_of(came[~treated], chance[~treated]),
        confidence=0.95,
    )
    assert ours.difference == pytest.approx(by_regression, abs=1e-9)
    assert ours.low < by_regression < ours.high


def test_a_chance_that_tells_who_comes_narrows_the_interval_and_an_idle_one_does_not():
    dice = np.random.default_rng(6)
    chance = np.where(np.arange(300) % 2, 0.95, 0.05)
    came = (dice.random(300) < chance).astype(float)
    idle = dice.uniform(size=300)

    def width(told):
        one = arm_of(came[:150], None if told is None else told[:150])
        other = arm_of(came[150:], None if told is None else told[150:])
        found = compare_arms(one, other, confidence=0.95)
        return found.high - found.low

    assert width(chance) < 0.6 * width(None)
    assert width(idle) == pytest.approx(width(None), rel=0.05)


@pytest.mark.parametrize("has_chance", [False, True])
def test_people_of_one_unit_who_do_the_same_are_worth_one(has_chance):
    """Three people of a household who all come, or all stay away, are one toss of a coin."""
    dice = np.random.default_rng(7)
    toss = {name: (dice.random(60) < 0.5).astype(float) for name in ("call", "text")}
    mild = {name: dice.uniform(0.45, 0.55, 60) for name in toss} if has_chance else {}

    def arm(name, times):
        chance = np.repeat(mild[name], times) if has_chance else None
        return arm_of(np.repeat(toss[name], times), chance, np.repeat(np.arange(60), times))

    def width(times):
        found = compare_arms(arm("call", times), arm("text", times), confidence=0.95)
        return found.high - found.low

    assert width(3) == pytest.approx(width(1), rel=0.06)
    as_people = compare_arms(
        arm_of(np.repeat(toss["call"], 3)), arm_of(np.repeat(toss["text"], 3)), confidence=0.95
    )
    assert as_people.high - as_people.low < 0.65 * width(1)


@pytest.mark.parametrize("unit", ["household", "organizer", "team"])
def test_what_is_drawn_stays_together_and_is_the_unit_of_the_result(
    unit, write, store, run, tmp_path
):
    people = range(48)
    oa.load_files(
        write(
            teams="team_id,name\n" + "".join(f"t{n},Team {n}\n" for n in range(12)),
            people="person_id,given_name,team_id,organizer_id\n"
            + "".join(f"p{n},Ann,t{n // 4},\n" for n in people)
            + "".join(f"o{n},Org,t{n},\n" for n in range(12)),
        ),
        store=store,
        timezone="UTC",
    )
    listed = tmp_path / "list.csv"
    prefix = {"household": "h", "organizer": "o", "team": "t"}[unit]
    rows = "".join(f"p{n},{prefix}{n // 4}\n" for n in people)
    listed.write_text(f"person_id,{unit}_id\n{rows}")
    started = json.loads(
        run("experiment", "start", "calls", "--people", listed, "--arms", "text,call", "--by", unit,
            "--seed", 3, "--store", store, "--json")
    )  # fmt: skip
    arms = {row["person_id"]: row["arm"] for row in started["people"]}
    assert len(arms) == 48
    for first in range(0, 48, 4):
        assert len({arms[f"p{n}"] for n in range(first, first + 4)}) == 1
    assert set(arms.values()) == {"text", "call"}
    told = json.loads(
        run("experiment", "result", "calls", "--store", store, "--as-of", started["ends_on"],
            "--peek", "--json")
    )  # fmt: skip
    assert [row["units"] for row in told["arms"]] == [6, 6]
    assert [row["people"] for row in told["arms"]] == [24, 24]
