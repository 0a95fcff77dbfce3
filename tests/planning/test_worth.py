"""What an ask is worth: by hand, and in a simulation whose true chances are known."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import binom

from organizing_analytics.planning.worth import MIN_WORTH, Crowd, best_shift


def test_the_worth_of_an_ask_is_the_fall_in_expected_unfilled_places() -> None:
    pmf = binom.pmf(np.arange(9), 8, 0.6)
    crowd = Crowd(pmf.copy(), need=6)
    k = np.arange(9)
    before = float(pmf @ np.maximum(0, 6 - k))
    chance, gain = 0.3, crowd.gain
    crowd.move_on(chance)
    after = float(crowd.pmf @ np.maximum(0, 6 - np.arange(10)))
    assert before - after == pytest.approx(chance * gain)
    assert crowd.pmf.sum() == pytest.approx(1)


def test_a_room_that_could_overflow_and_a_shift_that_has_enough_are_worth_nothing() -> None:
    surely_ten = np.eye(11)[10]
    assert Crowd(surely_ten, need=12).gain == 1
    assert Crowd(surely_ten, need=12, capacity=9).gain == 0
    assert Crowd(surely_ten, need=10).gain == 0
    # Two usual asks of .2: P(one comes) = .36; 8 make it .83.
    assert Crowd(np.array([1.0]), need=1).asks_to_enough() == 8
    assert Crowd(surely_ten, need=10).asks_to_enough() == 0


def test_the_best_shift_is_where_the_ask_fills_most_or_what_can_be_saved_first() -> None:
    nobody, nearly = np.array([1.0]), np.array([0.5, 0.5])
    crowds = {"far": Crowd(nobody, need=20), "near": Crowd(nearly, need=1)}
    assert best_shift({"far": 0.2, "near": 0.2}, crowds) == ("far", 0.2)
    assert best_shift({"far": 0.2, "near": 0.2}, crowds, save_first=True) == ("near", 0.1)
    assert best_shift({"near": 0.03}, crowds) is None  # .03 x .5 is under the least
    assert MIN_WORTH == 0.02
    assert best_shift({"other": 0.9}, crowds) is None  # no forecast, no worth


def _simulate(seed: int) -> tuple[float, float, float, float]:
    """Return unfilled places: soonest, by worth with the same people, who too; and the top share.

    24 shifts over two weeks need 12 each, 300 people can be asked, there are 120 asks. The true
    chance of a yes depends on person and kind; the planner knows half of it, as logits.
    """
    rng = np.random.default_rng(seed)
    n_shifts, n_people, n_asks, need = 24, 300, 120, 12
    kind = rng.integers(0, 4, n_shifts)
    listed = rng.integers(6, 22, n_shifts)
    pmfs = [binom.pmf(np.arange(n + 1), n, 0.6) for n in listed]
    known = rng.normal(0, 0.8, (n_people, 4))
    truth = expit(-1.2 + known + rng.normal(0, 0.8, (n_people, 4)))
    planned = expit((-1.2 + known) / np.sqrt(1 + np.pi / 8 * 0.64))
    free = rng.random((n_people, n_shifts)) < 0.5

    def unfilled(asks: list[tuple[int, int]]) -> float:
        crowds = [Crowd(pmf, need) for pmf in pmfs]
        for person, shift in asks:
            crowds[shift].move_on(float(truth[person, kind[shift]]))
        return sum(float(c.pmf @ np.maximum(0, need - np.arange(len(c.pmf)))) for c in crowds)

    def named(person: int, crowds: dict[str, Crowd]) -> tuple[int, float] | None:
        chances = {
            str(s): float(planned[person, kind[s]]) for s in range(n_shifts) if free[person, s]
        }
        best = best_shift(chances, crowds)
        if best is None:
            return None
        crowds[best[0]].move_on(chances[best[0]])
        return int(best[0]), best[1]

    soonest = [(p, int(np.flatnonzero(free[p])[0])) for p in range(n_asks)]
    crowds = {str(s): Crowd(pmf, need) for s, pmf in enumerate(pmfs)}
    same = [(p, n[0]) for p in range(n_asks) if (n := named(p, crowds)) is not None]
    crowds = {str(s): Crowd(pmf, need) for s, pmf in enumerate(pmfs)}
    offers = [(p, n) for p in range(n_people) if (n := named(p, crowds)) is not None]
    chosen = [(p, n[0]) for p, n in sorted(offers, key=lambda o: -o[1][1])[:n_asks]]
    top = max(Counter(shift for _, shift in same).values()) / len(same)
    return unfilled(soonest), unfilled(same), unfilled(chosen), top


def test_asks_by_worth_leave_fewer_places_unfilled() -> None:
    soonest, same, chosen, top = np.mean([_simulate(seed) for seed in range(8)], axis=0)
    assert same < 0.85 * soonest
    assert chosen < 0.75 * soonest
    assert top < 0.25
