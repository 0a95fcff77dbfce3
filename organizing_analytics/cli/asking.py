"""Commands that ask a measure: show-up, retention, asks, meetings.

Every measure is one row of `QUESTIONS`; the options that all of them share stand once, in
`_shared`. A test holds both against the measures' own signatures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from organizing_analytics.cli.options import (
    As,
    AsOf,
    By,
    Confidence,
    Explain,
    Format,
    Json,
    Rows,
    Shrink,
    Since,
    Store,
    SubTeams,
    Team,
    Until,
    chosen,
)
from organizing_analytics.cli.output import print_frame, print_json, print_table, rows_of, say, word

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from organizing_analytics.measures.explaining import Explanation

#: How many of the rows behind a number a table shows.
SHOWN = 40


@dataclass(frozen=True)
class Question:
    """One measure as a command.

    Attributes
    ----------
    command : str
        Its words on the command line, like "retention return".
    asks : str
        The help text.
    own : dict
        Its own options: name → (annotation, default).
    grouped : bool
        Whether it takes --by.
    is_state : bool
        Whether it tells how things stand, and takes no --since and --until.
    shrinks : bool
        Whether it takes --shrink.
    """

    command: str
    asks: str
    own: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    grouped: bool = True
    is_state: bool = False
    shrinks: bool = False

    @property
    def function(self) -> str:
        """Return the name of the measure in Python."""
        return self.command.replace(" ", "_").replace("-", "_")


def _days(default: int, meaning: str) -> dict[str, tuple[Any, Any]]:
    return {"within_days": (Annotated[int, typer.Option(help=meaning)], default)}


_NO_SAME_DAY = typer.Option(" /--no-same-day", help="Without sign-ups made on the shift's own day.")
_MAX_VISIT = Annotated[int, typer.Option(help="Up to which visit.")]
_PERIOD = Annotated[str, typer.Option(help="month or week.")]
_KIND = Annotated[str, typer.Option(help="bounded: came in that period; rolling: in it or later.")]

QUESTIONS = (
    Question(
        "show-up",
        "Of those who signed up, who came?",
        {"same_day": (Annotated[bool, _NO_SAME_DAY], True)},
        shrinks=True,
    ),
    Question(
        "retention return",
        "Who came back within some days of the first visit?",
        _days(30, "Days after the first visit."),
        shrinks=True,
    ),
    Question(
        "retention by-visit",
        "After the first visit, the second, the third: who comes again?",
        {**_days(90, "Days until the next visit."), "max_visit": (_MAX_VISIT, 6)},
        grouped=False,
    ),
    Question(
        "retention cohorts",
        "Of those who first came in one month or week, how many still come?",
        {"period": (_PERIOD, "month"), "kind": (_KIND, "bounded")},
        grouped=False,
    ),
    Question(
        "retention lapse",
        "How many people still come, by days since the first visit?",
        grouped=False,
    ),
    Question("retention reshift", "Who left a shift with the next one already set?"),
    Question("retention tiers", "How active are people now?", grouped=False, is_state=True),
    Question(
        "retention losing",
        "Who used to come and has been away for long?",
        grouped=False,
        is_state=True,
    ),
    Question("retention departures", "Why do people leave?"),
    Question("asks outcomes", "What do people say when they are asked?", shrinks=True),
    Question(
        "asks after-no",
        "What became of each kind of no, and was the next ask the right one?",
        _days(30, "Days after the no."),
    ),
    Question("asks kept", "Of those who said yes to a shift, who came to it?", shrinks=True),
    Question("asks do-not-ask", "Whom not to ask, and why?", grouped=False, is_state=True),
    Question("meetings", "The three kinds of 1:1: held, complete, followed up?"),
    Question(
        "meetings coverage",
        "Of those who need maintenance 1:1s, who had one lately?",
        is_state=True,
    ),
    Question("meetings overdue", "Who is due a maintenance 1:1?", grouped=False, is_state=True),
    Question("follow-up", "Were visits, yeses and 1:1s followed up within 48 hours?"),
    Question("confirmation", "Were sign-ups confirmed before the shift?"),
    Question("chain", "From the ask to coming again: how many pass each link?", grouped=False),
    Question("ladder", "Who moved up the ladder of engagement?", grouped=False),
)

#: Commands of two words hang below the first.
FAMILIES = {
    "retention": "Do people come back?",
    "asks": "What people say when asked, and what follows.",
}
#: Questions that have others below them.
MOTHERS = ("meetings",)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    below = {name: typer.Typer(help=says, no_args_is_help=True) for name, says in FAMILIES.items()}
    for question in QUESTIONS:
        family, _, name = question.command.rpartition(" ")
        if question.command in MOTHERS:
            below[name] = typer.Typer(help=question.asks, invoke_without_command=True)
            below[name].callback()(_command(question, is_mother=True))
        else:
            below.get(family, app).command(name, help=question.asks)(_command(question))
    for name, family_app in below.items():
        app.add_typer(family_app, name=name)


def _shared(
    *,
    by: By = "",
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    team: Team = None,
    with_subteams: SubTeams = False,
    confidence: Confidence = 0.95,
    shrink: Shrink = False,
    explain: Explain = False,
    rows: Rows = False,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Hold the options that all measures share; never called."""


def _command(question: Question, *, is_mother: bool = False) -> Callable[..., None]:
    shared = signature(_shared, eval_str=True).parameters.values()
    own = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in question.own.items()
    ]
    absent = {"by"} if not question.grouped else set()
    absent |= {"since", "until"} if question.is_state else set()
    absent |= set() if question.shrinks else {"shrink"}
    options = [*own, *(p for p in shared if p.name not in absent)]

    def run(
        store: Path | None,
        *,
        form: Format,
        json: bool,
        context: typer.Context | None = None,
        **asked: Any,
    ) -> None:
        if context is None or context.invoked_subcommand is None:
            _answer(question, store, chosen(form, json=json), **asked)

    if is_mother:
        options.insert(0, Parameter("context", Parameter.KEYWORD_ONLY, annotation=typer.Context))

    run.__signature__ = Signature(options)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in options}
    return run


def _answer(
    question: Question,
    store: Path | None,
    form: Format,
    *,
    explain: bool,
    rows: bool,
    **options: Any,
) -> None:
    """Open the store, ask one measure, print its answer and what is behind it."""
    import organizing_analytics as oa

    ask: Callable[..., pd.DataFrame] = getattr(oa, question.function)
    with oa.open_store(store) as data:
        if data.as_of(options.get("as_of")) > data.settings.today():
            say("note: the as-of date is in the future; the rest is not yet known.", error=True)
        if explain or rows:
            _explain(oa.explain(ask, data, rows=rows, **options), form, explain=explain)
            return
        frame = ask(data, **options)
    # The two kinds of cohorts differ by a factor of two: the kind stands with the number.
    about = f"{options['kind']}, by {options['period']}" if "kind" in options else ""
    print_frame(frame, form, about=about)


def _explain(found: Explanation, form: Format, *, explain: bool) -> None:
    if form is Format.json:
        told: dict[str, Any] = {str(k): v for k, v in found.answer.attrs.items()}
        told["rows"] = rows_of(found.answer)
        if explain:
            told |= {"definition": found.definition, "sql": list(found.sql)}
        if found.rows is not None:
            told["behind"] = rows_of(found.rows)
        print_json(told)
        return
    if form is Format.csv and found.rows is not None:
        print_frame(found.rows, form)
        return
    print_frame(found.answer, form)
    if explain:
        say(f"\nWhat it means\n\n{found.definition}")
        for statement in found.sql:
            say(f"\nThe engine's statement\n\n{statement}")
    if found.rows is not None:
        rows = rows_of(found.rows.head(SHOWN))
        head = list(found.rows.columns)
        say(f"\nThe rows behind it: {len(found.rows):,}")
        print_table(head, [[word(name, row[name]) for name in head] for row in rows])
        if len(found.rows) > SHOWN:
            say(f"and {len(found.rows) - SHOWN:,} more (--format csv shows all).")
