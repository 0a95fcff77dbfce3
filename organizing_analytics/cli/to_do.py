"""The command that says what to do now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from organizing_analytics.cli.options import As, AsOf, Format, Json, Store, Team, chosen
from organizing_analytics.cli.output import print_answer, print_json, say

#: The columns of the table; CSV and JSON also have the ids that an answer refers to.
SHOWN = (
    "organizer", "action", "person_id", "name", "reason", "due_on", "overdue_days", "details",
)  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("todo")(todo)
    app.command("words")(words)


def words(
    file: Annotated[
        Path | None, typer.Argument(help="A TOML file with your own texts, to check and keep.")
    ] = None,
    *,
    store: Store = None,
    json: Json = False,
) -> None:
    """Show what organizers say when they ask, or check and keep your own texts."""
    from organizing_analytics.store import store_folder
    from organizing_analytics.store.snapshots import require_store
    from organizing_analytics.to_do.scripts import as_toml, keep_scripts, read_scripts

    folder = store_folder(store)
    require_store(folder)
    scripts = read_scripts(folder) if file is None else keep_scripts(file, folder)
    if json:
        print_json(dict(scripts.texts))
    else:
        say(as_toml(scripts))


def todo(
    *,
    team: Team = None,
    organizer: Annotated[
        str | None, typer.Option("--organizer", help="Only the list of this organizer (the id).")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what does not fit into an organizer's week.")
    ] = False,
    now: Annotated[
        bool,
        typer.Option("--now", help="Whom to call now: confirmed for a shift that runs, not there."),
    ] = False,
    as_of: AsOf = None,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Whom to thank, ask again, confirm and meet in the coming days, and why."""
    import organizing_analytics as oa
    from organizing_analytics.freshness import freshness
    from organizing_analytics.to_do.listing import todo_answer, todo_now_answer

    with oa.open_store(store) as data:
        answer = (
            todo_now_answer(data, team=team, organizer=organizer)
            if now
            else todo_answer(
                data, team=team, organizer=organizer, everything=everything, as_of=as_of
            )
        )
        fresh = freshness(data)
    how = chosen(form, json=json)
    if answer.frame.empty and how is Format.table:
        say(f"Nothing is waiting as of {answer.as_of}. {fresh.words}.")
        return
    print_answer(answer, how, fresh=fresh, shown=SHOWN)
    left = answer.details["left"]
    if left and how is Format.table:
        counts = ", ".join(f"{n:,} {action}" for action, n in left.items())
        say(
            f"Not shown, since it is more than an organizer's week holds (setting todo_most; --all "
            f"shows it): {counts}."
        )
