"""What people ask: one row a person and one row a sign-up, over the records as they came.

The schema `records` keeps every row as its source has it. The views of the same names are what
measures and notebooks read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.model import TABLES

if TYPE_CHECKING:
    import duckdb


def make_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the views anew, over the records as they are now."""
    for table in TABLES:
        connection.execute(
            f'CREATE OR REPLACE VIEW main."{table.name}" AS SELECT * FROM records."{table.name}"'
        )
