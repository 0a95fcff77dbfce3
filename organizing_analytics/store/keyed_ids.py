"""Ids and digests under a key of the store's own.

An id that is built from personal data (an e-mail address, a phone number, a name) is kept as a
keyed hash, `sheet:contact:k3f2a…`: the same text gives the same id in this store, and nobody can
guess the text without the key. Digests of forgotten people use the same key.

The key is a small file in the store's folder. It is written before the first snapshot that needs
it is published.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from organizing_analytics.errors import StoreError
from organizing_analytics.private_files import write_durably
from organizing_analytics.store.snapshots import KEY_FILE

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

#: The list that a tool's id comes from, in front of the id: `mobilize:user:`.
SPACE = "^[a-z_-]+:[a-z_-]+:"
#: What stands in front of a keyed id that names no list.
NO_SPACE = "keyed:"
#: Characters of the hash that are kept: 128 bits.
HASH_LENGTH = 32

#: `keyed(space, text)` when the list is known; `keyed_id(text)` reads it from the text. Both leave
#: NULL alone, and a keyed id is its own keyed id. The key stands in a variable, so no query and no
#: error message shows it.
_KEYED = (
    "CREATE OR REPLACE TEMP MACRO keyed(space, written) AS space || 'k' || "
    f"left(sha256(getvariable('store_key') || 'made:' || written), {HASH_LENGTH})"
)
_KEYED_ID = (
    "CREATE OR REPLACE TEMP MACRO keyed_id(written) AS CASE WHEN is_keyed(written) THEN written "
    f"ELSE keyed(coalesce(nullif(regexp_extract(written, '{SPACE}'), ''), '{NO_SPACE}'), written) "
    "END"
)
_IS_KEYED = (
    "CREATE OR REPLACE TEMP MACRO is_keyed(written) AS "
    f"written[-{HASH_LENGTH + 2}:-{HASH_LENGTH + 1}] = ':k' "
    f"AND regexp_full_match(written[-{HASH_LENGTH}:], '[0-9a-f]{{{HASH_LENGTH}}}')"
)


def digest(kind: str, text: str) -> str:
    """Return SQL for the digest of a text, also SQL, as something of a kind.

    The connection must know the key (see `teach_key`).
    """
    return f"sha256(getvariable('store_key') || '{kind}:' || {text})"


def teach_key(connection: duckdb.DuckDBPyConnection, key: str) -> None:
    """Make the store's key and the functions that use it known to a connection."""
    connection.execute(f"SET VARIABLE store_key = '{key}'")
    for statement in (_IS_KEYED, _KEYED, _KEYED_ID):
        connection.execute(statement)


def read_key(folder: Path) -> str | None:
    """Return the store's key, None where the folder has none."""
    with suppress(OSError):
        return (folder / KEY_FILE).read_text(encoding="ascii").strip() or None
    return None


def usable_key(folder: Path, connection: duckdb.DuckDBPyConnection) -> str:
    """Return the key that a draft's ids are made with; a new one where none is needed yet.

    The draft remembers the key's fingerprint.

    Raises
    ------
    StoreError
        The snapshot was made with a key that is missing, or with another one.
    """
    key = read_key(folder)
    fingerprints = connection.execute("SELECT fingerprint FROM main.store_key").fetchall()
    if key is None:
        if fingerprints and _needs_key(connection):
            raise StoreError(
                f"{folder / KEY_FILE}: this file is missing. It holds the key that ids made from "
                "personal data, and digests of forgotten people, are made with; without it, rows "
                "that are loaded again would not be recognized. Put it back from a backup."
            )
        key = secrets.token_hex(32)
        connection.execute("DELETE FROM main.store_key")
        fingerprints = []
    teach_key(connection, key)
    fingerprint = digest("key", "''")
    if not fingerprints:
        connection.execute(f"INSERT INTO main.store_key SELECT {fingerprint}")
    elif connection.execute(f"SELECT {fingerprint}").fetchall() != fingerprints:
        raise StoreError(
            f"{folder / KEY_FILE}: this is the key of another store. Put this store's own back "
            "from a backup."
        )
    return key


def keep_key(folder: Path, key: str) -> None:
    """Write the key into the store's folder, unless it is there."""
    if read_key(folder) != key:
        write_durably(folder / KEY_FILE, key + "\n")


def _needs_key(connection: duckdb.DuckDBPyConnection) -> bool:
    teach_key(connection, "")
    queries = (
        "SELECT 1 FROM main.forgotten",
        "SELECT 1 FROM main.people WHERE is_keyed(person_id)",
        "SELECT 1 FROM main.signups WHERE is_keyed(signup_id)",
    )
    return any(connection.execute(f"{query} LIMIT 1").fetchall() for query in queries)
