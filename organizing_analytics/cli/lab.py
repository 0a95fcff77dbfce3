"""The commands that open the notebooks, and the planner without them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from organizing_analytics.cli.options import Store
from organizing_analytics.cli.output import say

Port = Annotated[int, typer.Option(help="On which port of this machine.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Only print the address.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("lab")(lab)
    app.command("planner")(planner)


def lab(
    folder: Annotated[Path, typer.Argument(help="Your working folder.")] = Path("notebooks"),
    *,
    sample: Annotated[
        bool, typer.Option("--sample", help="With a made-up campaign, in FOLDER/made-up.")
    ] = False,
    copy_only: Annotated[
        bool, typer.Option("--copy-only", help="Put the notebooks there; open nothing.")
    ] = False,
    port: Port = 8888,
    no_browser: NoBrowser = False,
    store: Store = None,
) -> None:
    """Put the notebooks into a folder (no edit is overwritten) and open JupyterLab there."""
    from organizing_analytics.errors import OrganizingError
    from organizing_analytics.extras import require
    from organizing_analytics.lab import copy_notebooks, lab_command, serve
    from organizing_analytics.lab.serving import HERE, free_port, new_token
    from organizing_analytics.store.reports import note_reports
    from organizing_analytics.store.snapshots import POINTER_FILE

    if not copy_only:
        require("lab")
    place = _made_up(folder / "made-up") if sample else _place(store)
    for name, outcome in copy_notebooks(folder, as_of=_last_day(place)).items():
        say(f"{name}: {outcome}")
    if (place / POINTER_FILE).exists():
        with suppress(OSError, OrganizingError):
            note_reports(place, folder)  # so that `oa forget` finds who is named in notebooks
    if copy_only:
        return
    token, port = new_token(), free_port(port)
    say(f"JupyterLab: http://{HERE}:{port}/lab?token={token}  (end it with Ctrl-C)")
    command = lab_command(folder, port=port, opens=not no_browser)
    raise typer.Exit(serve(command, store=place, token=token))


def planner(*, port: Port = 8866, no_browser: NoBrowser = False, store: Store = None) -> None:
    """Open the planner in the browser: sliders, no code."""
    from organizing_analytics.extras import require
    from organizing_analytics.lab import planner_command, serve
    from organizing_analytics.lab.serving import HERE, free_port, new_token, open_when_ready

    require("lab")
    token, port = new_token(), free_port(port)
    address = f"http://{HERE}:{port}/?token={token}"
    say(f"Planner: {address}  (end it with Ctrl-C)")
    if not no_browser:
        open_when_ready(address, port=port)
    raise typer.Exit(serve(planner_command(port=port), store=_place(store), token=token))


def _place(store: Path | None) -> Path:
    from organizing_analytics.store import store_folder

    return store_folder(store)


def _last_day(place: Path) -> date | None:
    """Return the last day of a store's data; None where there is none, or no store."""
    from organizing_analytics import open_store
    from organizing_analytics.errors import OrganizingError
    from organizing_analytics.freshness import freshness

    with suppress(OrganizingError), open_store(place) as data:
        return freshness(data).through
    return None


def _made_up(folder: Path) -> Path:
    """Return the store of a made-up campaign, made when it is not there."""
    from organizing_analytics import load_files, write_sample

    store = folder / "store"
    if not store.exists():
        write_sample(folder / "files")
        load_files(folder / "files", store=store, timezone="America/Chicago")
        say(f"A made-up campaign is in {store}.")
    return store
