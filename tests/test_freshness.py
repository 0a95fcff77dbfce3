"""How far the data reach is said, and old data give no call list."""

from __future__ import annotations

from datetime import date

import pytest
from make_store import make_store

from organizing_analytics.freshness import Freshness, freshness
from organizing_analytics.reports import sections

ON = date(2026, 11, 23)


def store_with(**rows):
    tables = {
        "teams": [{"team_id": "t", "name": "North"}],
        "people": [{"person_id": "ann", "team_id": "t"}],
        "events": [{"event_id": "e", "event_type": "canvass", "team_id": "t"}],
        "shifts": [{"shift_id": "s", "event_id": "e", "starts_at": "2026-11-14 10:00"}],
    }
    return make_store(tables | rows, zone="UTC")


def sign_up(**more):
    return {"signup_id": "g", "shift_id": "s", "person_id": "ann", "status": "registered", **more}


@pytest.mark.parametrize(
    ("rows", "through"),
    [
        ({}, None),
        ({"signups": [sign_up()]}, None),  # a list alone is no news: nobody knows from when
        ({"signups": [sign_up(attended=False)]}, "2026-11-14"),
        ({"signups": [sign_up(attended=True)],
          "shifts": [{"shift_id": "s", "event_id": "e", "starts_at": "2024-01-14 10:00"}]},
         "2024-01-14"),
        ({"signups": [sign_up(signed_up_at="2026-11-02 10:00")]}, "2026-11-02"),
        ({"asks": [{"ask_id": "a", "asked_at": "2026-11-20 10:00", "person_id": "ann",
                    "ask_for": "canvass", "outcome": "yes"}]}, "2026-11-20"),
        ({"contacts": [{"contact_id": "c", "person_id": "ann", "at": "2026-11-21 10:00"}]},
         "2026-11-21"),
        ({"meetings": [{"meeting_id": "m", "person_id": "ann", "kind": "maintenance",
                        "scheduled_at": "2026-11-19 10:00", "status": "held"}]}, "2026-11-19"),
        # Set for later, or only set: nothing has happened yet.
        ({"meetings": [{"meeting_id": "m", "person_id": "ann", "kind": "maintenance",
                        "scheduled_at": "2026-11-19 10:00", "status": "scheduled"}]}, None),
        ({"asks": [{"ask_id": "a", "asked_at": "2026-12-20 10:00", "person_id": "ann",
                    "ask_for": "canvass", "outcome": "yes"}]}, None),
    ],
)  # fmt: skip
def test_the_latest_thing_that_is_written_down(rows, through):
    expected = None if through is None else date.fromisoformat(through)
    assert freshness(store_with(**rows), on=ON) == Freshness(expected, ON)


def test_two_days_are_fresh_and_three_are_stale():
    assert not Freshness(date(2026, 11, 21), ON).is_stale
    assert Freshness(date(2026, 11, 20), ON).words == "Data through Fri 20 Nov, 3 days old"


def test_a_week_of_which_nothing_was_loaded_gives_no_call_list():
    came = sign_up(attended=True, signed_up_at="2026-11-02 10:00")
    store = store_with(signups=[came])
    stale = sections.team_week(store, "t", "2026-W47")  # 16 to 22 November
    said = sections.in_short(stale).text
    assert "No data of this week were loaded: they reach to Sat 14 Nov." in said
    first = sections.today(stale).text
    assert first.startswith("Load new data before you call")
    assert "ann" not in first
    assert sections.everyone(stale) is None
    assert "out of date" in sections.to_do(stale).text
    assert "ann" not in sections.to_do(stale).text
    assert "Data through Sat 14 Nov, 8 days old" in sections.title(stale).text
    loaded = sections.team_week(store, "t", "2026-W46")
    assert "No data" not in sections.in_short(loaded).text
