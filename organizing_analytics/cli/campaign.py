"""Commands that make, fill and copy a store: sample, templates, load, export, settings."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from organizing_analytics.cli.options import As, Format, Json, Store, chosen
from organizing_analytics.cli.output import print_csv, print_json, print_table, say

if TYPE_CHECKING:
    from organizing_analytics.loading import LoadResult

#: How many rejects and warnings a person is shown; the files hold all of them.
SHOWN = 10


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("sample")(sample)
    app.command("templates")(templates)
    app.command("load")(load)
    app.command("sources")(sources)
    app.command("export")(export)
    app.command("backup")(backup)
    app.command("settings")(settings)


def sample(
    folder: Annotated[Path, typer.Argument(help="Where to write it.")],
    *,
    seed: Annotated[int, typer.Option(help="The same seed and last day give the same files.")] = 1,
    people: Annotated[int, typer.Option(help="About how many people.")] = 3000,
    weeks: Annotated[int, typer.Option(help="How many weeks up to the last day.")] = 30,
    last_day: Annotated[str | None, typer.Option(help="Last day (default yesterday).")] = None,
    lifelike: Annotated[
        bool,
        typer.Option(
            "--lifelike",
            help="As hard to forecast as life: full lists close, shifts are put up late, people "
            "pause for months, there is a holiday.",
        ),
    ] = False,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Write a made-up campaign in template form, with its known true rates."""
    from organizing_analytics.sample import write_sample
    from organizing_analytics.store.reading import parse_day

    day = parse_day(last_day, option="last-day") if last_day else None
    summary = write_sample(
        folder, seed=seed, people=people, weeks=weeks, last_day=day, lifelike=lifelike
    )
    if chosen(form, json=json) is Format.json:
        print_json(summary.as_dict())
    else:
        say(str(summary))


def templates(
    folder: Annotated[Path, typer.Argument(help="Where to write them.")],
    *,
    xlsx: Annotated[
        bool,
        typer.Option("--xlsx", help="One workbook with notes and drop-downs, a sheet a table."),
    ] = False,
) -> None:
    """Write empty templates, with a README of every column."""
    from organizing_analytics.templates import write_templates

    written = write_templates(folder, as_workbook=xlsx)
    say(f"{len(written)} files written to {folder}. Fill in what you have, then: oa load {folder}")


def load(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders.")],
    *,
    source: Annotated[
        str | None,
        typer.Option(
            help="auto (tells each file by its header), templates, a tool or shipped mapping "
            "(`oa sources` lists them: mobilize, everyaction, action_network, check_in, "
            "eventbrite, …), or the path of a mapping file (.toml)."
        ),
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Whose clock times without offset are read by.")
    ] = None,
    shift: Annotated[
        str | None, typer.Option(help="The shift of a list of who came (check_in).")
    ] = None,
    complete: Annotated[
        bool,
        typer.Option("--complete", help="Who signed up and is not on the list did not come."),
    ] = False,
    year: Annotated[
        int | None, typer.Option(help="The year of dates that are written without one.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Any rejected row: load nothing.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what a load does; change nothing.")
    ] = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait for another load to end.")] = 300,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Load files into the store: every row ends new, updated, unchanged, skipped or rejected."""
    from organizing_analytics.errors import RejectedRowsError
    from organizing_analytics.loading import load_files

    how = chosen(form, json=json)
    try:
        result = load_files(
            paths, store=store, source=source, timezone=timezone, shift=shift,
            complete=complete, year=year, strict=strict, dry_run=dry_run, wait_seconds=wait,
        )  # fmt: skip
    except RejectedRowsError as error:
        _print_load(error.result, how)  # type: ignore[arg-type]
        raise
    again = _command_again(source, timezone, shift, store)
    _print_load(result, how, again=again)
    if result.is_all_rejected:
        files = ", ".join(dict.fromkeys(count.file for count in result.files))
        say(f"{files}: Every row was rejected, so nothing was loaded.", error=True)
        raise typer.Exit(1)


def _command_again(
    source: str | None, timezone: str | None, shift: str | None, store: Path | None
) -> str:
    """Return the options that read a corrected file as this load read the original."""
    options = {"--source": source, "--timezone": timezone, "--shift": shift, "--store": store}
    return "".join(f" {name} {shlex.quote(str(value))}" for name, value in options.items() if value)


def _print_load(result: LoadResult, how: Format, *, again: str = "") -> None:
    if how is Format.json:
        print_json(result.as_dict())
        return
    head = ["file", "table", "source", "rows", "new", "updated", "unchanged", "skipped", "rejected"]
    cells = [
        [f"{v:,}" if isinstance(v, int) else v for v in vars(f).values()] for f in result.files
    ]
    if how is Format.csv:
        print_csv(head, [list(vars(f).values()) for f in result.files])
        return
    print_table(head, cells)
    for file, tables in result.also_new.items():
        say(f"also new: {file}: {', '.join(f'{table} {n:,}' for table, n in tables.items())}")
    _print_some("rejected", [str(reject) for reject in result.rejects])
    _print_some("note", result.warnings)
    for path in result.corrections:
        mapping = result.mappings.get(path)
        by = f" --source {shlex.quote(mapping)}" if mapping else ""
        say(f"Correct the rejected rows in this file, then: oa load {shlex.quote(path)}{by}{again}")
    say(f"Snapshot {result.snapshot}." if result.snapshot else "Nothing is in the store yet.")


def _print_some(kind: str, lines: list[str]) -> None:
    for line in lines[:SHOWN]:
        say(f"{kind}: {line}")
    if len(lines) > SHOWN:
        say(f"{kind}: and {len(lines) - SHOWN:,} more (--json shows all).")


def export(
    folder: Annotated[Path, typer.Argument(help="A new folder, or one with an earlier export.")],
    *,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Write all tables as Parquet, for other engines; it holds names and addresses."""
    from organizing_analytics.store import open_store
    from organizing_analytics.store.exporting import export as write_export

    how = chosen(form, json=json)
    with open_store(store) as data:
        exported = write_export(data, folder)
    if how is Format.json:
        print_json(exported.as_dict())
        return
    head, rows = ["table", "rows"], list(exported.tables.items())
    if how is Format.csv:
        print_csv(head, rows)
        return
    print_table(head, [[name, f"{n:,}"] for name, n in rows])
    say(str(exported))


def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder, or one with an earlier backup.")],
    *,
    wait: Annotated[float, typer.Option(help="Seconds to wait for a load to end.")] = 300,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Copy the store to another folder, whole, whatever loads are going on."""
    from organizing_analytics.store.backing_up import backup as write_backup

    copy = write_backup(folder, store=store, wait_seconds=wait)
    if chosen(form, json=json) is Format.json:
        print_json(copy.as_dict())
    else:
        say(str(copy))


def settings(
    changes: Annotated[list[str] | None, typer.Argument(help="NAME=VALUE to change it.")] = None,
    *,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Show the store's settings, or change them."""
    from organizing_analytics.loading.settings_change import (
        change_settings,
        files_by_another_clock,
    )
    from organizing_analytics.settings import described
    from organizing_analytics.store import open_store

    if changes:
        change_settings(changes, store=store)
    with open_store(store) as data:
        rows = described(data.settings)
        outdated = files_by_another_clock(data) if changes else []
    if chosen(form, json=json) is Format.json:
        print_json({name: value for name, value, _ in rows})
    else:
        for name, value, meaning in rows:
            say(f"{name} = {value}\n    {meaning}")
    if outdated:
        names = "\n".join(f"  {file} (read by {zone})" for file, zone in outdated)
        say(
            "note: times without a UTC offset in these files were read by another time zone. Load "
            f"them again, and their times move:\n{names}",
            error=True,
        )


def sources(*, form: As = Format.table, json: Json = False) -> None:
    """List what `oa load --source` takes: tools, and mapping files that come with the package."""
    from organizing_analytics.sources import listed_sources

    rows = listed_sources()
    how = chosen(form, json=json)
    if how is Format.json:
        print_json([row.as_dict() for row in rows])
        return
    head = ["source", "files", "auto", "docs"]
    cells = [[row.name, row.title, "yes" if row.is_told else "no", row.page] for row in rows]
    print_csv(head, cells) if how is Format.csv else print_table(head, cells)
