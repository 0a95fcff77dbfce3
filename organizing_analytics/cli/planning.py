"""The planner's command: how many people to schedule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from organizing_analytics.catalog.tables import BACKTEST_PLANNING
from organizing_analytics.cli.help import refuse_options_before_subcommand
from organizing_analytics.cli.options import As, AsOf, Format, Json, Store, Team, chosen
from organizing_analytics.cli.output import (
    print_answer,
    print_csv,
    print_frame_csv,
    print_json,
    print_table,
    say,
)
from organizing_analytics.errors import OptionError

if TYPE_CHECKING:
    from organizing_analytics.planning import Backtest, BackwardPlan, Plan

#: What a person is shown of an upcoming shift; JSON and CSV hold all of it.
SHOWN = ["shift_id", "team", "starts_local", "need", "capacity", "signed_up", "median", "sentence"]

plan_app = typer.Typer(
    invoke_without_command=True,
    subcommand_metavar="[upcoming|backward|together]",
)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.add_typer(plan_app, name="plan")
    app.command("backtest")(backtest)


@plan_app.callback()
def plan(
    context: typer.Context,
    *,
    need: Annotated[int | None, typer.Option(help="How many people must come.")] = None,
    sure: Annotated[float | None, typer.Option(help="How sure to be of them, like 0.9.")] = None,
    capacity: Annotated[int | None, typer.Option(help="How many there is room for.")] = None,
    limit_over: Annotated[
        float | None,
        typer.Option(help="With --capacity: the highest allowed chance of too many (0.05)."),
    ] = None,
    cost_short: Annotated[float | None, typer.Option(help="What one too few costs …")] = None,
    cost_over: Annotated[float | None, typer.Option(help="… and one too many.")] = None,
    show_rate: Annotated[float | None, typer.Option(help="A known show-up rate, 0 to 1.")] = None,
    came: Annotated[int | None, typer.Option(help="Counted: this many came …")] = None,
    of: Annotated[int | None, typer.Option(help="… of this many scheduled.")] = None,
    shift: Annotated[str | None, typer.Option(help="A shift with its sign-ups.")] = None,
    learned: Annotated[
        bool, typer.Option("--learned", help="Use the rate learned from the store's past.")
    ] = False,
    team: Annotated[str | None, typer.Option(help="Learned: of this team (its id).")] = None,
    event_type: Annotated[
        str | None, typer.Option("--event-type", "--type", help="Learned: for this kind of event.")
    ] = None,
    days_ahead: Annotated[
        int | None, typer.Option(help="Learned: people signed up this many days before (7).")
    ] = None,
    as_of: AsOf = None,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """How many people to schedule, with honest odds.

    With --need alone, the 50 % rule (4 → 8) and its true odds, whatever the store holds.
    --store, --team, --event-type, --days-ahead, --as-of or --learned asks for the rate learned
    from the store's past; --shift for the people on its list. --show-rate, or --came and --of,
    gives the show-up yourself. What cannot be used together is refused.
    """
    if context.invoked_subcommand is not None:
        refuse_options_before_subcommand(context)
        return
    if need is None and shift is None:
        raise typer.BadParameter("give --need N, or --shift ID.", param_hint="--need")
    options: dict[str, Any] = {
        "sure": sure, "capacity": capacity, "limit_over": limit_over, "show_rate": show_rate,
        "came": came, "of": of, "cost_short": cost_short, "cost_over": cost_over,
    }  # fmt: skip
    about = {"team": team, "event_type": event_type, "days_ahead": days_ahead}
    from_store = {
        "--store": store, "--learned": learned or None, "--team": team, "--event-type": event_type,
        "--days-ahead": days_ahead, "--as-of": as_of, "--shift": shift,
    }  # fmt: skip
    flags = [flag for flag, value in from_store.items() if value is not None]
    _refuse_two_sources(options, flags)
    result = _plan(need, options | about, shift, as_of, store, learned=bool(flags))
    print_plan(result, chosen(form, json=json))


def _refuse_two_sources(options: dict[str, Any], from_store: list[str]) -> None:
    """Refuse a show-up of one's own beside one from the store, before the store is opened."""
    sources = {"--show-rate": "show_rate", "--came": "came", "--of": "of"}
    own = [flag for flag, name in sources.items() if options[name] is not None]
    if own and from_store:
        raise OptionError(
            f"{own[0]} and {from_store[0]} are given; the show-up can have one source only. "
            f"{own[0]} says it; {from_store[0]} takes it from the store. Leave out one of them."
        )


def _plan(need, options, shift, as_of, store, *, learned) -> Plan:  # type: ignore[no-untyped-def]
    from organizing_analytics.planning.headcount import plan as make_plan

    if not learned:
        return make_plan(need, **options)
    from organizing_analytics.store import open_store
    from organizing_analytics.store.reading import parse_day

    if as_of is not None:
        parse_day(as_of, option="as-of")  # a wrong date is said even where there is no store
    with open_store(store) as data:
        return make_plan(need, shift=shift, store=data, as_of=as_of, **options)


def print_plan(result: Plan, form: Format) -> None:
    """Print a plan in the format asked for."""
    if form is Format.json:
        print_json(result.as_dict())
    elif form is Format.csv:
        flat = {name: value for name, value in result.as_dict().items() if name != "table"}
        print_csv(list(flat), [list(flat.values())])
    else:
        say(str(result))


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
    from organizing_analytics.freshness import freshness
    from organizing_analytics.planning.upcoming import upcoming_answer

    with oa.open_store(store) as data:
        answer = upcoming_answer(data, team=team, days=days, sure=sure, as_of=as_of)
        fresh = freshness(data)
    print_answer(answer, chosen(form, json=json), shown=SHOWN, fresh=fresh)


@plan_app.command("backward")
def backward(
    *,
    need: Annotated[int, typer.Option(help="How many people must come.")],
    on: Annotated[str, typer.Option(help="On which date, like 2026-12-05.")],
    team: Annotated[str, typer.Option(help="Which team (its id).")],
    sure: Annotated[float, typer.Option(help="How sure to be of them.")] = 0.8,
    as_of: AsOf = None,
    window_days: Annotated[int, typer.Option(help="Rates of the last so many days.")] = 180,
    organizers: Annotated[int | None, typer.Option(help="How many share the asks.")] = None,
    signed_up_count: Annotated[
        int | None, typer.Option(help="How many are signed up (default: as the store has it).")
    ] = None,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """From the need on a date back to the sign-ups, yeses, asks and 1:1s it takes."""
    import organizing_analytics as oa

    with oa.open_store(store) as data:
        backward_plan = oa.plan_backward(
            data, need=need, on=on, team=team, sure=sure, as_of=as_of, window_days=window_days,
            organizers=organizers, signed_up_count=signed_up_count,
        )  # fmt: skip
    print_backward(backward_plan, chosen(form, json=json))


def print_backward(backward_plan: BackwardPlan, form: Format) -> None:
    """Print a backward plan in the format asked for; CSV has one row for each step."""
    if form is Format.json:
        print_json(backward_plan.as_dict())
    elif form is Format.csv:
        rows = [step.as_dict() for step in backward_plan.steps]
        print_csv(list(rows[0]), [list(row.values()) for row in rows])
    else:
        say(str(backward_plan))


@plan_app.command("together")
def together(
    *,
    shift: Annotated[
        list[str] | None, typer.Option(help="A shift; give it again for more.")
    ] = None,
    on: Annotated[str | None, typer.Option(help="Or all shifts of a date …")] = None,
    until: Annotated[str | None, typer.Option(help="… up to this date.")] = None,
    team: Team = None,
    as_of: AsOf = None,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """A weekend of shifts, or the roles of one: are all filled, where does the next person help?"""
    import organizing_analytics as oa

    with oa.open_store(store) as data:
        together = oa.plan_together(
            data, shifts=shift or (), on=on, until=until, team=team, as_of=as_of
        )
    how = chosen(form, json=json)
    if how is Format.json:
        print_json(together.as_dict())
    else:
        print_answer(together.as_answer(), how, empty=together.sentence)


def backtest(
    *,
    ahead_days: Annotated[int, typer.Option(help="Forecast so many days before each shift.")] = 0,
    as_of: AsOf = None,
    chart: Annotated[
        Path | None, typer.Option(help="Write the reliability chart (.html, .png or .svg).")
    ] = None,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """How the planner would have done on this store's own past."""
    import organizing_analytics as oa

    with oa.open_store(store) as data:
        result = oa.backtest(data, ahead_days=ahead_days, as_of=as_of)
    if chart is not None:
        from organizing_analytics.charts import Note, reliability

        drawn = reliability(result.reliability)
        if isinstance(drawn, Note):
            say(drawn.text)
        else:
            drawn.save(str(chart))
    how = chosen(form, json=json)
    if how is Format.json:
        print_json(result.as_dict())
        return
    if how is Format.csv:
        kinds = {column.name: column.kind for column in BACKTEST_PLANNING}
        print_frame_csv(result.planning, kinds)
        return
    _print_backtest(result)


def _number(value: Any, form: str) -> str:
    return "" if value is None or value != value else format(value, form)  # noqa: PLR0124


def _print_backtest(result: Backtest) -> None:
    if not result.signups:
        say(f"Nothing to score: {result.chosen['why']}.")
        return
    say(
        f"{result.signups:,} sign-ups of {result.shifts:,} shifts from {result.scored_from} on, "
        "each forecast from what was known before it.\n"
    )
    print_table(
        ["rung", "Brier", "log loss"],
        [[str(r.model), f"{r.brier:.4f}", f"{r.log_loss:.4f}"] for r in result.models.itertuples()],
    )
    say(f"The planner uses {result.chosen['model']}: {result.chosen['why']}.")
    covered = ", ".join(
        f"{float(share):.0%} range: {value:.0%}" for share, value in result.coverage.items()
    )
    say(
        f"Of the lists alone, share of totals inside the {covered}. "
        f"CRPS {result.crps:.2f} people.\n"
    )
    say("The whole forecast, late joiners and walk-ins included, as printed so many days ahead:")
    print_table(
        [
            "ahead", "shifts", "expected", "came", "bias", "80% range", "± (se)", "90% range",
            "CRPS", "Brier of P(enough)",
        ],
        [
            [
                str(r.ahead), f"{r.shifts:,}", _number(r.expected, ".1f"), _number(r.came, ".1f"),
                _number(r.bias, "+.1%"), _number(r.coverage_80, ".1%"), _number(r.se, ".1%"),
                _number(r.coverage_90, ".1%"), _number(r.crps, ".2f"),
                _number(r.p_enough_brier, ".3f"),
            ]
            for r in result.totals.itertuples()
        ],
    )  # fmt: skip
    say("")
    print_table(
        ["need", "sure", "method", "shifts", "scheduled", "promised", "met", "± (se)", "too many"],
        [
            [
                str(r.need), f"{r.sure:.0%}", str(r.method), f"{r.shifts:,}", f"{r.scheduled:.1f}",
                f"{r.promised:.0%}", f"{r.met:.0%}", f"{r.met_se:.0%}", f"{r.surplus:.1f}",
            ]
            for r in result.planning.itertuples()
        ],
    )  # fmt: skip
    if result.asks.get("brier") is not None:
        say(
            f"\nA yes to an ask, on the latest {result.asks['asks']:,} asks: Brier "
            f"{result.asks['brier']:.4f}, by the team's rate alone "
            f"{result.asks['brier_team_rate']:.4f}."
        )
