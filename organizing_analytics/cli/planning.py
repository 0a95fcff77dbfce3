"""The planner's command: how many people to schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from organizing_analytics.cli.options import As, AsOf, Format, Json, Store, Team, chosen
from organizing_analytics.cli.output import print_frame, print_json, say

if TYPE_CHECKING:
    from organizing_analytics.planning import Plan

#: What a person is shown of an upcoming shift; JSON and CSV hold all of it.
SHOWN = ["shift_id", "team", "starts_local", "need", "capacity", "signed_up", "sentence"]

plan_app = typer.Typer(
    help="How many people to schedule, with honest odds.",
    invoke_without_command=True,
    subcommand_metavar="[upcoming]",
)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.add_typer(plan_app, name="plan")


@plan_app.callback()
def plan(
    context: typer.Context,
    *,
    need: Annotated[int | None, typer.Option(help="How many people must come.")] = None,
    sure: Annotated[float | None, typer.Option(help="How sure to be of them, like 0.9.")] = None,
    capacity: Annotated[int | None, typer.Option(help="How many there is room for.")] = None,
    limit_over: Annotated[float, typer.Option(help="Most that P(over capacity) may be.")] = 0.05,
    show_rate: Annotated[float | None, typer.Option(help="A known show-up rate, 0 to 1.")] = None,
    came: Annotated[int | None, typer.Option(help="Counted: this many came …")] = None,
    of: Annotated[int | None, typer.Option(help="… of this many scheduled.")] = None,
    shift: Annotated[str | None, typer.Option(help="A shift with its sign-ups.")] = None,
    as_of: AsOf = None,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """How many people to schedule, with honest odds.

    With nothing but --need, the 50 % rule (4 → 8) and its true odds.
    """
    if context.invoked_subcommand is not None:
        return
    if need is None and shift is None:
        raise typer.BadParameter("give --need N, or --shift ID.", param_hint="--need")
    known = {"sure": sure, "capacity": capacity, "limit_over": limit_over, "show_rate": show_rate,
             "came": came, "of": of}  # fmt: skip
    print_plan(_plan(need, known, shift, as_of, store), chosen(form, json=json))


def _plan(need, known, shift, as_of, store) -> Plan:  # type: ignore[no-untyped-def]
    from organizing_analytics.planning.headcount import plan as make_plan

    if shift is None:
        return make_plan(need, **known)
    from organizing_analytics.store import open_store

    with open_store(store) as data:
        return make_plan(need, shift=shift, store=data, as_of=as_of, **known)


def print_plan(made: Plan, form: Format) -> None:
    """Print a plan in the format asked for."""
    if form is Format.json:
        print_json(made.as_dict())
    elif form is Format.csv:
        from organizing_analytics.safe_csv import csv_text

        flat = {name: value for name, value in made.as_dict().items() if name != "table"}
        typer.echo(csv_text(list(flat), [list(flat.values())]), nl=False)
    else:
        say(str(made))


@plan_app.command("upcoming")
def upcoming(
    *,
    team: Team = None,
    days: Annotated[int, typer.Option(help="How many days to look ahead.")] = 14,
    sure: Annotated[float, typer.Option(help="How sure to be of each shift's need.")] = 0.8,
    as_of: AsOf = None,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Every open shift of the coming days: who is expected, how many more to schedule."""
    import organizing_analytics as oa

    with oa.open_store(store) as data:
        frame = oa.plan_upcoming(data, team=team, days=days, sure=sure, as_of=as_of)
    how = chosen(form, json=json)
    print_frame(frame[SHOWN] if how is Format.table else frame, how)
