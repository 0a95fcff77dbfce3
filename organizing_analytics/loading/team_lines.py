"""Each team with itself and every team above it, worked out after each load."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

#: UNION (not UNION ALL) stops at a circle of teams.
_TEAM_LINES = dedent("""\
    CREATE OR REPLACE TABLE team_lines AS
    WITH RECURSIVE lines(team_id, ancestor_id) AS (
        SELECT team_id, team_id FROM teams
        UNION
        SELECT l.team_id, t.parent_team_id
        FROM lines l JOIN teams t ON t.team_id = l.ancestor_id
        WHERE t.parent_team_id IS NOT NULL
    )
    SELECT * FROM lines ORDER BY ALL""")


def refresh_team_lines(connection: duckdb.DuckDBPyConnection) -> None:
    """Replace the table `team_lines` by the lines of the teams as they are now."""
    connection.execute(_TEAM_LINES)
