"""Replies become rows, in any order, and each code has one state."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import organizing_analytics as oa
from organizing_analytics.errors import OptionError, StoreError
from organizing_analytics.logbook.lines import issue_lines
from organizing_analytics.logbook.recording import record
from organizing_analytics.logbook.replies import Reply
from organizing_analytics.logbook.words import WORDS, LineKind, spelled
from organizing_analytics.store.log_lines import LINES_FILE

NOW = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
NOON = datetime.combine(NOW.date(), datetime.min.time()) - timedelta(hours=12)
#: One line of each kind, about Ann; the confirmation is of Bo's sign-up.
TASKS = {
    "ask": {"action": "reshift", "person_id": "p1", "shift_id": "s1", "ask_for": "canvass"},
    "role": {"action": "re_ask", "person_id": "p1", "ask_for": "team_leader", "ask_id": None},
    "call": {"action": "thank_you", "person_id": "p1"},
    "nothing": {"action": "win_back", "person_id": "p1"},
    "confirm": {"action": "confirm", "person_id": "p2", "shift_id": "s1", "signup_id": "g2"},
    "met": {"action": "escalation", "person_id": "p1", "ask_for": "team_leader"},
}


@pytest.fixture
def codes(small, store) -> dict[str, str]:
    oa.load_files([small], store=store, timezone="America/New_York")
    frame = pd.DataFrame([{"team_id": "t1", "organizer_id": "p2", **t} for t in TASKS.values()])
    issued = issue_lines(store, frame.astype(object), NOW.date())
    return dict(zip(TASKS, issued, strict=True))


def logged(store, table: str, *columns: str) -> list[tuple[Any, ...]]:
    with oa.open_store(store) as data:
        return data.connection.execute(
            f"SELECT {', '.join(columns)} FROM main.{table} WHERE source = 'log' ORDER BY ALL"
        ).fetchall()


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("yes", "yes"), ("Not now", "not_now"), ("not-that", "not_that"), ("NEVER", "not_ever"),
        ("no", "no"), ("maybe", "maybe"), ("no_answer", "no_answer"),
    ],
)  # fmt: skip
def test_an_answer_to_an_ask_is_an_ask(codes, store, word, outcome) -> None:
    oa.log_answer(codes["ask"], word, at="2026-03-06T18:30", store=store, note="  at the\ndoor ")
    columns = ("person_id", "asker_id", "team_id", "ask_kind", "ask_for", "shift_id", "outcome",
               "asked_at", "asked_on", "notes")  # fmt: skip
    assert logged(store, "asks", *columns) == [
        ("p1", "p2", "t1", "event", "canvass", "s1", outcome, datetime(2026, 3, 6, 23, 30),
         date(2026, 3, 6), "at the door"),
    ]  # fmt: skip


def test_a_role_that_is_asked_for_is_a_role(codes, store) -> None:
    oa.log_answer(codes["role"], "yes", store=store)
    assert logged(store, "asks", "ask_kind", "ask_for") == [("role", "team_leader")]


def test_what_is_asked_for_again_is_of_the_kind_that_it_was(store, write) -> None:
    rows = "".join(
        f"a-{kind},2026-03-01T10:00,p1,t1,{kind},{wanted},maybe\n"
        for kind, wanted in (("role", "canvass captain"), ("other", "lend a van"))
    )
    asks = f"ask_id,asked_at,person_id,team_id,ask_kind,ask_for,outcome\n{rows}"
    people = "person_id,team_id\np1,t1\n"
    folder = write(people=people, teams="team_id\nt1\n", asks=asks)
    oa.load_files([folder], store=store, timezone="America/New_York")
    tasks = [
        {"action": "try_again", "person_id": "p1", "team_id": "t1", "ask_id": ask_id, "ask_for": wanted}
        for ask_id, wanted in (
            ("a-role", "canvass captain"), ("a-other", "lend a van"), (None, "canvass captain"),
            (None, "canvass"),
        )
    ]  # fmt: skip
    for code in issue_lines(store, pd.DataFrame(tasks).astype(object), NOW.date()):
        oa.log_answer(code, "not-now", store=store)
    assert logged(store, "asks", "ask_for", "ask_kind") == [
        ("canvass", "event"), ("canvass captain", "role"), ("canvass captain", "role"),
        ("lend a van", "other"),
    ]  # fmt: skip


def test_when_to_ask_again_is_said_or_counted(codes, store) -> None:
    at = f"{NOON:%Y-%m-%dT%H:%M}"
    for word, again_on, wanted in (
        ("not-now", NOW.date() + timedelta(days=5), NOW.date() + timedelta(days=5)),
        ("not-now-7", None, NOON.date() + timedelta(days=7)),
        ("not-now-30", None, NOON.date() + timedelta(days=30)),
    ):
        oa.log_answer(codes["ask"], word, at=at, again_on=again_on, store=store)
        at = f"{datetime.fromisoformat(at) + timedelta(minutes=1):%Y-%m-%dT%H:%M}"
        assert logged(store, "asks", "outcome", "again_on") == [("not_now", wanted)]


def test_a_call_is_a_contact_and_so_is_an_ask_that_did_not_get_through(codes, store) -> None:
    oa.log_answer(codes["call"], "reached", store=store)
    oa.log_answer(codes["ask"], "wrong-number", store=store)
    oa.log_answer(codes["nothing"], "left message", store=store, note="with her mother")
    assert logged(store, "contacts", "person_id", "by_id", "reason", "result", "notes") == [
        ("p1", "p2", "other", "left_message", "with her mother"),
        ("p1", "p2", "reshift", "wrong_number", None),
        ("p1", "p2", "thank_you", "reached", None),
    ]
    assert not logged(store, "asks", "ask_id")


@pytest.mark.parametrize(
    ("word", "status", "commitment"),
    [("held-yes", "held", True), ("held", "held", None), ("did not come", "no_show", None),
     ("cancelled", "cancelled", None)],
)  # fmt: skip
def test_a_1to1_is_a_meeting_of_its_kind(codes, store, word, status, commitment) -> None:
    oa.log_answer(codes["met"], word, store=store)
    columns = ("organizer_id", "person_id", "kind", "status", "commitment")
    assert logged(store, "meetings", *columns) == [("p2", "p1", "escalation", status, commitment)]


def test_the_next_step_of_a_1to1_has_its_date(codes, store) -> None:
    oa.log_answer(codes["met"], "held", again_on=NOW.date(), store=store)
    assert logged(store, "meetings", "next_step_on") == [(NOW.date(),)]


def status(store) -> tuple[Any, ...]:
    with oa.open_store(store) as data:
        return data.connection.execute(
            "SELECT status, confirmed_at, cancelled_at, attended FROM signups "
            "WHERE signup_id = 'g2'"
        ).fetchall()[0]


def test_a_confirmation_holds_also_after_the_tools_list_is_loaded_again(
    codes, store, write
) -> None:
    plain = "signup_id,shift_id,person_id,status\ng2,s1,p2,registered\n"
    oa.load_files(write("plain", signups=plain), store=store)
    oa.log_answer(codes["confirm"], "coming", at="2026-03-06T18:30", store=store)
    assert status(store) == ("confirmed", datetime(2026, 3, 6, 23, 30), None, None)
    oa.load_files(
        write("again", signups=plain.replace("g2", "g3").replace("p2", "p1")), store=store
    )
    assert status(store)[0] == "confirmed"
    oa.log_answer(codes["confirm"], "cancelled", at="2026-03-06T19:00", store=store)
    assert status(store) == ("cancelled", None, datetime(2026, 3, 7, 0, 0), None)
    oa.log_answer(codes["confirm"], "no-answer", at="2026-03-06T19:30", store=store)
    assert status(store)[0] == "registered"
    assert logged(store, "contacts", "reason", "result", "signup_id") == [
        ("confirmation", "no_answer", "g2")
    ]


def test_what_the_tool_cancelled_stays_cancelled(codes, store, write) -> None:
    oa.log_answer(codes["confirm"], "coming", store=store)
    gone = "signup_id,shift_id,person_id,status\ng2,s1,p2,cancelled\n"
    oa.load_files(write("gone", signups=gone), store=store)
    assert status(store)[0] == "cancelled"


def test_who_came_is_written_down_with_or_without_a_sign_up(codes, store, write) -> None:
    oa.log_contact("came", "p2", "yes", shift="s1", store=store)
    assert status(store)[3] is True
    oa.load_files(write("more", people="person_id,given_name\np3,Cy\n"), store=store)
    oa.log_contact("came", "Cy", "yes", shift="s1", store=store)
    with oa.open_store(store) as data:
        frame = oa.show_up(data, as_of="2026-03-08")
    assert frame[["attended", "walk_in"]].to_numpy().tolist() == [[2, 1]]  # Ann, Bo; Cy
    assert logged(store, "signups", "person_id", "attended", "is_walk_in") == [
        ("p2", True, True), ("p3", True, True),
    ]  # fmt: skip


def test_a_contact_of_ones_own_needs_no_list(codes, store) -> None:
    oa.log_contact("ask", "Ann", "yes", ask_for="canvass", by="Bo", store=store)
    oa.log_contact("ask", "p1", "not-now", shift="s1", store=store)
    oa.log_contact("met", "p1", "held", kind="recruitment", store=store)
    made = oa.log_contact("called", "p1", "reached", reason="confirmation", store=store)
    assert logged(store, "asks", "outcome", "ask_for", "asker_id", "team_id") == [
        ("not_now", "canvass", None, "t1"), ("yes", "canvass", "p2", "t1"),
    ]  # fmt: skip
    assert logged(store, "meetings", "kind") == [("recruitment",)]
    # Its code corrects it, as that of a line does.
    word = "left-message"
    later = f"{NOW + timedelta(hours=20):%Y-%m-%dT%H:%M:%S}+00:00"
    oa.log_answer(made.recorded[0], word, at=later, store=store)
    assert logged(store, "contacts", "reason", "result") == [("confirmation", "left_message")]


# One code, one state -------------------------------------------------------------------------


def test_the_newest_answer_counts_and_the_same_one_twice_changes_nothing(codes, store) -> None:
    moments = [NOON + timedelta(minutes=minute) for minute in (10, 20)]
    first = Reply(codes["ask"], "not now", moments[0])
    later = Reply(codes["ask"], "yes", moments[1])
    assert record(store, [later]).recorded == [codes["ask"]]
    snapshot = record(store, [first]).snapshot
    assert logged(store, "asks", "outcome") == [("yes",)]
    again = record(store, [later, first, first])
    assert (again.recorded, again.unchanged) == ([], [codes["ask"]])
    assert again.snapshot == snapshot


@st.composite
def many_replies(
    draw: st.DrawFn,
) -> list[tuple[str, str, int, int | None, str, str | None, str]]:
    """Draw replies as (line, word, minute, days until the next time, note, by whom, way)."""
    kinds = {"ask": LineKind.ASK, "call": LineKind.CALL, "confirm": LineKind.CONFIRM,
             "met": LineKind.MEETING}  # fmt: skip
    replies = []
    for _ in range(draw(st.integers(1, 6))):
        line = draw(st.sampled_from(sorted(kinds)))
        word = draw(st.sampled_from(sorted(WORDS[kinds[line]])))
        may = WORDS[kinds[line]][word].may_say_when
        days = draw(st.none() | st.integers(1, 3)) if may else None
        note = draw(st.sampled_from(["", "x"]))
        by = draw(st.sampled_from([None, "p1", "p2"]))
        way = draw(st.sampled_from(["mail", "form"]))
        replies.append((line, word, draw(st.integers(0, 2)), days, note, by, way))
    return replies


def told(store) -> list[list[tuple[Any, ...]]]:
    queries = (
        "SELECT * FROM main.asks", "SELECT * FROM main.meetings", "SELECT * FROM main.contacts",
        "SELECT * FROM signups",
        "SELECT * EXCLUDE (number, received_at) FROM main.log_replies",
    )  # fmt: skip
    with oa.open_store(store) as data:
        return [data.connection.execute(f"{query} ORDER BY ALL").fetchall() for query in queries]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=many_replies(), data=st.data())
def test_any_order_and_any_doubling_give_the_same_store(
    codes, store, made, data, tmp_path_factory
) -> None:
    replies = [
        Reply(codes[line], word, NOON + timedelta(minutes=minute),
              None if days is None else NOW.date() + timedelta(days=days), note, by, way)
        for line, word, minute, days, note, by, way in made
    ]  # fmt: skip
    start = oa.open_store(store)
    snapshot = start.snapshot
    start.close()
    record(store, replies)
    wanted = told(store)
    back_to(store, snapshot)
    shuffled = data.draw(st.permutations([*replies, *replies]))
    for reply in shuffled:
        record(store, [reply])
    assert told(store) == wanted
    back_to(store, snapshot)


def back_to(store, snapshot: int) -> None:
    """Empty what was logged: the fixture's store is shared by all examples."""
    from organizing_analytics.people import refresh_identity
    from organizing_analytics.store import new_snapshot

    with new_snapshot(store) as draft:
        draft.connection.execute("DELETE FROM main.log_replies")
        for table in ("asks", "meetings", "contacts", "signups"):
            draft.connection.execute(f"DELETE FROM main.{table} WHERE source = 'log'")
        refresh_identity(draft.connection, draft.settings)


def test_the_same_answer_by_two_people_is_the_same_whoever_comes_first(codes, store) -> None:
    """Two who were on the call, and a mail that somebody types in as well, within a second."""
    start = oa.open_store(store)
    snapshot = start.snapshot
    start.close()
    replies = [
        Reply(codes["ask"], "yes", NOON, None, "", by, way)
        for by, way in (("p1", "mail"), ("p2", "mail"), ("p1", "form"))
    ]
    record(store, replies)
    wanted = told(store)
    back_to(store, snapshot)
    for reply in reversed(replies):
        record(store, [reply])
    assert told(store) == wanted


# What is doubtful ---------------------------------------------------------------------------


def test_what_is_doubtful_is_named_and_the_rest_is_taken(codes, store) -> None:
    replies = [
        Reply("ZZZZZZZZ", "yes", NOON),
        Reply("no code", "yes", NOON),
        Reply(codes["ask"], "reached", NOON),
        Reply(codes["call"], "reached", NOW + timedelta(days=3)),
        Reply(codes["met"], "held", NOON, NOON.date() - timedelta(days=2)),
        Reply(codes["confirm"], "coming", NOON, NOW.date()),
        Reply(codes["role"], "maybe", NOON),
    ]
    done = record(store, replies)
    assert done.recorded == [codes["role"]]
    said = {doubt.code: doubt.why for doubt in done.doubts}
    assert "no list has this code" in said["ZZZZZZZZ"]
    assert "no list has this code" in said["no code"]
    assert "Allowed are yes, not-now" in said[codes["ask"]]
    assert "still to come" in said[codes["call"]]
    assert "before the answer itself" in said[codes["met"]]
    assert "not with this line" in said[codes["confirm"]]
    assert done.unchanged == []


def test_a_line_that_has_expired_is_not_answered_but_can_be_corrected(codes, store, small) -> None:
    frame = pd.DataFrame([TASKS["ask"] | {"team_id": "t2"}])
    (old,) = issue_lines(store, frame, NOW.date() - timedelta(days=28))
    (older,) = issue_lines(store, frame.assign(team_id="t3"), NOW.date() - timedelta(days=28))
    oa.log_answer(old, "yes", store=store, at=f"{datetime.now(UTC) - timedelta(hours=30)}")
    frame = frame.assign(team_id="t4")
    (gone,) = issue_lines(store, frame, NOW.date() - timedelta(days=30))
    with pytest.raises(OptionError, match="taken until"):
        oa.log_answer(gone, "yes", store=store)
    issue_lines(store, frame, NOW.date() + timedelta(days=1))  # clears what has expired
    with pytest.raises(OptionError, match="no list has this code"):
        oa.log_answer(older, "yes", store=store)
    oa.log_answer(old, "no", store=store)
    assert logged(store, "asks", "outcome") == [("no",)]


def test_a_name_that_two_people_have_is_shown_with_the_choice(codes, store, write) -> None:
    oa.load_files(write("more", people="person_id,given_name\np3,Ann\n"), store=store)
    with pytest.raises(OptionError, match="fits 2 people"):
        oa.log_contact("called", "Ann", "reached", store=store)
    assert not logged(store, "contacts", "contact_id")


def test_a_store_is_needed_and_a_damaged_file_of_lines_is_named(codes, store, tmp_path) -> None:
    with pytest.raises(StoreError, match="there is no store"):
        oa.log_answer(codes["ask"], "yes", store=tmp_path / "none")
    (store / LINES_FILE).write_bytes(b"not a database at all" * 99)
    with pytest.raises(StoreError, match="delete it"):
        oa.log_answer(codes["ask"], "yes", store=store)


# Taking back, forgetting ----------------------------------------------------------------------


def test_the_last_answer_is_taken_back_and_the_one_before_counts_again(codes, store) -> None:
    record(store, [Reply(codes["confirm"], "coming", NOON)])
    record(store, [Reply(codes["confirm"], "cancelled", NOON + timedelta(minutes=1))])
    assert status(store)[0] == "cancelled"
    oa.undo_log(store=store)
    assert status(store)[:2] == ("confirmed", NOON)
    oa.undo_log(store=store)
    assert not logged(store, "signups", "signup_id")
    with pytest.raises(OptionError, match="none to take back"):
        oa.undo_log(store=store)


def test_many_answers_leave_one_snapshot_to_go_back_to(codes, store) -> None:
    for minute in range(8):
        record(store, [Reply(codes["ask"], "yes", NOON + timedelta(minutes=minute))])
    kept = [entry.action for entry in oa.store_history(store) if entry.is_kept]
    assert kept == ["log", "load"]
    oa.undo(store=store)
    assert not logged(store, "asks", "ask_id")


def test_nothing_of_a_forgotten_person_stays_in_lines_and_answers(store, write, small) -> None:
    oa.load_files([small], store=store)
    more = "person_id,given_name,email\nquillara-zz,Quillara,quillara@zandvoort.example\n"
    oa.load_files(write("more", people=more), store=store)
    frame = pd.DataFrame(
        [
            {"action": "reshift", "person_id": "quillara-zz", "ask_for": "canvass"},
            {"action": "reshift", "person_id": "p1", "ask_for": "canvass",
             "organizer_id": "quillara-zz"},
        ]
    )  # fmt: skip
    own, others = issue_lines(store, frame, NOW.date())
    oa.log_answer(own, "yes", note="my secret", store=store)
    oa.log_answer(others, "yes", store=store)
    oa.forget("quillara-zz", store=store)
    for path in store.rglob("*"):
        if path.is_file():
            content = path.read_bytes().lower()
            assert b"quillara" not in content, path.name
            assert b"my secret" not in content, path.name
    assert len(logged(store, "asks", "ask_id")) == 2  # counts of the past stay
    with pytest.raises(OptionError):
        oa.log_answer(own, "no", store=store)
    oa.log_answer(others, "no", store=store)


def test_a_store_of_an_older_version_takes_answers(tmp_path, small, store) -> None:
    import zipfile
    from pathlib import Path

    stores = Path(__file__).parent.parent / "store" / "stores"
    with zipfile.ZipFile(stores / "format-2.zip") as packed:
        packed.extractall(store)
    oa.log_contact("called", "p1", "reached", store=store)
    assert logged(store, "contacts", "person_id") == [("p1",)]


# The command line ------------------------------------------------------------------------------


def test_the_command_line_writes_down_shows_and_takes_back(codes, store, run) -> None:
    code = codes["ask"]
    said = run("log", f"{code[:4].lower()}-{code[4:]}", "not-now-7", "--store", store)
    assert "Logged: Ann, not-now-7 to canvass, next on" in said
    assert f"oa log {code} WORD" in said
    answer = json.loads(run("log", "came", "Bo", "--shift", "s1", "--store", store, "--json"))
    assert answer["rows"][0] | {"code": ""} == {
        "code": "", "person_id": "p2", "name": "Bo", "action": "came", "word": "yes",
        "again_on": None, "ask_for": None,
    }  # fmt: skip
    assert "Taken back: Bo" in run("log", "--undo", "--store", store)
    assert "Did you mean not-now?" in run("log", code, "notnow", "--store", store, code=1)
    assert "oa log CODE WORD" in run("log", code, "--store", store, code=1)
    assert "quotes around a name" in run("log", "ask", "Ann", "Lee", "yes", "-", "--store", store,
                                         code=1)  # fmt: skip


def test_a_printed_list_has_a_code_and_words_for_each_person(small, store, run) -> None:
    oa.load_files([small], store=store, timezone="America/New_York")
    words = ("list", "--store", store, "--as-of", "2026-03-08", "--json")
    rows = json.loads(run(*words))["rows"]
    todo = json.loads(run("todo", *words[1:]))["rows"]
    assert [{k: v for k, v in row.items() if k not in ("code", "answers")} for row in rows] == todo
    for row in rows:
        assert (row["code"] is None) == (row["person_id"] is None)
    line = next(row for row in rows if row["action"] == "follow_up")
    assert line["answers"].split() == [spelled(word) for word in WORDS[LineKind.CALL]]
    assert "Logged: Ann, reached" in run("log", line["code"], "reached", "--store", store)
    assert json.loads(run(*words))["rows"][0]["code"] == rows[0]["code"]


def test_logging_starts_neither_pandas_nor_the_planner(codes, store, run) -> None:
    import subprocess
    import sys

    program = (
        "import sys\nfrom organizing_analytics.cli import main\n"
        f"try: main(['log', {codes['ask']!r}, 'yes', '--store', {str(store)!r}])\n"
        "except SystemExit as end: assert not end.code\n"
        "print(sorted({'pandas', 'scipy', 'ibis', 'altair'} & set(sys.modules)))"
    )
    out = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert out.stdout.splitlines()[-1] == "[]"
