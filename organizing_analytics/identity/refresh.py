"""What is the same is worked out again, from all records, each step from the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.identity.matching import refresh_people
from organizing_analytics.identity.signups import refresh_signups
from organizing_analytics.identity.views import refresh_views

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.identity.ranks import Ranks


def refresh(connection: duckdb.DuckDBPyConnection, region: str, ranks: Ranks) -> None:
    """Bring merges, doubts, twins and views up to date with the records.

    Parameters
    ----------
    connection : DuckDBPyConnection
        A draft's.
    region : str
        The country of phone numbers without one.
    ranks : Ranks
        How much the word of each list counts.
    """
    refresh_people(connection, region, ranks)
    refresh_signups(connection, ranks)
    refresh_views(connection, ranks)
