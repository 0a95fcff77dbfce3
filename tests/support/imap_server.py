"""A real IMAP server (Dovecot) on this machine's loopback, with a mailbox of one's own mails."""

from __future__ import annotations

import contextlib
import getpass
import imaplib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

USER, PASSWORD = "answers", "a-secret-of-its-own"


@dataclass
class ImapServer:
    """Where the server is, and its mailbox."""

    folder: Path
    tls_port: int
    plain_port: int

    @property
    def certificate(self) -> Path:
        return self.folder / "cert.pem"

    def deliver(self, mails: Sequence[tuple[bytes, datetime]]) -> None:
        """Put mails into the mailbox, each with the moment at which it arrives.

        The server numbers those that it finds together in any order.
        """
        new = self.folder / "mail" / "new"
        start = time.time_ns()
        for number, (raw, at) in enumerate(mails):
            path = new / f"{start + number:020d}.M{number}.test"
            path.write_bytes(raw)
            stamp = (at.replace(tzinfo=None) - at.__class__(1970, 1, 1)).total_seconds()
            os.utime(path, (stamp, stamp))
            if os.geteuid() == 0:
                shutil.chown(path, "nobody", "nogroup")

    def uid_of(self, subject: str) -> int:
        """Return the number of the newest mail with a subject, as the server gave it."""
        with imaplib.IMAP4("127.0.0.1", self.plain_port) as client:
            client.login(USER, PASSWORD)
            client.select(readonly=True)
            _, (numbers,) = client.uid("SEARCH", "HEADER", "SUBJECT", f'"{subject}"')
        return max(int(number) for number in numbers.split())

    def state(self) -> list[tuple[str, bytes]]:
        """Return every mail of the mailbox with its flags, as names and bytes of files."""
        return sorted(
            (path.name.partition(":")[2], path.read_bytes())
            for part in ("new", "cur")
            for path in (self.folder / "mail" / part).iterdir()
        )


def _free_ports() -> tuple[int, int]:
    """Return two ports: both are held until both are known, so they cannot be the same."""
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return int(first.getsockname()[1]), int(second.getsockname()[1])


def program() -> str | None:
    """Return where Dovecot is; None where it is not installed."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextlib.contextmanager
def imap_server() -> Iterator[ImapServer]:
    """Start Dovecot, without more rights than the tests have, and end it."""
    # Dovecot reads mail as nobody where the tests run as root: pytest's folders are too private.
    folder = Path(tempfile.mkdtemp(prefix="oa-imap-"))
    folder.chmod(0o755)
    server = ImapServer(folder, *_free_ports())
    is_root = os.geteuid() == 0
    for part in ("mail", "mail/new", "mail/cur", "mail/tmp", "run"):
        (folder / part).mkdir()
        if is_root and part != "run":
            shutil.chown(folder / part, "nobody", "nogroup")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
         folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "passwords").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
    (folder / "passwords").chmod(0o644)
    own = getpass.getuser()
    users = "" if is_root else f"default_internal_user = {own}\ndefault_login_user = {own}\n"
    mail_uid, mail_gid = ("nobody", "nogroup") if is_root else (os.getuid(), os.getgid())
    (folder / "dovecot.conf").write_text(
        f"""
base_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
{users}
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = {folder}/passwords
}}
userdb {{
  driver = static
  args = uid={mail_uid} gid={mail_gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {server.plain_port}
  }}
  inet_listener imaps {{
    port = {server.tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
""",
        encoding="utf-8",
    )
    path = program()
    assert path is not None
    process = subprocess.Popen(
        [path, "-F", "-c", folder / "dovecot.conf"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(300)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: ImapServer, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", server.tls_port), timeout=1),
        ):
            return
        assert process.poll() is None, (server.folder / "dovecot.log").read_text()
        time.sleep(0.1)
    raise AssertionError((server.folder / "dovecot.log").read_text())
