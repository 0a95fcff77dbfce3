"""Commands about what changed a store: history, undo."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from organizing_analytics.cli.options import As, Format, Json, Store, chosen
from organizing_analytics.cli.output import print_csv, print_json, print_table, say

if TYPE_CHECKING:
    from organizing_analytics.store.history import HistoryEntry


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("history")(history)
    app.command("undo")(undo)


def history(*, store: Store = None, form: As = Format.table, json: Json = False) -> None:
    """Show what changed the store, what each load brought, and which snapshots are kept."""
    from organizing_analytics.store.history import store_history

    entries = store_history(store)
    how = chosen(form, json=json)
    if how is Format.json:
        print_json({"snapshots": [asdict(entry) for entry in entries]})
        return
    head = ["snapshot", "changed_at", "action", "summary", "kept"]
    rows = [_row(entry) for entry in entries]
    if how is Format.csv:
        print_csv(head, rows)
        return
    print_table(head, rows)
    say("To go back: oa undo, or oa undo --to SNAPSHOT for one that is kept.")


def _row(entry: HistoryEntry) -> list[str]:
    state = "current" if entry.is_current else "yes" if entry.is_kept else "no"
    moment = f"{entry.changed_at[:16].replace('T', ' ')} UTC" if entry.changed_at else "unknown"
    return [str(entry.snapshot), moment, entry.action, entry.summary, state]


def undo(
    *,
    to: Annotated[
        int | None, typer.Option(help="A kept snapshot to return to (default: the one before).")
    ] = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait for a load to end.")] = 300,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Take back the last load, join, split or settings change; it can itself be taken back."""
    from organizing_analytics.store.undoing import undo as take_back

    undone = take_back(to=to, store=store, wait_seconds=wait)
    if chosen(form, json=json) is Format.json:
        print_json(undone.as_dict())
    else:
        say(str(undone))
