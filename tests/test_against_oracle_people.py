"""The measures of people against the second reading of the definitions, on random campaigns.

As test_against_oracle.py, with its store and its ways: integers, dates and text are compared as
they are, rows in their order; ORACLE_EXAMPLES says how many campaigns each measure gets.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import campaigns as made
import oracle
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
    table = oracle_people.retention_lapse(campaign, **options)
    frame = oa.retention_lapse(base.small_store().fill(campaign), **options)
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
