"""Several shifts at once: against simulation, and by hand where the answer is plain."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest
from make_store import make_store
from scipy.special import expit, logit

from organizing_analytics.errors import OptionError
from organizing_analytics.planning.together import Part, _p_all, plan_together


def part(name, on, need, chances, *, spread=0.5, uncertainty=0.4, new=0.5):
    return Part(name, None, on, need, len(chances), np.array(chances), new, spread, uncertainty)


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
        moved = p.uncertainty * shared + p.spread * days[p.starts_on]
        chance = expit(logit(p.chances[0]) + moved)
        filled &= rng.binomial(len(p.chances), chance) >= p.need
    assert _p_all(parts, [0, 0, 0]) == pytest.approx(filled.mean(), abs=0.005)


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
