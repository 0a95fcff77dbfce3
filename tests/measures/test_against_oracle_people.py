"""The measures of people against the second reading of the definitions, on random campaigns.

As test_against_oracle.py, with its store and its ways: integers, dates and text are compared as
they are, rows in their order; ORACLE_EXAMPLES says how many campaigns each measure gets.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import pairwise
from statistics import median
from typing import Any

import campaigns as made
import oracle
import oracle_intervals
import oracle_people
import pytest
import test_against_oracle as base
from hypothesis import given, note
from hypothesis import strategies as st
from test_against_oracle import _closed_at_the_end  # noqa: F401  # a fixture of this file too

import organizing_analytics as oa

VISITS = ("visits", "people")
MEETINGS = ("meetings", "people")
ALL = ("visits", "asks", "meetings", "people")

#: Measure → the parts of a campaign that it looks at, and how it is called: its groups, the days
#: at whose borders as_of stands, whether it tells how things stand and so has no window, and
#: whether it always splits by team.
MEASURES: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "retention_lapse": (VISITS, {"near": (60, 61)}),
    "retention_reshift": (
        VISITS,
        {"by": ("team", "event_type", "week", "month", "first_timer"), "near": (2, 30)},
    ),
    "retention_tiers": (VISITS, {"near": (14, 30), "state": True}),
    "retention_losing": (VISITS, {"near": (14, 15, 16, 20, 30, 60), "state": True}),
    "retention_departures": (("people",), {"by": ("reason", "team", "week", "month")}),
    "meetings_coverage": (MEETINGS, {"by": ("team", "role"), "near": (14,), "state": True}),
    "meetings_overdue": (MEETINGS, {"near": (14,), "state": True}),
    "asks_do_not_ask": (("asks", "people"), {"near": (0, 30), "state": True}),
    "follow_up": (ALL, {"by": ("what", "team", "week"), "near": (2, 30)}),
    "confirmation": (VISITS, {"by": ("lead", "team", "week")}),
    "chain": (("visits", "asks", "people"), {"near": (7, 30, 37)}),
    "ladder": (MEETINGS, {"near": (0, 30), "splits_by_team": True}),
}


@st.composite
def calls(
    draw: st.DrawFn,
    campaign: made.Campaign,
    *,
    by: tuple[str, ...] = (),
    near: tuple[int, ...] = (30,),
    state: bool = False,
    splits_by_team: bool = False,
) -> dict[str, Any]:
    """Draw the options of one call."""
    options = draw(base.calls(campaign, by=by))
    days = draw(st.sampled_from(near))
    as_of = options["as_of"] = draw(made.as_of(campaign, within_days=days))
    if state or options.get("since", as_of) > as_of:
        options.pop("since", None)
    if state:
        options.pop("until", None)
    # See the calls that this one begins with.
    if splits_by_team and "with_subteams" in options:
        options.pop("team", None)
    return options


def compare(measure: str, campaign: made.Campaign, options: dict[str, Any]) -> None:
    if measure != "retention_lapse":
        base.compare(measure, campaign, options)
        return
    # Who lapsed is only in the shares: they are multiplied here once more.
    own = {name: options.pop(name) for name in ("confidence", "independent") if name in options}
    with oracle_intervals.asking(**own):
        table = oracle_people.retention_lapse(campaign, **options)
    frame = oa.retention_lapse(base.small_store().fill(campaign), **options, **own)
    for name in ("came_back", "came_back_low", "came_back_high"):
        shares = [row[name] for row in table]
        assert list(frame[name]) == pytest.approx(shares, rel=0, abs=1e-9)
    assert list(frame["day"]) == [row["day"] for row in table]
    assert list(frame["at_risk"]) == [row["at_risk"] for row in table]
    shares = oracle_people.surviving(table)
    assert list(frame["surviving"]) == pytest.approx(shares, rel=0, abs=1e-12)


@pytest.mark.parametrize("measure", MEASURES)
@base.many
@given(data=st.data())
def test_a_small_campaign(measure: str, data: st.DataObject) -> None:
    parts, how = MEASURES[measure]
    campaign = data.draw(made.campaigns(parts=parts))
    options = data.draw(calls(campaign, **how))
    note(base.told(campaign))
    compare(measure, campaign, options)


@pytest.mark.parametrize("measure", MEASURES)
def test_many_campaigns_together(measure: str) -> None:
    parts, how = MEASURES[measure]
    several = base.crowd(parts)
    whole = made.together(several)
    for options in base.turns(how, whole, calls):
        base.compare_large(partial(compare, measure), whole, several, options)


# Traps: each is a name that a campaign may hold


def soon(step: timedelta | None, name: str) -> set[str]:
    """Return on which side of 48 hours something came."""
    sides = {oracle.HOURS_48: "at 48 hours", oracle.HOURS_48 + made.TINY: "right after 48 hours"}
    return {f"{name} {sides[step]}"} if step in sides else set()


def traps_after_shifts(campaign: made.Campaign) -> set[str]:
    """Return what a campaign holds for whoever came: the next shift, the contact, the gaps."""
    found = set()
    shifts = oracle.live_shifts(campaign)
    for signup, shift in oracle.attended(campaign):
        end = shift["end"]
        for other in campaign["signups"]:
            later = shifts.get(other["shift_id"])
            if later is None or other["person_id"] != signup["person_id"] or other is signup:
                continue
            ahead = later["starts_at"] - end
            found |= {"starts at the end"} if not ahead else set()
            found |= {"starts right after the end"} if ahead == made.TINY else set()
            if ahead > timedelta(0) and other["signed_up_at"] is not None:
                found |= soon(other["signed_up_at"] - end, "set")
                gone = other["cancelled_at"] if other["status"] == "cancelled" else None
                found |= soon(gone and gone - end, "given up")
        for contact in campaign["contacts"]:
            if contact["person_id"] == signup["person_id"]:
                found |= soon(contact["at"] - end, f"{contact['reason']}")
    return found


def traps_of_gaps(campaign: made.Campaign) -> set[str]:
    """Return what a campaign holds for some as_of: the rows change from one day to the next."""
    found = set()
    for theirs in oracle.visits(campaign).values():
        seen = [visit["date"] for visit in theirs]
        twice = 2 * median([(b - a).days for a, b in pairwise(seen)]) if len(seen) > 2 else None
        if twice is not None:
            found.add("twice the median gap is " + ("14" if twice == 14 else "another"))
            found |= {"twice the median gap is odd"} if twice % 2 else set()
            found |= {"twice the median gap is under 14"} if twice < 14 else set()
        for n in (14, 29, 30):
            found |= {f"{n} days apart" for a, b in pairwise(seen) if (b - a).days == n}
        found |= {
            oracle_people.tier_of([d for d in seen if d <= day], day)
            for day in (*seen, seen[-1] + timedelta(days=29), seen[-1] + timedelta(days=30))
        }
    return found


def traps_of_asks(campaign: made.Campaign) -> set[str]:
    found = set()
    people = oracle_people.by_person(campaign["asks"])
    for person, asks in people.items():
        for ask in asks:
            if ask["outcome"] == "not_ever":
                for yes in (other for other in asks if other["outcome"] == "yes"):
                    same = yes["asked_at"] == ask["asked_at"]
                    linked = yes["after_ask_id"] == ask["ask_id"]
                    found |= {f"yes in the same breath, linked: {linked}"} if same else set()
                nevers = [other for other in asks if other["outcome"] == "not_ever"]
                at_once = [other for other in nevers if other["asked_at"] == ask["asked_at"]]
                found |= {"two not_evers at once"} if len(at_once) > 1 else set()
            if ask["outcome"] == "yes" and ask["shift_id"] is None:
                found |= {
                    name
                    for signup in campaign["signups"]
                    if signup["person_id"] == person and signup["signed_up_at"] is not None
                    for step, name in SIGNED_UP.items()
                    if signup["signed_up_at"] == ask["asked_at"] + step
                }
    return found


SIGNED_UP = {
    timedelta(0): "signed up at the yes",
    -made.TINY: "signed up right before the yes",
    timedelta(days=7): "signed up at 7 days",
    timedelta(days=7) + made.TINY: "signed up right after 7 days",
}


def traps_of_people(campaign: made.Campaign) -> set[str]:
    found = {f"departure for {row['reason']}" for row in campaign["departures"]}
    found |= {f"role {row['role']}" for row in campaign["people"]}
    found |= {f"do not contact: {row['do_not_contact']}" for row in campaign["people"]}
    zone = campaign["timezone"]
    for theirs in oracle_people.by_person(campaign["role_changes"]).values():
        ordered = sorted(theirs, key=lambda row: row["on"])
        rungs = [oracle_people.LADDER.index(r["role"]) for r in ordered if on_ladder(r)]
        found |= {"upward" if b > a else "downward" for a, b in pairwise(rungs) if a != b}
        found |= {"sideways" for a, b in pairwise(rungs) if a == b}
        found |= {"starts as supporter" if rungs[0] == 0 else "starts higher"} if rungs else set()
        found |= {"off the ladder" for row in ordered if not on_ladder(row)}
        found |= {"on the next day" for a, b in pairwise(ordered) if (b["on"] - a["on"]).days == 1}
        for row in ordered:
            for meeting in campaign["meetings"]:
                if meeting["person_id"] == row["person_id"] and meeting["kind"] == "escalation":
                    day = oracle.local_date(meeting["scheduled_at"], zone)
                    before = (row["on"] - day).days
                    found |= {f"escalated {before} days before"} & ESCALATED
    return found


def on_ladder(change: made.Row) -> bool:
    return change["role"] in oracle_people.LADDER


ESCALATED = {f"escalated {n} days before" for n in (-1, 0, 30, 31)}


def test_the_campaigns_hold_their_traps() -> None:
    seen: set[str] = set()
    for campaign in base.crowd(ALL):
        seen |= traps_after_shifts(campaign) | traps_of_gaps(campaign)
        seen |= traps_of_asks(campaign) | traps_of_people(campaign)
    sides = ("at 48 hours", "right after 48 hours")
    given = ("set", "given up", *oracle_people.THANKS, "reminder", "None")
    expected = {
        *(f"{name} {side}" for name in given for side in sides),
        *("starts at the end", "starts right after the end"),
        *(f"twice the median gap is {how}" for how in ("14", "another", "odd", "under 14")),
        *(f"{n} days apart" for n in (14, 29, 30)),
        *oracle_people.TIERS,
        *SIGNED_UP.values(),
        *(f"yes in the same breath, linked: {linked}" for linked in (True, False)),
        "two not_evers at once",
        *(f"departure for {reason}" for reason in (*oracle.REASONS, None)),
        *(f"role {role}" for role in (*oracle_people.LADDER, "trainer", None)),
        *(f"do not contact: {marked}" for marked in (True, False, None)),
        *("upward", "downward", "sideways", "off the ladder", "on the next day"),
        *("starts as supporter", "starts higher"),
        *ESCALATED,
    }
    assert expected <= seen, expected - seen
