"""Several shifts at once: against simulation, and by hand where the answer is plain."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest
from make_store import make_store
from scipy.special import expit, logit
from test_pickup import campaign

from organizing_analytics.errors import OptionError
from organizing_analytics.planning.forecast import DAY_WEIGHTS, forecast
from organizing_analytics.planning.together import ShiftPart, _p_all, plan_together
from organizing_analytics.planning.upcoming import plan_upcoming


def part(name, on, need, chances, *, spread=0.5, uncertainty=0.4, new=0.5):
    """A part of which the whole spread is the day's."""
    total = float(np.hypot(spread, uncertainty))
    found = forecast(chances, spread=total, new=new)
    counts = np.arange(len(found.pmf))
    variance = float(counts**2 @ found.pmf - (counts @ found.pmf) ** 2)
    means = found.days @ counts
    moved = float(DAY_WEIGHTS @ means**2 - (DAY_WEIGHTS @ means) ** 2) / variance
    common, day = (
        moved * uncertainty**2 / max(total, 1e-9) ** 2,
        moved * spread**2 / max(total, 1e-9) ** 2,
    )
    return ShiftPart(name, None, on, need, len(chances), found, common=common, day=day, shift=0.0)


SAT, SUN = date(2026, 12, 5), date(2026, 12, 6)


def test_against_simulation():
    parts = [
        part("a", SAT, 6, [0.7] * 10),
        part("b", SAT, 3, [0.4] * 9),
        part("c", SUN, 5, [0.6] * 10),
    ]
    rng = np.random.default_rng(5)
    runs = 200_000
    shared = rng.standard_normal(runs)
    days = {SAT: rng.standard_normal(runs), SUN: rng.standard_normal(runs)}
    filled = np.ones(runs, dtype=bool)
    for p in parts:
        moved = 0.4 * shared + 0.5 * days[p.starts_on]
        chance = expit(logit({"a": 0.7, "b": 0.4, "c": 0.6}[p.shift_id]) + moved)
        filled &= rng.binomial(p.signed_up, chance) >= p.need
    assert _p_all(parts, [0, 0, 0]) == pytest.approx(filled.mean(), abs=0.01)


def test_sharing_makes_all_filled_more_likely_than_the_product():
    parts = [part("a", SAT, 6, [0.6] * 10), part("b", SAT, 6, [0.6] * 10)]
    own = [_p_all([p], [0]) for p in parts]
    assert _p_all(parts, [0, 0]) > own[0] * own[1]
    alone = [part(p.shift_id, p.starts_on, 6, [0.6] * 10, spread=0, uncertainty=0) for p in parts]
    product = _p_all([alone[0]], [0]) * _p_all([alone[1]], [0])
    assert _p_all(alone, [0, 0]) == pytest.approx(product)


def weekend():
    return {
        "people": [{"person_id": f"p{n}"} for n in range(30)],
        "events": [{"event_id": "e", "event_type": "canvass", "team_id": "t"}],
        "teams": [{"team_id": "t"}],
        "shifts": [
            {"shift_id": "sat", "event_id": "e", "starts_at": "2026-12-05 12:00", "need": 3},
            {"shift_id": "sun", "event_id": "e", "starts_at": "2026-12-06 12:00", "need": 3},
            {"shift_id": "roles", "event_id": "e", "starts_at": "2026-12-06 15:00", "need": 12},
            {"shift_id": "free", "event_id": "e", "starts_at": "2026-12-06 18:00"},
        ],
        "shift_roles": [
            {"shift_id": "roles", "role": "Trainer", "need": 2},
            {"shift_id": "roles", "role": "Canvasser", "need": 5},
        ],
        "signups": [
            {
                "signup_id": f"{shift}{n}", "shift_id": shift, "person_id": f"p{n}",
                "status": "registered", "role": role,
            }
            for shift, role, count in [
                ("sat", None, 12), ("sun", None, 4), ("roles", "Trainer", 2),
                ("roles", "Canvasser", 16),
            ]
            for n in (range(count) if role != "Canvasser" else range(5, 5 + count))
        ],
    }  # fmt: skip


def test_the_next_person_helps_where_it_is_short():
    store = make_store(weekend())
    found = plan_together(store, shifts=["sat", "sun"], as_of="2026-12-01")
    assert found.next == {"shift_id": "sun", "role": None}
    assert found.parts["signed_up"].tolist() == [12, 4]
    assert found.p_all < found.parts["p_enough"].min()
    assert found.p_all > found.p_if_independent
    assert "2 shifts are filled. The next person helps most as shift sun" in found.sentence
    json.dumps(found.as_dict())


def test_each_own_chance_is_the_one_that_is_printed_everywhere():
    store = campaign(60)
    frame = plan_upcoming(store, as_of="2026-11-22").set_index("shift_id")
    assert frame["late"].gt(0.1).any()
    found = plan_together(store, on="2026-11-24", until="2026-11-28", as_of="2026-11-22")
    parts = found.parts.set_index("shift_id")
    assert len(parts) == 5
    assert parts["p_enough"].to_dict() == frame.loc[parts.index, "p_enough"].to_dict()


def test_the_day_of_late_joiners_counts():
    """Two shifts of one date whose late ones go together are filled together more often."""
    both = [
        ShiftPart(n, None, SAT, 5, 0, forecast([0.5] * 9, spread=0, new=0.5), 0.0, d, 0.0)
        for n, d in [("a", 0.6), ("b", 0.6)]
    ]
    apart = [
        ShiftPart(n, None, SAT, 5, 0, forecast([0.5] * 9, spread=0, new=0.5), 0.0, 0.0, 0.0)
        for n in "ab"
    ]
    assert _p_all(apart, [0, 0]) == pytest.approx(0.25)
    # P(both normal numbers above 0) = 1/4 + asin(.6) / 2π.
    assert _p_all(both, [0, 0]) == pytest.approx(0.25 + np.arcsin(0.6) / (2 * np.pi), abs=2e-3)


def test_roles_within_a_shift():
    store = make_store(weekend())
    found = plan_together(store, on="2026-12-06", as_of="2026-12-01")
    # The shift with roles is its roles; a shift without a need asks for nobody.
    rows = found.parts[["shift_id", "role", "need", "signed_up"]].astype(object)
    assert rows.where(rows.notna(), None).to_numpy().tolist() == [
        ["sun", None, 3, 4], ["roles", "Canvasser", 5, 16], ["roles", "Trainer", 2, 2],
    ]  # fmt: skip
    assert found.next == {"shift_id": "roles", "role": "Trainer"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "Say which shifts"),
        ({"shifts": ["satt"]}, "Did you mean sat"),
        ({"shifts": ["free"]}, "None of these shifts has a need"),
        ({"on": "2026-12-20"}, "There is no shift from 2026-12-20"),
        ({"on": "2026-12-05", "team": "x"}, "of team x"),
        ({"on": "soon"}, "a date is written like"),
    ],
)
def test_what_cannot_be_planned(options, message):
    with pytest.raises(OptionError, match=message):
        plan_together(make_store(weekend()), as_of="2026-12-01", **options)
