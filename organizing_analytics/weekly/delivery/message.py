"""The message to a lead: the first screen of each page, as text and as HTML, and the pages.

Names are other people's text. A header gets them only through `header_text`, and HTML only
escaped; the message asks for nothing from anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from itertools import chain
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import DeliveryError
from organizing_analytics.reports.pages import facts_of
from organizing_analytics.reports.running import read_notebook
from organizing_analytics.weekly.delivery.first_screen import (
    MAX_NAME,
    SPACES,
    STYLE,
    MailLine,
    html_of,
    lines_of,
    text_of,
)
from organizing_analytics.weekly.delivery.mailed_page import mailed_page
from organizing_analytics.weekly.delivery.plain_text import header_text, one_line
from organizing_analytics.wording import plural, uncapitalized

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from organizing_analytics.weekly.delivery.first_screen import MailSpace
    from organizing_analytics.weekly.delivery.settings import Mail

MAX_IN_SHORT = 1000
#: Text and HTML together, as they are sent: Gmail cuts a longer message.
MAX_BYTES = 100_000
#: How many teams a subject names; the message itself names all.
MAX_NAMED = 3
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
    facts : mapping
        What the cells of its notebook gave out, which the page shows.
    is_of_today : bool
        Whether the message goes out on the day that the page calls today.
    """

    team_id: str
    name: str
    page: Path
    digest: str
    in_short: str = ""
    basis: str = ""
    lines: tuple[dict[str, Any], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_of_today: bool = False

    @property
    def urgent(self) -> str:
        """Return what is urgent on the day of the message, in a few words; empty for nothing."""
        is_urgent = self.is_of_today and self.facts.get("is_urgent")
        return str(self.facts.get("headline") or "") if is_urgent else ""


def enclose(
    team_id: str,
    name: str,
    *,
    page: Path,
    notebook: Path | None,
    digest: str,
    today: date | None = None,
) -> Enclosed:
    """Return a report with what its notebook says.

    Parameters
    ----------
    team_id, name : str
        The team.
    page, notebook : Path
        Of its report; the notebook may be missing.
    digest : str
        What tells this page from another.
    today : date, optional
        The day of the message; a report of another day is not urgent.
    """
    if notebook is None or not notebook.is_file():
        return Enclosed(team_id, name, page, digest)
    facts = facts_of(read_notebook(notebook))
    stands = (f"as of {facts.get('as_of')}", f"snapshot {facts.get('snapshot')}")
    return Enclosed(
        team_id,
        name,
        page,
        digest,
        in_short=one_line(str(facts.get("summary", "")), max_characters=MAX_IN_SHORT),
        basis=", ".join(stands) if facts else "",
        lines=tuple(facts.get("lines", ())),
        facts=facts,
        is_of_today=today is not None and _day_of(facts) == today,
    )


def _day_of(facts: Mapping[str, Any]) -> date | None:
    """Return the day that a page calls today: the one after the date at which it stands."""
    as_of = facts.get("as_of")
    return date.fromisoformat(as_of) + timedelta(days=1) if as_of else None


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
    _set_body(message, week, opening, enclosed)
    for name, enclosure in zip(file_names(week, enclosed), enclosed, strict=True):
        page = mailed_page(enclosure.page.read_text(encoding="utf-8"), week=week).encode()
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
    """Return the subject: what is urgent today; else which teams, which week."""
    names = [
        header_text(enclosure.name) or header_text(enclosure.team_id) or "a team"
        for enclosure in enclosed
    ]
    urgent = next((place for place, each in enumerate(enclosed) if each.urgent), None)
    if urgent is not None:
        words = f"{names[urgent]}: {uncapitalized(header_text(enclosed[urgent].urgent))}"
        others = len(enclosed) - 1
        more = f"; and {plural(others, 'more team')}" if others else ""
        return f"{'Corrected: ' if is_correction else ''}{words}{more}"
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    title = "Corrected weekly report" if is_correction else "Weekly report"
    return f"{title} {week}: {', '.join(names[:MAX_NAMED])}{more}"


def file_names(week: str, enclosed: Sequence[Enclosed]) -> list[str]:
    """Return a name for each page: the team's, as far as a file may be called so."""
    names: list[str] = []
    for enclosure in enclosed:
        plain = "".join(" " if c in NOT_IN_FILES else c for c in header_text(enclosure.name))
        stem = f"{' '.join(plain.split()).strip('. ') or enclosure.page.stem} {week}"
        taken = sum(name.casefold().startswith(stem.casefold()) for name in names)
        names.append(f"{stem} {taken + 1}.html" if taken else f"{stem}.html")
    return names


def _opening(week: str, *, is_correction: bool) -> str:
    if is_correction:
        return f"The report of week {week} has changed since it was sent: this one replaces it."
    return f"The report of week {week} is attached: open it in a browser, or print it."


def _set_body(
    message: EmailMessage, week: str, opening: Sequence[str], enclosed: Sequence[Enclosed]
) -> None:
    """Set the text and the HTML: as much of each team as the message has room for."""
    for room in SPACES:
        teams = [_lines(enclosure, room) for enclosure in enclosed]
        if _set_lines(message, week, opening, teams) <= MAX_BYTES:
            return
    # Not even a headline for each team: those that fit, and how many more there are.
    while teams:
        teams = teams[: len(teams) * 3 // 4]
        left = plural(len(enclosed) - len(teams), "more team")
        closing = [MailLine("sentence", f"{left}: see the pages attached.")]
        if _set_lines(message, week, opening, [*teams, closing]) <= MAX_BYTES:
            return


def _set_lines(
    message: EmailMessage, week: str, opening: Sequence[str], teams: Sequence[list[MailLine]]
) -> int:
    """Set the text and the HTML, and return how many bytes they are as they are sent."""
    lines = [*(MailLine("sentence", words) for words in opening), *chain.from_iterable(teams)]
    message.clear_content()
    message.set_content(text_of(lines))
    message.add_alternative(_html(week, lines), subtype="html")
    return sum(len(part.as_bytes()) for part in message.iter_parts())


def _lines(enclosure: Enclosed, room: MailSpace) -> list[MailLine]:
    facts = {**enclosure.facts, "summary": enclosure.in_short, "lines": enclosure.lines}
    when = " \u00b7 ".join(str(facts[key]) for key in ("day", "fresh") if facts.get(key))
    return [
        MailLine("team", one_line(enclosure.name, max_characters=MAX_NAME)),
        *([MailLine("small", one_line(when, max_characters=MAX_NAME))] if when else []),
        *lines_of(facts, is_of_today=enclosure.is_of_today, room=room),
        *([MailLine("small", f"({enclosure.basis})")] if enclosure.basis else []),
    ]


def _html(week: str, lines: Sequence[MailLine]) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(week)}</title><style>{STYLE}</style></head>\n<body>\n"
        f"{html_of(lines)}</body>\n</html>\n"
    )
