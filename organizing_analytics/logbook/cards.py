"""The card after a shift: was it worth your time, and what would bring you back.

A card has the code of its shift and no name. Whichever way an answer comes in (a form's export, a
mail, paper that somebody types), it ends here, in the table `feedback`, without a person: neither
the sender of a mail nor the account of a form is kept, and of the moment only the day.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.loading.cells import local_date
from organizing_analytics.logbook.codes import code_of, read_code
from organizing_analytics.logbook.replies import MAX_NOTE
from organizing_analytics.model import DEPARTURE_REASONS
from organizing_analytics.sql import literal
from organizing_analytics.store import new_snapshot
from organizing_analytics.store.history import read_changes
from organizing_analytics.store.keyed_ids import read_key
from organizing_analytics.store.snapshots import require_store
from organizing_analytics.time_zones import zone_rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

WORTH, BACK = "Did it feel worth your time?", "What would bring you back?"
RATINGS = {1: "not at all", 2: "hardly", 3: "partly", 4: "mostly", 5: "very much"}
#: Reason → what the card says; the letter on paper is its place.
REASONS = dict(
    zip(
        DEPARTURE_REASONS,
        (
            "seeing that my time makes a difference", "better organization, and direction",
            "knowing why the work matters", "a task that I am at ease with",
            "less at once", "a warmer welcome", "hearing that I helped", "being asked",
            "something else",
        ),
        strict=True,
    )
)  # fmt: skip
LETTERS = "abcdefghi"
ACTION = "log"


@dataclass(frozen=True)
class CardAnswer:
    """What one card says.

    Attributes
    ----------
    code : str
        The code of the shift.
    rating, reason : str
        As they were written: a number from 1 to 5; a reason, its letter, or nothing.
    day : date or None
        When it was answered, by the campaign's clock.
    mark : str
        What tells this card from others, so that reading it twice counts once. Only a keyed hash of
        it is kept.
    note : str
        What else was written.
    """

    code: str
    rating: str
    reason: str
    day: date | None
    mark: str
    note: str = ""


@dataclass
class CardsRead:
    """What came of some cards.

    Attributes
    ----------
    recorded, unchanged : int
        How many are new or say something else now, and how many were read before.
    doubts : list of (int, str)
        The place of each card that was not taken, from 0, and why.
    snapshot : int or None
        The store's snapshot now.
    """

    recorded: int = 0
    unchanged: int = 0
    doubts: list[tuple[int, str]] = field(default_factory=list)
    snapshot: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON."""
        return asdict(self)


def card_code(key: str, shift: str) -> str:
    """Return the code of a shift's card, made with the store's key.

    Examples
    --------
    >>> card_code("secret", "S12") == card_code("secret", "S12") != card_code("secret", "S13")
    True
    """
    return code_of(key, "card", shift)


def read_rating(text: str) -> int:
    """Return a rating; a form's choice begins with its number.

    Raises
    ------
    OptionError
        It is none from 1 to 5.

    Examples
    --------
    >>> read_rating("4"), read_rating("4 (mostly)"), read_rating("4.0")
    (4, 4, 4)
    """
    number = text.strip().split(" ")[0].removesuffix(".0")
    if number not in map(str, RATINGS):
        raise OptionError("The rating must be a whole number from 1 to 5.")
    return int(number)


def read_reason(text: str) -> str | None:
    """Return the reason that a text names: by its word, its letter, or what the card says.

    Raises
    ------
    OptionError
        It is none of them.

    Examples
    --------
    >>> read_reason("f"), read_reason("Not worth-time"), read_reason("")
    ('unwelcoming', 'not_worth_time', None)
    """
    words = " ".join(text.split()).casefold()
    if not words:
        return None
    by_words = {label.casefold(): reason for reason, label in REASONS.items()}
    by_letter = dict(zip(LETTERS, REASONS, strict=True))
    reason = by_words.get(words) or by_letter.get(words) or words.replace(" ", "_")
    reason = reason.replace("-", "_")
    if reason not in REASONS:
        raise OptionError(unknown("reason", "what is written", REASONS, most=len(REASONS)))
    return reason


def shift_codes(connection: duckdb.DuckDBPyConnection, key: str) -> dict[str, str]:
    """Return the shift of each card's code; those of deleted shifts stay readable."""
    rows = connection.execute("SELECT shift_id FROM main.shifts ORDER BY shift_id").fetchall()
    return {card_code(key, shift): shift for (shift,) in rows}


def record_cards(folder: Path, cards: Sequence[CardAnswer], *, dry_run: bool = False) -> CardsRead:
    """Write cards into the table `feedback`; what is doubtful is named and left out.

    Parameters
    ----------
    folder : Path
        The store's folder.
    cards : sequence of CardAnswer
        In any order. A card that was read before changes nothing.
    dry_run : bool
        Say what the cards come to, and change nothing.

    Raises
    ------
    StoreError
        There is no store, another writer holds it, or the disk refuses. Nothing was changed.
    """
    require_store(folder)
    read = CardsRead()
    key = read_key(folder) or ""
    with new_snapshot(folder) as draft:
        shifts = shift_codes(draft.connection, key)
        zone = draft.settings.timezone
        rows: dict[str, tuple[Any, ...]] = {}
        for place, card in enumerate(cards):
            try:
                row = _row(card, shifts, zone, draft.settings.today())
            except OptionError as error:
                read.doubts.append((place, str(error)))
                continue
            rows[_row_id(key, card.mark)] = row
        changed = {
            row_id: row for row_id, row in rows.items() if row != _stored(draft.connection, row_id)
        }
        for row_id, row in changed.items():
            _store(draft.connection, row_id, row, zone)
        read.recorded, read.unchanged = len(changed), len(rows) - len(changed)
        draft.keep = bool(changed) and not dry_run
        earlier = read_changes(draft.folder, draft.number - 1)
        cards_read = "one card" if len(changed) == 1 else f"{len(changed):,} cards"
        draft.action, draft.summary = ACTION, cards_read
        draft.takes_place = bool(earlier) and earlier[-1].action == ACTION
        read.snapshot = draft.current
    return read


def _row_id(key: str, mark: str) -> str:
    digest = hmac.new(key.encode("ascii"), f"card\x1f{mark}".encode(), hashlib.sha256)
    return f"card:{digest.hexdigest()[:32]}"


def _row(card: CardAnswer, shifts: dict[str, str], zone: str, today: date) -> tuple[Any, ...]:
    """Return shift, rating, reason, note and moment: noon of the day, for all of a day alike."""
    code = read_code(card.code)
    shift = shifts.get(code) if code else None
    if shift is None:
        raise OptionError("No card has this code.")
    if card.day is not None and card.day > today:
        raise OptionError("Its day lies in the future.")
    noon = None
    if card.day is not None:
        local = datetime.combine(card.day, time(12), zone_rules(zone))
        noon = local.astimezone(UTC).replace(tzinfo=None)
    note = " ".join(card.note.split())[:MAX_NOTE] or None
    return (shift, read_rating(card.rating), read_reason(card.reason), note, noon)


def _stored(connection: duckdb.DuckDBPyConnection, row_id: str) -> tuple[Any, ...] | None:
    rows = connection.execute(
        'SELECT shift_id, rating, reason, note, "at" FROM main.feedback WHERE feedback_id = ?',
        [row_id],
    ).fetchall()
    return rows[0] if rows else None


def _store(
    connection: duckdb.DuckDBPyConnection, row_id: str, row: tuple[Any, ...], zone: str
) -> None:
    names = ("shift", "rating", "reason", "note", "at")
    said_on = local_date("$at::TIMESTAMP", literal(zone))
    connection.execute("DELETE FROM main.feedback WHERE feedback_id = ?", [row_id])
    connection.execute(
        "INSERT INTO main.feedback BY NAME SELECT $id AS feedback_id, $shift AS shift_id, "
        "$rating::BIGINT AS rating, $reason::VARCHAR AS reason, $note::VARCHAR AS note, "
        f"$at::TIMESTAMP AS \"at\", {said_on} AS said_on, 'log' AS source",
        {"id": row_id, **dict(zip(names, row, strict=True))},
    )
