"""The whole forecast replayed: everybody who will come, as it would have been printed then.

For each number of days ahead, every past shift is forecast from the list as it stood so many
days before, by what the planner knew at that time: the chances of the people on the list, and
who joins late. The planner is refitted once for each block of days, so a forecast rests on what
was known at the start of its block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from organizing_analytics.planning.forecast import forecast
from organizing_analytics.planning.history import read_history, with_records
from organizing_analytics.planning.late import read_past_lists
from organizing_analytics.planning.pickup import fit_pickup
from organizing_analytics.planning.replay import horizon_of, replay
from organizing_analytics.planning.scoring import bias, brier, expected_coverage, score

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from organizing_analytics.planning.late import PastLists
    from organizing_analytics.planning.pickup import PickUp
    from organizing_analytics.planning.replay import Block, Learned
    from organizing_analytics.planning.scoring import Score
    from organizing_analytics.store import Data

AHEAD_DAYS = (1, 3, 7, 14)
#: In how many blocks the past is replayed.
BLOCKS = 10
COLUMNS = (
    "ahead", "shifts", "not_known", "days", "expected", "came", "bias", "bias_se", "coverage_80",
    "coverage_90", "se", "crps", "p_enough_brier",
)  # fmt: skip


def score_totals(
    store: Data, until: date, *, scored_from: date | None, ahead_days: Sequence[int] = AHEAD_DAYS
) -> dict[int, list[Score | None]]:
    """Return how each past shift's whole forecast did, by days ahead.

    Parameters
    ----------
    store : Data
        An open store.
    until : date
        Shifts up to this local date.
    scored_from : date or None
        The first day that is scored; None scores nothing.
    ahead_days : sequence of int
        How many days ahead, 1 or more each.
    """
    scores: dict[int, list[Score | None]] = {ahead: [] for ahead in ahead_days}
    if scored_from is None:
        return scores
    past = read_past_lists(store, until)
    for horizon in sorted({horizon_of(ahead) for ahead in ahead_days}):
        history = read_history(store, until, ahead=horizon)
        history = with_records(history, history, ahead=horizon)
        blocks = list(replay(history, ahead=horizon, blocks=BLOCKS))
        for ahead in (n for n in ahead_days if horizon_of(n) == horizon):
            lists = read_history(store, until, ahead=ahead, with_outcome=False)
            lists = with_records(lists, history, ahead=ahead)
            for first, last, block in _spans(blocks, ahead):
                start = max(first, np.datetime64(scored_from, "s"))
                shifts = _between(past, start, last, ahead=ahead)
                if len(shifts):
                    pickup = fit_pickup(past.at(ahead, as_of=pd.Timestamp(block.as_of).date()))
                    crowding = shifts["shift_id"].map(past.crowding(ahead)).fillna(1.0)
                    rows = shifts.assign(crowding=crowding)
                    scores[ahead] += _forecasts(rows, lists, block.learned, pickup)
    return scores


def totals_frame(scores: dict[int, list[Score | None]]) -> pd.DataFrame:
    """Return one row for each number of days ahead; see `COLUMNS`.

    `not_known` counts shifts of which it was not known yet who joins late: they are not scored.
    `bias` is how much more was expected than came, as a share of those who came; `se` the
    standard error of `coverage_80`, days being the unit. Empty cells where nothing was scored.
    """
    return pd.DataFrame([_row(ahead, some) for ahead, some in scores.items()], columns=COLUMNS)


def _row(ahead: int, every: list[Score | None]) -> dict[str, object]:
    scores = [each for each in every if each is not None]
    counts = {"ahead": ahead, "shifts": len(scores), "not_known": len(every) - len(scores)}
    if not scores:
        return {**counts, "days": 0}
    coverage, error = expected_coverage(scores, 0.8)
    off, off_error = bias(scores)
    return {
        **counts,
        "days": len({each.day for each in scores}),
        "expected": float(np.mean([each.expected for each in scores])),
        "came": float(np.mean([each.came for each in scores])),
        "bias": off,
        "bias_se": off_error,
        "coverage_80": coverage,
        "coverage_90": expected_coverage(scores, 0.9)[0],
        "se": error,
        "crps": float(np.mean([each.crps for each in scores])),
        "p_enough_brier": brier(scores),
    }


def _spans(blocks: list[Block], ahead: int) -> Iterator[tuple[np.datetime64, np.datetime64, Block]]:
    """Yield the first and last date of the shifts that each block's planner forecasts."""
    days = np.timedelta64(ahead, "D")
    for place, block in enumerate(blocks):
        first = block.as_of + days
        following = blocks[place + 1].as_of + days if place + 1 < len(blocks) else None
        last = first + np.timedelta64(3650, "D") if following is None else following
        yield first, last, block


def _between(
    past: PastLists, first: np.datetime64, last: np.datetime64, *, ahead: int
) -> pd.DataFrame:
    """Return the shifts on dates from `first` up to, not including, `last`.

    A shift that nobody had signed up for may not have existed then: it is not scored.
    """
    dates = past.shifts["starts_on"].to_numpy()
    there = past.shifts["exists_days"].to_numpy() >= ahead
    return past.shifts[(dates >= first) & (dates < last) & there]


def _forecasts(
    shifts: pd.DataFrame, lists: pd.DataFrame, learned: Learned, pickup: PickUp | None
) -> Iterator[Score | None]:
    """Yield the scores of shifts, by what was learned before them.

    None where it was not known who joins late: then the forecast said that it is not known yet.
    """
    people = _chances(lists[lists["shift_id"].isin(shifts["shift_id"])], learned)
    for shift in shifts.to_dict("records"):
        chances = people.get(str(shift["shift_id"]), np.zeros(0))
        need = int(shift["need"]) if shift["need"] > 0 else None
        if pickup is None:
            yield None
            continue
        late = pickup.late(
            shift["kind"], need=need, listed=len(chances), crowding=shift["crowding"]
        )
        outlook = forecast(chances, spread=learned.total_spread, new=0.5, late=late)
        yield score(outlook.pmf, int(shift["came"]), day=shift["starts_on"], need=need)


def _chances(lists: pd.DataFrame, learned: Learned) -> dict[str, np.ndarray]:
    if lists.empty:
        return {}
    chances = pd.Series(learned.chances(lists), index=lists["shift_id"].astype("str").array)
    return {str(name): group.to_numpy() for name, group in chances.groupby(level=0, sort=False)}
