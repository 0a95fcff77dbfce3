"""Nobody is asked for a shift at an hour, of a kind or in days in which they should not be."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from make_store import make_store

from organizing_analytics.to_do.availability import availability_at
from organizing_analytics.to_do.offering import NextShifts
from organizing_analytics.to_do.standing import Standing

DAY = date(2026, 3, 8)


def campaign(*, signups=(), asks=()):
    hours = {
        "early": ("canvass", "2026-03-14 15:00", "2026-03-14 18:00"),
        "open_end": ("phone_bank", "2026-03-14 17:00", None),
        "late": ("canvass", "2026-03-14 18:00", "2026-03-14 20:00"),
        "sunday": ("phone_bank", "2026-03-15 15:00", "2026-03-15 18:00"),
    }
    return make_store(
        {
            "teams": [{"team_id": "t", "name": "North"}],
            "people": [{"person_id": "ann", "team_id": "t"}],
            "events": [
                {"event_id": f"e-{name}", "event_type": kind, "team_id": "t"}
                for name, (kind, *_) in hours.items()
            ],
            "shifts": [
                {"shift_id": name, "event_id": f"e-{name}", "starts_at": start, "ends_at": end}
                for name, (_, start, end) in hours.items()
            ],
            "signups": [
                {"signup_id": f"g{i}", "shift_id": shift, "person_id": "ann", **more}
                for i, (shift, more) in enumerate(signups)
            ],
            "asks": [
                {
                    "ask_id": f"a{i}",
                    "asked_at": at,
                    "person_id": "ann",
                    "ask_for": kind,
                    "outcome": o,
                }
                for i, (at, kind, o) in enumerate(asks)
            ],
        },
        zone="UTC",
    )


def shift(start, end, name="asked"):
    read = datetime.fromisoformat
    return {"shift_id": name, "starts_at": read(start), "ends_at": end and read(end)}


ON_EARLY = [("early", {"status": "registered", "signed_up_at": "2026-03-01 10:00"})]


@pytest.mark.parametrize(
    ("start", "end", "is_free"),
    [
        ("2026-03-14 17:59", "2026-03-14 19:00", False),
        ("2026-03-14 18:00", "2026-03-14 19:00", True),  # one ends when the other begins
        ("2026-03-14 13:00", "2026-03-14 15:00", True),
        ("2026-03-14 13:00", None, False),  # no end: three hours
        ("2026-03-14 12:00", None, True),
        ("2026-03-15 15:00", "2026-03-15 18:00", True),
    ],
)
def test_overlapping_hours(start, end, is_free):
    availability = availability_at(campaign(signups=ON_EARLY), as_of=DAY)
    assert availability.is_free("ann", shift(start, end)) is is_free
    assert availability.is_free("bo", shift(start, end))


def test_a_cancelled_sign_up_takes_no_hour():
    gone = {"status": "cancelled", "cancelled_at": "2026-03-02 10:00"}
    availability = availability_at(campaign(signups=[("early", gone)]), as_of=DAY)
    assert availability.is_free("ann", shift("2026-03-14 15:00", None))


def test_the_last_clear_answer_to_a_kind_counts():
    asks = [
        ("2026-02-01 10:00", "canvass", "yes"),
        ("2026-02-10 10:00", "canvass", "not_that"),
        ("2026-02-20 10:00", "canvass", "no_answer"),
        ("2026-02-01 10:00", "phone_bank", "not_that"),
        ("2026-02-10 10:00", "phone_bank", "yes"),
    ]
    availability = availability_at(campaign(asks=asks), as_of=DAY)
    assert not availability.would_do("ann", "canvass")
    assert availability.would_do("ann", "phone_bank")


@pytest.mark.parametrize(
    ("asked_on", "is_lately"), [("2026-03-08", True), ("2026-03-06", True), ("2026-03-05", False)]
)
def test_the_cooldown_is_the_last_three_days(asked_on, is_lately):
    asks = [(f"{asked_on} 10:00", "canvass", "maybe")]
    assert ("ann" in availability_at(campaign(asks=asks), as_of=DAY).asked_lately) is is_lately


def test_the_next_shift_to_ask_for_is_one_that_fits():
    store = campaign(signups=ON_EARLY, asks=[("2026-02-10 10:00", "canvass", "not_that")])
    shifts = NextShifts(Standing(store, DAY))
    # On the list of `early`, which overlaps with `open_end`; `late` is a canvass.
    assert shifts.find("ann", "t")["shift_id"] == "sunday"
    assert shifts.find("bo", "t")["shift_id"] == "early"
