"""The lifelike made-up campaign: full lists, late shifts, pauses, a holiday; the rates hold."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date

import numpy as np
import pandas as pd
import pytest

import organizing_analytics as oa
from organizing_analytics.cli import main
from organizing_analytics.sample import Truth, write_sample
from organizing_analytics.sample.campaign import make_campaign
from organizing_analytics.sample.clock import MINUTES_A_DAY
from organizing_analytics.sample.lifelike import (
    CLOSING_TEAMS,
    PAUSE_DAYS,
)
from organizing_analytics.sample.setting import HOLIDAY_DAYS, Setting

LAST_DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def campaigns():
    """The same seed, plain and lifelike."""
    return {
        lifelike: make_campaign(
            Setting.of(seed=2, weeks=30, last_day=LAST_DAY, truth=Truth(), lifelike=lifelike), 900
        )
        for lifelike in (False, True)
    }


def most_over_the_room(campaign):
    """By how many people any list of the closing teams was longer than its room, at any moment."""
    lists = defaultdict(list)
    for signup in campaign.signups:
        shift = signup.shift
        at = -1 if signup.signed_up_at is None else signup.signed_up_at
        if signup.is_walk_in or at >= shift.starts or shift.is_deleted:
            continue
        if shift.event.team in CLOSING_TEAMS and shift.capacity is not None:
            left = signup.cancelled_at if signup.status == "cancelled" else None
            lists[shift.shift_id].append((at, shift.starts if left is None else left, shift))
    assert lists
    return max(
        sum(start <= moment < end for start, end, _ in stays) - stays[0][2].capacity
        for stays in lists.values()
        for moment, _, _ in stays
    )


def test_lists_are_closed_when_the_room_is_full(campaigns):
    assert most_over_the_room(campaigns[False]) > 0
    assert most_over_the_room(campaigns[True]) == 0


def test_hardly_anything_is_held_in_the_holiday(campaigns):
    days = campaigns[True].setting.holiday
    assert len(days) == HOLIDAY_DAYS
    assert not campaigns[False].setting.holiday
    held = {
        lifelike: sum(shift.day in days for shift in campaign.calendar.shifts)
        for lifelike, campaign in campaigns.items()
    }
    assert held[True] < held[False] / 4


def first_lead_days(campaign):
    """Days before its first shift on which somebody first signed up for each event."""
    starts, firsts = {}, {}
    for signup in campaign.signups:
        event, at = signup.shift.event.event_id, signup.signed_up_at
        starts[event] = min(signup.shift.starts, starts.get(event, signup.shift.starts))
        if at is not None and at < signup.shift.starts:
            firsts[event] = min(at, firsts.get(event, at))
    return np.array([(starts[event] - at) / MINUTES_A_DAY for event, at in firsts.items()])


def test_some_events_are_put_up_late(campaigns):
    late = {lifelike: first_lead_days(campaign) for lifelike, campaign in campaigns.items()}
    assert (late[True] <= 10).mean() > (late[False] <= 10).mean() + 0.15


def n_who_paused(campaign):
    """How many signed up again after months without a shift."""
    days = defaultdict(set)
    for signup in campaign.signups:
        days[signup.person.number].add(signup.shift.day)
    return sum((np.diff(sorted(own)) >= PAUSE_DAYS).any() for own in days.values() if len(own) > 1)


def test_people_pause_for_months_and_come_back(campaigns):
    assert n_who_paused(campaigns[True]) > 2 * n_who_paused(campaigns[False]) > 0


def test_the_true_rates_hold_all_the_same(tmp_path):
    truth = Truth(returns_followed_up=1.0, returns_not_followed_up=0.0)
    write_sample(
        tmp_path / "in", people=900, weeks=20, last_day=LAST_DAY, truth=truth, lifelike=True
    )
    stated = json.loads((tmp_path / "in" / "truth.json").read_text(encoding="utf-8"))
    assert stated["lifelike"]["holiday"] == ["2026-09-28", "2026-10-07"]
    result = oa.load_files([tmp_path / "in"], store=tmp_path / "store", timezone="America/Chicago")
    assert (result.rejects, result.warnings) == ([], [])
    cell = ["confirmed", "first_timer", "lead"]
    with oa.open_store(tmp_path / "store") as store:
        returns = oa.retention_return(store, by=["reached"], as_of=LAST_DAY)
        shows = oa.show_up(store, by=cell, as_of=LAST_DAY)
    assert returns["rate"].tolist() == [0.0, 1.0]
    # Each cell's number who came, against its true rate: their squared z add up to chi-square.
    true = pd.DataFrame(next(t for t in stated["truths"] if t["name"] == "show_up")["rows"])
    joined = shows.astype({"lead": "str"}).merge(true, on=cell, suffixes=("", "_true"))
    n = joined["attended"] + joined["no_show"]
    z = (joined["attended"] - n * joined["rate_true"]) / np.sqrt(
        (n * joined["rate_true"] * (1 - joined["rate_true"])).clip(lower=1e-9)
    )
    z = z[n > 0]
    assert len(z) > 20
    assert (z**2).sum() < len(z) + 3 * np.sqrt(2 * len(z))


def test_the_command_line_writes_one_only_when_asked(tmp_path):
    sizes = ["--people", "30", "--weeks", "3", "--last-day", "2026-11-22"]
    for folder, option in (("plain", []), ("life", ["--lifelike"])):
        with pytest.raises(SystemExit) as ended:
            main(["sample", str(tmp_path / folder), *sizes, *option])
        assert ended.value.code == 0
    stated = {
        folder: json.loads((tmp_path / folder / "truth.json").read_text(encoding="utf-8"))
        for folder in ("plain", "life")
    }
    assert "lifelike" not in stated["plain"]
    assert set(stated["life"]) - set(stated["plain"]) == {"lifelike"}
