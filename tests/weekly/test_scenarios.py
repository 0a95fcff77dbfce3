"""What happens to weekly runs in a year: late, missed, at a clock change, with mail that fails."""

from __future__ import annotations

import datetime as dt
import socket
import zoneinfo
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import killed_runs
import pytest
from mail_server import AnyPort, Box

from organizing_analytics.errors import OptionError, WriteError
from organizing_analytics.loading import LoadResult
from organizing_analytics.settings import Settings
from organizing_analytics.settings import campaign as settings_module
from organizing_analytics.weekly import WeeklyRun, reporting, run_weekly, taking
from organizing_analytics.weekly.inbox import InboxFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MONDAY = dt.date(2026, 12, 21)  # the last full week is 2026-W51


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.date], None]:
    """Set today's date by the campaign's clock."""

    def _on(day: dt.date) -> None:
        monkeypatch.setattr(Settings, "today", lambda _: day)

    _on(MONDAY)
    return _on


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fake reports; returns the weeks in the order in which they were made."""
    weeks: list[str] = []

    def fake(*given: Any, **more: Any) -> Any:
        weeks.append(more["week"])
        return killed_runs.fake_reports(*given, **more)

    monkeypatch.setattr(reporting, "write_reports", fake)
    return weeks


def write_inbox(folder: Path, n_teams: int = 2) -> None:
    folder.mkdir()
    teams = "".join(f"T{i},Team {i},p{i}\n" for i in range(n_teams))
    people = "".join(f"p{i},Ann,a{i}@example.org\n" for i in range(n_teams))
    (folder / "teams.csv").write_text(f"team_id,name,lead_id\n{teams}")
    (folder / "people.csv").write_text(f"person_id,given_name,email\n{people}")


@pytest.fixture
def weekly(tmp_path: Path, on: Any, made: list[str]) -> Callable[..., WeeklyRun]:
    """Run with the test's folders; with a port, by mail to the server there."""
    write_inbox(tmp_path / "inbox")

    def _weekly(*, port: int | None = None, **more: Any) -> WeeklyRun:
        file = tmp_path / "delivery.toml"
        file.write_text(
            f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nwait_seconds = 0\n'
            'tries = 2\nfrom = "oa@example.org"\n'
        )
        folders = {"out": tmp_path / "out", "store": tmp_path / "store"}
        given = {"settle_seconds": 0, "timezone": "UTC", **folders, **more}
        return run_weekly(tmp_path / "inbox", delivery=file if port else None, **given)

    return _weekly


@pytest.fixture
def box() -> Iterator[Box]:
    with ExitStack() as held:
        box = Box()
        server = AnyPort(box, hostname="127.0.0.1", port=0)
        server.start()
        held.callback(server.stop, no_assert=True)
        box.port = server.port
        yield box


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
    return port


# --- which week -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "week"),
    [
        (dt.date(2026, 12, 25), "2026-W51"),  # Friday: the week that ended on Sunday
        (dt.date(2026, 12, 27), "2026-W51"),  # Sunday: this week is not over
        (dt.date(2026, 12, 28), "2026-W52"),
        (dt.date(2027, 1, 4), "2026-W53"),  # 2026 has 53 weeks
        (dt.date(2027, 1, 11), "2027-W01"),
        (dt.date(2027, 1, 18), "2027-W02"),  # two weeks late: the last one, not the missed ones
    ],
)
def test_a_run_is_about_the_last_full_week(weekly, on, made, today, week):
    on(today)
    assert weekly().week == week
    assert made == [week]


def test_two_missed_weeks_are_made_in_order(weekly, on, made, box):
    weekly(port=box.port)
    on(dt.date(2027, 1, 13))  # W52 and W53 were missed
    run = weekly(port=box.port, catch_up=True)
    weeks = ["2026-W51", "2026-W52", "2026-W53", "2027-W01"]
    assert made == weeks
    assert list(dict.fromkeys(report["week"] for report in run.reports)) == weeks[1:]
    subjects = [message["Subject"] for message in box.to("a0@example.org")]
    assert [subject.split()[2].rstrip(":") for subject in subjects] == weeks
    assert weekly(port=box.port, catch_up=True).did_nothing
    assert made == weeks
    # A first run has missed nothing, and an old week that was asked for begins no row of weeks.
    with pytest.raises(OptionError, match="one of them"):
        weekly(week="2026-W40", catch_up=True)


def test_a_long_absence_is_said_and_not_made_up_for_without_end(weekly, on, made):
    weekly(week="2026-W01")
    weekly(catch_up=True)
    assert made == ["2026-W01", "2026-W51"]
    on(dt.date(2027, 3, 29))
    run = weekly(catch_up=True)
    assert len(made) == 2 + reporting.MAX_MISSED + 1
    assert made[-1] == "2027-W12"
    assert "older weeks were missed" in " ".join(run.notes)


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe"])
@pytest.mark.parametrize(
    "sunday", [dt.date(2026, 3, 8), dt.date(2026, 10, 25), dt.date(2026, 11, 1)]
)
def test_the_night_of_a_clock_change_moves_no_week(zone, sunday, monkeypatch):
    """Every half hour around it: the week turns once, at local midnight before Monday."""
    place = zoneinfo.ZoneInfo(zone)
    moment = dt.datetime.combine(sunday - dt.timedelta(days=1), dt.time(), dt.UTC)

    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return moment.astimezone(tz)

    monkeypatch.setattr(settings_module, "datetime", Clock)
    for _ in range(2 * 72):
        today = Settings(timezone=zone).today()
        week = reporting.last_full_week(today - dt.timedelta(days=1))
        is_over = moment.astimezone(place).date() > sunday
        year, number, _ = (sunday if is_over else sunday - dt.timedelta(days=7)).isocalendar()
        if today <= sunday + dt.timedelta(days=7):
            assert week == f"{year}-W{number:02d}"
        moment += dt.timedelta(minutes=30)


# --- the mail -------------------------------------------------------------------------------


def test_a_mail_server_that_is_down_for_a_day(weekly, on, made, box, closed_port):
    run = weekly(port=closed_port)
    assert run.exit_code == 1
    assert {delivery.status for delivery in run.deliveries} == {"failed"}
    assert weekly(port=box.port).exit_code == 0  # the next day
    assert len(box.taken) == 2
    # It was down until the week after: --catch-up sends what was left of the week before, first.
    on(MONDAY + dt.timedelta(days=7))
    weekly(port=closed_port)
    on(MONDAY + dt.timedelta(days=14))
    weekly(port=box.port, catch_up=True)
    weeks = [message["Subject"].split()[2] for message in box.to("a1@example.org")]
    assert weeks == ["2026-W51:", "2026-W52:", "2026-W53:"]
    assert made == ["2026-W51", "2026-W52", "2026-W53"]


def test_one_bounced_address_of_many(weekly, box, tmp_path):
    """The server refuses one: the others get theirs, and the run says which team got none."""
    n_teams = 200
    for file in (tmp_path / "inbox").iterdir():
        file.unlink()
    (tmp_path / "inbox").rmdir()
    write_inbox(tmp_path / "inbox", n_teams)
    box.answers["a7@example.org"] = ["550 no such mailbox"]
    run = weekly(port=box.port)
    assert Counter(d.status for d in run.deliveries) == {"sent": n_teams - 1, "refused": 1}
    assert run.exit_code == 1
    [trouble] = run.troubles
    assert "T7" in trouble
    assert "550" in trouble
    assert "example.org" not in trouble.replace("127.0.0.1", "")
    assert len(box.taken) == n_teams - 1


# --- the inbox ------------------------------------------------------------------------------


def test_what_becomes_of_each_file_is_worked_out_once(tmp_path, monkeypatch):
    """With 5,000 files, work for each file on all the others would be 25 million steps."""
    files = [InboxFile(tmp_path / f"people-{i}.csv", f"people-{i}.csv", 1, 1) for i in range(5000)]
    calls = []
    names = taking.shown_names

    def counted(paths: list[Path]) -> Any:
        calls.append(len(paths))
        return names(paths)

    monkeypatch.setattr(taking, "shown_names", counted)
    taken = taking.Taken([taking.LoadedFiles(files, LoadResult())])
    assert [taken.part_of(file).counts_of(file) for file in files] == [[]] * len(files)
    assert [taken.part_of(file).rejects_of(file) for file in files] == [[]] * len(files)
    assert calls == [5000]


def test_a_drive_that_cannot_replace_a_file_spoils_none(weekly, tmp_path, monkeypatch):
    """Where renaming onto a file is refused, the run says so; the old page stays whole."""
    weekly()
    index = tmp_path / "out" / "index.html"
    before = index.read_text()
    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if tmp_path / "out" in Path(target).parents and Path(target).exists():
            raise PermissionError(1, "Operation not permitted", str(target))
        return replace(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refuse)
        with pytest.raises(WriteError, match="cannot be replaced"):
            weekly()
    assert index.read_text() == before
    assert not [path for path in (tmp_path / "out").rglob(".*") if path.is_file()]
    assert weekly().exit_code == 0


def test_a_thousand_notes_are_not_all_printed():
    lines = WeeklyRun("now", notes=[f"file {i}" for i in range(1000)]).lines()
    assert len([line for line in lines if line.startswith("note: ")]) == 11
    assert "note: and 990 more (weekly.json has all)." in lines
