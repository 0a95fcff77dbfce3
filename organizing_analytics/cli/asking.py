"""Commands that ask a measure: show-up, retention, asks, meetings.

Every measure of the catalog is a command; its declaration gives the help and the options.
"""

from __future__ import annotations

from inspect import Parameter, Signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from organizing_analytics.answers import plain_rows
from organizing_analytics.catalog import MEASURES
from organizing_analytics.catalog.shared import shared_options
from organizing_analytics.cli.help import refuse_options_before_subcommand
from organizing_analytics.cli.options import (
    As,
    Explain,
    Format,
    Json,
    Rows,
    Store,
    chosen,
    declared,
)
from organizing_analytics.cli.output import (
    FEW_ROWS,
    print_answer,
    print_frame,
    print_frame_csv,
    print_json,
    say,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from organizing_analytics.answers import Answer
    from organizing_analytics.catalog import Measure
    from organizing_analytics.measures.explaining import Explanation

#: How many of the rows behind a number a table shows.
SHOWN = 40

#: Commands of two words hang below the first.
FAMILIES = {
    "retention": "Do people come back?",
    "asks": "What people say when asked, and what follows.",
}
#: Measures that have others below them.
MOTHERS = ("meetings", "feedback")


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    below = {name: typer.Typer(help=says, no_args_is_help=True) for name, says in FAMILIES.items()}
    for measure in MEASURES:
        family, _, name = measure.name.rpartition(" ")
        if measure.name in MOTHERS:
            below[name] = typer.Typer(help=measure.question, invoke_without_command=True)
            below[name].callback()(command_of(measure, is_mother=True))
        else:
            below.get(family, app).command(name, help=measure.question)(command_of(measure))
    for name, family_app in below.items():
        app.add_typer(family_app, name=name)


def command_of(measure: Measure, *, is_mother: bool = False) -> Callable[..., None]:
    """Return the command that asks a measure.

    Parameters
    ----------
    measure : Measure
        Its declaration.
    is_mother : bool
        Whether other commands hang below it: then it answers only where none of them is called.
    """

    def run(
        store: Path | None,
        *,
        form: Format,
        json: bool,
        context: typer.Context | None = None,
        **options: Any,
    ) -> None:
        if context is not None and context.invoked_subcommand is not None:
            refuse_options_before_subcommand(context)
            return
        _answer(measure, store, chosen(form, json=json), **options)

    parameters = _parameters(measure)
    if is_mother:
        parameters.insert(0, _parameter("context", Parameter.empty, typer.Context))
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return run


def _parameters(measure: Measure) -> list[Parameter]:
    options = (*measure.options, *shared_options(measure))
    return [
        *(_parameter(option.name, option.default, declared(option, measure)) for option in options),
        _parameter("explain", False, Explain),
        _parameter("rows", False, Rows),
        _parameter("store", None, Store),
        _parameter("form", Format.table, As),
        _parameter("json", False, Json),
    ]


def _parameter(name: str, default: object, annotation: Any) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _answer(
    measure: Measure,
    store: Path | None,
    form: Format,
    *,
    explain: bool,
    rows: bool,
    **options: Any,
) -> None:
    """Open the store, ask one measure, print its answer and what is behind it."""
    import organizing_analytics as oa
    from organizing_analytics.freshness import freshness

    with oa.open_store(store) as data:
        if data.as_of(options.get("as_of")) > data.settings.today():
            say("note: the as-of date is in the future; the rest is not yet known.", error=True)
        if explain or rows:
            _explain(oa.explain(measure.name, data, rows=rows, **options), form, explain=explain)
            return
        answer = oa.answer(measure.name, data, **options)
        fresh = freshness(data) if form is Format.table else None
    # The two kinds of cohorts differ by a factor of two: the kind stands with the number.
    about = f"{options['kind']}, by {options['period']}" if "kind" in options else ""
    print_answer(answer, form, about=about, shown=_shown(measure, answer), fresh=fresh)


def _shown(measure: Measure, answer: Answer) -> list[str] | None:
    """Return the columns of a table: of many rows without the intervals of second rates."""
    if len(answer.frame) <= FEW_ROWS:
        return None
    fitting = {column.name for column in measure.columns_of_a_table()}
    hidden = {column.name for column in measure.columns} - fitting
    return [str(name) for name in answer.frame.columns if name not in hidden]


def _explain(explanation: Explanation, form: Format, *, explain: bool) -> None:
    if form is Format.json:
        print_json(_as_dict(explanation, explain=explain))
        return
    if form is Format.csv and explanation.rows is not None:
        print_frame_csv(explanation.rows, explanation.kinds)
        return
    print_answer(explanation.result, form)
    if explain:
        say(f"\nWhat it means\n\n{explanation.definition}")
        for statement in explanation.sql:
            say(f"\nThe engine's statement\n\n{statement}")
    if explanation.rows is not None:
        say(f"\nThe rows behind it: {len(explanation.rows):,}")
        print_frame(explanation.rows.head(SHOWN), explanation.kinds)
        if len(explanation.rows) > SHOWN:
            say(f"and {len(explanation.rows) - SHOWN:,} more (--format csv shows all).")


def _as_dict(explanation: Explanation, *, explain: bool) -> dict[str, Any]:
    keys = explanation.result.as_dict()
    if explain:
        keys |= {"definition": explanation.definition, "sql": list(explanation.sql)}
    if explanation.rows is not None:
        keys["behind"] = plain_rows(explanation.rows, explanation.kinds)
    return keys
