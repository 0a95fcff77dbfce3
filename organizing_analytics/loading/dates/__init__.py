"""Dates and times as people write them: text → a moment, decided for a whole column.

tokens.py    the pieces of a text: dates, clock times, weekdays, zones, dashes
reading.py   the pieces → what was written: a date, a start, an end
column.py    day first or month first, which year: decided for a column, never for a cell
settling.py  the columns of staged tables that the strict rules of cells.py leave open
"""

from organizing_analytics.loading.dates.column import ColumnRules, Context, decide
from organizing_analytics.loading.dates.reading import Reader, Written, read
from organizing_analytics.zone_names import ZONE_OF_ABBREVIATION

__all__ = [
    "ZONE_OF_ABBREVIATION",
    "ColumnRules",
    "Context",
    "Reader",
    "Written",
    "decide",
    "read",
]
