"""Send messages by SMTP: encrypted, one after the other, tried again where that may help.

A message must not go out twice. What could go wrong between the server's taking it and our
writing that down is kept as small as the protocol allows: all of the message is handed over
first, then `before_end` is called, and only then the line that ends it is sent. If the connection
breaks after that line, nobody can know whether the server has taken the message: it counts as
uncertain and is not tried again.
"""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from organizing_analytics.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage

    from organizing_analytics.weekly.delivery.settings import Mail

#: Each wait is so many times as long as the one before.
BACK_OFF = 3
TEMPORARY = range(400, 500)
MEGABYTE = 1_000_000
BARE_DOT = re.compile(rb"^\.", re.MULTILINE)
ADDRESS = re.compile(r"\S+@\S+")

UNCERTAIN = (
    "The run or the connection broke at the very end of the message: it may have arrived. It is "
    "not sent again, unless you ask for it with --resend."
)

Outcome = Literal["sent", "failed", "refused", "uncertain"]


@dataclass(frozen=True)
class Sent:
    """What became of a message.

    Attributes
    ----------
    outcome : {"sent", "failed", "refused", "uncertain"}
        Failed: tried as often as was allowed. Refused: the server does not want it.
    why : str
        Why, without an address.
    """

    outcome: Outcome
    why: str = ""


@dataclass(frozen=True)
class Letter:
    """A message to send.

    Attributes
    ----------
    message : EmailMessage
        To one address.
    address : str
        That address.
    before_end : callable
        Called when all is handed over but the end.
    after : callable
        Called as soon as it is known what became of it, with `Sent`.
    teams : tuple of str
        Whose reports it brings.
    """

    message: EmailMessage
    address: str
    before_end: Callable[[], None]
    after: Callable[[Sent], None]
    teams: tuple[str, ...] = ()


class _UncertainError(Exception):
    """The connection broke after the end of a message was sent."""


class _Careful(smtplib.SMTP):
    """smtplib's client, with a moment between the message and its end."""

    before_end: Callable[[], None]

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Hand over a message; `send_message` calls it when the recipients are accepted."""
        code, reply = self.docmd("data")
        if code != 354:  # noqa: PLR2004  # "go on"
            raise smtplib.SMTPDataError(code, reply)
        body = BARE_DOT.sub(b"..", msg)
        self.send(body if body.endswith(b"\r\n") else body + b"\r\n")
        self.before_end()
        try:
            self.send(b".\r\n")
            return self.getreply()
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise _UncertainError from error


class _CarefulTls(_Careful, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class Post:
    """A connection to the mail server, opened when it is needed and again when it broke."""

    def __init__(self, mail: Mail) -> None:
        self.mail = mail
        self._client: _Careful | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether there is a connection."""
        return self._client is not None

    def send(self, letter: Letter) -> None:
        """Send one message.

        Raises
        ------
        OSError, SMTPException
            From smtplib; of a connection that could not be made, DeliveryError when it is of no
            use to try again.
        """
        if self._client is None:
            self._client = self._connect()
        self._client.before_end = letter.before_end
        self._client.send_message(letter.message, self.mail.sender, [letter.address])

    def _connect(self) -> _Careful:
        mail = self.mail
        try:
            trusted = ssl.create_default_context(cafile=mail.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise DeliveryError(f"{mail.ca_file}: no certificates can be read from it.") from error
        where: dict[str, Any] = {"host": mail.host, "port": mail.port}
        where["timeout"] = mail.timeout_seconds
        client: _Careful
        if mail.security == "tls":
            client = _CarefulTls(**where, context=trusted)
        else:
            client = _Careful(**where)
        try:
            if mail.security == "starttls":
                client.starttls(context=trusted)
            if mail.user:
                client.login(mail.user, mail.password())
        except BaseException:
            client.close()
            raise
        return client

    def drop(self) -> None:
        """Hang up: in the midst of a message the server would take a good-bye for text."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def close(self) -> None:
        """End the connection as the protocol wants it."""
        if self._client is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._client.quit()
            self.drop()


def send_all(
    letters: list[Letter], mail: Mail, *, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Send messages; those that may go later are tried again, together, after a while.

    A server that cannot be reached, or does not let us in, is not asked again for each message.
    """
    wait = mail.wait_seconds
    for turns_left in reversed(range(mail.tries)):
        letters = _turn(letters, mail, is_last=not turns_left)
        if not letters:
            return
        sleep(wait)
        wait *= BACK_OFF


def _turn(letters: list[Letter], mail: Mail, *, is_last: bool) -> list[Letter]:
    """Try each message once and return those to try again."""
    post = Post(mail)
    later: list[Letter] = []
    try:
        for place, letter in enumerate(letters):
            sent, is_temporary, is_all = _try(post, letter)
            of = letters[place:] if is_all else [letter]
            if is_temporary and not is_last:
                later += of
            else:
                for waiting_letter in of:
                    waiting_letter.after(sent)
            if is_all:
                break
    finally:
        post.close()
    return later


def _try(post: Post, letter: Letter) -> tuple[Sent, bool, bool]:
    """Return what came of it, whether it may go later, and whether that is true of all others."""
    size = len(letter.message.as_bytes())
    if size > post.mail.max_megabytes * MEGABYTE:
        return Sent("refused", _too_large(size, post.mail)), False, False
    try:
        post.send(letter)
    except _UncertainError:
        post.drop()
        return Sent("uncertain", UNCERTAIN), False, False
    except (smtplib.SMTPException, OSError, DeliveryError) as error:
        is_of_all = not post.is_open  # it did not come to this message at all
        post.drop()
        return *_judged(error, post.mail), is_of_all
    return Sent("sent"), False, False


def _too_large(size: int, mail: Mail) -> str:
    return (
        f"The message has {size / MEGABYTE:.1f} MB, more than the {mail.max_megabytes:g} of "
        "max_megabytes. Its page is in the reports' folder."
    )


def _judged(error: Exception, mail: Mail) -> tuple[Sent, bool]:
    """Return what an error means for a message, and whether it may work later."""
    if isinstance(error, DeliveryError):
        return Sent("failed", str(error)), False
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Sent("refused", f"{mail.host} cannot do what is needed: {_clean(str(error))}"), False
    if isinstance(error, ssl.SSLCertVerificationError):
        message = (
            f"The certificate of {mail.host} is not to be trusted: {_clean(error.verify_message)}. "
            "Nothing was sent. For a server with a certificate of your own give ca_file."
        )
        return Sent("failed", message), False
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _answered(*next(iter(error.recipients.values())), mail)
    if isinstance(error, smtplib.SMTPResponseException):
        return _answered(error.smtp_code, error.smtp_error, mail)
    words = _clean(getattr(error, "strerror", None) or str(error) or type(error).__name__)
    where = f"{mail.host}, port {mail.port}"
    return Sent("failed", f"{where} cannot be reached, or hung up: {words}"), True


def _answered(code: int, reply: bytes | str, mail: Mail) -> tuple[Sent, bool]:
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
    answer = f"{mail.host} answered {code} {_clean(words)}"
    # Below 200 there was no answer: the connection is gone.
    is_temporary = code in TEMPORARY or code < 200  # noqa: PLR2004
    return Sent("failed" if is_temporary else "refused", answer), is_temporary


def _clean(words: str) -> str:
    """Return a server's words without addresses, on one line."""
    return " ".join(ADDRESS.sub("(address)", words).split())[:200]
