"""Which sign-ups are one, kept in two tools.

They are one where a crosswalk of the tools says so, or when one person is signed up for one start
in two lists. The row of the list whose word counts most stays (`Ranks`); what it leaves
empty is filled from the others. Of attendance, what somebody wrote down wins over an empty cell,
a list from the door over all tools, and what was logged by hand over all else. A sign-up that was
logged as confirmed or cancelled is so, unless its tool knows more than that it was made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.identity import keys

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.identity.ranks import Ranks

#: What a sign-up takes from its twins where it says nothing itself.
_FILLED = ("recruiter_id", "role", "channel", "signed_up_at", "signed_up_on", "confirmed_at")


def refresh_signups(connection: duckdb.DuckDBPyConnection, ranks: Ranks) -> None:
    """Work out again which sign-ups are one, into `signup_twins` and `signup_facts`."""
    connection.execute("DELETE FROM main.signup_twins")
    connection.execute("DELETE FROM main.signup_facts")
    space = keys.space_of("s.signup_id", "s.source")
    lists = connection.execute(f"SELECT count(DISTINCT {space}) FROM main.signups s").fetchall()[0][
        0
    ]
    if lists < 2:  # noqa: PLR2004
        return
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE met AS "
        f"SELECT s.signup_id, {space} AS space, coalesce(m.person_id, s.person_id) AS person, "
        "h.starts_at FROM main.signups s JOIN main.shifts h ON h.shift_id = s.shift_id "
        "LEFT JOIN main.person_merges m ON m.record_id = s.person_id"
    )
    # One group is one person at one start, or what a crosswalk ties together.
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE grouped AS "
        "WITH tied AS (SELECT one_id, other_id FROM main.crosswalks WHERE kind = 'signup'), "
        "heads AS (SELECT DISTINCT one_id FROM tied "
        "WHERE other_id IN (SELECT signup_id FROM met)), "
        "keyed AS (SELECT met.*, coalesce(h.one_id, t.one_id, "
        "person || chr(31) || starts_at::VARCHAR) AS grp FROM met "
        "LEFT JOIN heads h ON h.one_id = signup_id LEFT JOIN tied t ON t.other_id = signup_id) "
        f"SELECT *, {ranks.of('space')} AS rank FROM keyed QUALIFY "
        "count(DISTINCT space) OVER (PARTITION BY grp) > 1"
    )
    connection.execute(
        "INSERT INTO main.signup_twins "
        "WITH best AS (SELECT grp, min((rank, space)) AS top FROM grouped GROUP BY grp), "
        "kept AS (SELECT g.grp, g.signup_id FROM grouped g JOIN best b ON b.grp = g.grp "
        "AND (g.rank, g.space) = b.top) "
        "SELECT g.signup_id, min(k.signup_id) FROM grouped g JOIN best b ON b.grp = g.grp "
        "JOIN kept k ON k.grp = g.grp WHERE (g.rank, g.space) <> b.top GROUP BY g.signup_id"
    )
    first = ", ".join(
        f"first(s.{c} ORDER BY g.rank, g.signup_id) FILTER (s.{c} IS NOT NULL) AS {c}"
        for c in _FILLED
    )
    trusted = (
        "CASE WHEN g.space LIKE 'log:%' THEN 0 WHEN g.space LIKE 'check_in:%' THEN 1 ELSE 2 END"
    )
    logged = (
        "FILTER (g.space LIKE 'log:%' "
        "AND (s.confirmed_at IS NOT NULL OR s.cancelled_at IS NOT NULL))"
    )
    newest = "ORDER BY coalesce(s.cancelled_at, s.confirmed_at) DESC, g.signup_id"
    connection.execute(
        f"INSERT INTO main.signup_facts (signup_id, attended, {', '.join(_FILLED)}, status, "
        "cancelled_at) WITH facts AS (SELECT g.grp, first(s.attended ORDER BY "
        f"{trusted}, g.rank, g.signup_id) FILTER (s.attended IS NOT NULL) AS attended, "
        f"first(s.status {newest}) {logged} AS status, "
        f"first(s.cancelled_at {newest}) {logged} AS cancelled_at, "
        f"{first} FROM grouped g JOIN main.signups s USING (signup_id) GROUP BY g.grp) "
        f"SELECT g.signup_id, f.attended, {', '.join(f'f.{c}' for c in _FILLED)}, f.status, "
        "f.cancelled_at "
        "FROM grouped g JOIN facts f USING (grp) "
        "WHERE g.signup_id NOT IN (SELECT signup_id FROM main.signup_twins)"
    )
    connection.execute("DROP TABLE met; DROP TABLE grouped")
