"""The command that says what to do now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.cli.options import As, AsOf, Format, Json, Store, Team, chosen
from organizing_analytics.cli.output import print_answer, say

if TYPE_CHECKING:
    import typer

#: The columns of the table; CSV and JSON also have the ids that an answer refers to.
SHOWN = ("action", "person_id", "name", "reason", "due_on", "details")


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("todo")(todo)


def todo(
    *,
    team: Team = None,
    as_of: AsOf = None,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Whom to thank, ask again, confirm and meet in the coming days, and why."""
    import organizing_analytics as oa
    from organizing_analytics.freshness import freshness
    from organizing_analytics.to_do.listing import todo_answer

    with oa.open_store(store) as data:
        answer = todo_answer(data, team=team, as_of=as_of)
        fresh = freshness(data)
    how = chosen(form, json=json)
    if answer.frame.empty and how is Format.table:
        say(f"Nothing is waiting as of {answer.as_of}. {fresh.words}.")
        return
    print_answer(answer, how, fresh=fresh, shown=SHOWN)
    left = answer.details["left"]
    if left and how is Format.table:
        counts = ", ".join(f"{n:,} {action}" for action, n in left.items())
        say(f"Not shown, since it is more than fits into a week (setting todo_most): {counts}.")
