"""Answers by mail: a real IMAP server, a thousand mails of 30 kinds, in any order."""

from __future__ import annotations

import json
import os
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pandas as pd
import pytest
from answer_mails import ADDRESS, KNOWN, Corpus, corpus, plain_mail
from imap_server import PASSWORD, USER, ImapServer, imap_server, program

import organizing_analytics as oa
from organizing_analytics.errors import DeliveryError
from organizing_analytics.logbook import mail as rules_of_mail
from organizing_analytics.logbook.codes import ALPHABET
from organizing_analytics.logbook.lines import issue_lines
from organizing_analytics.logbook.links import answer_links
from organizing_analytics.logbook.mail import MailRules, read_mail
from organizing_analytics.logbook.mailbox import Mailbox, read_answers
from organizing_analytics.logbook.recording import record
from organizing_analytics.logbook.words import WORDS, LineKind

NOW = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
ACTIONS = {"ask": ("reshift", "canvass"), "call": ("follow_up", None), "met": ("maintenance", None)}
SEED = 20261127


@pytest.fixture
def lines(write, store) -> dict[str, list[str]]:
    """A campaign of 130 people; each has a line, by kind."""
    people = "".join(f"p{n},Person{n},\n" for n in range(130))
    rows = f"person_id,given_name,email\norg,Ann,{KNOWN}\n{people}"
    oa.load_files(write(people=rows), store=store, timezone="America/New_York")
    kinds = [("ask", "call", "met")[n % 3] for n in range(130)]
    frame = pd.DataFrame(
        {
            "person_id": [f"p{n}" for n in range(130)],
            "action": [ACTIONS[kind][0] for kind in kinds],
            "ask_for": [ACTIONS[kind][1] for kind in kinds],
        }
    )
    codes = issue_lines(store, frame.astype(object), NOW.date() - timedelta(days=5))
    by_kind: dict[str, list[str]] = {"ask": [], "call": [], "met": []}
    for kind, code in zip(kinds, codes, strict=True):
        by_kind[kind].append(str(code))
    return by_kind


@pytest.fixture(scope="module")
def server() -> Any:
    if program() is None:
        if os.environ.get("CI"):
            pytest.fail("Dovecot is needed here: apt-get install dovecot-imapd")
        pytest.skip("there is no Dovecot")
    with imap_server() as started:
        yield started


def mailbox(server: ImapServer, monkeypatch, **changes: Any) -> Mailbox:
    monkeypatch.setenv("OA_TEST_IMAP", PASSWORD)
    return replace(
        Mailbox("localhost", USER, "OA_TEST_IMAP", None, server.tls_port, "tls",
                ca_file=server.certificate),
        **changes,
    )  # fmt: skip


def states(store: Path) -> dict[str, tuple[str, str]]:
    """Return what the store holds of each code: the newest reply's word and note, by SQL."""
    with oa.open_store(store) as data:
        rows = data.connection.execute(
            "SELECT DISTINCT ON (code) code, word, coalesce(notes, '') FROM main.log_replies "
            "ORDER BY code, happened_at DESC"
        ).fetchall()
    return {code: (word.replace("_", "-"), note) for code, word, note in rows}


def test_a_thousand_mails_in_any_order_leave_what_was_answered(
    lines, store, server, monkeypatch
) -> None:
    made = corpus(lines, now=NOW, seed=SEED)
    assert len(made.mails) >= 1000
    assert len({mail.kind for mail in made.mails}) >= 30
    shuffled = list(made.mails)
    random.Random(SEED).shuffle(shuffled)
    # A mail that is delivered twice is the same mail whichever of the two comes first.
    server.deliver([(mail.raw, mail.arrived_at) for mail in shuffled])
    before = [raw for _, raw in server.state()]
    read = read_answers(store, mailbox(server, monkeypatch))
    assert states(store) == made.states
    assert read.mails == len(made.mails)
    assert len(read.logged.recorded) == len(made.states)
    assert len(read.doubts) == made.count("doubtful")
    assert read.others == made.count("other")
    assert sorted(raw for _, raw in server.state()) == sorted(before)
    assert not any("S" in flags for flags, _ in server.state()), "a mail was marked as read"
    # No text of a mail and no address is told.
    told = json.dumps(read.doubts)
    assert "@" not in told
    assert "please" not in told
    again = read_answers(store, mailbox(server, monkeypatch))
    assert (again.mails, again.logged.recorded, again.doubts) == (0, [], [])
    # Where the reading stands is lost: everything is read again, and nothing changes.
    (store / "log_mail.json").unlink()
    snapshot = oa.store_history(store)[0].snapshot
    again = read_answers(store, mailbox(server, monkeypatch))
    assert again.logged.recorded == []
    assert states(store) == made.states
    assert oa.store_history(store)[0].snapshot == snapshot


def outcome(made: Corpus, lines: dict[str, list[str]]) -> dict[str, tuple[str, str]]:
    """Return what the rules take of a corpus, without a server or a store: newest wins."""
    rules = MailRules({KNOWN: "org"})
    newest: dict[str, tuple[datetime, str, str]] = {}
    seen: set[str] = set()
    kinds = {code: LineKind(kind) for kind, group in lines.items() for code in group}
    for mail in made.mails:
        if mail.kind == "huge":  # it is not even fetched
            continue
        answers = read_mail(mail.raw, arrived_at=mail.arrived_at, rules=rules)
        if answers.digest in seen:
            continue
        seen.add(answers.digest)
        for reply in answers.replies:
            word = reply.word.casefold().replace(" ", "-").replace("_", "-")
            if reply.code not in kinds or word.replace("-", "_") not in WORDS[kinds[reply.code]]:
                continue
            held = newest.get(reply.code)
            if held is None or reply.at > held[0]:
                newest[reply.code] = (reply.at, word, reply.note)
    return {code: (word, note) for code, (_, word, note) in newest.items()}


OFF: dict[str, tuple[str, Any]] = {
    "replies": ("_without_prefixes", lambda subject: (
        rules_of_mail.plain(subject.rpartition(": ")[2]), False)),
    "references": ("_refers", lambda message: False),
    "machines": ("_machine", lambda message, subject: None),
    "senders": ("_sender_refusal", lambda message, rules: None),
    "one form": ("plain", lambda text: " ".join(text.split())),
    "exact words": ("_code_and_word", lambda text: (
        rules_of_mail.read_code(text.split(" ")[0]), [*text.split(" "), "", ""][1])),
    "own date": ("_moment", lambda message, arrived_at: arrived_at.replace(year=2020)),
    "delivered twice": ("_digest", lambda message, raw: uuid4().hex),
    "first paragraph": ("_note", lambda body: body.strip()[:500]),
}  # fmt: skip


@pytest.mark.parametrize("rule", OFF)
def test_each_rule_is_needed(rule: str, monkeypatch) -> None:
    dice = random.Random(SEED)
    lines = {kind: ["".join(dice.choices(ALPHABET, k=8)) for _ in range(21)] for kind in ACTIONS}
    made = corpus(lines, now=NOW, seed=SEED)
    assert outcome(made, lines) == made.states
    if rule == "delivered twice":
        # Without a date that can be believed, a second delivery would undo a correction.
        for mail in made.mails:
            if mail.kind == "delivered twice":
                mail.raw = mail.raw.replace(b"\nDate: ", b"\nX-Date: ")
        twins = {m.raw.replace(b"\nX-Date: ", b"\nDate: ") for m in made.mails
                 if m.kind == "delivered twice"}  # fmt: skip
        for mail in made.mails:
            if mail.kind != "delivered twice" and mail.raw in twins:
                mail.raw, mail.at = mail.raw.replace(b"\nDate: ", b"\nX-Date: "), mail.arrived_at
        assert outcome(made, lines) == made.states
    name, without = OFF[rule]
    monkeypatch.setattr(rules_of_mail, name, without)
    assert outcome(made, lines) != made.states


def test_a_link_of_each_word_lands_as_that_word(lines) -> None:
    from urllib.parse import parse_qs, urlsplit

    code = lines["ask"][0]
    for label, link in answer_links(code, LineKind.ASK, address=ADDRESS, name="Zoë O'Hara & Co"):
        parts = urlsplit(link)
        fields = {key: values[0] for key, values in parse_qs(parts.query).items()}
        assert "+" not in parts.query
        raw = plain_mail(fields["subject"], NOW, fields["body"]).as_bytes()
        answers = read_mail(raw, arrived_at=NOW, rules=MailRules({KNOWN: None}))
        (reply,) = answers.replies
        assert reply.code == code
        assert WORDS[LineKind.ASK][reply.word.replace("-", "_")].label == label
        assert reply.note == ""
        assert "Zo" not in fields["subject"]


def test_where_the_server_checks_senders_the_check_must_have_passed() -> None:
    rules = MailRules({KNOWN: "org"}, checked_by="mx.campaign.example")
    checks = {
        "mx.campaign.example; spf=pass; dmarc=pass header.from=example.org": True,
        "mx.campaign.example; dmarc=fail": False,
        "mx.elsewhere.example; dmarc=pass": False,
        "mx.campaign.example; x-dmarc=pass": False,
    }
    for check, is_taken in checks.items():
        message = plain_mail("log 7K3MQ2ZT yes", NOW, Authentication_Results=check)
        assert bool(read_mail(message.as_bytes(), arrived_at=NOW, rules=rules).replies) == is_taken
    forged = plain_mail(
        "log 7K3MQ2ZT yes", NOW, Authentication_Results="mx.campaign.example; dmarc=fail"
    )
    forged["Authentication-Results"] = "mx.campaign.example; dmarc=pass"
    assert not read_mail(forged.as_bytes(), arrived_at=NOW, rules=rules).replies
    assert not read_mail(
        plain_mail("log 7K3MQ2ZT yes", NOW).as_bytes(), arrived_at=NOW, rules=rules
    ).replies


def test_a_mailbox_that_cannot_be_read_is_named_without_its_password(
    lines, store, server, monkeypatch
) -> None:
    box = mailbox(server, monkeypatch)
    wrong = [
        ({"folder": "No such"}, "No such"),
        ({"ca_file": None}, "certificate"),
        ({"port": 1}, "cannot be read"),
        ({"host": "mail.example.org", "security": "none"}, "without encryption"),
    ]
    for change, said in wrong:
        with pytest.raises(DeliveryError, match=said):
            read_answers(store, replace(box, **change))
    monkeypatch.setenv("OA_TEST_IMAP", "another-secret")
    with pytest.raises(DeliveryError) as error:
        read_answers(store, box)
    assert "another-secret" not in str(error.value)
    monkeypatch.delenv("OA_TEST_IMAP")
    with pytest.raises(DeliveryError, match="OA_TEST_IMAP"):
        read_answers(store, box)


def test_the_command_and_the_weekly_run_read_the_mailbox(
    lines, store, server, run, request
) -> None:
    request.getfixturevalue("monkeypatch").setenv("OA_TEST_IMAP", PASSWORD)
    tmp_path = request.getfixturevalue("tmp_path")
    code, other = lines["ask"][:2]
    raw = plain_mail(f"log {code} yes", NOW).as_bytes()
    server.deliver([(raw, NOW), (plain_mail(f"Re: log {other} no", NOW).as_bytes(), NOW)])
    settings = tmp_path / "delivery.toml"
    settings.write_text(
        f'[answers.imap]\nhost = "localhost"\nport = {server.plain_port}\nsecurity = "starttls"\n'
        f'user = "{USER}"\npassword_env = "OA_TEST_IMAP"\nca_file = "{server.certificate}"\n',
        encoding="utf-8",
    )
    said = run("answers", "--delivery", settings, "--store", store)
    assert "it is a reply or was forwarded" in said
    assert states(store)[code] == ("yes", "")
    raw = plain_mail(f"log {other} not-that", NOW).as_bytes()
    server.deliver([(raw, NOW)])
    (tmp_path / "inbox").mkdir()
    done = oa.run_weekly(
        tmp_path / "inbox", out=tmp_path / "out", store=store, delivery=settings, settle_seconds=0
    )
    assert done.as_dict()["answers"]["mails"] == 1
    assert states(store)[other] == ("not-that", "")
    assert "1 answer logged" in "\n".join(done.lines())


def test_a_doubtful_answer_is_named_by_its_own_mail(lines, store, server, monkeypatch) -> None:
    """Also where another mail about the same line is all right."""
    code = lines["ask"][2]
    subjects = (f"log {code} coming", f"log {code} yes")
    server.deliver([(plain_mail(subject, NOW).as_bytes(), NOW) for subject in subjects])
    read = read_answers(store, mailbox(server, monkeypatch))
    named = [doubt["uid"] for doubt in read.doubts if "word" in doubt["why"]]
    doubtful, clear = (server.uid_of(subject) for subject in subjects)
    assert doubtful in named
    assert clear not in named


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('host = "h"\nuser = "u"\npassword = "x"', "holds a password"),
        ('host = "h"\nuser = "u"', "password_env or password_file"),
        ('user = "u"\npassword_env = "X"', "needs host"),
        ('host = "h"\nuser = "u"\npassword_env = "X"\nsecurity = "none"', "this very machine"),
        ('host = "h"\nuser = "u"\npassword_env = "X"\nsecurity = "ssl"', "security"),
        ('host = "h"\nuser = "u"\npassword_env = "X"\nfoldr = "x"', "foldr"),
        ('host = "h"\nuser = "u"\npassword_env = "X"\nport = "993"', "port"),
        ('host = "h"\nuser = "u"\npassword_env = "X"\nsenders = ["ann"]', "addresses"),
    ],
)
def test_a_wrong_setting_of_the_mailbox_is_named(written, said, tmp_path, run) -> None:
    path = tmp_path / "delivery.toml"
    path.write_text(f"[answers.imap]\n{written}\n", encoding="utf-8")
    assert said in run("answers", "--delivery", path, code=1)


def test_an_answer_on_the_same_mail_date_is_the_same_whatever_delivers_it(lines, store) -> None:
    """A mail read from two mailboxes says the same thing once."""
    raw = plain_mail(f"log {lines['ask'][0]} yes", NOW).as_bytes()
    replies = [
        reply
        for minutes in (1, 200)
        for reply in read_mail(
            raw, arrived_at=NOW + timedelta(minutes=minutes), rules=MailRules({KNOWN: "org"})
        ).replies
    ]
    assert len(set(replies)) == 1
    assert len(record(store, replies).recorded) == 1
