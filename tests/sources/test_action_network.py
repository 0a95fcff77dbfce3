"""Action Network's OSDI answers, written by hand with their traps."""

from __future__ import annotations

import json

import organizing_analytics as oa

API = "https://actionnetwork.org/api/v2"


def event(uid: str, **more: object) -> dict:
    return {
        "identifiers": [f"action_network:{uid}"],
        "title": f"Event {uid}",
        "status": "confirmed",
        "created_date": "2026-06-01T00:00:00Z",
        "modified_date": "2026-06-02T00:00:00Z",
        "start_date": "2026-07-04T17:45:00Z",  # UTC, as the Z says: 13:45 in New York
        "capacity": 40,
        "location": {"venue": "Park", "locality": "Ithaca", "address_lines": ["1 Road"]},
        "_links": {"self": {"href": f"{API}/events/{uid}"}},
    } | more


def attendance(uid: str, who: str, at: str, **more: object) -> dict:
    return {
        "identifiers": [f"action_network:{uid}"],
        "created_date": "2026-06-20T10:00:00Z",
        "modified_date": "2026-06-20T10:00:00Z",
        "status": "accepted",
        "action_network:person_id": who,
        "action_network:event_id": at,
        "_links": {
            "osdi:person": {"href": f"{API}/people/{who}"},
            "osdi:event": {"href": f"{API}/events/{at}"},
        },
    } | more


def person(uid: str, given: str, mail: str) -> dict:
    return {
        "identifiers": ["other:1", f"action_network:{uid}"],
        "given_name": given,
        "family_name": "Lee",
        "created_date": "2026-01-05T10:00:00Z",
        "email_addresses": [
            {"primary": False, "address": "old@example.org"},
            {"primary": True, "address": mail},
        ],
    }


def page(name: str, records: list[dict]) -> dict:
    return {"total_pages": 1, "_embedded": {name: records}}


def write(folder, content: dict, name: str):
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def load(folder, store):
    linked = attendance("a3", "p3", "e1")
    del linked["action_network:person_id"], linked["action_network:event_id"]  # only its links
    paths = [
        write(folder, page("osdi:people", [person("p1", "Ann", "ann@example.org"),
                                           person("p2", "Bo", "bo@example.org")]), "people_1.json"),
        write(folder, page("osdi:events", [event("e1"), event("e2", status="cancelled"),
                                           event("e3", start_date=None)]), "an_events.json"),
        write(folder, page("osdi:attendances", [
            attendance("a1", "p1", "e1"),
            attendance("a2", "p2", "e1"),
            linked,
            attendance("a4", "p1", "e2"),
            attendance("a5", "p4", "e1", status="tentative"),
        ]), "rsvps.json"),
    ]  # fmt: skip
    return oa.load_files(paths, store=store, timezone="America/New_York")


def test_people_events_and_attendances(tmp_path, store, rows):
    result = load(tmp_path, store)
    counts = {f.file: (f.table, f.source, f.rows, f.new, f.skipped) for f in result.files}
    assert counts == {
        "people_1.json": ("people", "action_network", 2, 2, 0),
        "an_events.json": ("events", "action_network", 3, 3, 0),
        "rsvps.json": ("signups", "action_network", 5, 4, 1),
    }
    assert result.rejects == []
    # An event without shifts gets one; an event without a start has none.
    assert rows(store, "SELECT shift_id, starts_at::VARCHAR, capacity FROM shifts ORDER BY 1") == [
        ("action_network:event:e1", "2026-07-04 17:45:00", 40),
        ("action_network:event:e2", "2026-07-04 17:45:00", 40),
    ]
    assert rows(store, "SELECT email FROM people ORDER BY person_id") == [
        ("ann@example.org",), ("bo@example.org",), (None,),
    ]  # fmt: skip
    with oa.open_store(store) as data:
        counts = oa.show_up(data, as_of="2026-08-01").iloc[0]
    # RSVPs say nothing of who came; the cancelled event counts nowhere.
    assert [counts[c] for c in ("scheduled", "unrecorded", "no_show")] == [3, 3, 0]
