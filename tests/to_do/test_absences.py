"""Who was missed, who was never asked, whom to call while a shift runs; and not too often."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from make_store import make_store
from test_to_do import asked, came, campaign, contact, met, of_ann, on_list, visits

import organizing_analytics as oa


def missed(shift: str = "was", **more: Any) -> dict[str, Any]:
    return came(shift, **more) | {"attended": False}


def test_who_was_expected_and_did_not_come_is_called() -> None:
    row = of_ann(campaign(signups=[missed()]))["missed"]
    assert row["reason"] == (
        "Was expected at Saturday canvass on Sat 21 Nov and did not come; no reason is known"
    )
    assert row["details"].startswith('"We missed you on Saturday. Can you come to Saturday canvass')
    assert (
        row["shift_id"] == "next" or row["ask_for"] == "canvass" or row["ask_for"] == "phone_bank"
    )


@pytest.mark.parametrize(
    "tables",
    [
        {"signups": [came() | {"attended": None}]},  # nobody wrote it down
        {"signups": [missed(status="cancelled")]},
        {"signups": [missed()], "contacts": [contact("2026-11-22 10:00", "other")]},
        {"signups": [missed()], "asks": [asked("maybe", "2026-11-21 15:00")]},
        {"signups": [missed()], "meetings": [met("maintenance", "2026-11-22 12:00")]},
        {"signups": [missed()], "people": [{"person_id": "ann", "do_not_contact": True}]},
    ],
)
def test_who_cancelled_or_was_spoken_to_since_is_not_missed(tables: dict[str, Any]) -> None:
    rows = campaign(**tables)
    rows["people"] = tables.get("people", rows["people"])
    assert "missed" not in of_ann(rows)


def test_who_was_missed_and_has_a_next_shift_is_asked_for_none() -> None:
    row = of_ann(campaign(signups=[missed(), on_list("later")]))["missed"]
    assert (row["words"], row["ask_for"]) == ("", None)
    assert "count on them" in row["details"]
    assert "missed" not in of_ann(campaign(signups=[missed()]), "2026-12-10")  # 19 days ago


def test_who_came_twice_and_was_never_asked() -> None:
    tables = campaign(**visits("2026-10-01", "2026-10-15"))
    row = of_ann(tables)["never_asked"]
    assert row["reason"].startswith("Came on 2 days in the last 90, and nobody asked")
    assert "never_asked" not in of_ann(campaign(**visits("2026-10-15")))
    old_ask = [asked("yes", "2026-08-01 10:00", ask_for="rally")]
    assert "never_asked" in of_ann(campaign(**visits("2026-10-01", "2026-10-15"), asks=old_ask))
    recent = [asked("yes", "2026-10-20 10:00", ask_for="rally")]
    assert "never_asked" not in of_ann(campaign(**visits("2026-10-01", "2026-10-15"), asks=recent))


def test_the_cooldown_and_the_number_of_asks_a_month() -> None:
    tables = campaign(signups=[came()], asks=[asked("yes", "2026-11-20 18:00", ask_for="rally")])
    assert "reshift" not in of_ann(tables)
    assert "reshift" in of_ann(tables, ask_cooldown_days=2)
    asks = [asked("no_answer", f"2026-11-{day:02d} 18:00") for day in (2, 9, 16)]
    assert "try_again" in of_ann(campaign(asks=asks))
    assert "try_again" not in of_ann(campaign(asks=asks), asks_a_month=3)
    # A date that the person named is kept all the same.
    named = [*asks, asked("not_now", "2026-11-17 18:00", again_on="2026-11-24")]
    assert "re_ask" in of_ann(campaign(asks=named), asks_a_month=3)


RUNNING = {
    "shift_id": "now", "event_id": "canvass", "starts_at": "2026-11-23 10:00",
    "ends_at": "2026-11-23 13:00",
}  # fmt: skip
PEOPLE = [{"person_id": p, "given_name": p.title(), "team_id": "t1"} for p in ("ann", "bo", "cy")]


def chased(at: str, *signups: dict[str, Any]) -> list[tuple[str, str | None]]:
    store = make_store(campaign(people=PEOPLE, shifts=[RUNNING], signups=list(signups)))
    frame = oa.todo_now(store, at=datetime.fromisoformat(at).replace(tzinfo=UTC))
    persons = frame["person_id"].astype(object).where(frame["person_id"].notna(), None)
    return list(zip(frame["action"], persons, strict=True))


def test_who_confirmed_and_is_not_there_is_called_twenty_minutes_in() -> None:
    ann = on_list("now", status="confirmed")
    there = came("now", "bo", status="confirmed")
    unconfirmed = on_list("now", person_id="cy", signup_id="cy-now")
    assert chased("2026-11-23 10:20", ann, there, unconfirmed) == [("chase", "ann")]
    assert chased("2026-11-23 10:19", ann, there, unconfirmed) == []
    assert chased("2026-11-23 13:00", ann, there, unconfirmed) == []
    # Nobody is marked as there: the list is not kept, and nobody is known to be missing.
    assert chased("2026-11-23 10:20", ann, unconfirmed) == [("record_attendance", None)]
    assert chased("2026-11-23 10:20") == []


def test_the_command_line_asks_for_now(small, store, run) -> None:
    oa.load_files([small], store=store)
    assert "Nothing is waiting" in run("todo", "--now", "--store", store)
