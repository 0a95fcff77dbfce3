"""Commands of the scheduled run: the run itself, and units that start it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from organizing_analytics.cli.options import As, Format, Json, Store, chosen
from organizing_analytics.cli.output import print_json, say

#: Another run is going on. 0: all well; 1: something failed; 2: the command was not understood.
ALREADY_RUNNING = 3


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("weekly")(weekly)
    app.command("schedule")(schedule)


class Scheduler(StrEnum):
    """What starts programs at a set time."""

    cron = "cron"
    systemd = "systemd"
    github = "github"
    windows = "windows"


Inbox = Annotated[Path, typer.Option("--inbox", help="The folder that exports are put into.")]
Out = Annotated[Path, typer.Option("--out", help="Gets reports, weekly.log and weekly.json.")]
DeliveryFile = Annotated[
    Path | None,
    typer.Option("--delivery", help="Delivery settings (TOML): by mail, into a folder."),
]
NoNames = Annotated[
    bool, typer.Option("--no-names", help="Reports that name nobody, for passing on.")
]


def weekly(
    *,
    inbox: Inbox,
    out: Out = Path("reports"),
    week: Annotated[
        str | None, typer.Option(help="Like 2026-W47 (default the last full one).")
    ] = None,
    team: Annotated[
        list[str] | None, typer.Option("--team", help="Only this team; repeatable.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="As for oa load (default auto).")] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Whose clock times without offset are read by.")
    ] = None,
    delivery: DeliveryFile = None,
    no_names: NoNames = False,
    jobs: Annotated[
        int | None, typer.Option(help="How many reports at a time (default: cores).")
    ] = None,
    settle: Annotated[
        float, typer.Option(min=0, help="Seconds in which a whole file does not change.")
    ] = 5,
    resend: Annotated[
        list[str] | None,
        typer.Option("--resend", help="Send this team's message once more; repeatable."),
    ] = None,
    catch_up: Annotated[
        bool, typer.Option("--catch-up", help="First the weeks that were missed, in order.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Try the files, change and send nothing; write the messages into OUT/outbox.",
        ),
    ] = False,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Load what is new in a folder, write the week's reports and deliver them: for a scheduler.

    A run does what is missing and nothing twice. Exit codes: 0 all went well, or there was nothing
    to do; 1 something failed, and is said; 2 the command was not understood; 3 another run is
    going on.
    """
    from organizing_analytics.errors import RunningError
    from organizing_analytics.extras import require
    from organizing_analytics.weekly import run_weekly

    require("reports")
    try:
        run = run_weekly(
            inbox, out=out, store=store, week=week, teams=team or (), source=source,
            timezone=timezone, delivery=delivery, names=not no_names, jobs=jobs,
            settle_seconds=settle, resend=resend or (), dry_run=dry_run,
            catch_up=catch_up,
        )  # fmt: skip
    except RunningError as error:
        say(str(error), error=True)
        raise typer.Exit(ALREADY_RUNNING) from error
    if chosen(form, json=json) is Format.json:
        print_json(run.as_dict())
    else:
        say("\n".join(run.lines()))
    for trouble in run.troubles:
        say(trouble, error=True)
    raise typer.Exit(run.exit_code)


def schedule(
    kind: Annotated[Scheduler, typer.Argument(help="For which scheduler.")],
    *,
    inbox: Inbox = Path("inbox"),
    out: Out = Path("reports"),
    store: Store = None,
    delivery: DeliveryFile = None,
    no_names: NoNames = False,
    at: Annotated[
        str, typer.Option(help="Days and time: Mon 06:00; Mon,Thu 18:30; daily 06:00.")
    ] = "Mon 06:00",
    timezone: Annotated[
        str | None,
        typer.Option(
            help="Of the time, for github (default this machine's); others use their own."
        ),
    ] = None,
    write: Annotated[
        Path | None, typer.Option("--write", help="Write the files into this folder instead.")
    ] = None,
) -> None:
    """Print a ready unit that starts oa weekly: for cron, systemd, GitHub or Windows."""
    from organizing_analytics.weekly.units import ScheduledRun, units, write_units

    plan = ScheduledRun.of(
        inbox, out=out, store=store, delivery=delivery, names=not no_names, at=at,
        timezone=timezone,
    )  # fmt: skip
    unit_files = units(kind.value, plan)
    if write is None:
        say("\n".join(unit.text for unit in unit_files).removesuffix("\n"))
    for path in write_units(unit_files, write) if write is not None else []:
        say(str(path))
