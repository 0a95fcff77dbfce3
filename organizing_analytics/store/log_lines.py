"""The lines of to-do lists that were given a code: code → what it is about.

They lie beside the snapshots, since a report that is printed changes no data, and going back to an
older snapshot must not make a printed list useless. A line is dropped when it has expired, and
when its person is forgotten.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import StoreError
from organizing_analytics.private_files import make_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

LINES_FILE = "log_lines.sqlite"
#: The columns of a line, its code first.
COLUMNS = (
    "code", "action", "person_id", "team_id", "organizer_id", "ask_id", "shift_id", "signup_id",
    "meeting_id", "ask_for", "issued_on", "expires_on",
)  # fmt: skip
_CREATE = (
    f"CREATE TABLE IF NOT EXISTS lines ({', '.join(f'{column} TEXT' for column in COLUMNS)}, "
    "PRIMARY KEY (code))"
)
WAIT_SECONDS = 30.0


@contextmanager
def lines_file(folder: Path) -> Iterator[sqlite3.Connection]:
    """Open the lines of a store, alone among writers; what the block did is kept, or nothing.

    Raises
    ------
    StoreError
        The file is damaged, or the disk or the folder refuses.
    """
    path = folder / LINES_FILE
    try:
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        make_private(path)
        with closing(sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)) as lines:
            lines.row_factory = sqlite3.Row
            lines.execute("PRAGMA secure_delete = ON")
            lines.execute("BEGIN IMMEDIATE")
            lines.execute(_CREATE)
            yield lines
            lines.execute("COMMIT")
    except (sqlite3.Error, OSError) as error:
        raise StoreError(
            f"{path}: the codes of printed lists cannot be read or written ({error}). If the file "
            "is damaged, delete it: answers to lists that are out already are then not recognized."
        ) from error


def read_lines(folder: Path, codes: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the lines that have these codes."""
    if not (folder / LINES_FILE).exists():
        return {}
    with lines_file(folder) as lines:
        rows = [
            dict(row)
            for code in dict.fromkeys(codes)
            for row in lines.execute("SELECT * FROM lines WHERE code = ?", [code])
        ]
    return {row["code"]: row for row in rows}


def add_lines(lines: sqlite3.Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Write lines down; one whose code is there already is replaced."""
    marks = ", ".join(f":{column}" for column in COLUMNS)
    lines.executemany(f"INSERT OR REPLACE INTO lines VALUES ({marks})", list(rows))


def drop_expired(lines: sqlite3.Connection, today: date) -> None:
    """Drop the lines that no answer is taken to any more."""
    lines.execute("DELETE FROM lines WHERE expires_on < ?", [today.isoformat()])


def drop_people(folder: Path, ids: Iterable[str]) -> None:
    """Drop the lines about these people, and leave no byte of their ids in the file."""
    path = folder / LINES_FILE
    if not path.exists():
        return
    with lines_file(folder) as lines:
        for person in ids:
            lines.execute("DELETE FROM lines WHERE person_id = ?", [person])
            lines.execute("UPDATE lines SET organizer_id = NULL WHERE organizer_id = ?", [person])
        lines.execute("COMMIT")
        lines.execute("VACUUM")
        lines.execute("BEGIN")
