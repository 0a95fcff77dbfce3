"""VAN and EveryAction: every number here was counted by hand from the rows beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import organizing_analytics as oa
from organizing_analytics.errors import FileError


def signup(number: int, van: int, said: str | None, **more: object) -> dict:
    made = {
        "eventSignupId": number,
        "person": {"vanId": van, "firstName": f"P{van}", "lastName": "Roe", "email": None,
                   "phone": None},
        "event": {"eventId": 7, "name": "Phone bank", "shortName": "PB"},
        "shift": {"eventShiftId": 70, "name": "Evening"},
        "role": {"roleId": 3, "name": "Caller"},
        "status": {"statusId": 1, "name": said},
        "location": {"locationId": 1, "name": "Hall", "displayName": "The hall"},
        "startTimeOverride": "2026-03-10T18:00:00-04:00",
        "endTimeOverride": "2026-03-10T20:00:00-04:00",
    }  # fmt: skip
    return made | more


SIGNUPS = [
    signup(1, 1, "Completed"),
    signup(2, 2, "No Show"),
    signup(3, 3, "Walk In"),
    signup(4, 4, "Sched-Web"),
    signup(5, 5, "Conf Twice"),
    signup(6, 6, "Left Msg"),  # not yet a sign-up
    signup(7, 7, "Declined"),  # an ask that was refused
    signup(8, 8, "Cancel-Web"),
    signup(9, 9, None, status={"statusId": 6, "name": None}),  # No Show, by its id
    signup(10, 10, "Ghosted"),  # a status of their own
    signup(11, 11, "Declined", event={"eventId": 8, "name": "[Canceled] March"}),
    signup(12, 12, "Completed", event={"eventId": 9, "name": "1:1 meetings"}),
    signup(13, 13, "Scheduled", role={"roleId": 4, "name": "Maintenance 1:1 Attendee"}),
    signup(14, 14, "Scheduled", shift=None),  # an event without shifts
]


@pytest.fixture
def put(tmp_path):
    def _put(content: object, name: str = "export.json", encoding: str = "utf-8"):
        path = tmp_path / name
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding=encoding)
        return path

    return _put


def test_signups_of_the_api(put, store, rows):
    path = put({"items": SIGNUPS, "count": 14, "nextPageLink": None})
    result = oa.load_files(path, store=store, timezone="America/New_York")
    (count,) = result.files
    assert (count.table, count.source, count.rows) == ("signups", "everyaction", 14)
    # Sign-ups 1-5, 8, 9, 14; ask 7; meetings 12, 13. Skipped: 6 and 11. Rejected: 10.
    assert (count.new, count.skipped, count.rejected) == (11, 2, 1)
    said = " ".join(result.warnings)
    assert "1 row skipped: not yet a sign-up (Left Msg)" in said
    assert "event that was deleted ([Canceled] …)" in said
    assert "oa settings everyaction_statuses" in str(result.rejects[0])
    assert rows(
        store, "SELECT status_raw, status, attended, is_walk_in FROM signups ORDER BY signup_id"
    ) == [
        ("Completed", "registered", True, None),
        ("Scheduled", "registered", None, None),
        ("No Show", "registered", False, None),
        ("Walk In", "registered", True, True),
        ("Sched-Web", "registered", None, None),
        ("Conf Twice", "confirmed", None, None),
        ("Cancel-Web", "cancelled", None, None),
        ("No Show", "registered", False, None),
    ]
    assert rows(store, "SELECT outcome, ask_for, person_id FROM asks") == [
        ("no", "Phone bank", "everyaction:person:7")
    ]
    assert rows(store, "SELECT kind, status, minutes FROM meetings ORDER BY meeting_id") == [
        ("recruitment", "held", 120),
        ("maintenance", "scheduled", None),
    ]
    assert rows(store, "SELECT DISTINCT starts_at::VARCHAR FROM shifts") == [
        ("2026-03-10 22:00:00",)
    ]
    assert oa.load_files(path, store=store).files[0].unchanged == 11


def test_a_status_of_their_own_is_a_setting(put, store, rows, run):
    path = put(SIGNUPS)
    oa.load_files(path, store=store, timezone="UTC")
    run("settings", "everyaction_statuses=Ghosted=no_show; left msg=registered", "--store", store)
    result = oa.load_files(path, store=store)
    assert (result.files[0].new, result.files[0].skipped, result.files[0].rejected) == (2, 1, 0)
    assert rows(store, "SELECT status_raw, attended FROM signups WHERE signup_id LIKE '%:10'") == [
        ("Ghosted", False)
    ]
    err = run("settings", "everyaction_statuses=Ghosted=gone", "--store", store, code=1)
    assert "no_show" in err


def test_declined_after_a_signup_is_a_cancelling(put, store, rows):
    oa.load_files(put([signup(1, 1, "Scheduled")]), store=store, timezone="UTC")
    result = oa.load_files(put([signup(1, 1, "Declined")]), store=store)
    assert result.files[0].updated == 1
    assert rows(store, "SELECT status, status_raw FROM signups") == [("cancelled", "Declined")]
    assert rows(store, "SELECT count(*) FROM asks") == [(0,)]


def test_an_event_that_was_renamed_counts_nowhere(put, store, rows):
    oa.load_files(put([signup(1, 1, "Scheduled")]), store=store, timezone="UTC")
    gone = {"eventId": 7, "name": "[Canceled] Phone bank"}
    oa.load_files(put([signup(1, 1, "Declined", event=gone)]), store=store)
    assert rows(store, "SELECT deleted_at IS NOT NULL FROM events") == [(True,)]
    with oa.open_store(store) as data:
        assert oa.show_up(data, as_of="2026-04-01")["scheduled"].sum() == 0


def test_an_event_of_which_only_the_end_is_known_is_not_made(put, store, rows):
    nowhen = {"startTimeOverride": None, "endTimeOverride": None}
    known = put([signup(1, 1, "Scheduled", **nowhen)], "first.json")  # rejected: it has no start
    gone = {"eventId": 7, "name": "[Canceled] Phone bank"}
    over = put([signup(2, 1, "Declined", event=gone)], "second.json")
    result = oa.load_files([known, over], store=store, timezone="UTC")
    counts = [(c.new, c.updated, c.unchanged, c.skipped, c.rejected) for c in result.files]
    assert counts == [(0, 0, 0, 0, 1), (0, 0, 0, 1, 0)]
    assert rows(store, "SELECT count(*) FROM events") == [(0,)]


def test_the_same_rows_as_parsons_unpacks_them(put, store, rows):
    flat = []
    for row in SIGNUPS[:5]:
        one = {k: v for k, v in row.items() if not isinstance(v, dict)} | row["person"]
        for name in ("event", "shift", "role", "status", "location"):
            one |= {f"{name}_{key}": value for key, value in row[name].items()}
        flat.append(one)
    result = oa.load_files(put(flat), store=store, timezone="UTC")
    assert (result.files[0].source, result.files[0].new) == ("everyaction", 5)
    assert rows(store, "SELECT count(*) FROM people WHERE given_name = 'P1'") == [(1,)]


def test_events_of_the_api(put, store, rows):
    event = {
        "eventId": 7,
        "name": "Phone bank",
        "startDate": "2026-03-10T18:00:00-04:00",
        "eventType": {"eventTypeId": 2, "name": "Phone Bank"},
        "locations": [{"locationId": 1, "name": "Hall"}],
        "shifts": [
            {"eventShiftId": 70, "name": "a", "startTime": "2026-03-10T18:00:00-04:00",
             "endTime": "2026-03-10T20:00:00-04:00"},
            {"eventShiftId": 71, "name": "b", "startTime": "2026-03-10T20:00:00-04:00",
             "endTime": None},
        ],
    }  # fmt: skip
    result = oa.load_files(put({"items": [event]}), store=store, timezone="UTC")
    assert (result.files[0].table, result.files[0].rows, result.files[0].new) == ("shifts", 2, 2)
    oa.load_files(put([SIGNUPS[0]]), store=store)
    # A sign-up knows less of its event than the event itself: nothing is written over.
    assert rows(store, "SELECT event_type, location FROM events") == [("phone bank", "Hall")]


LIST = (
    "VANID\tEvent\tDate\tTime\tName\tPhone\tCell Phone\tStatus\tRole\tRecruited By\tSignup Date\n"
    "101\tCanvass\t3/14/2026\t10:00 AM - 1:00 PM\tRoe, José\t555-234-0001\t\tCompleted\tCanvasser\tDoe, Jo\t3/10/2026\n"
    "102\tCanvass\t3/14/2026\t10:00 AM - 1:00 PM\tPoe, Al\t\t(555) 234-0002\tNo Show\tCanvasser\tDoe, Jo\t3/10/2026\n"
    "102\tCanvass\t3/14/2026\t10:00 AM - 1:00 PM\tPoe, Al\t\t(555) 234-0002\tScheduled\tDriver\t\t3/10/2026\n"
    "103\tCanvass\t3/14/2026\t10:00 AM - 1:00 PM\tLoe, Em\t\t\tInvited\tCanvasser\t\t3/10/2026\n"
    "104\tCanvass\t3/14/2026\t10:00 AM - 1:00 PM\tMoe, Ty\t\t\tDeclined\tCanvasser\tDoe, Jo\t3/10/2026\n"
    "105\t1:1\t3/15/2026\t5:00 PM\tZoe, Vi\t\t\tCompleted\t\t\t3/10/2026\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_participant_list(put, store, rows, encoding):
    path = put(LIST, "Event Participant List.txt", encoding)
    result = oa.load_files(path, store=store, timezone="America/Chicago")
    (count,) = result.files
    # Three sign-ups (one person in two roles), one ask, one 1:1; one not yet a sign-up.
    assert (count.rows, count.new, count.skipped, count.rejected) == (6, 5, 1, 0)
    assert rows(
        store,
        "SELECT s.role, attended, p.given_name, p.family_name, r.given_name, r.family_name "
        "FROM signups s JOIN people p USING (person_id) LEFT JOIN people r "
        "ON r.person_id = recruiter_id ORDER BY p.given_name, s.role",
    ) == [
        ("Canvasser", False, "Al", "Poe", "Jo", "Doe"),
        ("Driver", None, "Al", "Poe", None, None),
        ("Canvasser", True, "José", "Roe", "Jo", "Doe"),
    ]
    assert rows(store, "SELECT starts_at::VARCHAR, ends_at::VARCHAR FROM shifts") == [
        ("2026-03-14 15:00:00", "2026-03-14 18:00:00")
    ]
    assert rows(store, "SELECT phone FROM people WHERE given_name = 'Al'") == [("(555) 234-0002",)]
    assert oa.load_files(path, store=store).files[0].unchanged == 5


WAREHOUSE = (
    "eventsignupid,vanid,eventid,eventname,eventrolename,eventshiftid,datetimeoffsetbegin,"
    "datetimeoffsetend,datemodified,datesuppressed\n"
    + "".join(
        f"{n},{100 + n},7,{event},{role},70,2026-03-10T18:00:00-04:00,2026-03-10T20:00:00-04:00,"
        f"2026-03-11T00:00:00,{gone}\n"
        for n, event, role, gone in [
            (1, "Phone bank", "Caller", ""),
            (2, "Phone bank", "Caller", ""),
            (3, "Phone bank", "Caller", ""),
            (4, "Phone bank", "Caller", ""),
            (5, "Phone bank", "Caller", "2026-03-09T00:00:00"),
            (6, "Phone bank", "Caller", ""),
            (7, "Phone bank", "1:1 Attendee", ""),
            (8, "Phone bank", "Caller", ""),
        ]
    )
)
#: sign-up, status, when, suppressed
HISTORY = [
    (1, "Scheduled", "2026-03-01 10:00:00", ""),
    (1, "Confirmed", "2026-03-08 10:00:00", ""),
    (1, "Completed", "2026-03-10 21:00:00", ""),
    # Once Completed, by mistake: the latest row is what stands.
    (2, "Scheduled", "2026-03-01 10:00:00", ""),
    (2, "Completed", "2026-03-10 20:30:00", ""),
    (2, "No Show", "2026-03-10 21:00:00", ""),
    (3, "Scheduled", "2026-03-01 10:00:00", ""),
    (3, "Declined", "2026-03-09 10:00:00", ""),  # a cancelling
    (4, "Invited", "2026-03-01 10:00:00", ""),
    (4, "Declined", "2026-03-02 10:00:00", ""),  # an ask that was refused
    (5, "Scheduled", "2026-03-01 10:00:00", ""),  # its sign-up is suppressed
    (6, "Invited", "2026-03-01 10:00:00", ""),
    (7, "Scheduled", "2026-03-01 10:00:00", ""),
    (7, "Completed", "2026-03-10 21:00:00", ""),
    (8, "Scheduled", "2026-03-01 10:00:00", ""),
    (8, "No Show", "2026-03-10 21:00:00", "2026-03-11 09:00:00"),  # a status taken back
]
STATUSES = "eventsignupseventstatusid,eventsignupid,eventstatusname,datecreated,datesuppressed\n"
STATUSES += "".join(f"{i},{n},{s},{at},{gone}\n" for i, (n, s, at, gone) in enumerate(HISTORY, 1))


@pytest.mark.parametrize("backwards", [False, True])
def test_the_warehouse_tables(put, store, rows, backwards):
    head, *lines = STATUSES.splitlines()
    text = "\n".join([head, *(reversed(lines) if backwards else lines)]) + "\n"
    paths = [put(WAREHOUSE, "eventsignups.csv"), put(text, "eventsignupsstatuses.csv")]
    result = oa.load_files(paths, store=store, timezone="UTC")
    counts = {f.file: (f.rows, f.new, f.skipped, f.rejected) for f in result.files}
    # Sign-ups 1, 2, 3, 8; ask 4; 1:1 7. Skipped: 5 suppressed, 6 invited.
    assert counts["eventsignups.csv"] == (8, 6, 2, 0)
    # Of 16: 1 taken back, 2 Invited, 4 of attendance, then without a sign-up: 4's Declined, 5, 7.
    assert counts["eventsignupsstatuses.csv"] == (16, 6, 10, 0)
    assert rows(
        store,
        "SELECT signup_id[-1:], status, status_raw, attended, signed_up_at::VARCHAR, "
        "confirmed_at::VARCHAR, cancelled_at::VARCHAR FROM signups ORDER BY 1",
    ) == [
        ("1", "registered", "Completed", True, "2026-03-01 10:00:00", "2026-03-08 10:00:00", None),
        ("2", "registered", "No Show", False, "2026-03-01 10:00:00", None, None),
        ("3", "cancelled", "Declined", None, "2026-03-01 10:00:00", None, "2026-03-09 10:00:00"),
        ("8", "registered", "Scheduled", None, "2026-03-01 10:00:00", None, None),
    ]
    assert rows(store, "SELECT outcome, asked_at::VARCHAR FROM asks") == [
        ("no", "2026-03-02 10:00:00")
    ]
    assert rows(store, "SELECT status, minutes FROM meetings") == [("held", 120)]
    assert rows(store, "SELECT status_raw FROM signup_statuses ORDER BY signup_id, \"at\"") == [
        ("Scheduled",), ("Confirmed",), ("Scheduled",), ("Scheduled",), ("Declined",),
        ("Scheduled",),
    ]  # fmt: skip
    again = oa.load_files(paths, store=store)
    assert [f.unchanged for f in again.files] == [6, 6]


@pytest.mark.parametrize("only", ["eventsignups", "eventsignupsstatuses"])
def test_one_warehouse_table_alone_is_refused(put, store, only):
    text = WAREHOUSE if only == "eventsignups" else STATUSES
    with pytest.raises(FileError, match="together with EveryAction"):
        oa.load_files(put(text, f"{only}.csv"), store=store, timezone="UTC")


def test_a_rejected_row_is_corrected_in_the_file_that_the_load_writes(put, store, rows):
    result = oa.load_files(put(SIGNUPS), store=store, timezone="UTC")
    (path,) = result.corrections
    text = Path(path).read_text(encoding="utf-8")
    assert "was signed up" not in text
    corrected = put(text.replace("Ghosted", "Completed"), "export.rejected-1.csv")
    again = oa.load_files(corrected, store=store)
    assert (again.files[0].source, again.files[0].rows, again.files[0].new) == ("everyaction", 1, 1)
    assert rows(store, "SELECT attended FROM signups WHERE signup_id LIKE '%:10'") == [(True,)]
