"""Delivery against a real mail server: encrypted, tried again, refused, never twice; and a folder."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hostile
import pytest
from aiosmtpd.smtp import AuthResult
from mail_server import AnyPort, Box

import organizing_analytics as oa
from organizing_analytics.errors import DeliveryError
from organizing_analytics.reports import TeamReport
from organizing_analytics.weekly.delivery import DeliverySettings, deliver, read_settings
from organizing_analytics.weekly.delivery import message as message_module
from organizing_analytics.weekly.delivery.first_screen import MAX_LINES
from organizing_analytics.weekly.delivery.folder import copy_pages
from organizing_analytics.weekly.delivery.mail import Letter, Sent, send_all
from organizing_analytics.weekly.delivery.message import (
    Enclosed,
    file_names,
    make_message,
    subject,
)
from organizing_analytics.weekly.delivery.settings import Mail, is_address
from organizing_analytics.weekly.journal import Journal
from organizing_analytics.weekly.reporting import Wanted, WeekReports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WEEK = "2024-W47"
PAGE = "<!DOCTYPE html><p>{team}, as of 2024-11-24, snapshot {snapshot}. Ünïcode</p>\n.\n..dots\n"
PASSWORD = "a secret, not to be seen"


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def serve(box: Box) -> Iterator[Callable[..., Mail]]:
    """Start a server and return the settings that reach it."""
    running: list[AnyPort] = []

    def _serve(**more: Any) -> Mail:
        server = AnyPort(box, hostname="127.0.0.1", port=0, **more)
        server.start()
        running.append(server)
        return Mail(
            "127.0.0.1", "reports@example.org", server.port, "none", tries=2, wait_seconds=0
        )

    yield _serve
    for server in running:
        server.stop(no_assert=True)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost that nobody but its own file vouches for, and its key."""
    if not shutil.which("openssl") and not os.environ.get("CI"):
        pytest.skip("there is no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout key.pem -out cert.pem"
    words = [*command.split(), "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(words, cwd=folder, check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def server_tls(certificate) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context


def login(server, session, envelope, mechanism, data):
    ok = (data.login, data.password) == (b"oa", PASSWORD.encode())
    return AuthResult(success=ok, handled=ok)


def letter(address: str = "ann@example.org", **more: Any) -> tuple[Letter, list[Any]]:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "reports@example.org", address, "Hello"
    message.set_content("line\n.\n..two\n.end\n")
    said: list[Any] = []
    made = Letter(message, address, lambda: said.append("before"), said.append, **more)
    return made, said


# --- messages -------------------------------------------------------------------------------


def enclosed(tmp_path: Path, name: str = "North", team: str = "N") -> Enclosed:
    page = tmp_path / f"{team}.html"
    page.write_text(PAGE.format(team=team, snapshot=1), encoding="utf-8")
    return Enclosed(team, name, page, "d", "12 of 19 came <b>.", "as of 2024-11-24, snapshot 1")


def made_message(tmp_path: Path, *names: str, **more: Any) -> EmailMessage:
    reports = [enclosed(tmp_path, name, f"T{i}") for i, name in enumerate(names)]
    mail = Mail("localhost", "reports@example.org", reply_to="me@example.org")
    options = {"address": "ann@example.org", "recipient": "r", "is_correction": False} | more
    made = make_message(WEEK, reports, mail=mail, **options)
    return message_from_bytes(made.as_bytes(), policy=default)


def test_a_message_says_the_week_in_text_and_html_and_encloses_the_page(tmp_path):
    message = made_message(tmp_path, "Nörd <i>")
    assert message["Subject"] == "Weekly report 2024-W47: Nörd <i>"
    assert (message["To"], message["Reply-To"]) == ("ann@example.org", "me@example.org")
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert "12 of 19 came <b>." in text
    assert "snapshot 1" in text
    assert "12 of 19 came &lt;b&gt;." in html
    assert "Nörd &lt;i&gt;" in html
    assert "<i>" not in html
    assert "<script" not in html
    assert "http" not in html
    [page] = message.iter_attachments()
    assert page.get_filename() == "Nörd i 2024-W47.html"
    assert page.get_content_type() == "text/html"
    assert page.get_content() == PAGE.format(team="T0", snapshot=1)


def test_two_teams_come_in_one_message(tmp_path):
    message = made_message(tmp_path, "North", "North", is_correction=True)
    assert message["Subject"] == "Corrected weekly report 2024-W47: North, North"
    names = [page.get_filename() for page in message.iter_attachments()]
    assert names == ["North 2024-W47.html", "North 2024-W47 2.html"]


@pytest.mark.parametrize(
    "name",
    [
        "North\r\nBcc: eve@example.org",
        "North\nSubject: other",
        "\u202eevil\u2066\u200f",
        "👩‍👩‍👧 Team 🎉",
        "a" * 500,
        "../../x",
        "\x00\x1b[31m",
        "\ud800half",
        "=?utf-8?q?x?=",
        "",
    ],
)
def test_names_do_not_break_out_of_headers(tmp_path, name):
    message = made_message(tmp_path, name)
    assert message["Bcc"] is None
    assert len(message.get_all("Subject")) == 1
    assert len(message["Subject"]) < 120
    [page] = message.iter_attachments()
    file = page.get_filename()
    assert file.endswith("2024-W47.html")
    assert not set(file) & set("/\\\r\n\u202e\x00")
    assert not file.startswith(".")
    assert len(file) < 100


OURS = {
    "subject", "from", "to", "reply-to", "date", "message-id", "auto-submitted", "mime-version",
    "content-type",
}  # fmt: skip


@pytest.mark.parametrize("name", hostile.ENCODED_WORDS)
def test_an_encoded_word_in_a_name_forges_nothing(tmp_path, name):
    """CVE-2024-6923: the email package of older Pythons writes a header from it."""
    for team in ("T", name):
        message = made_message(tmp_path, name, team)
        assert {header.casefold() for header in message} == OURS
        assert message["Reply-To"] == "me@example.org"
        assert "=?" not in message["Subject"]
        files = [page.get_filename() for page in message.iter_attachments()]
        assert len(files) == 2
        assert not any("=?" in file for file in files)


def test_an_encoded_word_is_read_as_what_it_says(tmp_path):
    message = made_message(tmp_path, "=?utf-8?q?N=C3=B6rd?= side", "=?no-such-set?q?x?=")
    assert message["Subject"] == "Weekly report 2024-W47: Nörd side, = ?no-such-set?q?x?="


def test_what_would_break_out_all_the_same_is_not_sent(tmp_path, monkeypatch):
    monkeypatch.setattr(message_module, "header_text", lambda text, **_: text)
    with pytest.raises(DeliveryError, match="not sent"):
        made_message(tmp_path, hostile.ENCODED_WORDS[0])


@pytest.mark.parametrize("place", ["{}@example.org", "ann@{}", "ann@example.org{}"])
def test_an_encoded_word_is_no_address(place):
    assert not any(is_address(place.format(word)) for word in hostile.ENCODED_WORDS)


def test_the_same_pages_have_the_same_message_id(tmp_path):
    first, again = made_message(tmp_path, "North"), made_message(tmp_path, "North")
    assert first["Message-ID"] == again["Message-ID"]
    assert first["Message-ID"] != made_message(tmp_path, "North", recipient="s")["Message-ID"]


def test_a_subject_names_three_teams_at_most(tmp_path):
    reports = [enclosed(tmp_path, f"T{i}") for i in range(5)]
    said = subject(WEEK, reports, is_correction=False)
    assert said == "Weekly report 2024-W47: T0, T1, T2 and 2 more"
    assert len(set(file_names(WEEK, reports))) == 5


# --- the mail server ------------------------------------------------------------------------


def test_a_message_arrives_as_it_was(serve, box):
    one, said = letter()
    send_all([one], serve())
    assert said == ["before", Sent("sent")]
    [message] = box.to("ann@example.org")
    assert message.get_content().splitlines() == ["line", ".", "..two", ".end"]


def test_starttls_with_a_login(serve, box, server_tls, certificate, monkeypatch):
    mail = serve(
        tls_context=server_tls, require_starttls=True, auth_required=True, authenticator=login
    )
    monkeypatch.setenv("OA_PASSWORD", PASSWORD)
    safe = replace(
        mail, host="localhost", security="starttls", ca_file=certificate[0], user="oa",
        password_env="OA_PASSWORD",
    )  # fmt: skip
    one, said = letter()
    send_all([one], safe)
    assert said[-1] == Sent("sent")
    assert box.sessions[0].ssl is not None
    monkeypatch.setenv("OA_PASSWORD", "wrong")
    two, said = letter()
    three, also = letter("bo@example.org")
    send_all([two, three], safe)
    assert (said[-1].outcome, also[-1].outcome) == ("refused", "refused")
    assert "535" in said[-1].why
    assert "wrong" not in said[-1].why


def test_tls_from_the_first_byte(serve, box, server_tls, certificate):
    mail = serve(ssl_context=server_tls)
    one, said = letter()
    send_all([one], replace(mail, host="localhost", security="tls", ca_file=certificate[0]))
    assert said[-1] == Sent("sent")


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_gets_nothing(serve, box, server_tls, security):
    more = {"ssl_context": server_tls} if security == "tls" else {"tls_context": server_tls}
    one, said = letter()
    send_all([one], replace(serve(**more), host="localhost", security=security))
    assert said[-1].outcome == "failed"
    assert "certificate" in said[-1].why
    assert not box.taken


def test_starttls_is_not_given_up(serve, box):
    """A server, or somebody on the way, that offers none gets neither password nor message."""
    one, said = letter()
    send_all([one], replace(serve(), security="starttls"))
    assert said[-1].outcome == "refused"
    assert not box.taken


def test_what_is_temporary_is_tried_again_with_longer_waits(serve, box):
    box.answers["ann@example.org"] = ["451 greylisted", "451 greylisted"]
    one, said = letter()
    other, also = letter("bo@example.org")
    waits: list[float] = []
    send_all([one, other], replace(serve(), tries=4, wait_seconds=5), sleep=waits.append)
    assert said == ["before", Sent("sent")]
    assert also == ["before", Sent("sent")]
    assert waits == [5, 15]
    assert len(box.taken) == 2


def test_what_stays_temporary_fails_in_the_end(serve, box):
    box.answers["ann@example.org"] = ["451 full: <ann@example.org>"] * 9
    one, said = letter()
    send_all([one], replace(serve(), tries=3), sleep=lambda _: None)
    assert len(box.answers["ann@example.org"]) == 9 - 3
    assert said[-1].outcome == "failed"
    assert "451" in said[-1].why
    assert "ann@" not in said[-1].why


def test_what_is_permanent_is_not_tried_again(serve, box):
    box.answers["ann@example.org"] = ["550 no such user ann@example.org"] * 9
    one, said = letter()
    other, also = letter("bo@example.org")
    send_all([one, other], serve())
    assert len(box.answers["ann@example.org"]) == 8
    assert said[-1].outcome == "refused"
    assert "ann@" not in said[-1].why
    assert also[-1] == Sent("sent")


def test_nobody_knows_whether_it_went_when_the_end_is_not_answered(serve, box):
    box.hang_up_after_end = True
    one, said = letter()
    send_all([one], replace(serve(), tries=3), sleep=lambda _: None)
    assert said[-1].outcome == "uncertain"
    assert len(box.taken) == 1


def test_a_server_that_is_not_there_is_asked_once_a_turn(serve):
    letters = [letter(f"p{n}@example.org") for n in range(3)]
    nobody = Mail("127.0.0.1", "reports@example.org", 1, "none", tries=3, wait_seconds=1)
    waits: list[float] = []
    send_all([one for one, _ in letters], nobody, sleep=waits.append)
    assert waits == [1, 3]
    assert [[sent.outcome for sent in said] for _, said in letters] == [["failed"]] * 3


def test_a_message_that_is_too_large_is_not_sent(serve, box):
    one, said = letter()
    one.message.set_content("x" * 70 + "\n" + "y" * 2_000_000)
    send_all([one], replace(serve(), max_megabytes=1))
    assert said[-1].outcome == "refused"
    assert "max_megabytes" in said[-1].why
    assert not box.taken


def test_an_address_that_the_server_cannot_write(serve, box):
    one, said = letter("añn@example.org")
    other, also = letter("bo@example.org")
    send_all([one, other], serve(enable_SMTPUTF8=False))
    assert said[-1].outcome == "refused"
    assert also[-1] == Sent("sent")


# --- who gets what, and once ---------------------------------------------------------------


@pytest.fixture
def filled(write, store) -> Path:
    folder = write(
        teams="team_id,name,lead_id\nN,North,ann\nS,South,ann\nW,West,bo\nE,East,\nQ,Quiet,cy\n",
        people=(
            "person_id,email,do_not_contact\nann,Ann@example.org,\nbo,bo@example.org,\n"
            "cy,cy@example.org,yes\n"
        ),
    )
    oa.load_files(folder, store=store, timezone="UTC")
    return store


@pytest.fixture
def desk(filled, tmp_path) -> Callable[..., Any]:
    """Deliver made-up pages: desk(mail, teams, snapshot=…) → {teams: status}."""
    out = tmp_path / "out"

    def page(team: str, snapshot: int, said: str) -> TeamReport:
        html = out / WEEK / f"{team}.html"
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(PAGE.format(team=team + said, snapshot=snapshot), encoding="utf-8")
        return TeamReport(team, html, None, "failed" if said == "!" else "done", 0.1)

    def _deliver(
        settings: DeliverySettings | Mail, teams: str = "NSWEQ", *, snapshot: int = 1, dry_run: bool = False,
        **said: str,
    ) -> dict[str, str]:  # fmt: skip
        reports = [page(team, snapshot, said.get(team, "")) for team in teams]
        names = {team: f"Team {team}" for team in teams}
        made = WeekReports(WEEK, snapshot, names, reports, frozenset())
        given = (
            settings if isinstance(settings, DeliverySettings) else DeliverySettings(mail=settings)
        )
        (filled / ".weekly").mkdir(exist_ok=True)
        done = deliver(
            made, given, wanted=Wanted(filled, out), journal=Journal.open(filled / ".weekly"),
            dry_run=dry_run,
        )  # fmt: skip
        return {"".join(one.teams): one.status for one in done}

    return _deliver


def test_one_message_a_lead_and_none_twice(serve, box, desk):
    mail = serve()
    first = {"NS": "sent", "W": "sent", "E": "no address", "Q": "no address"}
    assert desk(mail) == first
    [both] = box.to("Ann@example.org")
    assert len(list(both.iter_attachments())) == 2
    again = {"N": "already sent", "S": "already sent", "W": "already sent"}
    assert desk(mail) == {**again, "E": "no address", "Q": "no address"}
    # Another snapshot, the same page but for its number: nothing new to say.
    assert desk(mail, snapshot=2)["W"] == "already sent"
    assert len(box.taken) == 2


def test_a_page_that_has_changed_is_sent_as_a_correction(serve, box, desk):
    mail = serve()
    desk(mail, "W")
    assert desk(mail, "W", snapshot=2, W=" corrected") == {"W": "sent"}
    assert desk(mail, "W", snapshot=3, W=" corrected") == {"W": "already sent"}
    assert desk(mail, "W", snapshot=4) == {"W": "already sent"}  # back to what was sent first
    subjects = [message["Subject"] for message in box.to("bo@example.org")]
    assert [said.split()[0] for said in subjects] == ["Weekly", "Corrected"]
    assert desk(replace(mail, again="never"), "W", W=" once more") == {"W": "already sent"}


def test_a_failed_report_is_not_sent_and_goes_when_it_is_made(serve, box, desk):
    mail = serve()
    assert desk(mail, "NS", N="!") == {"S": "sent"}
    assert desk(mail, "NS") == {"S": "already sent", "N": "sent"}
    assert [len(list(m.iter_attachments())) for m in box.to("Ann@example.org")] == [1, 1]


def test_what_failed_is_sent_by_the_next_run(serve, box, desk):
    box.answers["bo@example.org"] = ["451 later"] * 2
    mail = serve()
    assert desk(mail, "W") == {"W": "failed"}
    assert desk(mail, "W") == {"W": "sent"}
    assert box.to("bo@example.org")[0]["Subject"].startswith("Weekly")


def test_what_is_uncertain_is_not_sent_again_until_asked(serve, box, desk, filled):
    box.hang_up_after_end = True
    mail = serve()
    assert desk(mail, "W") == {"W": "uncertain"}
    box.hang_up_after_end = False
    assert desk(mail, "W") == {"W": "uncertain"}
    assert len(box.taken) == 1
    Journal.open(filled / ".weekly").forget_messages(WEEK, "W")
    assert desk(mail, "W") == {"W": "sent"}
    ids = {message["Message-ID"] for message in box.to("bo@example.org")}
    assert len(ids) == 1  # a mail program may tell that they are the same


def test_the_settings_name_other_addresses_and_more(serve, box, desk):
    mail = replace(
        serve(), to={"W": ("new@example.org",), "N": ()}, also={"E": ("all@example.org",),
        "W": ("all@example.org", "NEW@example.org")},
    )  # fmt: skip
    done = desk(mail, "NWEQ")
    assert done == {"N": "no address", "Q": "no address", "W": "sent", "WE": "sent"}
    assert sorted(to for to, _ in box.taken) == ["all@example.org", "new@example.org"]


def test_a_dry_run_writes_eml_files_and_sends_nothing(serve, box, desk, tmp_path):
    mail = serve()
    assert desk(mail, "NSW", dry_run=True) == {"NS": "written", "W": "written"}
    files = sorted((tmp_path / "out" / "outbox" / WEEK).glob("*.eml"))
    assert [file.name for file in files] == ["001-N.eml", "002-W.eml"]
    message = message_from_bytes(files[0].read_bytes(), policy=default)
    assert message["To"] == "Ann@example.org"
    assert not box.taken
    assert desk(mail, "W") == {"W": "sent"}


def test_neither_address_nor_password_is_in_the_journal(serve, desk, filled):
    desk(serve())
    text = (filled / ".weekly" / "journal.json").read_text(encoding="utf-8")
    assert "sent" in text
    assert "@" not in text
    assert "example" not in text


# --- the folder -----------------------------------------------------------------------------


def test_a_folder_gets_whole_files_and_only_those_that_changed(desk, tmp_path):
    out, drive = tmp_path / "out", tmp_path / "drive with space"
    (out / WEEK).mkdir(parents=True)
    (out / "index.html").write_text("index")
    to = DeliverySettings(folder=drive)
    assert desk(to, "NS") == {"": "copied"}
    assert (drive / WEEK / "N.html").read_bytes() == (out / WEEK / "N.html").read_bytes()
    os.utime(drive / "index.html", (1, 1))
    assert desk(to, "NS") == {"": "unchanged"}
    assert (drive / "index.html").stat().st_mtime == 1
    assert desk(to, "NS", N="new") == {"": "copied"}
    assert (drive / "index.html").stat().st_mtime == 1
    assert not list(drive.rglob(".*"))
    assert desk(to, "N", dry_run=True, N="newer") == {"": "not wanted"}
    assert "newer" not in (drive / WEEK / "N.html").read_text()


def test_a_folder_that_refuses_is_said(desk, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").touch()
    (tmp_path / "drive").write_text("a file")
    assert desk(DeliverySettings(folder=tmp_path / "drive"), "N") == {"": "failed"}


def test_a_copy_that_stops_leaves_the_old_page(tmp_path, monkeypatch):
    base, to = tmp_path / "a", tmp_path / "b"
    for folder, text in ((base, "new"), (to, "old")):
        folder.mkdir()
        (folder / "page.html").write_text(text)
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OSError, match="full"):
        copy_pages([base / "page.html"], base=base, to=to)
    assert [(p.name, p.read_text()) for p in to.iterdir()] == [("page.html", "old")]


# --- the settings ---------------------------------------------------------------------------

GOOD = '[mail]\nhost = "mail.example.org"\nfrom = "reports@example.org"\n'


def settings_from(tmp_path: Path, text: str) -> DeliverySettings:
    file = tmp_path / "delivery.toml"
    file.write_text(text, encoding="utf-8")
    return read_settings(file)


def test_settings_and_their_defaults(tmp_path):
    made = settings_from(
        tmp_path, GOOD + '[mail.to]\nN = "a@example.org"\n[folder]\npath = "drive"'
    )
    assert made.mail is not None
    assert (made.mail.port, made.mail.security, made.mail.again) == (587, "starttls", "changed")
    assert made.mail.to == {"N": ("a@example.org",)}
    assert made.folder == tmp_path / "drive"


def test_the_example_is_one():
    made = read_settings(Path(__file__).parents[2] / "examples" / "delivery.toml")
    assert made.mail is not None
    assert made.folder is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "neither"),
        ("[mail", "not TOML"),
        ("[post]\n", 'no table "post"'),
        ('[mail]\nhost = "h"\n', "needs from"),
        (GOOD + 'password = "x"\n', "Take it out"),
        (GOOD + 'securty = "tls"\n', "Did you mean security"),
        (GOOD + 'security = "ssl"\n', "starttls, tls, none"),
        (GOOD + 'security = "none"\n', "localhost only"),
        (GOOD + 'user = "u"\n', "password_env or password_file"),
        (GOOD + 'user = "u"\npassword_env = "A"\npassword_file = "b"\n', "one of them"),
        (GOOD + 'password_env = "A"\n', "no user"),
        (GOOD + 'port = "25"\n', "whole number"),
        (GOOD + "tries = 0\n", "1 or more"),
        (GOOD + 'reply_to = "Ann <a@b.org>"\n', "an address like"),
        (GOOD + 'again = "always"\n', "changed, never"),
        (GOOD + '[mail.to]\nN = "a@b.org\\nBcc: e@f.org"\n', "a list of addresses"),
        (GOOD + "[mail.also]\nN = 3\n", "a list of addresses"),
        ('[folder]\nplace = "x"\n', "There are: path"),
        ("[folder]\n", "needs path"),
    ],
)
def test_wrong_settings_are_said(tmp_path, text, said):
    with pytest.raises(DeliveryError, match="delivery.toml") as error:
        settings_from(tmp_path, text)
    assert said in str(error.value)


def test_the_password_comes_from_the_environment_or_a_file(tmp_path, monkeypatch):
    (tmp_path / "secret").write_text(f"{PASSWORD}\n")
    text = GOOD + 'user = "u"\npassword_file = "secret"\n'
    made = settings_from(tmp_path, text)
    assert made.mail is not None
    assert made.mail.password() == PASSWORD
    assert PASSWORD not in repr(made)
    (tmp_path / "secret").unlink()
    with pytest.raises(DeliveryError, match="password should be in this file"):
        made.mail.password()
    monkeypatch.delenv("OA_NONE", raising=False)
    with pytest.raises(DeliveryError, match="OA_NONE"):
        replace(made.mail, password_file=None, password_env="OA_NONE").password()


def test_a_warning_of_the_data_stands_in_both_parts(tmp_path):
    warning = "Nothing of <b>.csv was loaded:\nevery row of it was rejected."
    message = made_message(tmp_path, "North", warnings=[warning])
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert "Nothing of <b>.csv was loaded: every row of it was rejected." in text
    assert "Nothing of &lt;b&gt;.csv was loaded: every row of it was rejected." in html
    assert "rejected" not in made_message(tmp_path, "North").get_body(("plain",)).get_content()


def test_the_lines_of_the_list_can_be_answered_from_the_mail(tmp_path):
    line = {"name": "Ann <b>", "what": "Ask\nagain", "links": [("Yes", "mailto:a@x.org?a&b")]}
    report = replace(enclosed(tmp_path), lines=(line,) * (MAX_LINES + 5))
    mail = Mail("localhost", "reports@example.org")
    more = {"address": "ann@example.org", "recipient": "r", "is_correction": False}
    message = message_from_bytes(
        make_message(WEEK, [report], mail=mail, **more).as_bytes(), policy=default
    )
    html = message.get_body(("html",)).get_content()
    assert "<b>Ann &lt;b&gt;</b>: Ask again" in html
    assert html.count('<a href="mailto:a@x.org?a&amp;b">Yes</a>') == MAX_LINES
    assert "mailto" not in made_message(tmp_path, "North").get_body(("html",)).get_content()
