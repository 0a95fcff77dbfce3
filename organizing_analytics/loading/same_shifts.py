"""One shift that a sheet writes in several ways is one shift.

A sheet has no ids: those of its events and shifts are made from what stands in it, so "Canvass
11/7/2026 10am" and "canvass 2026-11-07 10:00" would be two. They are one where the event's name
is the same but for case and blanks, and the start is the same moment. The way that was there first
gives the id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.loading import cells
from organizing_analytics.loading.staging import OK
from organizing_analytics.sql import literal, name

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.loading.staging import Staged

#: How ids begin that are made from what a sheet says.
_EVENT, _SHIFT, _SIGNUP = "sheet:event:", "sheet:shift:", "sheet:signup:"
#: The event of attendance sheets that name none (sources/mappings/attendance_matrix.toml).
_ATTENDANCE = "sheet:event:Attendance"
#: How many shifts a note names.
SHOWN = 3


def join_same_shifts(
    connection: duckdb.DuckDBPyConnection, staged_tables: list[Staged], *, zone: str
) -> list[str]:
    """Give one id to events and shifts of sheets that are the same, and return notes.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where the staged tables and the store are.
    staged_tables : list of Staged
        The staged tables of one load, before their keys are checked.
    zone : str
        Time zone for times that have no UTC offset.
    """
    events, shifts = (
        _of_sheets(staged_tables, "events", _EVENT),
        _of_sheets(staged_tables, "shifts", _SHIFT),
    )
    if not shifts:
        return []
    if events:
        _alias(connection, f"({_events(events)})", "events")
        _use_first_titles(connection, events)
        _rename(connection, staged_tables, "events")
    _alias(connection, f"({_shifts(shifts, zone)})", "shifts")
    notes = _notes(connection)
    if notes:
        _rename(connection, staged_tables, "shifts")
        for table in _of_sheets(staged_tables, "signups", _SIGNUP):
            _join_signups(connection, table)
    return notes


def _of_sheets(staged_tables: list[Staged], table: str, prefix: str) -> list[Staged]:
    """Return the staged tables whose ids are made from what a sheet says."""
    return [
        staged
        for staged in staged_tables
        if staged.table.name == table
        and staged.reading.is_sheet
        and prefix in "".join(text for text, _ in staged.feed.cells[staged.table.key[0]].parts)
    ]


def _events(tables: list[Staged]) -> str:
    """Return SQL: each event's id, what is the same of one event, and when it was there first."""
    rows = [
        f"SELECT event_id AS id, {number} AS file, min(rowid) AS first, false AS is_stored "
        f"FROM {staged.sql_name} WHERE fate = {OK} AND event_id IS NOT NULL GROUP BY event_id"
        for number, staged in enumerate(tables)
    ]
    rows.append(
        "SELECT event_id, -1, rowid, true FROM main.events "
        f"WHERE starts_with(event_id, {literal(_EVENT)})"
    )
    folded = "lower(regexp_replace(trim(id), '\\s+', ' ', 'g'))"
    return f"SELECT *, {folded} AS same FROM ({' UNION ALL '.join(rows)})"


def _shifts(tables: list[Staged], zone: str) -> str:
    """Return the same SQL of shifts: of one event, with one start, and ends that do not differ."""
    end = "NULL::TIMESTAMP"
    rows = []
    for number, staged in enumerate(tables):
        bit = staged.bit(staged.table.column("starts_at"))
        ends = "max(ends_at)" if "ends_at" in staged.feed.cells else end
        rows.append(
            f"SELECT shift_id AS id, {number} AS file, min(rowid) AS first, false AS is_stored, "
            f"event_id || chr(31) || starts_at::VARCHAR || (naive & {bit} <> 0)::VARCHAR AS same, "
            f"{ends} AS ends_at FROM {staged.sql_name} WHERE fate = {OK} AND bad = 0 "
            "AND shift_id IS NOT NULL AND starts_at IS NOT NULL "
            "GROUP BY shift_id, event_id, starts_at, naive"
        )
    local = f"timezone({literal(zone)}, {cells.as_instant('h.starts_at')})"
    rows.append(
        "SELECT h.shift_id, -1, h.rowid, true, "
        f"h.event_id || chr(31) || {local}::VARCHAR || 'true', NULL FROM main.shifts h "
        "JOIN main.events e ON e.event_id = h.event_id AND e.timezone IS NULL "
        f"WHERE starts_with(h.shift_id, {literal(_SHIFT)}) AND h.deleted_at IS NULL"
    )
    return (
        f"SELECT * EXCLUDE (ends_at) FROM ({' UNION ALL '.join(rows)}) "
        "QUALIFY count(DISTINCT ends_at) OVER (PARTITION BY same) < 2"
    )


def _alias(connection: duckdb.DuckDBPyConnection, ids: str, table: str) -> None:
    """Make the table of ids that give way to the one that was there first."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE same_{table} AS SELECT id AS old_id, new_id, same FROM ("
        "SELECT id, same, first(id) OVER (PARTITION BY same ORDER BY is_stored DESC, file, first, "
        "id) AS new_id, bool_or(is_stored) OVER (PARTITION BY id) AS is_stored "
        f"FROM {ids}) WHERE id <> new_id AND NOT is_stored GROUP BY ALL"
    )


def _rename(connection: duckdb.DuckDBPyConnection, staged_tables: list[Staged], table: str) -> None:
    for staged in staged_tables:
        for column in staged.columns:
            is_key = staged.table.name == table and column.name in staged.table.key
            if is_key or column.refers_to == table:
                held = name(column.name)
                connection.execute(
                    f"UPDATE {staged.sql_name} AS s SET {held} = a.new_id FROM same_{table} a "
                    f"WHERE s.{held} = a.old_id"
                )


def _use_first_titles(connection: duckdb.DuckDBPyConnection, events: list[Staged]) -> None:
    """Write an event's title as the way that was there first writes it."""
    titled = [staged for staged in events if "title" in staged.feed.cells]
    if not titled:
        return
    titles = " UNION ALL ".join(
        [f"SELECT event_id, title, 1 AS place FROM {staged.sql_name}" for staged in titled]
        + ["SELECT event_id, title, 0 FROM main.events"]
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE first_titles AS SELECT a.old_id, first(t.title ORDER BY "
        f"t.place) AS title FROM same_events a JOIN ({titles}) t ON t.event_id = a.new_id "
        "GROUP BY a.old_id"
    )
    for staged in titled:
        connection.execute(
            f"UPDATE {staged.sql_name} AS s SET title = f.title FROM first_titles f "
            "WHERE s.event_id = f.old_id"
        )


def _join_signups(connection: duckdb.DuckDBPyConnection, table: Staged) -> None:
    """Give one id to the sign-ups of one person for one role in shifts that are the same."""
    role = "coalesce(role, '')" if "role" in table.feed.cells else "''"
    moved = "shift_id IN (SELECT new_id FROM same_shifts)"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE same_signups AS SELECT old_id, new_id FROM ("
        "SELECT id AS old_id, is_stored, first(id) OVER (PARTITION BY shift_id, person_id, role "
        "ORDER BY is_stored DESC, first, id) AS new_id, bool_or(is_stored) OVER (PARTITION BY id) "
        "AS is_known FROM ("
        f"SELECT signup_id AS id, shift_id, person_id, {role} AS role, min(rowid) AS first, "
        f"false AS is_stored FROM {table.sql_name} WHERE fate = {OK} AND {moved} GROUP BY ALL "
        "UNION ALL SELECT signup_id, shift_id, person_id, coalesce(role, ''), rowid, true "
        f"FROM main.signups WHERE {moved} AND starts_with(signup_id, {literal(_SIGNUP)}))) "
        "WHERE NOT is_known AND old_id <> new_id"
    )
    connection.execute(
        f"UPDATE {table.sql_name} AS s SET signup_id = a.new_id FROM same_signups a "
        "WHERE s.signup_id = a.old_id"
    )


def _notes(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "SELECT new_id, list(DISTINCT old_id ORDER BY old_id) FROM same_shifts GROUP BY new_id "
        "ORDER BY new_id"
    ).fetchall()
    if not rows:
        return []
    shown = "; ".join(
        " = ".join(f'"{text.removeprefix(_SHIFT)}"' for text in (new, *old[:SHOWN]))
        for new, old in rows[:SHOWN]
    )
    more = f"; and {len(rows) - SHOWN:,} more" if len(rows) > SHOWN else ""
    return [f"written in several ways and taken for one shift: {shown}{more}."]


def note_shared_dates(
    connection: duckdb.DuckDBPyConnection, staged_tables: list[Staged]
) -> list[str]:
    """Return a note for each attendance sheet whose dates another one has, too.

    Such a sheet does not name its event, so the sheets of two groups that met on one day look like
    one shift.
    """
    notes = []
    sheets = _of_sheets(staged_tables, "shifts", _SHIFT)
    for number, sheet in enumerate(sheets):
        signups = [table for table in staged_tables if table.raw is sheet.raw]
        signups = [table for table in signups if table.table.name == "signups"]
        for other in sheets[:number]:
            days = f"SELECT shift_id FROM {other.sql_name} WHERE fate = {OK}"
            if count := _count_shared(connection, sheet, days):
                notes.append(_shared_note(sheet.raw.name, count, other.raw.name))
        for table in signups:
            # A sheet that has grown holds all that an earlier load of it brought.
            others = (
                "SELECT shift_id FROM main.signups WHERE signup_id NOT IN "
                f"(SELECT signup_id FROM {table.sql_name} WHERE signup_id IS NOT NULL)"
            )
            if count := _count_shared(connection, sheet, others):
                notes.append(_shared_note(sheet.raw.name, count, "an earlier load"))
    return notes


def _count_shared(connection: duckdb.DuckDBPyConnection, sheet: Staged, shifts: str) -> int:
    count: int = connection.execute(
        f"SELECT count(DISTINCT shift_id) FROM {sheet.sql_name} WHERE fate = {OK} "
        f"AND event_id = {literal(_ATTENDANCE)} AND shift_id IN ({shifts})"
    ).fetchall()[0][0]
    return count


def _shared_note(name: str, count: int, other: str) -> str:
    dates = "a date of it is" if count == 1 else f"{count:,} of its dates are"
    return (
        f"{name}: {dates} in {other}, too, with other people, and taken for the same shift. If "
        "these are two groups, take the load back (oa undo), give each sheet a column Event with "
        "the group's name, and load both again."
    )
