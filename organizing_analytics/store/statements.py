"""Statements that were compiled before, beside the snapshots, each in a private file.

A statement is found by a digest of the expression (see `organizing_analytics.expressions`), the
store's schema and the versions of all that compiles it. So it cannot be stale: whatever changes
is another digest. A file that is damaged, or that cannot be written, costs time and nothing else.
Statements may name a person: `oa forget` removes them all.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import OrganizingError
from organizing_analytics.private_files import DRAFT_PREFIX, make_private_folder, replace_whole
from organizing_analytics.store.snapshots import STATEMENTS_FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

#: So many are kept, the latest.
MAX_STATEMENTS = 1_000
_PACKAGES = ("duckdb", "ibis-framework", "sqlglot", "pandas", "pyarrow")
#: Of the files; another form is another number.
_FORM = 1


@dataclass(frozen=True)
class Statement:
    """A compiled expression.

    Attributes
    ----------
    text : str
        Of the engine.
    types : dict of str to (str, str)
        Column of the answer → its type in Ibis's words, and in pandas'.
    """

    text: str
    types: dict[str, tuple[str, str]]


class Statements:
    """The statements that a store's folder keeps.

    Parameters
    ----------
    folder : Path
        The store's.
    connection : DuckDBPyConnection
        To the snapshot, whose tables and columns are part of every digest.
    """

    def __init__(self, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.folder = folder / STATEMENTS_FOLDER
        self._key = self._key_of(connection)

    def get(self, digest: str) -> Statement | None:
        """Return a statement, None where it is not kept."""
        entry = self._read(digest)
        try:
            return None if entry is None else Statement(entry["text"], entry["types"])
        except (KeyError, TypeError):
            return None

    def put(self, digest: str, statement: Statement) -> None:
        """Keep a statement."""
        self._write(digest, {"text": statement.text, "types": statement.types})

    def drop(self, digest: str) -> None:
        """Remove a statement."""
        with suppress(OSError):
            self._path(digest).unlink(missing_ok=True)

    def columns(self, digest: str) -> tuple[str, ...] | None:
        """Return the columns of a table by its digest, None where they are not kept."""
        entry = self._read(f"columns {digest}")
        return None if entry is None else tuple(entry.get("columns", ())) or None

    def put_columns(self, digest: str, columns: tuple[str, ...]) -> None:
        """Keep the columns of a table."""
        self._write(f"columns {digest}", {"columns": list(columns)})

    def _path(self, digest: str) -> Path:
        return self.folder / f"{_hash(self._key, digest)}.json"

    def _read(self, digest: str) -> dict[str, Any] | None:
        try:
            checksum, _, text = self._path(digest).read_text(encoding="utf-8").partition("\n")
        except (OSError, ValueError):
            return None
        entry: dict[str, Any] | None = json.loads(text) if checksum == _hash(text) else None
        return entry

    def _write(self, digest: str, entry: dict[str, Any]) -> None:
        text = json.dumps(entry)
        try:
            if not self.folder.is_dir():
                make_private_folder(self.folder)
            path = self._path(digest)
            draft = path.with_name(f"{DRAFT_PREFIX}{os.getpid()}-{path.name}")
            content = f"{_hash(text)}\n{text}".encode()
            replace_whole(path, content, draft=draft, must_be_private=True)
            self._drop_oldest()
        except (OSError, OrganizingError):
            return  # not kept: it is compiled again

    def _drop_oldest(self) -> None:
        files = list(self.folder.iterdir())
        if len(files) > MAX_STATEMENTS:
            by_age = sorted(files, key=lambda file: file.stat().st_mtime)
            for file in by_age[: MAX_STATEMENTS // 2]:
                file.unlink(missing_ok=True)

    @staticmethod
    def _key_of(connection: duckdb.DuckDBPyConnection) -> str:
        """Return what compiles a statement, and for which tables."""
        return _hash(str(_FORM), *map(version, _PACKAGES), columns_of_tables(connection))


def columns_of_tables(connection: duckdb.DuckDBPyConnection) -> str:
    """Return all columns of a snapshot's tables with their types, as one text."""
    columns = connection.execute(
        "SELECT schema_name, table_name, column_name, data_type, is_nullable "
        "FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
    ).fetchall()
    return repr(columns)


def remove_statements(folder: Path) -> None:
    """Remove all that are kept: the texts of some may name a person."""
    try:
        files = list((folder / STATEMENTS_FOLDER).iterdir())
    except OSError:
        return
    for file in files:
        file.unlink(missing_ok=True)


def _hash(*texts: str) -> str:
    return blake2b("\0".join(texts).encode(), digest_size=16).hexdigest()
