"""The weekly run for a scheduler: a crontab line, systemd units, a GitHub workflow, a Windows task.

Each scheduler reads commands by rules of its own: what a path may hold (spaces, %, $, quotes) is
written so that it arrives as it is.
"""

from __future__ import annotations

import getpass
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import tzlocal

from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.settings import check_timezone
from organizing_analytics.store import store_folder
from organizing_analytics.time_zones import zone_rules

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WINDOWS_DAYS = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
DAILY = "daily"
HOURS, MINUTES = 24, 60
NAME = "oa-weekly"
#: A run that takes longer hangs.
MAX_HOURS = 4
#: With a /tmp of its own a unit does not see these.
SHARED = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108  # named, not used
TASK_SPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
AT = re.compile(r"(?P<days>[A-Za-z,]+)\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})")


@dataclass(frozen=True)
class Unit:
    """A file for a scheduler.

    Attributes
    ----------
    name : str
        What it is called.
    text : str
        What it holds, to be printed.
    encoding : str
        How the file is to be written.
    """

    name: str
    text: str
    encoding: str = "utf-8"


@dataclass(frozen=True)
class ScheduledRun:
    """What is to be started, and when.

    Attributes
    ----------
    command : tuple of str
        The program and its words, every path absolute.
    days : tuple of int
        0 is Monday.
    at : time
        By the scheduler's clock.
    zone : str
        The time zone that the time is meant in, where the scheduler has another one.
    """

    command: tuple[str, ...]
    days: tuple[int, ...]
    at: time
    zone: str

    @classmethod
    def of(
        cls,
        inbox: Path,
        *,
        out: Path,
        store: str | os.PathLike[str] | None = None,
        delivery: Path | None = None,
        names: bool = True,
        at: str = "Mon 06:00",
        timezone: str | None = None,
    ) -> ScheduledRun:
        """Return the plan for these options, as they are on the command line.

        Raises
        ------
        OptionError
            The time is none, or a path holds what no scheduler can be told.
        """
        days, clock = parse_at(at)
        command = [*_program(), "weekly", "--inbox", str(inbox.absolute())]
        command += ["--out", str(out.absolute()), "--store", str(store_folder(store))]
        command += ["--delivery", str(delivery.absolute())] if delivery is not None else []
        command += [] if names else ["--no-names"]
        for word in command:
            if not word.isprintable():
                raise OptionError(f"{word!r}: a scheduler cannot be given this path. Rename it.")
        zone = check_timezone(timezone) if timezone else tzlocal.get_localzone_name()
        return cls(tuple(command), days, clock, zone)

    @property
    def in_words(self) -> str:
        """Return when it runs, as a person says it."""
        days = "every day" if len(self.days) == len(DAYS) else ", ".join(DAYS[d] for d in self.days)
        return f"{days} at {self.at:%H:%M}"


def parse_at(at: str) -> tuple[tuple[int, ...], time]:
    """Return the days (0 is Monday) and the time.

    Raises
    ------
    OptionError
        It is neither.

    Examples
    --------
    >>> parse_at("Mon,Thu 06:30")
    ((0, 3), datetime.time(6, 30))
    """
    match = AT.fullmatch(at.strip())
    hour, minute = (int(match["hour"]), int(match["minute"])) if match else (99, 99)
    if match is None or hour >= HOURS or minute >= MINUTES:
        raise OptionError(
            f'at is "{at}"; days and a time are written like Mon 06:00, Mon,Thu 18:30 or daily '
            "06:00."
        )
    if match["days"].casefold() == DAILY:
        return tuple(range(len(DAYS))), time(hour, minute)
    return tuple(sorted({_day(word) for word in match["days"].split(",")})), time(hour, minute)


def _day(word: str) -> int:
    short = word[:3].capitalize()
    if short not in DAYS or not WINDOWS_DAYS[DAYS.index(short)].casefold().startswith(
        word.casefold()
    ):
        raise OptionError(unknown("day", word, [*DAYS, DAILY]))
    return DAYS.index(short)


def _program() -> list[str]:
    """Return how to start this very installation."""
    folder = Path(sys.executable).absolute().parent  # not resolved: a venv's python is a link
    for name in ("oa", "oa.exe"):
        if (folder / name).is_file():
            return [str(folder / name)]
    return [str(folder / Path(sys.executable).name), "-m", "organizing_analytics"]


def units(kind: str, plan: ScheduledRun) -> list[Unit]:
    """Return the files for a scheduler: cron, systemd, github or windows."""
    makers = {"cron": _cron, "systemd": _systemd, "github": _github, "windows": _windows}
    if kind not in makers:
        raise OptionError(unknown("scheduler", kind, list(makers)))
    return makers[kind](plan)


def write_units(units: Sequence[Unit], folder: Path) -> list[Path]:
    """Write the files into a folder and return their paths."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for unit in units:
            (folder / unit.name).write_bytes(_as_file(unit))
    except OSError as error:
        raise OptionError(f"{folder}: cannot be written to ({error.strerror}).") from error
    return [folder / unit.name for unit in units]


def _as_file(unit: Unit) -> bytes:
    text = unit.text
    if unit.encoding != "utf-8":  # printed, it says nothing of its encoding: the shell chooses
        text = text.replace('version="1.0"', f'version="1.0" encoding="{unit.encoding}"', 1)
    return text.encode(unit.encoding)


def cron_command(plan: ScheduledRun) -> str:
    """Return the command as a crontab has it: for sh, and with each % guarded from cron."""
    return f"umask 077; {shlex.join(plan.command)}".replace("%", "\\%")


def _cron(plan: ScheduledRun) -> list[Unit]:
    days = "*" if len(plan.days) == len(DAYS) else ",".join(str((d + 1) % 7) for d in plan.days)
    when = f"{plan.at.minute} {plan.at.hour} * * {days}"
    text = (
        f"# The weekly run, {plan.in_words} by the clock of this machine, summer time included.\n"
        "# Put these lines into the crontab of who owns the store: crontab -e\n"
        "# cron mails what the run prints to MAILTO, if the machine can send mail. A variable\n"
        "# that the delivery settings name (password_env) is set here too, in a line above.\n"
        f"{when} {cron_command(plan)}\n"
    )
    return [Unit(f"{NAME}.cron", text)]


def _systemd_word(word: str) -> str:
    for sign, written in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        word = word.replace(sign, written)
    return f'"{word}"'


def _systemd(plan: ScheduledRun) -> list[Unit]:
    # The program itself is no place for a variable: its $ stays one.
    program = _systemd_word(plan.command[0]).replace("$$", "$")
    words = " ".join([program, *map(_systemd_word, plan.command[1:])])
    service = f"""\
# {NAME}.service: into /etc/systemd/system, then
#   systemctl daemon-reload && systemctl enable --now {NAME}.timer
[Unit]
Description=Weekly organizing reports: load, report, deliver
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={getpass.getuser().replace("%", "%%")}
ExecStart={words}
# The mail server's password, when the delivery settings say password_env:
#EnvironmentFile=/etc/{NAME}.env
TimeoutStartSec={MAX_HOURS}h
UMask=0077
NoNewPrivileges=yes
{_private_tmp(plan)}PrivateDevices=yes
ProtectSystem=full
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictSUIDSGID=yes
RestrictRealtime=yes
LockPersonality=yes
"""
    days = f"{','.join(DAYS[d] for d in plan.days)} " if len(plan.days) < len(DAYS) else ""
    timer = f"""\
# {NAME}.timer: beside it. By the clock of this machine, summer time included.
[Unit]
Description=Weekly organizing reports, {plan.in_words}

[Timer]
OnCalendar={days}*-*-* {plan.at:%H:%M}:00
# A run that was missed because the machine was off is made up for.
Persistent=true

[Install]
WantedBy=timers.target
"""
    return [Unit(f"{NAME}.service", service), Unit(f"{NAME}.timer", timer)]


def _private_tmp(plan: ScheduledRun) -> str:
    paths = [Path(word) for word in plan.command if word.startswith("/")]
    hidden = any(place in path.parents for path in paths for place in SHARED)
    return "# No PrivateTmp: a folder of this run is in /tmp.\n" if hidden else "PrivateTmp=yes\n"


def _github(plan: ScheduledRun) -> list[Unit]:
    for word in plan.command:
        if "${{" in word:
            raise OptionError(
                f"{word}: GitHub would take ${{{{ in it for an expression. Rename it."
            )
    when, moment = _in_utc(plan)
    text = f"""\
# .github/workflows/{NAME}.yml
# The store holds names, addresses and what people said: this runs on a machine of your own (a
# self-hosted runner), in a private repository. Never put the store, the inbox or the reports into
# the repository, a cache or an artifact, and use no machine of GitHub's for them.
# GitHub's clock is UTC and knows no summer time: {plan.in_words} in {plan.zone}
# is {moment}.
name: Weekly organizing reports
on:
  schedule:
    - cron: "{when}"
  workflow_dispatch:
permissions: {{}}
concurrency:
  group: {NAME}
  cancel-in-progress: false
jobs:
  weekly:
    runs-on: self-hosted
    timeout-minutes: {60 * MAX_HOURS}
    # The mail server's password, when the delivery settings say password_env = "OA_MAIL_PASSWORD":
    #env:
    #  OA_MAIL_PASSWORD: ${{{{ secrets.OA_MAIL_PASSWORD }}}}
    steps:
      - run: |
          umask 077
          {shlex.join(plan.command)}
"""
    return [Unit(f"{NAME}.yml", text)]


def _in_utc(plan: ScheduledRun) -> tuple[str, str]:
    """Return the days and time as cron has them, in UTC, and the same for a person."""
    zone = zone_rules(plan.zone)
    year = datetime.now(UTC).year
    noons = [datetime(year, month, 1, 12, tzinfo=zone) for month in (1, 7)]
    # The smaller of both is the offset outside of summer time, north and south of the equator.
    usual, summer = sorted(noon.utcoffset() or timedelta() for noon in noons)
    monday = datetime(2024, 1, 1, plan.at.hour, plan.at.minute, tzinfo=UTC)  # any Monday
    moments = [monday + timedelta(days=day) - usual for day in plan.days]
    days = sorted({moment.isoweekday() % len(DAYS) for moment in moments})
    shown = "*" if len(days) == len(DAYS) else ",".join(map(str, days))
    first = moments[0]
    later = "; in summer time it runs an hour later by the local clock" if summer > usual else ""
    return f"{first.minute} {first.hour} * * {shown}", f"{first:%H:%M} UTC{later}"


def _windows(plan: ScheduledRun) -> list[Unit]:
    ET.register_namespace("", TASK_SPACE)
    task = ET.Element(f"{{{TASK_SPACE}}}Task", version="1.2")
    _add(task, "RegistrationInfo/Description", f"Weekly organizing reports, {plan.in_words}")
    trigger = "Triggers/CalendarTrigger"
    _add(task, f"{trigger}/StartBoundary", f"2024-01-01T{plan.at:%H:%M}:00")
    _add(task, f"{trigger}/Enabled", "true")
    _add(task, f"{trigger}/ScheduleByWeek/DaysOfWeek", "")
    for day in plan.days:
        _add(task, f"{trigger}/ScheduleByWeek/DaysOfWeek/{WINDOWS_DAYS[day]}", "")
    _add(task, f"{trigger}/ScheduleByWeek/WeeksInterval", "1")
    _add(task, "Principals/Principal/LogonType", "InteractiveToken")
    _add(task, "Principals/Principal/RunLevel", "LeastPrivilege")
    _add(task, "Settings/MultipleInstancesPolicy", "IgnoreNew")
    _add(task, "Settings/DisallowStartIfOnBatteries", "false")
    _add(task, "Settings/StopIfGoingOnBatteries", "false")
    _add(task, "Settings/StartWhenAvailable", "true")
    _add(task, "Settings/ExecutionTimeLimit", f"PT{MAX_HOURS}H")
    _add(task, "Actions/Exec/Command", plan.command[0])
    _add(task, "Actions/Exec/Arguments", subprocess.list2cmdline(plan.command[1:]))
    ET.indent(task)
    text = (
        '<?xml version="1.0"?>\n'
        "<!-- Let oa save it (oa schedule windows, with the option write), then:\n"
        f"     schtasks /Create /TN {NAME} /XML {NAME}.xml\n"
        "     It runs by the clock of this machine, summer time included, while its user is\n"
        "     logged on; a run that was missed is made up for. -->\n"
        f"{ET.tostring(task, encoding='unicode')}\n"
    )
    return [Unit(f"{NAME}.xml", text, "utf-16")]


def _add(task: ET.Element, path: str, text: str) -> None:
    """Add an element at a path below the task, with those on the way that are not there yet."""
    at = task
    for name in path.split("/"):
        full = f"{{{TASK_SPACE}}}{name}"
        element = at.find(full)
        at = ET.SubElement(at, full) if element is None else element
    at.text = text or None
