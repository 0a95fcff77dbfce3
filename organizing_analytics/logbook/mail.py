"""A mail becomes a reply, or a sentence on why it does not.

What counts stands in the subject: `log 7K3MQ2ZT not-now`. Links on pages write it, people send it.
All else is ruled out one by one, since an answer that nobody gave is worse than one that is
missing:

1. The subject is exactly `log CODE WORD`; or it is `log`, and the body holds pairs of both.
2. Replies and forwards are never answers: a "Re: log … not now" with thanks would undo a
   correction.
3. Mail that a machine sent is never an answer: out of office, bounces, lists.
4. A mail counts once, also when it is delivered twice.
5. Letters are compared in one form: full width, invisible signs, all kinds of dashes.
6. The word is one that answers the line. Two words, or half a word, are not guessed.
7. The sender is known; where the mail server checks senders, the check has passed.
8. The mailbox is only read (see mailbox.py).
9. Of the body, the first paragraph is the note.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import getaddresses, parsedate_to_datetime
from typing import TYPE_CHECKING

from organizing_analytics.logbook.cards import CardAnswer
from organizing_analytics.logbook.codes import LENGTH, MINUS, read_code
from organizing_analytics.logbook.replies import MAX_NOTE, Reply
from organizing_analytics.time_zones import zone_rules

if TYPE_CHECKING:
    from collections.abc import Collection
    from email.message import EmailMessage

#: What a subject begins with.
LOG, CARD = "log", "card"
#: In front of a subject by which a mail program says that it is a reply or was forwarded.
_PREFIXES = (
    "re", "aw", "sv", "vs", "antw", "odp", "rv", "ynt", "res", "ref", "r", "回复", "答复", "回覆",
    "fwd", "fw", "wg", "tr", "enc", "i", "转发", "轉寄", "vb", "doorst", "pd",
)  # fmt: skip
_AUTOMATIC_SUBJECTS = (
    "automatic reply", "auto reply", "autoreply", "out of office", "automatische antwort",
    "abwesenheit", "réponse automatique", "respuesta automática", "undelivered mail",
    "delivery status notification", "mail delivery failed",
)  # fmt: skip
_AUTOMATIC_PRECEDENCE = ("bulk", "junk", "list", "auto_reply")
#: A mail's own date is believed when it lies so near to the moment at which it arrived.
_BELIEVED_BEFORE, _BELIEVED_AFTER = timedelta(days=7), timedelta(hours=1)
_PAIR = re.compile(
    rf"(?P<code>(?:[0-9A-Za-z][ \-]?){{{LENGTH}}})\s+(?P<word>[A-Za-z][A-Za-z0-9_\-]*)"
)


@dataclass(frozen=True)
class MailRules:
    """Whose mail is taken.

    Attributes
    ----------
    senders : dict of str to str or None
        Known address, in small letters → the id of its person, where it is a person's.
    checked_by : str or None
        The mail server whose check of senders must have passed; None: none checks.
    timezone : str
        By whose days cards are dated.
    """

    senders: dict[str, str | None]
    checked_by: str | None = None
    timezone: str = "UTC"


@dataclass(frozen=True)
class MailAnswers:
    """What a mail says.

    Attributes
    ----------
    digest : str
        By which the mail is known when it is delivered again.
    replies : tuple of Reply
        The answers in it.
    card : CardAnswer or None
        What it says of a shift; nothing of its sender is in it.
    why_not : str or None
        Why there are none. It holds no text of the mail and no address.
    is_meant : bool
        Whether it looks as if somebody wanted to log something.
    """

    digest: str
    replies: tuple[Reply, ...] = ()
    why_not: str | None = None
    is_meant: bool = True
    card: CardAnswer | None = None


def plain(text: str) -> str:
    """Return a text in the form in which it is compared: one kind of letter, dash and space."""
    folded = unicodedata.normalize("NFKC", text)
    signs = []
    for sign in folded:
        category = unicodedata.category(sign)
        if category == "Cf":
            continue
        is_dash = category == "Pd" or sign == MINUS
        signs.append("-" if is_dash else " " if category in ("Zs", "Cc") else sign)
    return " ".join("".join(signs).split())


def read_mail(raw: bytes, *, arrived_at: datetime, rules: MailRules) -> MailAnswers:
    """Return the answers in a mail.

    Parameters
    ----------
    raw : bytes
        The mail as the server has it.
    arrived_at : datetime
        When the server got it, in UTC without an offset.
    rules : MailRules
        Whose mail is taken.
    """
    message = message_from_bytes(raw, policy=policy.default)
    digest = _digest(message, raw)
    subject = plain(_header(message, "Subject"))
    bare, is_reply = _without_prefixes(subject)
    if not _is_meant(bare):
        return MailAnswers(digest, why_not="the subject is not about logging", is_meant=False)
    refusal = (
        _machine(message, bare)
        or ("it is a reply or was forwarded" if is_reply or _refers(message) else None)
        or _sender_refusal(message, rules)
    )
    if refusal:
        return MailAnswers(digest, why_not=refusal)
    at = _moment(message, arrived_at)
    if bare.split(" ", 1)[0].casefold() == CARD:
        return _card(digest, bare, at, rules)
    return _replies(message, digest, bare, at, rules)


def _replies(
    message: EmailMessage, digest: str, subject: str, at: datetime, rules: MailRules
) -> MailAnswers:
    """Return the answers to lines in a mail that is one."""
    words = subject.split(" ", 1)
    by = rules.senders.get(_sender(message) or "")
    body = _body(message)
    if len(words) == 1:
        replies = [Reply(code, word, at, None, "", by, "mail") for code, word in _pairs(body)]
        if not replies:
            return MailAnswers(digest, why_not="neither subject nor body holds a code and a word")
        return MailAnswers(digest, tuple(replies))
    code, word = _code_and_word(words[1])
    if code is None or not word:
        return MailAnswers(digest, why_not="the subject is not: log, a code, one word")
    return MailAnswers(digest, (Reply(code, word, at, None, _note(body), by, "mail"),))


def _card(digest: str, subject: str, at: datetime, rules: MailRules) -> MailAnswers:
    """Return what a mail says of a shift; its body is not read, since mails are signed there."""
    code, answer = _code_and_word(subject.partition(" ")[2])
    if code is None or not answer:
        return MailAnswers(digest, why_not="the subject is not: card, a code, a rating")
    rating, _, reason = answer.partition(" ")
    day = at.replace(tzinfo=UTC).astimezone(zone_rules(rules.timezone)).date()
    return MailAnswers(digest, card=CardAnswer(code, rating, reason, day, f"mail:{digest}"))


def _header(message: EmailMessage, name: str) -> str:
    """Return a header's text; nothing where it is missing or damaged beyond reading."""
    try:
        return str(message.get(name, ""))
    except Exception:  # noqa: BLE001  # the standard library raises what it likes
        return ""


def _digest(message: EmailMessage, raw: bytes) -> str:
    identity = _header(message, "Message-ID").strip()
    return hashlib.sha256(identity.encode("utf-8", "replace") if identity else raw).hexdigest()


def _without_prefixes(subject: str) -> tuple[str, bool]:
    """Return a subject without "Re:" and the like, and whether it had any."""
    is_reply = False
    while True:
        head, colon, rest = subject.partition(":")
        name = re.sub(r"[\[(]\d+[\])]$|\d+$", "", head.strip()).casefold()
        if not colon or name not in _PREFIXES:
            return subject, is_reply
        subject, is_reply = rest.strip(), True


def _is_meant(subject: str) -> bool:
    """Tell whether a subject is `log`, or `log` or `card` and something that could be a code."""
    first, _, rest = subject.partition(" ")
    if first.casefold() not in (LOG, CARD):
        return False
    return (not rest and first.casefold() == LOG) or _code_and_word(rest)[0] is not None


def _code_and_word(text: str) -> tuple[str | None, str]:
    """Return the code that a text begins with, and what follows it."""
    letters = 0
    for place, sign in enumerate(text):
        if letters == LENGTH:
            return (read_code(text[:place]), text[place:].strip()) if sign == " " else (None, "")
        letters += sign not in " -"
    return (read_code(text), "") if letters == LENGTH else (None, "")


def _machine(message: EmailMessage, subject: str) -> str | None:
    """Return that a machine sent the mail; None where somebody wrote it."""
    precedence = _header(message, "Precedence").strip().casefold()
    is_machine = (
        _header(message, "Auto-Submitted").strip().casefold() not in ("", "no")
        or _header(message, "Return-Path").strip() == "<>"
        or precedence in _AUTOMATIC_PRECEDENCE
        or message.get_content_type() == "multipart/report"
        or subject.casefold().startswith(_AUTOMATIC_SUBJECTS)
    )
    return "a machine sent it" if is_machine else None


def _refers(message: EmailMessage) -> bool:
    return bool(_header(message, "In-Reply-To").strip() or _header(message, "References").strip())


def _sender(message: EmailMessage) -> str | None:
    addresses = getaddresses([_header(message, "From")])
    return addresses[0][1].casefold() if len(addresses) == 1 and addresses[0][1] else None


def _sender_refusal(message: EmailMessage, rules: MailRules) -> str | None:
    if _sender(message) not in rules.senders:
        return "its sender is not known"
    if rules.checked_by is None:
        return None
    # The receiving server puts its own header on top; any below came with the mail.
    results = [str(value) for value in message.get_all("Authentication-Results", [])]
    server, _, checks = plain(results[0] if results else "").partition(";")
    is_own = server.split(" ")[0].casefold() == rules.checked_by.casefold()
    has_passed = re.search(r"(^|[;\s])dmarc\s*=\s*pass\b", checks, re.IGNORECASE)
    return None if is_own and has_passed else "the mail server could not vouch for its sender"


def _moment(message: EmailMessage, arrived_at: datetime) -> datetime:
    """Return the mail's own date where it can be true, else when it arrived."""
    try:
        own = parsedate_to_datetime(_header(message, "Date"))
        own = own.replace(tzinfo=UTC) if own.tzinfo is None else own
        own = own.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, TypeError, OverflowError):
        return arrived_at
    is_near = arrived_at - _BELIEVED_BEFORE <= own <= arrived_at + _BELIEVED_AFTER
    return own if is_near else arrived_at


def _body(message: EmailMessage) -> str:
    """Return the plain text of a mail; nothing where it has none that can be read."""
    try:
        part = message.get_body(preferencelist=("plain",))
        return str(part.get_content()) if part is not None else ""
    except Exception:  # noqa: BLE001  # unknown encodings and damaged parts, of whatever kind
        return ""


def _pairs(body: str) -> list[tuple[str, str]]:
    """Return each code in a text with the word behind it, however the lines were joined."""
    pairs = []
    for match in _PAIR.finditer(plain(body)):
        code = read_code(match["code"])
        if code:
            pairs.append((code, match["word"]))
    return pairs


def _note(body: str) -> str:
    """Return the first paragraph of a mail, without what its link had written there already."""
    lines: list[str] = []
    for line in body.replace("\r\n", "\n").split("\n"):
        text = plain(line)
        if not text and lines:
            break
        if text.startswith((">", "--")) or text == "-":
            break
        if text:
            lines.append(text)
    paragraph = " ".join(lines)
    _, prompt, own = paragraph.partition(NOTE_PROMPT)
    return (own if prompt else paragraph).strip()[:MAX_NOTE]


#: What a link writes into the body, behind the person's name; the note follows it.
NOTE_PROMPT = "Note:"


def known_senders(
    people: Collection[tuple[str, str]], more: Collection[str]
) -> dict[str, str | None]:
    """Return every known address with its person.

    Parameters
    ----------
    people : collection of (str, str)
        Addresses and ids of people. An address that several people have is known, but names none.
    more : collection of str
        Further addresses.
    """
    senders: dict[str, str | None] = {address.casefold(): None for address in more}
    for address, person in people:
        folded = address.strip().casefold()
        is_shared = folded in senders and senders[folded] != person and folded not in more
        senders[folded] = None if is_shared else person
    return senders
