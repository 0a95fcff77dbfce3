"""What is only unlikely: loaded as it is, and listed for a person to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.loading.staging import OK, Staged
from organizing_analytics.model import BY_NAME
from organizing_analytics.sql import literal, name
from organizing_analytics.zone_names import FIXED_ZONES

if TYPE_CHECKING:
    import duckdb

#: How many rows a warning names.
SHOWN = 3

#: Looks up the shifts that have not begun, which are few, instead of every sign-up's shift.
_NOT_BEGUN = (
    "s.attended AND s.shift_id IN (SELECT h.shift_id FROM main.shifts h "
    "WHERE h.starts_at > timezone('UTC', now()))"
)

#: Per table: the columns that must be in the file, the condition on the staged row `s`, and what
#: is said about it.
_UNLIKELY: dict[str, list[tuple[tuple[str, ...], str, str]]] = {
    "people": [
        (
            ("role",),
            "s.role NOT IN ({ladder})",
            "role is not on the ladder (oa settings shows it)",
        ),
        (
            ("given_name",),
            r"regexp_matches(s.given_name, '(?i)\pL\s*(&|\+|/|\sand\s)\s*\pL')",
            "names two people, who count as one (write a row for each)",
        ),
    ],
    "events": [
        (
            ("timezone",),
            f"s.timezone IN ({', '.join(map(literal, FIXED_ZONES))})",
            "has a time zone without summer time (say a city's, like America/New_York)",
        )
    ],
    "shifts": [
        (("ends_at",), "s.ends_at < s.starts_at", "ends before it starts"),
        (("need", "capacity"), "s.capacity < s.need", "has room for fewer than it needs"),
    ],
    "signups": [
        (
            ("attended",),
            _NOT_BEGUN,
            "attended a shift that has not begun",
        )
    ],
    "asks": [(("asker_id",), "s.asker_id = s.person_id", "asked themself")],
    "meetings": [
        (("minutes",), "s.minutes > 240", "took more than four hours"),
        (("organizer_id",), "s.organizer_id = s.person_id", "met themself"),
    ],
}


def notice(
    connection: duckdb.DuckDBPyConnection, staged: Staged, *, ladder: tuple[str, ...]
) -> list[str]:
    """Return warnings about the rows of a staged table that were loaded."""
    filled = {column.name for column in staged.columns}
    warnings = [
        _warning(
            connection, staged, condition.replace("{ladder}", ", ".join(map(literal, ladder))), says
        )
        for needed, condition, says in _UNLIKELY.get(staged.table.name, [])
        if filled.issuperset(needed)
    ]
    warnings += [
        _dangling(connection, staged, column.name, column.refers_to)
        for column in staged.columns
        if column.refers_to and not column.must_exist
    ]
    return [warning for warning in warnings if warning]


def _dangling(
    connection: duckdb.DuckDBPyConnection, staged: Staged, column: str, target: str
) -> str:
    # Look up each distinct id once: many rows name the same few people.
    key, held = name(BY_NAME[target].key[0]), name(column)
    lost = (
        f"SELECT d.{held} FROM (SELECT DISTINCT {held} FROM {staged.sql_name} WHERE fate = {OK} "
        f"AND {held} IS NOT NULL) d ANTI JOIN main.{name(target)} k ON k.{key} = d.{held}"
    )
    if not connection.execute(f"{lost} LIMIT 1").fetchall():
        return ""
    says = f"{column} names a row that {target} does not have"
    return _warning(connection, staged, f"s.{held} IN ({lost})", says)


def _warning(
    connection: duckdb.DuckDBPyConnection, staged: Staged, condition: str, says: str
) -> str:
    matching = connection.execute(
        f"SELECT s.rowid, count(*) OVER () FROM {staged.sql_name} s "
        f"WHERE s.fate = {OK} AND ({condition}) ORDER BY s.rowid LIMIT {SHOWN}"
    ).fetchall()
    if not matching:
        return ""
    rows = ", ".join(str(staged.raw.row_number(row)) for row, _ in matching)
    times = matching[0][1]
    more = f" and {times - SHOWN:,} more" if times > SHOWN else ""
    return f"{staged.raw.name} row{'s' * (times > 1)} {rows}{more}: {says}."


def without_teams(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return how to give teams, if nothing in the store belongs to one."""
    n_events, n_with_team, n_teams = connection.execute(
        "SELECT count(*), count(team_id), (SELECT count(*) FROM main.teams) FROM main.events"
    ).fetchall()[0]
    if not n_events or n_with_team or n_teams:
        return []
    advice = (
        "No event belongs to a team, so reports have one page, No team. To give teams, load an "
        "events.csv with the columns event_id, event_type and team_id, or add a column Team to a "
        "sign-up sheet."
    )
    return [advice]
