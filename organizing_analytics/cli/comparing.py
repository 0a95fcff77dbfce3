"""The command that compares with and without: compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

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
from organizing_analytics.cli.output import print_frame, print_json, say

if TYPE_CHECKING:
    from organizing_analytics.measures.comparing import Comparison


def add_to(app: typer.Typer) -> None:
    """Add this command to the tree."""
    app.command("compare")(compare)


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
        found: Comparison = oa.compare(
            data, measure, factor=factor, within=within, since=since, until=until, as_of=as_of,
            team=team, with_subteams=with_subteams, confidence=confidence,
        )  # fmt: skip
    how = chosen(form, json=json)
    if how is Format.json:
        print_json(found.as_dict())
        return
    strata = found.strata
    strata.attrs = {
        "measure": f"compare {measure} by {factor}",
        "as_of": found.as_of,
        "snapshot": found.snapshot,
    }
    print_frame(strata, how)
    if how is Format.table:
        say(found.sentence)
        if found.turnout:
            raw, adjusted = (100 * found.turnout[k].difference for k in ("raw", "adjusted"))
            say(
                f"In turnout, who cancelled included: {raw:+.1f} points, like people {adjusted:+.1f}."
            )
