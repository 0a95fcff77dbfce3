"""Forecasts of turnout on a past log, ours and its rivals', in time order.

totals_by_span      the whole number who come to a shift, by days ahead
chances             each person's chance: rule, overall rate, ours, logistic, boosting
by_tenths           P(enough) said, and how often it came true
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binom
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from organizing_analytics.planning.history import read_history, with_records
from organizing_analytics.planning.late import read_past_lists
from organizing_analytics.planning.replay import replay
from organizing_analytics.planning.scoring import Score, bias, brier, expected_coverage, score
from organizing_analytics.planning.totals import score_totals

#: Days ahead, put together: what is shown → what is forecast.
SPANS = {
    "1–2": (1, 2),
    "3–4": (3, 4),
    "5–7": (5, 7),
    "8–10": (8, 10),
    "11–14": (11, 14),
    "15–21": (15, 18, 21),
}
#: The first part of the outcomes only teaches.
TEACHES = 0.4
BLOCKS = 6
TENTHS = np.linspace(0, 1, 11)


def scored_from(store: Any, day: date) -> date:
    """Return the date by which the first 40 % of the sign-ups have had their shift."""
    days = np.sort(read_history(store, day)["starts_on"].to_numpy())
    return pd.Timestamp(days[int(TEACHES * len(days))]).date()


def totals_by_span(store: Any, day: date) -> tuple[dict[str, list[Score]], dict[str, Any]]:
    """Return our scores by span, and CRPS of the rule and of the overall rate."""
    first = scored_from(store, day)
    ahead_days = tuple(ahead for span in SPANS.values() for ahead in span)
    ours = score_totals(store, day, scored_from=first, ahead_days=ahead_days)
    past = read_past_lists(store, day)
    plain = {
        name: {ahead: _plain(past, ahead, day, first, chance) for ahead in ahead_days}
        for name, chance in (("rule", 0.5), ("overall", None))
    }
    spans = {
        name: [s for a in span for s in ours[a] if s is not None] for name, span in SPANS.items()
    }
    rivals = {
        name: {rival: float(np.mean([c for a in span for c in plain[rival][a]])) for rival in plain}
        for name, span in SPANS.items()
        if spans[name]
    }
    return spans, rivals


def _plain(past: Any, ahead: int, day: date, first: date, chance: float | None) -> list[float]:
    """Return the CRPS of "so many of the list come": half, or the rate of all shifts before."""
    shifts, existed = past.shifts, past.shifts["exists_days"].to_numpy() >= ahead
    at = past.at(ahead, as_of=day)
    dates = shifts["starts_on"].to_numpy()[existed]
    came = shifts["came"].to_numpy()[existed]
    on_list = came - at.late
    crps = []
    for place in np.flatnonzero(dates >= np.datetime64(first, "s")):
        over = dates <= dates[place] - np.timedelta64(ahead, "D")
        listed = at.listed[over].sum()
        rate = chance or ((on_list[over].sum() + 1) / (listed + 2))
        n = int(at.listed[place])
        pmf = binom.pmf(np.arange(n + 1), n, rate)
        crps.append(score(pmf, int(came[place]), day=dates[place]).crps)
    return crps


def totals_row(scores: list[Score]) -> dict[str, float | None]:
    """Return bias, coverage and the rest of some forecasts."""
    covered, error = expected_coverage(scores, 0.8)
    off, off_error = bias(scores)
    return {
        "forecasts": len(scores),
        "days": len({one.day for one in scores}),
        "expected": float(np.mean([one.expected for one in scores])),
        "came": float(np.mean([one.came for one in scores])),
        "bias": off,
        "bias_se": off_error,
        "coverage_80": covered,
        "se": error,
        "coverage_90": expected_coverage(scores, 0.9)[0],
        "crps": float(np.mean([one.crps for one in scores])),
        "brier": brier(scores),
    }


def by_tenths(scores: list[Score]) -> list[dict[str, float]]:
    """Return P(enough) by tenths: said, came true, its standard error by days, forecasts."""
    known = pd.DataFrame(
        [(s.p_enough, s.enough, s.day) for s in scores if s.p_enough is not None],
        columns=["said", "true", "day"],
    )
    rows = []
    for tenth, part in known.groupby(
        np.clip(np.digitize(known["said"].astype(float), TENTHS) - 1, 0, 9)
    ):
        said, true = part["said"].astype(float), part["true"].astype(float)
        off = (true - true.mean()).groupby(part["day"].astype(str)).sum()
        rows.append(
            {
                "tenth": int(tenth),
                "said": float(said.mean()),
                "true": float(true.mean()),
                "se": float(np.sqrt((off**2).sum()) / len(part)),
                "n": len(part),
            }
        )
    return rows


def chances(store: Any, day: date, *, ahead: int) -> list[dict[str, Any]]:
    """Return each model's Brier score and log loss on the last 60 % of the outcomes."""
    history = read_history(store, day, ahead=ahead)
    history = with_records(history, history, ahead=ahead)
    first = np.datetime64(scored_from(store, day), "s")
    days = history["starts_on"].to_numpy()
    said: dict[str, list[np.ndarray]] = {}
    came = []
    for block in replay(history, ahead=ahead, blocks=BLOCKS):
        kept = (block.rows["starts_on"] >= first).to_numpy()
        if not kept.any():
            continue
        rows, known = block.rows[kept], history[days <= block.as_of]
        came.append(rows["came"].to_numpy())
        of_block = {
            "the 50 % rule": block.chances["rule"][kept],
            "overall rate": block.chances["overall"][kept],
            "ours (the rung in use)": block.chances[block.learned.rung][kept],
            **_learned(known, rows),
        }
        for name, chance in of_block.items():
            said.setdefault(name, []).append(chance)
    true = np.concatenate(came)
    return [
        {
            "model": name,
            "n": len(true),
            "brier": float(np.mean((np.concatenate(parts) - true) ** 2)),
            "log_loss": _log_loss(np.concatenate(parts), true),
        }
        for name, parts in said.items()
    ]


def _learned(known: pd.DataFrame, rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the chances of scikit-learn's logistic regression and boosting, as they come."""
    train, test = _features(known, known), _features(rows, known)
    came = known["came"].to_numpy()
    models = {
        "logistic (scikit-learn)": make_pipeline(
            StandardScaler(), LogisticRegression(max_iter=1000)
        ),
        "boosting (scikit-learn)": HistGradientBoostingClassifier(random_state=0),
    }
    return {
        name: model.fit(train, came).predict_proba(test)[:, 1] for name, model in models.items()
    }


def _features(rows: pd.DataFrame, known: pd.DataFrame) -> np.ndarray:
    """Return the same features that ours has, groups as their shrunk share of the past."""
    overall = known["came"].mean()
    columns = []
    for name in ("team", "event_type", "event_id"):
        sums = known.groupby(name)["came"].agg(["sum", "size"])
        share = (sums["sum"] + 20 * overall) / (sums["size"] + 20)
        columns.append(rows[name].map(share).fillna(overall).astype(float))
    listed, before = rows["listed_before"], rows["came_before"]
    columns += [
        rows["lead"], np.log1p(rows["lead"].clip(lower=0)), rows["lead"] == 0, rows["lead"] < 0,
        rows["confirmed"], listed, before, (before + 2 * overall) / (listed + 2), listed == 0,
        rows["last_came"], rows["visit_days"],
        *(rows["starts_on"].dt.day_of_week == k for k in range(6)),
    ]  # fmt: skip
    return np.column_stack([np.asarray(column, dtype=float) for column in columns])


def _log_loss(chance: np.ndarray, came: np.ndarray) -> float:
    p = np.clip(chance, 1e-6, 1 - 1e-6)
    return float(-np.mean(came * np.log(p) + (1 - came) * np.log(1 - p)))
