"""What is the same is worked out anew, from all records, in the order that it hangs together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.identity.people import refresh_people
from organizing_analytics.identity.signups import refresh_signups
from organizing_analytics.identity.views import refresh_views

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.settings import Settings


def refresh(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Bring merges, doubts, twins and views up to date with the records."""
    refresh_people(connection, settings.phone_region)
    refresh_signups(connection)
    refresh_views(connection)
