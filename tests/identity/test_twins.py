"""The same sign-up in two tools counts once."""

from __future__ import annotations

import itertools
import json

import pytest

import organizing_analytics as oa

START = 1783173600  # 2026-07-04 14:00 UTC


def mobilize(number: int, user: int, name: str, *, attended: bool | None, status="REGISTERED"):
    return {
        "id": number, "created_date": START - 90_000, "modified_date": START - 90_000,
        "person": {"user_id": user, "given_name": name, "family_name": "Lee",
                   "email_addresses": [{"primary": True, "address": f"{name}@example.org"}]},
        "event": {"id": 5, "title": "Canvass", "timezone": "America/New_York", "event_type": "CANVASS"},
        "timeslot": {"id": 51, "start_date": START, "end_date": START + 7200},
        "status": status, "attended": attended,
    }  # fmt: skip


def van(number: int, van_id: int, name: str, status: str, mail: str | None = "") -> dict:
    return {
        "eventSignupId": number,
        "person": {"vanId": van_id, "firstName": name, "lastName": "Lee",
                   "email": f"{name}@example.org" if mail == "" else mail},
        "event": {"eventId": 7, "name": "Canvass"}, "shift": {"eventShiftId": 70},
        "role": {"name": "Canvasser"}, "status": {"name": status},
        "startTimeOverride": "2026-07-04T10:00:00-04:00",
    }  # fmt: skip


MOBILIZE = [
    mobilize(1, 11, "ann", attended=True),  # VAN says nothing
    mobilize(2, 12, "bo", attended=None),  # VAN says No Show
    mobilize(3, 13, "cy", attended=True),  # VAN says No Show: they disagree
    mobilize(4, 14, "di", attended=None, status="CANCELLED"),  # VAN still has her as Scheduled
    mobilize(5, 15, "ed", attended=True),  # only here
    mobilize(6, 16, "flo", attended=True),  # in VAN under another name: by the crosswalk
]
VAN = [
    van(1, 101, "Ann", "Scheduled"),
    van(2, 102, "Bo", "No Show"),
    van(3, 103, "Cy", "No Show"),
    van(4, 104, "Di", "Scheduled"),
    van(7, 107, "Florence", "Scheduled", mail=None),
]
CROSSWALK = (
    "id,timeslot_id,user_id,participation_id,signup_type,van_id,van_event_van_id,van_shift_van_id,"
    "van_person_van_id,committee_id\n"
    "1,,16,6,PARTICIPATION,7,7,70,107,1\n"
    "2,,,,EVENT_OWNER,8,7,70,108,1\n"
)


@pytest.mark.parametrize("order", list(itertools.permutations(["mobilize", "van", "crosswalk"])))
def test_in_any_order(order, tmp_path, store, rows, run):
    (tmp_path / "mobilize.json").write_text(json.dumps(MOBILIZE))
    (tmp_path / "van.json").write_text(json.dumps(VAN))
    (tmp_path / "crosswalk.csv").write_text(CROSSWALK)
    for name in order:
        path = next(tmp_path.glob(f"{name}.*"))
        result = oa.load_files(path, store=store, timezone="America/New_York")
        assert result.rejects == []
        (count,) = result.files
        assert count.rows == count.new + count.skipped
    # 11 sign-ups of 6 people.
    assert rows(store, "SELECT count(*) FROM main.signups") == [(11,)]
    assert rows(
        store,
        "SELECT lower(p.given_name), s.signup_id, status, attended FROM signups s "
        "JOIN people p USING (person_id) ORDER BY 1",
    ) == [
        ("ann", "everyaction:signup:1", "registered", True),
        ("bo", "everyaction:signup:2", "registered", False),
        ("cy", "everyaction:signup:3", "registered", False),
        ("di", "everyaction:signup:4", "registered", None),
        ("ed", "mobilize:attendance:5", "registered", True),
        ("florence", "everyaction:signup:7", "registered", True),
    ]
    # What VAN leaves empty is filled from Mobilize.
    assert rows(store, "SELECT count(*) FROM signups WHERE signed_up_at IS NULL") == [(0,)]
    with oa.open_store(store) as data:
        counts = oa.show_up(data, as_of="2026-08-01").iloc[0]
        assert len(oa.signup_twins(data)) == 2
    assert [counts[c] for c in ("attended", "no_show", "cancelled", "unrecorded")] == [3, 2, 0, 1]
    answer = json.loads(run("twins", "--store", store, "--json"))
    assert [(r["signup_id"], r["other_attended"], r["counted"]) for r in answer["rows"]] == [
        ("everyaction:signup:3", True, False), ("everyaction:signup:4", None, None),
    ]  # fmt: skip


def test_the_door_counts_over_the_tools(tmp_path, store, rows):
    (tmp_path / "van.json").write_text(json.dumps([van(3, 103, "Cy", "No Show")]))
    oa.load_files(tmp_path / "van.json", store=store, timezone="America/New_York")
    (tmp_path / "door.csv").write_text("Name\nCy Lee\n")
    oa.load_files(
        tmp_path / "door.csv", store=store, source="check_in", shift="everyaction:shift:70"
    )
    assert rows(store, "SELECT signup_id, attended FROM signups") == [
        ("everyaction:signup:3", True)
    ]
