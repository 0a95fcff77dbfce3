"""Forms by which lines are answered: for ODK Central and KoboToolbox, and for Google.

A form asks for the code, which the link fills in, and what happened. Nothing else of the line
stands in a form or in a link. `answer_files.read_answer_file` reads what the tools export.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from organizing_analytics.logbook.words import WORDS, LineKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TITLE = "What happened"
CODE, ANSWER, AGAIN_ON, NOTE = "Code of the line", "What happened", "Ask again on", "Note"
_KINDS = [kind for kind in LineKind if kind is not LineKind.CAME]
#: Words with which a date may stand.
_DATED = sorted({key for kind in _KINDS for key, w in WORDS[kind].items() if w.may_say_when})


def _choices() -> list[tuple[str, str, str]]:
    """Return each answer once: its word, what it says, and the kinds of lines that it answers."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for kind in _KINDS:
        for key, word in WORDS[kind].items():
            kinds.setdefault((key, word.label), []).append(kind)
    return [(key, label, " ".join(listed)) for (key, label), listed in kinds.items()]


def xlsform() -> bytes:
    """Return the form as an XLSForm, which ODK Central and KoboToolbox take."""
    dated = " or ".join(f"${{answer}} = '{word}'" for word in _DATED)
    survey = [
        ("type", "name", "label", "required", "relevant", "constraint", "constraint_message",
         "choice_filter"),
        ("start", "start"),
        ("end", "end"),
        ("hidden", "kind"),
        ("text", "code", CODE, "yes", "", "regex(., '^[0-9A-Za-z -]{8,12}$')",
         "A code has eight characters."),
        ("select_one words", "answer", ANSWER, "yes", "", "", "",
         "${kind} = '' or selected(kinds, ${kind})"),
        ("date", "again_on", AGAIN_ON, "", dated, ". >= today()", "A date from today on."),
        ("text", "note", NOTE),
    ]  # fmt: skip
    choices = [("list_name", "name", "label", "kinds"), *(("words", *c) for c in _choices())]
    settings = [
        ("form_title", "form_id", "version", "allow_choice_duplicates"),
        (TITLE, "oa_log", "1", "yes"),
    ]
    return xlsform_of(survey, choices, settings)


def xlsform_of(
    survey: Iterable[Sequence[str]],
    choices: Iterable[Sequence[str]],
    settings: Iterable[Sequence[str]],
) -> bytes:
    """Return the workbook of an XLSForm from the rows of its three sheets."""
    from openpyxl import Workbook  # noqa: PLC0415  # only for those who want a form

    book = Workbook()
    del book[book.sheetnames[0]]
    for name, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def google_script() -> str:
    """Return an Apps Script that makes the form and prints the address for `log_url`."""
    labels = list(dict.fromkeys(label for _, label, _ in _choices()))
    title, code, answer, again_on, note = map(json.dumps, (TITLE, CODE, ANSWER, AGAIN_ON, NOTE))
    return f"""// Paste this into script.google.com, run makeForm, and allow it to make a form.
// The log then shows the address: oa settings 'log_url=ADDRESS'
function makeForm() {{
  const form = FormApp.create({title});
  const code = form.addTextItem().setTitle({code}).setRequired(true);
  form.addMultipleChoiceItem().setTitle({answer}).setRequired(true)
    .setChoiceValues({json.dumps(labels)});
  form.addDateItem().setTitle({again_on});
  form.addParagraphTextItem().setTitle({note});
  const filled = form.createResponse().withItemResponse(code.createResponse("0CODE0"));
  Logger.log(filled.toPrefilledUrl().replace("0CODE0", "{{code}}"));
}}
"""
