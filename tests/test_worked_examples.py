"""The examples in docs/definitions.md that are counted by hand, as they stand there."""

from __future__ import annotations

from make_store import cells, make_store

import organizing_analytics as oa


def visits(*days: tuple[str, str]) -> dict:
    """Return tables in which each (person, date) is one attended shift at noon."""
    dates = sorted({day for _, day in days})
    return {
        "people": [{"person_id": person} for person in sorted({p for p, _ in days})],
        "events": [{"event_id": "e", "event_type": "canvass"}],
        "shifts": [
            {"shift_id": day, "event_id": "e", "starts_at": f"{day} 12:00", "ends_at": f"{day} 14:00"}
            for day in dates
        ],
        "signups": [
            {
                "signup_id": f"{person} {day}", "shift_id": day, "person_id": person,
                "status": "registered", "attended": True,
            }
            for person, day in days
        ],
    }  # fmt: skip


THREE = (("ann", "2026-03-01"), ("bo", "2026-03-01"), ("bo", "2026-04-01"), ("cy", "2026-06-01"))


def test_lapse_and_tiers():
    store = make_store(visits(*THREE))
    answer = oa.retention_lapse(store, as_of="2026-06-30")
    assert cells(answer, "day", "at_risk", "surviving") == [(60, 2, 0.5), (91, 1, 0.0)]
    assert cells(oa.retention_tiers(store, as_of="2026-06-30"), "tier", "people") == [
        ("super_active", 0), ("active", 0), ("almost_active", 1), ("dropped", 2),
    ]  # fmt: skip


def test_reshift():
    tables = visits(*THREE)
    for row in tables["signups"]:
        row["signed_up_at"] = "2026-03-01 13:00"
    answer = oa.retention_reshift(make_store(tables), as_of="2026-05-30")
    assert cells(answer, "attended", "reshifted") == [(3, 1)]


def test_coverage_and_overdue():
    store = make_store(
        {
            "people": [
                {"person_id": "ann", "role": "team_member"},
                {"person_id": "bo", "role": "team_leader"},
                {"person_id": "cy", "role": "organizer"},
                {"person_id": "di", "role": "supporter"},
            ],
            "meetings": [
                {
                    "meeting_id": f"m{day}", "person_id": person, "kind": "maintenance",
                    "scheduled_at": f"2026-06-{day} 12:00", "status": "held",
                }
                for person, day in (("ann", 17), ("bo", 16))
            ],
        }
    )  # fmt: skip
    answer = oa.meetings_coverage(store, as_of="2026-06-30")
    assert cells(answer, "people", "covered") == [(3, 1)]
    overdue = oa.meetings_overdue(store, as_of="2026-06-30")
    assert cells(overdue, "person_id", "days_since") == [("cy", None), ("bo", 14)]


def test_the_chain():
    asked = ["no_answer"] * 2 + ["yes"] * 5 + ["not_now"] * 3
    people = [f"p{n}" for n in range(10)]
    signed_up = people[2:6]
    confirmed = signed_up[:3]
    came = confirmed[:2]
    store = make_store(
        {
            "people": [{"person_id": person} for person in people],
            "events": [{"event_id": "e", "event_type": "canvass"}],
            "shifts": [{"shift_id": "sat", "event_id": "e", "starts_at": "2026-06-06 12:00"}],
            "asks": [
                {
                    "ask_id": f"a{n}", "asked_at": "2026-06-01 12:00", "person_id": person,
                    "ask_for": "canvass", "shift_id": "sat", "outcome": outcome,
                }
                for n, (person, outcome) in enumerate(zip(people, asked, strict=True))
            ],
            "signups": [
                {
                    "signup_id": person, "shift_id": "sat", "person_id": person,
                    "status": "confirmed" if person in confirmed else "registered",
                    "attended": True if person in came else None,
                }
                for person in signed_up
            ],
        }
    )  # fmt: skip
    answer = oa.chain(store, as_of="2026-06-09")
    assert cells(answer, "link", "from", "to", "immature") == [
        ("answered", 10, 8, 0),
        ("yes", 8, 5, 0),
        ("signed_up", 5, 4, 0),
        ("confirmed", 4, 3, 0),
        ("came", 2, 2, 1),
        ("came_again", 0, 0, 2),
    ]


def test_show_up_of_ten_on_the_list():
    start = "2026-06-06 12:00"
    rows = [
        {"status": "cancelled", "cancelled_at": "2026-06-05 12:00"},
        {"status": "cancelled", "cancelled_at": "2026-06-06 12:10"},
        *[{"status": "registered", "attended": True}] * 5,
        *[{"status": "registered", "attended": False}] * 2,
        {"status": "registered"},
        {"status": "registered", "attended": True, "is_walk_in": True},
    ]
    store = make_store(
        {
            "people": [{"person_id": f"p{n}"} for n in range(len(rows))],
            "events": [{"event_id": "e", "event_type": "canvass"}],
            "shifts": [{"shift_id": "s", "event_id": "e", "starts_at": start}],
            "signups": [
                {"signup_id": f"g{n}", "shift_id": "s", "person_id": f"p{n}", **row}
                for n, row in enumerate(rows)
            ],
        }
    )
    answer = oa.show_up(store, as_of="2026-06-30")
    assert cells(answer, "scheduled", "attended", "cancelled", "no_show", "unrecorded", "walk_in") == [
        (10, 5, 1, 3, 1, 1)
    ]  # fmt: skip
    rates = answer.iloc[0]
    assert [rates[name] for name in ("rate", "flake_rate", "rate_if_none", "rate_if_all")] == [
        5 / 8, 4 / 9, 5 / 9, 6 / 9,
    ]  # fmt: skip
    assert rates["recorded_share"] == 8 / 9


def test_return_of_ann_bo_and_cy():
    store = make_store(
        visits(
            ("ann", "2026-03-01"), ("ann", "2026-03-31"), ("bo", "2026-03-01"),
            ("bo", "2026-04-01"), ("cy", "2026-03-20"),
        )
    )  # fmt: skip
    answer = oa.retention_return(store, as_of="2026-04-10")
    assert cells(answer, "people", "matured", "returned") == [(3, 2, 1)]


def test_a_not_now_and_a_not_that():
    base = {"person_id": "ann", "ask_for": "canvass"}
    asks = [
        {"ask_id": "a1", "asked_at": "2026-06-01 12:00", "outcome": "not_now", "shift_id": "sat"},
        {
            "ask_id": "a2", "asked_at": "2026-06-01 12:00", "outcome": "yes", "shift_id": "sun",
            "after_ask_id": "a1",
        },
        {"ask_id": "b1", "asked_at": "2026-06-02 12:00", "outcome": "not_that", "person_id": "bo"},
        {"ask_id": "b2", "asked_at": "2026-06-05 12:00", "outcome": "no", "person_id": "bo"},
    ]  # fmt: skip
    store = make_store(
        {
            "people": [{"person_id": "ann"}, {"person_id": "bo"}],
            "asks": [{**base, **ask} for ask in asks],
        }
    )
    answer = oa.asks_after_no(store, as_of="2026-07-30")
    columns = ("no_type", "noes", "reasked", "right_move", "converted", "median_days")
    assert cells(answer, *columns)[:2] == [
        ("not_now", 1, 1, 1, 1, 0.0),
        ("not_that", 1, 1, 0, 0, None),
    ]
