"""How the planner would have done on the store's own past.

Two things are scored, on the last 60 % of the outcomes:

- The whole forecast, late joiners and walk-ins included, as it would have been printed 1, 3, 7
  and 14 days ahead (`totals`, see totals.py).
- The people on the list alone, `ahead_days` before each shift: each person's chance (Brier score,
  log loss), the total of each list (expected coverage, CRPS), and the plans that would have been
  made.

Every choice rests on what was known before: the row `used` scores the model that was in use at
each time. The other rows are models that nobody could have known to be the best.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from organizing_analytics.measures.known_then import KnownThen
from organizing_analytics.planning.forecast import DAY_WEIGHTS, DAYS, forecast
from organizing_analytics.planning.history import read_history, with_records
from organizing_analytics.planning.models import RUNGS
from organizing_analytics.planning.options import whole
from organizing_analytics.planning.replay import replay
from organizing_analytics.planning.scoring import Score, expected_coverage, ratio_by_day, score
from organizing_analytics.planning.special import expit, logit
from organizing_analytics.planning.totals import score_totals, totals_frame
from organizing_analytics.planning.yes_chances import score_asks

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from organizing_analytics.planning.replay import Block, Learned
    from organizing_analytics.store import Data

    Floats = NDArray[np.float64]

SCORED_FROM = 0.4
NEEDS = (4, 10, 20)
SURES = (0.8, 0.9)
COVERAGES = (0.8, 0.9)
BINS = 10


@dataclass
class Backtest:
    """What came of replaying the past.

    Attributes
    ----------
    signups, shifts : int
        How many were scored.
    scored_from : date or None
        The first day that was scored.
    models : DataFrame
        `model brier log_loss`, one row a rung, and `used`: the rung that was in use at each
        time, chosen by the outcomes before it.
    coverage, coverage_se : dict
        Nominal → expected share of the lists' totals in that central range, and its standard
        error, days being the unit.
    crps : float
        Mean continuous ranked probability score of the lists' totals, in people.
    planning : DataFrame
        `need sure method shifts scheduled promised met met_se surplus`: how many people each
        method would have scheduled on average, how likely the forecast held it that at least
        `need` of them come, in which share of shifts they did with its standard error, days
        being the unit, and how many more than needed came on average. `promised` is above `sure`
        as people are whole.
    chosen : dict
        `model`, the rung that was last in use, and `why`.
    reliability : DataFrame
        `chance came n`: mean chance and share who came, by bins of the chance.
    totals : DataFrame
        `ahead shifts days expected came bias bias_se coverage_80 coverage_90 se crps
        p_enough_brier`: the whole forecast, one row for each number of days ahead; see
        totals.py.
    asks : dict
        `asks brier brier_team_rate`: how well the chance of a yes to an ask was known, beside the
        team's rate alone, on the latest asks; the scores are None where too few were written down.
    """

    signups: int
    shifts: int
    scored_from: date | None
    models: pd.DataFrame
    coverage: dict[str, float | None]
    crps: float | None
    planning: pd.DataFrame
    chosen: dict[str, str]
    reliability: pd.DataFrame
    coverage_se: dict[str, float | None] = field(default_factory=dict)
    totals: pd.DataFrame = field(default_factory=lambda: totals_frame({}))
    asks: dict[str, Any] = field(default_factory=dict)
    attrs: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON."""
        return {
            **self.attrs,
            "signups": self.signups,
            "shifts": self.shifts,
            "scored_from": None if self.scored_from is None else self.scored_from.isoformat(),
            "models": self.models.to_dict("records"),
            "coverage": self.coverage,
            "crps": self.crps,
            "planning": self.planning.to_dict("records"),
            "chosen": self.chosen,
            "reliability": self.reliability.to_dict("records"),
            "coverage_se": self.coverage_se,
            "totals": self.totals.astype(object)
            .where(self.totals.notna(), None)
            .to_dict("records"),
            "asks": self.asks,
        }


def backtest(store: Data, *, ahead_days: int = 0, as_of: str | date | None = None) -> Backtest:
    """Replay the store's past and score the planner on it.

    Parameters
    ----------
    store : Data
        An open store.
    ahead_days : int
        How many days before each shift the list alone is forecast, 0 to 60.
    as_of : str or date, optional
        Shifts up to this local date; yesterday.

    Returns
    -------
    Backtest
        Empty (0 sign-ups) when the past is too short to replay.

    Raises
    ------
    OptionError
        A value is not allowed.
    """
    ahead = whole("ahead_days", ahead_days, least=0, most=60)
    day = store.as_of(as_of)
    history = read_history(store, day, ahead=ahead)
    history = with_records(history, history, ahead=ahead)
    first = _scored_from(history)
    blocks = [b for b in replay(history, ahead=ahead) if first is not None]
    scored = [b for b in (_from(block, first) for block in blocks) if len(b.rows)]
    result = _score(scored)
    result.totals = totals_frame(score_totals(store, day, scored_from=result.scored_from))
    result.asks = score_asks(KnownThen(store, day))
    result.attrs = {
        "measure": "backtest",
        "as_of": day.isoformat(),
        "snapshot": store.snapshot,
        "ahead_days": ahead,
    }
    return result


def _scored_from(history: pd.DataFrame) -> pd.Timestamp | None:
    if history.empty:
        return None
    days = history["starts_on"].to_numpy()
    unique, first = np.unique(days, return_index=True)
    late = unique[first >= SCORED_FROM * len(history)]
    return pd.Timestamp(late[0]) if len(late) else None


def _from(block: Block, first: pd.Timestamp | None) -> Block:
    is_scored = (block.rows["starts_on"] >= first).to_numpy()
    chances = {rung: chance[is_scored] for rung, chance in block.chances.items()}
    return type(block)(block.rows[is_scored], block.learned, chances, block.as_of)


def _score(blocks: list[Block]) -> Backtest:
    if not blocks:
        empty = pd.DataFrame()
        why = "too little of the past is recorded to replay it; the 50 % rule is the start"
        none = dict.fromkeys(map(str, COVERAGES))
        return Backtest(0, 0, None, empty, none, None, empty, {"model": "rule", "why": why}, empty)
    came = np.concatenate([block.rows["came"].to_numpy() for block in blocks])
    chances = {r: np.concatenate([b.chances[r] for b in blocks]) for r in RUNGS}
    chances["used"] = np.concatenate([block.chances[block.learned.rung] for block in blocks])
    models = pd.DataFrame(
        [
            {
                "model": model,
                "brier": float(np.mean((p - came) ** 2)),
                "log_loss": _log_loss(p, came),
            }
            for model, p in chances.items()
        ]
    )
    shifts = [shift for block in blocks for shift in _shifts(block)]
    scores = _list_scores(shifts)
    covered = {str(share): expected_coverage(scores, share) for share in COVERAGES}
    return Backtest(
        signups=len(came),
        shifts=len(shifts),
        scored_from=blocks[0].rows["starts_on"].min().date(),
        models=models,
        coverage={share: value for share, (value, _) in covered.items()},
        coverage_se={share: error for share, (_, error) in covered.items()},
        crps=float(np.mean([each.crps for each in scores])),
        planning=_plans(shifts),
        chosen=_chosen(blocks[-1], models, len(came)),
        reliability=_reliability(chances["used"], came),
    )


def _log_loss(chance: Floats, came: Floats) -> float:
    p = np.clip(chance, 1e-9, 1 - 1e-9)
    return float(-np.mean(came * np.log(p) + (1 - came) * np.log(1 - p)))


@dataclass
class _Shift:
    """One past shift: its people in the order in which they signed up, and what was known."""

    chances: Floats
    came: Floats
    learned: Learned
    day: object


def _shifts(block: Block) -> list[_Shift]:
    frame = block.rows.assign(p=block.chances[block.learned.rung])
    # Who signed up first was asked first: longest lead first.
    frame = frame.sort_values(["shift_id", "lead", "signup_id"], ascending=[True, False, True])
    return [
        _Shift(
            group["p"].to_numpy(),
            group["came"].to_numpy(),
            block.learned,
            group["starts_on"].iloc[0],
        )
        for _, group in frame.groupby("shift_id", sort=False)
    ]


def _list_scores(shifts: list[_Shift]) -> list[Score]:
    """Return the score of each list's total, nobody joining late."""
    scores = []
    for shift in shifts:
        pmf = forecast(shift.chances, spread=shift.learned.total_spread, new=0.5).pmf
        scores.append(score(pmf, int(shift.came.sum()), day=shift.day))
    return scores


def _plans(shifts: list[_Shift]) -> pd.DataFrame:
    """Return what each method would have scheduled of the people who signed up."""
    rows = []
    for need in NEEDS:
        plans = [plan for shift in shifts if (plan := _plan(shift, need)) is not None]
        for sure in SURES:
            sized_plans = [
                (plan, sized) for plan in plans if (sized := plan.sizes(sure)) is not None
            ]
            for method in ("rule", "mean", "chosen") if sized_plans else ():
                numbers = np.array([sized[method] for _, sized in sized_plans])
                came = np.array([plan.came[sized[method]] for plan, sized in sized_plans])
                promised = [plan.odds[sized[method]] for plan, sized in sized_plans]
                met, error = ratio_by_day(
                    (came >= need).astype(float),
                    np.ones(len(came)),
                    [p.day for p, _ in sized_plans],
                )
                rows.append(
                    {
                        "need": need,
                        "sure": sure,
                        "method": method,
                        "shifts": len(sized_plans),
                        "scheduled": float(numbers.mean()),
                        "promised": float(np.mean(promised)),
                        "met": met,
                        "met_se": error,
                        "surplus": float(np.mean(came - need)),
                    }
                )
    columns = [
        "need",
        "sure",
        "method",
        "shifts",
        "scheduled",
        "promised",
        "met",
        "met_se",
        "surplus",
    ]
    return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True)
class _Plan:
    """One shift's people taken in order, for one need.

    Attributes
    ----------
    rule, mean : int
        How many people the rule, and the need over the mean chance, take.
    odds : array, shape (people + 1,)
        P(at least the need come) of the first so many people.
    came : array, shape (people + 1,)
        How many of the first so many came.
    day : object
        The shift's day.
    """

    rule: int
    mean: int
    odds: Floats
    came: Floats
    day: object

    def sizes(self, sure: float) -> dict[str, int] | None:
        """Return how many people each method takes; None when not even all are sure enough."""
        enough = np.flatnonzero(self.odds >= sure)
        if not len(enough):
            return None
        return {"rule": self.rule, "mean": self.mean, "chosen": int(enough[0])}


def _plan(shift: _Shift, need: int) -> _Plan | None:
    """Return a shift's plans; None when its list is too short for the rule or the mean."""
    people = len(shift.chances)
    rule = 2 * need
    mean = int(np.ceil(need / shift.learned.fitted.overall))
    if people < max(rule, mean):
        return None
    came = np.concatenate([[0.0], np.cumsum(shift.came)])
    return _Plan(rule, mean, _odds(shift, need), came, shift.day)


def _odds(shift: _Shift, need: int) -> Floats:
    """Return P(at least the need come) of the first 0, 1, … people, person by person."""
    moved = shift.learned.total_spread * DAYS
    by_day = expit(logit(shift.chances)[None, :] + moved[:, None])
    # P(k came so far | day) for k < need; the rest have enough.
    pmf = np.zeros((len(DAYS), need))
    pmf[:, 0] = 1.0
    odds = [0.0]
    for place in range(len(shift.chances)):
        chance = by_day[:, place, None]
        pmf[:, 1:] = pmf[:, 1:] * (1 - chance) + pmf[:, :-1] * chance
        pmf[:, :1] *= 1 - chance
        odds.append(1 - float(DAY_WEIGHTS @ pmf.sum(axis=1)))
    return np.array(odds)


def _chosen(last: Block, models: pd.DataFrame, outcomes: int) -> dict[str, str]:
    """Return the rung that was last in use: chosen by what came before the last block."""
    scores = dict(zip(models["model"], models["brier"], strict=True))
    why = (
        f"it did best, or as well as any simpler one, by what was known on "
        f"{pd.Timestamp(last.as_of).date()}. On {outcomes:,} outcomes the rungs in use at each "
        f"time have a Brier score of {scores['used']:.4f}, against {scores['overall']:.4f} for "
        f"everybody's own rate and {scores['rule']:.4f} for the 50 % rule"
    )
    return {"model": last.learned.rung, "why": why}


def _reliability(chance: Floats, came: Floats) -> pd.DataFrame:
    bins = np.clip((chance * BINS).astype(int), 0, BINS - 1)
    frame = pd.DataFrame({"bin": bins, "chance": chance, "came": came})
    answer = frame.groupby("bin").agg(
        chance=("chance", "mean"), came=("came", "mean"), n=("came", "size")
    )
    return answer.reset_index(drop=True)
