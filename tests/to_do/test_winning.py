"""The ask that wins, in the list: which shift is named, for whom first, and for whom a share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from make_store import make_store
from test_to_do import DAY, asked, campaign

import organizing_analytics as oa
from organizing_analytics.to_do.fitting import within_reach
from organizing_analytics.to_do.listing import todo_of_all

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The soonest needs one, the later one needs nine; nobody is on a list.
SHIFTS = [
    {"shift_id": "soon", "event_id": "canvass", "starts_at": "2026-11-24 18:00", "need": 1},
    {"shift_id": "many", "event_id": "canvass", "starts_at": "2026-11-26 18:00", "need": 9},
]
PEOPLE = [{"person_id": f"p{i:02d}", "team_id": "t1"} for i in range(12)]


def named(shifts: Sequence[dict[str, Any]] = SHIFTS, **changed: Any) -> pd.Series[str]:
    asks = [
        asked("maybe", "2026-11-18 18:00", person_id=p["person_id"], ask_id=p["person_id"])
        for p in PEOPLE
    ]
    # They said yes before: P(yes) is (12 + 1) / (24 + 4).
    asks += [
        asked("yes", "2026-09-18 18:00", person_id=p["person_id"], ask_id=f"y-{p['person_id']}")
        for p in PEOPLE
    ]
    tables = campaign(people=PEOPLE, asks=asks)
    tables["shifts"] = list(shifts)
    store = make_store(tables)
    for name, value in changed.items():
        object.__setattr__(store.settings, name, value)
    frame = oa.todo(store, as_of=DAY, everything=True)
    return frame[frame["action"] == "try_again"].set_index("person_id")["shift_id"]


def test_not_everybody_is_asked_for_the_same_shift() -> None:
    # Whoever comes fills one of nine places for sure, but the one place only if it is still free.
    assert (named() == "many").all()
    even = named([shift | {"need": 2} for shift in SHIFTS]).value_counts()
    assert abs(even["many"] - even["soon"]) <= 2


def test_most_enough_saves_what_needs_fewest_asks_first() -> None:
    shifts = named(ask_goal="most_enough")
    assert shifts.iloc[0] == "soon"
    assert (shifts == "soon").sum() > (named() == "soon").sum()


def test_without_a_need_the_soonest_shift_is_named() -> None:
    tables = campaign(asks=[asked("maybe", "2026-11-18 18:00")])
    frame = oa.todo(make_store(tables), as_of=DAY)
    row = frame[frame["action"] == "try_again"].iloc[0]
    assert row["shift_id"] == "next"


@pytest.mark.parametrize(("most", "new"), [(3, 0), (4, 1), (8, 2), (12, 3)])
def test_a_share_is_kept_for_people_who_never_came(most: int, new: int) -> None:
    tasks = pd.DataFrame(
        {
            "action": ["try_again"] * 30, "organizer_id": "ada", "team_id": "t1",
            "is_promise": False, "is_tonight": False,
            "is_new": [False] * 15 + [True] * 15,  # by worth, people who came are all first
        }
    )  # fmt: skip
    shown, _ = within_reach(tasks, most)
    assert shown["is_new"].sum() == new


def test_an_ask_for_what_lacks_people_comes_before_one_that_is_worth_nothing() -> None:
    asks = [
        asked("maybe", "2026-11-18 18:00", person_id=p, ask_id=p, team_id=team)
        for p, team in [("p00", "t2"), ("p01", "t1")]
    ]
    asks += [
        asked("yes", "2026-09-18 18:00", person_id=p["person_id"], ask_id=f"y-{p['person_id']}")
        for p in PEOPLE
    ]
    tables = campaign(people=PEOPLE, asks=asks)
    tables["teams"].append({"team_id": "t2", "name": "South"})
    tables["events"].append(
        {"event_id": "south", "event_type": "canvass", "team_id": "t2", "location": "Hall"}
    )
    no_need = {"shift_id": "idle", "event_id": "south", "starts_at": "2026-11-25 18:00"}
    tables["shifts"] = [*SHIFTS, no_need]
    full = todo_of_all(make_store(tables), as_of=DAY)
    again = full[full["action"] == "try_again"]
    assert list(again["person_id"]) == ["p01", "p00"]
