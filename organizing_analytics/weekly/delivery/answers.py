"""The part of the delivery settings that says where answers come in: `[answers.imap]`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from organizing_analytics.errors import DeliveryError, unknown
from organizing_analytics.logbook.mailbox import LOCAL, SECURITY, Mailbox

#: Key → what it must be.
_KINDS: dict[str, type | tuple[type, ...]] = {
    "host": str, "user": str, "port": int, "security": str, "folder": str, "password_env": str,
    "password_file": str, "ca_file": str, "checked_by": str, "senders": list,
    "timeout_seconds": (int, float),
}  # fmt: skip


def read_mailbox(written: dict[str, Any], base: Path) -> Mailbox:
    """Return the mailbox that `[answers.imap]` names; its password stays where it is until asked.

    Parameters
    ----------
    written : dict
        The table `[answers]`.
    base : Path
        The folder that relative paths are read from.

    Raises
    ------
    DeliveryError
        A key is missing, unknown or not allowed.
    """
    imap = written.get("imap")
    if set(written) != {"imap"} or not isinstance(imap, dict):
        raise DeliveryError("write the mailbox for answers as [answers.imap], with its keys below.")
    _check_keys(imap)
    _check_security(imap)
    options = {key: value for key, value in imap.items() if key != "senders"}
    for key in ("password_file", "ca_file"):
        if key in options:
            options[key] = base / Path(options[key]).expanduser()
    return Mailbox(**options, senders=tuple(imap.get("senders", [])))


def _check_keys(imap: dict[str, Any]) -> None:
    if "password" in imap:
        raise DeliveryError(
            "[answers.imap] holds a password. Take it out: name a variable that holds it "
            "(password_env), or a file that only you may read (password_file)."
        )
    for key, value in imap.items():
        if key not in _KINDS:
            raise DeliveryError(unknown("key of [answers.imap]", key, sorted(_KINDS)))
        if not isinstance(value, _KINDS[key]) or isinstance(value, bool):
            raise DeliveryError(f"[answers.imap] {key} is {value!r}, which is no value for it.")
    for key in ("host", "user"):
        if not imap.get(key):
            raise DeliveryError(f'[answers.imap] needs {key} = "…".')
    if ("password_env" in imap) == ("password_file" in imap):
        raise DeliveryError("[answers.imap] needs password_env or password_file, one of them.")
    if not all(isinstance(sender, str) and "@" in sender for sender in imap.get("senders", [])):
        raise DeliveryError("[answers.imap] senders is a list of addresses.")


def _check_security(imap: dict[str, Any]) -> None:
    security = imap.get("security", "tls")
    if security not in SECURITY:
        raise DeliveryError(unknown("security", security, tuple(SECURITY)))
    if security == "none" and imap["host"] not in LOCAL:
        raise DeliveryError(
            '[answers.imap] security = "none" is allowed only to a server on this very machine.'
        )
