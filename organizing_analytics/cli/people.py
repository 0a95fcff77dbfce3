"""Commands about who is who: people, twins, forget."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from organizing_analytics.answers import Answer
from organizing_analytics.catalog.tables import TABLES
from organizing_analytics.cli.options import As, AsOf, Format, Json, Store, Team, chosen
from organizing_analytics.cli.output import print_answer, print_json, say
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from organizing_analytics.people.deciding import Decision
    from organizing_analytics.people.forgetting import Forgotten
    from organizing_analytics.store import Store as Data

Record = Annotated[
    str,
    typer.Argument(help="A person: the id, an e-mail, a phone number, or a name that one has."),
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    tree = typer.Typer(help="Who is the same person in several tools.", no_args_is_help=True)
    tree.command("find")(find)
    tree.command("merges")(merges)
    tree.command("join")(join)
    tree.command("split")(split)
    tree.command("assign")(assign)
    tree.command("spans")(spans)
    app.add_typer(tree, name="people")
    app.command("twins")(twins)
    app.command("forget")(forget)
    app.command("empty")(empty)


def find(
    text: Annotated[str, typer.Argument(help="An id, e-mail, phone number or words of a name.")],
    *,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Find people by name, e-mail, phone or id, and show their ids."""
    from functools import partial

    from organizing_analytics.identity.finding import people_find

    _answer(
        "people find",
        partial(people_find, text=text),
        store,
        chosen(form, json=json),
        empty="Nobody fits. Give words of a name, an e-mail, a phone number or an id.",
    )


def merges(*, store: Store = None, form: As = Format.table, json: Json = False) -> None:
    """Show who was merged, and who may be one person and needs a human."""
    from organizing_analytics.people.deciding import people_merges as ask

    _answer(
        "people merges", ask, store, chosen(form, json=json),
        empty="Nothing is merged, and nothing is in doubt.",
    )  # fmt: skip


def twins(*, store: Store = None, form: As = Format.table, json: Json = False) -> None:
    """Show sign-ups that two tools have and that disagree, with what counts."""
    from organizing_analytics.people.deciding import signup_twins as ask

    _answer("twins", ask, store, chosen(form, json=json), empty="No two tools disagree.")


def join(
    first: Record,
    second: Record,
    *,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Make two records one person, for this and all later loads."""
    from organizing_analytics.people.deciding import join_people

    _say_decision(join_people(first, second, store=store), chosen(form, json=json))


def split(
    record: Record, *, store: Store = None, form: As = Format.table, json: Json = False
) -> None:
    """Make a record a person of its own, for this and all later loads."""
    from organizing_analytics.people.deciding import split_person

    _say_decision(split_person(record, store=store), chosen(form, json=json))


def assign(
    people: Annotated[list[str], typer.Argument(help="Who is looked after, as `oa people find`.")],
    *,
    to: Annotated[str, typer.Option("--to", help="The organizer who looks after them.")],
    on: Annotated[str | None, typer.Option("--on", help="From which day on (today).")] = None,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Give people to an organizer, until they are given to somebody else."""
    from organizing_analytics.people.assigning import assign_people

    assignment = assign_people(*people, to=to, on=on, store=store)
    if chosen(form, json=json) is Format.json:
        print_json(assignment.as_dict())
    else:
        ids = ", ".join(assignment.person_ids)
        say(
            f"{assignment.organizer_id} looks after {ids} from {assignment.on}. "
            f"Snapshot {assignment.snapshot}."
        )


def spans(
    *,
    team: Team = None,
    as_of: AsOf = None,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Show how many people each organizer looks after, and how many have nobody."""
    from organizing_analytics.store import open_store
    from organizing_analytics.to_do.spans import spans_answer

    with open_store(store) as data:
        answer = spans_answer(data, team=team, as_of=as_of)
    print_answer(answer, chosen(form, json=json), empty="There are no people.")


def forget(
    person: Record,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether I am sure.")] = False,
    empty_texts: Annotated[
        bool,
        typer.Option(
            "--empty-texts", help="Also empty notes and titles of others that name the person."
        ),
    ] = False,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Remove a person from everything, for good; counts of the past stay."""
    from organizing_analytics.people.forgetting import forget as remove

    how = chosen(form, json=json)
    if not yes and sys.stdin.isatty() and how is Format.table:
        typer.confirm(f"Forget {person} for good? It cannot be undone.", abort=True)
    forgotten = remove(person, store=store, empty_texts=empty_texts)
    if how is Format.json:
        print_json(forgotten.as_dict())
    elif not forgotten.records:
        _say_copies(forgotten)
        say(
            f"Forgotten already: {forgotten.left} stands in their place. "
            f"Snapshot {forgotten.snapshot}."
        )
    else:
        _say_forgotten(forgotten)


def empty(
    table: Annotated[str, typer.Argument(help="The table, like asks.")],
    row: Annotated[str, typer.Argument(help="The row's id, as `oa forget` lists it.")],
    column: Annotated[str, typer.Argument(help="The column, like notes.")],
    *,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Empty a text that names somebody who was forgotten, for good."""
    from organizing_analytics.people.emptying import empty_text

    emptied = empty_text(table, row, column, store=store)
    if chosen(form, json=json) is Format.json:
        print_json(emptied.as_dict())
    else:
        say(f"{column} of {row} in {table} is emptied, also when it is loaded again.")


def _say_forgotten(forgotten: Forgotten) -> None:
    say(
        f"Forgotten: {plural(forgotten.records, 'record')} and "
        f"{plural(forgotten.rejects, 'rejected row')}. "
        f"{forgotten.left} stands in their place, without a name."
    )
    if forgotten.snapshots_rewritten:
        say(f"Older snapshots rewritten: {', '.join(map(str, forgotten.snapshots_rewritten))}.")
    if forgotten.snapshots_removed:
        numbers = ", ".join(map(str, forgotten.snapshots_removed))
        say(f"Open somewhere, and gone as soon as they are closed: snapshots {numbers}.")
    for record in forgotten.namesakes:
        say(f"This record has the same name, forget it too if it is the same person: {record}")
    for naming in forgotten.texts:
        verb = "names" if naming.is_sure else "may name"
        say(
            f"This text {verb} the person: {naming.table} {naming.id}, {naming.column}: "
            f"{naming.text}"
        )
    if forgotten.texts:
        say("Empty one with: oa empty TABLE ID COLUMN (like: oa empty asks a7 notes).")
    for path in forgotten.reports:
        say(f"This report mentions the person, delete it: {path}")
    for path in forgotten.unread:
        say(f"This PDF could not be looked into, look yourself: {path}")
    for path in forgotten.files:
        say(f"This file from an inbox names the person, clean or delete it: {path}")
    _say_copies(forgotten)
    say(f"Snapshot {forgotten.snapshot}. The files that were loaded are yours to clean.")


def _say_copies(forgotten: Forgotten) -> None:
    for copy in forgotten.copies:
        path = shlex.quote(copy.path)
        if copy.kind == "list":
            say(f"This list names the person, delete it: {path}")
        else:
            say(
                f"This {copy.kind} was made before and still holds the person. Delete it, or "
                f"replace it: oa {copy.kind} {path}"
            )


def _answer(
    measure: str,
    ask: Callable[[Data], pd.DataFrame],
    store: Path | None,
    form: Format,
    *,
    empty: str,
) -> None:
    from organizing_analytics.store import open_store

    with open_store(store) as data:
        answer = Answer(
            frame=ask(data),
            measure=measure,
            as_of=data.settings.today().isoformat(),
            snapshot=data.snapshot,
            columns=TABLES[measure],
        )
    print_answer(answer, form, empty=empty)


def _say_decision(decision: Decision, form: Format) -> None:
    if form is Format.json:
        print_json(
            {
                "snapshot": decision.snapshot,
                "person_id": decision.person_id,
                "records": list(decision.records),
            }
        )
    elif len(decision.records) > 1:
        say(
            f"One person, {decision.person_id}: {', '.join(decision.records)}. "
            f"Snapshot {decision.snapshot}."
        )
    else:
        say(f"{decision.person_id} is a person of its own. Snapshot {decision.snapshot}.")
