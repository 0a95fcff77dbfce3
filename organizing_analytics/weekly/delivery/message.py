"""The message to a lead: the week in short, as text and as HTML, and the pages with it.

Names are other people's text. A header gets them only through `header_text`, and HTML only
escaped; the message asks for nothing from anywhere.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import DeliveryError
from organizing_analytics.reports.pages import facts_of
from organizing_analytics.reports.running import read_notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from organizing_analytics.weekly.delivery.settings import Mail

MAX_CHARACTERS = 60
MAX_IN_SHORT = 1000
#: How many teams a subject names; the message itself names all.
MAX_NAMED = 3
#: Joiners make one sign of several: emoji, Persian.
KEPT_FORMATS = "\u200c\u200d"
#: Of each team; mail programs cut long messages. The page has all lines.
MAX_LINES = 30
#: How an encoded word begins in a header.
ENCODED = "=?"
#: The headers of a message's parts, and no others.
HEADERS = frozenset(
    ("subject", "from", "to", "reply-to", "date", "message-id", "auto-submitted", "mime-version",
     "content-type", "content-transfer-encoding", "content-disposition")
)  # fmt: skip
#: What file systems or shells take for something else.
NOT_IN_FILES = '\\/:*?"<>|'


@dataclass(frozen=True)
class Enclosed:
    """One team's report, as a message encloses it.

    Attributes
    ----------
    team_id, name : str
        The team.
    page : Path
        Its page.
    digest : str
        What tells this page from another.
    in_short : str
        The week in a sentence; empty when the report does not say.
    basis : str
        Which date and snapshot it stands on.
    lines : tuple of dict
        The to-do lines that can be answered by a link: `name what links`.
    """

    team_id: str
    name: str
    page: Path
    digest: str
    in_short: str = ""
    basis: str = ""
    lines: tuple[dict[str, Any], ...] = ()


def enclose(team_id: str, name: str, *, page: Path, notebook: Path | None, digest: str) -> Enclosed:
    """Return a report with what its notebook says in short."""
    if notebook is None or not notebook.is_file():
        return Enclosed(team_id, name, page, digest)
    facts = facts_of(read_notebook(notebook))
    stands = (
        str(facts.get("fresh", "")),
        f"as of {facts.get('as_of')}",
        f"snapshot {facts.get('snapshot')}",
    )
    basis = ", ".join(filter(None, stands)) if facts else ""
    in_short = one_line(str(facts.get("summary", "")), max_characters=MAX_IN_SHORT)
    lines = tuple(facts.get("lines", ()))
    return Enclosed(team_id, name, page, digest, in_short, basis, lines)


def one_line(text: str, *, max_characters: int = MAX_CHARACTERS) -> str:
    r"""Return a text on one line, without signs that nobody sees, cut to a length.

    Examples
    --------
    >>> one_line("North\r\nBcc: eve@example.org"), one_line("a" * 70, max_characters=5)
    ('North Bcc: eve@example.org', 'aaaa…')
    """
    shown = "".join(c if _is_shown(c) else " " for c in text)
    joined = " ".join(shown.split())
    return joined if len(joined) <= max_characters else f"{joined[: max_characters - 1]}…"


def header_text(text: str, *, max_characters: int = MAX_CHARACTERS) -> str:
    r"""Return a text that a header can hold: decoded, on one line, without an encoded word.

    The email package decodes encoded words (RFC 2047, `=?utf-8?q?…?=`) in whatever a header is set
    to. Before CPython 3.11.10 and 3.12.5 it writes line breaks from them as they are, which begins
    a header or the body of the sender's choice (CVE-2024-6923). So they are decoded here, once,
    and what still looks like one is broken up.

    Examples
    --------
    >>> header_text("=?utf-8?q?N=C3=B6rd?= side"), header_text("=?utf-8?q?A=0D=0ABcc:_e@x.co?=")
    ('Nörd side', 'A Bcc: e@x.co')
    """
    try:
        plain = str(make_header(decode_header(text))) if ENCODED in text else text
    except (HeaderParseError, LookupError, ValueError):
        plain = text
    shown = one_line(plain, max_characters=max(len(plain), 1))
    while ENCODED in shown:
        shown = shown.replace(ENCODED, "= ?")
    return one_line(shown, max_characters=max_characters)


def _is_shown(sign: str) -> bool:
    return sign in KEPT_FORMATS or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def message_id(week: str, enclosed: Sequence[Enclosed], *, sender: str, recipient: str) -> str:
    """Return the message's id: the same pages to the same recipient have the same one."""
    words = [
        week,
        recipient,
        *(f"{enclosure.team_id} {enclosure.digest}" for enclosure in enclosed),
    ]
    digest = sha256("\n".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"<{digest}@{sender.rpartition('@')[2]}>"


def make_message(
    week: str,
    enclosed: Sequence[Enclosed],
    *,
    mail: Mail,
    address: str,
    recipient: str,
    is_correction: bool,
    warnings: Sequence[str] = (),
) -> EmailMessage:
    """Return the message that brings reports to one address.

    Parameters
    ----------
    week : str
        The ISO week.
    enclosed : sequence of Enclosed
        Of one team or of several.
    mail : Mail
        The settings.
    address, recipient : str
        To whom, and what stands for the address in the journal.
    is_correction : bool
        Whether the recipient has had an earlier report of this week.
    warnings : sequence of str
        What they should know of the data.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject(week, enclosed, is_correction=is_correction)
    message["From"] = Address(addr_spec=mail.sender)
    message["To"] = Address(addr_spec=address)
    if mail.reply_to:
        message["Reply-To"] = Address(addr_spec=mail.reply_to)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = message_id(week, enclosed, sender=mail.sender, recipient=recipient)
    message["Auto-Submitted"] = "auto-generated"  # no answer from somebody's holiday notice
    opening = [_opening(week, is_correction=is_correction)]
    opening += [one_line(warning, max_characters=MAX_IN_SHORT) for warning in warnings]
    message.set_content(_text(opening, enclosed))
    message.add_alternative(_html(week, opening, enclosed), subtype="html")
    for name, enclosure in zip(file_names(week, enclosed), enclosed, strict=True):
        page = enclosure.page.read_bytes()
        message.add_attachment(page, maintype="text", subtype="html", filename=name)
        # Without it a mail program may take the page for Windows-1252.
        list(message.iter_attachments())[-1].set_param("charset", "utf-8")
    _check_headers(message)
    return message


def _check_headers(message: EmailMessage) -> None:
    """Refuse a message that would be written with another header than those that we set.

    Raises
    ------
    DeliveryError
        A header would break out of its lines. `header_text` prevents it; this does not rely on it.
    """
    for part in message.walk():
        for name, value in part.items():
            if not _is_whole(name, message.policy.fold, value):
                raise DeliveryError(
                    "A name would change the headers of the message, so it was not sent. Update "
                    "Python (3.11.10, 3.12.5 or later), or rename the team."
                )


def _is_whole(name: str, fold: Callable[[str, Any], str], value: Any) -> bool:
    try:
        first, *more = fold(name, value).splitlines()
    except MessageError:  # newer Pythons refuse it themselves
        return False
    is_ours = first.partition(":")[0].casefold() in HEADERS
    return is_ours and all(line[:1] in (" ", "\t") and not line.isspace() for line in more)


def subject(week: str, enclosed: Sequence[Enclosed], *, is_correction: bool) -> str:
    """Return the subject: which teams, which week."""
    names = [
        header_text(enclosure.name) or header_text(enclosure.team_id) or "a team"
        for enclosure in enclosed
    ]
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    what = "Corrected weekly report" if is_correction else "Weekly report"
    return f"{what} {week}: {', '.join(names[:MAX_NAMED])}{more}"


def file_names(week: str, enclosed: Sequence[Enclosed]) -> list[str]:
    """Return a name for each page: the team's, as far as a file may be called so."""
    names: list[str] = []
    for enclosure in enclosed:
        plain = "".join(" " if c in NOT_IN_FILES else c for c in header_text(enclosure.name))
        stem = f"{' '.join(plain.split()).strip('. ') or enclosure.page.stem} {week}"
        taken = sum(name.casefold().startswith(stem.casefold()) for name in names)
        names.append(f"{stem} {taken + 1}.html" if taken else f"{stem}.html")
    return names


def _summary(enclosure: Enclosed) -> str:
    return enclosure.in_short or "The page says how the week went."


def _opening(week: str, *, is_correction: bool) -> str:
    if is_correction:
        return f"The report of week {week} has changed since it was sent: this one replaces it."
    return f"The report of week {week} is attached: open it in a browser, or print it."


def _text(opening: Sequence[str], enclosed: Sequence[Enclosed]) -> str:
    parts = []
    for enclosure in enclosed:
        name = one_line(enclosure.name, max_characters=200)
        part = f"{name}\n{_summary(enclosure)}\n({enclosure.basis})"
        parts.append(part.removesuffix("\n()"))
    return "\n\n".join([*opening, *parts]) + "\n"


def _lines(enclosure: Enclosed) -> str:
    """Return the first lines of the to-do list, each to open and answer."""
    items = []
    for line in enclosure.lines[:MAX_LINES]:
        name, what = (one_line(line[key], max_characters=200) for key in ("name", "what"))
        links = " \u00b7 ".join(
            f'<a href="{escape(href)}">{escape(label)}</a>' for label, href in line["links"]
        )
        items.append(
            f'<li dir="auto"><b>{escape(name)}</b>: {escape(what)}'
            f"<details><summary>Log it</summary>{links}</details></li>\n"
        )
    return f"\n<ul>\n{''.join(items)}</ul>" if items else ""


def _html(week: str, opening: Sequence[str], enclosed: Sequence[Enclosed]) -> str:
    parts = [
        f'<h2 dir="auto">{escape(one_line(enclosure.name, max_characters=200))}</h2>\n'
        f"<p>{escape(_summary(enclosure))}</p>\n"
        f"<p><small>{escape(enclosure.basis)}</small></p>{_lines(enclosure)}"
        for enclosure in enclosed
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f"<title>{escape(week)}</title></head>\n<body>\n"
        + "".join(f"<p>{escape(line)}</p>\n" for line in opening)
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )
