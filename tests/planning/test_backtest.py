"""What the backtest says: totals by days ahead, and plans against their promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

import organizing_analytics as oa
from organizing_analytics.catalog.tables import BACKTEST_PLANNING
from organizing_analytics.planning import backtesting as backtests
from organizing_analytics.planning.forecast import DAY_WEIGHTS, DAYS
from organizing_analytics.planning.history import with_records
from organizing_analytics.planning.models import fit
from organizing_analytics.planning.replay import DEFAULT_SPREAD, Learned, replay
from organizing_analytics.planning.scoring import score
from organizing_analytics.planning.totals import AHEAD_DAYS, COLUMNS, totals_frame


def shift_of(chances, *, spread=0.3, came=None):
    history = pd.DataFrame(columns=["starts_on", "came", "lead", "confirmed", "event_type", "team"])
    history = history.assign(came_before=[], listed_before=[], event_id=[])
    learned = Learned(fit(history.astype({"came": float})), spread=spread)
    there = np.ones(len(chances)) if came is None else np.array(came, dtype=float)
    return backtests._Shift(np.array(chances), there, learned, day="Sat")


def test_the_odds_of_a_plan_are_those_of_every_way_that_people_can_come():
    """All 2^6 ways, on each of the days, against the running sum."""
    shift = shift_of([0.3, 0.9, 0.5, 0.7, 0.2, 0.6])
    need, spread = 2, shift.learned.total_spread
    odds = backtests._odds(shift, need)
    for n in range(7):
        enough = 0.0
        for weight, day in zip(DAY_WEIGHTS, DAYS, strict=True):
            p = expit(logit(shift.chances[:n]) + spread * day)
            for ways in product((0, 1), repeat=n):
                if sum(ways) >= need:
                    enough += weight * np.prod(np.where(ways, p, 1 - p))
        assert odds[n] == pytest.approx(enough, abs=1e-9)


def test_a_plan_takes_the_fewest_people_that_are_sure_enough_and_says_what_it_promises():
    shifts = [shift_of([0.5] * 30, spread=0.05, came=[1, 0] * 15) for _ in range(3)]
    rows = backtests._plans(shifts).set_index(["need", "sure", "method"])
    plan = rows.loc[(4, 0.8, "chosen")]
    odds = backtests._odds(shifts[0], 4)
    n = int(plan["scheduled"])
    assert odds[n] >= 0.8 > odds[n - 1]
    assert plan["promised"] == pytest.approx(odds[n])
    # Every second person came: of the first n, half.
    assert plan["surplus"] == pytest.approx((n + 1) // 2 - 4)
    assert rows.loc[(4, 0.8, "rule")]["scheduled"] == 8
    assert not rows.index.get_level_values("need").isin([20]).any()  # the list is too short


def test_the_error_of_a_need_met_takes_shifts_of_a_day_as_one():
    good, bad = [1] * 30, [0] * 30
    shifts = [shift_of([0.5] * 30, came=came) for came in (good, good, bad, bad)]
    together = [replace(shift, day=place // 2) for place, shift in enumerate(shifts)]
    apart = [replace(shift, day=place) for place, shift in enumerate(shifts)]
    for some, error in ((together, 0.5), (apart, 1 / np.sqrt(12))):
        row = backtests._plans(some).set_index(["need", "sure", "method"]).loc[(4, 0.9, "chosen")]
        assert row["met"] == 0.5
        assert row["met_se"] == pytest.approx(error)


def test_every_column_of_the_plans_is_declared():
    made = backtests._plans([shift_of([0.5] * 30)])
    assert list(made.columns) == [column.name for column in BACKTEST_PLANNING]


def test_totals_have_one_row_for_each_number_of_days_ahead():
    """Two shifts of two days: 2 + 4 expected, 1 + 5 came."""
    two = np.array([0.0, 0.0, 1.0])
    four = np.array([0.0, 0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 0.2])
    scores = [score(two, 2, day="Sat", need=2), score(four, 5, day="Sun", need=6)]
    frame = totals_frame({1: scores, 7: [None, None], 14: []}).set_index("ahead")
    assert ["ahead", *frame.columns] == list(COLUMNS)
    assert frame["shifts"].tolist() == [2, 0, 0]
    assert frame["not_known"].tolist() == [0, 2, 0]
    first = frame.loc[1]
    expected = (2 + float(np.arange(8) @ four)) / 2
    assert (first["expected"], first["came"]) == (pytest.approx(expected), 3.5)
    assert first["bias"] == pytest.approx(expected / 3.5 - 1)
    # P(enough) was 1 and came true; .4 and did not.
    assert first["p_enough_brier"] == pytest.approx((0 + 0.4**2) / 2)
    assert frame.loc[[7, 14], "expected"].isna().all()


@pytest.mark.slow
def test_totals_of_a_store_are_in_the_json(tmp_path):
    oa.write_sample(tmp_path / "in", seed=5, people=400, weeks=20, last_day=date(2026, 11, 22))
    oa.load_files(tmp_path / "in", store=tmp_path / "store", timezone="America/Chicago")
    with oa.open_store(tmp_path / "store") as data:
        answer = oa.backtest(data, as_of="2026-11-22").as_dict()
    assert [row["ahead"] for row in answer["totals"]] == list(AHEAD_DAYS)
    assert all(set(row) == set(COLUMNS) for row in answer["totals"])
    assert {row["model"] for row in answer["models"]} >= {"used", "rule", "overall"}
    near, far = answer["totals"][0], answer["totals"][-1]
    # The same shifts, known better the nearer they are.
    assert near["crps"] < far["crps"]
    assert 0.7 < near["coverage_80"] < 0.9
    for row in answer["planning"]:
        if row["method"] == "chosen":
            assert row["promised"] >= row["sure"]


def test_blocks_forecast_on_nothing_judge_no_rung():
    """On them all rungs say one half: the rule would win, and its errors would widen all ranges."""
    dice = np.random.default_rng(3)
    days = np.repeat(pd.date_range("2026-03-02", periods=12, freq="7D").to_numpy(), 150)
    n = len(days)
    history = pd.DataFrame(
        {
            "person_id": [f"P{k}" for k in range(n)], "shift_id": [f"S{k // 15}" for k in range(n)],
            "event_id": "e", "team": "t", "event_type": "k", "starts_at": days, "starts_on": days,
            "lead": 7, "confirmed": False, "came": (dice.random(n) < 0.8).astype(float),
        }
    )  # fmt: skip
    history = with_records(history.assign(signup_id=history.index.astype(str)), history, ahead=7)
    blocks = list(replay(history, ahead=7, blocks=12, warm_up=0.0))
    assert blocks[0].learned.fitted.outcomes == 0
    assert [block.learned.rung for block in blocks if block.learned.rung == "rule"] == []
    assert all(block.learned.spread <= DEFAULT_SPREAD for block in blocks)
