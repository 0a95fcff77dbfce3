"""The command that proposes a mapping file for a sheet: `oa map`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from organizing_analytics.cli.options import As, Format, Json, Store, chosen
from organizing_analytics.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from organizing_analytics.proposing import Proposal, Question
    from organizing_analytics.proposing.sheets import Sheet

#: How many rejects and notes are shown.
SHOWN = 10


def add_to(app: typer.Typer) -> None:
    """Add the command to the tree."""
    app.command("map")(map_sheet)


def map_sheet(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A sheet that nothing else reads.")],
    *,
    answer: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help='An answer to a question, or the column of a role: "date=When". Repeatable.',
        ),
    ] = None,
    yes: Annotated[
        bool,
        typer.Option("--yes", help="Ask nothing: take what is plain, and stop where it is not."),
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Where to write the mapping (default: beside the file).")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over an earlier mapping.")
    ] = False,
    store: Store = None,
    form: As = Format.table,
    json: Json = False,
) -> None:
    """Propose a mapping file for a sheet, show how it would load, and write it beside the sheet."""
    from organizing_analytics.proposing.proposal import as_dict
    from organizing_analytics.proposing.sheets import preview, read_sheet
    from organizing_analytics.reports.files import write_whole

    how = chosen(form, json=json)
    answers = _answers(answer or [])
    target = out or path.with_name(f"{path.name.split('.')[0]}.toml")
    if target.exists() and not replace:
        raise typer.BadParameter(f"{target} is there already. Give --replace, or another --out.")
    sheet = read_sheet(path)
    is_asked = not yes and how is Format.table and sys.stdin.isatty()
    proposal = _proposal(path, sheet, answers, is_asked=is_asked)
    if how is Format.json:
        print_json({**as_dict(proposal), "file": str(target) if proposal.toml else None})
    else:
        print_table(
            ["column", "is"], [[c, w.replace("_", " ")] for c, w in proposal.columns.items()]
        )
        _say_all("doubt", list(proposal.doubts))
    if proposal.toml is None or proposal.kind is None:
        for question in proposal.questions if how is not Format.json else ():
            _say_question(question)
        raise typer.Exit(1)
    shown = preview(path, proposal.toml, proposal.kind, store=store)
    write_whole(target, proposal.toml)
    if how is Format.json:
        return
    print_table(shown.head, [["" if v is None else str(v) for v in row] for row in shown.rows])
    say(f"So the first rows would load. The whole file: {shown.result.summary}.")
    _say_all("rejected", [str(reject) for reject in shown.result.rejects])
    _say_all("note", [note for note in shown.result.warnings if "taken for" not in note])
    for question in proposal.questions:
        _say_question(question)
    by = f" --source {shlex.quote(str(target))}" if out else ""
    again = f"oa load {shlex.quote(str(path))}{by}"
    say(f"The mapping is in {target}. Correct it if need be, then: {again}")


def _proposal(path: Path, sheet: Sheet, answers: dict[str, str], *, is_asked: bool) -> Proposal:
    """Return the proposal, after asking what is open where somebody can answer."""
    from organizing_analytics.proposing.proposal import propose

    name = path.name.split(".")[0]
    asked: set[str] = set()
    while True:
        proposal = propose(sheet.header, sheet.rows, answers=answers, name=name)
        fresh = [question for question in proposal.questions if question.key not in asked]
        if not is_asked or not fresh:
            return proposal
        question = fresh[0]
        asked.add(question.key)
        choices = f" ({', '.join(question.choices)})" if question.choices else ""
        reply = typer.prompt(f"{question.text}{choices}", default="", show_default=False).strip()
        if reply and question.choices and reply not in question.choices:
            say(f"{reply} is none of {', '.join(question.choices)}.")
            asked.discard(question.key)
        elif reply:
            answers[question.key] = reply


def _answers(texts: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    wrong = next((text for text, (_, sign, _) in zip(texts, pairs, strict=True) if not sign), None)
    if wrong is not None:
        raise typer.BadParameter(f'--answer is "{wrong}"; write KEY=VALUE, like "date=When".')
    return {key.strip(): value.strip() for key, _, value in pairs}


def _say_question(question: Question) -> None:
    choices = f" One of: {', '.join(question.choices)}." if question.choices else ""
    need = "needed" if question.is_required else "open"
    flag = shlex.quote(f"{question.key}=…")
    say(f"{need}: {question.text}{choices} Answer with --answer {flag}")


def _say_all(kind: str, lines: list[str]) -> None:
    for line in lines[:SHOWN]:
        say(f"{kind}: {line}")
    if len(lines) > SHOWN:
        say(f"{kind}: and {len(lines) - SHOWN:,} more.")
