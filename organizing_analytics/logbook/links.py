"""Links by which a line is answered: a mail for each word, and the campaign's form.

All that counts stands in the subject, on one line: some mail programs drop the line breaks of a
body. The body holds the name, so that the sender sees whom they answer about, and a place for a
note. Nothing here needs a script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from organizing_analytics.logbook.mail import NOTE_PROMPT
from organizing_analytics.logbook.words import WORDS, LineKind, kind_of, spelled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from organizing_analytics.settings import Settings

FORM_LABEL = "Fill in the form"


def takes_answers(settings: Settings) -> bool:
    """Return whether a campaign has said where answers go: a mailbox or a form."""
    return bool(settings.log_to or settings.log_url)


def task_links(task: Mapping[str, Any], settings: Settings) -> list[tuple[str, str]]:
    """Return the label and the link of each answer to a to-do row; none where it has no code.

    Parameters
    ----------
    task : mapping
        A row of a to-do list with the column `code` (see `lines.with_codes`).
    settings : Settings
        The campaign's: `log_to` gives a `mailto:` link for each word, `log_url` one to the form.
    """
    code, ask_for, name = (_text(task.get(column)) for column in ("code", "ask_for", "name"))
    if code is None:
        return []
    kind = kind_of(str(task["action"]), ask_for)
    links = []
    if settings.log_url:
        href = settings.log_url.replace("{code}", code).replace("{kind}", kind)
        links.append((FORM_LABEL, href))
    if settings.log_to:
        links += answer_links(code, kind, address=settings.log_to, name=name)
    return links


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def answer_links(
    code: str, kind: LineKind, *, address: str, name: str | None = None
) -> list[tuple[str, str]]:
    """Return the label and the `mailto:` link of each word that answers a line.

    Parameters
    ----------
    code, kind
        The line's code and kind.
    address : str
        Where answers are sent.
    name : str, optional
        The person's name; never in the subject, which phones show on a locked screen.

    Examples
    --------
    >>> answer_links("7K3MQ2ZT", LineKind.CAME, address="log@example.org", name="Ann Lee")[0]
    ('Came', 'mailto:log@example.org?subject=log%207K3MQ2ZT%20yes&body=Ann%20Lee.%20Note%3A%20')
    """
    body = f"{name}. {NOTE_PROMPT} " if name else f"{NOTE_PROMPT} "
    # A plus for a space would arrive as a plus.
    to, note = quote(address, safe="@"), quote(body)
    subjects = {key: quote(f"log {code} {spelled(key)}") for key in WORDS[kind]}
    return [
        (word.label, f"mailto:{to}?subject={subjects[key]}&body={note}")
        for key, word in WORDS[kind].items()
    ]
