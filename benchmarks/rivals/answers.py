"""What an answer adds up to, to be held against another library's; the date all stand at."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

AS_OF = pd.Timestamp("2026-11-22")
DAY = np.timedelta64(1, "D")


def sums(frame: pd.DataFrame, *columns: str) -> list[int]:
    """Return what an answer's counts add up to over its groups."""
    return [int(frame[column].sum()) for column in columns]


def sums_and_groups(frame: pd.DataFrame, *columns: str) -> list[int]:
    """Return what an answer's counts add up to, and how many groups it has."""
    return [*sums(frame, *columns), len(frame)]


def sums_sql(connection: Any, query: str) -> list[int]:
    """Return what a query's counts add up to, and its groups where it has some.

    Counts are numbers, keys are not, and what is neither is given as text.
    """
    frame = connection.sql(query).df()
    counts = [c for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c])]
    found = sums(frame, *counts)
    return [*found, len(frame)] if frame.columns[0] == "team_id" else found
