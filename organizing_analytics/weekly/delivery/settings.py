"""The delivery settings: a TOML file that says where reports go. It never holds the password."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields, replace
from email.errors import MessageError
from email.headerregistry import Address
from pathlib import Path
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import DeliveryError, unknown
from organizing_analytics.passwords import read_password
from organizing_analytics.private_files import SHARE_MODES
from organizing_analytics.weekly.delivery.answers import read_mailbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from organizing_analytics.logbook.mailbox import Mailbox

PORTS = {"starttls": 587, "tls": 465, "none": 25}
LOCAL = ("localhost", "127.0.0.1", "::1")
AGAIN = ("changed", "never")


@dataclass(frozen=True)
class Mail:
    """How messages are sent.

    Attributes
    ----------
    host : str
        The mail server.
    sender : str
        Who they are from; `from` in the file.
    port : int
        By default 587 for starttls, 465 for tls, 25 for none.
    security : {"starttls", "tls", "none"}
        None only to a server on this very machine.
    user : str or None
        Who logs in; nobody when there is none.
    password_env, password_file : str, Path or None
        The variable, or the file, that holds the password.
    reply_to : str or None
        Where answers go.
    ca_file : Path or None
        Certificates to trust instead of the machine's, for a server with one of your own.
    to, also : mapping of str to tuple of str
        By team id: who gets its report instead of its lead; who gets it too.
    again : {"changed", "never"}
        Whether a page that has changed since it was sent is sent again, as a correction.
    tries : int
        How often a message is tried while the server says that it may work later.
    wait_seconds : float
        How long to wait before the second try; each further wait is three times as long.
    timeout_seconds : float
        How long to wait for the server to answer.
    max_megabytes : float
        A larger message is not sent.
    """

    host: str
    sender: str
    port: int = 0
    security: str = "starttls"
    user: str | None = None
    password_env: str | None = None
    password_file: Path | None = None
    reply_to: str | None = None
    ca_file: Path | None = None
    to: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    again: str = "changed"
    tries: int = 4
    wait_seconds: float = 5.0
    timeout_seconds: float = 30.0
    max_megabytes: float = 20.0

    def password(self) -> str:
        """Return the password, from where the settings say that it is.

        Raises
        ------
        DeliveryError
            It is not there.
        """
        return read_password(self.password_env, self.password_file)


@dataclass(frozen=True)
class DeliverySettings:
    """Where reports go: by mail, into a folder, or both; who may read them in the folder.

    And where answers to their lists come in: `mailbox`.
    """

    mail: Mail | None = None
    folder: Path | None = None
    share_mode: str = "private"
    mailbox: Mailbox | None = None

    @property
    def delivers(self) -> bool:
        """Return whether reports go anywhere."""
        return self.mail is not None or self.folder is not None


#: Key of [mail] → what it must be.
_KINDS: dict[str, type | tuple[type, ...]] = {
    "host": str, "from": str, "port": int, "security": str, "user": str, "password_env": str,
    "password_file": str, "reply_to": str, "ca_file": str, "to": dict, "also": dict, "again": str,
    "tries": int, "wait_seconds": (int, float), "timeout_seconds": (int, float),
    "max_megabytes": (int, float),
}  # fmt: skip


def read_settings(path: Path) -> DeliverySettings:
    """Read a file of delivery settings.

    Raises
    ------
    DeliveryError
        It is not there, no TOML, or says something that is not allowed.
    """
    try:
        with path.open("rb") as file:
            written = tomllib.load(file)
    except OSError as error:
        raise DeliveryError(
            f"{path}: the delivery settings cannot be read ({error.strerror})."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeliveryError(f"{path}: these delivery settings are not TOML: {error}.") from error
    try:
        return _settings(written, path.absolute().parent)
    except DeliveryError as error:
        raise DeliveryError(f"{path}: {error}") from error


def _settings(written: dict[str, Any], base: Path) -> DeliverySettings:
    _check_words("table", written, ("mail", "folder", "answers"))
    if not written:
        raise DeliveryError(
            "there is neither [mail] nor [folder] nor [answers.imap]: say where reports go, or "
            "where answers come in."
        )
    for name, table in written.items():
        if not isinstance(table, dict):
            raise DeliveryError(f"write [{name}] as a table, with its keys below it.")
    mail = _mail(written["mail"], base) if "mail" in written else None
    mailbox = read_mailbox(written["answers"], base) if "answers" in written else None
    if "folder" not in written:
        return DeliverySettings(mail, mailbox=mailbox)
    folder = _folder(written["folder"], base)
    share_mode = written["folder"].get("share_mode", "private")
    return DeliverySettings(mail, folder, share_mode, mailbox)


def _folder(written: dict[str, Any], base: Path) -> Path:
    _check_words("key of [folder]", written, ("path", "share_mode"))
    share_mode = written.get("share_mode", "private")
    if share_mode not in SHARE_MODES:
        raise DeliveryError(
            f"[folder] share_mode is {share_mode!r}; allowed are {', '.join(SHARE_MODES)}."
        )
    path = written.get("path")
    if not isinstance(path, str) or not path:
        raise DeliveryError('[folder] needs path = "…", the folder that gets the pages.')
    return base / Path(path).expanduser()


def _mail(written: dict[str, Any], base: Path) -> Mail:
    if "password" in written:
        raise DeliveryError(
            "[mail] holds a password. Take it out: name a variable that holds it "
            "(password_env), or a file that only you may read (password_file)."
        )
    _check_words("key of [mail]", written, _KINDS)
    for key, value in written.items():
        if not isinstance(value, _KINDS[key]) or isinstance(value, bool):
            raise DeliveryError(f"[mail] {key} is {value!r}; {_kind_words(key)} is needed.")
    for key in ("host", "from"):
        if not written.get(key):
            raise DeliveryError(f'[mail] needs {key} = "…".')
    options = {key: value for key, value in written.items() if key not in ("from", "to", "also")}
    for key in ("password_file", "ca_file"):
        if key in options:
            options[key] = base / Path(options[key]).expanduser()
    security = options.setdefault("security", "starttls")
    _one_of("security", security, PORTS)
    options.setdefault("port", PORTS[security])
    to, also = (_addresses(key, written.get(key, {})) for key in ("to", "also"))
    mail = Mail(sender=written["from"], to=to, also=also, **options)
    _check(mail)
    return replace(mail, sender=plain_domain(mail.sender))


def _check(mail: Mail) -> None:
    _one_of("again", mail.again, AGAIN)
    if mail.security == "none" and mail.host not in LOCAL:
        raise DeliveryError(
            f'[mail] security = "none" would send names and pages readably to {mail.host}. It is '
            'allowed to localhost only; use "starttls" or "tls".'
        )
    secrets = [mail.password_env, mail.password_file]
    if mail.user and secrets.count(None) != 1:
        raise DeliveryError("[mail] has a user: give password_env or password_file, one of them.")
    if not mail.user and secrets.count(None) != len(secrets):
        raise DeliveryError("[mail] has a password but no user.")
    for key, value in (("from", mail.sender), ("reply_to", mail.reply_to)):
        if value is not None and not is_address(value):
            raise DeliveryError(f'[mail] {key} is "{value}"; an address like lead@example.org.')
    for item in fields(mail):
        value = getattr(mail, item.name)
        if isinstance(value, (int, float)) and value < (0 if item.name == "wait_seconds" else 1):
            raise DeliveryError(f"[mail] {item.name} is {value}; it must be 1 or more.")


def is_address(text: str) -> bool:
    r"""Tell whether a text is one plain address: no name, no list, no line break, nothing encoded.

    Examples
    --------
    >>> [is_address(text) for text in ("ann@example.org", "ann", "a@b.org\nBcc: c@d.org")]
    [True, False, False]
    >>> is_address("ann@example.org=?utf-8?b?DQo=?=")
    False
    """
    if not text.isprintable() or any(sign in text for sign in (*' ,;<>"()[]\\', "=?")):
        return False
    try:
        parsed = Address(addr_spec=text)
        parsed.domain.encode("idna")
    except (ValueError, IndexError, MessageError):
        return False
    return bool(parsed.username and parsed.domain)


def plain_domain(address: str) -> str:
    """Return an address with its domain as mail servers write it.

    Examples
    --------
    >>> plain_domain("ann@bücher.example")
    'ann@xn--bcher-kva.example'
    """
    user, _, domain = address.rpartition("@")
    return f"{user}@{domain.encode('idna').decode('ascii')}"


def _addresses(key: str, written: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    addresses = {}
    for team, value in written.items():
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(
            isinstance(address, str) and is_address(address) for address in listed
        ):
            raise DeliveryError(
                f"[mail.{key}] {team} is {value!r}; an address or a list of addresses is needed, "
                'like "lead@example.org".'
            )
        addresses[team] = tuple(listed)
    return addresses


def _check_words(what: str, written: Iterable[str], allowed: Iterable[str]) -> None:
    for word in written:
        if word not in allowed:
            raise DeliveryError(unknown(what, word, allowed))


def _one_of(key: str, value: str, allowed: Iterable[str]) -> None:
    if value not in allowed:
        raise DeliveryError(f'[mail] {key} is "{value}"; allowed are {", ".join(allowed)}.')


def _kind_words(key: str) -> str:
    kind = _KINDS[key]
    words = {str: "text in quotes", int: "a whole number", dict: "a table"}
    return words.get(kind, "a number") if isinstance(kind, type) else "a number"
