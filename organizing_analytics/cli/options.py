"""The options that commands share, each with its one wording."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How an answer is printed."""

    table = "table"
    csv = "csv"
    json = "json"


Store = Annotated[
    Path | None,
    typer.Option("--store", help="The store's folder (default ORGANIZING_STORE, else data/store)."),
]
As = Annotated[Format, typer.Option("--format", help="How to print the answer.")]
Json = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
By = Annotated[str, typer.Option("--by", help="Group columns, with commas: team,week.")]
Since = Annotated[str | None, typer.Option("--since", help="First date, like 2026-09-01.")]
Until = Annotated[str | None, typer.Option("--until", help="Last date.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Date to stand at (default yesterday).")]
Team = Annotated[str | None, typer.Option("--team", help="Only this team (its id).")]
SubTeams = Annotated[
    bool, typer.Option("--with-subteams", help="A team stands for the teams below it, too.")
]
Confidence = Annotated[float, typer.Option("--confidence", help="Of the interval, like 0.95.")]
Shrink = Annotated[
    bool, typer.Option("--shrink", help="Pull small groups towards what all have in common.")
]

Explain = Annotated[
    bool, typer.Option("--explain", help="What the numbers mean, and the engine's statement.")
]
Rows = Annotated[
    bool, typer.Option("--rows", help="The rows behind the numbers, and which counts each is in.")
]


def chosen(given: Format, *, json: bool) -> Format:
    """Return the format that both options together ask for."""
    return Format.json if json else given
