"""The options that commands share, each with its one wording."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from organizing_analytics.catalog import SHARED, Measure, Option


class Format(StrEnum):
    """How an answer is printed."""

    table = "table"
    csv = "csv"
    json = "json"


def _shared(name: str) -> Any:
    """Return the option that all measures share, with the wording of its declaration."""
    option = next(option for option in SHARED if option.name == name)
    return typer.Option(option.flag, help=option.meaning)


Store = Annotated[
    Path | None,
    typer.Option("--store", help="The store's folder (default ORGANIZING_STORE, else data/store)."),
]
As = Annotated[Format, typer.Option("--format", help="How to print the answer.")]
Json = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
Since = Annotated[str | None, _shared("since")]
Until = Annotated[str | None, _shared("until")]
AsOf = Annotated[str | None, _shared("as_of")]
Team = Annotated[str | None, _shared("team")]
SubTeams = Annotated[bool, _shared("with_subteams")]
Confidence = Annotated[float, _shared("confidence")]

Explain = Annotated[
    bool, typer.Option("--explain", help="What the numbers mean, and the engine's statement.")
]
Rows = Annotated[
    bool, typer.Option("--rows", help="The rows behind the numbers, and which counts each is in.")
]


def declared(option: Option, measure: Measure) -> Any:
    """Return the annotation of a command's parameter for a declared option of a measure."""
    help_text = option.meaning
    if option.name == "by":
        help_text += f" Of: {', '.join(group.name for group in measure.groups)}."
    kind = option.type if option.default is not None else option.type | None
    is_off = option.type is bool and bool(option.default)  # the switch turns it off
    spelling = f" /{option.flag}" if is_off else option.flag
    return Annotated[kind, typer.Option(spelling, help=help_text, show_default=not is_off)]


def chosen(form: Format, *, json: bool) -> Format:
    """Return the format that both options together ask for."""
    return Format.json if json else form
