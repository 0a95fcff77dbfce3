"""What each organizer did, counted by hand."""

from __future__ import annotations

from typing import Any

from make_store import MadeStore, cells, make_store

from organizing_analytics.measures import organizers

AS_OF = {"as_of": "2026-11-22"}


def ask(key: str, by: str | None, at: str, outcome: str = "yes", **more: Any) -> dict[str, Any]:
    return {
        "ask_id": key, "asker_id": by, "person_id": f"with_{key}", "asked_at": f"{at} 18:00",
        "ask_for": "canvass", "outcome": outcome, "team_id": "t1", **more,
    }  # fmt: skip


def call(key: str, by: str | None, person: str, at: str, **more: Any) -> dict[str, Any]:
    return {"contact_id": key, "by_id": by, "person_id": person, "at": at, **more}


def store() -> MadeStore:
    """Zoe is named Adams and Abe Young: by id zoe comes last, by name first."""
    return make_store(
        {
            "people": [
                {"person_id": "zoe", "given_name": "Adams", "team_id": "t2"},
                {"person_id": "abe", "given_name": "Young", "team_id": "t1"},
            ],
            "asks": [
                ask("1", "zoe", "2026-11-02"),
                ask("2", "zoe", "2026-11-03", "not_now"),
                ask("log:reply:7K3MQ2ZT", "zoe", "2026-11-04"),
                ask("4", None, "2026-11-04"),  # nobody knows whose it was
                ask("5", "zoe", "2026-11-21"),  # too young for a follow-up to be due
                ask("6", "zoe", "2026-11-23"),  # after as-of
            ],
            "meetings": [
                {
                    "meeting_id": "m1", "organizer_id": "abe", "person_id": "with_1",
                    "kind": "maintenance", "scheduled_at": "2026-11-05 18:00", "status": "held",
                },
                {
                    "meeting_id": "m2", "organizer_id": "abe", "person_id": "with_1",
                    "kind": "maintenance", "scheduled_at": "2026-11-06 18:00", "status": "no_show",
                },
            ],
            "contacts": [
                # 47 hours after ask 1, by somebody else; 49 hours after the ask from the list.
                call("c1", "abe", "with_1", "2026-11-04 17:00", reason="follow_up"),
                call("c2", "zoe", "with_log:reply:7K3MQ2ZT", "2026-11-06 19:00", reason="follow_up"),
                call("c3", None, "with_1", "2026-11-04 17:00"),
            ],
        }
    )  # fmt: skip


def test_each_act_counts_for_who_did_it_in_the_order_of_names() -> None:
    frame = organizers(store(), **AS_OF)
    # zoe: asks 1, 2, 5 and the one from a list, and contact c2; two yeses old enough, one followed
    # up. abe: one held 1:1 that nobody followed up, and contact c1.
    assert cells(
        frame, "organizer", "name", "one_to_ones", "asks", "contacts", "from_lists",
        "follow_up_due", "followed_up", "rate",
    ) == [
        ("zoe", "Adams", 0, 4, 1, 1, 2, 1, 0.5),
        ("abe", "Young", 1, 0, 1, 0, 1, 0, 0.0),
    ]  # fmt: skip
    # Two yeses are few: the interval says so.
    (low, high), *_ = cells(frame, "low", "high")
    assert low < 0.1
    assert high > 0.9


def test_window_and_team_choose_acts() -> None:
    week = organizers(store(), since="2026-11-04", until="2026-11-06", **AS_OF)
    assert cells(week, "organizer", "asks", "contacts", "one_to_ones") == [
        ("zoe", 1, 1, 0),
        ("abe", 0, 1, 1),
    ]
    # A contact is of the team of whoever made it.
    assert cells(organizers(store(), team="t2", **AS_OF), "organizer", "contacts") == [("zoe", 1)]
