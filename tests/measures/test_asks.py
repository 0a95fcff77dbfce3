"""Asks, counted by hand."""

from __future__ import annotations

import random
from datetime import date, timedelta
from statistics import median

import ibis
import pytest
from ibis.config import Config
from make_store import cells, make_store

from organizing_analytics.errors import OptionError
from organizing_analytics.expressions import real
from organizing_analytics.measures import (
    GROUPS,
    asks_after_no,
    asks_after_no_counts,
    asks_kept,
    asks_kept_counts,
    asks_outcomes,
    asks_outcomes_counts,
    select,
)

AS_OF = {"as_of": "2026-06-30"}


def ask(key, outcome, *, at="2026-03-04 18:00", who="ann", ask_for="canvass", **more):
    row = {"ask_id": key, "asked_at": at, "person_id": who, "ask_for": ask_for}
    return {**row, "outcome": outcome, **more}


def asked(*asks, zone="UTC", **tables):
    return make_store({"asks": asks, **tables}, zone=zone)


# --- outcomes -----------------------------------------------------------------------------

TEN = ["yes", "yes", "yes", "not_now", "not_that", "not_ever", "no", "maybe", "no_answer"]
TEN.append("no_answer")
ENDS = ("", "_low", "_high")


def test_outcomes_and_their_rates():
    frame = asks_outcomes(asked(*(ask(str(n), said) for n, said in enumerate(TEN))), **AS_OF)
    counts = ["asks", "answered", "yes", "not_now", "not_that", "not_ever", "no", "maybe"]
    counts.append("no_answer")
    assert list(frame.columns) == [
        *counts,
        *("yes_rate", "low", "high"),
        *(f"{rate}{end}" for rate in ("contact_rate", "no_type_known") for end in ENDS),
        "deff",
    ]
    assert cells(frame, *counts) == [(10, 8, 3, 1, 1, 1, 1, 1, 2)]
    # 3 yes of 8 answered; 8 answered of 10; of 4 noes the kind of 3 was noted.
    assert cells(frame, "yes_rate", "contact_rate", "no_type_known") == [(3 / 8, 0.8, 0.75)]
    # scipy.stats.binomtest(3, 8).proportion_ci(method="wilson"): 0.1368 to 0.6943.
    rows = asked(*(ask(str(n), said) for n, said in enumerate(TEN)))
    plain = asks_outcomes(rows, independent=True, **AS_OF)
    assert (plain["low"][0], plain["high"][0]) == pytest.approx((0.1368, 0.6943), abs=1e-4)
    assert frame.attrs["measure"] == "asks outcomes"


def test_nobody_answered_gives_no_rate():
    frame = asks_outcomes(asked(ask("1", "no_answer")), **AS_OF)
    assert cells(frame, "answered", "yes_rate", "low", "high", "contact_rate", "no_type_known") == [
        (0, None, None, None, 0.0, None)
    ]


def test_a_hard_ask_is_specific_and_urgent_and_unknown_when_either_was_not_noted():
    noted = [
        (True, True),
        (True, False),
        (False, True),
        (False, False),
        (True, None),
        (False, None),  # although it cannot be hard any more
        (None, False),
        (None, None),
    ]
    store = asked(
        *(
            ask(str(n), "yes", is_specific=specific, is_urgent=urgent)
            for n, (specific, urgent) in enumerate(noted)
        )
    )
    frame = asks_outcomes(store, by="hard", **AS_OF)
    assert cells(frame, "hard", "asks") == [(False, 3), (True, 1), (None, 4)]
    assert frame["hard"].dtype == "boolean"


def test_the_group_columns_of_asks():
    row = ask(
        "1",
        "yes",
        asker_id="rob",
        team_id="north",
        meeting_id="m1",
        channel="one_on_one",
        ask_kind="role",
        ask_for="team_leader",
        at="2026-03-01 03:00",
    )
    # 03:00 UTC on Sunday 1 March is Saturday evening, 28 February, in Chicago.
    store = asked(row, ask("2", "no"), zone="America/Chicago")
    by = ["team", "asker", "ask_for", "ask_kind", "week", "month", "channel", "in_meeting"]
    assert cells(asks_outcomes(store, by=by, **AS_OF), *by) == [
        ("north", "rob", "team_leader", "role", "2026-W09", "2026-02", "one_on_one", True),
        (None, None, "canvass", None, "2026-W10", "2026-03", None, False),
    ]
    window = {"until": "2026-02-28", **AS_OF}
    assert cells(asks_outcomes(store, **window), "asks", "yes") == [(1, 1)]
    assert cells(asks_outcomes(store, since="2026-03-01", **AS_OF), "asks", "no") == [(1, 1)]
    assert cells(asks_outcomes(store, team="north", **AS_OF), "asks") == [(1,)]


# --- after a no ---------------------------------------------------------------------------


def after_no(*asks, **options):
    """Return {no_type: (noes, reasked, right_move, converted, median_days)}."""
    frame = asks_after_no(asked(*asks), **{**AS_OF, **options})
    names = ("no_type", "noes", "reasked", "right_move", "converted", "median_days")
    return {no_type: tuple(rest) for no_type, *rest in cells(frame, *names)}


def test_the_three_conversations_of_the_guide():
    tuesday = "2026-03-03 17:00"
    frame = asks_after_no(
        asked(
            # "No, I have to work then." "We have another meeting next Sunday."
            ask("1", "not_now", who="ann", ask_for="team_meeting", shift_id="thu", at=tuesday),
            ask(
                *("2", "yes"),
                who="ann",
                ask_for="team_meeting",
                shift_id="sun",
                at=tuesday,
                after_ask_id="1",
            ),
            # "I don't feel comfortable going door to door." "Will you come to the planning?"
            ask("3", "not_that", who="ben", at=tuesday),
            ask("4", "yes", who="ben", ask_for="planning", at=tuesday, after_ask_id="3"),
            # "I am too busy to take on anything else." "Thanks for talking with me."
            ask("5", "not_ever", who="cat", at=tuesday),
        ),
        **AS_OF,
    )
    assert list(frame.columns) == [
        *("no_type", "noes", "reasked", "right_move"),
        *(f"right_move_rate{end}" for end in ENDS),
        *("converted", "rate", "low", "high", "median_days"),
        *(f"yes_when_reasked{end}" for end in ENDS),
        *("people", "people_converted"),
        *(f"person_rate{end}" for end in ENDS),
    ]
    numbers = [name for name in frame.columns if not name.endswith(("low", "high"))]
    assert cells(frame, *numbers) == [
        ("not_now", 1, 1, 1, 1.0, 1, 1.0, 0.0, 1.0, 1, 1, 1.0),
        ("not_that", 1, 1, 1, 1.0, 1, 1.0, 0.0, 1.0, 1, 1, 1.0),
        ("not_ever", 1, 0, 1, 1.0, 0, 0.0, None, None, 1, 0, 0.0),
    ]
    assert str(frame["right_move"].dtype) == "Int64"
    assert frame.attrs["measure"] == "asks after-no"


@pytest.mark.parametrize(
    ("first", "then", "right"),
    [
        (("canvass", "s1"), ("canvass", "s2"), 1),
        (("canvass", "s1"), ("canvass", "s1"), 0),  # the very time that did not suit
        (("canvass", "s1"), ("canvass", None), 1),  # nobody can say that it is the same time
        (("canvass", None), ("canvass", "s2"), 1),
        (("canvass", None), ("canvass", None), 1),
        (("canvass", "s1"), ("phone_bank", "s2"), 0),
    ],
)
def test_after_not_now_the_right_move_is_the_same_at_another_time(first, then, right):
    asks = [
        ask("1", "not_now", ask_for=first[0], shift_id=first[1]),
        ask("2", "maybe", ask_for=then[0], shift_id=then[1], at="2026-03-10 18:00"),
    ]
    assert after_no(*asks)["not_now"] == (1, 1, right, 0, None)


def test_after_not_that_the_right_move_is_something_else_and_only_the_first_next_ask_counts():
    something_else = ask("3", "yes", ask_for="phone_bank", at="2026-03-20 18:00")
    again = ask("2", "not_that", at="2026-03-10 18:00")
    # For 1 the first next ask is 2, the same thing: wrong. For 2 it is 3: right. Both converted,
    # after 16 and 10 days: median 13.
    asks = [ask("1", "not_that"), again, something_else]
    assert after_no(*asks) == {"not_that": (2, 2, 1, 2, 13.0)}


def test_after_not_ever_any_later_ask_is_wrong_even_beyond_d_days():
    asks = [
        ask("1", "not_ever", who="ann"),
        ask("2", "yes", who="ann", at="2026-06-30 18:00"),  # 118 days later, on as-of itself
        ask("3", "not_ever", who="ben"),
        ask("4", "yes", who="ben", at="2026-07-01 00:00"),  # after as-of: has not happened
        ask("5", "not_ever", who="cat"),
        ask("6", "maybe", who="cat", after_ask_id="5"),  # in the same breath
        ask("7", "maybe", who="dan"),
        ask("8", "not_ever", who="dan", at="2026-03-05 18:00"),  # asked before, not after
    ]
    # Right: ben and dan. Asked again within 30 days: cat.
    assert after_no(*asks) == {"not_ever": (4, 1, 2, 0, None)}


def test_a_plain_no_has_no_right_move():
    frame = asks_after_no(
        asked(ask("1", "no"), ask("2", "not_that", at="2026-03-05 18:00")), **AS_OF
    )
    assert cells(frame, "no_type", "reasked", "right_move", "right_move_rate") == [
        ("not_that", 0, 0, 0.0),
        ("no", 1, None, None),
    ]


def test_the_next_asks_are_those_until_d_days_later():
    asks = [ask("1", "not_now"), ask("2", "yes", at="2026-04-03 23:59")]  # 30 days later
    assert after_no(*asks) == {"not_now": (1, 1, 1, 1, 30.0)}
    assert after_no(*asks, within_days=29) == {"not_now": (1, 0, 0, 0, None)}
    late = ask("2", "yes", at="2026-04-04 00:00")
    assert after_no(asks[0], late) == {"not_now": (1, 0, 0, 0, None)}


def test_a_no_is_matured_when_d_days_have_passed():
    asks = [ask("1", "not_now"), ask("2", "yes", at="2026-03-05 18:00")]
    assert after_no(*asks, as_of="2026-04-03") == {"not_now": (1, 1, 1, 1, 1.0)}
    assert after_no(*asks, as_of="2026-04-02") == {}
    assert after_no(*asks, as_of="2026-04-02", within_days=29) == {"not_now": (1, 1, 1, 1, 1.0)}
    assert after_no(*asks, since="2026-03-05") == {}
    assert after_no(*asks, until="2026-03-03") == {}


def test_days_are_those_of_the_campaigns_clock():
    # 03:00 UTC on the 5th is still the 4th in Chicago: no day lies between no and yes.
    asks = [ask("1", "not_now"), ask("2", "yes", at="2026-03-05 03:00")]
    frame = asks_after_no(asked(*asks, zone="America/Chicago"), **AS_OF)
    assert frame["median_days"].tolist() == [0.0]


def test_an_ask_at_the_same_moment_is_later_only_when_it_is_linked():
    no = ask("1", "not_that")
    other = {"ask_for": "phone_bank"}
    assert after_no(no, ask("2", "yes", **other)) == {"not_that": (1, 0, 0, 0, None)}
    linked = ask("2", "yes", after_ask_id="1", **other)
    assert after_no(no, linked) == {"not_that": (1, 1, 1, 1, 0.0)}
    # The counter-offer is not before itself, and the ask that it answers does not come after it.
    assert after_no(ask("1", "yes"), ask("2", "not_that", after_ask_id="1")) == {
        "not_that": (1, 0, 0, 0, None)
    }
    assert after_no(ask("1", "not_that", after_ask_id="1")) == {"not_that": (1, 0, 0, 0, None)}
    # Linked, but with someone else, or earlier: the link alone is not enough.
    assert after_no(no, ask("2", "yes", who="ben", after_ask_id="1")) == {
        "not_that": (1, 0, 0, 0, None)
    }
    earlier = ask("2", "yes", after_ask_id="1", at="2026-03-01 18:00")
    assert after_no(no, earlier) == {"not_that": (1, 0, 0, 0, None)}


def test_of_next_asks_at_one_moment_the_linked_one_is_first_then_the_lowest_id():
    no, then = ask("1", "not_that"), "2026-03-10 18:00"
    same, other = ask("2", "maybe", at=then), ask("3", "maybe", at=then, ask_for="phone_bank")
    assert after_no(no, same, other)["not_that"] == (1, 1, 0, 0, None)  # 2 is first: the same
    linked = {**other, "after_ask_id": "1"}
    assert after_no(no, same, linked)["not_that"] == (1, 1, 1, 0, None)  # 3 is first: other
    # A linked one that comes later is not first.
    late = {**linked, "asked_at": "2026-03-11 18:00"}
    assert after_no(no, same, late)["not_that"] == (1, 1, 0, 0, None)
    # In the same breath comes before everything else.
    breath = ask("4", "maybe", ask_for="training", after_ask_id="1")
    assert after_no(no, same, breath)["not_that"] == (1, 1, 1, 0, None)


def test_a_yes_of_someone_else_or_before_the_no_converts_nobody():
    asks = [
        ask("1", "yes", at="2026-03-01 18:00"),
        ask("2", "not_now"),
        ask("3", "yes", who="ben", at="2026-03-05 18:00"),
    ]
    assert after_no(*asks) == {"not_now": (1, 0, 0, 0, None)}


def test_the_first_yes_counts_the_days_and_a_no_between_does_not_matter():
    asks = [
        ask("1", "not_now"),
        ask("2", "no_answer", at="2026-03-06 18:00"),
        ask("3", "yes", at="2026-03-09 18:00"),
        ask("4", "yes", at="2026-03-20 18:00"),
    ]
    assert after_no(*asks) == {"not_now": (1, 1, 1, 1, 5.0)}


def test_groups_of_noes_come_in_the_order_of_the_kinds():
    asks = [
        ask("1", "no", team_id="b"),
        ask("2", "not_now", who="ben", team_id="b"),
        ask(
            "3", "not_now", who="cat", team_id="a", asker_id="rob", is_specific=True, is_urgent=True
        ),
        ask("4", "not_that", who="dan"),
        ask("5", "yes", who="cat", team_id="b", at="2026-03-05 18:00"),
    ]
    by = ["team", "asker", "ask_for", "hard", "month"]
    frame = asks_after_no(asked(*asks), by=by, **AS_OF)
    assert cells(frame, "no_type", *by, "noes", "converted") == [
        ("not_now", "a", "rob", "canvass", True, "2026-03", 1, 1),  # the yes may be of any team
        ("not_now", "b", None, "canvass", None, "2026-03", 1, 0),
        ("not_that", None, None, "canvass", None, "2026-03", 1, 0),
        ("no", "b", None, "canvass", None, "2026-03", 1, 0),
    ]
    only_a = asks_after_no(asked(*asks), team="a", by="no_type", **AS_OF)
    assert cells(only_a, "no_type", "converted") == [("not_now", 1)]


def test_subteams_count_for_the_teams_above():
    teams = [{"team_id": "state"}, {"team_id": "north", "parent_team_id": "state"}]
    asks = [
        ask("1", "not_now", team_id="north"),
        ask("2", "yes", at="2026-03-05 18:00"),
        ask("3", "not_now", team_id="state", who="ben"),
    ]
    frame = asks_after_no(asked(*asks, teams=teams), by="team", with_subteams=True, **AS_OF)
    assert cells(frame, "team", "noes", "converted", "median_days") == [
        ("north", 1, 1, 1.0),
        ("state", 2, 1, 1.0),
    ]


def made_up_asks(seed):
    """Return 300 asks with as many ties, links and odd links as one wants."""
    dice = random.Random(seed)
    asks = []
    for n in range(300):
        on = date(2026, 1, 1) + timedelta(days=dice.randrange(90))
        asks.append(
            ask(
                f"{dice.randrange(10)}-{n}",
                dice.choice(["yes", "not_now", "not_that", "not_ever", "no", "maybe"]),
                at=f"{on} 12:00",
                who=f"p{dice.randrange(25)}",
                ask_for=dice.choice(["canvass", "phone_bank"]),
                shift_id=dice.choice(["s1", "s2", None]),
            )
        )
    for row in asks:
        if dice.random() < 0.7:
            near = [o for o in asks if o["person_id"] == row["person_id"]]
            same = [o for o in near if o["asked_at"] == row["asked_at"]]
            row["after_ask_id"] = dice.choice(same + near[:3])["ask_id"]
    return asks


def by_the_definition(asks, as_of, days):
    """Return what `after_no` does, with every ask held against every other."""
    found = {}
    for no in (row for row in asks if row["outcome"] in ("not_now", "not_that", "not_ever", "no")):
        t = date.fromisoformat(no["asked_at"][:10])
        if t + timedelta(days=days) > as_of:
            continue
        later = [
            row
            for row in asks
            if row["person_id"] == no["person_id"]
            and date.fromisoformat(row["asked_at"][:10]) <= as_of
            and row is not no
            and (
                row["asked_at"] > no["asked_at"]
                or (row["asked_at"] == no["asked_at"] and row.get("after_ask_id") == no["ask_id"])
            )
        ]
        order = sorted(
            (row["asked_at"], row.get("after_ask_id") != no["ask_id"], row["ask_id"])
            for row in later
        )
        by_id = {row["ask_id"]: row for row in later}
        following = [
            by_id[key]
            for at, _, key in order
            if date.fromisoformat(at[:10]) <= t + timedelta(days=days)
        ]
        yes_days = [
            (date.fromisoformat(row["asked_at"][:10]) - t).days
            for row in following
            if row["outcome"] == "yes"
        ]
        right = False
        if no["outcome"] == "not_ever":
            right = not later
        elif following:
            first = following[0]
            same = first["ask_for"] == no["ask_for"]
            shifts = (first["shift_id"], no["shift_id"])
            another_time = None in shifts or shifts[0] != shifts[1]
            right = (same and another_time) if no["outcome"] == "not_now" else not same
        found.setdefault(no["outcome"], []).append((bool(following), right, yes_days[:1]))
    return {
        no_type: (
            len(rows),
            sum(reasked for reasked, _, _ in rows),
            None if no_type == "no" else sum(right for _, right, _ in rows),
            sum(bool(first_yes) for _, _, first_yes in rows),
            median(firsts) if (firsts := [d for _, _, yes in rows for d in yes]) else None,
        )
        for no_type, rows in found.items()
    }


@pytest.mark.parametrize("seed", range(8))
def test_equal_to_the_definition_on_made_up_asks(seed):
    asks = made_up_asks(seed)
    expected = by_the_definition(asks, date(2026, 3, 20), 14)
    assert after_no(*asks, as_of="2026-03-20", within_days=14) == expected
    random.Random(seed).shuffle(asks)
    assert after_no(*asks, as_of="2026-03-20", within_days=14) == expected


# --- kept ---------------------------------------------------------------------------------


def test_kept_is_a_yes_whose_person_came_to_the_shift():
    start = "2026-03-10 18:00"
    shifts = [
        {"shift_id": "s", "event_id": "e", "starts_at": start},
        {"shift_id": "july", "event_id": "e", "starts_at": "2026-07-01 18:00"},
        {"shift_id": "gone", "event_id": "e", "starts_at": start, "deleted_at": start},
        {"shift_id": "off", "event_id": "x", "starts_at": start},
    ]
    events = [
        {"event_id": "e", "event_type": "canvass", "team_id": "of_the_event"},
        {"event_id": "x", "event_type": "canvass", "deleted_at": start},
    ]
    on_shift = {
        "came": [{"attended": True}],
        "came_of_two": [{"attended": False}, {"attended": True}],
        "came_and_unrecorded": [{"attended": True}, {}],
        "walked_in": [{"attended": True, "is_walk_in": True}],
        "stayed_away": [{"attended": False}],
        "cancelled": [{"status": "cancelled", "cancelled_at": "2026-03-09 18:00"}],
        "no_sign_up": [],
        "too_late": [{"signed_up_at": "2026-03-10 19:00"}],  # left_out, not unrecorded
        "unrecorded": [{}],
        "unrecorded_of_two": [{"attended": False}, {}],
    }
    signups = [
        {
            "signup_id": f"{who}{n}",
            "shift_id": "s",
            "person_id": who,
            "status": "registered",
            **row,
        }
        for who, rows in on_shift.items()
        for n, row in enumerate(rows)
    ]
    signups += [
        {
            "signup_id": f"x{s}",
            "shift_id": s,
            "person_id": "x",
            "status": "registered",
            "attended": True,
        }
        for s in ("s", "gone", "off")
    ]
    asks = [ask(who, "yes", who=who, shift_id="s", team_id="north") for who in on_shift]
    asks += [
        ask("no shift", "yes", who="came"),
        ask("no yes", "maybe", who="came", shift_id="s"),
        ask("not yet", "yes", who="came", shift_id="july"),
        ask("asked at the start", "yes", who="came", shift_id="s", at=start),
        ask("deleted shift", "yes", who="x", shift_id="gone"),
        ask("deleted event", "yes", who="x", shift_id="off"),
    ]
    store = asked(*asks, shifts=shifts, events=events, signups=signups)
    frame = asks_kept(store, **AS_OF)
    assert list(frame.columns) == [
        *("yeses", "kept", "not_kept", "unrecorded", "rate", "low", "high"),
        *(f"{rate}{end}" for rate in ("rate_if_none", "rate_if_all") for end in ENDS),
        "deff",
    ]
    # Of 10 yeses 2 are unrecorded.
    assert cells(frame, "rate_if_none", "rate_if_all") == [(4 / 10, 6 / 10)]
    # kept: came, came_of_two, came_and_unrecorded, walked_in; not kept: stayed_away, cancelled,
    # no_sign_up, too_late.
    assert cells(frame, "yeses", "kept", "not_kept", "unrecorded", "rate") == [(10, 4, 4, 2, 4 / 8)]
    # Wilson for 4 of 8: centre .5, half width 1.96 * sqrt(8*.25 + .9604) / (8 + 3.8415) = .2848
    plain = asks_kept(store, independent=True, **AS_OF)
    assert (plain["low"][0], plain["high"][0]) == pytest.approx((0.2152, 0.7848), abs=1e-4)
    # The team is the ask's, not the event's.
    assert cells(asks_kept(store, by="team", **AS_OF), "team", "yeses") == [("north", 10)]
    assert asks_kept(store, since="2026-03-05", **AS_OF).empty
    # On the shift's own local date the shift counts, on the day before it does not.
    assert cells(asks_kept(store, as_of="2026-03-10"), "yeses") == [(10,)]
    assert asks_kept(store, as_of="2026-03-09").empty


def test_two_yeses_for_one_shift_are_two_rows():
    store = asked(
        ask("1", "yes", shift_id="s", asker_id="rob", is_specific=True, is_urgent=False),
        ask("2", "yes", shift_id="s", at="2026-03-05 18:00", meeting_id="m"),
        events=[{"event_id": "e", "event_type": "canvass"}],
        shifts=[{"shift_id": "s", "event_id": "e", "starts_at": "2026-03-10 18:00"}],
        signups=[
            {
                "signup_id": n,
                "shift_id": "s",
                "person_id": "ann",
                "status": "confirmed",
                "attended": True,
            }
            for n in "12"
        ],
    )
    assert cells(asks_kept(store, **AS_OF), "yeses", "kept") == [(2, 2)]
    by = list(GROUPS["asks kept"])
    assert cells(asks_kept(store, by=by, **AS_OF), "asker", "hard", "in_meeting", "kept") == [
        ("rob", False, False, 1),
        (None, None, True, 1),
    ]


# --- options ------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", [asks_outcomes, asks_after_no, asks_kept])
def test_no_asks_give_an_empty_frame_with_all_columns(measure):
    empty, full = measure(asked()), measure(asked(ask("1", "not_now")), by=["team"], **AS_OF)
    assert empty.empty
    assert [*empty.columns] == [name for name in full.columns if name != "team"]


@pytest.mark.parametrize(
    ("measure", "options", "message"),
    [
        (asks_after_no, {"within_days": 0}, "within-days is 0"),
        (asks_after_no, {"by": ["channel"]}, 'no group column "channel"'),
        (asks_outcomes, {"by": ["askr"]}, "Did you mean asker"),
        (asks_kept, {"since": "2026-02-01", "as_of": "2026-01-01"}, "The window is empty"),
    ],
)
def test_an_option_that_cannot_be_is_refused(measure, options, message):
    with pytest.raises(OptionError, match=message):
        measure(asked(), **options)


class SparkOptions(Config):
    treat_nan_as_null: bool = False


def test_the_questions_can_be_read_as_sql_of_other_engines(monkeypatch):
    # Ibis registers Spark's options only where PySpark is installed, and reads them regardless.
    monkeypatch.setattr(ibis.options, "pyspark", SparkOptions())
    for counts, name in (
        (asks_outcomes_counts, "asks outcomes"),
        (asks_after_no_counts, "asks after-no"),
        (asks_kept_counts, "asks kept"),
    ):
        groups = GROUPS[name]
        chosen = select(asked(), name, allowed=groups, by=list(groups), team="north")
        assert "SELECT" in ibis.to_sql(real(counts(chosen)), dialect="pyspark")
