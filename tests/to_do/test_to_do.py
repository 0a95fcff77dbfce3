"""The to-do list: each action's facts and borders, and what must never be on it."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pandas as pd
import pytest
from make_store import make_store
from test_against_oracle import _closed_at_the_end  # noqa: F401  # a fixture of this file too

import organizing_analytics as oa
from organizing_analytics.to_do.fitting import within_reach
from organizing_analytics.to_do.listing import todo_of_all

#: A Sunday; the moment is the midnight after it.
DAY = "2026-11-22"
TEAM = {"team_id": "t1", "name": "North"}
EVENT = {
    "event_id": "canvass", "event_type": "canvass", "title": "Saturday canvass", "team_id": "t1",
    "location": "Aleisha's house",
}  # fmt: skip
PHONES = {"event_id": "phones", "event_type": "phone_bank", "team_id": "t1"}
#: One shift ahead of each event, and one that was yesterday.
SHIFTS = [
    {"shift_id": "next", "event_id": "canvass", "starts_at": "2026-11-28 10:00"},
    {"shift_id": "later", "event_id": "canvass", "starts_at": "2026-12-05 10:00"},
    {"shift_id": "phones", "event_id": "phones", "starts_at": "2026-11-26 18:00"},
    {
        "shift_id": "was", "event_id": "canvass", "starts_at": "2026-11-21 10:00",
        "ends_at": "2026-11-21 13:00",
    },
]  # fmt: skip


def campaign(**tables: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return a campaign of one team and `ann`, with these rows added."""
    rows = {
        "teams": [TEAM],
        "people": [
            {"person_id": "ann", "given_name": "Ann", "family_name": "Lee", "team_id": "t1"}
        ],
        "events": deepcopy([EVENT, PHONES]),
        "shifts": deepcopy(SHIFTS),
    }
    for name, more in tables.items():
        keep = [] if name == "people" else rows.get(name, [])
        rows[name] = [*keep, *more]
    return rows


def listed(tables: dict[str, Any], as_of: str = DAY, **changed: Any) -> list[dict[str, Any]]:
    store = make_store(tables)
    for name, value in changed.items():
        object.__setattr__(store.settings, name, value)
    return oa.todo(store, as_of=as_of).to_dict("records")


def of_ann(tables: dict[str, Any], as_of: str = DAY, **changed: Any) -> dict[str, dict[str, Any]]:
    return {r["action"]: r for r in listed(tables, as_of, **changed) if r["person_id"] == "ann"}


def came(shift: str = "was", person: str = "ann", **more: Any) -> dict[str, Any]:
    return {
        "signup_id": f"{shift}-{person}", "shift_id": shift, "person_id": person,
        "status": "registered", "attended": True, **more,
    }  # fmt: skip


def on_list(shift: str = "next", **more: Any) -> dict[str, Any]:
    return {
        "signup_id": f"{shift}-ann", "shift_id": shift, "person_id": "ann", "status": "registered",
        "signed_up_at": "2026-11-15 10:00", **more,
    }  # fmt: skip


def asked(outcome: str, at: str = "2026-11-20 18:00", **more: Any) -> dict[str, Any]:
    return {
        "ask_id": f"ask-{at}", "asked_at": at, "person_id": "ann", "team_id": "t1",
        "ask_kind": "event", "ask_for": "canvass", "outcome": outcome, **more,
    }  # fmt: skip


def contact(at: str, reason: str = "follow_up", **more: Any) -> dict[str, Any]:
    return {"contact_id": f"c-{at}", "person_id": "ann", "at": at, "reason": reason, **more}


def visits(*days: str) -> dict[str, Any]:
    """Return shifts on these days at which ann was."""
    shifts = [
        {"shift_id": f"s-{day}", "event_id": "canvass", "starts_at": f"{day} 10:00"} for day in days
    ]
    return {"shifts": shifts, "signups": [came(f"s-{day}") for day in days]}


def met(kind: str, at: str, status: str = "held", **more: Any) -> dict[str, Any]:
    return {
        "meeting_id": f"m-{at}", "person_id": "ann", "team_id": "t1", "kind": kind,
        "scheduled_at": at, "status": status, **more,
    }  # fmt: skip


# Following up ---------------------------------------------------------------------------------


def test_who_came_is_followed_up_until_somebody_contacted_them() -> None:
    row = of_ann(campaign(signups=[came()]))["follow_up"]
    assert row["reason"] == "Came to Saturday canvass on Sat 21 Nov"
    assert str(row["due_on"])[:10] == "2026-11-23"  # 48 hours after the end
    assert row["name"] == "Ann Lee"
    for reason in ("follow_up", "thank_you", "reshift", "recognition"):
        said = contact("2026-11-22 09:00", reason)
        assert "follow_up" not in of_ann(campaign(signups=[came()], contacts=[said]))


def test_why_an_event_matters_stands_in_confirmations_and_thanks() -> None:
    why = "The vote on the school street is in two weeks."
    tables = campaign(signups=[came(), on_list()])
    assert not any("Say why" in task["details"] for task in of_ann(tables).values())
    tables["events"][0] |= {"why": why}
    tasks = of_ann(tables)
    assert f'Say why it mattered: "{why}"' in tasks["follow_up"]["details"]
    assert f'Say why it matters: "{why}"' in tasks["confirm"]["details"]


@pytest.mark.parametrize(
    "said",
    [
        contact("2026-11-21 12:00"),  # while the shift still ran
        contact("2026-11-22 09:00", "reminder"),
        contact("2026-11-22 09:00", result="no_answer"),
        contact("2026-11-23 09:00"),  # later than the list stands
    ],
)
def test_a_contact_that_is_no_follow_up_leaves_it_open(said: dict[str, Any]) -> None:
    assert "follow_up" in of_ann(campaign(signups=[came()], contacts=[said]))


def test_a_yes_and_a_1to1_are_followed_up_too_and_once() -> None:
    yes, one = asked("yes", "2026-11-21 15:00"), met("recruitment", "2026-11-22 11:00")
    assert of_ann(campaign(asks=[yes]))["follow_up"]["reason"].startswith("Said yes to canvass")
    assert "Had a recruitment 1:1" in of_ann(campaign(meetings=[one]))["follow_up"]["reason"]
    rows = [
        r
        for r in listed(campaign(signups=[came()], asks=[yes], meetings=[one]))
        if r["action"] == "follow_up"
    ]
    [row] = rows
    assert row["reason"].startswith("Had a recruitment 1:1 on Sun 22 Nov")
    assert "Also: Said yes to canvass on Sat 21 Nov; Came to Saturday canvass" in row["details"]


def test_a_visit_of_last_week_is_still_followed_up_and_one_of_last_month_is_not() -> None:
    assert "follow_up" in of_ann(campaign(signups=[came()]), "2026-11-27")
    assert "follow_up" not in of_ann(campaign(signups=[came()]), "2026-11-29")


def test_not_ever_gets_one_thank_you_and_no_list() -> None:
    never = asked("not_ever")
    assert set(of_ann(campaign(asks=[never]))) == {"thank_you"}
    assert not of_ann(campaign(asks=[never], contacts=[contact("2026-11-21 09:00", "thank_you")]))
    many = visits("2026-11-02", "2026-11-09", "2026-11-16", "2026-11-19")
    assert set(of_ann(campaign(asks=[never], **many))) == {"thank_you"}
    # A later yes lifts it.
    yes = asked("yes", "2026-11-21 18:00")
    assert "thank_you" not in of_ann(campaign(asks=[never, yes]))


def test_who_is_marked_do_not_contact_is_on_no_list_but_their_own_shifts_roster() -> None:
    marked = [{"person_id": "ann", "team_id": "t1", "role": "volunteer", "do_not_contact": True}]
    many = visits("2026-11-02", "2026-11-09", "2026-11-16", "2026-11-19")
    assert not of_ann(campaign(people=marked, asks=[asked("not_now")], **many))
    row = of_ann(campaign(people=marked, signups=[on_list()]))["confirm"]
    assert "decide yourself" in row["details"]


def test_who_did_much_is_recognized_once() -> None:
    many = visits("2026-10-30", "2026-11-09", "2026-11-16", "2026-11-19")
    assert of_ann(campaign(**many))["recognize"]["reason"] == "Came on 4 days in the last 30"
    told = [contact("2026-11-01 09:00", "recognition")]
    assert "recognize" not in of_ann(campaign(**many, contacts=told))
    assert "recognize" not in of_ann(campaign(**many), recognize_visits=5)
    assert "recognize" not in of_ann(campaign(**visits("2026-11-09", "2026-11-16", "2026-11-19")))


# The next ask ---------------------------------------------------------------------------------


def test_not_now_is_asked_for_the_same_thing_at_a_later_shift() -> None:
    said = asked("not_now", shift_id="next")
    row = of_ann(campaign(asks=[said]))["re_ask"]
    assert row["details"] == (
        '"Can you come to Saturday canvass on Sat 5 Dec at 10:00 at Aleisha\'s house?"'
    )
    assert row["reason"] == 'Said "not now" to canvass on Fri 20 Nov'


def test_not_now_waits_for_the_date_that_was_said() -> None:
    for again, is_listed in (("2026-11-29", True), ("2026-11-30", False)):
        rows = of_ann(campaign(asks=[asked("not_now", again_on=again)]))
        assert ("re_ask" in rows) is is_listed
    row = of_ann(campaign(asks=[asked("not_now", again_on="2026-11-29")]))["re_ask"]
    assert str(row["due_on"])[:10] == "2026-11-29"
    assert "Sat 5 Dec" in row["details"]  # the first shift from that date on


def test_not_that_is_offered_something_else() -> None:
    row = of_ann(campaign(asks=[asked("not_that")]))["offer_other"]
    assert row["details"] == '"Can you come to phone bank on Thu 26 Nov at 18:00?"'
    rest = campaign(asks=[asked("not_that")])
    rest["shifts"] = [s for s in rest["shifts"] if s["event_id"] == "canvass"]
    assert "Nothing but canvass" in of_ann(rest)["offer_other"]["details"]


def test_a_full_shift_is_not_offered() -> None:
    tables = campaign(
        asks=[asked("not_now", shift_id="later")],
        people=[{"person_id": "ann", "team_id": "t1"}, {"person_id": "bo"}],
        signups=[on_list("next", person_id="bo", signup_id="g")],
    )
    tables["shifts"][0]["capacity"] = 2
    assert "Sat 28 Nov" in of_ann(tables)["re_ask"]["details"]
    tables["shifts"][0]["capacity"] = 1
    assert "No other canvass" in of_ann(tables)["re_ask"]["details"]


def test_a_role_is_asked_for_again_as_a_role() -> None:
    said = asked("not_now", ask_kind="role", ask_for="team_leader")
    row = of_ann(campaign(asks=[said]))["re_ask"]
    # Nothing says why it is urgent: it is no hard ask, and the words are left empty.
    start = "starting with phone bank on Thu 26 Nov at 18:00"
    assert row["details"] == f'"Will you step up as team leader, {start}?"'
    assert (row["words"], row["shift_id"], row["ask_for"]) == ("", "phones", "team_leader")


def test_a_role_starts_on_a_shift_of_the_kind_that_it_names() -> None:
    tables = campaign(asks=[asked("maybe", ask_kind="role", ask_for="phone bank captain")])
    tables["events"][1]["is_virtual"] = True
    tables["shifts"].append(
        {"shift_id": "p2", "event_id": "phones", "starts_at": "2026-12-03 18:00"}
    )
    for shift in tables["shifts"]:
        shift["need"] = 9
    row = of_ann(tables)["try_again"]
    more = oa.plan_upcoming(make_store(tables), as_of=DAY).set_index("shift_id").loc["p2", "more"]
    # Who has longer to prepare is likelier to come.
    assert row["words"] == (
        f"We still need {more} people for phone bank, and you can change that. Will you step up as "
        "phone bank captain, starting on Thu 3 Dec at 18:00, online?"
    )
    assert row["details"] == f'"{row["words"]}"'
    assert row["second"] == (
        "No problem! You could start on Thu 26 Nov at 18:00, online: phone bank. Will you step up as "
        "phone bank captain then?"
    )
    # Who does not want the role may still come.
    assert row["other"].startswith("That's OK! On ")
    # Another captain's kind of shift is no first step for this one.
    for shift in tables["shifts"]:
        if shift["event_id"] == "phones":
            shift["starts_at"] = "2026-11-19 18:00"
    row = of_ann(tables)["try_again"]
    assert row["words"] == ""
    assert pd.isna(row["shift_id"])
    assert "a day and a place for a 1:1" in row["details"]


def test_what_is_neither_a_shift_nor_a_role_is_asked_for_in_ones_own_words() -> None:
    said = asked("maybe", ask_kind="other", ask_for="lend_a_van")
    row = of_ann(campaign(asks=[said]))["try_again"]
    assert row["details"] == "Ask for lend a van again: say why, by when and where."
    assert row["words"] == ""


@pytest.mark.parametrize("outcome", ["maybe", "no_answer"])
def test_who_did_not_say_is_tried_again_three_times(outcome: str) -> None:
    tries = [asked(outcome, f"2026-11-{day} 18:00") for day in (10, 12, 14, 16)]
    assert "try_again" in of_ann(campaign(asks=tries[:1]))
    assert "tried 3 times" in of_ann(campaign(asks=tries[:3]))["try_again"]["reason"]
    assert "try_again" not in of_ann(campaign(asks=tries))
    # What was said in between begins the count anew.
    tries[1] = asked("not_now", "2026-11-12 18:00")
    assert "try_again" in of_ann(campaign(asks=tries))


def test_a_task_names_what_an_answer_refers_to() -> None:
    row = of_ann(campaign(asks=[asked("not_now")]))["re_ask"]
    refers = ("ask_id", "shift_id", "signup_id", "meeting_id", "ask_for")
    assert [row[name] for name in refers] == [
        "ask-2026-11-20 18:00", "next", None, None, "canvass",
    ]  # fmt: skip
    row = of_ann(campaign(signups=[on_list()]))["confirm"]
    assert [row[name] for name in refers] == [None, "next", "next-ann", None, None]
    row = of_ann(campaign(signups=[came()]))["follow_up"]
    assert row["signup_id"] == "was-ann"
    step = met("recruitment", "2026-11-10 11:00", next_step_on="2026-11-21")
    assert of_ann(campaign(meetings=[step]))["next_step"]["meeting_id"] == step["meeting_id"]


def test_only_the_latest_ask_counts_and_a_counter_offer_is_later() -> None:
    first = asked("not_now", "2026-11-10 18:00")
    assert "re_ask" not in of_ann(campaign(asks=[first, asked("yes", "2026-11-12 18:00")]))
    offer = {
        **asked("not_that", "2026-11-10 18:00"),
        "ask_id": "a",
        "after_ask_id": first["ask_id"],
    }
    assert set(of_ann(campaign(asks=[first, offer]))) == {"offer_other"}


def test_who_signed_up_since_is_not_asked_again() -> None:
    said = asked("not_now", "2026-11-10 18:00")
    since = on_list(signed_up_at="2026-11-11 10:00", confirmed_at="2026-11-11 10:00")
    assert "re_ask" not in of_ann(campaign(asks=[said], signups=[since]))
    before = on_list(signed_up_at="2026-11-09 10:00", confirmed_at="2026-11-11 10:00")
    assert "re_ask" in of_ann(campaign(asks=[said], signups=[before]))
    gone = {**since, "status": "cancelled", "cancelled_at": "2026-11-12 10:00"}
    assert "re_ask" in of_ann(campaign(asks=[said], signups=[gone]))


# Shifts ---------------------------------------------------------------------------------------


def test_who_is_coming_and_has_not_confirmed_is_asked_to_confirm() -> None:
    row = of_ann(campaign(signups=[on_list()]))["confirm"]
    assert row["reason"] == "Signed up for Saturday canvass on Sat 28 Nov at 10:00, not confirmed"
    assert str(row["due_on"])[:10] == "2026-11-27"
    assert "confirm" not in of_ann(campaign(signups=[on_list(confirmed_at="2026-11-20 10:00")]))
    later = on_list(confirmed_at="2026-11-24 10:00", status="confirmed")
    assert "confirm" in of_ann(campaign(signups=[later]))  # not known yet
    assert "confirm" not in of_ann(campaign(signups=[on_list("later")]))  # too far ahead
    both = of_ann(campaign(signups=[on_list(), on_list("phones")]))["confirm"]
    assert "phone bank on Thu 26 Nov" in both["reason"]
    assert "Also signed up for Saturday canvass" in both["details"]
    reached = [contact("2026-11-21 10:00", "confirmation", result="reached")]
    assert "confirm" not in of_ann(campaign(signups=[on_list()], contacts=reached))
    message = [contact("2026-11-21 10:00", "confirmation", result="left_message")]
    assert "confirm" in of_ann(campaign(signups=[on_list()], contacts=message))


def test_the_least_certain_are_confirmed_first() -> None:
    """Bo and half of the others always came, Cy and the rest never: Cy is called first."""
    days = [f"2026-{month}-{day:02d}" for month in ("08", "09", "10") for day in range(1, 31)]
    people = [{"person_id": p, "team_id": "t1"} for p in ("bo", "cy", *"abcdefgh")]
    shifts = visits(*days)["shifts"]
    past = [
        came(f"s-{day}", person["person_id"], attended=i % 2 == 0)
        for day in days
        for i, person in enumerate(people)
    ]
    ahead = [on_list(signup_id=f"g{p}", person_id=p) for p in ("bo", "cy")]
    rows = listed(campaign(people=people, shifts=shifts, signups=[*past, *ahead]))
    assert [r["person_id"] for r in rows if r["action"] == "confirm"] == ["cy", "bo"]


def test_past_shifts_with_open_attendance_are_to_be_recorded() -> None:
    rows = listed(campaign(signups=[came(attended=None)]))
    [row] = [r for r in rows if r["action"] == "record_attendance"]
    assert row["reason"] == "Saturday canvass on Sat 21 Nov: 1 of 1 sign-up not written down"
    assert row["person_id"] is None or row["person_id"] != row["person_id"]
    rows = listed(campaign(signups=[came()]))
    assert not [r for r in rows if r["action"] == "record_attendance"]


def test_a_shift_that_lacks_people_is_recruited_for() -> None:
    tables = campaign(signups=[on_list()])
    tables["shifts"][0]["need"] = 4
    [row] = [r for r in listed(tables) if r["action"] == "recruit"]
    frame = oa.plan_upcoming(make_store(tables), as_of=DAY)
    more = frame.set_index("shift_id").loc["next", "more"]
    assert row["reason"] == f"Saturday canvass on Sat 28 Nov at 10:00: sign up {more} more"
    assert row["details"] == frame.set_index("shift_id").loc["next", "sentence"]


# 1:1s -----------------------------------------------------------------------------------------


def test_a_newcomer_who_came_twice_gets_a_recruitment_1to1() -> None:
    twice = visits("2026-11-02", "2026-11-09")
    assert "recruitment_1to1" in of_ann(campaign(**twice))
    assert "recruitment_1to1" not in of_ann(campaign(**visits("2026-11-02")))
    held = met("recruitment", "2026-11-05 12:00")
    assert "recruitment_1to1" not in of_ann(campaign(**twice, meetings=[held]))
    missed = met("recruitment", "2026-11-05 12:00", "no_show")
    assert "recruitment_1to1" in of_ann(campaign(**twice, meetings=[missed]))
    ahead = met("recruitment", "2026-11-25 12:00", "scheduled")
    assert "recruitment_1to1" not in of_ann(campaign(**twice, meetings=[ahead]))
    old = visits("2026-06-02", "2026-11-09")
    assert "recruitment_1to1" not in of_ann(campaign(**old))


@pytest.mark.parametrize("role", [None, "supporter", "volunteer", "team_leader"])
def test_who_came_three_times_in_30_days_is_ready_for_more(role: str | None) -> None:
    people = [{"person_id": "ann", "team_id": "t1", "role": role}]
    three = visits("2026-10-24", "2026-11-09", "2026-11-16")
    assert "escalation" in of_ann(campaign(people=people, **three))
    assert "escalation" not in of_ann(
        campaign(people=people, **visits("2026-10-23", "2026-11-09", "2026-11-16"))
    )
    held = [met("escalation", "2026-11-05 12:00")]
    assert "escalation" not in of_ann(campaign(people=people, **three, meetings=held))
    rung = role or "supporter"
    changed = {"escalation_visits_by_rung": {rung: 4}}
    assert "escalation" not in of_ann(campaign(people=people, **three), **changed)


def test_an_organizer_has_no_next_rung() -> None:
    people = [{"person_id": "ann", "team_id": "t1", "role": "organizer"}]
    three = visits("2026-11-02", "2026-11-09", "2026-11-16")
    assert "escalation" not in of_ann(campaign(people=people, **three))


def test_maintenance_is_due_after_two_weeks() -> None:
    people = [{"person_id": "ann", "team_id": "t1", "role": "team_leader"}]
    assert of_ann(campaign(people=people))["maintenance"]["reason"] == (
        "Team leader; never had a maintenance 1:1"
    )
    row = of_ann(campaign(people=people, meetings=[met("maintenance", "2026-11-08 12:00")]))
    assert row["maintenance"]["reason"] == "Team leader; 14 days without a maintenance 1:1"
    recent = [met("maintenance", "2026-11-09 12:00")]
    assert "maintenance" not in of_ann(campaign(people=people, meetings=recent))
    ahead = [met("maintenance", "2026-11-30 12:00", "scheduled")]
    assert "maintenance" not in of_ann(campaign(people=people, meetings=ahead))


def test_next_steps_are_due_or_missed() -> None:
    def step(on: str) -> dict[str, Any]:
        return met("recruitment", "2026-11-01 12:00", next_step_on=on)

    assert (
        "was due on Fri 20 Nov"
        in of_ann(campaign(meetings=[step("2026-11-20")]))["next_step"]["reason"]
    )
    assert (
        "is due on Wed 25 Nov"
        in of_ann(campaign(meetings=[step("2026-11-25")]))["next_step"]["reason"]
    )
    assert "next_step" not in of_ann(campaign(meetings=[step("2026-11-30")]))
    done = [contact("2026-11-20 12:00", "other")]
    assert "next_step" not in of_ann(campaign(meetings=[step("2026-11-20")], contacts=done))
    early = [contact("2026-11-17 12:00", "other")]
    assert "next_step" in of_ann(campaign(meetings=[step("2026-11-20")], contacts=early))


# Staying --------------------------------------------------------------------------------------


def test_who_came_and_has_no_next_shift_is_asked_for_one() -> None:
    row = of_ann(campaign(signups=[came()]))["reshift"]
    assert row["details"].startswith('"Can you come to Saturday canvass on Sat 28 Nov')
    assert "reshift" not in of_ann(campaign(signups=[came(), on_list("phones")]))
    assert "reshift" not in of_ann(campaign(signups=[came()]), "2026-12-06")


@pytest.mark.parametrize("outcome", ["yes", "maybe", "not_now", "no", "no_answer"])
def test_who_was_asked_since_they_came_waits_for_what_the_answer_says(outcome: str) -> None:
    """Whatever the answer was, the line that led to the ask is done."""
    rows = of_ann(campaign(signups=[came()], asks=[asked(outcome, "2026-11-22 09:00")]))
    assert "reshift" not in rows
    rows = of_ann(campaign(signups=[came()], asks=[asked(outcome, "2026-11-10 09:00")]))
    assert "reshift" in rows or outcome in ("maybe", "not_now", "no_answer")
    often = visits("2026-08-01", "2026-08-08", "2026-08-15", "2026-08-22")
    assert "win_back" in of_ann(campaign(**often))
    assert "win_back" not in of_ann(campaign(**often, asks=[asked(outcome, "2026-11-01 09:00")]))


def test_a_yes_without_a_sign_up_is_to_be_put_on_the_list() -> None:
    yes = asked("yes", "2026-11-22 09:00", shift_id="next")
    words = "Put them on the list of Saturday canvass on Sat 28 Nov at 10:00."
    assert of_ann(campaign(asks=[yes]))["follow_up"]["details"] == words
    listed_now = of_ann(campaign(asks=[yes], signups=[on_list(signed_up_at="2026-11-22 10:00")]))
    assert listed_now["follow_up"]["details"] == ""
    past = asked("yes", "2026-11-20 09:00", shift_id="was")
    assert of_ann(campaign(asks=[past]))["follow_up"]["details"] == ""


@pytest.mark.parametrize(
    ("at", "meeting", "is_done"),
    [
        ("2026-11-20 09:00", None, True),  # a day early
        ("2026-11-19 09:00", None, True),
        ("2026-11-18 09:00", None, False),
        ("2026-11-18 09:00", "m-2026-11-10 11:00", True),  # it says what it is about
    ],
)
def test_a_next_step_that_is_taken_early_is_taken(at, meeting, is_done) -> None:
    step = met("recruitment", "2026-11-10 11:00", next_step_on="2026-11-21")
    made = contact(at, "other", meeting_id=meeting)
    rows = of_ann(campaign(meetings=[step], contacts=[made]))
    assert ("next_step" not in rows) == is_done


def test_who_used_to_come_often_is_won_back() -> None:
    regular = visits("2026-09-01", "2026-09-08", "2026-09-15", "2026-09-22")
    row = of_ann(campaign(**regular))["win_back"]
    assert row["reason"] == "Came on 4 days, usually every 7 days; last on Tue 22 Sep"
    regular["signups"].append(on_list("later"))
    assert "win_back" not in of_ann(campaign(**regular))


def test_who_left_is_not_asked_back_unless_they_came_again() -> None:
    left = [{"person_id": "ann", "at": "2026-11-20 10:00", "reason": "other"}]
    regular = visits("2026-09-01", "2026-09-08", "2026-09-15", "2026-09-22")
    assert "win_back" not in of_ann(campaign(**regular, departures=left))
    assert "re_ask" not in of_ann(campaign(asks=[asked("not_now")], departures=left))
    assert "reshift" in of_ann(campaign(signups=[came()], departures=left))
    step = met("recruitment", "2026-11-10 12:00", next_step_on="2026-11-20")
    assert not of_ann(campaign(meetings=[step], departures=left))


# The list as a whole --------------------------------------------------------------------------


def test_a_team_has_its_own_list_and_an_unknown_team_is_refused() -> None:
    tables = campaign(
        teams=[{"team_id": "t2", "name": "South"}],
        people=[{"person_id": "ann", "team_id": "t1"}, {"person_id": "bo", "team_id": "t2"}],
        signups=[came(), came(person="bo")],
    )
    store = make_store(tables)
    north, south = (oa.todo(store, team=t, as_of=DAY) for t in ("t1", "t2"))
    assert {"ann", "bo"} <= set(north["person_id"].dropna())  # both came to its shift
    assert set(south["action"]) == set()
    with pytest.raises(oa.OrganizingError, match="t3"):
        oa.todo(store, team="t3", as_of=DAY)


def test_what_does_not_fit_is_counted_and_every_kind_gets_its_turn() -> None:
    many = [{"person_id": f"p{i:02d}", "team_id": "t1", "role": "team_leader"} for i in range(40)]
    signups = [came(person=person["person_id"]) for person in many]
    store = make_store(campaign(people=many, signups=signups))
    full, shown = todo_of_all(store, as_of=DAY), oa.todo(store, as_of=DAY)
    # 40 follow-ups (promises: the 48 hours run), 40 to reshift, 40 maintenance 1:1s.
    assert len(full) == 120
    assert shown["action"].value_counts().to_dict() == {"follow_up": 40}
    assert shown.attrs["left"] == {"reshift": 40, "maintenance": 40}
    some, left = within_reach(full.assign(is_promise=False), 8)
    # In turns of four, two and one.
    assert list(some["action"]) == ["follow_up"] * 5 + ["reshift"] * 2 + ["maintenance"]
    assert left == {"follow_up": 35, "reshift": 38, "maintenance": 39}
    everything = oa.todo(store, as_of=DAY, everything=True)
    assert (len(everything), everything.attrs["left"]) == (120, {})


def test_each_organizer_has_a_list_of_their_own_length() -> None:
    crew = [{"person_id": p, "given_name": p.title()} for p in ("ada", "ben")]
    many = [
        {"person_id": f"p{i:02d}", "team_id": "t1", "role": "team_leader",
         "organizer_id": "ada" if i < 30 else "ben"}
        for i in range(40)
    ]  # fmt: skip
    nobody = [{"person_id": "zoe", "role": "team_leader"}]
    store = make_store(campaign(people=[*crew, *many, *nobody]))
    # One maintenance 1:1 each.
    shown = oa.todo(store, as_of=DAY)
    assert shown["organizer_id"].value_counts().to_dict() == {"ada": 12, "ben": 10}
    assert list(shown.loc[shown["organizer_id"].isna(), "person_id"]) == ["zoe"]
    assert list(shown["organizer"].dropna().unique()) == ["Ada", "Ben"]
    assert shown.attrs["left"] == {"maintenance": 18}
    assert not shown["person_id"].duplicated().any()
    own = oa.todo(store, organizer="ada", as_of=DAY)
    assert (len(own), own.attrs["left"]) == (12, {"maintenance": 18})
    assert len(oa.todo(store, organizer="ada", everything=True, as_of=DAY)) == 30
    assert oa.todo(store, organizer="zoe", as_of=DAY).empty
    with pytest.raises(oa.OrganizingError, match="no person"):
        oa.todo(store, organizer="nobody", as_of=DAY)
    # A team's lead gets what is about people whom nobody looks after.
    led = campaign(people=[*crew, {"person_id": "zoe", "role": "team_leader", "team_id": "t1"}])
    led["teams"] = [TEAM | {"lead_id": "ben"}]
    assert list(oa.todo(make_store(led), as_of=DAY)["organizer_id"]) == ["ben"]


def test_a_promise_with_a_date_is_never_left_out_and_comes_in_time() -> None:
    people = [
        {"person_id": f"p{i:02d}", "role": "team_leader", "organizer_id": "ada"} for i in range(30)
    ]
    steps = [
        {
            "meeting_id": f"m{i}", "person_id": f"p{i:02d}", "kind": "maintenance",
            "scheduled_at": "2026-11-12 18:00", "status": "held",
            "next_step_on": f"2026-11-{14 + i}",
        }
        for i in range(15)
    ]  # fmt: skip
    again = [
        asked("not_now", again_on="2026-11-24", person_id=f"p{i}", ask_id=f"a{i}") for i in (20, 21)
    ]
    store = make_store(campaign(people=[{"person_id": "ada"}, *people], meetings=steps, asks=again))
    shown = oa.todo(store, organizer="ada", as_of=DAY)
    promises = shown[shown["is_promise"]]
    # Next steps of 14 to 28 November, all within a week or missed lately, and two "not now".
    assert promises["action"].value_counts().to_dict() == {"next_step": 15, "re_ask": 2}
    assert shown.attrs["left"] == {"maintenance": 15}
    # Overdue on 23 November, the first day of the list: 9 days for the 14th, 1 for the 22nd.
    assert list(promises["overdue_days"])[:9] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert not promises["overdue_days"].iloc[9:].any()
    later = promises[promises["overdue_days"] == 0]["due_on"]
    assert later.is_monotonic_increasing


def test_the_command_line_gives_the_same(small, store, run) -> None:
    oa.load_files([small], store=store, timezone="America/New_York")
    answer = json.loads(run("todo", "--store", store, "--as-of", "2026-03-08", "--json"))
    assert answer["measure"] == "todo"
    assert answer["as_of"] == "2026-03-08"
    assert set(answer["rows"][0]) == {
        "action", "person_id", "name", "reason", "due_on", "details",
        "ask_id", "shift_id", "signup_id", "meeting_id", "ask_for",
        "organizer_id", "organizer", "words", "second", "other", "overdue_days", "is_promise",
        "team_id", "notes",
    }  # fmt: skip
    by_action = {row["action"]: row for row in answer["rows"]}
    assert by_action["follow_up"]["person_id"] == "p1"
    assert by_action["follow_up"]["due_on"] == "2026-03-09"
    assert by_action["record_attendance"]["person_id"] is None
