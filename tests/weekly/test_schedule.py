"""Units for schedulers: each is read by the rules of its scheduler, and starts the very command."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
import yaml

from organizing_analytics.errors import OptionError
from organizing_analytics.weekly import units as module
from organizing_analytics.weekly.units import (
    ScheduledRun,
    cron_command,
    parse_at,
    units,
    write_units,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SPACE = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
#: Names that shells, cron, systemd, YAML and XML each take for something of their own.
HARD = ("My exports", "100% sure", "a'b", 'c"d', "$HOME", "e\\f", "<g>&h", "#i: j", "%H", "k;l")
posix = pytest.mark.skipif(os.name != "posix", reason="paths that only POSIX allows")


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for oa that writes down how it was called."""
    file = tmp_path / "bin dir" / "oa"
    file.parent.mkdir()
    told = shlex.quote(str(tmp_path / "called.json"))
    show = 'import json, sys; json.dump(sys.argv[2:], open(sys.argv[1], "w"))'
    file.write_text(f'#!/bin/sh\nexec python3 -c {shlex.quote(show)} {told} "$@"\n')
    file.chmod(0o700)
    monkeypatch.setattr(module, "_program", lambda: [str(file)])
    return file


def plan(folder: Path, name: str = "plain", **more: str) -> ScheduledRun:
    place = folder / name
    return ScheduledRun.of(
        place / "inbox", out=place / "out", store=place / "store", delivery=place / "d.toml", **more
    )


# --- cron -----------------------------------------------------------------------------------


def as_cron_reads(text: str) -> tuple[list[str], str]:
    """Return the five fields and what cron hands to sh; an unguarded % would end it."""
    [line] = [line for line in text.splitlines() if not line.startswith("#")]
    *fields, command = line.split(maxsplit=5)
    command = re.split(r"(?<!\\)%", command)[0].replace("\\%", "%")
    return fields, command


@posix
@pytest.mark.parametrize("name", HARD)
def test_cron_starts_the_command_whatever_the_paths_are_called(program, tmp_path, name):
    made = plan(tmp_path, name)
    [unit] = units("cron", made)
    fields, command = as_cron_reads(unit.text)
    assert fields == ["0", "6", "*", "*", "1"]
    # cron gives next to nothing of an environment.
    subprocess.run(["/bin/sh", "-c", command], env={"PATH": os.environ["PATH"]}, check=True)
    assert json.loads((tmp_path / "called.json").read_text()) == list(made.command[1:])


def test_the_crontab_line_runs_this_installation(tmp_path):
    """The real one, as cron runs it: here there is no store yet, and it says so."""
    (tmp_path / "in box").mkdir()
    made = ScheduledRun.of(tmp_path / "in box", out=tmp_path / "out", store=tmp_path / "store")
    _, command = as_cron_reads(units("cron", made)[0].text)
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}
    ended = subprocess.run(
        ["/bin/sh", "-c", command], env=environment, cwd="/", capture_output=True, text=True, check=False
    )  # fmt: skip
    assert ended.returncode == 1
    assert "there is no store" in ended.stderr
    assert json.loads((tmp_path / "out" / "weekly.json").read_text())["exit_code"] == 1


def test_a_percent_sign_is_guarded(tmp_path):
    assert "100\\% sure" in cron_command(plan(tmp_path, "100% sure"))


# --- systemd --------------------------------------------------------------------------------


def as_systemd_reads(text: str) -> list[str]:
    """Return the words of ExecStart: quotes and backslashes as in C, %% and $$ for one."""
    [line] = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    words = [re.sub(r"\\(.)", r"\1", word) for word in re.findall(r'"((?:[^"\\]|\\.)*)"', line)]
    for word in words[1:]:
        assert not set("%$") & set(word.replace("%%", "").replace("$$", "")), word
    words = [word.replace("%%", "%") for word in words]
    return [words[0], *(word.replace("$$", "$") for word in words[1:])]


@posix
@pytest.mark.parametrize("name", HARD)
def test_systemd_reads_the_command_as_it_is(program, tmp_path, name):
    made = plan(tmp_path, name)
    assert as_systemd_reads(units("systemd", made)[0].text) == list(made.command)


@pytest.mark.skipif(
    not shutil.which("systemd-analyze") and not os.environ.get("CI"), reason="there is no systemd"
)
@pytest.mark.parametrize("at", ["Mon 06:00", "daily 23:59", "Sat,Sun 7:05"])
def test_systemd_takes_the_units(program, tmp_path, at):
    made = units("systemd", plan(tmp_path, "100% $HOME 'x' \"y\"", at=at))
    files = write_units(made, tmp_path / "units")
    ended = subprocess.run(
        ["systemd-analyze", "verify", *map(str, files)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert "oa-weekly" not in ended.stderr
    calendar = re.search(r"^OnCalendar=(.*)$", made[1].text, re.MULTILINE)
    assert calendar
    subprocess.run(["systemd-analyze", "calendar", calendar[1]], capture_output=True, check=True)


def test_systemd_units_are_hardened_and_make_up_for_a_missed_run(monkeypatch):
    # Wherever this checkout is: what counts is where the folders are.
    monkeypatch.setattr(module, "_program", lambda: ["/opt/campaign/bin/oa"])
    service, timer = units(
        "systemd", ScheduledRun.of(Path("/srv/in"), out=Path("/srv/out"), store="/srv/s")
    )
    for line in ("NoNewPrivileges=yes", "UMask=0077", "PrivateTmp=yes", "ProtectSystem=full"):
        assert f"\n{line}\n" in service.text
    assert "Persistent=true" in timer.text
    # In a /tmp of its own it would not find these.
    hidden, _ = units(
        "systemd", ScheduledRun.of(Path("/tmp/in"), out=Path("/srv/out"), store="/srv/s")
    )
    assert "PrivateTmp=yes" not in hidden.text


# --- GitHub ---------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("name", HARD)
def test_the_workflow_is_yaml_and_runs_the_command(program, tmp_path, name):
    made = plan(tmp_path, name)
    read = yaml.safe_load(units("github", made)[0].text)
    [step] = read["jobs"]["weekly"]["steps"]
    subprocess.run(["/bin/sh", "-c", step["run"]], check=True)
    assert json.loads((tmp_path / "called.json").read_text()) == list(made.command[1:])
    assert read["permissions"] == {}
    assert read["jobs"]["weekly"]["runs-on"] == "self-hosted"


@pytest.mark.parametrize(
    ("at", "zone", "cron"),
    [
        ("Mon 06:00", "America/Chicago", "0 12 * * 1"),  # UTC-6
        ("Mon 06:00", "Asia/Tokyo", "0 21 * * 0"),  # UTC+9: Sunday
        ("Mon 06:00", "Australia/Sydney", "0 20 * * 0"),  # UTC+10; January is summer
        ("Mon 06:00", "Europe/Dublin", "0 6 * * 1"),  # its winter time is a negative summer time
        ("Sun 23:30", "America/St_Johns", "0 3 * * 1"),  # UTC-3:30
        ("daily 06:00", "UTC", "0 6 * * *"),
    ],
)
def test_github_is_told_the_time_in_utc(tmp_path, at, zone, cron):
    [unit] = units("github", plan(tmp_path, at=at, timezone=zone))
    read = yaml.safe_load(unit.text)
    assert read[True]["schedule"] == [{"cron": cron}]  # YAML takes `on` for true
    assert ("summer time it runs" in unit.text) == (zone not in ("Asia/Tokyo", "UTC"))


def test_an_expression_in_a_path_is_refused(tmp_path):
    with pytest.raises(OptionError, match="Rename it"):
        units("github", plan(tmp_path, "${{ x }}"))


# --- Windows --------------------------------------------------------------------------------


def as_windows_reads(text: str) -> list[str]:
    """Return the words of a command line, by the rules of the Microsoft C runtime."""
    words, word, quoted, started, i = [], "", False, False, 0
    while i < len(text):
        slashes = len(text) - i - len(text[i:].lstrip("\\"))
        i += slashes
        if text[i : i + 1] == '"':
            word += "\\" * (slashes // 2)
            word, quoted = (word + '"', quoted) if slashes % 2 else (word, not quoted)
            started = True
        else:
            word += "\\" * slashes
            if text[i : i + 1] in ("", " ") and not quoted:
                words += [word] if word or started else []
                word, started = "", False
            else:
                word += text[i : i + 1]
        i += 1
    return [*words, word] if word or started else words


@pytest.mark.parametrize("name", [*HARD, "ü 漢"])
def test_the_windows_task_is_xml_that_windows_can_read(tmp_path, name):
    made = plan(tmp_path, name)
    [unit] = units("windows", made)
    [file] = write_units([unit], tmp_path)
    content = file.read_bytes()
    assert content[:2] in (b"\xff\xfe", b"\xfe\xff")
    assert 'encoding="utf-16"' in content.decode("utf-16").splitlines()[0]
    for task in (ET.parse(file).getroot(), ET.fromstring(unit.text)):
        run = task.find("t:Actions/t:Exec", SPACE)
        assert run is not None
        assert run.findtext("t:Command", namespaces=SPACE) == made.command[0]
        words = run.findtext("t:Arguments", namespaces=SPACE)
        assert words is not None
        assert as_windows_reads(words) == list(made.command[1:])


def test_the_windows_task_runs_on_its_days_and_makes_up_for_a_missed_run(tmp_path):
    task = ET.fromstring(units("windows", plan(tmp_path, at="Mon,thursday 18:30"))[0].text)
    week = task.find("t:Triggers/t:CalendarTrigger/t:ScheduleByWeek/t:DaysOfWeek", SPACE)
    assert week is not None
    assert [day.tag.split("}")[1] for day in week] == ["Monday", "Thursday"]
    start = task.findtext("t:Triggers/t:CalendarTrigger/t:StartBoundary", namespaces=SPACE)
    assert str(start).endswith("T18:30:00")
    assert task.findtext("t:Settings/t:StartWhenAvailable", namespaces=SPACE) == "true"


# --- the options ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "meant"),
    [
        ("Mon 06:00", ((0,), time(6))),
        ("sun,Wednesday 9:05", ((2, 6), time(9, 5))),
        ("daily 00:00", (tuple(range(7)), time(0))),
    ],
)
def test_days_and_times(at, meant):
    assert parse_at(at) == meant


@pytest.mark.parametrize(
    "at", ["", "Mon", "06:00", "Mon 24:00", "Mon 06:60", "Monk 06:00", "M 6:00"]
)
def test_times_that_are_none(at):
    with pytest.raises(OptionError):
        parse_at(at)


def test_a_path_with_a_line_break_is_refused(tmp_path):
    with pytest.raises(OptionError, match="Rename it"):
        plan(tmp_path, "a\nb")


def test_the_command_prints_or_writes(run: Callable[..., str], tmp_path):
    words = ["--inbox", tmp_path / "in", "--store", tmp_path / "s", "--no-names"]
    printed = run("schedule", "systemd", *words)
    assert "# oa-weekly.service" in printed
    assert "# oa-weekly.timer" in printed
    assert '"--no-names"' in printed
    written = run("schedule", "systemd", *words, "--write", tmp_path / "units").splitlines()
    assert [Path(line).name for line in written] == ["oa-weekly.service", "oa-weekly.timer"]
    assert printed.strip() == "\n".join(Path(line).read_text() for line in written).strip()
    run("schedule", "launchd", code=2)
