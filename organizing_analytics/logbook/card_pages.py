"""The card after a shift: a page to print, with links that write a mail; and a form."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from organizing_analytics.errors import WHERE_SHIFTS_ARE, OptionError
from organizing_analytics.logbook.cards import BACK, LETTERS, RATINGS, REASONS, WORTH, card_code
from organizing_analytics.logbook.forms import xlsform_of
from organizing_analytics.logbook.printed import page_head
from organizing_analytics.store import open_store
from organizing_analytics.store.keyed_ids import read_key
from organizing_analytics.time_zones import zone_rules

if TYPE_CHECKING:
    import os

#: What the form calls itself, and the questions that the printed card does not ask.
TITLE, CODE, NOTE = "How was it?", "Code of the card", "In your own words"
#: How many cards a printed sheet holds.
ON_A_SHEET = 4
_STYLE = """
@page { margin: 10mm } body { font: 1rem/1.35 sans-serif; margin: 0 auto; max-width: 46rem;
  padding: 0 0.6rem } section { border: 1px dashed #777; padding: 3mm; margin: 0 0 3mm;
  break-inside: avoid } p { margin: 0 0 1.5mm } code { font: bold 1.1rem monospace }
summary, .log a { display: block; padding: 0.8rem 0.3rem; min-height: 1.2rem; cursor: pointer }
span { white-space: nowrap; margin-right: 3mm; font-size: 0.85rem } .paper { display: none }
@media print { .screen { display: none } .paper { display: block } }
"""


def card_page(shift: str, *, store: str | os.PathLike[str] | None = None) -> str:
    """Return the page of a shift's card: links for a phone, and cards to print.

    Parameters
    ----------
    shift : str
        The shift's id.
    store : path, optional
        The store's folder.

    Raises
    ------
    OptionError
        There is no such shift, or it was deleted.
    """
    with open_store(store) as data:
        rows = data.connection.execute(
            "SELECT coalesce(e.title, e.event_type), s.starts_at, coalesce(e.timezone, ?) "
            "FROM shifts s JOIN events e USING (event_id) WHERE s.shift_id = ? "
            "AND s.deleted_at IS NULL AND e.deleted_at IS NULL",
            [data.settings.timezone, shift],
        ).fetchall()
        dates = data.settings.dates
        code, address = card_code(read_key(data.folder) or "", shift), data.settings.log_to
    if not rows:
        raise OptionError(
            f'There is no shift "{shift}" in the store, or it was deleted. {WHERE_SHIFTS_ARE}'
        )
    title, starts_at, zone = rows[0]
    day = starts_at.replace(tzinfo=zone_rules("UTC")).astimezone(zone_rules(zone)).date()
    heading = f"{title}, {dates.day(day)}"
    links = _links(code, address) if address else ""
    return (
        f"{page_head(heading, style=_STYLE)}"
        f"{links}<div class={'paper' if links else 'cards'}>"
        f"{_card(heading, code) * ON_A_SHEET}</div>\n</body>\n</html>\n"
    )


def _card(heading: str, code: str) -> str:
    ratings = " ".join(f"<span>\u2610 {n} {label}</span>" for n, label in RATINGS.items())
    reasons = " ".join(
        f"<span>\u2610 {letter} {escape(label)}</span>"
        for letter, label in zip(LETTERS, REASONS.values(), strict=True)
    )
    return (
        f"<section><p><b>{escape(heading)}</b> <code>{code}</code> No name, please.</p>"
        f"<p>{WORTH} {ratings}</p><p>{BACK} {reasons}</p></section>\n"
    )


def _links(code: str, address: str) -> str:
    """Return a line for each rating that opens to the reasons; each is a mail."""
    to = quote(address, safe="@")
    parts = []
    for rating, label in RATINGS.items():
        answers = {"": "Nothing in particular", **REASONS}
        links = "".join(
            f'<a href="mailto:{to}?subject={quote(f"card {code} {rating} {reason}".strip())}">'
            f"{escape(words)}</a>"
            for reason, words in answers.items()
        )
        parts.append(
            f'<details name="rating"><summary>{rating} {label}</summary>'
            f'<div class="log"><p>{BACK}</p>{links}</div></details>'
        )
    return (
        f'<div class="screen"><h1>{WORTH}</h1>{"".join(parts)}<p>A mail shows your address to '
        "whoever reads that mailbox. It is not kept with the answer.</p></div>\n"
    )


def card_form() -> bytes:
    """Return the card as an XLSForm; it asks for no name and notes no account."""
    survey = [
        ("type", "name", "label", "required", "constraint", "constraint_message"),
        ("text", "card", CODE, "yes", "regex(., '^[0-9A-Za-z -]{8,12}$')",
         "A code has eight characters."),
        ("select_one ratings", "rating", WORTH, "yes"),
        ("select_one reasons", "reason", BACK),
        ("text", "note", NOTE),
    ]  # fmt: skip
    choices = [
        ("list_name", "name", "label"),
        *(("ratings", str(n), f"{n} {label}") for n, label in RATINGS.items()),
        *(("reasons", reason, label) for reason, label in REASONS.items()),
    ]
    settings = [("form_title", "form_id", "version"), (TITLE, "oa_card", "1")]
    return xlsform_of(survey, choices, settings)


def google_card_script() -> str:
    """Return an Apps Script that makes the card in Google Forms, without addresses."""
    title, code, worth, back, note = map(json.dumps, (TITLE, CODE, WORTH, BACK, NOTE))
    ratings = json.dumps([f"{n} {label}" for n, label in RATINGS.items()])
    return f"""// Paste this into script.google.com, run makeCard, and allow it to make a form.
// The log then shows the address: put the code of the shift's card in the place of CODE.
function makeCard() {{
  const form = FormApp.create({title}).setCollectEmail(false);
  const card = form.addTextItem().setTitle({code}).setRequired(true);
  form.addMultipleChoiceItem().setTitle({worth}).setRequired(true)
    .setChoiceValues({ratings});
  form.addMultipleChoiceItem().setTitle({back})
    .setChoiceValues({json.dumps(list(REASONS.values()))});
  form.addParagraphTextItem().setTitle({note});
  const filled = form.createResponse().withItemResponse(card.createResponse("0CODE0"));
  Logger.log(filled.toPrefilledUrl().replace("0CODE0", "CODE"));
}}
"""
