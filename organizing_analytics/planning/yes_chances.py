"""How likely somebody says yes to being asked for a kind of event, learned from past asks.

A pooled logistic regression on what was known when they were asked: how much of the person's past
visits were of that kind (beside the team's own mix), and how often they came. Below 200 answered
asks every person has the team's rate, itself pulled towards the campaign's. `score_asks` holds it
against the team's rate by the Brier score, on the latest asks, each judged by earlier ones only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from math import log
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from organizing_analytics.planning.special import expit, logit

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from organizing_analytics.store import Data

    Floats = NDArray[np.float64]

#: Fewer answered asks than this teach a rate and nothing more.
MIN_ANSWERED = 200
#: The share of the asks, the latest, that `score_asks` judges.
TEST_SHARE = 0.3
_PRIOR_VISITS, _PRIOR_ASKS, _RIDGE, _MAX_SHARE = 2.0, 20.0, 1.0, 1.5
#: Newton's steps end when none moves a coefficient by more than `_CLOSE`.
_MAX_STEPS, _CLOSE = 50, 1e-10


@dataclass
class Visits:
    """How often each person came, by kind of event, and the campaign's own mix of kinds."""

    by_person: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    by_kind: Counter[str] = field(default_factory=Counter)

    def add(self, person: str, kind: str) -> None:
        """Count one visit."""
        self.by_person[person][kind] += 1
        self.by_kind[kind] += 1

    def features(self, person: str, kind: str) -> tuple[float, float]:
        """Return the log share of the kind beside the usual, and the log number of visits."""
        own = self.by_person.get(person, Counter())
        n, total = own.total(), self.by_kind.total()
        usual = (self.by_kind[kind] + 1) / (total + len(self.by_kind) + 1)
        share = (own[kind] + _PRIOR_VISITS * usual) / ((n + _PRIOR_VISITS) * usual)
        return float(np.clip(log(share), -_MAX_SHARE, _MAX_SHARE)), log(1 + n)


@dataclass(frozen=True)
class YesChances:
    """The chance of a yes to an ask that was made, by person and kind of event.

    Attributes
    ----------
    coefficients : array or None
        Intercept, kind, visits; None where too few asks teach them.
    by_team : mapping
        Team → its rate, pulled towards the campaign's.
    overall : float
        The campaign's rate: yes / asks, those without an answer counted.
    visits : Visits
        What is known of each person now.
    """

    coefficients: Floats | None
    by_team: Mapping[str, float]
    overall: float
    visits: Visits

    def of(self, person: str, kind: str, team: str | None) -> float:
        """Return the chance that a person answers and says yes."""
        if self.coefficients is None:
            return self.by_team.get(team or "", self.overall)
        return float(expit(self.coefficients @ [1.0, *self.visits.features(person, kind)]))


def learn_yes_chances(data: Data) -> YesChances:
    """Learn from all asks for events that the data have.

    Parameters
    ----------
    data : Data
        A store, or one as it was known at a date (`KnownThen`).
    """
    asks, visits = _past_asks(data)
    return _fit(asks, visits)


def score_asks(data: Data) -> dict[str, Any]:
    """Return the Brier scores of the chances and of the team's rate on the latest asks.

    Returns
    -------
    dict
        `asks` (how many were judged), `brier`, `brier_team_rate`; the scores are None where
        there are too few asks.
    """
    asks, visits = _past_asks(data)
    n_train = int(len(asks) * (1 - TEST_SHARE))
    train, test = asks.iloc[:n_train], asks.iloc[n_train:]
    if len(train) < MIN_ANSWERED or test.empty:
        return {"asks": 0, "brier": None, "brier_team_rate": None}
    fitted = _fit(train, visits)
    yes = test["yes"].to_numpy(dtype=float)
    design = _design(test)
    chances = (
        expit(design @ fitted.coefficients) if fitted.coefficients is not None else fitted.overall
    )
    rates = test["team_id"].map(fitted.by_team).fillna(fitted.overall).to_numpy(dtype=float)
    return {
        "asks": len(test),
        "brier": float(np.mean((chances - yes) ** 2)),
        "brier_team_rate": float(np.mean((rates - yes) ** 2)),
    }


def _past_asks(data: Data) -> tuple[pd.DataFrame, Visits]:
    """Return asks for events in time, each with what was known of the person when asked."""
    asks = data.recorded_table("asks")
    events = data.recorded_table("events").select("event_id", "event_type")
    kinds = events.select("event_type").distinct()
    asks = asks.semi_join(kinds, asks.ask_for == kinds.event_type)
    asked = data.execute(
        asks.select("ask_id", "person_id", "team_id", "ask_for", "asked_at", "outcome")
    )
    shifts = (
        data.recorded_table("shifts")
        .select("shift_id", "event_id", "starts_at")
        .join(events, "event_id")
    )
    signups = data.recorded_table("signups")
    came = signups.filter(signups.attended.fill_null(False)).join(shifts, "shift_id")
    seen = data.execute(came.select("person_id", "event_type", "starts_at"))
    seen = seen.sort_values("starts_at", kind="stable")
    asked = asked.sort_values(["asked_at", "ask_id"], ignore_index=True)
    visits, at = Visits(), 0
    rows = cast("list[tuple[str, str, Any]]", list(seen.itertuples(index=False, name=None)))
    features = []
    for person, kind, moment in zip(
        asked["person_id"], asked["ask_for"], asked["asked_at"], strict=True
    ):
        while at < len(rows) and rows[at][2] < moment:
            visits.add(rows[at][0], rows[at][1])
            at += 1
        features.append(visits.features(person, kind))
    for person, kind, _ in rows[at:]:
        visits.add(person, kind)
    frame = asked.assign(
        kind_share=[f[0] for f in features],
        visits=[f[1] for f in features],
        yes=asked["outcome"] == "yes",
    )
    return frame, visits


def _fit(asks: pd.DataFrame, visits: Visits) -> YesChances:
    yes = asks["yes"].to_numpy(dtype=float)
    overall = float((yes.sum() + 1) / (len(yes) + 4))  # as if four more asks had one yes
    groups = asks.groupby("team_id")["yes"].agg(["sum", "count"])
    by_team = (groups["sum"] + _PRIOR_ASKS * overall) / (groups["count"] + _PRIOR_ASKS)
    coefficients = None
    if len(asks) >= MIN_ANSWERED:
        coefficients = _regress(_design(asks), yes, np.array([logit(overall), 0.0, 0.0]))
    return YesChances(coefficients, dict(by_team), overall, visits)


def _regress(design: Floats, yes: Floats, start: Floats) -> Floats:
    """Return the coefficients that make the answers most likely, by Newton's steps.

    All but the first have a ridge, which makes the likelihood strictly concave.
    """
    ridge = np.array([0.0, *[_RIDGE] * (design.shape[1] - 1)])
    beta = start
    for _ in range(_MAX_STEPS):
        chances = expit(design @ beta)
        slope = design.T @ (yes - chances) - ridge * beta
        bend = (design * (chances * (1 - chances))[:, None]).T @ design + np.diag(ridge + 1e-9)
        step = np.clip(np.linalg.solve(bend, slope), -5, 5)
        beta = beta + step
        if np.abs(step).max() < _CLOSE:
            break
    return beta


def _design(asks: pd.DataFrame) -> Floats:
    ones = np.ones(len(asks))
    return np.column_stack([ones, asks["kind_share"].to_numpy(), asks["visits"].to_numpy()])
