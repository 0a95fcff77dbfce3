"""Who is the same person, worked out again with the trust that the sources declare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.identity import Ranks, refresh
from organizing_analytics.sources.registry import TEMPLATES, sources
from organizing_analytics.sources.source import Trust

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.settings import Settings


def ranks() -> Ranks:
    """Return how much the word of each source counts, those of other packages included."""
    tools = {source.name: int(source.trust) for source in sources().values()}
    return Ranks(own=TEMPLATES, tools=tools, others=int(Trust.SPREADSHEET))


def refresh_identity(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Work out again, from all records of a draft, which are one person and which one sign-up."""
    refresh(connection, settings.phone_region, ranks())
