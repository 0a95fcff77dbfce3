"""The weekly run: whole files only, wrong ones set aside, nothing twice, and a crash anywhere."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import killed_runs
import pytest
from filelock import FileLock
from mail_server import AnyPort, Box

import organizing_analytics as oa
from organizing_analytics.errors import DeliveryError, OptionError, RunningError
from organizing_analytics.weekly import WeeklyRun, reporting, run_weekly, taking
from organizing_analytics.weekly import inbox as inbox_module
from organizing_analytics.weekly import run as weekly_run
from organizing_analytics.weekly.delivery.mailed_page import mailed_page
from organizing_analytics.weekly.inbox import whole_files
from organizing_analytics.weekly.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SUPPORT = Path(__file__).parents[1] / "support"
WEEK = "2024-W47"
#: When files are set aside: their folder has the name of its date.
NOW = datetime(2024, 11, 25, 12, tzinfo=UTC)
TABLES = {
    "teams": "team_id,name,lead_id\nN,North,ann\nS,South,bo\n",
    "people": "person_id,given_name,email\nann,Ann,ann@example.org\nbo,Bo,bo@example.org\n",
    "events": "event_id,event_type,team_id\ne,canvass,N\nf,canvass,S\n",
    "shifts": "shift_id,event_id,starts_at\nx,e,2024-11-20T18:00\ny,f,2024-11-21T18:00\n",
    "signups": (
        "signup_id,shift_id,person_id,status,attended\n"
        "1,x,ann,registered,yes\n2,x,bo,registered,no\n3,y,bo,registered,yes\n"
    ),
}


@pytest.fixture(autouse=True)
def _no_midnight_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weekly_run, "_now_here", lambda: NOW)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    put(folder, **TABLES)
    return folder


def put(folder: Path, **tables: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Fake reports; returns which teams each call was for."""
    calls: list[list[str]] = []

    def fake(*given: Any, **more: Any) -> Any:
        calls.append(list(more["teams"]))
        return killed_runs.fake_reports(*given, **more)

    monkeypatch.setattr(reporting, "write_reports", fake)
    return calls


@pytest.fixture
def weekly(inbox: Path, store: Path, tmp_path: Path) -> Callable[..., WeeklyRun]:
    """Run with the test's folders."""

    def _weekly(**more: Any) -> WeeklyRun:
        given = {"out": tmp_path / "out", "store": store, "week": WEEK, "timezone": "UTC"}
        return run_weekly(inbox, settle_seconds=0, **given | more)

    return _weekly


@pytest.fixture
def box() -> Iterator[Box]:
    with ExitStack() as held:
        made = Box()
        server = AnyPort(made, hostname="127.0.0.1", port=0)
        server.start()
        held.callback(server.stop, no_assert=True)
        made.port = server.port
        yield made


@pytest.fixture
def delivery(box: Box, tmp_path: Path) -> Path:
    file = tmp_path / "delivery.toml"
    mail = f'[mail]\nhost = "127.0.0.1"\nport = {box.port}\nsecurity = "none"\nwait_seconds = 0\n'
    drive = tmp_path / "drive"
    file.write_text(f'{mail}from = "oa@example.org"\n[folder]\npath = "{drive}"\n')
    return file


def tree(folder: Path) -> dict[str, str]:
    """Return every file's text, but for what says when something ran, and hidden left-overs."""
    names = ("weekly.log", "weekly.json")
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in names and not path.name.startswith(".")
    }


def names_in(folder: Path) -> list[str]:
    return [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*.*"))
        if path.is_file()
    ]


def today() -> str:
    return f"{NOW:%Y-%m-%d}"


# --- the inbox ------------------------------------------------------------------------------


def test_only_whole_files_are_taken(tmp_path):
    inbox = tmp_path / "in"
    put(inbox, people="person_id\n1\n", asks="", teams="team_id\n", events="x\n")
    put(inbox / "export", shifts="x\n")
    put(inbox / "loaded", meetings="x\n")
    put(inbox / "refused" / "2024-01-01", meetings="x\n")
    for name in ("big.csv.crdownload", "a.part", "b.tmp", "~$book.xlsx", ".hidden.csv", "c.csv~",
                 "README.md", "truth.json", "desktop.ini", "events.csv.reason.txt"):  # fmt: skip
        (inbox / name).write_text("x")
    (inbox / "teams.csv.part").touch()  # the browser keeps the place of teams.csv
    whole, waiting = whole_files(inbox, settle_seconds=0)
    assert {found.name for found in whole} == {"export/shifts.csv", "events.csv", "people.csv"}
    assert waiting == [
        "a.part", "asks.csv", "b.tmp", "big.csv.crdownload", "c.csv~", "teams.csv", "teams.csv.part",
    ]  # fmt: skip


def test_of_two_exports_the_newer_one_counts(weekly, quick, inbox, store, rows):
    put(inbox / "a", teams="team_id,name\nN,Newest\n")
    put(inbox / "b", teams="team_id,name\nN,Oldest\n")
    for age, name in enumerate(("a/teams", "teams", "b/teams"), 1):
        os.utime(inbox / f"{name}.csv", (2_000_000_000 - age, 2_000_000_000 - age))
    weekly()
    assert rows(store, "SELECT name FROM teams WHERE team_id = 'N'") == [("Newest",)]


def test_an_old_empty_file_is_no_longer_waited_for(tmp_path):
    put(tmp_path, asks="")
    os.utime(tmp_path / "asks.csv", (1, 1))
    assert [found.name for found in whole_files(tmp_path, settle_seconds=0)[0]] == ["asks.csv"]


def test_a_file_that_grows_is_left_alone(tmp_path, monkeypatch):
    put(tmp_path, people="person_id\n", teams="team_id\n")

    def write(seconds: float) -> None:
        waits.append(seconds)
        with (tmp_path / "people.csv").open("a") as file:
            file.write("1\n")

    waits: list[float] = []
    monkeypatch.setattr(inbox_module.time, "sleep", write)  # it grows while it is watched
    whole, waiting = whole_files(tmp_path, settle_seconds=0.3)
    assert waits == [0.3]
    assert [found.name for found in whole] == ["teams.csv"]
    assert waiting == ["people.csv"]


def test_a_run_says_what_it_did_and_moves_the_files(weekly, inbox, tmp_path, quick):
    run = weekly()
    assert run.exit_code == 0
    assert names_in(inbox) == [f"loaded/{today()}/{name}.csv" for name in sorted(TABLES)]
    assert {entry.outcome for entry in run.files} == {"loaded"}
    [people] = [entry for entry in run.files if entry.file == "people.csv"]
    assert people.counts[0]["new"] == 2
    kept = json.loads((tmp_path / "out" / "weekly.json").read_text())
    assert kept == json.loads((tmp_path / "out" / WEEK / "weekly.json").read_text())
    assert (kept["week"], kept["snapshot"], kept["exit_code"]) == (WEEK, 1, 0)
    assert [report["status"] for report in kept["reports"]] == ["done", "done"]
    assert kept["started"] <= kept["finished"]


def test_a_second_run_does_nothing_and_says_so(weekly, quick, tmp_path):
    weekly()
    before = tree(tmp_path / "out")
    run = weekly()
    assert run.did_nothing
    assert run.exit_code == 0
    assert "nothing was done" in str(run)
    assert quick == [[]]
    assert tree(tmp_path / "out") == before


def test_reports_that_are_missing_are_made_with_an_empty_inbox(
    weekly, quick, tmp_path, write, store
):
    weekly()
    (tmp_path / "out" / WEEK / "S.html").unlink()
    weekly()
    assert quick == [[], ["S"]]
    (tmp_path / "out" / "index.html").unlink()
    assert weekly().did_nothing
    assert (tmp_path / "out" / "index.html").is_file()
    oa.load_files(write(people="person_id\nnew\n"), store=store)  # another snapshot
    weekly()
    assert quick == [[], ["S"], []]


def test_the_index_of_a_resumed_run_is_that_of_a_whole_one(weekly, quick, tmp_path, store):
    weekly()
    whole = (tmp_path / "out" / "index.html").read_text()
    journal = store / ".weekly" / "journal.json"
    kept = json.loads(journal.read_text())
    [reports] = kept["reports"].values()
    del reports["teams"]["S"]
    journal.write_text(json.dumps(kept))
    weekly()
    assert quick[-1] == ["S"]
    assert (tmp_path / "out" / "index.html").read_text() == whole


def test_one_team_only(weekly, quick, tmp_path):
    run = weekly(teams=["S"])
    assert [report["team_id"] for report in run.reports] == ["S"]
    assert [report["is_new"] for report in weekly().reports] == [True, False]


def test_a_wrong_file_stops_no_other(weekly, quick, inbox):
    put(inbox, nonsense="a,b\n1,2\n", **{"events-old": "event_id\nx\n"})
    (inbox / "report.pdf").write_bytes(b"%PDF-1.7 \x00")
    (inbox / "export.zip").write_bytes(b"PK\x03\x04 no workbook")
    run = weekly()
    assert run.exit_code == 1
    refused = {e.file: e.reason for e in run.files if e.outcome == "refused"}
    assert set(refused) == {"nonsense.csv", "events-old.csv", "report.pdf", "export.zip"}
    assert len([e for e in run.files if e.outcome == "loaded"]) == len(TABLES)
    folder = inbox / "refused" / today()
    assert len(list(folder.iterdir())) == 8
    said = (folder / "nonsense.csv.reason.txt").read_text()
    assert "no known header" in said
    assert all(f"refused/{today()}/nonsense.csv" in t for t in run.troubles if "nonsense" in t)
    assert run.reports
    assert weekly().exit_code == 0  # said once


def test_a_reader_that_breaks_refuses_the_file_that_broke_it(weekly, quick, inbox, monkeypatch):
    put(inbox, nonsense="a\n1\n")

    def load(paths: list[Path], **more: Any) -> Any:
        if any(path.name == "nonsense.csv" for path in paths):
            raise ZeroDivisionError
        return oa.load_files(paths, **more)

    monkeypatch.setattr(taking, "load_files", load)
    run = weekly()
    [refused] = [entry for entry in run.files if entry.outcome == "refused"]
    assert refused.file == "nonsense.csv"
    assert "ZeroDivisionError" in str(refused.reason)
    assert run.reports


def test_rejected_rows_stand_beside_the_file(weekly, quick, inbox):
    put(inbox, signups=TABLES["signups"] + "4,none,ann,registered,yes\n")
    run = weekly()
    assert run.exit_code == 0
    [signups] = [entry for entry in run.files if entry.file == "signups.csv"]
    assert signups.rejected == 1
    beside = inbox / "loaded" / today() / "signups.rejected-1.csv"
    assert "none" in beside.read_text()
    # Corrected, it is an export like any other.
    text = beside.read_text().replace("none", "x")
    (inbox / beside.name).write_text(text)
    weekly()
    assert (inbox / "loaded" / today() / "signups.2.rejected-1.csv").is_file() or (
        inbox / "loaded" / today() / "signups.rejected-1.2.csv"
    ).is_file()
    # The very same rows again have no new CSV: what is wrong is named in words.
    put(inbox, signups=TABLES["signups"] + "4,none,ann,registered,yes\n")
    weekly()
    said = (inbox / "loaded" / today() / "signups.2.csv.rejected.txt").read_text()
    assert "signups.csv row 5" in said


def test_no_file_takes_the_place_of_an_older_one(weekly, quick, inbox):
    weekly()
    put(inbox, teams="team_id,name,lead_id\nN,North!,ann\n")
    put(inbox / "monday", teams="team_id,name,lead_id\nS,South!,bo\n")
    run = weekly()
    names = [name for name in names_in(inbox) if "teams" in name]
    day = f"loaded/{today()}"
    assert names == [f"{day}/monday/teams.csv", f"{day}/teams.2.csv", f"{day}/teams.csv"]
    assert (inbox / day / "teams.csv").read_text() == TABLES["teams"]
    assert not (inbox / "monday").exists()
    assert {e.file: e.counts[0]["updated"] for e in run.files} == {
        "teams.csv": 1,
        "monday/teams.csv": 1,
    }


def test_a_number_that_another_file_has_is_not_given(weekly, quick, inbox):
    weekly()
    put(inbox, **{"teams": "team_id,name\nN,2\n", "teams.2": "team_id,name\nN,3\n"})
    assert weekly().exit_code == 0
    names = sorted(path.name for path in (inbox / "loaded" / today()).glob("teams*"))
    assert len(names) == 3
    assert weekly().did_nothing


def test_moves_that_a_crash_prevented_are_made_by_the_next_run(
    weekly, quick, inbox, store, monkeypatch
):
    """Loaded again, the file would have no new rejected row, and so no CSV to correct."""
    put(inbox, signups=TABLES["signups"] + "4,none,ann,registered,yes\n")

    def crash(*_: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(weekly_run, "make_moves", crash)
        with pytest.raises(KeyboardInterrupt):
            weekly()
    put(inbox, teams="team_id,name\nN,Another\n")  # came since, in the place of the loaded one
    run = weekly()
    day = inbox / "loaded" / today()
    assert (day / "signups.rejected-1.csv").is_file()
    outcomes = {(entry.file, entry.outcome) for entry in run.files}
    assert outcomes == {(f"{name}.csv", "moved") for name in TABLES} | {("teams.csv", "loaded")}
    assert "Another" in (day / "teams.csv").read_text()


def test_reports_that_were_made_before_a_crash_are_kept(weekly, quick, monkeypatch):
    def crash(*given: Any, **more: Any) -> Any:
        killed_runs.fake_reports(*given, **more | {"teams": ["N"]})
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(reporting, "write_reports", crash)
        with pytest.raises(KeyboardInterrupt):
            weekly()
    weekly()
    assert quick == [["S"]]


def test_a_file_that_changes_while_it_is_loaded_stays_for_the_next_run(
    weekly, quick, inbox, monkeypatch
):
    def load(paths: list[Path], **more: Any) -> Any:
        result = oa.load_files(paths, **more)
        with (inbox / "people.csv").open("a") as file:
            file.write("cy,Cy,cy@example.org\n")
        return result

    with monkeypatch.context() as patched:
        patched.setattr(taking, "load_files", load)
        weekly()
    assert (inbox / "people.csv").is_file()
    [people] = [entry for entry in weekly().files if entry.outcome == "loaded"]
    assert (people.file, people.counts[0]["new"]) == ("people.csv", 1)


def test_a_store_that_is_held_leaves_everything_in_place(weekly, quick, inbox, store, monkeypatch):
    def held(*_: Any, **__: Any) -> Any:
        raise oa.OrganizingError("another load is running")

    monkeypatch.setattr(taking, "load_files", held)
    run = weekly()
    assert run.exit_code == 1
    assert run.errors == ["another load is running"]
    assert not run.reports
    assert len(names_in(inbox)) == len(TABLES)


def test_an_empty_inbox_and_no_store(weekly, quick, inbox):
    for file in inbox.iterdir():
        file.unlink()
    run = weekly()
    assert run.exit_code == 1
    assert "there is no store" in run.errors[0]


@pytest.mark.usefixtures("quick")
def test_files_stay_until_what_follows_has_worked(weekly, inbox, monkeypatch, rows, store):
    def crash(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    loads: list[int] = []

    def load(paths: list[Path], **more: Any) -> Any:
        loads.append(len(paths))
        return oa.load_files(paths, **more)

    monkeypatch.setattr(taking, "load_files", load)
    with monkeypatch.context() as patched:
        patched.setattr(reporting, "write_reports", crash)
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                weekly()
            assert names_in(inbox) == [f"{name}.csv" for name in sorted(TABLES)]
    assert weekly().exit_code == 0
    assert loads == [len(TABLES)]
    assert names_in(inbox) == [f"loaded/{today()}/{name}.csv" for name in sorted(TABLES)]
    assert rows(store, "SELECT count(*) FROM signups") == [(3,)]


def test_a_store_without_teams_has_an_index_and_no_crash(weekly, inbox, tmp_path):
    for name in ("teams", "events", "shifts", "signups"):
        (inbox / f"{name}.csv").unlink()
    run = weekly()
    assert (run.exit_code, run.reports) == (0, [])
    assert (tmp_path / "out" / WEEK / "index.html").is_file()
    assert names_in(inbox) == [f"loaded/{today()}/people.csv"]
    assert weekly().did_nothing


@pytest.mark.skipif(os.name != "posix", reason="links need no rights")
def test_a_link_in_the_inbox_is_refused_and_not_read(weekly, quick, inbox, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    secret = tmp_path / "elsewhere" / "secret.csv"
    secret.write_text("first line of a system file\n")
    (inbox / "link.csv").symlink_to(secret)
    (inbox / "folder").symlink_to(secret.parent)
    run = weekly()
    refused = {entry.file: str(entry.reason) for entry in run.files if entry.outcome == "refused"}
    assert set(refused) == {"link.csv", "folder"}
    assert all("this is a link" in reason for reason in refused.values())
    assert "first line" not in str(run)
    assert secret.read_text() == "first line of a system file\n"
    assert "first line" not in "".join(
        path.read_text() for path in (tmp_path / "out").rglob("*.json")
    )


def test_what_is_no_data_stays_where_it_is(weekly, quick, inbox):
    others = ("notes.docx", "snapshot-000001.duckdb", "plan.html", "run.py")
    for name in others:
        (inbox / name).write_bytes(b"no table \x00")
    run = weekly()
    assert run.exit_code == 0
    assert {entry.file for entry in run.files if entry.outcome == "left"} == set(others)
    assert all((inbox / name).read_bytes() == b"no table \x00" for name in others)
    assert "No data, left where they are" in str(run)
    assert weekly().did_nothing


def test_a_mapping_stays_beside_its_data_and_a_wrong_one_refuses_its_file_only(
    weekly, quick, inbox
):
    put(inbox, nonsense="a\n1\n")
    (inbox / "nonsense.toml").write_text("not a mapping")
    (inbox / "other.toml").write_text("[tool.ruff]\n")
    run = weekly()
    assert [entry.file for entry in run.files if entry.outcome == "refused"] == ["nonsense.csv"]
    assert len([entry for entry in run.files if entry.outcome == "loaded"]) == len(TABLES)
    assert {path.name for path in inbox.glob("*.*")} == {"nonsense.toml", "other.toml"}


@pytest.mark.parametrize(
    ("inbox_at", "store_at", "out_at"),
    [
        ("data", "data/store", "out"),
        ("data", "data", "out"),
        ("data/store/inbox", "data/store", "out"),
        ("data", "store", "data/out"),
        ("data", "store", "data"),
        ("out/inbox", "store", "out"),
        (".config/inbox", "store", "out"),
        ("project", "store", "out"),
        ("way/../data", "data/store", "out"),
    ],
)
def test_an_inbox_with_anything_else_in_it_is_refused(tmp_path, inbox_at, store_at, out_at):
    for folder in ("data", "data/store", "way", "project/.git", inbox_at):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    put(tmp_path / inbox_at, **TABLES)
    before = tree(tmp_path)
    with pytest.raises(OptionError, match=r"inbox|--out"):
        run_weekly(
            tmp_path / inbox_at, out=tmp_path / out_at, store=tmp_path / store_at, settle_seconds=0
        )
    assert tree(tmp_path) == before


def test_an_inbox_that_holds_the_settings_is_refused(weekly, inbox, tmp_path):
    mail = '[mail]\nhost = "h"\nfrom = "a@example.org"\nuser = "u"\npassword_file = "secret"\n'
    (inbox / "secret").write_text("x")
    (inbox / "delivery.toml").write_text(mail)
    with pytest.raises(OptionError, match="delivery settings"):
        weekly(delivery=inbox / "delivery.toml")
    for text in (mail.replace('"secret"', '"inbox/secret"'), '[folder]\npath = "inbox/drive"\n'):
        (tmp_path / "delivery.toml").write_text(text)
        with pytest.raises(OptionError, match="inbox"):
            weekly(delivery=tmp_path / "delivery.toml")
    assert (inbox / "secret").is_file()


def test_a_synced_inbox_is_one(weekly, quick, inbox):
    (inbox / ".stfolder").mkdir()
    (inbox / ".DS_Store").touch()
    assert weekly().exit_code == 0


def test_what_was_sent_is_remembered_for_good(tmp_path):
    """Asked for a week of years ago, a run must not send its messages again."""
    journal = Journal.open(tmp_path)
    weeks = [f"{year}-W{week:02d}" for year in (2020, 2021) for week in range(1, 53)]
    for week in weeks:
        journal.note_message(week, {"N": f"page of {week}"}, "r", "sent")
    journal.note_message(weeks[0], {"S": "late"}, "r", "sending")
    journal = Journal.open(tmp_path)
    for week in weeks:
        assert journal.message(week, "N", "r")["had"] == [f"page of {week}"]
    assert journal.message(weeks[0], "S", "r")["state"] == "sending"
    assert journal.message("2019-W01", "N", "r") is None
    # The journal itself, written at each message, does not grow with the years.
    assert len(json.loads((tmp_path / "journal.json").read_text())["messages"]) < 12
    journal.forget_messages(weeks[0], "N")
    assert Journal.open(tmp_path).message(weeks[0], "N", "r") is None


def test_reports_of_two_weeks_are_each_made_once(weekly, quick):
    for _ in range(2):
        weekly(week="2024-W46")
        weekly()
    assert quick == [[], []]


# --- one at a time, and said ----------------------------------------------------------------


def test_one_run_at_a_time(weekly, quick, inbox, tmp_path, run):
    store = tmp_path / "store"
    (store / ".weekly").mkdir(parents=True)
    (store / ".weekly" / "holder.json").write_text(
        '{"process": 7, "computer": "c", "since": "2024-11-25T06:00:00+00:00"}'
    )
    with FileLock(store / ".weekly" / "lock"):
        with pytest.raises(RunningError, match="process 7 on c since 2024-11-25T06:00"):
            weekly()
        words = ["weekly", "--inbox", inbox, "--out", tmp_path / "out", "--store", store]
        assert "Another weekly run" in run(*words, code=3)
    assert names_in(inbox) == [f"{name}.csv" for name in sorted(TABLES)]
    assert weekly().exit_code == 0


def test_exit_codes_and_json(quick, inbox, store, tmp_path, run):
    words = ["weekly", "--inbox", inbox, "--out", tmp_path / "out", "--store", store, "--settle", 0]
    words += ["--week", WEEK, "--timezone", "UTC"]
    answer = json.loads(run(*words, "--json"))
    assert answer == json.loads((tmp_path / "out" / "weekly.json").read_text())
    assert "Nothing was missing" in run(*words)
    put(inbox, nonsense="a\n1\n")
    assert "no known header" in run(*words, code=1)
    run("weekly", code=2)
    assert "there is no such folder" in run("weekly", "--inbox", tmp_path / "none", code=1)


def test_wrong_options_are_refused_before_anything(weekly, inbox, store, tmp_path):
    with pytest.raises(OptionError, match="into the inbox"):
        weekly(out=inbox / "reports")
    (tmp_path / "bad.toml").write_text('[mail]\npassword = "x"\n')
    with pytest.raises(DeliveryError, match="Take it out"):
        weekly(delivery=tmp_path / "bad.toml")
    with pytest.raises(OptionError, match="There is no week"):
        weekly(week="2024-W99")
    assert not store.exists()
    assert len(names_in(inbox)) == len(TABLES)
    assert weekly(teams=["none"]).exit_code == 1


def test_the_log_names_nobody(weekly, quick, inbox, delivery, tmp_path):
    put(inbox, **{"Ann Smith": "ann@example.org\n"})
    weekly(delivery=delivery)
    log = (tmp_path / "out" / "weekly.log").read_text()
    assert "report of N: done" in log
    assert "mail N: sent" in log
    assert "1 refused" in log
    for word in ("Ann", "North", "@", "example.org"):
        assert word not in log
    if os.name == "posix":
        files = [tmp_path / "out" / "weekly.log", tmp_path / "out" / "weekly.json"]
        assert {file.stat().st_mode & 0o077 for file in files} == {0}


@pytest.mark.usefixtures("quick")
def test_a_dry_run_changes_and_sends_nothing(weekly, inbox, delivery, box, tmp_path):
    store = tmp_path / "store"
    weekly()
    put(inbox, people="person_id\nnew\n", nonsense="a\n1\n")
    kept = {path.name for path in store.iterdir()}
    run = weekly(delivery=delivery, dry_run=True)
    assert {e.file: e.outcome for e in run.files} == {
        "people.csv": "loaded",
        "nonsense.csv": "refused",
    }
    assert sorted(p.name for p in inbox.glob("*.csv")) == ["nonsense.csv", "people.csv"]
    assert {path.name for path in store.iterdir()} == kept
    assert not box.taken
    assert not (tmp_path / "drive").exists()
    assert len(list((tmp_path / "out" / "outbox" / WEEK).glob("*.eml"))) == 2
    assert weekly(delivery=delivery).deliveries
    assert len(box.taken) == 2


def test_a_file_of_which_nothing_was_loaded_stands_in_the_mail(weekly, quick, inbox, delivery, box):
    put(inbox, asks="ask_id,asked_at,person_id,ask_for,outcome\n1,someday,ann,canvass,yes\n")
    run = weekly(delivery=delivery)
    assert run.notes[0].startswith("Nothing of asks.csv was loaded: every row of it was rejected.")
    assert run.exit_code == 0
    assert "Nothing of signups.csv" not in " ".join(run.notes)
    [message] = box.to("ann@example.org")
    assert "Nothing of asks.csv was loaded" in message.get_body(("plain",)).get_content()
    again = weekly(delivery=delivery, resend=["N"], dry_run=True)
    assert "Nothing of asks.csv" not in " ".join(again.notes)


def test_resend(weekly, quick, delivery, box):
    weekly(delivery=delivery)
    assert weekly(delivery=delivery).did_nothing
    weekly(delivery=delivery, resend=["N"])
    assert len(box.to("ann@example.org")) == 2
    assert len(box.to("bo@example.org")) == 1
    assert "There is no team" in str(weekly(delivery=delivery, resend=["none"]).errors)
    # A dry run forgets nothing.
    weekly(delivery=delivery, resend=["N"], dry_run=True)
    assert weekly(delivery=delivery).did_nothing


def test_reports_without_names_have_a_place_of_their_own(weekly, quick, delivery, tmp_path):
    weekly()
    assert weekly(names=False).index == tmp_path / "out" / "no-names" / "index.html"
    assert len(quick) == 2
    assert weekly().did_nothing
    assert weekly(names=False, delivery=delivery).exit_code == 0
    assert (tmp_path / "drive" / WEEK / "N.html").is_file()


def test_a_journal_that_cannot_be_read_is_no_reason_to_send_twice(weekly, quick, store):
    weekly()
    (store / ".weekly" / "journal.json").write_text("{")
    with pytest.raises(oa.OrganizingError, match="journal"):
        weekly()


# --- killed ---------------------------------------------------------------------------------


def folders(place: Path, box: Box) -> list[str]:
    put(place / "inbox", **TABLES, nonsense="a\n1\n")
    put(place / "inbox", signups=TABLES["signups"] + "4,none,ann,registered,yes\n")
    mail = f'[mail]\nhost = "127.0.0.1"\nport = {box.port}\nsecurity = "none"\nwait_seconds = 0\n'
    to = f'[mail.to]\nN = "n{place.name}@example.org"\nS = "s{place.name}@example.org"\n'
    (place / "delivery.toml").write_text(
        f'{mail}from = "oa@example.org"\n{to}[folder]\npath = "drive"\n'
    )
    words = ["weekly", "--settle", "0", "--week", WEEK, "--timezone", "UTC"]
    for name, file in (("inbox", "inbox"), ("out", "out"), ("store", "store")):
        words += [f"--{name}", str(place / file)]
    return [*words, "--delivery", str(place / "delivery.toml")]


def in_forks(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    command = [sys.executable, "-W", "ignore", str(SUPPORT / "killed_runs.py"), json.dumps(cases)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.mark.skipif(os.name != "posix", reason="forks, and SIGKILL")
def test_a_run_that_is_killed_anywhere_is_finished_by_the_next(tmp_path, box, rows):
    first = folders(tmp_path / "whole", box)
    [whole] = in_forks([{"words": first, "kill_at": None}])
    assert whole["code"] == 1  # one file is refused
    # Some traces at random, and some of those at the end, where the messages go out.
    dice = random.Random(int(os.environ.get("KILL_SEED", "1")))
    n = whole["traces"]
    moments = sorted({*dice.sample(range(n), 3), *range(n - 13, n, 3)})
    if os.environ.get("KILL_ALL"):
        moments = list(range(n))
    cases = {at: folders(tmp_path / str(at), box) for at in moments}
    ended = in_forks(
        [
            {"words": words, "kill_at": kill}
            for at, words in cases.items()
            for kill in (at, None, None)
        ]
    )
    want = outcome(tmp_path / "whole", rows)
    for i, at in enumerate(cases):
        killed, resumed, again = ended[3 * i : 3 * i + 3]
        assert killed == {"signal": 9}, at
        assert outcome(tmp_path / str(at), rows) == want, at
        summary = json.loads((tmp_path / str(at) / "out" / "weekly.json").read_text())
        unsure = {
            t for d in summary["deliveries"] if d["status"] == "uncertain" for t in d["teams"]
        }
        for team in "NS":
            sent = len(box.to(f"{team.lower()}{at}@example.org"))
            assert sent == 1 or (sent == 0 and team in unsure), at
        assert resumed["code"] in (0, 1)
        assert again["code"] == (1 if unsure else 0), at


def outcome(place: Path, rows: Any) -> Any:
    counts = "SELECT (SELECT count(*) FROM signups), (SELECT count(*) FROM main.rejects)"
    moved = {name: text for name, text in tree(place / "inbox").items() if "rejected" not in name}
    assert any("rejected" in name for name in tree(place / "inbox"))
    pages = [tree(place / folder) for folder in ("out", "drive")]
    snapshot = json.loads((place / "store" / "store.json").read_text())["snapshot"]
    return moved, pages, rows(place / "store", counts), snapshot


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_from_outside(tmp_path, box, rows):
    """The command itself, stopped by the clock, in the midst of whatever it does."""
    words = folders(tmp_path / "t", box)
    code = "import sys, killed_runs as k; k.reporting.write_reports = k.fake_reports; k.main(sys.argv[1:])"
    start = [sys.executable, "-W", "ignore", "-c", code, *words]
    log = tmp_path / "t" / "out" / "weekly.log"
    for wait in (0.3,):
        running = subprocess.Popen(
            start, cwd=SUPPORT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        begun = log.read_text().count("began") if log.exists() else 0
        until = time.monotonic() + 60
        while (log.read_text().count("began") if log.exists() else 0) == begun:
            assert time.monotonic() < until
            time.sleep(0.01)
        time.sleep(wait)
        running.kill()
        running.wait()
    subprocess.run(start, cwd=SUPPORT, check=False, capture_output=True)
    assert (tmp_path / "t" / "out" / WEEK / "N.html").is_file()
    assert rows(tmp_path / "t" / "store", "SELECT count(*) FROM signups") == [(3,)]
    assert not list((tmp_path / "t" / "inbox").glob("*.csv"))
    assert len(box.to("nt@example.org")) == len(box.to("st@example.org")) == 1


# --- all of it ------------------------------------------------------------------------------


def test_the_real_reports_are_made_mailed_and_copied_once(weekly, inbox, box, delivery, tmp_path):
    run = weekly(delivery=delivery, teams=["N"])
    assert run.exit_code == 0, str(run)
    [message] = box.taken
    text = message[1].get_body(("plain",)).get_content()
    assert "Of 2 people on the lists, 1 came" in text
    [page] = message[1].iter_attachments()
    own = (tmp_path / "out" / WEEK / "N.html").read_text(encoding="utf-8")
    attached = page.get_content()
    # The page as it is, but for links to the files that are not attached.
    assert attached.strip() == mailed_page(own, week=WEEK).strip()
    assert 'href="index.html"' in own
    assert 'href="index.html"' not in attached
    assert (tmp_path / "drive" / WEEK / "N.html").is_file()
    assert weekly(delivery=delivery, teams=["N"]).did_nothing
    # A load that is nothing to this team: its page is made anew, says the same, is not sent again.
    put(inbox, people="person_id,given_name\nzed,Zed\n")
    again = weekly(delivery=delivery, teams=["N"])
    assert again.snapshot == 2
    assert [report["is_new"] for report in again.reports] == [True]
    assert [d.status for d in again.deliveries if d.kind == "mail"] == ["already sent"]
    assert len(box.taken) == 1
