"""Clock times without an offset → UTC, by the clock of the event or of the campaign.

On the night when clocks go back an hour comes twice: such a time is taken as the earlier one.
When they go forward an hour is missing: such a time is moved forward by the gap. Both are
warned about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.loading import cells
from organizing_analytics.loading.staging import OK, Staged
from organizing_analytics.model import TABLES
from organizing_analytics.sql import literal, name

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from organizing_analytics.model import Clock, Column, LocalDate, Table

#: How far clocks are set back: an hour nearly everywhere, half an hour on Lord Howe Island.
_STEPS = ("1 hour", "30 minutes", "2 hours")


def _local(utc: str, zone: str) -> str:
    return f"timezone({zone}, {cells.as_instant(utc)})"


def _later(local: str, zone: str) -> str:
    return f"timezone('UTC', timezone({zone}, {local}))"


def _is_twice(local: str, zone: str, step: str) -> str:
    return f"{_local(f'({_later(local, zone)} - INTERVAL {step})', zone)} = {local}"


def to_utc(local: str, zone: str) -> str:
    """Return SQL for the UTC moment of clock digits; of two, the earlier."""
    later = _later(local, zone)
    whens = " ".join(
        f"WHEN {_is_twice(local, zone, step)} THEN {later} - INTERVAL {step}" for step in _STEPS
    )
    return f"CASE {whens} ELSE {later} END"


_TWICE = " OR ".join(_is_twice("mark", "zone", step) for step in _STEPS)
_MARKS = (
    f"SELECT zone, mark, {to_utc('mark', 'zone')} AS utc, {_TWICE} AS is_twice, "
    f"{_local(_later('mark', 'zone'), 'zone')} <> mark AS is_missing "
    "FROM (SELECT DISTINCT zone, mark FROM naive_times)"
)


_MISSING = "does not exist on the night when clocks go forward; moved forward by the gap"


def resolve(connection: duckdb.DuckDBPyConnection, staged: Staged, *, fallback: str) -> list[str]:
    """Turn the naive moments of a staged table into UTC and return warnings.

    `fallback` is the zone of what is not an event's, and of events that name none.

    Events and shifts that the rows refer to must already be in the store's tables.
    """
    warnings: list[str] = []
    for column in staged.moments:
        known_zone = _known_zone(staged, column)
        held = f"s.{name(column.name)}"
        picked = (
            f"SELECT s.rowid AS row, {held} AS local, {_mark(held)} AS mark, "
            f"coalesce({known_zone}, {literal(fallback)}) AS zone, "
            f"{known_zone} IS NULL AS is_fallback "
            f"FROM {_joined(staged)} "
            f"WHERE s.fate = {OK} AND s.naive & {staged.bit(column)} <> 0 AND {held} IS NOT NULL"
        )
        connection.execute(f"CREATE OR REPLACE TEMP TABLE naive_times AS {picked}")
        counts = "SELECT count(*), count(*) FILTER (is_fallback) FROM naive_times"
        [(times, times_by_fallback)] = connection.execute(counts).fetchall()
        staged.uses_campaign_clock |= times_by_fallback > 0
        if times:
            connection.execute(f"CREATE OR REPLACE TEMP TABLE clock_marks AS {_MARKS}")
            warnings += _warn(connection, staged, column)
            connection.execute(
                f"UPDATE {staged.sql_name} SET {name(column.name)} = m.utc + (n.local - n.mark) "
                "FROM naive_times n JOIN clock_marks m ON m.mark = n.mark AND m.zone = n.zone "
                f"WHERE {staged.sql_name}.rowid = n.row"
            )
    return warnings


def _mark(local: str) -> str:
    """Return SQL for the quarter of an hour in which no clock is changed.

    So the zone's rules, which are slow, are asked for a few thousand marks and not for a million
    times. Some clocks were changed at a minute past midnight until 2011 (Newfoundland).
    """
    return (
        f"CASE WHEN {local} >= TIMESTAMP '2012-01-01' "
        f"THEN time_bucket(INTERVAL 15 minutes, {local}) ELSE {local} END"
    )


def _known_zone(staged: Staged, column: Column) -> str:
    """Return SQL for the time zone that the column or the event names; NULL where none does."""
    column_zone = staged.cell(column).timezone
    if column_zone:
        return literal(column_zone)
    if staged.table.clock == "campaign":
        return "NULL::VARCHAR"
    own = (
        "s.timezone, " if staged.table.name == "events" and "timezone" in staged.feed.cells else ""
    )
    return f"coalesce({own}e.timezone)"


#: From a staged row to its event, by table.
_ROADS = {
    "events": "LEFT JOIN main.events e ON e.event_id = s.event_id",
    "shifts": "LEFT JOIN main.events e ON e.event_id = s.event_id",
    "signups": (
        "LEFT JOIN main.shifts h ON h.shift_id = s.shift_id "
        "LEFT JOIN main.events e ON e.event_id = h.event_id"
    ),
    "signup_statuses": (
        "LEFT JOIN main.signups g ON g.signup_id = s.signup_id "
        "LEFT JOIN main.shifts h ON h.shift_id = g.shift_id "
        "LEFT JOIN main.events e ON e.event_id = h.event_id"
    ),
}


def _joined(staged: Staged) -> str:
    road = _ROADS[staged.table.name] if staged.table.clock == "event" else ""
    # The columns of the joined tables would clash with the staged ones: only `s` is unqualified.
    return f"(SELECT rowid, * FROM {staged.sql_name}) s {road}"


def _warn(connection: duckdb.DuckDBPyConnection, staged: Staged, column: Column) -> Iterator[str]:
    for condition, problem in (
        ("is_twice", "comes twice on the night when clocks go back; taken as the earlier"),
        ("is_missing", _MISSING),
    ):
        rows = connection.execute(
            f"SELECT n.row, n.local FROM naive_times n JOIN clock_marks m "
            f"ON m.mark = n.mark AND m.zone = n.zone WHERE m.{condition} ORDER BY n.row LIMIT 4"
        ).fetchall()
        if rows:
            more = " and others" if len(rows) > 3 else ""  # noqa: PLR2004
            where = ", ".join(
                f"row {staged.raw.row_number(row)} ({local:%Y-%m-%d %H:%M})"
                for row, local in rows[:3]
            )
            yield f"{staged.raw.name}: {column.name} in {where}{more} {problem}."


def refresh_local_dates(
    connection: duckdb.DuckDBPyConnection, *, campaign: str, clock: Clock = "event"
) -> None:
    """Compute the local dates of all rows again, where a zone or a moment changed.

    Those by the event's clock after each load, since an event's zone may be corrected; those
    by the campaign's clock only when its time zone setting changes.
    """
    for table in TABLES:
        for day in table.local_dates:
            if day.clock == clock:
                connection.execute(_refresh(table, day, literal(campaign)))


def _refresh(table: Table, day: LocalDate, campaign: str) -> str:
    zone, road = campaign, ""
    if day.clock == "event":
        zone = f"coalesce(e.timezone, {campaign})"
        road = "LEFT JOIN main.events e ON e.event_id = t.event_id"
    return (
        f"UPDATE main.{table.name} SET {name(day.name)} = d.day FROM ("
        f"SELECT t.rowid AS row, {cells.local_date(f't.{name(day.moment)}', zone)} AS day "
        f"FROM main.{table.name} t {road}) d "
        f"WHERE main.{table.name}.rowid = d.row AND {name(day.name)} IS DISTINCT FROM d.day"
    )
