"""Read answers from a mailbox by IMAP: only read, nothing marked, moved or deleted.

Where the reading stands (the mailbox's UIDVALIDITY and the last UID) is written down only after the
answers are in the store. So a run that breaks reads the same mails again, which changes nothing.
"""

from __future__ import annotations

import imaplib
import json
import re
import ssl
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import DeliveryError
from organizing_analytics.logbook.cards import CardAnswer, CardsRead, record_cards
from organizing_analytics.logbook.lines import EXPIRY_DAYS
from organizing_analytics.logbook.mail import MailRules, known_senders, read_mail
from organizing_analytics.logbook.recording import Logged, record
from organizing_analytics.logbook.replies import Reply, now
from organizing_analytics.passwords import read_password
from organizing_analytics.private_files import write_durably
from organizing_analytics.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

STATE_FILE = "log_mail.json"
SECURITY = {"tls": 993, "starttls": 143, "none": 143}
LOCAL = ("localhost", "127.0.0.1", "::1")
#: A larger mail is no answer; it is named and not fetched.
MAX_BYTES = 1_000_000
#: How many mails are fetched in one go.
BATCH = 50
#: Mails that arrived longer ago can answer no line any more.
LOOK_BACK_DAYS = EXPIRY_DAYS + 7
#: For so long a mail is known that is delivered a second time.
REMEMBER_DAYS = 90
_INTERNAL_DATE = re.compile(rb'INTERNALDATE "([^"]+)"')
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


@dataclass(frozen=True)
class Mailbox:
    """A mailbox that answers are sent to.

    Attributes
    ----------
    host, user : str
        The server, and who logs in.
    password_env, password_file : str, Path or None
        The variable, or the file, that holds the password.
    port : int
        By default 993 for tls, 143 else.
    security : {"tls", "starttls", "none"}
        None only to a server on this very machine.
    folder : str
        The mail folder.
    ca_file : Path or None
        Certificates to trust instead of the machine's.
    checked_by : str or None
        The name by which the mail server signs its check of senders (Authentication-Results).
    senders : tuple of str
        Addresses that are known beside those of the people in the store.
    timeout_seconds : float
        How long to wait for the server.
    """

    host: str
    user: str
    password_env: str | None = None
    password_file: Path | None = None
    port: int = 0
    security: str = "tls"
    folder: str = "INBOX"
    ca_file: Path | None = None
    checked_by: str | None = None
    senders: tuple[str, ...] = ()
    timeout_seconds: float = 30.0


@dataclass
class ReadMail:
    """What came of reading a mailbox.

    Attributes
    ----------
    mails : int
        How many were new.
    logged : Logged
        What their answers came to.
    doubts : list of dict
        `uid` and `why` of each mail, or answer in one, that was not taken.
    others : int
        How many had nothing to do with logging.
    cards : CardsRead
        What came of the cards about shifts.
    """

    mails: int
    logged: Logged
    doubts: list[dict[str, Any]] = field(default_factory=list)
    others: int = 0
    cards: CardsRead = field(default_factory=CardsRead)

    @property
    def has_changed(self) -> bool:
        """Return whether the store says something else now."""
        return bool(self.logged.recorded or self.cards.recorded)

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON."""
        return asdict(self)

    def __str__(self) -> str:
        """Return what came of it in a line, and each doubtful mail in another."""
        landed = len(self.logged.recorded)
        parts = [f"{landed:,} {'answer' if landed == 1 else 'answers'} logged"]
        if self.cards.recorded:
            parts.append(f"{self.cards.recorded:,} cards about shifts")
        if self.logged.unchanged:
            parts.append(f"{len(self.logged.unchanged):,} said nothing new")
        if self.doubts:
            parts.append(f"{len(self.doubts):,} doubtful")
        if self.others:
            parts.append(f"{self.others:,} other mails")
        lines = [f"{self.mails:,} new mails: {', '.join(parts)}."]
        lines += [f"  Mail {doubt['uid']}: {doubt['why']}." for doubt in self.doubts]
        return "\n".join(lines)


@dataclass(frozen=True)
class _Fetched:
    uid: int
    arrived_at: datetime
    raw: bytes | None


def read_answers(store: Path, mailbox: Mailbox) -> ReadMail:
    """Read the new mails of a mailbox and log the answers in them.

    Parameters
    ----------
    store : Path
        The store's folder.
    mailbox : Mailbox
        Where to read.

    Raises
    ------
    DeliveryError
        The mailbox cannot be read; nothing was changed.
    StoreError
        The store cannot be written; the mails are read again by the next run.
    """
    state = _read_state(store)
    place = f"{mailbox.user}@{mailbox.host}/{mailbox.folder}"
    with open_store(store) as data:
        people = data.connection.execute(
            "SELECT email, person_id FROM people WHERE email IS NOT NULL"
        ).fetchall()
        timezone = data.settings.timezone
    rules = MailRules(known_senders(people, mailbox.senders), mailbox.checked_by, timezone)
    with _connected(mailbox) as server:
        validity = _select(server, mailbox.folder)
        mark = state["mailboxes"].get(place, {})
        last = mark.get("last_uid", 0) if mark.get("uidvalidity") == validity else 0
        # Of a mail that was delivered twice, the first one counts.
        fetched = sorted(_fetch(server, last), key=lambda mail: (mail.arrived_at, mail.uid))
    read = ReadMail(len(fetched), Logged(None))
    replies, cards = _answers_in(fetched, rules, state["seen"], read)
    if replies:
        read.logged = record(store, [reply for _, reply in replies])
        for doubt in read.logged.doubts:
            read.doubts.append({"uid": replies[doubt.place][0], "why": doubt.in_short})
    if cards:
        read.cards = record_cards(store, [card for _, card in cards])
        for number, why in read.cards.doubts:
            read.doubts.append({"uid": cards[number][0], "why": why.rstrip(".")})
    if fetched:
        newest = max(mail.uid for mail in fetched)
        state["mailboxes"][place] = {"uidvalidity": validity, "last_uid": max(newest, last)}
        _write_state(store, state)
    return read


def _answers_in(
    fetched: Sequence[_Fetched], rules: MailRules, seen: dict[str, str], read: ReadMail
) -> tuple[list[tuple[int, Reply]], list[tuple[int, CardAnswer]]]:
    """Return the replies and the cards in some mails, each with the mail's UID; note the rest."""
    replies: list[tuple[int, Reply]] = []
    cards: list[tuple[int, CardAnswer]] = []
    for mail in fetched:
        if mail.raw is None:
            read.doubts.append({"uid": mail.uid, "why": "it is larger than an answer can be"})
            continue
        answers = read_mail(mail.raw, arrived_at=mail.arrived_at, rules=rules)
        if answers.digest in seen:
            read.others += 1
            continue
        seen[answers.digest] = now().date().isoformat()
        if answers.why_not is not None:
            if answers.is_meant:
                read.doubts.append({"uid": mail.uid, "why": answers.why_not})
            else:
                read.others += 1
        replies += [(mail.uid, reply) for reply in answers.replies]
        cards += [(mail.uid, answers.card)] if answers.card is not None else []
    return replies, cards


@contextmanager
def _connected(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    if mailbox.security == "none" and mailbox.host not in LOCAL:
        raise DeliveryError(
            f"{mailbox.host}: answers are read without encryption only from this very machine."
        )
    secret = read_password(mailbox.password_env, mailbox.password_file)
    server: imaplib.IMAP4 | None = None
    try:
        trusted = ssl.create_default_context(cafile=mailbox.ca_file)
        where: dict[str, Any] = {
            "host": mailbox.host,
            "port": mailbox.port or SECURITY[mailbox.security],
            "timeout": mailbox.timeout_seconds,
        }
        if mailbox.security == "tls":
            server = imaplib.IMAP4_SSL(**where, ssl_context=trusted)
        else:
            server = imaplib.IMAP4(**where)
            if mailbox.security == "starttls":
                server.starttls(ssl_context=trusted)
        server.login(mailbox.user, secret)
        yield server
    except (imaplib.IMAP4.error, OSError) as error:
        raise DeliveryError(
            f"{mailbox.host}: the mailbox for answers cannot be read "
            f"({_without_secret(error, secret)}). Nothing was changed; the next run reads it again."
        ) from error
    finally:
        if server is not None:
            with suppress(imaplib.IMAP4.error, OSError):
                server.logout()


def _without_secret(error: Exception, secret: str) -> str:
    words = error.args[0] if error.args else type(error).__name__
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(error)
    return text.replace(secret, "…")


def _select(server: imaplib.IMAP4, folder: str) -> int:
    quoted = folder.replace("\\", "\\\\").replace('"', '\\"')
    status, response = server.select(f'"{quoted}"', readonly=True)
    if status != "OK":
        raise DeliveryError(f'There is no mail folder "{folder}" ({response!r}).')
    _, validity = server.response("UIDVALIDITY")
    return int(validity[0] or 0) if validity else 0


def _fetch(server: imaplib.IMAP4, last: int) -> Iterator[_Fetched]:
    since = datetime.now(UTC) - timedelta(days=LOOK_BACK_DAYS)
    day = imaplib.Time2Internaldate(since)[1:12]
    status, response = server.uid("SEARCH", "UID", f"{last + 1}:*", "SINCE", day)
    if status != "OK":
        raise imaplib.IMAP4.error(response)
    # "5:*" also names the last mail where its number is lower.
    uids = sorted(uid for uid in map(int, (response[0] or b"").split()) if uid > last)
    for start in range(0, len(uids), BATCH):
        batch = uids[start : start + BATCH]
        about = {uid: (size, at) for uid, size, at in _about(server, batch)}
        small = [uid for uid in batch if uid in about and about[uid][0] <= MAX_BYTES]
        bodies = dict(_bodies(server, small)) if small else {}
        for uid in batch:
            if uid in about:  # one that was deleted meanwhile is not there any more
                is_large = about[uid][0] > MAX_BYTES
                if is_large or uid in bodies:
                    yield _Fetched(uid, about[uid][1], None if is_large else bodies[uid])


def _about(server: imaplib.IMAP4, uids: Sequence[int]) -> Iterator[tuple[int, int, datetime]]:
    for part in _asked(server, uids, "(UID RFC822.SIZE INTERNALDATE)"):
        line = part if isinstance(part, bytes) else part[0]
        uid, size, at = _UID.search(line), _SIZE.search(line), _INTERNAL_DATE.search(line)
        if uid and size and at:
            moment = datetime.strptime(at[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z")
            yield int(uid[1]), int(size[1]), moment.astimezone(UTC).replace(tzinfo=None)


def _bodies(server: imaplib.IMAP4, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    for part in _asked(server, uids, "(UID BODY.PEEK[])"):
        if isinstance(part, tuple) and (uid := _UID.search(part[0])):
            yield int(uid[1]), part[1]


def _asked(server: imaplib.IMAP4, uids: Sequence[int], what: str) -> list[Any]:
    status, parts = server.uid("FETCH", ",".join(map(str, uids)), what)
    if status != "OK":
        raise imaplib.IMAP4.error(parts)
    return [part for part in parts if part is not None]


def _read_state(store: Path) -> dict[str, Any]:
    """Return where the reading stands; from the start where that is not known."""
    try:
        state = json.loads((store / STATE_FILE).read_text(encoding="utf-8"))
        return {"mailboxes": dict(state["mailboxes"]), "seen": dict(state["seen"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"mailboxes": {}, "seen": {}}


def _write_state(store: Path, state: dict[str, Any]) -> None:
    oldest = (now().date() - timedelta(days=REMEMBER_DAYS)).isoformat()
    state["seen"] = {digest: day for digest, day in state["seen"].items() if day >= oldest}
    write_durably(store / STATE_FILE, json.dumps(state) + "\n")
