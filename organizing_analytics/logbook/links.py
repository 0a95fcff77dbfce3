"""Links that write an answer into a mail: one for each word of a line.

All that counts stands in the subject, on one line: some mail programs drop the line breaks of a
body. The body holds the name, so that the sender sees whom they answer about, and a place for a
note. Nothing here needs a script.
"""

from __future__ import annotations

from urllib.parse import quote

from organizing_analytics.logbook.mail import NOTE_PROMPT
from organizing_analytics.logbook.words import WORDS, LineKind, spelled


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
