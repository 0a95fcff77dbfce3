"""What must hold for the to-do list of any campaign, drawn at random."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import campaigns as made
import oracle
import test_against_oracle as base
from hypothesis import given, note, settings
from hypothesis import strategies as st
from test_against_oracle import _closed_at_the_end  # noqa: F401  # a fixture of this file too

from organizing_analytics.measures.clock import end_of
from organizing_analytics.to_do.listing import todo_of_all
from organizing_analytics.to_do.task import ACTIONS, NEXT_ASKS

if TYPE_CHECKING:
    from datetime import date, datetime


def as_known(tables: made.Campaign, day: date) -> made.Campaign:
    """Return a campaign without what was written down for after the end of a date."""
    end = end_of(day, tables["timezone"])
    starts = oracle.live_shifts(tables)
    known = {name: deepcopy(rows) for name, rows in tables.items()}

    def was(moment: datetime | None) -> bool:
        return moment is not None and moment < end

    signups = []
    for row in known["signups"]:
        shift = starts.get(row["shift_id"])
        ahead = shift is not None and shift["starts_on"] > day
        if row["signed_up_at"] is not None and not was(row["signed_up_at"]):
            continue
        if ahead and row["is_walk_in"]:
            continue
        if row["status"] == "cancelled" and row["cancelled_at"] and not was(row["cancelled_at"]):
            row["status"] = "confirmed" if was(row["confirmed_at"]) else "registered"
            row["cancelled_at"] = None
        if row["confirmed_at"] and not was(row["confirmed_at"]):
            row["status"] = "registered" if row["status"] == "confirmed" else row["status"]
            row["confirmed_at"] = None
        row["attended"] = None if ahead else row["attended"]
        signups.append(row)
    known["signups"] = signups
    for row in known["meetings"]:
        if not was(row["scheduled_at"]) and row["status"] != "cancelled":
            row |= {"status": "scheduled", "next_step_on": None}
    for name, column in (("asks", "asked_at"), ("contacts", "at"), ("departures", "at")):
        known[name] = [row for row in known[name] if was(row[column])]
    return known


@settings(base.many, max_examples=max(8, base.EXAMPLES // 4))
@given(data=st.data())
def test_of_any_campaign_the_list_keeps_its_promises(data: st.DataObject) -> None:
    tables = data.draw(made.campaigns(parts=("visits", "asks", "meetings", "people")))
    day = data.draw(made.as_of(tables))
    note(base.told(tables))
    store = base.small_store().fill(tables)
    frame = todo_of_all(store, as_of=day)
    people = frame[frame["person_id"].notna()]
    places = frame["action"].map(ACTIONS.index)
    assert places.is_monotonic_increasing
    assert not people.duplicated(["person_id", "action"]).any()
    assert not people[people["action"].isin(NEXT_ASKS)].duplicated("person_id").any()
    assert (frame["reason"].str.len() > 0).all()
    for table in ("asks", "shifts", "signups", "meetings"):
        key = f"{table[:-1]}_id"
        assert set(frame[key].dropna()) <= {row[key] for row in tables.get(table, [])}
    assert frame.loc[frame["action"].isin(("re_ask", "offer_other")), "ask_id"].notna().all()
    assert frame.loc[frame["action"] == "confirm", "signup_id"].notna().all()
    marked = {row["person_id"] for row in tables["people"] if row["do_not_contact"]}
    assert set(people[people["person_id"].isin(marked)]["action"]) <= {"confirm"}
    shown = [tuple(map(str, row)) for row in frame.itertuples(index=False)]
    # What was written down for later changes nothing.
    then = todo_of_all(base.small_store().fill(as_known(tables, day)), as_of=day)
    assert [tuple(map(str, row)) for row in then.itertuples(index=False)] == shown
