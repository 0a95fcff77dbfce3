"""One-to-ones, counted by hand."""

from __future__ import annotations

import ibis
import pytest
from make_store import cells, make_store

from organizing_analytics.errors import OptionError
from organizing_analytics.expressions import real
from organizing_analytics.measures import GROUPS, meetings, meetings_counts, select

AS_OF = {"as_of": "2026-06-30"}
PIECES = ("purpose", "exploration", "exchange", "commitment")


def meeting(key, *, status="held", kind="recruitment", at="2026-03-04 18:00", **more):
    row = {"meeting_id": key, "person_id": f"with_{key}", "kind": kind, "scheduled_at": at}
    return {**row, "status": status, **more}


def met(*rows, contacts=(), zone="UTC", **options):
    return make_store({"meetings": rows, "contacts": contacts}, zone=zone, **options)


def test_counts_and_rates_of_one_to_ones():
    all_four = dict.fromkeys(PIECES, True)
    store = met(
        meeting("1", minutes=30, next_step_on="2026-03-11", **all_four),
        meeting("2", minutes=60, **{**all_four, "exchange": None}),
        meeting("3", minutes=61, commitment=False),
        meeting("4", minutes=29, next_step_on="2026-03-11", **{**all_four, "purpose": False}),
        meeting("5"),
        meeting("6", status="no_show"),
        meeting("7", status="cancelled"),
        meeting("8", status="scheduled"),
        # What was noted of a 1:1 that was not held counts nowhere.
        meeting("9", status="no_show", minutes=45, next_step_on="2026-03-11", **all_four),
    )
    frame = meetings(store, **AS_OF)
    shown = [name for name in frame.columns if not name.endswith(("_low", "_high"))]
    assert shown == [
        *("kind", "held", "no_show", "cancelled", "unrecorded", "show_rate"),
        *("committed", "commitment_rate", "complete", "complete_rate"),
        *("with_length", "good_length", "good_length_rate", "with_next_step", "next_step_rate"),
        *("follow_up_due", "followed_up", "follow_up_rate"),
    ]
    for rate in (name for name in shown if name.endswith("rate")):
        place = list(frame.columns).index(rate)
        assert list(frame.columns)[place + 1 : place + 3] == [f"{rate}_low", f"{rate}_high"]
    frame = frame[shown]
    counts = {name: value for name, value in frame.iloc[0].items() if not name.endswith("rate")}
    assert counts == {
        "kind": "recruitment",
        "held": 5,
        "no_show": 2,
        "cancelled": 1,
        "unrecorded": 1,
        "committed": 3,  # 1, 2, 4
        "complete": 1,  # 1; of 2 the exchange was not noted, of 4 the purpose was not said
        "with_length": 4,
        "good_length": 2,  # 30 and 60, not 29 and 61
        "with_next_step": 2,  # 1, 4
        "follow_up_due": 5,
        "followed_up": 0,
    }
    rates = frame.iloc[0].filter(like="rate").to_dict()
    assert rates == {
        "show_rate": 5 / 7,
        "commitment_rate": 3 / 5,
        "complete_rate": 1 / 5,
        "good_length_rate": 2 / 4,
        "next_step_rate": 2 / 5,
        "follow_up_rate": 0.0,
    }
    assert frame.attrs == {"measure": "meetings", "as_of": "2026-06-30", "snapshot": 1}


def test_nothing_held_gives_no_rate():
    frame = meetings(met(meeting("1", status="cancelled")), **AS_OF)
    assert frame.filter(like="rate").isna().all(axis=None)
    assert cells(frame, "kind", "held", "cancelled") == [("recruitment", 0, 1)]


def test_kind_is_always_the_first_group_in_the_guides_order():
    store = met(
        meeting("1", kind="escalation", organizer_id="rob", team_id="north"),
        meeting("2", kind="recruitment", at="2026-03-01 03:00"),
        meeting("3", kind="maintenance"),
        meeting("4", kind="maintenance", organizer_id="ann"),
        zone="America/Chicago",
    )
    kinds = [("recruitment", 1), ("maintenance", 2), ("escalation", 1)]
    assert cells(meetings(store, **AS_OF), "kind", "held") == kinds
    assert cells(meetings(store, by="kind", **AS_OF), "kind", "held") == kinds
    frame = meetings(store, by=["team", "organizer", "week", "month"], **AS_OF)
    assert list(frame.columns)[:5] == ["kind", "team", "organizer", "week", "month"]
    assert cells(frame, "kind", "team", "organizer", "week", "month") == [
        ("recruitment", None, None, "2026-W09", "2026-02"),  # 28 February in Chicago
        ("maintenance", None, "ann", "2026-W10", "2026-03"),
        ("maintenance", None, None, "2026-W10", "2026-03"),
        ("escalation", "north", "rob", "2026-W10", "2026-03"),
    ]
    assert cells(meetings(store, until="2026-02-28", **AS_OF), "held") == [(1,)]
    assert cells(meetings(store, since="2026-03-01", **AS_OF), "held") == [(2,), (1,)]
    assert cells(meetings(store, team="north", **AS_OF), "kind") == [("escalation",)]


# Each 1:1 was set for 4 March, 18:00.
CONTACTS = {
    "at 48 hours": ("2026-03-06 18:00", "follow_up", "reached"),
    "unanswered": ("2026-03-05 18:00", "thank_you", "no_answer"),  # any result counts
    "too late": ("2026-03-06 18:01", "follow_up", "reached"),
    "at its start": ("2026-03-04 18:00", "follow_up", "reached"),
    "other reason": ("2026-03-05 18:00", "reshift", "reached"),
    "no reason": ("2026-03-05 18:00", None, "reached"),
}


def contact(person, at, reason, result, key=""):
    return {
        "contact_id": person + key,
        "person_id": f"with_{person}",
        "at": at,
        "reason": reason,
        "result": result,
    }


def test_followed_up_is_a_contact_within_48_hours_to_that_person():
    contacts = [contact(who, *what) for who, what in CONTACTS.items()]
    contacts.append(contact("at 48 hours", "2026-03-05 18:00", "thank_you", None, key="again"))
    store = met(*(meeting(who) for who in CONTACTS), meeting("nobody"), contacts=contacts)
    frame = meetings(store, **AS_OF)
    assert cells(frame, "held", "follow_up_due", "followed_up", "follow_up_rate") == [
        (7, 7, 2, 2 / 7)  # at 48 hours, once though called twice; unanswered
    ]


def test_a_follow_up_is_due_two_days_after_a_held_one_to_one():
    rows = [meeting("1"), meeting("2", status="no_show"), meeting("3", at="2026-03-05 00:00")]
    contacts = [contact(who, "2026-03-05 09:00", "follow_up", "reached") for who in "123"]

    def due(as_of, **options):
        store = met(*rows, contacts=contacts, **options)
        return cells(meetings(store, as_of=as_of), "follow_up_due", "followed_up")

    assert due("2026-03-05") == [(0, 0)]
    assert due("2026-03-06") == [(1, 1)]
    assert due("2026-03-07") == [(2, 2)]
    # A campaign that gives itself 72 hours waits three days.
    assert due("2026-03-07", follow_up_hours=72) == [(1, 1)]


def test_no_one_to_ones_give_an_empty_frame_and_an_unknown_group_is_refused():
    assert list(meetings(met(), by="team").columns)[:3] == ["kind", "team", "held"]
    with pytest.raises(OptionError, match='no group column "channel"'):
        meetings(met(), by=["channel"])


def test_the_question_can_be_read_as_sql_of_other_engines():
    groups = GROUPS["meetings"]
    chosen = select(met(), "meetings", allowed=groups, by=list(groups), team="north")
    assert "SELECT" in ibis.to_sql(real(meetings_counts(chosen)), dialect="pyspark")
