"""The commands that write down what happened, and that print lines to answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from organizing_analytics.cli.options import As as Form
from organizing_analytics.cli.options import AsOf, Format, Json, Store, Team, chosen
from organizing_analytics.cli.output import print_answer, print_json, say

if TYPE_CHECKING:
    from organizing_analytics.logbook.mailbox import ReadMail
    from organizing_analytics.logbook.recording import Logged

#: What a person does, as `oa log` names it, where no code says it.
KINDS = ("ask", "met", "called", "came")


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("log")(log)
    app.command("list")(list_lines)
    app.command("answers")(answers)
    app.command("door")(door)
    app.command("card")(card)
    forms = typer.Typer(no_args_is_help=True, help="Write a form by which lines are answered.")
    forms.command("xlsform")(xlsform)
    forms.command("google")(google)
    forms.command("card")(card_form)
    app.add_typer(forms, name="forms")


def log(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CODE WORD | ask|met|called|came PERSON WORD | card CODE 1-5 REASON",
            help="A line's code and the answer; or what you did, with whom, and what came of it.",
            show_default=False,
        ),
    ] = None,
    *,
    again_on: Annotated[
        str | None,
        typer.Option("--again-on", help="When to ask again, or when the next step is due."),
    ] = None,
    note: Annotated[str, typer.Option("--note", help="What else was said.")] = "",
    at: Annotated[
        str | None, typer.Option("--at", help="When it happened, like 2026-11-27T18:30; now.")
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="Who did it: an id, e-mail, phone or name.")
    ] = None,
    ask_for: Annotated[
        str | None, typer.Option("--for", help="Of an ask: the event type or role.")
    ] = None,
    shift: Annotated[
        str | None, typer.Option("--shift", help="The shift asked for, or come to: its id.")
    ] = None,
    kind: Annotated[
        str, typer.Option("--kind", help="Of a 1:1: recruitment, maintenance or escalation.")
    ] = "maintenance",
    reason: Annotated[
        str, typer.Option("--reason", help="Of a call: follow_up, confirmation, thank_you, …")
    ] = "other",
    undo: Annotated[
        bool, typer.Option("--undo", help="Take back the answer that was logged last.")
    ] = False,
    store: Store = None,
    form: Form = Format.table,
    json: Json = False,
) -> None:
    """Write down what happened: the answer to a line of a list, or a contact of your own."""
    how, typed = chosen(form, json=json), words or []
    if undo:
        _undo(typed, store, how)
        return
    if typed and typed[0] == "card":
        _log_card(typed[1:], note, store, how)
        return
    facts: dict[str, Any] = {
        "at": at, "again_on": again_on, "note": note, "by": by, "store": store, "way": "command",
    }  # fmt: skip
    about = {"ask_for": ask_for, "shift": shift, "kind": kind, "reason": reason}
    is_contact = bool(typed) and typed[0] in KINDS
    logged = _log_contact(typed, **about, **facts) if is_contact else _log_line(typed, **facts)
    _say(logged, how, start="Logged")


def _undo(typed: list[str], store: Path | None, how: Format) -> None:
    """Take back the answer that was logged last."""
    from organizing_analytics.errors import OptionError
    from organizing_analytics.logbook import undo_log

    if typed:
        raise OptionError("--undo takes back the last answer: give no code or word with it.")
    _say(undo_log(store=store), how, start="Taken back")


def _log_contact(typed: list[str], **facts: Any) -> Logged:
    """Write down what no list asked for."""
    from organizing_analytics.errors import OptionError
    from organizing_analytics.logbook import log_contact

    if len(typed) == 2 and typed[0] == "came":  # noqa: PLR2004
        typed = [*typed, "yes"]
    if len(typed) != 3:  # noqa: PLR2004
        raise OptionError(f"Write: oa log {typed[0]} PERSON WORD. Put quotes around a name.")
    return log_contact(*typed, **facts)


def _log_line(typed: list[str], **facts: Any) -> Logged:
    """Write down the answer to a line of a list."""
    from organizing_analytics.errors import OptionError
    from organizing_analytics.logbook import log_answer

    if len(typed) != 2:  # noqa: PLR2004
        raise OptionError(
            "Write: oa log CODE WORD, like oa log 7K3MQ2ZT not-now. Without a code: "
            "oa log ask|met|called|came PERSON WORD."
        )
    return log_answer(*typed, **facts)


def _log_card(typed: list[str], note: str, store: Path | None, how: Format) -> None:
    """Write down a card that was filled in on paper."""
    from secrets import token_hex

    from organizing_analytics.errors import OptionError
    from organizing_analytics.logbook.cards import CardAnswer, record_cards
    from organizing_analytics.store import store_folder

    if len(typed) not in (2, 3):
        raise OptionError("Write: oa log card CODE RATING REASON, like oa log card 7K3MQ2ZT 4 f.")
    code, rating, reason = [*typed, ""][:3]
    mark = f"typed:{token_hex(16)}"  # each card of a pile is another one
    read = record_cards(store_folder(store), [CardAnswer(code, rating, reason, None, mark, note)])
    if read.doubts:
        raise OptionError(read.doubts[0][1])
    if how is Format.json:
        print_json(read.as_dict())
    else:
        say("Logged: one card. oa feedback counts it with the others.")


def _say(logged: Logged, how: Format, *, start: str) -> None:
    from organizing_analytics.logbook.words import spelled
    from organizing_analytics.wording import spoken

    if how is Format.json:
        print_json(logged.as_dict())
        return
    if not logged.rows:
        say("This answer was logged before; nothing changed.")
    for row in logged.rows:
        thing = f" to {spoken(row['ask_for'])}" if row["ask_for"] else ""
        again = f", next on {row['again_on']}" if row["again_on"] else ""
        say(f"{start}: {row['name']}, {spelled(row['word'])}{thing}{again}.")
        if start == "Logged":
            say(f"To correct it: oa log {row['code']} WORD. To take it back: oa log --undo")


def list_lines(
    *,
    team: Team = None,
    organizer: Annotated[
        str | None, typer.Option("--organizer", help="Only the list of this person: an id.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what does not fit into a week.")
    ] = False,
    xlsx: Annotated[
        Path | None,
        typer.Option("--xlsx", help="Write a workbook to fill in, for `oa answers` to read."),
    ] = None,
    paper: Annotated[
        Path | None,
        typer.Option("--paper", help="Write a page to print, with boxes; one for each organizer."),
    ] = None,
    as_of: AsOf = None,
    store: Store = None,
    form: Form = Format.table,
    json: Json = False,
) -> None:
    """Print the to-do list with a code for each line, by which its answer is logged."""
    from organizing_analytics.logbook.listing import coded_list
    from organizing_analytics.logbook.paper import lists_on_paper, paper_of
    from organizing_analytics.logbook.printed import write_private
    from organizing_analytics.logbook.sheets import workbook_of

    answer = coded_list(
        store=store, team=team, organizer=organizer, everything=everything, as_of=as_of
    )
    rows: list[dict[str, Any]] = [*answer.frame.to_dict("records")]  # type: ignore[list-item]
    how = chosen(form, json=json)
    is_data = how is not Format.table
    if xlsx is not None:
        write_private(xlsx, workbook_of(rows))
        say(f"Wrote {xlsx}. Read the answers with: oa answers {xlsx}", error=is_data)
    if paper is not None:
        lists = lists_on_paper(rows, paper)
        for path, lines in lists.items():
            write_private(path, paper_of(lines, as_of=str(answer.as_of)))
        names = ", ".join(map(str, lists))
        say(f"Wrote {names}. Open it in a browser and print it.", error=is_data)
    if (xlsx or paper) and not is_data:
        return
    if answer.frame.empty and how is Format.table:
        say(f"Nothing is waiting as of {answer.as_of}.")
        return
    print_answer(answer, how, shown=("code", "action", "name", "reason", "due_on", "answers"))


def answers(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE",
            help="A workbook of `oa list --xlsx`, or an export of ODK, KoboToolbox or Google.",
            show_default=False,
        ),
    ] = None,
    *,
    delivery: Annotated[
        Path | None,
        typer.Option("--delivery", help="Delivery settings (TOML) with [answers.imap]."),
    ] = None,
    store: Store = None,
    form: Form = Format.table,
    json: Json = False,
) -> None:
    """Log the answers in files, or those that came by mail; the mailbox stays as it is."""
    from organizing_analytics.errors import OptionError
    from organizing_analytics.logbook.answer_files import read_answer_file
    from organizing_analytics.store import store_folder

    if not files and delivery is None:
        raise OptionError("Give files with answers, or --delivery with the settings of a mailbox.")
    folder = store_folder(store)
    results = [read_answer_file(folder, path) for path in files or ()]
    mails = _read_mailbox(folder, delivery) if delivery is not None else None
    if chosen(form, json=json) is Format.json:
        by_file = [result.as_dict() for result in results]
        print_json({"files": by_file, **(mails.as_dict() if mails is not None else {})})
        return
    for result in results:
        say(str(result))
    if mails is not None:
        say(str(mails))


def _read_mailbox(folder: Path, delivery: Path) -> ReadMail:
    from organizing_analytics.errors import DeliveryError
    from organizing_analytics.logbook.mailbox import read_answers
    from organizing_analytics.weekly.delivery import read_settings

    mailbox = read_settings(delivery).mailbox
    if mailbox is None:
        raise DeliveryError(f"{delivery}: there is no [answers.imap]: say where answers come in.")
    return read_answers(folder, mailbox)


def door(
    shift: Annotated[str, typer.Argument(help="The shift's id.")],
    *,
    out: Annotated[Path, typer.Option("--out", help="The page to write.")] = Path("door.html"),
    store: Store = None,
) -> None:
    """Write the list at the door of a shift: one page for a laptop, to tap who is here."""
    from organizing_analytics.logbook.door import door_page
    from organizing_analytics.logbook.printed import write_private

    write_private(out, door_page(shift, store=store))
    say(
        f"Wrote {out}. Open it on a laptop; it needs no connection. Afterward load what it saves: "
        f"oa load FILE --source check_in --shift {shift}. Or put it into the inbox of oa weekly."
    )


def xlsform(
    *,
    out: Annotated[Path, typer.Option("--out", help="The file to write.")] = Path("log.xlsx"),
) -> None:
    """Write the form for ODK Central or KoboToolbox (XLSForm)."""
    from organizing_analytics.logbook import forms
    from organizing_analytics.logbook.printed import write_private

    write_private(out, forms.xlsform())
    say(f"Wrote {out}. Upload it, and set log_url to the form's address (docs/logging.md).")


def google(
    *,
    card: Annotated[
        bool, typer.Option("--card", help="The card about a shift, not the answers to lines.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="The file to write (default log_form.gs, or card_form.gs with --card)."
        ),
    ] = None,
) -> None:
    """Write the script that makes the form in Google Forms (Apps Script)."""
    from organizing_analytics.logbook import card_pages, forms
    from organizing_analytics.logbook.printed import write_private

    if card:
        out = out or Path("card_form.gs")
        write_private(out, card_pages.google_card_script())
        say(f"Wrote {out}. Its first lines say how to run it. Read the export: oa answers EXPORT")
        return
    out = out or Path("log_form.gs")
    write_private(out, forms.google_script())
    say(f"Wrote {out}. Its first lines say how to run it; it prints the address for log_url.")


def card(
    shift: Annotated[str, typer.Argument(help="The shift's id.")],
    *,
    out: Annotated[Path, typer.Option("--out", help="The page to write.")] = Path("card.html"),
    store: Store = None,
) -> None:
    """Write the card of a shift: did it feel worth your time, and what would bring you back."""
    from organizing_analytics.logbook.card_pages import card_page
    from organizing_analytics.logbook.printed import write_private

    write_private(out, card_page(shift, store=store))
    say(f"Wrote {out}. Print it, or send it. Log cards of paper with: oa log card CODE 4 f")


def card_form(
    *,
    out: Annotated[Path, typer.Option("--out", help="The file to write.")] = Path("card.xlsx"),
) -> None:
    """Write the card about a shift as a form for ODK Central or KoboToolbox (XLSForm)."""
    from organizing_analytics.logbook import card_pages
    from organizing_analytics.logbook.printed import write_private

    write_private(out, card_pages.card_form())
    say(f"Wrote {out}. Upload it, and read its export with: oa answers EXPORT")
