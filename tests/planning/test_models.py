"""The rungs of the ladder, and that nothing of the future is known to them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from make_store import make_store
from scipy import optimize
from scipy.special import expit

import organizing_analytics as oa
from organizing_analytics.planning.backtesting import backtest
from organizing_analytics.planning.history import read_history, with_records
from organizing_analytics.planning.models import RUNGS, _regress, fit, fit_groups
from organizing_analytics.planning.planner import Planner
from organizing_analytics.planning.replay import learn, replay, totals


def campaign(seed: int, *, days: int = 60, per_day: int = 25, spread: float = 0.4) -> dict:
    """Return a campaign whose chances are known: by lead time, confirmed, and the day."""
    random = np.random.default_rng(seed)
    shifts, signups = [], []
    start = pd.Timestamp("2026-01-05 18:00")
    for day in range(days):
        at = start + pd.Timedelta(days=day)
        shifts.append({"shift_id": f"s{day}", "event_id": "e", "starts_at": str(at)})
        shock = spread * random.standard_normal()
        for n in range(per_day):
            lead, confirmed = int(random.integers(0, 12)), bool(random.random() < 0.4)
            chance = expit(0.6 - 0.15 * lead + 0.9 * confirmed + shock)
            signups.append(
                {
                    "signup_id": f"g{day}-{n}", "shift_id": f"s{day}",
                    "person_id": f"p{random.integers(0, 400)}",
                    "signed_up_at": str(at - pd.Timedelta(days=lead, hours=1)),
                    "status": "registered",
                    "confirmed_at": str(at - pd.Timedelta(minutes=30)) if confirmed else None,
                    "attended": bool(random.random() < chance),
                }
            )  # fmt: skip
    return {
        "people": [{"person_id": f"p{n}"} for n in range(400)],
        "events": [{"event_id": "e", "event_type": "canvass", "team_id": "t"}],
        "teams": [{"team_id": "t"}],
        "shifts": shifts,
        "signups": signups,
    }


@pytest.fixture(scope="module")
def history():
    rows = read_history(make_store(campaign(1)), date(2026, 3, 5))
    return with_records(rows, rows)


def test_the_lists_of_the_past(history):
    assert len(history) == 60 * 25
    assert history["lead"].between(0, 12).all()
    assert 0.3 < history["confirmed"].mean() < 0.5
    # Seven days before, only those with a lead of a week or more were on the list.
    early = read_history(make_store(campaign(1)), date(2026, 3, 5), ahead=7)
    assert early["lead"].min() == 7
    assert not early["confirmed"].any()  # they confirmed half an hour before


def test_an_own_record_counts_earlier_days_only(history):
    first = history.groupby("person_id").head(1)
    assert first["listed_before"].sum() == 0
    someone = history[history["person_id"] == history["person_id"].mode()[0]]
    for row in someone.itertuples():
        before = someone[someone["starts_on"] < row.starts_on]
        assert (row.listed_before, row.came_before) == (len(before), before["came"].sum())


def test_the_rungs_give_chances(history):
    fitted = fit(history)
    for rung in RUNGS:
        chance = fitted.predict(history, rung)
        assert ((chance > 0) & (chance < 1)).all()
    assert set(fitted.predict(history, "rule")) == {0.5}
    came = history["came"]
    assert fitted.overall == pytest.approx((5 + came.sum()) / (10 + len(came)))
    scores = {r: np.mean((fitted.predict(history, r) - came) ** 2) for r in RUNGS}
    assert scores["logistic"] < scores["groups"] < scores["overall"] < scores["rule"]


@pytest.mark.parametrize("half_life", [None, 60.0])
def test_the_cheap_fit_gives_the_same_groups(history, half_life):
    whole, cheap = fit(history, half_life=half_life), fit_groups(history, half_life=half_life)
    for rung in ("rule", "overall", "groups"):
        assert np.array_equal(whole.predict(history, rung), cheap.predict(history, rung))
    assert cheap.weights is None


@pytest.mark.parametrize("seed", range(5))
def test_totals_are_those_of_each_shift_in_order_of_appearance(seed):
    random = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {
            "shift_id": random.choice(["c", "a", "b", "d"], size=30),
            "came": random.integers(0, 2, size=30).astype(float),
        }
    )
    chances = random.random(30)
    expected = [
        (chances[(rows["shift_id"] == shift).to_numpy()].tolist(), int(part["came"].sum()))
        for shift, part in rows.groupby("shift_id", sort=False)
    ]
    assert [(some.tolist(), came) for some, came in totals(rows, chances)] == expected
    assert totals(rows.head(0), chances[:0]) == []


def test_a_place_moves_its_own_people_and_nobody_else(history):
    # One team's people stay away, whatever else is known of them.
    away = np.arange(len(history)) % 3 == 0
    past = history.assign(team=np.where(away, "away", "t"), came=history["came"].where(~away, 0.0))
    fitted = fit(past)
    everybody = {team: fitted.predict(past.assign(team=team), "groups") for team in ("away", "t")}
    assert (everybody["away"] < everybody["t"] - 0.2).all()
    mixed = fitted.predict(past, "groups")
    assert np.array_equal(mixed, np.where(away, everybody["away"], everybody["t"]))
    # A place that nobody knows, or none, is none of these.
    unknown = fitted.predict(past.assign(team="elsewhere"), "groups")
    none = fitted.predict(past.assign(team=None), "groups")
    assert np.array_equal(unknown, none)
    assert ((everybody["away"] < unknown) & (unknown < everybody["t"])).all()


def test_a_cell_that_is_its_parent_is_not_counted_twice():
    rows = pd.DataFrame(
        {
            "lead": [0] * 40, "confirmed": [True] * 40, "event_type": ["a"] * 40, "team": ["t"] * 40,
            "event_id": ["e"] * 40, "came": [1.0] * 30 + [0.0] * 10, "came_before": [0.0] * 40,
            "listed_before": [0.0] * 40, "starts_on": pd.to_datetime(["2026-01-01"] * 40),
        }
    )  # fmt: skip
    fitted = fit(rows)
    # All alike: everybody's chance is the overall one, (5 + 30) of (10 + 40).
    assert fitted.predict(rows, "groups") == pytest.approx([0.7] * 40)
    assert fitted.predict(rows, "record") == pytest.approx([0.7] * 40)


def outcomes(seed, *, own, cells, n=3000):
    """Outcomes of 300 people in order of time; people differ, or cells do, or neither."""
    random = np.random.default_rng(seed)
    people = random.integers(0, 300, n)
    person = random.normal(0, own, 300)
    lead = random.choice([0, 2, 10, 20], n)
    odds = person[people] + cells * (lead < 5) - cells / 2
    rows = pd.DataFrame(
        {
            "person_id": [f"p{k}" for k in people], "lead": lead, "confirmed": random.random(n) < 0.5,
            "event_type": random.choice(["a", "b", "c"], n), "team": "t", "event_id": "e",
            "came": (random.random(n) < expit(odds)).astype(float),
            "starts_on": pd.to_datetime("2026-01-01") + pd.to_timedelta(np.arange(n) // 20, unit="D"),
        }
    )  # fmt: skip
    return with_records(rows, rows)


def test_strengths_are_learned():
    """Where people differ for good, their own record counts at once; where not, hardly."""
    assert fit(outcomes(1, own=4, cells=0)).record_strength <= 3
    assert fit(outcomes(1, own=0, cells=0)).record_strength >= 48
    assert fit(outcomes(1, own=0.5, cells=0)).record_strength in (6, 12, 24, 48)


def test_cells_that_say_nothing_are_the_overall_rate():
    past, later = outcomes(2, own=0, cells=0), outcomes(3, own=0, cells=0)
    fitted = fit(past)
    overall, groups = (
        np.mean((fitted.predict(later, rung) - later["came"]) ** 2)
        for rung in ("overall", "groups")
    )
    assert groups <= overall + 0.0005
    past, later = outcomes(2, own=0, cells=1.5), outcomes(3, own=0, cells=1.5)
    fitted = fit(past)
    overall, groups = (
        np.mean((fitted.predict(later, rung) - later["came"]) ** 2)
        for rung in ("overall", "groups")
    )
    assert groups < overall - 0.02


def test_the_last_outcome_and_the_days_since_the_last_visit():
    days = pd.to_datetime(["2026-01-01", "2026-01-05", "2026-01-05", "2026-01-09"])
    rows = pd.DataFrame({"person_id": "p", "starts_on": days, "came": [1.0, 0.0, 1.0, 0.0]})
    found = with_records(rows, rows)
    assert found["last_came"].tolist() == [0.5, 1.0, 1.0, 0.5]  # on the 5th one of two
    assert found["visit_days"].tolist() == [-1, 4, 4, 4]
    # Two days ahead the 7th is over: nothing new; of the 5th, the 3rd is.
    assert with_records(rows, rows, ahead=2)["visit_days"].tolist() == [-1, 3, 3, 3]


def test_nothing_counted_is_the_rule():
    empty = read_history(make_store({}), date(2026, 1, 1))
    fitted = fit(with_records(empty, empty))
    assert (fitted.overall, fitted.came, fitted.missed) == (0.5, 5, 5)
    assert fitted.newcomer(3, event_type="canvass", team="t") == 0.5


def test_the_regression_is_the_one_of_an_optimiser():
    random = np.random.default_rng(3)
    design = np.column_stack([np.ones(300), random.standard_normal((300, 3))])
    came = (random.random(300) < expit(design @ [0.3, 1, -1, 0.2])).astype(float)
    weight = random.uniform(0.2, 1, 300)

    def loss(beta):
        odds = design @ beta
        return np.sum(weight * (np.logaddexp(0, odds) - came * odds)) + 0.5 * np.sum(beta[1:] ** 2)

    best = optimize.minimize(loss, np.zeros(4), method="BFGS", tol=1e-10).x
    assert _regress(design, came, weight) == pytest.approx(best, abs=1e-4)


def test_no_future_fact_leaks_into_the_past():
    """What happens after a date is shuffled: nothing that was said before it changes."""
    tables = campaign(2, days=40)
    cut = pd.Timestamp("2026-02-01")
    later = {s["shift_id"] for s in tables["shifts"] if pd.Timestamp(s["starts_at"]) >= cut}
    random = np.random.default_rng(5)
    for row in tables["signups"]:
        if row["shift_id"] in later:
            row["attended"] = bool(random.random() < 0.5)
    changed = make_store(tables)
    as_was = make_store(campaign(2, days=40))
    said = []
    for store in (as_was, changed):
        rows = read_history(store, date(2026, 2, 13))
        rows = with_records(rows, rows)
        blocks = [b for b in replay(rows) if b.rows["starts_on"].max() < cut]
        said.append(
            [(b.chances, b.learned.rung, b.learned.spread, b.learned.half_life) for b in blocks]
        )
    assert len(said[0]) > 5
    for before, after in zip(*said, strict=True):
        assert before[1:] == after[1:]
        for rung in RUNGS:
            assert before[0][rung].tolist() == after[0][rung].tolist()
    planners = [Planner(store, date(2026, 1, 31)) for store in (as_was, changed)]
    one, other = (p.lesson(3).learned for p in planners)
    assert (one.rung, one.spread, one.fitted.cells) == (
        other.rung,
        other.spread,
        other.fitted.cells,
    )


def test_what_was_written_down_later_is_not_known():
    tables = campaign(4, days=30)
    store = make_store(tables)
    planner = Planner(store, date(2026, 1, 25))
    shift = store.execute(planner.shifts_ahead().order_by("starts_at")).to_dict("records")[2]
    before = planner.forecast(shift, planner.lists(planner.shifts_ahead()).get(shift["shift_id"]))
    for row in tables["signups"]:
        if row["shift_id"] == shift["shift_id"]:
            row["attended"], row["status"] = False, "cancelled"
            row["cancelled_at"] = "2026-01-27 06:00"
    again = Planner(make_store(tables), date(2026, 1, 25))
    after = again.forecast(shift, again.lists(again.shifts_ahead()).get(shift["shift_id"]))
    assert before.pmf.tolist() == after.pmf.tolist()


def test_the_spread_is_found():
    for true in (0.1, 0.8):
        rows = read_history(make_store(campaign(7, days=150, spread=true)), date(2026, 6, 30))
        rows = with_records(rows, rows)
        blocks = list(replay(rows, blocks=10))
        found = learn(rows, blocks).spread
        assert abs(found - true) < 0.2, (true, found)


def test_coverage_on_a_campaign_whose_truth_is_known():
    hits = {"0.8": [], "0.9": []}
    for seed in range(3):
        found = backtest(make_store(campaign(seed, days=120)), as_of="2026-05-10")
        for share, covered in found.coverage.items():
            hits[share].append(covered)
    # About 70 shifts each: two standard errors of three campaigns are 5 and 4 points.
    assert np.mean(hits["0.8"]) == pytest.approx(0.8, abs=0.07)
    assert np.mean(hits["0.9"]) == pytest.approx(0.9, abs=0.06)


def test_a_backtest_of_nothing_says_so():
    found = backtest(make_store({}), as_of="2026-01-01")
    assert (found.signups, found.shifts, found.scored_from) == (0, 0, None)
    assert found.chosen["model"] == "rule"


def test_the_backtest_answers_its_keys():
    found = backtest(make_store(campaign(3, days=90)), as_of="2026-04-30").as_dict()
    assert {
        "signups", "shifts", "scored_from", "models", "coverage", "crps", "planning", "chosen",
    } <= set(found)  # fmt: skip
    assert [row["model"] for row in found["models"]] == [*RUNGS, "used"]
    assert {row["method"] for row in found["planning"]} == {"rule", "mean", "chosen"}
    assert set(found["coverage"]) == {"0.8", "0.9"}


def test_the_clinic_log(real_data, tmp_path):
    """The targets that were set on a public log, in time order."""
    root = __import__("pathlib").Path(__file__).parents[2]
    oa.load_files(
        real_data / "clinic_appointments.csv.gz",
        store=tmp_path / "store",
        source=str(root / "examples" / "clinics.toml"),
        timezone="America/Sao_Paulo",
    )
    with oa.open_store(tmp_path / "store") as store:
        found = backtest(store, as_of="2016-05-20")
    brier = dict(zip(found.models["model"], found.models["brier"], strict=True))
    assert brier[found.chosen["model"]] <= 0.91 * brier["overall"]
    assert 0.87 <= found.coverage["0.9"] <= 0.93
    plans = found.planning.set_index(["need", "sure", "method"])
    for need in (10, 20):
        ours, rule = plans.loc[need, 0.9, "chosen"], plans.loc[need, 0.9, "rule"]
        assert 0.88 <= ours["met"] <= 0.94
        assert ours["scheduled"] < rule["scheduled"]
