"""The commands about 1:1s ahead: a page before each, and a rota by which everybody is met."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from organizing_analytics.cli.options import As, AsOf, Format, Json, Store, Team, chosen
from organizing_analytics.cli.output import print_answer, print_json, say
from organizing_analytics.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from organizing_analytics.one_to_ones import Brief

#: The columns of the table; CSV and JSON have all.
SHOWN = ("on", "organizer", "organizer_id", "name", "person_id", "last_on", "due_on", "is_set")

NoNames = Annotated[
    bool, typer.Option("--no-names", help="Name nobody and quote nobody, for passing on.")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("brief")(brief)
    app.command("rota")(rota)


def brief(
    person: Annotated[
        str | None,
        typer.Argument(help="Whom the 1:1 is with: the id, an e-mail, a phone number, or a name."),
    ] = None,
    *,
    organizer: Annotated[
        str | None, typer.Option("--organizer", help="With --week: the organizer (the id).")
    ] = None,
    week: Annotated[
        bool, typer.Option("--week", help="All 1:1s of the organizer's coming week.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write a page for phone and paper into this folder.")
    ] = None,
    rows: Annotated[
        bool, typer.Option("--rows", help="The rows that each sentence rests on.")
    ] = False,
    no_names: NoNames = False,
    as_of: AsOf = None,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """One page before a 1:1: why now, what was promised, what they did, and what to ask."""
    import organizing_analytics as oa

    if (person is None) == (organizer is None) or week != (organizer is not None):
        raise OptionError("Give a person (oa brief P7), or --organizer ID with --week.")
    with oa.open_store(store) as data:
        pages = (
            [oa.brief(data, person, names=not no_names, as_of=as_of)]
            if person is not None
            else oa.briefs(data, organizer=organizer or "", names=not no_names, as_of=as_of)
        )
    how = chosen(form, json=json)
    written = _write_pages(pages, organizer or pages[0].person_id, out, store) if out else None
    if how is Format.json:
        dicts = [page.as_dict() for page in pages]
        print_json(dicts[0] if person is not None else {"measure": "brief", "briefs": dicts})
    elif how is Format.csv:
        _print_sentences(pages)
    elif written is None:
        texts = [page.as_text(rows=rows) for page in pages]
        say("\n\n\n".join(texts) or "No 1:1 is due or set in the coming week.")
    if written is not None:
        say(f"Open {written}", error=how is not Format.table)


def _write_pages(pages: list[Brief], whose: str, out: Path, store: Path | None) -> Path:
    from organizing_analytics.one_to_ones.page import page_of

    return _write_files({whose: page_of(pages).encode()}, out, ".html", store)[0]


def _write_files(
    contents: Mapping[str, bytes], out: Path, ending: str, store: Path | None
) -> list[Path]:
    """Write private files, which are looked through when somebody is forgotten."""
    from organizing_analytics.private_files import make_private_folder
    from organizing_analytics.reports.files import file_names, write_whole
    from organizing_analytics.store import store_folder
    from organizing_analytics.store.reports import note_reports

    make_private_folder(out)
    note_reports(store_folder(store), out)
    names = file_names(contents)
    return [
        write_whole(out / f"{names[whose]}{ending}", content) for whose, content in contents.items()
    ]


def _print_sentences(pages: list[Brief]) -> None:
    from organizing_analytics.cli.output import print_csv

    print_csv(
        ["person_id", "section", "text", "rows"],
        (
            (page.person_id, section.name, sentence.text, "; ".join(map(" ".join, sentence.rows)))
            for page in pages
            for section in page.sections
            for sentence in section.sentences
        ),
    )


def rota(
    *,
    days: Annotated[int, typer.Option(help="For how many days.")] = 14,
    per_day: Annotated[
        int, typer.Option("--per-day", help="1:1s that an organizer can hold on one day.")
    ] = 2,
    team: Team = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write a calendar (.ics) for each organizer into this folder."),
    ] = None,
    no_names: NoNames = False,
    as_of: AsOf = None,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Maintenance 1:1s spread over organizers and days, so that everybody is met."""
    from organizing_analytics.one_to_ones.rota import rota_answer
    from organizing_analytics.store import open_store

    with open_store(store) as data:
        answer = rota_answer(
            data, days=days, per_day=per_day, team=team, names=not no_names, as_of=as_of
        )
    how = chosen(form, json=json)
    print_answer(answer, how, shown=SHOWN, empty="Nobody is due a maintenance 1:1.")
    if out is not None:
        from organizing_analytics.one_to_ones.calendars import calendars

        files = _write_files(calendars(answer.as_frame(), data.settings.dates), out, ".ics", store)
        say(f"Calendars written into {out}: {len(files):,}.", error=how is not Format.table)
