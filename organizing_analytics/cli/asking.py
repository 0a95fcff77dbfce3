"""Commands that ask a measure: show-up, retention, asks, meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from organizing_analytics.cli.options import (
    As,
    AsOf,
    By,
    Confidence,
    Format,
    Json,
    Since,
    Store,
    SubTeams,
    Team,
    Until,
    chosen,
)
from organizing_analytics.cli.output import print_frame, say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

retention = typer.Typer(help="Do people come back?", no_args_is_help=True)
asks = typer.Typer(help="What people say when asked, and what follows.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("show-up")(show_up)
    app.add_typer(retention, name="retention")
    app.add_typer(asks, name="asks")
    app.command("meetings")(meetings)


def _answer(
    measure: str, store: Path | None, form: Format, *, about: str = "", **options: Any
) -> None:
    """Open the store, ask one measure, print its answer."""
    import organizing_analytics as oa  # noqa: PLC0415

    ask: Callable[..., pd.DataFrame] = getattr(oa, measure)
    with oa.open_store(store) as data:
        if data.as_of(options.get("as_of")) > data.settings.today():
            say(
                "note: the as-of date lies in the future; the rest of it is not yet known.",
                error=True,
            )
        frame = ask(data, **options)
    print_frame(frame, form, about=about)


def show_up(
    *,
    by: By = "",
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    team: Team = None,
    no_same_day: Annotated[
        bool, typer.Option("--no-same-day", help="Without sign-ups made on the shift's own day.")
    ] = False,
    with_subteams: SubTeams = False,
    confidence: Confidence = 0.95,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Of those who signed up, who came?"""
    _answer(
        "show_up", store, chosen(form, json=json), by=by, since=since, until=until, as_of=as_of,
        team=team, same_day=not no_same_day, with_subteams=with_subteams, confidence=confidence,
    )  # fmt: skip


@retention.command("return")
def retention_return(
    *,
    within_days: Annotated[int, typer.Option(help="Days after the first visit.")] = 30,
    by: By = "",
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    team: Team = None,
    with_subteams: SubTeams = False,
    confidence: Confidence = 0.95,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Who came back within some days of the first visit?"""
    _answer(
        "retention_return", store, chosen(form, json=json), within_days=within_days, by=by,
        since=since, until=until, as_of=as_of, team=team, with_subteams=with_subteams,
        confidence=confidence,
    )  # fmt: skip


@retention.command("by-visit")
def retention_by_visit(
    *,
    within_days: Annotated[int, typer.Option(help="Days until the next visit.")] = 90,
    max_visit: Annotated[int, typer.Option(help="Up to which visit.")] = 6,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    team: Team = None,
    with_subteams: SubTeams = False,
    confidence: Confidence = 0.95,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """After the first visit, the second, the third: who comes again?"""
    _answer(
        "retention_by_visit", store, chosen(form, json=json), within_days=within_days,
        max_visit=max_visit, since=since, until=until, as_of=as_of, team=team,
        with_subteams=with_subteams, confidence=confidence,
    )  # fmt: skip


@retention.command("cohorts")
def retention_cohorts(
    *,
    period: Annotated[str, typer.Option(help="month or week.")] = "month",
    kind: Annotated[
        str, typer.Option(help="bounded: came in that period; rolling: in it or later.")
    ] = "bounded",
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    team: Team = None,
    with_subteams: SubTeams = False,
    confidence: Confidence = 0.95,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Of those who first came in one month or week, how many still come?"""
    _answer(
        "retention_cohorts", store, chosen(form, json=json), about=f"{kind}, by {period}",
        period=period, kind=kind, since=since,
        until=until, as_of=as_of, team=team, with_subteams=with_subteams, confidence=confidence,
    )  # fmt: skip


@asks.command("outcomes")
def asks_outcomes(
    *,
    by: By = "",
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    team: Team = None,
    with_subteams: SubTeams = False,
    confidence: Confidence = 0.95,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """What do people say when they are asked?"""
    _answer(
        "asks_outcomes", store, chosen(form, json=json), by=by, since=since, until=until,
        as_of=as_of, team=team, with_subteams=with_subteams, confidence=confidence,
    )  # fmt: skip


@asks.command("after-no")
def asks_after_no(
    *,
    within_days: Annotated[int, typer.Option(help="Days after the no.")] = 30,
    by: By = "",
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    team: Team = None,
    with_subteams: SubTeams = False,
    confidence: Confidence = 0.95,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """What became of each kind of no, and was the next ask the right one?"""
    _answer(
        "asks_after_no", store, chosen(form, json=json), within_days=within_days, by=by,
        since=since, until=until, as_of=as_of, team=team, with_subteams=with_subteams,
        confidence=confidence,
    )  # fmt: skip


@asks.command("kept")
def asks_kept(
    *,
    by: By = "",
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    team: Team = None,
    with_subteams: SubTeams = False,
    confidence: Confidence = 0.95,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Of those who said yes to a shift, who came to it?"""
    _answer(
        "asks_kept", store, chosen(form, json=json), by=by, since=since, until=until, as_of=as_of,
        team=team, with_subteams=with_subteams, confidence=confidence,
    )  # fmt: skip


def meetings(
    *,
    by: By = "",
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    team: Team = None,
    with_subteams: SubTeams = False,
    confidence: Confidence = 0.95,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """The three kinds of 1:1: held, complete, followed up?"""
    _answer(
        "meetings", store, chosen(form, json=json), by=by, since=since, until=until, as_of=as_of,
        team=team, with_subteams=with_subteams, confidence=confidence,
    )  # fmt: skip
