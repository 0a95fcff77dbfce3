"""The weekly inbox with files of every kind, in any order, some twice, some wrong, in two runs at once.

What such a run leaves in the store is what the same files leave that are loaded by hand, one after
another, with the commands that docs/running_weekly.md names for each.
"""

from __future__ import annotations

import csv
import io
import os
import random
import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import killed_runs
import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

import organizing_analytics as oa
from organizing_analytics.errors import RunningError
from organizing_analytics.logbook.answer_files import read_answer_file
from organizing_analytics.logbook.cards import card_code
from organizing_analytics.logbook.door import door_mark
from organizing_analytics.logbook.lines import issue_lines
from organizing_analytics.logbook.sheets import COLUMNS, workbook_of
from organizing_analytics.model import TABLES
from organizing_analytics.store.keyed_ids import read_key
from organizing_analytics.weekly import WeeklyRun, reporting, run_weekly

ZONE = "America/New_York"
WEEK = "2026-W10"
NOW = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
TASKS = (
    {"action": "reshift", "person_id": "p1", "name": "Ann Lee", "ask_for": "canvass"},
    {"action": "thank_you", "person_id": "p2", "name": "Bo Roe", "ask_for": None},
    {"action": "escalation", "person_id": "p1", "name": "Ann Lee", "ask_for": "team_leader"},
)
PEOPLE = "person_id,given_name,family_name,email\np1,Ann,Lee,ann@x.org\np2,Bo,Roe,bo@x.org\n"
ZOOM = (
    "Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants\n"
    "812 3456 7890,Call,03/07/2026 09:55:00 AM,03/07/2026 11:00:00 AM,host@x.org,65,2,\n\n"
    "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n"
    "Cy Poe (she/her),cy@x.org,03/07/2026 10:00:00 AM,03/07/2026 10:20:00 AM,20,Yes\n"
    "iPhone,,03/07/2026 10:00:00 AM,03/07/2026 11:00:00 AM,60,Yes\n"
)
TRACKER = """
name = "tracker"
[[table]]
table = "people"
[table.columns]
person_id = "tracker:person:{Wer}"
given_name = "Wer"
[[table]]
table = "contacts"
[table.columns]
contact_id = "tracker:contact:{Wer} {Am}"
person_id = "tracker:person:{Wer}"
at = "Am"
reason = { value = "other" }
result = { value = "reached" }
"""


@pytest.fixture(autouse=True)
def _quick_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "write_reports", killed_runs.fake_reports)


@pytest.fixture
def base(write: Any, tmp_path: Path) -> tuple[Path, list[str]]:
    """A store from which a list was printed, and the codes of its lines."""
    folder = tmp_path / "base"
    tables = {
        "people": PEOPLE,
        "teams": "team_id,name\nt1,North\n",
        "events": "event_id,title,event_type,team_id\ne1,Saturday,canvass,t1\n",
        "shifts": "shift_id,event_id,starts_at\ns1,e1,2026-03-03T10:00\n",
        "signups": "signup_id,shift_id,person_id,status\ng1,s1,p1,confirmed\ng2,s1,p2,confirmed\n",
    }
    oa.load_files([write("first", **tables)], store=folder, timezone=ZONE)
    frame = pd.DataFrame([
        task | {"organizer_id": "p2", "organizer": "Bo", "team_id": "t1", "reason": "why",
                "due_on": pd.Timestamp(NOW.date())} for task in TASKS
    ]).astype(object)  # fmt: skip
    codes = [str(code) for code in issue_lines(folder, frame, NOW.date())]
    return folder, codes


def workbook(rows: list[list[object]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def text(rows: list[list[object]], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode()


def printed_lines(code: str) -> bytes:
    """Return the workbook of `oa list --xlsx` with one line, answered."""
    row = {"code": code, "name": "Ann Lee", "action": "escalation", "reason": "why",
           "due_on": pd.Timestamp(NOW.date()), "ask_for": None}  # fmt: skip
    book, out = load_workbook(io.BytesIO(workbook_of([row]))), io.BytesIO()
    book.worksheets[0].cell(2, list(COLUMNS).index("What happened") + 1).value = "Held"
    book.save(out)
    return out.getvalue()


def inbox_files(store: Path, codes: list[str]) -> dict[str, tuple[str, bytes]]:
    """Return, for each file of the inbox, the command that loads it by hand and its content."""
    key = read_key(store) or ""
    yesterday = f"{NOW - timedelta(days=1):%Y-%m-%dT%H:%M:%S}"
    return {
        "mobilize_signups.csv": ("load", text([
            ["Event ID", "Timeslot ID", "Event name", "Email", "First name", "Last name",
             "Mobile number", "status", "attended", "start", "utm_source"],
            [6, 61, "Calls", "cy@x.org", "Cy", "Poe", "4155550100", "REGISTERED", "",
             "2026-03-05 10:00:00", "web"],
        ])),
        "shifts.csv": ("load", b"shift_id,event_id,starts_at\ns9,e9,2026-03-07T10:00\n"),
        "events.csv": ("load", b"event_id,title,event_type,team_id\ne9,Call,phone_bank,t1\n"),
        "people.csv": ("load", b"person_id,given_name,family_name,email\np9,Cy,Poe,cy@x.org\n"),
        "signups.csv": ("load", b"signup_id,shift_id,person_id,status\ng9,s9,p9,confirmed\n"),
        "Spring form.csv": ("load", text([
            ["Timestamp", "Email Address", "Your name", "Phone", "Which shifts can you do?"],
            ["03/01/2026 10:05:05", "di@x.org", "Di Moe", "", "Phone bank: Mar 6 6:00 PM"],
        ])),
        "sheets/tracker.xlsx": ("load", workbook([["Wer", "Am"], ["Flo", "2026-03-05 12:00"]])),
        "shift s9.csv": ("s9", ZOOM.encode()),
        f"door-{door_mark(key, 's1')}.csv": ("s1", text([
            ["Name", "Email", "Phone", "Checked in", "At"],
            ["Ann Lee", "ann@x.org", "", "yes", "2026-03-03T15:00:00.000Z"],
            ["Wilma Walk", "", "+14155550188", "yes", "2026-03-03T15:01:00.000Z"],
        ])),
        "kobo.csv": ("answers", text([
            ["start", "end", "code", "answer", "again_on", "note", "_id", "_uuid",
             "_submission_time", "_index"],
            ["", f"{yesterday}.000-00:00", codes[0], "not_now", "", "later", 1, "u", yesterday, 1],
        ], ";")),
        "odk.csv": ("answers", text([
            ["SubmissionDate", "code", "answer", "again_on", "note", "meta-instanceID", "KEY"],
            [f"{yesterday}Z", codes[1], "reached", "", "", "uuid:1", "uuid:1"],
        ])),
        "cards.csv": ("answers", text([
            ["SubmissionDate", "card", "rating", "reason", "note", "meta-instanceID", "KEY"],
            [f"{yesterday}Z", card_code(key, "s1"), 4, "unwelcoming", "", "uuid:9", "uuid:9"],
        ])),
        "lines.xlsx": ("answers", printed_lines(codes[2])),
    }  # fmt: skip


def put(inbox: Path, files: dict[str, tuple[str, bytes]], *, dice: random.Random) -> None:
    """Put files into the inbox, and the mapping for one; whichever is older is drawn."""
    ages = list(range(len(files)))
    dice.shuffle(ages)
    for age, (name, (_, content)) in zip(ages, files.items(), strict=True):
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (1_700_000_000 + age, 1_700_000_000 + age))
    (inbox / "the tracker.toml").write_text(TRACKER)


def doubled(files: dict[str, tuple[str, bytes]]) -> dict[str, tuple[str, bytes]]:
    """Return the files, and each once more under the name that a browser gives to a copy."""
    copies = {
        str(Path(name).with_name(f"{Path(name).stem} (1){Path(name).suffix}")): file
        for name, file in files.items()
    }
    return files | copies


def weekly(inbox: Path, store: Path, **more: Any) -> WeeklyRun:
    return run_weekly(
        inbox, out=store.with_name(f"{store.name}-out"), store=store, week=WEEK, settle_seconds=0,
        **more,
    )  # fmt: skip


def by_hand(folder: Path, files: dict[str, tuple[str, bytes]], store: Path) -> None:
    """Load the files with the commands for each kind."""
    put(folder, files, dice=random.Random(1))
    exports = [folder / name for name, (how, _) in files.items() if how == "load"]
    oa.load_files(exports, store=store, mapping_folders=[folder])
    for name, (how, _) in files.items():
        if how == "answers":
            read_answer_file(store, folder / name)
        elif how != "load":
            oa.load_files(folder / name, store=store, source="check_in", shift=how)


def content(store: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every table, and what was answered, but for when it was read."""
    tables = [f'SELECT * FROM main."{table.name}" ORDER BY ALL' for table in TABLES]
    replies = "SELECT * EXCLUDE (number, received_at) FROM main.log_replies ORDER BY ALL"
    with oa.open_store(store) as data:
        return {
            query: data.connection.execute(query).fetchall()
            for query in (*tables, replies, "SELECT * FROM main.person_merges ORDER BY ALL")
        }


@pytest.fixture
def files(base: tuple[Path, list[str]]) -> dict[str, tuple[str, bytes]]:
    """The files of the inbox, made once: a workbook holds when it was saved."""
    return inbox_files(*base)


@pytest.fixture
def expected(base: Any, files: Any, tmp_path: Path) -> dict[str, list[tuple[Any, ...]]]:
    store, _ = base
    copy = tmp_path / "by-hand"
    shutil.copytree(store, copy)
    by_hand(tmp_path / "hand", files, copy)
    left = content(copy)
    # Each of the files has said something.
    for query, n in {"contacts": 2, "meetings": 1, "asks": 1, "feedback": 1}.items():
        assert len(left[f'SELECT * FROM main."{query}" ORDER BY ALL']) == n
    with oa.open_store(copy) as data:
        came = data.connection.execute(
            "SELECT shift_id, count(*) FROM signups WHERE attended GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        assert dict(came) == {"s1": 2, "s9": 2}  # who signed up, and a walk-in each
    return left


@pytest.mark.parametrize("seed", range(4))
def test_any_order_and_any_doubling_leave_what_loading_by_hand_leaves(
    base, files, expected, tmp_path, seed
):
    store, _ = base
    files = doubled(files) if seed % 2 else files
    inbox = tmp_path / "inbox"
    put(inbox, files, dice=random.Random(seed))
    run = weekly(inbox, store)
    assert run.exit_code == 0, run.troubles
    assert {entry.file for entry in run.files if entry.outcome == "loaded"} == {*files}
    assert content(store) == expected
    kept = [path for path in inbox.rglob("*") if path.is_file() and "loaded" not in path.parts]
    assert kept == [inbox / "the tracker.toml"]
    # The same files once more, and once more in another order.
    put(inbox, doubled(files), dice=random.Random(seed + 9))
    again = weekly(inbox, store)
    assert again.exit_code == 0
    assert again.snapshot == run.snapshot
    assert content(store) == expected


def test_in_pieces_over_several_runs(base, files, expected, tmp_path):
    """What came a week later adds to what is there; only a list needs its shift first."""
    store, _ = base
    names = [name for name in files if name != "shift s9.csv"]
    random.Random(5).shuffle(names)
    inbox = tmp_path / "inbox"
    exports = {name: file for name, file in files.items() if file[0] == "load"}
    for piece in ([*names[:3]], [*exports], names[3:], ["shift s9.csv"]):
        put(inbox, {name: files[name] for name in piece}, dice=random.Random(1))
        weekly(inbox, store)
    assert content(store) == expected


def test_what_fits_nothing_is_named_and_stops_no_other(base, files, expected, tmp_path):
    store, _ = base
    files |= {
        "nonsense.csv": ("", b"a,b\n1,2\n"),
        "participants.csv": ("", ZOOM.encode()),
        "shift s77.csv": ("", ZOOM.encode()),
        "door-0123456789abcdef.csv": ("", b"Name,Email\nAnn,ann@x.org\n"),
        "broken.xlsx": ("", b"PK\x03\x04 no workbook"),
    }
    inbox = tmp_path / "inbox"
    put(inbox, files, dice=random.Random(3))
    run = weekly(inbox, store)
    assert run.exit_code == 1
    refused = {entry.file: entry for entry in run.files if entry.outcome == "refused"}
    said = {
        "nonsense.csv": "known header",
        "participants.csv": "shift ID.csv",
        "shift s77.csv": '"s77"',
        "door-0123456789abcdef.csv": "not in this store",
        "broken.xlsx": "broken.xlsx",
    }
    assert {*refused} == {*said}
    for name, words in said.items():
        assert words in refused[name].reason
        folder = inbox / str(refused[name].moved_to)
        reason = folder.with_name(f"{folder.name}.reason.txt").read_text(encoding="utf-8")
        assert reason.strip() == refused[name].reason
    assert content(store) == expected


def test_a_dry_run_says_what_would_be_read_and_changes_nothing(base, files, tmp_path):
    store, _ = base
    inbox = tmp_path / "inbox"
    put(inbox, files, dice=random.Random(3))
    before, there = content(store), sorted(inbox.rglob("*"))
    run = weekly(inbox, store, dry_run=True)
    assert content(store) == before
    assert sorted(inbox.rglob("*")) == there
    counts = {entry.file: entry.counts for entry in run.files if entry.outcome == "loaded"}
    assert counts["kobo.csv"][0]["new"] == counts["cards.csv"][0]["new"] == 1
    (shift,) = [entry for entry in run.files if entry.outcome == "refused"]
    assert shift.file == "shift s9.csv"  # its shift is in another file of the inbox
    assert "dry run" in str(shift.reason)


def test_a_doubtful_answer_is_counted_and_named_beside_its_file(base, tmp_path):
    store, codes = base
    inbox = tmp_path / "inbox"
    rows = [["Timestamp", "Code of the line", "What happened"],
            [f"{NOW:%m/%d/%Y %H:%M:%S}", codes[0], "Maybe next week"],
            [f"{NOW:%m/%d/%Y %H:%M:%S}", codes[1], "Left a message"]]  # fmt: skip
    put(inbox, {"form.csv": ("answers", text(rows))}, dice=random.Random(1))
    run = weekly(inbox, store)
    (entry,) = run.files
    (counts,) = entry.counts
    assert (counts["rows"], counts["new"], counts["rejected"]) == (2, 1, 1)
    beside = inbox / f"{entry.moved_to}.rejected.txt"
    assert "form.csv row 2" in beside.read_text(encoding="utf-8")


def test_a_sheet_with_such_columns_and_a_mapping_is_an_export(base, tmp_path):
    """A campaign's own sheet may have the columns Code and What happened, too."""
    store, _ = base
    inbox = tmp_path / "inbox"
    sheet = [["Code", "Wer", "Am", "What happened"], ["A1", "Flo", "2026-03-05 12:00", "talked"]]
    put(inbox, {"calls.csv": ("load", text(sheet))}, dice=random.Random(1))
    (entry,) = weekly(inbox, store).files
    assert (entry.outcome, entry.counts[0]["source"]) == ("loaded", "tracker")


def test_two_runs_at_once_load_everything_once(base, files, expected, tmp_path):
    store, _ = base
    inbox = tmp_path / "inbox"
    put(inbox, doubled(files), dice=random.Random(2))
    ended: list[WeeklyRun | RunningError] = []
    start = threading.Barrier(2)

    def run() -> None:
        start.wait()
        try:
            ended.append(weekly(inbox, store))
        except RunningError as error:
            ended.append(error)

    runs = [threading.Thread(target=run) for _ in range(2)]
    for thread in runs:
        thread.start()
    for thread in runs:
        thread.join()
    assert len(ended) == 2
    done = [run for run in ended if isinstance(run, WeeklyRun)]
    assert done
    assert not [trouble for run in done for trouble in run.troubles]
    assert content(store) == expected
