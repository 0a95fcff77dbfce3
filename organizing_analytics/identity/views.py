"""The tables as measures see them: one row a person, one a sign-up.

They are views in a schema of their own that stands before `main` when a store is read. Where
nothing is merged there are none, and the tables themselves are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.identity.keys import space_of
from organizing_analytics.model import BY_NAME, TABLES, Table

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.identity.ranks import Ranks

#: The schema; `store.reading` puts it first in the search path when it is there.
SCHEMA = "merged"

_FILLED = ("role", "channel", "signed_up_at", "signed_up_on", "confirmed_at")


def refresh_views(connection: duckdb.DuckDBPyConnection, ranks: Ranks) -> None:
    """Make the views anew, or remove them where nothing is merged."""
    connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    connection.execute("DELETE FROM main.merged_people")
    counts = connection.execute(
        "SELECT (SELECT count(*) FROM main.person_merges), (SELECT count(*) FROM main.signup_twins)"
    ).fetchall()[0]
    if not any(counts):
        return
    _fill_people(connection, ranks)
    connection.execute(f"CREATE SCHEMA {SCHEMA}")
    for table in TABLES:
        select: str | None
        if table.name == "people":
            select = (
                "SELECT p.* FROM main.people p "
                "ANTI JOIN main.person_merges m ON m.record_id = p.person_id "
                "ANTI JOIN main.person_merges n ON n.person_id = p.person_id "
                "UNION ALL BY NAME SELECT * FROM main.merged_people"
            )
        else:
            select = _select(table)
        if select:
            connection.execute(f'CREATE VIEW {SCHEMA}."{table.name}" AS {select}')


def _select(table: Table) -> str | None:
    held = [c.name for c in table.columns if c.refers_to == "people"]
    put = {c: f'coalesce(m_{c}.person_id, t."{c}")' for c in held}
    joins = [f'LEFT JOIN main.person_merges m_{c} ON m_{c}.record_id = t."{c}"' for c in held]
    if table.name == "signups":
        put["recruiter_id"] = "coalesce(m_recruiter_id.person_id, t.recruiter_id, f.recruiter_id)"
        put["attended"] = "coalesce(f.attended, t.attended)"
        put |= {c: f"coalesce(t.{c}, f.{c})" for c in _FILLED}
        # The tool's cancellation stands; of the rest, what was logged by hand is known better.
        put["status"] = (
            "CASE WHEN t.status = 'cancelled' THEN t.status ELSE coalesce(f.status, t.status) END"
        )
        put["cancelled_at"] = "coalesce(t.cancelled_at, f.cancelled_at)"
        joins.append("LEFT JOIN main.signup_facts f ON f.signup_id = t.signup_id")
        joins.append("ANTI JOIN main.signup_twins w ON w.signup_id = t.signup_id")
    for column in table.columns:
        if column.refers_to == "signups":
            put[column.name] = f"coalesce(w_{column.name}.kept_id, t.{column.name})"
            joins.append(
                f"LEFT JOIN main.signup_twins w_{column.name} "
                f"ON w_{column.name}.signup_id = t.{column.name}"
            )
    if not put:
        return None
    replaced = ", ".join(f'{value} AS "{column}"' for column, value in put.items())
    return f'SELECT t.* REPLACE ({replaced}) FROM main."{table.name}" t {" ".join(joins)}'


def _fill_people(connection: duckdb.DuckDBPyConnection, ranks: Ranks) -> None:
    """Write one row for each person of several records: the first that says something counts."""
    rank = ranks.of(space_of("p.person_id", "p.source"))
    order = f"ORDER BY p.person_id <> c.person_id, {rank}, p.person_id"
    texts = [
        c.name for c in BY_NAME["people"].columns if c.kind == "text" and c.name != "person_id"
    ]
    columns = [f'"{c}"' for c in [*texts, "source"]]
    picked = [f"first(p.{c} {order}) FILTER (p.{c} IS NOT NULL) AS {c}" for c in columns]
    connection.execute(
        "INSERT INTO main.merged_people BY NAME "
        "WITH c AS (SELECT record_id, person_id FROM main.person_merges "
        "UNION SELECT person_id, person_id FROM main.person_merges) "
        f"SELECT c.person_id, {', '.join(picked)}, min(p.joined_on) AS joined_on, "
        "bool_or(p.do_not_contact) AS do_not_contact "
        "FROM c JOIN main.people p ON p.person_id = c.record_id GROUP BY c.person_id"
    )
