"""Fair comparison: a paradox made by hand, another library, and the real log where it is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_store import make_store

import organizing_analytics as oa
from organizing_analytics.clustering import difference_effect, widened
from organizing_analytics.errors import OptionError
from organizing_analytics.estimates import mantel_haenszel, newcombe

#: days before the shift, confirmed, how many signed up, how many of them came. Who signs up early
#: comes less and is reminded more: within each lead time the reminder helps, overall it does not.
PARADOX = [(1, True, 10, 9), (1, False, 90, 77), (9, True, 90, 54), (9, False, 10, 5)]


def paradox(*more):
    rows = []
    for days, confirmed, n, came in (*PARADOX, *more):
        rows += [
            {
                "signup_id": f"g{len(rows) + i}", "shift_id": "s", "person_id": f"p{len(rows) + i}",
                "signed_up_at": f"2026-06-{20 - days:02d} 08:00", "attended": i < came,
                "status": "confirmed" if confirmed else "registered",
            }
            for i in range(n)
        ]  # fmt: skip
    return make_store(
        {
            "people": [{"person_id": row["person_id"]} for row in rows],
            "events": [{"event_id": "e", "event_type": "canvass"}],
            "shifts": [{"shift_id": "s", "event_id": "e", "starts_at": "2026-06-20 12:00"}],
            "signups": rows,
        }
    )


def test_the_paradox_is_seen():
    found = oa.compare(
        paradox(), "show-up", factor="confirmed", within=["lead"], as_of="2026-07-01"
    )
    # 63 of 100 with, 82 of 100 without; within: 9/10 - 77/90 and 54/90 - 5/10, weights alike.
    assert found.raw.difference == pytest.approx(0.63 - 0.82)
    assert found.adjusted.difference == pytest.approx((0.9 - 77 / 90 + 0.6 - 0.5) / 2)
    assert "opposite ways" in found.sentence
    assert "elieve" not in found.sentence
    assert "may be the reliable ones" in found.sentence
    with_record = oa.compare(
        paradox(), "show-up", factor="confirmed", within="lead,record", as_of="2026-07-01"
    )
    assert "Believe the comparison of like people" in with_record.sentence
    assert "Chance alone may explain it" in found.sentence
    assert "not decided by a draw" in found.sentence
    assert found.strata[["lead", "n_with", "n_without"]].to_numpy().tolist() == [
        ["1", 10, 90], ["8-14", 90, 10],
    ]  # fmt: skip


def test_json_keys(write, run, store, small):
    oa.load_files(small, store=store, timezone="UTC")
    words = ("compare", "show-up", "--factor", "confirmed", "--within", "team", "--store", store)
    told = json.loads(run(*words, "--json"))
    assert {"measure", "factor", "within", "raw", "adjusted", "strata", "sentence"} <= set(told)
    assert set(told["raw"]) == set(told["adjusted"]) == {"difference", "low", "high"}
    assert set(told["turnout"]) == {"raw", "adjusted"}
    assert "nobody was counted with confirmed yes" in run(*words)


def test_who_has_nobody_alike_is_said():
    found = oa.compare(
        paradox((15, True, 7, 3)), "show-up", factor="confirmed", within="lead", as_of="2026-07-01"
    )
    assert "7 had nobody alike on the other side" in found.sentence
    alone = oa.compare(paradox(), "show-up", factor="confirmed", as_of="2026-07-01")
    assert alone.adjusted.difference == pytest.approx(alone.raw.difference)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"measure": "showup", "factor": "confirmed"}, "Did you mean show-up"),
        ({"measure": "show-up", "factor": "confirm"}, "Did you mean confirmed"),
        ({"measure": "show-up", "factor": "confirmed", "within": "leed"}, "Did you mean lead"),
        ({"measure": "show-up", "factor": "confirmed", "within": "confirmed"}, "the factor itself"),
        ({"measure": "show-up", "factor": "role"}, "a comparison takes two"),
    ],
)
def test_what_cannot_be_compared(options, message):
    with pytest.raises(OptionError, match=message):
        oa.compare(paradox(), as_of="2026-07-01", **options)


COUNT = st.integers(0, 40)


@settings(deadline=None)
@given(st.lists(st.tuples(COUNT, COUNT, COUNT, COUNT), min_size=1, max_size=6))
def test_mantel_haenszel_by_its_definition(tables):
    """The weighted mean of the strata's differences, n1 n2 / n each."""
    x1, m1, x2, m2 = (np.array(column, dtype=float) for column in zip(*tables, strict=True))
    n1, n2 = x1 + m1, x2 + m2
    found = mantel_haenszel((x1, x2), (n1, n2))
    both = (n1 > 0) & (n2 > 0)
    if not both.any():
        assert np.isnan(found.difference)
        return
    weight = (n1 * n2 / np.maximum(n1 + n2, 1))[both]
    apart = (x1 / np.maximum(n1, 1) - x2 / np.maximum(n2, 1))[both]
    assert found.difference == pytest.approx(np.average(apart, weights=weight), abs=1e-12)
    if len(tables) == 1 and not np.isnan(found.low):
        assert found.low <= found.difference <= found.high


def test_intervals_hold_the_truth():
    """A common difference of 0.15 in strata of very different rates: covered about 95 times in 100."""
    rng = np.random.default_rng(8)
    inside = raw_inside = 0
    for _ in range(1_000):
        base = np.array([0.1, 0.3, 0.5, 0.7])
        n1, n2 = np.array([10, 30, 60, 90]), np.array([90, 60, 30, 10])
        x1, x2 = rng.binomial(n1, base + 0.15), rng.binomial(n2, base)
        found = mantel_haenszel((x1, x2), (n1, n2))
        inside += found.low <= 0.15 <= found.high
        raw = newcombe((x1.sum(), n1.sum()), (x2.sum(), n2.sum()))
        raw_inside += raw.low <= 0.15 <= raw.high
    assert 0.93 <= inside / 1_000 <= 0.97
    assert raw_inside < 100


def test_reshift_of_the_first_visit():
    base = {"status": "registered", "attended": True}
    store = make_store(
        {
            "people": [{"person_id": "ann"}, {"person_id": "bo"}],
            "events": [{"event_id": "e", "event_type": "canvass"}],
            "shifts": [
                {"shift_id": "one", "event_id": "e", "starts_at": "2026-03-01 12:00"},
                {"shift_id": "two", "event_id": "e", "starts_at": "2026-03-10 12:00"},
            ],
            "signups": [
                {"signup_id": "a1", "shift_id": "one", "person_id": "ann", **base},
                {"signup_id": "b1", "shift_id": "one", "person_id": "bo", **base},
                {
                    "signup_id": "a2", "shift_id": "two", "person_id": "ann", **base,
                    "signed_up_at": "2026-03-02 12:00",
                },
            ],
        }
    )  # fmt: skip
    answer = oa.retention_return(store, by="reshift", as_of="2026-06-01")
    assert answer[["reshift", "people", "returned"]].to_numpy().tolist() == [
        [False, 1, 0], [True, 1, 1],
    ]  # fmt: skip
    assert oa.compare(store, "return", factor="reshift", as_of="2026-06-01").raw.difference == 1


def test_the_clinic_log(real_data, tmp_path):
    oa.load_files(
        real_data / "clinic_appointments.csv.gz",
        store=tmp_path / "store",
        source=str(Path(__file__).parents[2] / "examples" / "clinics.toml"),
        timezone="America/Sao_Paulo",
    )
    with oa.open_store(tmp_path / "store") as store:
        found = oa.compare(store, "show-up", factor="confirmed", within="lead", as_of="2016-05-20")
    total = found.strata[["part_with", "n_with", "part_without", "n_without"]].sum()
    assert total["part_with"] / total["n_with"] == pytest.approx(0.710, abs=0.0005)
    assert total["part_without"] / total["n_without"] == pytest.approx(0.813, abs=0.0005)
    assert found.raw.difference < -0.09 < 0.02 < found.adjusted.low
    assert (found.strata["difference"].dropna() > 0).all()


def test_intervals_allow_for_people_and_shifts():
    """The engine's sums over clusters against the same arithmetic on the rows themselves."""
    rng = np.random.default_rng(2)
    rows = []
    for shift in range(8):
        for person in rng.permutation(12)[:7]:
            sure = rng.random() < (0.8 if person < 6 else 0.3)
            role = "Greeter" if rng.random() < 0.5 else "Driver"
            rows.append((f"s{shift}", f"p{person}", bool(sure), bool(rng.random() < 0.5), role))
    tables = {
        "people": [{"person_id": f"p{n}"} for n in range(12)],
        "events": [{"event_id": "e", "event_type": "canvass"}],
        "shifts": [
            {"shift_id": f"s{n}", "event_id": "e", "starts_at": f"2026-06-{n + 1:02d} 12:00"}
            for n in range(8)
        ],
        "signups": [
            {
                "signup_id": f"g{n}", "shift_id": shift, "person_id": person, "attended": came,
                "status": "confirmed" if confirmed else "registered", "role": role,
            }
            for n, (shift, person, came, confirmed, role) in enumerate(rows)
        ],
    }  # fmt: skip
    shift, person, came, arm, role = (np.array(part) for part in zip(*rows, strict=True))
    kinds = [np.unique(part, return_inverse=True)[1] for part in (person, shift)]
    for within, stratum in (("", np.zeros(len(rows), int)), ("role", (role == "Driver") * 1)):
        found = oa.compare(
            make_store(tables), "show-up", factor="confirmed", within=within, as_of="2026-07-01"
        )
        n = [np.bincount(stratum, weights=part) for part in (arm, ~arm)]
        y = [np.bincount(stratum, weights=part & came) for part in (arm, ~arm)]
        own = np.where(arm, (y[0] / n[0])[stratum], (y[1] / n[1])[stratum])
        size = np.where(arm, n[0][stratum], n[1][stratum])
        weight = (n[0] * n[1] / (n[0] + n[1]))[stratum]
        effect, degrees = difference_effect(
            np.where(arm, 1, -1) * (came - own) * weight / size, kinds
        )
        alone = mantel_haenszel(y, n)
        expected = widened(alone, effect, degrees)
        assert degrees == 7
        assert found.adjusted == pytest.approx(expected, abs=1e-12)
