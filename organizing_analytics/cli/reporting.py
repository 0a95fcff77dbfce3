"""The command that writes the weekly reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from organizing_analytics.cli.options import As, Format, Json, Store, chosen
from organizing_analytics.cli.output import print_json, print_table, say


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("report")(report)


def report(
    *,
    week: Annotated[
        str | None, typer.Option(help="Like 2026-W47 (default the last full one).")
    ] = None,
    team: Annotated[
        list[str] | None, typer.Option("--team", help="Only this team; repeatable.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where to write.")] = Path("reports"),
    jobs: Annotated[int | None, typer.Option(help="How many at a time (default: cores).")] = None,
    no_names: Annotated[
        bool, typer.Option("--no-names", help="Name nobody, for passing on; in OUT/no-names.")
    ] = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Also print each page, where there is a Chromium.")
    ] = False,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Write every team's weekly report, and an index page."""
    from organizing_analytics.errors import ReportError
    from organizing_analytics.extras import require
    from organizing_analytics.reports import write_reports

    require("reports")

    run = write_reports(
        store, week=week, teams=team or (), out=out, jobs=jobs, names=not no_names, pdf=pdf
    )
    if chosen(form, json=json) is Format.json:
        print_json(run.as_dict())
    else:
        head = ["team_id", "status", "seconds", "html", "error"]
        rows = [[_word(r.as_dict()[name]) for name in head] for r in run.reports]
        say(f"Reports for {run.week}, snapshot {run.snapshot}")
        print_table(head, rows)
        say(f"Open {run.index}")
    if run.note:
        say(run.note, error=True)
    if run.failed:
        teams = ", ".join(r.team_id for r in run.failed)
        raise ReportError(f"{len(run.failed)} of {len(run.reports)} reports failed: {teams}.")


def _word(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value or "")
