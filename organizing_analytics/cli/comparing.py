"""Commands that compare with and without: compare, and experiments that decide it by a draw."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from organizing_analytics.answers import Answer
from organizing_analytics.catalog.tables import EXPERIMENT_LIST
from organizing_analytics.cli.options import (
    As,
    AsOf,
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
from organizing_analytics.cli.output import print_answer, print_csv, print_json, say

if TYPE_CHECKING:
    from organizing_analytics.measures.comparing import Comparison


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("compare")(compare)
    tree = typer.Typer(help="Who gets what is decided by a draw.", no_args_is_help=True)
    tree.command("start")(start)
    tree.command("result")(result)
    tree.command("list")(list_all)
    app.add_typer(tree, name="experiment")


def compare(
    measure: Annotated[str, typer.Argument(help="show-up, return or asks.")],
    *,
    factor: Annotated[str, typer.Option(help="A group column with two values, like confirmed.")],
    within: Annotated[str, typer.Option(help="What like rows share: lead,event_type.")] = "",
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
    """Does it help? A rate with and without something, of all rows and of like rows."""
    import organizing_analytics as oa

    with oa.open_store(store) as data:
        comparison: Comparison = oa.compare(
            data, measure, factor=factor, within=within, since=since, until=until, as_of=as_of,
            team=team, with_subteams=with_subteams, confidence=confidence,
        )  # fmt: skip
    how = chosen(form, json=json)
    if how is Format.json:
        print_json(comparison.as_dict())
        return
    print_answer(comparison.as_answer(), how, empty=comparison.sentence)
    if how is Format.table and comparison.turnout:
        raw, adjusted = (100 * comparison.turnout[k].difference for k in ("raw", "adjusted"))
        say(f"In turnout, with cancellations: {raw:+.1f} points, like people {adjusted:+.1f}.")


Name = Annotated[str, typer.Argument(help="The experiment's name.")]


def start(
    name: Name,
    *,
    people: Annotated[Path, typer.Option(help="A table with a column person_id (or shift_id).")],
    arms: Annotated[str, typer.Option(help="Two or more, like text,call.")],
    by: Annotated[
        str,
        typer.Option(help="What is drawn: person, household, shift, organizer or team."),
    ] = "person",
    seed: Annotated[int | None, typer.Option(help="For the same draw again.")] = None,
    until: Annotated[str | None, typer.Option(help="Its last day (default 30 days on).")] = None,
    out: Annotated[Path | None, typer.Option(help="Write who is in which arm (CSV).")] = None,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Draw who gets what, alike in every team, and write it into the store."""
    import organizing_analytics as oa

    experiment = oa.start_experiment(
        name, people=people, arms=arms, by=by, seed=seed, until=until, store=store
    )
    as_json = experiment.as_dict()
    head = [experiment.id_column, "arm"]
    rows = [[row[name] for name in head] for row in as_json["people"]]
    if out is not None:
        from organizing_analytics.reports.files import write_whole
        from organizing_analytics.safe_csv import csv_text
        from organizing_analytics.store import store_folder
        from organizing_analytics.store.copies import note_copy

        write_whole(out, csv_text(head, rows))
        note_copy(store_folder(store), "list", out)
    how = chosen(form, json=json)
    if how is Format.json:
        print_json(as_json)
    elif how is Format.csv:
        print_csv(head, rows)
    else:
        sizes = ", ".join(f"{row['arm']} {row['people']:,}" for row in as_json["arms"])
        say(f"{name}: {sizes}. Seed {experiment.seed}. Look on {experiment.ends_on}, not before.")
        if experiment.left_out:
            say(f"{len(experiment.left_out):,} left out: they are on the do-not-ask list.")
        if out is None:
            say("--out FILE or --format csv tells who is in which arm.")


def result(
    name: Name,
    *,
    measure: Annotated[
        str, typer.Option(help="show-up, return or asks; several with commas.")
    ] = "show-up",
    peek: Annotated[bool, typer.Option("--peek", help="Look before it is over.")] = False,
    as_of: AsOf = None,
    confidence: Confidence = 0.95,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """What came of an experiment, as assigned; not before its last day is over."""
    import organizing_analytics as oa

    with oa.open_store(store) as data:
        result = oa.experiment_result(
            data, name, measure=measure, peek=peek, as_of=as_of, confidence=confidence
        )
    how = chosen(form, json=json)
    if how is Format.json:
        print_json(result.as_dict())
        return
    print_answer(result.as_answer(), how)


def list_all(*, store: Store = None, form: As = Format.table, json: Json = False) -> None:
    """All experiments of the store."""
    import organizing_analytics as oa

    with oa.open_store(store) as data:
        answer = Answer(
            frame=oa.list_experiments(data),
            measure="experiment list",
            as_of=data.settings.today().isoformat(),
            snapshot=data.snapshot,
            columns=EXPERIMENT_LIST,
        )
    print_answer(answer, chosen(form, json=json))
