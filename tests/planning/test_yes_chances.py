"""The chance of a yes to an ask: what teaches it, and how it is scored."""

from __future__ import annotations

import numpy as np
import pytest
from make_store import make_store

from organizing_analytics.planning.yes_chances import (
    MIN_ANSWERED,
    Visits,
    learn_yes_chances,
    score_asks,
)

EVENTS = [
    {"event_id": "c", "event_type": "canvass", "team_id": "t1"},
    {"event_id": "p", "event_type": "phone_bank", "team_id": "t1"},
]


def store_with(n: int, *, seed: int = 3):
    """Return a store with n asks: half the people come to canvasses, and say yes to those."""
    rng = np.random.default_rng(seed)
    people = [f"p{i:03d}" for i in range(60)]
    shifts = [{"shift_id": "s", "event_id": "c", "starts_at": "2026-01-05 10:00"}]
    signups = [
        {"signup_id": f"u{p}", "shift_id": "s", "person_id": p, "status": "registered",
         "attended": True}
        for p in people[::2]
    ]  # fmt: skip
    asks = []
    for i in range(n):
        person, kind = people[rng.integers(60)], ("canvass", "phone_bank")[rng.integers(2)]
        likes = person in people[::2] and kind == "canvass"
        yes = rng.random() < (0.8 if likes else 0.2)
        asks.append(
            {"ask_id": f"a{i:04d}", "asked_at": f"2026-02-{1 + i * 27 // n:02d} 18:00",
             "person_id": person, "team_id": "t1", "ask_for": kind,
             "outcome": "yes" if yes else "not_now"}
        )  # fmt: skip
    return make_store(
        {"people": [{"person_id": p} for p in people], "teams": [{"team_id": "t1"}],
         "events": EVENTS, "shifts": shifts, "signups": signups, "asks": asks}
    )  # fmt: skip


def test_visits_of_a_kind_are_held_against_the_usual_mix() -> None:
    visits = Visits()
    for person, kind in [("ann", "canvass"), ("ann", "canvass"), ("bo", "phone_bank")]:
        visits.add(person, kind)
    # Usual share of canvasses: (2 + 1) / (3 + 2 + 1) = 1/2. Ann: (2 + 2 x 1/2) / (4 x 1/2) = 1.5.
    assert visits.features("ann", "canvass") == pytest.approx((np.log(1.5), np.log(3)))
    # Bo: (0 + 1) / (3 x 1/2) = 2/3. Nobody yet: the usual share, log 1 = 0.
    assert visits.features("bo", "canvass") == pytest.approx((np.log(2 / 3), np.log(2)))
    assert visits.features("cy", "canvass") == pytest.approx((0, 0))


def test_few_asks_teach_the_teams_rate_only() -> None:
    chances = learn_yes_chances(store_with(40))
    assert chances.coefficients is None
    assert chances.of("p000", "canvass", "t1") == chances.of("p001", "phone_bank", "t1")
    assert learn_yes_chances(store_with(0)).of("p000", "canvass", None) == 0.25
    assert score_asks(store_with(40)) == {"asks": 0, "brier": None, "brier_team_rate": None}


def test_many_asks_teach_who_says_yes_to_what() -> None:
    store = store_with(5 * MIN_ANSWERED)
    chances = learn_yes_chances(store)
    assert chances.of("p000", "canvass", "t1") > 0.65
    assert chances.of("p001", "canvass", "t1") < 0.35
    assert chances.of("p000", "phone_bank", "t1") < chances.of("p000", "canvass", "t1")
    score = score_asks(store)
    assert score["asks"] == 300
    assert score["brier"] < 0.95 * score["brier_team_rate"]
