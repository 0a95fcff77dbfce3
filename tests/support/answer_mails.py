"""Mails as people, their phones and other machines send them: answers, and all that is none.

`corpus(codes, …)` makes about nine mails for each line, of more than 30 kinds, with what each must
come to. Nothing here uses the code under test.
"""

from __future__ import annotations

import base64
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal
from uuid import uuid4

ADDRESS = "log@campaign.example"
KNOWN, STRANGER = "ann@example.org", "eve@elsewhere.example"
#: A word for each kind of line, and the outcome that it stands for.
WORDS = {
    "ask": ["yes", "not-now", "not-that", "not-ever", "maybe", "no-answer"],
    "call": ["reached", "left-message", "no-answer"],
    "met": ["held-yes", "held", "no-show"],
}

Fate = Literal["answer", "doubtful", "other"]


@dataclass
class Mail:
    """One mail: what it is, when it arrives, and what it must come to."""

    kind: str
    raw: bytes
    arrived_at: datetime
    fate: Fate
    code: str | None = None
    word: str | None = None
    at: datetime | None = None
    note: str = ""


@dataclass
class Corpus:
    """All mails, and the state that they must leave: code → (word, note)."""

    mails: list[Mail] = field(default_factory=list)

    @property
    def states(self) -> dict[str, tuple[str, str]]:
        newest: dict[str, Mail] = {}
        for mail in self.mails:
            if mail.fate != "answer" or mail.code is None or mail.at is None:
                continue
            held = newest.get(mail.code)
            if held is None or held.at is None or mail.at > held.at:
                newest[mail.code] = mail
        return {code: (mail.word or "", mail.note) for code, mail in newest.items()}

    def count(self, fate: Fate) -> int:
        return sum(mail.fate == fate for mail in self.mails)


def plain_mail(subject: str, at: datetime, body: str = "", **headers: str) -> EmailMessage:
    """Return a mail from a person who is known."""
    message = EmailMessage()
    message["From"] = headers.pop("From", f"Ann Lee <{KNOWN}>")
    message["To"] = ADDRESS
    message["Subject"] = subject
    message["Date"] = headers.pop("Date", format_datetime(at.replace(tzinfo=UTC)))
    message["Message-ID"] = headers.pop("Message_ID", f"<{uuid4().hex}@phone.example>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body or "\n")
    return message


def raw_subject(subject: bytes, at: datetime) -> bytes:
    """Return a mail whose subject is written as these bytes."""
    text = plain_mail("SUBJECT", at).as_bytes()
    return text.replace(b"Subject: SUBJECT", b"Subject: " + subject)


def corpus(codes: dict[str, list[str]], *, now: datetime, seed: int) -> Corpus:
    """Return mails for these lines; `codes` maps the kind of line to codes."""
    dice = random.Random(seed)
    made = Corpus()
    lines = [(kind, code) for kind, group in codes.items() for code in group]
    for number, (kind, code) in enumerate(lines):
        line = _Line(number, code, WORDS[kind], now)
        _answers(made, dice, line)
        _no_answers(made, dice, line)
    return made


@dataclass(frozen=True)
class _Line:
    """A line, its place among all, and the words that answer it."""

    number: int
    code: str
    words: list[str]
    now: datetime


def _answers(made: Corpus, dice: random.Random, line: _Line) -> None:  # noqa: C901  # one list
    """Add what must land: the answer in one of many spellings, a correction, a second delivery."""
    number, code, now = line.number, line.code, line.now
    word = dice.choice(line.words)
    at = now - timedelta(days=3, minutes=dice.randrange(3000))
    at = at.replace(microsecond=0, second=0)
    wide = str.maketrans({chr(n): chr(n + 0xFEE0) for n in range(0x21, 0x7F)})
    subject = f"log {code} {word}"
    prompt = "Claire Van den Berg. Note: "
    spellings = [
        ("as linked", plain_mail(subject, at, prompt), ""),
        ("with a note", plain_mail(subject, at, f"{prompt}after her exams"), "after her exams"),
        ("two paragraphs", plain_mail(subject, at, f"{prompt}later\n\nSent from my iPhone"),
         "later"),
        ("signature", plain_mail(subject, at, f"{prompt}\n-- \nAnn Lee\n+1 555 0100"), ""),
        ("capitals", plain_mail(subject.upper(), at), ""),
        ("spaces", plain_mail(f"  log   {code}   {word} ", at), ""),
        ("code in two halves", plain_mail(f"log {code[:4]} {code[4:]} {word}", at), ""),
        ("code with a dash", plain_mail(f"log {code[:4]}\u2013{code[4:]} {word}", at), ""),
        ("full width", plain_mail(subject.translate(wide).replace("\u3000", " "), at), ""),
        ("zero width", plain_mail(f"log {code[:3]}\u200b{code[3:]} {word}", at), ""),
        ("other dashes", plain_mail(subject.replace("-", "\u2011"), at), ""),
        ("letters for digits", plain_mail(subject.replace("0", "O").replace("1", "l"), at), ""),
        ("words with spaces", plain_mail(f"log {code} {word.replace('-', ' ')}", at), ""),
        ("encoded", None, ""),
        ("quoted-printable subject", None, ""),
        ("iso-2022-jp", None, ""),
        ("html only", None, ""),
        ("no date", None, ""),
        ("wrong clock", None, ""),
        ("pairs in the body", None, ""),
        ("pairs in one line", None, ""),
    ]  # fmt: skip
    name, message, note = spellings[number % len(spellings)]
    # A phone without a net sends hours later, after the correction from another machine.
    arrived = at + (timedelta(hours=10) if number % 4 == 0 else timedelta(minutes=2))
    moment = at
    if name == "encoded":
        raw = raw_subject(b"=?utf-8?b?" + base64.b64encode(subject.encode()) + b"?=", at)
    elif name == "quoted-printable subject":
        raw = raw_subject(f"=?utf-8?q?{subject.replace(' ', '_')}?=".encode(), at)
    elif name == "iso-2022-jp":
        japanese = subject.translate(wide).replace("\uff0d", "\u2212")  # its only dash
        written = japanese.encode("iso-2022-jp")
        raw = raw_subject(b"=?iso-2022-jp?b?" + base64.b64encode(written) + b"?=", at)
    elif name == "html only":
        message = plain_mail(subject, at)
        message.set_content("<p>Claire. Note: <b>bold</b></p>", subtype="html")
        raw = message.as_bytes()
    elif name == "no date":
        message = plain_mail(subject, at)
        del message["Date"]
        raw, moment = message.as_bytes(), arrived
    elif name == "wrong clock":
        message = plain_mail(subject, at, Date="Tue, 01 Jan 2036 00:00:00 +0000")
        raw, moment = message.as_bytes(), arrived
    elif name == "pairs in the body":
        raw = plain_mail("log", at, f"{code} {word}\n").as_bytes()
    elif name == "pairs in one line":
        raw = plain_mail("Log", at, f"Today: {code} {word} ").as_bytes()
    else:
        assert message is not None
        raw = message.as_bytes()
    made.mails.append(Mail(name, raw, arrived, "answer", code, word, moment, note))
    if number % 3 == 0:  # delivered twice, the second time after the correction
        late = arrived + timedelta(hours=30)
        made.mails.append(Mail("delivered twice", raw, late, "other"))
    if number % 2 == 0:
        other = dice.choice([w for w in line.words if w != word])
        later = at + timedelta(hours=5)
        raw = plain_mail(f"log {code} {other}", later, "Note: I was wrong").as_bytes()
        mail = Mail("correction", raw, later + timedelta(minutes=1), "answer", code, other, later)
        mail.note = "I was wrong"
        made.mails.append(mail)


def _no_answers(made: Corpus, dice: random.Random, line: _Line) -> None:
    """Add what must not land: newer mails, most of them with another word than the answer's."""
    number, code, now = line.number, line.code, line.now
    at = (now - timedelta(hours=dice.randrange(1, 40))).replace(microsecond=0)
    word = dice.choice(line.words)
    subject = f"log {code} {word}"
    bounce = plain_mail(subject, at)
    bounce.replace_header("From", "MAILER-DAEMON@example.org")
    bounce.replace_header("Content-Type", "multipart/report; report-type=delivery-status")
    kinds: list[tuple[str, EmailMessage, Fate]] = [
        ("reply", plain_mail(f"Re: {subject}", at, "Thanks!"), "doubtful"),
        ("reply without prefix", plain_mail(subject, at, In_Reply_To="<a@b>"), "doubtful"),
        ("references", plain_mail(subject, at, References="<a@b> <c@d>"), "doubtful"),
        ("forward", plain_mail(f"Fwd: {subject}", at), "doubtful"),
        ("german reply", plain_mail(f"AW: Re: {subject}", at), "doubtful"),
        ("chinese reply", plain_mail(f"回复: {subject}", at), "doubtful"),
        ("turkish reply", plain_mail(f"Ynt: {subject}", at), "doubtful"),
        ("polish forward", plain_mail(f"Odp: {subject}", at), "doubtful"),
        ("counted reply", plain_mail(f"Re[2]: {subject}", at), "doubtful"),
        ("out of office", plain_mail(subject, at, Auto_Submitted="auto-replied"), "doubtful"),
        ("automatic reply", plain_mail(f"Automatic reply: {subject}", at), "other"),
        ("list", plain_mail(subject, at, Precedence="list"), "doubtful"),
        ("no way back", plain_mail(subject, at, Return_Path="<>"), "doubtful"),
        ("stranger", plain_mail(subject, at, From=f"Eve <{STRANGER}>"), "doubtful"),
        ("forged name", plain_mail(subject, at, From=f'"{KNOWN}" <{STRANGER}>'), "doubtful"),
        ("two senders", plain_mail(subject, at, From=f"{KNOWN}, {STRANGER}"), "doubtful"),
        ("two words", plain_mail(f"log {code} yes or not-now", at), "doubtful"),
        ("half a word", plain_mail(f"log {code} not", at), "doubtful"),
        ("no word", plain_mail(f"log {code}", at), "doubtful"),
        ("a word and more", plain_mail(f"{subject} please", at), "doubtful"),
        ("other kind's word", plain_mail(f"log {code} coming", at), "doubtful"),
        ("unknown code", plain_mail(f"log ZZ{code[2:-2]}ZZ {word}", at), "doubtful"),
        ("short code", plain_mail(f"log {code[:7]} {word}", at), "other"),
        ("log in", plain_mail("log in now", at), "other"),
        ("log file", plain_mail("Log file 12345678 error", at), "other"),
        ("blog", plain_mail(f"Blog {code} {word}", at), "other"),
        ("newsletter", plain_mail("News of the week", at, subject), "other"),
        ("in the middle", plain_mail(f"please {subject}", at), "other"),
        ("empty pairs", plain_mail("log", at, "nothing here"), "doubtful"),
        ("no subject", plain_mail("", at, subject), "other"),
        ("still to come", plain_mail(subject, at), "doubtful"),
    ]  # fmt: skip
    for step in range(7):
        name, message, fate = kinds[(number * 7 + step) % len(kinds)]
        if name == "still to come":
            continue  # a mail's own date is believed only near its arrival: no such answer exists
        made.mails.append(Mail(name, message.as_bytes(), at + timedelta(minutes=1), fate))
    if number % 10 == 0:
        made.mails.append(
            Mail("damaged", b"\xff\xfe\x00 not a mail\r\nSubject: log\r\n", at, "other")
        )
        made.mails.append(Mail("bounce", bounce.as_bytes(), at, "doubtful"))
        huge = plain_mail(subject, at, "x" * 1_200_000 + "\n")
        made.mails.append(Mail("huge", huge.as_bytes(), at, "doubtful"))
