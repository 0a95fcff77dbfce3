"""Replies become rows: asks, 1:1s, contacts, and what is known of a sign-up.

Every reply is kept. What a code stands for in the tables follows from its newest reply alone, so
the order in which replies come in does not matter, and a reply that comes twice changes nothing.
The rows have ids of their own (`log:reply:CODE`); they are written anew when the newest reply
changes. A sign-up is never changed: what was logged is a second row of the same person and shift,
which the store joins with the tool's, as it does with a list from the door.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import OptionError
from organizing_analytics.loading.cells import local_date
from organizing_analytics.logbook.codes import read_code
from organizing_analytics.logbook.lines import LINE_PARTS, Line, find_lines
from organizing_analytics.logbook.replies import MAX_AHEAD, Reply, checked, now
from organizing_analytics.logbook.words import (
    WORDS,
    LineKind,
    Word,
    contact_reason,
    meeting_kind,
    read_word,
)
from organizing_analytics.model import BY_NAME
from organizing_analytics.people import refresh_identity
from organizing_analytics.schema import column_types
from organizing_analytics.sql import literal, name
from organizing_analytics.store import new_snapshot
from organizing_analytics.store.history import read_changes
from organizing_analytics.store.snapshots import require_store
from organizing_analytics.time_zones import zone_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    import duckdb

    from organizing_analytics.store import Draft

#: What `oa history` calls it. Several in a row leave one snapshot to go back to.
ACTION = "log"
#: In front of the code in the ids of rows that replies make.
ROW_ID = "log:reply:"
#: The tables that a reply can feed.
_FED = {
    "asks": "ask_id",
    "meetings": "meeting_id",
    "contacts": "contact_id",
    "signups": "signup_id",
}
_COLUMNS = (
    "number", "code", "word", "happened_at", "again_on", "notes", "by_id", "way", "received_at",
    *LINE_PARTS,
)  # fmt: skip
#: The newest reply of a code: by its own moment; of two at one moment, always the same one.
NEWEST = "happened_at DESC, word, again_on NULLS LAST, notes NULLS LAST, by_id NULLS LAST, way"


@dataclass(frozen=True)
class Doubt:
    """A reply that was not taken.

    Attributes
    ----------
    code : str
        As it was written.
    why : str
        What is wrong and what to do, for the person who wrote it.
    in_short : str
        The same in a few words that repeat nothing of the reply, for a log.
    place : int
        Which of the replies that were given it is, from 0.
    """

    code: str
    why: str
    in_short: str
    place: int


@dataclass
class Logged:
    """What came of some replies.

    Attributes
    ----------
    snapshot : int or None
        The store's snapshot now.
    recorded : list of str
        The codes whose state is another one now.
    unchanged : list of str
        The codes whose replies said nothing new.
    doubts : list of Doubt
        Replies that were not taken.
    rows : list of dict
        Of each recorded code: `code name word again_on action`, for a sentence.
    """

    snapshot: int | None
    recorded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON."""
        return asdict(self)


def record(
    folder: Path,
    replies: Sequence[Reply],
    *,
    lines: Mapping[str, Line] = {},
    dry_run: bool = False,
) -> Logged:
    """Write replies into a store; what is doubtful is named and left out.

    Parameters
    ----------
    folder : Path
        The store's folder.
    replies : sequence of Reply
        In any order.
    lines : mapping of str to Line
        Lines that no list has, by code: contacts that nobody was told to make.
    dry_run : bool
        Say what the replies come to, and change nothing.

    Raises
    ------
    StoreError
        There is no store, another writer holds it, or the disk refuses. Nothing was changed.
    """
    require_store(folder)
    with new_snapshot(folder) as draft:
        codes = [code for reply in replies if (code := read_code(reply.code))]
        line_of = {
            **find_lines(folder, codes),
            **_answered_lines(draft.connection, codes),
            **lines,
        }
        logged = Logged(None)
        fresh = list(_fresh(draft, replies, line_of, logged))
        before = _states(draft.connection, {reply.code for reply in fresh})
        _store_replies(draft.connection, fresh, line_of)
        after = _states(draft.connection, before.keys() | {reply.code for reply in fresh})
        changed = [code for code in after if _content(after[code]) != _content(before.get(code))]
        _write_states(draft, [after[code] for code in changed])
        logged.recorded = changed
        logged.rows = _summary(draft.connection, [after[code] for code in changed])
        codes_given = {code for reply in replies if (code := read_code(reply.code))}
        logged.unchanged = sorted(
            codes_given - set(changed) - {doubt.code for doubt in logged.doubts}
        )
        draft.keep = bool(fresh) and not dry_run
        _name_change(draft, _plural(len(changed)))
        logged.snapshot = draft.current
    return logged


def take_back(folder: Path) -> Logged:
    """Take the reply back that came in last; the one before it counts again.

    Raises
    ------
    OptionError
        No reply was written down.
    """
    require_store(folder)
    with new_snapshot(folder) as draft:
        connection = draft.connection
        last = connection.execute(
            "SELECT number, code FROM main.log_replies ORDER BY number DESC LIMIT 1"
        ).fetchall()
        if not last:
            draft.keep = False
            raise OptionError("No answer was logged yet, so there is none to take back.")
        number, code = last[0]
        gone = _states(connection, [code])[code]
        connection.execute("DELETE FROM main.log_replies WHERE number = ?", [number])
        if _remove_rows(connection, [code]):
            refresh_identity(connection, draft.settings)
        _write_states(draft, list(_states(connection, [code]).values()))
        _name_change(draft, "one answer taken back")
        logged = Logged(draft.current, [code])
        logged.rows = _summary(connection, [gone])
    return logged


def _name_change(draft: Draft, summary: str) -> None:
    earlier = read_changes(draft.folder, draft.number - 1)
    draft.action, draft.summary = ACTION, summary
    draft.takes_place = bool(earlier) and earlier[-1].action == ACTION


def _plural(count: int) -> str:
    return "one answer" if count == 1 else f"{count:,} answers"


def _fresh(
    draft: Draft, replies: Sequence[Reply], line_of: Mapping[str, Line], logged: Logged
) -> Iterable[Reply]:
    """Yield the replies that can be taken and are not kept yet; note the others."""
    zone, latest = zone_rules(draft.settings.timezone), now() + MAX_AHEAD
    stored = set(
        draft.connection.execute(
            "SELECT code, word, happened_at, again_on, coalesce(notes, ''), by_id, way "
            "FROM main.log_replies "
            "WHERE code IN (SELECT unnest(?::VARCHAR[]))",
            [list(line_of)],
        ).fetchall()
    )
    people = _people(draft.connection, [line.person_id for line in line_of.values()])
    for place, reply in enumerate(replies):
        code = read_code(reply.code)
        line = line_of.get(code) if code else None
        if line is None:
            why = f"{reply.code}: no list has this code."
            logged.doubts.append(Doubt(reply.code, why, "no list has its code", place))
            continue
        if line.person_id not in people:
            why = f"{line.code}: the person of this line is not in the store any more."
            in_short = "its person is not in the store any more"
            logged.doubts.append(Doubt(line.code, why, in_short, place))
            continue
        local = reply.at.replace(tzinfo=zone_rules("UTC")).astimezone(zone).date()
        in_short = "its word does not answer the line"
        try:
            read_word(reply.word, line.kind)
            in_short = "its date does not fit"
            good = checked(reply, line, local_day=local, latest=latest)
        except OptionError as error:
            logged.doubts.append(Doubt(line.code, str(error), in_short, place))
            continue
        by = good.by or line.organizer_id
        content = (good.code, good.word, good.at, good.again_on, good.note, by, good.way)
        if content not in stored:
            stored.add(content)
            yield good


def _people(connection: duckdb.DuckDBPyConnection, ids: list[str]) -> set[str]:
    rows = connection.execute(
        "SELECT person_id FROM main.people WHERE person_id IN (SELECT unnest(?::VARCHAR[])) "
        "AND source <> 'forgotten'",
        [ids],
    ).fetchall()
    return {row[0] for row in rows}


def _answered_lines(connection: duckdb.DuckDBPyConnection, codes: Sequence[str]) -> dict[str, Line]:
    """Return the lines that replies were kept for: they are known for good, and never expire."""
    rows = connection.execute(
        f"SELECT DISTINCT ON (code) code, {', '.join(LINE_PARTS)} FROM main.log_replies "
        "WHERE code IN (SELECT unnest(?::VARCHAR[]))",
        [list(codes)],
    ).fetchall()
    return {row[0]: Line(row[0], **dict(zip(LINE_PARTS, row[1:], strict=True))) for row in rows}


def _store_replies(
    connection: duckdb.DuckDBPyConnection, replies: Iterable[Reply], lines: Mapping[str, Line]
) -> None:
    first = connection.execute("SELECT coalesce(max(number), 0) FROM main.log_replies").fetchall()
    received = now()
    rows = [
        [
            first[0][0] + place, reply.code, reply.word, reply.at, reply.again_on,
            reply.note or None, reply.by or lines[reply.code].organizer_id, reply.way, received,
            *(getattr(lines[reply.code], part) for part in LINE_PARTS),
        ]
        for place, reply in enumerate(replies, start=1)
    ]  # fmt: skip
    if rows:
        marks = ", ".join("?" for _ in _COLUMNS)
        columns = ", ".join(_COLUMNS)
        connection.executemany(f"INSERT INTO main.log_replies ({columns}) VALUES ({marks})", rows)


def _states(
    connection: duckdb.DuckDBPyConnection, codes: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """Return the newest reply of each code."""
    rows = connection.execute(
        f"SELECT DISTINCT ON (code) {', '.join(_COLUMNS)} FROM main.log_replies "
        f"WHERE code IN (SELECT unnest(?::VARCHAR[])) ORDER BY code, {NEWEST}",
        [list(codes)],
    ).fetchall()
    return {row[1]: dict(zip(_COLUMNS, row, strict=True)) for row in rows}


def _content(state: dict[str, Any] | None) -> tuple[Any, ...] | None:
    if state is None:
        return None
    return tuple(state[part] for part in ("word", "happened_at", "again_on", "notes", "by_id"))


def _remove_rows(connection: duckdb.DuckDBPyConnection, codes: Sequence[str]) -> bool:
    """Remove the rows that replies made, and return whether a sign-up was among them."""
    ids = [f"{ROW_ID}{code}" for code in codes]
    signups = connection.execute(
        "SELECT 1 FROM main.signups WHERE signup_id IN (SELECT unnest(?::VARCHAR[])) LIMIT 1", [ids]
    ).fetchall()
    for table, key in _FED.items():
        connection.execute(
            f"DELETE FROM main.{table} WHERE {key} IN (SELECT unnest(?::VARCHAR[]))", [ids]
        )
    return bool(signups)


def _write_states(draft: Draft, states: Sequence[dict[str, Any]]) -> None:
    """Write anew what these states say, in the tables that measures read."""
    removed = _remove_rows(draft.connection, [state["code"] for state in states])
    fed = set()
    for state in states:
        for table, row in _rows(state, draft):
            fed.add(table)
            whole = {_FED[table]: f"{ROW_ID}{state['code']}", **row, "source": "log"}
            _insert(draft.connection, table, whole, draft.settings.timezone)
    if removed or "signups" in fed:
        refresh_identity(draft.connection, draft.settings)


def _rows(state: dict[str, Any], draft: Draft) -> Iterable[tuple[str, dict[str, Any]]]:
    """Yield the rows, by table, that the newest reply of a code makes."""
    line = Line(state["code"], **{part: state[part] for part in LINE_PARTS})
    meaning = WORDS[line.kind][state["word"]]
    at, by, notes = state["happened_at"], state["by_id"], state["notes"]
    if line.kind is LineKind.ASK and meaning.outcome is not None:
        yield "asks", {
            "asked_at": at, "asker_id": by, "person_id": line.person_id, "team_id": line.team_id,
            "ask_kind": _ask_kind(line, draft), "ask_for": line.ask_for,
            "shift_id": line.shift_id, "outcome": meaning.outcome, "again_on": state["again_on"],
            "notes": notes,
        }  # fmt: skip
    elif line.kind is LineKind.MEETING and meaning.status is not None:
        yield "meetings", {
            "organizer_id": by, "person_id": line.person_id, "team_id": line.team_id,
            "kind": meeting_kind(line.action), "scheduled_at": at, "status": meaning.status,
            "commitment": meaning.commitment, "next_step_on": state["again_on"], "notes": notes,
        }  # fmt: skip
    elif line.kind is LineKind.CAME:
        yield "signups", _signup(line, attended=meaning.attended, is_walk_in=True)
    else:
        yield "contacts", {
            "person_id": line.person_id, "by_id": by, "at": at,
            "reason": contact_reason(line.action), "result": meaning.result,
            "signup_id": line.signup_id, "meeting_id": line.meeting_id, "ask_id": line.ask_id,
            "notes": notes,
        }  # fmt: skip
        if line.kind is LineKind.CONFIRM and meaning.status is not None and line.shift_id:
            yield "signups", _confirmation(line, meaning, at)


def _signup(line: Line, **facts: Any) -> dict[str, Any]:
    return {
        "shift_id": line.shift_id, "person_id": line.person_id, "status": "registered", **facts
    }  # fmt: skip


def _confirmation(line: Line, meaning: Word, at: datetime) -> dict[str, Any]:
    moment = "confirmed_at" if meaning.status == "confirmed" else "cancelled_at"
    return _signup(line) | {"status": meaning.status, moment: at}


def _ask_kind(line: Line, draft: Draft) -> str:
    """Return what `ask_for` names: as the ask before says, else other asks for the same thing."""
    if line.ask_for in draft.settings.ladder:
        return "role"
    # Not by what was logged: replies in another order must make the same rows.
    rows = draft.connection.execute(
        "SELECT ask_kind FROM main.asks WHERE ask_for = ? AND ask_kind IS NOT NULL "
        "AND NOT starts_with(ask_id, ?) "
        "ORDER BY ask_id IS NOT DISTINCT FROM ? DESC, asked_at DESC, ask_id LIMIT 1",
        [line.ask_for, ROW_ID, line.ask_id],
    ).fetchall()
    return str(rows[0][0]) if rows else "event"


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, row: dict[str, Any], zone: str
) -> None:
    """Insert a row, with the local dates that the table keeps."""
    types = column_types(BY_NAME[table])
    values = [f"${column}::{types[column]} AS {name(column)}" for column in row]
    dates = [
        f"{local_date(f'${day.moment}::TIMESTAMP', literal(zone))} AS {name(day.name)}"
        for day in BY_NAME[table].local_dates
        if day.clock == "campaign" and row.get(day.moment) is not None
    ]
    connection.execute(
        f"INSERT INTO main.{name(table)} BY NAME SELECT {', '.join([*values, *dates])}", row
    )


def _summary(
    connection: duckdb.DuckDBPyConnection, states: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    names = names_of(connection, [state["person_id"] for state in states])
    return [
        {
            "code": state["code"],
            "person_id": state["person_id"],
            "name": names.get(state["person_id"], state["person_id"]),
            "action": state["action"],
            "word": state["word"],
            "again_on": _day(state["again_on"]),
            "ask_for": state["ask_for"],
        }
        for state in states
    ]


def names_of(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> dict[str, str]:
    """Return what people are called, by id; by the id where no name is known."""
    rows = connection.execute(
        "SELECT person_id, coalesce(nullif(trim(concat_ws(' ', given_name, family_name)), ''), "
        "person_id) FROM main.people WHERE person_id IN (SELECT unnest(?::VARCHAR[]))",
        [ids],
    ).fetchall()
    return dict(rows)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
